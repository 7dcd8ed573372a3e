"""Cuts that join districts: sets of parcels that part a parcel from all seeds, one of which it needs.

They are found as least cuts of a flow from the seeds, so they hold off shares of parcels (a relaxed layout) as well as
whole ones. Of each parcel the cut nearest the seeds, the one nearest the parcel and some between are taken; a little is
added to every parcel, so that cuts of few parcels win.
Source: M. Fischetti et al., Thinning out Steiner trees, Mathematical Programming Computation 9 (2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra, maximum_flow

from .land_rules import Allocation, Cut, District

Array = np.ndarray[Any, Any]

_UNITS, _CREEP, _FREE = 10**6, 200, 10**8
"""Units of flow in a whole parcel, those added to each, and those where nothing holds the flow."""
_LEAST = 0.01
"""The share of a parcel below which a lack of flow is no lack."""
NESTED = 4
"""Cuts tried behind one another for one parcel."""


def islands(touching: csr_array, use: Array, district: District) -> list[Array]:
    """The connected parts of a district that hold none of its seeds."""
    at = np.flatnonzero(district.uses[use])
    many, part = connected_components(touching[at][:, at], directed=False)
    seeded = np.zeros(many, dtype=bool)
    seeded[part[district.seeds[at]]] = True
    return [at[part == k] for k in np.flatnonzero(~seeded)]


def first_cuts(land: Allocation, touching: csr_array, district: District) -> list[Cut]:
    """A parcel alone is an island: it needs a neighbour."""
    able = _able(land, district)
    rows = np.flatnonzero(able & ~district.seeds)
    ways = (touching.indices[touching.indptr[p] : touching.indptr[p + 1]] for p in rows)
    return [(district.name, int(p), w[able[w]], district.uses) for p, w in zip(rows, ways, strict=True)]


def ways(land: Allocation, touching: csr_array, district: District, share: Array) -> list[Cut]:
    """For each parcel that may join a district its neighbours nearer to a seed, as a cut: it needs one of them.

    Ways are the longer, the more other uses have of what lies on them (parcels × uses). A parcel without one may not
    join. No layout that keeps all of them has an island; not every layout without islands keeps them.
    """
    able, held = _able(land, district), (share * district.uses).sum(axis=1)
    dear, near = np.maximum(1.0 - held, 0.0) + 1e-3, touching.tocoo()
    ok = able[near.row] & able[near.col]
    row, column = near.row[ok], near.col[ok]
    span, seeds = np.full(len(able), np.inf), np.flatnonzero(able & district.seeds)
    if len(seeds):
        graph = csr_array((dear[column], (row, column)), shape=touching.shape)
        span = dijkstra(graph, indices=seeds, min_only=True)
    ahead = span[column] < span[row]
    row, column = row[ahead], column[ahead]
    order = np.argsort(row, kind="stable")
    gates = np.split(column[order], np.searchsorted(row[order], np.arange(1, len(able))))
    return [(district.name, p, gates[p], district.uses) for p in np.flatnonzero(able & ~district.seeds).tolist()]


def cuts_of(land: Allocation, touching: csr_array, share: Array) -> list[Cut]:
    """The cuts that a layout breaks; `share` is how much of each parcel has each use, whole or relaxed."""
    out: list[Cut] = []
    for district in land.districts:
        net = _Net(land, touching, district, share)
        for parcel in net.wanted():
            out += [(district.name, int(parcel), gate, district.uses) for gate in net.gates(int(parcel))]
    return out


def whole(land: Allocation, use: Array) -> Array:
    """A layout as shares."""
    out = np.zeros(land.allowed.shape)
    out[np.arange(len(use)), use] = 1.0
    return out


def _able(land: Allocation, district: District) -> Array:
    return np.asarray((land.allowed & district.uses).any(axis=1), dtype=bool)


class _Net:
    """The flow through a district from its seeds: parcel p is the arc 2p to 2p + 1, the source is the last node."""

    def __init__(self, land: Allocation, touching: csr_array, district: District, share: Array) -> None:
        able, self.share = _able(land, district), (share * district.uses).sum(axis=1)
        self.parcels, self.seeds, self.source = np.flatnonzero(able), district.seeds, 2 * len(able)
        near = touching.tocoo()
        ok = able[near.row] & able[near.col]
        seeds, q = np.flatnonzero(able & district.seeds), self.parcels
        self.row = np.concatenate([2 * q, 2 * near.row[ok] + 1, np.full(len(seeds), self.source)])
        self.column = np.concatenate([2 * q + 1, 2 * near.col[ok], 2 * seeds])
        self.room = np.full(len(self.row), _FREE, dtype=np.int32)
        self.room[: len(q)] = np.rint(self.share[q] * _UNITS).astype(np.int32) + _CREEP

    def wanted(self) -> Array:
        """The parcels that may lack a way, those with the greatest share first."""
        some = self.parcels[(self.share[self.parcels] > _LEAST) & ~self.seeds[self.parcels]]
        return np.asarray(some[np.argsort(-self.share[some], kind="stable")])

    def gates(self, parcel: int) -> list[Array]:
        """The sets of parcels that part this one from the seeds and hold less than it does."""
        room, out = self.room, list[Array]()
        for _ in range(NESTED):
            graph = self._graph(room)
            found = maximum_flow(graph, self.source, 2 * parcel)
            if found.flow_value / _UNITS >= self.share[parcel] - _LEAST:
                break
            left = csr_array(graph - found.flow)
            left.eliminate_zeros()
            ahead, behind = self._reached(left, self.source), self._reached(csr_array(left.T), 2 * parcel)
            near, far = self.parcels, 2 * self.parcels
            first, last = near[ahead[far] & ~ahead[far + 1]], near[~behind[far] & behind[far + 1]]
            out += [first] if np.array_equal(first, last) else [first, last]
            if not len(first):
                break
            room = room.copy()
            room[: len(near)][np.isin(near, first)] = _FREE
        return out

    def _graph(self, room: Array) -> csr_array:
        out = csr_array((room, (self.row, self.column)), shape=(self.source + 1, self.source + 1))
        out.sort_indices()
        return out

    def _reached(self, graph: csr_array, start: int) -> Array:
        out: Array = np.zeros(self.source + 1, dtype=bool)
        out[breadth_first_order(graph, start, return_predecessors=False)] = True
        return out
