"""The sample park, drawn once for all its tests: sound, and with its faults."""

from __future__ import annotations

import geopandas as gpd
import pytest

from geo_planner.sample import park_layers


@pytest.fixture(scope="session")
def sound() -> dict[str, gpd.GeoDataFrame]:
    return park_layers(planted=False)


@pytest.fixture(scope="session")
def planted() -> dict[str, gpd.GeoDataFrame]:
    return park_layers()
