"""The worklist (整改台账): a row a cause, in a workbook that comes back filled in, in the document and on the terminal."""

from __future__ import annotations

import openpyxl
import pytest

from geo_planner.errors import ReviewError
from geo_planner.plan import Edit, Profile, Threshold
from geo_planner.show.documents.dossier import write_dossier
from geo_planner.show.documents.terminal import cause_lines
from geo_planner.show.documents.worklist import COLUMNS, worklist, worklist_json, worklist_table
from geo_planner.study.review import merge_reviews, with_reviews
from geo_planner.verdict import judge
from tests.verdict.test_causes import park

WATER = Profile(name="p", values={"UG201": {"kinds": Threshold(("water",), "list", "test")}})
PLAN = park(as_of="2010-12-01")
STATUS, ANSWER, WHO, DAY = (COLUMNS.index(c) + 1 for c in ("status", "answer", "reviewer", "date"))


@pytest.fixture(scope="module")
def report():
    return judge(PLAN, WATER, only=["UG201"])


def filled(report, path, *, status="属实", answer="已责成补接", lang="zh"):
    write_dossier(PLAN, report, path, lang=lang)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for column, value in ((STATUS, status), (ANSWER, answer), (WHO, "王"), (DAY, "2026-07-02")):
        sheet.cell(2, column).value = value
    book.save(path)
    return path


def test_a_row_tells_state_place_remedy_office_and_the_last_day(report):
    (head, row) = worklist_table(worklist(PLAN, report), COLUMNS, "zh")
    told = dict(zip(head, row, strict=True))
    assert (told["状态"], told["程度"], told["结论项"], told["位置"]) == ("已成事实", "违规", "先地下后地上", "北片")
    assert (told["主管部门"], told["期限"], told["涉及地块"], told["面积（公顷）"], told["天数"]) == (
        "水务局",
        "2011-01-01",
        2,
        2.0,
        365.0,
    )
    assert (told["问题数"], told["处理意见"]) == (2, "")


def test_a_row_tells_the_edits_that_a_repair_offers(report):
    fix = Edit("retime", "pipes", "W", {"finish": "2010-05-01"}, origin="solver")
    (row,) = worklist(PLAN, report, [fix])
    assert row["option"]["zh"] == "W 验收日期 2011-06-01 → 2010-05-01（-396 天）"
    assert row["option"]["en"] == "W accepted 2011-06-01 → 2010-05-01 (-396 d)"


@pytest.mark.parametrize(("lang", "status"), [("zh", "属实"), ("en", "accepted")])
def test_a_status_filled_in_the_workbook_comes_back_on_every_finding_of_the_cause(report, tmp_path, lang, status):
    path = filled(report, tmp_path / "dossier.xlsx", status=status, lang=lang)
    after = with_reviews(report, [path])
    assert set(after.reviews) == set(report.findings["fingerprint"])
    assert {(m["verdict"], m["reason"], m["reviewer"], m["date"]) for m in after.reviews.values()} == {
        ("accepted", "已责成补接", "王", "2026-07-02")
    }
    (row,) = worklist(PLAN, after)
    assert (row["status"][lang], row["answer"], row["reviewer"]) == (status, "已责成补接", "王")


def test_what_was_filled_in_stands_in_the_next_workbook_and_comes_back_again(report, tmp_path):
    once = with_reviews(report, [filled(report, tmp_path / "a.xlsx")])
    write_dossier(PLAN, once, tmp_path / "b.xlsx")
    assert merge_reviews([tmp_path / "b.xlsx"]).marks == merge_reviews([tmp_path / "a.xlsx"]).marks


def test_a_worklist_sent_back_untouched_marks_nothing(report, tmp_path):
    write_dossier(PLAN, report, tmp_path / "dossier.xlsx")
    assert merge_reviews([tmp_path / "dossier.xlsx"]).marks == ()


def test_a_cause_waived_without_a_reason_is_refused(report, tmp_path):
    with pytest.raises(ReviewError, match="waived without a reason"):
        merge_reviews([filled(report, tmp_path / "dossier.xlsx", status="豁免", answer="")])


def test_a_word_that_is_no_status_is_named(report, tmp_path):
    with pytest.raises(ReviewError, match="has the status '再议'"):
        merge_reviews([filled(report, tmp_path / "dossier.xlsx", status="再议")])


def test_another_workbook_is_no_worklist(tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(ReviewError, match="no worklist of this program"):
        merge_reviews([tmp_path / "other.xlsx"])


def test_the_sheet_is_first_with_filter_widths_and_a_list_of_statuses(report, tmp_path):
    write_dossier(PLAN, report, tmp_path / "dossier.xlsx")
    book = openpyxl.load_workbook(tmp_path / "dossier.xlsx")
    sheet = book.worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("整改台账", "A2", "A1:S2")
    assert sheet.column_dimensions["F"].width == 48
    assert sheet.data_validations.dataValidation[0].formula1 == '"属实,不属实,豁免"'
    assert book["fingerprints"].sheet_state == "hidden"


def test_the_document_has_the_worklist_as_a_section(report, tmp_path):
    import docx

    write_dossier(PLAN, report, tmp_path / "dossier.docx")
    document = docx.Document(str(tmp_path / "dossier.docx"))
    assert "三、整改台账" in [p.text for p in document.paragraphs]
    assert any("管线 W 晚到" in cell.text for table in document.tables for row in table.rows for cell in row.cells)


def test_the_terminal_tells_at_most_ten_causes(report):
    lines = cause_lines(report, "zh")
    assert lines[1] == "整改台账（前 1 项，共 1 项）："
    assert lines[2].startswith(" 1  [已成事实] 北片 · 管线 W 晚到：未通先建")
    assert lines[2].endswith("水务局 · 期限 2011-01-01")


def test_the_worklist_stands_as_json_with_its_columns_in_both_languages(report):
    import json

    said = json.loads(worklist_json(PLAN, report))
    assert said["columns"]["bureau"] == {"zh": "主管部门", "en": "in charge"}
    (row,) = said["rows"]
    assert (row["number"], row["parcels"], row["area"], row["days"], row["by_when"]) == (1, 2, 2.0, 365.0, "2011-01-01")
    assert row["bureau"]["zh"] == "水务局"
    assert row["title"]["en"].startswith("Pipe W comes late")
    assert set(row["fingerprints"]) == set(report.findings["fingerprint"])
