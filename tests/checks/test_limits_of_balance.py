"""The balance on its very limits: BA402 to BA419 where a comparison turns, and what has no part in it."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import grid

from .one_rule import box, judge, mini, parcel


def strip(name, code, x, width, park="K", **more):
    return parcel(name, code, box(x, 0, x + width, 100), park=park, **more)


def test_a_park_whose_coordination_is_the_line_itself_is_not_below_it():
    park = mini(
        parcels=[
            strip("A", "M1", 0, 100, far=0.5, jobs=20.0),
            strip("B", "R2", 100, 100, people=9000.0),
            strip("C", "G1", 200, 100),
        ]
    )
    [value] = judge("BA402", park, line=1.0).rows["value"]
    assert 0 < value < 0.5
    assert not len(judge("BA402", park, line=value).rows)
    assert len(judge("BA402", park, line=np.nextafter(value, 1.0)).rows) == 1


def test_a_park_of_nothing_but_roads_has_no_shares_and_no_evenness():
    # 50, 30 and 20 % lie inside the bands of 40-60, 20-40 and 15-25 %.
    town = mini(
        parcels=[
            strip("A", "M1", 0, 50),
            strip("B", "R2", 50, 30),
            strip("C", "G1", 80, 20),
            strip("S", "S1", 300, 100, park="L"),
        ]
    )
    for code in ("BA401", "BA403"):
        out = judge(code, town)
        assert (out.rows["id"].tolist(), out.judged) == ([], 3)


def test_only_counted_land_of_a_park_is_judged_for_evenness():
    land = [
        strip("A", "M1", 0, 100),
        strip("B", "R2", 100, 100),
        strip("C", "G1", 200, 100),
        strip("S", "S1", 300, 100),
        strip("Q", "Q7", 400, 100),
        strip("N", None, 500, 100),
        strip("O", "M1", 9000, 100, park=None),
    ]
    out = judge("BA403", mini(parcels=land, parks=[{"id": "K", "wkt": box(0, 0, 1000, 100)}]))
    # S is shared by all, Q and N are of no known class, O lies in no park.
    assert (out.judged, sorted(out.unknown["id"])) == (3, ["N", "Q"])


def test_a_park_of_homes_alone_has_a_ratio_and_no_far_jobs():
    homes = strip("R", "R2", 0, 100, people=100)
    town = [strip("M", "M1", 200, 100, park="L", jobs=55), strip("H", "R2", 400, 100, park="L", people=100)]
    rows = judge("BA411", mini(parcels=[homes, *town])).rows
    assert rows[["id", "value", "limit", "other_layer"]].to_numpy().tolist() == [["K", 0.0, 0.8, ""]]


def test_a_school_that_nobody_can_reach_divides_nothing_by_nobody():
    home = parcel("R", "R2", box(0, 0, 20, 20), people=1000)
    schools = [
        {"id": name, "kind": "primary_school", "capacity": 100, "wkt": f"POINT ({x} 0)"}
        for name, x in (("S", 100), ("T", 9000))
    ]
    with np.errstate(divide="raise", invalid="raise"):
        out = judge("BA415", mini(parcels=[home], facilities=schools), met=9.0)
    assert out.rows["value"].tolist() == [pytest.approx(100.0)]


def seen(*years):
    """Rasters of 10 by 5 cells of 10 m: the class of the west half and of the east half, by year."""
    return {
        f"landcover_{y}": grid([[w] * 5 + [e] * 5 for _ in range(5)], name=f"landcover_{y}", year=y)
        for y, w, e in years
    }


def test_homes_half_built_over_are_homes_in_the_rasters_order_too():
    works = parcel("M", "M1", box(60, 10, 90, 40))
    homes = parcel("R", "R2", box(10, 10, 90, 40))
    rasters = seen((2008, 80, 10), (2014, 80, 80))
    # Of the homes 40 m of 80 m are built in 2008, of the works nothing: 100 points ahead.
    assert judge("BA419", mini(parcels=[works, homes], rasters=rasters)).rows[["id", "value"]].to_numpy().tolist() == [
        ["2008", 100.0]
    ]
    less = parcel("R", "R2", box(11, 10, 91, 40))
    assert not len(judge("BA419", mini(parcels=[works, less], rasters=rasters)).rows)


def test_only_built_land_inside_the_rasters_is_judged_by_them():
    land = [
        parcel("M", "M1", box(10, 10, 40, 40)),
        parcel("G", "G1", box(60, 10, 90, 40)),
        parcel("F", "M1", box(900, 10, 930, 40)),
        parcel("H", "G1", box(900, 10, 930, 40)),
    ]
    out = judge("BA419", mini(parcels=land, rasters=seen((2008, 10, 10), (2014, 80, 80))))
    assert (out.judged, out.unknown[["id", "reason"]].to_numpy().tolist()) == (1, [["F", "outside_raster"]])
