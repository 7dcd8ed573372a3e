"""Shapefiles as a bureau's office computer writes them, byte for byte the same every time.

GBK attribute tables with the language byte 0x4D and no .cpg, field names cut at ten bytes, ESRI's words for the
coordinate system. Two-dimensional points, polylines and polygons only: the sample needs no more.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely

PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
GBK = "gbk"
LDID_GBK = 0x4D
HEADER_DAY = (126, 6, 30)  # the header's date is part of the bytes, so it is the as-of day of the sample: 2026-06-30
NAME_BYTES = 10
SHAPE_OF_KIND = {"point": 1, "line": 3, "polygon": 5}


@dataclass(frozen=True)
class Field:
    """One attribute column: its name as written, its DBF type and its values."""

    name: str
    kind: Literal["C", "N", "D"]
    values: Sequence[Any]  # of a D column: texts such as 20190508
    decimals: int = 0


def cut_name(name: str) -> bytes:
    """Return the name in GBK, cut at ten bytes without leaving half a character."""
    return name.encode(GBK)[:NAME_BYTES].decode(GBK, errors="ignore").encode(GBK)


def write_layer(path: Path, shapes: Sequence[shapely.Geometry], kind: str, fields: Sequence[Field]) -> list[Path]:
    """Write .shp, .shx, .dbf and .prj beside one another and return their paths.

    Raises
    ------
    ValueError
        Two field names are the same once cut, or a column is longer or shorter than the layer.
    """
    names = [cut_name(f.name) for f in fields]
    if len(set(names)) < len(names) or any(len(f.values) != len(shapes) for f in fields):
        msg = f"{path.name}: field names {[n.decode(GBK) for n in names]} repeat once cut, or a column is too short."
        raise ValueError(msg)
    shp, shx = _shapes(shapes, kind)
    table = _table(names, fields, len(shapes))
    parts: Mapping[str, bytes] = {".shp": shp, ".shx": shx, ".dbf": table, ".prj": PRJ.encode()}
    for suffix, content in parts.items():
        path.with_suffix(suffix).write_bytes(content)
    return [path.with_suffix(suffix) for suffix in parts]


def _shapes(shapes: Sequence[shapely.Geometry], kind: str) -> tuple[bytes, bytes]:
    code = SHAPE_OF_KIND[kind]
    records = [_point(s) if kind == "point" else _parts(s, code) for s in shapes]
    sizes = np.array([len(r) // 2 for r in records], dtype=np.int64)
    offsets = 50 + np.concatenate([[0], np.cumsum(sizes + 4)[:-1]]) if len(sizes) else sizes
    box = shapely.total_bounds(np.array(shapes, dtype=object)) if len(shapes) else np.zeros(4)
    body = b"".join(struct.pack(">2i", k, n) + r for k, (n, r) in enumerate(zip(sizes, records, strict=True), start=1))
    index = b"".join(struct.pack(">2i", o, n) for o, n in zip(offsets, sizes, strict=True))
    return _head(code, 50 + len(body) // 2, box) + body, _head(code, 50 + len(index) // 2, box) + index


def _head(code: int, words: int, box: np.ndarray[Any, Any]) -> bytes:
    return struct.pack(">i5ii", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i4d4d", 1000, code, *box, 0, 0, 0, 0)


def _point(shape: shapely.Geometry) -> bytes:
    return struct.pack("<i2d", 1, shape.x, shape.y)


def _parts(shape: shapely.Geometry, code: int) -> bytes:
    parts = shapely.get_parts(shape)
    rings = [r for part in parts for r in (_rings(part) if code == 5 else [shapely.get_coordinates(part)])]
    starts = np.cumsum([0] + [len(r) for r in rings[:-1]])
    points = np.concatenate(rings)
    head = struct.pack("<i4d2i", code, *shapely.bounds(shape), len(rings), len(points))
    return head + starts.astype("<i4").tobytes() + points.astype("<f8").tobytes()


def _rings(part: shapely.Geometry) -> list[np.ndarray[Any, Any]]:
    """Return the outer ring clockwise and the holes against it, as the format asks; a crossed ring stays as drawn."""
    outer, holes = shapely.get_exterior_ring(part), shapely.get_rings(part)[1:]
    turned = [outer if not shapely.is_ccw(outer) else shapely.reverse(outer)]
    turned += [h if shapely.is_ccw(h) else shapely.reverse(h) for h in holes]
    return [shapely.get_coordinates(r) for r in turned]


def _table(names: Sequence[bytes], fields: Sequence[Field], rows: int) -> bytes:
    cells = [_cells(f) for f in fields]
    widths = [max(1, *(len(c) for c in column)) if rows else 1 for column in cells]
    described = b"".join(
        struct.pack("<11sc4xBB14x", name, f.kind.encode(), width, f.decimals)
        for name, f, width in zip(names, fields, widths, strict=True)
    )
    head = struct.pack("<4BIHH17xB2x", 3, *HEADER_DAY, rows, 33 + len(described), 1 + sum(widths), LDID_GBK)
    padded = [_padded(f, column, width) for f, column, width in zip(fields, cells, widths, strict=True)]
    body = b"".join(b" " + b"".join(row) for row in zip(*padded, strict=True))
    return head + described + b"\r" + body + b"\x1a"


def _cells(column: Field) -> list[bytes]:
    """Return each value as bytes, empty for what is missing."""
    missing = [v is None or v != v for v in column.values]  # noqa: PLR0124  (NaN and NaT are not themselves)
    if column.kind == "N":
        return [b"" if m else f"{v:.{column.decimals}f}".encode() for v, m in zip(column.values, missing, strict=True)]
    if column.kind == "D":
        return [b" " * 8 if m else str(v).encode() for v, m in zip(column.values, missing, strict=True)]
    return [b"" if m else str(v).encode(GBK) for v, m in zip(column.values, missing, strict=True)]


def _padded(column: Field, cells: Sequence[bytes], width: int) -> list[bytes]:
    return [c.rjust(width) if column.kind == "N" else c.ljust(width) for c in cells]
