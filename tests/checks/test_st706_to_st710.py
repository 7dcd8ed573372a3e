"""ST706 corridors, ST707 noise, ST708 intensity, ST709 wind, ST710 ground, EC602 water."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import grid
from geo_planner.plan import Skipped
from tests.checks.one_rule import box, judge, mini, parcel


@pytest.mark.parametrize(
    ("line", "strip"),
    [
        ({"kind": "power_corridor", "voltage_kv": 500}, 30.0),
        ({"kind": "power_corridor", "voltage_kv": 220}, 15.0),
        ({"kind": "power_corridor", "voltage_kv": 110}, 7.5),
        ({"kind": "power_corridor", "voltage_kv": 10}, 7.5),
        ({"kind": "power_corridor"}, 15.0),
        ({"kind": "highway"}, 20.0),
        ({"kind": "railway"}, 8.0),
        ({"kind": "gas_corridor"}, 5.0),
        ({"kind": "highway", "width": 12}, 12.0),
    ],
)
def test_each_corridor_has_its_strip(line, strip):
    lines = [{"id": "L", "wkt": "LINESTRING (0 0, 100 0)"} | line]
    near = mini(buildings=[{"id": "B", "wkt": box(0, 1, 10, 10)}], control_lines=lines)
    edge = mini(buildings=[{"id": "B", "wkt": box(0, strip, 10, 40)}], control_lines=lines)
    assert judge("ST706", near).rows[["value", "limit"]].to_numpy().tolist() == [[1.0, strip]]
    assert not len(judge("ST706", edge).rows)


def test_a_building_on_the_line_is_shown_by_what_they_share():
    plan = mini(
        buildings=[{"id": "B", "wkt": box(0, -5, 10, 5)}],
        control_lines=[{"id": "L", "kind": "railway", "wkt": "LINESTRING (0 0, 100 0)"}],
    )
    found = judge("ST706", plan).rows.iloc[0]
    assert (found["value"], found.geometry.length) == (0.0, 10.0)


def test_farmland_is_no_corridor():
    out = judge(
        "ST706",
        mini(
            buildings=[{"id": "B", "wkt": box(0, 0, 9, 9)}],
            control_lines=[{"id": "F", "kind": "farmland", "wkt": box(0, 0, 9, 9)}],
        ),
    )
    assert (len(out.rows), out.judged) == (0, 0)


@pytest.mark.parametrize(
    ("code", "grade", "found"),
    [("R2", "3", 1), ("R2", "4b", 1), ("R2", "2", 0), ("M1", "1", 1), ("M1", "3", 0), ("B1", "4a", 0), ("A5", "3", 1)],
)
def test_uses_suit_their_noise_zone(code, grade, found):
    plan = mini(
        parcels=[parcel("P", code, box(0, 0, 100, 100))],
        noise_zones=[{"id": "N", "grade": grade, "wkt": box(0, 0, 50, 100)}],
    )
    rows = judge("ST707", plan).rows
    assert rows["value"].tolist() == [50.0] * found


def test_a_tenth_of_the_parcel_in_the_wrong_zone_is_allowed():
    home = parcel("P", "R2", box(0, 0, 100, 100))
    for edge, found in ((10, 0), (10.1, 1)):
        zones = [{"id": "N", "grade": "3", "wkt": box(0, 0, edge, 100)}]
        assert len(judge("ST707", mini(parcels=[home], noise_zones=zones)).rows) == found


def works(**more):
    return parcel("M", more.pop("code", "M2"), box(0, 0, 100, 100), **more)


OLD = {"released": "2012-05-01", "industry_edition": "2002"}
"""Granted under the table of 2008, with codes of its own edition."""


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"far": 0.59, "industry": "26"} | OLD, [0.6]),
        ({"far": 0.6, "industry": "26"} | OLD, []),
        ({"far": 0.9, "industry": "C40"} | OLD, [1.0]),
        ({"far": 0.69}, [0.7]),
        ({"far": 0.7}, []),
        ({"density": 39.9}, [40.0]),
        ({"density": 40.0}, []),
        ({"admin_share": 7.1}, [7.0]),
        ({"admin_share": 7.0}, []),
        ({"green": 20.1}, [20.0]),
        ({"green": 20.0}, []),
        ({"far": 0.5, "green": 30.0}, [0.7, 20.0]),
    ],
)
def test_each_control_value_is_judged_on_its_own_side(values, found):
    assert sorted(judge("ST708", mini(parcels=[works(**values)])).rows["limit"].tolist()) == found


@pytest.mark.parametrize(
    ("edition", "code", "floor"),
    [("2002", "C36", 0.7), ("2002", "4011", 1.0), ("2017", "C3962", 1.0), ("2017", "40", 1.0), ("2011", "C38", 0.7),
     ("2017", "C2911", 0.8), ("2017", "C2927", 1.0), ("2017", "30", 0.7), ("2002", "30", 1.0), ("2017", "31", 0.6)],
)  # fmt: skip
def test_an_industry_is_read_by_the_edition_its_code_is_of(edition, code, floor):
    land = works(far=0.1, industry=code, industry_edition=edition, released="2012-05-01")
    assert judge("ST708", mini(parcels=[land])).rows["limit"].tolist() == [floor]


def test_a_code_without_an_edition_is_unknown_unless_the_profile_tells_it():
    land = mini(parcels=[works(far=0.1, industry="C36", released="2012-05-01")])
    out = judge("ST708", land)
    assert (len(out.rows), out.judged, out.unknown[["id", "reason"]].to_numpy().tolist()) == (
        0,
        0,
        [["M", "no_edition"]],
    )
    assert judge("ST708", land, edition="2017").rows["limit"].tolist() == [0.7]


@pytest.mark.parametrize("code", ["C29", "C43", "99"])
def test_an_industry_that_has_no_floor_in_the_table_is_unknown(code):
    out = judge("ST708", mini(parcels=[works(far=0.1, industry=code, industry_edition="2017", released="2012-05-01")]))
    assert (len(out.rows), out.unknown["reason"].tolist()) == (0, ["no_edition"])


@pytest.mark.parametrize(
    ("day", "density", "found"),
    [
        ("2023-05-31", 30.0, []),
        ("2023-05-31", 29.0, [30.0]),
        ("2023-06-01", 39.0, [40.0]),
        ("2008-01-31", 29.0, [30.0]),
    ],
)
def test_the_building_coefficient_is_that_of_the_edition_in_force_at_the_grant(day, density, found):
    for column in ("released", "start"):
        assert judge("ST708", mini(parcels=[works(density=density, **{column: day})])).rows["limit"].tolist() == found


def test_before_the_first_edition_and_after_the_last_table_nothing_is_judged():
    early = judge("ST708", mini(parcels=[works(density=10.0, green=50.0, released="2008-01-30")]))
    assert (len(early.rows), early.judged, early.unknown["reason"].tolist()) == (0, 0, ["no_edition"])
    late = works(far=0.1, density=39.0, industry="C40", industry_edition="2002", released="2024-01-01")
    out = judge("ST708", mini(parcels=[late]))
    assert (out.rows["limit"].tolist(), out.judged, out.unknown["reason"].tolist()) == ([40.0], 0, ["no_edition"])


def test_stores_are_judged_by_their_lawns_only():
    assert judge("ST708", mini(parcels=[works(code="W1", far=0.2, density=10, green=25)])).rows["limit"].tolist() == [
        20.0
    ]


def test_industry_without_any_value_is_unknown_and_housing_is_not_judged():
    out = judge("ST708", mini(parcels=[works(), parcel("R", "R2", box(0, 0, 1, 1), far=0.1)]))
    assert (len(out.rows), out.judged, out.unknown["id"].tolist()) == (0, 0, ["M"])


HOME, EAST = parcel("R", "R2", box(0, 0, 100, 100), people=1000), parcel("E", "M3", box(500, 0, 600, 100))


def rose(**sectors):
    names = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    rest = (100.0 - sum(sectors.values())) / (16 - len(sectors))
    return tuple(sectors.get(n, rest) for n in names)


def test_the_wind_from_the_source_counts_and_no_other():
    plan = mini(parcels=[HOME, EAST])
    assert not len(judge("ST709", plan, rose=rose(W=40.0)).rows)
    assert judge("ST709", plan, rose=rose(E=10.0)).rows["value"].tolist() == [10.0]


def test_exposure_is_people_times_wind_times_decay():
    found = judge("ST709", mini(parcels=[HOME, EAST]), rose=rose(E=10.0)).rows.iloc[0]
    assert found["args"]["exposure"] == pytest.approx(1000 * 0.10 * 2.718281828 ** (-0.5), abs=1e-3)


def test_the_worst_season_counts():
    assert judge("ST709", mini(parcels=[HOME, EAST]), rose=rose(W=40.0) + rose(E=30.0)).rows["value"].tolist() == [30.0]


def test_calm_is_spread_evenly():
    winds = tuple(x * 0.2 for x in rose(W=100.0))
    assert judge("ST709", mini(parcels=[HOME, EAST]), rose=winds, calm=80.0, limit=4.9).rows["value"].tolist() == [5.0]


def test_a_source_beyond_the_reach_is_not_seen():
    assert not len(judge("ST709", mini(parcels=[HOME, EAST]), rose=rose(E=50.0), reach=499.0).rows)


@pytest.mark.parametrize("bad", [(50.0,) * 16, (6.0,) * 12, (-10.0, 110.0) + (0.0,) * 14])
def test_a_rose_that_is_none_is_said_in_one_sentence(bad):
    with pytest.raises(Skipped) as why:
        judge("ST709", mini(parcels=[HOME, EAST]), rose=bad)
    assert why.value.reason == "bad_value"


def test_water_setbacks_are_for_all_and_the_canal_zone_for_works():
    water = [
        {"id": "K", "kind": "canal", "wkt": "LINESTRING (0 0, 0 100)"},
        {"id": "H", "kind": "river", "width": 15, "wkt": "LINESTRING (300 0, 300 100)"},
    ]
    plan = mini(
        parcels=[
            parcel("R", "R2", box(100, 0, 286, 100)),
            parcel("M", "M1", box(1999, 0, 2100, 100)),
            parcel("G", "G1", box(290, 0, 310, 100)),
        ],
        control_lines=water,
    )
    found = judge("EC602", plan).rows
    assert found[["id", "other_id", "value", "limit"]].to_numpy().tolist() == [
        ["M", "K", 1999.0, 2000.0],
        ["R", "H", 14.0, 15.0],
    ]


@pytest.mark.parametrize(("x", "found"), [(29, [30.0]), (31, [])])
def test_a_river_without_a_width_keeps_thirty_metres(x, found):
    river = [{"id": "H", "kind": "river", "wkt": "LINESTRING (0 0, 0 100)"}]
    plan = mini(parcels=[parcel("R", "R2", box(x, 0, x + 50, 100))], control_lines=river)
    assert judge("EC602", plan).rows["limit"].tolist() == found


def test_a_plane_of_one_in_ten_has_a_slope_of_ten_percent():
    plan = mini(
        parcels=[parcel("M", "M1", box(10, 10, 40, 40))],
        rasters={"dem": grid([[1.1 * c for c in range(5)] for _ in range(5)])},
    )
    assert judge("ST710", plan).rows["value"].tolist() == [11.0]
    assert not len(judge("ST710", plan, slope=11.5).rows)


def test_green_land_may_be_steep_and_land_off_the_raster_is_unknown():
    steep = grid([[5.0 * c for c in range(5)] for _ in range(5)])
    out = judge(
        "ST710",
        mini(
            parcels=[parcel("G", "G1", box(10, 10, 40, 40)), parcel("M", "M1", box(30, 10, 90, 40))],
            rasters={"dem": steep},
        ),
    )
    assert (len(out.rows), out.unknown[["id", "reason"]].to_numpy().tolist()) == (0, [["M", "outside_raster"]])


def bowl(depth):
    return [[10.0] * 5, *[[10.0, *[10.0 - depth] * 3, 10.0] for _ in range(3)], [10.0] * 5]


def test_a_hollow_fills_to_its_rim():
    plan = mini(parcels=[parcel("M", "M1", box(10, 10, 40, 40))], rasters={"dem": grid(bowl(1.0))})
    found = judge("ST710", plan, slope=99.0).rows
    assert found[["value", "limit"]].to_numpy().tolist() == [[1.0, 0.5]]


def test_flood_water_enters_from_the_rim_only():
    plan = mini(parcels=[parcel("M", "M1", box(10, 10, 40, 40))], rasters={"dem": grid(bowl(1.0))})
    behind_dyke = judge("ST710", plan, slope=99.0, hollow=9.0, flood_level=9.9)
    over_dyke = judge("ST710", plan, slope=99.0, hollow=9.0, flood_level=10.2)
    assert (len(behind_dyke.rows), over_dyke.rows["value"].tolist()) == (0, [1.2])


def test_heights_in_feet_are_turned_into_metres():
    plan = mini(
        parcels=[parcel("M", "M1", box(10, 10, 40, 40))],
        rasters={"dem": grid([[10.0 * c for c in range(5)] for _ in range(5)], unit="ft")},
    )
    assert judge("ST710", plan).rows["value"].tolist() == [30.48]


TRUNK = {"id": "T", "grade": "arterial", "width": 40, "wkt": "LINESTRING (0 -20, 100 -20)"}


@pytest.mark.parametrize(("zone", "share"), [("1", 50.0), ("2", 35.0), ("3", 20.0)])
def test_a_home_beside_a_trunk_road_lies_in_its_strip_by_as_much_as_its_zone_gives(zone, share):
    # The road edge is the parcel's southern side; a parcel of 100 m lies in the strip by its depth.
    zones = [{"id": "Z", "grade": zone, "wkt": box(-500, -500, 500, 500)}]
    plan = mini(
        parcels=[parcel("R", "R2", box(0, 0, 100, 100))],
        roads=[TRUNK | {"wkt": "LINESTRING (-200 -20, 300 -20)"}],
        noise_zones=zones,
    )
    found = judge("ST707", plan).rows
    strip = found[found["other_layer"] == "roads"]
    assert strip[["id", "other_id", "severity"]].to_numpy().tolist() == [["R", "T", "info"]]
    assert strip["value"].iloc[0] == pytest.approx(share)
    assert strip["args"].iloc[0] == {"grade": "4a"}


def test_a_railway_has_a_strip_of_class_4b_and_a_branch_road_none():
    plan = mini(
        parcels=[parcel("R", "R2", box(0, 0, 100, 100))],
        roads=[TRUNK | {"grade": "branch"}],
        control_lines=[{"id": "E", "kind": "railway", "wkt": "LINESTRING (-200 0, 300 0)"}],
        noise_zones=[{"id": "Z", "grade": "2", "wkt": box(-500, -500, 500, 500)}],
    )
    found = judge("ST707", plan).rows
    assert found[["other_id", "value"]].to_numpy().tolist() == [["E", 35.0]]
    assert found["args"].iloc[0] == {"grade": "4b"}


def test_drawn_strips_replace_those_of_the_rule():
    zones = [{"id": "Z", "grade": "4a", "wkt": box(0, -40, 100, 5)}]
    assert not len(
        judge("ST707", mini(parcels=[parcel("R", "R2", box(0, 0, 100, 100))], roads=[TRUNK], noise_zones=zones)).rows
    )


def test_without_a_rose_homes_with_a_source_in_reach_are_unknown_and_no_wind_is_invented():
    more = [
        HOME,
        EAST,
        EAST | {"id": "N", "wkt": box(0, 500, 100, 600)},
        HOME | {"id": "Q", "wkt": box(5000, 0, 5100, 100)},
    ]
    out = judge("ST709", mini(parcels=more))
    assert (len(out.rows), out.judged, out.unknown[["id", "reason"]].to_numpy().tolist()) == (0, 1, [["R", "no_rose"]])
    assert judge("ST709", mini(parcels=more), rose=rose(E=10.0)).judged == 2
