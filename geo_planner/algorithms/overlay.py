"""How much of one polygon lies in another, for very many polygons at once.

Big polygons are cut into tiles first, which alone makes it several times faster. The area is then a signed sum over
pairs of edges (`trapezoids`): the indicator of a polygon is the sum of the signed trapezoids under its edges, so
area(P ∩ Z) = Σ Σ s_a s_b |T_a ∩ T_b|; no topology is built, and shared borders and holes need no special case. Only
pairs that are not wholly inside a tile are measured, and only their area: the shape is made by GEOS (`shared_shapes`),
for the pairs that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from .trapezoids import Edges, edges_of, shared_area

Array = np.ndarray[Any, Any]

_VERTICES = 256
"""Tiles are cut down to this many vertices; the best of 48 to 8192 on layers that are not dissolved."""
_CHUNK = 50_000
"""Polygons judged at once, so that edge arrays of a million parcels never stand in memory together."""
NOISE = 1e-6
"""Areas below this [m²] are rounding of the sum and count as nothing."""


def overlaps(
    left: Array | ValidShapes, right: Array, tiled: tuple[Array, Array] | None = None
) -> tuple[Array, Array, Array]:
    """Pairs of polygons that share area, and the area shared [m²], sorted by left then right.

    Missing and empty geometries pair with nothing. Invalid ones are repaired for the measurement (by structure).
    `tiled` is `cut(right)`, where it is at hand already.
    """
    left = _valid(left)
    world = Tiles(*(tiled or cut(right)))
    begin = range(0, len(left), _CHUNK) if len(world.tiles) else range(0)
    parts = [_chunk(left[a : a + _CHUNK], world, a) for a in begin]
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    i, j, area = (np.concatenate(column) for column in zip(*parts, strict=True))
    return i, j, area


def together(shapes: Any) -> shapely.Geometry:
    """Some shapes as one multipolygon, for evidence; an invalid one is mended for the drawing only, DA902 reports it.

    The parts are not dissolved: dissolving the land of a whole class costs more than judging it.
    """
    parts = np.asarray(_valid(shapes))
    if (shapely.get_type_id(parts) != _POLYGON).any():
        parts = shapely.get_parts(shapely.get_parts(parts))
        parts = parts[shapely.get_type_id(parts) == _POLYGON]
    return shapely.multipolygons(parts)


def covered(left: Array, right: Array) -> Array:
    """The area [m²] of each left polygon that lies in any of the right ones, counted once."""
    right = right[~(shapely.is_missing(right) | shapely.is_empty(right))]
    whole = np.array([shapely.union_all(_valid(right))] if len(right) else [], dtype=object)
    i, _, area = overlaps(left, whole)
    return np.bincount(i, weights=area, minlength=len(left))


def shared_shapes(left: Array | ValidShapes, tiled: tuple[Array, Array], i: Array, j: Array, area: Array) -> Array:
    """What each left polygon `i` shares with the right one `j`: polygons only, the evidence of an overlap.

    Made from the tiles of the right polygons (`cut`), so that a zone of forty thousand vertices is not walked again for
    every parcel. `area` is what `overlaps` measured of the pairs: who shares all of its area is not cut.
    """
    whole = _valid(left)[i]
    out = whole.copy()
    part = np.flatnonzero(area < shapely.area(whole) - NOISE)
    out[part] = _shared(whole[part], tiled, j[part])
    return out


def _shared(shapes: Array, tiled: tuple[Array, Array], j: Array) -> Array:
    """Return what each polygon shares with the tiles of the right one `j`."""
    tiles, owner = tiled
    k, t = shapely.STRtree(tiles).query(shapes) if len(tiles) else (j[:0], j[:0])
    k, t = k[owner[t] == j[k]], t[owner[t] == j[k]]
    shapely.prepare(tiles)
    inside = shapely.contains_properly(tiles[t], shapes[k])
    whole, k, t = k[inside], k[~inside], t[~inside]
    slices = np.array_split(np.arange(len(k)), 1 + len(k) // _SHARE)
    cuts = [_areal(shapely.intersection(shapes[k[at]], tiles[t[at]])) for at in slices]
    order = np.lexsort((t, k))  # the index answers in an order of its own
    pieces, group = np.concatenate(cuts)[order], k[order]
    return _gathered(np.concatenate([shapes[whole], pieces]), np.concatenate([whole, group]), len(j))


_POLYGON = int(shapely.GeometryType.POLYGON)
_SHARE = 10_000
"""Shapes that are intersected at once."""


def _gathered(pieces: Array, group: Array, count: int) -> Array:
    """Return the pieces of each group as one shape; seams between tiles disappear."""
    keep = ~shapely.is_empty(pieces)
    pieces, group = pieces[keep], group[keep]
    out = np.full(count, shapely.Polygon(), dtype=object)
    order = np.argsort(group, kind="stable")
    pieces, group = pieces[order], group[order]
    names, first, size = np.unique(group, return_index=True, return_counts=True)
    out[names] = pieces[first]
    for many in np.unique(size[size > 1]).tolist():
        begin = first[size == many]
        out[names[size == many]] = _as_one(pieces[begin[:, None] + np.arange(many)])
    return out


def _as_one(pieces: Array) -> Array:
    return np.asarray(shapely.union_all(pieces, axis=1))


def rest_shapes(left: Array, inside: Array) -> Array:
    """What of each left polygon is left without its inside part: polygons only; all of it where that is empty."""
    bare = shapely.is_empty(inside)
    out = np.array(left, dtype=object)
    part = np.flatnonzero(~bare)
    whole = np.asarray(_valid(left[part]))
    out[part] = _areal(shapely.difference(whole, inside[part]))
    return out


def cut(shapes: Array | ValidShapes, vertices: int = _VERTICES) -> tuple[Array, Array]:
    """Disjoint pieces of at most `vertices` vertices, and the index of the (repaired) polygon each came from.

    Exact: the pieces of a polygon add up to it. Polygons are halved across their longer side until small enough.
    """
    pieces, owner = shapely.get_parts(_valid(shapes), return_index=True)
    ready: list[tuple[Array, Array]] = []
    for _ in range(64):
        big = shapely.get_num_coordinates(pieces) > vertices
        ready.append((pieces[~big], owner[~big]))
        pieces, owner = pieces[big], owner[big]
        if not len(pieces):
            break
        pieces, owner = _halved(pieces, owner)
    ready.append((pieces, owner))
    pieces, owner = (np.concatenate(column) for column in zip(*ready, strict=True))
    polygonal = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
    pieces, owner = pieces[polygonal & ~shapely.is_empty(pieces)], owner[polygonal & ~shapely.is_empty(pieces)]
    order = np.argsort(owner, kind="stable")
    return pieces[order], owner[order]


def _halved(pieces: Array, owner: Array) -> tuple[Array, Array]:
    x0, y0, x1, y1 = shapely.bounds(pieces).T
    wide = (x1 - x0) >= (y1 - y0)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    low = np.column_stack([x0, y0, np.where(wide, x, x1), np.where(wide, y1, y)])
    high = np.column_stack([np.where(wide, x, x0), np.where(wide, y0, y), x1, y1])
    halves = np.concatenate([_clipped(pieces, low), _clipped(pieces, high)])
    # The quick cut of GEOS may fail on rings that run along the line; such pieces are intersected instead.
    whole = shapely.area(pieces)
    off = np.abs(shapely.area(halves).reshape(2, -1).sum(axis=0) - whole) > 1e-9 * whole + 1e-9
    bad = np.flatnonzero(np.tile(off, 2) | ~shapely.is_valid(halves))
    boxes = shapely.box(*np.concatenate([low, high])[bad].T)
    halves[bad] = shapely.intersection(np.concatenate([pieces, pieces])[bad], boxes)
    parts, at = shapely.get_parts(halves, return_index=True)
    return parts, np.concatenate([owner, owner])[at]


def _clipped(pieces: Array, boxes: Array) -> Array:
    return np.array([shapely.clip_by_rect(piece, *box) for piece, box in zip(pieces, boxes, strict=True)], dtype=object)


@dataclass(frozen=True, eq=False)
class ValidShapes:
    """Polygons that were tested and repaired; `overlaps` and its kin do not test them again.

    A value of its own and no array, so that nothing that shapely makes of them can pass for tested.
    """

    shapes: Array

    def __getitem__(self, at: Any) -> ValidShapes:
        return ValidShapes(self.shapes[at])

    def __len__(self) -> int:
        return len(self.shapes)


def tested(shapes: Array) -> ValidShapes:
    """Shapes with the invalid ones repaired (by structure, polygons only); missing ones stay missing."""
    return ValidShapes(_valid(shapes))


def _valid(shapes: Array | ValidShapes) -> Array:
    if isinstance(shapes, ValidShapes):
        return shapes.shapes
    shapes = np.asarray(shapes, dtype=object)
    bad = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if not bad.any():
        return shapes
    shapes = shapes.copy()
    shapes[bad] = _areal(shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False))
    return shapes


def _areal(shapes: Array) -> Array:
    """Return shapes without the points and lines that a collection may hold beside its polygons."""
    kind = shapely.get_type_id(shapes)
    mixed = (kind != shapely.GeometryType.POLYGON) & (kind != shapely.GeometryType.MULTIPOLYGON)
    if not mixed.any():
        return np.asarray(shapes)
    out = np.array(shapes, dtype=object)
    parts, at = shapely.get_parts(out[mixed], return_index=True)
    keep = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    empty = np.full(int(mixed.sum()), shapely.MultiPolygon(), dtype=object)
    out[mixed] = shapely.multipolygons(parts[keep], indices=at[keep], out=empty)
    return out


def _chunk(left: Array, world: Tiles, offset: int) -> tuple[Array, Array, Array]:
    """Return pairs and areas of some left polygons; only those on the outline of a tile are measured."""
    tiles, count = world.tiles, int(world.owner.max()) + 1
    # Rings are handed out for single polygons only, so parts are measured one by one and added up by their owner.
    plain = (shapely.get_type_id(left) == _POLYGON).all()
    parts, whose = (np.asarray(left), np.arange(len(left))) if plain else shapely.get_parts(left, return_index=True)
    i, t = world.tree.query(parts)
    shapely.prepare(tiles)
    inside = shapely.contains_properly(tiles[t], parts[i])
    area = np.where(inside, shapely.area(parts)[i], 0.0)
    cut_ = np.flatnonzero(~inside)
    cut_ = cut_[shapely.intersects(tiles[t[cut_]], parts[i[cut_]])]
    area[cut_] = world.shared(parts, i[cut_], t[cut_])
    keep = np.flatnonzero(area > NOISE)
    keep = keep[np.lexsort((t[keep], i[keep]))]  # the index answers in an order of its own, and a sum depends on it
    i, j, area = whose[i[keep]], world.owner[t[keep]], area[keep]
    pair, back = np.unique(i.astype(np.int64) * count + j, return_inverse=True)
    total = np.bincount(back, weights=area, minlength=len(pair))
    return pair // count + offset, pair % count, total


@dataclass(frozen=True, eq=False)
class Tiles:
    """The tiles that many are measured against, whose they are, a tree of them, and their edges."""

    tiles: Array
    owner: Array

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The tiles in a tree."""
        return shapely.STRtree(self.tiles)

    @cached_property
    def size(self) -> Array:
        """The area of each tile."""
        return np.asarray(shapely.area(self.tiles))

    @cached_property
    def box(self) -> Array:
        """The bounds of each tile, four columns."""
        return np.asarray(shapely.bounds(self.tiles))

    def shared(self, parts: Array, i: Array, t: Array) -> Array:
        """The area that part `i` and tile `t` share, by their edges."""
        if parts is self.tiles:
            return self._among(i, t)
        used, at = np.unique(i, return_inverse=True)
        return shared_area(edges_of(parts[used]), self.edges, at, t)

    def _among(self, i: Array, t: Array) -> Array:
        """The area that tiles share with one another; the edges of a few are not kept, for those of all are large."""
        used, at = np.unique(np.concatenate([i, t]), return_inverse=True)
        few = len(used) < len(self.tiles) / 2
        edges = edges_of(self.tiles[used]) if few else self.edges
        one, two = (at[: len(i)], at[len(i) :]) if few else (i, t)
        return shared_area(edges, edges, one, two)

    @cached_property
    def edges(self) -> Edges:
        """The directed edges of all tiles, and where those of each begin."""
        return edges_of(self.tiles)
