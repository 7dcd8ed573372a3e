"""ST712: pipes keep away from trees, shrubs and railways."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Plan, Profile, Skipped

from .judging import judge

RAIL = {"id": "T", "kind": "railway", "wkt": "LINESTRING (0 0, 100 0)"}


def pipe(kind: str, y: float, **more: object) -> dict[str, object]:
    return {"id": "P", "kind": kind, "diameter_mm": 200, "wkt": f"LINESTRING (0 {y}, 100 {y})"} | more


def planted(pipes: list[dict[str, object]], trees: gpd.GeoDataFrame) -> Findings:
    made = mini(pipes=pipes).plan
    check = load()["ST712"]
    return check.run(Plan("street", made.crs, {**made.layers, "trees": trees}), check.bind(Profile("test")))


def trees(x: float = 50.0, **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.Point(x, 0)], crs="EPSG:4527")


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ({"kind": "water"}, 5.0),
        ({"kind": "sewer"}, 5.0),
        ({"kind": "telecom"}, 2.0),
        ({"kind": "heat", "burial": "direct"}, 5.0),
        ({"kind": "gas", "pressure": "MA"}, 5.0),
    ],
)
def test_the_wall_of_a_pipe_keeps_its_distance_from_a_railway(line, limit):
    near, far = (pipe(y=limit + 0.1 + more, **line) for more in (-0.02, 0.0))
    out = judge("ST712", pipes=[near], control_lines=[RAIL])
    assert out.rows[["value", "limit"]].to_numpy().tolist() == [[pytest.approx(limit - 0.02), limit]]
    assert not len(judge("ST712", pipes=[far], control_lines=[RAIL]).rows)


def test_a_power_cable_between_the_two_limits_is_unknown_for_nobody_says_whether_the_line_is_electrified():
    out = judge("ST712", pipes=[pipe("power", 5.0)], control_lines=[RAIL])
    assert (len(out.rows), out.unknown["reason"].tolist()) == (0, ["no_attribute"])
    assert judge("ST712", pipes=[pipe("power", 3.0)], control_lines=[RAIL]).rows["limit"].tolist() == [3.0]
    assert not len(judge("ST712", pipes=[pipe("power", 10.2)], control_lines=[RAIL]).unknown)


def test_a_pipe_under_the_rails_crosses_them():
    assert not len(judge("ST712", pipes=[pipe("water", 0, wkt="LINESTRING (50 -9, 50 9)")], control_lines=[RAIL]).rows)


@pytest.mark.parametrize(
    ("kind", "y", "found"),
    [("tree", 1.58, 1), ("tree", 1.6, 0), ("shrub", 1.08, 1), ("shrub", 1.1, 0), ("灌木", 1.3, 0)],
)
def test_trees_ask_for_more_than_shrubs(kind, y, found):
    out = planted([pipe("water", y)], trees(id=["A"], kind=[kind]))
    assert out.rows["other_id"].tolist() == ["A"] * found


@pytest.mark.parametrize(("y", "found"), [(1.595, 0), (1.585, 1)])
def test_a_centimetre_is_drawing_noise(y, found):
    assert len(planted([pipe("water", y)], trees(id=["A"])).rows) == found


def test_trees_without_id_and_kind_are_trees_by_number():
    out = planted([pipe("water", 1.0)], trees())
    assert out.rows[["other_layer", "other_id", "limit"]].to_numpy().tolist() == [["trees", "#1", 1.5]]


@pytest.mark.parametrize(
    ("pressure", "y", "outcome"),
    [
        ("MA", 0.83, "found"),
        ("MA", 1.0, "passed"),
        ("SHA", 1.0, "found"),
        (None, 1.0, "unknown"),
        (None, 1.31, "passed"),
    ],
)
def test_gas_is_asked_by_its_pressure_and_in_doubt_without_it(pressure, y, outcome):
    out = planted([pipe("gas", y, pressure=pressure)], trees(id=["A"]))
    assert {"found": (1, 0), "passed": (0, 0), "unknown": (0, 1)}[outcome] == (len(out.rows), len(out.unknown))


@pytest.mark.parametrize(("y", "found", "open_"), [(1.4, 1, 0), (1.6, 0, 1), (2.5, 0, 0)])
def test_a_pipe_of_unknown_size_is_judged_by_its_axis_and_in_doubt_a_metre_beyond(y, found, open_):
    out = planted([pipe("water", y, diameter_mm=None)], trees(id=["A"]))
    assert (len(out.rows), out.unknown["reason"].tolist()) == (found, ["no_diameter"] * open_)


def test_a_tree_that_was_felled_before_the_pipe_came_is_no_neighbour():
    rail = RAIL | {"finish": "2010-01-01"}
    assert not len(judge("ST712", pipes=[pipe("water", 1.0, start="2020-01-01")], control_lines=[rail]).rows)


def test_without_trees_and_railways_there_is_nothing_to_judge():
    with pytest.raises(Skipped):
        judge("ST712", pipes=[pipe("water", 1.0)])
