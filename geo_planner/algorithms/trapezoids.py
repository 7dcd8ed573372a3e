"""The area that two polygons share, as a signed sum over pairs of their edges, for very many pairs at once.

Every term is taken from differences of the corners of its own pair, and the terms of a pair are added in the order of
its edges: what a pair shares depends on neither where the world begins nor what else is measured with it. The compiled
loop and its twin in numpy take the same steps and agree to the last bit, so that a part of a plan says what the whole
says.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from .kernels import loops_for

Array = np.ndarray[Any, Any]
Edges = tuple[Array, Array]
"""Directed edges (x0, y0, x1, y1), shells counter-clockwise, and where those of each polygon begin."""

_TERMS = 500_000
"""Pairs of edges that the twin in numpy holds at once."""


def edges_of(shapes: Array) -> Edges:
    """Return the directed edges of single polygons, shells counter-clockwise and holes clockwise."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    edges, of = np.hstack([xy[first], xy[first + 1]]), ring[first]
    # Twice the signed area of each ring, seen from its own first corner, tells its turn; the first ring is the shell.
    begins = xy[np.searchsorted(ring, np.arange(len(rings)))][of]
    near = edges - np.hstack([begins, begins])
    turn = np.bincount(of, weights=near[:, 0] * near[:, 3] - near[:, 2] * near[:, 1], minlength=len(rings))
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = owner[1:] != owner[:-1]
    against = ((turn > 0) != shell)[of]
    edges[against] = edges[against][:, [2, 3, 0, 1]]
    return np.ascontiguousarray(edges), np.searchsorted(owner[of], np.arange(len(shapes) + 1)).astype(np.int64)


def shared_area(ours: Edges, theirs: Edges, i: Array, j: Array) -> Array:
    """Return the area that our polygon `i` shares with their polygon `j`."""
    size = np.diff(ours[1])[i] * np.diff(theirs[1])[j]
    quick = loops_for("areas", int(size.sum()))
    return np.asarray(quick.shared(*ours, *theirs, i, j)) if quick else _shared(ours, theirs, (i, j), size)


def _shared(ours: Edges, theirs: Edges, pairs: tuple[Array, Array], size: Array) -> Array:
    """Return what the compiled loop returns, by whole arrays; `size` are the pairs of edges of each pair."""
    i, j = pairs
    cuts = np.searchsorted(np.cumsum(size), np.arange(_TERMS, int(size.sum()), _TERMS)) + 1
    parts = np.split(np.arange(len(i)), np.unique(cuts))
    return np.concatenate([_terms(ours, theirs, i[at], j[at]) for at in parts])


def _terms(ours: Edges, theirs: Edges, i: Array, j: Array) -> Array:
    """Return the sums of some pairs: each of their edges in turn against each of ours."""
    low, west, east = _reach(ours, i)
    pair, b = _spread(theirs[1], j)
    x0, y0, x1, y1 = theirs[0][b].T
    far = (np.maximum(x0, x1) <= west[pair]) | (np.minimum(x0, x1) >= east[pair])
    near = (x0 != x1) & ~far & ~((y0 <= low[pair]) & (y1 <= low[pair]))
    pair, b = pair[near], b[near]
    at, a = _spread(ours[1], i[pair])
    pair, our, their = pair[at], ours[0][a], theirs[0][b[at]]
    ends = np.minimum(our[:, [0, 2]].max(axis=1), their[:, [0, 2]].max(axis=1))
    begins = np.maximum(our[:, [0, 2]].min(axis=1), their[:, [0, 2]].min(axis=1))
    kept = np.flatnonzero((our[:, 0] != our[:, 2]) & (ends > begins))
    terms = _term(our[kept], their[kept], low[pair[kept]])
    return np.bincount(pair[kept], weights=terms, minlength=len(i))


def _spread(begin: Array, of: Array) -> tuple[Array, Array]:
    """Return each position of `of` as often as its polygon has edges, and those edges."""
    count = begin[of + 1] - begin[of]
    at = np.repeat(np.arange(len(of)), count)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + begin[of][at]


def _reach(edges: Edges, of: Array) -> tuple[Array, Array, Array]:
    """Return the lowest, western and eastern ends of some polygons; infinity where one has no edges."""
    low, west, east = np.full(len(of), np.inf), np.full(len(of), np.inf), np.full(len(of), -np.inf)
    has = np.flatnonzero(edges[1][of] < edges[1][of + 1])
    at, edge = _spread(edges[1], of[has])
    if len(has):
        begin = np.searchsorted(at, np.arange(len(has)))
        x, y = edges[0][edge][:, [0, 2]], edges[0][edge][:, [1, 3]]
        low[has] = np.minimum.reduceat(y.min(axis=1), begin)
        west[has] = np.minimum.reduceat(x.min(axis=1), begin)
        east[has] = np.maximum.reduceat(x.max(axis=1), begin)
    return low, west, east


def _eastward(edges: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return edges from west to east, and 1 where one was turned for it, else -1."""
    back = edges[:, 0] > edges[:, 2]
    x0, y0, x1, y1 = np.where(back[:, None], edges[:, [2, 3, 0, 1]], edges).T
    return x0, y0, x1, y1, np.where(back, 1.0, -1.0)


def _term(our: Array, their: Array, low: Array) -> Array:
    """Return the signed area below both edges of each pair and above the ground, in the steps of the compiled loop."""
    bx0, by0, bx1, by1, sign = _eastward(their)
    ax0, ay0, ax1, ay1, turn = _eastward(our)
    x0, x1 = np.maximum(ax0, bx0), np.minimum(ax1, bx1)
    slope_a, slope_b = (ay1 - ay0) / (ax1 - ax0), (by1 - by0) / (bx1 - bx0)
    u0, u1 = (ay0 - low) + slope_a * (x0 - ax0), (ay0 - low) + slope_a * (x1 - ax0)
    v0, v1 = (by0 - low) + slope_b * (x0 - bx0), (by0 - low) + slope_b * (x1 - bx0)
    d0, d1 = u0 - v0, u1 - v1
    s, t = _where_zero(d0, d1), _where_zero(v0, v1)
    s, t = np.minimum(s, t), np.maximum(s, t)
    h0 = np.maximum(0.0, np.minimum(u0, v0))
    hs = np.maximum(0.0, np.minimum(u0 + s * (u1 - u0), v0 + s * (v1 - v0)))
    ht = np.maximum(0.0, np.minimum(u0 + t * (u1 - u0), v0 + t * (v1 - v0)))
    h1 = np.maximum(0.0, np.minimum(u1, v1))
    area = sign * turn * (x1 - x0) * ((h0 + hs) * s + (hs + ht) * (t - s) + (ht + h1) * (1.0 - t)) / 2.0
    return np.where((v0 <= 0.0) & (v1 <= 0.0), 0.0, area)


def _where_zero(begin: Array, end: Array) -> Array:
    """Return the share of the way at which a straight line changes its sign; 0 where it does not."""
    crosses = begin * end < 0.0
    return np.where(crosses, begin / np.where(crosses, begin - end, 1.0), 0.0)
