"""Small values a plan is made of: each promise of theirs, by value."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks.contract import mini
from geo_planner.errors import LandUseError, ScenarioError
from geo_planner.plan import Edit, Plan, Profile, Raster, Threshold, apply
from geo_planner.plan.arguments import Arguments, plain_cells
from geo_planner.plan.editions import edition_on, every, in_force, latest
from geo_planner.plan.expression import rows_where
from geo_planner.plan.landuse import classify
from geo_planner.plan.landuse.catalogue import COLUMNS, own_schemes, scheme, scheme_from, scheme_text, schemes
from geo_planner.plan.layer import Layer, without_rows
from geo_planner.plan.layers import conform
from geo_planner.plan.named import named
from geo_planner.plan.report import Scores
from geo_planner.plan.scenario_text import scenario_text
from geo_planner.plan.trust import level_of
from geo_planner.read.scenario import read_scenario

CRS = "EPSG:4527"
DATED = (("", "2008-01-30", 20.0), ("2008-01-31", "2023-05-31", 30.0), ("2023-06-01", "", 40.0))


def parcels(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [shapely.box(20 * k, 0, 20 * k + 10, 10) for k in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def plan(**columns: list[object]) -> Plan:
    return Plan(name="t", crs=CRS, layers={"parcels": parcels(**columns)})


def test_an_edition_holds_from_its_first_day_to_its_last() -> None:
    days = np.array(["2000-01-01", "2008-01-30", "2008-01-31", "2023-05-31", "2023-06-01", "NaT"], "datetime64[D]")
    assert in_force(DATED, days).tolist() == [20.0, 20.0, 30.0, 30.0, 40.0, 40.0]
    assert [edition_on(DATED, day) for day in days[:5]] == [20.0, 20.0, 30.0, 30.0, 40.0]
    assert in_force(30, days).tolist() == [30.0] * 6


def test_before_the_first_edition_there_was_no_number() -> None:
    days = np.array(["2008-01-30", "2024-01-01"], "datetime64[D]")
    begun = DATED[1:2]
    assert np.isnan(in_force(begun, days)).tolist() == [True, True]
    assert [edition_on(begun, day) for day in days] == [None, None]
    assert edition_on(7, days[0]) == 7
    assert (latest(DATED), latest(5), every(DATED), every(5)) == (40.0, 5, (20.0, 30.0, 40.0), (5,))


def test_a_feature_without_an_id_goes_by_its_position() -> None:
    told = named(plan(id=["A", None, ""]))
    assert told["parcels"]["id"].tolist() == ["A", "#2", "#3"]
    whole = plan(id=["A", "B"])
    assert named(whole) is whole


def test_an_id_is_not_given_in_a_layer_of_ones_own() -> None:
    own = Plan(name="t", crs=CRS, layers={"mine": parcels(id=["A", None])})
    assert named(own) is own


def test_columns_replaced_keep_the_others_digests_and_the_type_of_the_layer() -> None:
    layer = Layer.of("parcels", parcels(id=["A", "B"], far=[1.0, 2.0]))
    before = layer.column_digest("id")
    moved = layer.with_columns({"far": [3.0, 4.0]})
    assert moved.frame["far"].tolist() == [3.0, 4.0]
    assert moved._digests == {"id": before}
    assert moved.column_digest("far") != layer.column_digest("far")
    assert layer.frame["far"].tolist() == [1.0, 2.0]
    loose = layer.with_columns({"far": ["5", "6"]})
    assert (loose.frame["far"].dtype, loose.frame["far"].tolist()) == (np.dtype("float64"), [5.0, 6.0])


def test_shapes_replaced_are_the_layers_shapes() -> None:
    layer = Layer.of("parcels", parcels(id=["A"]))
    moved = layer.with_columns({"geometry": [shapely.box(0, 0, 2, 3)]})
    assert moved.frame.geometry.area.tolist() == [6.0]
    assert moved.digest != layer.digest


def test_layers_are_equal_by_name_and_by_what_they_hold() -> None:
    one, two = (Layer.of("parcels", parcels(id=["A"], far=[1.0])) for _ in range(2))
    other = Layer.of("parcels", parcels(id=["A"], far=[2.0]))
    assert one == two
    assert hash(one) == hash(two)
    assert one != other
    assert one != Layer("blocks", one.frame)
    assert one != "parcels"
    assert one.column_digest("nothing") == "absent"


def test_a_layer_without_rows_has_the_columns_of_its_kind() -> None:
    empty = without_rows("parcels", CRS)
    assert (len(empty.frame), empty.frame.crs.to_string()) == (0, CRS)
    assert {"id", "far", "code"} <= set(empty.frame.columns)


def test_a_layer_is_conformed_once_and_keeps_foreign_columns_behind_its_own() -> None:
    frame = conform("parcels", parcels(id=["A"], note=["x"], far=["2.5"], start=["2010-01-01"]))
    assert frame.columns.tolist()[-2:] == ["note", "geometry"]
    assert frame["far"].tolist() == [2.5]
    assert frame["start"].tolist() == [pd.Timestamp("2010-01-01")]
    own = parcels(id=["A"])
    assert conform("mine", own) is own


def test_missing_columns_come_as_nulls_of_their_type() -> None:
    frame = conform("parcels", parcels(id=["A"]))
    assert frame[["far", "start", "code"]].isna().all(axis=None)
    assert [str(frame[c].dtype) for c in ("far", "start", "code")] == ["float64", "datetime64[ms]", "str"]


def test_a_minus_and_a_not_are_worked_in_an_expression() -> None:
    frame = conform("parcels", parcels(id=["A", "B", "C"], far=[1.0, -2.0, None]))
    chosen = {text: frame["id"][rows_where("parcels", frame, text)].tolist() for text in (
        "-far > 1", "not far > 0", "far == -2", "contains(id, 'A')", "endswith(id, 'B')", "1 > far",
    )}  # fmt: skip
    assert chosen == {
        "-far > 1": ["B"],
        "not far > 0": ["B"],
        "far == -2": ["B"],
        "contains(id, 'A')": ["A"],
        "endswith(id, 'B')": ["B"],
        "1 > far": ["B"],
    }


def test_a_point_is_no_pattern_in_an_expression() -> None:
    frame = conform("parcels", parcels(id=["A.1", "AX1"]))
    assert frame["id"][rows_where("parcels", frame, "contains(id, 'A.1')")].tolist() == ["A.1"]


def test_a_list_is_compared_by_in_alone() -> None:
    frame = conform("parcels", parcels(id=["A"], far=[1.0]))
    for text in ("far == [1.0]", "[1.0] == far"):
        with pytest.raises(ScenarioError, match="holds Eq"):
            rows_where("parcels", frame, text)
    with pytest.raises(ScenarioError, match="holds In"):
        rows_where("parcels", frame, "far in 1.0")


def test_a_plus_before_a_number_is_refused() -> None:
    with pytest.raises(ScenarioError, match="UAdd"):
        rows_where("parcels", conform("parcels", parcels(id=["A"], far=[1.0])), "+far > 1")


def test_a_day_is_read_in_other_writings_and_nothing_clears_it() -> None:
    before = plan(id=["A"], start=["2010-01-01"])
    told = [
        apply(before, [Edit("retime", "parcels", "A", {"start": day})])["parcels"]["start"].iloc[0]
        for day in ("2026/5/1", dt.date(2026, 5, 1), "", None)
    ]
    assert told[:2] == [pd.Timestamp("2026-05-01")] * 2
    assert pd.isna(told[2:]).all()
    with pytest.raises(ScenarioError, match="is not a date"):
        apply(before, [Edit("retime", "parcels", "A", {"start": "soon"})])


def test_every_row_of_a_double_id_is_edited() -> None:
    after = apply(plan(id=["A", "B", "A"], far=[1.0, 1.0, 1.0]), [Edit("set", "parcels", "A", {"far": 2.0})])
    assert after["parcels"]["far"].tolist() == [2.0, 1.0, 2.0]


def test_an_edit_after_an_id_has_changed_finds_the_new_one() -> None:
    edits = [Edit("set", "parcels", "A", {"id": "Z"}), Edit("set", "parcels", "Z", {"far": 3.0})]
    assert apply(plan(id=["A", "B"], far=[1.0, 1.0]), edits)["parcels"]["far"].tolist() == [3.0, 1.0]


def test_edits_read_back_as_they_were_written(tmp_path) -> None:
    value = {
        "n": np.int64(3),
        "x": 0.1 + 0.2,
        "yes": True,
        "no": np.bool_(False),
        "word": '说"好"',
        "day": dt.date(2026, 5, 1),
    }
    text = scenario_text(
        [Edit("set", "parcels", "A", value, reason="why")], name="n", base="b.toml", title={"zh": "名"}
    )
    (tmp_path / "b.toml").write_text('name = "b"\nlayers = "layers"\n', encoding="utf-8")
    (tmp_path / "n.toml").write_text(text, encoding="utf-8")
    back = read_scenario(tmp_path / "n.toml")
    assert back.title == {"zh": "名"}
    assert dict(back.edits[0].value) == {
        "n": 3, "x": 0.30000000000000004, "yes": True, "no": False, "word": '说"好"', "day": "2026-05-01",
    }  # fmt: skip
    assert [type(v) for v in back.edits[0].value.values()] == [int, float, bool, bool, str, str]


def cells(*texts: str, source: str = "s", level: str = "printed") -> Threshold:
    return Threshold(value=texts, unit="m", source=source, stated=level)  # type: ignore[arg-type]


def test_a_table_over_a_wider_one_keeps_the_cells_it_does_not_set() -> None:
    wide = Profile(name="wide", values={"ST701": {"table": cells("a.b = 1", "c.d = 2", source="wide", level="memory")}})
    own = Profile(name="own", values={"ST701": {"table": cells("c.d = 5", source="own")}})
    both = wide.under(own).values["ST701"]["table"]
    assert both.value == ("a.b = 1", "c.d = 5")
    assert (both.source, both.level) == ("wide; own", "memory")


def test_a_scheme_of_ones_own_reads_back_from_its_csv() -> None:
    text = ",".join(COLUMNS) + "\nX1,厂,plant,P,,3,1,,industry\nX2,林,wood,E,,,,5,\nX3,空,none,,,,,,\n"
    head = {"scheme": "ours", "zh": "我", "en": "ours", "edition": "1", "source": "us", "verified": "false"}
    own = scheme_from(text, head)
    assert [(c.code, c.ple, c.group) for c in own.classes.values()] == [
        ("X1", "production", "industry"), ("X2", "ecology", ""), ("X3", None, ""),
    ]  # fmt: skip
    assert own.classes["X1"].weights[:2] == (3.0, 1.0)
    assert np.isnan(own.classes["X1"].weights[2])
    back_head, back_text = scheme_text(own)
    assert back_head == head
    assert scheme_from(back_text, back_head).digest == own.digest
    assert scheme_text(replace(own, verified=True))[0]["verified"] == "true"
    assert "ours" in schemes(MappingProxyType({"ours": own}))
    assert "ours" not in schemes()


def test_a_scheme_is_found_by_name_and_a_shipped_one_is_not_replaced() -> None:
    assert scheme("gb50137").name == "gb50137"
    with pytest.raises(LandUseError, match="Did you mean gb50137"):
        scheme("gb50173")
    with pytest.raises(LandUseError, match="cannot be replaced"):
        own_schemes([scheme("gb50137")])


def test_a_line_of_a_scheme_that_cannot_be_read_is_named() -> None:
    head = {"scheme": "ours", "zh": "", "en": "", "edition": "", "source": "", "verified": "false"}
    with pytest.raises(LandUseError, match="line 3"):
        scheme_from(",".join(COLUMNS) + "\nX1,厂,plant,P,,,,,\nX2,林,wood,Q,,,,,\n", head)


def test_a_numeric_code_is_not_cut_but_its_nuisance_is_that_of_the_whole_levels_before() -> None:
    def reason(code: str) -> object:
        return classify(pd.Series([code]), pd.Series(["guide2023"])).iloc[0]["reason"]

    guide = scheme("guide2023")
    assert guide.find("100101").code == "100101"
    assert guide.find("1001019") is None
    assert reason("99") == "unknown_code"
    assert guide.nuisance("10010301") == guide.nuisance("100103")
    assert guide.nuisance("ZZ") == ""
    assert scheme("gb50137").find("R21").code == "R2"


@pytest.mark.parametrize(
    ("source", "verified", "level"),
    [
        ("ours: a guess", False, "ours"),
        ("GB 50016 (two secondary sources)", True, "two_secondary"),
        ("GB 50016, from memory", True, "memory"),
        ("GB 50016, a secondary source", False, "secondary"),
        ("GB 50016", True, "printed"),
        ("GB 50016", False, "memory"),
    ],
)
def test_what_a_source_does_not_say_is_not_believed(source: str, verified: bool, level: str) -> None:
    assert level_of(source, verified=verified) == level


def test_the_headline_is_the_least_of_three_and_none_without_one() -> None:
    assert Scores(S1=0.9, S2=0.5, S3=0.7).headline == 0.5
    assert Scores(S1=0.9, S2=None, S3=0.7).headline is None


def test_rasters_are_equal_by_cells_and_by_what_they_mean() -> None:
    grid = Raster("dem", np.array([[1.0, 2.0]]), (10.0, 0.0, 0.0, 0.0, -10.0, 20.0), CRS)
    same = Raster("dem", np.array([[1.0, 2.0]]), (10.0, 0.0, 0.0, 0.0, -10.0, 20.0), CRS)
    assert grid == same
    assert hash(grid) == hash(same)
    assert grid != replace(same, unit="ft")
    assert grid != grid.digest
    assert not grid.values.flags.writeable


def test_plans_are_equal_to_plans_alone() -> None:
    one = plan(id=["A"])
    assert one == plan(id=["A"])
    assert one != plan(id=["B"])
    assert one != one.digest


def test_arguments_of_several_kinds_are_rows_of_their_own() -> None:
    rows = Arguments._from_sequence([{"a": 1}, None, {"b": 2}, {"a": 3}])
    assert list(rows) == [{"a": 1}, None, {"b": 2}, {"a": 3}]
    assert rows.isna().tolist() == [False, True, False, False]
    assert (rows == [{"a": 1}, None, {"b": 5}, {"a": 3}]).tolist() == [True, True, False, True]
    both = Arguments._concat_same_type([rows[:2], Arguments.of({"c": np.array([7.0])}, 1), rows[2:]])
    assert list(both) == [{"a": 1}, None, {"c": 7.0}, {"b": 2}, {"a": 3}]
    assert list(rows.beside({"z": 0, "a": 9}))[:3] == [{"z": 0, "a": 1}, None, {"z": 0, "a": 9, "b": 2}]
    with pytest.raises(TypeError, match="no key"):
        hash(rows)


def test_one_value_of_a_slot_holds_for_every_row() -> None:
    told = Arguments.of({"a": np.array([5]), "b": np.array([1.5, 2.5, 3.5], np.float32), "c": "x"}, 3)
    assert list(told) == [{"a": 5, "b": b, "c": "x"} for b in (1.5, 2.5, 3.5)]


def test_plain_cells_are_numbers_texts_and_days() -> None:
    assert plain_cells(np.array([1.5, np.nan]), 2) == [1.5, None]
    assert plain_cells(np.array(["2010-01-01", "NaT"], "datetime64[s]"), 2) == ["2010-01-01", None]
    assert plain_cells(np.array([1, 2]), 2) == [1, 2]
    assert plain_cells("x", 3) == ["x"] * 3
    assert plain_cells(np.array(["a", np.float64(2), None, dt.datetime(2020, 1, 2)], object), 4) == [
        "a", 2.0, None, "2020-01-02",
    ]  # fmt: skip


def test_a_column_emptied_by_an_edit_holds_nothing_and_the_plan_before_still_does():
    """Whether a column holds anything is looked up once a layer; an edit of the column asks anew."""
    plan = mini(parcels=[{"id": "A", "start": "2010-01-01", "far": 1.0, "wkt": "POINT (0 0)"}]).plan
    assert plan.has("parcels", "start", "far")
    bare = apply(plan, [Edit("retime", "parcels", "A", {"start": None})])
    assert [one.has("parcels", "start") for one in (bare, plan)] == [False, True]
    assert bare.has("parcels", "far")
    assert not apply(plan, [Edit("remove", "parcels", "A")]).has("parcels", "far")
