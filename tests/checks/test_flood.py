"""A check that finds very much: all rows stay, the worst keep their evidence, and the run says so."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_planner.checks import flood, run
from geo_planner.checks.contract import mini
from geo_planner.errors import ProfileError
from geo_planner.plan import Profile, Threshold


def _profile(most, name="evidence_most"):
    return Profile(name="own", values={"REPORT": {name: Threshold(most, "findings a check", "this test")}})


def _row(name, x):
    return {"id": name, "wkt": shapely.box(x, 0, x + 100, 100).wkt}


# A and B share a strip of 10 m, B and C one of 30 m, C and D one of 20 m
PLAN = mini(parcels=[_row("A", 0), _row("B", 90), _row("C", 160), _row("D", 240)]).plan


def test_the_worst_keep_their_outline_and_the_rest_a_point_on_it():
    rows = run(PLAN, _profile(2), only=["DA903"]).findings
    assert rows["value"].tolist() == [1000.0, 3000.0, 2000.0]
    assert rows.geom_type.tolist() == ["Point", "Polygon", "Polygon"]
    assert shapely.box(90, 0, 100, 100).contains(rows.geometry.iloc[0])


def test_a_check_that_floods_says_so_in_its_run():
    (told,) = run(PLAN, _profile(2), only=["DA903"]).runs
    assert (told.outcome, told.found) == ("found", 3)
    assert told.reason["zh"] == "发现过多：最严重的 2 处绘出证据图形，其余 1 处以点示位"


def test_within_the_limit_nothing_is_thinned_or_said():
    report = run(PLAN, _profile(3), only=["DA903"])
    assert set(report.findings.geom_type) == {"Polygon"}
    assert report.runs[0].reason == {}


def test_evidence_of_more_parts_than_the_limit_is_a_point_in_each_of_them():
    squares = [shapely.box(x, 0, x + 2, 2) for x in (0, 10, 20)]
    shapes = [shapely.MultiPolygon(squares), shapely.MultiPolygon(squares[:2]), shapely.MultiPoint([[0, 0]] * 4)]
    shapes += [shapely.GeometryCollection([squares[0], shapely.Point(5, 5), squares[2]]), None]
    rows = gpd.GeoDataFrame({"value": range(5)}, geometry=shapes, crs=4527)
    out = flood.dotted(rows, 2).geometry
    assert out.iloc[0].equals(shapely.MultiPoint([[1, 1], [11, 1], [21, 1]]))
    assert out.iloc[3].equals(shapely.MultiPoint([[1, 1], [5, 5], [21, 1]]))
    assert [out.iloc[k] for k in (1, 2, 4)] == [shapes[1], shapes[2], None]


def test_the_number_of_parts_drawn_is_a_setting_of_the_profile():
    far = mini(parcels=[_row("A", 0), _row("B", 90), _row("C", 990), _row("D", 1080)]).plan
    shapes = [run(far, _profile(n, "evidence_parts"), only=["DA903"]).findings.geom_type.tolist() for n in (1, 0)]
    assert shapes == [["Polygon", "Polygon"], ["MultiPoint", "MultiPoint"]]


def test_errors_are_kept_before_warnings_however_far_these_are():
    rows = gpd.GeoDataFrame(
        {"severity": ["warning", "error"], "value": [99.0, 1.0], "limit": [0.0, 0.0]},
        geometry=[shapely.box(0, 0, 1, 1)] * 2,
        crs=4527,
    )
    assert flood.thinned(rows, 1).geom_type.tolist() == ["Point", "Polygon"]


def test_a_number_the_report_does_not_know_is_refused():
    with pytest.raises(ProfileError, match="evidence_most"):
        run(PLAN, _profile(2, "evidence_mist"))


def test_a_shape_that_was_shown_already_gets_its_point_once():
    """The point of a shape stays with it; a shape of another plan that is equal, and another kind of point, are made."""
    one, two = shapely.box(0, 0, 2, 2), shapely.box(10, 0, 12, 2)
    made = []

    def middle(shapes):
        made.extend(shapes.tolist())
        return shapely.centroid(shapes)

    def corner(shapes):
        return shapely.points(shapely.bounds(shapes)[:, :2])

    first = flood.Dots()
    assert [p.wkt for p in first.of(np.array([one], dtype=object), middle)] == ["POINT (1 1)"]
    then = flood.Dots(first)
    assert [p.wkt for p in then.of(np.array([two, one], dtype=object), middle)] == ["POINT (11 1)", "POINT (1 1)"]
    assert made == [one, two]
    assert [p.wkt for p in then.of(np.array([one], dtype=object), corner)] == ["POINT (0 0)"]
