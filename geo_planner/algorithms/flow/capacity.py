"""Whether sources and pipes can carry what the parcels in use need, day by day: maximum flow and minimum cut.

Each pipe that works on a day is a link of its capacity in both directions (unlimited where it is not known), each
source gives its capacity, each parcel in use draws its demand from the pipe it is joined to. Where the flow falls
short, the minimum cut is what stands in the way. Parcels that no source reaches yet ask for nothing here: that they
are cut off is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from ..networks.noding import NEVER
from ..networks.service import Service
from .ample import Draws, active, ample

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
    """A time of shortage: from day `since` to before day `until`; the figures are those of its `worst` day.

    `parcels` (positions) get less than they need on some day of it, the last to come first; the cut is `pipes`
    (positions in the network) and `sources` (positions among its joints). Relieving `relief` alone ("pipes" or
    "sources", position) would bring `gain` more.
    """

    since: int
    until: int
    worst: int
    demand: float
    supplied: float
    parcels: Array
    pipes: Array
    sources: Array
    relief: tuple[str, int]
    gain: float


Keep = Callable[[Callable[[], Any], bytes], Any]
"""Returns what a function returns, or what it did before for the same bytes."""


def shortages(
    found: Service, load: Load, capacity: tuple[Array, Array], days: Array, keep: Keep = lambda compute, _: compute()
) -> list[Shortage]:
    """The times in which a utility falls short, in order.

    `capacity` is per pipe of the network and per joint of a source (NaN: not known, taken as unlimited); `days` are the
    days on which anything changes, in order: nothing changes between two of them. `keep` remembers which fall short.
    """
    out: list[Shortage] = []
    run: list[int] = []
    sure, states = _ample(found, load, capacity, days), _States(found, load, capacity, keep)
    for day, enough in zip(days.tolist(), sure.tolist(), strict=True):
        if not enough and states.short(day):
            run.append(day)
        elif run:
            out.append(_shortage(states, run, day))
            run = []
    return [*out, *([_shortage(states, run, NEVER)] if run else [])]


def _ample(found: Service, load: Load, capacity: tuple[Array, Array], days: Array) -> Array:
    """Whether a look at one tree shows that a day has enough; most days need no more than this."""
    sure, every = np.zeros(len(days), bool), np.arange(len(found.network.u))
    using = np.where(load.demand > 0, load.since, NEVER)
    for span in found.spans:
        mine = (days >= span.since) & (days < span.until)
        if mine.any():
            pair, on, off = active(found, span, using, load.until)
            edge = _edge_at(found, load.along, pair, every)
            drawn = Draws(demand=load.demand[found.near_parcel[pair]], edge=edge, on=on, off=off)
            sure[mine] = ample(found, drawn, span, capacity, days[mine])
    return sure


def what_counts(found: Service, load: Load, day: int) -> bytes:
    """Which pipes and sources work, and which parcels are in use on a day, as bits: what changes by the day."""
    net = found.network
    parts = (
        (net.done <= day) & (net.gone > day),
        (net.opened <= day) & (net.closed > day),
        (load.since <= day) & (load.until > day),
    )
    return np.packbits(np.concatenate(parts)).tobytes()


class _States:
    """What is known of days, each looked into once for all plans in which the same works and is in use on it."""

    def __init__(self, found: Service, load: Load, capacity: tuple[Array, Array], keep: Keep) -> None:
        self._found, self._load, self._capacity, self._keep = found, load, capacity, keep
        self._days: dict[int, _Day] = {}

    def _look(self, day: int) -> _Day:
        if day not in self._days:
            self._days[day] = _Day(self._found, self._load, self._capacity, day)
        return self._days[day]

    def _kept(self, day: int, what: bytes, compute: Callable[[_Day], Any]) -> Any:
        return self._keep(lambda: compute(self._look(day)), what + what_counts(self._found, self._load, day))

    def figures(self, day: int) -> tuple[float, float]:
        """Demand and supply."""
        found: tuple[float, float] = self._kept(day, b"", lambda state: (state.demand, state.supplied))
        return found

    def missing(self, day: int) -> float:
        """What is missing."""
        demand, supplied = self.figures(day)
        return demand - supplied

    def short(self, day: int) -> bool:
        """Whether somebody goes without; of a day with enough no more is asked."""
        out = bool(self.missing(day) > 1e-6 * max(self.figures(day)[0], 1.0))
        if not out:
            self._days.pop(day, None)
        return out

    def forget(self) -> None:
        """Let go of the days that were looked into."""
        self._days.clear()

    def without(self, day: int, after: int = -NEVER) -> list[int]:
        """The parcels that go without on a day, of those in use since later than day `after`."""
        since = self._load.since
        tried = (since <= day) & (self._load.until > day) & (since > after)
        come = np.where(tried, since, NEVER).tobytes()  # the last to come go first
        found: list[int] = self._kept(day, b"without" + come, lambda state: state.without(after))
        return found

    def relief(self, day: int) -> tuple[Array, Array, tuple[str, int], float]:
        """Pipes and sources of the cut on a day, the one whose relief brings most, and how much."""
        found: tuple[Array, Array, tuple[str, int], float] = self._kept(day, b"relief", _relief)
        return found


def _relief(state: _Day) -> tuple[Array, Array, tuple[str, int], float]:
    cut = state.cut()
    pipes, sources = (np.unique(state.element[cut & (state.role == role)]) for role in ("pipes", "sources"))
    return pipes, sources, *state.relief(cut)


def _shortage(states: _States, run: list[int], until: int) -> Shortage:
    """Return a time of shortage from its days: its worst is the first of the days on which most is missing."""
    worst = max(run, key=lambda day: (round(states.missing(day), 6), -day))
    parcels = {*states.without(run[0])}
    for before, day in pairwise(run):
        come = states.without(day, before)
        parcels |= {*(come if come or states.missing(day) <= states.missing(before) + 1e-6 else states.without(day))}
    pipes, sources, relief, gain = states.relief(worst)
    states.forget()
    return Shortage(
        run[0], until, worst, *states.figures(worst), np.array(sorted(parcels), dtype=np.int64),
        pipes, sources, relief, gain,
    )  # fmt: skip


class _Day:
    """The flow problem of one day.

    Nodes that unlimited pipes join are one. Besides these there is a node in the middle of each pipe with a capacity,
    where its parcels draw, then the source of sources and the sink of parcels. Links are sources, pipes in two halves,
    and one draw for all parcels of a node.
    """

    def __init__(self, found: Service, load: Load, capacity: tuple[Array, Array], day: int) -> None:
        self.day, net = day, found.network
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
        self.value, self.flow, self.graph = self._solve(self.room)

    @property
    def supplied(self) -> float:
        return self.value / self.scale

    @property
    def short(self) -> bool:
        """Whether somebody goes without."""
        return bool(self.missing > 1e-6 * max(self.demand, 1.0))

    def _solve(self, room: Array) -> tuple[int, csr_matrix, csr_matrix]:
        # Nothing needs to carry more than all that is asked for: that is what unlimited means here.
        whole = np.minimum(np.round(np.nan_to_num(room, nan=np.inf) * self.scale), LARGEST).astype(np.int64)
        tail = np.concatenate([self.tail, self.head[self.twoway]])
        head = np.concatenate([self.head, self.tail[self.twoway]])
        size = self.sink + 1
        graph = csr_matrix((np.concatenate([whole, whole[self.twoway]]), (tail, head)), shape=(size, size))
        graph.data = np.minimum(graph.data, LARGEST)
        graph = graph.astype(np.int32)
        solved = maximum_flow(graph, self.top, self.sink)
        return int(solved.flow_value), solved.flow, graph

    @property
    def missing(self) -> float:
        return self.demand - self.supplied

    def without(self, after: int = -NEVER) -> list[int]:
        """Return the parcels that go without: the last to come, one by one, until the others have what they need.

        Only parcels in use since later than day `after` are tried.
        """
        need, user = self.load.demand[self.user], self.user
        room, missing, short = self.room.copy(), self.missing, []
        least = 1e-6 * max(self.demand, 1.0)
        asked = np.zeros(self.top)
        asked[self.homes] = room[self.role == "parcels"]
        for k in np.lexsort((user, self.load.since[user]))[::-1].tolist():
            if missing <= least or self.load.since[user[k]] <= after:
                break
            asked[self.place[k]] -= need[k]
            room[self.role == "parcels"] = np.maximum(asked[self.homes], 0.0)
            left = float(asked.sum()) - self._solve(room)[0] / self.scale
            if left < missing - least:
                short.append(int(user[k]))
            missing = left
        return short

    def cut(self) -> Array:
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

    def relief(self, cut: Array) -> tuple[tuple[str, int], float]:
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
    served, turns = found.turns(day)
    order = turns[using[found.near_parcel[turns]] & (served[found.near_pipe[turns]] <= day)]
    first = order[np.r_[True, np.diff(found.near_parcel[order]) > 0]] if len(order) else order
    return found.near_parcel[first], _edge_at(found, load.along, first, edge)


def positions(found: Service, shapes: Array) -> Array:
    """Where each parcel would draw from each pipe in its reach: metres along the pipe of the point nearest to it."""
    line = found.network.lines[found.near_pipe]
    ends = shapely.get_coordinates(shapely.shortest_line(shapes[found.near_parcel], line)).reshape(-1, 2, 2)
    return np.asarray(shapely.line_locate_point(line, shapely.points(ends[:, 1])))


def _edge_at(found: Service, along: Array, pair: Array, edge: Array) -> Array:
    """Return the place in `edge` of the stretch of each pair's pipe on which its parcel draws."""
    net, pipe = found.network, found.near_pipe[pair]
    key = net.pipe[edge] * 1e7 + np.minimum(net.at_u[edge], net.at_v[edge])
    at = np.searchsorted(key, pipe * 1e7 + along[pair], side="right") - 1
    first = np.searchsorted(net.pipe[edge], pipe)
    return np.asarray(np.clip(at, first, np.searchsorted(net.pipe[edge], pipe, side="right") - 1))
