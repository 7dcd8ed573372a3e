"""What the draws of delays say of openings, as the page reads it: columns of parcels and of the works that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:  # the solvers behind it are heavy, and a page needs them only where chances are shown
    from ...schedule import Risk

MOST = 20_000
"""Parcels whose chances a page carries at most, the worst first; the CSV holds them all."""
_DAYS = ("planned", "opens_p10", "opens_p50", "opens_p90")


def chances_of(risk: Risk) -> dict[str, Any]:
    """Return columns for the page's model: parcels, worst first, and the pipes that carry some of the delay.

    Days count from 1970-01-01. `all` is the number of parcels drawn, which may be more than are carried here.
    """
    parcels, pipes = risk.parcels.head(MOST), risk.pipes[risk.pipes["carried"] > 0]
    told = {
        "id": parcels["id"].tolist(),
        "chance": parcels["chance"].round(4).tolist(),
        "mean": parcels["mean_days"].round(1).tolist(),
        "most": parcels["p90_days"].round(1).tolist(),
        "waits": parcels["waits_for"].tolist(),
        **{name.removeprefix("opens_"): _days(parcels[name]) for name in _DAYS},
    }
    carriers = {
        "id": pipes["id"].tolist(),
        "kind": pipes["kind"].tolist(),
        "by": pipes["contractor"].tolist(),
        "carried": pipes["carried"].round(2).tolist(),
        "share": pipes["share"].round(4).tolist(),
    }
    return {"draws": risk.draws, "today": risk.today, "all": len(risk.parcels), "parcels": told, "pipes": carriers}


def _days(column: pd.Series) -> list[int | None]:
    days = column.to_numpy("datetime64[D]")
    known = ~np.isnat(days)
    return [int(d) if k else None for d, k in zip(days.astype(np.int64).tolist(), known.tolist(), strict=True)]
