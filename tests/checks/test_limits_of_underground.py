"""先地下后地上 on its very limits: UG201 to UG207 at, just under and just over each number."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square

PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "start": "2020-06-01",
    "used": "2020-06-01",
    "wkt": square(80, 10, 40),
}
WATER = {"id": "W", "kind": "water", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 140 0)"}
PUMP = {"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
ROAD = {"id": "R", "width": 20.0, "paved": "2020-05-01", "finish": "2020-08-01", "wkt": "LINESTRING (0 0, 300 0)"}


def told(out):
    """What could not be judged, as pairs of id and reason."""
    return sorted(out.unknown[["id", "reason"]].to_numpy().tolist())


@pytest.mark.parametrize(("aside", "found"), [(20, []), (30, []), (40, ["A"])])
def test_a_parcel_is_served_from_30_metres_away(aside, found):
    for code in ("UG201", "UG202"):
        assert (
            ids(
                judge(
                    code,
                    {"kinds": ("water",)},
                    parcels=[PLOT | {"wkt": square(80, aside, 40)}],
                    pipes=[WATER],
                    sources=[PUMP],
                )
            )
            == found
        )


def test_the_words_of_a_wait_tell_a_road_from_a_pipe():
    plan = {"parcels": [PLOT | {"wkt": square(80, 90, 40)}], "pipes": [WATER], "sources": [PUMP], "roads": [ROAD]}
    rows = judge("UG201", {"kinds": ("water", "road")}, **plan).rows
    said = {a["kind"]: (a["served"], a["served_zh"]) for a in rows["args"]}
    assert said == {
        "water": ("no path to a source is ever complete", "规划期内无通路接到源站"),
        "road": ("no road beside it ever opens", "旁边的道路均未通车"),
    }


def test_each_parcel_that_cannot_be_judged_has_one_reason():
    """A is served, B has no shape, C is not yet used, D lies at a pipe without a date, E is a lawn that nobody uses."""
    plots = [
        PLOT,
        PLOT | {"id": "B", "wkt": "POLYGON EMPTY"},
        PLOT | {"id": "C", "used": None},
        PLOT | {"id": "D", "wkt": square(500, 10, 40)},
        PLOT | {"id": "E", "code": "G1", "used": None},
    ]
    pipes = [WATER, {"id": "V", "kind": "water", "wkt": "LINESTRING (140 0, 600 0)"}]
    out = judge("UG202", {"kinds": ("water",)}, parcels=plots, pipes=pipes, sources=[PUMP])
    assert (ids(out), out.judged) == ([], 1)
    assert told(out) == [["B", "no_geometry"], ["C", "no_used"], ["D", "no_finish"]]


def test_a_service_without_any_network_is_the_only_reason_told():
    out = judge("UG202", {"kinds": ("water", "gas")}, parcels=[PLOT], pipes=[WATER], sources=[PUMP])
    assert (ids(out), told(out)) == ([], [["A", "no_source"]])


DEEP = {
    "id": "D",
    "kind": "sewer",
    "start": "2020-01-01",
    "finish": "2020-08-01",
    "cover": 2.0,
    "wkt": "LINESTRING (0 0, 100 0)",
}
SHALLOW = {
    "id": "S",
    "kind": "water",
    "start": "2020-06-01",
    "finish": "2020-09-01",
    "cover": 1.0,
    "wkt": "LINESTRING (0 2, 100 2)",
}


@pytest.mark.parametrize(("cover", "found"), [(1.25, []), (1.5, []), (1.75, ["D"])])
def test_half_a_metre_of_depth_is_the_same_depth(cover, found):
    assert ids(judge("UG203", pipes=[DEEP | {"cover": cover}, SHALLOW])) == found


@pytest.mark.parametrize(("length", "found"), [(5, []), (10, []), (15, ["D"])])
def test_ten_metres_side_by_side_are_a_crossing(length, found):
    assert ids(judge("UG203", pipes=[DEEP | {"wkt": f"LINESTRING (20 0, {20 + length} 0)"}, SHALLOW])) == found


@pytest.mark.parametrize("without", [{"finish": None}, {"start": None}])
def test_a_pipe_without_one_of_its_days_is_unknown_not_wrong(without):
    out = judge("UG203", pipes=[DEEP | without, SHALLOW | {"start": "2019-06-01", "finish": "2019-09-01"}])
    assert (ids(out), told(out), out.judged) == ([] if "finish" in without else ["D"], [["D", "no_date"]], 1)


def test_a_pipe_has_a_level_by_both_ends_or_by_its_cover():
    bare = {k: v for k, v in DEEP.items() if k != "cover"}
    pipes = [
        DEEP,
        bare | {"id": "E", "z_start": 1.0, "z_end": 2.0, "wkt": "LINESTRING (0 50, 100 50)"},
        bare | {"id": "F", "z_start": 1.0},
        bare | {"id": "G", "z_end": 1.0},
        bare | {"id": "H", "finish": None},
        DEEP | {"id": "I", "finish": None},
    ]
    out = judge("UG203", pipes=pipes)
    assert (told(out), out.judged) == ([["F", "no_cover"], ["G", "no_cover"], ["H", "no_date"], ["I", "no_date"]], 2)


def test_a_road_without_a_day_of_paving_is_unknown_for_that_reason_only():
    bare = {"id": "S", "width": 20.0, "corridor": "water", "wkt": "LINESTRING (0 100, 300 100)"}
    plain = {"id": "T", "wkt": "LINESTRING (0 200, 300 200)"}
    out = judge("UG204", roads=[ROAD, bare, plain], pipes=[WATER])
    assert (ids(out), told(out), out.judged) == ([], [["S", "no_paved"], ["T", "no_paved"]], 1)


DIG = {"id": "E", "start": "2021-05-01", "wkt": "POINT (150 0)"}


@pytest.mark.parametrize(("y", "road"), [(6.0, ["R"]), (8.0, []), (13.0, [])])
def test_a_dig_belongs_to_a_road_of_unknown_width_up_to_seven_metres_from_its_middle(y, road):
    bare = {k: v for k, v in ROAD.items() if k != "width"}
    digs = [DIG | {"wkt": f"POINT (150 {y})"}, DIG | {"id": "F", "start": "2022-05-01", "wkt": f"POINT (150 {y})"}]
    for code in ("UG205", "UG206"):
        out = judge(code, roads=[bare], excavations=digs)
        assert sorted(set(ids(out))) == road
        assert told(out) == ([] if road else [["E", "no_road"], ["F", "no_road"]])


@pytest.mark.parametrize(
    ("day", "found"), [("2020-07-31", []), ("2020-08-01", ["R"]), ("2025-07-31", ["R"]), ("2025-08-01", [])]
)
def test_a_road_is_closed_to_digs_from_the_day_of_its_opening(day, found):
    assert ids(judge("UG205", roads=[ROAD], excavations=[DIG | {"start": day}])) == found


def test_a_dig_in_two_roads_belongs_to_the_one_it_takes_more_of():
    roads = [ROAD, ROAD | {"id": "Q", "wkt": "LINESTRING (0 20, 300 20)"}]
    digs = [
        DIG | {"wkt": "LINESTRING (150 5, 150 11)"},
        DIG | {"id": "F", "wkt": "LINESTRING (100 9, 100 15)"},
        DIG | {"id": "G", "wkt": "LINESTRING (50 7, 50 13)"},
    ]
    rows = judge("UG205", roads=roads, excavations=digs).rows
    # E lies 5 m in R and 1 m in Q, F 1 m and 5 m, G 3 m in each: then the name decides.
    assert sorted(zip(rows["other_id"], rows["id"], strict=True)) == [("E", "R"), ("F", "Q"), ("G", "Q")]


def test_only_a_dated_dig_in_a_road_without_any_day_waits_for_the_opening():
    """R is dated; S has no day at all, T an overhaul only."""
    bare = {"width": 20.0}
    roads = [
        ROAD,
        bare | {"id": "S", "wkt": "LINESTRING (0 100, 300 100)"},
        bare | {"id": "T", "overhauled": "2010-01-01", "wkt": "LINESTRING (0 200, 300 200)"},
    ]
    digs = [
        DIG | {"id": "E", "road": "R", "start": "2030-01-01"},
        DIG | {"id": "F", "road": "S"},
        DIG | {"id": "G", "road": "T"},
        DIG | {"id": "H", "road": "S", "start": None},
        DIG | {"id": "I", "wkt": "POINT (0 900)"},
        DIG | {"id": "J", "road": "S", "emergency": True},
        DIG | {"id": "K", "start": None, "wkt": "POINT (0 900)"},
    ]
    out = judge("UG205", roads=roads, excavations=digs)
    assert (ids(out), out.judged) == ([], 3)
    assert told(out) == [["F", "no_finish"], ["H", "no_date"], ["I", "no_road"], ["K", "no_date"]]


def test_digs_without_a_day_or_a_road_are_not_counted_but_told():
    digs = [
        DIG,
        DIG | {"id": "F", "start": None},
        DIG | {"id": "G", "wkt": "POINT (0 900)"},
        DIG | {"id": "H", "start": None, "wkt": "POINT (0 900)"},
    ]
    out = judge("UG206", roads=[ROAD], excavations=digs)
    assert (ids(out), out.judged, told(out)) == ([], 1, [["F", "no_date"], ["G", "no_road"], ["H", "no_date"]])


def test_the_evidence_of_a_zipper_is_the_digs_of_that_road():
    roads = [ROAD, ROAD | {"id": "Q", "wkt": "LINESTRING (0 100, 300 100)"}]
    digs = [
        DIG,
        DIG | {"id": "F", "start": "2022-05-01", "wkt": "POINT (200 0)"},
        DIG | {"id": "G", "wkt": "POINT (10 100)"},
    ]
    rows = judge("UG206", roads=roads, excavations=digs).rows
    assert (rows["id"].tolist(), rows.geometry.iloc[0].bounds) == (["R"], (150.0, 0.0, 200.0, 0.0))


@pytest.mark.parametrize(
    ("opened", "length", "digs", "found"),
    [
        ("2000-01-01", 1000, 4, []),
        ("2000-01-01", 1000, 5, [0.25]),  # 4 digs on 1 km in 20 years are 0.2, which is allowed
        ("2015-01-01", 1000, 2, [0.4]),
        ("2015-01-01", 999, 2, []),  # a road of 1 km is held to the index, a shorter one is not
        ("2020-01-01", 1000, 1, []),
    ],  # opened today: no year of use to divide by
)
def test_the_zipper_index_counts_from_a_kilometre_on_and_above_two_digs_in_ten_years(opened, length, digs, found):
    road = ROAD | {"finish": opened, "wkt": f"LINESTRING (0 0, {length} 0)"}
    cuts = [DIG | {"id": f"E{k}", "start": f"20{15 + k}-02-01"} for k in range(digs)]
    assert (
        judge("UG206", {"max_digs": 9.0}, as_of="2020-01-01", roads=[road], excavations=cuts)
        .rows["value"]
        .round(2)
        .tolist()
        == found
    )


TUNNEL = {"id": "T", "kind": "tunnel", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 500 0)"}
BURIED = {
    "id": "P",
    "kind": "water",
    "burial": "direct",
    "start": "2021-01-01",
    "finish": "2021-06-01",
    "wkt": "LINESTRING (100 8, 300 8)",
}


@pytest.mark.parametrize(("aside", "found"), [(15, ["P"]), (25, ["P"]), (40, []), (55, [])])
def test_thirty_metres_from_a_tunnel_are_beside_it(aside, found):
    assert ids(judge("UG207", pipes=[TUNNEL, BURIED | {"wkt": f"LINESTRING (100 {aside}, 300 {aside})"}])) == found


@pytest.mark.parametrize(("length", "found"), [(10, []), (20, []), (25, ["P"]), (35, ["P"])])
def test_twenty_metres_beside_a_tunnel_are_a_connection(length, found):
    assert ids(judge("UG207", pipes=[TUNNEL, BURIED | {"wkt": f"LINESTRING (100 8, {100 + length} 8)"}])) == found


@pytest.mark.parametrize(("start", "found"), [("2019-12-31", []), ("2020-01-01", []), ("2020-01-02", ["P"])])
def test_a_pipe_is_new_from_the_day_after_the_tunnel_was_accepted(start, found):
    assert ids(judge("UG207", pipes=[TUNNEL, BURIED | {"start": start}])) == found


def test_a_pipe_or_a_tunnel_without_a_day_and_a_pipe_of_unknown_burial_are_unknown():
    far = {k: BURIED[k] for k in ("kind", "start")} | {"wkt": "LINESTRING (100 900, 300 900)"}
    pipes = [
        TUNNEL,
        BURIED | {"id": "P1", "start": None, "finish": None},
        BURIED | {"id": "P2", "burial": None},
        BURIED | {"id": "P3", "burial": None, "start": "2019-01-01"},
        BURIED | {"id": "P4", "burial": "tunnel"},
        far | {"id": "P5"},
    ]
    out = judge("UG207", pipes=pipes)
    assert (ids(out), told(out), out.judged) == ([], [["P1", "no_finish"], ["P2", "no_attribute"]], 3)
    undated = judge("UG207", pipes=[{"id": "T", "kind": "tunnel", "wkt": TUNNEL["wkt"]}, BURIED])
    assert (ids(undated), told(undated)) == ([], [["P", "no_finish"]])


def test_each_of_several_pipes_is_a_finding_with_the_tunnel_it_runs_along_longest():
    tunnels = [TUNNEL | {"wkt": "LINESTRING (0 0, 200 0)"}, TUNNEL | {"id": "U", "wkt": "LINESTRING (200 0, 500 0)"}]
    pipes = [BURIED, BURIED | {"id": "Q", "wkt": "LINESTRING (50 -8, 240 -8)"}]
    rows = judge("UG207", pipes=[*tunnels, *pipes]).rows
    # P shares 100 m and more with both (129 m of 200 each, by the round ends of the zones): then the name decides.
    assert rows[["id", "other_id"]].to_numpy().tolist() == [["P", "T"], ["Q", "T"]]
    assert rows["value"].tolist() == [pytest.approx(200.0), pytest.approx(190.0)]
