"""Which polygons of one layer lie on one another, and by how much: one definition for the import and for the checks.

All are cut into tiles first (`overlay.cut`), both sides of a pair, so that a zone of a hundred thousand vertices costs
no more for each parcel on it than a neighbour does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from .overlay import NOISE, Tiles, ValidShapes, cut, tested

Array = np.ndarray[Any, Any]

_CHUNK = 20_000
"""Tiles compared with all others at once, so that the pairs of a million parcels never stand in memory together."""


def self_overlaps(shapes: Array | ValidShapes, tiled: tuple[Array, Array] | None = None) -> tuple[Array, Array, Array]:
    """Pairs of polygons of one layer that share area, each pair once (i < j), and the area shared [m²], sorted.

    Missing and empty shapes pair with nothing; invalid ones are repaired for the measurement. Who only touches shares
    nothing; equal and contained polygons share all of the smaller one. `tiled` is `cut(shapes)`, where it is at hand.
    """
    world = Tiles(*(tiled or cut(shapes)))
    sums = [_pairs(world, begin, len(shapes)) for begin in range(0, len(world.tiles), _CHUNK)]
    if not sums:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    keys, areas = (np.concatenate(column) for column in zip(*sums, strict=True))
    pair, back = np.unique(keys, return_inverse=True)
    total = np.bincount(back, weights=areas, minlength=len(pair))
    kept = total > NOISE
    return pair[kept] // len(shapes), pair[kept] % len(shapes), total[kept]


def _pairs(world: Tiles, begin: int, count: int) -> tuple[Array, Array]:
    """Return owners (as one number) and shared area of the tiles from `begin` on with all tiles of later owners."""
    tiles, owner = world.tiles, world.owner
    one, two = world.tree.query(tiles[begin : begin + _CHUNK])
    one = one + begin
    later = owner[one] < owner[two]
    one, two = one[later], two[later]
    in_turn = np.lexsort((two, one))  # the index answers in an order of its own, and a sum depends on the order
    one, two = one[in_turn], two[in_turn]
    size = world.size
    swap = size[one] > size[two]
    small, large = np.where(swap, two, one), np.where(swap, one, two)
    inside = _contained(world, small, large)
    area = np.where(inside, size[small], 0.0)
    rest = np.flatnonzero(~inside)
    area[rest] = world.shared(tiles, small[rest], large[rest])
    kept = area > NOISE
    return owner[one[kept]].astype(np.int64) * count + owner[two[kept]], area[kept]


def _contained(world: Tiles, small: Array, large: Array) -> Array:
    """Which small tiles lie wholly within their large ones; only those whose box does are looked at."""
    box, tiles = world.box, world.tiles
    low, high = box[small, :2] > box[large, :2], box[small, 2:] < box[large, 2:]
    within = np.asarray(np.hstack([low, high]).all(axis=1))
    at = np.flatnonzero(within)
    within[at] = shapely.contains_properly(tiles[large[at]], tiles[small[at]])
    return within


def inside_another(shapes: Array | ValidShapes) -> Array:
    """Which polygons lie wholly within another, off its outline: they add nothing to the union of all.

    Seen by tiles (`overlay.cut`), so that one which lies across two tiles of a large polygon is not noticed.
    """
    valid = shapes if isinstance(shapes, ValidShapes) else tested(shapes)
    world, box = Tiles(*cut(valid)), shapely.bounds(valid.shapes)
    drawn = np.flatnonzero(~np.isnan(box[:, 0]))
    i, t = world.tree.query(shapely.points((box[drawn, :2] + box[drawn, 2:]) / 2))
    i = drawn[i]
    other = (box[i, :2] > world.box[t, :2]) & (box[i, 2:] < world.box[t, 2:])
    i, t = i[other.all(axis=1)], t[other.all(axis=1)]
    shapely.prepare(world.tiles[np.unique(t)])
    out = np.zeros(len(box), dtype=bool)
    out[i[shapely.contains_properly(world.tiles[t], valid.shapes[i])]] = True
    return out


def laid_over(shapes: Array, i: Array, j: Array, area: Array) -> Array:
    """Which polygons lie on top of a layer rather than in it: more than half of one is shared with smaller ones.

    `i`, `j` and `area` are its `self_overlaps`. Of two equal ones the later counts as the larger.
    """
    size = shapely.area(shapes)
    larger = np.where((size[i] > size[j]), i, j)
    return np.asarray(np.bincount(larger, weights=area, minlength=len(shapes)) > 0.5 * size)
