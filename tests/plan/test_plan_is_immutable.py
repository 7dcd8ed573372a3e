"""Nothing can write into a plan, and a plan's digest speaks of what is judged."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo_planner.plan import Plan

SQUARES = ["POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))", "POLYGON ((20 0, 30 0, 30 10, 20 10, 20 0))"]


def plan_of(**columns) -> Plan:
    frame = gpd.GeoDataFrame({"id": ["A", "B"], **columns}, geometry=shapely.from_wkt(SQUARES), crs="EPSG:4527")
    return Plan(name="t", crs="EPSG:4527", layers={"parcels": frame})


def test_a_frame_from_a_plan_can_be_changed_without_changing_the_plan():
    plan = plan_of(far=[1.0, 2.0])
    frame = plan["parcels"]
    frame.loc[0, "far"] = 9.0
    assert plan["parcels"]["far"].tolist() == [1.0, 2.0]


def test_the_geometry_of_a_plan_refuses_to_be_written():
    with pytest.raises(ValueError, match="read-only"):
        plan_of()["parcels"].geometry.array[0] = shapely.Point(0, 0)


def test_every_canonical_column_is_there_and_typed():
    frame = plan_of(start=["2020-01-02", None])["parcels"]
    assert str(frame["start"].dtype) == "datetime64[ms]"
    assert str(frame["resettle"].dtype) == "boolean"
    assert frame["dwellings"].isna().all()


def test_the_digest_does_not_depend_on_the_order_of_rows():
    plan = plan_of(far=[1.0, 2.0])
    turned = Plan(name="t", crs="EPSG:4527", layers={"parcels": plan["parcels"].iloc[::-1]})
    assert turned.digest == plan.digest


def test_the_digest_changes_with_one_date():
    assert plan_of(start=["2020-01-02", None]).digest != plan_of(start=["2020-01-03", None]).digest
