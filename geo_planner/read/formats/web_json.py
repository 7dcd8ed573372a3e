"""The two other JSON forms in which web maps send shapes, turned into GeoJSON features: TopoJSON and Esri's.

TopoJSON keeps borders once, as arcs that shapes refer to by number; Esri's keeps rings whose turn says shell or hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from .shapefile_shapes import with_holes

_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
_LEVELS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
_KINDS = {*_LEVELS, "Point", "MultiPoint", "GeometryCollection"}


def looks_topological(head: bytes) -> bool:
    """Return whether the first bytes of a document say that it is TopoJSON."""
    return _TOPOLOGY.search(head) is not None


def objects_of(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the GeoJSON features of each object of a TopoJSON document; a shape that is damaged has no coordinates.

    Raises ValueError where arcs or objects are missing.
    """
    arcs, objects = document.get("arcs"), document.get("objects")
    if not isinstance(arcs, list) or not isinstance(objects, dict) or not objects:
        msg = "its arcs or objects are missing"
        raise ValueError(msg)
    step = document.get("transform")
    lines = [_unpacked(a, step) for a in arcs]
    return {str(name): [_feature(g, lines, step) for g in _members(item)] for name, item in objects.items()}


def _members(item: Any) -> list[Any]:
    if isinstance(item, dict) and item.get("type") == "GeometryCollection":
        found = item.get("geometries")
        return found if isinstance(found, list) else []
    return [item]


def _unpacked(arc: Any, step: Any) -> np.ndarray[Any, Any] | None:
    """Return the vertices of an arc, None where it is damaged."""
    try:
        points = np.array([p[:2] for p in arc], float).reshape(-1, 2)
        return points if step is None else _scaled(points.cumsum(axis=0), step)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None


def _scaled(points: np.ndarray[Any, Any], step: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    scaled: np.ndarray[Any, Any] = points * np.array(step["scale"], float) + np.array(step["translate"], float)
    return scaled


def _feature(item: Any, lines: list[np.ndarray[Any, Any] | None], step: Any) -> dict[str, Any]:
    said = item if isinstance(item, dict) else {}
    return {"id": said.get("id"), "properties": said.get("properties"), "geometry": _geometry(said, lines, step)}


def _geometry(item: Mapping[str, Any], lines: list[np.ndarray[Any, Any] | None], step: Any) -> Any:
    kind = item.get("type")
    if kind is None or kind not in _KINDS:
        return None
    if kind == "GeometryCollection":
        return {"type": kind, "geometries": [_geometry(g, lines, step) for g in _members(item)]}
    try:
        if kind in _LEVELS:
            return {"type": kind, "coordinates": _joined(item["arcs"], lines, _LEVELS[kind])}
        raw = np.array(item["coordinates"], float)
        return {"type": kind, "coordinates": (raw if step is None else _scaled(raw, step)).tolist()}
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return {"type": kind, "coordinates": "damaged"}


def _joined(numbers: Any, lines: list[np.ndarray[Any, Any] | None], level: int) -> list[Any]:
    """Return coordinates from arc numbers; a negative number is the arc ~number from its end."""
    if level:
        return [_joined(n, lines, level - 1) for n in numbers]
    out: list[Any] = []
    for number in numbers:
        arc = lines[~number if number < 0 else number]
        if arc is None:
            raise ValueError
        points = (arc[::-1] if number < 0 else arc).tolist()
        out += points[1:] if out else points
    return out


def is_esri(document: Mapping[str, Any]) -> bool:
    """Return whether one feature is Esri's: attributes in place of properties."""
    return "attributes" in document and "type" not in document


def from_esri(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an Esri feature as a GeoJSON feature; curves and kinds that are not known count as damaged."""
    return {"properties": document.get("attributes"), "geometry": _esri_geometry(document.get("geometry"))}


def esri_crs(member: Any) -> str:
    """Return the name of the coordinate system that an Esri document gives, empty where it gives none."""
    said = member if isinstance(member, dict) else {}
    number = said.get("latestWkid") or said.get("wkid")
    if isinstance(number, int):
        return {102100: "EPSG:3857"}.get(number, f"{'ESRI' if number > 100_000 else 'EPSG'}:{number}")
    return str(said.get("wkt") or "")


def _esri_geometry(geometry: Any) -> Any:
    if not isinstance(geometry, dict) or geometry.get("x", 0) in (None, "NaN"):
        return None
    try:
        if "x" in geometry:
            return {"type": "Point", "coordinates": [geometry["x"], geometry["y"]]}
        if "points" in geometry:
            return {"type": "MultiPoint", "coordinates": geometry["points"]}
        if "paths" in geometry:
            return {"type": "MultiLineString", "coordinates": geometry["paths"]}
        return _shells(geometry["rings"]) if geometry.get("rings") else None if "rings" in geometry else _DAMAGED
    except (TypeError, ValueError, IndexError, shapely.errors.GEOSException):
        return _DAMAGED


_DAMAGED = {"type": "Polygon", "coordinates": "damaged"}


def _shells(rings: Iterable[Any]) -> dict[str, Any]:
    """Return a polygon from rings: those that turn clockwise are shells, the others their holes."""
    closed = [np.array([p[:2] for p in r], float) for r in rings]
    closed = [r if np.array_equal(r[0], r[-1]) else np.vstack([r, r[:1]]) for r in closed]
    turns = [float(np.dot(r[:-1, 0], r[1:, 1]) - np.dot(r[1:, 0], r[:-1, 1])) for r in (c - c[0] for c in closed)]
    shells = [r for r, t in zip(closed, turns, strict=True) if t <= 0] or closed
    holes = [r for r, t in zip(closed, turns, strict=True) if t > 0] if len(shells) < len(closed) else []
    made: dict[str, Any] = shapely.geometry.mapping(with_holes(shells, holes))
    return made
