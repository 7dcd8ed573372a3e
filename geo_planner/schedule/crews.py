"""Crews and money for the works of a plan: how many gangs there are for each part, what a quarter may cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import ScheduleError, did_you_mean
from .events import DATES
from .network import Ints, Network, Tasks, to_days
from .programme import Programme, with_near, works_network
from .repair import Repair, least_change, shift_cost, status_word
from .resources.exact import Effort
from .resources.limits import Limits, within_limits
from .window import Mode


@dataclass(frozen=True, kw_only=True)
class Crews:
    """How many gangs there are for each part of the plan, and what may be spent by the quarter.

    `gangs` maps a part ("pipes", "roads", "parcels", ...) to the number of its works that can go on at the same time.
    `cost_per_day` maps a part to what one work spends a day; `budget` maps the first day of each quarter to the money
    of that quarter, in the same unit. `effort` limits the search; its default repeats exactly.
    """

    gangs: Mapping[str, int] = field(default_factory=dict)
    cost_per_day: Mapping[str, float] = field(default_factory=dict)
    budget: Mapping[str, float] = field(default_factory=dict)
    effort: Effort = field(default_factory=lambda: Effort(steps=20.0))

    def __post_init__(self) -> None:
        for name, values in (("crews", self.gangs), ("cost_per_day", self.cost_per_day), ("budget", self.budget)):
            for key, value in values.items():
                if value < 0:
                    msg = f"{name}: '{key}' is {value}; it cannot be negative."
                    raise ScheduleError(msg)
        if self.budget and not any(self.cost_per_day.values()):
            msg = "a budget is given, but no cost_per_day: nothing would be spent. Give [schedule.cost_per_day]."
            raise ScheduleError(msg)


def crews_of(words: Sequence[str] | None, known: Crews | None = None) -> Crews | None:
    """Crews from words such as "pipes=3" over those known already; None where there are none at all.

    ScheduleError names a word that cannot be read.
    """
    if not words:
        return known
    gangs = {} if known is None else dict(known.gangs)
    for word in words:
        part, _, number = word.partition("=")
        if not number.strip().lstrip("-").isdigit():
            msg = f"--crews '{word}' cannot be read. Write the part and the number of gangs, as pipes=3."
            raise ScheduleError(msg)
        gangs[part.strip()] = int(number)
    return Crews(gangs=gangs) if known is None else replace(known, gangs=gangs)


def levelled(whole: Programme, crews: Crews, *, today: int | None, mode: Mode) -> Repair:
    """The least change within the crews: works move as wholes, then what is under way is put off where it must be.

    Works that have begun keep their crews as declared. The bound is the better of the one without crews and that of
    works that move as wholes, neither of which depends on the paths chosen here; the answer is measured by the same
    prices as without crews.
    """
    free = least_change(whole.network, today=today, mode=mode, choices=whole.choices)
    if free.why is not None:
        return free
    near = with_near(whole, free.start)
    works = works_network(near)
    chosen = len(works.arcs) - len(works_network(whole).arcs)
    limits = replace(limits_of(whole, crews), chosen=chosen)
    found = within_limits(works, limits, today=today, mode=mode, effort=crews.effort)
    if found.why is not None or found.status in {"unknown", "infeasible"}:
        return Repair(
            start=whole.network.tasks.start,
            cost=float("inf"),
            bound=free.bound,
            status=found.status,
            price=free.price,
            why=found.why,
        )
    held = _held(near, works, found.start)
    done = least_change(held, today=today, mode=mode)
    start = done.start if done.why is None else free.start
    cost = shift_cost(whole.network, start)
    bound = min(max(free.bound, found.bound), cost)
    return Repair(start=start, cost=cost, bound=bound, status=status_word(cost, bound), price=free.price, why=done.why)


def _held(near: Programme, works: Network, start: Ints) -> Network:
    """The events with every work that has not begun held on the days that the crews give it."""
    tasks, found = near.network.tasks, near.events
    shift = (start - works.tasks.start)[found.work]
    fixed = ~tasks.frozen[found.first][found.work]
    columns = {name: getattr(tasks, name) for name in tasks.__dataclass_fields__}
    columns["earliest"] = np.where(fixed, tasks.start + shift, tasks.earliest)
    columns["deadline"] = np.where(fixed, tasks.start + shift, tasks.deadline)
    return Network(Tasks(**columns), near.network.arcs)


def limits_of(whole: Programme, crews: Crews) -> Limits:
    """What each work uses and what there is, from what is known of each part of the plan.

    ScheduleError names a part that does not exist.
    """
    for part in sorted({*crews.gangs, *crews.cost_per_day}):
        if part not in DATES:
            msg = f"crews are given for '{part}', which is no part of a schedule." + did_you_mean(part, DATES)
            raise ScheduleError(msg)
    own = whole.events.table["part"].to_numpy(object)[whole.events.first]
    parts = sorted(crews.gangs)
    demand = (own[:, None] == np.array(parts, dtype=object)[None, :]).astype(np.int64)
    capacity = np.array([min(crews.gangs[p], len(own)) for p in parts], np.int64)  # more gangs than works bind nothing
    if not crews.budget:
        return Limits(demand=demand, capacity=capacity)
    day = whole.network.tasks.start
    duration = day[whole.events.last] - day[whole.events.first]
    rate = np.array([crews.cost_per_day.get(p, 0.0) for p in own])
    first = to_days(sorted(crews.budget))
    # The last quarter named ends 92 days after its first day: no quarter is longer.
    return Limits(
        demand=demand,
        capacity=capacity,
        cost=rate * duration,
        quarters=np.r_[first, first[-1] + 92],
        budget=np.array([crews.budget[k] for k in sorted(crews.budget)], float),
    )
