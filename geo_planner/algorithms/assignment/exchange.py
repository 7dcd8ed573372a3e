"""Search by exchange for items that draw on one capacity each: shift one, swap two, with overload paid for.

The price of overload rises while some capacity is overdrawn and falls while none is, so the search walks along the
border of what fits. Moves made lately may not be undone (tabu). Costs are seen with most of the capacities' prices of
the linear relaxation in them, which keeps the search from spending a scarce capacity for a small gain.
Source: M. Yagiura, T. Ibaraki, F. Glover, European Journal of Operational Research 169 (2006), for the moving price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_RATE = 0.03
"""By how much the price of overload moves in a step."""
_NEVER = np.float32(1e12)


@dataclass(frozen=True, eq=False)
class Table:
    """Costs and weights as places × items, infinite where a place is not an option, and the room of each place."""

    cost: Array
    weight: Array
    room: Array
    price: Array


class Exchange:
    """One walk through assignments, from a start that may overdraw capacities."""

    def __init__(self, table: Table, place: Array, *, share: float, seed: int) -> None:
        self.table, self.place = table, place.copy()
        self.places, self.items = table.cost.shape
        self.random = np.random.default_rng(seed)
        seen = table.cost + share * table.price[:, None] * table.weight
        self.seen = np.where(np.isfinite(seen), seen, _NEVER).astype(np.float32)
        self.weight = np.where(np.isfinite(table.weight), table.weight, 0.0).astype(np.float32)
        at = np.arange(self.items)
        used = np.bincount(place, self.weight[place, at], self.places)
        self.slack = (table.room - used).astype(np.float32)
        self.swap_cost, self.swap_weight = self.seen[place], self.weight[place]
        self.until = np.zeros((self.places, self.items), dtype=np.int64)
        middle = float(table.price.mean())
        self.overload = 0.3 * middle if middle > 0 else 0.01
        self.best: Array | None = None
        self.value = np.inf

    def walk(self, steps: int) -> None:
        """Make some steps and remember the cheapest assignment that fits."""
        at = np.arange(self.items)
        for step in range(1, steps + 1):
            over = np.maximum(-self.slack, 0)
            own, spare = self.swap_cost[at, at], self.slack[self.place] + self.swap_weight[at, at]
            swap, gain = self._swap(step, own, spare, over)
            shift, other = self._shift(step, own, spare, over)
            for item, target in [shift] if other <= gain else swap:
                self._move(step, int(item), int(target))
            fits = float(self.slack.min()) >= -1e-4
            self.overload = min(self.overload * (1 - _RATE if fits else 1 + _RATE), 1e6)
            if fits:
                self._keep()

    def _swap(self, step: int, own: Array, spare: Array, over: Array) -> tuple[list[tuple[int, int]], float]:
        change = self.swap_weight - spare[:, None]
        np.maximum(change, 0, out=change)
        change -= over[self.place][:, None]
        change *= self.overload
        change += self.swap_cost
        change -= own[None, :]
        change[self.until[self.place] >= step] = _NEVER
        change = change + change.T
        change[self.place[:, None] == self.place[None, :]] = _NEVER
        i, j = divmod(int(change.argmin()), self.items)
        return [(i, self.place[j]), (j, self.place[i])], float(change[i, j])

    def _shift(self, step: int, own: Array, spare: Array, over: Array) -> tuple[tuple[int, int], float]:
        change = np.maximum(self.weight - self.slack[:, None], 0)
        change -= over[:, None]
        change *= self.overload
        change += self.seen - own[None, :]
        change += ((np.maximum(-spare, 0) - over[self.place]) * self.overload)[None, :]
        change[self.until >= step] = _NEVER
        change[self.place, np.arange(self.items)] = _NEVER
        target, item = divmod(int(change.argmin()), self.items)
        return (item, target), float(change[target, item])

    def _move(self, step: int, item: int, target: int) -> None:
        old = self.place[item]
        self.until[old, item] = step + self.random.integers(5, 6 + self.items // 10)
        self.slack[old] += self.weight[old, item]
        self.slack[target] -= self.weight[target, item]
        self.place[item] = target
        self.swap_cost[item], self.swap_weight[item] = self.seen[target], self.weight[target]

    def _keep(self) -> None:
        at = np.arange(self.items)
        used = np.bincount(self.place, self.table.weight[self.place, at], self.places)
        value = float(self.table.cost[self.place, at].sum())
        if value < self.value and (used <= self.table.room + 1e-6).all():
            self.value, self.best = value, self.place.copy()
