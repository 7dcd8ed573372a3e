"""EC604 runoff of parks, ST711 chains of dangerous buildings."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square


def land(name: str, code: str | None, x: float, green: float | None = None, **more: object) -> dict[str, object]:
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "green": green, "wkt": square(x, 0, 100)} | more


@pytest.mark.parametrize(
    ("code", "green", "share"),
    [
        ("M1", 20.0, 0.75),  # 0.15 x 0.2 + 0.9 x 0.8
        ("R2", 40.0, 0.6),
        ("S1", None, 0.9),  # a street
        ("S1", 40.0, 0.6),  # a street with a green strip
        ("G1", None, 0.15),
        ("E2", None, 0.3),
        ("M1", 0.0, 0.9),
        ("M1", 100.0, 0.15),
    ],
)
def test_each_surface_lets_its_share_run_off(code, green, share):
    out = judge("EC604", {"line": 0.0}, parcels=[land("P", code, 0, green)])
    assert out.rows["value"].tolist() == [pytest.approx(share)]
    assert (out.judged, len(out.unknown)) == (1, 0)


def test_a_park_exactly_on_the_line_needs_no_measures():
    works = [land("A", "M1", 0, 20.0), land("B", "R2", 100, 100 * 0.25 / 0.75)]  # 0.75 and 0.65
    assert ids(judge("EC604", parcels=works)) == []
    assert ids(judge("EC604", {"line": 0.699}, parcels=works)) == ["K"]


def test_water_takes_no_part_and_the_evidence_is_the_land_above_the_line():
    out = judge(
        "EC604", parcels=[land("A", "M1", 0, 10.0), land("W", "E1", 100), land("G", "G1", 200, wkt=square(200, 0, 10))]
    )
    assert out.rows["value"].tolist() == [round((10_000 * 0.825 + 100 * 0.15) / 10_100, 4)]
    assert out.rows.geometry.area.tolist() == [10_000.0]
    assert (out.judged, len(out.unknown)) == (2, 0)


def test_the_lower_bound_of_the_plan_stands_where_no_ratio_is_given():
    assert judge("EC604", {"line": 0.0}, parcels=[land("P", "M1", 0, None, green_min=20.0)]).rows["value"].tolist() == [
        0.75
    ]


@pytest.mark.parametrize("green", [None, -1.0, 101.0])
def test_land_without_a_sound_green_ratio_is_unknown_and_said_so(green):
    out = judge("EC604", parcels=[land("A", "M1", 0, 10.0), land("B", "M1", 100, green)])
    assert out.unknown["id"].tolist() == ["B"]
    assert out.rows["args"].iloc[0]["known"] == 50.0


def test_land_that_is_gone_is_not_counted():
    gone = land("A", "M1", 0, 10.0, removed="2025-01-01")
    out = judge(
        "EC604",
        as_of="2026-01-01",
        parcels=[gone, gone | {"id": "B", "green": None}, land("G", "G1", 100, finish="2020-01-01")],
    )
    assert (ids(out), out.judged, len(out.unknown)) == ([], 1, 0)


def test_land_outside_every_park_is_left_out():
    park = {"id": "K", "wkt": square(0, 0, 100)}
    out = judge(
        "EC604", parks=[park], parcels=[land("A", "M1", 0, 10.0, park=None), land("B", "M1", 500, 10.0, park=None)]
    )
    assert (ids(out), out.judged) == (["K"], 1)


def store(name: str, x: float, hazard: str | None = "jia", use: str = "warehouse", **more: object) -> dict[str, object]:
    return {"id": name, "use": use, "hazard": hazard, "wkt": square(x, 0, 10)} | more


def test_three_in_a_row_are_a_chain_although_the_ends_are_far_apart():
    out = judge("ST711", buildings=[store("C", 0), store("A", 60, "yi"), store("B", 120)])
    assert (ids(out), out.rows["value"].tolist()) == (["A"], [3.0])
    assert out.rows.geometry.length.tolist() == [100.0]


@pytest.mark.parametrize(("x", "found"), [(120.0, 1), (120.1, 0)])
def test_fifty_metres_is_within_reach(x, found):
    assert len(judge("ST711", buildings=[store("A", 0), store("B", 60), store("C", x)]).rows) == found


@pytest.mark.parametrize(("hazard", "found"), [("jia", 1), ("yi", 1), ("bing", 0), ("wu", 0)])
def test_only_classes_jia_and_yi_set_each_other_off(hazard, found):
    assert len(judge("ST711", buildings=[store("A", 0), store("B", 40), store("C", 80, hazard)]).rows) == found


def test_two_chains_are_two_findings_and_buildings_that_touch_are_linked():
    rows = [store("A", 0), store("B", 10), store("C", 20), store("P", 500), store("Q", 540), store("R", 580)]
    out = judge("ST711", buildings=rows)
    assert (ids(out), out.rows["value"].tolist()) == (["A", "P"], [3.0, 3.0])
    assert out.rows.geometry.length.gt(0).all()


def test_homes_beside_a_chain_are_counted_once():
    rows = [
        store("A", 0),
        store("B", 40),
        store("C", 80),
        store("H", 60, None, "house"),
        store("S", 141, None, "school"),
    ]
    assert judge("ST711", buildings=rows).rows["args"].iloc[0]["guarded"] == 1


def test_a_building_that_is_gone_breaks_the_chain():
    rows = [
        store("A", 0),
        store("B", 40, finish="2020-01-01", removed="2021-01-01"),
        store("C", 80, start="2022-01-01"),
    ]
    assert ids(judge("ST711", buildings=rows)) == []


def test_works_without_a_class_are_unknown():
    out = judge("ST711", buildings=[store("A", 0), store("B", 40, None), store("H", 80, None, "house")])
    assert out.unknown["id"].tolist() == ["B"]


def test_works_of_other_classes_are_judged_and_pass():
    out = judge("ST711", buildings=[store("A", 0, "wu"), store("B", 40, "ding"), store("H", 80, None, "house")])
    assert (out.judged, len(out.rows), len(out.unknown)) == (2, 0, 0)
