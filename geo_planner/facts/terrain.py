"""What the ground says: heights at points, slope and flooding of parcels, land cover per parcel and year.

A raster in another coordinate system, one that does not cover the park, or heights in feet are met with a clear word or
converted; nothing is resampled silently. Means over parcels weigh each cell by the share of it inside the parcel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..algorithms.networks.minimax import Links, earliest
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
    return zonal_each(grid, {"v": values}, shapes, *what)["v"]


def zonal_each(grid: Raster, layers: Mapping[str, Array], shapes: gpd.GeoSeries, *what: str) -> dict[str, pd.DataFrame]:
    """As `zonal`, of several arrays that are laid alike, by name: what each shape covers is worked out once."""
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    west, south, east, north = extent(grid)
    sources = [
        NumPyRasterSource(values, west, south, east, north, nodata=np.nan, name=name) for name, values in layers.items()
    ]
    table = exact_extract(sources, _as_source(shapes), list(what), include_cols=["at"], output="pandas")
    table = table.set_index("at").reindex(range(len(shapes)))
    names = {name: what if len(layers) == 1 else [f"{name}_{one}" for one in what] for name in layers}
    return {name: table[list(columns)].set_axis(list(what), axis=1) for name, columns in names.items()}


def _as_source(shapes: gpd.GeoSeries) -> Any:
    """Shapes as exactextract takes them, by their bytes: through GeoJSON they cost three times the answer."""
    from exactextract.feature import FeatureSource, JSONFeature

    written = shapely.to_wkb(np.asarray(shapes)).tolist()

    class Shape(JSONFeature):  # type: ignore[misc]  # exactextract has no types
        def __init__(self, at: int) -> None:
            super().__init__({"properties": {"at": at}})
            self._at = at

        def geometry(self) -> bytes:
            return bytes(written[self._at])

    class Shapes(FeatureSource):  # type: ignore[misc]
        def count(self) -> int:
            return len(written)

        def __iter__(self) -> Iterator[Shape]:
            return map(Shape, range(len(written)))

        def srs_wkt(self) -> None:
            return None

    return Shapes()


@fact(needs={"parcels": ("geometry",), "rasters": ("dem",)})
def parcel_terrain(plan: Plan) -> pd.DataFrame:
    """Mean slope [%], least, mean and greatest height [m] and share covered of each parcel, in layer order."""
    grid = fits(plan, "dem")
    shapes = plan["parcels"].geometry
    both = {"height": metres(grid), "slope": slope(grid)}
    height, steep = zonal_each(grid, both, shapes, "min", "mean", "max", "count").values()
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
    """Depth [m] to which each cell fills before water runs off over the lowest rim (Barnes 2014 by another way).

    Water stands as high as the highest cell of the lowest way out: a minimax path from the rim, or from cells beside
    unknown ones, to each cell over its eight neighbours.
    """
    z = metres(grid)
    known = ~np.isnan(z)
    heights, level = np.unique(z[known], return_inverse=True)
    number = np.full(z.shape, -1, dtype=np.int64)
    number[known] = np.arange(known.sum())
    u, v = _neighbours(number)
    edge = np.zeros_like(known)
    edge[[0, -1], :] = edge[:, [0, -1]] = True
    rim = number[(edge | _beside(~known)) & known]
    full = earliest(Links(len(level), u, v, np.maximum(level[u], level[v]), rim, level[rim]), "scipy").day
    filled = z.copy()
    filled[known] = heights[full]
    return filled - z


def _neighbours(number: Array) -> tuple[Array, Array]:
    """Return the pairs of cells with a number that touch, also at a corner."""
    pairs = (
        (number[:, :-1], number[:, 1:]),
        (number[:-1], number[1:]),
        (number[:-1, :-1], number[1:, 1:]),
        (number[:-1, 1:], number[1:, :-1]),
    )
    u, v = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    both = (u >= 0) & (v >= 0)
    return u[both], v[both]


def _beside(mask: Array) -> Array:
    """Return which cells are in a mask or touch one that is, also at a corner."""
    out = mask.copy()
    out[1:] |= mask[:-1]
    out[:-1] |= mask[1:]
    tall = out.copy()
    out[:, 1:] |= tall[:, :-1]
    out[:, :-1] |= tall[:, 1:]
    return out
