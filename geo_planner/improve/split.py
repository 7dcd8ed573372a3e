"""A parcel cut into pieces of given areas, by lines across its longer side."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

WHOLE = 0.9
"""From this share of a parcel on, several projects take it whole (project default)."""


def pieces(shape: shapely.Geometry, areas: Array, *, lengthwise: bool = False) -> list[shapely.Geometry]:
    """Return one piece for each area in order, and the rest; a single project takes its parcel whole.

    A parcel is not cut for what would be left over, for the rest may have no road or pipe beside it. What the last of
    several projects leaves below a tenth of the parcel goes to it. `lengthwise` cuts along the longer side instead.
    """
    total = shape.area
    if len(areas) == 1:
        return [shape]
    marks = np.cumsum(areas)
    if marks[-1] >= WHOLE * total:
        marks = marks[:-1]
    corner, along, across = _frame(shape)
    if lengthwise:
        along, across = across, along
    at = [0.0, *(_share(shape, (corner, along, across), float(mark)) for mark in marks), 1.0]
    return [shapely.intersection(shape, _strip((corner, along, across), a, b)) for a, b in pairwise(at)]


Frame = tuple[Array, Array, Array]
"""A corner of the box around a shape, its longer side and its shorter side."""


def _frame(shape: shapely.Geometry) -> Frame:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:4]
    one, two = corners[1] - corners[0], corners[3] - corners[0]
    return (corners[0], one, two) if np.hypot(*one) >= np.hypot(*two) else (corners[0], two, one)


def _share(shape: shapely.Geometry, frame: Frame, area: float) -> float:
    """Return how far along its longer side the part of a shape reaches that has an area."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        part = shapely.intersection(shape, _strip(frame, 0.0, middle))
        low, high = (middle, high) if part.area < area else (low, middle)
    return high


def _strip(frame: Frame, begin: float, end: float) -> shapely.Geometry:
    """Return the strip across the box from one share of its longer side to another; the outer ends reach beyond it."""
    corner, along, across = frame
    begin, end = (-0.5 if begin <= 0 else begin), (1.5 if end >= 1 else end)
    a, b = corner - across + begin * along, corner - across + end * along
    return shapely.Polygon([a, b, b + 3 * across, a + 3 * across])
