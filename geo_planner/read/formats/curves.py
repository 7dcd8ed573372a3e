"""Curves of well-known binary made straight, with a stated tolerance."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import shapely

TOLERANCE = 0.001
"""Largest distance of a chord from its arc, as a share of the radius."""

_DEEPEST = 20


class _Bytes:
    """A reading place in well-known binary."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def head(self) -> tuple[str, int, int]:
        """Return byte order, plain type code and the number of coordinates of a point."""
        order = "<" if self.raw[self.at] == 1 else ">"
        code = struct.unpack_from(order + "I", self.raw, self.at + 1)[0]
        self.at += 5
        if code & 0x20000000:
            self.at += 4  # EWKB SRID
        z = bool(code & 0x80000000) or (code & 0xFFFF) // 1000 in {1, 3}
        m = bool(code & 0x40000000) or (code & 0xFFFF) // 1000 in {2, 3}
        return order, (code & 0xFFFF) % 1000, 2 + z + m

    def count(self, order: str) -> int:
        """Return a count, checked against what is left."""
        n = int(struct.unpack_from(order + "I", self.raw, self.at)[0])
        self.at += 4
        if n > len(self.raw):
            raise ValueError
        return n

    def points(self, order: str, size: int, n: int) -> np.ndarray[Any, Any]:
        """Return n points in the plane."""
        xy = np.frombuffer(self.raw, order + "f8", n * size, self.at).reshape(n, size)[:, :2]
        self.at += 8 * n * size
        return np.ascontiguousarray(xy, float)


def straight(wkb: bytes) -> Any:
    """Return the shape with every arc replaced by chords; None where the bytes are damaged."""
    try:
        return _shape(_Bytes(wkb), 0)
    except (struct.error, ValueError, IndexError, shapely.errors.GEOSException):
        return None


def _shape(data: _Bytes, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError
    order, code, size = data.head()
    if code == 1:
        return shapely.Point(data.points(order, size, 1)[0])
    if code == 3:
        rings = [data.points(order, size, data.count(order)) for _ in range(data.count(order))]
        return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()
    if code in {2, 8}:
        points = data.points(order, size, data.count(order))
        return shapely.LineString(_arcs(points) if code == 8 else points)
    parts = [_shape(data, depth + 1) for _ in range(data.count(order))]
    if code == 9:
        joined = [shapely.get_coordinates(p)[(1 if k else 0) :] for k, p in enumerate(parts)]
        return shapely.LineString(np.vstack(joined))
    if code == 10:
        rings = [shapely.get_coordinates(p) for p in parts]
        return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()
    if code in {5, 11}:
        return shapely.multilinestrings(parts)
    if code in {6, 12}:
        return shapely.multipolygons([q for p in parts for q in shapely.get_parts(p)])
    return shapely.GeometryCollection(parts)


def _arcs(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the points of a string of arcs, each given by start, a point on it, and end."""
    arcs = [_arc(points[k], points[k + 1], points[k + 2]) for k in range(0, len(points) - 2, 2)]
    return np.vstack([points[:1], *arcs])


def _arc(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], c: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return points after `a` along the arc a-b-c up to `c`; equal ends mean a full circle."""
    if np.array_equal(a, c):
        centre, sweep = (a + b) / 2, 2 * math.pi
    else:
        ab, ac = b - a, c - a
        twice = 2 * (ab[0] * ac[1] - ab[1] * ac[0])
        if abs(twice) < 1e-12 * float(ac @ ac):
            return np.vstack([b, c])
        ux = (ac[1] * (ab @ ab) - ab[1] * (ac @ ac)) / twice
        uy = (ab[0] * (ac @ ac) - ac[0] * (ab @ ab)) / twice
        centre = a + np.array([ux, uy])
        first, last = (math.atan2(*(p - centre)[::-1]) for p in (a, c))
        sweep = (last - first) % (2 * math.pi)
        if twice < 0:
            sweep -= 2 * math.pi
    steps = max(2, math.ceil(abs(sweep) / (2 * math.acos(1 - TOLERANCE))))
    angle = math.atan2(*(a - centre)[::-1]) + sweep * np.arange(1, steps + 1) / steps
    radius = math.hypot(*(a - centre))
    ring = centre + radius * np.column_stack([np.cos(angle), np.sin(angle)])
    ring[-1] = c
    answer: np.ndarray[Any, Any] = ring
    return answer
