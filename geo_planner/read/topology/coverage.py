"""Overlaps and gaps of polygons that are meant to cover the ground side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ...algorithms.selves import laid_over, self_overlaps
from ..repair import highest

Array = np.ndarray[Any, Any]

_MOST_VERTICES = 50_000
"""Outlines with more vertices are not searched for open wedges, which takes two buffers of the whole."""

_GAP_SHARE = 0.02
"""A hole in the union larger than this share of a typical polygon, and wide, is a street or a courtyard and no gap."""

_BLOCK = 2000
"""Features looked at together: few enough to stay in the processor's cache, many enough to have neighbours inside."""

_MOST_PAIRS, _PAIRS_EACH, _PAIRS_HELD = 200_000, 30, 20_000_000
"""Neighbours by their boxes: so many in any layer, so many more a feature, never more. A park has about ten a feature;
beyond that shapes lie in a heap, and comparing each with each would take hours."""

_SAMPLE = 2000


class TooManyPairs(Exception):
    """So many shapes lie on top of each other that their pairs cannot be listed; caught where a note is made of it."""


def suspects(shapes: Array) -> Array:
    """Return the rows whose borders do not fit their neighbours: they overlap, or leave a gap a tenth of a plot wide.

    The test of a coverage is linear, so that the costly comparisons are made for these rows only. It is made block by
    block, each with all the neighbours it has, which finds what one test of the whole finds in little memory.
    """
    if len(shapes) < 2:
        return np.zeros(0, int)
    _refuse_heap(shapes)
    reach = 0.1 * float(np.median(_width(shapes)))

    def odd(block: tuple[Array, Array]) -> Array:
        """Return which rows of a block do not fit."""
        rows, near = block
        edges = shapely.coverage_invalid_edges(shapes[near], gap_width=reach)
        answer: Array = np.intersect1d(near[~shapely.is_empty(edges)], rows)
        return answer

    with ThreadPoolExecutor(2) as pool:  # the library lets go of the interpreter while it compares
        found = list(pool.map(odd, _blocks(shapes, reach)))
    answer: Array = np.sort(np.concatenate(found))
    return answer


def most_pairs(features: int) -> int:
    """Return how many pairs of neighbours a layer of so many features may have before it counts as a heap."""
    return min(_MOST_PAIRS + _PAIRS_EACH * features, _PAIRS_HELD)


def _refuse_heap(shapes: Array) -> None:
    """Raise TooManyPairs where some features, taken evenly, have so many neighbours that all together have too many."""
    tree, most = shapely.STRtree(shapes), most_pairs(len(shapes))
    sample = np.unique(np.linspace(0, len(shapes) - 1, _SAMPLE).astype(int))
    found = 0
    for some in np.array_split(sample, len(sample) // 10 + 1):
        found += len(tree.query(shapes[some])[0])
        if found * len(shapes) / len(sample) > most:
            msg = f"over {most:,} pairs of features lie on top of each other"
            raise TooManyPairs(msg)


def _blocks(shapes: Array, reach: float) -> list[tuple[Array, Array]]:
    """Return the rows in groups of neighbours, each group with all rows within reach of it (itself among them)."""
    box, every = shapely.bounds(shapes), np.arange(len(shapes))
    groups = _halved((box[:, :2] + box[:, 2:]) / 2)
    around = [(*(box[g, :2].min(axis=0) - reach), *(box[g, 2:].max(axis=0) + reach)) for g in groups]
    group, near = shapely.STRtree(shapes).query(shapely.box(*np.array(around).T))
    if len(near) > 4 * len(shapes):  # large shapes reach over many groups: one look at the whole is cheaper
        return [(every, every)]
    ends = np.cumsum(np.bincount(group, minlength=len(groups)))[:-1]
    return list(zip(groups, np.split(near[np.argsort(group, kind="stable")], ends), strict=True))


def _halved(middles: Array) -> list[Array]:
    """Return rows in groups, halved along the longer side until each is small."""
    todo, out = [np.arange(len(middles))], []
    while todo:
        rows = todo.pop()
        if len(rows) <= _BLOCK:
            out.append(rows)
            continue
        side = int(np.argmax(np.ptp(middles[rows], axis=0)))
        half = len(rows) // 2
        order = np.argpartition(middles[rows, side], half)
        todo += [rows[order[:half]], rows[order[half:]]]
    return out


def overlaps(
    shapes: Array, rows: Array, life: tuple[Array, Array], tolerance: tuple[float, float]
) -> tuple[list[tuple[int, int]], list[tuple[int, int, float]], int]:
    """Return pairs of equal shapes, pairs that overlap with the shared area, and how many overlap by a hair.

    Only features that exist at one time are compared, and only where one of the two is among `rows`. An overlap is
    noise when it is smaller than the tolerance's area, or narrower than its width and below a hundred times that area.
    """
    area, width = tolerance
    _refuse_heap(shapes)
    one, two, size = self_overlaps(shapes)
    begin, end = life
    together = (begin[one] < end[two]) & (begin[two] < end[one]) & (np.isin(one, rows) | np.isin(two, rows))
    one, two, size = one[together], two[together], size[together]
    real = size > 100 * area
    thin = np.flatnonzero((size > area) & ~real)
    border = shapely.length(shapely.intersection(shapes[one[thin]], shapes[two[thin]]))
    real[thin] = 2 * size[thin] > width * border
    hairlines = int(((size > 0.1 * area) & ~real).sum())
    one, two, size = one[real], two[real], size[real]
    alike = np.flatnonzero(np.isclose(size, np.maximum(*shapely.area(np.array([shapes[one], shapes[two]])))))
    same = np.zeros(len(one), bool)
    same[alike] = shapely.equals(shapes[one[alike]], shapes[two[alike]])
    copies = list(zip(one[same].tolist(), two[same].tolist(), strict=True))
    rest = list(zip(one[~same].tolist(), two[~same].tolist(), size[~same].tolist(), strict=True))
    return copies, rest, hairlines


def in_layer(shapes: Array, pairs: list[tuple[int, int, float]]) -> Array:
    """Return the rows that lie in the layer and not on top of it, as a zone drawn over plots does; `pairs` overlap.

    Only what lies side by side can leave a gap.
    """
    one, two, size = (np.array(column) for column in zip(*pairs, strict=True)) if pairs else np.zeros((3, 0))
    return np.flatnonzero(~laid_over(shapes, one.astype(int), two.astype(int), size))


def gaps(shapes: Array, rows: Array, area: float, width: float, inside: Array | None = None) -> Array:
    """Return holes between polygons, one of them among the suspect `rows`, that are too small or too thin to be meant.

    `inside` are the rows that lie side by side (all, if not told); the rest can only cover a hole. Holes wider than a
    tenth of a typical polygon's own width are streets, courts or land of others and are left out.
    """
    if len(rows) == 0:
        return np.array([], dtype=object)
    tree = shapely.STRtree(shapes)
    shapes = shapes if inside is None else shapes[inside]
    rows = rows if inside is None else np.searchsorted(inside, rows)
    usual, beside = _width(shapes), tree if inside is None else shapely.STRtree(shapes)
    wide = 0.1 * float(np.median(usual))
    small = _GAP_SHARE * float(np.median(shapely.area(shapes)))
    near = np.unique(beside.query(shapes[rows], predicate="dwithin", distance=wide)[1])
    found = [np.array([], dtype=object)]
    for some in _clusters(shapes, near, wide):
        whole = shapely.union_all(shapes[some])
        rings = [r for part in shapely.get_parts(whole) if part.geom_type == "Polygon" for r in part.interiors]
        holes = _uncovered(tree, shapely.polygons(rings)) if rings else found[0]
        size, thick = shapely.area(holes), 2 * shapely.area(holes) / np.maximum(shapely.length(holes), 1e-12)
        meant = (size <= area) | (thick <= width) | ((thick >= wide) & (size >= small))
        found += [_between(shapes[some], holes[~meant])]
        found += [_uncovered(tree, _notches(shapes[some], whole, area, (width, 0.1 * wide)))]
    return np.concatenate(found)


def _clusters(shapes: Array, rows: Array, apart: float) -> list[Array]:
    """Return the rows in groups that lie farther apart from each other than that."""
    around = shapely.bounds(shapes[rows]) + np.array([-apart, -apart, apart, apart])
    one, two = shapely.STRtree(shapes[rows]).query(shapely.box(*around.T))
    links = coo_matrix((np.ones(len(one), bool), (one, two)), shape=(len(rows), len(rows)))
    label = connected_components(links, directed=False)[1]
    order = np.argsort(label, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(label[order])) + 1)


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


def _notches(shapes: Array, whole: Any, area: float, widths: tuple[float, float]) -> Array:
    """Return thin wedges between neighbours that open to the outside.

    `widths` are the width of drawing noise and the growth that closes a wedge: a hundredth of the usual width.
    """
    width, reach = widths
    if reach <= width or shapely.get_num_coordinates(whole) > _MOST_VERTICES:
        return np.array([], dtype=object)
    closed = shapely.buffer(shapely.buffer(whole, reach, join_style="mitre"), -reach, join_style="mitre")
    thin = shapely.get_parts(_added(closed, whole, width / 10))
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


def _added(closed: Any, whole: Any, step: float) -> Any:
    """Return what was added to a shape; growing and shrinking may have left an outline that only a grid can compare."""
    try:
        return shapely.difference(closed, whole)
    except shapely.errors.GEOSException:
        sound = highest(shapely.make_valid(closed, method="structure", keep_collapsed=False))
        return shapely.difference(sound, whole, grid_size=step)
