"""A change package read back: what stood before, what stands after, and the list of changes, as a bureau keeps them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from ..errors import ReadError, ScenarioError
from ..plan import Plan
from ..plan.layers import conform
from .plan_file import META

BEFORE, AFTER, CHANGE = "WHQ", "WHH", "WHC"
"""Endings of layers, after the change databases of counties: 更新前, 更新后, 更新过程."""


@dataclass(frozen=True, eq=False)
class ChangePackage:
    """What turns one plan into another, feature by feature.

    Parameters
    ----------
    before, after
        By layer: changed and removed features as they were, changed and new ones as they are.
    changes
        By layer: BSM (the feature), WHLX (kind of change), column, before, after, and the feature's shape.
    base, result
        Digests of the plan the package was made from and of the plan it makes.
    """

    before: Mapping[str, gpd.GeoDataFrame]
    after: Mapping[str, gpd.GeoDataFrame]
    changes: Mapping[str, gpd.GeoDataFrame]
    base: str
    result: str

    def applied(self, plan: Plan) -> Plan:
        """Return the plan after the changes.

        Raises
        ------
        ScenarioError
            The plan is not the one the package was made from.
        """
        return self._swapped(plan, self.base, self.before, self.after)

    def undone(self, plan: Plan) -> Plan:
        """Return the plan before the changes; raises `ScenarioError` where it is not the one they make."""
        return self._swapped(plan, self.result, self.after, self.before)

    def _swapped(
        self, plan: Plan, digest: str, out: Mapping[str, gpd.GeoDataFrame], into: Mapping[str, gpd.GeoDataFrame]
    ) -> Plan:
        if plan.digest != digest:
            msg = f"the change package was made for a plan with digest {digest[:12]}, this one has {plan.digest[:12]}."
            raise ScenarioError(msg)
        for name in sorted({*out, *into}):
            frame = plan[name] if name in plan else into[name].iloc[:0]
            gone = frame["id"].isin(out[name]["id"]) if name in out else pd.Series(False, index=frame.index)
            full = [f for f in (frame[~gone], into.get(name)) if f is not None and len(f)]
            plan = plan.with_layer(name, pd.concat(full, ignore_index=True) if full else frame[~gone])
        return plan


def read_changes(path: Path) -> ChangePackage:
    """Return the package that `show.exports.changes.write_changes` wrote.

    Raises
    ------
    ReadError
        The file is missing or no change package.
    """
    told = _told(Path(path))
    layers: dict[str, dict[str, gpd.GeoDataFrame]] = {BEFORE: {}, AFTER: {}, CHANGE: {}}
    for name, _ in pyogrio.list_layers(path):
        layer, _, ending = str(name).rpartition("_")
        if layer and ending in layers:
            frame = pyogrio.read_dataframe(path, layer=name, use_arrow=True)
            layers[ending][layer] = frame if ending == CHANGE else conform(layer, frame)
    return ChangePackage(layers[BEFORE], layers[AFTER], layers[CHANGE], str(told["base"]), str(told["result"]))


def _told(path: Path) -> dict[str, Any]:
    msg = f"{path.name} is no change package; compare … -o FILE.gpkg writes one."
    if not path.is_file():
        raise ReadError(msg)
    try:
        with closing(sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro", uri=True)) as base:
            told = {str(k): json.loads(v) for k, v in base.execute(f"SELECT key, value FROM {META} LIMIT 100")}
    except (sqlite3.Error, ValueError) as reason:
        raise ReadError(msg) from reason
    if not {"base", "result"} <= told.keys():
        raise ReadError(msg)
    return told
