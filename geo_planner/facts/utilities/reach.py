"""Which pipes and roads a parcel can be joined to."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...algorithms.distances import near
from ...algorithms.networks.noding import Network, Snap
from ...plan import Plan
from ..registry import fact
from .graph import joints

Array = np.ndarray[Any, Any]


@fact(needs={"parcels": ("geometry",), "roads": ("width", "geometry")}, of=(joints,))
def beside_pipes(plan: Plan, kind: str, reach: float, snap: Snap) -> tuple[Array, Array, Array]:
    """Return pairs of a parcel and a pipe of the network that it can be joined to, with their distance, sorted."""
    net = joints(plan, kind, snap)
    shapes = plan.layers["parcels"].geometry.to_numpy()
    widest = float(plan["roads"]["width"].max()) if plan.has("roads", "width") else 0.0
    i, k, distance = near(shapes, net.lines, reach + widest)
    far = distance > reach
    keep = ~far
    if far.any():
        keep[far] = _in_fronting_road(plan, net, (i[far], k[far]), reach)
    return i[keep], k[keep], distance[keep]


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


@fact(needs={"parcels": ("geometry",), "roads": ("id", "width", "geometry")})
def beside_roads(plan: Plan, reach: float) -> tuple[Array, Array, Array]:
    """Return pairs of a parcel and a road beside it, with their distance, sorted; roads are counted in order of id."""
    roads = by_id(plan["roads"])
    shapes, parcels = roads.geometry.to_numpy(), plan.layers["parcels"].geometry.to_numpy()
    half = np.where(roads["width"].notna(), roads["width"], 0.0) / 2
    lined = shapely.get_dimensions(shapes) == 1
    allowed = reach + np.where(lined, half, 0.0)
    far = float(allowed.max()) if len(allowed) else reach
    i, k, distance = near(parcels, shapes, far)
    keep = distance <= allowed[k]
    return i[keep], k[keep], distance[keep]


def by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of a layer in order of id, so that their order in the file never matters."""
    return frame.iloc[np.argsort(frame["id"].to_numpy(dtype=object).astype(str), kind="stable")]
