"""What lies under a plan on its map: an aerial picture or a PMTiles file, cut to the plan under the door's rules.

A picture comes out as red, green, blue and opacity in Web Mercator, at most `MOST_PIXELS` a side. A PMTiles file of
vector tiles comes out as layers, one of pictures as a picture. Nothing is fetched; neither is part of the plan.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingCRSError, MissingExtraError, NotALayerError, RasterError
from .sandbox import process as child
from .sandbox.filetype import regular
from .sandbox.process import Limits
from .schema.sheet import Grid, Sheet, frame_of

MOST_PIXELS = 2048
"""A sharper picture would make the page heavy; a park of 4 km is then shown at two metres a pixel."""
_MOST_TILES = 256
_HALF = 20037508.342789244  # half the width of the Web Mercator square [m]
_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_MAGIC = {"GTiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "PNG": (b"\x89PNG",), "JPEG": (b"\xff\xd8\xff",)}
_PICTURES = {2: "PNG", 3: "JPEG", 4: "WEBP"}
_VECTOR = 1

Bounds = tuple[float, float, float, float]


def read_ground(path: Path, bounds: Bounds) -> list[Grid | Sheet]:
    """Return the picture (one `Grid`, values uint8 of shape (rows, columns, 4)) or the vector layers of a base map.

    Parameters
    ----------
    path
        .tif, .png or .jpg with its own coordinate system, or .pmtiles.
    bounds
        west, south, east, north in Web Mercator metres; what lies outside is cut off.

    Raises
    ------
    NotALayerError, RefusedFileError, RasterError, MissingCRSError
        The file is of another kind, unsafe, damaged, does not cover the plan, or names no coordinate system.
    """
    path = regular(Path(path))
    suffix = path.suffix.lower()
    if suffix not in {*_DRIVERS, ".pmtiles"} or not path.is_file():
        msg = f"{path.name}: a base map is a file ending in .tif, .png, .jpg or .pmtiles, or a tile address."
        raise NotALayerError(msg)
    with path.open("rb") as stream:
        head = stream.read(127)
    if suffix == ".pmtiles":
        return _pmtiles(path, head, bounds)
    driver = _DRIVERS[suffix]
    if not head.startswith(_MAGIC[driver]):
        msg = f"{path.name} is not what its name says: it does not begin as a {driver} file."
        raise NotALayerError(msg)
    import rasterio.warp  # noqa: F401  (loaded once here, not in every child)

    return child.run(lambda _: [_picture(path, driver, bounds)], path.name, path.stat().st_size, Limits())


def _picture(path: Path, driver: str, bounds: Bounds) -> Grid:
    import rasterio

    try:
        with rasterio.open(path, driver=driver, sharing=False) as source:
            return _warped(path, source, bounds)
    except rasterio.errors.RasterioError as error:
        msg = f"{path.name} is a damaged picture: {str(error).rsplit('/', 1)[-1][:100]}"
        raise RasterError(msg) from None


def _warped(path: Path, source: Any, bounds: Bounds) -> Grid:
    from rasterio.enums import Resampling
    from rasterio.transform import from_bounds
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import transform_bounds

    if source.crs is None or source.transform.is_identity:
        msg = f"{path.name} does not say where it lies. Save it as a GeoTIFF with its coordinate system."
        raise MissingCRSError(msg)
    there = transform_bounds(source.crs, 3857, *source.bounds)
    west, south = max(bounds[0], there[0]), max(bounds[1], there[1])
    east, north = min(bounds[2], there[2]), min(bounds[3], there[3])
    if west >= east or south >= north:
        msg = f"{path.name} does not cover the plan: it lies elsewhere. Check its coordinate system."
        raise RasterError(msg)
    cell = max(east - west, north - south) / MOST_PIXELS
    cell = max(cell, (there[2] - there[0]) / source.width)  # never finer than the source
    width, height = max(1, round((east - west) / cell)), max(1, round((north - south) / cell))
    transform = from_bounds(west, south, east, north, width, height)
    how = Resampling.nearest if source.colorinterp[0].name == "palette" else Resampling.bilinear
    wish: dict[str, Any] = {"crs": "EPSG:3857", "transform": transform, "width": width, "height": height}
    wish["add_alpha"] = source.nodata is None and not _has_alpha(source)
    with WarpedVRT(source, resampling=how, **wish) as warped:
        values, opacity = _colours(source, warped.read()), warped.dataset_mask()
    shown = np.dstack([*values, opacity]).astype(np.uint8)
    return Grid(path.stem, shown, tuple(transform)[:6], "EPSG:3857")


def _has_alpha(source: Any) -> bool:
    return any(band.name == "alpha" for band in source.colorinterp)


def _colours(source: Any, bands: NDArray[Any]) -> list[NDArray[np.uint8]]:
    """Red, green and blue as bytes: from a palette, from one grey band, or from the first three; stretched if wider."""
    names = [band.name for band in source.colorinterp]
    if names[0] == "palette":
        table = np.zeros((256, 3), np.uint8)
        for value, colour in source.colormap(1).items():
            table[value & 255] = colour[:3]
        return [table[bands[0], k] for k in range(3)]
    wanted = [names.index(c) for c in ("red", "green", "blue")] if {"red", "green", "blue"} <= set(names) else None
    colours = [k for k, name in enumerate(names) if name != "alpha"]
    wanted = wanted or (colours[:3] if len(colours) >= 3 else [colours[0]] * 3)
    return [_bytes(bands[k], source.nodata) for k in wanted]


def _bytes(band: NDArray[Any], nodata: float | None) -> NDArray[np.uint8]:
    if band.dtype == np.uint8:
        return np.asarray(band)
    known = band[np.isfinite(band) & (band != nodata if nodata is not None else True)].astype(float)
    low, high = np.percentile(known, (2, 98)) if known.size else (0.0, 1.0)
    scaled = (np.nan_to_num(band.astype(float), nan=low) - low) / max(high - low, 1e-12) * 255
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


def _pmtiles(path: Path, head: bytes, bounds: Bounds) -> list[Grid | Sheet]:
    if len(head) < 127 or head[:7] != b"PMTiles" or head[7] != 3:
        msg = f"{path.name} is not a PMTiles file of version 3."
        raise NotALayerError(msg)
    kind, zoom = head[99], head[101]
    while zoom and _tile_count(bounds, zoom) > _MOST_TILES:
        zoom -= 1
    size = path.stat().st_size
    if kind == _VECTOR:
        import pyogrio  # noqa: F401

        return child.run(lambda _: [*_vector_layers(path, bounds, zoom)], path.name, min(size, 1 << 28), Limits())
    if kind not in _PICTURES:
        msg = f"{path.name} holds tiles of a kind (number {kind}) that is neither vector tiles nor PNG, JPEG or WebP."
        raise NotALayerError(msg)
    try:
        import pmtiles.reader  # noqa: F401
    except ImportError:
        package = "pmtiles"
        raise MissingExtraError(package, "basemap", f"{path.name} holds pictures") from None
    return child.run(lambda _: [_mosaic(path, _PICTURES[kind], bounds, zoom)], path.name, min(size, 1 << 28), Limits())


def _span(bounds: Bounds, zoom: int) -> tuple[int, int, int, int]:
    """First and last column, first and last row of the tiles that meet the bounds."""
    n = 1 << zoom
    side = 2 * _HALF / n
    west, north = math.floor((bounds[0] + _HALF) / side), math.floor((_HALF - bounds[3]) / side)
    east, south = math.floor((bounds[2] + _HALF) / side), math.floor((_HALF - bounds[1]) / side)
    return max(west, 0), min(east, n - 1), max(north, 0), min(south, n - 1)


def _tile_count(bounds: Bounds, zoom: int) -> int:
    west, east, north, south = _span(bounds, zoom)
    return (east - west + 1) * (south - north + 1)


def _vector_layers(path: Path, bounds: Bounds, zoom: int) -> list[Sheet]:
    import pyogrio

    os.environ["GDAL_DISABLE_READDIR_ON_OPEN"] = "EMPTY_DIR"
    found = []
    for name, _ in pyogrio.list_layers(path):
        frame = pyogrio.read_dataframe(path, layer=name, bbox=bounds, columns=[], use_arrow=False, ZOOM_LEVEL=zoom)
        if len(frame):
            found.append(Sheet(str(name), frame_of({}, frame.geometry.to_numpy()), "EPSG:3857"))
    return found


def _mosaic(path: Path, driver: str, bounds: Bounds, zoom: int) -> Grid:
    """The tiles of one zoom laid side by side."""
    from pmtiles.reader import MmapSource, Reader
    from rasterio.io import MemoryFile

    west, east, north, south = _span(bounds, zoom)
    while zoom and (max(east - west, south - north) + 1) * 256 > MOST_PIXELS + 256:
        zoom -= 1
        west, east, north, south = _span(bounds, zoom)
    shown = np.zeros(((south - north + 1) * 256, (east - west + 1) * 256, 4), np.uint8)
    with path.open("rb") as stream:
        tiles = Reader(MmapSource(stream))
        for row in range(north, south + 1):
            for column in range(west, east + 1):
                content = tiles.get(zoom, column, row)
                if content is None:
                    continue
                with MemoryFile(content) as box, box.open(driver=driver) as source:
                    wide = (256, 256)
                    bands = source.read(out_shape=(source.count, *wide))
                    cell = np.dstack([*_colours(source, bands), source.dataset_mask(out_shape=wide)])
                top, left = (row - north) * 256, (column - west) * 256
                shown[top : top + 256, left : left + 256] = cell
    if not shown.any():
        msg = f"{path.name} does not cover the plan: it holds no tile there."
        raise RasterError(msg)
    side = 2 * _HALF / (1 << zoom)
    place = (side / 256, 0.0, west * side - _HALF, 0.0, -side / 256, _HALF - north * side)
    return Grid(path.stem, shown, place, "EPSG:3857")
