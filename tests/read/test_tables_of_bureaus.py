"""Tables as bureaus keep them: totals, notes, signatures, units and second tables are told from what they hold."""

import openpyxl
import pandas as pd
import pytest
import shapely

from geo_planner.read import import_layers
from geo_planner.read.formats.cells import whole_or_float
from geo_planner.read.ledgers import read_ledger

HEAD = ["宗地编号", "用地面积", "约定开工时间", "项目名称"]
A1, A2 = ["A1", 1.5, "2020-01-01", "甲"], ["A2", 2.5, "2020-02-01", "乙"]


def _book(path, rows, title="台账"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def _ledger(tmp_path, *rows):
    return read_ledger(_book(tmp_path / "台账.xlsx", rows))


@pytest.mark.parametrize(
    "row",
    [
        ["合 计", 4.0, None, "2宗"],
        ["总　计：", 4.0],
        [None, 4.0, None, "本页小计"],
        ["以上共计", 4.0],
        ["填表人：张三", None, "审核人：李四"],
        ["注：1. 数据截至 2020 年", None, "2. 面积为净用地"],
        ["说明1、面积为净用地", "见附件"],
        HEAD,
    ],
    ids=["spaced", "wide space", "in the last column", "all above", "signatures", "note", "numbered note", "header again"],
)  # fmt: skip
def test_what_stands_below_a_table_is_no_parcel(tmp_path, row):
    """合 计 with a blank in it was a parcel of its own, with the area of all."""
    ledger = _ledger(tmp_path, HEAD, A1, A2, row)
    assert ledger.frame["id"].tolist() == ["A1", "A2"]
    assert ledger.frame["area_declared"].tolist() == [1.5, 2.5]
    assert not [n for n in ledger.notes if n.code in {"IM402", "IM403"}]


def test_a_parcel_whose_name_begins_like_a_note_stays(tmp_path):
    assert _ledger(tmp_path, HEAD, ["注1", 1.5, "2020-01-01", "注塑厂"]).frame["id"].tolist() == ["注1"]


def test_two_tables_on_one_sheet_are_both_read_by_their_own_headers(tmp_path):
    """The second header was a row, its columns went under the names of the first; with more columns it hid the first."""
    wider = ["宗地编号", "约定竣工时间", "用地面积（亩）", "土地用途", "约定开工时间"]
    ledger = _ledger(
        tmp_path, ["一、已供地"], HEAD, A1, [], ["二、拟供地"], wider, ["C1", "2021-05-01", 15, "工业用地", "2020-3-1"]
    )
    assert ledger.frame["id"].tolist() == ["A1", "C1"]
    assert ledger.frame["area_declared"].round(6).tolist() == [1.5, 10_000.0]
    assert ledger.frame["contract_finish"].dt.strftime("%Y-%m-%d").tolist()[1] == "2021-05-01"
    assert ledger.frame["name"].tolist()[0] == "甲"


@pytest.mark.parametrize(
    "rows",
    [
        [["供地台账", None, "单位：公顷"], HEAD, A1],
        [["（单位：宗、公顷）"], HEAD, A1],
        [HEAD, [None, "公顷"], A1],
        [HEAD, ["单位", "hm²", "—"], A1],
        [["宗地编号", "用地面积\n（公顷）", "约定开工时间"], A1],
        [["宗地编号", "用地面积（万平方米）"], A1],
    ],
    ids=["line above", "two units above", "row below", "row of units", "header", "two columns"],
)
def test_the_unit_of_an_area_is_taken_from_where_it_is_written(tmp_path, rows):
    """1.5 under 单位：公顷 was an area of 1.5 m², without a word."""
    ledger = _ledger(tmp_path, *rows)
    assert ledger.frame["area_declared"].tolist() == [15_000.0]
    assert [n.args["unit"] for n in ledger.notes if n.code == "IM421"] != []


def test_an_upper_header_over_the_first_of_two_columns_counts_for_both(tmp_path):
    ledger = _ledger(
        tmp_path,
        ["宗地编号", "土地用途", "约定容积率", None],
        [None, None, "上限", "下限"],
        ["A1", "工业用地", 2.0, 1.0],
    )
    assert (ledger.frame["far_max"].tolist(), ledger.frame["far_min"].tolist()) == ([2.0], [1.0])


def test_whole_numbers_that_a_float_would_round_stay_whole():
    ids = [320508001001000001, 320508001001000002, None]
    assert whole_or_float(pd.Series(ids, dtype=object)).tolist()[:2] == ids[:2]
    assert str(whole_or_float(pd.Series([7, 8.5, None], dtype=object)).dtype) == "float64"


@pytest.mark.parametrize("ids", [[320508001001000001, 320508001001000002], ["3.20508E+17", "3.20508E+17"]])
def test_ids_that_a_spreadsheet_rounded_are_a_doubt(tmp_path, ids):
    """Two parcels of 18 digits had one id, or none, and nothing said that the digits were lost."""
    boxes = [shapely.box(120.6 + k / 100, 31.3, 120.605 + k / 100, 31.305).wkt for k in range(2)]
    path = _book(tmp_path / "地块.xlsx", [["地块编号", "WKT"], [ids[0], boxes[0]], [ids[1], boxes[1]]], "地块")
    result = import_layers([path])
    assert [(n.code, n.count) for n in result.notes if n.code == "IM433"] == [("IM433", 2)]
    assert result.outcome == "warn"


def test_what_a_ledger_empties_names_the_row_of_its_sheet(tmp_path):
    ledger = _ledger(tmp_path, ["供地台账"], HEAD, A1, ["A2", 2.5, "5/3/12", "乙"])
    told = next(n for n in ledger.notes if n.code == "IM402")
    assert (told.count, told.args["row"]) == (1, 4)
    assert isinstance(told.args["row"], int)
    assert pd.isna(ledger.frame["contract_start"].iloc[1])


def _csv(path, text):
    path.write_bytes(text.encode("gb18030"))
    return import_layers([path])


@pytest.mark.parametrize(
    ("above", "below"), [("地块表,,\n单位：公顷,,\n", ""), ("", ",公顷,\n")], ids=["line above", "row below"]
)
def test_a_table_with_shapes_has_its_unit_above_or_below_too(tmp_path, above, below):
    boxes = [shapely.box(120.6 + k / 100, 31.3, 120.605 + k / 100, 31.305).wkt for k in range(2)]
    text = f'{above}地块编号,面积,WKT\n{below}A1,0.54,"{boxes[0]}"\nA2,0.6,"{boxes[1]}"\n'
    result = _csv(tmp_path / "地块.csv", text)
    assert result.plan.layers["parcels"]["area_declared"].tolist() == [5400.0, 6000.0]
    assert result.rejects == {}


@pytest.mark.parametrize(
    ("head", "crs"), [("X(EPSG:4547),Y(EPSG:4547)", "EPSG:4547"), ("X坐标（m）,Y坐标（m）", ""), ("X(米),Y(米)", "")]
)
def test_coordinates_with_a_system_or_a_unit_behind_their_name_are_coordinates(tmp_path, head, crs):
    result = _csv(tmp_path / "设施.csv", f"名称,类型,{head}\na,小学,500000,3500000\nb,医院,500010,3500010\n")
    rows = result.plan.layers["facilities"]
    assert (len(rows), result.plan.crs) == (2, crs)
    assert rows.geometry.x.tolist() == [500_000.0, 500_010.0]


def test_one_row_with_latitude_first_moves_no_plan_to_the_pole(tmp_path):
    """The plan took an equal-area grid at 76° north, and lengths were off everywhere."""
    text = "名称,类型,经度,纬度\na,小学,120.6,31.3\nb,医院,31.31,120.61\nc,医院,120.62,31.32\nd,小学,120.62,31.33\n"
    result = _csv(tmp_path / "设施.csv", text)
    assert result.plan.crs == "EPSG:4549"
    assert result.plan.layers["facilities"]["name"].tolist() == ["a", "c", "d"]
    assert [n.count for n in result.notes if n.code == "IM310"] == [1]


def test_a_month_kept_as_a_number_in_a_ledger_is_open_where_it_can_be_two(tmp_path):
    ledger = _ledger(tmp_path, HEAD, ["A1", 1, 2012.1, "甲"], ["A2", 2, "2012-03-05", "乙"])
    assert ledger.frame["contract_start"].isna().tolist() == [True, False]
