"""Numbers that a profile dates: each row is judged by the edition in force on the day of its grant, or its start.

The check itself knows one number only; it is asked once for each edition that some row falls under, and each row keeps the
answer of its own. A row before the first edition or between two, and a feature without a day, are unknown: a blank day must not hide behind a
laxer edition. What is found of no one feature (a kind of service) falls under the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..lang import slots
from ..plan import Findings, Plan, Profile
from ..plan.editions import edition_on
from .contract import Check
from .waits import together, unkept

Array = np.ndarray[Any, Any]
_DAYS = ("released", "start", "finish")


def by_edition(check: Check, profile: Profile, plan: Plan, judge: Callable[[Any], Findings]) -> Findings:
    """Return what `judge` finds with the parameters of a check, row by row by the edition of its day."""
    params, dated = check.bind(profile), check.editions(profile)
    if not dated:
        return judge(params)
    told = slots(check.zh.message) | slots(check.en.message)
    outs, no_edition = [], []
    for mine, now in _editions(dated):
        if now is None:
            no_edition.append(mine)
            continue
        out = _of_edition(plan, judge(replace(params, **now)), mine)
        said = {name: value for name, value in now.items() if name in told}
        outs.append(_saying(out, said) if said else out)
    return _together(check, plan, outs, no_edition)


def waits_by_edition(check: Check, profile: Profile, plan: Plan) -> pd.DataFrame:
    """Return the arcs of a check that has some, each by the edition that judges the feature which waits.

    A feature without an edition keeps no arc and is named; one without a day waits by the last, for its day is to come.
    """
    params, dated = check.bind(profile), check.editions(profile)
    waits = check.waits
    if waits is None or not dated:
        return pd.DataFrame() if waits is None else waits(plan, params)
    parts = []
    for mine, now in _editions(dated):
        arcs = waits(plan, replace(params, **(now or {})))
        own = arcs[_mine(plan, arcs["after_layer"], arcs["after_id"], mine, undated=mine[0] == len(mine[1]))]
        if now is None:
            events = own.drop_duplicates(["after_layer", "after_date", "after_id"])
            named = events.groupby(["after_layer", "after_date"], sort=True)["after_id"]
            own = together([unkept(event, ids.to_numpy(), "no_edition") for event, ids in named])
        parts.append(own)
    return together(parts)


def reach_of_editions(check: Check, profile: Profile, plan: Plan) -> float | None:
    """Return how far a check looks [m] under the edition that looks farthest; None where one may look anywhere."""
    params, dated = check.bind(profile), check.editions(profile)
    reaches = [check.reach(plan, replace(params, **now)) for _, now in _editions(dated) if now is not None]
    known = [far for far in reaches or [check.reach(plan, params)] if far is not None]
    return max(known) if len(known) == max(len(reaches), 1) else None


def of_each(check: Check, profile: Profile, plan: Plan, layer: str, name: str) -> Array:
    """Return a parameter of a check as each feature of a layer is judged by it; the last edition's where none is its own."""
    out = np.full(len(plan[layer]), getattr(check.bind(profile), name), dtype=object)
    ids = plan[layer]["id"].astype(str).to_numpy(dtype=object)
    for mine, now in _editions(check.editions(profile)):
        if now is not None and name in now:
            out[_mine(plan, [layer] * len(ids), ids, mine)] = now[name]
    return out


Of = tuple[int, Array, np.datetime64]
"""The number of an edition, the days on which editions begin, and the day that stands for works to come."""


def _editions(dated: dict[str, Any]) -> Iterator[tuple[Of, dict[str, Any] | None]]:
    """Each time in which the numbers stay the same, with the numbers; None where one of them has no edition then."""
    bounds = _bounds(dated) if dated else np.empty(0, dtype="datetime64[D]")
    for number in range(len(bounds) + 1 if dated else 0):
        day = bounds[number - 1] if number else bounds[0] - np.timedelta64(1, "D")
        now = {name: edition_on(value, day) for name, value in dated.items()}
        held = {name: float(v) if isinstance(v, int) and not isinstance(v, bool) else v for name, v in now.items()}
        yield (number, bounds, _last(dated)), None if None in now.values() else held


def _saying(out: Findings, values: dict[str, Any]) -> Findings:
    """The same findings, each telling the numbers by which it was judged to its sentence."""
    rows = out.rows.copy(deep=False)
    rows["args"] = rows["args"].array.beside(values)
    return replace(out, rows=rows)


def _bounds(dated: dict[str, Any]) -> Array:
    """The days on which some number changes."""
    first = {e[0] for value in dated.values() for e in value if e[0]}
    after = {str(np.datetime64(e[1]) + 1) for value in dated.values() for e in value if e[1]}
    return np.array(sorted(first | after), dtype="datetime64[D]")


def _last(dated: dict[str, Any]) -> np.datetime64:
    """The first day on which every number is of its last edition: that of works to come."""
    return np.datetime64(max(max(value)[0] or "1900-01-01" for value in dated.values()))


def _mine(plan: Plan, layer: Any, ids: Any, of: Of, *, undated: bool = False) -> Array:
    """Which features fall between the bounds of an edition by their day; those without a day where `undated` says so."""
    number, bounds, last = of
    out = np.zeros(len(ids), dtype=bool)
    for name in np.unique(np.asarray(layer, dtype=str)):
        at = np.flatnonzero(np.asarray(layer, dtype=str) == name)
        days, named = _day(plan, name), np.asarray(ids, dtype=str)[at]
        day = np.where(np.isin(named, days.index), days.reindex(named).to_numpy(dtype="datetime64[D]"), last)
        dayless = np.isnat(day)
        out[at] = np.where(dayless, undated, np.searchsorted(bounds, day, side="right") == number)
    return out


def _day(plan: Plan, layer: str) -> pd.Series:
    """The day of each feature of a layer by id: of its grant, else its start, else its finish."""
    if layer not in plan:
        return pd.Series(dtype="datetime64[ns]")
    frame = plan[layer]
    days = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    for column in (c for c in _DAYS if c in frame):
        days = days.fillna(frame[column])
    return pd.Series(days.to_numpy(), index=frame["id"].astype(str)).groupby(level=0).first()


def _of_edition(plan: Plan, out: Findings, of: Of) -> Findings:
    rows = out.rows[_mine(plan, out.rows["layer"], out.rows["id"], of)]
    unknown = out.unknown[_mine(plan, out.unknown["layer"], out.unknown["id"], of)]
    if out.subjects is None:
        return replace(out, rows=rows, unknown=unknown)
    layer, ids = out.subjects
    kept = tuple(np.asarray(ids, dtype=object)[_mine(plan, [layer] * len(ids), ids, of)])
    return Findings(rows, len(kept), unknown, (layer, kept))


def _together(check: Check, plan: Plan, outs: list[Findings], open_: list[Of]) -> Findings:
    rows = pd.concat([o.rows for o in outs], ignore_index=True)
    layer = outs[0].subjects[0] if outs[0].subjects else check.layers[0]
    ids = plan[layer]["id"].astype(str).to_numpy(dtype=object)
    lost = [ids[_mine(plan, [layer] * len(ids), ids, of)] for of in open_]
    undated = ids[_day(plan, layer).reindex(ids).isna().to_numpy()]
    told = [*((some, "no_edition") for some in lost), (undated, "no_date")]
    more = [pd.DataFrame({"layer": layer, "id": some, "reason": why}, dtype="str") for some, why in told]
    unknown = pd.concat([*(o.unknown for o in outs), *more], ignore_index=True)
    if outs[0].subjects:
        named = tuple(name for o in outs if o.subjects for name in o.subjects[1])
        return Findings(rows, len(named), unknown, (layer, named))
    judged = max(o.judged for o in outs) - sum(len(some) for some, _ in told)
    return Findings(rows, max(judged, 0), unknown)
