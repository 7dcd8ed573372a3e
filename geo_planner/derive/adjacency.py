"""Who lies near whom, and when both are there.

Two things conflict only while both exist: a thing exists from its `start` (always, where null) until it is removed
(for ever, where null). Pairs come from the spatial index by true distance, never by buffers, which miss pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ..plan import Plan

Array = np.ndarray[Any, Any]

BEGIN = np.datetime64("0001-01-01", "ms")
END = np.datetime64("9999-12-31", "ms")
_UNTIL: Mapping[str, str] = MappingProxyType(
    {
        "parcels": "removed", "buildings": "removed", "pipes": "removed", "sources": "removed", "facilities": "removed",
        "parks": "finish", "approvals": "finish", "control_lines": "finish", "noise_zones": "finish",
    }
)  # fmt: skip


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


def spans(plan: Plan, layer: str) -> Spans:
    """From when until when each feature of a layer exists, in the layer's order."""
    frame = plan.layers[layer]
    until = _UNTIL.get(layer)
    return Spans(_ends(frame, "start", BEGIN), _ends(frame, until, END) if until else np.full(len(frame), END))


def _ends(frame: gpd.GeoDataFrame, column: str, missing: np.datetime64) -> Array:
    if column not in frame.columns:
        return np.full(len(frame), missing)
    days = frame[column].to_numpy(dtype="datetime64[ms]")
    return np.where(np.isnat(days), missing, days)


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
    i, j = shapely.STRtree(right).query(left, predicate="dwithin", distance=reach)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    return i, j, shapely.distance(left[i], right[j])


def near_together(plan: Plan, sides: tuple[str, str], chosen: tuple[Array, Array], reach: Array) -> NearPairs:
    """Pairs of chosen features of two layers that are near each other while both exist.

    `chosen` are the positions taken from each layer, `reach` one distance for each of the first.
    """
    (one, two), (a, b) = sides, chosen
    left, right = plan.layers[one].geometry.to_numpy()[a], plan.layers[two].geometry.to_numpy()[b]
    i, j, distance = near(left, right, reach)
    both = spans(plan, one)[a[i]] & spans(plan, two)[b[j]]
    keep = both.real
    if one == two:
        keep &= a[i] != b[j]
    return NearPairs(a[i][keep], b[j][keep], distance[keep], both[keep])


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


def borders(shapes: Array, *, digits: int = 3) -> tuple[Array, Array, Array]:
    """Pairs of polygons that share edges, and the length shared, by sorted edge keys.

    Only edges whose two ends agree (to `digits` decimals) count: a T-junction hides a border until the coverage has
    been noded. Sorted by left, then right, with left < right.
    """
    parts, whose = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = whose[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.round(np.hstack([xy[first], xy[first + 1]]), digits)
    flip = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[flip] = ends[flip][:, [2, 3, 0, 1]]
    own = owner[ring[first]]
    order = np.lexsort((own, *ends.T[::-1]))
    ends, own = ends[order], own[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1) & (own[1:] != own[:-1]))
    length = np.hypot(ends[same, 2] - ends[same, 0], ends[same, 3] - ends[same, 1])
    pair = np.sort(np.column_stack([own[same], own[same + 1]]), axis=1).reshape(-1, 2)
    unique, back = np.unique(pair, axis=0, return_inverse=True)
    return unique[:, 0], unique[:, 1], np.bincount(back.ravel(), weights=length, minlength=len(unique))
