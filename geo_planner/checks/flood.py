"""What becomes of the evidence where a check finds very much: the worst keep their shapes, the rest keep their place.

Nothing is hidden: every finding stays in the table with its numbers. Only the drawing of the many is a point on the
evidence instead of its outline, because sixteen thousand outlines over one another show nothing.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely


def dotted(rows: gpd.GeoDataFrame, most: int) -> gpd.GeoDataFrame:
    """Findings whose evidence is a collection of more than `most` shapes have a point on each of these instead.

    Eighty thousand parcels far from a bus stop are a tone of the map, not outlines anybody reads.
    """
    shapes = np.array(rows.geometry.array, dtype=object)
    many = np.flatnonzero((shapely.get_num_geometries(shapes) > most) & (shapely.get_dimensions(shapes) > 0))
    if not len(many):
        return rows
    parts, of = shapely.get_parts(shapes[many], return_index=True)
    shapes[many] = shapely.multipoints(shapely.point_on_surface(parts), indices=of)
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))


def thinned(rows: gpd.GeoDataFrame, most: int) -> gpd.GeoDataFrame:
    """Findings of which only the worst `most` keep their evidence whole; the rest have a point on it.

    The worst are errors before warnings, then those farthest from their limit.
    """
    if len(rows) <= most:
        return rows
    rank = rows["severity"].map({"error": 0, "warning": 1, "info": 2}).to_numpy()
    far = np.nan_to_num(np.abs(rows["value"].to_numpy() - rows["limit"].to_numpy()))
    rest = np.lexsort((np.arange(len(rows)), -far, rank))[most:]
    shapes = np.array(rows.geometry.array, dtype=object)
    shapes[rest] = shapely.point_on_surface(shapes[rest])
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))
