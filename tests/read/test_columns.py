"""Fields of any bureau end under canonical names, and what is not understood is kept."""

from datetime import datetime

import pandas as pd
import pytest
import shapely

from geo_planner.read.schema.columns import initials, match, understand
from geo_planner.read.schema.days import dates
from geo_planner.read.schema.quantities import numbers
from geo_planner.read.schema.roles import by_name
from geo_planner.read.schema.sheet import frame_of
from geo_planner.read.schema.values import truth


def _parcels(**columns: list):
    shapes = [shapely.box(k * 200, 0, k * 200 + 100, 100) for k in range(len(next(iter(columns.values()))))]
    return frame_of({k: pd.Series(v) for k, v in columns.items()}, shapes).set_crs("EPSG:4548")


@pytest.mark.parametrize(
    ("text", "letters"), [("开工日期", "KGRQ"), ("用地代码", "YDDM"), ("容积率", "RJL"), ("地块", "DK"), ("管线", "GX")]
)
def test_pinyin_initials_of_everyday_characters(text, letters):
    assert initials(text) == letters


@pytest.mark.parametrize(
    ("layer", "field", "column"),
    [
        ("parcels", "用地性质代", "code"),
        ("parcels", "YDXZDM", "code"),
        ("parcels", "DKBH", "id"),
        ("parcels", "ＹＤＤＭ", "code"),
        ("pipes", "GXLX", "kind"),
        ("pipes", "验收日期", "finish"),
        ("pipes", "GJ", "diameter_mm"),
        ("roads", "DLMC", "name"),
        ("parcels", "DLMC", "code_name"),
        ("approvals", "批准日期", "start"),
        ("approvals", "许可类型", "kind"),
        ("roads", "TCRQ", "finish"),
        ("parcels", "KGRQ", "start"),
    ],
)
def test_a_bureaus_field_is_understood(layer, field, column):
    assert match(layer, [field]) == {column: field}


def test_a_name_cut_at_ten_bytes_that_could_be_two_columns_is_left_alone():
    assert match("parcels", ["建筑密度上限值"]) == {}
    assert match("parcels", ["规划用地代"]) == {"planned_code": "规划用地代"}


def test_the_users_mapping_goes_before_every_guess():
    assert match("parcels", ["YDDM", "XZ"], {"XZ": "code"}) == {"code": "XZ"}


@pytest.mark.parametrize(
    ("name", "layer", "values"),
    [
        ("给水管线", "pipes", {"kind": "water"}),
        ("WSGX", "pipes", {"kind": "sewer"}),
        ("生态保护红线", "control_lines", {"kind": "redline"}),
        ("地块_2021-2025", "parcels", {}),
        ("industrial", "parcels", {"ple": "production"}),
        ("residential", "parcels", {"ple": "living"}),
        ("ecological", "parcels", {"ple": "ecology"}),
        ("road_centerlines", "roads", {}),
        ("DL", "roads", {}),
        ("规划许可", "approvals", {}),
        ("01_园区范围", "parks", {}),
        ("综合管廊", "pipes", {"kind": "tunnel"}),
        ("YD-R2", "parcels", {}),
        ("许可", "approvals", {}),
        ("CZKFBJ", "control_lines", {"kind": "boundary"}),
    ],
)
def test_a_layers_name_tells_its_role(name, layer, values):
    role = by_name(name)
    assert (role.layer, dict(role.values)) == (layer, values)


@pytest.mark.parametrize("name", ["城市道路用地", "供水用地", "铁路用地"])
def test_land_for_roads_or_pipes_is_land_where_it_is_drawn_as_areas(name):
    """The layer 城市道路用地 of a land-use drawing became roads, and its land was missing among the parcels."""
    assert by_name(name, "polygon").layer == "parcels"


def test_a_name_that_tells_nothing_gives_no_role():
    assert by_name("Export_Output_3") is None


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2019.5.8", "2019-05-08"),
        ("2019年5月8日", "2019-05-08"),
        ("20190508", "2019-05-08"),
        ("2019/5/8", "2019-05-08"),
        ("2019-05-08", "2019-05-08"),
        ("2019年5月", "2019-05-01"),
        ("2019", "2019-01-01"),
        ("43593", "2019-05-08"),
        (20190508, "2019-05-08"),
        (20190508.0, "2019-05-08"),
        ("1899-12-30", None),
        ("/", None),
        ("无", None),
        ("20190231", None),
        ("soon", None),
        ("2019-13-01", None),
    ],
)
def test_a_date_as_bureaus_write_it(word, day):
    got = dates(pd.Series([word], dtype=object)).values.iloc[0]
    assert (None if pd.isna(got) else got.strftime("%Y-%m-%d")) == day


def test_fillers_are_empty_and_nonsense_is_counted():
    read = dates(pd.Series(["/", "无", "31.11.", "2019年5月"]))
    assert (read.fillers, read.bad, read.example, read.rough) == (2, 1, "31.11.", 1)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("DN300", 300.0),
        ("1,234.5", 1234.5),
        ("１２.5", 12.5),
        ("35%", 35.0),
        ("2.5m", 2.5),
        ("1,5", None),
        ("abc", None),
    ],
)
def test_a_number_as_bureaus_write_it(word, number):
    got = numbers(pd.Series([word])).values.iloc[0]
    assert (None if pd.isna(got) else got) == number


def test_yes_and_no_in_chinese():
    assert truth(pd.Series(["是", "否", "/"])).values.tolist() == [True, False, pd.NA]


def test_full_width_codes_are_tidied_and_their_scheme_is_found():
    read = understand("parcels", _parcels(YDDM=["Ｒ２", "m1", "G1", "R2/B1"]), {})
    assert read.frame["code"].tolist() == ["R2", "M1", "G1", "R2/B1"]
    assert read.frame["scheme"].tolist() == ["gb50137"] * 4
    assert {"IM405", "IM407", "IM413"} <= {n.code for n in read.notes}


def test_digits_that_two_schemes_share_are_not_interpreted():
    read = understand("parcels", _parcels(YDDM=["0701", "0702"]), {})
    assert read.frame["scheme"].isna().all()
    assert "IM408" in {n.code for n in read.notes}


def test_an_unknown_code_is_kept_and_said():
    read = understand("parcels", _parcels(YDDM=["R2"] * 12 + ["T3"]), {})
    assert read.frame["code"].iloc[-1] == "T3"
    assert [(n.count, n.example) for n in read.notes if n.code == "IM406"] == [(1, "T3")]


@pytest.mark.parametrize(("declared", "unit"), [(1.0, "公顷 (ha)"), (15.0, "亩 (mu)")])
def test_the_unit_of_declared_areas_is_told_by_the_shapes(declared, unit):
    read = understand("parcels", _parcels(YDMJ=[declared] * 4), {})
    assert read.frame["area_declared"].tolist() == pytest.approx([10_000.0] * 4)
    assert [n.args["unit"] for n in read.notes if n.code == "IM404"] == [unit]


def test_a_value_that_is_not_among_the_known_stays_in_its_own_column():
    frame = frame_of({"GXLX": pd.Series(["给水", "航天"])}, [shapely.LineString([(0, 0), (1, 1)])] * 2)
    read = understand("pipes", frame, {})
    assert read.frame["kind"].fillna("").tolist() == ["water", ""]
    assert read.frame["GXLX"].tolist() == ["给水", "航天"]


def test_dates_that_are_dates_already_are_kept():
    read = dates(pd.Series([datetime(2020, 1, 2), None]))
    assert read.values.dt.day.tolist()[0] == 2


@pytest.mark.parametrize(
    ("word", "day", "rough"),
    [
        ("二〇二〇年三月十二日", "2020-03-12", 0),
        ("二○一九年十月", "2019-10-01", 1),
        ("二零一八年十二月三十一日", "2018-12-31", 0),
        ("一九九八年", "1998-01-01", 1),
        ("2019年5月份", "2019-05-01", 1),
        ("2010.0", "2010-01-01", 1),
        ("2010.10", "2010-10-01", 1),
    ],
)
def test_dates_in_chinese_numerals_and_years_that_were_numbers_are_read(word, day, rough):
    read = dates(pd.Series([word], dtype="str"))
    assert (str(read.values.iloc[0])[:10], read.bad, read.rough) == (day, 0, rough)


@pytest.mark.parametrize(
    "word", ["二〇二〇年十三月", "二〇二〇年二月三十日", "二〇二〇年十十月", "二〇二〇年二三月", "约二〇二〇年"]
)
def test_a_date_in_chinese_numerals_that_is_none_is_emptied_and_counted(word):
    read = dates(pd.Series([word], dtype="str"))
    assert (read.values.isna().all(), read.bad) == (True, 1)
