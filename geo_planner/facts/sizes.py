"""The features of a layer by id: their areas and where they stand in it, worked out once for all that ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..plan import Plan
from .registry import fact


@fact(needs=lambda layer: {layer: ("id", "geometry")})
def areas(plan: Plan, layer: str) -> pd.Series:
    """The area of each feature [m²] by its id, in the order of the layer."""
    frame = plan[layer]
    return pd.Series(frame.geometry.area.to_numpy(), index=pd.Index(frame["id"].to_numpy(dtype=object), dtype=object))


@dataclass(frozen=True, eq=False)
class FirstRows:
    """The first row that bears each id of a layer."""

    ids: pd.Index
    rows: np.ndarray[Any, Any]

    def of(self, names: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the position of the feature that each name is of; -1 for none."""
        at = self.ids.get_indexer(pd.Index(names, dtype=object))
        return np.where(at < 0, -1, self.rows[at]) if len(self.rows) else np.full(len(names), -1)


@fact(needs=lambda layer: {layer: ("id",)})
def first_rows(plan: Plan, layer: str) -> FirstRows:
    """Where the features of a layer stand by id; of several with one id, the first."""
    ids = pd.Index(plan[layer]["id"].to_numpy(dtype=object), dtype=object)
    rows = np.flatnonzero(~ids.duplicated())
    return FirstRows(ids[rows], rows)
