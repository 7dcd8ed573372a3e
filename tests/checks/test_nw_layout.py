"""What NW502 and NW503 find wrong with the way a network is laid."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile, Skipped, Threshold

UPPER = {"id": "A", "kind": "sewer", "z_start": 10.0, "z_end": 9.5, "wkt": "LINESTRING (0 0, 100 0)"}
LOWER = {"id": "B", "kind": "sewer", "z_start": 9.5, "z_end": 9.0, "wkt": "LINESTRING (100 0, 200 0)"}
OUTFALL = {"id": "S", "kind": "sewer", "wkt": "POINT (200 0)"}
MAIN = {"id": "A", "kind": "water", "wkt": "LINESTRING (0 0, 100 0)"}
WORKS = {"id": "S", "kind": "water", "wkt": "POINT (0 0)"}


def judge(code: str, pipes: list[dict[str, Any]], sources: list[dict[str, Any]]) -> Findings:
    check = load()[code]
    return check.run(mini(pipes=pipes, sources=sources).plan, check.bind(Profile(name="test")))


def test_the_direction_of_drawing_does_not_matter() -> None:
    drawn_back = UPPER | {"z_start": 9.5, "z_end": 10.0, "wkt": "LINESTRING (100 0, 0 0)"}
    assert not len(judge("NW502", [drawn_back, LOWER], [OUTFALL]).rows)


def test_only_the_pipe_that_rises_is_found_not_what_lies_upstream() -> None:
    far = {"id": "U", "kind": "sewer", "z_start": 10.5, "z_end": 10.0, "wkt": "LINESTRING (-100 0, 0 0)"}
    rows = judge("NW502", [far, UPPER | {"z_end": 10.3}, LOWER | {"z_start": 10.3, "z_end": 9.0}], [OUTFALL]).rows
    assert rows["id"].tolist() == ["A"]
    assert rows["value"].round(6).tolist() == [0.3]


def test_a_pipe_that_starts_above_the_one_draining_into_it_is_a_sill() -> None:
    rows = judge("NW502", [UPPER, LOWER | {"z_start": 9.8}], [OUTFALL]).rows
    assert rows[["id", "other_id"]].to_numpy().tolist() == [["B", "A"]]
    assert rows["value"].round(6).tolist() == [0.3]
    assert rows.geometry.iloc[0].wkt == "POINT (100 0)"


def test_a_drop_into_a_deeper_pipe_is_sound() -> None:
    assert not len(judge("NW502", [UPPER | {"z_start": 12.0, "z_end": 11.0}, LOWER], [OUTFALL]).rows)


def test_of_two_ways_out_the_downhill_one_is_taken() -> None:
    hill = {"id": "H", "kind": "sewer", "z_start": 10.0, "z_end": 12.0, "wkt": "LINESTRING (0 0, 0 50)"}
    over = {"id": "I", "kind": "sewer", "z_start": 12.0, "z_end": 9.0, "wkt": "LINESTRING (0 50, 200 0)"}
    assert not len(judge("NW502", [UPPER, LOWER, hill, over], [OUTFALL]).rows.query("id == 'A' or id == 'B'"))


def test_a_part_without_an_outfall_is_one_finding() -> None:
    away = [
        {"id": n, "kind": "sewer", "wkt": f"LINESTRING ({x} 500, {x + 100} 500)"} for n, x in (("X", 0), ("Y", 100))
    ]
    rows = judge("NW502", [UPPER, LOWER, *away], [OUTFALL]).rows
    assert rows["id"].tolist() == ["X"]
    assert rows.geometry.iloc[0].length == 200.0


def test_a_pipe_without_levels_is_unknown() -> None:
    blank = {k: v for k, v in LOWER.items() if not k.startswith("z_")}
    out = judge("NW502", [UPPER, blank], [OUTFALL])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_cover"]]


def test_sewers_without_any_outfall_skip_the_check() -> None:
    with pytest.raises(Skipped):
        judge("NW502", [UPPER, LOWER], [WORKS])


def test_an_end_within_the_tolerance_is_joined() -> None:
    assert not len(judge("NW503", [MAIN, MAIN | {"id": "B", "wkt": "LINESTRING (100.5 0, 200 0)"}], [WORKS]).rows)


def test_a_pipe_that_crosses_a_fed_one_without_a_joint_is_an_island_at_distance_0() -> None:
    across = MAIN | {"id": "X", "wkt": "LINESTRING (50 -50, 50 50)"}
    rows = judge("NW503", [MAIN, across], [WORKS]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["X", "A", 0.0]]
    assert rows.geometry.iloc[0].wkt == "POINT (50 0)"


def test_an_open_loop_is_found_at_its_loose_end() -> None:
    loop = MAIN | {"id": "L", "wkt": "LINESTRING (0 0, 50 80, 100 2)"}
    rows = judge("NW503", [MAIN, loop], [WORKS]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "L", 2.0], ["L", "A", 2.0]]


def test_a_stub_that_no_pipe_comes_near_is_no_fault() -> None:
    assert not len(judge("NW503", [MAIN, MAIN | {"id": "B", "wkt": "LINESTRING (100 0, 100 90)"}], [WORKS]).rows)


def test_a_network_without_a_source_is_unknown() -> None:
    out = judge("NW503", [MAIN], [OUTFALL])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["A", "no_source"]]


PARCELS_BETWEEN = {
    "id": "P",
    "code": "M1",
    "scheme": "gb50137",
    "wkt": "POLYGON ((165 -20, 195 -20, 195 20, 165 20, 165 -20))",
}
CROSS = MAIN | {"id": "X", "wkt": "LINESTRING (200 -100, 200 100)"}
RING = MAIN | {"id": "R", "wkt": "LINESTRING (0 0, 0 100, 200 100)"}


def short(end: float, **more: Any) -> dict[str, Any]:
    return MAIN | {"id": "M", "wkt": f"LINESTRING (0 0, {end} 0)"} | more


@pytest.mark.parametrize(("end", "found"), [(160, [["M", "X", 40.0]]), (139, []), (200, [])])
def test_a_main_cut_short_of_the_pipe_straight_ahead_is_found(end: float, found: list[list[Any]]) -> None:
    rows = judge("NW503", [short(end), CROSS, RING], [WORKS]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == found


def test_two_halves_that_face_one_another_are_found_once_for_each_end() -> None:
    far = MAIN | {"id": "F", "wkt": "LINESTRING (200 0, 150 1)"}
    rows = judge(
        "NW503", [short(110), far, RING, MAIN | {"id": "S", "wkt": "LINESTRING (200 0, 200 100)"}], [WORKS]
    ).rows
    assert rows[["id", "other_id"]].to_numpy().tolist() == [["F", "M"], ["M", "F"]]
    assert rows["value"].round(3).tolist() == [40.012, 40.012]


def test_a_bend_in_the_last_metre_does_not_turn_the_end() -> None:
    bent = short(0, wkt="LINESTRING (0 0, 159.5 0, 160 0.5)")
    assert judge("NW503", [bent, CROSS, RING], [WORKS]).rows["id"].tolist() == ["M"]


def test_a_branch_and_a_main_that_ends_at_built_land_are_no_fault() -> None:
    assert not len(judge("NW503", [short(160, branch=True), CROSS, RING], [WORKS]).rows)
    check = load()["NW503"]
    plan = mini(pipes=[short(160), CROSS, RING], sources=[WORKS], parcels=[PARCELS_BETWEEN]).plan
    assert not len(check.run(plan, check.bind(Profile(name="test"))).rows)


def test_half_a_main_is_missed_in_the_road_that_plans_it() -> None:
    check = load()["NW503"]
    road = {"id": "R", "width": 20.0, "corridor": "给水;燃气", "wkt": "LINESTRING (0 8, 1000 8)"}
    layers = {"pipes": [short(500)], "sources": [WORKS]}
    rows = check.run(mini(**layers, roads=[road]).plan, check.bind(Profile(name="test"))).rows
    assert rows[["id", "other_layer", "other_id", "value", "limit"]].to_numpy().tolist() == [
        ["M", "roads", "R", 500.0, 20.0]
    ]
    assert rows.geometry.iloc[0].wkt == "LINESTRING (500 8, 1000 8)"
    for harmless in (road | {"corridor": "燃气"}, road | {"wkt": "LINESTRING (0 8, 519 8)"}, road | {"width": 5.0}):
        assert not len(check.run(mini(**layers, roads=[harmless]).plan, check.bind(Profile(name="test"))).rows)


def test_a_main_that_stops_short_of_the_one_it_replaces_is_found() -> None:
    old = short(300, id="O", removed="2020-01-01")
    rows = judge("NW503", [short(100), old], [WORKS]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["M", "O", 200.0]]
    assert not len(judge("NW503", [short(300), old], [WORKS]).rows)


def test_a_pipe_out_of_service_joins_nothing() -> None:
    old = MAIN | {"id": "O", "removed": "2020-01-01"}
    far = MAIN | {"id": "B", "wkt": "LINESTRING (100 0, 200 0)"}
    other = MAIN | {"id": "C", "wkt": "LINESTRING (0 0, 0 100)"}
    assert judge("NW503", [old, far, other], [WORKS]).rows["id"].tolist() == ["B"]
    check = load()["NW503"]
    early = mini(as_of="2019-12-31", pipes=[old, far, other], sources=[WORKS]).plan
    assert not len(check.run(early, check.bind(Profile(name="test"))).rows)


@pytest.mark.parametrize("levels", [(10.0, 9.5), (9.5, 10.0)])
def test_a_sewer_drawn_short_is_a_gap_and_no_slope_fault(levels: tuple[float, float]) -> None:
    # A fell from 10.0 to 9.5 into B; 25 m of it are missing, so that the way out would lead uphill through the ring.
    ends = (0, 75) if levels[0] > levels[1] else (75, 0)
    cut = UPPER | {"z_start": levels[0], "z_end": levels[1], "wkt": f"LINESTRING ({ends[0]} 0, {ends[1]} 0)"}
    far = {"id": "U", "kind": "sewer", "z_start": 10.5, "z_end": 10.0, "wkt": "LINESTRING (0 80, 0 0)"}
    over = {"id": "V", "kind": "sewer", "z_start": 10.5, "z_end": 9.0, "wkt": "LINESTRING (0 80, 200 80, 200 0)"}
    cross = {"id": "C", "kind": "sewer", "z_start": 9.6, "z_end": 9.5, "wkt": "LINESTRING (100 -30, 100 0)"}
    rows = judge("NW502", [cut, LOWER, cross, far, over], [OUTFALL]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "B", 25.0]]
    assert rows["args"].iloc[0]["fault"] == "its end stops 25.00 m short of pipe B"
    assert rows.geometry.iloc[0].length == 25.0


def test_a_sewer_that_ends_beyond_the_reach_keeps_its_slope_fault() -> None:
    far = {"id": "U", "kind": "sewer", "z_start": 10.5, "z_end": 10.0, "wkt": "LINESTRING (0 80, 0 0)"}
    over = {"id": "V", "kind": "sewer", "z_start": 10.5, "z_end": 9.0, "wkt": "LINESTRING (0 80, 200 80, 200 0)"}
    cut = UPPER | {"wkt": "LINESTRING (0 0, 35 0)"}
    check = load()["NW502"]
    near = Profile("test", {"NW502": {"ahead": Threshold(61.0, "m", "test")}})
    rows = check.run(mini(pipes=[cut, LOWER, far, over], sources=[OUTFALL]).plan, check.bind(near)).rows
    assert judge("NW502", [cut, LOWER, far, over], [OUTFALL]).rows["value"].tolist() == [65.0]
    assert sorted(rows["id"]) == ["A", "U"]


def test_an_end_that_stops_short_of_the_outfalls_pipe_is_a_gap_and_no_lost_part() -> None:
    rows = judge("NW502", [UPPER | {"wkt": "LINESTRING (0 0, 98 0)"}, LOWER], [OUTFALL]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "B", 2.0]]
