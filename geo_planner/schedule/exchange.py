"""Schedule files as networks: a file's tables as tasks and links, and its dates replaced by those of a schedule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import ScheduleError
from ..read.schedules import ScheduleTable
from .network import (
    ANY_DAY,
    NO_DEADLINE,
    Ints,
    Links,
    Network,
    Tasks,
    arcs_of,
    make_tasks,
    require_sound,
    to_dates,
    to_days,
)


def network_of(table: ScheduleTable) -> Network:
    """The network of a table; a task without dates may be placed anywhere, and lasts its `days`, or no time.

    ScheduleError names tasks that repeat an id, finish before they start or wait for one another in a circle, and
    predecessors that are no task.
    """
    start, finish = to_days(table.tasks["start"]), to_days(table.tasks["finish"])
    begin = np.where(start > ANY_DAY, start, finish)
    alone = table.tasks["days"].fillna(0).to_numpy(np.int64)
    duration = np.where((begin > ANY_DAY) & (finish > ANY_DAY), finish - begin, alone)
    given = {"frozen": table.tasks["actual_finish"].notna().to_numpy(), "deadline": _latest(table, duration)}
    given["earliest"] = _earliest(table, duration)
    tasks = make_tasks(table.tasks["id"].to_numpy(object), duration, begin, given)
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


def _latest(table: ScheduleTable, duration: Ints) -> Ints:
    """The last finish of each task: its deadline, or what a constraint on its finish or start allows."""
    due = to_days(table.tasks["deadline"])
    due = np.where(due > ANY_DAY, due, NO_DEADLINE)
    ends, starts = (_held(table, kinds) for kinds in (LAST_FINISH, LAST_START))
    due = np.minimum(due, np.where(ends > ANY_DAY, ends, NO_DEADLINE))
    return np.minimum(due, np.where(starts > ANY_DAY, starts + duration, NO_DEADLINE))


def _earliest(table: ScheduleTable, duration: Ints) -> Ints:
    starts, ends = (_held(table, kinds) for kinds in (FIRST_START, FIRST_FINISH))
    return np.maximum(starts, np.where(ends > ANY_DAY, ends - duration, ANY_DAY))


LAST_FINISH, LAST_START = ("finish_no_later", "must_finish"), ("start_no_later", "must_start")
FIRST_FINISH, FIRST_START = ("finish_no_earlier", "must_finish"), ("start_no_earlier", "must_start")


def _held(table: ScheduleTable, kinds: tuple[str, ...]) -> Ints:
    """The day of each task's constraint where it is one of some kinds, else ANY_DAY."""
    return np.where(table.tasks["constraint"].isin(kinds), to_days(table.tasks["constraint_date"]), ANY_DAY)
