"""Days on which a network surely carries what is asked of it, told from one tree: no flow needs to be solved for them.

Everything is led along the minimax tree of its span of time, each parcel from the source that it is first joined to.
Where that alone overloads no pipe and no source, the largest flow carries all. The converse does not hold: a day that
is not told here may be well supplied by other ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import depth_first_order

from ..networks.noding import NEVER
from ..networks.service import Service
from ..networks.spans import Span

Array = np.ndarray[Any, Any]

_CELLS = 4_000_000
"""Days times nodes that are looked at in one piece."""
_SLACK = 1e-9
"""Share of all demand by which sums may be off without being an overload; the flow itself takes a millionth."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """What is drawn where in one span of time: `demand` on `edge`, from day `on` until day `off`."""

    demand: Array
    edge: Array
    on: Array
    off: Array


def ample(found: Service, drawn: Draws, span: Span, capacity: tuple[Array, Array], days: Array) -> Array:
    """Whether all is surely carried, for each of some days of a span, in order.

    `capacity` is per pipe and per joint of a source (NaN: unlimited), as in `capacity.shortages`.
    """
    net, tree = found.network, span.tree
    sure = np.zeros(len(days), bool)
    if tree is None or not len(drawn.demand):
        return sure
    up, via = tree.parents
    edges, nodes = len(net.u), len(net.xy)
    room = capacity[0][net.pipe]
    child = np.full(edges, -1, dtype=np.int64)
    below = np.flatnonzero((via >= 0) & (via < edges))
    child[via[below]] = below
    near = np.where(tree.day[net.u] <= tree.day[net.v], net.u, net.v)
    place = np.where(child >= 0, child, near)[drawn.edge]
    aside = np.bincount(drawn.edge, weights=drawn.demand, minlength=edges)[child < 0] > room[child < 0]
    if aside.any() or (tree.day[place] > drawn.on).any():
        return sure
    start, end = _ranges(up, nodes)
    limit = np.full(nodes, np.inf)
    limit[below] = np.nan_to_num(room[via[below]], nan=np.inf)
    giver, given = _givers(found, via, capacity[1])
    loads = _Loads(start, end, limit, giver, given)
    step = max(1, _CELLS // (nodes + 1))
    for at in range(0, len(days), step):
        sure[at : at + step] = loads.fit(drawn, start[place], days[at : at + step])
    return sure


def _ranges(up: Array, nodes: int) -> tuple[Array, Array]:
    """Return for each node its rank from the sources on, and where the ranks of what hangs on it end."""
    held = np.flatnonzero(up >= 0)
    graph = csr_matrix((np.ones(len(held), np.int8), (up[held], held)), shape=(nodes + 1, nodes + 1))
    order, before = depth_first_order(graph, nodes, directed=True, return_predecessors=True)
    size = np.ones(nodes + 1, dtype=np.int64)
    for node, above in zip(order[:0:-1].tolist(), before[order[:0:-1]].tolist(), strict=True):
        size[above] += size[node]
    start = np.zeros(nodes + 1, dtype=np.int64)
    start[order] = np.arange(len(order))
    return start[:nodes], start[:nodes] + size[:nodes]


def _givers(found: Service, via: Array, rooms: Array) -> tuple[Array, Array]:
    """Return which source each node hangs on directly (-1: none), and what each source gives."""
    net = found.network
    names, first, of = np.unique(net.source, return_index=True, return_inverse=True)
    joint = via - len(net.u)
    giver = np.where(joint >= 0, of[np.maximum(joint, 0)] if len(of) else -1, -1)
    return giver, np.nan_to_num(rooms[first], nan=np.inf) if len(names) else np.empty(0)


@dataclass(frozen=True, eq=False)
class _Loads:
    """What the links of a tree can bear: ranks `start` to `end` below each node, its `limit`, its source and theirs."""

    start: Array
    end: Array
    limit: Array
    giver: Array
    given: Array

    def fit(self, drawn: Draws, rank: Array, days: Array) -> Array:
        """Whether every load is within its limit, on each day."""
        flow = np.zeros((len(days), len(self.start) + 2))
        for when, sign in ((drawn.on, 1.0), (drawn.off, -1.0)):
            day = np.searchsorted(days, when)
            there = day < len(days)
            np.add.at(flow, (day[there], rank[there] + 1), sign * drawn.demand[there])
        np.cumsum(flow, axis=0, out=flow)
        np.cumsum(flow, axis=1, out=flow)
        slack = _SLACK * drawn.demand.sum()
        bound = np.flatnonzero(np.isfinite(self.limit))
        load = flow[:, self.end[bound]] - flow[:, self.start[bound]]
        fits = (load <= self.limit[bound] + slack).all(axis=1)
        tops = np.flatnonzero(self.giver >= 0)
        for k in np.flatnonzero(np.isfinite(self.given)).tolist():
            mine = tops[self.giver[tops] == k]
            fits &= (flow[:, self.end[mine]] - flow[:, self.start[mine]]).sum(axis=1) <= self.given[k] + slack
        return np.asarray(fits)


def active(found: Service, span: Span, using: Array, until: Array) -> tuple[Array, Array, Array]:
    """Return the pair by which each parcel that needs something draws in a span, and its days on and off.

    Of the pipes in reach it is the one that serves the parcel first, then the nearest: it stays so through the span.
    """
    day = span.day[found.near_pipe]
    pair = np.flatnonzero((using[found.near_parcel] < NEVER) & (day < NEVER))
    key = (found.near_pipe[pair], found.near_distance[pair], day[pair], found.near_parcel[pair])
    order = pair[np.lexsort(key)]
    first = order[np.r_[True, np.diff(found.near_parcel[order]) > 0]] if len(order) else order
    who = found.near_parcel[first]
    on, off = np.maximum(using[who], span.day[found.near_pipe[first]]), until[who]
    return first[on < off], on[on < off], off[on < off]
