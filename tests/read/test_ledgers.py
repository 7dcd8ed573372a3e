"""Ledgers and the land-supply register: headers found, agreed dates apart, numbers joined however they are written."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_planner.errors import ReadError
from geo_planner.plan import Plan
from geo_planner.read.ledgers import join_ledger, plain_number, read_ledger, short_number
from geo_planner.read.schema.register import far_bounds

from ..shared import shared


def _plan(*ids, **columns):
    shapes = [shapely.box(500_000 + 100 * k, 3_750_000, 500_090 + 100 * k, 3_750_100) for k in range(len(ids))]
    frame = gpd.GeoDataFrame({"id": list(ids), **columns}, geometry=shapes, crs="EPSG:4548")
    return Plan("p", "EPSG:4548", {"parcels": frame})


def _book(path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "供地台账"
    page.append(["宿迁园区土地供应台账（2017年）"])
    page.merge_cells("A1:F1")
    page.append(["注：面积单位为公顷"])
    page.append(["宗地编号", "土地用途", "面积(公顷)", "约定容积率", None, "约定开工时间"])
    page.append([None, None, None, "下限", "上限", None])
    page.merge_cells("D3:E3")
    for column in "ABCF":
        page.merge_cells(f"{column}3:{column}4")
    page.append(["SQ-02-01", "工业用地", 1.5, 1.0, 2.0, "2017年04月06日"])
    page.append(["SQ0202", "科教用地", "0.9", 0.8, 1.2, "2017.7.5"])
    page.append(["SQ 2-3 号", "公路用地", 0.9, None, None, "/"])
    page.append(["SQ-09-09", "工业用地", 1, None, None, None])
    page.append(["合计", None, 4.3, None, None, None])
    second = book.create_sheet("许可台账")
    second.append(["地块编号", "合同签订日期", "约定竣工时间"])
    second.append(["SQ-04", "2017年1月5日", "2019-01-05"])
    book.create_sheet("说明").append(["本表仅供内部使用"])
    book.save(path)
    return path


def test_a_ledger_is_read_below_notes_and_merged_headers_from_all_sheets(tmp_path):
    frame = read_ledger(_book(tmp_path / "台账.xlsx")).frame
    assert frame["id"].tolist() == ["SQ-02-01", "SQ0202", "SQ 2-3 号", "SQ-09-09", "SQ-04"]
    assert frame["area_declared"].tolist()[:3] == [15_000.0, 9_000.0, 9_000.0]
    assert (frame["far_min"][0], frame["far_max"][0]) == (1.0, 2.0)
    assert frame["contract_start"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2017-04-06", "2017-07-05"]
    assert frame["contract_finish"].dt.year.tolist()[4] == 2019
    assert frame["code"].tolist()[:3] == ["1001", "08", "1202"]
    assert frame.get("start", pd.Series(dtype=object)).notna().sum() == 0


def test_numbers_written_three_ways_meet_and_those_without_a_partner_are_listed(tmp_path):
    plan = join_ledger(_plan("SQ-02-01", "SQ-02-02", "SQ-02-03", "SQ-05"), read_ledger(_book(tmp_path / "台账.xlsx")))
    assert plan["parcels"]["contract_start"].dt.strftime("%m-%d").tolist()[:2] == ["04-06", "07-05"]
    assert plan["parcels"]["start"].isna().all()
    said = {n.code: (n.count, n.args.get("ids")) for n in plan.notes if n.code.startswith("IM90")}
    assert said == {"IM901": (3, None), "IM902": (2, "SQ-09-09, SQ-04"), "IM903": (1, "SQ-05")}


def test_what_the_layer_says_stays_and_the_difference_is_a_doubt(tmp_path):
    plan = join_ledger(_plan("SQ-02-01", far_min=[3.0]), read_ledger(_book(tmp_path / "台账.xlsx")))
    assert plan["parcels"]["far_min"].tolist() == [3.0]
    assert [(n.count, n.args["field"]) for n in plan.notes if n.code == "IM906"] == [(1, "far_min")]


def test_numbers_that_would_meet_two_rows_meet_none():
    assert plain_number("SQ-02-01 号") == plain_number("SQ0201") == "SQ0201"
    assert short_number("SQ 2-1 号") == short_number("SQ-02-01") == "SQ-2-1"
    assert plain_number("SQ-1-11") == plain_number("SQ-11-1")
    plan = _plan("SQ-1-11", "SQ-11-1")
    frame = pd.DataFrame({"id": ["SQ-11-1"], "far_max": [2.0]})
    from geo_planner.read.ledgers import Ledger

    joined = join_ledger(plan, Ledger("l.xlsx", frame, ()))
    assert joined["parcels"]["far_max"].fillna(0).tolist() == [0.0, 2.0]


def test_a_table_without_a_header_that_is_understood_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(ReadError, match="no sheet has a header"):
        read_ledger(tmp_path / "a.csv")


def test_bounds_in_the_wrong_order_are_swapped_as_columns_where_most_are():
    columns = {"far_max": pd.Series([0.7, 1.0, 0.8, 1.0]), "far_min": pd.Series([2.0, 1.2, 1.5, None])}
    (said,) = far_bounds(columns)
    assert columns["far_min"].tolist() == [0.7, 1.0, 0.8, 1.0]
    assert columns["far_max"].tolist()[:3] == [2.0, 1.2, 1.5]
    assert (said.code, said.count, said.args["how"]) == ("IM419", 4, "both columns")


@pytest.mark.shared
def test_the_land_supply_register_is_understood():
    ledger = read_ledger(shared("real-data", "cn-land-register", "suqian_suzhou_2017.csv"))
    frame = ledger.frame
    assert len(frame) == 67
    for column in ("code", "contract_date", "contract_start", "contract_finish", "contract_handover", "area_declared"):
        assert frame[column].notna().sum() >= 66, column
    assert (
        frame["code"].value_counts().to_dict() == {"1001": 43, "0701": 16, "13": 3, "1202": 3, "08": 1, "0901": 1} | {}
    )
    assert frame["area_declared"].iloc[0] == pytest.approx(14_644.0)
    assert (frame["far_min"].fillna(0) <= frame["far_max"].fillna(99)).all()
    assert not {"start", "finish"} & set(frame.columns[frame.notna().any()])


def test_a_merged_header_that_says_nothing_known_leaves_the_lower_one_its_meaning(tmp_path):
    """宗地编号 merged over two rows beside 审批 over 开工日期: "no column is the number of the parcel"."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["供地台账"],
        ["序号", "宗地编号", "审批", None, "约定"],
        [None, None, "开工日期", "竣工日期", "开工日期"],
    ):
        sheet.append(row)
    for area in ("A2:A3", "B2:B3", "C2:D2"):
        sheet.merge_cells(area)
    sheet.append([1, "A-01", "2012年3月", "2013-05-06", "2012-01-01"])
    sheet.append([2, "A-02", "201204", None, None])
    sheet.append(["合计", None, None, None, None])
    book.save(tmp_path / "台账.xlsx")
    frame = read_ledger(tmp_path / "台账.xlsx").frame
    assert frame["id"].tolist() == ["A-01", "A-02"]
    assert [d.strftime("%Y-%m-%d") for d in frame["start"]] == ["2012-03-01", "2012-04-01"]
    assert frame["finish"].dropna().dt.strftime("%Y-%m-%d").tolist() == ["2013-05-06"]
    assert frame["contract_start"].dropna().dt.strftime("%Y-%m-%d").tolist() == ["2012-01-01"]
