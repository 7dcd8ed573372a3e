"""Schedules on a sheet, CSV or XLSX: task, start, finish, duration, predecessors such as "A12FS+5d"."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pandas as pd

from ...errors import ScheduleError, did_you_mean
from .calendar import FIVE_DAYS, Calendar
from .table import ScheduleTable, table_of

HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "task", "taskid", "activityid", "编号", "任务编号", "序号", "标识号", "任务"),
    "name": ("name", "taskname", "activityname", "title", "名称", "任务名称", "工作名称"),
    "start": ("start", "startdate", "begin", "开始", "开始时间", "开始日期", "开工", "开工日期"),
    "finish": ("finish", "finishdate", "end", "enddate", "完成", "完成时间", "完成日期", "结束", "竣工", "竣工日期"),
    "duration": ("duration", "days", "工期", "历时", "天数"),
    "predecessors": ("predecessors", "predecessor", "after", "waitsfor", "紧前任务", "前置任务", "前置"),
    "wbs": ("wbs", "outlinenumber", "大纲编号"),
    "feature": ("feature", "text1", "文本1", "要素", "图上编号"),
    "percent": ("percent", "%complete", "percentcomplete", "完成百分比", "进度"),
    "actual_start": ("actualstart", "实际开始", "实际开始时间", "实际开工", "实际开工日期"),
    "actual_finish": ("actualfinish", "实际完成", "实际完成时间", "实际竣工", "实际竣工日期"),
    "baseline_start": ("baselinestart", "基线开始", "基准开始", "比较基准开始时间", "计划开始"),
    "baseline_finish": ("baselinefinish", "基线完成", "基准完成", "比较基准完成时间", "计划完成"),
    "constraint": ("constraint", "constrainttype", "限制类型", "约束类型"),
    "constraint_date": ("constraintdate", "限制日期", "约束日期"),
    "deadline": ("deadline", "截止", "截止日期", "最后期限", "期限"),
}
"""Column titles as they are met, without spaces and in small letters."""

WORKING = {"wd", "workdays", "workday", "workingdays", "个工作日", "工作日"}
"""Units that count working days of a five-day week; all others count calendar days."""
FIVE = Calendar("five days", FIVE_DAYS)
CONSTRAINTS = {
    "must_start": ("muststarton", "mso", "必须开始于"),
    "must_finish": ("mustfinishon", "mfo", "必须完成于"),
    "start_no_earlier": ("startnoearlierthan", "snet", "不得早于…开始", "不得早于开始"),
    "start_no_later": ("startnolaterthan", "snlt", "不得晚于…开始", "不得晚于开始"),
    "finish_no_earlier": ("finishnoearlierthan", "fnet", "不得早于…完成", "不得早于完成"),
    "finish_no_later": ("finishnolaterthan", "fnlt", "不得晚于…完成", "不得晚于完成"),
}
FREE = ("assoonaspossible", "asap", "aslateaspossible", "alap", "越早越好", "越晚越好")
"""Constraints that hold no date."""
_LINK = re.compile(
    r"^\s*(?P<id>.+?)\s*(?:(?P<link>FS|SS|FF|SF)\s*)?(?:(?P<sign>[+-])\s*(?P<gap>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>d|w|days?|weeks?|ed|edays?|wd|work(?:ing)?days?|个工作日|工作日|天|周|%)?)?\s*$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_FORMULA = "=+-@"
_SPLIT = re.compile(r"[;,，；、]")


def parse_csv(text: str) -> ScheduleTable:
    """The schedule in a CSV text; comma, semicolon or tab, English or Chinese titles.

    ScheduleError names the row and the value where a date, a duration or a predecessor cannot be read.
    """
    text = text.removeprefix("\ufeff")
    first = text.splitlines()[0] if text.strip() else ""
    mark = max(",;\t", key=first.count)
    return _parsed([list(row) for row in csv.reader(io.StringIO(text), delimiter=mark)])


def parse_xlsx(content: bytes) -> ScheduleTable:
    """The schedule on the first sheet of an Excel workbook; formulas count by their stored values."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        msg = f"this is no Excel workbook ({error}). Save it as .xlsx or .csv."
        raise ScheduleError(msg) from error
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return _parsed(rows)


def _parsed(rows: Sequence[Sequence[Any]]) -> ScheduleTable:
    rows = [r for r in rows if any(c is not None and str(c).strip() for c in r)]
    if not rows:
        msg = "the sheet is empty; it needs a row of titles (task, start, finish, predecessors) and then the tasks."
        raise ScheduleError(msg)
    columns = _columns(rows[0])
    cells = [{name: r[k] for name, k in columns.items() if k < len(r)} for r in rows[1:]]
    tasks = [_task(cell, number) for number, cell in enumerate(cells, start=2)]
    known = {str(t["id"]): t for t in tasks}
    links = [link for number, cell in enumerate(cells, start=2) for link in _links(cell, number, known)]
    return table_of(tasks, links, {FIVE.name: FIVE})


def _columns(titles: Sequence[Any]) -> dict[str, int]:
    plain = [re.sub(r"[\s_\-（）()]", "", str(t or "")).lower() for t in titles]
    found: dict[str, int] = {}
    for name, words in HEADERS.items():
        at = [plain.index(w) for w in words if w in plain]
        if at:
            found[name] = at[0]
    for other in ("wbs", "name"):
        if "id" not in found and other in found:
            found["id"] = found[other]
    for own, planned in (("start", "baseline_start"), ("finish", "baseline_finish")):
        if (
            own not in found and planned in found
        ):  # a sheet with planned and actual dates only: the plan is the forecast
            found[own] = found[planned]
    if "id" not in found:
        msg = f"no column names the task; the titles are {', '.join(map(str, titles))}. Call one 'task' or 任务."
        raise ScheduleError(msg)
    return found


def _task(cell: Mapping[str, Any], row: int) -> dict[str, object]:
    names = ("start", "finish", "actual_start", "actual_finish", "baseline_start", "baseline_finish")
    dates = {c: day_of(cell.get(c), row, c) for c in (*names, "constraint_date", "deadline")}
    # What has begun or ended did so on its actual day, whatever was planned.
    start, finish = dates["actual_start"] or dates["start"], dates["actual_finish"] or dates["finish"]
    length = _duration(cell.get("duration"), row)
    if start is not None and finish is None and length is not None:
        finish = start + timedelta(days=_calendar_days(length, start))
    elif finish is not None and start is None and length is not None:
        amount, working = length
        start = finish + timedelta(days=_calendar_days((-amount, working), finish))
    name = _text(cell.get("id"))
    if not name:
        msg = f"row {row} has no task id. Give every task its own id."
        raise ScheduleError(msg)
    texts = {c: _text(cell.get(c)) or None for c in ("wbs", "feature")}
    days = None if length is None else _calendar_days(length, None)
    own = {"id": name, "name": _text(cell.get("name")) or name, "days": days, "percent": _percent(cell, row)}
    return {**dates, **texts, **own, "start": start, "finish": finish, "constraint": _constraint(cell, row)}


def _percent(cell: Mapping[str, Any], row: int) -> float | None:
    text = _text(cell.get("percent")).rstrip("%")
    try:
        return float(text) if text else None
    except ValueError:
        msg = f"row {row}: percent = '{text}' is no number. Write it as 40."
        raise ScheduleError(msg) from None


def _constraint(cell: Mapping[str, Any], row: int) -> str | None:
    text = _text(cell.get("constraint"))
    plain = re.sub(r"[\s_\-（）()]", "", text).lower()
    if not plain or plain in FREE:
        return None
    for name, words in CONSTRAINTS.items():
        if plain in (*words, name.replace("_", "")):
            return name
    msg = f"row {row}: constraint = '{text}' is unknown." + did_you_mean(text.lower(), CONSTRAINTS)
    raise ScheduleError(msg)


def _calendar_days(length: tuple[float, bool], begin: date | None) -> int:
    amount, working = length
    return FIVE.spans(begin, amount) if working else round(amount)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = "" if value is None else str(value).strip()
    return text[1:] if text[:1] == "'" and text[1:2] and text[1:2] in _FORMULA else text


def day_of(value: Any, row: int, column: str) -> date | None:
    """A date from a cell; None where it is empty; ScheduleError names the row where it cannot be read."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    if not text or text.upper() == "NA":
        return None
    match = _DATE.match(text)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    msg = f"row {row}: {column} = '{text}' is no date. Write it as 2026-05-01."
    raise ScheduleError(msg)


def _duration(value: Any, row: int) -> tuple[float, bool] | None:
    """A number of days, and whether they are working days."""
    text = _text(value)
    if not text:
        return None
    match = re.match(
        r"^(-?\d+(?:\.\d+)?)\s*(d|days?|ed|edays?|wd|work(?:ing)?days?|天|个工作日|工作日|日)?\??$", text, re.IGNORECASE
    )
    if not match or float(match[1]) < 0:
        msg = f"row {row}: duration = '{text}' is no number of days. Write it as 30 or 30d."
        raise ScheduleError(msg)
    return float(match[1]), (match[2] or "").lower() in WORKING


def _links(cell: Mapping[str, Any], row: int, known: Mapping[str, Mapping[str, Any]]) -> list[dict[str, object]]:
    after = _text(cell.get("id"))
    text = _text(cell.get("predecessors"))
    return [{**link_of(part, row, known), "after": after} for part in _SPLIT.split(text) if part.strip()]


def link_of(text: str, row: int, known: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """One predecessor as id, link and gap in days; a text that is an id as it stands is not taken apart.

    Working days are laid on a five-day week from the day the predecessor gives; per cent are those of its length.
    """
    if text.strip() in known:
        return {"before": text.strip(), "link": "FS", "gap": 0}
    match = _LINK.match(text)
    if match is None:
        msg = f"row {row}: predecessor '{text}' cannot be read. Write it as A12, A12FS+5d or A12SS."
        raise ScheduleError(msg)
    kind = (match["link"] or "FS").upper()
    amount = float(match["gap"] or 0) * (-1 if match["sign"] == "-" else 1)
    gap = _gap(amount, (match["unit"] or "").lower(), kind, known.get(match["id"], {}))
    return {"before": match["id"], "link": kind, **gap}


def _gap(amount: float, unit: str, kind: str, before: Mapping[str, Any]) -> dict[str, object]:
    start, finish = before.get("start"), before.get("finish")
    if unit == "%":
        length = (finish - start).days if start and finish else before.get("days") or 0
        return {"gap": round(amount / 100 * length)}
    if unit in WORKING and amount:
        begin = finish if kind.startswith("F") else start
        return {"gap": FIVE.spans(begin, amount), "working": amount, "calendar": FIVE.name}
    return {"gap": round(amount * (7 if unit in {"w", "week", "weeks", "周"} else 1))}


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula; reading takes the quote off again."""
    return f"'{text}" if text[:1] in _FORMULA else text


_DATES = ("actual_start", "actual_finish", "baseline_start", "baseline_finish", "constraint_date", "deadline")


def write_csv(table: ScheduleTable) -> str:
    """The schedule as CSV text: task, name, start, finish, duration, predecessors; opens in a spreadsheet.

    Actual and baseline dates, progress, constraints and deadlines follow where any task has them.
    """
    links = table.links[["before", "link", "gap"]].to_numpy().tolist()
    words = [b if k == "FS" and not g else f"{b}{k}{g:+d}d" if g else f"{b}{k}" for b, k, g in links]
    waits = table.links.assign(word=pd.Series(words, dtype="str")).groupby("after")["word"].agg(";".join)
    tasks = table.tasks
    days = (tasks["finish"] - tasks["start"]).dt.days.astype("Int64").fillna(tasks["days"])
    sheet = tasks.assign(
        start=tasks["start"].dt.strftime("%Y-%m-%d"),
        finish=tasks["finish"].dt.strftime("%Y-%m-%d"),
        predecessors=tasks["id"].map(waits.astype("str").to_dict()).astype("str").fillna(""),
        duration=days,
        id=tasks["id"].map(_harmless),
        name=tasks["name"].map(_harmless),
    ).rename(columns={"id": "task"})
    columns = ["task", "name", "start", "finish", "duration", "predecessors"]
    for column in (*_DATES, "percent", "constraint"):
        if tasks[column].notna().any():
            sheet[column] = tasks[column].dt.strftime("%Y-%m-%d") if column in _DATES else tasks[column]
            columns.append(column)
    return str(sheet[columns].to_csv(index=False, lineterminator="\n"))
