"""What scarce utilities cost a siting: the price of a unit, and what the next source of the usual capacity brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..algorithms.assignment.problem import Assignment, Placed
from ..algorithms.assignment.solve import assign
from ..algorithms.programs.program import Effort
from ..plan import Plan
from .next_source import BUILT_IN

Array = np.ndarray[Any, Any]

EXACT = 200
"""Projects up to which the siting is made anew for each next source; above it prices tell what it brings at most."""


@dataclass(frozen=True, eq=False)
class Scarce:
    """The plans, the siting as an assignment, how many of its rooms are parcels, and each plan's rows of utilities."""

    plans: Sequence[Plan]
    problem: Assignment
    parcels: int
    rooms: Sequence[pd.DataFrame]

    def rows(self) -> pd.DataFrame:
        """All rows of utilities: plan, kind, quarter, spare."""
        parts = [
            t.drop(columns="need").assign(plan=p.name, number=k)
            for k, (p, t) in enumerate(zip(self.plans, self.rooms, strict=True))
        ]
        return pd.concat(parts, ignore_index=True)

    def prices(self) -> pd.DataFrame:
        """What one more unit of each utility is worth in points, by plan and quarter; 0 where it is not scarce."""
        price = np.maximum(self.problem.room_prices[self.parcels :], 0.0)
        return self.rows().assign(price=np.round(price, 6))[["plan", "kind", "quarter", "spare", "price"]]


def next_sources(scarce: Scarce, found: Placed, effort: Effort) -> pd.DataFrame:
    """What one more source of each scarce utility would bring: projects and points more, once it can be built.

    A utility is scarce where a unit of it has a price, or where what is left of it in some quarter is less than what
    some project that found no place draws then. `basis` is "proved", "found" (the best that was found) or "price"
    (for long lists: what its units are worth by their prices, which is the most that the relaxation can gain).
    """
    rows, out = scarce.rows(), []
    for number, kind in sorted(set(zip(rows["number"], rows["kind"], strict=True))):
        mine = np.flatnonzero((rows["number"] == number) & (rows["kind"] == kind))
        capacity, day = _usual(scarce.plans[number], kind)
        if not (capacity > 0 and _binds(scarce, found, mine)):
            continue
        later = np.array([_end(q) >= day for q in rows["quarter"].to_numpy()[mine]])
        room = scarce.problem.room.copy()
        # Less than nothing to spare had been counted as nothing: a new source fills that hole first.
        room[scarce.parcels + mine[later]] = np.maximum(rows["spare"].to_numpy()[mine[later]] + capacity, 0.0)
        more = _more(replace(scarce.problem, room=room), scarce.problem, found, effort)
        out.append((scarce.plans[number].name, kind, capacity, str(day), *more))
    heads = ["plan", "kind", "capacity", "in_service", "more_projects", "more_points", "basis"]
    return pd.DataFrame(out, columns=heads)


def _usual(plan: Plan, kind: str) -> tuple[float, np.datetime64]:
    """Return the median capacity of the sources of a kind, and the day on which one more can be in service."""
    known = plan["sources"].loc[plan["sources"]["kind"] == kind, "capacity"].dropna()
    return (float(known.median()) if len(known) else 0.0), np.datetime64(plan.as_of, "D") + BUILT_IN


def _binds(scarce: Scarce, found: Placed, mine: Array) -> bool:
    """Return whether some rooms are scarce."""
    rooms, problem = scarce.parcels + mine, scarce.problem
    if (problem.room_prices[rooms] > 1e-9).any():
        return True
    assert found.chosen is not None
    without = np.diff(problem.columns.indptr)[found.chosen] == 0
    lone = problem.item[found.chosen[without]]
    wanted = problem.use.tocsr()[rooms][:, np.isin(problem.item, lone)].toarray()
    left = (problem.room - problem.load(found.chosen))[rooms]
    return bool((wanted > left[:, None] + 1e-6).any())


def _end(quarter: str) -> np.datetime64:
    last = pd.Period(quarter).end_time if quarter else pd.Timestamp("2199-12-31")
    return np.datetime64(last.normalize(), "D")


def _more(wider: Assignment, today: Assignment, found: Placed, effort: Effort) -> tuple[float, float, str]:
    """Return projects and points more with wider rooms, and on what they rest."""
    if today.items <= EXACT:
        then = assign(wider, effort)
        assert then.chosen is not None and found.chosen is not None
        drawn = np.diff(today.columns.indptr)
        more = int((drawn[then.chosen] > 0).sum() - (drawn[found.chosen] > 0).sum())
        basis = "proved" if then.proved and found.proved else "found"
        return float(more), round(found.value - then.value, 2), basis
    gain = float((today.room_prices * (wider.room - today.room)).sum())
    return float("nan"), round(gain, 2), "price"


__all__ = ["Scarce", "next_sources"]
