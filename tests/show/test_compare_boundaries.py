"""A boundary that moved is drawn where it moved, so that what is new inside it stays in sight."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import shapely

from geo_planner.checks.contract import mini
from geo_planner.show.page.compare import _gained_and_lost


def test_of_a_grown_park_only_the_land_beside_the_new_parcel_is_drawn():
    """The park grows from 10 x 10 to 20 x 10; a new parcel takes half of the gain, so 5 x 10 are left of the park."""
    park = {"id": "K", "wkt": "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"}
    before: Any = SimpleNamespace(a=SimpleNamespace(plan=mini(as_of="2026-06-30", parks=[park]).plan))
    rows = {
        "layer": ["parks", "parcels", "parcels"],
        "id": ["K", "P", "Q"],
        "change": ["reshaped", "added", "reshaped"],
    }
    shapes = [shapely.box(0, 0, 20, 10), shapely.box(10, 0, 15, 10), shapely.box(2, 2, 4, 4)]
    drawn = _gained_and_lost(before, gpd.GeoDataFrame(rows, geometry=shapes, crs=before.a.plan.crs))
    assert shapely.equals(drawn, [shapely.box(15, 0, 20, 10), *shapes[1:]]).all()


def test_a_park_that_grows_by_its_new_parcel_alone_is_not_drawn_over_it():
    """The new parcel takes all of the gain but 1 cm of rounding along its edge."""
    park = {"id": "K", "wkt": "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"}
    before: Any = SimpleNamespace(a=SimpleNamespace(plan=mini(as_of="2026-06-30", parks=[park]).plan))
    rows = {"layer": ["parks", "parcels"], "id": ["K", "P"], "change": ["reshaped", "added"]}
    shapes = [shapely.box(0, 0, 20, 10), shapely.box(10, 0, 19.99, 10)]
    drawn = _gained_and_lost(before, gpd.GeoDataFrame(rows, geometry=shapes, crs=before.a.plan.crs))
    assert drawn[0] is None and shapely.equals(drawn[1], shapes[1])
