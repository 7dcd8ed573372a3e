"""A bound for the least change under limits that sees arcs and limits at once, and days that lead to good schedules.

Gangs and money are priced by the day, arcs by their lag; at given prices every work finds its best days by itself, and
the sum is a bound for the whole problem (Lagrangian relaxation; at the best prices it equals the time-indexed linear
programme). The prices start from those of the schedule without limits, so the bound is never below that one; they climb
by steps along the excess of use and the days by which arcs are short.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Arcs, Floats, Ints, Network
from ..window import Window

PATIENCE = 25
"""Rounds without a better bound after which the steps are halved and begin again at the best prices."""
FRESH = 0.6
"""Part of the newest round in the direction of the next step; tried 0.03 to 1 on the works of the sample park."""
SMOOTH = 0.05
"""Part of the newest days in the mean of the days found."""
SMALLEST = 1e-3
"""The step below which climbing ends."""
CELLS = 1_000_000
"""Days times works looked at in one go."""
_MARGIN = 1e-9


@dataclass(frozen=True, eq=False)
class Room:
    """Room for each day from `base` on and each resource, and what every work needs of it: (days, r) and (n, r)."""

    base: int
    room: Ints
    need: Ints


@dataclass(frozen=True, eq=False)
class _Works:
    """Works on days counted from `base`: their windows, wish, prices, length and need."""

    low: Ints
    high: Ints
    wish: Ints
    later: Floats
    earlier: Floats
    duration: Ints
    need: Ints
    busy: Ints
    """The works that need something."""


@dataclass(frozen=True, eq=False)
class _Prices:
    day: Floats
    arc: Floats


class Climb:
    """Prices that climb; `bound` is the best so far, and `start` the mean of the days that the works chose on the way.

    `price` are the prices of the arcs without limits, `most` the cost of a known schedule. The bound holds for
    schedules within the days of `room` that cost no more than that.
    """

    def __init__(self, network: Network, room: Room, window: Window, *, price: Floats, most: float) -> None:
        self._arcs, self._room = network.arcs, room
        self._works = _works(network, room, window, most)
        self._top = self._prices = _Prices(np.zeros(room.room.shape), np.maximum(price, 0.0))
        self._value, self._start = _value(self._works, self._arcs, room, self._prices)
        self._best = self._value
        self._mean = self._start.astype(float)
        self._heading = _heading(self._works, self._arcs, room, self._start)
        self.step, self._idle = 1.0, 0

    @property
    def bound(self) -> float:
        """The best bound; rounded down by what the sums may lose."""
        return self._best - _MARGIN * abs(self._best)

    @property
    def start(self) -> Ints:
        """The mean of the days chosen, each within the window of its work."""
        days: Ints = np.clip(np.rint(self._mean).astype(np.int64), self._works.low, self._works.high)
        return days + self._room.base

    def climb(self, rounds: int, most: float) -> None:
        """Go on for some rounds towards `most`, the cost of the best schedule known by now (infinite: none)."""
        for _ in range(rounds):
            gap = (most if np.isfinite(most) else 2 * abs(self._best) + 1) - self._value
            if most - self._best <= _MARGIN or self.step < SMALLEST:
                return
            self._prices = _moved(self._prices, self._heading, self.step * gap)
            self._value, self._start = _value(self._works, self._arcs, self._room, self._prices)
            self._mean += SMOOTH * (self._start - self._mean)
            now = _heading(self._works, self._arcs, self._room, self._start)
            self._heading = _Prices(
                FRESH * now.day + (1 - FRESH) * self._heading.day, FRESH * now.arc + (1 - FRESH) * self._heading.arc
            )
            self._remember()

    def _remember(self) -> None:
        self._idle = 0 if self._value > self._best else self._idle + 1
        if self._value > self._best:
            self._best, self._top = self._value, self._prices
        if self._idle >= PATIENCE:
            self.step, self._idle = self.step / 2, 0
            self._prices, self._value = self._top, self._best


def _works(network: Network, room: Room, window: Window, most: float) -> _Works:
    tasks, length = network.tasks, len(room.room)
    wish = window.wish
    # Nothing dearer than the known schedule is looked at.
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = np.where(window.later > 0, most / window.later, np.inf)
        back = np.where(window.earlier > 0, most / window.earlier, np.inf)
    far = float(2 * length)
    low = np.maximum(np.maximum(window.low, wish - np.minimum(back, far).astype(np.int64)), room.base)
    latest = room.base + length - tasks.duration
    high = np.minimum(np.minimum(window.high, wish + np.minimum(ahead, far).astype(np.int64)), latest)
    fixed = tasks.frozen
    low, high = np.where(fixed, tasks.start, low), np.where(fixed, tasks.start, high)
    busy = ~fixed & (room.need.sum(axis=1) > 0) & (tasks.duration > 0)
    return _Works(
        low=low - room.base,
        high=np.maximum(high, low) - room.base,
        wish=wish - room.base,
        later=window.later,
        earlier=window.earlier,
        duration=tasks.duration,
        need=room.need,
        busy=np.flatnonzero(busy),
    )


def _value(works: _Works, arcs: Arcs, room: Room, prices: _Prices) -> tuple[float, Ints]:
    """The bound at some prices, and the days that give it."""
    n = len(works.wish)
    pull: Floats = np.bincount(arcs.before, prices.arc, n) - np.bincount(arcs.after, prices.arc, n).astype(float)
    start = _without_need(works, pull)
    cost = _cost(works, pull, start)
    for rows, use in _alike(works, prices):
        own, days = _best_days(works, pull, rows, use)
        start[rows], cost[rows] = days, own
    fixed = float((prices.arc * arcs.lag).sum()) - float((prices.day * room.room).sum())
    return float(cost.sum()) + fixed, start


def _cost(works: _Works, pull: Floats, start: Ints) -> Floats:
    shift = start - works.wish
    cost: Floats = works.later * np.maximum(shift, 0) + works.earlier * np.maximum(-shift, 0) + pull * start
    return cost


def _without_need(works: _Works, pull: Floats) -> Ints:
    """The best day of works that need nothing: their wish or an end of their window."""
    ends = np.stack([np.clip(works.wish, works.low, works.high), works.low, works.high])
    costs = np.stack([_cost(works, pull, day) for day in ends])
    best: Ints = ends[costs.argmin(axis=0), np.arange(len(works.wish))]
    return best


def _alike(works: _Works, prices: _Prices) -> list[tuple[Ints, Floats]]:
    """Works with the same need, and what one day costs them from the first day on, summed up: (days + 1,)."""
    if not len(works.busy):
        return []
    kinds, turn = np.unique(works.need[works.busy], axis=0, return_inverse=True)
    sums = np.vstack([np.zeros((1, len(kinds))), np.cumsum(prices.day @ kinds.T, axis=0)])
    return [(works.busy[turn.ravel() == k], np.ascontiguousarray(sums[:, k])) for k in range(len(kinds))]


def _best_days(works: _Works, pull: Floats, rows: Ints, use: Floats) -> tuple[Floats, Ints]:
    """Least cost and day of some works; only days are looked at whose shift alone is no dearer than the best known."""
    low, high = works.low[rows], works.high[rows]
    at = np.clip(works.wish[rows], low, high)
    length = works.duration[rows]
    paid = use[at + length] - use[at]
    up, down = works.later[rows] + pull[rows], works.earlier[rows] - pull[rows]
    far = np.full(len(rows), 2.0 * len(use))
    ahead = np.where(up > _MARGIN, np.minimum(paid / np.maximum(up, _MARGIN), far), far).astype(np.int64) + 1
    back = np.where(down > _MARGIN, np.minimum(paid / np.maximum(down, _MARGIN), far), far).astype(np.int64) + 1
    first, last = np.maximum(low, at - back), np.minimum(high, at + ahead)
    cost, day = np.empty(len(rows)), np.empty(len(rows), np.int64)
    for some in _blocks(last - first):
        days = np.minimum(first[some, None] + np.arange(int((last - first)[some].max()) + 1), last[some, None])
        shift = days - works.wish[rows[some], None]
        total = works.later[rows[some], None] * np.maximum(shift, 0)
        total += works.earlier[rows[some], None] * np.maximum(-shift, 0) + pull[rows[some], None] * days
        total += use[days + length[some, None]] - use[days]
        least = total.argmin(axis=1)
        line = np.arange(len(some))
        cost[some], day[some] = total[line, least], days[line, least]
    return cost, day


def _blocks(width: Ints) -> list[Ints]:
    """Rows in blocks of about the same width, each of no more cells than `CELLS` or of one row."""
    order = np.argsort(width, kind="stable")
    class_ = np.floor(2 * np.log2(width[order] + 2)).astype(np.int64)
    blocks = []
    for k in np.unique(class_):
        own = order[class_ == k]
        size = max(1, CELLS // (int(width[own].max()) + 1))
        blocks += [own[at : at + size] for at in range(0, len(own), size)]
    return blocks


def _heading(works: _Works, arcs: Arcs, room: Room, start: Ints) -> _Prices:
    """Where the prices go: the excess of use by the day and the days that arcs are short."""
    days = len(room.room)
    change = np.zeros((days + 1, room.room.shape[1]))
    rows = works.busy
    np.add.at(change, start[rows], works.need[rows])
    np.add.at(change, start[rows] + works.duration[rows], -works.need[rows])
    excess = np.cumsum(change, axis=0)[:-1] - room.room
    short = (start[arcs.before] + arcs.lag - start[arcs.after]).astype(float)
    return _Prices(excess, short)


def _moved(prices: _Prices, heading: _Prices, size: float) -> _Prices:
    """The prices one step on; what would fall below nothing does not count for the length of the step."""
    moved = []
    for own, way in ((prices.day, heading.day), (prices.arc, heading.arc)):
        live = np.where((own <= 0) & (way < 0), 0.0, way)
        norm = float((live**2).sum())
        moved.append(np.maximum(own + (0.5 * size / norm if norm > 0 else 0.0) * live, 0.0))
    return _Prices(moved[0], moved[1])
