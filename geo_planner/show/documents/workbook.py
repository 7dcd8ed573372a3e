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
from ...lang import Lang
from ...plan import Plan, Report
from ...verdict.lead import NEVER, Lead
from ...verdict.scores import S1_CHECKS, S2_PARCELS, S2_ROADS, S3_CHECKS, Judgement, building_land, parcel_of
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
    fill(book.create_sheet("summary"), said["summary"])
    if plan.has("parcels"):
        _figures(book.create_sheet("figures"), plan, report, lang)
    fill(book.create_sheet("verdicts"), said["verdicts"])
    fill(book.create_sheet("findings"), [(*names, "zh", "en"), *found])
    fill(book.create_sheet("unknown"), [("code", "layer", "id", "zh", "en"), *unjudged])
    if plan.has("parcels"):
        judged = Judgement(plan, report.findings, report.unknown, report.runs, report.scores.tolerance)
        lead = judged.lead(adverse=True) if report.scores.lead else None
        _parcels(book.create_sheet("parcels"), plan, judged, lead)
        if plan.has("buildings"):
            _buildings(book.create_sheet("buildings"), plan)
        if plan.has("roads") and report.scores.S2 is not None:
            _roads(book.create_sheet("roads"), plan, whole=judged.ran("S2", S2_ROADS))
        if report.scores.lead:
            _lead(book.create_sheet("lead"), report, len(plan.layers["parcels"]))
    fill(book.create_sheet("parameters"), said["parameters"])
    return book


def fill(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
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


PARCELS = (
    "id", "code", "ple", "counted", "area", "land", "failed_s1", "open_s1", "failed_s2", "open_s2",
    "lead_industry", "lead_industry_day", "lead_others", "lead_others_day", "lead_good",
)  # fmt: skip
"""Columns of the sheet of parcels, A to O: `land` is the area not proven exempt from S1 and S2; the lead is that of the
worst scope of S3."""


def _parcels(sheet: Any, plan: Plan, judged: Judgement, lead: Lead | None) -> None:
    """One row a parcel with what the balance and the scores are computed from; failed, open and good are counted."""
    table, parcels, land = uses(plan), plan["parcels"], building_land(plan)
    n = len(parcels)
    columns: list[Any] = [parcels["id"], table["code"], table["ple"], table["counted"], table["area"]]
    columns += [[None] * n if isinstance(land, str) else land, *[[None] * n] * 4]
    columns += [[None] * n] * 4 if lead is None else [lead.industry, _days(lead.industry_day)]
    columns += [] if lead is None else [lead.others, _days(lead.others_day)]
    fill(sheet, [PARCELS, *([_cell(v) for v in row] for row in zip(*columns, strict=True))])
    on_buildings = plan.has("buildings")
    _count(sheet, "G", "parcels", S1_CHECKS, failed=True, buildings="C" if on_buildings else "")
    _count(sheet, "H", "parcels", S1_CHECKS, whole=judged.ran("S1", S1_CHECKS), buildings="D" if on_buildings else "")
    _count(sheet, "I", "parcels", S2_PARCELS, failed=True)
    _count(sheet, "J", "parcels", S2_PARCELS, whole=judged.ran("S2", S2_PARCELS))
    if lead is not None:
        _goods(sheet, lead)


def _days(days: np.ndarray[Any, Any]) -> list[date | None]:
    return [None if day == NEVER else day.item() for day in days]


def _goods(sheet: Any, lead: Lead) -> None:
    """Fill `lead_good`: 1 where no check of S3 objects to the parcel or leaves it open; 0 where its class is open."""
    for y in range(2, sheet.max_row + 1):
        if not lead.named[y - 2]:
            sheet[f"O{y}"].value = 0
            continue
        objections = f"{_tally('parcels', S3_CHECKS, y, failed=True)}+{_tally('parcels', S3_CHECKS, y, failed=False)}"
        sheet[f"O{y}"].value = f"=IF({objections}>0,0,1)"


def _buildings(sheet: Any, plan: Plan) -> None:
    """One row a building with the parcel it lies on; a building without a permit fails the parcel."""
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    on = parcel_of(plan)
    names = np.where(on >= 0, ids[on], None)
    rows = zip(plan["buildings"]["id"], names, strict=True)
    fill(sheet, [("id", "parcel", "failed_s1", "open_s1"), *([_cell(v) for v in row] for row in rows)])
    _count(sheet, "C", "buildings", S1_CHECKS, failed=True)
    _count(sheet, "D", "buildings", S1_CHECKS)


def _cell(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value


def _roads(sheet: Any, plan: Plan, *, whole: bool) -> None:
    """One row a road with its length; failed and open are counted by formulas."""
    roads = plan["roads"]
    rows = zip(roads["id"], roads.geometry.length, strict=True)
    fill(sheet, [("id", "length", "failed_s2", "open_s2"), *([_cell(v) for v in row] for row in rows)])
    _count(sheet, "C", "roads", S2_ROADS, failed=True)
    _count(sheet, "D", "roads", S2_ROADS, whole=whole)


def _tally(layer: str, codes: tuple[str, ...], y: int, *, failed: bool) -> str:
    """How often checks found an error in the feature of a row, or could not judge it, as a formula."""
    named = ",".join(f'"{code}"' for code in codes)
    if failed:
        wrong = f'findings!$C:$C,"{layer}",findings!$B:$B,"error",findings!$A:$A,{{{named}}}'
        return f"SUMPRODUCT(COUNTIFS(findings!$D:$D,A{y},{wrong}))"
    return f'SUMPRODUCT(COUNTIFS(unknown!$C:$C,A{y},unknown!$B:$B,"{layer}",unknown!$A:$A,{{{named}}}))'


def _count(  # noqa: PLR0913  (a column of a sheet, and what is counted in it)
    sheet: Any,
    letter: str,
    layer: str,
    codes: tuple[str, ...],
    *,
    failed: bool = False,
    whole: bool = True,
    buildings: str = "",
) -> None:
    """Fill a column with 1 where a check objects to the row's feature (or to a building on it) or leaves it open.

    Without `whole` one of the checks did not run, and every row is open.
    """
    for y in range(2, sheet.max_row + 1):
        tally = _tally(layer, codes, y, failed=failed)
        tally += f"+COUNTIFS(buildings!$B:$B,A{y},buildings!${buildings}:${buildings},1)" if buildings else ""
        sheet[f"{letter}{y}"].value = f"=IF({tally}>0,1,0)" if whole else 1


def _lead(sheet: Any, report: Report, parcels: int) -> None:
    """One row a date on which something starts: the shares started as formulas over the parcels, and the excess."""
    days = ([date.fromisoformat(row[0])] for row in report.scores.lead)
    fill(sheet, [("date", "industry", "others", "excess"), *days])
    last, tolerance = parcels + 1, report.scores.tolerance
    for y in range(2, len(report.scores.lead) + 2):
        for letter, area, day in (("B", "K", "L"), ("C", "M", "N")):
            size, start = (f"parcels!${c}$2:${c}${last}" for c in (area, day))
            sheet[f"{letter}{y}"].value = f'=SUMIFS({size},{start},"<="&$A{y})/SUM({size})'
        before = f"C{y - 1}" if y > 2 else "0"
        sheet[f"D{y}"].value = f"=(MAX(0,C{y}-B{y}-{tolerance})^2-MAX(0,{before}-B{y}-{tolerance})^2)/2"


def _share_formula(sheet: str, columns: str, rows: int) -> str:
    """The share of a size that is neither failed nor open; `columns` are the letters of size, failed and open."""
    size, failed, left = (f"{sheet}!${letter}$2:${letter}${rows + 1}" for letter in columns)
    return f"SUMPRODUCT({size}*({failed}=0)*({left}=0))/SUM({size})"


def _figures(sheet: Any, plan: Plan, report: Report, lang: Lang) -> None:
    """Each figure as a formula beside what the program computed, and their difference."""
    n, scores = len(plan.layers["parcels"]), report.scores
    area, counted, ple = (f"parcels!${c}$2:${c}${n + 1}" for c in "EDC")
    total = f"SUMIFS({area},{counted},TRUE)"
    rows: list[tuple[str, str, float | None]] = [
        (f"{c}_share", f'=SUMIFS({area},{counted},TRUE,{ple},"{c}")/{total}', report.balance.get(f"{c}_share"))
        for c in ("production", "living", "ecology")
    ]
    rows += [(name, formula, getattr(scores, name)) for name, formula in _score_formulas(plan, report)]
    rows += [
        (f"{s} {words.choose(words.SEVERITIES[s], lang)}", f'=COUNTIF(findings!$B:$B,"{s}")', float(report.count(s)))
        for s in ("error", "warning", "info")
    ]
    fill(sheet, [("figure", "formula", "program", "difference")])
    for y, (name, formula, value) in enumerate(rows, start=2):
        _put(sheet.cell(y, 1), name)
        sheet.cell(y, 2).value = formula
        sheet.cell(y, 3).value = value
        sheet.cell(y, 4).value = f"=B{y}-C{y}" if value is not None else None


def _score_formulas(plan: Plan, report: Report) -> list[tuple[str, str]]:
    """Each score that the report has, as a formula over the sheets."""
    n, scores, out = len(plan.layers["parcels"]), report.scores, []
    if scores.S1 is not None:
        out.append(("S1", "=" + _share_formula("parcels", "FGH", n)))
    if scores.S2 is not None:
        roads = _share_formula("roads", "BCD", len(plan.layers["roads"]))
        out.append(("S2", f"={roads}*" + _share_formula("parcels", "FIJ", n)))
    if scores.S3 is not None:
        excess, others, good = (f"lead!$D$2:$D${len(scores.lead) + 1}", *(f"parcels!${c}$2:${c}${n + 1}" for c in "MO"))
        share = f"SUMPRODUCT({others}*({good}=1))/SUM({others})"
        proven = "0*" if "S3" in scores.reasons else ""
        out.append(("S3", f"={proven}MAX(0,1-2*SUM({excess}))*{share}"))
    return out


def write_book(sheets: Mapping[str, Iterable[Sequence[Any]]], path: Path) -> None:
    """Write a workbook of plain values, one sheet a name; text stays text, and a second run writes the same bytes."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        fill(book.create_sheet(safe_name(name, taken=set(book.sheetnames))[:31]), rows)
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
