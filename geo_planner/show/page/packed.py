"""Many shapes in few bytes: geometry and columns of one layer as a block a browser decodes in milliseconds.

Shapes are put in Hilbert order and their corners written as whole numbers (2^29 round the world in Web Mercator,
about 6 cm), each as the difference to the one before it, byte by byte; columns follow; gzip closes it.
`decode` is the Python twin of `js/codec.js` and proves in tests that nothing is lost but half a quantum.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pyproj import Transformer

from .coding import Reader, deltas, from_planes, planes, running, shuffled, texts, unshuffled, utf8, varint, zigzag
from .letters import to_letters

Kind = Literal["point", "line", "polygon"]
WORLD = 1 << 29
KINDS: tuple[Kind, ...] = ("point", "line", "polygon")
NO_DAY = -(1 << 31)
_MERCATOR_LIMIT = 85.05112877980659
_COLLECTION = 7
_FIXED = {"number": "<f4", "double": "<f8", "day": "<i4"}
_VERTEX_MIN = {"point": 1, "line": 2, "polygon": 3}
_TYPES: Mapping[Kind, tuple[int, ...]] = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}


@dataclass(frozen=True)
class Packed:
    """One packed layer: `blob` is the gzip block, `order` the input row behind each packed feature."""

    kind: Kind
    blob: bytes
    order: NDArray[np.int64]

    @property
    def text(self) -> str:
        """The block as letters, as it stands in the page."""
        return to_letters(self.blob)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Columns to carry along, by how they are written.

    words : few different values (a dictionary and one small number a row)
    numbers : 32-bit floats
    doubles : 64-bit floats, for values that are told to the last digit
    days : dates as days since 1970; null is kept
    steps : whole numbers, each written as the step from the one before
    texts : free text, one entry a row
    """

    words: Sequence[str] = ()
    numbers: Sequence[str] = ()
    doubles: Sequence[str] = ()
    days: Sequence[str] = ()
    steps: Sequence[str] = ()
    texts: Sequence[str] = ()


@dataclass
class _Writer:
    parts: list[bytes] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)

    def column(self, name: str, how: str, content: bytes, **more: Any) -> None:
        self.columns.append({"k": name, "t": how, "bytes": len(content), **more})
        self.parts.append(content)


def split_by_kind(frame: GeoDataFrame) -> dict[Kind, GeoDataFrame]:
    """The rows of `frame` by kind of geometry; mixed collections are taken apart, empty and null ones left out."""
    shapes = frame.geometry
    frame = frame[~(shapes.isna() | shapes.is_empty)]
    type_ids = shapely.get_type_id(np.asarray(frame.geometry.array))
    found = {kind: _rows(frame, np.isin(type_ids, _TYPES[kind])) for kind in reversed(KINDS)}
    if (type_ids == _COLLECTION).any():
        mixed = frame[type_ids == _COLLECTION]
        found = {kind: pd.concat([part, _of_kind(mixed, kind)]) for kind, part in found.items()}
    return {kind: part for kind, part in found.items() if len(part)}


def _rows(frame: GeoDataFrame, chosen: NDArray[Any]) -> GeoDataFrame:
    return frame if chosen.all() else frame[chosen] if chosen.any() else frame.iloc[:0]


def _of_kind(mixed: GeoDataFrame, kind: Kind) -> GeoDataFrame:
    """The parts of one kind of each collection as one shape: what was one feature stays one of each kind."""
    parts, row = np.asarray(mixed.geometry.array), np.arange(len(mixed))
    for _ in range(3):  # a collection may hold collections, and these multi-shapes
        parts, at = shapely.get_parts(parts, return_index=True)
        row = row[at]
    keep = np.isin(shapely.get_type_id(parts), _TYPES[kind]) & ~shapely.is_empty(parts)
    rows, turn = np.unique(row[keep], return_inverse=True)
    gather = {"point": shapely.multipoints, "line": shapely.multilinestrings, "polygon": shapely.multipolygons}[kind]
    return mixed.iloc[rows].set_geometry(GeoSeries(gather(parts[keep], indices=turn), mixed.index[rows], mixed.crs))


def encode(frame: GeoDataFrame, kind: Kind, columns: Columns, *, level: int = 6) -> Packed:
    """One kind of geometry of a layer, packed in longitude and latitude; a frame without a CRS is taken to be in them.

    Raises
    ------
    ValueError
        a shape of another kind, an empty shape, or a coordinate off the Web Mercator square
    """
    shapes = np.asarray(frame.geometry.array)
    if not np.isin(shapely.get_type_id(shapes), _TYPES[kind]).all() or shapely.is_empty(shapes).any():
        msg = f"only non-empty {kind} shapes can be packed as {kind}"
        raise ValueError(msg)
    order = _hilbert_order(shapes)
    rows = frame.iloc[order]
    parts_each, marks, coordinates, counts = _take_apart(shapes[order], kind)
    x, y = _world(_lonlat(coordinates, frame.crs))
    x0, y0 = (int(x.min()), int(y.min())) if len(x) else (0, 0)
    x, y = x - x0, y - y0
    writer = _Writer()
    writer.parts.append(varint(parts_each))
    if kind != "point":
        writer.parts.append(varint(counts * 2 + marks))
    bytewise = planes(zigzag(deltas(x, y, counts)))
    writer.parts += bytewise
    _write_columns(writer, rows, columns)
    head = {
        "kind": kind,
        "n": len(rows),
        "parts": len(counts),
        "vertices": len(x),
        "planes": len(bytewise) // 2,
        "x0": x0,
        "y0": y0,
        "w": int(x.max()) if len(x) else 0,
        "h": int(y.max()) if len(y) else 0,
        "cols": writer.columns,
    }
    header = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    content = b"".join([len(header).to_bytes(4, "little"), header, *writer.parts])
    return Packed(kind=kind, blob=gzip.compress(content, level, mtime=0), order=order)


def encode_table(parts: Sequence[tuple[pd.DataFrame, Columns]], *, level: int = 6) -> Packed:
    """Columns without shapes: those of the first frame, then those of others, which may have fewer rows (`n`)."""
    writer = _Writer()
    for frame, columns in parts:
        begin = len(writer.columns)
        _write_columns(writer, frame, columns)
        for column in writer.columns[begin:]:
            column["n"] = len(frame)
    rows = len(parts[0][0])
    head = {"kind": "table", "n": rows, "parts": 0, "vertices": 0, "cols": writer.columns}
    header = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    content = b"".join([len(header).to_bytes(4, "little"), header, *writer.parts])
    return Packed(kind="point", blob=gzip.compress(content, level, mtime=0), order=np.arange(rows))


def decode_table(blob: bytes) -> dict[str, Any]:
    """The columns of `encode_table` back; what the browser sees."""
    content = gzip.decompress(blob)
    start = 4 + int.from_bytes(content[:4], "little")
    return dict(_read_columns(content, start, json.loads(content[4:start])))


def decode(blob: bytes) -> GeoDataFrame:
    """The layer back from its block, in longitude and latitude; what the browser sees."""
    content = gzip.decompress(blob)
    start = 4 + int.from_bytes(content[:4], "little")
    head = json.loads(content[4:start])
    numbers = Reader(content, start)
    parts_each = numbers.take(head["n"])
    marked = numbers.take(head["parts"]) if head["kind"] != "point" else np.full(head["parts"], 2, np.int64)
    counts, marks = marked >> 1, marked & 1
    z = from_planes(content, numbers.at, head["vertices"], head["planes"])
    numbers.at += 2 * head["vertices"] * head["planes"]
    steps = (z >> 1) ^ -(z & 1)
    corners = running(steps, counts) + np.array([head["x0"], head["y0"]])
    shapes = _put_together(_degrees(corners), counts, marks, parts_each, head["kind"])
    values = dict(_read_columns(content, numbers.at, head))
    return GeoDataFrame(values, geometry=GeoSeries(shapes, crs=4326))


def _hilbert_order(shapes: NDArray[Any]) -> NDArray[np.int64]:
    if not len(shapes):
        return np.zeros(0, np.int64)
    bounds = shapely.bounds(shapes)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, span = middle.min(0), np.ptp(middle, axis=0)
    cell = np.minimum((middle - low) / np.where(span > 0, span, 1) * 4096, 4095).astype(np.int64)
    return np.asarray(np.argsort(_hilbert(cell[:, 0], cell[:, 1]), kind="stable"), np.int64)


def _hilbert(x: NDArray[np.int64], y: NDArray[np.int64], *, bits: int = 12) -> NDArray[np.int64]:
    """Position of each cell along the Hilbert curve of 2^bits x 2^bits cells."""
    x, y, along = x.copy(), y.copy(), np.zeros(len(x), np.int64)
    for bit in reversed(range(bits)):
        size = 1 << bit
        right, upper = (x & size) > 0, (y & size) > 0
        along += size * size * ((3 * right) ^ upper)
        turn = ~upper & right
        x[turn], y[turn] = size - 1 - (x[turn] & (size - 1)), size - 1 - (y[turn] & (size - 1))
        swap = ~upper
        x[swap], y[swap] = y[swap].copy(), x[swap].copy()
        x, y = x & (size - 1), y & (size - 1)
    return along


def _take_apart(shapes: NDArray[Any], kind: Kind) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Parts a shape, a hole mark a part, coordinates, and corners a part (a ring's closing corner is left out)."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    marks = np.zeros(len(parts), np.int64)
    if kind == "polygon":
        # Fills count turns, so that shapes which overlap do not cancel: all outer rings turn one way, holes the other.
        rings, polygon = shapely.get_rings(shapely.orient_polygons(parts, exterior_cw=True), return_index=True)
        marks = np.ones(len(rings), np.int64)
        marks[np.searchsorted(polygon, np.arange(len(parts)))] = 0
        parts, owner = rings, owner[polygon]
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    counts = np.bincount(part, minlength=len(parts)).astype(np.int64)
    if kind == "polygon":
        keep = np.ones(len(coordinates), bool)
        keep[np.cumsum(counts) - 1] = False
        coordinates, counts = coordinates[keep], counts - 1
    return np.bincount(owner, minlength=len(shapes)).astype(np.int64), marks, coordinates, counts


def _lonlat(coordinates: NDArray[np.float64], crs: Any) -> NDArray[np.float64]:
    """Corners in degrees; turned as one array, because building every shape anew would cost more than packing."""
    if crs is None or crs.equals(4326, ignore_axis_order=True) or not len(coordinates):
        return coordinates
    return np.column_stack(_turn(crs.to_wkt()).transform(coordinates[:, 0], coordinates[:, 1]))


@cache
def _turn(system: str) -> Transformer:
    return Transformer.from_crs(system, 4326, always_xy=True)


def _world(degrees: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lon, lat = degrees[:, 0], degrees[:, 1]
    if not (np.isfinite(degrees).all() and (np.abs(lon) <= 180).all() and (np.abs(lat) <= _MERCATOR_LIMIT).all()):
        msg = "coordinates are not longitude and latitude within the Web Mercator square (180, 85.05 degrees)"
        raise ValueError(msg)
    sine = np.sin(np.radians(lat))
    x = (lon / 360 + 0.5) * WORLD
    y = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * WORLD
    return np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)


def _degrees(world: NDArray[np.int64]) -> NDArray[np.float64]:
    lon = (world[:, 0] / WORLD - 0.5) * 360
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[:, 1] / WORLD))))
    return np.column_stack([lon, lat])


def _write_columns(writer: _Writer, rows: pd.DataFrame, columns: Columns) -> None:
    for name in columns.words:
        column = rows[name]
        told = isinstance(column.dtype, pd.CategoricalDtype)
        codes, known = (
            (column.array.codes, column.array.categories)
            if told
            else pd.factorize(column if column.dtype == "str" else _as_words(column), sort=True)
        )
        codes = np.asarray(codes, np.int64) + 1
        wide = "u1" if len(known) < 255 else "u2" if len(known) < 65535 else "u4"
        content = shuffled(codes.astype(f"<{wide}"))
        writer.column(name, "word", content, wide=int(wide[1]), words=[None, *map(str, known)])
    for name in columns.numbers:
        values = pd.to_numeric(rows[name]).astype("Float64").to_numpy(dtype="<f4", na_value=np.nan)
        writer.column(name, "number", shuffled(values))
    for name in columns.doubles:
        writer.column(name, "double", shuffled(rows[name].to_numpy(dtype="<f8", na_value=np.nan)))
    for name in columns.days:
        writer.column(name, "day", shuffled(days(rows[name]).astype("<i4")))
    for name in columns.steps:
        steps = np.diff(rows[name].to_numpy(np.int64), prepend=0)
        writer.column(name, "step", varint(zigzag(steps)))
    for name in columns.texts:
        known = rows[name].notna().to_numpy()
        text, sizes = utf8(rows[name])
        writer.column(name, "text", varint(sizes + known) + text)


def _as_words(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("str").where(column.notna(), None)


def _read_columns(content: bytes, at: int, head: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for column in head["cols"]:
        raw = content[at : at + column["bytes"]]
        at += column["bytes"]
        if column["t"] == "word":
            codes = unshuffled(raw, f"<u{column['wide']}")
            yield column["k"], np.asarray(column["words"], object)[codes]
        elif column["t"] in _FIXED:
            yield column["k"], unshuffled(raw, _FIXED[column["t"]])
        elif column["t"] == "step":
            z = Reader(raw, 0).take(column.get("n", head["n"]))
            yield column["k"], np.cumsum((z >> 1) ^ -(z & 1))
        else:
            yield column["k"], texts(raw, column.get("n", head["n"]))


def days(dates: pd.Series[Any]) -> NDArray[np.int64]:
    """Dates as days since 1970; a missing date is `NO_DAY`."""
    known = pd.to_datetime(dates).to_numpy("datetime64[D]")
    return np.where(np.isnat(known), NO_DAY, known.astype(np.int64))


def _put_together(
    xy: NDArray[Any], counts: NDArray[Any], marks: NDArray[Any], parts_each: NDArray[Any], kind: Kind
) -> NDArray[Any]:
    owner = np.repeat(np.arange(len(parts_each)), parts_each)
    part = np.repeat(np.arange(len(counts)), counts)
    if kind == "point":
        return np.asarray(shapely.multipoints(np.asarray(shapely.points(xy)), indices=owner))
    if kind == "line":
        lines = np.asarray(shapely.linestrings(xy, indices=part))
        return np.asarray(shapely.multilinestrings(lines, indices=owner))
    rings = np.asarray(shapely.linearrings(xy, indices=part))
    polygons = np.asarray(shapely.polygons(rings, indices=np.cumsum(marks == 0) - 1))
    return np.asarray(shapely.multipolygons(polygons, indices=owner[marks == 0]))
