"""Whether sources and pipes can carry what the parcels in use need, quarter by quarter: maximum flow and minimum cut.

Each pipe that works in a quarter is a link of its capacity in both directions (unlimited where it is not known), each
source gives its capacity, each parcel in use draws its demand from the pipe it is joined to. Where the flow falls
short, the minimum cut is what stands in the way. Parcels that no source reaches yet ask for nothing here: that they
are cut off is told elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from ..networks.graph import NEVER
from ..service import Service

Array = np.ndarray[Any, Any]

LARGEST = 2**30
"""scipy's flow counts in 32-bit whole numbers; demands are scaled to stay below this."""
MOST_TRIED = 12
"""How many elements of a cut are tried for what their relief would unlock; the largest first."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Load:
    """What is asked of a network: `demand` per parcel in use from day `since` until day `until` (day numbers).

    `along` is where on its pipe each pair of parcel and pipe draws (see `positions`).
    """

    along: Array

    demand: Array
    since: Array
    until: Array


@dataclass(frozen=True, eq=False)
class Shortage:
    """A time of shortage: from the quarter that ends on day `since` to before the one that ends on day `until`.

    The figures are those of its first quarter.

    `parcels` (positions) get less than they need; the cut is `pipes` (positions in the network) and `sources`
    (positions among its joints). Relieving `relief` alone ("pipes" or "sources", position) would bring `gain` more.
    """

    since: int
    until: int
    demand: float
    supplied: float
    parcels: Array
    pipes: Array
    sources: Array
    relief: tuple[str, int]
    gain: float


def shortages(found: Service, load: Load, capacity: tuple[Array, Array], quarters: Array) -> list[Shortage]:
    """The times in which a utility falls short, at the first quarter of each.

    `capacity` is per pipe of the network and per joint of a source (NaN: not known, taken as unlimited); `quarters` are
    the last days of the quarters, in order: what is in use and what works by then counts for the quarter.
    """
    out: list[Shortage] = []
    short_before, key_before = False, b""
    for k, day in enumerate(quarters.tolist()):
        key = _what_counts(found, load, day)
        if key != key_before:
            state = _Quarter(found, load, capacity, day)
            short = state.supplied < state.demand - 1e-6 * max(state.demand, 1.0)
            key_before = key
        if short and not short_before:
            out.append(state.shortage(day, _end(found, load, capacity, quarters[k:])))
        short_before = short
    return out


def _what_counts(found: Service, load: Load, day: int) -> bytes:
    net = found.network
    parts = (
        (net.done <= day) & (net.gone > day),
        (net.opened <= day) & (net.closed > day),
        (load.since <= day) & (load.until > day),
    )
    return np.packbits(np.concatenate(parts)).tobytes()


def _end(found: Service, load: Load, capacity: tuple[Array, Array], quarters: Array) -> int:
    """Return the first quarter without shortage; `NEVER` where it lasts."""
    key_before = b""
    for day in quarters.tolist():
        key = _what_counts(found, load, day)
        if key == key_before:
            continue
        key_before = key
        state = _Quarter(found, load, capacity, day)
        if state.supplied >= state.demand - 1e-6 * max(state.demand, 1.0):
            return int(day)
    return NEVER


class _Quarter:
    """The flow problem of one quarter.

    Nodes: those of the network, one in the middle of each edge (where parcels draw), one per parcel, one per source
    joint, then the source of sources and the sink of parcels.
    """

    def __init__(self, found: Service, load: Load, capacity: tuple[Array, Array], day: int) -> None:
        net = found.network
        edge = np.flatnonzero(((net.done <= day) & (net.gone > day))[net.pipe])
        feed = np.flatnonzero((net.opened <= day) & (net.closed > day))
        user, at = draws(found, load, day, edge)
        n, m = len(net.xy), len(edge)
        middle = n + np.arange(m)
        joint = n + m + np.arange(len(feed))
        home = n + m + len(feed) + np.arange(len(user))
        self.size = n + m + len(feed) + len(user) + 2
        self.top, self.sink = self.size - 2, self.size - 1
        need = load.demand[user]
        self.demand = float(need.sum())
        self.scale = LARGEST / 4 / max(self.demand, 1e-9)
        pipe_cap, source_cap = capacity[0][net.pipe[edge]], capacity[1][feed]
        self.tail = np.concatenate([net.u[edge], middle, np.full(len(feed), self.top), joint, n + at, home])
        self.head = np.concatenate(
            [middle, net.v[edge], joint, net.source_node[feed], home, np.full(len(user), self.sink)]
        )
        free = np.full(len(user), np.nan)
        self.room = np.concatenate([pipe_cap, pipe_cap, source_cap, np.full(len(feed), np.nan), free, need])
        self.twoway = np.arange(len(self.tail)) < 2 * m
        self.element = np.concatenate([net.pipe[edge], net.pipe[edge], feed, feed, user, user])
        self.role = np.repeat(
            ["pipes", "sources", "sources", "draw", "parcels"], [2 * m, len(feed), len(feed), len(user), len(user)]
        )
        self.user = user
        self.value, self.flow = self._solve(self.room)

    @property
    def supplied(self) -> float:
        return self.value / self.scale

    def _solve(self, room: Array) -> tuple[int, csr_matrix]:
        whole = np.where(
            np.isnan(room), LARGEST, np.minimum(np.round(np.nan_to_num(room) * self.scale), LARGEST)
        ).astype(np.int32)
        tail = np.concatenate([self.tail, self.head[self.twoway]])
        head = np.concatenate([self.head, self.tail[self.twoway]])
        graph = csr_matrix((np.concatenate([whole, whole[self.twoway]]), (tail, head)), shape=(self.size, self.size))
        graph.data = np.minimum(graph.data, LARGEST)
        self.graph = graph
        solved = maximum_flow(graph, self.top, self.sink)
        return int(solved.flow_value), solved.flow

    def shortage(self, since: int, until: int) -> Shortage:
        """Return this quarter's shortage with its cut and the best single relief."""
        cut = self._cut()
        drawn = self.flow.tocsc()[:, [self.sink]].toarray().ravel()
        got = drawn[self.tail[self.role == "parcels"]] / self.scale
        need = self.room[self.role == "parcels"]
        short = self.user[got < need * (1 - 1e-6) - 1e-9]
        relief, gain = self._relief(cut)
        pipes = np.unique(self.element[cut & (self.role == "pipes")])
        sources = np.unique(self.element[cut & (self.role == "sources")])
        return Shortage(since, until, self.demand, self.supplied, short, pipes, sources, relief, gain)

    def _cut(self) -> Array:
        """Return the links from what the sources can still reach to what they cannot."""
        left = (self.graph - self.flow).tocsr()
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        order = breadth_first_order(left, self.top, directed=True, return_predecessors=False)
        reach = np.zeros(self.size, bool)
        reach[order] = True
        across = reach[self.tail] & ~reach[self.head]
        across |= self.twoway & reach[self.head] & ~reach[self.tail]
        return np.asarray(across & np.isin(self.role, ["pipes", "sources"]) & ~np.isnan(self.room))

    def _relief(self, cut: Array) -> tuple[tuple[str, int], float]:
        """Return the one element whose relief brings most, and how much; ties go to the first by role and position."""
        best, gain = ("", -1), 0.0
        order = np.argsort(-self.room[cut], kind="stable")
        for k in np.flatnonzero(cut)[order][:MOST_TRIED].tolist():
            same = (self.role == self.role[k]) & (self.element == self.element[k])
            more = (self._solve(np.where(same, np.nan, self.room))[0] - self.value) / self.scale
            if more > gain * (1 + 1e-9) + 1e-9:
                best, gain = (str(self.role[k]), int(self.element[k])), more
        return best, gain


def draws(found: Service, load: Load, day: int, edge: Array) -> tuple[Array, Array]:
    """Return each parcel in use that is joined to a source, and the place among `edge` where it draws.

    Of the pipes in reach the one that serves it first is taken, at the point nearest to the parcel.
    """
    using = (load.since <= day) & (load.until > day) & (load.demand > 0)
    served = np.min([np.where((s.since <= day) & (day < s.until), s.day, NEVER) for s in found.spans], axis=0)
    pair = np.flatnonzero(using[found.near_parcel] & (served[found.near_pipe] <= day))
    key = (found.near_pipe[pair], found.near_distance[pair], served[found.near_pipe[pair]], found.near_parcel[pair])
    order = pair[np.lexsort(key)]
    first = order[np.r_[True, np.diff(found.near_parcel[order]) > 0]] if len(order) else order
    return found.near_parcel[first], _edge_at(found, load.along, first, edge)


def positions(found: Service, shapes: Array) -> Array:
    """Where each parcel would draw from each pipe in its reach: metres along the pipe of the point nearest to it."""
    line = found.network.lines[found.near_pipe]
    spot = shapely.get_point(shapely.shortest_line(shapes[found.near_parcel], line), -1)
    return np.asarray(shapely.line_locate_point(line, spot))


def _edge_at(found: Service, along: Array, pair: Array, edge: Array) -> Array:
    """Return the place in `edge` of the stretch of each pair's pipe on which its parcel draws."""
    net, pipe = found.network, found.near_pipe[pair]
    key = net.pipe[edge] * 1e7 + np.minimum(net.at_u[edge], net.at_v[edge])
    at = np.searchsorted(key, pipe * 1e7 + along[pair], side="right") - 1
    first = np.searchsorted(net.pipe[edge], pipe)
    return np.asarray(np.clip(at, first, np.searchsorted(net.pipe[edge], pipe, side="right") - 1))
