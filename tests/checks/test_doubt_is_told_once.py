"""What a check cannot judge is told, once, and not counted as judged."""

from __future__ import annotations

import pytest

from .judging import judge, square

PARK = {"id": "K", "wkt": square(0, 0, 200)}
UNIT = {"id": "U", "kind": "detailed_plan", "start": "2000-01-01", "wkt": square(0, 0, 200)}
PERMIT = {"id": "P", "kind": "works_permit", "start": "2000-01-01", "wkt": square(0, 0, 200)}


def test_a_class_told_by_the_layer_alone_is_no_code_to_compare_with_the_plan():
    plain = {"id": "H", "ple": "production", "planned_code": "M1", "scheme": "gb50137", "wkt": square()}
    coded = {"id": "M", "code": "M1", "planned_code": "M1", "scheme": "gb50137", "wkt": square(100)}
    out = judge("PB103", parcels=[plain, coded])
    assert (len(out.rows), out.judged, out.unknown["id"].tolist()) == (0, 1, ["H"])


def test_a_pipe_beside_a_dated_and_an_undated_tunnel_is_in_doubt_once():
    tunnel = {"id": "T", "kind": "tunnel", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 500 0)"}
    pipe = {"id": "P", "kind": "water", "start": "2021-01-01", "wkt": "LINESTRING (100 8, 300 8)"}
    out = judge("UG207", pipes=[tunnel, {"id": "U", "kind": "tunnel", "wkt": tunnel["wkt"]}, pipe])
    assert (out.judged, out.unknown["id"].tolist()) == (0, ["P"])


def test_a_level_and_a_cover_cannot_be_compared():
    low = {
        "id": "S",
        "kind": "sewer",
        "z_start": 1.0,
        "z_end": 1.0,
        "start": "2020-01-01",
        "finish": "2020-08-01",
        "wkt": "LINESTRING (0 0, 100 0)",
    }
    high = {
        "id": "W",
        "kind": "water",
        "cover": 1.0,
        "start": "2020-06-01",
        "finish": "2020-09-01",
        "wkt": "LINESTRING (0 2, 100 2)",
    }
    out = judge("UG203", pipes=[low, high])
    assert (out.judged, sorted(out.unknown["id"]), set(out.unknown["reason"])) == (0, ["S", "W"], {"no_cover"})


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        (
            "PB101",
            {
                "parcels": [
                    {"id": "A", "start": "2010-01-01", "wkt": square()},
                    {"id": "E", "start": "2010-01-01", "wkt": "POLYGON EMPTY"},
                ],
                "approvals": [UNIT],
            },
        ),
        (
            "PB104",
            {
                "buildings": [
                    {"id": "A", "start": "2010-01-01", "wkt": square()},
                    {"id": "E", "start": "2010-01-01", "wkt": "POLYGON EMPTY"},
                ],
                "approvals": [PERMIT],
            },
        ),
        ("PB105", {"parcels": [{"id": "A", "wkt": square()}, {"id": "E", "wkt": "POLYGON EMPTY"}], "parks": [PARK]}),
    ],
)
def test_what_has_no_shape_is_not_passed(code, plan):
    out = judge(code, **plan)
    assert (out.judged, len(out.rows)) == (1, 0)
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["E", "no_geometry"]]


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_two_pipes_at_one_level_collide_alike_in_whatever_order_they_come(order):
    pipes = {
        "A": {
            "id": "A",
            "kind": "sewer",
            "diameter_mm": 400,
            "z_start": 10.0,
            "z_end": 10.0,
            "wkt": "LINESTRING (0 0, 100 0)",
        },
        "B": {
            "id": "B",
            "kind": "water",
            "diameter_mm": 200,
            "z_start": 10.0,
            "z_end": 10.0,
            "wkt": "LINESTRING (50 -50, 50 50)",
        },
    }
    row = judge("ST704", pipes=[pipes[k] for k in order]).rows.iloc[0]
    assert (row["value"], row["args"]["upper"]) == (-0.4, "B")
    alike = judge("ST704", pipes=[pipes[k] | {"diameter_mm": 300} for k in order]).rows.iloc[0]
    assert (alike["value"], alike["args"]["upper"]) == (-0.3, "A")


def test_a_source_out_of_reach_feeds_nobody():
    pipe = {"id": "P", "kind": "water", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 100 0)"}
    out = judge(
        "NW503", pipes=[pipe], sources=[{"id": "S", "kind": "water", "finish": "2020-01-01", "wkt": "POINT (600 0)"}]
    )
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["P", "no_source"]]


def test_a_sewer_of_no_size_lacks_its_diameter_and_not_its_levels():
    sewer = {
        "id": "S",
        "kind": "sewer",
        "diameter_mm": 0.0,
        "z_start": 2.0,
        "z_end": 1.0,
        "finish": "2020-01-01",
        "wkt": "LINESTRING (0 0, 100 0)",
    }
    works = {"id": "W", "kind": "sewer", "finish": "2020-01-01", "wkt": "POINT (100 0)"}
    out = judge("NW506", pipes=[sewer], sources=[works])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["S", "no_diameter"]]


def test_a_water_tower_that_is_taken_down_is_missed_from_that_quarter_on():
    plot = {"id": "A", "used": "2020-02-01", "water_m3d": 2000.0, "wkt": square(980, 10, 20)}
    main = {"id": "W", "kind": "water", "finish": "2019-06-01", "diameter_mm": 300.0, "wkt": "LINESTRING (0 0, 1000 0)"}
    works = {"id": "S", "kind": "water", "finish": "2015-01-01", "head": 20.0, "wkt": "POINT (0 0)"}
    tower = {
        "id": "T",
        "kind": "water",
        "finish": "2015-01-01",
        "head": 60.0,
        "removed": "2025-06-01",
        "wkt": "POINT (1000 0)",
    }
    out = judge("NW504", parcels=[plot], pipes=[main], sources=[works, tower])
    assert out.rows["args"].tolist() == [{"quarter": "2025Q2", "own": 100.0}]  # all demand there is the plot's own
