"""Primavera P6's exchange text (XER): the tables TASK and TASKPRED.

Lags are working hours; they are laid on the predecessor's calendar, 8 hours a day where the file names none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from ...errors import ScheduleError
from .calendar import Calendar, derived
from .sheet import day_of
from .table import ScheduleTable, table_of

LINKS = {"PR_FS": "FS", "PR_SS": "SS", "PR_FF": "FF", "PR_SF": "SF"}
HOURS_PER_DAY = 8.0
CONSTRAINTS = {
    "CS_MSO": "must_start",
    "CS_MEO": "must_finish",
    "CS_MSOA": "start_no_earlier",
    "CS_MSOB": "start_no_later",
    "CS_MEOA": "finish_no_earlier",
    "CS_MEOB": "finish_no_later",
    "CS_MANDSTART": "must_start",
    "CS_MANDFIN": "must_finish",
}
_SERIAL = date(1899, 12, 30)
"""Day 0 of the serial numbers in which P6 keeps the exceptions of a calendar."""
_EXCEPTION = re.compile(r"\(d\|(\d{1,6})\)(.*?)(?=\(d\||$)", re.DOTALL)
POINTS = {"TT_Mile", "TT_FinMile"}


def parse_xer(text: str) -> ScheduleTable:
    """The activities and links of an XER text; summary levels (WBS, level of effort) are left out.

    Actual dates count before all others. What has begun ends as forecast (early), what has not as planned (target);
    the baseline is that of the file's baseline project, or the planned dates where it has none.
    """
    tables = _tables(text)
    if "TASK" not in tables:
        msg = "this is no Primavera XER text: it has no table TASK. Export the project as XER from P6."
        raise ScheduleError(msg)
    calendars = _calendars(tables.get("CALENDAR", []))
    earlier = _baselines(tables.get("PROJECT", []))
    works = [r for r in tables["TASK"] if r.get("task_type") not in {"TT_WBS", "TT_LOE"}]
    rows = [r for r in works if r.get("proj_id", "") not in earlier]
    base = {_code(r): _task(r, 0) for r in works if r.get("proj_id", "") in earlier} if earlier else None
    code = {r["task_id"]: _code(r) for r in rows}
    wbs = {r["wbs_id"]: r.get("wbs_short_name", "") for r in tables.get("PROJWBS", []) if r.get("wbs_id")}
    fields = {r["fk_id"]: r["udf_text"] for r in tables.get("UDFVALUE", []) if r.get("fk_id") and r.get("udf_text")}
    of = {r["task_id"]: calendars.get(r.get("clndr_id", ""), Calendar(hours=HOURS_PER_DAY)) for r in rows}
    tasks = {
        r["task_id"]: _task(r, k)
        | _baseline_of(r, base)
        | {"wbs": wbs.get(r.get("wbs_id", "")), "feature": fields.get(r["task_id"]), "days": _days(r, of[r["task_id"]])}
        for k, r in enumerate(rows, start=1)
    }
    links = [_link(r, code, (tasks, of)) for r in tables.get("TASKPRED", []) if r["task_id"] in code]
    second = [code[r["task_id"]] for r in rows if r.get("cstr_type2")]
    notes = [f"second constraints of {', '.join(second[:5])} are not kept"] if second else []
    return table_of(list(tasks.values()), links, {c.name: c for c in of.values()}, notes)


def _code(row: Mapping[str, str]) -> str:
    return row.get("task_code") or row["task_id"]


def _baselines(projects: list[dict[str, str]]) -> set[str]:
    """The projects of a file that are baselines of others: named by one as its baseline, or copied from one."""
    known = {r["proj_id"] for r in projects if r.get("proj_id")}
    named = {r.get("sum_base_proj_id", "") for r in projects}
    copies = {r["proj_id"] for r in projects if r.get("orig_proj_id", "") in known - {r.get("proj_id", "")}}
    found = (named | copies) & known
    return found if found < known else set()


def _baseline_of(row: Mapping[str, str], base: Mapping[str, Mapping[str, object]] | None) -> dict[str, object]:
    """The baseline of a task from the baseline project, if the file has one: without the task there it has none."""
    if base is None:
        return {}
    own = base.get(_code(row), {})
    return {"baseline_start": own.get("start"), "baseline_finish": own.get("finish")}


Around = tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Calendar]]


def _days(row: Mapping[str, str], calendar: Calendar) -> int | None:
    """Calendar days of a duration in hours; it counts only for tasks without dates."""
    hours = row.get("target_drtn_hr_cnt")
    return calendar.spans(None, float(hours) / calendar.hours) if hours else None


def _link(row: Mapping[str, str], code: Mapping[str, str], around: Around) -> dict[str, object]:
    """A link whose lag runs on the calendar of the predecessor, as P6 counts it by default."""
    kind = LINKS.get(row.get("pred_type", ""), "FS")
    before = around[0].get(row["pred_task_id"], {})
    calendar = around[1].get(row["pred_task_id"], Calendar(hours=HOURS_PER_DAY))
    begin = before.get("finish" if kind.startswith("F") else "start")
    days = float(row.get("lag_hr_cnt") or 0) / calendar.hours
    working = {} if calendar.daily or not days else {"working": days, "calendar": calendar.name}
    return {
        "before": code.get(row["pred_task_id"], row["pred_task_id"]),
        "after": code[row["task_id"]],
        "link": kind,
        "gap": calendar.spans(begin, days),
        **working,
    }


def _calendars(rows: list[dict[str, str]]) -> dict[str, Calendar]:
    """The calendars by their number; those derived from others have the exceptions of these, too."""
    own = {r["clndr_id"]: _calendar(r) for r in rows if r.get("clndr_id")}
    base = {r["clndr_id"]: r.get("base_clndr_id", "") for r in rows if r.get("clndr_id")}
    return {k: derived(c, own.get(base[k]), week=True) for k, c in own.items()}


def _calendar(row: Mapping[str, str]) -> Calendar:
    """Working days, hours and exceptions of a P6 calendar; its days count from Sunday = 1, working ones have shifts."""
    week_text, _, rest = row.get("clndr_data", "").partition("Exceptions")
    found = re.findall(r"\(0\|\|([1-7])\(\)\((.*?)(?=\(0\|\|[1-7]\(\)\(|\(0\|\|VIEW|\(0\|\|$|$)", week_text, re.DOTALL)
    works = {int(day): "s|" in shifts for day, shifts in found}
    week = tuple(works.get(k, not works) for k in (2, 3, 4, 5, 6, 7, 1))
    single = [(_SERIAL + timedelta(days=int(d)), "s|" in shifts) for d, shifts in _EXCEPTION.findall(rest)]
    return Calendar(
        row.get("clndr_name", ""),
        week,
        tuple(d for d, worked in single if not worked),
        float(row.get("day_hr_cnt") or HOURS_PER_DAY),
        tuple(d for d, worked in single if worked),
    )


def _tables(text: str) -> dict[str, list[dict[str, str]]]:
    tables: dict[str, list[dict[str, str]]] = {}
    rows: list[dict[str, str]] = []
    fields: list[str] = []
    for line in text.splitlines():
        mark, *cells = line.split("\t")
        if mark == "%T":
            rows = tables.setdefault(cells[0].strip(), [])
        elif mark == "%F":
            fields = [c.strip() for c in cells]
        elif mark == "%R":
            rows.append(dict(zip(fields, (c.strip() for c in cells), strict=False)))
    return tables


def _task(row: Mapping[str, str], number: int) -> dict[str, object]:
    name = _code(row)
    begun, ended = row.get("act_start_date", ""), row.get("act_end_date", "")
    # Under way: what is left is forecast (early), not as once planned (target).
    order = ("early", "reend", "target") if begun else ("target", "early")
    first = begun or _first_of(row, ("target", "early"), "start")
    last = ended or _first_of(row, order, "end")
    point = row.get("task_type") in POINTS
    begin, end = day_of(first, number, "start"), _end(last, number, point)
    if point:
        begin = end = begin or end
    held = CONSTRAINTS.get(row.get("cstr_type", ""), "")
    return {
        "id": name,
        "name": row.get("task_name") or name,
        "start": begin,
        "finish": end,
        "percent": float(row["phys_complete_pct"]) if row.get("phys_complete_pct") else None,
        "actual_start": day_of(begun, number, "act_start_date"),
        "actual_finish": _end(ended, number, point),
        "baseline_start": day_of(row.get("target_start_date", ""), number, "target_start_date"),
        "baseline_finish": _end(row.get("target_end_date", ""), number, point),
        "constraint": held or None,
        "constraint_date": None if not held else _held(row, held, number),
        "deadline": None,
    }


def _held(row: Mapping[str, str], held: str, number: int) -> date | None:
    text = row.get("cstr_date", "")
    return _end(text, number, point=False) if "finish" in held else day_of(text, number, "cstr_date")


def _first_of(row: Mapping[str, str], kinds: tuple[str, ...], end: str) -> str:
    names = [f"{kind}_{end}_date" if kind != "reend" else "reend_date" for kind in kinds]
    return next((row[name] for name in names if row.get(name)), "")


def _end(text: str, number: int, point: bool) -> date | None:
    """The day after the last: P6 writes the last working hour of the last day; a milestone has its own day."""
    day = day_of(text, number, "finish")
    if day is None or point or text[11:13] in {"", "00"}:
        return day
    return day + timedelta(days=1)


def write_xer(table: ScheduleTable, *, title: str) -> str:
    """The schedule as Primavera XER, on a calendar on which every day is a working day of 24 hours.

    Baselines stand as P6 keeps them: in a project of their own, which the project names as its baseline.
    """
    week = "".join(f"(0||{k}()((0||0(s|00:00|f|00:00)())))" for k in range(1, 8))
    data = f"(0||CalendarData()((0||DaysOfWeek()({week}))))"
    tables: dict[str, tuple[tuple[str, ...], list[list[Any]]]] = {
        "CALENDAR": (("clndr_id", "clndr_name", "day_hr_cnt", "clndr_data"), [["1", "all days", "24", data]]),
        "PROJECT": (_PROJECT_FIELDS, [["1", _plain(title), "1", "", ""]]),
        "TASK": (_TASK_FIELDS, _task_rows(table)),
    }
    if rows := _baseline_rows(table):
        own, base = ["1", _plain(title), "1", "", "2"], ["2", _plain(f"{title} - B1"), "1", "1", ""]
        tables["PROJECT"] = (_PROJECT_FIELDS, [own, base])
        tables["TASK"] = (_TASK_FIELDS, [*_task_rows(table), *rows])
    number = {name: str(k) for k, name in enumerate(table.tasks["id"], start=1)}
    kinds = {v: k for k, v in LINKS.items()}
    links = table.links[["before", "after", "link", "gap"]].to_numpy().tolist()
    rows = [
        [str(k), number[a], number[b], kinds[how], str(24 * gap)] for k, (b, a, how, gap) in enumerate(links, start=1)
    ]
    tables["TASKPRED"] = (("task_pred_id", "task_id", "pred_task_id", "pred_type", "lag_hr_cnt"), rows)
    lines = ["\t".join(["ERMHDR", "19.12", "", "Project", "", "", "", "", ""])]
    for name, (fields, cells) in tables.items():
        lines += [f"%T\t{name}", "%F\t" + "\t".join(fields), *("%R\t" + "\t".join(row) for row in cells)]
    return "\n".join([*lines, "%E", ""])


_PROJECT_FIELDS = ("proj_id", "proj_short_name", "clndr_id", "orig_proj_id", "sum_base_proj_id")
_TASK_FIELDS = (
    "task_id",
    "proj_id",
    "clndr_id",
    "task_code",
    "task_name",
    "task_type",
    "status_code",
    "target_start_date",
    "target_end_date",
    "act_start_date",
    "act_end_date",
)


def _task_rows(table: ScheduleTable) -> list[list[Any]]:
    rows = []
    columns = ("id", "name", "start", "finish", "actual_start", "actual_finish")
    for k, (name, title, *days) in enumerate(zip(*(table.tasks[c].tolist() for c in columns), strict=True), start=1):
        start, finish, begun, ended = ("" if pd.isna(day) else f"{day:%Y-%m-%d 00:00}" for day in days)
        kind = "TT_Mile" if start == finish else "TT_Task"
        state = "TK_Complete" if ended else "TK_Active" if begun else "TK_NotStart"
        rows.append([str(k), "1", "1", _plain(name), _plain(title), kind, state, start, finish, begun, ended])
    return rows


def _baseline_rows(table: ScheduleTable) -> list[list[Any]]:
    """The tasks that have a baseline, on its days, as tasks of the second project."""
    tasks = table.tasks
    dated = tasks[tasks["baseline_start"].notna() & tasks["baseline_finish"].notna()]
    rows = []
    columns = ("id", "name", "baseline_start", "baseline_finish")
    first = len(tasks) + 1
    for k, (name, title, *days) in enumerate(zip(*(dated[c].tolist() for c in columns), strict=True), start=first):
        start, finish = (f"{day:%Y-%m-%d 00:00}" for day in days)
        kind = "TT_Mile" if start == finish else "TT_Task"
        rows.append([str(k), "2", "1", _plain(name), _plain(title), kind, "TK_NotStart", start, finish, "", ""])
    return rows


def _plain(text: str) -> str:
    """A text that cannot break a line or a cell."""
    return re.sub(r"[\t\r\n]", " ", str(text))
