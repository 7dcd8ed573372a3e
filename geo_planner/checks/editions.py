"""Numbers that a profile dates: each row is judged by the edition in force on the day of its grant, or its start.

The check itself knows one number only; it is asked once for each edition that some row falls under, and each row keeps the
answer of its own. A row before the first edition or between two, and a feature without a day, are unknown: a blank day must not hide behind a
laxer edition. What is found of no one feature (a kind of service) falls under the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..plan import Findings, Plan, Profile
from ..plan.editions import in_force
from .contract import Check

Array = np.ndarray[Any, Any]
_DAYS = ("released", "start", "finish")


def by_edition(check: Check, profile: Profile, plan: Plan, judge: Callable[[Any], Findings]) -> Findings:
    """Return what `judge` finds with the parameters of a check, row by row by the edition of its day."""
    params, dated = check.bind(profile), check.editions(profile)
    if not dated:
        return judge(params)
    bounds = _bounds(dated)
    outs, no_edition = [], []
    for number in range(len(bounds) + 1):
        day = bounds[number - 1 : number] if number else bounds[:1] - np.timedelta64(1, "D")
        now = {name: float(in_force(value, day)[0]) for name, value in dated.items()}
        mine = (number, bounds, _last(dated))
        if any(np.isnan(v) for v in now.values()):
            no_edition.append(mine)
            continue
        outs.append(_of_edition(plan, judge(replace(params, **now)), mine))
    return _together(check, plan, outs, no_edition)


def _bounds(dated: dict[str, Any]) -> Array:
    """The days on which some number changes."""
    first = {e[0] for value in dated.values() for e in value if e[0]}
    after = {str(np.datetime64(e[1]) + 1) for value in dated.values() for e in value if e[1]}
    return np.array(sorted(first | after), dtype="datetime64[D]")


def _last(dated: dict[str, Any]) -> np.datetime64:
    """The first day on which every number is of its last edition: that of works to come."""
    return np.datetime64(max(max(value)[0] or "1900-01-01" for value in dated.values()))


def _mine(plan: Plan, layer: Any, ids: Any, of: tuple[int, Array, np.datetime64]) -> Array:
    """Which features fall between the bounds of an edition by their day."""
    number, bounds, last = of
    out = np.zeros(len(ids), dtype=bool)
    for name in np.unique(np.asarray(layer, dtype=str)):
        at = np.flatnonzero(np.asarray(layer, dtype=str) == name)
        days, named = _day(plan, name), np.asarray(ids, dtype=str)[at]
        day = np.where(np.isin(named, days.index), days.reindex(named).to_numpy(dtype="datetime64[D]"), last)
        out[at] = ~np.isnat(day) & (np.searchsorted(bounds, day, side="right") == number)
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


def _of_edition(plan: Plan, out: Findings, of: tuple[int, Array, np.datetime64]) -> Findings:
    rows = out.rows[_mine(plan, out.rows["layer"], out.rows["id"], of)]
    unknown = out.unknown[_mine(plan, out.unknown["layer"], out.unknown["id"], of)]
    if out.subjects is None:
        return replace(out, rows=rows, unknown=unknown)
    layer, ids = out.subjects
    kept = tuple(np.asarray(ids, dtype=object)[_mine(plan, [layer] * len(ids), ids, of)])
    return Findings(rows, len(kept), unknown, (layer, kept))


def _together(
    check: Check, plan: Plan, outs: list[Findings], open_: list[tuple[int, Array, np.datetime64]]
) -> Findings:
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
