"""What the ground says: heights at points, slope and flooding of parcels, land cover per parcel and year.

A raster in another coordinate system, one that does not cover the park, or heights in feet are met with a clear word or
converted; nothing is resampled silently. Means over parcels weigh each cell by the share of it inside the parcel.
"""

from __future__ import annotations

import heapq
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import RasterError
from ..plan import Plan, Raster
from .registry import fact

Array = np.ndarray[Any, Any]

FOOT = 0.3048006096
"""Metres in a US survey foot; the international foot differs by 2 millionths."""


def metres(grid: Raster) -> Array:
    """Values of an elevation model in metres, NaN where nothing is known."""
    values = np.array(grid.values, dtype=float)
    if grid.nodata is not None:
        values[values == grid.nodata] = np.nan
    return values * FOOT if grid.unit == "ft" else values


def fits(plan: Plan, name: str) -> Raster:
    """The raster of that name, or the newest of several years, if it lies in the plan's CRS over the parcels.

    Raises
    ------
    RasterError
        The raster has another CRS than the plan, or does not touch the parcels.
    """
    known = sorted(k for k in plan.rasters if k == name or k.startswith(f"{name}_"))
    grid = plan.rasters[known[-1]]
    if grid.crs and plan.crs and grid.crs != plan.crs:
        msg = f"raster '{grid.name}' has CRS {grid.crs}, the plan has {plan.crs}. Reproject the raster to {plan.crs}."
        raise RasterError(msg)
    if plan.has("parcels") and not shapely.box(*extent(grid)).intersects(shapely.box(*plan["parcels"].total_bounds)):
        msg = f"raster '{grid.name}' covers {extent(grid)} and touches no parcel. Give the raster of this park."
        raise RasterError(msg)
    return grid


def extent(grid: Raster) -> tuple[float, float, float, float]:
    """West, south, east, north of a raster."""
    a, _, c, _, e, f = grid.transform
    rows, columns = grid.values.shape
    return c, f + e * rows, c + a * columns, f


def sample(grid: Raster, points: Array) -> Array:
    """The value of the cell under each point, in metres; NaN outside and where nothing is known."""
    a, _, c, _, e, f = grid.transform
    x, y = shapely.get_x(points), shapely.get_y(points)
    with np.errstate(invalid="ignore"):
        column, row = np.floor((x - c) / a), np.floor((y - f) / e)
        inside = (column >= 0) & (row >= 0) & (row < grid.values.shape[0]) & (column < grid.values.shape[1])
    out = np.full(len(points), np.nan)
    out[inside] = metres(grid)[row[inside].astype(int), column[inside].astype(int)]
    return out


def slope(grid: Raster) -> Array:
    """Slope of each cell [%] by Horn's 3 x 3 differences; the rim and neighbours of unknown cells are unknown."""
    z = metres(grid)
    out = np.full(z.shape, np.nan)
    if min(z.shape) < 3:
        return out
    dx, dy = abs(grid.transform[0]), abs(grid.transform[4])
    n, s, w, e = z[:-2, 1:-1], z[2:, 1:-1], z[1:-1, :-2], z[1:-1, 2:]
    nw, ne, sw, se = z[:-2, :-2], z[:-2, 2:], z[2:, :-2], z[2:, 2:]
    across = ((ne + 2 * e + se) - (nw + 2 * w + sw)) / (8 * dx)
    along = ((sw + 2 * s + se) - (nw + 2 * n + ne)) / (8 * dy)
    out[1:-1, 1:-1] = 100.0 * np.hypot(across, along)
    return out


def zonal(grid: Raster, values: Array, shapes: gpd.GeoSeries, *what: str) -> pd.DataFrame:
    """Statistics of `values` (laid like the grid) over each shape: any of exactextract's, as columns, in order.

    Cells count by the share of them inside the shape. A shape outside the raster gets NaN.
    """
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    west, south, east, north = extent(grid)
    laid = gpd.GeoSeries(np.asarray(shapes), crs=shapes.crs or grid.crs)
    source = NumPyRasterSource(
        values, west, south, east, north, nodata=np.nan, name="v", srs_wkt=shapes.crs.to_wkt() if shapes.crs else None
    )
    frame = gpd.GeoDataFrame({"at": np.arange(len(shapes))}, geometry=laid)
    table = exact_extract(source, frame, list(what), include_cols=["at"], output="pandas")
    return table.set_index("at").reindex(range(len(shapes)))[list(what)]


@fact(needs={"parcels": ("geometry",), "rasters": ("dem",)})
def parcel_terrain(plan: Plan) -> pd.DataFrame:
    """Mean slope [%], least, mean and greatest height [m] and share covered of each parcel, in layer order."""
    grid = fits(plan, "dem")
    shapes = plan["parcels"].geometry
    height = zonal(grid, metres(grid), shapes, "min", "mean", "max", "count")
    steep = zonal(grid, slope(grid), shapes, "mean")
    cell = abs(grid.transform[0] * grid.transform[4])
    area = np.maximum(shapes.area.to_numpy(), 1e-9)
    return pd.DataFrame(
        {
            "slope": steep["mean"].to_numpy(),
            "low": height["min"].to_numpy(),
            "height": height["mean"].to_numpy(),
            "high": height["max"].to_numpy(),
            "covered": np.nan_to_num(height["count"].to_numpy()) * cell / area,
        }
    )


def cut_and_fill(grid: Raster, shapes: gpd.GeoSeries) -> pd.DataFrame:
    """Earth to move when each shape is levelled at its own mean height.

    Columns: `mean` [m], `cut` and `fill` [m³, equal by construction], `depth` [m³ moved per m² of the shape].
    """
    cells = zonal(grid, metres(grid), shapes, "values", "coverage")
    at = np.repeat(np.arange(len(shapes)), [np.size(v) for v in cells["values"]])
    z = np.concatenate([np.ravel(v) for v in cells["values"]])
    weight = np.concatenate([np.ravel(v) for v in cells["coverage"]])
    known = ~np.isnan(z)
    at, z, weight = at[known], z[known], weight[known]
    total = np.bincount(at, weights=weight, minlength=len(shapes))
    with np.errstate(invalid="ignore"):
        mean = np.bincount(at, weights=weight * z, minlength=len(shapes)) / total
    cell = abs(grid.transform[0] * grid.transform[4])
    cut = np.bincount(at, weights=weight * np.maximum(z - mean[at], 0.0), minlength=len(shapes)) * cell
    return pd.DataFrame({"mean": mean, "cut": cut, "fill": cut, "depth": 2.0 * cut / np.maximum(shapes.area, 1e-9)})


def bathtub(grid: Raster, level: float) -> Array:
    """Depth of water [m] if the level stood everywhere it can reach from the rim of the raster; 0 where dry."""
    from scipy import ndimage

    z = metres(grid)
    labels, _ = ndimage.label(np.nan_to_num(z, nan=-np.inf) < level, structure=np.ones((3, 3)))
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    wet = np.isin(labels, rim[rim > 0])
    return np.where(wet, np.nan_to_num(level - z, nan=0.0), 0.0)


def sinks(grid: Raster) -> Array:
    """Depth [m] to which each cell fills before water runs off over the lowest rim (priority flood, Barnes 2014)."""
    z = metres(grid)
    filled, done = z.copy(), np.isnan(z)
    heap: list[tuple[float, int, int]] = []
    rows, columns = z.shape
    edge = np.zeros_like(done)
    edge[[0, -1], :] = edge[:, [0, -1]] = True
    for r, c in zip(*np.nonzero((edge | _beside(done)) & ~done), strict=True):
        heapq.heappush(heap, (z[r, c], int(r), int(c)))
        done[r, c] = True
    while heap:
        level, r, c = heapq.heappop(heap)
        for nr in range(max(r - 1, 0), min(r + 2, rows)):
            for nc in range(max(c - 1, 0), min(c + 2, columns)):
                if not done[nr, nc]:
                    done[nr, nc] = True
                    filled[nr, nc] = max(z[nr, nc], level)
                    heapq.heappush(heap, (filled[nr, nc], nr, nc))
    return filled - z


def _beside(mask: Array) -> Array:
    from scipy import ndimage

    return np.asarray(ndimage.binary_dilation(mask, structure=np.ones((3, 3))))
