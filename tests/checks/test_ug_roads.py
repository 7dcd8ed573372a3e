"""What UG203 to UG207 judge, and what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile, Skipped, Threshold

ROAD = {"id": "R", "width": 20.0, "paved": "2020-05-01", "finish": "2020-08-01", "wkt": "LINESTRING (0 0, 300 0)"}
PIPE = {"id": "P", "kind": "water", "finish": "2021-03-01", "wkt": "LINESTRING (0 5, 300 5)"}
DIG = {"id": "E", "road": "R", "start": "2022-05-01", "wkt": "POINT (150 0)"}
DEEP = {
    "id": "D",
    "kind": "sewer",
    "start": "2020-01-01",
    "finish": "2020-08-01",
    "cover": 4.0,
    "diameter_mm": 500.0,
    "wkt": "LINESTRING (0 0, 100 0)",
}
SHALLOW = {
    "id": "S",
    "kind": "water",
    "start": "2020-06-01",
    "finish": "2020-09-01",
    "cover": 1.0,
    "diameter_mm": 200.0,
    "wkt": "LINESTRING (0 2, 100 2)",
}


def judge(code: str, *, given: dict[str, Any] | None = None, **layers: list[dict[str, Any]]) -> Findings:
    values = {code: {k: Threshold(v, "1", "test") for k, v in (given or {}).items()}}
    check = load()[code]
    return check.run(mini(**layers).plan, check.bind(Profile(name="test", values=values)))


def test_a_pipe_accepted_on_the_day_of_paving_is_in_time() -> None:
    assert not len(judge("UG204", roads=[ROAD], pipes=[PIPE | {"finish": "2020-05-01"}]).rows)


def test_a_pipe_accepted_a_day_after_paving_is_a_day_late() -> None:
    rows = judge("UG204", roads=[ROAD], pipes=[PIPE | {"finish": "2020-05-02"}]).rows
    assert rows["value"].tolist() == [1.0]
    assert rows.geometry.iloc[0].length == 300.0


def test_a_pipe_beside_the_strip_is_not_under_the_road() -> None:
    assert not len(judge("UG204", roads=[ROAD], pipes=[PIPE | {"wkt": "LINESTRING (0 10.1, 300 10.1)"}]).rows)


def test_a_pipe_crossing_the_road_is_not_judged() -> None:
    wide = ROAD | {"width": 40.0}
    assert not len(judge("UG204", roads=[wide], pipes=[PIPE | {"wkt": "LINESTRING (150 -50, 150 50)"}]).rows)


@pytest.mark.parametrize(("shared", "found"), [(20.0, 0), (30.0, 1)])
def test_only_more_than_the_least_overlap_counts(shared: float, found: int) -> None:
    pipe = PIPE | {"wkt": f"LINESTRING (0 5, {shared} 5)"}
    assert len(judge("UG204", roads=[ROAD], pipes=[pipe]).rows) == found


def test_a_lag_asks_for_an_earlier_acceptance() -> None:
    rows = judge("UG204", given={"lag": 30.0}, roads=[ROAD], pipes=[PIPE | {"finish": "2020-04-15"}]).rows
    assert rows[["value", "limit"]].to_numpy().tolist() == [[-16.0, -30.0]]


def test_the_opening_stands_for_a_paving_date_that_is_missing() -> None:
    road = {k: v for k, v in ROAD.items() if k != "paved"}
    assert not len(judge("UG204", roads=[road], pipes=[PIPE | {"finish": "2020-07-01"}]).rows)
    assert len(judge("UG204", roads=[road], pipes=[PIPE | {"finish": "2020-08-02"}]).rows) == 1


def test_a_road_over_an_undated_pipe_is_unknown() -> None:
    undated = {"id": "U", "kind": "gas", "wkt": "LINESTRING (0 2, 300 2)"}
    out = judge("UG204", roads=[ROAD], pipes=[PIPE | {"finish": "2020-01-01"}, undated])
    assert out.unknown[["layer", "id", "reason"]].to_numpy().tolist() == [["roads", "R", "no_finish"]]
    assert out.judged == 0


def test_roads_without_any_date_skip_the_check() -> None:
    with pytest.raises(Skipped):
        judge("UG204", roads=[{"id": "R", "wkt": "LINESTRING (0 0, 300 0)"}], pipes=[PIPE])


def test_overhead_lines_break_no_road() -> None:
    assert not len(judge("UG204", roads=[ROAD], pipes=[PIPE | {"burial": "overhead"}]).rows)


def test_cables_in_ducts_can_be_left_out() -> None:
    cable = PIPE | {"kind": "telecom", "burial": "duct"}
    assert len(judge("UG204", roads=[ROAD], pipes=[cable]).rows) == 1
    assert not len(judge("UG204", given={"exempt_burial": ("duct",)}, roads=[ROAD], pipes=[cable]).rows)


@pytest.mark.parametrize(("day", "found"), [("2025-07-31", 1), ("2025-08-01", 0), ("2020-07-31", 0)])
def test_a_new_road_is_closed_to_digs_for_five_years(day: str, found: int) -> None:
    assert len(judge("UG205", roads=[ROAD], excavations=[DIG | {"start": day}]).rows) == found


@pytest.mark.parametrize(("day", "found"), [("2029-05-31", 1), ("2029-06-01", 0)])
def test_an_overhauled_road_is_closed_to_digs_for_three_years(day: str, found: int) -> None:
    road = ROAD | {"overhauled": "2026-06-01"}
    assert len(judge("UG205", roads=[road], excavations=[DIG | {"start": day}]).rows) == found


@pytest.mark.parametrize("mark", ["approved", "emergency"])
def test_approved_digs_and_emergencies_are_exempt(mark: str) -> None:
    assert not len(judge("UG205", roads=[ROAD], excavations=[DIG | {mark: True}]).rows)
    assert len(judge("UG205", roads=[ROAD], excavations=[DIG | {mark: False}]).rows) == 1


def test_a_dig_that_names_no_road_belongs_to_the_road_it_lies_in() -> None:
    dig = {k: v for k, v in DIG.items() if k != "road"}
    assert judge("UG205", roads=[ROAD], excavations=[dig]).rows["id"].tolist() == ["R"]
    away = judge("UG205", roads=[ROAD], excavations=[dig | {"wkt": "POINT (150 50)"}])
    assert away.unknown["reason"].tolist() == ["no_road"]


def test_two_digs_within_five_years_are_one_too_many() -> None:
    digs = [DIG | {"start": "2026-01-01"}, DIG | {"id": "F", "start": "2030-12-30"}]
    assert judge("UG206", roads=[ROAD], excavations=digs).rows["value"].tolist() == [2.0]
    digs[1]["start"] = "2031-01-02"
    assert not len(judge("UG206", roads=[ROAD], excavations=digs).rows)


def test_the_zipper_index_counts_digs_per_kilometre_and_year() -> None:
    road = ROAD | {"finish": "2010-01-01", "wkt": "LINESTRING (0 0, 1000 0)"}
    digs = [DIG | {"id": f"E{y}", "start": f"20{y}-01-01"} for y in (11, 16, 22)]
    rows = judge("UG206", roads=[road], excavations=digs).rows
    assert rows["value"].round(3).tolist() == [0.25]  # 3 digs, 1 km, 12 years


def test_a_pipe_in_the_tunnel_is_where_it_belongs() -> None:
    tunnel = {"id": "T", "kind": "tunnel", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 500 0)"}
    direct = PIPE | {"burial": "direct"}
    assert judge("UG207", pipes=[tunnel, direct]).rows["value"].tolist() == [300.0]
    assert not len(judge("UG207", pipes=[tunnel, PIPE | {"burial": "tunnel"}]).rows)
    assert not len(judge("UG207", pipes=[tunnel, direct | {"finish": "2019-12-01"}]).rows)
    assert not len(judge("UG207", pipes=[tunnel, direct | {"kind": "sewer"}]).rows)


def test_the_deeper_of_two_pipes_is_the_one_with_more_cover_and_diameter() -> None:
    rows = judge("UG203", pipes=[DEEP, SHALLOW]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["D", "S", 61.0]]
    assert rows["args"].iloc[0]["depth_by"] == pytest.approx(3.3)


def test_pipes_farther_apart_than_three_metres_do_not_matter() -> None:
    assert not len(judge("UG203", pipes=[DEEP, SHALLOW | {"wkt": "LINESTRING (0 3.1, 100 3.1)"}]).rows)


def test_pipes_at_nearly_the_same_depth_do_not_matter() -> None:
    assert not len(judge("UG203", pipes=[DEEP | {"cover": 1.2}, SHALLOW]).rows)


def test_a_crossing_deep_pipe_is_not_judged() -> None:
    assert not len(judge("UG203", pipes=[DEEP | {"wkt": "LINESTRING (50 -50, 50 50)"}, SHALLOW]).rows)


@pytest.mark.parametrize("corridor", ["water;gas", "给水；燃气"])
def test_a_road_whose_planned_pipe_is_not_drawn_is_unknown(corridor: str) -> None:
    out = judge("UG204", roads=[ROAD | {"corridor": corridor}], pipes=[PIPE | {"finish": "2020-01-01"}])
    assert (out.unknown["id"].tolist(), out.judged) == (["R"], 0)
    assert judge("UG204", roads=[ROAD | {"corridor": "给水"}], pipes=[PIPE | {"finish": "2020-01-01"}]).judged == 1


def test_a_dig_that_was_not_drawn_is_shown_by_its_road() -> None:
    rows = judge("UG205", roads=[ROAD], excavations=[DIG | {"wkt": "POINT EMPTY"}]).rows
    assert rows.geometry.iloc[0].wkt == "LINESTRING (0 0, 300 0)"


def test_a_self_crossing_road_area_breaks_nothing() -> None:
    bowtie = ROAD | {"wkt": "POLYGON ((0 0, 40 40, 40 0, 0 40, 0 0))"}
    assert len(judge("UG204", roads=[bowtie], pipes=[PIPE | {"wkt": "LINESTRING (0 1, 40 1)"}]).rows) == 0


def test_a_pipe_beside_two_stretches_of_tunnel_is_one_finding() -> None:
    tunnels = [
        {"id": n, "kind": "tunnel", "finish": "2020-01-01", "wkt": f"LINESTRING ({x} 0, {x + 200} 0)"}
        for n, x in (("T1", -100), ("T2", 100))
    ]
    rows = judge("UG207", pipes=[*tunnels, PIPE | {"burial": "direct"}]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["P", "T2", 300.0]]


@pytest.mark.parametrize(("shared", "found"), [(20.0, 0), (20.1, 1)])
def test_under_a_narrow_road_the_least_overlap_decides(shared: float, found: int) -> None:
    pipe = PIPE | {"wkt": f"LINESTRING (0 3, {shared} 3)"}
    assert len(judge("UG204", roads=[ROAD | {"width": 10.0}], pipes=[pipe]).rows) == found


@pytest.mark.parametrize(("aside", "found"), [(6.9, 1), (7.1, 0)])
def test_a_road_without_a_width_counts_as_14_metres_wide(aside: float, found: int) -> None:
    road = {k: v for k, v in ROAD.items() if k != "width"}
    assert (
        len(judge("UG204", roads=[road], pipes=[PIPE | {"wkt": f"LINESTRING (0 {aside}, 300 {aside})"}]).rows) == found
    )


def test_one_undated_pipe_does_not_hide_a_late_one() -> None:
    undated = {"id": "U", "kind": "gas", "wkt": "LINESTRING (0 2, 300 2)"}
    out = judge("UG204", roads=[ROAD], pipes=[PIPE, undated])
    assert (out.rows["other_id"].tolist(), len(out.unknown), out.judged) == (["P"], 0, 1)


def test_a_road_without_a_width_beside_a_later_pipe_is_unknown() -> None:
    # The pipe runs 20 m from the middle of the road: under it if it is 50 m wide, not if it is 14.
    beside = PIPE | {"finish": "2022-01-01", "wkt": "LINESTRING (0 20, 300 20)"}
    bare = {k: v for k, v in ROAD.items() if k != "width"}
    out = judge("UG204", roads=[bare], pipes=[beside])
    assert (len(out.rows), out.unknown[["id", "reason"]].to_numpy().tolist()) == (0, [["R", "no_width"]])
    assert not len(judge("UG204", roads=[ROAD | {"width": 14.0}], pipes=[beside]).unknown)
    assert judge("UG204", roads=[ROAD | {"width": 50.0}], pipes=[beside]).rows["id"].tolist() == ["R"]
