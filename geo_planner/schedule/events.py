"""The dates of a plan as events on a clock: which have happened, what each costs to move, what holds them together.

A work is a feature with its dates: a pipe from start to acceptance, a road with its paving, a parcel from start to use;
a permit or the release of land is a single day. Each date is an event of its own. Before the status day an event has
happened and stays. What is ahead may move: later as far as need be, sooner only as far as the work's own lengths allow,
for from one event to the next at least the declared days are kept. So works that have begun keep their remaining
lengths, and their paving, completion or first use can still be put off.

A work pays once: for the days its last event slips, and for the days its first event is brought forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import ScheduleError, did_you_mean
from ..plan import Plan
from ..read.schedules import Calendar
from .network import ANY_DAY, NO_DEADLINE, Arcs, Floats, Ints, Tasks, make_tasks, to_days

DATES = {
    "approvals": ("start",),
    "sources": ("start", "finish"),
    "pipes": ("start", "finish"),
    "roads": ("start", "paved", "finish"),
    "parcels": ("start", "finish", "used"),
    "release": ("released",),
}
"""The dates of a work in their order, by part of the plan; `release` is the grant of a parcel's land."""
COLUMNS = ("released", "start", "paved", "finish", "used")
ENDS = {"approvals": "finish", "sources": "removed", "pipes": "removed", "roads": "overhauled", "parcels": "removed"}
"""Dates that do not move: what they end has to come before."""
WORK = "WORK"
"""The rule of arcs within one work: its own lengths, and land released before works on it."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The price of a day's shift of one work by part of the plan; hurrying costs `hurry` times as much.

    `works` gives single works, named "pipes/JS-01", their own price.
    """

    approvals: float = 1.0
    sources: float = 2.0
    pipes: float = 1.0
    roads: float = 1.0
    parcels: float = 2.0
    release: float = 1.0
    hurry: float = 1.0
    works: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holds:
    """What a planner fixes by hand, by work ("parcels/A"): works that must not move, and last days of others.

    `calendars` gives parts of the plan ("pipes") the working days that the lengths of their works are counted in.
    """

    frozen: tuple[str, ...] = ()
    deadlines: tuple[tuple[str, str], ...] = ()
    calendars: tuple[tuple[str, Calendar], ...] = ()


@dataclass(frozen=True, eq=False)
class Events:
    """One row for each date: part, work (id of the feature), date (column), day, and the last day it may have.

    `work` numbers the works in the order of part and id; `first` and `last` mark the ends of each work.
    """

    table: pd.DataFrame
    work: Ints
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.table)

    @property
    def names(self) -> np.ndarray:
        """A name for each event, such as "parcels/A used"."""
        t = self.table
        return np.asarray((t["part"] + "/" + t["feature"] + " " + t["date"]).to_numpy(object))

    @property
    def works(self) -> np.ndarray:
        """A name for the work of each event, such as "parcels/A"."""
        return np.asarray((self.table["part"] + "/" + self.table["feature"]).to_numpy(object))


def events_of(plan: Plan) -> Events:
    """All dated events of a plan, sorted by part, feature and the order of dates.

    ScheduleError names features whose ids repeat, and those whose dates run backwards.
    """
    frames = [_events_of_part(plan, part, dates) for part, dates in DATES.items()]
    table = pd.concat([f for f in frames if len(f)] or frames, ignore_index=True)
    table = table.sort_values(["part", "feature", "turn"], kind="stable", ignore_index=True)
    name = (table["part"] + "/" + table["feature"]).to_numpy(object)
    new = np.r_[True, name[1:] != name[:-1]] if len(name) else np.empty(0, bool)
    found = Events(table, np.cumsum(new) - 1, new, np.r_[new[1:], True] if len(name) else new)
    _require_order(found, name)
    return found


def declared_days(plan: Plan) -> dict[str, int]:
    """The day of each event of a plan by its name, sound or not."""
    tables = [t for part, dates in DATES.items() if len(t := _events_of_part(plan, part, dates))]
    if not tables:
        return {}
    table = pd.concat(tables, ignore_index=True)
    names = table["part"] + "/" + table["feature"] + " " + table["date"]
    return dict(zip(names.tolist(), table["day"].astype("int64").tolist(), strict=True))


def _events_of_part(plan: Plan, part: str, dates: tuple[str, ...]) -> pd.DataFrame:
    layer = "parcels" if part == "release" else part
    if layer not in plan.layers:
        return pd.DataFrame({c: pd.Series(dtype=object) for c in ("part", "feature", "date", "turn", "day", "end")})
    frame = plan[layer]
    end = to_days(frame[ENDS[part]]) if part in ENDS else np.full(len(frame), ANY_DAY)
    feature = frame["id"].astype(str).to_numpy(object)
    blocks = [
        pd.DataFrame({"part": part, "feature": feature, "date": d, "turn": k, "day": to_days(frame[d]), "end": end})
        for k, d in enumerate(dates)
    ]
    table = pd.concat(blocks, ignore_index=True)
    return table[table["day"] > ANY_DAY]


def _require_order(found: Events, name: np.ndarray) -> None:
    t = found.table
    again = t.duplicated(["part", "feature", "date"]).to_numpy()
    if again.any():
        msg = f"tasks {_some(np.unique(name[again]))} occur more than once. Give every task its own id."
        raise ScheduleError(msg)
    day = t["day"].to_numpy(np.int64)
    back = np.flatnonzero(~found.first)
    back = back[day[back] < day[back - 1]]
    if len(back):
        msg = f"tasks {_some(np.unique(name[back]))} finish before they start. Mend the two dates."
        raise ScheduleError(msg)


def _some(names: np.ndarray, most: int = 5) -> str:
    shown = ", ".join(f"'{n}'" for n in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def tasks_of(found: Events, today: int | None, weights: Weights, holds: Holds) -> Tasks:
    """The events as tasks without length; what happened before `today` is frozen, nothing else comes before it."""
    day = found.table["day"].to_numpy(np.int64)
    price = _prices(found, weights)
    end = found.table["end"].to_numpy(np.int64)
    # An end that the declared dates already pass is a fault that DA907 names; it binds nothing here.
    deadline = np.where((end > ANY_DAY) & (end >= day), end, NO_DEADLINE)
    deadline = _with_deadlines(found, deadline, holds, today)
    return make_tasks(
        found.names,
        np.zeros(len(day), np.int64),
        day,
        {
            "later": np.where(found.last, price, 0.0),
            "earlier": np.where(found.first, price * weights.hurry, 0.0),
            "frozen": (day < today if today is not None else False) | np.isin(found.works, list(holds.frozen)),
            "earliest": ANY_DAY if today is None else today,
            "deadline": deadline,
        },
    )


def _prices(found: Events, weights: Weights) -> Floats:
    price: Floats = found.table["part"].map({p: getattr(weights, p) for p in DATES}).to_numpy(float).copy()
    own = dict(weights.works)
    _require_works(found, own, "a weight")
    for name, value in own.items():
        if not value > 0:
            msg = f"the weight of '{name}' is {value}; a weight is a number above 0."
            raise ScheduleError(msg)
        price[found.works == name] = value
    return price


def _with_deadlines(found: Events, deadline: Ints, holds: Holds, today: int | None) -> Ints:
    given = dict(holds.deadlines)
    _require_works(found, given, "a deadline")
    _require_works(found, dict.fromkeys(holds.frozen), "a freeze")
    days = to_days(list(given.values())) if given else np.empty(0, np.int64)
    if today is not None and (days < today).any():
        wrong = [name for name, day in zip(given, days.tolist(), strict=True) if day < today]
        day = np.datetime64(today, "D")
        msg = f"tasks {_some(np.array(wrong))} have a deadline before the status date ({day}). Move the deadline."
        raise ScheduleError(msg)
    out = deadline.copy()
    for name, day in zip(given, days.tolist(), strict=True):
        mine = (found.works == name) & found.last
        out[mine] = np.minimum(out[mine], day)
    return out


def _require_works(found: Events, given: Mapping[str, object], what: str) -> None:
    known = set(found.works.tolist())
    for name in given:
        if name not in known:
            msg = f"{what} is given for '{name}', which is no dated work of the plan." + did_you_mean(name, known)
            raise ScheduleError(msg)


def own_arcs(found: Events) -> Arcs:
    """From each event to the next of its work at least the declared days; land is released before works on it."""
    t = found.table
    day = t["day"].to_numpy(np.int64)
    after = np.flatnonzero(~found.first)
    before = after - 1
    place = {name: k for k, name in enumerate(found.names.tolist())}
    start = np.flatnonzero(found.first & (t["part"] == "parcels").to_numpy())
    grant = np.array([place.get(f"release/{i} released", -1) for i in t["feature"].to_numpy(object)[start]], np.int64)
    kept = (grant >= 0) & (day[np.maximum(grant, 0)] <= day[start])
    grant, start = grant[kept], start[kept]
    lag = np.r_[day[after] - day[before], np.zeros(len(start), np.int64)]
    size = len(lag)
    return Arcs(
        before=np.r_[before, grant].astype(np.int64),
        after=np.r_[after, start].astype(np.int64),
        lag=lag.astype(np.int64),
        rule=np.full(size, WORK, dtype=object),
        link=np.full(size, "FS", dtype=object),
        evidence=np.full(size, "", dtype=object),
    )
