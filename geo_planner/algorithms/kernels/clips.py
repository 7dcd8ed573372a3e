"""What two polygons share, by walking their outlines from crossing to crossing (Weiler and Atherton 1977).

Only clean crossings are walked: where outlines touch or run along each other nothing is returned, and a ring that lies
wholly inside the other polygon is not seen. Who uses the pieces must prove them by their area.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]

_MOST = 32
"""Crossings of one pair at most; more are left to GEOS."""


@compiled
def _place(p: Array, a: int, q: Array, b: int) -> tuple[float, float]:
    """Return where two edges cross; on the line of the other one exactly, where that runs along an axis."""
    ax, ay, bx, by = p[a, 0], p[a, 1], p[a + 1, 0], p[a + 1, 1]
    cx, cy, dx, dy = q[b, 0], q[b, 1], q[b + 1, 0], q[b + 1, 1]
    if cx == dx:
        return cx, ay + (cx - ax) / (bx - ax) * (by - ay)
    if cy == dy:
        return ax + (cy - ay) / (by - ay) * (bx - ax), cy
    share = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / ((bx - ax) * (dy - cy) - (by - ay) * (dx - cx))
    return ax + share * (bx - ax), ay + share * (by - ay)


@compiled
def _crossings(p: Array, own: tuple[int, int], q: Array, other: tuple[int, int], met: tuple[Array, Array]) -> int:
    """Note where edges of two rings cross; return how many, -1 where too many or one touches.

    A row of `met[0]` is (edge of p, edge of q, 1 where p comes in, first corner of q's ring), of `met[1]` the place.
    """
    named, place = met
    many = 0
    for a in range(own[0], own[1] - 1):
        ax, ay, bx, by = p[a, 0], p[a, 1], p[a + 1, 0], p[a + 1, 1]
        for b in range(other[0], other[1] - 1):
            cx, cy, dx, dy = q[b, 0], q[b, 1], q[b + 1, 0], q[b + 1, 1]
            if max(cx, dx) < min(ax, bx) or min(cx, dx) > max(ax, bx):
                continue
            if max(cy, dy) < min(ay, by) or min(cy, dy) > max(ay, by):
                continue
            one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
            three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
            four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
            if one * two > 0.0 or three * four > 0.0:
                continue
            if many == len(named) or one * two == 0.0 or three * four == 0.0:
                return -1
            named[many, 0], named[many, 1], named[many, 2], named[many, 3] = a, b, int(four > 0.0), other[0]
            place[many, 0], place[many, 1] = _place(p, a, q, b)
            many += 1
    return many


@compiled
def _order(xy: Array, edge: Array, place: Array) -> Array:
    """Return crossings in the order in which a ring meets them."""
    many = len(edge)
    along, order = np.empty(many), np.arange(many)
    for c in range(many):
        k = edge[c]
        along[c] = (place[c, 0] - xy[k, 0]) * (xy[k + 1, 0] - xy[k, 0])
        along[c] += (place[c, 1] - xy[k, 1]) * (xy[k + 1, 1] - xy[k, 1])
    for n in range(1, many):
        c, m = order[n], n
        while m > 0:
            d = order[m - 1]
            if edge[d] < edge[c] or (edge[d] == edge[c] and along[d] <= along[c]):
                break
            order[m] = d
            m -= 1
        order[m] = c
    return order


@compiled
def _follow(xy: Array, ring: tuple[int, int], begin: int, end: int, wrapped: bool, out: tuple[Array, int]) -> int:  # noqa: PLR0913, PLR0917
    """Write the corners of a ring after edge `begin` up to edge `end`; return how many stand then."""
    held, at = out
    if begin == end and not wrapped:
        return at
    k = begin
    while True:
        k = k + 1 if k + 2 < ring[1] else ring[0]
        held[at, 0], held[at, 1] = xy[k, 0], xy[k, 1]
        at += 1
        if k == end:
            return at


@compiled
def _next(order: Array, ring: Array, c: int) -> tuple[int, bool]:
    """Return the crossing after `c` on its ring, and whether the way there passes the ring's first corner."""
    many = len(order)
    n = 0
    while order[n] != c:
        n += 1
    for step in range(1, many + 1):
        d = order[(n + step) % many]
        if ring[d] == ring[c]:
            return d, n + step >= many
    return c, True


@compiled
def _walk(  # noqa: PLR0913, PLR0917  (a compiled loop takes arrays, not objects)
    p: Array, own: tuple[int, int], q: Array, q_ring: Array, met: tuple[Array, Array], held: Array, at: int, ends: Array
) -> tuple[int, int]:
    """Write the rings of one pair; return how many corners stand then and how many rings were closed, -1 if none."""
    named, place = met
    many, closed = len(named), 0
    by_p, by_q = _order(p, named[:, 0], place), _order(q, named[:, 1], place)
    used, alone = np.zeros(many, np.bool_), np.zeros(many, np.int64)
    for first in range(many):
        if named[first, 2] == 0 or used[first]:
            continue
        begin, come = at, first
        while True:
            used[come] = True
            held[at, 0], held[at, 1] = place[come, 0], place[come, 1]
            go, wrapped = _next(by_p, alone, come)
            if named[go, 2] == 1:
                return at, -1
            at = _follow(p, own, named[come, 0], named[go, 0], wrapped, (held, at + 1))
            held[at, 0], held[at, 1] = place[go, 0], place[go, 1]
            come, wrapped = _next(by_q, named[:, 3], go)
            start = named[go, 3]
            ring = (start, q_ring[np.searchsorted(q_ring, start) + 1])
            at = _follow(q, ring, named[go, 1], named[come, 1], wrapped, (held, at + 1))
            if come == first:
                break
            if used[come] or named[come, 2] == 0:
                return at, -1
        held[at, 0], held[at, 1] = held[begin, 0], held[begin, 1]
        at += 1
        ends[closed] = at
        closed += 1
    return at, closed


@compiled
def shared(  # noqa: PLR0913, PLR0917
    p: Array, p_from: Array, q: Array, q_ring: Array, q_from: Array, j: Array
) -> tuple[Array, Array, Array]:
    """Return the corners of what pairs share, where each ring ends, and the pair it is of.

    The k-th polygon of `p` is one ring, `p_from[k]` to `p_from[k + 1]`; its partner `j[k]` has the rings `q_from[j]` to
    `q_from[j + 1]` of `q_ring`. Rings are closed, shells run counter-clockwise and holes clockwise.
    """
    room = 0
    for k in range(len(j)):
        room += p_from[k + 1] - p_from[k] + q_ring[q_from[j[k] + 1]] - q_ring[q_from[j[k]]] + 3 * _MOST
    held, ends, owner = np.empty((room, 2)), np.empty(_MOST * len(j), np.int64), np.empty(_MOST * len(j), np.int64)
    named, place, at, found = np.empty((_MOST, 4), np.int64), np.empty((_MOST, 2)), 0, 0
    for k in range(len(j)):
        own, many = (p_from[k], p_from[k + 1]), 0
        for r in range(q_from[j[k]], q_from[j[k] + 1]):
            more = _crossings(p, own, q, (q_ring[r], q_ring[r + 1]), (named[many:], place[many:]))
            if more < 0:
                many = -1
                break
            many += more
        if many < 2:
            continue
        stand, closed = _walk(p, own, q, q_ring, (named[:many], place[:many]), held, at, ends[found:])
        if closed > 0:
            owner[found : found + closed] = k
            found, at = found + closed, stand
    return held[:at].copy(), ends[:found].copy(), owner[:found].copy()
