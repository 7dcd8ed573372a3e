"""BA411 to BA418: jobs and homes, life circles, parks, stations, supply and demand, roads, structure."""

from __future__ import annotations

import pytest

from geo_planner.checks.ba418_unlike_city_structure import letters
from geo_planner.plan import Skipped
from tests.checks.one_rule import box, judge, mini, parcel


def works(name, x, jobs, **more):
    return parcel(name, "M1", box(x, 0, x + 100, 100), jobs=jobs, park="K", **more)


def drawn(out):
    """What is unknown of things that are drawn: not the kinds without a row, nor those near as the crow flies only."""
    return out.unknown[~out.unknown["reason"].isin(["no_such_kind", "no_walk"])]


def home(name, x, people, y=0.0, **more):
    return parcel(name, "R2", box(x, y, x + 20, y + 20), people=people, park="K", **more)


@pytest.mark.parametrize(("jobs", "ratio"), [(430, 0.7818), (440, None), (660, None), (670, 1.2182)])
def test_the_ratio_of_jobs_to_workers_has_two_bounds(jobs, ratio):
    found = judge("BA411", mini(parcels=[works("M", 0, jobs), home("R", 200, 1000)])).rows
    assert found["value"].tolist() == ([] if ratio is None else [ratio])


def test_dwellings_count_as_households_where_people_are_not_given():
    plan = mini(parcels=[works("M", 0, 143), home("R", 200, None, dwellings=100)])
    assert not len(judge("BA411", plan).rows)
    assert judge("BA411", plan, least=1.01).rows["value"].tolist() == [1.0]


def test_jobs_beyond_three_kilometres_of_every_home_are_far():
    plan = mini(parcels=[works("M", 0, 275), works("N", 5000, 275), home("R", 200, 1000)])
    found = judge("BA411", plan).rows.iloc[0]
    assert (found["value"], found["limit"], found.geometry.bounds) == (0.5, 0.6, (5000.0, 0.0, 5100.0, 100.0))


def test_a_plant_pulled_down_before_the_day_gives_no_jobs():
    plan = mini(
        as_of="2020-01-01",
        parcels=[works("M", 0, 550), works("N", 200, 550, removed="2019-01-01"), home("R", 400, 1000)],
    )
    assert not len(judge("BA411", plan).rows)


def test_a_park_without_residents_is_unknown():
    out = judge("BA411", mini(parcels=[works("M", 0, 100)]))
    assert (len(out.rows), out.judged, out.unknown["id"].tolist()) == (0, 0, ["K"])


SCHOOL = {"id": "S", "kind": "primary_school", "wkt": "POINT (0 0)"}
ROAD = {"id": "A", "wkt": "LINESTRING (0 0, 3000 0)"}


@pytest.mark.parametrize(("x", "covered"), [(440, None), (510, 50.0)])
def test_five_hundred_metres_are_walked_not_flown(x, covered):
    plan = mini(parcels=[home("R1", 0, 500), home("R2", x, 500, y=-10.0)], facilities=[SCHOOL], roads=[ROAD])
    found = judge("BA412", plan).rows
    assert found["value"].tolist() == ([] if covered is None else [covered])


def test_a_detour_counts_on_foot_and_not_in_a_straight_line():
    round_about = {"id": "A", "wkt": "LINESTRING (0 0, 0 400, 200 400, 200 0)"}
    lived = [home("R", 190, 100, y=-10.0)]
    assert judge("BA412", mini(parcels=lived, facilities=[SCHOOL], roads=[round_about])).rows["value"].tolist() == [0.0]
    flown = judge("BA412", mini(parcels=lived, facilities=[SCHOOL]), factor=0.3).rows.iloc[0]
    assert (flown["args"]["by"], flown["args"]["radius"]) == ("straight line", 150.0)


def test_a_closed_school_serves_nobody():
    closed = SCHOOL | {"removed": "2019-01-01"}
    plan = mini(
        as_of="2020-01-01",
        parcels=[home("R", 0, 100)],
        facilities=[closed, SCHOOL | {"id": "T", "wkt": "POINT (900 0)"}],
    )
    assert judge("BA412", plan).rows["value"].tolist() == [0.0]


def test_each_kind_is_judged_by_its_own_radius():
    kinds = [{"id": k, "kind": k, "wkt": "POINT (400 10)"} for k in ("kindergarten", "primary_school", "hospital")]
    assert judge("BA412", mini(parcels=[home("R", 0, 100)], facilities=kinds)).rows["id"].tolist() == ["kindergarten"]


def test_homes_without_people_are_weighed_by_land_if_none_tells():
    lived = [parcel("R1", "R2", box(0, 0, 30, 10)), parcel("R2", "R2", box(900, 0, 910, 10))]
    found = judge("BA412", mini(parcels=lived, facilities=[SCHOOL])).rows.iloc[0]
    assert (found["value"], found["args"]["weight"]) == (75.0, "residential land")


def test_one_home_without_people_is_unknown():
    out = judge("BA412", mini(parcels=[home("R1", 0, 10), home("R2", 0, None)], facilities=[SCHOOL]))
    assert drawn(out)[["id", "reason"]].to_numpy().tolist() == [["R2", "partly_filled"]]


@pytest.mark.parametrize(
    ("side", "x", "covered"), [(80, 560, True), (80, 580, False), (50, 330, True), (50, 350, False), (40, 60, False)]
)
def test_parks_serve_by_their_size(side, x, covered):
    plan = mini(parcels=[parcel("G", "G1", box(0, 0, side, side)), home("R", x, 100)])
    assert judge("BA413", plan).rows["value"].tolist() == ([] if covered else [0.0])


def test_a_park_drawn_as_a_facility_counts():
    park = {"id": "G", "kind": "park", "wkt": box(0, 0, 80, 80)}
    assert not len(judge("BA413", mini(parcels=[home("R", 100, 100)], facilities=[park])).rows)


def test_land_without_a_code_may_be_the_park_that_is_missing():
    far = parcel("G", "G1", box(3000, 0, 3080, 80))
    plan = mini(parcels=[home("R", 0, 100), far, parcel("X", None, box(100, 0, 180, 80))])
    out = judge("BA413", plan)
    assert (len(out.rows), out.unknown["id"].tolist()) == (0, ["X", "R", "parks"])
    # Too small to be a park that counts: the shortage is proven whatever it is.
    small = mini(parcels=[home("R", 0, 100), far, parcel("X", None, box(100, 0, 140, 40))])
    assert judge("BA413", small).rows["value"].tolist() == [0.0]


def test_a_park_drawn_as_a_point_has_no_size_and_its_homes_are_unknown():
    far = parcel("G", "G1", box(3000, 0, 3080, 80))
    near, away = ({"id": "P", "kind": "park", "wkt": f"POINT ({x} 0)"} for x in (300, 900))
    out = judge("BA413", mini(parcels=[home("R", 0, 100), far], facilities=[near]))
    assert (len(out.rows), out.unknown[["id", "reason"]].to_numpy().tolist()) == (
        0,
        [["R", "no_park_size"], ["parks", "no_park_size"]],
    )
    assert judge("BA413", mini(parcels=[home("R", 0, 100), far], facilities=[away])).rows["value"].tolist() == [0.0]


def test_without_any_park_drawn_none_is_said_to_be_far():
    with pytest.raises(Skipped):
        judge("BA413", mini(parcels=[home("R", 0, 100)]))
    with pytest.raises(Skipped):
        judge("BA413", mini(parcels=[home("R", 0, 100) | {"code": None}, works("M", 100, 5)]))


def test_a_facility_without_a_kind_may_be_the_school_that_is_missing():
    far = SCHOOL | {"wkt": "POINT (2000 0)"}
    blank = {"id": "X", "kind": None, "wkt": "POINT (100 0)"}
    out = judge("BA412", mini(parcels=[home("R", 0, 100)], facilities=[far, blank]))
    assert (len(out.rows), out.judged, drawn(out)["id"].tolist()) == (0, 0, ["X"])
    out = judge("BA412", mini(parcels=[home("R", 0, 100)], facilities=[far, blank | {"wkt": "POINT (1000 0)"}]))
    assert out.rows["value"].tolist() == [0.0]


def test_a_school_without_a_shape_may_stand_anywhere():
    out = judge("BA412", mini(parcels=[home("R", 0, 100)], facilities=[SCHOOL | {"wkt": "POINT EMPTY"}]))
    assert (len(out.rows), out.judged, drawn(out)["reason"].tolist()) == (0, 0, ["no_geometry"])
    out = judge(
        "BA412", mini(parcels=[home("R", 900, 100)], facilities=[SCHOOL, SCHOOL | {"id": "T", "wkt": "POINT EMPTY"}])
    )
    assert (len(out.rows), drawn(out)["id"].tolist()) == (0, ["T"])


def test_a_facility_without_a_kind_may_be_the_fire_station_that_is_missing():
    stations = [{"id": "F", "kind": "fire_station", "wkt": "POINT (9000 0)"}]
    blank = {"id": "X", "kind": None, "wkt": "POINT (100 0)"}
    out = judge("BA414", mini(parcels=[works("M", 0, 0)], facilities=[*stations, blank]))
    assert (len(out.rows), out.judged, drawn(out)["id"].tolist()) == (0, 0, ["X"])
    assert judge("BA414", mini(parcels=[works("M", 0, 0)], facilities=stations)).rows["value"].tolist() == [0.0]


def kinds_not_drawn(out):
    return set(out.unknown.loc[out.unknown["reason"] == "no_such_kind", "id"])


def test_a_kind_of_which_nothing_is_drawn_is_unknown_until_the_layer_is_declared_complete():
    lived, school = [home("R", 0, 100)], [SCHOOL | {"capacity": 60}]
    for code, kind, value in (("BA412", "clinic", 0.0), ("BA414", "bus_stop", 0.0), ("BA415", "hospital", 0.0)):
        station = [{"id": "F", "kind": "fire_station", "wkt": "POINT (0 0)"}]
        out = judge(code, mini(parcels=lived, facilities=school + station))
        assert kind in kinds_not_drawn(out)
        assert not len(out.rows)
        whole = judge(code, mini(parcels=lived, facilities=school + station, complete={"facilities": None}))
        named = whole.rows[whole.rows["id" if code != "BA415" else "other_id"].str.startswith(kind)]
        assert set(named["value"]) == {value}
        assert not kinds_not_drawn(whole)


def test_what_is_near_in_a_straight_line_is_not_proven_to_be_near_on_foot():
    lived, capacity = [home("R", 0, 100)], {"capacity": 60}
    places = [SCHOOL | capacity, {"id": "F", "kind": "fire_station", "wkt": "POINT (0 0)"}]
    park = parcel("G", "G1", box(100, 0, 200, 100))
    road = {"id": "A", "wkt": "LINESTRING (0 0, 2000 0)"}
    near = {"BA412": "primary_school", "BA413": "parks", "BA414": "fire_station-2500", "BA415": "primary_school"}
    for code, kind in near.items():
        out = judge(code, mini(parcels=[*lived, park], facilities=places))
        assert kind in set(out.unknown.loc[out.unknown["reason"] == "no_walk", "id"])
        out = judge(code, mini(parcels=[*lived, park], facilities=places, roads=[road]))
        assert "no_walk" not in set(out.unknown["reason"])


def test_a_school_that_is_only_planned_reaches_nobody_yet():
    later = SCHOOL | {"start": "2024-01-01", "finish": "2025-01-01"}
    out = judge("BA412", mini(as_of="2020-01-01", parcels=[home("R", 0, 100)], facilities=[later]))
    assert out.rows[["id", "value"]].to_numpy().tolist() == [["primary_school", 0.0]]


def test_bus_stops_must_reach_half_at_300_and_nine_tenths_at_500():
    land = [works(f"M{x}", x, 0) for x in (0, 350, 380, 1000)]
    stop = [{"id": "B", "kind": "bus_stop", "wkt": "POINT (50 50)"}]
    found = judge("BA414", mini(parcels=land, facilities=stop)).rows
    assert found[["id", "value", "limit"]].to_numpy().tolist() == [
        ["bus_stop-300", 25.0, 50.0],
        ["bus_stop-500", 75.0, 90.0],
    ]


def test_the_fire_engine_drives_along_the_road():
    stations = [{"id": "F", "kind": "fire_station", "wkt": "POINT (0 0)"}]
    round_about = {"id": "A", "wkt": "LINESTRING (0 0, 0 1500, 1000 1500, 1000 0)"}
    plan = mini(parcels=[works("M", 950, 0)], facilities=stations, roads=[round_about])
    assert judge("BA414", plan).rows[["id", "value"]].to_numpy().tolist() == [["fire_station-2500", 0.0]]
    assert not len(judge("BA414", plan, fire=4200.0).rows)


def test_without_stations_or_stops_nothing_is_judged():
    with pytest.raises(Skipped):
        judge("BA414", mini(parcels=[works("M", 0, 0)], facilities=[SCHOOL]))


def test_places_are_shared_among_all_who_can_reach_them():
    school = [SCHOOL | {"capacity": 60}, {"id": "T", "kind": "primary_school", "capacity": 30, "wkt": "POINT (1500 0)"}]
    lived = [home("R1", 100, 1000, y=-10.0), home("R2", 700, 1000, y=-10.0)]
    found = judge("BA415", mini(parcels=lived, facilities=school), met=1.0).rows
    # R1 reaches S only: 60 / 2000; R2 reaches both: 60 / 2000 + 30 / 1000.
    assert found[["id", "value"]].to_numpy().tolist() == [["R1", 30.0], ["R2", 60.0]]
    assert judge("BA415", mini(parcels=lived, facilities=school)).rows["id"].tolist() == ["R1"]


def test_supply_without_capacity_is_unknown():
    school = [SCHOOL, SCHOOL | {"id": "T", "capacity": 60}]
    out = judge("BA415", mini(parcels=[home("R", 0, 100)], facilities=school))
    assert (len(out.rows), drawn(out)["id"].tolist()) == (0, ["S"])


def street(name, *points):
    return {"id": name, "wkt": "LINESTRING (" + ", ".join(f"{x} {y}" for x, y in points) + ")"}


def frame(w, h):
    return street("F", (0, 0), (w, 0), (w, h), (0, h), (0, 0))


def test_density_is_length_over_area():
    park = [{"id": "K", "wkt": box(0, 0, 1000, 1000)}]
    roads = [street("A", (500, 0), (500, 1000)), street("B", (0, 500), (1000, 500)), street("C", (0, 600), (2000, 600))]
    found = judge("BA416", mini(parcels=[works("M", 0, 0)], parks=park, roads=roads)).rows
    assert found[["id", "value", "limit"]].to_numpy().tolist() == [["K", 3.0, 4.0]]


@pytest.mark.parametrize(
    ("code", "w", "found"), [("M1", 660, []), ("M1", 661, [661.0]), ("R2", 330, []), ("R2", 331, [331.0])]
)
def test_blocks_have_their_size_by_use(code, w, found):
    land = [parcel("P", code, box(10, 10, w - 10, 190), park="K")]
    rows = judge("BA416", mini(parcels=land, roads=[frame(w, 200)]), works_density=0.0, city_density=0.0).rows
    assert rows["value"].tolist() == found


def test_a_green_block_may_be_large():
    land = [parcel("G", "G1", box(10, 10, 1900, 190), park="K"), parcel("M", "M1", box(3000, 0, 3100, 100), park="K")]
    assert not len(judge("BA416", mini(parcels=land, roads=[frame(2000, 200)]), works_density=0.0).rows)


def test_land_behind_a_cut_edge_is_measured_in_hectares():
    roads = [frame(1000, 1000), street("L", (1000, 500), (2000, 500))]
    land = [parcel("A", "M1", box(100, 100, 900, 900)), parcel("C", "M1", box(1400, 510, 1900, 1010))]
    found = judge("BA417", mini(parcels=land, roads=roads)).rows.iloc[0]
    assert (found["id"], found["value"], found["args"]["places"]) == ("L", 25.0, 1)
    assert not len(judge("BA417", mini(parcels=land, roads=roads), least=25.0).rows)


def test_a_ring_has_no_cut_edge():
    assert not len(
        judge(
            "BA417", mini(parcels=[parcel("A", "M1", box(100, 100, 900, 900))], roads=[frame(1000, 1000)]), least=0.0
        ).rows
    )


def test_a_bridge_is_the_thread_where_a_canal_cuts_the_other_road():
    roads = [
        frame(1000, 400),
        street("F2", (2000, 0), (2400, 0), (2400, 400), (2000, 400), (2000, 0)),
        street("N", (1000, 400), (2000, 400)) | {"bridge": False},
        street("S", (1000, 0), (2000, 0)) | {"bridge": True},
    ]
    land = [parcel("A", "M1", box(100, 10, 900, 390)), parcel("B", "M1", box(2010, 10, 2390, 390))]
    canal = [{"id": "K", "kind": "canal", "wkt": "LINESTRING (1500 -999, 1500 999)"}]
    assert not len(judge("BA417", mini(parcels=land, roads=roads), least=10.0).rows)
    assert judge("BA417", mini(parcels=land, roads=roads, control_lines=canal), least=10.0).rows["id"].tolist() == ["S"]


def strip(name, code, x, w, **more):
    return parcel(name, code, box(x, 0, x + w, 100), park="K", **more)


def test_shares_and_areas_per_head_are_compared_with_a_city():
    land = [
        strip("R", "R2", 0, 50, people=200),
        strip("A", "A1", 50, 8),
        strip("M", "M1", 58, 20),
        strip("S", "S1", 78, 12),
        strip("G", "G1", 90, 10),
    ]
    found = judge("BA418", mini(parcels=land)).rows
    got = found[["other_id", "value", "limit"]].to_numpy().tolist()
    # 10,000 m² in all and 200 people: R 50 % and 25 m² a head, A 4 m², S 6 m², G 5 m².
    assert got == [
        ["A-head", 4.0, 5.5],
        ["G-head", 5.0, 10.0],
        ["R-head", 25.0, 28.0],
        ["R-share", 50.0, 40.0],
        ["S-head", 6.0, 12.0],
    ]
    assert set(judge("BA418", mini(parcels=land)).rows["severity"]) == {""}


def test_codes_of_the_guide_are_read_by_their_letter():
    land = [
        strip("R", "0701", 0, 30),
        strip("A", "0801", 30, 7),
        strip("M", "1001", 38, 25),
        strip("S", "1207", 63, 20),
        strip("G", "1401", 83, 12),
        strip("E", "1701", 95, 900),
    ]
    plan = mini(parcels=[p | {"scheme": "guide2023"} for p in land])
    assert not len(judge("BA418", plan).rows)


def test_the_blocks_of_a_park_that_are_too_large_are_one_finding_with_the_largest_side():
    lattice = [f"LINESTRING ({x} 0, {x} 700)" for x in (0, 700, 1500)] + [
        f"LINESTRING (0 {y}, 1500 {y})" for y in (0, 700)
    ]
    roads = [{"id": f"R{k}", "wkt": w} for k, w in enumerate(lattice)]
    land = [parcel("A", "M1", box(10, 10, 690, 690), park="K"), parcel("B", "M1", box(710, 10, 1490, 690), park="K")]
    out = judge("BA416", mini(parcels=land, roads=roads, parks=[{"id": "K", "wkt": box(-10, -10, 1510, 710)}])).rows
    blocks = out[out["other_id"] == "blocks-works"]
    assert blocks[["id", "value", "limit"]].to_numpy().tolist() == [["K", 800.0, 600.0]]
    assert blocks.geometry.iloc[0].area == pytest.approx(1500 * 700)
    assert "2 blocks" in blocks["args"].iloc[0]["what"]


@pytest.mark.parametrize(("jobs", "limit"), [(100, 0.8), (2000, 1.2)])
def test_the_ratio_is_told_with_the_bound_that_it_passed(jobs, limit):
    assert judge("BA411", mini(parcels=[works("M", 0, jobs), home("R", 200, 1000)])).rows["limit"].tolist() == [limit]


def test_a_park_where_nobody_lives_or_works_is_no_row_of_jobs_and_homes():
    farm = parcel("F", "E2", box(500, 0, 600, 100), park="L")
    out = judge("BA411", mini(parcels=[works("M", 0, 550), home("R", 200, 1000), farm | {"jobs": 0}]))
    assert (out.judged, out.unknown["id"].tolist()) == (1, [])
    only_homes = home("H", 900, 10) | {"park": "L"}
    assert judge("BA411", mini(parcels=[works("M", 0, 550), home("R", 200, 1000), only_homes])).judged == 2


def test_exactly_the_wanted_share_of_jobs_near_homes_is_enough():
    def plants(near, far):
        return mini(parcels=[works("M", 0, near), works("N", 5000, far), home("R", 200, 1000)])

    assert not len(judge("BA411", plants(330, 220)).rows)
    assert judge("BA411", plants(329, 221)).rows["value"].tolist() == [0.5982]


@pytest.mark.parametrize(
    ("width", "x", "covered"),
    [(50.0, 540, True), (49.9, 540, False), (20.0, 310, True), (19.9, 310, False), (49.9, 339, True)],
)
def test_a_park_of_exactly_the_size_has_the_reach_of_its_size(width, x, covered):
    plan = mini(parcels=[parcel("G", "G1", box(0, -50, width, 50)), home("R", x, 100, y=-10.0)])
    assert judge("BA413", plan).rows["value"].tolist() == ([] if covered else [0.0])


def test_a_park_serves_from_the_middle_of_its_edge():
    plan = mini(parcels=[parcel("G", "G1", box(0, 0, 100, 100)), home("R", 589, 100, y=40.0)])
    assert not len(judge("BA413", plan).rows)


def test_a_school_is_no_park_and_a_park_that_is_gone_serves_nobody():
    school = {"id": "S", "kind": "primary_school", "wkt": box(0, 0, 80, 80)}
    assert judge("BA413", mini(parcels=[home("R", 100, 100)], facilities=[school])).rows["value"].tolist() == [0.0]
    gone = school | {"kind": "park", "removed": "2019-01-01"}
    assert judge("BA413", mini(as_of="2020-01-01", parcels=[home("R", 100, 100)], facilities=[gone])).rows[
        "value"
    ].tolist() == [0.0]


def test_built_land_that_is_gone_needs_no_bus():
    stop = [{"id": "B", "kind": "bus_stop", "wkt": "POINT (50 50)"}]
    land = [works("M", 0, 0), works("N", 5000, 0, removed="2019-01-01"), parcel("G", "G1", box(9000, 0, 9900, 900))]
    assert not len(judge("BA414", mini(as_of="2020-01-01", parcels=land, facilities=stop)).rows)


def test_a_home_where_nobody_lives_lacks_no_service():
    school = [{"id": "S", "kind": "primary_school", "capacity": 1, "wkt": "POINT (0 0)"}]
    out = judge("BA415", mini(parcels=[home("R1", 0, 1000), home("R2", 30, 0)], facilities=school))
    assert out.rows["id"].tolist() == ["R1"]


def lattice(step, size=1000):
    """Streets `step` metres apart over a square: (size / step + 1) lines each way."""
    at = range(0, size + 1, step)
    lines = [f"LINESTRING ({x} 0, {x} {size})" for x in at] + [f"LINESTRING (0 {y}, {size} {y})" for y in at]
    return [{"id": f"R{k}", "wkt": w} for k, w in enumerate(lines)]


def streets(step, *land, parks=None):
    parks = parks or [{"id": "K", "wkt": box(0, 0, 1000, 1000)}]
    return judge("BA416", mini(parcels=list(land), roads=lattice(step), parks=parks)).rows


@pytest.mark.parametrize(
    ("code", "step", "limit", "use"),
    [
        ("M1", 500, None, ""),
        ("R2", 500, 8.0, "homes and shops"),
        ("M1", 1000, None, ""),
        ("B1", 500, 8.0, "homes and shops"),
    ],
)
def test_the_density_of_a_park_is_held_to_its_use(code, step, limit, use):
    # 6 km on 1 km² with streets 500 m apart, 4 km with 1000 m.
    rows = streets(step, parcel("A", code, box(10, 10, 490, 490), park="K"))
    rows = rows[rows["unit"] == "km/km²"]
    assert rows[["id", "limit"]].to_numpy().tolist() == ([] if limit is None else [["K", limit]])
    assert [a["use"] for a in rows["args"]] == ([] if limit is None else [use])


def test_a_park_with_as_much_homes_as_works_is_a_town():
    half = parcel("A", "M1", box(10, 10, 200, 490), park="K"), parcel("B", "R2", box(210, 10, 400, 490), park="K")
    rows = streets(500, *half)
    assert set(rows["limit"]) == {8.0, 300.0}
    more = parcel("A", "M1", box(10, 10, 205, 490), park="K"), half[1]
    assert not len(streets(500, *more))


def test_each_park_is_judged_by_its_own_land():
    land = parcel("A", "M1", box(10, 10, 490, 490), park="K"), parcel("B", "R2", box(1510, 10, 1990, 490), park="L")
    parks = [{"id": "K", "wkt": box(0, 0, 500, 500)}, {"id": "L", "wkt": box(1500, 0, 2000, 500)}]
    rows = streets(250, *land, parks=parks)
    assert rows.loc[rows["unit"] == "km/km²", ["id", "limit", "value"]].to_numpy().tolist() == [["L", 8.0, 0.0]]


def test_a_block_of_lawn_may_be_large_and_a_large_block_names_its_use():
    rows = streets(
        500, parcel("A", "R2", box(10, 10, 490, 490), park="K"), parcel("G", "G1", box(510, 510, 990, 990), park="K")
    )
    blocks = rows[rows["unit"] == "m"]
    assert blocks[["id", "other_id", "value", "limit"]].to_numpy().tolist() == [["K", "blocks-homes", 500.0, 300.0]]
    assert blocks["args"].iloc[0]["use"] == "homes and shops"


def spur(*land, **plan):
    """A ring of 1 km with a dead end of two places of work behind it."""
    roads = [frame(1000, 1000), street("L", (1000, 500), (2000, 500), (3000, 500))]
    ring = parcel("A", "M1", box(100, 100, 900, 900))
    return judge("BA417", mini(parcels=[ring, *land], roads=roads, **plan)).rows


def test_land_that_needs_no_road_does_not_hang():
    assert not len(spur(parcel("G", "G1", box(1400, 510, 1900, 1010))))
    gone = parcel("M", "M1", box(1400, 510, 1900, 1010), removed="2019-01-01")
    assert not len(spur(gone, as_of="2020-01-01"))


def test_twenty_hectares_may_hang_and_the_road_is_told_with_the_most_that_does():
    assert not len(spur(parcel("M", "M1", box(1400, 510, 1800, 1010))))
    both = spur(parcel("M", "M1", box(1400, 510, 1900, 1010)), parcel("N", "M1", box(2400, 510, 2900, 1010)))
    assert both[["id", "value"]].to_numpy().tolist() == [["L", 50.0]]
    assert both["args"].iloc[0]["places"] == 2


@pytest.mark.parametrize(
    ("scheme", "code", "letter"),
    [
        ("gb50137", "M2", "M"),
        ("gb50137", "A35", "A"),
        ("gb50137", "E1", ""),
        ("gb50137", "H2", ""),
        ("guide2023", "100101", "M"),
        ("guide2023", "0802", "A"),
        ("guide2023", "1701", ""),
        ("survey3", "1001", "S"),
        ("survey3", "0601", "M"),
        ("survey3", "0701", "R"),
        ("survey3", "1101", ""),
        ("trial2020", "1313", "U"),
        ("trial2020", "090301", "B"),
        ("trial2020", "0601", ""),
    ],
)
def test_each_scheme_has_its_letter_of_the_city_standard(scheme, code, letter):
    plan = mini(parcels=[{"id": "P", "code": code, "scheme": scheme, "park": "K", "wkt": box(0, 0, 10, 10)}]).plan
    assert letters(plan).tolist() == [letter]


def test_streets_left_out_between_the_parcels_count_as_roads_by_their_width():
    # 20 of 100 m are street that no parcel covers: M is 64 of 84 without it, 64 of 104 with it.
    park = [{"id": "K", "wkt": box(0, 0, 104, 100)}]
    land = [parcel("M", "M1", box(0, 0, 64, 100), park="K"), parcel("G", "G1", box(84, 0, 104, 100), park="K")]
    road = [{"id": "A", "width": 20.0, "wkt": "LINESTRING (74 0, 74 100)"}]
    bare = judge("BA418", mini(parcels=land, parks=park)).rows.set_index("other_id")["value"]
    rows = judge("BA418", mini(parcels=land, parks=park, roads=road)).rows.set_index("other_id")
    assert (bare["M-share"], bare["S-share"]) == (pytest.approx(76.19, abs=0.01), 0.0)
    assert (rows["value"]["M-share"], rows["args"]["M-share"]["roads_ha"]) == (pytest.approx(61.538, abs=0.001), 0.2)
    assert "S-share" not in rows.index  # 20 of 104 are 19.2 %, in the band


def test_a_band_with_no_upper_end_is_told_as_a_floor():
    land = [
        parcel("R", "R2", box(0, 0, 100, 100), park="K", people=1000),
        parcel("G", "G1", box(200, 0, 210, 100), park="K"),
    ]
    row = judge("BA418", mini(parcels=land)).rows.set_index("other_id").loc["G-head"]
    assert (row["args"]["band_zh"], row["args"]["band"]) == ("不低于 10.0", "at least 10.0")
