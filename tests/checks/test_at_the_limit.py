"""Each rule on the very limit of its numbers, and with the one condition missing that must not be missing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile, Skipped, Threshold

from .judging import ids, judge, square

Row = dict[str, Any]


def told(out: Findings) -> list[list[str]]:
    """What could not be judged, as pairs of id and reason in order."""
    return sorted(out.unknown[["id", "reason"]].to_numpy().tolist())


def arcs(code: str, numbers: Row | None = None, **plan: Any) -> list[list[str]]:
    """What waits for what, as pairs of ids in order."""
    check = load()[code]
    given = {name: Threshold(value, "test", "test") for name, value in (numbers or {}).items()}
    table = check.waits(mini(**plan).plan, check.bind(Profile("test", {code: given})))
    return sorted(table[["before_id", "after_id"]].fillna("").astype(str).to_numpy().tolist())


# Plan before build ---------------------------------------------------------------------------------------------------------

PLOT: Row = {"id": "A", "start": "2010-03-01", "wkt": square()}
PLAN: Row = {"id": "KG", "kind": "detailed_plan", "start": "2009-12-01", "wkt": square()}


@pytest.mark.parametrize(("cover", "before"), [(50.0, "KG"), (50.1, "")])
def test_works_wait_for_a_plan_that_covers_exactly_as_much_as_is_asked(cover: float, before: str) -> None:
    """The plan covers 50 of 100 m."""
    half = PLAN | {"wkt": square(0, 0, 50, 100)}
    assert arcs("PB101", {"cover": cover}, parcels=[PLOT], approvals=[half]) == [[before, "A"]]


def test_only_a_drawn_parcel_with_a_start_waits_and_only_for_a_dated_plan() -> None:
    plots = [PLOT, {"id": "B", "wkt": square()}, PLOT | {"id": "E", "wkt": "POLYGON EMPTY"}]
    papers = [PLAN, PLAN | {"id": "U", "start": None}, PLAN | {"id": "G", "kind": "land_grant"}]
    assert arcs("PB101", parcels=plots, approvals=papers) == [["KG", "A"]]


def test_a_green_ratio_below_its_floor_is_told_before_a_smaller_breach() -> None:
    """10 % of 20 % is half too little, 110 m of 100 m a tenth too much; only a floor-area ratio below its floor waits."""
    plot = PLOT | {"green": 10.0, "green_min": 20.0, "height": 110.0, "height_max": 100.0}
    row = judge("PB103", parcels=[plot]).rows.iloc[0]
    assert (row["args"]["what"], row["value"], row["limit"]) == ("green ratio", 10.0, 20.0)


def test_bounds_without_anything_built_leave_nothing_to_compare() -> None:
    with pytest.raises(Skipped):
        judge("PB103", parcels=[PLOT | {"far_max": 2.0}])


GRANTED: Row = {"id": "A", "contract_start": "2020-01-01", "wkt": square()}


@pytest.mark.parametrize(
    ("row", "judged", "unknown"),
    [
        ({"contract_start": "2025-06-30"}, 0, [["A", "no_start"]]),  # 365 days before the day
        ({"contract_start": "2025-07-01"}, 1, []),
        ({"finish": "2026-06-30"}, 1, []),  # finished on the day itself: begun, whenever that was
        ({"finish": "2026-07-01"}, 0, [["A", "no_start"]]),
        ({"contract_start": None, "released": "2019-01-01", "start": "2026-06-30"}, 0, []),
        ({"contract_start": None, "released": "2019-01-01", "start": "2026-07-01"}, 0, [["A", "no_contract"]]),
        ({"start": "2020-06-01", "built_share": 33.3, "invested_share": 25.0}, 1, []),
        ({"start": "2020-06-01", "built_share": 33.2, "invested_share": 25.0}, 0, [["A", "may_have_stopped"]]),
        ({"start": "2020-06-01", "built_share": 33.3, "invested_share": 24.9}, 0, [["A", "may_have_stopped"]]),
    ],
)
def test_land_at_the_limit_of_idleness(row: Row, judged: int, unknown: list[list[str]]) -> None:
    out = judge("PB107", as_of="2026-06-30", parcels=[GRANTED | row])
    assert (ids(out), out.judged, told(out)) == ([], judged, unknown)


# Data ----------------------------------------------------------------------------------------------------------------------


def test_a_parcel_that_crosses_itself_or_is_empty_overlaps_nothing_and_is_unknown() -> None:
    bow = {"id": "X", "wkt": "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))"}
    out = judge("DA903", parcels=[PLOT, bow, {"id": "E", "wkt": "POLYGON EMPTY"}])
    assert (ids(out), out.judged, told(out)) == ([], 1, [["E", "no_geometry"], ["X", "no_geometry"]])


def test_a_row_without_a_date_that_others_have_is_told_and_a_date_that_no_row_has_once() -> None:
    plots = [
        PLOT | {"finish": "2011-01-01"},
        PLOT | {"id": "B"},
        {"id": "C", "finish": "2012-01-01", "wkt": square()},
        {"id": "D", "wkt": square()},
    ]
    assert told(judge("DA907", parcels=plots)) == [["*", "no_used"], ["B", "no_finish"], ["C", "no_start"]]


# Industry first ------------------------------------------------------------------------------------------------------------

TOWN = [{"id": "K", "start": "2011-01-01", "wkt": square(0, 0, 900)}]


def land(name: str, code: str, x: float, **more: Any) -> Row:
    """A hectare of park K."""
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": square(x)} | more


@pytest.mark.parametrize(
    ("day", "found", "unknown"),
    [
        ("2011-01-01", ["C"], []),  # on the day of the founding itself
        ("2010-12-31", [], [["C", "no_history"]]),
        ("2012-12-31", ["C"], []),  # the first record, 730 days later
        ("2013-01-01", [], [["C", "no_history"]]),
    ],
)
def test_shops_are_judged_from_the_founding_of_a_park_that_is_recorded_within_two_years(
    day: str, found: list[str], unknown: list[list[str]]
) -> None:
    plots = [land("B", "R2", 200, finish="2014-01-01"), land("C", "B1", 400, finish=day)]
    out = judge("IN307", parks=TOWN, parcels=plots)
    assert (ids(out), told(out)) == (found, unknown)


def test_early_shops_wait_for_dated_homes_of_the_market_and_for_nothing_else() -> None:
    plots = [
        land("B", "R2", 200, finish="2014-01-01"),
        land("N", "R2", 300),
        land("X", "R2", 500, finish="2013-01-01", resettle=True),
        land("M", "M1", 600, finish="2013-01-01"),
        land("C", "B1", 400, finish="2012-01-01"),
    ]
    assert arcs("IN307", parks=TOWN, parcels=plots) == [["B", "C"]]


def test_of_two_gates_missed_by_as_much_the_start_is_told() -> None:
    """Of 10 000 m² of works 40 % have started (50 are asked) and 20 % produce (30 are asked)."""
    works = [
        land("A", "M1", 0, phase="1", wkt=square(0, 0, 20, 100), start="2010-01-01", used="2011-01-01"),
        land("B", "M1", 0, phase="1", wkt=square(20, 0, 20, 100), start="2010-01-01"),
        land("D", "M1", 0, phase="1", wkt=square(40, 0, 60, 100)),
    ]
    row = judge("IN302", parcels=[*works, land("R", "R2", 200, phase="1", released="2012-01-01")]).rows.iloc[0]
    assert (row["value"], row["limit"]) == (40.0, 50.0)


def test_homes_wait_for_the_works_of_their_own_phase_and_park() -> None:
    begun = {"phase": "1", "start": "2013-01-01", "used": "2014-01-01"}
    works = [
        land("A", "M1", 0, **begun),
        land("B", "M1", 300, **begun | {"phase": "2"}),
        land("J", "M1", 600, **begun | {"park": "J"}),
    ]
    homes = land("R", "R2", 200, phase="1", released="2012-01-01")
    assert arcs("IN302", parcels=[*works, homes]) == [["A", "R"], ["A", "R"]]


# Safety --------------------------------------------------------------------------------------------------------------------


def test_two_houses_of_no_known_rating_are_found_below_what_all_ratings_ask_and_then_are_in_no_doubt() -> None:
    """6 m are asked of rating I-II, of which a blank wall may take a quarter: 4 m are too few for any rating."""
    pair = [{"id": name, "use": "house", "wkt": square(x, 0, 20)} for name, x in (("A", 0), ("B", 24))]
    out = judge("ST702", buildings=pair)
    assert (out.rows[["id", "value", "limit"]].to_numpy().tolist(), told(out)) == ([["A", 4.0, 6.0]], [])


def test_a_pair_beside_a_chain_of_three_does_not_give_its_name_to_the_chain() -> None:
    spots = [("P", 500), ("Q", 540), ("A", 0), ("B", 40), ("C", 80)]
    stores = [{"id": name, "use": "warehouse", "hazard": "jia", "wkt": square(x, 0, 10)} for name, x in spots]
    out = judge("ST711", buildings=stores)
    assert (ids(out), out.rows["value"].tolist()) == (["A"], [3.0])


@pytest.mark.parametrize(
    ("kind", "axis", "found", "unknown"),
    [
        ("water", 5.0, [], []),
        ("water", 4.875, [4.375], []),
        ("power", 10.0, [], []),
        ("power", 9.875, [], [["P", "no_attribute"]]),  # 10 m beside an electrified railway
        ("power", 3.0, [], [["P", "no_attribute"]]),
        ("power", 2.875, [2.375], []),  # 3 m beside any
    ],
)
def test_the_wall_of_a_pipe_may_be_nearer_to_the_rails_by_as_much_as_is_tolerated(
    kind: str, axis: float, found: list[float], unknown: list[list[str]]
) -> None:
    """A pipe of a metre, so that its wall is half a metre nearer, and as much is tolerated; 5 m are asked of water."""
    rail = {"id": "T", "kind": "railway", "wkt": "LINESTRING (0 0, 100 0)"}
    pipe = {"id": "P", "kind": kind, "diameter_mm": 1000, "wkt": f"LINESTRING (0 {axis}, 100 {axis})"}
    out = judge("ST712", {"tolerance": 0.5}, pipes=[pipe], control_lines=[rail])
    assert (out.rows["value"].tolist(), told(out)) == (found, unknown)


# Balance -------------------------------------------------------------------------------------------------------------------


def test_each_parcel_of_no_known_class_is_told_once_with_its_own_reason() -> None:
    out = judge("BA401", parcels=[land("A", "M1", 0), land("B", "Q7", 200), land("C", "R2", 400) | {"code": None}])
    assert told(out) == [["B", "unknown_code"], ["C", "no_code"]]


def test_land_of_which_as_much_runs_off_as_the_line_allows_is_no_evidence() -> None:
    """Of farmland 0.3 runs off, of works without green 0.9: on two hectares 0.6."""
    out = judge("EC604", {"line": 0.3}, parcels=[land("A", "M1", 0, green=0.0), land("B", "E2", 200)])
    assert (ids(out), out.rows["value"].tolist(), out.rows.geometry.area.tolist()) == (["K"], [0.6], [10_000.0])


GREEN = land("G", "G1", 5000, finish="2015-01-01")
HOME = land("R", "R2", 0, people=80, finish="2015-01-01")


def test_neither_undated_works_nor_a_school_drawn_as_a_point_may_be_the_park_of_homes_without_one() -> None:
    places = [{"id": "S", "kind": "school", "start": "2015-01-01", "wkt": "POINT (150 50)"}]
    out = judge("BA413", as_of="2020-01-01", parcels=[GREEN, HOME, land("M", "M1", 200)], facilities=places)
    assert (ids(out), out.rows["value"].tolist(), told(out)) == (["parks"], [0.0], [])


def test_where_a_park_of_unknown_size_could_serve_the_rest_the_homes_that_are_served_are_judged() -> None:
    """R is 400 m from the park and Q far from it, but near a park drawn as a point: nobody tells whether it is one of 2000 m²."""
    road = {"id": "W", "wkt": "LINESTRING (0 50, 9000 50)"}
    plots = [GREEN, HOME | {"wkt": square(4600)}, land("Q", "R2", 100, people=80, finish="2015-01-01")]
    places = [{"id": "P", "kind": "park", "start": "2015-01-01", "wkt": "POINT (300 50)"}]
    out = judge("BA413", as_of="2020-01-01", parcels=plots, facilities=places, roads=[road])
    assert (ids(out), out.judged, told(out)) == ([], 1, [["Q", "no_park_size"], ["parks", "no_park_size"]])


# Networks ------------------------------------------------------------------------------------------------------------------

OUTFALL = {"id": "S", "kind": "sewer", "wkt": "POINT (900 0)"}


def sewer(name: str, top: float, end: float, wkt: str) -> Row:
    return {"id": name, "kind": "sewer", "z_start": top, "z_end": end, "wkt": f"LINESTRING ({wkt})"}


@pytest.mark.parametrize(
    ("lower", "other", "value"),
    [
        ("100.4 0, 900 0", [], []),  # within the half metre by which ends are caught
        ("100.75 0, 900 0", ["B"], [0.75]),
        ("400 -50, 400 50, 900 50, 900 0", ["B"], [300.0]),  # the last that is looked for straight ahead
        ("401 -50, 401 50, 900 50, 900 0", [""], [math.nan]),  # beyond, the part of A has no outfall
        ("90 3, 800 3, 900 0", ["B"], [3.0]),
    ],
)
def test_an_open_end_is_joined_to_a_pipe_beside_it_or_ahead(lower: str, other: list[str], value: list[float]) -> None:
    pipes = [sewer("A", 10, 9.5, "0 0, 100 0"), sewer("B", 9.5, 9, lower)]
    rows = judge("NW502", pipes=pipes, sources=[OUTFALL]).rows
    assert rows["id"].tolist() == ["A"] * len(other)
    assert rows["other_id"].tolist() == other
    assert rows["value"].tolist() == pytest.approx(value, nan_ok=True)


def test_a_pipe_that_starts_above_the_end_across_a_gap_has_a_gap_and_no_step() -> None:
    """A ends at 9.5 m, two metres short of B, which starts at 9.8 m."""
    pipes = [sewer("A", 10, 9.5, "0 0, 100 0"), sewer("B", 9.8, 9, "102 0, 900 0")]
    out = judge("NW502", pipes=pipes, sources=[OUTFALL])
    assert out.rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "B", 2.0]]


MAIN: Row = {"id": "A", "kind": "water", "wkt": "LINESTRING (0 0, 100 0)"}
WORKS: Row = {"id": "S", "kind": "water", "wkt": "POINT (0 0)"}


@pytest.mark.parametrize(("removed", "found"), [("2020-01-01", []), ("2020-01-02", ["B"])])
def test_a_pipe_taken_up_today_is_no_longer_in_the_network(removed: str, found: list[str]) -> None:
    """B begins two metres from A."""
    other = MAIN | {"id": "B", "removed": removed, "wkt": "LINESTRING (102 0, 110 0)"}
    assert ids(judge("NW503", as_of="2020-01-01", pipes=[MAIN, other], sources=[WORKS])) == found


@pytest.mark.parametrize(("away", "found"), [(15, [100.0]), (16, [])])
def test_a_pipe_five_metres_outside_a_road_of_ten_to_each_side_is_still_its_own(
    away: float, found: list[float]
) -> None:
    """The road has no width on record; its second half of 100 m has no pipe."""
    road = {"id": "R", "corridor": "给水", "wkt": f"LINESTRING (0 {away}, 200 {away})"}
    out = judge("NW503", pipes=[MAIN], sources=[WORKS], roads=[road])
    assert out.rows["value"].tolist() == pytest.approx(found)


STATION: Row = {"id": "S", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 0)"}


def cable(name: str, x: float, room: float) -> Row:
    """A cable of 100 m from x on."""
    wkt = f"LINESTRING ({x} 0, {x + 100} 0)"
    return {"id": name, "kind": "power", "finish": "2019-01-01", "voltage_kv": 10.0, "capacity": room, "wkt": wkt}


USER: Row = {"id": "A", "used": "2020-02-01", "power_kw": 2500.0, "wkt": square(180, 10, 20)}


@pytest.mark.parametrize("narrow", ["C", "D", "E"])
def test_each_cable_of_a_feeder_carries_what_lies_behind_it(narrow: str) -> None:
    """2500 kW at a coincidence of 0.8 are 2000 kW: twice what the narrow cable takes, a fifth of the others."""
    cables = [cable(name, 100 * k, 1000.0 if name == narrow else 10000.0) for k, name in enumerate("CDE")]
    out = judge("NW505", parcels=[USER | {"wkt": square(280, 10, 20)}], pipes=cables, sources=[STATION])
    assert (ids(out), out.rows["value"].tolist()) == ([narrow], [pytest.approx(200.0, abs=1.0)])


def test_a_plot_that_is_not_in_use_has_no_part_in_the_figures_of_the_parcels_themselves() -> None:
    idle = land("B", "M1", 60, wkt=square(60, 10, 100))
    out = judge(
        "NW505",
        parcels=[USER, idle],
        pipes=[cable("C", 0, 1000.0) | {"wkt": "LINESTRING (0 0, 200 0)"}],
        sources=[STATION],
    )
    assert out.rows["args"].iloc[0]["own"] == 100.0


def test_a_cable_that_takes_nothing_has_no_loading() -> None:
    out = judge("NW505", parcels=[USER], pipes=[cable("C", 0, 10000.0), cable("D", 100, 0.0)], sources=[STATION])
    assert (ids(out), told(out)) == ([], [["A", "no_attribute"], ["D", "no_attribute"]])


def test_a_pipe_without_a_bore_brings_no_head() -> None:
    user = {"id": "U", "used": "2020-02-01", "water_m3d": 300.0, "wkt": square(80, 10, 20)}
    pipe, well = MAIN | {"finish": "2019-06-01", "diameter_mm": 0.0}, WORKS | {"finish": "2015-01-01", "head": 40.0}
    out = judge("NW504", parcels=[user], pipes=[pipe], sources=[well])
    assert (ids(out), told(out)) == ([], [["A", "no_diameter"], ["U", "no_diameter"]])


def test_a_plot_that_is_not_in_use_has_no_part_in_the_figures_of_water_either() -> None:
    """A source of 20 m of head is less than is asked."""
    user = {"id": "U", "used": "2020-02-01", "water_m3d": 300.0, "wkt": square(80, 10, 20)}
    pipe, well = MAIN | {"finish": "2019-06-01", "diameter_mm": 300.0}, WORKS | {"finish": "2015-01-01", "head": 20.0}
    idle = land("B", "M1", 0, wkt=square(0, 10, 60))
    row = judge("NW504", parcels=[user, idle], pipes=[pipe], sources=[well]).rows.iloc[0]
    assert (row["id"], row["args"]["own"]) == ("U", 100.0)


def test_of_the_figures_of_the_parcels_only_those_in_use_count_in_a_shortage() -> None:
    plots = [
        {"id": "A", "used": "2020-02-01", "water_m3d": 300.0, "wkt": square(80, 10, 20)},
        {"id": "B", "water_m3d": 100.0, "wkt": square(50, 10, 20)},
    ]
    pipe, well = MAIN | {"finish": "2019-06-01"}, WORKS | {"finish": "2015-01-01", "capacity": 200.0}
    row = judge("NW501", parcels=plots, pipes=[pipe], sources=[well]).rows.iloc[0]
    assert (row["value"], row["args"]["own"]) == (100.0, 100.0)


def test_a_sewer_lacks_its_diameter_or_its_levels() -> None:
    whole = sewer("A", 10, 9, "0 0, 300 0") | {"diameter_mm": 400.0}
    pipes = [
        whole,
        sewer("B", 9, 8, "300 0, 600 0"),
        sewer("C", 8, 7, "600 0, 900 0") | {"diameter_mm": 400.0, "z_end": None},
    ]
    out = judge("NW506", pipes=pipes, sources=[OUTFALL])
    assert told(out) == [["B", "no_diameter"], ["C", "no_cover"]]
