"""Many places that hold few items each: one item a place by a cheapest matching, with the utilities at their prices.

A capacity that few options draw on is a place; one that all draw on is a utility, whose price stands in the costs. The
price moves until the matching just fits; what overdraws a utility still is left out, cheapest for what it frees. Then
of each place one item is taken out, at random, and all of these are matched anew beside those that stay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from .problem import Assignment

Array = np.ndarray[Any, Any]

LOCAL = 500
"""Options up to which a capacity is a place."""
_HALVINGS, _STEP = 8, 0.02
"""Steps to the first factor of the prices, and by how much it moves afterwards."""


class Matching:
    """Assignments by matching; `price` is what one more unit of each capacity saves."""

    def __init__(self, problem: Assignment, price: Array) -> None:
        self.problem, columns = problem, problem.columns
        drawn = np.bincount(columns.indices, minlength=len(problem.room))
        option = np.repeat(np.arange(len(problem.item)), np.diff(columns.indptr))
        local = drawn[columns.indices] <= LOCAL
        self.simple = not (np.bincount(option[local], minlength=1) > 1).any()
        self.place = np.full(len(problem.item), -1)
        self.place[option[local]] = columns.indices[local]
        self.weight = np.zeros(len(problem.item))
        self.weight[option[local]] = columns.data[local]
        self.shared = np.flatnonzero(drawn > LOCAL)
        self.use = problem.use.tocsr()[self.shared].tocsc()
        self.price = np.asarray(price[self.shared] @ self.use).ravel()
        self.out = np.full(problem.items, -1)
        nowhere = np.flatnonzero(np.diff(columns.indptr) == 0)
        self.out[problem.item[nowhere]] = nowhere

    def matched(self, held: Array, factor: float) -> Array | None:
        """The held options, and the cheapest ones of all other items, one to a place; None where there are too few."""
        problem = self.problem
        free = np.ones(problem.items, dtype=bool)
        free[problem.item[held]] = False
        left = problem.room - problem.load(held)
        fits = (self.place < 0) | (self.weight <= left[self.place] + 1e-9)
        some = np.flatnonzero(free[problem.item] & fits)
        if not len(some):
            return held if not free.any() else None
        spot = np.where(self.place[some] >= 0, self.place[some], len(problem.room) + problem.item[some])
        cost = problem.cost[some] + factor * self.price[some]
        order = np.lexsort((cost, spot, problem.item[some]))
        some, spot, cost = some[order], spot[order], cost[order]
        first = np.ones(len(some), dtype=bool)
        first[1:] = (problem.item[some][1:] != problem.item[some][:-1]) | (spot[1:] != spot[:-1])
        some, spot, cost = some[first], spot[first], cost[first]
        row = np.cumsum(np.diff(problem.item[some], prepend=problem.item[some][0]) != 0)
        if row[-1] + 1 < free.sum():
            return None
        graph = csr_array((cost - cost.min() + 1.0, (row, spot)), shape=(row[-1] + 1, spot.max() + 1))
        try:
            _, column = min_weight_full_bipartite_matching(graph)
        except ValueError:  # some item has no place of its own
            return None
        return np.concatenate([held, some[spot == column[row]]])

    def fitted(self, chosen: Array) -> Array | None:
        """The assignment without the items that overdraw a utility, cheapest first; None where one must stay."""
        problem, chosen = self.problem, chosen.copy()
        room = problem.room[self.shared]
        for k in range(len(self.shared)):
            use = np.asarray(self.use[:, chosen].toarray())
            over = float(use[k].sum() - room[k])
            if over <= 1e-6 * max(1.0, abs(room[k])):
                continue
            out = self.out[problem.item[chosen]]
            able = np.flatnonzero((use[k] > 0) & (out >= 0))
            loss = (problem.cost[out[able]] - problem.cost[chosen[able]]) / use[k][able]
            able = able[np.argsort(loss, kind="stable")]
            many = int(np.searchsorted(np.cumsum(use[k][able]), over)) + 1
            if many > len(able):
                return None
            chosen[able[:many]] = out[able[:many]]
        return chosen if problem.fits(chosen) else None

    def overdrawn(self, chosen: Array) -> bool:
        """Whether some utility is."""
        used = np.asarray(self.use[:, chosen].sum(axis=1)).ravel()
        return bool((used > self.problem.room[self.shared]).any())

    def factor(self) -> float:
        """The least factor of the prices, up to 2, at which a matching of all items fits the utilities."""
        low, high = 0.0, 2.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            found = self.matched(np.empty(0, dtype=np.int64), middle)
            if found is not None and self.overdrawn(found):
                low = middle
            else:
                high = middle
        return high

    def stay(self, chosen: Array, random: np.random.Generator) -> Array:
        """What stays where one item, at random, is taken out of each place."""
        order = random.permutation(chosen[self.place[chosen] >= 0])
        order = order[np.argsort(self.place[order], kind="stable")]
        first = np.ones(len(order), dtype=bool)
        first[1:] = self.place[order][1:] != self.place[order][:-1]
        return np.asarray(order[~first])


def moved(factor: float, *, over: bool) -> float:
    """The factor of the prices for the next matching."""
    return factor * (1.0 + _STEP if over else 1.0 - _STEP)


def worth_matching(problem: Assignment) -> bool:
    """Whether places times items are too many for the searches of a full table."""
    return len(problem.room) * problem.items > LOCAL * LOCAL
