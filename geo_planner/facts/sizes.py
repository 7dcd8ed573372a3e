"""The areas of a layer's features, measured once for all that weigh by area."""

from __future__ import annotations

import pandas as pd

from ..plan import Plan
from .registry import fact


@fact(needs=lambda layer: {layer: ("id", "geometry")})
def areas(plan: Plan, layer: str) -> pd.Series:
    """The area of each feature [m²] by its id, in the order of the layer."""
    frame = plan[layer]
    return pd.Series(frame.geometry.area.to_numpy(), index=pd.Index(frame["id"].to_numpy(dtype=object), dtype=object))
