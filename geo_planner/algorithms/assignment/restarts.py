"""Many starts by annealing, each improved by regrouping the items of a few places exactly; needs the compiled loops.

A walk sees part of the capacities' prices in the costs, which smooths its way; recipes alternate, for assignments with
few items in a place want a hotter walk than those with many.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .exchange import Table

Array = np.ndarray[Any, Any]

_MOVES = 4_000_000
_RECIPES = ((0.8, 0.15, 0.02, 5), (0.8, 0.5, 0.1, 8), (0.95, 0.15, 0.01, 5), (0.6, 0.3, 0.05, 8))
"""Share of prices seen, first and last temperature in typical reduced costs, places tried for each item."""
_SWEEP = 1500
"""Pairs, and triples, of places regrouped after a walk."""
_BRANCHES = 20_000
_DEEP = 200_000
_TRIES = 150
_LARGEST = 7
"""Tries at groups of one size before a larger one, and the largest."""


class Restarts:
    """Assignments of a table, each found from a seed, and one of them improved further."""

    def __init__(self, table: Table, reduced: Array, loops: ModuleType, *, whole: bool) -> None:
        self.cost, self.room, self.loops = table.cost, table.room.astype(float), loops
        self.weight = np.where(np.isfinite(table.weight), table.weight, 0.0)
        self.worth = np.maximum(table.price, 0.0).astype(float)
        self.step = 1.0 if whole else 1e-6
        self.reduced = np.where(np.isfinite(table.cost), reduced, np.inf)
        self.order = np.argsort(self.reduced, axis=0, kind="stable")
        ranked = np.sort(self.reduced, axis=0)[min(3, len(self.room) - 1)]
        ranked = ranked[np.isfinite(ranked)]
        self.typical = max(float(np.median(ranked)) if len(ranked) else 1.0, 1e-3)

    def start(self, seed: int) -> Array | None:
        """An assignment that fits; None where the walk met none."""
        share, hot, cold, many = _RECIPES[seed % len(_RECIPES)]
        likely = np.ascontiguousarray(self.order[: min(many, len(self.order))].T).astype(np.int64)
        seen = self.cost + share * self.worth[:, None] * self.weight
        value, place = self.loops.anneal(
            (seen, self.weight, self.room),
            likely,
            self.order[0].astype(np.int64),
            (hot * self.typical, cold * self.typical, max(float(self.worth.mean()), 1e-3)),
            (_MOVES, seed + 1),
        )
        if not np.isfinite(value):
            return None
        random = np.random.default_rng(seed)
        for size in (2, 3):
            place = self.regrouped(place, size, (_SWEEP, _BRANCHES), random)[0]
        return np.asarray(place)

    def deepened(self, place: Array, seed: int, more: Callable[[], bool]) -> Array:
        """The assignment after regrouping ever more places at once, until that helps no more."""
        random, size = np.random.default_rng(seed), 4
        while more() and size <= _LARGEST:
            place, helped = self.regrouped(place, size, (_TRIES, _DEEP), random)
            size += not helped
        return place

    def regrouped(
        self, place: Array, size: int, run: tuple[int, int], random: np.random.Generator
    ) -> tuple[Array, int]:
        """The assignment after so many tries at groups of places, and how often one helped."""
        place, helped = place.copy(), 0
        for _ in range(run[0]):
            group = random.choice(len(self.room), min(size, len(self.room)), replace=False, p=self._loss(place))
            items = np.flatnonzero(np.isin(place, group))
            if not len(items):
                continue
            goal = float(self.cost[place[items], items].sum()) - self.step + 1e-3
            table = (self.cost, self.weight, self.room, self.worth)
            found, order, where = self.loops.regroup(table, group, items, goal, (run[1], self.step))
            if found:
                place[order] = where
                helped += 1
        return place, helped

    def _loss(self, place: Array) -> Array:
        """Return how likely each place is drawn: the more it loses in dear items and idle room, the likelier."""
        at = np.arange(len(place))
        used = np.bincount(place, self.weight[place, at], len(self.room))
        dear = np.bincount(place, self.reduced[place, at], len(self.room))
        loss = dear + self.worth * np.maximum(self.room - used, 0.0)
        loss = loss + loss.mean() + 1e-9
        return np.asarray(loss / loss.sum())
