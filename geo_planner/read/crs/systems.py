"""Coordinate systems by their text: read once, named shortly, held against numbers, and the way from one to another."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from ...errors import ImpossibleCRSError
from ...plan.plan import Note
from ..notes import note

Bounds = tuple[float, float, float, float]
CHINA = (73.0, 18.0, 135.5, 54.0)
"""West, south, east and north of the country [degrees]."""
_POINTER = re.compile(
    r"PARAMETERFILE|\+init\s*=|grids\s*=\s*(?!@null)|/vsi|file:|https?://(?!(www\.)?(opengis\.net|proj\.org)/)",
    re.IGNORECASE,
)
"""Words with which a coordinate system asks for a grid or a text from elsewhere; @null asks for none."""
_VAGUE = {
    "xian 1980": 30,
    "xian_1980": 30,
    "beijing 1954": 100,
    "beijing_1954": 100,
    "nad27": 10,
    "north_american_1927": 10,
}
"""Datums without a public exact shift, and the metres by which a plain reading may be off."""


@cache
def system(text: str) -> CRS:
    """Return the CRS of a text; raises ImpossibleCRSError with the reason.

    A text that matches a registered system is read as that system, so that equal systems have equal names.
    """
    if _POINTER.search(text):
        msg = f"{text[:60]!r} points to other files. Write the coordinate system as EPSG:4527, for example."
        raise ImpossibleCRSError(msg)
    try:
        found = CRS.from_user_input(text)
    except (CRSError, ValueError) as error:
        msg = f"{text[:60]!r} is no coordinate system. Write it as EPSG:4527, for example."
        raise ImpossibleCRSError(msg) from error
    try:
        if not found.is_engineering:
            Transformer.from_crs(found, 4326, always_xy=True)
    except ProjError as error:  # well-formed words of which no map can be made
        msg = f"{text[:60]!r} names a coordinate system that cannot be placed on the earth. Write it as EPSG:4527."
        raise ImpossibleCRSError(msg) from error
    return found


@cache
def name_of(text: str) -> str:
    """Return the short name of a CRS: its EPSG code where it has one, else its own text."""
    crs = system(text)
    code = crs.to_epsg(min_confidence=70) or crs.to_epsg(min_confidence=25)
    if code is not None and same(crs, CRS.from_epsg(code)):
        return f"EPSG:{code}"
    return text


def same(one: CRS, other: CRS) -> bool:
    """Whether two systems put the same numbers in the same place, whatever their axis order and their names."""
    if one.is_geographic or other.is_geographic:
        return bool(one.is_geographic and other.is_geographic)
    keep = {"False easting", "False northing", "Longitude of natural origin", "Latitude of natural origin"}
    a, b = ({p.name: round(p.value, 6) for p in c.coordinate_operation.params if p.name in keep} for c in (one, other))
    return a == b


def metres(text: str) -> bool:
    """Whether a CRS is projected, in metres, and true to scale near its data (Web Mercator is not)."""
    crs = system(text)
    return bool(
        crs.is_projected
        and all(abs(a.unit_conversion_factor - 1) < 1e-9 for a in crs.axis_info[:2])
        and "Pseudo" not in crs.name
    )


def false_easting(crs: CRS) -> float | None:
    """Return the false easting of a Gauss-Krüger or UTM grid in metres, None for other projections."""
    operation = crs.coordinate_operation
    if (
        operation is None
        or "Transverse Mercator" not in operation.method_name
        or any(abs(a.unit_conversion_factor - 1) > 1e-9 for a in crs.axis_info[:2])
    ):
        return None
    return next((p.value for p in operation.params if p.name == "False easting" and p.value >= 400_000), None)


def reachable(boxes: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    """Return which boxes (rows of west, south, east, north in a CRS) have a place on the earth in that CRS."""
    good: np.ndarray[Any, Any] = np.isfinite(boxes).all(axis=1)
    middle = (boxes[good, :2] + boxes[good, 2:]) / 2
    offset = None if system(crs).is_geographic else false_easting(system(crs))
    lon, lat = transformer(crs, "EPSG:4326").transform(middle[:, 0], middle[:, 1])
    there = np.isfinite(lon) & np.isfinite(lat)
    if offset is not None:
        there &= (np.abs(middle[:, 0] - offset) < 3_000_000) & (np.abs(middle[:, 1]) <= 10_500_000)
    good[good] = there
    return good


def datum_notes(text: str) -> tuple[Note, ...]:
    """Say that a datum has no public exact shift, and by how many metres a plain reading may be off."""
    crs = system(text)
    geodetic = (crs.geodetic_crs.name if crs.geodetic_crs is not None else crs.name).lower()
    hit = next((m for word, m in _VAGUE.items() if word in f"{geodetic} {crs.name.lower()}"), None)
    return (note("IM305", 1, {"crs": crs.name, "metres": hit}),) if hit else ()


@cache
def transformer(source: str, target: str) -> Transformer:
    """Return the way from one system to another, x before y in both."""
    return Transformer.from_crs(system(source), system(target), always_xy=True)


def bounds(frame: gpd.GeoDataFrame) -> Bounds | None:
    """Return the extent of a frame, None where it has no shapes."""
    if len(frame) == 0:
        return None
    box = shapely.total_bounds(np.asarray(frame.geometry.array, dtype=object))
    return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def degrees(crs: str, box: Bounds | None) -> Bounds | None:
    """Return an extent in degrees, None where it cannot be had."""
    if box is None:
        return None
    try:
        out = transformer(crs, "EPSG:4326").transform_bounds(*box)
    except ProjError:
        return None
    return out if np.isfinite(out).all() and out[2] >= out[0] else None
