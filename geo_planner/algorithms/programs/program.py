"""Linear programs with whole numbers, solved by the HiGHS that comes with scipy.

scipy's HiGHS is linked in statically, so it runs beside OR-tools; the package `highspy` brings a library of the same
name as OR-tools does, and some of their versions refuse each other. It takes no starting solution, so the callers bring
their own incumbents and keep the better of the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

Array = np.ndarray[Any, Any]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]

_EPS = 1e-6


@dataclass(frozen=True)
class Effort:
    """How hard to search.

    Without `seconds` the work is counted in nodes and rounds, so the same input gives the same answer. With `seconds`
    and the caller's `clock` (a function that returns seconds) the search stops at that time, and the answer may differ
    from run to run.
    """

    gap: float = 1e-3
    work: int = 1
    seconds: float | None = None
    clock: Callable[[], float] | None = None
    begun: float = 0.0

    def left(self) -> float:
        """Seconds that are left; infinity where only work is counted."""
        if self.seconds is None:
            return float("inf")
        used = self.clock() - self.begun if self.clock is not None else 0.0
        return max(self.seconds - used, 0.0)

    def part(self, share: float) -> Effort:
        """An effort that ends after a share of the time that is left."""
        if self.seconds is None or self.clock is None:
            return self
        return replace(self, seconds=self.clock() - self.begun + share * self.left())

    @property
    def timed(self) -> bool:
        """Whether the answer may depend on the speed of the machine."""
        return self.seconds is not None


def timed(seconds: float | None, clock: Callable[[], float], *, gap: float = 1e-3, work: int = 1) -> Effort:
    """An effort that starts now; without `seconds` the clock is never looked at."""
    begun = clock() if seconds is not None else 0.0
    return Effort(gap, work, seconds, clock if seconds is not None else None, begun)


@dataclass(frozen=True, eq=False)
class Program:
    """Least `cost @ x` with `low <= rows @ x <= high` and `0 <= x <= top`; `whole` tells which x are whole numbers."""

    cost: Array
    rows: csr_array
    low: Array
    high: Array
    whole: Array
    top: Array | float = 1.0


@dataclass(frozen=True, eq=False)
class Solution:
    """What was found: x or None, its value, the bound below which no solution lies, and a word for it."""

    x: Array | None
    value: float
    bound: float
    status: Status

    @property
    def gap(self) -> float:
        """Distance from the bound as a share of the value: 0 where the value is proved to be the best."""
        return gap_of(self.value, self.bound)


def gap_of(value: float, bound: float) -> float:
    """How far a value lies above its bound, as a share of the value; infinity where there is no value."""
    if not np.isfinite(value) or not np.isfinite(bound):
        return float("inf")
    distance = value - bound
    return 0.0 if distance <= _EPS * max(1.0, abs(value)) else distance / max(abs(value), 1e-12)


def solve(program: Program, effort: Effort, *, nodes: int | None = None) -> Solution:
    """The best solution within the effort; `nodes` bounds the branching where no time does."""
    if not len(program.cost):
        fits = bool(((program.low <= _EPS) & (program.high >= -_EPS)).all())
        return Solution(np.empty(0), 0.0, 0.0, "optimal") if fits else Solution(None, np.inf, np.inf, "infeasible")
    options: dict[str, Any] = {"mip_rel_gap": effort.gap}
    if effort.timed:
        options["time_limit"] = max(effort.left(), 0.05)
    if nodes is not None or not effort.timed:
        options["node_limit"] = nodes if nodes is not None else 2000 * effort.work
    found = milp(
        program.cost,
        constraints=[LinearConstraint(program.rows, program.low, program.high)] if program.rows.shape[0] else (),
        integrality=program.whole.astype(int),
        bounds=Bounds(0.0, program.top),
        options=options,
    )
    if found.status == 2:
        return Solution(None, np.inf, np.inf, "infeasible")
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    if found.x is None:
        return Solution(None, np.inf, float(bound), "unknown")
    x = np.where(program.whole, np.round(found.x), found.x)
    value = float(program.cost @ x)
    return Solution(x, value, min(float(bound), value), "optimal" if found.status == 0 else "feasible")


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A program without whole numbers: x, value, the price of each row's limit, and the reduced costs."""

    x: Array
    value: float
    price: Array
    reduced: Array


def relax(program: Program, effort: Effort | None = None) -> Relaxed | None:
    """The linear relaxation; None where even that has no solution, or where the time of the effort ran out.

    `price` is the change of the value for one unit more of a row's limit: negative for a scarce capacity.
    """
    equal = np.isclose(program.low, program.high)
    above, below = ~equal & np.isfinite(program.high), ~equal & np.isfinite(program.low)
    rows = program.rows.tocsr()
    signed = _stack([rows[above], -rows[below]], rows.shape[1])
    options = {"time_limit": max(effort.left(), 0.05)} if effort is not None and effort.timed else {}
    found = linprog(
        program.cost,
        A_ub=signed,
        b_ub=np.concatenate([program.high[above], -program.low[below]]),
        A_eq=rows[equal],
        b_eq=program.high[equal],
        bounds=np.column_stack([np.zeros(len(program.cost)), np.broadcast_to(program.top, len(program.cost))]),
        method="highs",
        options=options,
    )
    if found.status != 0:
        return None
    price = np.zeros(len(program.low))
    price[equal] = found.eqlin.marginals
    many = int(above.sum())
    price[above] += found.ineqlin.marginals[:many]
    price[below] -= found.ineqlin.marginals[many:]
    return Relaxed(found.x, float(found.fun), price, found.lower.marginals)


def _stack(parts: list[csr_array], columns: int) -> csr_array:
    """Return sparse parts below one another, also where all of them are empty."""
    full = [p for p in parts if p.shape[0]]
    if not full:
        return csr_array((0, columns))
    indptr = np.concatenate([[0], *(p.indptr[1:] + at for p, at in zip(full, _starts(full), strict=True))])
    data, indices = (np.concatenate([getattr(p, name) for p in full]) for name in ("data", "indices"))
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, columns))


def _starts(parts: list[csr_array]) -> Array:
    return np.concatenate([[0], np.cumsum([p.nnz for p in parts])[:-1]]).astype(np.int64)


def sparse_rows(row: Array, column: Array, value: Array, shape: tuple[int, int]) -> csr_array:
    """A sparse matrix from triples."""
    return csr_array((np.asarray(value, dtype=float), (np.asarray(row), np.asarray(column))), shape=shape)
