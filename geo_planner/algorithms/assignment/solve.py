"""Solve an assignment: relaxation, a first answer, exchange, the exact core, then ever new neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np

from ..kernels import loops
from ..programs.program import Effort, Relaxed, gap_of, solve
from .exchange import Exchange, Table
from .knapsack import knapsack_bound
from .matching import Matching, moved, worth_matching
from .problem import Assignment, Placed
from .restarts import Restarts

Array = np.ndarray[Any, Any]

_SHARES = (0.95, 0.9, 0.8)
"""How much of the capacities' prices the walks see."""
_STARTS = 6
_NEAR = 4e-3
"""Starts counted where no time is given; how near the best value a start is improved further."""
_STEPS = 600_000
"""Steps of a walk times items."""
_ROUNDS = 400
_CORE = 40_000
"""Options beyond which the exact core is left to the neighbourhoods."""
_SMALL = 1000
"""Options up to which the exact core comes first."""
_PASSES = 20
_MATCHINGS, _VAIN = 60, 40
"""Matchings where no time is given, and how many in vain end them."""
_DENSE = 400_000
"""Places × items beyond which no exchange table is made."""


@dataclass
class Incumbent:
    """The best answer and the best bound so far."""

    problem: Assignment
    chosen: Array | None = None
    value: float = np.inf
    bound: float = -np.inf
    infeasible: bool = field(default=False)

    def offer(self, chosen: Array | None) -> bool:
        """Take an answer where it is cheaper; whether it was."""
        if chosen is None:
            return False
        value = float(self.problem.cost[chosen].sum())
        if value >= self.value - 1e-9 or not self.problem.fits(chosen):
            return False
        self.chosen, self.value = chosen[np.argsort(self.problem.item[chosen], kind="stable")], value
        return True

    def raise_bound(self, bound: float) -> None:
        """Take a bound where it is higher; between whole costs it is rounded up."""
        if self.problem.whole_costs and np.isfinite(bound):
            bound = float(np.ceil(bound - 1e-5))
        self.bound = max(self.bound, min(bound, self.value))

    def good(self, effort: Effort) -> bool:
        """Whether the search may end: the gap is met, or no time is left."""
        return gap_of(self.value, self.bound) <= effort.gap or effort.left() <= 0.05


def assign(problem: Assignment, effort: Effort) -> Placed:
    """The cheapest assignment that the effort finds, and the bound below which none lies."""
    relaxed = problem.relaxed
    if relaxed is None:
        return Placed(None, np.inf, np.inf, infeasible=True)
    best = Incumbent(problem, bound=-np.inf)
    best.raise_bound(relaxed.value)
    best.offer(rounded(problem, relaxed))
    small = len(problem.cost) <= _SMALL
    table = exchange_table(problem)
    steps = [_core, _searched, _knapsacks] if small else [_searched, _knapsacks, _core]
    if not small and gap_of(best.value, best.bound) > effort.gap:
        _matchings(problem, relaxed, (table, best), effort)
    for step in steps:
        if not best.good(effort) and not best.infeasible:
            step(problem, relaxed, (table, best), effort)
    if best.chosen is not None and not best.good(effort):
        if table is not None and (fast := loops("placing")) is not None:
            _restarted(_restarts(problem, relaxed, table, fast), best, effort, first=_STARTS)
        _neighbourhoods(problem, relaxed, best, effort)
    return Placed(best.chosen, best.value, best.bound, best.infeasible)


def rounded(problem: Assignment, relaxed: Relaxed) -> Array | None:
    """The relaxation made whole: clear choices first, then each item's cheapest option that still fits."""
    order = np.lexsort((np.arange(len(problem.item)), relaxed.reduced, -np.round(relaxed.x, 6), problem.item))
    start = np.searchsorted(problem.item[order], np.arange(problem.items + 1))
    first = order[start[:-1]]
    ahead = np.lexsort((np.arange(problem.items), -relaxed.x[first]))
    columns, room = problem.columns, problem.room + 1e-9 * np.maximum(1.0, np.abs(problem.room))
    left, chosen = room.copy(), np.full(problem.items, -1)
    for item in ahead.tolist():
        for option in order[start[item] : start[item + 1]].tolist():
            at = slice(columns.indptr[option], columns.indptr[option + 1])
            rows, need = columns.indices[at], columns.data[at]
            if (left[rows] >= need).all():
                left[rows] -= need
                chosen[item] = option
                break
    return None if (chosen < 0).any() else shifted(problem, chosen)


def shifted(problem: Assignment, chosen: Array) -> Array:
    """An assignment after moving items, the one that could gain most first, to cheaper options that fit, while any do.

    `chosen` is the option of each item in order.
    """
    order = np.lexsort((np.arange(len(problem.item)), problem.cost, problem.item))
    start = np.searchsorted(problem.item[order], np.arange(problem.items + 1))
    columns, chosen = problem.columns, chosen.copy()
    left = problem.room + 1e-9 * np.maximum(1.0, np.abs(problem.room)) - problem.load(chosen)
    cheapest = problem.cost[order[start[:-1]]]
    for _ in range(_PASSES):
        moved = 0
        for item in np.argsort(cheapest - problem.cost[chosen], kind="stable").tolist():
            block = order[start[item] : start[item + 1]]
            block = block[problem.cost[block] < problem.cost[chosen[item]] - 1e-9]
            own = slice(columns.indptr[chosen[item]], columns.indptr[chosen[item] + 1])
            left[columns.indices[own]] += columns.data[own]
            for option in block.tolist():
                at = slice(columns.indptr[option], columns.indptr[option + 1])
                if (left[columns.indices[at]] >= columns.data[at]).all():
                    chosen[item], moved = option, moved + 1
                    break
            own = slice(columns.indptr[chosen[item]], columns.indptr[chosen[item] + 1])
            left[columns.indices[own]] -= columns.data[own]
        if not moved:
            break
    return chosen


def exchange_table(problem: Assignment) -> Table | None:
    """The problem as places × items; None where options draw on several capacities or it would be too large."""
    columns = problem.columns
    if (np.diff(columns.indptr) != 1).any() or len(problem.room) * problem.items > _DENSE:
        return None
    shape = (len(problem.room), problem.items)
    cost, weight = np.full(shape, np.inf), np.full(shape, np.inf)
    cost[columns.indices, problem.item] = problem.cost
    weight[columns.indices, problem.item] = columns.data
    if int(np.isfinite(cost).sum()) != len(problem.cost):
        return None
    return Table(cost, weight, problem.room.astype(float), problem.room_prices)


def _options_at(problem: Assignment, place: Array) -> Array:
    """Return the option of each item at its place."""
    index = np.full((len(problem.room), problem.items), -1, dtype=np.int64)
    index[problem.columns.indices, problem.item] = np.arange(len(problem.item))
    return np.asarray(index[place, np.arange(problem.items)])


Held = tuple[Table | None, Incumbent]
"""The table of a problem where it has one, and the best answer."""


def _matchings(problem: Assignment, relaxed: Relaxed, held: Held, effort: Effort) -> None:
    """Match and match anew, as long as the value falls now and then; once even where the time is up."""
    best, search = held[1], Matching(problem, problem.prices(relaxed))
    if held[0] is not None or not search.simple or not worth_matching(problem):
        return
    random, factor, vain = np.random.default_rng(0), search.factor(), 0
    stay = np.empty(0, dtype=np.int64)
    for _ in range(10**6 if effort.timed else _MATCHINGS * effort.work):
        found = search.matched(stay, factor)
        if found is not None:
            factor = moved(factor, over=search.overdrawn(found))
            found = search.fitted(found)
        better = found is not None and best.offer(shifted(problem, found[np.argsort(problem.item[found])]))
        vain = 0 if better else vain + 1
        if best.chosen is None or best.good(effort) or vain >= _VAIN:
            return
        stay = search.stay(best.chosen, random)


def _searched(problem: Assignment, relaxed: Relaxed, held: Held, effort: Effort) -> None:
    """First answers: from many starts where loops are compiled, else by exchange."""
    table, best = held
    fast = loops("placing")
    if table is None:
        return
    if fast is None:
        _walks(problem, relaxed, table, best, effort)
    else:
        _restarted(_restarts(problem, relaxed, table, fast), best, effort.part(0.3), first=0)


def _restarts(problem: Assignment, relaxed: Relaxed, table: Table, fast: ModuleType) -> Restarts:
    reduced = np.full(table.cost.shape, np.inf)
    reduced[problem.columns.indices, problem.item] = relaxed.reduced
    return Restarts(table, reduced, fast, whole=problem.whole_costs)


def _restarted(search: Restarts, best: Incumbent, effort: Effort, *, first: int) -> None:
    """Start again and again, and improve what is near the best; by count where no time is given."""
    for seed in range(first, 10**6 if effort.timed else first + _STARTS * effort.work):
        if best.good(effort):
            return
        place = search.start(seed)
        if place is None:
            continue
        value = float(search.cost[place, np.arange(len(place))].sum())
        best.offer(_options_at(best.problem, place))
        if seed % 3 == 0 or value <= best.value * (1 + _NEAR):
            place = search.deepened(place, seed, lambda: not best.good(effort))
            best.offer(_options_at(best.problem, place))


def _walks(problem: Assignment, relaxed: Relaxed, table: Table, best: Incumbent, effort: Effort) -> None:
    place = np.zeros(problem.items, dtype=np.int64)
    order = np.argsort(relaxed.x, kind="stable")
    place[problem.item[order]] = problem.columns.indices[order]
    for seed, share in enumerate(_SHARES):
        if best.good(effort):
            return
        walk = Exchange(table, place, share=share, seed=seed)
        walk.walk(int(np.clip(_STEPS // problem.items, 1500, 4000)))
        if walk.best is not None:
            best.offer(_options_at(problem, walk.best))


def _core(problem: Assignment, relaxed: Relaxed, held: Held, effort: Effort) -> None:
    """Solve over the options that can be part of a better answer: all others would already cost too much."""
    _, best = held
    limit = best.value - relaxed.value - (1.0 if problem.whole_costs else 0.0)
    keep = np.flatnonzero(relaxed.reduced <= limit + 1e-6)
    if len(np.unique(problem.item[keep])) < problem.items:
        best.raise_bound(best.value)
        return
    if len(keep) > _CORE:
        return
    found = solve(
        problem.program(keep),
        effort.part(0.3 if len(keep) < _SMALL else 0.15),
        nodes=None if effort.timed else 1000 * effort.work,
    )
    if found.status == "infeasible":
        best.infeasible = best.chosen is None
        best.raise_bound(best.value)
        return
    best.offer(keep[found.x > 0.5] if found.x is not None else None)
    best.raise_bound(found.bound)


def _knapsacks(problem: Assignment, relaxed: Relaxed, held: Held, effort: Effort) -> None:
    table, best = held
    if table is None:
        return
    finite = np.isfinite(table.weight)
    whole = np.allclose(table.weight[finite], np.round(table.weight[finite]))
    if not whole or table.room.max(initial=0.0) > 20_000 or not np.isfinite(best.value):
        return
    weight = np.where(finite, np.round(table.weight), 0).astype(np.int64)
    room = np.floor(table.room + 1e-9).astype(np.int64)
    part = effort.part(0.35)
    picks = knapsack_bound(
        (table.cost, weight, room),
        relaxed.price[: problem.items],
        best.value,
        _rounds(table) * (4 if loops("placing") is not None else 1),
        lambda: part.left() > 0,
    )
    best.raise_bound(picks.bound)


def _rounds(table: Table) -> int:
    """Return how many knapsack rounds are worth it: fewer where each is long."""
    return int(np.clip(4e8 / (table.cost.size * max(table.room.max(), 100.0)), 40, 250))


def _neighbourhoods(problem: Assignment, relaxed: Relaxed, best: Incumbent, effort: Effort) -> None:
    """Free a few items again and again and place them anew, exactly."""
    random = np.random.default_rng(0)
    size, failures = 22, 0
    for _ in range(10**9 if effort.timed else _ROUNDS * effort.work):
        options = _neighbours(problem, relaxed, best, random, size)
        if best.chosen is None or best.good(effort):
            return
        free = np.unique(problem.item[options])
        held = best.chosen[~np.isin(problem.item[best.chosen], free)]
        part = problem.program(options, problem.room - problem.load(held), free)
        found = solve(part, replace(effort, gap=0.0), nodes=40)
        better = found.x is not None and best.offer(np.concatenate([held, options[found.x > 0.5]]))
        failures = 0 if better else failures + 1
        if failures == 40:
            size, failures = min(size + 8, 80), 0


def _neighbours(
    problem: Assignment, relaxed: Relaxed, best: Incumbent, random: np.random.Generator, size: int
) -> Array:
    """Return the options that a neighbourhood leaves open: items of a few places, and their promising options."""
    assert best.chosen is not None
    columns, chosen = problem.columns, best.chosen
    first = columns.indptr[chosen]
    used = np.diff(columns.indptr)[chosen] > 0
    place = np.where(used, columns.indices[np.minimum(first, len(columns.indices) - 1)], -1)
    order = random.permutation(np.unique(place))
    many = np.cumsum([int((place == p).sum()) for p in order[: size + 1]])
    places = order[: max(int(np.searchsorted(many, size)) + 1, 2)]
    items = problem.item[chosen[np.isin(place, places)]]
    open_ = np.flatnonzero(np.isin(problem.item, items))
    if len(problem.room) <= 200:
        at = columns.indices[np.minimum(columns.indptr[open_], len(columns.indices) - 1)]
        near = np.isin(at, places) | (np.diff(columns.indptr)[open_] == 0)
        open_ = open_[near]
    limit = np.quantile(relaxed.reduced[open_], 0.7)
    return np.asarray(open_[(relaxed.reduced[open_] <= limit) | np.isin(open_, chosen)])
