"""Overlaps and gaps of polygons that are meant to cover the ground side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

_MOST_VERTICES = 50_000
"""Outlines with more vertices are not searched for open wedges, which takes two buffers of the whole."""

_GAP_SHARE = 0.02
"""A hole in the union larger than this share of a typical polygon, and wide, is a street or a courtyard and no gap."""


def suspects(shapes: Array) -> Array:
    """Return the rows whose borders do not fit their neighbours: they overlap, or leave a gap a tenth of a plot wide.

    The test of a coverage is linear, so that the costly comparisons are made for these rows only.
    """
    if len(shapes) < 2:
        return np.zeros(0, int)
    reach = 0.1 * float(np.median(_width(shapes)))
    return np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=reach)))


def overlaps(
    shapes: Array, rows: Array, life: tuple[Array, Array], tolerance: tuple[float, float]
) -> tuple[list[tuple[int, int]], list[tuple[int, int, float]], int]:
    """Return pairs of equal shapes, pairs that overlap with the shared area, and how many overlap by a hair.

    Only features that exist at one time are compared, and only where one of the two is among the suspect `rows`. An
    overlap is noise when it is smaller than the tolerance's area, or narrower than its width and below a hundred times
    that area.
    """
    area, width = tolerance
    left, two = shapely.STRtree(shapes).query(shapes[rows], predicate="intersects")
    one = rows[left]
    pairs = np.unique(np.sort(np.column_stack([one, two])[one != two], axis=1), axis=0).reshape(-1, 2)
    one, two = pairs[:, 0], pairs[:, 1]
    begin, end = life
    together = (begin[one] < end[two]) & (begin[two] < end[one])
    one, two = one[together], two[together]
    inner = ~shapely.touches(shapes[one], shapes[two])
    one, two = one[inner], two[inner]
    shared = shapely.intersection(shapes[one], shapes[two])
    size = shapely.area(shared)
    real = (size > 100 * area) | ((size > area) & (2 * size > width * shapely.length(shared)))
    hairlines = int(((size > 0.1 * area) & ~real).sum())
    one, two, size = one[real], two[real], size[real]
    same = shapely.equals(shapes[one], shapes[two]) if len(one) else np.zeros(0, bool)
    order = np.lexsort((two, one))
    copies = [(int(one[k]), int(two[k])) for k in order if same[k]]
    rest = [(int(one[k]), int(two[k]), float(size[k])) for k in order if not same[k]]
    return copies, rest, hairlines


def gaps(shapes: Array, rows: Array, area: float, width: float) -> Array:
    """Return holes between polygons, one of them among the suspect `rows`, that are too small or too thin to be meant.

    Holes wider than a tenth of a typical polygon's own width are streets, courts or land of others and are left out.
    """
    if len(rows) == 0:
        return np.array([], dtype=object)
    tree = shapely.STRtree(shapes)
    near = tree.query(shapes[rows], predicate="dwithin", distance=0.1 * float(np.median(_width(shapes))))[1]
    whole = shapely.union_all(shapes[np.unique(near)])
    rings = [r for part in shapely.get_parts(whole) if part.geom_type == "Polygon" for r in part.interiors]
    wedges = _uncovered(tree, _notches(shapes[np.unique(near)], whole, area, width))
    if not rings:
        return wedges
    holes = _uncovered(tree, shapely.polygons(rings))
    if len(holes) == 0:
        return wedges
    usual = _width(shapes)
    size, thick = shapely.area(holes), 2 * shapely.area(holes) / shapely.length(holes)
    small = (
        (size > area)
        & (thick > width)
        & ((thick < 0.1 * float(np.median(usual))) | (size < _GAP_SHARE * float(np.median(shapely.area(shapes)))))
    )
    inner = holes[small]
    return np.concatenate([_between(shapes[np.unique(near)], inner), wedges])


def _between(shapes: Array, holes: Array) -> Array:
    """Return the holes that no single polygon has by itself."""
    own = [shapely.Polygon(r) for s in shapes for p in shapely.get_parts(s) for r in p.interiors]
    if not own or len(holes) == 0:
        return holes
    hit, _ = shapely.STRtree(own).query(holes, predicate="covered_by")
    return np.delete(holes, np.unique(hit))


def _uncovered(tree: shapely.STRtree, holes: Array) -> Array:
    """Return the holes whose inside no polygon of the whole layer covers."""
    if len(holes) == 0:
        return holes
    hit, _ = tree.query(shapely.point_on_surface(holes), predicate="intersects")
    return np.delete(holes, np.unique(hit))


def _width(shapes: Array) -> Array:
    border = shapely.length(shapes)
    answer: np.ndarray[Any, Any] = np.divide(
        2 * shapely.area(shapes), border, out=np.zeros(len(shapes)), where=border > 0
    )
    return answer


def _notches(shapes: Array, whole: Any, area: float, width: float) -> Array:
    """Return thin wedges between neighbours that open to the outside.

    Closed by a growth of a hundredth of the usual width.
    """
    reach = 0.01 * float(np.median(_width(shapes)))
    if reach <= width or shapely.get_num_coordinates(whole) > _MOST_VERTICES:
        return np.array([], dtype=object)
    closed = shapely.buffer(shapely.buffer(whole, reach, join_style="mitre"), -reach, join_style="mitre")
    thin = shapely.get_parts(shapely.difference(closed, whole))
    thin = thin[shapely.get_dimensions(thin) == 2]
    if len(thin) == 0:
        answer: np.ndarray[Any, Any] = thin
        return answer
    tree = shapely.STRtree(shapes)
    piece, _ = tree.query(thin, predicate="intersects")
    neighbours = np.bincount(piece, minlength=len(thin))
    thick = 2 * shapely.area(thin) / np.maximum(shapely.length(thin), 1e-12)
    holes = [shapely.Polygon(r) for part in shapely.get_parts(whole) for r in part.interiors]
    kept = thin[(neighbours >= 2) & (shapely.area(thin) > max(area, reach * reach)) & (thick > width)]
    if holes and len(kept):  # closed holes are counted already
        inside, _ = shapely.STRtree(holes).query(kept, predicate="intersects")
        kept = np.delete(kept, np.unique(inside))
    last: np.ndarray[Any, Any] = kept
    return last
