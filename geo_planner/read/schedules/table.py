"""A schedule file as tables: tasks with what the file says of them, their links, and what joins them to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ...errors import ScheduleError
from ...plan import Edit
from ...plan.changes import CENTURY
from .calendar import Calendar

TASK_COLUMNS = (
    "id",
    "name",
    "start",
    "finish",
    "days",
    "wbs",
    "feature",
    "percent",
    "actual_start",
    "actual_finish",
    "baseline_start",
    "baseline_finish",
    "constraint",
    "constraint_date",
    "deadline",
)
LINK_COLUMNS = ("before", "after", "link", "gap", "working", "calendar")
DAYS = (
    "start",
    "finish",
    "actual_start",
    "actual_finish",
    "baseline_start",
    "baseline_finish",
    "constraint_date",
    "deadline",
)
TEXTS = ("id", "name", "wbs", "feature", "constraint")
BY = (
    ("feature", "key"),
    ("feature", "id"),
    ("id", "key"),
    ("id", "id"),
    ("wbs", "key"),
    ("wbs", "id"),
    ("name", "key"),
    ("name", "id"),
    ("name", "name"),
)
"""How tasks and features are joined, the surest first: a field of the task, and that of the feature it must equal."""
FIRST, LAST = ("start", "released"), ("finish",)


@dataclass(frozen=True, eq=False)
class ScheduleTable:
    """Tasks and links of a file.

    Tasks: id, name, start, finish (dates), days, wbs, feature (a user field that names a feature), percent (complete),
    actual_start, actual_finish, baseline_start, baseline_finish, constraint (as the file names it), constraint_date,
    deadline; null where the file says nothing. Links: before, after, link, gap in calendar days; where the file gives
    the lag in working time, also the working days and the name of their calendar in `calendars`.

    `finish` is the day after the last day of work, so that days = finish - start; a milestone has both equal. `days`
    alone stands for a task whose dates are not set yet. `start` and `finish` are the forecast, actual where known.
    """

    tasks: pd.DataFrame
    links: pd.DataFrame
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """Sentences on what the file holds and is not kept."""


@dataclass(frozen=True, eq=False)
class Joined:
    """Which task belongs to which feature (`pairs`: task, layer, id, by, date), and what found no partner.

    `date` is the one date a task stands for ("used" of "parcels/A used"), or "" for a work from start to finish.
    """

    pairs: pd.DataFrame
    tasks_left: pd.DataFrame
    features_left: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """How many tasks were joined how: by, tasks."""
        return self.pairs.groupby("by").size().rename("tasks").reset_index()


def table_of(
    tasks: Sequence[Mapping[str, object]],
    links: Sequence[Mapping[str, object]],
    calendars: Mapping[str, Calendar] | None = None,
    notes: Sequence[str] = (),
) -> ScheduleTable:
    """A table from rows, typed; rows keep their order."""
    frame = pd.DataFrame(list(tasks), columns=list(TASK_COLUMNS))
    for column in DAYS:
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ms]")
    frame = frame.astype({**dict.fromkeys(TEXTS, "str"), "days": "Int64", "percent": "Float64"})
    _require_shares(frame)
    bound = pd.DataFrame(list(links), columns=list(LINK_COLUMNS))
    kinds = {"before": "str", "after": "str", "link": "str", "gap": "int64", "working": "Float64", "calendar": "str"}
    bound = bound.astype(kinds)
    _require_lags(bound)
    return ScheduleTable(frame, bound, calendars or {}, tuple(dict.fromkeys(notes)))


def _require_shares(tasks: pd.DataFrame) -> None:
    wrong = tasks[(tasks["percent"] < 0) | (tasks["percent"] > 100)]
    if len(wrong):
        task, share = wrong["id"].iloc[0], float(wrong["percent"].iloc[0])
        msg = f"task '{task}' ({len(wrong)} in all) is {share:g} % complete; it can be from 0 to 100."
        raise ScheduleError(msg)


def _require_lags(links: pd.DataFrame) -> None:
    lag = links["working"].fillna(links["gap"].astype("Float64"))
    for before, after, days in links.assign(lag=lag)[lag.abs() > CENTURY][["before", "after", "lag"]].to_numpy():
        require_lag(before, after, days)


def require_lag(before: str, after: str, days: float) -> None:
    """Raise ScheduleError where a lag is longer than a century."""
    if abs(days) > CENTURY:
        msg = f"the lag between tasks '{before}' and '{after}' is {days:.0f} days; at most {CENTURY} (a century) count."
        raise ScheduleError(msg)


def join(table: ScheduleTable, features: pd.DataFrame) -> Joined:
    """Tasks joined to features (columns layer, id, name): by user field, id, WBS, then name, the surest first.

    A field may hold the id, "layer/id", or "layer/id date" for one date such as "parcels/A used"; a name counts only
    where it is the only one of its kind. Spaces at the ends and the case of letters don't matter. Everything without a
    partner is listed, on both sides.
    """
    keys = _feature_keys(features)
    tasks = table.tasks
    pairs: list[pd.DataFrame] = []
    open_tasks = tasks
    for theirs, key in BY:
        found = _pairs(open_tasks, keys, theirs, key)
        if pairs:
            taken = pd.MultiIndex.from_frame(pd.concat(pairs)[["layer", "id", "date"]])
            found = found[~pd.MultiIndex.from_frame(found[["layer", "id", "date"]]).isin(taken)]
        pairs.append(found)
        open_tasks = open_tasks[~open_tasks["id"].isin(found["task"])]
    both = pd.concat(pairs, ignore_index=True).sort_values(["task", "layer", "id"], ignore_index=True)
    kept = pd.MultiIndex.from_frame(both[["layer", "id"]])
    lone = features[~pd.MultiIndex.from_frame(features[["layer", "id"]]).isin(kept)]
    return Joined(
        both,
        open_tasks[["id", "name"]].sort_values("id", ignore_index=True),
        lone[["layer", "id", "name"]].sort_values(["layer", "id"], ignore_index=True),
    )


def _feature_keys(features: pd.DataFrame) -> pd.DataFrame:
    """One row for each name a feature goes by: its id, its name, and "layer/id" with and without a date."""
    plain = features.assign(date="", key=features["layer"].astype(str) + "/" + features["id"].astype(str))
    dated = [
        plain.assign(date=date, key=plain["key"] + " " + date, id_key=None, name_key=None)
        for date in ("start", "paved", "finish", "used", "released")
    ]
    grant = plain[plain["layer"] == "parcels"]
    grants = [
        grant.assign(date="released", key="release/" + grant["id"].astype(str) + end, id_key=None, name_key=None)
        for end in ("", " released")
    ]
    table = pd.concat([plain.assign(id_key=plain["id"], name_key=plain["name"]), *dated, *grants], ignore_index=True)
    return pd.DataFrame(
        {
            "layer": table["layer"],
            "id": table["id"],
            "date": table["date"],
            "key": _key(table["key"]),
            "id_key": _key(table["id_key"]),
            "name_key": _key(table["name_key"]),
        }
    )


def _pairs(tasks: pd.DataFrame, keys: pd.DataFrame, field: str, key: str) -> pd.DataFrame:
    column = key if key == "key" else f"{key}_key"
    theirs = keys[keys[column].notna() & (keys[column] != "")]
    # A name that two features share, or two tasks, joins neither: nobody could say which is meant.
    theirs = theirs[~theirs.duplicated(column, keep=False)]
    mine = tasks.assign(word=_key(tasks[field]))[["id", "word"]].rename(columns={"id": "task"})
    mine = mine[mine["word"].notna() & (mine["word"] != "") & ~mine["word"].duplicated(keep=False)]
    both = mine.merge(theirs, left_on="word", right_on=column)
    return both.assign(by=field)[["task", "layer", "id", "by", "date"]]


def _key(words: pd.Series) -> pd.Series:
    return words.astype("str").str.strip().str.casefold()


def retimes(table: ScheduleTable, joined: Joined, features: pd.DataFrame | None = None) -> tuple[Edit, ...]:
    """The dates of joined tasks as edits of features, sorted by layer and id; missing dates change nothing.

    With `features` (layer, id and their dates) the other dates of a work move together with the one they follow:
    paving and first use with completion. A permit has only its day. A task that stands for one date sets that alone.
    """
    rows = joined.pairs.merge(table.tasks[["id", "start", "finish"]].rename(columns={"id": "task"}), on="task")
    known = {} if features is None else {(r["layer"], r["id"]): r for r in features.to_dict("records")}
    values: dict[tuple[str, str], dict[str, str]] = {}
    tasks: dict[tuple[str, str], list[str]] = {}
    for row in rows.sort_values(["layer", "id", "date"]).to_dict("records"):
        key = (str(row["layer"]), str(row["id"]))
        values.setdefault(key, {}).update(_dates_of(row, known.get(key, {})))
        tasks.setdefault(key, []).append(str(row["task"]))
    return tuple(
        Edit("retime", *key, value, f"task {', '.join(tasks[key])} of the imported schedule", "import")
        for key, value in sorted(values.items())
        if value
    )


def _dates_of(row: Mapping[str, Any], feature: Mapping[str, Any]) -> dict[str, str]:
    if row["date"]:
        day = row["start"] if row["date"] in FIRST else row["finish"]
        day = day if not pd.isna(day) else row["start"]
        return {} if pd.isna(day) else {str(row["date"]): f"{day:%Y-%m-%d}"}
    columns = ("start",) if row["layer"] == "approvals" else ("start", "finish")
    out: dict[str, Any] = {name: row[name] for name in columns if not pd.isna(row[name])}
    was = feature.get("finish")
    if "finish" in out and was is not None and not pd.isna(was):
        for name in ("paved", "used"):
            if (day := feature.get(name)) is not None and not pd.isna(day):
                out[name] = max(day + (out["finish"] - was), out.get("start", day + (out["finish"] - was)))
    return {name: f"{day:%Y-%m-%d}" for name, day in out.items()}
