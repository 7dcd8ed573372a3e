"""The schedule nearest to the declared one that keeps every rule: exact, with the price of each rule that binds.

Without limited crews this is a linear programme on differences of days. Its matrix is that of a network, so the corner
the simplex method stops at is whole days, and the prices of the rules come with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from ..errors import ScheduleError
from .conflict import Conflict, conflict
from .critical import forward
from .network import ANY_DAY, NO_DEADLINE, Floats, Ints, Network, to_dates

Mode = Literal["least", "delay"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Repair:
    """New starts, what the shift costs, the best proven bound, and the price of each arc.

    `price[k]` is how much cost one day less lag of arc k would save. `why` is the conflict where no schedule exists;
    then `start` holds the declared starts and `status` is "infeasible".
    """

    start: Ints
    cost: float
    bound: float
    status: str
    price: Floats
    why: Conflict | None = None


@dataclass(frozen=True, eq=False)
class Window:
    """Where each task may start, and where it was declared; undated tasks are free of charge."""

    low: Ints
    high: Ints
    wish: Ints
    later: Floats
    earlier: Floats


def least_change(network: Network, *, today: int | None = None, mode: Mode = "least") -> Repair:
    """The starts with the least weighted shift that keep every arc, earliest day and deadline; frozen tasks stay.

    With `today`, tasks that are not frozen start on that day or after. `mode="delay"` moves nothing forward in time.
    The result is exact ("optimal"), or "infeasible" with the conflict named.
    """
    window = window_of(network, today=today, mode=mode)
    if mode == "delay" and network.level is not None:
        start = forward(network, window.low)
        broken = bool((start > window.high).any())
        price = np.zeros(len(network.arcs))
    else:
        start, price, broken = _by_rounds(network, window)
    if broken:
        return _impossible(network, today, mode, price)
    verify(network, start, window)
    cost = shift_cost(network, start)
    return Repair(start=start, cost=cost, bound=cost, status="optimal", price=price)


def window_of(network: Network, *, today: int | None = None, mode: Mode = "least") -> Window:
    """First and last start of each task, by its own dates alone."""
    tasks = network.tasks
    low = tasks.earliest if today is None else np.maximum(tasks.earliest, today)
    wish = np.where(tasks.dated, tasks.start, np.maximum(low, _first_day(network, today)))
    if mode == "delay":
        low = np.maximum(low, wish)
    low = np.where(tasks.frozen, wish, np.maximum(low, ANY_DAY))
    high = np.where(tasks.frozen, wish, np.minimum(tasks.deadline - tasks.duration, NO_DEADLINE))
    free = tasks.dated & ~tasks.frozen
    return Window(low, high, wish, np.where(free, tasks.later, 0.0), np.where(free, tasks.earlier, 0.0))


def _first_day(network: Network, today: int | None) -> int:
    if today is not None:
        return today
    tasks = network.tasks
    return int(tasks.start[tasks.dated].min()) if tasks.dated.any() else 0


def shift_cost(network: Network, start: Ints) -> float:
    """The weighted days between declared and new starts, over tasks with a declared start."""
    tasks = network.tasks
    shift = np.where(tasks.dated, start - tasks.start, 0)
    return float((tasks.later * np.maximum(shift, 0) + tasks.earlier * np.maximum(-shift, 0)).sum())


def verify(network: Network, start: Ints, window: Window) -> None:
    """Check every arc and window anew; a broken one is a fault of ours."""
    arcs = network.arcs
    wrong = int((start[arcs.after] < start[arcs.before] + arcs.lag).sum())
    wrong += int(((start < window.low) | (start > window.high)).sum())
    if wrong:
        msg = f"the repaired schedule breaks {wrong} rules"
        raise AssertionError(msg)


def _by_rounds(network: Network, window: Window) -> tuple[Ints, Floats, bool]:
    """Starts, prices and whether it is impossible; only what is touched by a broken rule enters the programme.

    A round solves the programme over the chosen tasks alone and leaves every other task at its wish. Leaving arcs out
    can only lower the cost, and tasks at their wish cost nothing; so when the starts of a round keep *every* arc, their
    cost is both reached and a lower bound: they are the optimum of the whole. Arcs that a round breaks bring their
    tasks into the next one; there are finitely many tasks, so it ends. The prices of arcs left out are 0, which
    together with the round's prices is a dual solution of the whole for the same reason.
    """
    arcs = network.arcs
    start = np.clip(window.wish, window.low, window.high)
    price = np.zeros(len(arcs))
    if (window.low > window.high).any():
        return start, price, True
    inside = start != window.wish
    while True:
        broken = start[arcs.after] < start[arcs.before] + arcs.lag
        if not broken.any():
            return start, price, False
        reached = inside.copy()
        reached[arcs.before[broken]] = reached[arcs.after[broken]] = True
        inside = _grown(network, reached)
        chosen = np.flatnonzero(inside[arcs.before] & inside[arcs.after])
        solved = _programme(network, window, np.flatnonzero(inside), chosen)
        if solved is None:
            return start, price, True
        start = np.clip(window.wish, window.low, window.high)
        start[inside] = solved[0]
        price = np.zeros(len(arcs))
        price[chosen] = solved[1]


def _grown(network: Network, inside: np.ndarray) -> np.ndarray:
    """The chosen tasks and their neighbours: fewer rounds for slightly larger programmes."""
    arcs = network.arcs
    grown = inside.copy()
    grown[arcs.after[inside[arcs.before]]] = True
    grown[arcs.before[inside[arcs.after]]] = True
    return grown


def _programme(network: Network, window: Window, rows: Ints, chosen: Ints) -> tuple[Ints, Floats] | None:
    """Starts of `rows` and prices of the arcs `chosen`; None where no schedule exists.

    Start = wish + later shift - earlier shift, each in its own bounds, so every task has two columns.
    """
    arcs = network.arcs
    place = np.full(network.tasks.n, -1, np.int64)
    place[rows] = np.arange(len(rows))
    before, after = place[arcs.before[chosen]], place[arcs.after[chosen]]
    n, m = len(rows), len(chosen)
    line = np.arange(m)
    half = sparse.csr_array((np.r_[np.ones(m), -np.ones(m)], (np.r_[line, line], np.r_[before, after])), shape=(m, n))
    wish = window.wish[rows]
    limit = wish[after] - wish[before] - arcs.lag[chosen]
    ahead, back = (window.high[rows] - wish).astype(float), (wish - window.low[rows]).astype(float)
    far = float(NO_DEADLINE // 4)
    bounds = np.column_stack(
        [
            np.r_[np.maximum(-back, 0.0), np.maximum(-ahead, 0.0)],
            np.r_[
                np.where(ahead > far, np.inf, np.maximum(ahead, 0.0)),
                np.where(back > far, np.inf, np.maximum(back, 0.0)),
            ],
        ]
    )
    answer = linprog(
        np.r_[window.later[rows], window.earlier[rows]],
        A_ub=sparse.hstack([half, -half], format="csr"),
        b_ub=limit.astype(float),
        bounds=bounds,
        method="highs-ds",
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        msg = f"the linear programme ended with: {answer.message}"
        raise RuntimeError(msg)
    shift = np.rint(answer.x).astype(np.int64)
    return wish + shift[:n] - shift[n:], -answer.ineqlin.marginals


def _impossible(network: Network, today: int | None, mode: Mode, price: Floats) -> Repair:
    why = conflict(held_for(network, mode), today=today)
    if why is None:
        msg = "no schedule was found, but no conflict either"
        raise AssertionError(msg)
    return Repair(
        start=network.tasks.start, cost=float("inf"), bound=float("inf"), status="infeasible", price=price, why=why
    )


def held_for(network: Network, mode: Mode) -> Network:
    """The network with declared starts as earliest days where nothing may move forward."""
    if mode == "least":
        return network
    tasks = network.tasks
    columns = {name: getattr(tasks, name) for name in tasks.__dataclass_fields__}
    columns["earliest"] = np.maximum(tasks.earliest, tasks.start)
    return Network(type(tasks)(**columns), network.arcs)


def before_after(network: Network, start: Ints) -> pd.DataFrame:
    """One row for each task: declared and new dates and the days between, by id."""
    tasks = network.tasks
    return pd.DataFrame(
        {
            "task": tasks.ids.astype(str),
            "start": to_dates(tasks.start),
            "finish": to_dates(np.where(tasks.dated, tasks.start + tasks.duration, ANY_DAY)),
            "new_start": to_dates(start),
            "new_finish": to_dates(start + tasks.duration),
            "shift": np.where(tasks.dated, start - tasks.start, 0),
        }
    ).sort_values("task", ignore_index=True)


def binding_rules(network: Network, repair: Repair) -> pd.DataFrame:
    """The arcs that cost something, dearest first: one day less lag would save `price`."""
    arcs, tasks = network.arcs, network.tasks
    hit = np.flatnonzero(repair.price > 1e-9)
    table = pd.DataFrame(
        {
            "rule": arcs.rule[hit].astype(str),
            "before": tasks.ids[arcs.before[hit]].astype(str),
            "after": tasks.ids[arcs.after[hit]].astype(str),
            "lag": arcs.lag[hit],
            "price": repair.price[hit],
            "evidence": arcs.evidence[hit].astype(str),
        }
    )
    return table.sort_values(["price", "before", "after"], ascending=[False, True, True], ignore_index=True)


def require_possible(repair: Repair) -> Repair:
    """The repair itself; ScheduleError with the conflict where there is none."""
    if repair.why is None:
        return repair
    steps = "; ".join(repair.why.members["what"] + " " + repair.why.members["task"] + " " + repair.why.members["other"])
    msg = f"no schedule keeps every rule: {steps} are {repair.why.days} days too tight together."
    raise ScheduleError(msg)
