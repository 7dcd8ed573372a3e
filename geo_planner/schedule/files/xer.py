"""Primavera P6's exchange text (XER): the tables TASK and TASKPRED.

Lags are working hours; with 8 hours a day they become days of the calendar, as many.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import ScheduleError
from .sheet import day_of
from .table import ScheduleTable, table_of

LINKS = {"PR_FS": "FS", "PR_SS": "SS", "PR_FF": "FF", "PR_SF": "SF"}
HOURS_PER_DAY = 8.0
POINTS = {"TT_Mile", "TT_FinMile"}


def parse_xer(text: str) -> ScheduleTable:
    """The activities and links of an XER text; summary levels (WBS, level of effort) are left out.

    Actual dates count before planned ones, planned (target) before computed (early) ones.
    """
    tables = _tables(text)
    if "TASK" not in tables:
        msg = "this is no Primavera XER text: it has no table TASK. Export the project as XER from P6."
        raise ScheduleError(msg)
    rows = [r for r in tables["TASK"] if r.get("task_type") not in {"TT_WBS", "TT_LOE"}]
    code = {r["task_id"]: r.get("task_code") or r["task_id"] for r in rows}
    tasks = [_task(r, k) for k, r in enumerate(rows, start=1)]
    links = [
        {
            "before": code.get(r["pred_task_id"], r["pred_task_id"]),
            "after": code[r["task_id"]],
            "link": LINKS.get(r.get("pred_type", ""), "FS"),
            "gap": round(float(r.get("lag_hr_cnt") or 0) / HOURS_PER_DAY),
        }
        for r in tables.get("TASKPRED", [])
        if r["task_id"] in code
    ]
    return table_of(tasks, links)


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
    start, finish = (
        next((row[f"{kind}_{end}_date"] for kind in ("act", "target", "early") if row.get(f"{kind}_{end}_date")), "")
        for end in ("start", "end")
    )
    name = row.get("task_code") or row["task_id"]
    begin, last = day_of(start, number, "start"), day_of(finish, number, "finish")
    if row.get("task_type") in POINTS:
        begin = last = begin or last
    elif last is not None and finish[11:13] not in {"", "00"}:
        # P6 writes the last working hour of the last day; the span here ends where the next day begins.
        last = last.fromordinal(last.toordinal() + 1)
    return {"id": name, "name": row.get("task_name") or name, "start": begin, "finish": last}
