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


def overlaps(
    shapes: Array, life: tuple[Array, Array], area: float, width: float
) -> tuple[list[tuple[int, int]], list[tuple[int, int, float]]]:
    """Return pairs of equal shapes, and pairs that overlap with the shared area, at one time.

    An overlap is noise when it is smaller than `area` m², or narrower than `width` metres and below a hundred times
    `area`.
    """
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = one < two
    one, two = one[first], two[first]
    begin, end = life
    together = (begin[one] < end[two]) & (begin[two] < end[one])
    one, two = one[together], two[together]
    inner = ~shapely.touches(shapes[one], shapes[two])
    one, two = one[inner], two[inner]
    shared = shapely.intersection(shapes[one], shapes[two])
    size = shapely.area(shared)
    real = (size > 100 * area) | ((size > area) & (2 * size > width * shapely.length(shared)))
    one, two, size = one[real], two[real], size[real]
    same = shapely.equals(shapes[one], shapes[two]) if len(one) else np.zeros(0, bool)
    order = np.lexsort((two, one))
    copies = [(int(one[k]), int(two[k])) for k in order if same[k]]
    rest = [(int(one[k]), int(two[k]), float(size[k])) for k in order if not same[k]]
    return copies, rest


def gaps(shapes: Array, area: float, width: float) -> Array:
    """Return holes between polygons that are too small or too thin to be meant.

    Holes wider than a tenth of a typical polygon's own width are streets, courts or land of others and are left out.
    """
    if len(shapes) < 2:
        return np.array([], dtype=object)
    whole = shapely.union_all(shapes)
    rings = [r for part in shapely.get_parts(whole) for r in part.interiors]
    if not rings:
        return _notches(shapes, whole, area, width)
    holes = shapely.polygons(rings)
    usual = _width(shapes)
    size, thick = shapely.area(holes), 2 * shapely.area(holes) / shapely.length(holes)
    small = (
        (size > area)
        & (thick > width)
        & ((thick < 0.1 * float(np.median(usual))) | (size < _GAP_SHARE * float(np.median(shapely.area(shapes)))))
    )
    inner = holes[small]
    own = [shapely.Polygon(r) for s in shapes for p in shapely.get_parts(s) for r in p.interiors]
    if own and len(inner):  # a hole that one polygon has by itself lies between none
        tree = shapely.STRtree(own)
        hit, _ = tree.query(inner, predicate="covered_by")
        inner = np.delete(inner, np.unique(hit))
    return np.concatenate([inner, _notches(shapes, whole, area, width)])


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
    answer = kept
    return answer
