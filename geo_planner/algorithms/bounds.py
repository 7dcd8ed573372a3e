"""Bounds that are cheap to have: who cannot share enough with another is not handed to GEOS at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

_CHUNK = 200_000
"""Pairs bounded at once, so that their corners never stand in memory together."""


def most_shared(lines: Array, areas: Array, along: Array, pairs: tuple[Array, Array]) -> Array:
    """No less than the length [m] that line `i` has in area `j`, for each pair: what it has in a box about the area.

    `along` is the direction [rad] in which the box of each area lies; a strip has little room beside it along its own.
    """
    i, j = pairs
    boxes = _boxes(areas, along)
    parts = [
        _in_boxes(lines[i[at : at + _CHUNK]], along[j[at : at + _CHUNK]], boxes[j[at : at + _CHUNK]])
        for at in range(0, len(i), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def direction(shapes: Array) -> Array:
    """The direction [rad] from the first corner of each shape to its last; 0 where they are one or there is none."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    out = np.zeros(len(shapes))
    first = np.flatnonzero(np.diff(of, prepend=-1))
    last = np.append(first[1:], len(of))[: len(first)] - 1
    way = xy[last] - xy[first]
    out[of[first]] = np.arctan2(way[:, 1], way[:, 0])
    return out


def _turned(xy: Array, angle: Array) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.column_stack([xy[:, 0] * cos + xy[:, 1] * sin, xy[:, 1] * cos - xy[:, 0] * sin])


def _boxes(areas: Array, along: Array) -> Array:
    """Return the box of each area in its own direction, grown by more than turning rounds; empty about nothing."""
    xy, of = shapely.get_coordinates(areas, return_index=True)
    uv = _turned(xy, along[of])
    first = np.flatnonzero(np.diff(of, prepend=-1))
    out = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(areas), 1))
    if len(first):
        out[of[first], :2] = np.minimum.reduceat(uv, first) - _ROUNDING
        out[of[first], 2:] = np.maximum.reduceat(uv, first) + _ROUNDING
    return out


_ROUNDING = 1e-6
"""Turning coordinates of ten million metres rounds by 1e-8 m."""


def _in_boxes(lines: Array, along: Array, boxes: Array) -> Array:
    """Return the length of each line in its box; steps between parts count as drawn, so that it is never too little."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    uv = _turned(xy, along[of])
    a = np.flatnonzero(of[1:] == of[:-1])
    start, step, of = uv[a], uv[a + 1] - uv[a], of[a]
    low, high = boxes[of, :2], boxes[of, 2:]
    enter, leave = np.zeros(len(a)), np.ones(len(a))
    for k in (0, 1):
        still = step[:, k] == 0
        pace = np.where(still, 1.0, step[:, k])
        one, two = (low[:, k] - start[:, k]) / pace, (high[:, k] - start[:, k]) / pace
        outside = still & ((start[:, k] < low[:, k]) | (start[:, k] > high[:, k]))
        enter = np.maximum(enter, np.where(still, 0.0, np.minimum(one, two)))
        leave = np.where(outside, -1.0, np.minimum(leave, np.where(still, 1.0, np.maximum(one, two))))
    inside = np.hypot(step[:, 0], step[:, 1]) * np.maximum(leave - enter, 0.0)
    return np.bincount(of, weights=inside, minlength=len(lines)) + _ROUNDING
