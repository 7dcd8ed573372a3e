"""What becomes of the evidence where a check finds very much: the worst keep their shapes, the rest keep their place.

Nothing is hidden: every finding stays in the table with its numbers. Only the drawing of the many is a point on the
evidence instead of its outline, because sixteen thousand outlines over one another show nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

Array = np.ndarray[Any, Any]
_NONE = (None, None)


class Dots:
    """Points in place of shapes, made once for a shape that the plan before has shown already.

    `taken` are the rows of the table before that the rows of this one are (-1: none of them).
    """

    def __init__(self, before: Dots | None = None, taken: Array | None = None) -> None:
        self._before = before._now if before else {}
        self._rows = before._placed if before and taken is not None else {}
        self._taken = np.empty(0, dtype=int) if taken is None else taken
        self._now: dict[tuple[str, int], tuple[shapely.Geometry, shapely.Geometry]] = {}
        self._placed: dict[str, tuple[Array, Array]] = {}

    def of(self, shapes: Array, make: Callable[[Array], Array], at: Array | None = None) -> Array:
        """Return what `make` makes of each shape; `at` are the rows of the table that they are of."""
        if at is None:
            return self._made(shapes, make)
        out, left = np.empty(len(shapes), dtype=object), np.ones(len(shapes), dtype=bool)
        if make.__name__ in self._rows:
            was, dots = self._rows[make.__name__]
            old = self._taken[at]
            there = np.flatnonzero((old >= 0) & (old < len(was)))
            same = [a is b for a, b in zip(was[old[there]].tolist(), shapes[there].tolist(), strict=True)]
            there = there[np.array(same, dtype=bool)]
            out[there], left[there] = dots[old[there]], False
        out[left] = self._made(shapes[left], make)
        self._placed[make.__name__] = (_at(shapes, at), _at(out, at))
        return out

    def _made(self, shapes: Array, make: Callable[[Array], Array]) -> Array:
        kind = make.__name__
        known = [self._before.get((kind, id(shape)), _NONE) for shape in shapes.tolist()]
        new = np.array([one[0] is not shape for one, shape in zip(known, shapes.tolist(), strict=True)], dtype=bool)
        out = np.array([one[1] for one in known], dtype=object)
        out[new] = make(shapes[new])
        self._now |= {(kind, id(a)): (a, b) for a, b in zip(shapes.tolist(), out.tolist(), strict=True)}
        return out


def _at(values: Array, rows: Array) -> Array:
    """Return the values in their rows; None in the others."""
    out = np.full(int(rows.max(initial=-1)) + 1, None, dtype=object)
    out[rows] = values
    return out


def dotted(rows: gpd.GeoDataFrame, most: int, dots: Dots | None = None) -> gpd.GeoDataFrame:
    """Findings whose evidence is a collection of more than `most` shapes have a point on each of these instead.

    Eighty thousand parcels far from a bus stop are a tone of the map, not outlines anybody reads.
    """
    shapes = np.array(rows.geometry.array, dtype=object)
    many = np.flatnonzero((shapely.get_num_geometries(shapes) > most) & (shapely.get_dimensions(shapes) > 0))
    if not len(many):
        return rows
    shapes[many] = dots.of(shapes[many], _on_each, many) if dots else _on_each(shapes[many])
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))


def _on_each(shapes: Array) -> Array:
    out = np.empty(len(shapes), dtype=object)
    for k, shape in enumerate(shapes.tolist()):  # one after the other: parts are copies, and there may be a million
        out[k] = shapely.multipoints(shapely.point_on_surface(shapely.get_parts(shape)))
    return out


def thinned(rows: gpd.GeoDataFrame, most: int, dots: Dots | None = None) -> gpd.GeoDataFrame:
    """Findings of which only the worst `most` keep their evidence whole; the rest have a point on it.

    The worst are errors before warnings, then those farthest from their limit.
    """
    if len(rows) <= most:
        return rows
    rank = rows["severity"].map({"error": 0, "warning": 1, "info": 2}).to_numpy()
    far = np.nan_to_num(np.abs(rows["value"].to_numpy() - rows["limit"].to_numpy()))
    rest = np.lexsort((np.arange(len(rows)), -far, rank))[most:]
    shapes = np.array(rows.geometry.array, dtype=object)
    shapes[rest] = (
        dots.of(shapes[rest], shapely.point_on_surface, rest) if dots else shapely.point_on_surface(shapes[rest])
    )
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))
