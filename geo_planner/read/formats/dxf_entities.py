"""A plain DXF reader for drawings that other programs wrote carelessly: lines, outlines, circles, arcs.

Points and texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

Item = tuple[str, str, Any, str]
Pairs = list[tuple[int, str]]

_STEPS = 64
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_CLOSE = 1e-6


def items(text: str) -> list[Item]:
    """Return (layer, kind, shape, text) of each entity in the section ENTITIES; blocks are not taken apart."""
    out: list[Item] = []
    vertices: list[tuple[float, float]] = []
    owner: Pairs = []
    for kind, pairs in _entities(text):
        if kind == "POLYLINE":
            owner, vertices = pairs, []
        elif kind == "VERTEX":
            vertices += _points(pairs)[:1]
        elif kind == "SEQEND":
            out += _line(owner, vertices, closed=bool(int(_first(owner, 70, "0")) & 1))
        else:
            out += _item(kind, pairs)
    return out


def unseen(text: str) -> dict[str, str]:
    """Return the layers of the table LAYER that are frozen (flag 1) or off (a colour below 0), with the note on it."""
    out: dict[str, str] = {}
    for kind, pairs in _entities(text, "TABLES"):
        name, flags, colour = (_first(pairs, code) for code in (2, 70, 62))
        if kind == "LAYER" and name:
            frozen = _WHOLE.fullmatch(flags) and int(flags) & 1
            state = "IM130" if frozen else "IM131" if colour.startswith("-") else ""
            out |= {name: state} if state else {}
    return out


def _entities(text: str, section: str = "ENTITIES") -> Iterator[tuple[str, Pairs]]:
    """Yield each entity of a section of the drawing with its pairs of group code and value."""
    lines = text.splitlines()
    kind, pairs, inside = "", [], False
    for k in range(0, len(lines) - 1, 2):
        code, value = lines[k].strip(), lines[k + 1].strip()
        if not _WHOLE.fullmatch(code):
            return
        if code == "2" and kind == "SECTION":
            inside = value == section
        if code != "0":
            pairs.append((int(code), value))
            continue
        if inside and kind not in {"", "SECTION", "ENDSEC", "EOF"}:
            yield kind, pairs
        kind, pairs = value, []


def _first(pairs: Pairs, code: int, spare: str = "") -> str:
    return next((v for c, v in pairs if c == code), spare)


def _points(pairs: Pairs) -> list[tuple[float, float]]:
    xs, ys = ([float(v) for c, v in pairs if c == code] for code in (10, 20))
    return list(zip(xs, ys, strict=False))


def _item(kind: str, pairs: Pairs) -> list[Item]:
    layer = _first(pairs, 8, "0")
    try:
        points = _points(pairs)
        if kind == "LWPOLYLINE":
            return _line(pairs, points, closed=bool(int(_first(pairs, 70, "0")) & 1))
        if kind == "HATCH":
            area = even_odd(_hatch_rings(pairs))
            return [(layer, "hatch", area, "")] if area is not None else []
        if kind == "LINE":
            return _line(pairs, [*points[:1], (float(_first(pairs, 11)), float(_first(pairs, 21)))], closed=False)
        if kind in {"CIRCLE", "ARC"}:
            return _line(pairs, _round(kind, pairs, points[0]), closed=kind == "CIRCLE")
        if kind == "POINT":
            return [(layer, "point", shapely.Point(points[0]), "")]
        if kind in {"TEXT", "MTEXT"}:
            return [(layer, "text", shapely.Point(points[0]), _first(pairs, 1))]
    except (ValueError, IndexError):
        return [(layer, "bad", None, "")]
    return []


def _hatch_rings(pairs: Pairs) -> list[np.ndarray[Any, Any]]:
    """Return the rings of a hatch: vertices of polyline paths, and the first points of straight edges."""
    rings: list[list[tuple[float, float]]] = []
    x = 0.0
    for code, value in pairs:
        if code == 92:
            rings.append([])
        elif code == 97:
            rings.append([])  # what follows is no boundary any more
        elif rings and code == 10:
            x = float(value)
        elif rings and code == 20:
            rings[-1].append((x, float(value)))
    return [np.array(r, float) for r in rings if len(r) > 2]


def even_odd(rings: list[np.ndarray[Any, Any]]) -> Any:
    """Return the area that an odd number of rings surrounds, None where there is none."""
    area: Any = None
    for ring in rings:
        if len(ring) < 3 or not np.isfinite(ring).all():
            continue
        part = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
        area = part if area is None else shapely.symmetric_difference(area, part)
    return area if area is not None and area.area > 0 else None


def _round(kind: str, pairs: Pairs, centre: tuple[float, float]) -> list[tuple[float, float]]:
    radius = float(_first(pairs, 40))
    first, last = (0.0, 360.0) if kind == "CIRCLE" else (float(_first(pairs, 50)), float(_first(pairs, 51)))
    sweep = (last - first) % 360 or 360.0
    angles = [math.radians(first + sweep * k / _STEPS) for k in range(_STEPS + 1)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def _line(pairs: Pairs, points: list[tuple[float, float]], *, closed: bool) -> list[Item]:
    if len(points) < 2 or not np.isfinite(points).all():
        return []
    xy = np.array(points, float)
    length = float(np.hypot(*np.diff(xy, axis=0).T).sum())
    by_hand = len(xy) > 3 and float(np.hypot(*(xy[0] - xy[-1]))) <= _CLOSE * max(length, 1.0)
    layer = _first(pairs, 8, "0")
    if (closed or by_hand) and len(np.unique(xy, axis=0)) > 2:
        return [(layer, "outline", shapely.Polygon(xy), "")]
    return [(layer, "line", shapely.LineString(xy), "")]
