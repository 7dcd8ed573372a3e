"""Shapes from the bytes of a shapefile's records: plain ones all together, odd ones one by one.

A record that is damaged or of another kind than its file becomes no shape, and is named.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from ...plan.plan import Note

_NO_DATA = -1e38  # measures and heights below this mean "none" in the format's description
_KINDS = {1: "point", 3: "line", 5: "polygon", 8: "multipoint"}


@dataclass
class Records:
    """The records of a .shp: where each begins, and the shapes made from them."""

    raw: bytes
    kind: int
    spans: list[tuple[int, int]]
    notes: list[Note] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    unclosed: int = 0
    flat: int = 0
    measured: bool = False


def shapes_of(records: Records) -> np.ndarray[Any, Any]:
    """Return the shape of each record: the plain ones made together, the others one by one."""
    shapes, made = _plain(records)
    for k in np.flatnonzero(~made).tolist():
        shapes[k] = _shape(records, k)
    return shapes


def _plain(records: Records) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return shapes of points, lines and polygons in one part, flat and sound, and which records these are."""
    shapes = np.full(len(records.spans), None, dtype=object)
    made = np.zeros(len(shapes), bool)
    head, fewest = {1: (4, 1), 3: (48, 2), 5: (48, 4)}.get(records.kind, (0, 0))
    spans = np.array(records.spans, np.int64).reshape(-1, 2)
    at, size = spans[spans[:, 1] >= head + 16].T if head else spans[:0].T
    rows = np.flatnonzero(spans[:, 1] >= head + 16) if head else np.zeros(0, int)
    good = _whole(records.raw, at) == records.kind
    count = np.ones(len(at), np.int64)
    if head == 48:  # one part, which begins at the first point
        good &= (_whole(records.raw, at + 36) == 1) & (_whole(records.raw, at + 44) == 0)
        count = _whole(records.raw, at + 40).astype(np.int64)
    good &= (count >= fewest) & (head + 16 * count <= size)
    rows, at, count = rows[good], at[good], count[good]
    ends = np.cumsum(count)
    points = _points(records.raw, at + head, count)
    sound = np.isfinite(points).all(axis=1)
    kept = np.bincount(np.repeat(np.arange(len(rows)), count), weights=~sound, minlength=len(rows)) == 0
    if records.kind == 5 and len(rows):
        kept &= (points[ends - count] == points[ends - 1]).all(axis=1)
    points, count, rows = points[np.repeat(kept, count)], count[kept], rows[kept]
    shapes[rows], made[rows] = _made(records.kind, points, np.concatenate([[0], np.cumsum(count)])), True
    return shapes, made


def _made(kind: int, points: np.ndarray[Any, Any], ends: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return points, lines or polygons of one ring from all their vertices and where each ends."""
    answer: np.ndarray[Any, Any]
    if kind == 1:
        answer = shapely.points(points)
    elif kind == 3:
        answer = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, points, (ends,))
    else:
        answer = shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, (ends, np.arange(len(ends))))
    return answer


def _whole(raw: bytes, at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the whole numbers of four bytes that begin at some places."""
    bytes_ = np.frombuffer(raw, np.uint8)[at[:, None] + np.arange(4)]
    return np.ascontiguousarray(bytes_).view("<i4").ravel()


def _points(raw: bytes, at: np.ndarray[Any, Any], count: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return all points of some runs: where each begins in the bytes, and how many points it has."""
    out = np.empty((int(count.sum()), 2))
    run = np.repeat(np.arange(len(at)), count)
    step = np.arange(len(run)) - np.repeat(np.cumsum(count) - count, count)
    for odd in np.unique(at % 8).tolist():  # runs may begin at any even byte
        numbers = np.frombuffer(raw, "<f8", (len(raw) - odd) // 8, odd)
        here = at[run] % 8 == odd
        first = (at[run[here]] - odd) // 8 + 2 * step[here]
        out[here] = np.column_stack([numbers[first], numbers[first + 1]])
    return out


def _shape(records: Records, k: int) -> Any:
    at, size = records.spans[k]
    raw = records.raw
    kind = struct.unpack("<i", raw[at : at + 4])[0]
    if kind == 0:
        return None
    flat = 8 if kind in {8, 18, 28} else kind % 10
    if flat != records.kind or flat not in _KINDS:
        records.bad[k] = "kind"
        return None
    try:
        return _point(records, at, size, kind) if flat == 1 else _parted(records, at, size, (kind, flat))
    except (struct.error, ValueError, shapely.errors.GEOSException):
        records.bad[k] = "damaged"
        return None


def _point(records: Records, at: int, size: int, kind: int) -> Any:
    if size < 20:
        raise ValueError
    x, y = struct.unpack("<2d", records.raw[at + 4 : at + 20])
    if kind == 11 and size >= 28:
        z = struct.unpack("<d", records.raw[at + 20 : at + 28])[0]
        if np.isfinite(z) and z > _NO_DATA:
            return shapely.Point(x, y, z)
    return shapely.Point(x, y)


def _parted(records: Records, at: int, size: int, kinds: tuple[int, int]) -> Any:
    """Return a line, polygon or multipoint; raises ValueError where the counts exceed the record."""
    kind, flat = kinds
    raw = records.raw
    points = (
        struct.unpack("<i", raw[at + 36 : at + 40])[0] if flat == 8 else struct.unpack("<i", raw[at + 40 : at + 44])[0]
    )
    parts = 0 if flat == 8 else struct.unpack("<i", raw[at + 36 : at + 40])[0]
    head = 40 if flat == 8 else 44 + 4 * parts
    if parts < 0 or points < 0 or head + 16 * points > size:
        raise ValueError
    starts = np.frombuffer(raw, "<i4", parts, at + 44) if flat != 8 else np.zeros(1, int)
    if len(starts) and (starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > points):
        raise ValueError
    xy = np.frombuffer(raw, "<f8", 2 * points, at + head).reshape(-1, 2)
    if kind in {13, 15, 18}:
        xy = _with_heights(records, xy, at + head + 16 * points, size - head - 16 * points)
    pieces = [p for p in np.split(xy, starts[1:]) if len(p)] if len(starts) else []
    if not pieces:
        return None
    if flat == 8:
        return shapely.MultiPoint(pieces[0])
    if flat == 3:
        lines = [shapely.LineString(p if len(p) > 1 else np.repeat(p, 2, axis=0)) for p in pieces]
        return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    return _polygon(records, pieces)


def _with_heights(records: Records, xy: np.ndarray[Any, Any], at: int, room: int) -> np.ndarray[Any, Any]:
    if room < 16 + 8 * len(xy):
        return xy
    z = np.frombuffer(records.raw, "<f8", len(xy), at + 16)
    if room >= 2 * (16 + 8 * len(xy)):
        measures = np.frombuffer(records.raw, "<f8", len(xy), at + 8 * len(xy) + 32)
        records.measured |= bool((measures > _NO_DATA).any())
    if not (np.isfinite(z) & (z > _NO_DATA)).all():
        records.flat += 1
        return xy
    return np.column_stack([xy, z])


def _polygon(records: Records, pieces: list[np.ndarray[Any, Any]]) -> Any:
    """Return the polygon of a record: clockwise rings are shells.

    The others holes of the smallest shell around them.
    """
    closed = []
    for ring in pieces:
        whole = ring
        if not np.array_equal(ring[0], ring[-1]) and np.isfinite(ring).all():
            whole = np.vstack([ring, ring[:1]])
            records.unclosed += 1
        closed.append(np.vstack([whole, *[whole[-1:]] * (4 - len(whole))]) if len(whole) < 4 else whole)
    if len(closed) == 1:
        return shapely.Polygon(closed[0])
    with np.errstate(all="ignore"):
        turns = [float(np.dot(r[:-1, 0], r[1:, 1]) - np.dot(r[1:, 0], r[:-1, 1])) for r in (c - c[0] for c in closed)]
    shells = [r for r, t in zip(closed, turns, strict=True) if t <= 0] or closed
    holes = [r for r, t in zip(closed, turns, strict=True) if t > 0] if len(shells) < len(closed) else []
    return with_holes(shells, holes)


def with_holes(shells: list[np.ndarray[Any, Any]], holes: list[np.ndarray[Any, Any]]) -> Any:
    """Return one shape from shells and holes; a hole that lies in no shell becomes a part of its own."""
    outer = [shapely.Polygon(s) for s in shells]
    if len(outer) == 1:
        return shapely.Polygon(shells[0], holes)
    inside: list[list[np.ndarray[Any, Any]]] = [[] for _ in outer]
    if holes:
        order = np.argsort(shapely.area(outer), kind="stable")
        for hole in holes:
            seed = shapely.Point(hole[0][:2])
            home = next(
                (int(k) for k in order if outer[k].intersects(seed) and outer[k].area > shapely.Polygon(hole).area),
                None,
            )
            if home is None:
                outer.append(shapely.Polygon(hole))
                inside.append([])
            else:
                inside[home].append(hole)
    whole = [shapely.Polygon(p.exterior.coords, h) if h else p for p, h in zip(outer, inside, strict=True)]
    return shapely.MultiPolygon(whole)
