"""Two layers of the same features that lie apart by a near-constant step.

The mark of a web map's shifted coordinates.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

_STEP = (300.0, 1500.0)
"""Metres by which GCJ-02 (300 to 700) and BD-09 (900 to 1400) shift points in China."""

_LIKE = 0.005
"""Two shapes are taken for the same when area and border differ by less than this share.

A shift changes them by 1e-4.
"""


def offset(one: Array, two: Array) -> float:
    """Return the metres by which layer `two` is shifted against `one`, zero where `shift` finds none."""
    return float(np.hypot(*shift(one, two)))


def shift(one: Array, two: Array) -> Array:
    """Return east and north of the step by which layer `two` lies apart from `one`, in metres.

    Zero where they do not hold the same shapes, or lie together.

    Only shapes whose size is unlike all others in their own layer are matched, so that no two equal plots are confused;
    where every shape has the same size, the order of the rows is taken.
    """
    pairs = _pairs(one, two)
    if len(pairs) < 3 or len(pairs) < 0.5 * min(len(one), len(two)):
        return np.zeros(2)
    steps = shapely.get_coordinates(shapely.centroid(two[pairs[:, 1]])) - shapely.get_coordinates(
        shapely.centroid(one[pairs[:, 0]])
    )
    middle = np.median(steps, axis=0)
    spread = float(np.median(np.hypot(*(steps - middle).T)))
    length = float(np.hypot(*middle))
    answer: Array = middle if _STEP[0] <= length <= _STEP[1] and spread < 0.05 * length else np.zeros(2)
    return answer


def _pairs(one: Array, two: Array) -> Array:
    a, b = (np.column_stack([shapely.area(s), shapely.length(s)]) for s in (one, two))
    order = np.argsort(b[:, 0])
    place = np.searchsorted(b[order, 0], a[:, 0])
    near = np.clip(np.stack([place - 1, place]), 0, len(b) - 1)
    choice = order[
        np.where(np.abs(b[order[near[0]], 0] - a[:, 0]) < np.abs(b[order[near[1]], 0] - a[:, 0]), near[0], near[1])
    ]
    like = (np.abs(a - b[choice]) <= _LIKE * np.maximum(a, 1e-9)).all(axis=1)
    single = like & _unlike_others(a) & (np.bincount(choice, minlength=len(b))[choice] == 1)
    if single.sum() >= 3:
        return np.column_stack([np.flatnonzero(single), choice[single]])
    if len(one) == len(two) and (np.abs(a - b) <= _LIKE * np.maximum(a, 1e-9)).all():
        return np.column_stack([np.arange(len(one))] * 2)
    return np.zeros((0, 2), int)


def _unlike_others(sizes: Array) -> Array:
    """Which rows have an area that no other row has within the tolerance."""
    order = np.argsort(sizes[:, 0])
    steps = np.diff(sizes[order, 0]) > _LIKE * np.maximum(sizes[order[1:], 0], 1e-9)
    alone = np.concatenate([[True], steps]) & np.concatenate([steps, [True]])
    out = np.zeros(len(sizes), bool)
    out[order] = alone
    return out
