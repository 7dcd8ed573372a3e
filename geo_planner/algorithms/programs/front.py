"""The layouts between least change and most suitability: none better in the one without being worse in the other.

Epsilon constraint: the most suitability with no more than so much change, then the least change that keeps it. The
limit goes to the middle of the widest gap between two points; where nothing new lies below it, the next point is the
least change with more suitability than the last. So the points spread, and where their number suffices they are all.
Source: H. W. Hamacher, C. R. Pedersen, S. Ruzika, Finding representative systems for discrete bicriterion optimization
problems, Operations Research Letters 35 (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from .allocation import Allocated, allocate
from .land_rules import Allocation, Limit
from .program import Effort

Array = np.ndarray[Any, Any]

Best = Literal["gain", "borders", "both"]

_FINE = 1e-7
"""The share of a span below which two values are one."""
_SEARCHES = 4
"""Searches for each point that is wanted, at most."""


@dataclass(frozen=True, eq=False)
class Point:
    """A layout: its change, its gain, how long the borders between kinds are, and what was made best.

    No layout with no more change has a gain above `bound`; where borders were made best, none has borders below it;
    where both were, none with borders as short as midway between those two has a gain above it.
    """

    use: Array
    change: float
    gain: float
    parted: float
    best: Best
    bound: float

    @property
    def gap(self) -> float:
        """How far the bound is from what was made best, in its own unit: 0 where it is proved to be the best."""
        far = self.parted - self.bound if self.best == "borders" else self.bound - self.gain
        return far if far > 1e-9 * max(1.0, abs(self.bound)) else 0.0


@dataclass(frozen=True, eq=False)
class Front:
    """The points by change, those that others make needless, and whether no point can lie between them.

    Without any layout `none` tells what was searched and what is in conflict.
    """

    points: tuple[Point, ...]
    needless: tuple[Point, ...]
    complete: bool
    least: Allocated


@dataclass(eq=False)
class _Search:
    land: Allocation
    gain: Array
    effort: Effort
    left: int
    found: list[Point] = field(default_factory=list)
    proved: bool = True

    def solved(self, land: Allocation) -> Allocated:
        """The best layout, with its part of the time that is left."""
        self.left = max(self.left - 1, 1)
        found = allocate(land, self.effort.part(1.0 / self.left))
        self.proved &= found.status in {"optimal", "infeasible"}
        return found

    def total(self, weight: Array, use: Array) -> float:
        return float(weight[np.arange(len(use)), use].sum())

    def point(self, use: Array, best: Best, bound: float) -> Point:
        parted = 0.0 if self.land.borders is None else self.land.borders.parted(use)
        return Point(use, self.total(self.land.cost, use), self.total(self.gain, use), parted, best, bound)

    def most(self, change: float, parted: float = np.inf) -> Point | None:
        """The most gain with no more than so much change and borders, and the least change that keeps it."""
        top = np.where(self.land.allowed, self.gain, -np.inf).max(axis=1)
        loss = np.where(self.land.allowed, top[:, None] - self.gain, 0.0)
        land = self.within(change, parted)
        found = self.solved(replace(land, cost=loss))
        if found.use is None:
            return None
        best: Best = "both" if np.isfinite(parted) else "gain"
        point = self.point(found.use, best, float(top.sum()) - found.bound)
        less = self.least(point.gain - _FINE * max(abs(point.gain), 1.0), parted)
        if less.use is not None and self.total(self.land.cost, less.use) < point.change:
            point = self.point(less.use, best, point.bound)
        return replace(point, bound=max(point.bound, point.gain))

    def within(self, change: float, parted: float) -> Allocation:
        """The land with no more than so much change and borders between kinds."""
        limits = [Limit("change", self.land.cost, -np.inf, change)] if np.isfinite(change) else []
        borders = self.land.borders
        keep = None if borders is None or not np.isfinite(parted) else replace(borders, most=parted)
        return replace(self.land, limits=[*self.land.limits, *limits], borders=keep)

    def least(self, gain: float, parted: float = np.inf) -> Allocated:
        """The least change with at least so much gain, and no more than so much of borders."""
        land = self.within(np.inf, parted)
        return self.solved(replace(land, limits=[*land.limits, Limit("gain", self.gain, gain, np.inf)]))

    def tightest(self, change: float) -> Point | None:
        """The shortest borders between kinds with no more than so much change; of these the most gain."""
        assert self.land.borders is not None
        land = replace(self.within(change, np.inf), borders=replace(self.land.borders, price=1.0))
        found = self.solved(replace(land, cost=np.zeros_like(self.land.cost)))
        if found.use is None:
            return None
        point = self.point(found.use, "borders", found.bound)
        better = self.most(change, point.parted * (1.0 + _FINE))
        return point if better is None else self.point(better.use, "borders", found.bound)

    def compact(self) -> list[Point]:
        """For each point found: as much change with the shortest borders, and what lies midway between the two."""
        out: list[Point] = []
        whole = self.tightest(np.inf)
        for point in list(self.found):
            change = point.change * (1.0 + _FINE)
            tight = whole if whole is not None and whole.change <= change else self.tightest(change)
            if tight is None or tight.parted >= point.parted * (1.0 - _FINE):
                continue
            midway = self.most(change, 0.5 * (tight.parted + point.parted))
            out += [one for one in (tight, midway) if one is not None and all(one is not other for other in out)]
        return out


def front(land: Allocation, gain: Array, points: int, effort: Effort) -> Front:
    """At most so many layouts from the least change (`land.cost`) to the most gain (parcels × uses), both included.

    With borders, for each of them the layout of as much change with the shortest borders between kinds as well.
    """
    search = _Search(land, gain, effort, _SEARCHES * points)
    least = search.solved(replace(land, borders=None))
    if least.use is None:
        return Front((), (), False, least)
    start, end = search.most(search.total(land.cost, least.use) * (1.0 + _FINE)), search.most(np.inf)
    first = start or search.point(least.use, "gain", float("inf"))
    complete = _spread(search, (first, end or first), points) and search.proved
    found = [*search.found, *(search.compact() if land.borders is not None else [])]
    kept, needless = efficient(found, borders=land.borders is not None)
    return Front(kept, needless, complete and land.borders is None, least)


def _spread(search: _Search, ends: tuple[Point, Point], points: int) -> bool:
    """Find points between the ends until there are enough; whether all were found."""
    first, last = ends
    search.found += [first]
    wide, high = last.change - first.change, last.gain - first.gain
    if wide <= _FINE * max(last.change, 1.0) or high <= _FINE * max(abs(last.gain), 1.0):
        return True
    search.found.append(last)
    gaps, searches = [(first, last, first.change)], _SEARCHES * points
    while gaps and len(search.found) < points and searches > 0:
        searches -= 1
        gaps.sort(key=lambda g: ((g[1].change - g[2]) / wide * (g[1].gain - g[0].gain) / high, -g[0].change))
        low, top, floor = gaps.pop()
        middle = 0.5 * (floor + top.change)
        new = search.most(middle)
        if new is None or new.gain <= low.gain + _FINE * high:
            next_one = search.least(low.gain + 10.0 * _FINE * high)
            change = np.inf if next_one.use is None else search.total(search.land.cost, next_one.use)
            if change >= top.change - _FINE * wide:
                continue
            middle = change * (1.0 + _FINE)
            new = search.most(middle)
            if new is None or new.gain <= low.gain + _FINE * high:
                continue
        else:
            gaps.append((low, new, floor))
        search.found.append(new)
        if new.gain < top.gain - _FINE * high:
            gaps.append((new, top, middle))
    return not gaps


def efficient(points: Sequence[Point], *, borders: bool) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """The points, least change first, of which none is as good in all and better in one; and the other points.

    Of equals the first counts.
    """
    worth = np.array([(p.change, -p.gain, p.parted if borders else 0.0) for p in points]).reshape(-1, 3)
    fine = 1e-6 * np.maximum(np.abs(worth).max(axis=0, initial=0.0), 1e-9)
    order = sorted(range(len(points)), key=lambda k: tuple(worth[k].tolist()))
    kept: list[int] = []
    for k in order:
        if not any((worth[other] <= worth[k] + fine).all() for other in kept):
            kept.append(k)
    rest = [k for k in order if k not in kept]
    return tuple(points[k] for k in kept), tuple(points[k] for k in rest)
