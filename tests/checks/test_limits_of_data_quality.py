"""The data gate on its very limits: shapes without size, areas without shape, dates without a partner."""

from __future__ import annotations

import numpy as np

from .judging import ids, judge, square


def test_a_point_is_a_shape_although_it_has_no_size():
    assert ids(judge("DA902", facilities=[{"id": "F", "kind": "school", "wkt": "POINT (0 0)"}])) == []


def test_a_parcel_drawn_without_area_has_no_area_to_compare():
    flat = {"id": "B", "area_declared": 100.0, "wkt": "POLYGON ((0 0, 100 0, 0 0, 0 0))"}
    with np.errstate(divide="raise", invalid="raise"):
        out = judge("DA906", parcels=[{"id": "A", "area_declared": 10_000.0, "wkt": square()}, flat])
    assert (ids(out), out.judged, out.unknown["id"].tolist()) == ([], 1, ["B"])


def test_a_feature_is_judged_by_two_dates_or_more():
    dates = [
        {},
        {"start": "2010-01-01"},
        {"start": "2010-01-01", "used": "2011-01-01"},
        {"start": "2010-01-01", "finish": "2010-06-01", "used": "2011-01-01", "removed": "2012-01-01"},
    ]
    plots = [{"id": f"A{k}", "wkt": square()} | given for k, given in enumerate(dates)]
    assert (ids(judge("DA907", parcels=plots)), judge("DA907", parcels=plots).judged) == ([], 2)


def test_the_dates_are_named_in_the_words_of_their_layer_and_language():
    road = {"id": "R", "paved": "2010-05-01", "finish": "2010-04-01", "wkt": "LINESTRING (0 0, 9 0)"}
    args = judge("DA907", roads=[road]).rows["args"].iloc[0]
    assert (args["first"], args["second"]) == ("pavement laid", "open to traffic")
    assert (args["first_zh"], args["second_zh"]) == ("路面摊铺日期", "通车日期")
