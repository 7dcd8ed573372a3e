"""Small files written byte by byte for the tests of reading."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

Z39 = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
X, Y = 39_617_000.0, 3_760_000.0

Ring = list[tuple[float, float]]


def box(x: float, y: float, width: float = 100.0, height: float = 100.0) -> Ring:
    """A closed clockwise ring."""
    return [(x, y), (x, y + height), (x + width, y + height), (x + width, y), (x, y)]


def polygon(*rings: Ring) -> bytes:
    """The content of one polygon record."""
    points = [p for ring in rings for p in ring]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    starts = [sum(len(r) for r in rings[:k]) for k in range(len(rings))]
    head = struct.pack("<i4d2i", 5, min(xs), min(ys), max(xs), max(ys), len(rings), len(points))
    return head + struct.pack(f"<{len(rings)}i", *starts) + b"".join(struct.pack("<2d", *p) for p in points)


def line(points: Ring) -> bytes:
    """The content of one line record."""
    return struct.pack("<i", 3) + polygon(points)[4:]


def shp(records: Sequence[bytes], kind: int = 5) -> tuple[bytes, bytes]:
    """The bytes of .shp and .shx."""
    body, index, at = b"", b"", 50
    for number, record in enumerate(records, start=1):
        body += struct.pack(">2i", number, len(record) // 2) + record
        index += struct.pack(">2i", at, len(record) // 2)
        at += 4 + len(record) // 2
    rest = struct.pack("<2i8d", 1000, kind, 0, 0, 9e7, 9e7, 0, 0, 0, 0)
    return (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, at) + rest + body,
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + 4 * len(records)) + rest + index,
    )


def dbf(fields: Sequence[tuple[bytes, str, int]], rows: Sequence[Sequence[bytes]], language: int = 0) -> bytes:
    """The bytes of a table: fields are name, kind and width, values are bytes."""
    heads = b"".join(n[:10].ljust(11, b"\0") + k.encode() + bytes(4) + bytes([w, 0]) + bytes(14) for n, k, w in fields)
    width = 1 + sum(w for _, _, w in fields)
    body = b"".join(b" " + b"".join(v.ljust(w)[:w] for v, (_, _, w) in zip(r, fields, strict=True)) for r in rows)
    return (
        struct.pack("<4BIHH17xBxx", 3, 100, 1, 1, len(rows), 33 + len(heads), width, language)
        + heads
        + b"\r"
        + body
        + b"\x1a"
    )


def shapefile(
    folder: Path,
    name: str,
    records: Sequence[bytes],
    table: bytes | None,
    *,
    prj: str = Z39,
    kind: int = 5,
    cpg: bytes | None = None,
) -> Path:
    """Write a shapefile and return the path of its .shp."""
    main, index = shp(records, kind)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {".shp": main, ".shx": index, ".dbf": table, ".prj": prj.encode() or None, ".cpg": cpg}
    for suffix, raw in parts.items():
        if raw is not None:
            (folder / f"{name}{suffix}").write_bytes(raw)
    return folder / f"{name}.shp"


def names_table(*names: str, encoding: str = "gb18030", field: bytes = b"NAME", language: int = 0) -> bytes:
    """A table with one text column."""
    return dbf([(field, "C", 40)], [[n.encode(encoding)] for n in names], language)
