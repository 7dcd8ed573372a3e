"""The workbook computes the scores from its own sheets, and comes to what the program says."""

from __future__ import annotations

import re
from datetime import date, datetime

import numpy as np
import openpyxl
import pytest

from geo_planner.checks.contract import mini
from geo_planner.show.documents.dossier import write_dossier
from geo_planner.verdict import judge
from tests.verdict.test_scores_fall import GREEN, HALL, LAND, LINE, PARK, PERMITS, UNIT, WRITTEN, but, phase


def opened(tmp_path, **layers):
    plan = mini(**layers).plan
    report = judge(plan, WRITTEN, only=["pb", "ec601", "ug", "in"])
    write_dossier(plan, report, tmp_path / "d.xlsx")
    return openpyxl.load_workbook(tmp_path / "d.xlsx"), report


def column(sheet, letter):
    return [cell.value for cell in sheet[letter][1:]]


def tallied(book, sheet, letter):
    """The 0 and 1 that a column of counting formulas comes to, by reading the sheets the formulas name."""
    named = {r[3].value: [] for r in book["findings"].iter_rows(min_row=2)}
    for row in book["findings"].iter_rows(min_row=2, values_only=True):
        named[row[3]].append((row[0], row[1], row[2]))
    left = [row[:3] for row in book["unknown"].iter_rows(min_row=2, values_only=True)]
    out = []
    for y, formula in enumerate(column(book[sheet], letter), start=2):
        if not isinstance(formula, str):
            out.append(formula)
            continue
        name, codes = book[sheet][f"A{y}"].value, set(re.findall(r'"([A-Z]{2}\d{3})"', formula))
        hit = "findings!" in formula and any(
            c in codes and s == "error" and x == sheet for c, s, x in named.get(name, [])
        )
        hit |= "unknown!" in formula and any(c in codes and x == sheet and n == name for c, x, n in left)
        if over := re.search(r"buildings!\$([CD]):", formula):
            on = zip(column(book["buildings"], "B"), tallied(book, "buildings", over[1]), strict=True)
            hit |= any(parcel == name and mark for parcel, mark in on)
        out.append(int(hit))
    return np.array(out)


def test_s1_of_the_sheets_is_s1_of_the_program(tmp_path):
    """Five parcels: one has no start, one carries a hall without a permit, green land is out: 2 of 4."""
    hall = {**HALL, "wkt": "POLYGON ((610 110, 660 110, 660 160, 610 160, 610 110))"}
    book, report = opened(
        tmp_path,
        parcels=but("B", start=None),
        parks=[PARK],
        control_lines=[LINE],
        buildings=[hall],
        approvals=[UNIT, *PERMITS],
    )
    land, failed, left = (
        np.array(column(book["parcels"], "F")),
        tallied(book, "parcels", "G"),
        tallied(book, "parcels", "H"),
    )
    assert float((land * (failed == 0) * (left == 0)).sum() / land.sum()) == report.scores.S1 == 0.5
    rows = dict(zip(column(book["figures"], "A"), column(book["figures"], "B"), strict=True))
    assert "parcels!$F$2:$F$6*(parcels!$G$2:$G$6=0)*(parcels!$H$2:$H$6=0)" in rows["S1"]


def test_s1_is_0_in_the_sheets_too_where_a_check_did_not_run(tmp_path):
    book, report = opened(tmp_path, parcels=[*LAND, GREEN], parks=[PARK], buildings=[HALL], approvals=[UNIT, *PERMITS])
    assert column(book["parcels"], "H") == [1] * 5
    assert report.scores.S1 == 0.0


def test_s3_of_the_sheets_is_s3_of_the_program(tmp_path):
    """Homes half an industry ahead, and one of two hectares of homes without a date."""
    rows = [phase("M", "M1", "2010-01-01", 0), phase("N", "M1", "2015-01-01", 200), phase("R", "R2", "2010-06-01", 400)]
    rows += [phase("Q", "R2", "2010-06-01", 600, start=None, released=None)]
    book, report = opened(tmp_path, parcels=rows)
    sheet = book["parcels"]
    works, homes = (np.array(column(sheet, c), float) for c in "KM")
    days = [
        [date.max if d is None else d.date() if isinstance(d, datetime) else d for d in column(sheet, c)] for c in "LN"
    ]
    excess, before = 0.0, 0.0
    for row in book["lead"].iter_rows(min_row=2, max_col=1, values_only=True):
        shares = [
            sum(a for a, d in zip(area, day, strict=True) if d <= row[0].date()) / area.sum()
            for area, day in zip((works, homes), days, strict=True)
        ]
        over = [max(0.0, p - shares[0] - report.scores.tolerance) ** 2 for p in (shares[1], before)]
        excess, before = excess + (over[0] - over[1]) / 2, shares[1]
    good = tallied(book, "parcels", "O") == 0
    share = homes[good].sum() / homes.sum()
    assert max(0.0, 1 - 2 * excess) * share == pytest.approx(report.scores.S3)
    assert 0.0 < report.scores.S3 < 0.5
