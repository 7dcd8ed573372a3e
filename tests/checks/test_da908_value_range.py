"""Wrong units and slips of the pen are found by the size of the value, column by column."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square

LINE = "LINESTRING (0 0, 100 0)"


@pytest.mark.parametrize(
    ("layer", "row", "limit"),
    [
        ("parcels", {"far": 150.0}, 20.0),  # per cent in place of a ratio
        ("parcels", {"density": 0.45}, 1.0),  # a ratio in place of per cent
        ("parcels", {"green": 0.15}, 1.0),
        ("parcels", {"green_min": 130.0}, 100.0),
        ("parcels", {"finish": "2203-05-01"}, 2100.0),
        ("buildings", {"floors": 300.0}, 150.0),
        ("buildings", {"height": 2400.0}, 700.0),  # centimetres
        ("pipes", {"kind": "gas", "cover": 120.0}, 40.0),  # centimetres
        ("pipes", {"kind": "gas", "diameter_mm": 0.3}, 10.0),  # metres
        ("pipes", {"kind": "gas", "finish": "1917-05-01"}, 1949.0),
        ("pipes", {"kind": "storm", "diameter_mm": 50.0}, 150.0),
        ("roads", {"width": 4000.0}, 1000.0),
        ("roads", {"grade": "arterial", "width": 7.0}, 12.0),
        ("roads", {"grade": "secondary", "width": 4.0}, 7.0),
    ],
)
def test_a_value_of_another_unit_is_found_with_the_end_that_it_passes(layer, row, limit):
    shape = LINE if layer in {"pipes", "roads"} else square()
    rows = judge("DA908", **{layer: [{"id": "A", "wkt": shape} | row]}).rows
    assert rows[["layer", "id", "limit", "severity"]].to_numpy().tolist() == [[layer, "A", limit, ""]]


@pytest.mark.parametrize(
    "row",
    [
        {"far": 20.0},
        {"far": 0.0},
        {"density": 100.0},
        {"density": 1.0},
        {"green": 0.0},
        {"start": "1949-01-01"},
        {"start": "2100-12-31"},
    ],
)
def test_the_ends_of_a_range_and_nought_are_in_it(row):
    assert ids(judge("DA908", parcels=[{"id": "A", "wkt": square()} | row])) == []


def test_a_narrow_branch_and_a_thin_gas_pipe_are_real():
    assert ids(judge("DA908", roads=[{"id": "A", "grade": "branch", "width": 4.0, "wkt": LINE}])) == []
    assert ids(judge("DA908", pipes=[{"id": "A", "kind": "gas", "diameter_mm": 50.0, "wkt": LINE}])) == []


def test_a_narrow_road_without_a_grade_is_in_doubt():
    out = judge("DA908", roads=[{"id": "A", "width": 9.0, "wkt": LINE}, {"id": "B", "width": 24.0, "wkt": LINE}])
    assert (len(out.rows), "A" in set(out.unknown["id"]), "B" in set(out.unknown["id"])) == (0, True, False)


def test_a_blank_is_not_known_row_by_row_and_a_column_that_is_hardly_kept_once():
    filled = [{"id": n, "far": 1.0, "wkt": square()} for n in "AB"]
    out = judge("DA908", parcels=[*filled, {"id": "C", "wkt": square(200)}])
    assert out.judged == 2
    assert out.unknown[["layer", "id"]].to_numpy().tolist() == [["parcels", "*"], ["parcels", "C"]]
    few = judge("DA908", parcels=[filled[0], {"id": "C", "wkt": square(200)}])
    assert few.unknown[["layer", "id"]].to_numpy().tolist() == [["parcels", "*"]]


def test_a_profile_widens_a_range():
    plant = {"id": "A", "far": 25.0, "wkt": square()}
    assert ids(judge("DA908", parcels=[plant])) == ["A"]
    assert ids(judge("DA908", {"far": (0.01, 30.0)}, parcels=[plant])) == []


def test_a_layer_without_rows_has_nothing_to_judge_and_nothing_to_doubt():
    from dataclasses import replace

    from geo_planner.checks import load
    from geo_planner.checks.contract import mini

    plan = mini(parcels=[{"id": "A", "far": 1.0, "wkt": square()}], roads=[{"id": "R", "width": 9.0, "wkt": LINE}]).plan
    empty = replace(plan, layers={**plan.layers, "roads": plan["roads"].iloc[:0]})
    out = load()["DA908"].run(empty, load()["DA908"].params())
    assert (out.judged, ids(out)) == (1, [])
