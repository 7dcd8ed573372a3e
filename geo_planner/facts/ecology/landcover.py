"""What a stack of dated land-cover rasters says: changes between classes, land consumed, when each parcel was built."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...errors import RasterError
from ...plan import Plan, Raster
from ..registry import fact
from ..terrain import zonal_each

Array = np.ndarray[Any, Any]


def stack(plan: Plan) -> list[Raster]:
    """The dated land-cover rasters in order of year.

    Raises
    ------
    RasterError
        A raster has no year, or another CRS than the plan.
    """
    names = [name for name in plan.rasters if name == "landcover" or name.startswith("landcover_")]
    found = [plan.rasters[name] for name in names]
    for grid in found:
        if grid.year is None:
            msg = f"raster '{grid.name}' has no year. Name it landcover_2012 or give its year."
            raise RasterError(msg)
        if grid.crs and plan.crs and grid.crs != plan.crs:
            msg = f"raster '{grid.name}' has CRS {grid.crs}, the plan has {plan.crs}. Reproject it to {plan.crs}."
            raise RasterError(msg)
    return sorted(found, key=lambda r: (r.year or 0, r.name))


def laid_on(later: Raster, base: Raster) -> Array:
    """Classes of one raster at the cell centres of another, NaN outside: grids need not be aligned.

    Nearest cell, for classes cannot be averaged; a shift below half a cell moves no more than the cells at borders.
    """
    a, _, c, _, e, f = base.transform
    rows, columns = base.values.shape
    x, y = c + a * (np.arange(columns) + 0.5), f + e * (np.arange(rows) + 0.5)
    la, _, lc, _, le, lf = later.transform
    column, row = np.floor((x - lc) / la).astype(int), np.floor((y - lf) / le).astype(int)
    inside = np.outer((row >= 0) & (row < later.values.shape[0]), (column >= 0) & (column < later.values.shape[1]))
    height, width = later.values.shape
    picked = known(later)[np.clip(row, 0, height - 1)][:, np.clip(column, 0, width - 1)]
    return np.where(inside, picked, np.nan)


def known(grid: Raster) -> Array:
    """Values as numbers, NaN where nothing is known."""
    values = np.array(grid.values, dtype=float)
    if grid.nodata is not None:
        values[values == grid.nodata] = np.nan
    return values


def changes(before: Raster, after: Raster) -> pd.DataFrame:
    """Area [ha] that went from each class to each class, on the grid of the earlier raster.

    Columns: `before`, `after`, `cells`, `area_ha`; cells unknown in either year are left out.
    """
    one, two = known(before).ravel(), laid_on(after, before).ravel()
    both = ~(np.isnan(one) | np.isnan(two))
    pairs, cells = np.unique(np.column_stack([one[both], two[both]]).astype(int), axis=0, return_counts=True)
    cell = abs(before.transform[0] * before.transform[4]) / 1e4
    return pd.DataFrame({"before": pairs[:, 0], "after": pairs[:, 1], "cells": cells, "area_ha": cells * cell})


@fact(needs={"parcels": ("geometry",), "rasters": ("landcover",)})
def built_share(plan: Plan, classes: tuple[float, ...]) -> pd.DataFrame:
    """Share of each parcel that is built-up, one column per year, in layer order; NaN where nothing is known."""
    shapes, grids = plan["parcels"].geometry, stack(plan)
    alike: dict[Any, dict[str, Array]] = {}
    for grid in grids:
        values = known(grid)
        built = np.where(np.isnan(values), np.nan, np.isin(values, classes).astype(float))
        alike.setdefault(_laid(grid), {})[grid.name] = built
    means: dict[str, pd.DataFrame] = {}
    for laid, layers in alike.items():
        means |= zonal_each(next(g for g in grids if _laid(g) == laid), layers, shapes, "mean")
    return pd.DataFrame({int(g.year or 0): means[g.name]["mean"].to_numpy(dtype=float) for g in grids})


def _laid(grid: Raster) -> tuple[Any, ...]:
    return tuple(grid.transform), grid.values.shape


def built_year(share: pd.DataFrame, least: float) -> tuple[Array, Array]:
    """For each parcel the last year in which it was not yet built and the first in which it was.

    Built means a share of at least `least`, in that year and in every later one. NaN where a bound is not seen.
    """
    years = np.array(share.columns, dtype=float)
    built = share.to_numpy() >= least
    lasting = np.flip(np.logical_and.accumulate(np.flip(built, axis=1), axis=1), axis=1)
    ever, first = lasting.any(axis=1), lasting.argmax(axis=1)
    found = np.where(ever, years[first], np.nan)
    before = np.where(ever & (first > 0), years[np.maximum(first - 1, 0)], np.where(ever, np.nan, years[-1]))
    unseen = share.isna().all(axis=1).to_numpy()
    return np.where(unseen, np.nan, before), np.where(unseen, np.nan, found)


def consumed(plan: Plan, classes: tuple[float, ...]) -> pd.DataFrame:
    """Land that each class lost to building between two years, inside the box of the parks or parcels.

    Columns: `since`, `until`, `land` (the class lost), `area_ha`, `per_year` [ha], `geometry` (the cells).
    """
    grids = stack(plan)
    rows: list[dict[str, Any]] = []
    layer = "parks" if plan.has("parks") else "parcels"
    window = shapely.box(*plan[layer].total_bounds)
    for before, after in pairwise(grids):
        rows += _lost(before, after, window, classes)
    return pd.DataFrame(rows, columns=["since", "until", "land", "area_ha", "per_year", "geometry"])


def built_land(plan: Plan, classes: tuple[float, ...]) -> dict[int, float]:
    """Built-up land [ha] by year inside the box of the parks or parcels; cells count by their centre."""
    window = plan["parks" if plan.has("parks") else "parcels"].total_bounds
    out = {}
    for grid in stack(plan):
        a, _, c, _, e, f = grid.transform
        row, column = np.nonzero(np.isin(known(grid), classes))
        x, y = c + a * (column + 0.5), f + e * (row + 0.5)
        inside = (x >= window[0]) & (x <= window[2]) & (y >= window[1]) & (y <= window[3])
        out[int(grid.year or 0)] = float(inside.sum()) * abs(a * e) / 1e4
    return out


def growth_ratio(land: tuple[float, float], people: tuple[float, float]) -> float:
    """SDG 11.3.1: the log growth of built land over that of the population in the same years.

    Above 1 land grows faster than people; NaN where one of the four is not positive, infinite where people stood still.
    """
    if min(*land, *people) <= 0:
        return float("nan")
    grown, born = float(np.log(land[1] / land[0])), float(np.log(people[1] / people[0]))
    return grown / born if born else float("inf") * np.sign(grown)


def _lost(before: Raster, after: Raster, window: shapely.Geometry, classes: tuple[float, ...]) -> list[dict[str, Any]]:
    one, two = known(before), laid_on(after, before)
    a, _, c, _, e, f = before.transform
    row, column = np.nonzero(np.isin(two, classes) & ~np.isin(one, classes) & ~np.isnan(one))
    x, y = c + a * column, f + e * row
    cells = shapely.box(x, y + e, x + a, y)
    inside = shapely.intersects(shapely.centroid(cells), window)
    row, column, cells = row[inside], column[inside], cells[inside]
    years = int(after.year or 0) - int(before.year or 0)
    out = []
    for land in np.unique(one[row, column]):
        mine = one[row, column] == land
        area = float(mine.sum()) * abs(a * e) / 1e4
        out.append(
            {
                "since": before.year,
                "until": after.year,
                "land": int(land),
                "area_ha": area,
                "per_year": area / max(years, 1),
                "geometry": shapely.coverage_union_all(cells[mine]),
            }
        )
    return out
