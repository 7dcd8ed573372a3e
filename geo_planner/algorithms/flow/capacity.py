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
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from ..networks.noding import NEVER
from ..networks.service import Service

Array = np.ndarray[Any, Any]

LARGEST = 2**28
"""scipy's flow counts in 32-bit whole numbers: all that is asked for is scaled to this."""
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

    `parcels` (positions) get less than they need, the last to come at each place; the cut is `pipes` (positions in the
    network) and `sources` (positions among its joints). Relieving `relief` alone ("pipes" or "sources", position) would
    bring `gain` more.
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

    Nodes that unlimited pipes join are one. Besides these there is a node in the middle of each pipe with a capacity,
    where its parcels draw, then the source of sources and the sink of parcels. Links are sources, pipes in two halves,
    and one draw for all parcels of a node.
    """

    def __init__(self, found: Service, load: Load, capacity: tuple[Array, Array], day: int) -> None:
        net = found.network
        edge = np.flatnonzero(((net.done <= day) & (net.gone > day))[net.pipe])
        feed = np.flatnonzero((net.opened <= day) & (net.closed > day))
        self.user, at = draws(found, load, day, edge)
        self.load = load
        self.demand = float(load.demand[self.user].sum())
        self.scale = LARGEST / max(self.demand, 1e-9)
        room = capacity[0][net.pipe[edge]]
        free = np.isnan(room)
        count, joined = _one_where_free(len(net.xy), net.u[edge][free], net.v[edge][free])
        middle = joined[net.u[edge]]
        middle[~free] = count + np.arange((~free).sum())
        tight, works = edge[~free], count + int((~free).sum())
        # A source joined at several places still gives its capacity once.
        _, lead, giver = np.unique(net.source[feed], return_index=True, return_inverse=True)
        size = works + len(lead)
        self.top, self.sink = size, size + 1
        self.place = middle[at]
        drawn = np.bincount(self.place, weights=load.demand[self.user], minlength=size)
        self.homes = np.flatnonzero(drawn > 0)
        links = [
            (
                "sources",
                np.full(len(lead), self.top),
                works + np.arange(len(lead)),
                capacity[1][feed[lead]],
                feed[lead],
            ),
            ("joints", works + giver, joined[net.source_node[feed]], np.full(len(feed), np.nan), feed),
            ("pipes", joined[net.u[tight]], middle[~free], room[~free], net.pipe[tight]),
            ("pipes", middle[~free], joined[net.v[tight]], room[~free], net.pipe[tight]),
            ("parcels", self.homes, np.full(len(self.homes), self.sink), drawn[self.homes], self.homes),
        ]
        self.role = np.repeat([role for role, *_ in links], [len(link[1]) for link in links])
        self.tail, self.head, self.room, self.element = (np.concatenate([k[n] for k in links]) for n in range(1, 5))
        self.twoway = self.role == "pipes"
        self.value, self.flow = self._solve(self.room)

    @property
    def supplied(self) -> float:
        return self.value / self.scale

    def _solve(self, room: Array) -> tuple[int, csr_matrix]:
        # Nothing needs to carry more than all that is asked for: that is what unlimited means here.
        whole = np.minimum(np.round(np.nan_to_num(room, nan=np.inf) * self.scale), LARGEST).astype(np.int64)
        tail = np.concatenate([self.tail, self.head[self.twoway]])
        head = np.concatenate([self.head, self.tail[self.twoway]])
        size = self.sink + 1
        graph = csr_matrix((np.concatenate([whole, whole[self.twoway]]), (tail, head)), shape=(size, size))
        graph.data = np.minimum(graph.data, LARGEST)
        self.graph = graph.astype(np.int32)
        solved = maximum_flow(self.graph, self.top, self.sink)
        return int(solved.flow_value), solved.flow

    def shortage(self, since: int, until: int) -> Shortage:
        """Return this quarter's shortage with its cut and the best single relief."""
        cut, short = self._cut(), self._without()
        pipes = np.unique(self.element[cut & (self.role == "pipes")])
        sources = np.unique(self.element[cut & (self.role == "sources")])
        relief, gain = self._relief(cut)
        return Shortage(since, until, self.demand, self.supplied, short, pipes, sources, relief, gain)

    def _without(self) -> Array:
        """Return the parcels that go without: at each node the last to come, until they make up what is missing."""
        got = self.flow.tocsc()[:, [self.sink]].toarray().ravel()[: self.top] / self.scale
        need = self.load.demand[self.user]
        missing = np.bincount(self.place, weights=need, minlength=self.top) - got
        order = np.lexsort((self.user, self.load.since[self.user], self.place))[::-1]
        place = self.place[order]
        total = np.cumsum(need[order])
        lead = np.r_[True, place[1:] != place[:-1]]
        before = total - need[order] - (total - need[order])[lead][np.cumsum(lead) - 1]
        return np.sort(self.user[order[before < missing[place] - 1e-6 * max(self.demand, 1.0)]])

    def _cut(self) -> Array:
        """Return the links from what the sources can still reach to what they cannot."""
        left = (self.graph - self.flow).tocsr()
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        order = breadth_first_order(left, self.top, directed=True, return_predecessors=False)
        reach = np.zeros(self.sink + 1, bool)
        reach[order] = True
        across = reach[self.tail] & ~reach[self.head]
        across |= self.twoway & reach[self.head] & ~reach[self.tail]
        return np.asarray(across & (self.role != "parcels") & ~np.isnan(self.room))

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


def _one_where_free(nodes: int, u: Array, v: Array) -> tuple[int, Array]:
    """Return how many nodes are left when the ends of unlimited pipes are one, and which of them each node is."""
    links = coo_matrix((np.ones(len(u), np.int8), (u, v)), shape=(nodes, nodes))
    count, label = connected_components(links, directed=False)
    return int(count), np.asarray(label, dtype=np.int64)


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
