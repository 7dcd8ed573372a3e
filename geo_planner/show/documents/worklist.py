"""The worklist (整改台账): a row a cause, as a table for documents and as a sheet that comes back filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ...lang import LANGS, SEVERITIES, Lang, choose
from ...lang.causes import CAUSE_STATES, KEYS_SHEET, STATUSES, WORKLIST
from ...lang.verdicts import VERDICT_NAMES
from ...plan import Cause, Edit, Plan, Report
from ..exports.results import proposals

COLUMNS = (
    "number", "state", "severity", "verdict", "place", "title", "remedy", "bureau", "by_when", "option",
    "parcels", "area", "days", "found", "status", "answer", "reviewer", "date", "key",
)  # fmt: skip
SHORT = ("state", "severity", "place", "title", "remedy", "bureau", "by_when", "status")
"""Columns of the table in a document, where a page is narrow."""
FACTS = ("state", "severity", "verdict", "place", "remedy", "bureau", "by_when", "option")
"""What the page of one cause tells."""
_WIDTHS: Mapping[str, float] = {
    "number": 6, "state": 10, "severity": 8, "verdict": 16, "place": 18, "title": 48, "remedy": 52, "bureau": 22,
    "by_when": 12, "option": 36, "parcels": 9, "area": 11, "days": 8, "found": 8, "status": 11, "answer": 36,
    "reviewer": 12, "date": 13, "key": 15,
}  # fmt: skip
_READABLE = 300
"""Up to so many rows the JSON is indented for a reader."""
_OPTIONS = 3
"""Edits that one row tells; more are counted."""


def worklist(
    plan: Plan, report: Report, fixes: Sequence[Edit] = (), *, known: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return a row a cause in the order of the report, words in both languages, numbers as they are.

    `fixes` are edits that a repair or a proposal offers; a row tells those that concern its findings (`option`).
    `known` are these by fingerprint, where they are at hand.
    """
    offered = known if known is not None else proposals(plan, report, fixes) if fixes else {}
    standing = {b.fingerprint: b.standing for v in report.verdict for b in v.breaches}
    return [_row(n, cause, report, offered, standing) for n, cause in enumerate(report.causes, start=1)]


def worklist_json(plan: Plan, report: Report, fixes: Sequence[Edit] = ()) -> bytes:
    """Return the worklist as JSON: the names of its columns, a row a cause in both languages, and its findings."""
    rows = worklist(plan, report, fixes)
    said = {
        "format": "geo_planner worklist 1",
        "plan": report.plan_digest,
        "as_of": report.as_of,
        "columns": {name: _both(WORKLIST[name]) for name in COLUMNS},
        "rows": [
            row | {"fingerprints": list(cause.fingerprints)} for row, cause in zip(rows, report.causes, strict=True)
        ],
    }
    indent = orjson.OPT_INDENT_2 if len(rows) <= _READABLE else 0
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE | indent)


def _row(
    number: int, cause: Cause, report: Report, offered: Mapping[str, Any], standing: Mapping[str, str]
) -> dict[str, Any]:
    said = {"number": number, "key": cause.key, "title": cause.title, "place": cause.place, "remedy": cause.remedy}
    said |= {
        "state": _both(CAUSE_STATES[cause.state]),
        "severity": _both(SEVERITIES[cause.severity]),
        "verdict": _both(VERDICT_NAMES[cause.verdict]),
        "bureau": cause.bureau,
        "by_when": cause.by_when.isoformat() if cause.by_when else None,
        "parcels": cause.reach.parcels,
        "area": round(cause.reach.area / 1e4, 2),
        "days": cause.reach.days,
        "found": len(cause.fingerprints) or cause.rows,
    }
    said["option"] = {lang: _option(cause, offered, lang) for lang in LANGS}
    return said | _answered(cause, report, standing)


def _both(pair: tuple[str, str]) -> dict[str, str]:
    return {lang: choose(pair, lang) for lang in LANGS}


def _option(cause: Cause, offered: Mapping[str, Any], lang: Lang) -> str:
    """Return what the fixes would change for the findings of a cause, in words; empty where none is offered."""
    edits = {
        (e["layer"], e["id"], (e["column"] or {}).get(lang, "")): e
        for f in cause.fingerprints
        for e in offered.get(f, [])
    }
    words = []
    for (_, name, column), edit in list(edits.items())[:_OPTIONS]:
        days = edit.get("days")
        by = "" if days is None else f"（{days:+d} 天）" if lang == "zh" else f" ({days:+d} d)"
        moved = f"{edit['before']} → {edit['after']}" if "after" in edit else edit["kind"]
        words.append(f"{name} {column} {moved}{by}".replace("  ", " "))
    more = len(edits) - _OPTIONS
    if more > 0:
        words.append(f"另 {more} 项" if lang == "zh" else f"{more} more")
    return ("；" if lang == "zh" else "; ").join(words)


def _answered(cause: Cause, report: Report, standing: Mapping[str, str]) -> dict[str, Any]:
    """Return status, answer, who and when: what reviewers said of its findings, else whether it is mended or exempt."""
    marks = [report.reviews[f] for f in cause.fingerprints if f in report.reviews]
    verdicts = {m["verdict"] for m in marks}
    whole = len(marks) == len(cause.fingerprints) and len(verdicts) == 1
    apart = {standing.get(f, "open") for f in cause.fingerprints}
    if marks:
        status = _both(STATUSES[next(iter(verdicts))] if whole else WORKLIST["part"])
    else:
        key = next(iter(apart)) if len(apart) == 1 else ""
        status = _both(WORKLIST[key]) if key in {"mended", "exempt"} else dict.fromkeys(LANGS, "")
    return {"status": status} | {
        name: "；".join(dict.fromkeys(str(m[of]) for m in marks if m.get(of)))
        for name, of in (("answer", "reason"), ("reviewer", "reviewer"), ("date", "date"))
    }


def worklist_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], lang: Lang) -> list[tuple[Any, ...]]:
    """Return head and rows of the worklist in one language."""
    head = tuple(choose(WORKLIST[c], lang) for c in columns)
    return [head, *(tuple(_cell(row[c], lang) for c in columns) for row in rows)]


def _cell(value: Any, lang: Lang) -> Any:
    return "" if value is None else value[lang] if isinstance(value, Mapping) else value


def worklist_sheet(book: Any, report: Report, rows: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    """Add the worklist to a workbook, first of its sheets, and the hidden one by which `review` reads it back."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    from .workbook import fill

    sheet = book.create_sheet(choose(WORKLIST["sheet"], lang), 0)
    fill(sheet, worklist_table(rows, COLUMNS, lang))
    sheet.auto_filter.ref = sheet.dimensions
    for x, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(x)].width = _WIDTHS[name]
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    listed = ",".join(choose(pair, lang) for pair in STATUSES.values())
    choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
    letter = get_column_letter(COLUMNS.index("status") + 1)
    choice.add(f"{letter}2:{letter}{max(len(rows) + 1, 2)}")
    sheet.add_data_validation(choice)
    keys = book.create_sheet(KEYS_SHEET)
    fill(keys, [("plan", report.plan_digest), *((c.key, f) for c in report.causes for f in c.fingerprints)])
    keys.sheet_state = "hidden"
    book.active = 0
