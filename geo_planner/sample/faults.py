"""The planted faults of the sample park, as data, and how they are planted."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

FAULTS: tuple[tuple[str, str, str, str, str], ...] = ()
"""Code, layer, id, and what is wrong in Chinese and English."""


def plant(layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers with every fault in them."""
    return dict(layers)


def faults_text() -> str:
    """Return the list of faults as a page."""
    return "# 样例园区预埋问题 / Planted faults of the sample park\n"
