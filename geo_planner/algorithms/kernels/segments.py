"""Which segments of different lines lie near each other: a grid of cells that each segment enters along its way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]


@compiled
def _to_segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:  # noqa: PLR0913, PLR0917
    """Square of the distance from a point to a segment."""
    x, y, dx, dy = px - ax, py - ay, bx - ax, by - ay
    length = dx * dx + dy * dy
    t = 0.0
    if length > 0.0:
        t = min(max((x * dx + y * dy) / length, 0.0), 1.0)
    x, y = x - t * dx, y - t * dy
    return x * x + y * y


@compiled
def _apart(a: Array, b: Array, s: int, t: int) -> float:
    """Return the distance of segments `s` and `t`; 0 where they cross."""
    ax, ay, bx, by = a[s, 0], a[s, 1], b[s, 0], b[s, 1]
    cx, cy, dx, dy = a[t, 0], a[t, 1], b[t, 0], b[t, 1]
    one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    if one * two < 0.0 and three * four < 0.0:
        return 0.0
    nearest = min(_to_segment(ax, ay, cx, cy, dx, dy), _to_segment(bx, by, cx, cy, dx, dy))
    return math.sqrt(min(nearest, _to_segment(cx, cy, ax, ay, bx, by), _to_segment(dx, dy, ax, ay, bx, by)))


@compiled
def _rows(ends: tuple[float, float, float, float], west: float, east: float, reach: float) -> tuple[float, float]:
    """Lowest and highest y of the part of a segment between two meridians, each side grown by `reach`."""
    x0, y0, x1, y1 = ends
    if x0 > x1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    low, high = y0, y1
    if x1 > x0:
        slope = (y1 - y0) / (x1 - x0)
        low = y0 + slope * (min(max(west - reach, x0), x1) - x0)
        high = y0 + slope * (min(max(east + reach, x0), x1) - x0)
    return min(low, high) - reach, max(low, high) + reach


@compiled
def _joined(a: Array, b: Array, tips: Array, s: int, t: int) -> bool:
    """Whether two segments share an end that is the end of both their lines, and nothing more than that end."""
    for p in range(2):
        for q in range(2):
            if not (tips[s, p] and tips[t, q]):
                continue
            px, py = (a[s, 0], a[s, 1]) if p == 0 else (b[s, 0], b[s, 1])
            qx, qy = (a[t, 0], a[t, 1]) if q == 0 else (b[t, 0], b[t, 1])
            if px != qx or py != qy:
                continue
            ux, uy = (b[s, 0] - px, b[s, 1] - py) if p == 0 else (a[s, 0] - px, a[s, 1] - py)
            vx, vy = (b[t, 0] - px, b[t, 1] - py) if q == 0 else (a[t, 0] - px, a[t, 1] - py)
            if ux * vy - uy * vx != 0.0 or ux * vx + uy * vy <= 0.0:
                return True
    return False


@compiled
def _enter(ends: tuple[float, float, float, float], size: float, up: int, begin: Array, held: Array, s: int) -> None:  # noqa: PLR0913, PLR0917
    """Count a segment in each cell that it passes, or, where `held` has room, put it there."""
    for c in range(int(min(ends[0], ends[2]) / size), int(max(ends[0], ends[2]) / size) + 1):
        low, top = _rows(ends, c * size, (c + 1) * size, 1e-9 * size)
        for r in range(max(int(low / size), 0), min(int(top / size), up - 1) + 1):
            if len(held):
                begin[c * up + r] -= 1
                held[begin[c * up + r]] = s
            else:
                begin[c * up + r + 1] += 1


@compiled
def _ends(a: Array, b: Array, corner: Array, s: int) -> tuple[float, float, float, float]:
    return a[s, 0] - corner[0], a[s, 1] - corner[1], b[s, 0] - corner[0], b[s, 1] - corner[1]


@compiled
def _cells(a: Array, b: Array, corner: Array, size: float, up: int) -> tuple[Array, Array]:
    """Return where the list of each cell begins, and the segments of each cell, those that pass it."""
    across = int((max(a[:, 0].max(), b[:, 0].max()) - corner[0]) / size) + 2
    begin = np.zeros(across * up + 1, np.int64)
    nothing = np.empty(0, np.int64)
    for s in range(len(a)):
        _enter(_ends(a, b, corner, s), size, up, begin, nothing, s)
    begin = np.cumsum(begin)
    held = np.empty(begin[-1], np.int64)
    begin[:-1] = begin[1:]
    for s in range(len(a)):
        _enter(_ends(a, b, corner, s), size, up, begin, held, s)
    return begin, held


@compiled
def _around(  # noqa: PLR0913, PLR0917
    ends: tuple[float, float, float, float],
    size: float,
    up: int,
    grid: tuple[Array, Array],
    reach: float,
    seen: Array,
    s: int,
    out: Array,
) -> int:
    """Write the segments in the cells within `reach` of a segment's way to `out`, each once; return how many."""
    begin, held = grid
    across, many = len(begin) // up, 0
    west, east = min(ends[0], ends[2]) - reach, max(ends[0], ends[2]) + reach
    for c in range(max(int(west / size), 0), min(int(east / size), across - 1) + 1):
        low, top = _rows(ends, c * size, (c + 1) * size, reach * (1 + 1e-9) + 1e-9 * size)
        for r in range(max(int(low / size), 0), min(int(top / size), up - 1) + 1):
            for k in range(begin[c * up + r], begin[c * up + r + 1]):
                t = held[k]
                if seen[t] != s:
                    seen[t] = s
                    out[many] = t
                    many += 1
    return many


@compiled
def near_segments(  # noqa: PLR0913, PLR0917  (a compiled loop takes arrays, not objects)
    a: Array, b: Array, line: Array, tips: Array, reach: float, count: int
) -> tuple[Array, Array]:
    """Pairs of lines no farther apart than `reach`: left * count + right, and the least distance of their segments.

    Segments come in the order of their lines; `tips` tells of each whether its two ends are ends of its line: segments
    that only share such an end are no pair. A segment is entered into the cells that it passes; each asks the cells
    within `reach` of its own way. Pairs come in order of the left line.
    """
    n = len(a)
    key, distance, found = np.empty(max(n, 16), np.int64), np.empty(max(n, 16)), 0
    if n == 0:
        return key[:0], distance[:0]
    corner = np.array([min(a[:, 0].min(), b[:, 0].min()), min(a[:, 1].min(), b[:, 1].min())])
    wide = max(a[:, 0].max(), b[:, 0].max()) - corner[0]
    high = max(a[:, 1].max(), b[:, 1].max()) - corner[1]
    size = np.abs(a - b).sum() / n + reach  # quicker than half or twice as much on the pipes of a city
    size = max(size, math.sqrt(wide * high / (4.0 * n + 1e4)), max(wide, high) / 1e6, 1e-3)
    up = int(high / size) + 1
    grid = _cells(a, b, corner, size, up)
    seen, slot, others = np.full(n, -1, np.int64), np.full(count, -1, np.int64), np.empty(n, np.int64)
    for s in range(n):
        for q in range(_around(_ends(a, b, corner, s), size, up, grid, reach, seen, s, others)):
            t = others[q]
            if line[s] >= line[t]:
                continue
            d = _apart(a, b, s, t)
            if d > reach or _joined(a, b, tips, s, t):
                continue
            at, name = slot[line[t]], line[s] * count + line[t]
            if at >= 0 and key[at] == name:
                distance[at] = min(distance[at], d)
                continue
            if found == len(key):
                key = np.concatenate((key, np.empty_like(key)))
                distance = np.concatenate((distance, np.empty_like(distance)))
            key[found], distance[found], slot[line[t]] = name, d, found
            found += 1
    return key[:found].copy(), distance[:found].copy()
