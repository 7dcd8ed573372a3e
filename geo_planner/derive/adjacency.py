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
from .compiled import loops
from .memory import in_slices, per_plan

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


@per_plan
def inner(plan: Plan, layer: str) -> Array:
    """A point inside each feature of a layer (on it, for lines)."""
    return in_slices(shapely.point_on_surface, plan[layer].geometry.to_numpy())


def near(left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """Pairs of indices no farther apart than `reach`, and their distance, sorted by left then right.

    `reach` is one distance, or one for each of `left`. Touching and overlapping pairs are at distance 0.
    """
    if not len(left) or not len(right):
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    if _small(left) and _small(right):
        return _near_small(left, right, reach)
    if np.ndim(reach) == 0 and len(left) > len(right):  # the tree holds the many, the few ask
        j, i = shapely.STRtree(left).query(right, predicate="dwithin", distance=reach)
    else:
        i, j = shapely.STRtree(right).query(left, predicate="dwithin", distance=reach)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    return i, j, in_slices(shapely.distance, left[i], right[j])


_FEW = 64
"""Up to this many vertices a distance costs less than preparing the shape for the question whether it is near."""


def _small(shapes: Array) -> bool:
    return bool(shapely.get_num_coordinates(shapes).max() <= _FEW)


def _near_small(left: Array, right: Array, reach: float | Array) -> tuple[Array, Array, Array]:
    """As `near`: every pair whose boxes are near is measured once."""
    grown = np.broadcast_to(np.asarray(reach, dtype=float), len(left))
    if np.ndim(reach) == 0 and len(left) > len(right):
        j, i = shapely.STRtree(left).query(_around(right, np.full(len(right), reach)))
    else:
        i, j = shapely.STRtree(right).query(_around(left, grown))
    distance = in_slices(shapely.distance, left[i], right[j])
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


def near_lines(lines: Array, reach: float) -> tuple[Array, Array, Array]:
    """Pairs of lines no farther apart than `reach`, left before right, and their distance; sorted.

    Segment by segment, because pipes lie in bundles, where a tree of whole lines finds far too many candidates: in a
    compiled loop where the `speed` extra is there, else in numpy.
    """
    a, b, line, tips = _segments(lines)
    return _pairs((a, b, line, np.zeros_like(tips)), reach, len(lines))


def meetings(lines: Array) -> tuple[Array, Array]:
    """Pairs of lines that touch or cross, left before right; sorted. Lines only joined end to end are no pair."""
    i, j, _ = _pairs(_segments(lines), _TOUCH, len(lines))
    return i, j


_TOUCH = 1e-9


def near_segments(a: Array, b: Array, reach: float) -> tuple[Array, Array, Array]:
    """Pairs of segments (`a` to `b`) no farther apart than `reach`, first before second, and their distance; sorted.

    Segments that share one end and nothing more are no pair.
    """
    tips = np.ones((len(a), 2), dtype=bool)
    return _pairs((np.ascontiguousarray(a), np.ascontiguousarray(b), np.arange(len(a)), tips), reach, len(a))


_Segments = tuple[Array, Array, Array, Array]


def _segments(lines: Array) -> _Segments:
    """Both ends of each segment, the line it is of, and whether its ends are ends of that line's part."""
    simple = (shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING).all()
    parts, whose = (lines, np.arange(len(lines))) if simple else shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    first = np.flatnonzero(part[1:] == part[:-1])
    of = part[first]
    tips = np.ones((len(first), 2), dtype=bool)
    tips[1:, 0] = of[1:] != of[:-1]
    tips[:-1, 1] = of[1:] != of[:-1]
    return xy[first], xy[first + 1], whose[of].astype(np.int64), tips


def _pairs(segments: _Segments, reach: float, count: int) -> tuple[Array, Array, Array]:
    quick = loops("segments")
    key, distance = (quick.near_segments if quick else _near_segments)(*segments, reach, count)
    order = np.argsort(key, kind="stable") if quick else np.lexsort((distance, key))
    key, distance = key[order], distance[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    return key[new] // max(count, 1), key[new] % max(count, 1), distance[new]


def _near_segments(  # noqa: PLR0913, PLR0917  (as the compiled loop)
    a: Array, b: Array, line: Array, tips: Array, reach: float, count: int
) -> tuple[Array, Array]:
    """Pairs of lines by segments that are near, as left * count + right, and how far these are; pairs repeat."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    tree = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1)))
    found = [(np.empty(0, dtype=np.int64), np.empty(0))]
    for at in range(0, len(a), _SEGMENTS):
        k = slice(at, at + _SEGMENTS)
        s, t = tree.query(shapely.box(*(low[k] - reach).T, *(high[k] + reach).T))
        s += at
        keep = line[s] < line[t]
        s, t = s[keep], t[keep]
        distance = _segment_distance((a[s], b[s]), (a[t], b[t]))
        close = distance <= reach
        s, t, distance = s[close], t[close], distance[close]
        apart = ~_joined((a, b), tips, s, t)
        found.append((line[s[apart]] * count + line[t[apart]], distance[apart]))
    key, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    return key, distance


def _joined(ends: tuple[Array, Array], tips: Array, s: Array, t: Array) -> Array:
    """Whether segments share an end that is the end of both their lines, and nothing more than that end."""
    out = np.zeros(len(s), dtype=bool)
    for p, q in ((0, 0), (0, 1), (1, 0), (1, 1)):
        same = tips[s, p] & tips[t, q] & (ends[p][s] == ends[q][t]).all(axis=1)
        u, v = ends[1 - p][s[same]] - ends[p][s[same]], ends[1 - q][t[same]] - ends[q][t[same]]
        along = (u[:, 0] * v[:, 1] == u[:, 1] * v[:, 0]) & ((u * v).sum(axis=1) > 0)
        out[np.flatnonzero(same)[~along]] = True
    return out


_SEGMENTS = 200_000
"""Segments looked at together, so that the pairs of a million pipes never stand in memory at once."""


def _segment_distance(one: tuple[Array, Array], two: tuple[Array, Array]) -> Array:
    (a, b), (c, d) = one, two
    ends = [
        _point_to_segment(a, c, d),
        _point_to_segment(b, c, d),
        _point_to_segment(c, a, b),
        _point_to_segment(d, a, b),
    ]
    sides = [_side(a, b, c) * _side(a, b, d), _side(c, d, a) * _side(c, d, b)]
    return np.where((sides[0] < 0) & (sides[1] < 0), 0.0, np.minimum.reduce(ends))


def _point_to_segment(p: Array, a: Array, b: Array) -> Array:
    x, y, dx, dy = p[:, 0] - a[:, 0], p[:, 1] - a[:, 1], b[:, 0] - a[:, 0], b[:, 1] - a[:, 1]
    t = np.clip((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-300), 0.0, 1.0)
    return np.asarray(np.hypot(x - t * dx, y - t * dy))


def _side(a: Array, b: Array, p: Array) -> Array:
    return np.asarray((b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (p[:, 0] - a[:, 0]))


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
    line = in_slices(shapely.shortest_line, left, right)
    meet = shapely.length(line) == 0
    if meet.any():
        line = np.array(line, dtype=object)
        shared = in_slices(shapely.intersection, left[meet], right[meet])
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
