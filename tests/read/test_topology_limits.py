"""A search between features that is left out is said, never silent."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo_planner.read.topology import faults as room


def test_a_layer_too_large_to_be_searched_says_so(monkeypatch):
    monkeypatch.setattr(room, "_MOST", 1)
    frame = gpd.GeoDataFrame(
        {"id": ["A", "B"]}, geometry=[shapely.box(0, 0, 9, 9), shapely.box(0, 0, 9, 9)], crs="EPSG:4527"
    )
    notes = room.faults("parcels", frame, room.Tolerances())
    assert [(n.code, n.severity) for n in notes] == [("IM608", "warning")]
    assert "> 1 features" in notes[0].args["reason"]
