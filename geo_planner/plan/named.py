"""A feature without an id goes by its position, so that what is said of it can be found: #12 is the twelfth row."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from .layers import LAYERS
from .plan import Plan


def named(plan: Plan) -> Plan:
    """Return the plan with the position (#1 is the first row) as the id of every row that has none."""
    blank = {n: f for n, f in plan.layers.items() if n in LAYERS and (f["id"].isna() | (f["id"] == "")).any()}
    return replace(plan, layers={**plan.layers, **{n: _named(f) for n, f in blank.items()}}) if blank else plan


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    positions = pd.Series([f"#{row}" for row in range(1, len(frame) + 1)], index=frame.index, dtype="str")
    ids = frame["id"]
    return frame.assign(id=ids.where(ids.notna() & (ids != ""), positions))
