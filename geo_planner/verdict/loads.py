"""What the open violations of one check weigh in a verdict: the features they are about, and the worst of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..checks.blocks import Block
from ..plan.verdict import Breach

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Load:
    """Some violations of one check: their features, what they break of area and length together, the worst of them."""

    code: str
    features: Mapping[tuple[str, str], Breach]
    size: float
    worst: pd.Series
    days: float | None
    """The most days over a limit; None where nothing is counted in days."""


def load_of(block: Block, breaches: list[Breach]) -> Load:
    """Return what some violations of a check weigh: the worst has the largest excess, then size, then the lesser id."""
    rows = _rows(block, breaches)
    size = _sizes(block, rows, breaches)
    value, limit = (block.rows[name].to_numpy(dtype=float)[rows] for name in ("value", "limit"))
    over = value - np.nan_to_num(limit)
    days = over[(block.column("unit")[rows] == "d") & ~np.isnan(over)]
    first = _first(np.nan_to_num(np.abs(over), nan=-1.0), size, block.column("id")[rows])
    return Load(
        code=block.code,
        features={(b.layer, b.id): b for b in breaches},
        size=float(np.nansum(size)),
        worst=block.rows.iloc[rows[first]],
        days=float(days.max()) if len(days) else None,
    )


def _rows(block: Block, breaches: list[Breach]) -> Array:
    """Return the rows of the block that the breaches are; mostly these are all its errors."""
    names, own = [b.fingerprint for b in breaches], block.column("fingerprint")
    errors = np.flatnonzero(block.errors)
    return errors if own[errors].tolist() == names else np.flatnonzero(np.isin(own, np.array(names, dtype=object)))


def _sizes(block: Block, rows: Array, breaches: list[Breach]) -> Array:
    """Return the size of the breach that each row is; of several rows under one fingerprint, that of the last."""
    size = {b.fingerprint: b.area + b.length for b in breaches}
    return np.array([size[name] for name in block.column("fingerprint")[rows].tolist()])


def _first(excess: Array, size: Array, ids: Array) -> int:
    """Return the place of the largest excess, of these the largest size, of these the least id."""
    at = np.flatnonzero(excess == excess.max())
    size = np.where(np.isnan(size[at]), -np.inf, size[at])
    at = at[size == size.max()]
    return int(min(at.tolist(), key=lambda k: (ids[k], k)))
