"""Findings in order, few or many, and copies of a layer that share its columns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.plan import Rows, findings
from geo_planner.plan.findings import same_rows
from geo_planner.plan.layer import alike
from tests.plan.test_plan_is_immutable import plan_of


@pytest.mark.parametrize("few", [0, 500])
def test_findings_stand_in_order_of_layer_id_counterpart_and_day(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """By pandas and by Python alike; a finding without a first day comes last of its kind."""
    monkeypatch.setitem(findings.__globals__, "_FEW", few)
    rows = Rows(
        layer=["parcels", "parcels", "parcels", "buildings", "parcels", "parcels"],
        id=["b", "乙", "a", "z", "a", "a"],
        other_id=["", "", "y", "", "x", "x"],
        geometry=shapely.points(np.arange(6), 0),
        since=["2020-01-01", None, "2019-01-01", None, None, "2021-05-05"],
        value=np.arange(6.0),
    )
    table = findings("EPSG:4527", rows, judged=6).rows
    # buildings z; parcels a with x from 2021, a with x from no day, a with y; b; 乙
    assert table["value"].tolist() == [3.0, 5.0, 4.0, 2.0, 0.0, 1.0]
    assert table.geometry.x.tolist() == table["value"].tolist()
    assert table.index.tolist() == list(range(6))
    assert (type(table), table.geometry.name, table.crs) == (gpd.GeoDataFrame, "geometry", "EPSG:4527")
    assert {str(t) for t in table.dtypes[["code", "fingerprint", "id"]]} == {"str"}


def test_a_copy_alike_shares_nothing_that_is_written() -> None:
    frame = plan_of(far=[1.0, 2.0]).layers["parcels"]
    other = alike(frame)
    other["id"] = "changed"
    other.geometry = other.geometry.translate(5.0)
    assert frame["id"].tolist() == ["A", "B"]
    assert frame.geometry.bounds["minx"].tolist() == [0.0, 20.0]
    again = alike(frame)
    assert (type(again), again.crs, again.geometry.name) == (gpd.GeoDataFrame, frame.crs, frame.geometry.name)
    assert again.equals(frame)
    assert isinstance(again[["id"]], pd.DataFrame)


def test_rows_are_the_same_with_their_numbers_days_and_shapes_only():
    def table(value, shape, since="2020-01-01"):
        block = Rows(
            layer="parcels", id=["A", "B"], geometry=[shapely.Point(0, 0), shape], value=[1.0, value], since=since
        )
        return findings("EPSG:4527", block, judged=2).rows

    one = table(2.0, shapely.Point(1, 1))
    assert same_rows(one, table(2.0, shapely.Point(1, 1))).tolist() == [True, True]
    assert same_rows(one, table(2.5, shapely.Point(1, 1))).tolist() == [True, False]
    assert same_rows(one, table(2.0, shapely.Point(1, 1.0000001))).tolist() == [True, False]
    assert same_rows(one, table(2.0, shapely.Point(1, 1), since=None)).tolist() == [False, False]
    assert same_rows(table(np.nan, None), table(np.nan, None)).tolist() == [True, True]
