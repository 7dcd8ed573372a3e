"""Invalid polygons handed in through Python are judged on the shape the import would have made of them, never passed over."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from geo_planner.checks import load, run
from geo_planner.checks.contract import mini

BOW = "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))"
"""Two triangles that meet at (50, 50), each of 2,500 m²."""
PLAN = {"id": "KG", "kind": "detailed_plan", "start": "2009-12-01"}
WEST = "POLYGON ((-10 -10, 50 -10, 50 110, -10 110, -10 -10))"


def _bow(x: float = 0.0, size: float = 100.0) -> str:
    return shapely.to_wkt(shapely.Polygon([(x, 0), (x + size, size), (x + size, 0), (x, size)]))


def test_a_bow_tie_outside_the_park_is_found_with_its_area():
    """The park holds the western triangle; the eastern one, 2,500 m², is outside."""
    world = mini(parks=[{"id": "K", "wkt": WEST}], parcels=[{"id": "A", "wkt": BOW}])
    report = run(world.plan, only=["PB105"])
    assert report.runs[0].outcome == "found"
    assert report.findings[["id", "value"]].to_numpy().tolist() == [["A", pytest.approx(2500.0)]]
    assert report.findings["args"].iloc[0]["out_share"] == pytest.approx(50.0)


def test_a_bow_tie_half_inside_its_plan_is_half_covered():
    """Its own area is 0 by the shoelace formula, so that it counted as covered in full."""
    parcel = {"id": "A", "start": "2010-03-01", "wkt": BOW}
    report = run(mini(parcels=[parcel], approvals=[PLAN | {"wkt": WEST}]).plan, only=["PB101"])
    assert report.findings["value"].tolist() == [pytest.approx(50.0)]


def test_a_plan_unit_drawn_as_a_bow_tie_covers_what_its_parts_cover():
    """A unit of two triangles, 2 × 2,500 m², over a parcel of 100 × 100 m."""
    parcel = {"id": "A", "start": "2010-03-01", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
    report = run(mini(parcels=[parcel], approvals=[PLAN | {"wkt": BOW}]).plan, only=["PB101"])
    assert report.findings["value"].tolist() == [pytest.approx(50.0)]


def test_a_bow_tie_on_the_canal_is_near_the_water():
    parcel = {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": _bow(20.0)}
    canal = {"id": "K", "kind": "canal", "wkt": "LINESTRING (0 0, 0 1000)"}
    report = run(mini(parcels=[parcel], control_lines=[canal]).plan, only=["EC602"])
    assert report.findings[["id", "value"]].to_numpy().tolist() == [["M", pytest.approx(20.0)]]


def test_a_line_that_is_drawn_as_a_polygon_has_no_area_and_is_unknown():
    flat = "POLYGON ((0 0, 100 0, 50 0, 0 0))"
    report = run(
        mini(parks=[{"id": "K", "wkt": WEST}], parcels=[{"id": "A", "wkt": flat}, {"id": "B", "wkt": BOW}]).plan,
        only=["PB105"],
    )
    assert report.unknown[["layer", "id", "reason"]].to_numpy().tolist() == [["parcels", "A", "no_geometry"]]


@pytest.mark.parametrize("code", sorted(load()))
def test_no_check_breaks_on_invalid_polygons(code):
    """Every polygon of the failing example is turned into a bow-tie of the same box."""
    plan = load()[code].fails.plan

    def bow(shape):
        if shape is None or shape.geom_type != "Polygon":
            return shape
        x0, y0, x1, y1 = shape.bounds
        return shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])

    layers = {n: f.set_geometry(f.geometry.map(bow)) for n, f in plan.layers.items()}
    report = run(replace(plan, layers=layers), load()[code].example_profile, only=[code])
    assert report.runs[0].outcome != "crashed", report.runs[0].reason


def test_the_data_gate_still_names_the_shape():
    report = run(mini(parcels=[{"id": "A", "wkt": BOW}]).plan, only=["DA902"])
    assert report.findings["id"].tolist() == ["A"]
