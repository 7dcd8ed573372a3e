"""Links, constraints and baselines of a planner's schedule file, on the events of the features that its tasks met.

A link between two tasks that stand for features becomes an arc under the rule LINK; its evidence names file, tasks and
link as they are written. Tasks that met no feature are passed through: what waits for them waits for what they wait
for and their length besides. A constraint or deadline bounds its event, and the file's baseline stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..checks.waits import rows as waiting
from ..read.schedules import Calendar, Joined, ScheduleTable
from .exchange import network_of
from .network import ANY_DAY, NO_DEADLINE, to_days

LINK = "LINK"
"""The rule of arcs that come from a schedule file."""
Node = tuple[str, str]
"""A task and one of its ends, "S" or "F"."""


@dataclass(frozen=True, eq=False)
class Imported:
    """What a schedule file asks for.

    `rows`: arcs as checks state them, with `working` days and `calendar` where the lag is working time; `bounds`:
    event, earliest, latest (day numbers); `baseline`: day by event; `left`: rule, feature, reason of what is not kept.
    """

    rows: pd.DataFrame
    bounds: pd.DataFrame
    baseline: Mapping[str, int]
    left: pd.DataFrame
    calendars: Mapping[str, Calendar]


def imported(table: ScheduleTable, joined: Joined, origin: str, planned: Mapping[str, int] | None = None) -> Imported:
    """What a file's tasks ask of the features they met; `origin` is the file's name for the evidence.

    `planned` are the days of events before the file was laid on the plan: the baseline where the file has none.
    ScheduleError names tasks that repeat, run backwards or wait in a circle, and predecessors that are no task.
    """
    network_of(table)
    ends = _ends(joined)
    links = _through(_links(table, origin), ends, _lengths(table))
    known = [link for link in links if link["before"] in ends and link["after"] in ends]
    lone = sorted({str(link["task"]) for link in links if link["before"] not in ends or link["after"] not in ends})
    left = pd.DataFrame(
        {"rule": LINK, "feature": lone, "reason": "link_not_joined"}, columns=["rule", "feature", "reason"]
    )
    rows = _rows(known, ends)
    tasks = table.tasks.set_index("id", drop=False)
    return Imported(rows, _bounds(tasks, ends), {**(planned or {}), **_baseline(tasks, ends)}, left, table.calendars)


def _ends(joined: Joined) -> dict[Node, tuple[str, str, str]]:
    """For each end of a joined task layer, date and id of the event it is."""
    ends = {}
    for pair in joined.pairs.to_dict("records"):
        whole = ("start", "start" if pair["layer"] == "approvals" else "finish")
        dates = (pair["date"], pair["date"]) if pair["date"] else whole
        for side, day in zip("SF", dates, strict=True):
            ends[str(pair["task"]), side] = (str(pair["layer"]), day, str(pair["id"]))
    return ends


def _lengths(table: ScheduleTable) -> dict[str, int]:
    tasks = table.tasks
    days = (tasks["finish"] - tasks["start"]).dt.days.astype("Int64").fillna(tasks["days"]).fillna(0)
    return dict(zip(tasks["id"].astype(str), days.astype(int), strict=True))


def _links(table: ScheduleTable, origin: str) -> list[dict[str, Any]]:
    out = []
    for row in table.links.to_dict("records"):
        before, after, link, gap = str(row["before"]), str(row["after"]), str(row["link"]), int(row["gap"])
        text = f"{origin}: {before} → {after} {link}" + (f"{gap:+d} d" if gap else "")
        working = {} if pd.isna(row["working"]) else {"working": row["working"], "calendar": row["calendar"]}
        ends = {"before": (before, link[0]), "after": (after, link[1])}
        out.append({**ends, "lag": gap, "evidence": text, "task": after, **working})
    return out


def _through(links: list[dict[str, Any]], ends: Mapping[Node, Any], lengths: Mapping[str, int]) -> list[dict[str, Any]]:
    """The links with tasks that met no feature passed through, the longest way where there are several."""
    strange = sorted({link[side][0] for link in links for side in ("before", "after")} - {task for task, _ in ends})
    best: dict[tuple[Node, Node], dict[str, Any]] = {}
    inner = [{"before": (t, "S"), "after": (t, "F"), "lag": lengths[t], "evidence": "", "task": t} for t in strange]
    for link in [*links, *inner]:
        _keep_longest(best, link)
    for node in [(t, side) for t in strange for side in "SF"]:
        into = [link for (_, after), link in best.items() if after == node]
        onto = [link for (before, _), link in best.items() if before == node]
        if not into or not onto:
            continue
        for link in [*into, *onto]:
            best.pop((link["before"], link["after"]), None)
        for one in into:
            for two in onto:
                text = "; ".join(t for t in (one["evidence"], two["evidence"]) if t)
                lag = one["lag"] + two["lag"]
                both = {
                    "before": one["before"],
                    "after": two["after"],
                    "lag": lag,
                    "evidence": text,
                    "task": two["task"],
                }
                _keep_longest(best, both)
    # What only leads within tasks that nobody knows asks for nothing.
    return [link for link in best.values() if link["evidence"]]


def _keep_longest(best: dict[tuple[Node, Node], dict[str, Any]], link: dict[str, Any]) -> None:
    key = (link["before"], link["after"])
    if key not in best or link["lag"] > best[key]["lag"]:
        best[key] = link


def _rows(links: list[dict[str, Any]], ends: Mapping[Node, tuple[str, str, str]]) -> pd.DataFrame:
    sides = {
        side: np.array([ends[link[side]] for link in links], dtype=object).reshape(-1, 3)
        for side in ("before", "after")
    }
    before, after = sides["before"], sides["after"]
    table = waiting(
        (before[:, 0], before[:, 1]),
        (after[:, 0], after[:, 1]),
        (before[:, 2], after[:, 2]),
        lag=np.array([link["lag"] for link in links], float),
        evidence=np.array([link["evidence"] for link in links], dtype=object),
    )
    working = pd.array([link.get("working") for link in links], dtype="Float64")
    return table.assign(rule=LINK, working=working, calendar=[link.get("calendar", "") for link in links])


def _event(end: tuple[str, str, str]) -> str:
    layer, day, own = end
    return f"{'release' if (layer, day) == ('parcels', 'released') else layer}/{own} {day}"


_SIDES = {"start_no_earlier": ("S", "earliest"), "start_no_later": ("S", "latest")}
_SIDES |= {"finish_no_earlier": ("F", "earliest"), "finish_no_later": ("F", "latest")}
_MUST = {"must_start": ("start_no_earlier", "start_no_later"), "must_finish": ("finish_no_earlier", "finish_no_later")}


def _bounds(tasks: pd.DataFrame, ends: Mapping[Node, tuple[str, str, str]]) -> pd.DataFrame:
    """The first and last day of each event that a constraint or deadline names; what has an actual date has none."""
    found = [
        {"event": _event(ends[task, side]), **limit}
        for side, column in (("S", "actual_start"), ("F", "actual_finish"))
        for task, limits in _limits(tasks[tasks[column].isna()], side)
        if (task, side) in ends
        for limit in limits
    ]
    table = pd.DataFrame(found, columns=["event", "earliest", "latest"])
    table = table.fillna({"earliest": ANY_DAY, "latest": NO_DEADLINE}).astype({"earliest": "int64", "latest": "int64"})
    return table.groupby("event", as_index=False).agg(earliest=("earliest", "max"), latest=("latest", "min"))


def _limits(tasks: pd.DataFrame, side: str) -> list[tuple[str, list[dict[str, int]]]]:
    """For each task what its constraint and deadline say of one of its ends."""
    days, due = (to_days(tasks[column]).tolist() for column in ("constraint_date", "deadline"))
    out = []
    for task, kind, day, last in zip(tasks["id"], tasks["constraint"], days, due, strict=True):
        sides = [_SIDES[one] for one in _MUST.get(kind, (kind,)) if one in _SIDES]
        limits = [{what: day} for end, what in sides if end == side]
        limits += [{"latest": last}] if side == "F" and last > ANY_DAY else []
        out.append((str(task), limits))
    return out


def _baseline(tasks: pd.DataFrame, ends: Mapping[Node, tuple[str, str, str]]) -> dict[str, int]:
    out = {}
    for side, column in (("S", "baseline_start"), ("F", "baseline_finish")):
        for task, day in zip(tasks["id"], to_days(tasks[column]).tolist(), strict=True):
            if day > ANY_DAY and (task, side) in ends:
                out[_event(ends[task, side])] = day
    return out
