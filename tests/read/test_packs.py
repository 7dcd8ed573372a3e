"""A delivery held against a rule pack."""

from types import SimpleNamespace

import geopandas as gpd
import pytest
from shapely.geometry import box

from geo_planner.errors import ReadError
from geo_planner.read.packs import hold, read_pack


def _delivery(name, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    return SimpleNamespace(sheets=(SimpleNamespace(name=name, frame=frame),))


def test_missing_fields_and_double_ids_are_named():
    given = _delivery(
        "KJGHYD", GHYDLBDM=["1001"] * 2, GHYDLBMC=["a"] * 2, XZQHDM=["3"] * 2, YDMJ=[1.0] * 2, BSM=["7"] * 2
    )
    found = [(b.rule, b.field, b.value) for b in hold(read_pack("kjghyd"), given)]
    assert found == [("KJ05", "XZQHMC", "missing"), ("KJ07", "BSM", "7")]


def test_a_missing_layer_breaks_every_rule_of_it():
    assert {b.value for b in hold(read_pack("kjghyd"), _delivery("XZQ"))} == {"missing"}
    assert len(hold(read_pack("kjghyd"), _delivery("XZQ"))) == 7


def test_a_path_is_no_pack():
    with pytest.raises(ReadError, match="no rule pack"):
        read_pack("../notes")
