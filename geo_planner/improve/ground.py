"""What the ground under candidate squares is like: slope, hollows, development boundary, way to each network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ..facts.terrain import fits, sinks, slope, zonal
from ..plan import Edit, Plan

Array = np.ndarray[Any, Any]

STEEP, DEEP, BEYOND = 0.1, 1.0, 2.0
"""What a square costs more: for each per cent of slope, each metre of water in a hollow, beyond the boundary."""


@dataclass(frozen=True, eq=False)
class Ground:
    """For each square: mean slope [%], water in hollows [m] (NaN where no raster tells), share beyond the boundary."""

    slope: Array
    hollow: Array
    beyond: Array

    def mean(self, name: str, cells: Array) -> float:
        """The mean of "slope" or "hollow" over the squares that are known; NaN where none is."""
        values = getattr(self, name)[cells]
        values = values[np.isfinite(values)]
        return round(float(values.mean()), 2) if len(values) else float("nan")

    @property
    def cost(self) -> Array:
        """What the ground adds to the cost of each square; what is not known adds nothing, and the table says so."""
        return STEEP * np.nan_to_num(self.slope) + DEEP * np.nan_to_num(self.hollow) + BEYOND * self.beyond


def ground_of(plan: Plan, shapes: Array) -> Ground:
    """The ground under some shapes."""
    unknown = np.full(len(shapes), np.nan)
    steep, wet = unknown, unknown
    if len(shapes) and any(name == "dem" or name.startswith("dem_") for name in plan.rasters):
        grid = fits(plan, "dem")
        laid = gpd.GeoSeries(shapes, crs=plan.crs)
        steep, wet = (zonal(grid, of(grid), laid, "mean")["mean"].to_numpy(dtype=float) for of in (slope, sinks))
    inside = boundary(plan)
    if inside is None:
        return Ground(steep, wet, np.zeros(len(shapes)))
    return Ground(steep, wet, 1.0 - shapely.area(shapely.intersection(shapes, inside[1])) / shapely.area(shapes))


def boundary(plan: Plan) -> tuple[Array, shapely.Geometry] | None:
    """Positions of the development boundaries in force and their shape; None where the plan draws none."""
    if not plan.has("control_lines", "kind"):
        return None
    lines = plan["control_lines"]
    day = np.datetime64(plan.as_of or "2199-12-31", "D")
    finish = lines["finish"].to_numpy(dtype="datetime64[D]")
    at = np.flatnonzero((lines["kind"] == "boundary").to_numpy(dtype=bool) & (np.isnat(finish) | (finish > day)))
    return (at, shapely.union_all(lines.geometry.to_numpy()[at])) if len(at) else None


def boundary_edit(plan: Plan, land: shapely.Geometry) -> Edit | None:
    """The nearest boundary with the land taken in; None where no land lies outside. Moved by law before all else."""
    inside = boundary(plan)
    if inside is None or shapely.difference(land, inside[1]).area <= 1.0:
        return None
    lines = plan["control_lines"].iloc[inside[0]]
    near = int(np.argmin(shapely.distance(lines.geometry.to_numpy(), land)))
    grown = shapely.union_all([lines.geometry.to_numpy()[near], land], grid_size=0.001)
    hectares = shapely.difference(land, inside[1]).area / 1e4
    reason = f"EC601: {hectares:.1f} ha beyond the boundary, to be moved by the legal procedure first"
    value = {"geometry": shapely.to_wkt(grown, rounding_precision=3)}
    return Edit("reshape", "control_lines", str(lines["id"].iloc[near]), value, reason, "solver", "suggestion")


def trunks(plan: Plan, land: shapely.Geometry) -> dict[str, float]:
    """New trunk by network [m]: from the nearest main in use to the middle of the land, in a straight line."""
    if "pipes" not in plan or not len(plan["pipes"]):
        return {}
    pipes, middle = plan["pipes"], land.centroid
    finish = pipes["finish"].to_numpy(dtype="datetime64[D]")
    used = np.isnat(finish) | (finish <= np.datetime64(plan.as_of or "2199-12-31", "D"))
    kinds, shapes = pipes["kind"].to_numpy(dtype=object), pipes.geometry.to_numpy()
    lengths = {}
    for kind in sorted({k for k in kinds[used] if isinstance(k, str)}):
        lengths[f"new_{kind}"] = round(float(shapely.distance(shapes[used & (kinds == kind)], middle).min()), 0)
    return lengths
