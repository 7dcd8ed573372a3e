"""Faults between features, each as a note with how many, how much, and which two."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from ...plan.plan import Note


@dataclass(frozen=True)
class Tolerances:
    """Lengths in metres, areas in m², below which a difference is drawing noise."""

    area: float = 1.0
    width: float = 0.1
    node: float = 0.001
    snap: float = 0.5


def faults(layer: str, frame: gpd.GeoDataFrame, tolerances: Tolerances) -> list[Note]:
    """Return the notes on a layer whose coordinates are metres."""
    return []
