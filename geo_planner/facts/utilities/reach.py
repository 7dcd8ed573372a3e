"""Which pipes and roads a parcel can be joined to."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ...algorithms.networks.noding import Network
from ...plan import Plan

Array = np.ndarray[Any, Any]


def near(plan: Plan, net: Network, reach: float) -> tuple[Array, Array, Array]:
    """Return pairs of a parcel and a pipe it can be joined to, with their distance, sorted."""
    shapes = plan.layers["parcels"].geometry.to_numpy()
    widest = float(plan["roads"]["width"].max()) if plan.has("roads", "width") else 0.0
    tree = shapely.STRtree(net.lines)
    i, k = tree.query(shapes, predicate="dwithin", distance=reach + widest)
    distance = shapely.distance(shapes[i], net.lines[k])
    far = distance > reach
    keep = ~far
    if far.any():
        keep[far] = _in_fronting_road(plan, net, (i[far], k[far]), reach)
    i, k, distance = i[keep], k[keep], distance[keep]
    order = np.lexsort((k, i))
    return i[order], k[order], distance[order]


def _in_fronting_road(plan: Plan, net: Network, pairs: tuple[Array, Array], reach: float) -> Array:
    """Return where the place on the pipe nearest to the parcel lies in a road that runs within reach of the parcel."""
    i, k = pairs
    parcels, roads = plan.layers["parcels"].geometry.to_numpy(), plan["roads"]
    half = np.where(roads["width"].notna(), roads["width"], 0.0) / 2
    spot = shapely.get_point(shapely.shortest_line(parcels[i], net.lines[k]), -1)
    pair, road = shapely.STRtree(roads.geometry.to_numpy()).query(spot, predicate="dwithin", distance=half.max())
    shapes = roads.geometry.to_numpy()[road]
    inside = shapely.distance(spot[pair], shapes) <= half[road]
    fronting = shapely.distance(parcels[i[pair]], shapes) <= reach + half[road]
    out = np.zeros(len(i), bool)
    out[pair[inside & fronting]] = True
    return out
