"""Distances on foot along a noded road network, with barriers that only bridges cross."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from ..kernels import loops_for
from ..segments import near_segments

Array = np.ndarray[Any, Any]

JOIN = 0.05
"""Ends of roads nearer than this [m] are one junction; drawing noise, not a gap a walker would notice."""


STEP = 50.0
"""Roads are walked onto and off at steps of this length [m]."""


LEG = 500.0
"""How far [m] a door may be from the network; farther away it is not served."""


_BATCH = 64


_EPS = 1e-6


@dataclass(frozen=True, eq=False)
class Network:
    """Junctions, the pieces of road between them, and how long these are.

    `nodes` (n, 2); `ends` (m, 2) indices into nodes; `length` [m]; `road` position of each piece's road in the layer;
    `barrier` the union of what cannot be crossed on the way to the door; `straight` true where there is no network.
    """

    nodes: Array
    ends: Array
    length: Array
    road: Array
    barrier: shapely.Geometry
    straight: bool

    @cached_property
    def graph(self) -> csr_array:
        """The symmetric matrix of lengths; the shortest of parallel pieces counts."""
        n = len(self.nodes)
        a, b = self.ends.min(axis=1), self.ends.max(axis=1)
        order = np.lexsort((self.length, b, a))
        a, b, length = a[order], b[order], self.length[order]
        first = np.ones(len(a), dtype=bool)
        first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
        a, b, length = a[first & (a != b)], b[first & (a != b)], np.maximum(length[first & (a != b)], 1e-9)
        return csr_array(
            (np.concatenate([length, length]), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)
        )

    @cached_property
    def spots(self) -> tuple[Array, cKDTree]:
        """The junctions that some piece of road ends at, and where they lie."""
        usable = np.unique(self.ends)
        return usable, _tree(self.nodes[usable])

    @cached_property
    def edge(self) -> cKDTree:
        """Points along the outline of the barrier; no place on it is farther than `_EDGE` from one."""
        return _tree(shapely.get_coordinates(shapely.segmentize(self.barrier, 2 * _EDGE)))


_EDGE = 20.0


def _tree(points: Array) -> cKDTree:
    """A tree built by halving space: on the points of a city quicker to build and to ask than a balanced one."""
    return cKDTree(points, balanced_tree=False, compact_nodes=False)


def noded(lines: Array, bridge: Array) -> tuple[Array, Array, Array, Array]:
    """Junctions and straight pieces of lines, cut where they meet: nodes, ends, lengths, and the line of each piece."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    first = np.flatnonzero(part[1:] == part[:-1])
    a, b, line = _stepped(xy[first], xy[first + 1], owner[part[first]], bridge)
    cut, share = _meetings(a, b, bridge[line])
    piece = np.concatenate([np.arange(len(a)), np.arange(len(a)), cut])
    along = np.concatenate([np.zeros(len(a)), np.ones(len(a)), share])
    order = np.lexsort((along, piece))
    piece, along = piece[order], along[order]
    points = np.round(a[piece] + along[:, None] * (b[piece] - a[piece]), 6)
    nodes, index = _joined(points)
    step = np.flatnonzero(piece[1:] == piece[:-1])
    ends = np.column_stack([index[step], index[step + 1]])
    length = np.hypot(*(points[step + 1] - points[step]).T)
    keep = (ends[:, 0] != ends[:, 1]) & (length > 0)
    return nodes, ends[keep], length[keep], line[piece[step]][keep]


def _stepped(a: Array, b: Array, line: Array, bridge: Array) -> tuple[Array, Array, Array]:
    """Segments in equal steps of at most `STEP`, so that every door finds a junction abreast; bridges stay whole."""
    steps = np.maximum(np.ceil(np.hypot(*(b - a).T) / STEP - 1e-9), 1).astype(np.int64)
    steps[bridge[line]] = 1
    at = np.repeat(np.arange(len(a)), steps)
    turn = np.arange(len(at)) - np.repeat(np.cumsum(steps) - steps, steps)
    span = (b - a)[at] / steps[at, None]
    return a[at] + turn[:, None] * span, a[at] + (turn + 1)[:, None] * span, line[at]


def _joined(points: Array) -> tuple[Array, Array]:
    """Junctions, one for all points nearer than `JOIN` to each other, and the junction of each point."""
    spots, index = np.unique(np.ascontiguousarray(points).view(np.complex128).ravel(), return_inverse=True)
    places = np.column_stack([spots.real, spots.imag])
    i, j = _tree(places).query_pairs(JOIN, output_type="ndarray").T
    near = csr_array((np.ones(len(i), dtype=bool), (i, j)), shape=(len(spots), len(spots)))
    _, label = connected_components(near, directed=False)
    _, first = np.unique(label, return_index=True)
    return places[first], label[index.ravel()].astype(np.int64)


def _meetings(a: Array, b: Array, bridge: Array) -> tuple[Array, Array]:
    """Where segments touch or cross inside: the segment cut and the share of its length; bridges are not cut."""
    i, j, _ = near_segments(a, b, JOIN)
    chained = (
        (a[i] == b[j]).all(axis=1)
        | (b[i] == a[j]).all(axis=1)
        | (a[i] == a[j]).all(axis=1)
        | (b[i] == b[j]).all(axis=1)
    )
    i, j = i[~chained], j[~chained]
    met = (shapely.linestrings(np.stack([a[k], b[k]], axis=1)) for k in (i, j))
    point = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(*met), 0))
    cut, share = [], []
    for one, other in ((i, j), (j, i)):
        span = b[one] - a[one]
        length = np.hypot(*span.T)
        t = ((point - a[one]) * span).sum(axis=1) / np.maximum(length**2, 1e-12)
        at_end = np.minimum(np.hypot(*(point - a[other]).T), np.hypot(*(point - b[other]).T)) <= 2 * JOIN
        inside = (t * length > JOIN) & ((1 - t) * length > JOIN)
        keep = inside & (~bridge[one] & (~bridge[other] | at_end))
        cut.append(one[keep])
        share.append(t[keep])
    return np.concatenate(cut), np.concatenate(share)


Doors = tuple[Array, Array]
"""The junction of each place and how far it is, -1 and infinity where there is none."""


def doors(net: Network, points: Array) -> tuple[Array, Array]:
    """The junction nearest to each point that can be reached without crossing a barrier, and how far it is.

    -1 and infinity where there is none within `LEG`.
    """
    node, leg = np.full(len(points), -1), np.full(len(points), np.inf)
    usable, tree = net.spots
    if not len(usable) or not len(points):
        return node, leg
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    real = np.flatnonzero(np.isfinite(xy).all(axis=1))
    d, j = tree.query(xy[real], distance_upper_bound=LEG + _EPS, workers=2)
    near = np.isfinite(d)
    node[real[near]], leg[real[near]] = usable[j[near]], d[near]
    if shapely.is_empty(net.barrier):
        return node, leg
    blocked = np.flatnonzero(_blocked(net, xy, node))
    node[blocked], leg[blocked] = -1, np.inf
    for many in _ROUNDS:  # the nearest few first: nearly all find their door among them
        many_ = min(many, len(usable))
        left = [blocked[:0]]
        for at in range(0, len(blocked), max(_HELD // many_, 1)):
            batch = blocked[at : at + max(_HELD // many_, 1)]
            who, door, d, more = _open_doors(net, xy[batch], many_)
            node[batch[who]], leg[batch[who]] = door, d
            left.append(batch[more] if many_ < len(usable) else batch[:0])
        blocked = np.concatenate(left)
    return node, leg


_ROUNDS = (8, 64, 512, 4096, 32_768)
"""How many of the nearest junctions are tried from behind a barrier; more than a walk of `LEG` can meet."""


_HELD = 4_000_000
"""Ways from doors to junctions that are looked at together."""


def _open_doors(net: Network, xy: Array, many: int) -> tuple[Array, Array, Array, Array]:
    """Return who finds an open way to one of the `many` nearest junctions, which, how far, and who must go on."""
    usable, tree = net.spots
    d, j = tree.query(xy, k=np.arange(1, many + 1), distance_upper_bound=LEG + _EPS, workers=2)
    who, rank = np.nonzero(np.isfinite(d))
    at = usable[j[who, rank]]
    free = ~_blocked(net, xy[who], at)
    who, first = np.unique(who[free], return_index=True)
    more = np.isfinite(d[:, -1])
    more[who] = False
    return who, at[free][first], d[who, rank[free][first]], more


def _blocked(net: Network, xy: Array, node: Array) -> Array:
    """Whether the straight way from each point to its junction crosses a barrier; not where there is no junction."""
    at = np.flatnonzero(node >= 0)
    out = np.zeros(len(xy), dtype=bool)
    leg = np.hypot(*(xy[at] - net.nodes[node[at]]).T)
    edge, _ = net.edge.query(xy[at], distance_upper_bound=leg.max(initial=0.0) + _EDGE, workers=2)
    at = at[edge <= leg + _EDGE]  # who lies farther from the barrier than from the junction does not cross it
    way = shapely.linestrings(np.stack([xy[at], net.nodes[node[at]]], axis=1))
    met = np.flatnonzero(shapely.intersects(net.barrier, way))  # quick, for the barrier is prepared; crosses is not
    out[at[met]] = shapely.crosses(way[met], net.barrier)
    return out


def nearest_walk(net: Network, origins: Array, targets: Array, limit: float) -> Array:
    """Walking distance [m] from each origin to the nearest target, infinity beyond `limit`."""
    if not len(targets) or not len(origins):
        return np.full(len(origins), np.inf)
    if net.straight:
        return _nearest_straight(origins, targets, limit)
    return reach(net, doors(net, origins), doors(net, targets), limit)


def reach(net: Network, home: Doors, shop: Doors, limit: float) -> Array:
    """As `nearest_walk` on a network, by the doors of origins and targets.

    One search from all targets together. Two doors on one junction walk their two legs.
    """
    (node, leg), (there, far) = home, shop
    reached = there >= 0
    walk = spread(net.graph, *_least(there[reached], far[reached]), limit + _EPS)
    total = np.where(node >= 0, walk[np.maximum(node, 0)], np.inf) + leg
    return np.where(total <= limit + _EPS, total, np.inf)


def spread(graph: csr_array, start: Array, leg: Array, limit: float) -> Array:
    """How far each junction is from the nearest of the start junctions, the leg of the start included.

    Infinity beyond `limit`. With the `speed` extra in a compiled loop, else by a node that stands for all starts.
    """
    quick = loops_for("walks", graph.shape[0])
    if quick:
        order = np.argsort(leg, kind="stable")
        return np.asarray(quick.spread((graph.indptr, graph.indices, graph.data), start[order], leg[order], limit))
    n = graph.shape[0]
    joined = csr_array(
        (
            np.concatenate([graph.data, np.maximum(leg, 1e-9)]),
            np.concatenate([graph.indices, start]),
            np.concatenate([graph.indptr, [len(graph.data) + len(start)]]),
        ),
        shape=(n + 1, n + 1),
    )
    return np.asarray(dijkstra(joined, indices=n, limit=limit)[:n])


def _least(nodes: Array, legs: Array) -> tuple[Array, Array]:
    order = np.lexsort((legs, nodes))
    unique, first = np.unique(nodes[order], return_index=True)
    return unique, legs[order][first]


def _nearest_straight(origins: Array, targets: Array, limit: float) -> Array:
    out = np.full(len(origins), np.inf)
    (i, _), d = shapely.STRtree(targets).query_nearest(
        origins, max_distance=limit, return_distance=True, all_matches=False
    )
    out[i] = d
    return out


def walks(net: Network, origins: Array, targets: Array, limit: float) -> tuple[Array, Array, Array]:
    """Every origin and target within `limit` of each other on foot, and the distance; sorted by origin, then target."""
    if net.straight or not len(origins) or not len(targets):
        i, j = shapely.STRtree(targets).query(origins, predicate="dwithin", distance=limit)
        order = np.lexsort((j, i))
        return i[order], j[order], shapely.distance(origins[i[order]], targets[j[order]])
    return _walks(net, doors(net, origins), doors(net, targets), limit)


def _walks(net: Network, home: Doors, shop: Doors, limit: float) -> tuple[Array, Array, Array]:
    (node, leg), (there, far) = home, shop
    reached, served = np.flatnonzero(there >= 0), np.flatnonzero(node >= 0)
    served = served[np.argsort(node[served], kind="stable")]
    t, at, d = _each(net.graph, there[reached], far[reached], limit + _EPS, np.unique(node[served]))
    begin, end = (np.searchsorted(node[served], at, side=side) for side in ("left", "right"))
    many = end - begin
    i = served[np.repeat(begin, many) + np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)]
    j, d = np.repeat(reached[t], many), np.repeat(d, many) + leg[i]
    i, j, d = i[d <= limit + _EPS], j[d <= limit + _EPS], d[d <= limit + _EPS]
    order = np.lexsort((j, i))
    return i[order], j[order], d[order]


def _each(graph: csr_array, start: Array, leg: Array, limit: float, wanted: Array) -> tuple[Array, Array, Array]:
    """Return which start, which wanted junction and how far, for each start by itself; its leg is included."""
    quick = loops_for("walks", len(start) * graph.shape[0])
    if quick:
        asked = np.zeros(graph.shape[0], dtype=bool)
        asked[wanted] = True
        out: tuple[Array, Array, Array] = quick.spread_each(
            (graph.indptr, graph.indices, graph.data), start, leg, limit, asked
        )
        return out
    found = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))]
    for at in range(0, len(start), _BATCH):
        walk = dijkstra(graph, indices=start[at : at + _BATCH], limit=limit)[:, wanted] + leg[at : at + _BATCH, None]
        s, w = np.nonzero(walk <= limit)
        found.append((s + at, wanted[w], walk[s, w]))
    s, w, d = (np.concatenate(column) for column in zip(*found, strict=True))
    return s, w, d


def components(net: Network) -> Array:
    """The number of the connected part each junction belongs to."""
    return np.asarray(connected_components(net.graph, directed=False)[1])
