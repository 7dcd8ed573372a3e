"""ST703, ST704, ST705: clearances wall to wall, crossings with interpolated levels, cover by surface."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import grid
from tests.checks.one_rule import box, judge, mini


def pipe(name, kind, y, **more):
    return {
        "id": name,
        "kind": kind,
        "diameter_mm": 200,
        "burial": "direct",
        "wkt": f"LINESTRING (0 {y}, 100 {y})",
    } | more


@pytest.mark.parametrize(
    ("one", "two", "limit"),
    [
        ({"kind": "water"}, {"kind": "sewer"}, 1.0),
        ({"kind": "water", "diameter_mm": 201}, {"kind": "sewer"}, 1.5),
        ({"kind": "water"}, {"kind": "storm"}, 1.0),
        ({"kind": "gas", "pressure": "L"}, {"kind": "sewer"}, 1.0),
        ({"kind": "gas", "pressure": "MA"}, {"kind": "sewer"}, 1.2),
        ({"kind": "gas", "pressure": "SHA"}, {"kind": "water"}, 1.5),
        ({"kind": "gas", "pressure": "SHB"}, {"kind": "heat"}, 1.5),
        ({"kind": "power", "voltage_kv": 10}, {"kind": "telecom"}, 0.5),
        ({"kind": "power", "voltage_kv": 110}, {"kind": "telecom"}, 2.0),
        ({"kind": "gas", "pressure": "L"}, {"kind": "telecom", "burial": "duct"}, 1.0),
        ({"kind": "heat"}, {"kind": "power"}, 2.0),
        ({"kind": "water"}, {"kind": "heat", "burial": "trench"}, 1.5),
        ({"kind": "gas"}, {"kind": "gas"}, 0.4),
    ],
)
def test_each_pair_meets_its_row_of_the_table(one, two, limit):
    found = judge("ST703", mini(pipes=[pipe("A", "", 0) | one, pipe("B", "", 0.5) | two])).rows
    assert found["limit"].tolist() == [limit]
    diameters = one.get("diameter_mm", 200) + two.get("diameter_mm", 200)
    assert found["value"].tolist() == pytest.approx([0.5 - diameters / 2000], abs=1e-3)


def test_the_clearance_runs_from_wall_to_wall():
    plan = [pipe("A", "water", 0, diameter_mm=600), pipe("B", "sewer", 2.0, diameter_mm=800)]
    assert judge("ST703", mini(pipes=plan)).rows["value"].tolist() == [1.3]
    plan[1]["wkt"] = "LINESTRING (0 2.2, 100 2.2)"
    assert not len(judge("ST703", mini(pipes=plan)).rows)


def test_pipes_that_cross_or_lie_in_a_tunnel_are_not_side_by_side():
    crossing = pipe("B", "sewer", 0, wkt="LINESTRING (50 -50, 50 50)")
    assert not len(judge("ST703", mini(pipes=[pipe("A", "water", 0), crossing])).rows)
    assert not len(judge("ST703", mini(pipes=[pipe("A", "water", 0), pipe("B", "sewer", 0.5, burial="tunnel")])).rows)


def test_two_sewers_side_by_side_have_no_row():
    out = judge("ST703", mini(pipes=[pipe("A", "sewer", 0), pipe("B", "sewer", 0.3)]))
    assert (len(out.rows), len(out.unknown)) == (0, 0)


def test_gas_of_unknown_pressure_is_unknown():
    out = judge("ST703", mini(pipes=[pipe("A", "gas", 0), pipe("B", "sewer", 0.5)]))
    assert (len(out.rows), out.unknown["reason"].tolist()) == (0, ["no_attribute"])


def test_a_pipe_of_unknown_size_is_found_only_where_even_a_thin_one_would_be():
    thin = pipe("A", "water", 0, diameter_mm=None)
    drain = {"kind": "sewer", "diameter_mm": 200}
    assert not len(judge("ST703", mini(pipes=[thin, pipe("B", "", 0.9) | drain])).rows)
    near = judge("ST703", mini(pipes=[pipe("A", "telecom", 0, diameter_mm=None), pipe("B", "", 1.05) | drain]))
    assert near.rows["value"].tolist() == [0.95]


@pytest.mark.parametrize(("size", "found"), [(200, []), (300, [3.0])])
def test_a_big_main_keeps_three_metres_from_a_house(size, found):
    plan = mini(pipes=[pipe("A", "water", 0, diameter_mm=size)], buildings=[{"id": "B", "wkt": box(0, 2, 10, 10)}])
    assert judge("ST703", plan).rows["limit"].tolist() == found


def test_the_level_at_the_crossing_is_interpolated():
    sewer = pipe("S", "sewer", 0, diameter_mm=400, z_start=10.0, z_end=9.0)
    water = pipe("W", "water", 0, z_start=10.1, z_end=10.1, wkt="LINESTRING (25 -50, 25 50)")
    found = judge("ST704", mini(pipes=[sewer, water])).rows.iloc[0]
    assert found["value"] == pytest.approx(10.1 - (9.75 + 0.4), abs=1e-3)
    assert (found["limit"], found["args"]["upper"], found.geometry.coords[0]) == (0.4, "W", (25.0, 0.0))


def test_the_lower_pipe_gives_the_crown():
    sewer = pipe("S", "sewer", 0, diameter_mm=400, z_start=10.0, z_end=10.0)
    deep = pipe("W", "water", 0, z_start=9.5, z_end=9.5, wkt="LINESTRING (50 -50, 50 50)")
    assert judge("ST704", mini(pipes=[sewer, deep])).rows["value"].tolist() == [0.3]


@pytest.mark.parametrize(("burial", "limit"), [("direct", 0.5), ("duct", 0.25), (None, 0.5)])
def test_a_cable_in_a_duct_needs_less_room(burial, limit):
    cable = pipe("P", "power", 0, burial=burial, diameter_mm=None, z_start=10.0, z_end=10.0)
    water = pipe("W", "water", 0, z_start=9.8, z_end=9.8, wkt="LINESTRING (50 -50, 50 50)")
    assert judge("ST704", mini(pipes=[cable, water])).rows["limit"].tolist() == [limit]


def test_pipes_of_one_kind_joined_end_to_end_do_not_cross():
    ends = [
        pipe("A", "sewer", 0, z_start=10, z_end=9.9),
        pipe("B", "sewer", 0, z_start=9.9, z_end=9.8, wkt="LINESTRING (100 0, 200 0)"),
    ]
    assert not len(judge("ST704", mini(pipes=ends)).rows)
    over = pipe("B", "storm", 0, z_start=9.9, z_end=9.8, wkt="LINESTRING (50 -10, 50 10)")
    assert len(judge("ST704", mini(pipes=[ends[0], over])).rows) == 1


@pytest.mark.parametrize("other", [{"burial": "trench"}, {"kind": "storm"}, {"kind": "water"}])
def test_pipes_that_only_share_an_end_do_not_cross_whatever_they_are(other):
    one = {"id": "A", "kind": "sewer", "diameter_mm": 300, "z_start": 10, "z_end": 10, "wkt": "LINESTRING (0 0, 100 0)"}
    two = one | {"id": "B", "wkt": "LINESTRING (100 0, 200 50)"} | other
    assert judge("ST704", mini(pipes=[one, two])).rows["id"].tolist() == []


def test_pipes_that_share_an_end_and_cross_elsewhere_are_judged_where_they_cross():
    one = {"id": "A", "kind": "sewer", "diameter_mm": 300, "z_start": 10, "z_end": 10, "wkt": "LINESTRING (0 0, 100 0)"}
    two = one | {"id": "B", "kind": "water", "wkt": "LINESTRING (0 0, 50 40, 60 -40)"}
    found = judge("ST704", mini(pipes=[one, two])).rows
    assert found["id"].tolist() == ["A"]
    assert found.geometry.iloc[0].coords[0] == pytest.approx((55.0, 0.0))


def test_a_pair_beyond_the_greatest_clearance_of_its_classes_is_not_unknown():
    # Gas asks a drain for 2.0 m at most: at 2.3 m from wall to wall no pressure could make it too close.
    out = judge("ST703", mini(pipes=[pipe("A", "gas", 0), pipe("B", "sewer", 2.5)]))
    assert (len(out.rows), len(out.unknown)) == (0, 0)
    assert len(judge("ST703", mini(pipes=[pipe("A", "gas", 0), pipe("B", "sewer", 2.1)])).unknown) == 1


def test_a_pipe_without_levels_is_unknown():
    plan = mini(
        pipes=[pipe("A", "sewer", 0, z_start=1, z_end=1), pipe("B", "water", 0, wkt="LINESTRING (50 -10, 50 10)")]
    )
    out = judge("ST704", plan)
    assert (len(out.rows), out.judged, out.unknown["id"].tolist()) == (0, 1, ["B"])


ROAD = {"id": "R", "width": 20, "wkt": "LINESTRING (0 0, 100 0)"}


@pytest.mark.parametrize(
    ("y", "kind", "burial", "limit"),
    [
        (5, "water", "direct", 0.7),
        (15, "water", "direct", 0.6),
        (5, "gas", "direct", 0.9),
        (15, "gas", "direct", 0.6),
        (5, "power", "direct", 1.0),
        (5, "power", "duct", 0.5),
        (5, "heat", "direct", 1.0),
        (5, "sewer", None, 0.7),
    ],
)
def test_cover_is_asked_for_by_surface_and_kind(y, kind, burial, limit):
    found = judge("ST705", mini(pipes=[pipe("A", kind, y, burial=burial, cover=0.3)], roads=[ROAD])).rows
    assert found[["value", "limit"]].to_numpy().tolist() == [[0.3, limit]]


def test_cover_equal_to_the_table_is_enough():
    assert not len(judge("ST705", mini(pipes=[pipe("A", "water", 5, cover=0.7)], roads=[ROAD])).rows)


def test_cover_comes_from_ground_and_levels_at_the_shallower_end():
    dem = grid([[20.0] * 10 + [19.5] for _ in range(5)], cell=10.0)
    found = judge("ST705", mini(pipes=[pipe("A", "water", 25, z_start=18.9, z_end=18.9)], rasters={"dem": dem}))
    assert found.rows["value"].tolist() == [0.4]


def test_a_pipe_without_cover_or_levels_is_unknown():
    out = judge("ST705", mini(pipes=[pipe("A", "water", 5), pipe("B", "water", 5, cover=2.0)]))
    assert (out.judged, out.unknown["reason"].tolist()) == (1, ["no_cover"])
