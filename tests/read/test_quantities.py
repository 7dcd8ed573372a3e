"""Numbers as bureaus write them: units behind them and in headers, shares for percentages; nothing is off by 10,000."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.read.schema.columns import understand
from geo_planner.read.schema.quantities import header_unit, number, numbers


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("3000cm", "m", 30.0),
        ("0.04km", "m", 40.0),
        ("30米", "m", 30.0),
        ("0.3m", "mm", 300.0),
        ("DN300", "mm", 300.0),
        ("3.6公顷", "m²", 36_000.0),
        ("3.6万平方米", "m²", 36_000.0),
        ("54亩", "m²", 36_000.0),
        ("1.2万人", "", 12_000.0),
        ("1.2万", "", 12_000.0),
        ("6F", "", 6.0),
        ("2.5MW", "kW", 2500.0),
        ("0.5万m³/d", "m³/d", 5000.0),
        ("10000V", "kV", 10.0),
        ("35‰", "%", 3.5),
        ("12亩", "m", None),
        ("800×600", "mm", None),
        ("3人/公顷", "", None),
        ("无", "m", None),
    ],
)
def test_a_number_is_brought_to_the_unit_of_its_column(written, unit, value):
    """人口 1.2万 was read as 1.2 people, a width of 3000cm as 3,000 m, and both in full."""
    got = number(written, unit)[0]
    assert got is None if value is None else got == pytest.approx(value)


@pytest.mark.parametrize(
    ("field", "name", "unit"),
    [
        ("限高（米）", "限高", "米"),
        ("人口(万人)", "人口", "万人"),
        ("用地面积_公顷", "用地面积", "公顷"),
        ("容积率(FAR)", "容积率(FAR)", ""),
        ("JZ_GD", "JZ_GD", ""),
    ],
)
def test_a_header_without_its_unit(field, name, unit):
    assert header_unit(field) == (name, unit)


def _read(**columns):
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(100 * k, 0, 100 * k + 60, 100) for k in range(count)]  # 6,000 m² each
    frame = gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:4548")
    return understand("parcels", frame, {})


def test_headers_with_units_are_understood_and_their_numbers_brought_over():
    """限高(米) and 人口(万人) were left aside in silence."""
    read = _read(**{"限高(米)": [24.0, 30.0], "人口(万人)": [1.2, 0.3], "用电负荷(MW)": [2.5, 3.0]})
    assert read.frame["height_max"].tolist() == [24.0, 30.0]
    assert read.frame["people"].tolist() == [12_000.0, 3_000.0]
    assert read.frame["power_kw"].tolist() == [2500.0, 3000.0]
    assert [n.code for n in read.notes if n.severity != "info"] == []


def test_areas_with_units_of_their_own_and_bare_ones_of_a_header_are_each_read_once():
    read = _read(**{"面积(亩)": ["9", "9亩", "0.6公顷", "6000平方米"]})
    assert np.allclose(read.frame["area_declared"], 6000.0)


def test_bare_areas_among_those_with_units_take_the_unit_that_the_shapes_show():
    read = _read(MJ=["0.6", "0.6", "0.6", "9亩"])
    assert np.allclose(read.frame["area_declared"], 6000.0)
    assert [n.count for n in read.notes if n.code == "IM404"] == [3]


def test_shares_of_one_for_percentages_are_doubted_and_read_as_such():
    """建筑密度 0.35 stood as 0.35 %, read in full."""
    read = _read(建筑密度=[0.35, 0.4, 0.42], 绿地率=["0.5%", "0.7%", "1%"])
    assert np.allclose(read.frame["density"], [35.0, 40.0, 42.0])
    assert np.allclose(read.frame["green"], [0.5, 0.7, 1.0])
    assert [(n.code, n.args["field"]) for n in read.notes if n.severity == "warning"] == [("IM425", "建筑密度")]


def test_one_percent_beside_larger_ones_stays():
    assert numbers(pd.Series([0.5, 35.0, 40.0]), "%").values.tolist() == [0.5, 35.0, 40.0]
    assert _read(建筑密度=[0.5, 35.0, 40.0]).frame["density"].tolist() == [0.5, 35.0, 40.0]


@pytest.mark.parametrize(
    "written",
    [["一类工业用地（M1）", "公园绿地(G1)", "二类居住用地 R2"], ["M1一类工业用地", "G1公园绿地", "R2-二类居住用地"]],
)
def test_a_code_and_its_name_in_one_value_are_parted(written):
    """The code stood in plain sight and every parcel was without one."""
    read = _read(用地性质=written)
    assert read.frame["code"].tolist() == ["M1", "G1", "R2"]
    assert read.frame["scheme"].tolist() == ["gb50137"] * 3
    assert read.frame["code_name"].tolist() == ["一类工业用地", "公园绿地", "二类居住用地"]


def test_the_zero_that_a_column_of_numbers_took_is_put_back_and_said():
    """0601 kept as a number was 601 in the plan that went out again."""
    read = _read(DLBM=[601.0, 701.0, 1004.0], DLMC=["工业用地", "城镇住宅用地", "城镇村道路用地"])
    assert read.frame["code"].tolist() == ["0601", "0701", "1004"]
    assert [(n.count, n.example) for n in read.notes if n.code == "IM427"] == [(2, "601")]


def test_codes_joined_without_a_mark_are_mixed_codes_of_their_scheme():
    """One R2B1 among eight codes left all of them without a scheme."""
    read = _read(YDDM=["M1", "M2", "R2", "R2B1", "G1", "A33"])
    assert read.frame["scheme"].tolist() == ["gb50137"] * 6
    assert [(n.count, n.example) for n in read.notes if n.code == "IM413"] == [(1, "R2B1")]


def test_present_and_planned_use_side_by_side_go_to_columns_of_their_own():
    read = _read(现状用地代码=["0101", "0103"], 规划用地代码=["100101", "070102"], 现状用地性质=["水田", "旱地"])
    assert read.fields == {"code": "现状用地代码", "code_name": "现状用地性质", "planned_code": "规划用地代码"}


@pytest.mark.parametrize(
    ("field", "column"), [("用地性质名", "code_name"), ("用地分类名", "code_name"), ("用地面积公", "area_declared")]
)
def test_names_of_use_and_areas_cut_at_ten_bytes_are_understood(field, column):
    assert (
        _read(**{field: ["1", "2"] if column == "area_declared" else ["工业用地", "公园绿地"]}).fields[column] == field
    )
