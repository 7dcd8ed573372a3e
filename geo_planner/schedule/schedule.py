"""The schedule of a plan: critical path, repair as edits, what is left, and a scenario that can be run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ScheduleError, did_you_mean
from ..plan import Edit, Plan, Profile, apply
from .conflict import Conflict, Prices, conflict, ways_out
from .critical import Timeline, critical_path
from .network import Arcs, Floats, Ints, Network, require_sound, to_dates, to_days
from .programme import DATES, Programme, Weights, programme
from .repair import Mode, Repair, before_after, least_change
from .resources.exact import Effort
from .resources.limits import Limits, within_limits

ROUNDS = 3


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


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to schedule: the day that freezes what has begun (default: the plan's as-of day), and what may move.

    `mode="delay"` moves nothing forward in time; `repair=False` only measures the declared dates.
    """

    today: str | None = None
    repair: bool = True
    mode: Mode = "least"
    weights: Weights = field(default_factory=Weights)
    crews: Crews | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule:
    """Tasks with their new starts, how good they are, and what stands in the way.

    `status` is "optimal", "feasible, gap x %", "infeasible" or "unknown"; `bound` is the least cost that any schedule
    can have. `price` is per arc; `why` the conflict where no schedule exists; `past` the rules that can no longer be
    kept; `left` what could not be judged, with the reason; `open` the arcs still broken after the last round.
    """

    programme: Programme
    plan: Plan
    start: Ints
    cost: float
    bound: float
    status: str
    price: Floats
    edits: tuple[Edit, ...]
    timeline: Timeline | None
    rounds: int
    open: int
    why: Conflict | None = None

    def __repr__(self) -> str:
        figures = f"cost {self.cost:g}, bound {self.bound:g}, {len(self.edits)} edits"
        return f"Schedule({self.plan.name!r}: {self.status}, {figures})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(e.layer)}</td><td>{escape(e.id)}</td><td>{escape(e.reason)}</td></tr>"
            for e in self.edits[:50]
        )
        return f"<p>{escape(repr(self))}</p><table>{rows}</table>"

    @property
    def network(self) -> Network:
        """Tasks and arcs that were scheduled."""
        return self.programme.network

    @property
    def finish(self) -> Ints:
        """Finish of every task."""
        return self.start + self.network.tasks.duration

    @property
    def past(self) -> pd.DataFrame:
        """Rules whose later side has gone by and that can no longer be kept: they stay broken."""
        return arc_table(self.network, self.programme.past)

    @property
    def left(self) -> pd.DataFrame:
        """What could not become an arc, with the reason; never counted as kept."""
        return self.programme.left

    def table(self) -> pd.DataFrame:
        """One row for each task: declared and new dates, shift, slack, critical, slack against the declared dates."""
        table = before_after(self.network, self.start)
        if self.timeline is None:
            return table
        line = pd.DataFrame(
            {
                "task": self.network.tasks.ids.astype(str),
                "slack": self.timeline.total,
                "free_slack": self.timeline.free,
                "critical": self.timeline.critical,
                "declared_slack": self.timeline.declared,
                "frozen": self.network.tasks.frozen,
            }
        )
        return table.merge(line, on="task", how="left", sort=True)

    def broken(self) -> pd.DataFrame:
        """The arcs that the declared dates break, worst first."""
        tasks, arcs = self.network.tasks, self.network.arcs
        short = tasks.start[arcs.before] + arcs.lag - tasks.start[arcs.after]
        table = arc_table(self.network, arcs).assign(days=short)
        table = table[table["days"] > 0]
        worst_first = [False, True, True, True]
        return table.sort_values(["days", "rule", "before", "after"], ascending=worst_first, ignore_index=True)

    def binding(self) -> pd.DataFrame:
        """The rules that cost something: one day less lag would save `price`."""
        table = arc_table(self.network, self.network.arcs).assign(price=self.price)
        table = table[table["price"] > 1e-9]
        return table.sort_values(["price", "before", "after"], ascending=[False, True, True], ignore_index=True)

    def ways_out(self, prices: Prices | None = None) -> pd.DataFrame:
        """The cheapest loosenings that make a schedule possible; empty where there is one."""
        return ways_out(self.network, prices=prices)


def arc_table(network: Network, arcs: Arcs) -> pd.DataFrame:
    """Arcs in words of the plan: rule, the two tasks, days between their starts, evidence."""
    ids = network.tasks.ids.astype(str)
    return pd.DataFrame(
        {
            "rule": arcs.rule.astype(str),
            "before": ids[arcs.before],
            "after": ids[arcs.after],
            "lag": arcs.lag,
            "evidence": arcs.evidence.astype(str),
        }
    )


def schedule_plan(plan: Plan, profile: Profile | None = None, options: Options | None = None) -> Schedule:
    """The plan's tasks and arcs, its critical path and the least change that keeps every rule.

    Service paths are chosen with the dates as they are; after a repair they are derived anew, and arcs that the new
    dates break join the next of at most three rounds. What is still broken then is counted in `open`.

    Raises
    ------
    ScheduleError
        A finish before its start, repeated ids, or rules that wait for one another in a circle; the rows are named.
    """
    options = options or Options()
    today = _today(plan, options)
    whole = programme(plan, profile, today=today, weights=options.weights)
    require_sound(whole.network, today=today)
    if not options.repair:
        return _measured(plan, whole, today)
    for turn in range(1, ROUNDS + 1):
        done = _solved(whole, today, options)
        edits = edits_of(whole, done.start) if done.why is None else ()
        new = apply(plan, edits)
        again = programme(new, profile, today=today, weights=options.weights).network.arcs
        late = again.pick(done.start[again.after] < done.start[again.before] + again.lag)
        if not len(late) or done.why is not None or turn == ROUNDS:
            break
        whole = _with_arcs(whole, late)
    return Schedule(
        programme=whole,
        plan=new,
        start=done.start,
        cost=done.cost,
        bound=done.bound,
        status=done.status,
        price=done.price,
        edits=edits,
        timeline=_timeline(whole.network),
        rounds=turn,
        open=len(late),
        why=done.why,
    )


def _solved(whole: Programme, today: int | None, options: Options) -> Repair:
    if options.crews is None:
        return least_change(whole.network, today=today, mode=options.mode)
    limits = limits_of(whole, options.crews)
    return within_limits(whole.network, limits, today=today, mode=options.mode, effort=options.crews.effort)


def limits_of(whole: Programme, crews: Crews) -> Limits:
    """What each task uses and what there is, from what is known of each part of the plan.

    ScheduleError names a part that does not exist.
    """
    for part in sorted({*crews.gangs, *crews.cost_per_day}):
        if part not in DATES:
            msg = f"crews are given for '{part}', which is no part of a schedule." + did_you_mean(part, DATES)
            raise ScheduleError(msg)
    parts = sorted(crews.gangs)
    demand = (whole.part[:, None] == np.array(parts, dtype=object)[None, :]).astype(np.int64)
    capacity = np.array([crews.gangs[p] for p in parts], np.int64)
    if not crews.budget:
        return Limits(demand=demand, capacity=capacity)
    rate = np.array([crews.cost_per_day.get(p, 0.0) for p in whole.part])
    first = to_days(sorted(crews.budget))
    # The last quarter named ends 92 days after its first day: no quarter is longer.
    return Limits(
        demand=demand,
        capacity=capacity,
        cost=rate * whole.network.tasks.duration,
        quarters=np.r_[first, first[-1] + 92],
        budget=np.array([crews.budget[k] for k in sorted(crews.budget)], float),
    )


def _today(plan: Plan, options: Options) -> int | None:
    day = options.today if options.today is not None else plan.as_of
    return None if day is None else int(to_days([str(day)])[0])


def _measured(plan: Plan, whole: Programme, today: int | None) -> Schedule:
    """The declared dates as they are: broken rules are counted, nothing moves."""
    tasks, arcs = whole.network.tasks, whole.network.arcs
    broken = int((tasks.start[arcs.after] < tasks.start[arcs.before] + arcs.lag).sum())
    why = conflict(whole.network, today=today) if broken else None
    return Schedule(
        programme=whole,
        plan=plan,
        start=tasks.start,
        cost=0.0,
        bound=0.0,
        status="infeasible" if why is not None else "unknown" if broken else "optimal",
        price=np.zeros(len(arcs)),
        edits=(),
        timeline=_timeline(whole.network),
        rounds=0,
        open=broken,
        why=why,
    )


def _timeline(network: Network) -> Timeline | None:
    return critical_path(network) if network.level is not None else None


def _with_arcs(whole: Programme, more: Arcs) -> Programme:
    arcs = whole.network.arcs
    both = Arcs(**{n: np.concatenate([getattr(arcs, n), getattr(more, n)]) for n in arcs.__dataclass_fields__})
    network = Network(whole.network.tasks, both)
    return Programme(network, whole.part, whole.feature, whole.offset, whole.left, whole.past)


def edits_of(whole: Programme, start: Ints) -> tuple[Edit, ...]:
    """One retime for each task that moved, with all its dates, sorted by task; the reason names the rules behind it."""
    tasks = whole.network.tasks
    moved = np.flatnonzero((start != tasks.start) & tasks.dated)
    reasons = _reasons(whole.network, start)
    columns = list(whole.offset.columns)
    edits = []
    for k in moved.tolist():
        days = whole.offset.iloc[k].to_numpy(float)
        has = np.flatnonzero(~np.isnan(days))
        dates = to_dates(start[k] + days[has].astype(np.int64)).astype(str)
        value = {columns[c]: day for c, day in zip(has.tolist(), dates.tolist(), strict=True)}
        layer = "parcels" if whole.part[k] == "release" else str(whole.part[k])
        shift = int(start[k] - tasks.start[k])
        why = f"{shift:+d} d" + (f": {reasons[k]}" if k in reasons else "")
        edits.append(Edit("retime", layer, str(whole.feature[k]), value, why, "solver", "suggestion"))
    return tuple(edits)


def _reasons(network: Network, start: Ints) -> dict[int, str]:
    """For each moved task one arc that holds it where it is now, or that it makes room for."""
    arcs, tasks = network.arcs, network.tasks
    tight = np.flatnonzero(start[arcs.after] == start[arcs.before] + arcs.lag)
    words: dict[int, str] = {}
    for k in tight[::-1].tolist():
        b, a = int(arcs.before[k]), int(arcs.after[k])
        text = f"{arcs.rule[k]} {tasks.ids[b]} → {tasks.ids[a]}"
        if start[a] > tasks.start[a]:
            words[a] = text
        if start[b] < tasks.start[b]:
            words[b] = text
    return words


def _toml(value: Any) -> str:
    """Return a value of an edit so that TOML gives it back: numbers and truths as they are, all else as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else json.dumps(str(value), ensure_ascii=False)


def scenario_text(edits: Iterable[Edit], *, name: str, base: str, title: Mapping[str, str] | None = None) -> str:
    """A scenario in TOML that inherits from another one and makes the edits; `read_scenario` reads it."""
    lines = [f"name = {json.dumps(name, ensure_ascii=False)}", f"base = {json.dumps(base, ensure_ascii=False)}"]
    if title:
        said = ", ".join(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in title.items())
        lines.append(f"title = {{ {said} }}")
    lines.append("")
    for edit in edits:
        value = ", ".join(f"{k} = {_toml(v)}" for k, v in edit.value.items())
        rows = {"kind": edit.kind, "layer": edit.layer, "id": edit.id, "reason": edit.reason}
        rows |= {"origin": edit.origin, "safety": edit.safety}
        lines += ["[[edits]]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in rows.items())]
        lines += [f"value = {{ {value} }}", ""]
    return "\n".join(lines)
