"""The dossier says what the map says, in four formats; text stays text, and the workbook recomputes."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_planner.errors import OutputError
from geo_planner.read.profile import read_profile
from geo_planner.show.documents.dossier import write_dossier
from geo_planner.show.documents.dossier_html import settled_pdf
from geo_planner.verdict import judge as run

from .parks import CRS, X, Y, plan, report

FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
]


def book(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize("kind", ["html", "docx", "xlsx"])
def test_a_dossier_is_the_same_bytes_twice(kind: str, tmp_path: Path) -> None:
    toy = plan()
    for name in ("a", "b"):
        write_dossier(toy, report(toy), tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_the_html_tells_findings_and_what_was_not_judged(tmp_path: Path) -> None:
    toy = plan()
    write_dossier(toy, report(toy), tmp_path / "d.html")
    text = (tmp_path / "d.html").read_text(encoding="utf-8")
    for part in (
        "小园区 · 规划审查报告",
        "parcels P0：P0（80）",
        "缺少图层：buildings",
        "程序出错",
        "城乡规划法 第37条",
        toy.digest,
        "示意图，非法定边界",
    ):
        assert part in text, part


def test_the_document_in_english_has_no_chinese_of_ours(tmp_path: Path) -> None:
    toy = plan(text="plot")
    write_dossier(toy, report(toy), tmp_path / "d.html", lang="en")
    text = (tmp_path / "d.html").read_text(encoding="utf-8")
    for own in ("城乡规划法", "第37条", "Noto Sans CJK SC"):
        text = text.replace(own, "")
    assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == []


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_text_of_the_data_becomes_a_formula_or_markup(payload: str, tmp_path: Path) -> None:
    toy = plan(text=payload)
    renamed = toy["parcels"].assign(id=[payload, "P1", "P2", "P3", "P4", "P5"])
    toy = toy.with_layer("parcels", renamed)
    write_dossier(toy, report(toy, text=payload), tmp_path / "d.xlsx")
    write_dossier(toy, report(toy, text=payload), tmp_path / "d.html")
    opened = book(tmp_path / "d.xlsx")
    ours = {("figures", 2), ("figures", 4), *(("parcels", k) for k in (7, 8, 9, 10)), ("roads", 3), ("roads", 4)}
    formulas = [c for sheet in opened for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert {(c.parent.title, c.column) for c in formulas} <= ours
    assert opened["parcels"]["A2"].value == payload
    assert opened["parcels"]["A2"].data_type == "s"
    assert "<script" not in (tmp_path / "d.html").read_text(encoding="utf-8")


def test_the_document_opens_and_holds_every_finding(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    toy = plan()
    write_dossier(toy, report(toy), tmp_path / "d.docx")
    opened = docx.Document(str(tmp_path / "d.docx"))
    cells = {cell.text for table in opened.tables for row in table.rows for cell in row.cells}
    assert {"parcels P0：P0（80）", "roads R1：S1（579）", "未判定"} <= cells
    assert len(opened.inline_shapes) == 3  # the map, the curves, the works in time


def test_the_shares_are_formulas_over_the_parcels(tmp_path: Path) -> None:
    toy = plan()
    write_dossier(toy, report(toy), tmp_path / "d.xlsx")
    sheet = book(tmp_path / "d.xlsx")["figures"]
    assert sheet["A2"].value == "production_share"
    assert sheet["B2"].value.startswith("=SUMIFS(parcels!$E$2:$E$7")


def test_an_unknown_format_is_an_error_that_names_the_known(tmp_path: Path) -> None:
    toy = plan()
    with pytest.raises(OutputError, match="docx, xlsx, html, pdf"):
        write_dossier(toy, report(toy), tmp_path / "d.odt")


@pytest.mark.browser
def test_the_pdf_is_printed_and_is_the_same_bytes_twice(tmp_path: Path) -> None:
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        pytest.skip("Chromium is missing")
    toy = plan()
    for name in ("a.pdf", "b.pdf"):
        write_dossier(toy, report(toy), tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_tags_of_a_pdf_are_numbered_as_they_come() -> None:
    one, two = (b"/ID (node%08d) (node%08d) D:20261128101112" % pair for pair in ((20, 21), (30, 31)))
    assert settled_pdf(one) == settled_pdf(two) == b"/ID (node00000001) (node00000002) D:20000101000000"


def test_libreoffice_recomputes_the_workbook_to_the_programs_figures(tmp_path: Path) -> None:
    """P0 and P1 are production, P2 and P3 living, P4 ecology: 40, 40 and 20 %; P5's code is unknown and left out."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is missing")
    toy = plan()
    write_dossier(toy, report(toy), tmp_path / "d.xlsx")
    early = toy["parcels"].copy()
    early.loc[early["id"] == "P2", "start"] = pd.Timestamp("2009-01-01")  # homes before the first plant
    works = gpd.GeoDataFrame(
        {"id": ["WW", "SW"], "kind": ["water", "sewer"], "finish": pd.to_datetime(["2010-06-01"] * 2)},
        geometry=[shapely.Point(X, Y - 16), shapely.Point(X, Y - 24)],
        crs=CRS,
    )
    full = toy.with_layer("parcels", early).with_layer("sources", works)
    write_dossier(full, run(full, read_profile("china"), only=("pb", "ug", "in", "ba")), tmp_path / "judged.xlsx")
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path / "d.xlsx"),
        str(tmp_path / "judged.xlsx"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, timeout=240, text=True)
    if not (tmp_path / "out" / "d.xlsx").exists():  # an office without Calc answers "no export filter" and exits with 0
        pytest.skip(f"LibreOffice cannot convert workbooks here (is Calc installed?): {done.stderr.strip()[:120]}")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "d.xlsx", data_only=True)["figures"]
    values = {row[0].value.split(" ")[0]: row[1].value for row in sheet.iter_rows(min_row=2)}
    expected = {
        "production_share": 0.4,
        "living_share": 0.4,
        "ecology_share": 0.2,
        "S1": 1.0,
        "error": 1,
        "warning": 2,
        "info": 0,
    }
    assert {k: pytest.approx(v) for k, v in expected.items()} == {k: values[k] for k in expected}
    sheet = openpyxl.load_workbook(tmp_path / "out" / "judged.xlsx", data_only=True)["figures"]
    rows = {
        row[0].value: (row[1].value, row[2].value) for row in sheet.iter_rows(min_row=2) if row[2].value is not None
    }
    assert {"S2", "S3", "living_share"} <= set(rows)
    assert rows["S3"][1] < 1.0
    assert {name: pytest.approx(program, abs=1e-8) for name, (_, program) in rows.items()} == {
        name: cell for name, (cell, _) in rows.items()
    }
