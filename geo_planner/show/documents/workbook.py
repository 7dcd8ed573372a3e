"""The workbook of the dossier: its figures are live formulas over its own sheets, for a reviewer to recompute."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ... import lang as words
from ...facts.landuse.uses import uses
from ...facts.progress import parties
from ...lang import Lang
from ...plan import Plan, Report
from ...verdict.scores import S1_CHECKS, S2_PARCELS, S2_ROADS, TOLERANCE
from ..exports.files import RISKY, atomic_write, safe_name
from ..exports.results import finding_rows, unknown_rows

_TIME = (2000, 1, 1, 0, 0, 0)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def clean(text: str) -> str:
    """Text without the control characters that office files refuse."""
    return _CONTROL.sub("\ufffd", text)


def workbook(plan: Plan, report: Report, lang: Lang, said: Mapping[str, Sequence[Sequence[Any]]]) -> Any:
    """An openpyxl workbook with figures, parcels, roads and curves; `said` are its sheets of plain words by name.

    summary, verdicts and parameters are expected in `said`.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    rows = finding_rows(report)
    names = ("code", "severity", "layer", "id", "other_layer", "other_id", "value", "limit", "unit", "from", "to")
    found = [[*(row[k] for k in names), row["text"]["zh"], row["text"]["en"]] for row in rows]
    unjudged = [[r["code"], r["layer"], r["id"], r["reason"]["zh"], r["reason"]["en"]] for r in unknown_rows(report)]
    _fill(book.create_sheet("summary"), said["summary"])
    if plan.has("parcels"):
        _figures(book.create_sheet("figures"), plan, report, lang)
    _fill(book.create_sheet("verdicts"), said["verdicts"])
    _fill(book.create_sheet("findings"), [(*names, "zh", "en"), *found])
    _fill(book.create_sheet("unknown"), [("code", "layer", "id", "zh", "en"), *unjudged])
    if plan.has("parcels"):
        _parcels(book.create_sheet("parcels"), plan)
    if plan.has("roads") and report.scores.S2 is not None:
        _roads(book.create_sheet("roads"), plan)
    if len(report.scores.lead) > 1:
        _lead(book.create_sheet("lead"), report, len(plan.layers["parcels"]))
    _fill(book.create_sheet("parameters"), said["parameters"])
    return book


def _fill(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as values: text is text, whatever it begins with."""
    for y, row in enumerate(rows, start=1):
        for x, value in enumerate(row, start=1):
            _put(sheet.cell(y, x), value)
    sheet.freeze_panes = "A2"


def _put(cell: Any, value: Any) -> None:
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = clean(value)[:32000]
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(RISKY)


def _parcels(sheet: Any, plan: Plan) -> None:
    """One row a parcel with what the balance and the scores are computed from; failed and open are counted."""
    table, parcels, land = uses(plan), plan["parcels"], parties(plan)
    head = (
        "id",
        "code",
        "ple",
        "counted",
        "area",
        "started",
        "failed_s1",
        "open_s1",
        "failed_s2",
        "open_s2",
        "party",
        "start",
    )
    party = land["group"].replace({"housing": "others", "commerce": "others"})
    party = party.where(party.isin(["industry", "others"]) & ~land["exempt"])
    columns = (parcels["id"], table["code"], table["ple"], table["counted"], table["area"], parcels["start"].notna())
    days = parcels["start"].dt.date.where(parcels["start"].notna(), None)
    values = zip(*columns, *[[None] * len(parcels)] * 4, party, days, strict=True)
    _fill(sheet, [head, *([_cell(v) for v in row] for row in values)])
    _counted(sheet, "parcels", {"G": S1_CHECKS, "I": S2_PARCELS}, {"H": ("PB101", "PB102"), "J": ("UG201",)})


def _cell(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value


def _roads(sheet: Any, plan: Plan) -> None:
    """One row a road with its length; failed and open are counted by formulas."""
    roads = plan["roads"]
    rows = zip(roads["id"], roads.geometry.length, strict=True)
    _fill(sheet, [("id", "length", "failed_s2", "open_s2"), *([_cell(v) for v in row] for row in rows)])
    _counted(sheet, "roads", {"C": S2_ROADS}, {"D": ("UG204",)})


def _counted(
    sheet: Any, layer: str, failed: Mapping[str, tuple[str, ...]], left_out: Mapping[str, tuple[str, ...]]
) -> None:
    """Fill columns with 1 where a check of theirs found an error in the row's feature, or could not judge it."""
    for y in range(2, sheet.max_row + 1):
        for letter, codes in failed.items():
            named = ",".join(f'"{code}"' for code in codes)
            wrong = f'findings!$C:$C,"{layer}",findings!$B:$B,"error",findings!$A:$A,{{{named}}}'
            sheet[f"{letter}{y}"].value = f"=IF(SUMPRODUCT(COUNTIFS(findings!$D:$D,A{y},{wrong}))>0,1,0)"
        for letter, codes in left_out.items():
            named = ",".join(f'"{code}"' for code in codes)
            doubt = f'unknown!$B:$B,"{layer}",unknown!$A:$A,{{{named}}}'
            sheet[f"{letter}{y}"].value = f"=IF(SUMPRODUCT(COUNTIFS(unknown!$C:$C,A{y},{doubt}))>0,1,0)"


def _lead(sheet: Any, report: Report, parcels: int) -> None:
    """One row a date on which something starts: the shares started as formulas over the parcels, and the excess."""
    days = ([date.fromisoformat(row[0])] for row in report.scores.lead)
    _fill(sheet, [("date", "industry", "others", "excess", "days"), *days])
    last, rows = parcels + 1, len(report.scores.lead) + 1
    area, party, start = (f"parcels!${c}$2:${c}${last}" for c in "EKL")
    for y in range(2, rows + 1):
        for letter, name in (("B", "industry"), ("C", "others")):
            began = f'SUMIFS({area},{party},"{name}",{start},"<="&$A{y})'
            sheet[f"{letter}{y}"].value = f'={began}/SUMIFS({area},{party},"{name}")'
        if y < rows:
            sheet[f"D{y}"].value = f"=MAX(0,C{y}-B{y}-{TOLERANCE})"
            sheet[f"E{y}"].value = f"=A{y + 1}-A{y}"


def _share_formula(sheet: str, columns: str, rows: int, started: str = "") -> str:
    """The share of a size that did not fail, of the rows that were judged; `started` limits it to those.

    `columns` are the letters of size, failed and open; `started` is the letter of a column with TRUE or FALSE.
    """
    named = zip(("size", "failed", "open"), columns, strict=True)
    cells = {key: f"{sheet}!${letter}$2:${letter}${rows + 1}" for key, letter in named}
    begun = f"*({sheet}!${started}$2:${started}${rows + 1}=TRUE)" if started else ""
    known = f"SUMPRODUCT({cells['size']}{begun}*((({cells['failed']}=1)+({cells['open']}=0))>0))"
    return f"(1-SUMPRODUCT({cells['size']}{begun}*({cells['failed']}=1))/{known})"


def _figures(sheet: Any, plan: Plan, report: Report, lang: Lang) -> None:
    """Each figure as a formula beside what the program computed, and their difference."""
    n, scores = len(plan.layers["parcels"]), report.scores
    area, counted, ple = (f"parcels!${c}$2:${c}${n + 1}" for c in "EDC")
    total = f"SUMIFS({area},{counted},TRUE)"
    rows: list[tuple[str, str, float | None]] = [
        (f"{c}_share", f'=SUMIFS({area},{counted},TRUE,{ple},"{c}")/{total}', report.balance.get(f"{c}_share"))
        for c in ("production", "living", "ecology")
    ]
    rows.append(("S1", "=" + _share_formula("parcels", "EGH", n, "F"), scores.S1))
    if scores.S2 is not None:
        roads = _share_formula("roads", "BCD", len(plan.layers["roads"]))
        rows.append(("S2", f"={roads}*" + _share_formula("parcels", "EIJ", n, "F"), scores.S2))
    if scores.S3 is not None and len(scores.lead) > 1:
        excess, spans = (f"lead!${c}$2:${c}${len(scores.lead)}" for c in "DE")
        rows.append(("S3", f"=MAX(0,1-2*SUMPRODUCT({excess},{spans})/SUM({spans}))", scores.S3))
    rows += [
        (f"{s} {words.choose(words.SEVERITIES[s], lang)}", f'=COUNTIF(findings!$B:$B,"{s}")', float(report.count(s)))
        for s in ("error", "warning", "info")
    ]
    _fill(sheet, [("figure", "formula", "program", "difference")])
    for y, (name, formula, value) in enumerate(rows, start=2):
        _put(sheet.cell(y, 1), name)
        sheet.cell(y, 2).value = formula
        sheet.cell(y, 3).value = value
        sheet.cell(y, 4).value = f"=B{y}-C{y}" if value is not None else None


def write_book(sheets: Mapping[str, Iterable[Sequence[Any]]], path: Path) -> None:
    """Write a workbook of plain values, one sheet a name; text stays text, and a second run writes the same bytes."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        _fill(book.create_sheet(safe_name(name, taken=set(book.sheetnames))[:31]), rows)
    out = io.BytesIO()
    book.save(out)
    with atomic_write(Path(path)) as inside:
        inside.write_bytes(settled(out.getvalue()))


def settled(content: bytes) -> bytes:
    """An office file with fixed times, so that a second run writes the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", body)
            new.writestr(zipfile.ZipInfo(name, _TIME), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
