"""Layers placed in one system: the one a plan takes, and shapes brought there so that neighbours stay neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...plan.layer import with_shapes
from ...plan.plan import Note
from ..notes import note
from .doctor import Verdict
from .gcj import Datum, to_wgs
from .systems import CHINA, bounds, datum_notes, degrees, metres, system, transformer

_DENSE = 200.0
"""Edges longer than this many metres are split before projecting: a chord then leaves its arc by less than 1 mm."""
_MOST_VERTICES = 300_000


def plan_crs(found: Iterable[tuple[Verdict, gpd.GeoDataFrame]]) -> tuple[str, tuple[Note, ...]]:
    """Return the projected CRS in metres that a plan takes, empty where no layer has a known CRS.

    A projected grid of the sources wins by its number of rows, CGCS2000 before others; else the zone of the middle of
    the data.
    """
    pairs = [(v, f) for v, f in found if v.crs]
    grids: dict[str, int] = {}
    for verdict, frame in pairs:
        if metres(verdict.crs):
            bonus = (
                1_000_000_000 if "CGCS2000" in system(verdict.crs).name or "China" in system(verdict.crs).name else 0
            )
            grids[verdict.crs] = grids.get(verdict.crs, bonus) + len(frame)
    if grids:
        return max(sorted(grids), key=lambda c: grids[c]), ()
    boxes = [b for b in (degrees(v.crs, bounds(_on_earth(v.crs, f))) for v, f in pairs) if b is not None]
    if not boxes:
        return ("EPSG:4548" if pairs else "", ())
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return _zone(west, south, east, north)


def _on_earth(crs: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows whose degrees can be: a row with latitude first moves no plan to the pole."""
    if not system(crs).is_geographic:
        return frame
    box = np.abs(shapely.bounds(np.asarray(frame.geometry.array, dtype=object)))
    good = (np.fmax(box[:, 1], box[:, 3]) <= 90) & (np.fmax(box[:, 0], box[:, 2]) <= 360)
    return frame[good] if good.any() else frame


def _zone(west: float, south: float, east: float, north: float) -> tuple[str, tuple[Note, ...]]:
    lon = ((west + east) / 2 + 180) % 360 - 180
    lat = min(max((south + north) / 2, -89.0), 89.0)  # damaged numbers may lie beyond the poles
    if east - west > 12 or north - south > 40:
        wide = (
            "EPSG:8857"
            if east - west > 100
            else CRS.from_proj4(f"+proj=laea +lat_0={lat:.1f} +lon_0={lon:.1f} +ellps=GRS80 +units=m").to_wkt()
        )
        return wide, (
            note(
                "IM312",
                1,
                {"to": "Equal Earth" if wide == "EPSG:8857" else f"an equal-area grid at {lon:.1f} {lat:.1f}"},
            ),
        )
    if CHINA[0] <= lon <= CHINA[2] and CHINA[1] <= lat <= CHINA[3]:
        return f"EPSG:{4534 + (min(max(round(lon / 3) * 3, 75), 135) - 75) // 3}", ()
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}", (note("IM313"),)


def placed(
    frame: gpd.GeoDataFrame, verdict: Verdict, target: str, shifted: str = ""
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the frame in the plan's CRS, with long edges split first so that neighbours stay neighbours."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    notes: list[Note] = []
    if verdict.swap:
        shapes = shapely.transform(shapes, lambda p: p[:, ::-1])
    if shifted:
        shapes = _unshifted(shapes, verdict.crs, "bd09" if shifted == "bd09" else "gcj02")
        notes.append(note("IM308", 1, {"datum": shifted.upper().replace("02", "-02").replace("09", "-09")}))
    if verdict.crs != target:
        if system(verdict.crs).is_projected:
            notes += [n for n in datum_notes(verdict.crs) if "27" in str(n.args["crs"])]
        unit = 111_000 if system(verdict.crs).is_geographic else 1.0
        # Edges that came from metres are up to 1 / cos(latitude) longer in degrees: they are not split again.
        step = (2.0 if unit > 1 else 1.0) * _DENSE / unit
        few = float(np.nansum(shapely.length(shapes))) / step < _MOST_VERTICES
        if few and _bends(shapes, step, 10 * _DENSE / unit, 1e-3 / unit):
            shapes = shapely.segmentize(shapes, step)
        shapes = _transformed(shapes, verdict.crs, target)
        notes.append(note("IM306", len(frame), {"crs": verdict.crs[:40], "to": target[:40]}))
    table = pd.DataFrame(frame.drop(columns=[frame.geometry.name]))
    table["geometry"] = gpd.array.GeometryArray(shapes, crs=system(target))
    return with_shapes(table), tuple(notes)


def _bends(shapes: np.ndarray[Any, Any], step: float, longest: float, near: float) -> bool:
    """Whether edges must be split before projecting: one is very long, or a vertex lies on a long one of another shape.

    Where borders meet at their ends only, straight edges leave no gap, and reading again adds no vertex.
    """
    rings = shapely.get_parts(shapely.get_parts(shapes))
    rings = np.concatenate(
        [shapely.get_rings(rings[shapely.get_dimensions(rings) == 2]), rings[shapely.get_dimensions(rings) == 1]]
    )
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) < 2:
        return False
    length = np.where(ring[:-1] == ring[1:], np.hypot(*np.diff(points, axis=0).T), 0.0)
    rows = np.flatnonzero(length > step)
    if len(rows) == 0 or (length > longest).any():
        return len(rows) > 0
    edges = shapely.linestrings(np.stack([points[rows], points[rows + 1]], axis=1))
    edge, point = shapely.STRtree(shapely.points(points)).query(edges, predicate="dwithin", distance=near)
    ends = np.minimum(
        np.hypot(*(points[point] - points[rows[edge]]).T), np.hypot(*(points[point] - points[rows[edge] + 1]).T)
    )
    return bool((ends > 2 * near).any())


def _transformed(shapes: np.ndarray[Any, Any], source: str, target: str) -> np.ndarray[Any, Any]:
    change = transformer(source, target)

    def move(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    answer: np.ndarray[Any, Any] = shapely.transform(shapely.force_2d(shapes) if _has_z(shapes) else shapes, move)
    return answer


def _has_z(shapes: np.ndarray[Any, Any]) -> bool:
    return bool(shapely.has_z(shapes).any())


def _unshifted(shapes: np.ndarray[Any, Any], crs: str, datum: Datum) -> np.ndarray[Any, Any]:
    """Return shapes with a web-map shift undone, in their own CRS."""
    there = shapes if system(crs).is_geographic else _transformed(shapes, crs, "EPSG:4326")
    back = shapely.transform(shapely.force_2d(there), lambda p: np.column_stack(to_wgs(p[:, 0], p[:, 1], datum)))
    return back if system(crs).is_geographic else _transformed(back, "EPSG:4326", crs)
