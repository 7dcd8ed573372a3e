"""Several parks by value: roads that meet at a border, what is spare, who does what, how ready each is."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks.contract import mini
from geo_planner.errors import StudyError
from geo_planner.plan import Plan
from geo_planner.plan.verdict import Need, Verdict
from geo_planner.study.portfolio.borders import roads_at_borders
from geo_planner.study.portfolio.figures import _at, _course, _there, industries, land_state, people, productivity
from geo_planner.study.portfolio.missing import to_bring
from geo_planner.study.portfolio.parks import no_strangers, outline, split
from geo_planner.study.portfolio.readiness import readiness
from geo_planner.study.portfolio.together import division, neighbours_spare, shared_sources
from geo_planner.study.tiles.split import _halved, _together, _touch, _windows
from geo_planner.study.tiles.split import split as tiled

CRS = "EPSG:4527"
X, Y = 39_535_000.0, 3_757_000.0


def moved(shape: Any) -> Any:
    return shapely.affinity.translate(shape, X, Y)


def park(name: str, left: float, **layers: dict[str, Any]) -> Any:
    frames = {
        layer: gpd.GeoDataFrame(
            {k: v for k, v in given.items() if k != "shapes"}, geometry=[moved(s) for s in given["shapes"]], crs=CRS
        )
        for layer, given in layers.items()
    }
    place = gpd.GeoSeries([moved(shapely.box(left, 0, left + 1000, 1000))], crs=CRS).to_crs(4326).iloc[0]
    return SimpleNamespace(name=name, plan=Plan(name=name, crs=CRS, layers=frames), place=place)


def road(names: list[str], lines: list[Any], **more: list[Any]) -> dict[str, Any]:
    return {"id": names, "shapes": [shapely.LineString(line) for line in lines]} | more


def test_a_road_that_ends_at_a_border_is_named_with_the_nearest_of_the_neighbour() -> None:
    west = park(
        "W",
        0,
        roads=road(["R", "S"], [[(500, 500), (970, 500)], [(0, 0), (400, 0)]], width=[20.0, 20.0], finish=[None, None]),
    )
    east = park("E", 1000, roads=road(["T"], [[(1100, 500), (1900, 500)]], width=[20.0], finish=[None]))
    assert roads_at_borders([west, east], CRS) == [
        {
            "park": "W",
            "id": "R",
            "other_park": "E",
            "fault": "ends",
            "other_id": "T",
            "value": 130.0,
            "limit": 10.0,
            "unit": "m",
        }
    ]


def test_a_neighbour_without_roads_near_has_no_distance() -> None:
    west = park("W", 0, roads=road(["R"], [[(500, 500), (990, 500)]], width=[20.0], finish=[None]))
    told = roads_at_borders([west, park("E", 1000)], CRS)
    assert [(row["fault"], row["other_id"], row["value"]) for row in told] == [("ends", "", None)]


def test_a_road_that_goes_on_narrower_and_later_is_told_twice() -> None:
    west = park(
        "W", 0, roads=road(["R"], [[(500, 500), (998, 500)]], width=[40.0], finish=[pd.Timestamp("2018-06-01")])
    )
    east = park(
        "E", 1000, roads=road(["T"], [[(1002, 500), (1900, 500)]], width=[28.0], finish=[pd.Timestamp("2018-07-01")])
    )
    told = [(r["park"], r["fault"], r["other_id"], r["value"], r["unit"]) for r in roads_at_borders([west, east], CRS)]
    assert told == [("W", "later", "T", 30.0, "d"), ("W", "narrows", "T", 0.3, "1")]


def test_a_quarter_of_its_width_may_be_lost_and_a_road_that_goes_on_at_home_does_not_end() -> None:
    same = pd.Timestamp("2018-06-01")
    west = park(
        "W",
        0,
        roads=road(
            ["R", "Q"], [[(500, 500), (998, 500)], [(500, 100), (990, 100)]], width=[40.0, 20.0], finish=[same, same]
        ),
    )
    west.plan.layers["roads"]
    goes_on = road(
        ["R", "Q", "U"],
        [[(500, 500), (998, 500)], [(500, 100), (990, 100)], [(990, 100), (990, 300)]],
        width=[40.0, 20.0, 20.0],
        finish=[same] * 3,
    )
    west = park("W", 0, roads=goes_on)
    east = park("E", 1000, roads=road(["T"], [[(1002, 500), (1900, 500)]], width=[30.0], finish=[same]))
    told = roads_at_borders([west, east], CRS)
    assert [(r["park"], r["id"], r["fault"]) for r in told] == [("W", "U", "ends")]


def land(**more: Any) -> dict[str, Any]:
    return {"scheme": "gb50137", "code": "M1"} | more


def parcels(*rows: dict[str, Any], as_of: date | None = date(2020, 1, 1)) -> Plan:
    """Return a plan of parcels of one hectare in a row."""
    from dataclasses import replace

    shape = "POLYGON (({x} 0, {y} 0, {y} 100, {x} 100, {x} 0))"
    told = [{"id": f"p{k}", "wkt": shape.format(x=200 * k, y=200 * k + 100)} | land(**r) for k, r in enumerate(rows)]
    return replace(mini(parcels=told).plan, as_of=as_of)


def test_land_is_built_committed_idle_reserved_or_undated() -> None:
    plan = parcels(
        {"finish": "2019-12-31"}, {"used": "2020-01-01"}, {"start": "2019-01-01"}, {"released": "2019-01-01"},
        {"contract_start": "2010-01-01"}, {"contract_start": "2019-12-01"}, {"start": "2021-01-01"}, {},
        {"finish": "2015-01-01", "removed": "2019-01-01"},
    )  # fmt: skip
    assert land_state(plan) == {"built": 2.0, "committed": 3.0, "idle": 1.0, "reserve": 1.0, "undated": 1.0}
    assert set(land_state(parcels({}, as_of=None)).values()) == {None}


def test_what_is_there_is_opened_and_not_yet_closed() -> None:
    days = np.array(["2010-01-01", "2011-01-01", "NaT", "2010-01-01", "2010-01-01"], "datetime64[D]")
    gone = np.array(["NaT", "NaT", "NaT", "2010-12-31", "2011-01-01"], "datetime64[D]")
    assert _there(days, gone, np.datetime64("2010-12-31")).tolist() == [True, False, False, False, True]


def test_the_value_now_is_that_of_the_last_year_begun() -> None:
    series = {"2010": 1.0, "2011": 2.0, "2012": 3.0}
    assert [_at(series, date(y, 6, 1)) for y in (2009, 2010, 2011, 2020)] == [None, 1.0, 2.0, 3.0]
    assert _at(None, date(2010, 1, 1)) is None
    assert _at(series, None) is None


def test_the_course_of_a_single_park_alone_is_told() -> None:
    rows = [{"date": "2010", "production_share": 0.5}, {"date": None}]
    assert _course({"through_time": {"park": {"A": rows}}}) == [
        {"date": "2010", "production": 0.5, "living": None, "ecology": None}
    ]
    assert _course({"through_time": {"park": {"A": rows, "B": rows}}}) == []
    assert _course({}) == []


def test_people_and_jobs_per_resident() -> None:
    plan = parcels({"jobs": 100.0, "people": 40.0}, {"jobs": 50.0, "people": 20.0})
    assert people(plan) == {"jobs": 150.0, "people": 60.0, "dwellings": None, "jobs_per_resident": 2.5}
    assert people(parcels({"jobs": 10.0}))["jobs_per_resident"] is None


def test_industries_by_share_of_production_land() -> None:
    plan = parcels({"industry": "C26"}, {"industry": "C26"}, {"industry": "C13"}, {}, {"code": "R2", "industry": "C99"})
    assert industries(plan) == {
        "known": 0.75, "shares": {"13": 0.3333, "26": 0.6667}, "area_ha": {"13": 1.0, "26": 2.0}, "lead": "26",
    }  # fmt: skip
    assert industries(parcels({}))["known"] == 0.0
    assert industries(parcels({"code": "R2"}))["known"] is None


def test_money_per_mu_is_given_with_its_source_or_unknown() -> None:
    told = productivity(parcels({}), {"output_wan": {"value": 12, "source": "bureau"}})
    assert told["output_wan"] == {"per_mu": 12.0, "source": "bureau"}
    assert {tuple(v.values()) for k, v in told.items() if k != "output_wan"} == {(None, None)}


def test_a_park_is_ready_by_its_land_and_its_green() -> None:
    plan = parcels(
        {"far": 1.5, "finish": "2019-01-01"}, {"far": 0.5, "finish": "2019-01-01"}, {"code": "G1"}, {"code": "R2"}
    )
    land_told = {"built": 6.0, "committed": 1.0, "idle": 1.0, "reserve": 2.0, "undated": 0.0}
    rows = {r["key"]: r for r in readiness(SimpleNamespace(plan=plan), land_told, {})}  # type: ignore[arg-type]
    assert [rows[k]["value"] for k in ("supplied", "built", "idle", "far", "green")] == [80.0, 75.0, 12.5, 1.0, 25.0]
    for row in rows.values():
        if row["value"] is not None:
            sign = 1 if row["bound"] == "least" else -1
            assert row["gap"] == pytest.approx(max(0.0, sign * (row["limit"] - row["value"])))
            assert row["state"] == ("fail" if row["gap"] > 0 else "pass")
    assert (rows["roads"]["state"], rows["roads"]["gap"], rows["roads"]["value_from"]) == ("unknown", None, "plan")


def test_what_is_given_outranks_the_plan_and_undated_land_leaves_shares_unknown() -> None:
    plan = parcels({"far": 1.5}, {})
    land_told = {"built": 6.0, "committed": 1.0, "idle": 1.0, "reserve": 2.0, "undated": 0.1}
    given = {"green": {"value": 33.0, "source": "survey"}}
    rows = {r["key"]: r for r in readiness(SimpleNamespace(plan=plan), land_told, given)}  # type: ignore[arg-type]
    assert (rows["green"]["value"], rows["green"]["value_from"]) == (33.0, "survey")
    assert [rows[k]["state"] for k in ("supplied", "built", "idle", "far")] == ["unknown"] * 4


def board(name: str, role: str, area: dict[str, float], lead: str, **now: float | None) -> dict[str, Any]:
    spare = {kind: {"unit": "m3/d", "now": value} for kind, value in now.items()}
    return {"name": name, "role": role, "industries": {"area_ha": area, "lead": lead}, "spare": spare}


def test_overlap_is_the_sum_of_the_lesser_shares() -> None:
    """The core has half of 26 and half of 13; the county a quarter of 26 and three of 40: 0.25 in common."""
    boards = [board("A", "core", {"26": 5.0, "13": 5.0}, "26"), board("B", "county", {"26": 1.0, "40": 3.0}, "40")]
    told = division(boards)
    assert told["overlap"] == [{"core": "A", "county": "B", "overlap": 0.25, "same_lead": False}]
    assert told["location_quotient"]["A"]["13"] == pytest.approx((5 / 10) / (5 / 14), abs=1e-3)
    assert division(boards[:1]) == {"location_quotient": {}, "overlap": []}


def test_what_a_park_lacks_the_nearest_with_something_to_spare_has() -> None:
    parks = [park("A", 0), park("B", 5000), park("C", 2000)]
    boards = [
        board("A", "core", {}, "", water=-50.0, gas=-1.0), board("B", "county", {}, "", water=80.0, gas=0.0),
        board("C", "county", {}, "", water=20.0, gas=None),
    ]  # fmt: skip
    told = neighbours_spare(boards, parks, CRS)
    assert [(r["park"], r["kind"], r["missing"], r["neighbour"], r["spare"], r["km"]) for r in told] == [
        ("A", "water", 50.0, "C", 20.0, 2.0), ("A", "gas", 1.0, None, None, None),
    ]  # fmt: skip


def test_a_source_that_two_parks_hold_is_counted_once() -> None:
    def sources(kinds: list[str], *at: tuple[float, float]) -> dict[str, Any]:
        return {
            "id": [f"s{k}" for k in range(len(kinds))],
            "kind": kinds,
            "capacity": [1.0] * len(kinds),
            "shapes": [shapely.Point(p) for p in at],
        }

    one = park("A", 0, sources=sources(["water", "water", "gas"], (0, 0), (1, 0), (500, 0)))
    two = park("B", 1000, sources=sources(["water", "water"], (4, 0), (500, 0)))
    assert shared_sources([one, two, park("C", 0)], CRS) == [
        {"kind": "water", "park": "A", "id": "s0", "other_park": "B", "other_id": "s0"},
        {"kind": "water", "park": "A", "id": "s1", "other_park": "B", "other_id": "s0"},
    ]
    assert shared_sources([park("C", 0)], CRS) == []


def test_data_that_most_checks_wait_for_comes_first() -> None:
    def holder(name: str, *needs: Need) -> Any:
        verdict = Verdict(name="safety", state="unknown", needs=needs)
        return SimpleNamespace(name=name, report=SimpleNamespace(verdict=[verdict]))

    told = to_bring(
        [
            holder("A", Need("roads", ("ST701",), 2), Need("pipes", ("NW501", "NW503"), 1)),
            holder("B", Need("roads", ("ST701",), 3)),
        ]
    )  # type: ignore[list-item]
    assert [(r["what"], r["checks"], r["parks"], r["rows"]) for r in told] == [
        ("pipes", ["NW501", "NW503"], ["A"], 1), ("roads", ["ST701"], ["A", "B"], 5),
    ]  # fmt: skip
    assert told[0]["verdicts"] == ["safety"]


def test_a_plan_of_two_parks_is_split_and_one_is_whole() -> None:
    boxes = [moved(shapely.box(0, 0, 1000, 1000)), moved(shapely.box(1000, 0, 2000, 1000))]
    parks = gpd.GeoDataFrame({"id": ["A", "B"]}, geometry=boxes, crs=CRS)
    lines = [moved(shapely.LineString([(x, 500), (y, 500)])) for x, y in ((100, 900), (500, 1500))]
    roads = gpd.GeoDataFrame({"id": ["r", "both"]}, geometry=lines, crs=CRS)
    plots = gpd.GeoDataFrame({"id": ["p"]}, geometry=[moved(shapely.box(1100, 100, 1200, 200))], crs=CRS)
    told = dict(split(Plan(name="t", crs=CRS, layers={"parks": parks, "roads": roads, "parcels": plots})))
    assert {n: {k: f["id"].tolist() for k, f in p.layers.items()} for n, p in told.items()} == {
        "A": {"parks": ["A"], "roads": ["r", "both"]}, "B": {"parks": ["B"], "roads": ["both"], "parcels": ["p"]},
    }  # fmt: skip
    single = Plan(name="t", crs=CRS, layers={"parks": parks.iloc[:1]})
    assert list(split(single)) == [("A", single)]
    with pytest.raises(StudyError, match="neither parks nor parcels"):
        outline(Plan(name="t", crs=CRS, layers={"roads": roads}))


def test_a_park_named_twice_or_far_away_is_a_stranger() -> None:
    here, near = shapely.box(117, 34, 117.1, 34.1), shapely.box(117.2, 34, 117.3, 34.1)
    no_strangers([("A", here), ("B", near)])
    with pytest.raises(StudyError, match="in the portfolio twice"):
        no_strangers([("A", here), ("A", near)])
    with pytest.raises(StudyError, match="cover the same land"):
        no_strangers([("A", here), ("B", here)])
    with pytest.raises(StudyError, match="km apart"):
        no_strangers([("A", here), ("B", shapely.box(-60, -10, -59, -9))])


def test_points_are_halved_across_the_longer_side() -> None:
    middle = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 1.0], [30.0, 1.0], [np.nan, np.nan]])
    assert _halved(middle, 2).tolist() == [0, 0, 1, 1, 0]
    assert _halved(middle, 4).tolist() == [0, 0, 0, 0, 0]
    assert _halved(middle, 1).tolist() == [0, 1, 2, 3, 0]
    assert _halved(np.zeros((3, 2)), 1).tolist() == [0, 0, 0]
    tall = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 10.0], [5.0, 10.0]])
    assert _halved(tall, 2).tolist() == [0, 0, 1, 1]


def test_rows_of_one_id_are_at_home_together() -> None:
    assert _together(pd.Series(["a", "b", "a"]), np.array([1, 0, 2])).tolist() == [1, 0, 1]
    assert _together(pd.Series([], dtype="str"), np.array([], int)).tolist() == []


def test_windows_hold_the_many_as_one_and_each_large_one_alone() -> None:
    small = [[0.0, 0.0, 2.0, 2.0], [8.0, 8.0, 10.0, 10.0]]
    large = [-90.0, 4.0, 100.0, 6.0]
    told = [w.tolist() for w in _windows(np.array([*small, large, [np.nan] * 4]), 5.0)]
    assert told == [[-5.0, -5.0, 15.0, 15.0], [-95.0, -1.0, 105.0, 11.0]]
    assert list(_windows(np.full((1, 4), np.nan), 5.0)) == []


def test_boxes_touch_a_window_on_its_edge() -> None:
    boxes = np.array([[0, 0, 1, 1], [2, 2, 3, 3], [0, 5, 1, 6], [np.nan] * 4], float)
    assert _touch(boxes, np.array([1.0, 1.0, 2.0, 2.0])).tolist() == [True, True, False, False]


def test_a_tile_holds_its_own_and_what_lies_near() -> None:
    plan = parcels({}, {}, {}, {})
    told = tiled(plan, 2)
    assert (told.count, told.sizes) == (2, [2, 2])
    assert told.home("parcels", 1).tolist() == [2, 3]
    assert told.members(0, 50.0)["parcels"].tolist() == [0, 1]
    assert told.members(0, 100.0)["parcels"].tolist() == [0, 1, 2]
