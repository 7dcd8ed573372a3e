"""A bound from knapsacks: each capacity picks its own best items, and prices of the items bring the picks together.

It is as strong as column generation, and stronger than the linear relaxation where few items fit a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..kernels import loops

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Picks:
    """The best bound seen, and what the knapsacks held in the last rounds (places × items)."""

    bound: float
    taken: tuple[Array, ...]


def knapsack_bound(
    table: tuple[Array, Array, Array], start: Array, goal: float, rounds: int, more: Callable[[], bool] = lambda: True
) -> Picks:
    """A bound by subgradient steps from item prices `start`; `table` is costs, whole weights and room by place.

    `goal` is the value of a known assignment: the steps aim at it. A cost that is infinite is no option.
    """
    cost, weight, room = table
    price, best, held, pace, still = start.copy(), -np.inf, start.copy(), 1.0, 0
    taken: list[Array] = []
    for _ in range(rounds):
        if not more():
            break
        take, profit = best_picks(price[None, :] - cost, weight, room)
        bound, lack = float(price.sum() - profit.sum()), 1.0 - take.sum(axis=0)
        taken = [*taken[-5:], take]
        if bound > best + 1e-7 * max(1.0, abs(goal)):
            best, held, still = bound, price.copy(), 0
        else:
            still += 1
        if still == 20:
            pace, still, price = pace / 1.5, 0, held.copy()
            continue
        norm = float((lack**2).sum())
        if norm == 0 or pace < 1e-3 or goal <= best:
            break
        price = price + pace * (goal - bound) / norm * lack
    return Picks(best, tuple(taken))


def best_picks(profit: Array, weight: Array, room: Array) -> tuple[Array, Array]:
    """Which items each place takes for the greatest profit, and that profit; weights and room are whole numbers."""
    fast = loops("placing")
    if fast is not None:
        take, value = fast.knapsacks(profit, weight, room)
        return take, value
    places, items = profit.shape
    most = min(max(int((profit > 0).sum(axis=1).max()), 1), items)
    column = np.argsort(-profit, axis=1, kind="stable")[:, :most]
    gain, heavy = np.take_along_axis(profit, column, axis=1), np.take_along_axis(weight, column, axis=1)
    value = np.zeros((places, int(room.max()) + 1))
    chosen = np.zeros((most, *value.shape), dtype=bool)
    row, at = np.arange(places), np.arange(value.shape[1])
    for k in range(most):
        before = at[None, :] - heavy[:, k, None]
        fits = (before >= 0) & (gain[:, k, None] > 0)
        with_it = np.where(fits, value[row[:, None], np.maximum(before, 0)] + gain[:, k, None], -1.0)
        chosen[k] = with_it > value
        value = np.where(chosen[k], with_it, value)
    take, left = np.zeros((places, items), dtype=bool), room.copy()
    for k in range(most - 1, -1, -1):
        mine = chosen[k, row, left]
        take[row[mine], column[mine, k]] = True
        left = left - np.where(mine, heavy[:, k], 0)
    return take, value[row, room]
