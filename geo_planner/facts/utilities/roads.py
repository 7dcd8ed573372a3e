"""What lies under which road: the stretch of a pipe inside the strip that a road takes up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...algorithms.bounds import direction, most_shared
from ...plan import Plan
from ...plan.layers import UTILITY_ZH
from ..registry import fact
from .graph import lines_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Shared:
    """Pairs of a pipe and a road it lies in, by position in their layers, with the stretch they share."""

    pipe: Array
    road: Array
    length: Array
    stretch: Array

    def __getitem__(self, at: Any) -> Shared:
        return Shared(self.pipe[at], self.road[at], self.length[at], self.stretch[at])


def widths(roads: gpd.GeoDataFrame, default: float) -> Array:
    """The width of each road's strip: its red-line width, or the default where none is given."""
    return np.asarray(roads["width"].fillna(default).to_numpy(dtype=float))


def strips(roads: gpd.GeoDataFrame, default: float) -> Array:
    """The ground each road takes up: lines widened by half their width with flat ends, polygons as they are."""
    shapes = roads.geometry.to_numpy()
    lined = shapely.get_dimensions(shapes) == 1
    out = np.array(shapes, dtype=object)
    out[~lined] = shapely.make_valid(shapes[~lined])
    out[lined] = shapely.buffer(shapes[lined], widths(roads, default)[lined] / 2, cap_style="flat")
    return out


@fact(needs={"roads": ("corridor",)})
def planned(plan: Plan) -> pd.DataFrame:
    """The kinds of pipe that roads plan in their corridor, in Chinese or English: `road` (position) and `kind`."""
    words = plan["roads"]["corridor"].reset_index(drop=True).str.split(r"[;；,，、/\s]+", regex=True).explode().dropna()
    kinds = words.map({zh: en for en, zh in UTILITY_ZH.items()} | {en: en for en in UTILITY_ZH}).dropna()
    return pd.DataFrame({"road": kinds.index.to_numpy(dtype=np.int64), "kind": kinds.to_numpy(dtype=object)})


@fact(needs={"roads": ("width", "geometry"), "pipes": ("geometry",)})
def under_roads(plan: Plan, default_width: float, least: float, crossing: float) -> Shared:
    """Pipes that lie along a road: more than `least` metres within its strip, and more than a crossing would be.

    A stretch shorter than `crossing` times the width of the strip crosses the road rather than lies in it, unless it
    covers half the road's length.
    """
    roads, lines = plan["roads"], lines_of(plan.layers["pipes"])
    ground = strips(roads, default_width)
    lined = shapely.get_dimensions(roads.geometry.to_numpy()) == 1
    extent = np.where(lined, roads.geometry.length.to_numpy(), np.inf)
    enough = np.maximum(least, np.minimum(crossing * widths(roads, default_width), extent / 2))
    i, j = shapely.STRtree(lines).query(ground)
    # Of ten pipes that meet a strip nine cross it or come to its end: a box tells that they share too little.
    may = most_shared(lines, ground, direction(roads.geometry.to_numpy()), (j, i)) >= enough[i]
    i, j = i[may], j[may]
    stretch = shapely.intersection(lines[j], ground[i])
    length = shapely.length(stretch)
    keep = (length > least) & (length >= enough[i])
    return Shared(j[keep], i[keep], length[keep], stretch[keep])


def planned_not_drawn(plan: Plan, default_width: float, least: float, crossing: float) -> Array:
    """Roads (positions) whose corridor names a kind, in Chinese or English, that no pipe under them has."""
    every, named = under_roads(plan, default_width, least, crossing), planned(plan)
    drawn = set(zip(every.road.tolist(), plan["pipes"]["kind"].to_numpy(dtype=object)[every.pipe], strict=True))
    pairs = zip(named["road"].tolist(), named["kind"], strict=True)
    return np.unique([road for road, kind in pairs if (road, kind) not in drawn]).astype(int)
