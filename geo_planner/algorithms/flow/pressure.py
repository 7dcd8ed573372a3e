"""Pressure in a water network: the global gradient method on sparse arrays, Hazen-Williams losses.

Heads of free nodes and flows of links are found together by Newton steps (Todini and Pilati 1988). Losses and pumps
follow the definitions of EPANET 2.2, so that its answers can be compared with these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

Array = np.ndarray[Any, Any]

HAZEN_WILLIAMS = 10.6668295
"""Loss [m] = 10.667 C^-1.852 d^-4.871 L q^1.852 in SI units (EPANET 2.2 user manual, table 3.1, converted)."""
EXPONENT = 1.852
WEIGHT = 9802.2
"""N/m³ of water, as EPANET takes it for pumps of constant power (550 / 8.814 lb/ft³)."""
LEAST_SLOPE = 1e-4
"""Least d(loss)/d(flow) [s/m²]: keeps still pipes in the equations."""


@dataclass(frozen=True, kw_only=True)
class Pumps:
    """Pumps by their place among the links: gain [m] = shutoff - slope q^power, or constant `watts` if positive."""

    link: Array
    shutoff: Array
    slope: Array
    power: Array
    watts: Array


def no_pumps() -> Pumps:
    """Return an empty set of pumps."""
    none = np.empty(0)
    return Pumps(link=np.empty(0, np.int64), shutoff=none, slope=none, power=none, watts=none)


@dataclass(frozen=True, kw_only=True)
class WaterGrid:
    """A water network in SI units.

    Links run from `a` to `b` with `resistance` r in loss = r q^1.852 (ignored for pumps); `head` per node is NaN
    where it is to be found; `demand` per node in m³/s. Every free node must be joined to a node of known head.
    """

    a: Array
    b: Array
    resistance: Array
    head: Array
    demand: Array
    pumps: Pumps = field(default_factory=no_pumps)


@dataclass(frozen=True)
class Flow:
    """Heads [m] per node, flows [m³/s] per link, Newton steps taken, and whether they came to rest."""

    head: Array
    flow: Array
    steps: int
    converged: bool


def resistance(length: Array, diameter: Array, roughness: Array | float) -> Array:
    """Hazen-Williams resistance of pipes; length and diameter in metres."""
    return np.asarray(HAZEN_WILLIAMS * np.asarray(roughness) ** -EXPONENT * diameter**-4.871 * length)


def solve(grid: WaterGrid, *, accuracy: float = 1e-6, most_steps: int = 200) -> Flow:
    """Heads and flows of a network in steady state.

    Ends when the flows change by less than `accuracy` of their sum; `converged` is false where that takes more than
    `most_steps`.
    """
    m, balance = len(grid.a), _Balance(grid)
    head = np.nan_to_num(grid.head)
    flow = np.full(m, 0.03)
    flow[grid.pumps.link] = 0.05
    converged, steps = False, 0
    while not converged and steps < most_steps:
        steps += 1
        loss, slope = _loss(grid, flow)
        give = 1.0 / slope
        head[balance.free] = balance.heads(flow - loss * give, give, head)
        change = give * (head[grid.a] - head[grid.b] - loss)
        # A pump runs forward only: a step past zero stops short of it.
        back = np.zeros(m, bool)
        back[grid.pumps.link] = flow[grid.pumps.link] + change[grid.pumps.link] <= 0
        change = np.where(back, -0.9 * flow, change)
        flow = flow + change
        converged = bool(np.abs(change).sum() <= accuracy * max(float(np.abs(flow).sum()), 1e-9))
    return Flow(head, flow, steps, converged)


def _loss(grid: WaterGrid, flow: Array) -> tuple[Array, Array]:
    """Return the loss of head in each link and its slope at the present flow."""
    size = np.maximum(np.abs(flow), 1e-12)
    slope = np.maximum(EXPONENT * grid.resistance * size ** (EXPONENT - 1), LEAST_SLOPE)
    # Where the slope is held, the loss is the straight line of that slope: still water stays still.
    loss = np.where(slope > LEAST_SLOPE, grid.resistance * size**EXPONENT, LEAST_SLOPE * size) * np.sign(flow)
    p = grid.pumps
    if len(p.link):
        q = np.maximum(flow[p.link], 1e-6)
        steady = p.watts > 0
        gain = np.where(steady, p.watts / (WEIGHT * q), p.shutoff - p.slope * q**p.power)
        steep = np.where(steady, p.watts / (WEIGHT * q**2), p.slope * p.power * q ** (p.power - 1))
        loss[p.link], slope[p.link] = -gain, np.maximum(steep, LEAST_SLOPE)
    return loss, slope


class _Balance:
    """The equations of the free nodes: their pattern is laid out once, their numbers change with every step."""

    def __init__(self, grid: WaterGrid) -> None:
        self.grid = grid
        self.free = np.flatnonzero(np.isnan(grid.head))
        place = np.full(len(grid.head), -1)
        place[self.free] = np.arange(len(self.free))
        a, b = place[grid.a], place[grid.b]
        self.a_free, self.b_free, self.both = a >= 0, b >= 0, (a >= 0) & (b >= 0)
        rows = np.concatenate([a[self.a_free], b[self.b_free], a[self.both], b[self.both]])
        columns = np.concatenate([a[self.a_free], b[self.b_free], b[self.both], a[self.both]])
        key, self.cell = np.unique(columns * len(self.free) + rows, return_inverse=True)
        self.rows = key % max(len(self.free), 1)
        self.start = np.searchsorted(key, np.arange(len(self.free) + 1) * len(self.free))

    def heads(self, base: Array, give: Array, head: Array) -> Array:
        """Return the heads of the free nodes that balance the flows `base` + `give` (head difference)."""
        grid, n = self.grid, len(self.grid.head)
        right = np.bincount(grid.b, base, n) - np.bincount(grid.a, base, n) - grid.demand
        to_known, from_known = self.a_free & ~self.b_free, self.b_free & ~self.a_free
        right += np.bincount(grid.a[to_known], give[to_known] * head[grid.b[to_known]], n)
        right += np.bincount(grid.b[from_known], give[from_known] * head[grid.a[from_known]], n)
        numbers = np.concatenate([give[self.a_free], give[self.b_free], -give[self.both], -give[self.both]])
        cells = np.bincount(self.cell, numbers, len(self.rows))
        matrix = csc_matrix((cells, self.rows, self.start), shape=(len(self.free), len(self.free)))
        solved = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        return np.asarray(solved.solve(right[self.free]))
