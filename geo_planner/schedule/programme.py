"""A plan as events and what each waits for, by which rule, and what proves it.

The rules are not written here: each check that helps a schedule states its own arcs and choices (`waits`), with the
numbers in force in the profile. Rules that hold whatever the dates are stand from the start; those that depend on the
dates (a path to a source, the first plant) join when dates break them, and the schedule is made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..checks import waits_of
from ..plan import Plan, Profile
from .choice import Choices
from .critical import forward
from .events import Events, Holds, Weights, events_of, own_arcs, tasks_of
from .imported import LINK, Imported
from .network import Arcs, Ints, Network, Tasks, make_tasks
from .working import Working, nothing, own_working


@dataclass(frozen=True, eq=False)
class Programme:
    """The network of a plan's events, the choices beside it, and what cannot be kept.

    `rules` says of each check with arcs whether it is kept. `left` lists what could not become an arc, with the
    reason; `past` are arcs into what has happened that can no longer be kept. `working` are the arcs that count working
    days; `baseline` the days of events as they were once agreed on.
    """

    network: Network
    events: Events
    choices: Choices
    rules: Mapping[str, str]
    left: pd.DataFrame
    past: Arcs
    signs: frozenset[str] = frozenset()
    working: Working = field(default_factory=nothing)
    baseline: Mapping[str, int] = field(default_factory=dict)

    @property
    def works(self) -> np.ndarray:
        """The name of each work, in order: "parcels/A"."""
        return np.asarray(self.events.works[self.events.first])


def programme(  # noqa: PLR0913  (plan, rules, and the four things a planner sets)
    plan: Plan,
    profile: Profile | None = None,
    *,
    today: int | None = None,
    weights: Weights | None = None,
    holds: Holds | None = None,
    links: Imported | None = None,
) -> Programme:
    """Events, arcs and choices of a plan; with `today`, what happened before that day is frozen.

    `links` are those of a schedule file: they stand beside the rules, under the rule LINK.

    ScheduleError where ids repeat or dates run backwards; the rows are named.
    """
    found = events_of(plan)
    tasks = tasks_of(found, today, weights or Weights(), holds or Holds())
    empty = _arcs_of(pd.DataFrame(columns=_ARC_COLUMNS))
    none = Choices(empty, *(np.empty(0, kind) for kind in (np.int64, np.int64, float, float)))
    arcs, holds = own_arcs(found), holds or Holds()
    working = own_working(found, arcs, dict(holds.calendars))
    bare = Programme(Network(tasks, arcs), found, none, {}, _no_left(), empty, working=working)
    bare = _with_lags(bare, working.arc, working.least())
    return extended(bare if links is None else with_links(bare, links), plan, profile)


_ARC_COLUMNS = ["before", "after", "lag", "rule", "evidence"]


def extended(whole: Programme, plan: Plan, profile: Profile | None = None) -> Programme:
    """The programme with what the checks ask for at the dates of `plan`, which may be moved ones; nothing twice."""
    return _with_rows(whole, *waits_of(plan, profile))


def _with_rows(whole: Programme, table: pd.DataFrame, rules: Mapping[str, str]) -> Programme:
    rows, left = _resolved(table, whole.events)
    rows = _alone(rows)
    crashed = [(code, "*", state) for code, state in rules.items() if state.startswith("crashed")]
    left = pd.concat([left, pd.DataFrame(crashed, columns=["rule", "feature", "reason"])], ignore_index=True)
    plain = rows[rows["group"] == ""]
    plain = plain.sort_values(["rule", "after", "before", "lag"], kind="stable")
    plain = plain.drop_duplicates(["rule", "after", "before"], keep="last", ignore_index=True)
    arcs = _unheld(_arcs_of(plain), whole)
    both, gone = _possible(whole.network.tasks, whole.network.arcs, arcs)
    grouped = _signed(rows[rows["group"] != ""])
    choices, lost = _choices(grouped[~grouped["sign"].isin(whole.signs)], whole)
    crashes = {code: state for code, state in whole.rules.items() if state.startswith("crashed")}
    return replace(
        whole,
        network=Network(whole.network.tasks, both),
        choices=choices,
        rules={**whole.rules, **rules, **crashes},
        left=_sorted_left([whole.left, left]),
        past=_glued([whole.past, gone, lost]),
        signs=whole.signs | set(grouped["sign"]),
    )


def with_links(whole: Programme, links: Imported) -> Programme:
    """The programme with the links, bounds and baseline of a schedule file; bounds of what has happened are listed."""
    tasks = whole.network.tasks
    place = pd.Series(np.arange(len(whole.events)), index=whole.events.names)
    at = place.reindex(links.bounds["event"]).fillna(-1).to_numpy(np.int64)
    open_ = (at >= 0) & ~tasks.frozen[np.maximum(at, 0)]
    bounds, at = links.bounds[open_], at[open_]
    earliest, deadline = tasks.earliest.copy(), tasks.deadline.copy()
    np.maximum.at(earliest, at, bounds["earliest"].to_numpy(np.int64))
    np.minimum.at(deadline, at, bounds["latest"].to_numpy(np.int64))
    columns = {n: getattr(tasks, n) for n in tasks.__dataclass_fields__} | {"earliest": earliest, "deadline": deadline}
    left = _sorted_left([whole.left, links.left])
    made = replace(whole, network=Network(Tasks(**columns), whole.network.arcs), left=left, baseline=links.baseline)
    made = _with_rows(made, links.rows, {LINK: "kept"})
    return _counting(made, links)


def _counting(whole: Programme, links: Imported) -> Programme:
    """The links whose lag is working time counted as such, with the least it can be."""
    rows, _ = _resolved(links.rows, whole.events)
    rows = rows[rows["working"].notna()].drop_duplicates(["before", "after"], keep="last")
    arcs = whole.network.arcs
    place = pd.Series(np.arange(len(arcs))[arcs.rule == LINK], index=_pairs(arcs.pick(arcs.rule == LINK)))
    names = sorted(links.calendars)
    pairs = pd.MultiIndex.from_arrays([rows["before"], rows["after"]])
    at = place.reindex(pairs).fillna(-1).to_numpy(np.int64)
    rows, at = rows[at >= 0], at[at >= 0]
    days = rows["working"].to_numpy(float)
    calendar = np.array([names.index(c) for c in rows["calendar"]], np.int64)
    more = Working(at, days, calendar, tuple(links.calendars[n] for n in names))
    return replace(_with_lags(whole, at, more.least()), working=whole.working.joined(more))


def _pairs(arcs: Arcs) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([arcs.before, arcs.after])


def _with_lags(whole: Programme, at: Ints, lags: Ints) -> Programme:
    arcs = whole.network.arcs
    lag = arcs.lag.copy()
    lag[at] = lags
    return replace(whole, network=Network(whole.network.tasks, replace(arcs, lag=lag)))


def relaid(whole: Programme, start: Ints) -> Programme:
    """The programme with arcs of working days lengthened where some starts leave them too few; else the same one."""
    working, arcs = whole.working, whole.network.arcs
    begin, end = start[arcs.before[working.arc]], start[arcs.after[working.arc]]
    needed = working.needed(begin)
    short = np.flatnonzero(end - begin < needed)
    return _with_lags(whole, working.arc[short], needed[short]) if len(short) else whole


def _resolved(table: pd.DataFrame, found: Events) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows with the positions of both events, and those that lack one, with the reason."""
    place = pd.Series(np.arange(len(found)), index=found.names)
    sides = {side: _names(table, side) for side in ("before", "after")}
    at = {side: place.reindex(names).fillna(-1).to_numpy(np.int64) for side, names in sides.items()}
    rows = table.assign(before=at["before"], after=at["after"], lag=np.ceil(table["lag"].astype(float)).astype("int64"))
    absent = table["before_id"].isna().to_numpy(bool)
    work = _text(table["after_layer"]) + "/" + _text(table["after_id"])
    rows["work"] = work
    undated = ~absent & ((rows["before"] < 0) | (rows["after"] < 0)).to_numpy(bool)
    reason = np.where(absent, _text(table["evidence"]), "no_date")
    lost = absent | (undated & (table["group"] == "").to_numpy(bool))
    left = pd.DataFrame({"rule": table["rule"], "feature": work, "reason": reason})[lost]
    return rows[~absent & ~undated & (rows["before"] != rows["after"]).to_numpy(bool)], left


def _alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of groups that need every member of their one option stand for themselves."""
    keys = ["rule", "after", "group"]
    by = rows.groupby(keys, sort=False)
    whole, least = by["weight"].transform("sum"), by["weight"].transform("min")
    needed = (
        (by["option"].transform("nunique") == 1)
        & (whole - least < rows["need"] - 1e-9)
        & (whole >= rows["need"] - 1e-9)
    )
    return rows.assign(group=rows["group"].mask(needed, ""))


def _names(table: pd.DataFrame, side: str) -> np.ndarray:
    layer, date, own = (_text(table[f"{side}_{c}"]) for c in ("layer", "date", "id"))
    layer = np.where((layer == "parcels") & (date == "released"), "release", layer)
    return np.asarray(layer + "/" + own + " " + date, dtype=object)


def _text(column: pd.Series | np.ndarray) -> np.ndarray:
    """Values as texts; an object array, so that texts can be added."""
    return np.array([str(value) for value in column.tolist()], dtype=object)


def _arcs_of(rows: pd.DataFrame) -> Arcs:
    return Arcs(
        before=rows["before"].to_numpy(np.int64),
        after=rows["after"].to_numpy(np.int64),
        lag=rows["lag"].to_numpy(np.int64),
        rule=rows["rule"].to_numpy(object),
        link=np.full(len(rows), "FS", dtype=object),
        evidence=rows["evidence"].to_numpy(object),
    )


def _glued(parts: list[Arcs]) -> Arcs:
    return Arcs(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in parts[0].__dataclass_fields__})


def _unheld(arcs: Arcs, whole: Programme) -> Arcs:
    """The arcs that are not yet in the network or past."""
    held = [_keys(whole.network.arcs), _keys(whole.past)]
    known = pd.Index(np.concatenate(held))
    return arcs.pick(~pd.Index(_keys(arcs)).isin(known))


def _keys(arcs: Arcs) -> np.ndarray:
    if not len(arcs):
        return np.empty(0, object)
    rule, *numbers = (_text(column) for column in (arcs.rule, arcs.before, arcs.after, arcs.lag))
    return np.asarray(rule + "|" + numbers[0] + "|" + numbers[1] + "|" + numbers[2], dtype=object)


def _soonest(tasks: Tasks, own: Arcs) -> Ints:
    """The first day each event can have by its own work alone."""
    inner = own.pick(own.rule == "WORK")
    return forward(Network(tasks, inner), np.where(tasks.frozen, tasks.start, tasks.earliest))


def _possible(tasks: Tasks, held: Arcs, arcs: Arcs) -> tuple[Arcs, Arcs]:
    """Held and new arcs together, and the new ones into what has happened that can no longer be kept."""
    gone = _too_late(tasks, held, arcs)
    return _glued([held, arcs.pick(~gone)]), arcs.pick(gone)


def _too_late(tasks: Tasks, held: Arcs, arcs: Arcs) -> np.ndarray:
    soonest = _soonest(tasks, held)
    return np.asarray(tasks.frozen[arcs.after] & (soonest[arcs.before] + arcs.lag > tasks.start[arcs.after]))


def _choices(rows: pd.DataFrame, whole: Programme) -> tuple[Choices, Arcs]:
    """The choices of the programme and new ones, and the nearest members of those that can no longer be kept."""
    known = whole.choices
    rows = rows.copy()
    rows["group"] = rows.groupby("sign", sort=True).ngroup() + 1 + int(known.group.max(initial=-1))
    rows["option"] = rows.groupby(["group", "option"], sort=True).ngroup() + 1 + int(known.option.max(initial=-1))
    fresh = _made(rows)
    tasks = whole.network.tasks
    late = _too_late(tasks, whole.network.arcs, fresh.arcs)
    open_ = _reachable(fresh, ~late)
    dead = np.setdiff1d(fresh.group, fresh.group[open_])
    lost = fresh.pick(np.isin(fresh.group, dead))
    near = lost.arcs.pick(lost.nearest(tasks.start)) if len(lost) else lost.arcs
    near = near.pick(tasks.start[near.after] < tasks.start[near.before] + near.lag)
    fresh = fresh.pick(open_)
    return known.joined(fresh), near


def _made(rows: pd.DataFrame) -> Choices:
    return Choices(
        _arcs_of(rows),
        rows["group"].to_numpy(np.int64),
        rows["option"].to_numpy(np.int64),
        rows["weight"].to_numpy(float),
        rows["need"].to_numpy(float),
    )


def _reachable(choices: Choices, possible: np.ndarray) -> np.ndarray:
    """Members that can still come, of options that can still weigh enough."""
    table = pd.DataFrame({"option": choices.option, "weight": choices.weight * possible, "need": choices.need})
    whole = table.groupby("option")["weight"].transform("sum") >= table["need"] - 1e-9
    return np.asarray(possible & whole.to_numpy(bool))


def _signed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a sign that two groups share when they have the same members: nothing is chosen twice."""
    if not len(rows):
        return rows.assign(sign=pd.Series(dtype=object))
    rows = rows.assign(option=_text(rows["option"]))
    rows = rows.sort_values(["rule", "after", "group", "option", "before"], kind="stable")
    rows["member"] = _text(rows["before"]) + "+" + _text(rows["lag"]) + "/" + rows["option"].to_numpy(object)
    whole = rows.groupby(["rule", "after", "group"], sort=False)["member"].transform(" ".join).to_numpy(object)
    sign = _text(rows["rule"]) + "|" + _text(rows["after"]) + "|" + whole
    return rows.assign(sign=sign).drop_duplicates(["sign", "option", "before"])


def with_near(whole: Programme, start: Ints) -> Programme:
    """The programme with its choices made: of each the members nearest to some starts, as plain arcs."""
    if not len(whole.choices):
        return whole
    near = whole.choices.arcs.pick(whole.choices.nearest(start))
    network = Network(whole.network.tasks, _glued([whole.network.arcs, near]))
    return replace(whole, network=network, choices=whole.choices.pick(np.zeros(len(whole.choices), bool)))


def works_network(whole: Programme, start: Ints | None = None) -> Network:
    """The same programme with one task for each work, from its first event to its last, as planners draw it."""
    tasks, arcs, found = whole.network.tasks, whole.network.arcs, whole.events
    day = tasks.start if start is None else start
    first, last = np.flatnonzero(found.first), np.flatnonzero(found.last)
    made = make_tasks(
        whole.works,
        day[last] - day[first],
        day[first],
        {
            "later": tasks.later[last],
            "earlier": tasks.earlier[first],
            "frozen": tasks.frozen[first],
            "earliest": tasks.earliest[first],
            "deadline": tasks.deadline[last],
        },
    )
    outer = arcs.pick(found.work[arcs.before] != found.work[arcs.after])
    ahead, behind = (
        day[outer.before] - day[first][found.work[outer.before]],
        day[outer.after] - day[first][found.work[outer.after]],
    )
    ends = np.where(found.last[outer.before] & ~found.first[outer.before], "F", "S").astype(object)
    tails = np.where(found.last[outer.after] & ~found.first[outer.after], "F", "S").astype(object)
    return Network(
        made,
        Arcs(
            before=found.work[outer.before],
            after=found.work[outer.after],
            lag=outer.lag + ahead - behind,
            rule=outer.rule,
            link=ends + tails,
            evidence=outer.evidence,
        ),
    )


def _no_left() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=object) for c in ("rule", "feature", "reason")})


def _sorted_left(parts: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([p for p in parts if len(p)] or parts[:1])
    columns = ["rule", "feature", "reason"]
    return table[columns].astype(str).drop_duplicates().sort_values(columns, ignore_index=True)
