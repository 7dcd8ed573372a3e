"""The schedule nearest to the declared one that keeps every rule: exact, with the price of each rule that binds.

Without limited crews this is a linear programme on differences of days. Its matrix is that of a network, so the corner
the simplex method stops at is whole days, and the prices of the rules come with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from ..errors import ScheduleError
from .choice import Choices, merged, neighbours
from .conflict import Conflict, conflict
from .gates import chosen_by_gates
from .network import ANY_DAY, NO_DEADLINE, Floats, Ints, Network, to_dates
from .reach import Known
from .window import Mode, Window, window_of


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


def least_change(
    network: Network, *, today: int | None = None, mode: Mode = "least", choices: Choices | None = None
) -> Repair:
    """The starts with the least weighted shift that keep every arc, earliest day and deadline; frozen tasks stay.

    With `today`, tasks that are not frozen start on that day or after. `mode="delay"` moves nothing forward in time.
    `choices` are groups of arcs of which enough must hold. Without them the result is exact ("optimal"); with them it
    is where the bound of the choice says so, else it carries the gap. "infeasible" comes with the conflict named.
    """
    if choices is not None and len(lost := choices.hopeless()):
        names = ", ".join(f"'{network.tasks.ids[k]}'" for k in lost[:5])
        msg = f"events {names} wait for a choice of which no alternative is enough. Add a source or a path for them."
        raise ScheduleError(msg)
    window = window_of(network, today=today, mode=mode)
    free = _least(network, window)
    if free is None:
        return _impossible(network, today, mode)
    start, price = free
    bound = shift_cost(network, start)
    whole = network
    if choices is not None and len(choices) and len(choices.broken(start)):
        whole, bound, proved = _with_choice(network, choices, window, Known(start, bound, price, float("inf")))
        second = _least(whole, window)
        if second is None:
            why = _impossible(whole, today, mode)
            return why if proved else replace(why, status="unknown", bound=bound)
        start, price = second[0], second[1][: len(network.arcs)]
    start = settled(whole, window, start)
    verify(whole, start, window)
    cost = shift_cost(network, start)
    return Repair(start=start, cost=cost, bound=min(bound, cost), status=status_word(cost, bound), price=price)


def _with_choice(network: Network, choices: Choices, window: Window, free: Known) -> tuple[Network, float, bool]:
    """The network with the best choice found as arcs, a bound for every choice, and whether it is known if one exists.

    The nearest members make a first schedule, whose cost keeps the programme small; whichever is cheaper stands.
    """
    bound = free.cost
    near = merged(network, choices, choices.nearest(free.start))
    first = _least(near, window)
    cost = shift_cost(network, first[0]) if first is not None else float("inf")
    if cost <= bound + 1e-9:
        return near, bound, True
    best = chosen_by_gates(network, choices, window, replace(free, most=cost, near=None if first is None else first[0]))
    bound = max(bound, whole_cost(network, best.bound))
    if not best.possible or not best.members.any():
        return near, bound, not best.possible
    other = merged(network, choices, best.members)
    second = _least(other, window)
    if second is None or shift_cost(network, second[0]) > cost:
        return near, bound, True
    return other, bound, True


def whole_cost(network: Network, bound: float) -> float:
    """The next whole number where all prices are whole: a cost lies on it."""
    tasks = network.tasks
    prices = np.r_[tasks.later, tasks.earlier]
    return float(np.ceil(bound - 1e-4)) if np.array_equal(prices, np.rint(prices)) else bound


def _least(network: Network, window: Window) -> tuple[Ints, Floats] | None:
    start, price, broken = _by_rounds(network, window)
    return None if broken else (start, price)


def settled(network: Network, window: Window, start: Ints) -> Ints:
    """The same cost, with every task for which a shift is free as near to its wish as its neighbours let it."""
    arcs, out = network.arcs, start.copy()
    moved = np.flatnonzero(out != window.wish)
    free = moved[np.where(out[moved] > window.wish[moved], window.later[moved], window.earlier[moved]) == 0]
    if not len(free):
        return out
    by_after, by_before = np.argsort(arcs.after, kind="stable"), np.argsort(arcs.before, kind="stable")
    ptr_a = np.searchsorted(arcs.after[by_after], np.arange(network.tasks.n + 1))
    ptr_b = np.searchsorted(arcs.before[by_before], np.arange(network.tasks.n + 1))
    # Those that come back to an earlier day are taken from the first on, the others from the last.
    later = free[out[free] > window.wish[free]]
    turns = np.r_[later[np.argsort(out[later], kind="stable")], np.setdiff1d(free, later)[::-1]]
    for k in turns.tolist():
        into, onto = by_after[ptr_a[k] : ptr_a[k + 1]], by_before[ptr_b[k] : ptr_b[k + 1]]
        low = int((out[arcs.before[into]] + arcs.lag[into]).max(initial=window.low[k]))
        high = int((out[arcs.after[onto]] - arcs.lag[onto]).min(initial=window.high[k]))
        out[k] = min(max(int(window.wish[k]), low), high)
    return out


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
        inside = neighbours(network, reached)
        chosen = np.flatnonzero(inside[arcs.before] & inside[arcs.after])
        solved = _programme(network, window, np.flatnonzero(inside), chosen)
        if solved is None:
            return start, price, True
        start = np.clip(window.wish, window.low, window.high)
        start[inside] = solved[0]
        price = np.zeros(len(arcs))
        price[chosen] = solved[1]


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


def _impossible(network: Network, today: int | None, mode: Mode) -> Repair:
    why = conflict(held_for(network, mode), today=today)
    if why is None:
        msg = "no schedule was found, but no conflict either"
        raise AssertionError(msg)
    worst, price = float("inf"), np.zeros(len(network.arcs))
    start = network.tasks.start
    return Repair(start=start, cost=worst, bound=worst, status="infeasible", price=price, why=why)


def status_word(cost: float, bound: float) -> str:
    """Return "optimal" where the bound reaches the cost, else the gap between them in per cent of the cost."""
    if cost - bound <= 1e-6 * max(1.0, abs(cost)):
        return "optimal"
    return f"feasible, gap {100 * (cost - bound) / cost:.1f} %"


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
