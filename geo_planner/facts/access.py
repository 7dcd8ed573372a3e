"""Distances on foot along the road network, with barriers that only bridges cross.

Roads meet where they touch or cross, except a bridge, which is joined at its ends only. A road that crosses a canal, a
river, a railway or a motorway is cut there unless it is a bridge; where no road says whether it is one, the drawing is
trusted. Straight lines replace the network only when there is none, and `Network.straight` says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ..algorithms.networks.walking import Doors, Network, _walks, doors, nearest_walk, noded, reach, walks
from ..plan import Plan
from .nearby import inner
from .registry import fact

Array = np.ndarray[Any, Any]

BARRIERS = ("canal", "river", "railway")


@fact(needs={"roads": ("walkable", "grade", "bridge", "geometry"), "control_lines": ("kind", "geometry")})
def walking(plan: Plan) -> Network:
    """The walking network of a plan: every road people may walk on, motorways left out."""
    roads = plan["roads"] if plan.has("roads") else None
    if roads is None:
        return _straight(plan)
    lines = roads.geometry.to_numpy()
    walkable = roads["walkable"].fillna(roads["grade"].ne("motorway").fillna(value=True)).to_numpy(dtype=bool)
    chosen = np.flatnonzero(walkable & (shapely.get_dimensions(lines) == 1))
    if not len(chosen):
        return _straight(plan)
    bridge = roads["bridge"].fillna(value=False).to_numpy(dtype=bool)
    nodes, ends, length, road = noded(lines[chosen], bridge[chosen])
    barrier = _barrier(plan)
    if not shapely.is_empty(barrier) and roads["bridge"].notna().any():
        piece = shapely.linestrings(nodes[ends])
        open_ = ~shapely.intersects(barrier, piece) | bridge[chosen[road]]
        ends, length, road = ends[open_], length[open_], road[open_]
    return Network(nodes, ends, length, chosen[road], barrier, straight=False)


def _straight(plan: Plan) -> Network:
    none = np.empty(0, dtype=np.int64)
    return Network(np.empty((0, 2)), none.reshape(0, 2), np.empty(0), none, _barrier(plan), straight=True)


def _barrier(plan: Plan) -> shapely.Geometry:
    shapes: list[Any] = []
    if plan.has("control_lines", "kind"):
        lines = plan["control_lines"]
        shapes += list(lines.geometry[lines["kind"].isin(BARRIERS)])
    if plan.has("roads", "grade"):
        roads = plan["roads"]
        shapes += list(roads.geometry[roads["grade"].eq("motorway").fillna(value=False)])
    union = shapely.union_all(np.array(shapes, dtype=object))
    shapely.prepare(union)
    return union


@fact(needs=lambda layer: {layer: ("geometry",)}, of=(walking,))
def doors_of(plan: Plan, layer: str) -> tuple[Array, Array]:
    """The doors of all features of a layer, for who asks several times; see `doors`."""
    return doors(walking(plan), inner(plan, layer))


Places = tuple[str, Array]
"""Features by layer and their positions in it."""


def walk_from(plan: Plan, origins: Places, targets: Array | Places, limit: float) -> Array:
    """As `nearest_walk`, from features of a layer to points, or to features of a layer."""
    net = walking(plan)
    if net.straight:
        there = inner(plan, targets[0])[targets[1]] if isinstance(targets, tuple) else targets
        return nearest_walk(net, inner(plan, origins[0])[origins[1]], there, limit)
    shop = _doors_at(plan, targets) if isinstance(targets, tuple) else doors(net, targets)
    return reach(net, _doors_at(plan, origins), shop, limit)


def _doors_at(plan: Plan, places: Places) -> Doors:
    (node, leg), at = doors_of(plan, places[0]), places[1]
    return node[at], leg[at]


def walks_from(plan: Plan, origins: Places, targets: Array, limit: float) -> tuple[Array, Array, Array]:
    """As `walks`, from features of a layer."""
    net = walking(plan)
    if net.straight:
        return walks(net, inner(plan, origins[0])[origins[1]], targets, limit)
    return _walks(net, _doors_at(plan, origins), doors(net, targets), limit)
