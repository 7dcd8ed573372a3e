"""Pipes that run beside one another, and which of the two lies deeper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...plan import Plan
from ..registry import fact
from .graph import lines_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Beside:
    """Pairs of pipes by position, in both orders: by how much `low` lies deeper than `high` where they are nearest.

    `deeper` is in metres, from the levels of both or else from cover and bore; NaN where neither is known of both.
    """

    low: Array
    high: Array
    deeper: Array


@fact(needs={"pipes": ("z_start", "z_end", "cover", "diameter_mm", "geometry")})
def beside(plan: Plan, distance: float) -> Beside:
    """Pipes drawn as lines that come within `distance` metres of one another, whenever they are laid."""
    pipes, lines = plan["pipes"], lines_of(plan.layers["pipes"])
    i, j = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=distance)
    other = i != j
    i, j = i[other], j[other]
    spots = shapely.get_coordinates(shapely.shortest_line(lines[i], lines[j])).reshape(-1, 2, 2)
    by_level = _invert(pipes, lines, (j, spots[:, 1])) - _invert(pipes, lines, (i, spots[:, 0]))
    depth = (pipes["cover"] + pipes["diameter_mm"].fillna(0.0) / 1000).to_numpy(dtype=float)
    return Beside(i, j, np.asarray(np.where(np.isnan(by_level), depth[i] - depth[j], by_level)))


def _invert(pipes: gpd.GeoDataFrame, lines: Array, at: tuple[Array, Array]) -> Array:
    """The level of the inside bottom of some pipes (positions) at the point of each nearest to some place."""
    rows, xy = at
    along = shapely.line_locate_point(lines[rows], shapely.points(xy), normalized=True)
    z0, z1 = (pipes[c].to_numpy(dtype=float)[rows] for c in ("z_start", "z_end"))
    return np.asarray(z0 + (z1 - z0) * along)
