"""GeoTIFF and ASCII grids: one band, north up, with its no-data cells told apart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ImpossibleCRSError, RasterError, RefusedFileError
from ...plan.plan import Note, Raster
from ..crs.systems import name_of, system
from ..notes import note
from ..schema.roles import raster_role
from ..schema.sheet import Grid

MOST_CELLS = 200_000_000
"""A larger grid is refused; a park at one metre has some twenty million cells."""

_LEAST_METRES, _LEAST_DEGREES = 1e-3, 1e-8
"""Cells smaller than these are no cells of a landscape."""

_ENOUGH = 100  # a handful of cells tells nothing
_SUSPECTS = (-9999.0, -99999.0, -32768.0, -3.4028234663852886e38, 99999.0)
_SUFFIXES = {".tif", ".tiff", ".asc", ".tfw", ".prj"}


def read(path: Path) -> Grid:
    """Return the first band of a raster file, with infinities and NaN turned into no data.

    Raises RasterError where it is damaged or not georeferenced, RefusedFileError where it is too large.
    """
    import rasterio

    os.environ["GDAL_DISABLE_READDIR_ON_OPEN"] = "EMPTY_DIR"  # no sidecar beside the file is looked at
    driver = "AAIGrid" if path.suffix.lower() == ".asc" else "GTiff"
    try:
        with rasterio.open(path, driver=driver, sharing=False) as source:
            return _grid(path, source)
    except rasterio.errors.RasterioError as error:
        msg = f"{path.name} is a damaged raster: {str(error).rsplit('/', 1)[-1][:100]}"
        raise RasterError(msg) from None


def as_raster(grid: Grid, target: str) -> tuple[Raster, str, tuple[Note, ...]]:
    """Return the raster of a plan from a grid, its own CRS (empty where unknown), and what is to be said.

    A grid without a CRS is taken to lie in that of the plan, and this is said.
    """
    role = raster_role(grid.name)
    notes = [*grid.notes, note("IM803", 1, {"role": role, "why": grid.name})]
    crs = _known(grid.crs)
    if not crs:
        notes.append(note("IM301", 1, {"because": "", "candidates": target or "-"}))
    last = role.rsplit("_", 1)[-1]
    year = int(last) if last.isdigit() and len(last) == 4 else None
    values = np.ascontiguousarray(grid.values)
    return Raster(role, values, grid.transform, crs or target, grid.nodata, year), crs, tuple(notes)


def _known(crs: str) -> str:
    try:
        return name_of(crs) if crs and not system(crs).is_engineering else ""
    except ImpossibleCRSError:
        return ""


def _grid(path: Path, source: Any) -> Grid:
    if source.width * source.height > MOST_CELLS or source.count < 1:
        msg = f"{path.name} is too large: {source.width} × {source.height} cells. Cut it to the park first."
        raise RefusedFileError(msg)
    t = source.transform
    if t.is_identity or t.a == 0 or t.e == 0:
        msg = f"{path.name} is not georeferenced. Add the georeference or its .tfw file."
        raise RasterError(msg)
    values = source.read(1)
    nodata = None if source.nodata is None else float(source.nodata)
    values, nodata, notes = _clean(values, nodata)
    least = _LEAST_DEGREES if source.crs is not None and source.crs.is_geographic else _LEAST_METRES
    if min(abs(t.a) + abs(t.b), abs(t.d) + abs(t.e)) < least:
        notes.append(note("IM804", 1, {"size": f"{abs(t.a):g} × {abs(t.e):g}"}))
    crs = "" if source.crs is None else source.crs.to_wkt()
    if source.crs is not None and not source.crs.is_valid:
        crs = ""
    return Grid(path.stem, values, (t.a, t.b, t.c, t.d, t.e, t.f), crs, nodata, tuple(notes))


def _clean(values: np.ndarray[Any, Any], nodata: float | None) -> tuple[np.ndarray[Any, Any], float | None, list[Note]]:
    notes = []
    if values.dtype.kind == "f":
        odd = ~np.isfinite(values)
        if odd.any() and not (nodata is not None and np.isnan(nodata) and not np.isinf(values).any()):
            notes.append(note("IM802", int(odd.sum())))
            nodata = -9999.0 if nodata is None or not np.isfinite(nodata) else nodata
            values = np.where(odd, np.float64(nodata), values).astype(values.dtype)
    known = values if nodata is None else values[values != nodata]
    for value in _SUSPECTS:
        if (
            nodata != value
            and known.size >= _ENOUGH
            and (known == np.asarray(value).astype(values.dtype, casting="unsafe")).any()
            and _far(known, value)
        ):
            notes.append(note("IM801", int((known == value).sum()), {"value": f"{value:g}"}))
            break
    return values, nodata, notes


def _far(known: np.ndarray[Any, Any], value: float) -> bool:
    """Whether a suspect value lies far from all others, as a filler does."""
    rest = known[known != value].astype(float)
    if rest.size == 0 or float(value) != float(np.asarray(value).astype(known.dtype, casting="unsafe")):
        return False
    return abs(value - float(np.median(rest))) > 5 * max(float(rest.max() - rest.min()), 1.0)
