"""A parcel cut into pieces of given areas, by lines across its longer side."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

WHOLE = 0.9
"""From this share of its parcel on a project takes it whole (project default)."""


def pieces(shape: shapely.Geometry, areas: Array) -> list[shapely.Geometry]:
    """Return one piece for each area in order, and the rest; a single project that fills most of it takes it whole.

    What the last project leaves below a tenth of the parcel goes to it.
    """
    total = shape.area
    if len(areas) == 1 and areas[0] >= WHOLE * total:
        return [shape]
    marks = np.cumsum(areas)
    if marks[-1] >= WHOLE * total:
        marks = marks[:-1]
    lines = [_line(shape, float(mark)) for mark in marks]
    out, before = [], shapely.Polygon()
    for half in [*lines, shape]:
        out.append(shapely.difference(half, before))
        before = half
    return out


def _line(shape: shapely.Geometry, area: float) -> shapely.Geometry:
    """Return the part of a shape, from one end of its longer side on, that has an area."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:4]
    sides = corners[1] - corners[0], corners[3] - corners[0]
    along, across = sides if np.hypot(*sides[0]) >= np.hypot(*sides[1]) else sides[::-1]
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        part = shapely.intersection(shape, _strip(corners[0], along * middle, across))
        low, high = (middle, high) if part.area < area else (low, middle)
    return shapely.intersection(shape, _strip(corners[0], along * high, across))


def _strip(corner: Array, along: Array, across: Array) -> shapely.Geometry:
    base = corner - across
    return shapely.Polygon([base - along, base + along, base + along + 3 * across, base - along + 3 * across])
