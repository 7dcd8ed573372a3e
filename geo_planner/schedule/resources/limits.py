"""The least change when crews are few and money comes by the quarter: a schedule first, then a proof of how good it is.

Crews are counts of gangs that can work at the same time. Money is a *rate*: a work spends its cost evenly over its
days, and on no day may all works together spend more than the quarter's budget divided by its days. A schedule that
keeps the rate keeps every quarter's total; the reverse need not hold, so gaps are gaps of this model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import MissingExtraError, ScheduleError
from ..network import Bools, Floats, Ints, Network
from ..repair import Repair, least_change, shift_cost, whole_cost
from ..window import Mode, Window, window_of
from .exact import Effort, cp_model, read_back, solver_for
from .makespan import status_word
from .relaxed import Climb, Room

LARGEST = 3_000  # above this many tasks that may move CP-SAT finds nothing in useful time (measured): the serial
# schedule and the bound of the linear programme stand alone
CENTS = 100
STAGES, ROUNDS = 5, 120
"""How often a schedule is made anew from the days that the prices lead to, and the rounds of prices in between."""
FARTHEST = 20_000
"""Days that the field reaches at most beyond the schedule without limits; proofs hold within it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Limits:
    """What the tasks use and what there is.

    `demand` (n, m) and `capacity` (m,) count gangs; `cost` (n,) is the price of each task, `quarters` (q + 1,) the days
    on which budgets begin and end, `budget` (q,) what may be spent between two of them. Outside the quarters nothing
    limits the money. The last `chosen` arcs of the network stand for choices that could be made otherwise: a schedule
    keeps them, the bound leaves them out.
    """

    demand: Ints
    capacity: Ints
    cost: Floats | None = None
    quarters: Ints | None = None
    budget: Floats | None = None
    chosen: int = 0


def within_limits(
    network: Network, limits: Limits, *, today: int | None = None, mode: Mode = "least", effort: Effort | None = None
) -> Repair:
    """The starts with the least weighted shift that keep every rule and every limit, with the proven gap.

    Four steps, each an answer of its own: the exact schedule without limits (its cost bounds everything); a serial
    schedule pulled back towards the declared dates; prices of days and rules, which give a better bound and days for
    better schedules; CP-SAT from there on, if OR-tools is installed. The bound is the best of all. Frozen tasks are
    booked first, even where they alone exceed what there is. `status` is "unknown" where no schedule was found.
    """
    free = least_change(network, today=today, mode=mode)
    if free.why is not None:
        return free
    window = window_of(network, today=today, mode=mode)
    field = _field(network, limits, free.start, window)
    _too_small(network, limits)
    firm = free if not limits.chosen else least_change(_firm(network, limits), today=today, mode=mode)
    if _fits(network, field, free.start):
        return replace(free, bound=firm.bound)
    start = _serial(network, field, window, free.start)
    start, bound = _priced((network, _firm(network, limits)), field, window, firm, start)
    effort = effort or Effort(steps=10.0)
    cost = shift_cost(network, start) if start is not None else float("inf")
    found, exact = _exactly(network, field, window, start, effort)
    if found is not None and (start is None or shift_cost(network, found) < cost):
        start, cost = found, shift_cost(network, found)
    bound = min(max(bound, firm.bound, exact if not limits.chosen or np.isinf(exact) else 0.0), cost)
    if start is None:
        status = "infeasible" if bound == float("inf") else "unknown"
        start = network.tasks.start
    else:
        status = status_word(cost, bound)
    return Repair(start=start, cost=cost, bound=bound, status=status, price=free.price)


def _serial(network: Network, field: Room, window: Window, wish: Ints) -> Ints | None:
    start = serial_schedule(network, field, window, wish)
    return None if start is None else _pulled(network, field, window, start)


def _firm(network: Network, limits: Limits) -> Network:
    return Network(network.tasks, network.arcs.pick(np.arange(len(network.arcs) - limits.chosen)))


def _priced(
    both: tuple[Network, Network], field: Room, window: Window, firm: Repair, start: Ints | None
) -> tuple[Ints | None, float]:
    """The best schedule along the days that prices lead to, and the bound of the prices, from the firm arcs alone."""
    network = both[0]
    cost = float("inf") if start is None else shift_cost(network, start)
    climb = Climb(both[1], field, window, price=firm.price, most=cost)
    for _ in range(STAGES):
        climb.climb(ROUNDS, cost)
        other = _serial(network, field, window, climb.start)
        if other is not None and shift_cost(network, other) < cost:
            start, cost = other, shift_cost(network, other)
    return start, whole_cost(network, climb.bound)


def _too_small(network: Network, limits: Limits) -> None:
    over = (limits.demand > limits.capacity).any(axis=1) & ~network.tasks.frozen
    if over.any():
        names = ", ".join(f"'{t}'" for t in network.tasks.ids[over][:5])
        msg = f"tasks {names} need more gangs than there are. Raise the number of gangs or lower the demand."
        raise ScheduleError(msg)


def _field(network: Network, limits: Limits, start: Ints, window: Window) -> Room:
    """An empty field with the frozen tasks booked.

    On either side it is as long as all works one after the other: to go further is never worth it.
    """
    tasks = network.tasks
    side = int(min(tasks.duration[~tasks.frozen].sum(), FARTHEST))
    base = int(min(max(int(window.low.min()), int(start.min()) - side), start.min()))
    end = int((start + tasks.duration).max())
    if limits.cost is not None and limits.quarters is not None:
        end = max(end, int(limits.quarters[-1]))
    length = end - base + side + 1
    columns, rooms = [limits.demand], [np.tile(limits.capacity, (length, 1))]
    if limits.cost is not None and limits.quarters is not None and limits.budget is not None:
        rate = np.ceil(CENTS * limits.cost / np.maximum(tasks.duration, 1)).astype(np.int64)
        columns.append(np.where(tasks.duration > 0, rate, 0)[:, None])
        rooms.append(_money(limits.quarters, limits.budget, base, length)[:, None])
    room, need = (np.concatenate(side, axis=1).astype(np.int64) for side in (rooms, columns))
    field = Room(base, room, need)
    for k in np.flatnonzero(tasks.frozen):
        _book(field, start[k], tasks.duration[k], field.need[k])
    np.maximum(field.room, 0, out=field.room)
    return field


def _money(quarters: Ints, budget: Floats, base: int, length: int) -> Ints:
    day = base + np.arange(length)
    at = np.searchsorted(quarters, day, side="right") - 1
    known = (at >= 0) & (at < len(budget))
    rate = np.floor(CENTS * budget / np.diff(quarters))
    return np.where(known, rate[np.clip(at, 0, len(budget) - 1)], 2**40).astype(np.int64)


def _book(field: Room, start: int, duration: int, need: Ints) -> None:
    field.room[max(start - field.base, 0) : max(start - field.base + duration, 0)] -= need


def _fits(network: Network, field: Room, start: Ints) -> bool:
    room = field.room.copy()
    trial = Room(field.base, room, field.need)
    for k in np.flatnonzero(~network.tasks.frozen & (field.need.sum(axis=1) > 0)):
        _book(trial, start[k], network.tasks.duration[k], field.need[k])
    return bool((room >= 0).all())


def serial_schedule(network: Network, field: Room, window: Window, wish: Ints) -> Ints | None:
    """Each task in the order of `wish`, as soon from there on as arcs and room allow; None where one is too late."""
    tasks, arcs = network.tasks, network.arcs
    if network.level is None:
        return None
    room = Room(field.base, field.room.copy(), field.need)
    sort = np.argsort(arcs.after, kind="stable")
    ptr = np.searchsorted(arcs.after[sort], np.arange(tasks.n + 1))
    start = wish.copy()
    # Arcs point to later starts only where lags are positive, so the level decides between equal days.
    for k in _order(network, wish).tolist():
        if tasks.frozen[k]:
            continue
        into = sort[ptr[k] : ptr[k + 1]]
        t = max(int(wish[k]), int((start[arcs.before[into]] + arcs.lag[into]).max(initial=window.low[k])))
        t = _first_room(room, t, int(tasks.duration[k]), field.need[k])
        if t > window.high[k] or t + tasks.duration[k] > room.base + len(room.room):
            return None
        start[k] = t
        _book(room, t, tasks.duration[k], field.need[k])
    late = (start[arcs.after] < start[arcs.before] + arcs.lag).any()
    return None if late else start


def _order(network: Network, wish: Ints) -> Ints:
    """By wished start, but never before a predecessor: the wish is raised along the arcs first."""
    arcs = network.arcs
    key = wish.astype(np.float64)
    level = network.level if network.level is not None else np.zeros(network.tasks.n, np.int64)
    for depth in range(1, int(level.max(initial=0)) + 1):
        into = level[arcs.after] == depth
        np.maximum.at(key, arcs.after[into], key[arcs.before[into]])
    return np.lexsort((np.arange(len(key)), level, key))


def _first_room(field: Room, t: int, duration: int, need: Ints) -> int:
    """The first day from t on with room for the whole duration."""
    if duration == 0 or not need.any():
        return t
    blocked: Bools = np.any(field.room[t - field.base :] < need, axis=1)
    days = blocked.size
    total: Ints = np.concatenate([[0], np.cumsum(blocked)])
    if days < duration:
        return t + days
    free = total[duration:] == total[:-duration]
    return t + (int(np.argmax(free)) if free.any() else days)


def _pulled(network: Network, field: Room, window: Window, start: Ints, passes: int = 3) -> Ints:
    """The schedule with tasks pulled back towards their wish one by one, wherever room and arcs allow it."""
    tasks, arcs = network.tasks, network.arcs
    room = Room(field.base, field.room.copy(), field.need)
    for k in np.flatnonzero(~tasks.frozen):
        _book(room, start[k], tasks.duration[k], field.need[k])
    out = start.copy()
    by_after, by_before = np.argsort(arcs.after, kind="stable"), np.argsort(arcs.before, kind="stable")
    ptr_a = np.searchsorted(arcs.after[by_after], np.arange(tasks.n + 1))
    ptr_b = np.searchsorted(arcs.before[by_before], np.arange(tasks.n + 1))
    for _ in range(passes):
        moved = False
        for k in np.argsort(out, kind="stable").tolist():
            if tasks.frozen[k] or out[k] == window.wish[k]:
                continue
            into, onto = by_after[ptr_a[k] : ptr_a[k + 1]], by_before[ptr_b[k] : ptr_b[k + 1]]
            low = int((out[arcs.before[into]] + arcs.lag[into]).max(initial=window.low[k]))
            high = int((out[arcs.after[onto]] - arcs.lag[onto]).min(initial=window.high[k]))
            moved |= _pull(room, out, k, (low, high, int(window.wish[k]), int(tasks.duration[k])))
        if not moved:
            break
    return out


def _pull(room: Room, out: Ints, k: int, bounds: tuple[int, int, int, int]) -> bool:
    low, high, wish, duration = bounds
    goal, now = min(max(wish, low), high), int(out[k])
    if goal == now:
        return False
    need = room.need[k]
    _book(room, now, duration, -need)
    best = now
    if goal < now:
        found = _first_room(room, max(goal, room.base), duration, need)
        best = found if found < now else now
    elif _first_room(room, goal, duration, need) == goal:
        best = goal
    _book(room, best, duration, need)
    out[k] = best
    return best != now


def _exactly(
    network: Network, field: Room, window: Window, hint: Ints | None, effort: Effort
) -> tuple[Ints | None, float]:
    """A better schedule and a bound from CP-SAT; nothing and 0 where it is absent or the plan is too large."""
    if int((~network.tasks.frozen).sum()) > LARGEST:
        return None, 0.0
    try:
        cp = cp_model()
    except MissingExtraError:
        return None, 0.0
    model, start, scale = _model(cp, network, field, window, hint)
    solver = solver_for(cp, effort)
    found = read_back(cp, solver, solver.solve(model), start)
    if found.infeasible and _is_whole_horizon(field, window):
        return None, float("inf")
    shifted = None if found.start is None else found.start + field.base
    return shifted, 0.0 if found.infeasible else found.bound / scale


def _is_whole_horizon(field: Room, window: Window) -> bool:
    # "Infeasible" holds for every horizon only where no task could start beyond the field anyway.
    return bool((window.high < field.base + len(field.room)).all())


def _model(cp: Any, network: Network, field: Room, window: Window, hint: Ints | None) -> tuple[Any, list[Any], int]:
    tasks, arcs, base, length = network.tasks, network.arcs, field.base, len(field.room)
    low = np.maximum(window.low - base, 0).clip(max=length)
    high = np.minimum(window.high - base, length - tasks.duration)
    model = cp.CpModel()
    start = [model.new_int_var(int(a), int(max(a, b)), "") for a, b in zip(low, high, strict=True)]
    for i, j, lag in zip(arcs.before.tolist(), arcs.after.tolist(), arcs.lag.tolist(), strict=True):
        model.add(start[j] >= start[i] + lag)
    scale = _whole_scale(np.r_[window.later, window.earlier])
    costs = []
    for k in np.flatnonzero((window.later > 0) | (window.earlier > 0)).tolist():
        wish = int(window.wish[k]) - base
        up, down = model.new_int_var(0, 2**20, ""), model.new_int_var(0, 2**20, "")
        model.add(start[k] - wish == up - down)
        costs += [round(scale * window.later[k]) * up, round(scale * window.earlier[k]) * down]
        if hint is not None:
            model.add_hint(up, max(0, int(hint[k]) - base - wish))
            model.add_hint(down, max(0, wish - int(hint[k]) + base))
    _cumulatives(model, network, field, start)
    model.minimize(sum(costs))
    if hint is not None:
        for variable, day in zip(start, (hint - base).tolist(), strict=True):
            model.add_hint(variable, day)
    return model, start, scale


def _whole_scale(weights: Floats) -> int:
    """A factor that makes the weights whole to three places: CP-SAT counts in integers."""
    return 1 if np.allclose(weights, np.rint(weights)) else 1000


def _cumulatives(model: Any, network: Network, field: Room, start: list[Any]) -> None:
    """One cumulative for each resource; days with less room are filled by fixed bars."""
    duration = network.tasks.duration
    moving = ~network.tasks.frozen & (duration > 0)
    for r in range(field.room.shape[1]):
        users = np.flatnonzero(moving & (field.need[:, r] > 0)).tolist()
        if not users:
            continue
        top = int(min(field.room[:, r].max(), field.need[users, r].sum()))
        bars = [model.new_fixed_size_interval_var(start[k], int(duration[k]), "") for k in users]
        needs = field.need[users, r].tolist()
        closed = top - np.minimum(field.room[:, r], top)
        edge = np.flatnonzero(np.diff(np.r_[0, closed, 0]))
        for a, b in zip(edge[:-1].tolist(), edge[1:].tolist(), strict=True):
            if closed[a] > 0:
                bars.append(model.new_fixed_size_interval_var(a, b - a, ""))
                needs.append(int(closed[a]))
        model.add_cumulative(bars, needs, top)


def limit_breaks(network: Network, limits: Limits, start: Ints) -> int:
    """On how many days a schedule needs more than there is; an independent count, day by day. Frozen works count."""
    broken = 0
    finish = start + network.tasks.duration
    for day in range(int(start.min()), int(finish.max())):
        busy: Bools = (start <= day) & (day < finish)
        over = bool((limits.demand[busy].sum(axis=0) > limits.capacity).any())
        if limits.cost is not None and limits.quarters is not None and limits.budget is not None:
            at = int(np.searchsorted(limits.quarters, day, side="right")) - 1
            if 0 <= at < len(limits.budget):
                spent = float((limits.cost[busy] / network.tasks.duration[busy]).sum())
                length = int(limits.quarters[at + 1] - limits.quarters[at])
                over |= spent > float(limits.budget[at]) / length + 1e-9
        broken += over
    return broken


__all__ = ["Effort", "Limits", "limit_breaks", "serial_schedule", "within_limits"]
