"""A plan's schedule as planners exchange it: tasks with forecast, baseline and actual dates, and the rules as links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..read.schedules import ScheduleTable, table_of
from .network import ANY_DAY, Strings
from .programme import with_near
from .quality import Progress
from .schedule import Schedule


def timeline_table(done: Schedule) -> ScheduleTable:
    """The schedule of a plan as planners exchange it: a task for each work, a milestone for each date beside its span.

    Ids are those of the plan ("pipes/JS-01", "parcels/A used"), so that the file finds its features again. The forecast
    stands in start and finish, the dates once agreed on (else the declared ones) in the baseline, what has happened in
    the actual dates.
    """
    events = done.events()
    spans = events["event"].isin(["start", "finish"]) & events.groupby("work")["event"].transform(
        lambda dates: {"start", "finish"} <= set(dates)
    )
    task = events["work"].where(spans, events["work"] + " " + events["event"])
    actual = events["state"] == "actual"
    table = events.assign(task=task, done=events["new_day"].where(actual), begins=events["event"] != "finish")
    by = table.groupby("task", sort=True)
    frame = pd.DataFrame(
        {
            "start": by["new_day"].first(),
            "finish": by["new_day"].last(),
            "baseline_start": by["baseline"].first(),
            "baseline_finish": by["baseline"].last(),
            "actual_start": by["done"].nth(0).set_axis(by["task"].nth(0)),
            "actual_finish": by["done"].nth(-1).set_axis(by["task"].nth(-1)),
        }
    ).reset_index()
    frame = frame.assign(id=frame["task"], name=frame["task"], feature=frame["task"])
    return table_of(frame.to_dict("records"), _links_of(done, task.to_numpy(object), events["event"].to_numpy(object)))


def progress_of(done: Schedule) -> Progress | None:
    """What is finished by the status day against the baseline of a schedule file; None without either of the two.

    One row for each work, as in `works_network`.
    """
    if done.today is None or not done.programme.baseline:
        return None
    last = np.flatnonzero(done.programme.events.last)
    day = done.network.tasks.start[last]
    actual = np.where(day < done.today, day, ANY_DAY)
    return Progress(as_of=done.today, planned_finish=done.baseline()[last], actual_finish=actual, recorded=False)


def _links_of(done: Schedule, task: Strings, event: Strings) -> list[dict[str, object]]:
    """Rules between tasks as links: from finish or start to finish or start, with their days."""
    arcs = with_near(done.programme, done.start).network.arcs
    outer = arcs.pick(task[arcs.before] != task[arcs.after])
    ends = [np.where(event[side] == "finish", "F", "S").astype(object) for side in (outer.before, outer.after)]
    table = pd.DataFrame(
        {"before": task[outer.before], "after": task[outer.after], "link": ends[0] + ends[1], "gap": outer.lag}
    )
    table = table.sort_values(["before", "after", "link", "gap"]).drop_duplicates(["before", "after"], keep="last")
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
