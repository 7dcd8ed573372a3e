"""Who lies near whom by true distance, and when both are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

BEGIN = np.datetime64("0001-01-01", "ms")


END = np.datetime64("9999-12-31", "ms")


@dataclass(frozen=True, eq=False)
class Spans:
    """From when until when each feature exists; open ends are `BEGIN` and `END`."""

    since: Array
    until: Array

    def __getitem__(self, at: Any) -> Spans:
        return Spans(self.since[at], self.until[at])

    def __and__(self, other: Spans) -> Spans:
        return Spans(np.maximum(self.since, other.since), np.minimum(self.until, other.until))

    @property
    def real(self) -> Array:
        """Where the span is longer than nothing."""
        return np.asarray(self.since < self.until)

    def days(self) -> tuple[Array, Array]:
        """Both ends as findings want them: null where open."""
        nat = np.datetime64("NaT", "ms")
        return np.where(self.since == BEGIN, nat, self.since), np.where(self.until == END, nat, self.until)


def usable(shapes: Array) -> Array:
    """Where there is a geometry that something can be measured on."""
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))


def near(left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """Pairs of indices no farther apart than `reach`, and their distance, sorted by left then right.

    `reach` is one distance, or one for each of `left`. Touching and overlapping pairs are at distance 0.
    """
    if not len(left) or not len(right):
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    few = shapely.get_num_coordinates(left) <= _FEW
    if few.any() and shapely.get_num_coordinates(right).max() <= _FEW:
        return _near_small(left, right, reach) if few.all() else _near_mixed(few, left, right, reach)
    return _near_large(left, right, reach)


def _near_large(left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """As `near`, by the question whether a prepared shape is near."""
    if np.ndim(reach) == 0 and len(left) > len(right):  # the tree holds the many, the few ask
        j, i = shapely.STRtree(left).query(right, predicate="dwithin", distance=reach)
    else:
        i, j = shapely.STRtree(right).query(left, predicate="dwithin", distance=reach)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    return i, j, shapely.distance(left[i], right[j])


_FEW = 64
"""Up to this many vertices a distance costs less than preparing the shape for the question whether it is near."""


def _near_mixed(few: Array, left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """As `near`: a large shape among the left is looked at as large, and does not make all the others so."""
    grown = np.broadcast_to(np.asarray(reach, dtype=float), len(left))
    at = [np.flatnonzero(few), np.flatnonzero(~few)]
    found = [
        ways(left[rows], right, reach if np.ndim(reach) == 0 else grown[rows])
        for ways, rows in zip((_near_small, _near_large), at, strict=True)
    ]
    i = np.concatenate([rows[own] for rows, (own, _, _) in zip(at, found, strict=True)])
    j, distance = (np.concatenate([part[k] for part in found]) for k in (1, 2))
    order = np.lexsort((j, i))
    return i[order], j[order], distance[order]


def _near_small(left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """As `near`: every pair whose boxes are near is measured once."""
    grown = np.broadcast_to(np.asarray(reach, dtype=float), len(left))
    if np.ndim(reach) == 0 and len(left) > len(right):
        j, i = shapely.STRtree(left).query(_around(right, np.full(len(right), reach)))
    else:
        i, j = shapely.STRtree(right).query(_around(left, grown))
    distance = shapely.distance(left[i], right[j])
    keep = distance <= grown[i]
    i, j, distance = i[keep], j[keep], distance[keep]
    order = np.lexsort((j, i))
    return i[order], j[order], distance[order]


def _around(shapes: Array, reach: Array) -> Array:
    """Boxes about shapes, grown by their reach and a breath more, so that rounding loses no pair; None for no shape."""
    x0, y0, x1, y1 = shapely.bounds(shapes).T
    grown = reach * (1 + 1e-9) + 1e-6
    boxes = np.full(len(shapes), None, dtype=object)
    real = ~np.isnan(x0) & ~np.isnan(reach)
    boxes[real] = shapely.box(*(v[real] for v in (x0 - grown, y0 - grown, x1 + grown, y1 + grown)))
    return boxes


@dataclass(frozen=True, eq=False)
class NearPairs:
    """Pairs by position in their layers, how far apart, and while both exist."""

    left: Array
    right: Array
    distance: Array
    both: Spans

    def __getitem__(self, at: Any) -> NearPairs:
        return NearPairs(self.left[at], self.right[at], self.distance[at], self.both[at])

    def __len__(self) -> int:
        return len(self.left)


def links(left: Array, right: Array) -> Array:
    """The shortest line from each left geometry to its right one; a point of what they share where they meet.

    This is the evidence of a distance: never empty, and where two things overlap it is the overlap itself.
    """
    line = shapely.shortest_line(left, right)
    meet = shapely.length(line) == 0
    if meet.any():
        line = np.array(line, dtype=object)
        shared = shapely.intersection(left[meet], right[meet])
        line[meet] = np.where(shapely.is_empty(shared), shapely.point_on_surface(left[meet]), shared)
    return np.asarray(line)
