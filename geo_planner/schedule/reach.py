"""How far each event can move in any schedule that is no dearer than one already known.

The prices of the rules in the schedule without choices tell for each shift what it adds to the least cost at the least
(its reduced cost). A shift that would eat up more than the room between that cost and the known one cannot be part of a
better answer. So the numbers of the mixed-integer programme stay small, and most alternatives fall away beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .network import Floats, Ints, Network
from .window import Window

FAR = 36_525.0
"""Days that a shift can have at most where no schedule is known yet: a hundred years."""
PASSES = 4
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Reach:
    """The most days by which each event can be later, or earlier, than its wish."""

    later: Floats
    earlier: Floats

    def lowest(self, before: Ints, after: Ints) -> Floats:
        """The least that the shift of `after` can exceed that of `before` by."""
        least: Floats = -self.earlier[after] - self.later[before]
        return least

    def highest(self, before: Ints, after: Ints) -> Floats:
        """The most that the shift of `after` can exceed that of `before` by."""
        most: Floats = self.later[after] + self.earlier[before]
        return most


@dataclass(frozen=True, eq=False)
class Known:
    """The schedule without choices: starts, cost and prices of its arcs; and one that keeps them, with its cost."""

    start: Ints
    cost: float
    price: Floats
    most: float
    near: Ints | None = None


def reach_of(network: Network, window: Window, known: Known) -> Reach:
    """The reach of every event; arcs hand it on to their other end, less or more the room they leave at the wish."""
    arcs, n = network.arcs, network.tasks.n
    pull = np.bincount(arcs.after, known.price, n) - np.bincount(arcs.before, known.price, n)
    later = _far(known, window.later, window.later - pull)
    earlier = _far(known, window.earlier, window.earlier + pull)
    later = np.minimum(later, np.maximum(window.high - window.wish, 0))
    earlier = np.minimum(earlier, np.maximum(window.wish - window.low, 0))
    room = (window.wish[arcs.after] - window.wish[arcs.before] - arcs.lag).astype(float)
    for _ in range(PASSES):
        np.minimum.at(later, arcs.before, np.maximum(later[arcs.after] + room, 0))
        np.minimum.at(earlier, arcs.after, np.maximum(earlier[arcs.before] + room, 0))
    # Windows that do not hold the wish force a shift, however dear.
    forced = np.maximum(window.low - window.wish, 0), np.maximum(window.wish - window.high, 0)
    return Reach(np.maximum(later, forced[0]), np.maximum(earlier, forced[1]))


def _far(known: Known, price: Floats, reduced: Floats) -> Floats:
    far = np.full(len(price), FAR)
    if not np.isfinite(known.most):
        return far
    room = max(known.most - known.cost, 0.0)
    for divisor, what in ((price, known.most), (reduced, room)):
        some = divisor > TINY
        far[some] = np.minimum(far[some], np.floor(what / divisor[some] + TINY))
    return far
