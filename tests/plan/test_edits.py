"""An edit turns one plan into another; a wrong one is a clear sentence."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_planner.errors import ScenarioError, UnknownIdError
from geo_planner.plan import Edit, Plan, apply


@pytest.fixture
def plan() -> Plan:
    frame = gpd.GeoDataFrame(
        {"id": ["A-01", "A-02"], "start": ["2010-01-01", None], "finish": ["2011-01-01", None]},
        geometry=shapely.from_wkt(
            ["POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))", "POLYGON ((20 0, 30 0, 30 10, 20 10, 20 0))"]
        ),
        crs="EPSG:4527",
    )
    return Plan(name="t", crs="EPSG:4527", layers={"parcels": frame})


def test_retime_sets_the_date_and_leaves_the_old_plan_alone(plan):
    after = apply(plan, [Edit("retime", "parcels", "A-01", {"start": "2012-03-04"})])
    assert after["parcels"]["start"].iloc[0] == pd.Timestamp("2012-03-04")
    assert plan["parcels"]["start"].iloc[0] == pd.Timestamp("2010-01-01")


def test_shift_days_moves_every_date_of_the_feature(plan):
    after = apply(plan, [Edit("retime", "parcels", "A-01", {"shift_days": -31})])["parcels"]
    assert after["start"].iloc[0] == pd.Timestamp("2009-12-01")
    assert after["finish"].iloc[0] == pd.Timestamp("2010-12-01")


def test_set_changes_one_column(plan):
    assert apply(plan, [Edit("set", "parcels", "A-02", {"code": "M1"})])["parcels"]["code"].tolist()[1] == "M1"


def test_remove_takes_the_feature_out(plan):
    assert apply(plan, [Edit("remove", "parcels", "A-01")])["parcels"]["id"].tolist() == ["A-02"]


def test_add_brings_a_feature_with_its_shape_and_columns(plan):
    value = {"geometry": "POLYGON ((40 0, 50 0, 50 20, 40 20, 40 0))", "start": "2020-01-01"}
    after = apply(plan, [Edit("add", "parcels", "A-03", value)])["parcels"]
    assert after.geometry.area.tolist() == [100.0, 100.0, 200.0]
    assert after["start"].iloc[2] == pd.Timestamp("2020-01-01")


def test_add_may_begin_a_layer(plan):
    edit = Edit("add", "facilities", "F1", {"geometry": "POINT (1 1)", "kind": "clinic"})
    assert apply(plan, [edit])["facilities"]["kind"].tolist() == ["clinic"]


def test_reshape_gives_a_new_shape(plan):
    edit = Edit("reshape", "parcels", "A-02", {"geometry": "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"})
    assert apply(plan, [edit])["parcels"].geometry.area.tolist() == [100.0, 1.0]


def test_an_unknown_id_names_the_near_one(plan):
    with pytest.raises(UnknownIdError, match=r"no feature 'A-2'.*A-02"):
        apply(plan, [Edit("remove", "parcels", "A-2")])


def test_an_unknown_column_names_the_near_one(plan):
    with pytest.raises(UnknownIdError, match=r"no column 'strt'.*start"):
        apply(plan, [Edit("set", "parcels", "A-01", {"strt": "2020-01-01"})])


def test_a_date_that_is_none_is_refused(plan):
    with pytest.raises(ScenarioError, match="'soon' is not a date"):
        apply(plan, [Edit("retime", "parcels", "A-01", {"start": "soon"})])


def test_an_unknown_layer_is_refused(plan):
    with pytest.raises(UnknownIdError, match=r"no layer 'parcel'.*parcels"):
        apply(plan, [Edit("set", "parcel", "A-01", {"code": "M1"})])
