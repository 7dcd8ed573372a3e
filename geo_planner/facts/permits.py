"""The steps of each parcel from plan to use, with what holds the date of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..plan import Plan
from ..plan.layers import PERMITS
from .nearby import inner
from .registry import fact

STEPS = (*PERMITS[:-1], "start", "finish", "used")


@fact(
    needs={
        "parcels": ("id", "start", "finish", "used", "geometry"),
        "approvals": ("id", "kind", "parcel", "start", "geometry"),
    }
)
def permit_steps(plan: Plan) -> pd.DataFrame:
    """One row for each dated step of each parcel: row, step (position in `STEPS`), layer, date (column), id, day.

    Steps are permits of the parcel; a master or detailed plan that names no parcel counts for those it touches
    and that have none of their own. A step with several papers has several rows, the earliest first.
    """
    parcels, approvals = plan["parcels"], plan["approvals"][["id", "kind", "parcel", "start", "geometry"]]
    approvals = approvals[approvals["start"].notna()].sort_values(["start", "id"])
    step = approvals["kind"].map({kind: n for n, kind in enumerate(PERMITS[:-1])})
    place = pd.DataFrame({"parcel": parcels["id"], "row": np.arange(len(parcels))})
    own = approvals[["parcel"]].assign(step=step, at=np.arange(len(approvals))).dropna().merge(place, on="parcel")
    blocks = [_papers(approvals.iloc[own["at"]], own["row"].to_numpy(), own["step"].to_numpy())]
    blocks += [_wide(plan, approvals[(step == n) & approvals["parcel"].isna()], n) for n in (0, 1)]
    papers = pd.concat(blocks, ignore_index=True)
    # `_wide` counts only where the parcel has no paper of its own for the step.
    papers["wide"] = np.repeat([False, True], [len(blocks[0]), len(papers) - len(blocks[0])])
    papers = papers[papers["wide"] == papers.groupby(["row", "step"])["wide"].transform("min")]
    works = [
        pd.DataFrame({"row": np.arange(len(parcels)), "step": n, "layer": "parcels", "date": name})
        .assign(id=parcels["id"].to_numpy(dtype=object), day=parcels[name].to_numpy().astype("datetime64[D]"))
        .dropna(subset="day")
        for n, name in enumerate(STEPS[7:], start=7)
    ]
    table = pd.concat([papers.drop(columns="wide"), *works], ignore_index=True)
    table = table.astype({"row": "int64", "step": "int64"})
    return table.sort_values(["row", "step", "day", "id"], ignore_index=True)


def _papers(approvals: Any, rows: Any, step: Any) -> pd.DataFrame:
    columns = {"row": rows, "step": np.asarray(step), "layer": "approvals", "date": "start"}
    table = pd.DataFrame(columns, index=range(len(approvals)))
    days = approvals["start"].to_numpy().astype("datetime64[D]")
    return table.assign(id=approvals["id"].to_numpy(dtype=object), day=days)


def _wide(plan: Plan, wide: Any, step: int) -> pd.DataFrame:
    wide = wide[~wide.geometry.is_empty]
    i, j = wide.sindex.query(inner(plan, "parcels"), predicate="intersects")
    return _papers(wide.iloc[j], i, np.full(len(i), step))
