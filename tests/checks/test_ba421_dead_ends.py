"""BA421: roads that end blind inside a park."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square

LAND = {"id": "P", "code": "M1", "scheme": "gb50137", "park": "K", "wkt": square(0, 0, 900)}
PARK = {"id": "K", "wkt": square(0, 0, 900)}
RING = {"id": "R", "grade": "branch", "wkt": "LINESTRING (200 200, 700 200, 700 700, 200 700, 200 200)"}


def road(name: str, wkt: str, **more: object) -> dict[str, object]:
    return {"id": name, "grade": "branch", "wkt": wkt} | more


def found(*roads: dict[str, object], **numbers: float) -> list[tuple[str, float]]:
    out = judge("BA421", numbers, parcels=[LAND], parks=[PARK], roads=[RING, *roads])
    return list(zip(out.rows["id"], out.rows["value"], strict=True))


@pytest.mark.parametrize(("length", "expected"), [(120.0, []), (120.1, [("S", 120.1)]), (300.0, [("S", 300.0)])])
def test_a_dead_end_of_up_to_120_metres_is_short(length, expected):
    assert found(road("S", f"LINESTRING (400 200, 400 {200 + length})")) == expected


def test_a_dead_end_is_as_long_as_the_way_to_the_next_junction_over_several_roads():
    assert found(road("S", "LINESTRING (400 200, 400 300)"), road("T", "LINESTRING (400 300, 450 300)")) == [
        ("T", 150.0)
    ]


def test_a_branch_at_the_middle_ends_the_way():
    assert found(road("S", "LINESTRING (400 200, 400 400)"), road("T", "LINESTRING (400 300, 410 300)")) == []


@pytest.mark.parametrize(("x", "expected"), [(850.0, ["S"]), (850.1, [])])
def test_ends_near_the_rim_are_not_looked_at(x, expected):
    out = judge("BA421", parcels=[LAND], parks=[PARK], roads=[RING, road("S", f"LINESTRING (700 400, {x} 400)")])
    assert ids(out) == expected


def test_of_a_road_blind_at_both_ends_the_longer_one_is_shown():
    rows = judge("BA421", parcels=[LAND], parks=[PARK], roads=[RING, road("S", "LINESTRING (70 400, 400 400)")]).rows
    assert (rows["id"].tolist(), rows["value"].tolist()) == (["S"], [200.0])
    assert rows.geometry.iloc[0].bounds == (200.0, 400.0, 400.0, 400.0)


def test_a_road_that_meets_no_other_is_blind_over_its_whole_length():
    assert found(road("S", "LINESTRING (300 400, 500 400)")) == [("S", 200.0)]


def test_a_ring_has_no_end_and_passes():
    out = judge("BA421", parcels=[LAND], parks=[PARK], roads=[RING])
    assert (out.judged, len(out.rows)) == (1, 0)
