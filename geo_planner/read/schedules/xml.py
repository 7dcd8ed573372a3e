"""Microsoft Project's XML (MSPDI), read safely and written so that Project and its readers open it.

Lags are tenths of a minute of working time; a working day is 8 hours unless the file says otherwise. The clock of this
package knows calendar days only, so working-time lags are laid on the project's calendar; elapsed lags are exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import pandas as pd
from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from ...errors import ScheduleError
from .calendar import Calendar, day_range, derived
from .table import ScheduleTable, require_lag, table_of

SPACE = "http://schemas.microsoft.com/project"
TYPES = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
ELAPSED = {"4", "6", "8", "10", "12"}
"""Lag formats that count all hours, not working hours: elapsed minutes to months."""
PERCENT = {"19", "20", "51", "52"}
"""Lag formats in per cent of the predecessor's length."""
CONSTRAINTS = {
    "2": "must_start",
    "3": "must_finish",
    "4": "start_no_earlier",
    "5": "start_no_later",
    "6": "finish_no_earlier",
    "7": "finish_no_later",
}
"""Constraints that hold a date; "as soon" and "as late as possible" (0, 1) hold none."""
FIELD = "188743731"
"""Project's first text field (Text1), in which we write what feature a task is."""


def parse_mspdi(content: bytes) -> ScheduleTable:
    """The tasks and links of an MS Project XML file; summary tasks and the project's own row are left out.

    Working-time lags are laid on the project's calendar from the day they begin; a lag in per cent is one of the
    predecessor's length. ScheduleError where the bytes are no such file or try to pull in other files.
    """
    try:
        root = SafeTree.fromstring(content)
    except DefusedXmlException as error:
        msg = (
            "this is no MS Project XML to be read: it defines entities or points to other files. "
            "Save the plan as XML in Project."
        )
        raise ScheduleError(msg) from error
    except (ParseError, ValueError) as error:
        msg = f"this is no MS Project XML file ({error}). Save the plan as XML in Project."
        raise ScheduleError(msg) from error
    space = root.tag.split("}")[0] + "}" if root.tag.startswith("{") else ""
    if root.tag.removeprefix(space) != "Project":
        msg = f"this XML holds '{root.tag.removeprefix(space)}', not a Project. Save the plan as XML in Project."
        raise ScheduleError(msg)
    calendar, notes = _calendar(root, space)
    rows = [e for e in root.iterfind(f"{space}Tasks/{space}Task") if _counts(e, space)]
    tasks = [_task(e, space) | {"days": _days(e, space, calendar)} for e in rows]
    of = {str(t["id"]): t for t in tasks}
    links = [link for e in rows for link in _links(e, space, (calendar, of))]
    return table_of(tasks, links, {calendar.name: calendar}, notes)


def _days(element: Any, space: str, calendar: Calendar) -> int | None:
    """Calendar days of a duration; it counts only for tasks without dates. Elapsed ones count all hours."""
    found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)S", element.findtext(f"{space}Duration") or "")
    if found is None:
        return None
    hours = int(found[1]) + int(found[2]) / 60
    if element.findtext(f"{space}DurationFormat") in ELAPSED:
        return round(hours / 24)
    return calendar.spans(None, hours / calendar.hours)


def _calendar(root: Any, space: str) -> tuple[Calendar, list[str]]:
    """The project's calendar, with what it takes from its base calendar; and what of it is not kept."""
    hours = (_number(root.findtext(f"{space}MinutesPerDay"), "0", "MinutesPerDay") or 480.0) / 60
    elements = {e.findtext(f"{space}UID"): e for e in root.iterfind(f"{space}Calendars/{space}Calendar")}
    uid = root.findtext(f"{space}CalendarUID")
    element = elements.get(uid) if uid is not None else next(iter(elements.values()), None)
    if element is None:
        return Calendar("", hours=hours), []
    base = elements.get(element.findtext(f"{space}BaseCalendarUID"))
    own, has_week, notes = _one_calendar(element, space, hours)
    if base is None or base is element:
        return own, notes
    parent, _, more = _one_calendar(base, space, hours)
    return derived(own, parent, week=has_week), notes + more


def _one_calendar(element: Any, space: str, hours: float) -> tuple[Calendar, bool, list[str]]:
    days = list(element.iterfind(f"{space}WeekDays/{space}WeekDay"))
    works = {d.findtext(f"{space}DayType"): d.findtext(f"{space}DayWorking") == "1" for d in days}
    # Project counts from Sunday = 1; a day that is not written follows the usual week. Day 0 is a single exception.
    week = tuple(works.get(str(k), k not in {1, 7}) for k in (2, 3, 4, 5, 6, 7, 1))
    single = [d for d in days if d.findtext(f"{space}DayType") == "0"]
    single += list(element.iterfind(f"{space}Exceptions/{space}Exception"))
    off: list[date] = []
    on: list[date] = []
    name = element.findtext(f"{space}Name") or ""
    notes = []
    for item in single:
        span = _exception(item, space)
        if span is None:
            notes.append(f"calendar '{name}': a recurring exception that is neither daily nor yearly is not kept")
        (on if item.findtext(f"{space}DayWorking") == "1" else off).extend(span or ())
    own = Calendar(name, week, tuple(off), hours, tuple(on))
    return own, bool(set(works) - {"0"}), notes


def _exception(item: Any, space: str) -> tuple[date, ...] | None:
    """The days of an exception: a span, or one day of every year; None for other recurrences."""
    begin = _moment(item.findtext(f"{space}TimePeriod/{space}FromDate"), "calendar", "FromDate")
    end = _moment(item.findtext(f"{space}TimePeriod/{space}ToDate"), "calendar", "ToDate")
    if not begin or not end:
        return ()
    days = day_range(begin.date(), end.date())
    kind = item.findtext(f"{space}Type") or "1"
    if kind == "1" or len(days) <= 1:
        return days
    if kind == "2":
        month = int(item.findtext(f"{space}Month") or begin.month - 1) + 1
        day = int(item.findtext(f"{space}MonthDay") or begin.day)
        return tuple(d for d in days if (d.month, d.day) == (month, day))
    return None


def _counts(element: Any, space: str) -> bool:
    text = {tag: element.findtext(f"{space}{tag}") for tag in ("UID", "Summary", "IsNull")}
    return text["UID"] not in {None, "0"} and text["Summary"] != "1" and text["IsNull"] != "1"


def _task(element: Any, space: str) -> dict[str, object]:
    uid = element.findtext(f"{space}UID")
    point = element.findtext(f"{space}Milestone") == "1"
    start = _moment(element.findtext(f"{space}Start"), uid, "Start")
    name = element.findtext(f"{space}Name") or uid
    base = element.find(f"{space}Baseline")
    held = CONSTRAINTS.get(element.findtext(f"{space}ConstraintType") or "0", "")
    return {
        "id": uid,
        "name": name,
        "start": start and start.date(),
        "finish": _end(element, (uid, "Finish", point), space),
        "wbs": element.findtext(f"{space}WBS"),
        "feature": next(
            (v for e in element.iterfind(f"{space}ExtendedAttribute") if (v := e.findtext(f"{space}Value"))), None
        ),
        "percent": _number(element.findtext(f"{space}PercentComplete"), uid, "PercentComplete"),
        "actual_start": _day(element.findtext(f"{space}ActualStart"), uid, "ActualStart"),
        "actual_finish": _end(element, (uid, "ActualFinish", point), space),
        "baseline_start": None if base is None else _day(base.findtext(f"{space}Start"), uid, "Start"),
        "baseline_finish": None if base is None else _end(base, (uid, "Finish", point), space),
        "constraint": held or None,
        "constraint_date": _held_day(element, (uid, held), space),
        "deadline": _end(element, (uid, "Deadline", False), space),
    }


def _held_day(element: Any, which: tuple[str, str], space: str) -> date | None:
    """The day of a constraint; for one on the finish the day after, as for every finish."""
    uid, held = which
    if not held:
        return None
    if "finish" in held:
        return _end(element, (uid, "ConstraintDate", False), space)
    return _day(element.findtext(f"{space}ConstraintDate"), uid, "ConstraintDate")


def _number(text: str | None, uid: str | None, tag: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not math.isfinite(number):
        msg = f"task {uid}: {tag} = '{text}' is no number."
        raise ScheduleError(msg)
    return number


def _day(text: str | None, uid: str, tag: str) -> date | None:
    moment = _moment(text, uid, tag)
    return moment and moment.date()


def _end(element: Any, which: tuple[str, str, bool], space: str) -> date | None:
    """The day after the last day: Project writes the last working hour of the last day; a milestone has its own day."""
    uid, tag, point = which
    moment = _moment(element.findtext(f"{space}{tag}"), uid, tag)
    if moment is None:
        return None
    whole = point or moment.time() == datetime.min.time()
    return moment.date() if whole else moment.date() + timedelta(days=1)


def _moment(text: str | None, uid: str, tag: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        msg = f"task {uid}: {tag} = '{text}' is no date of MS Project."
        raise ScheduleError(msg) from error


Around = tuple[Calendar, Mapping[str, Mapping[str, Any]]]


def _links(element: Any, space: str, around: Around) -> list[dict[str, object]]:
    found = []
    for link in element.iterfind(f"{space}PredecessorLink"):
        before = link.findtext(f"{space}PredecessorUID") or ""
        kind = TYPES.get(link.findtext(f"{space}Type") or "1", "FS")
        lag = _number(link.findtext(f"{space}LinkLag"), element.findtext(f"{space}UID"), "LinkLag") or 0.0
        timed = lag, link.findtext(f"{space}LagFormat") or ""
        if timed[1] not in PERCENT:
            hours = 24.0 if timed[1] in ELAPSED else around[0].hours
            require_lag(before, element.findtext(f"{space}UID") or "", lag / 10 / 60 / hours)
        gap = _gap(timed, around[1].get(before, {}), kind, around[0])
        found.append({"before": before, "after": element.findtext(f"{space}UID") or "", "link": kind, **gap})
    return found


def _gap(lag: tuple[float, str], before: Mapping[str, Any], kind: str, calendar: Calendar) -> dict[str, object]:
    """Calendar days of a lag: elapsed as it is, per cent of the predecessor's length, working time by calendar."""
    amount, form = lag
    start, finish = before.get("start"), before.get("finish")
    if form in PERCENT:
        length = (finish - start).days if start and finish else before.get("days") or 0
        return {"gap": round(amount / 100 * length)}
    if form in ELAPSED:
        return {"gap": round(amount / 10 / 1440)}
    days = amount / 10 / 60 / calendar.hours
    gap: dict[str, object] = {"gap": calendar.spans(finish if kind.startswith("F") else start, days)}
    return gap if calendar.daily or not days else {**gap, "working": days, "calendar": calendar.name}


def write_mspdi(table: ScheduleTable, *, title: str) -> bytes:
    """The schedule as MS Project XML; lags are elapsed days, ids are kept in the WBS field."""
    root = Element("Project", xmlns=SPACE)
    SubElement(root, "Title").text = title
    SubElement(root, "MinutesPerDay").text = "1440"
    place = {name: str(k) for k, name in enumerate(table.tasks["id"], start=1)}
    waits: dict[str, list[tuple[str, str, int]]] = {}
    for before, after, link, gap in table.links[["before", "after", "link", "gap"]].to_numpy().tolist():
        waits.setdefault(after, []).append((before, link, gap))
    rows = SubElement(root, "Tasks")
    days = table.tasks["days"].fillna(0).tolist()
    columns = [*(table.tasks[c].tolist() for c in ("id", "name", "start", "finish")), days]
    facts = table.tasks[list(_KEPT)].to_dict("records")
    for (name, title_of, start, finish, alone), more in zip(zip(*columns, strict=True), facts, strict=True):
        task = SubElement(rows, "Task")
        _add_task(task, (place[name], name, title_of), (start, finish), alone)
        _add_facts(task, more)
        for before, link, gap in waits.get(name, []):
            _add_link(task, place[before], link, gap)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_task(task: Element, names: tuple[str, str, str], dates: tuple[Any, Any], days: int) -> None:
    (uid, wbs, title), (start, finish) = names, dates
    known = start == start and finish == finish  # noqa: PLR0124 - NaT is the only value unlike itself
    for tag, text in (("UID", uid), ("ID", uid), ("Name", title), ("WBS", wbs)):
        SubElement(task, tag).text = text
    field = SubElement(task, "ExtendedAttribute")
    SubElement(field, "FieldID").text = FIELD
    SubElement(field, "Value").text = wbs
    if not known:
        SubElement(task, "Duration").text = f"PT{24 * days}H0M0S"
        return
    SubElement(task, "Manual").text = "1"
    SubElement(task, "Start").text = f"{start:%Y-%m-%dT00:00:00}"
    SubElement(task, "Finish").text = f"{finish:%Y-%m-%dT00:00:00}"
    SubElement(task, "Duration").text = f"PT{(finish - start).days * 24}H0M0S"
    SubElement(task, "Milestone").text = "1" if finish == start else "0"


_KEPT = (
    "percent",
    "actual_start",
    "actual_finish",
    "constraint",
    "constraint_date",
    "deadline",
    "baseline_start",
    "baseline_finish",
)


def _add_facts(task: Element, row: Mapping[Any, Any]) -> None:
    """What a task says beside its forecast: progress, actual dates, constraint, deadline, baseline."""
    kinds = {v: k for k, v in CONSTRAINTS.items()}
    texts = {
        "PercentComplete": None if pd.isna(row["percent"]) else f"{row['percent']:g}",
        "ActualStart": _stamp(row["actual_start"]),
        "ActualFinish": _stamp(row["actual_finish"]),
        "ConstraintType": kinds.get(row["constraint"]),
        "ConstraintDate": _stamp(row["constraint_date"]),
        "Deadline": _stamp(row["deadline"]),
    }
    for tag, text in texts.items():
        if text is not None:
            SubElement(task, tag).text = text
    if (start := _stamp(row["baseline_start"])) and (finish := _stamp(row["baseline_finish"])):
        base = SubElement(task, "Baseline")
        for tag, text in (("Number", "0"), ("Start", start), ("Finish", finish)):
            SubElement(base, tag).text = text


def _stamp(day: Any) -> str | None:
    return None if pd.isna(day) else f"{day:%Y-%m-%dT00:00:00}"


def _add_link(task: Element, before: str, link: str, gap: int) -> None:
    element = SubElement(task, "PredecessorLink")
    kind = next(k for k, v in TYPES.items() if v == link)
    for tag, text in (("PredecessorUID", before), ("Type", kind), ("LinkLag", str(gap * 14400)), ("LagFormat", "8")):
        SubElement(element, tag).text = text
