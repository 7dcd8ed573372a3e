"""A planner's change package: before, after and change layers in one GeoPackage, as a bureau keeps them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ...plan import Plan
from ...plan.layers import LAYERS
from ...read.changes import AFTER, BEFORE, CHANGE
from ...study.changes import edits_between
from ...study.compare import Comparison
from ...study.matching import keyed
from .files import Beside, write_layers

KINDS = {
    "added": "新增",
    "removed": "灭失",
    "reshaped": "图形变化",
    "set": "属性变化",
    "renamed": "标识变化",
    "retimed": "日期变化",
}
"""Kind of change (WHLX) as it is written into the package."""


def write_changes(comparison: Comparison, path: Path) -> None:
    """Write what turns plan A into plan B; `read.changes.read_changes` gives it back without loss.

    For each changed layer: `_WHQ` features as they were, `_WHH` as they are, `_WHC` one row per change with BSM, WHLX.

    Raises
    ------
    ScenarioError
        Features that share an id differ, so that no row of the package could name them.
    """
    a, b = comparison.a.plan, comparison.b.plan
    edits = edits_between(a, b)
    layers: dict[str, gpd.GeoDataFrame] = {}
    for name in sorted({edit.layer for edit in edits}):
        ids = sorted({edit.id for edit in edits if edit.layer == name})
        for ending, plan in ((BEFORE, a), (AFTER, b)):
            frame = keyed(plan, name)
            rows = frame.loc[frame.index.isin(ids)].reset_index(drop=True)
            if len(rows):
                layers[f"{name}_{ending}"] = rows
        layers[f"{name}_{CHANGE}"] = _changes(comparison, name, b)
    told = {"package": "changes", "base": a.digest, "result": b.digest, "from": a.name, "to": b.name, "crs": a.crs}
    write_layers(layers, Path(path), Beside(told))


def _changes(comparison: Comparison, name: str, b: Plan) -> gpd.GeoDataFrame:
    """Return one row per change of a layer, in both parties' words."""
    mine = comparison.features[comparison.features["layer"] == name]
    moved = comparison.moved[comparison.moved["layer"] == name]
    shapes = keyed(b, name).geometry if name in LAYERS else None
    places = shapes.reindex(moved["id"]).to_numpy() if shapes is not None and len(moved) else []
    dates = gpd.GeoDataFrame(
        {"id": moved["id"], "change": "retimed", "column": moved["column"],
         "before": moved["before"].map(_day), "after": moved["after"].map(_day)},
        geometry=np.asarray(places, dtype=object), crs=b.crs,
    )  # fmt: skip
    parts = [part for part in (mine.drop(columns="layer"), dates) if len(part)] or [mine.drop(columns="layer")]
    table = pd.concat(parts, ignore_index=True)
    table["change"] = table["change"].map(KINDS)
    return table.rename(columns={"id": "BSM", "change": "WHLX"})


def _day(value: object) -> str:
    return "" if pd.isna(value) else str(pd.Timestamp(value).date())
