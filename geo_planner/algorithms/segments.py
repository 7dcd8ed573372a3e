"""Lines that lie near one another or meet: lines come in, pairs and distances go out, segment by segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from .kernels import loops_for

Array = np.ndarray[Any, Any]


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
    quick = loops_for("segments", len(segments[0]))
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
