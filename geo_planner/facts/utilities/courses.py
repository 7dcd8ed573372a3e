"""Where a pipe has to go: along the roads that plan its kind, and around land that is built on."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ...algorithms.distances import usable
from ...plan import Plan
from .lateness import built
from .roads import planned, widths

Array = np.ndarray[Any, Any]


def planned_courses(plan: Plan, kind: str, default_width: float, beside: float) -> tuple[Array, Array, Array]:
    """The roads drawn as lines whose corridor plans a kind: shapes, how far beside them a pipe may lie, ids."""
    if not plan.has("roads", "corridor"):
        none = np.empty(0, dtype=object)
        return none, np.empty(0), none
    roads, named = plan["roads"], planned(plan)
    at = named["road"].to_numpy()[(named["kind"] == kind).to_numpy()]
    shapes = roads.geometry.to_numpy()
    at = at[usable(shapes[at]) & (shapely.get_dimensions(shapes[at]) == 1)]
    return shapes[at], widths(roads, default_width)[at] / 2 + beside, roads["id"].to_numpy(dtype=object)[at]


def through_land(plan: Plan, links: Array) -> Array:
    """Which links run for more than half their length through land that is built on: no pipe is missing there."""
    out = np.zeros(len(links), bool)
    if plan.has("parcels") and len(links):
        land = plan.layers["parcels"].geometry.to_numpy()[built(plan)]
        i, j = shapely.STRtree(land).query(links, predicate="intersects")
        inside = np.bincount(i, shapely.length(shapely.intersection(links[i], land[j])), len(links))
        out = inside > shapely.length(links) / 2
    return out
