"""Parcels of which a plan's bound or the built figure is missing, so that the one can't be held against the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def half_given(built_as: pd.DataFrame, record: pd.DataFrame, bounds: Sequence[tuple[Any, ...]]) -> np.ndarray[Any, Any]:
    """Parcels with a bound and no figure to hold against it, or a figure and not the bound that others have.

    `built_as` holds the figures with what buildings tell of them, `record` those on record; `bounds` begin with the
    column of the figure and the column of its bound.
    """
    out = np.zeros(len(record), bool)
    for built, bound, *_ in bounds:
        limit = record[bound].notna().to_numpy()
        out |= limit & built_as[built].isna().to_numpy()
        alone = ~np.logical_or.reduce([record[b].notna().to_numpy() for a, b, *_ in bounds if a == built])
        out |= record[built].notna().to_numpy() & ~limit & (limit.any() | alone)
    return out
