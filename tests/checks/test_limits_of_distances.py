"""Where the rules of distance and land turn: values on the limit, just inside and just beyond it, and pairs that must not count."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.checks.contract import grid
from geo_planner.plan import Skipped
from tests.checks.judging import ids, judge, square

Row = dict[str, Any]


def pipe(name: str, kind: str, y: float, **more: Any) -> Row:
    """A pipe of 250 mm along y: an eighth of a metre to its wall, which is exact in binary."""
    return {
        "id": name,
        "kind": kind,
        "diameter_mm": 250.0,
        "burial": "direct",
        "wkt": f"LINESTRING (0 {y}, 100 {y})",
    } | more


def pairs(out: Any) -> list[list[str]]:
    """Return both ids of all that is found."""
    found: list[list[str]] = out.rows[["id", "other_id"]].to_numpy().tolist()
    return found


# ST703: side by side -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "tolerance", "found"), [(0.995, None, 0), (0.985, None, 1), (0.75, 0.25, 0), (0.7421875, 0.25, 1)]
)
def test_pipes_may_miss_their_clearance_by_the_drawing_tolerance(
    gap: float, tolerance: float | None, found: int
) -> None:
    """Water up to DN 200 keeps 1 m from a drain, a drain 2.5 m from a house; 1 cm is allowed, or a quarter of a metre where asked."""
    number = {} if tolerance is None else {"tolerance": tolerance}
    beside = judge("ST703", number, pipes=[pipe("A", "water", 0, diameter_mm=125.0), pipe("B", "sewer", gap + 0.1875)])
    house = judge(
        "ST703", number, pipes=[pipe("A", "sewer", 0)], buildings=[{"id": "H", "wkt": square(0, gap + 1.5 + 0.125)}]
    )
    assert (len(beside.rows), len(house.rows)) == (found, found)


@pytest.mark.parametrize(
    ("gap", "found", "unknown"), [(0.5, ["A"], []), (0.995, [], ["A"]), (1.5, [], ["A"]), (2.0, [], []), (2.5, [], [])]
)
@pytest.mark.parametrize(("thin", "other"), [("A", "B"), ("B", "A")])
def test_a_pipe_of_unknown_size_is_unknown_within_a_metre_of_its_limit(
    thin: str, other: str, gap: float, found: list[str], unknown: list[str]
) -> None:
    """Low-pressure gas keeps 1 m from a drain, gas of any pressure 2 m at most; a pipe is taken as up to 1 m in radius."""
    gas = pipe(thin, "gas", 0, diameter_mm=None, pressure="L")
    out = judge("ST703", pipes=[gas, pipe(other, "sewer", gap + 0.125)])
    assert (ids(out), out.unknown["id"].tolist()) == (found, [thin] * len(unknown))


def test_of_two_houses_the_one_at_the_limit_is_far_enough() -> None:
    """2.5 m from a drain less the tolerance, here a quarter of a metre: 2.25 m from wall to wall."""
    houses = [
        {"id": name, "wkt": square(x, 2.25 + 0.125 - nearer, 20)} for name, x, nearer in (("H", 0, 0.0), ("I", 60, 1.0))
    ]
    assert pairs(judge("ST703", {"tolerance": 0.25}, pipes=[pipe("A", "sewer", 0)], buildings=houses)) == [["A", "I"]]


def test_a_factor_of_zero_asks_for_nothing() -> None:
    gas = pipe("A", "gas", 0, diameter_mm=None, pressure="L")
    out = judge("ST703", {"factor": 0.0}, pipes=[gas, pipe("B", "sewer", 0.5)])
    assert (ids(out), out.unknown["id"].tolist()) == ([], [])


@pytest.mark.parametrize(("gap", "unknown"), [(1.9921875, ["A"]), (2.0, [])])
def test_gas_of_unknown_pressure_at_the_greatest_clearance_is_far_enough(gap: float, unknown: list[str]) -> None:
    """2 m is what the highest pressure keeps from a drain."""
    out = judge("ST703", pipes=[pipe("A", "gas", 0), pipe("B", "sewer", gap + 0.25)])
    assert (ids(out), out.unknown["id"].tolist()) == ([], unknown)


@pytest.mark.parametrize("names", ["ABC", "BAC", "CBA"])
def test_pairs_are_named_in_order_of_their_ids_whatever_else_lies_in_the_plan(names: str) -> None:
    """Water and drain of 0.5 m apart; a telecom cable and a gas main lie far away."""
    first, second, third = names
    rows = [pipe(first, "water", 0), pipe(second, "sewer", 0.5), pipe(third, "telecom", 50), pipe("D", "gas", 90)]
    assert pairs(judge("ST703", pipes=rows)) == [sorted([first, second])]


# ST704: crossings --------------------------------------------------------------------------------------------------------------


def level(z: float) -> Row:
    return {"z_start": z, "z_end": z}


@pytest.mark.parametrize(
    ("gap", "tolerance", "found"), [(0.495, None, 0), (0.485, None, 1), (0.25, 0.25, 0), (0.2421875, 0.25, 1)]
)
def test_crossing_pipes_may_miss_their_clearance_by_the_tolerance_of_levels(
    gap: float, tolerance: float | None, found: int
) -> None:
    """A buried power cable keeps 0.5 m from the crown of a water main of 250 mm at 9.5 m."""
    number = {} if tolerance is None else {"tolerance": tolerance}
    cable = pipe("P", "power", 0, **level(9.75 + gap))
    main = pipe("W", "water", 0, wkt="LINESTRING (50 -50, 50 50)", **level(9.5))
    assert len(judge("ST704", number, pipes=[cable, main]).rows) == found


@pytest.mark.parametrize(("kind", "found"), [("sewer", []), ("water", [["A", "B"]])])
@pytest.mark.parametrize("names", ["AB", "BA"])
def test_a_pipe_that_ends_on_one_of_its_kind_is_joined_and_on_another_crosses(
    kind: str, found: list[Any], names: str
) -> None:
    through = pipe(names[0], "sewer", 0, **level(10.0))
    branch = pipe(names[1], kind, 0, wkt="LINESTRING (50 -50, 50 0)", **level(10.1))
    assert pairs(judge("ST704", pipes=[through, branch])) == found


# ST705: cover -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cover", "tolerance", "found"),
    [("water", 0.695, None, 0), ("water", 0.685, None, 1), ("heat", 0.75, 0.25, 0), ("heat", 0.7421875, 0.25, 1)],
)
def test_cover_may_be_a_centimetre_less(kind: str, cover: float, tolerance: float | None, found: int) -> None:
    """Under a carriageway water has 0.7 m and heat 1 m; a quarter of a metre stands for the limit itself."""
    road = {"id": "R", "width": 20.0, "wkt": "LINESTRING (0 0, 100 0)"}
    number = {} if tolerance is None else {"tolerance": tolerance}
    assert len(judge("ST705", number, pipes=[pipe("A", kind, 5, cover=cover)], roads=[road]).rows) == found


@pytest.mark.parametrize(("y", "found"), [(6.9, [0.7]), (7.1, [])])
def test_a_road_of_unknown_width_is_fourteen_metres_wide(y: float, found: list[float]) -> None:
    """0.65 m is enough beside the carriageway (0.6 m) and not under it (0.7 m)."""
    road = {"id": "R", "width": None, "wkt": "LINESTRING (0 0, 100 0)"}
    assert judge("ST705", pipes=[pipe("A", "water", y, cover=0.65)], roads=[road]).rows["limit"].tolist() == found


# ST702: fire ------------------------------------------------------------------------------------------------------------------


def building(name: str, x: float, use: str, **more: Any) -> Row:
    return {"id": name, "use": use, "wkt": square(x, 0, 20)} | more


def test_a_first_class_high_rise_is_judged_without_its_rating() -> None:
    """An office of 60 m keeps 20 m from a class C factory of rating II; 12 m is less than what a fire wall could allow."""
    out = judge(
        "ST702",
        buildings=[building("A", 0, "factory", hazard="bing", rating=2), building("B", 32, "office", height=60.0)],
    )
    assert (out.rows["limit"].tolist(), out.unknown["id"].tolist()) == ([20.0], [])


def test_only_two_factories_of_class_wu_may_stand_two_metres_nearer() -> None:
    """A high class 戊 factory keeps 13 m from a house of rating I, even where the house is written down as 戊."""
    high = building("A", 0, "factory", hazard="wu", rating=1, height=30.0, floors=6)
    out = judge("ST702", buildings=[high, building("B", 25, "house", hazard="wu", rating=1)])
    assert (out.rows["limit"].tolist(), out.rows["value"].tolist()) == ([13.0], [5.0])


# ST701, ST707, ST709: harm, noise and wind ---------------------------------------------------------------------------------------


def land(name: str, code: str, x: float, size: float = 100, **more: Any) -> Row:
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": square(x, 0, size)} | more


def test_where_two_rows_of_the_formula_fit_the_row_of_the_lesser_distance_counts() -> None:
    """At 1000 m the first row asks for Qc/Cm = (0.021 * 1000^1.85 + 2500 / π)^0.5 * 1000^0.84 / 470 = 63.98.

    63.95 is below that: 999.8 m, rounded up to 1000; the second row, for 1000 to 2000 m, would make it 1004 m and so 1200.
    """
    works = land("M", "M3", 0, emission=63.95, limit_mg=1.0)
    assert judge("ST701", parcels=[works, land("R", "R2", 900)]).rows["limit"].tolist() == [1000.0]


RAIL = {"id": "E", "kind": "railway", "wkt": "LINESTRING (-200 0, 300 0)"}
QUIET = [{"id": "Z", "grade": "2", "wkt": square(-500, -500, 1000)}]


@pytest.mark.parametrize(("limit", "found"), [(35.0, []), (34.0, ["R"])])
def test_a_home_may_lie_in_the_strip_by_as_much_as_allowed(limit: float, found: list[str]) -> None:
    """35 of 100 m lie in the strip of the railway at the southern side."""
    assert (
        ids(judge("ST707", {"share": limit}, parcels=[land("R", "R2", 0)], noise_zones=QUIET, control_lines=[RAIL]))
        == found
    )


@pytest.mark.parametrize(
    ("line", "found"), [({}, ["R"]), ({"finish": "2009-12-31"}, []), ({"wkt": "LINESTRING (-200 -30, 300 -30)"}, [])]
)
def test_a_strip_counts_while_its_railway_stands_and_where_it_takes_enough(line: Row, found: list[str]) -> None:
    """The second railway was closed before the homes were begun; of the third the strip takes 5 m of 100 m."""
    home = land("R", "R2", 0, start="2010-01-01")
    assert ids(judge("ST707", parcels=[home], noise_zones=QUIET, control_lines=[RAIL | line])) == found


@pytest.mark.parametrize(("grade", "found"), [("arterial", ["R"]), ("branch", [])])
def test_only_trunk_roads_have_a_strip(grade: str, found: list[str]) -> None:
    road = {"id": "T", "grade": grade, "width": 40.0, "wkt": "LINESTRING (-200 -20, 300 -20)"}
    assert ids(judge("ST707", parcels=[land("R", "R2", 0)], noise_zones=QUIET, roads=[road])) == found


@pytest.mark.parametrize(("x", "found"), [(1000, ["R"]), (1010, [])])
def test_a_source_a_kilometre_away_is_upwind_and_no_farther_one(x: float, found: list[str]) -> None:
    """100 % of the winds come from the east; distances run from middle to middle."""
    rose = tuple(100.0 if k == 4 else 0.0 for k in range(16))
    assert ids(judge("ST709", {"rose": rose}, parcels=[land("R", "R2", 0), land("M", "M3", x)])) == found


@pytest.mark.parametrize("total", [99.0, 101.0])
def test_a_rose_may_miss_a_hundred_by_one(total: float) -> None:
    """A sixteenth of 99 or 101 % is exact in binary."""
    out = judge("ST709", {"rose": (total / 16,) * 16, "limit": 1.0}, parcels=[land("R", "R2", 0), land("M", "M3", 500)])
    assert out.rows["value"].tolist() == [pytest.approx(total / 16, abs=1e-3)]


# ST710: ground -----------------------------------------------------------------------------------------------------------------


def site(rows: list[list[float]], x: float = 10, **numbers: float) -> list[float]:
    """Return what is found of a plot of 30 m by 30 m on a raster of 5 by 5 cells of 10 m."""
    plots = [{"id": "M", "code": "M1", "scheme": "gb50137", "wkt": square(x, 10, 30)}]
    return judge("ST710", numbers, parcels=plots, rasters={"dem": grid(rows)}).rows["value"].tolist()


def bowl(depth: float) -> list[list[float]]:
    return [[10.0] * 5, *[[10.0, *[10.0 - depth] * 3, 10.0] for _ in range(3)], [10.0] * 5]


@pytest.mark.parametrize(("limit", "found"), [(12.5, []), (12.0, [12.5])])
def test_a_slope_at_its_limit_is_sound(limit: float, found: list[float]) -> None:
    assert site([[1.25 * c for c in range(5)] for _ in range(5)], slope=limit) == found


@pytest.mark.parametrize(("depth", "found"), [(0.5, []), (0.625, [0.625])])
def test_half_a_metre_of_water_in_a_hollow_is_sound(depth: float, found: list[float]) -> None:
    assert site(bowl(depth), slope=99.0) == found


@pytest.mark.parametrize(("numbers", "found"), [({}, [0.25]), ({"flooded": 0.25}, []), ({"flood_level": 10.125}, [])])
def test_a_flood_may_stand_fifteen_centimetres_deep(numbers: dict[str, float], found: list[float]) -> None:
    """The ground lies at 10 m, the flood at 10.25 m or 10.125 m."""
    assert site([[10.0] * 5 for _ in range(5)], **{"flood_level": 10.25} | numbers) == found


@pytest.mark.parametrize(("least", "found"), [(0.5, [12.5]), (0.51, [])])
def test_a_plot_covered_by_the_raster_as_far_as_asked_is_judged(least: float, found: list[float]) -> None:
    """The plot lies on the raster from 35 m to 50 m, half of its 30 m."""
    assert site([[1.25 * c for c in range(5)] for _ in range(5)], 35, covered=least, slope=5.0) == pytest.approx(found)


# ST708: use of industrial land --------------------------------------------------------------------------------------------------


def test_the_floor_area_ratio_is_a_ratio_and_the_others_are_shares() -> None:
    works = {
        "id": "M",
        "code": "M2",
        "scheme": "gb50137",
        "far": 0.1,
        "density": 10.0,
        "admin_share": 50.0,
        "green": 50.0,
        "wkt": square(),
    }
    assert judge("ST708", parcels=[works]).rows["unit"].tolist() == ["ratio", "%", "%", "%"]


# EC601: control lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ({"tolerance": 2000.0}, 0),
        ({"tolerance": 1999.0}, 1),
        ({"tolerance_share": 20.0}, 0),
        ({"tolerance_share": 19.9}, 1),
    ],
)
@pytest.mark.parametrize(("kind", "x"), [("farmland", 80), ("boundary", -20)])
def test_a_conflict_as_large_as_either_tolerance_is_passed(
    kind: str, x: float, numbers: dict[str, float], found: int
) -> None:
    """2000 of 10 000 m², 20 %, lie in the farmland, or outside the boundary."""
    plot = {"id": "P", "code": "M1", "scheme": "gb50137", "wkt": square()}
    line = {"id": "L", "kind": kind, "wkt": square(x, 0)}
    assert len(judge("EC601", numbers, parcels=[plot], control_lines=[line]).rows) == found


def test_a_boundary_drawn_later_adds_to_the_one_that_stays_in_force() -> None:
    plot = {"id": "P", "code": "M1", "scheme": "gb50137", "wkt": square()}
    lines = [
        {"id": "B1", "kind": "boundary", "wkt": square()},
        {"id": "B2", "kind": "boundary", "start": "2021-01-01", "wkt": square(80, 0)},
    ]
    assert ids(judge("EC601", parcels=[plot], control_lines=lines)) == []


def test_of_a_plot_that_lies_outside_the_boundary_all_is_shown() -> None:
    plot = {"id": "P", "code": "M1", "scheme": "gb50137", "wkt": square()}
    row = judge(
        "EC601", parcels=[plot], control_lines=[{"id": "B", "kind": "boundary", "wkt": square(100, 0)}]
    ).rows.iloc[0]
    assert (row["value"], row.geometry.area, row.geometry.bounds) == (10000.0, 10000.0, (0, 0, 100, 100))


# EC603: corridors ---------------------------------------------------------------------------------------------------------------


def strip(name: str, code: str, x: float, width: float = 200, **more: Any) -> Row:
    """Land 100 m deep from x on, in cells of 20 m."""
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": square(x, 0, width, 100)} | more


def corridor(*between: Row, end: float, last: float = 200) -> Any:
    """Judge two habitats, the second of width `last` from `end` on, with something in between."""
    return judge("EC603", parcels=[strip("W", "E1", 0), *between, strip("N", "G2", end, last)])


def test_works_without_a_date_were_always_there_and_cut_nothing() -> None:
    assert ids(corridor(strip("X", "M1", 200), end=400)) == []


def test_the_works_of_the_year_are_named_not_the_farm_that_changed_hands() -> None:
    """The way runs 300 m over farmland and 100 m over the works, both begun in 2018."""
    farm, plant = strip("F", "E2", 200, 300, start="2018-02-01"), strip("X", "M1", 500, 100, start="2018-05-01")
    assert ids(corridor(farm, plant, end=600)) == ["X"]


def test_a_metre_of_farmland_costs_three() -> None:
    """The way costs 40 + 9 * 60 + 80 + 4 * 100 + 60 from cell to cell; both habitats are of one size."""
    row = corridor(strip("F", "E2", 200), strip("X", "M1", 400, 100, start="2018-05-01"), end=500).rows.iloc[0]
    p = 0.5 ** (1120 / 1000)
    assert row["value"] == pytest.approx(100 * (1 - 2 / (2 + 2 * p)), abs=0.01)


@pytest.mark.parametrize(("width", "found"), [(20, []), (40, ["X"])])
def test_animals_cross_one_built_cell_and_not_two(width: float, found: list[str]) -> None:
    """One cell of 20 m at 100 costs 2 * 20 * 101 / 2 = 2020, a second one 2000 more; 3000 are within reach."""
    assert ids(corridor(strip("X", "M1", 200, width, start="2018-05-01"), end=200 + width)) == found


def test_a_patch_of_half_a_hectare_is_habitat_and_a_smaller_one_is_not() -> None:
    works = strip("X", "M1", 200, start="2018-05-01")
    assert ids(corridor(works, end=400, last=50)) == ["X"]
    with pytest.raises(Skipped):
        corridor(works, end=400, last=49)


@pytest.mark.parametrize(("others", "found"), [(28, ["X"]), (29, [])])
def test_the_thirty_largest_patches_count(others: int, found: list[str]) -> None:
    """Habitat N of 0.5 ha is the smallest; the others are one of 2 ha and many of 1 ha, each between two built strips."""
    far = [strip(f"E{k:02}", "E1", 3000 + 120 * k, 100) for k in range(others)]
    walls = [
        strip(f"M{k:02}", "M1", 2900 + 120 * k + (0 if not k else 80), 100 if not k else 20) for k in range(others)
    ]
    works = strip("X", "M1", 200, start="2018-05-01")
    out = judge("EC603", parcels=[strip("W", "E1", 0), works, strip("N", "G2", 400, 50), *walls, *far])
    assert ids(out) == found
