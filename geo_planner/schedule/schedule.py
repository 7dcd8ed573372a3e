"""The schedule of a plan: critical path, repair as edits, what is left, and a scenario that can be run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape

import numpy as np
import pandas as pd

from ..checks import load
from ..errors import ScheduleError
from ..plan import Edit, Plan, Profile, apply
from .conflict import Conflict, Prices, conflict, ways_out
from .crews import Crews, levelled
from .critical import Timeline, critical_path
from .events import Holds, Weights
from .imported import Imported
from .network import Arcs, Floats, Ints, Network, bounded, require_sound, to_dates
from .programme import Programme, extended, programme, relaid, with_near
from .rejudged import Rejudged, rejudged
from .repair import Repair, least_change, status_word
from .window import Mode, status_day

ROUNDS = 16
"""Times that new findings become arcs and are solved again, the choice being made anew."""
LAST_ROUNDS = 8
"""Times more, with every choice made at once for what is nearest: an answer, though perhaps not the best."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to schedule: the status day (default: the plan's as-of day), and what may move.

    What is dated before the status day has happened. `mode="delay"` moves nothing forward in time; `repair=False` only
    measures the declared dates; `judge=False` leaves out the report before and after. `links` are those of a schedule
    file, kept beside the rules.
    """

    today: str | None = None
    repair: bool = True
    judge: bool = True
    mode: Mode = "least"
    weights: Weights = field(default_factory=Weights)
    holds: Holds = field(default_factory=Holds)
    crews: Crews | None = None
    links: Imported | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule:
    """Events with their new days, how good they are, what every check says of them, and what stands in the way.

    `status` is "optimal", "feasible, gap x %", "infeasible" or "unknown"; `bound` is the least cost that any schedule
    can have that keeps the rules in `programme.rules`, whichever paths it chooses. `price` is per arc; `why` the
    conflict where no schedule exists; `open` the rules still broken after the last round; `judged` the findings of all
    checks before and after (None where nothing moved or nobody asked). `today` is the status day.
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
    today: int | None = None
    why: Conflict | None = None
    judged: Rejudged | None = None

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
        """Events and arcs that were scheduled."""
        return self.programme.network

    @property
    def past(self) -> pd.DataFrame:
        """Rules whose later side has gone by and that can no longer be kept: they stay broken."""
        return arc_table(self.network, self.programme.past)

    @property
    def left(self) -> pd.DataFrame:
        """What could not become an arc, with the reason; never counted as kept."""
        return self.programme.left

    def events(self) -> pd.DataFrame:
        """One row for each event: work, event, state, baseline, declared and new day, shift, variance, slack, critical.

        The state is "actual" or "planned"; `variance` are the days to the new day; `declared_slack` is NA at an end.
        """
        found, tasks = self.programme.events, self.network.tasks
        base = self.baseline()
        table = found.table
        line = self.timeline
        return pd.DataFrame(
            {
                "work": found.works.astype(str),
                "part": table["part"].to_numpy(object),
                "id": table["feature"].to_numpy(object),
                "event": table["date"].to_numpy(object),
                "state": np.where(self._happened, "actual", "planned"),
                "baseline": to_dates(base),
                "day": to_dates(tasks.start),
                "new_day": to_dates(self.start),
                "shift": self.start - tasks.start,
                "variance": self.start - base,
                "slack": line.total if line is not None else 0,
                "free_slack": line.free if line is not None else 0,
                "declared_slack": bounded(line.declared) if line is not None else 0,
                "critical": line.critical if line is not None else False,
            }
        )

    def baseline(self) -> Ints:
        """The day of each event as agreed on once: of a schedule file or the plan before it, else the declared day."""
        given = self.programme.baseline
        names, day = self.programme.events.names.tolist(), self.network.tasks.start.tolist()
        return np.array([given.get(name, d) for name, d in zip(names, day, strict=True)], np.int64)

    @property
    def _happened(self) -> np.ndarray:
        return np.asarray(
            self.network.tasks.start < self.today if self.today is not None else np.zeros(len(self.start), bool)
        )

    def table(self) -> pd.DataFrame:
        """One row for each work: state, declared and new first and last day, shift, slack, critical.

        `shift` is that of the last event that moved; the slack is the least of its events that are still ahead.
        """
        found, tasks = self.programme.events, self.network.tasks
        first, last = np.flatnonzero(found.first), np.flatnonzero(found.last)
        moved = self.start - tasks.start
        shift = np.where(moved[last] != 0, moved[last], moved[first])
        begun, done = self._happened[first], self._happened[last]
        table = pd.DataFrame(
            {
                "task": self.programme.works.astype(str),
                "state": np.where(done, "done", np.where(begun, "under_way", "ahead")),
                "start": to_dates(tasks.start[first]),
                "finish": to_dates(tasks.start[last]),
                "new_start": to_dates(self.start[first]),
                "new_finish": to_dates(self.start[last]),
                "shift": shift,
            }
        )
        if self.timeline is not None:
            table = table.join(self._slack())
        return table.sort_values("task", ignore_index=True)

    def _slack(self) -> pd.DataFrame:
        """Slack of each work over its events that are ahead, or over all where none is."""
        events = self.events()
        ahead = events["state"] == "planned"
        some = ahead.groupby(self.programme.events.work).transform("any")
        chosen = events[ahead | ~some]
        by = chosen.groupby(self.programme.events.work[chosen.index])
        least = by.agg(
            slack=("slack", "min"), free_slack=("free_slack", "min"), declared_slack=("declared_slack", "min")
        )
        critical = by["critical"].any()
        return least.assign(critical=critical).assign(frozen=~some.groupby(self.programme.events.work).first())[
            ["slack", "free_slack", "critical", "declared_slack", "frozen"]
        ]

    def broken(self) -> pd.DataFrame:
        """The arcs that the declared dates break, worst first; of a choice, its nearest members."""
        declared = self.network.tasks.start
        whole = with_near(relaid(self.programme, declared), declared)
        tasks, arcs = whole.network.tasks, whole.network.arcs
        short = tasks.start[arcs.before] + arcs.lag - tasks.start[arcs.after]
        table = arc_table(self.network, arcs).assign(days=short)
        table = table[table["days"] > 0]
        worst_first = [False, True, True, True]
        return table.sort_values(["days", "rule", "before", "after"], ascending=worst_first, ignore_index=True)

    def rules(self) -> pd.DataFrame:
        """Which rules an answer keeps and which are only judged again: rule, state (kept, judged, skipped, crashed)."""
        kept = self.programme.rules
        codes = [*load(), *(code for code in kept if code not in load())]
        rows = [(code, kept.get(code, "judged").split(":")[0], kept.get(code, "")) for code in codes]
        table = pd.DataFrame(rows, columns=["rule", "state", "reason"])
        table["reason"] = table["reason"].where(~table["reason"].isin(["kept"]), "")
        return table.sort_values("rule", ignore_index=True)

    def binding(self) -> pd.DataFrame:
        """The rules that cost something: one day less lag would save `price` weighted days."""
        table = arc_table(self.network, self.network.arcs).assign(price=self.price)
        table = table[(table["price"] > 1e-9) & (table["rule"] != "WORK")]
        return table.sort_values(["price", "before", "after"], ascending=[False, True, True], ignore_index=True)

    def moves(self) -> pd.DataFrame:
        """Every date that moves: layer, id, date, days, and the rule that holds it there with its arc (or "")."""
        found, tasks = self.programme.events.table, self.network.tasks
        days = self.start - tasks.start
        at = np.flatnonzero((days != 0) & (len(self.edits) > 0))
        why = _held_by(self.programme, self.start)
        arcs = [why.get(k, ("", "", "", 0)) for k in at.tolist()]
        table = pd.DataFrame(
            {
                "layer": found["part"].replace("release", "parcels").to_numpy(object)[at],
                "id": found["feature"].to_numpy(object)[at],
                "date": found["date"].to_numpy(object)[at],
                "days": days[at],
            }
        )
        more = pd.DataFrame(arcs, columns=["rule", "before", "after", "lag"], index=table.index)
        return table.join(more).sort_values(["layer", "id"], kind="stable", ignore_index=True)

    def ways_out(self, prices: Prices | None = None) -> pd.DataFrame:
        """The cheapest loosenings that make a schedule possible, none before the status day; empty where one exists."""
        return ways_out(self.network, today=self.today, prices=prices)


def arc_table(network: Network, arcs: Arcs) -> pd.DataFrame:
    """Arcs in words of the plan: rule, the two events, the days that must lie between them, evidence."""
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
    """The plan's events and rules, its critical path and the least change that keeps every rule.

    Each answer is asked of the checks again; what its dates break becomes arcs and choices of the next round, so the
    bound is one for the whole problem. After `ROUNDS` the choices are made for what is nearest, and the gap is said.
    In the end all checks judge the plan before and after: `judged` holds what is gone and what is new.

    Raises
    ------
    ScheduleError
        A finish before its start, repeated ids, or rules that wait for one another in a circle; the rows are named.
    """
    options = options or Options()
    today = _today(plan, options)
    _require_one_clock(options)
    whole = programme(plan, profile, today=today, weights=options.weights, holds=options.holds, links=options.links)
    require_sound(whole.network, today=today)
    if not options.repair:
        return _measured(plan, whole, today)
    whole, done, turn, late = _in_rounds(plan, profile, whole, (today, options))
    edits = edits_of(whole, done.start) if done.why is None else ()
    new = apply(plan, edits)
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
        open=late,
        today=today,
        why=done.why,
        judged=rejudged(plan, new, profile) if edits and options.judge else None,
    )


def _require_one_clock(options: Options) -> None:
    if options.crews is not None and options.holds.calendars:
        msg = "crews and calendars of parts cannot be levelled together yet. Leave one of the two out."
        raise ScheduleError(msg)


Asked = tuple[int | None, Options]


def _in_rounds(
    plan: Plan, profile: Profile | None, whole: Programme, asked: Asked
) -> tuple[Programme, Repair, int, int]:
    """The programme with all that was asked for, its repair, the rounds it took, and what is still broken."""
    done = _solved(whole, asked)
    bound, late, firm = done.bound, 0, True
    for turn in range(1, ROUNDS + LAST_ROUNDS + 1):
        if done.why is not None:
            # Longer lengths where works lie now prove nothing about other days.
            return whole, done if firm else replace(done, status="unknown"), turn, 0
        new = apply(plan, edits_of(whole, done.start))
        known = extended(whole, new, profile)
        more = relaid(known, done.start)
        late = _broken(more, done.start)
        # Lengths that are laid on days off where they lie now may be shorter elsewhere: from then on the bound stands.
        firm &= more is known
        if not late or turn == ROUNDS + LAST_ROUNDS:
            break
        whole = more if turn < ROUNDS else with_near(more, done.start)
        done = _solved(whole, asked)
        # With choices made for good the bound of the programme is no bound any more; the last open one stays.
        bound = max(bound, done.bound) if turn < ROUNDS and firm and done.why is None else bound
    bound = min(bound, done.cost)
    word = status_word(done.cost, bound) if done.status != "unknown" else done.status
    return whole, replace(done, bound=bound, status=word), turn, late


def _broken(whole: Programme, start: Ints) -> int:
    arcs = whole.network.arcs
    return int((start[arcs.after] < start[arcs.before] + arcs.lag).sum()) + len(whole.choices.broken(start))


def _solved(whole: Programme, asked: Asked) -> Repair:
    today, options = asked
    if options.crews is None:
        return least_change(whole.network, today=today, mode=options.mode, choices=whole.choices)
    return levelled(whole, options.crews, today=today, mode=options.mode)


def _today(plan: Plan, options: Options) -> int | None:
    day = options.today if options.today is not None else plan.as_of
    return None if day is None else status_day(str(day))


def _measured(plan: Plan, whole: Programme, today: int | None) -> Schedule:
    """The declared dates as they are: broken rules are counted, nothing moves."""
    tasks = whole.network.tasks
    whole = relaid(whole, tasks.start)
    arcs = whole.network.arcs
    broken = _broken(whole, tasks.start)
    near = with_near(whole, tasks.start).network
    why = conflict(near, today=today) if broken else None
    return Schedule(
        programme=whole,
        plan=plan,
        start=tasks.start,
        cost=0.0,
        bound=0.0,
        status="infeasible" if why is not None and not len(whole.choices) else "unknown" if broken else "optimal",
        price=np.zeros(len(arcs)),
        edits=(),
        timeline=_timeline(whole.network),
        rounds=0,
        open=broken,
        today=today,
        why=why if not len(whole.choices) else None,
    )


def _timeline(network: Network) -> Timeline | None:
    return critical_path(network) if network.level is not None else None


def edits_of(whole: Programme, start: Ints) -> tuple[Edit, ...]:
    """One retime for each feature that moved, with the dates that do, sorted; the reason names event and rule."""
    tasks, table = whole.network.tasks, whole.events.table
    moved = np.flatnonzero(start != tasks.start)
    reasons = {k: f"{rule} {before} → {after}" for k, (rule, before, after, _) in _held_by(whole, start).items()}
    layer = table["part"].replace("release", "parcels").to_numpy(object)
    feature, date = table["feature"].to_numpy(object), table["date"].to_numpy(object)
    dates = to_dates(start).astype(str)
    groups: dict[tuple[str, str], list[int]] = {}
    for k in moved.tolist():
        groups.setdefault((str(layer[k]), str(feature[k])), []).append(k)
    edits = []
    for (name, own), rows in sorted(groups.items()):
        value = {str(date[k]): str(dates[k]) for k in rows}
        words = [
            f"{date[k]} {start[k] - tasks.start[k]:+d} d" + (f" ({reasons[k]})" if k in reasons else "") for k in rows
        ]
        edits.append(Edit("retime", name, own, value, "; ".join(words), "solver", "suggestion"))
    return tuple(edits)


def _held_by(whole: Programme, start: Ints) -> dict[int, tuple[str, str, str, int]]:
    """For each moved event one arc that holds it where it is now, or that it makes room for: rule, events and lag."""
    tasks = whole.network.tasks
    arcs = with_near(whole, start).network.arcs
    tight = np.flatnonzero((start[arcs.after] == start[arcs.before] + arcs.lag) & (arcs.rule != "WORK"))
    held: dict[int, tuple[str, str, str, int]] = {}
    for k in tight[::-1].tolist():
        b, a = int(arcs.before[k]), int(arcs.after[k])
        arc = (str(arcs.rule[k]), str(tasks.ids[b]), str(tasks.ids[a]), int(arcs.lag[k]))
        if start[a] > tasks.start[a]:
            held[a] = arc
        if start[b] < tasks.start[b]:
            held[b] = arc
    return held
