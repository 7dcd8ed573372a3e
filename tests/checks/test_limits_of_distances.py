"""Where the rules of distance and land turn: values on the limit, just inside and just beyond it, and pairs that must not count."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.plan import Skipped
from tests.checks.judging import ids, judge, square

Row = dict[str, Any]


def pipe(name: str, kind: str, y: float, **more: Any) -> Row:
    """A pipe of 250 mm along y: an eighth of a metre to its wall, which is exact in binary."""
    return {"id": name, "kind": kind, "diameter_mm": 250.0, "burial": "direct", "wkt": f"LINESTRING (0 {y}, 100 {y})"} | more


def pairs(out: Any) -> list[tuple[str, str]]:
    return out.rows[["id", "other_id"]].to_numpy().tolist()


# ST703: side by side -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "tolerance", "found"),
    [(0.995, None, 0), (0.985, None, 1), (0.75, 0.25, 0), (0.7421875, 0.25, 1)],
)
def test_pipes_may_miss_their_clearance_by_the_drawing_tolerance(gap: float, tolerance: float | None, found: int) -> None:
    """Water up to DN 200 keeps 1 m from a drain, a drain 2.5 m from a house; 1 cm is allowed, or a quarter of a metre where asked."""
    number = {} if tolerance is None else {"tolerance": tolerance}
    beside = judge("ST703", number, pipes=[pipe("A", "water", 0, diameter_mm=125.0), pipe("B", "sewer", gap + 0.1875)])
    house = judge("ST703", number, pipes=[pipe("A", "sewer", 0)], buildings=[{"id": "H", "wkt": square(0, gap + 1.5 + 0.125)}])
    assert (len(beside.rows), len(house.rows)) == (found, found)


@pytest.mark.parametrize(
    ("gap", "found", "unknown"),
    [(0.5, ["A"], []), (0.995, [], ["A"]), (1.5, [], ["A"]), (2.0, [], []), (2.5, [], [])],
)
@pytest.mark.parametrize(("thin", "other"), [("A", "B"), ("B", "A")])
def test_a_pipe_of_unknown_size_is_unknown_within_a_metre_of_its_limit(
    thin: str, other: str, gap: float, found: list[str], unknown: list[str]
) -> None:
    """Low-pressure gas keeps 1 m from a drain, gas of any pressure 2 m at most; a pipe is taken as up to 1 m in radius."""
    gas = pipe(thin, "gas", 0, diameter_mm=None, pressure="L")
    out = judge("ST703", pipes=[gas, pipe(other, "sewer", gap + 0.125)])
    assert (ids(out), out.unknown["id"].tolist()) == (found, [thin] * len(unknown))


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
    ("gap", "tolerance", "found"),
    [(0.495, None, 0), (0.485, None, 1), (0.25, 0.25, 0), (0.2421875, 0.25, 1)],
)
def test_crossing_pipes_may_miss_their_clearance_by_the_tolerance_of_levels(gap: float, tolerance: float | None, found: int) -> None:
    """A buried power cable keeps 0.5 m from the crown of a water main of 250 mm at 9.5 m."""
    number = {} if tolerance is None else {"tolerance": tolerance}
    cable = pipe("P", "power", 0, **level(9.75 + gap))
    main = pipe("W", "water", 0, wkt="LINESTRING (50 -50, 50 50)", **level(9.5))
    assert len(judge("ST704", number, pipes=[cable, main]).rows) == found


@pytest.mark.parametrize(("kind", "found"), [("sewer", []), ("water", [["A", "B"]])])
@pytest.mark.parametrize("names", ["AB", "BA"])
def test_a_pipe_that_ends_on_one_of_its_kind_is_joined_and_on_another_crosses(kind: str, found: list[Any], names: str) -> None:
    through = pipe(names[0], "sewer", 0, **level(10.0))
    branch = pipe(names[1], kind, 0, wkt="LINESTRING (50 -50, 50 0)", **level(10.1))
    assert pairs(judge("ST704", pipes=[through, branch])) == found


# ST705: cover -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cover", "found"), [(0.695, 0), (0.685, 1)])
def test_cover_may_be_a_centimetre_less(cover: float, found: int) -> None:
    road = {"id": "R", "width": 20.0, "wkt": "LINESTRING (0 0, 100 0)"}
    assert len(judge("ST705", pipes=[pipe("A", "water", 5, cover=cover)], roads=[road]).rows) == found


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
    out = judge("ST702", buildings=[building("A", 0, "factory", hazard="bing", rating=2), building("B", 32, "office", height=60.0)])
    assert (out.rows["limit"].tolist(), out.unknown["id"].tolist()) == ([20.0], [])


def test_only_two_factories_of_class_wu_may_stand_two_metres_nearer() -> None:
    """A high class 戊 factory keeps 13 m from a house of rating I, even where the house is written down as 戊."""
    high = building("A", 0, "factory", hazard="wu", rating=1, height=30.0, floors=6)
    out = judge("ST702", buildings=[high, building("B", 25, "house", hazard="wu", rating=1)])
    assert (out.rows["limit"].tolist(), out.rows["value"].tolist()) == ([13.0], [5.0])


# ST708: use of industrial land --------------------------------------------------------------------------------------------------


def test_the_floor_area_ratio_is_a_ratio_and_the_others_are_shares() -> None:
    works = {"id": "M", "code": "M2", "scheme": "gb50137", "far": 0.1, "density": 10.0, "admin_share": 50.0, "green": 50.0, "wkt": square()}
    assert judge("ST708", parcels=[works]).rows["unit"].tolist() == ["ratio", "%", "%", "%"]


# EC601: control lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "found"),
    [({"tolerance": 2000.0}, 0), ({"tolerance": 1999.0}, 1), ({"tolerance_share": 20.0}, 0), ({"tolerance_share": 19.9}, 1)],
)
@pytest.mark.parametrize(("kind", "x"), [("farmland", 80), ("boundary", -20)])
def test_a_conflict_as_large_as_either_tolerance_is_passed(kind: str, x: float, numbers: dict[str, float], found: int) -> None:
    """2000 of 10 000 m², 20 %, lie in the farmland, or outside the boundary."""
    plot = {"id": "P", "code": "M1", "scheme": "gb50137", "wkt": square()}
    line = {"id": "L", "kind": kind, "wkt": square(x, 0)}
    assert len(judge("EC601", numbers, parcels=[plot], control_lines=[line]).rows) == found


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
    """Habitat N of 0.5 ha is the smallest; the others of 1 ha lie 400 m apart with built land all around them."""
    far = [strip(f"E{k:02}", "E1", 3000 + 120 * k, 100) for k in range(others)]
    walls = [strip(f"M{k:02}", "M1", 2900 + 120 * k + (0 if not k else 80), 100 if not k else 20) for k in range(others)]
    works = strip("X", "M1", 200, start="2018-05-01")
    out = judge("EC603", parcels=[strip("W", "E1", 0), works, strip("N", "G2", 400, 50), *walls, *far])
    assert ids(out) == found
