"""GeoPackage, FlatGeobuf, GeoParquet, GML and File Geodatabase: formats that a well-kept library reads well.

The door has checked the magic bytes before; GeoPackage tables are named from the database itself, so that no view runs.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely

from ...errors import NotALayerError
from ...plan.plan import Note
from ..notes import note
from ..schema.sheet import Sheet, columns_of, frame_of
from .curves import TOLERANCE, straight
from .texts import decoded

_CURVES, _SURFACES = (8, 9, 10, 11, 12), (15, 16, 17)  # type codes of well-known binary


_KINDS = (
    """SELECT name, CASE WHEN upper(ltrim(sql)) LIKE 'CREATE VIRTUAL%' THEN 'view' ELSE type END FROM sqlite_master"""
)
"""Name and kind of everything in a database; a virtual table computes its rows as a view does, from anywhere."""


def read_geopackage(path: Path) -> list[Sheet]:
    """Return every feature table of a GeoPackage; views and tables without geometry are named and left alone."""
    tables, said = _feature_tables(path)
    if not tables:
        msg = f"{path.name} holds no layer with geometry." + (" It has views, which are not read." if said else "")
        raise NotALayerError(msg)
    return [_table(path, name, srs, said if k == 0 else []) for k, (name, srs) in enumerate(tables)]


def read_one(path: Path, *, layer: str | None = None) -> Sheet:
    """Return one layer through GDAL, straightened and in Arrow's types."""
    meta, table = _arrow(path, layer)
    geometry = meta["geometry_name"] or "wkb_geometry"
    if geometry not in table.column_names:
        msg = f"{path.name}: layer {layer or path.stem} has no geometry."
        raise NotALayerError(msg)
    wkb = table.column(geometry).to_numpy(zero_copy_only=False)
    shapes, notes = shapes_of(wkb)
    words, said = decoded(table.drop_columns([geometry]))
    notes += said
    frame = frame_of(columns_of(words), shapes)
    return Sheet(layer or path.stem, frame, meta["crs"] or "", "file" if meta["crs"] else "", notes=tuple(notes))


def read_gml(path: Path, name: str) -> list[Sheet]:
    """Return one sheet for each feature type of a GML file that has shapes; the others are named.

    A file with one feature type bears its own `name`, a file with several those of the types.
    """
    return _every_layer(path, "a GML file", name)


def _arrow(path: Path, layer: str | None) -> tuple[dict[str, Any], pa.Table]:
    try:
        meta, table = pyogrio.read_arrow(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException) as error:
        msg = f"{path.name} is damaged: {_first(error)}"
        raise NotALayerError(msg) from None
    return meta, table


def _first(error: Exception) -> str:
    """Return the first words of another tool's complaint, without paths."""
    text = str(error).split(";")[0].split("\n")[0]
    return text.rsplit("/", 1)[-1][:120] if "/" in text else text[:120]


def shapes_of(wkb: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], list[Note]]:
    """Return shapes from well-known binary; curves are made straight, unreadable kinds become null with a note."""
    codes = _type_codes(wkb)
    curved = np.flatnonzero(np.isin(codes, _CURVES))
    plain = wkb
    if np.isin(codes, [*_CURVES, *_SURFACES]).any():
        plain = wkb.copy()
        plain[np.isin(codes, [*_CURVES, *_SURFACES])] = None
    shapes = shapely.from_wkb(plain, on_invalid="ignore")
    notes = []
    for k in curved:
        shapes[k] = straight(wkb[k])
    if len(curved):
        notes.append(note("IM506", len(curved), {"tolerance": f"{TOLERANCE:g}"}))
    surfaces = int(np.isin(codes, _SURFACES).sum())
    if surfaces:
        notes.append(note("IM511", surfaces))
    odd = (codes > 0) & shapely.is_missing(shapes) & ~np.isin(codes, _SURFACES)
    if odd.any():
        notes.append(note("IM106", int(odd.sum())))
    return shapes, notes


def _type_codes(wkb: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the plain type code of each shape, 0 where there is none."""
    heads = pc.fill_null(pc.binary_slice(pa.array(wkb, pa.large_binary()), 0, 5), b"")
    head = heads.to_numpy(zero_copy_only=False).astype("S5").view(np.uint8).reshape(-1, 5)
    code = np.where(head[:, :1] == 1, head[:, 1:], head[:, :0:-1]).astype(np.uint8)
    answer: np.ndarray[Any, Any] = (np.ascontiguousarray(code).view("<u4").ravel() & 0xFFFF) % 1000
    return answer.astype(int)


def _feature_tables(path: Path) -> tuple[list[tuple[str, int]], list[Note]]:
    """Return name and SRS of each feature table, and notes on what is left alone."""
    try:
        with closing(sqlite3.connect(f"file:{_uri(path)}?mode=ro", uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            kinds = dict(base.execute(_KINDS))
            if not {"gpkg_contents", "gpkg_geometry_columns"} <= set(kinds):
                msg = f"{path.name} is not a GeoPackage: the table gpkg_contents is missing."
                raise NotALayerError(msg)
            listed = base.execute(
                "SELECT c.table_name, c.data_type, g.srs_id FROM gpkg_contents c "
                "LEFT JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)"
            ).fetchall()
    except sqlite3.Error as error:
        msg = f"{path.name} is a damaged database ({_first(error)}). Ask for the file again."
        raise NotALayerError(msg) from None
    lower = {k.lower(): (k, v) for k, v in kinds.items()}
    tables, notes = [], []
    for name, data_type, srs in listed:
        real, kind = lower.get(str(name).lower(), (None, None))
        if kind == "view":
            notes.append(note("IM114", 1, {"inner": str(name)}))
        elif data_type == "features" and kind == "table" and real is not None:
            tables.append((real, int(srs if srs is not None else -1)))
        elif kind == "table" and not str(name).startswith("geo_planner"):
            notes.append(note("IM123", 1, {"inner": str(name)}))
    return tables, notes


def _uri(path: Path) -> str:
    return str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _table(path: Path, name: str, srs: int, said: list[Note]) -> Sheet:
    sheet = read_one(path, layer=name)
    notes = [*said, *sheet.notes]
    blobs = _blob_srs(path, name)
    bad = {}
    if blobs:
        seen = {b for b in blobs.values() if b is not None}
        off = sorted(b for b in seen if b not in {srs, 0, -1})
        if off and srs > 0:
            notes.append(note("IM309", 1, {"blob": off[0], "table": srs}))
        broken = [k for k, b in blobs.items() if b is None]
        bad = dict.fromkeys((k for k in broken if k <= len(sheet.frame)), "damaged")
        if bad:
            notes.append(note("IM106", len(bad)))
    crs = "" if srs in {0, -1} else sheet.crs
    source = "gpkg_spatial_ref_sys" if crs else ""
    return Sheet(name, sheet.frame, crs, source, "utf-8", "format", tuple(notes), inner=name, facts={"bad": bad})


def _blob_srs(path: Path, name: str, most: int = 2000) -> dict[int, int | None]:
    """Return the SRS id inside each of the first shapes by row number, None where a blob is no GeoPackage geometry."""
    quoted = '"' + name.replace('"', '""') + '"'
    with closing(sqlite3.connect(f"file:{_uri(path)}?mode=ro", uri=True)) as base:
        base.execute("PRAGMA trusted_schema=OFF")
        try:
            row = base.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name)=lower(?)", (name,)
            ).fetchone()
            column = '"' + str(row[0]).replace('"', '""') + '"'
            heads = base.execute(f"SELECT substr({column},1,8) FROM {quoted} LIMIT {most}").fetchall()
        except (sqlite3.Error, TypeError):
            return {}
    out: dict[int, int | None] = {}
    for k, (head,) in enumerate(heads, start=1):
        if head is None:
            continue
        good = isinstance(head, bytes) and len(head) == 8 and head[:2] == b"GP"
        out[k] = int(struct.unpack("<i" if head[3] & 1 else ">i", head[4:8])[0]) if good else None
    return out


def read_parquet(path: Path) -> Sheet:
    """Return the layer of a GeoParquet file."""
    try:
        frame = gpd.read_parquet(path)
    except (ValueError, OSError, KeyError, TypeError, pa.ArrowException, shapely.errors.GEOSException) as error:
        reason = "it has no geometry" if "geo metadata" in str(error) else _first(error)
        msg = f"{path.name} is not a GeoParquet layer: {reason}."
        raise NotALayerError(msg) from None
    crs = "" if frame.crs is None else frame.crs.to_wkt()
    geometry = np.asarray(frame.geometry.array, dtype=object)
    plain = pd.DataFrame(frame.drop(columns=[frame.geometry.name]))
    replaced = 0
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].map(lambda v: v if v is None else str(v)).astype("str")
        elif pd.api.types.is_string_dtype(plain[name]):
            plain[name], count = _decoded(plain[name])
            replaced += count
    columns = columns_of(pa.Table.from_pandas(plain, preserve_index=False)) if len(plain.columns) else {}
    nullable = "empty" if _encoding(path) != "WKB" else "null"
    source = "file" if crs else ""
    said = (note("IM207", replaced),) if replaced else ()
    frame = frame_of(columns, geometry)
    return Sheet(path.stem, frame, crs, source, "utf-8", "format", said, facts={"nullable": nullable})


def _decoded(column: pd.Series[Any]) -> tuple[pd.Series[Any], int]:
    """Return a column of text whose bytes are UTF-8 throughout, and how many characters had to be replaced for it."""
    words = pa.array(column)
    try:
        words.validate(full=True)
    except pa.ArrowInvalid:
        pass
    else:
        return column, 0
    raw = [None if v is None else v.decode("utf-8", "replace") for v in words.cast(pa.large_binary()).to_pylist()]
    return pd.Series(raw, index=column.index, dtype="str"), sum(v.count("\ufffd") for v in raw if v is not None)


def _encoding(path: Path) -> str:
    """Return how the shapes of a GeoParquet file are written: WKB, or as lists of coordinates."""
    said = json.loads((pq.read_schema(path).metadata or {}).get(b"geo", b"{}"))
    return str(said.get("columns", {}).get(said.get("primary_column"), {}).get("encoding", "WKB"))


def read_geodatabase(path: Path) -> list[Sheet]:
    """Return the layers of a File Geodatabase; layers that hold 3D surfaces are named and left out."""
    return _every_layer(path, "a File Geodatabase", "")


def _every_layer(path: Path, kind: str, name: str) -> list[Sheet]:
    """Return every layer of a source that has shapes; tables and 3D surfaces are named and left out."""
    try:
        layers = [(str(n), g) for n, g in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        msg = f"{path.name} is not {kind}: {_first(error)}"
        raise NotALayerError(msg) from None
    sheets: list[Sheet] = []
    said: list[Note] = []
    for inner, geometry in layers:
        if geometry is None:
            said.append(note("IM123", 1, {"inner": inner}))
            continue
        try:
            sheets.append(replace(read_one(path, layer=inner), inner=inner))
        except NotALayerError as error:
            said.append(note("IM113", 1, {"inner": inner, "reason": str(error)}))
            continue
        if any(n.code == "IM511" for n in sheets[-1].notes):
            said.append(note("IM113", 1, {"inner": inner, "reason": "3D surfaces"}))
    if not sheets:
        empty = " It is empty." if not layers else ""
        msg = f"{path.name} holds no layer with geometry.{empty}"
        raise NotALayerError(msg)
    if name and len(layers) == 1:
        sheets[0] = replace(sheets[0], name=name)
    sheets[0] = replace(sheets[0], notes=(*said, *sheets[0].notes))
    return sheets
