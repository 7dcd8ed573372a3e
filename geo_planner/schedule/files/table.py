"""One table of tasks and one of links, whatever file they come from, and the way into a network and onto features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ScheduleError
from ...plan import Edit
from ..network import ANY_DAY, Ints, Links, Network, Tasks, arcs_of, make_tasks, require_sound, to_dates, to_days

TASK_COLUMNS = ("id", "name", "start", "finish", "days")
LINK_COLUMNS = ("before", "after", "link", "gap")


@dataclass(frozen=True, eq=False)
class ScheduleTable:
    """Tasks (id, name, start, finish: dates, days; null where missing) and links (before, after, link, gap in days).

    `finish` is the day after the last day of work, so that days = finish - start; a milestone has both equal. `days`
    alone stands for a task whose dates are not set yet.
    """

    tasks: pd.DataFrame
    links: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Joined:
    """Which task belongs to which feature: `pairs` (task, layer, id, by), and what found no partner on either side."""

    pairs: pd.DataFrame
    tasks_left: pd.DataFrame
    features_left: pd.DataFrame


def table_of(tasks: Sequence[Mapping[str, object]], links: Sequence[Mapping[str, object]]) -> ScheduleTable:
    """A table from rows, typed; rows keep their order."""
    frame = pd.DataFrame(list(tasks), columns=list(TASK_COLUMNS))
    for column in ("start", "finish"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ms]")
    frame = frame.astype({"id": "str", "name": "str", "days": "Int64"})
    bound = pd.DataFrame(list(links), columns=list(LINK_COLUMNS))
    return ScheduleTable(frame, bound.astype({"before": "str", "after": "str", "link": "str", "gap": "int64"}))


def network_of(table: ScheduleTable) -> Network:
    """The network of a table; a task without dates may be placed anywhere, and lasts its `days`, or no time.

    ScheduleError names tasks that repeat an id, finish before they start or wait for one another in a circle, and
    predecessors that are no task.
    """
    start, finish = to_days(table.tasks["start"]), to_days(table.tasks["finish"])
    begin = np.where(start > ANY_DAY, start, finish)
    alone = table.tasks["days"].fillna(0).to_numpy(np.int64)
    duration = np.where((begin > ANY_DAY) & (finish > ANY_DAY), finish - begin, alone)
    tasks = make_tasks(table.tasks["id"].to_numpy(object), duration, begin)
    _require_unique(tasks)
    bound = table.links
    links = Links(
        before=bound["before"].tolist(),
        after=bound["after"].tolist(),
        link=bound["link"].tolist(),
        gap=bound["gap"].tolist(),
        rule=["link"] * len(bound),
        evidence=[""] * len(bound),
    )
    network = Network(tasks, arcs_of(tasks, links))
    require_sound(network)
    return network


def _require_unique(tasks: Tasks) -> None:
    ids, count = np.unique(tasks.ids.astype(str), return_counts=True)
    if (count > 1).any():
        names = ", ".join(f"'{i}'" for i in ids[count > 1][:5])
        msg = f"tasks {names} occur more than once. Give every task its own id."
        raise ScheduleError(msg)


def with_dates(table: ScheduleTable, network: Network, start: Ints) -> ScheduleTable:
    """The table with the dates of a new schedule."""
    columns = {"start": to_dates(start), "finish": to_dates(start + network.tasks.duration)}
    dates = pd.DataFrame(columns, index=network.tasks.ids.astype(str))
    rows = dates.loc[table.tasks["id"]].reset_index(drop=True).astype("datetime64[ms]")
    return ScheduleTable(table.tasks.assign(start=rows["start"], finish=rows["finish"]), table.links)


def join(table: ScheduleTable, features: pd.DataFrame) -> Joined:
    """Tasks joined to features (columns layer, id, name): by id first, then by a name that is the only one of its kind.

    Spaces at the ends and the case of letters don't matter. Everything without a partner is listed, on both sides.
    """
    tasks = table.tasks.assign(key_id=_key(table.tasks["id"]), key_name=_key(table.tasks["name"]))
    features = features.assign(key_id=_key(features["id"]), key_name=_key(features["name"]))
    by_id = _pairs(tasks, features, "key_id", "id")
    rest = tasks[~tasks["id"].isin(by_id["task"])]
    open_features = features[~features["id"].isin(by_id["id"])]
    by_name = _pairs(rest, open_features, "key_name", "name")
    pairs = pd.concat([by_id, by_name], ignore_index=True).sort_values(["task", "layer", "id"], ignore_index=True)
    left = tasks[~tasks["id"].isin(pairs["task"])]
    kept = pd.MultiIndex.from_frame(pairs[["layer", "id"]])
    lone = features[~pd.MultiIndex.from_frame(features[["layer", "id"]]).isin(kept)]
    return Joined(
        pairs,
        left[["id", "name"]].sort_values("id", ignore_index=True),
        lone[["layer", "id", "name"]].sort_values(["layer", "id"], ignore_index=True),
    )


def retimes(
    table: ScheduleTable, joined: Joined, *, columns: tuple[str, str] = ("start", "finish")
) -> tuple[Edit, ...]:
    """The dates of joined tasks as edits of features, sorted by layer and id; missing dates change nothing."""
    rows = joined.pairs.merge(table.tasks[["id", "start", "finish"]].rename(columns={"id": "task"}), on="task")
    rows = rows.sort_values(["layer", "id"])
    edits = []
    for layer, feature, task, start, finish in rows[["layer", "id", "task", "start", "finish"]].to_numpy().tolist():
        dates = dict(zip(columns, (start, finish), strict=True))
        value = {name: f"{day:%Y-%m-%d}" for name, day in dates.items() if not pd.isna(day)}
        if value:
            edits.append(Edit("retime", layer, feature, value, f"task {task} of the imported schedule", "import"))
    return tuple(edits)


def _key(words: pd.Series) -> pd.Series:
    return words.astype("str").str.strip().str.casefold()


def _pairs(tasks: pd.DataFrame, features: pd.DataFrame, key: str, by: str) -> pd.DataFrame:
    single = features[~features[key].duplicated(keep=False) & features[key].notna() & (features[key] != "")]
    mine = tasks[~tasks[key].duplicated(keep=False) & tasks[key].notna() & (tasks[key] != "")]
    both = mine[["id", key]].rename(columns={"id": "task"}).merge(single[["layer", "id", key]], on=key)
    return both.assign(by=by)[["task", "layer", "id", "by"]]
