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
    """Points in place of shapes, made once for a shape that the plan before has shown already."""

    def __init__(self, before: Dots | None = None) -> None:
        self._before = before._now if before else {}
        self._now: dict[tuple[str, int], tuple[shapely.Geometry, shapely.Geometry]] = {}

    def of(self, shapes: Array, make: Callable[[Array], Array]) -> Array:
        """Return what `make` makes of each shape."""
        kind = make.__name__
        known = [self._before.get((kind, id(shape)), _NONE) for shape in shapes.tolist()]
        new = np.array([one[0] is not shape for one, shape in zip(known, shapes.tolist(), strict=True)], dtype=bool)
        out = np.array([one[1] for one in known], dtype=object)
        out[new] = make(shapes[new])
        self._now |= {(kind, id(a)): (a, b) for a, b in zip(shapes.tolist(), out.tolist(), strict=True)}
        return out


def dotted(rows: gpd.GeoDataFrame, most: int, dots: Dots | None = None) -> gpd.GeoDataFrame:
    """Findings whose evidence is a collection of more than `most` shapes have a point on each of these instead.

    Eighty thousand parcels far from a bus stop are a tone of the map, not outlines anybody reads.
    """
    shapes = np.array(rows.geometry.array, dtype=object)
    many = np.flatnonzero((shapely.get_num_geometries(shapes) > most) & (shapely.get_dimensions(shapes) > 0))
    if not len(many):
        return rows
    shapes[many] = (dots or Dots()).of(shapes[many], _on_each)
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))


def _on_each(shapes: Array) -> Array:
    parts, of = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.multipoints(shapely.point_on_surface(parts), indices=of), dtype=object)


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
    shapes[rest] = (dots or Dots()).of(shapes[rest], shapely.point_on_surface)
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))
