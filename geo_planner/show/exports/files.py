"""Every file that is written: beside its place first, checked, then moved there in one step, so that it is old or new.

A GeoPackage is opened again and its rows and its spatial index are counted before it replaces the old one, because a
full disk can drop the index without an error. Files that belong together replace the old ones as one set.
"""

from __future__ import annotations

import json
import re
import sqlite3
import struct
import unicodedata
import warnings
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...plan.landuse import scheme_text
from ...plan.plan import Plan
from ...read.file_set import import_set
from ...read.plan_file import META
from ...read.schema.recipe import recipe_of
from .atomic import atomic_write, sweep, written_together

if TYPE_CHECKING:
    from ...read import ImportResult

__all__ = [
    "add_styles",
    "atomic_write",
    "safe_name",
    "sweep",
    "write_bytes",
    "write_import",
    "write_layers",
    "write_plan",
    "write_text",
    "written_together",
]
_EPOCH = "1970-01-01T00:00:00.000Z"
_DEVICES = {"con", "prn", "aux", "nul", *(f"com{k}" for k in range(10)), *(f"lpt{k}" for k in range(10))}
_LONGEST = 120
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of a text that a spreadsheet would take for a formula."""
_STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT,
f_table_name TEXT, f_geometry_column TEXT, styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
"""The table as QGIS makes it."""


def safe_name(text: str, *, taken: Mapping[str, Any] | set[str] = frozenset(), spare: str = "layer") -> str:  # type: ignore[assignment]
    """Return a file or layer name made from any text: no separators, controls, device names; short.

    Not among `taken`.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(c if c.isprintable() and unicodedata.category(c)[0] != "C" else "_" for c in plain)
    plain = re.sub(r'[\\/:*?"<>|]+', "_", plain).strip().lstrip(".-").rstrip(". ")
    if not plain.strip("_") or plain.split(".")[0].lower() in _DEVICES:
        plain = f"{spare}_{plain}".rstrip("_")
    while len(plain.encode()) > _LONGEST:
        plain = plain[:-1]
    free, number, lower = plain, 2, {t.lower() for t in taken}
    while free.lower() in lower:
        free, number = f"{plain}_{number}", number + 1
    return free


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8 in one step."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes in one step."""
    with atomic_write(path) as inside:
        inside.write_bytes(content)


Styles = Mapping[str, list[tuple[str, str]]]
"""Looks for desktop GIS: (name, QML) of each layer; the first is its default."""


@dataclass(frozen=True)
class Beside:
    """What a GeoPackage holds beside its layers.

    `said` becomes the plan's own table of key and JSON value, `styles` the table from which QGIS takes its looks;
    `index` is a spatial index of each layer.
    """

    said: Mapping[str, Any] = field(default_factory=dict)
    rasters: Mapping[str, Any] = field(default_factory=dict)
    styles: Styles = field(default_factory=dict)
    index: bool = True


def write_plan(plan: Plan, path: Path, styles: Styles | None = None, *, index: bool = True) -> None:
    """Write a plan as one GeoPackage; `read_plan` of it gives a plan with the same digest.

    Beside the layers it holds a table with name, date, title, notes, sources and the rasters, and the `styles`.
    """
    said = {
        "name": plan.name,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "title": dict(plan.title),
        "schematic": plan.schematic,
        "digest": plan.digest,
        "crs": plan.crs,
        "notes": [[n.code, n.severity, n.layer, n.count, dict(n.args), n.example] for n in plan.notes],
        "sources": [[s.layer, s.file, s.inner, s.sha256, s.rows] for s in plan.sources],
        "schemes": [scheme_text(s) for s in plan.schemes.values()],
        "complete": dict(plan.complete),
    }
    layers = {name: plan.layers[name] for name in sorted(plan.layers)}
    write_layers(layers, Path(path), Beside(said, _rasters(plan), styles or {}, index))


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path, beside: Beside = Beside()) -> None:
    """Write layers as one GeoPackage with what is beside them, checked before it replaces what was there."""
    with atomic_write(path) as inside:
        names: dict[str, str] = {}
        rows = {}
        for name, frame in layers.items():
            names[name] = safe_name(
                name.lstrip("`~!@#$%^&*()+-={}|[];',. ") or "layer", taken=set(names.values()) | {META}
            )
            rows[names[name]] = len(frame)
            _append(frame, inside, names[name], index=beside.index)
        if not layers:
            _append(gpd.GeoDataFrame({"id": pd.Series([], dtype="str")}, geometry=[]), inside, "empty")
            rows["empty"] = 0
        add_styles(inside, {names[name]: looks for name, looks in beside.styles.items() if name in names})
        said = {**beside.said, "names": names} if beside.said else {}
        _finish(inside, rows, said, beside)


def add_styles(path: Path, styles: Styles) -> None:
    """Put looks into a GeoPackage that is being written, in the table `layer_styles` where QGIS searches for them."""
    if not styles:
        return
    rows = [
        {"layer": layer, "name": name[:30], "qml": qml, "first": int(number == 0), "at": _EPOCH}
        for layer, looks in styles.items()
        for number, (name, qml) in enumerate(looks)
    ]
    with closing(sqlite3.connect(path)) as base:
        base.execute(_STYLES)
        base.executemany(
            "INSERT INTO layer_styles SELECT NULL, '', '', :layer, column_name, :name, :qml, '', :first, '', '', '', "
            ":at FROM gpkg_geometry_columns WHERE table_name = :layer",
            rows,
        )
        base.execute(
            "INSERT INTO gpkg_contents (table_name,data_type,identifier,description,last_change) "
            "VALUES ('layer_styles','attributes','layer_styles','',?)",
            (_EPOCH,),
        )
        base.commit()


def _append(frame: gpd.GeoDataFrame, path: Path, name: str, *, index: bool = True) -> None:
    import pyogrio

    geometry = frame.geometry.name
    plain = frame.rename(columns=_column_names(frame)).reset_index(drop=True)
    if geometry != "geometry":
        plain = plain.rename_geometry("geometry")
    for column in plain.columns:
        if str(plain[column].dtype).startswith("datetime64"):
            plain[column] = _as_days(plain[column])
        elif plain[column].dtype == object and column != "geometry":
            plain[column] = plain[column].map(lambda v: v if v is None else str(v)).astype("str")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")  # a layer whose CRS is unknown stays unknown
            pyogrio.write_dataframe(
                plain,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                promote_to_multi=False,
                geometry_type="Unknown" if _mixed(plain) else None,
                use_arrow=True,
                SPATIAL_INDEX="YES" if index else "NO",
            )
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        RuntimeError,
    ) as error:
        raise OSError(str(error)[:120]) from error


def _mixed(frame: gpd.GeoDataFrame) -> bool:
    return len(frame) == 0 or len(np.unique(shapely.get_type_id(frame.geometry.array))) > 1


def _as_days(values: pd.Series) -> pd.Series:
    """Return dates without a time of day as dates, others as they are."""
    whole = (values.dropna() == values.dropna().dt.normalize()).all()
    return values.dt.date.where(values.notna(), None) if whole else values


def _column_names(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Return new names for columns that a GeoPackage would refuse: `fid`, its shapes' own.

    And ones that differ in case only.
    """
    taken: set[str] = {"fid", "geom", "ogc_fid", "geometry"}
    out = {}
    for column in frame.columns:
        if column == frame.geometry.name:
            continue
        name, number = str(column), 2
        while name.lower() in taken:
            name, number = f"{column}_{number}", number + 1
        taken.add(name.lower())
        if name != column:
            out[column] = name
    return out


def _rasters(plan: Plan) -> dict[str, Any]:
    return {
        name: {
            "transform": list(r.transform),
            "crs": r.crs,
            "nodata": r.nodata,
            "year": r.year,
            "unit": r.unit,
            "dtype": r.values.dtype.str,
            "shape": list(r.values.shape),
            "values": np.ascontiguousarray(r.values).tobytes(),
        }
        for name, r in sorted(plan.rasters.items())
    }


def _finish(path: Path, rows: Mapping[str, int], said: Mapping[str, Any], beside: Beside) -> None:
    """Add the plan's own tables, fix the time stamps so that a second run gives the same bytes.

    And check what is there.
    """
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode=DELETE")
        base.execute("UPDATE gpkg_contents SET last_change=?", (_EPOCH,))
        if said:
            base.execute(f"CREATE TABLE {META} (key TEXT PRIMARY KEY, value TEXT)")
            base.executemany(
                f"INSERT INTO {META} VALUES (?,?)",
                [(k, json.dumps(v, ensure_ascii=False, default=str)) for k, v in said.items()],
            )
            base.execute(
                "INSERT INTO gpkg_contents (table_name,data_type,identifier,description,last_change) "
                "VALUES (?,'attributes',?,'',?)",
                (META, META, _EPOCH),
            )
        if beside.rasters:
            base.execute(f"CREATE TABLE {META}_rasters (name TEXT PRIMARY KEY, head TEXT, cells BLOB)")
            base.executemany(
                f"INSERT INTO {META}_rasters VALUES (?,?,?)", [_raster_row(n, r) for n, r in beside.rasters.items()]
            )
        base.commit()
    _verify(path, rows, indexed=beside.index)


def _raster_row(name: str, grid: Mapping[str, Any]) -> tuple[str, str, bytes]:
    import zlib

    return name, json.dumps({k: v for k, v in grid.items() if k != "values"}), zlib.compress(grid["values"], 6)


def _verify(path: Path, rows: Mapping[str, int], *, indexed: bool = True) -> None:
    """Raise OSError unless every layer has all its rows, and its spatial index (where it has one) every shape."""
    with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as base:
        columns = dict(base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        for name, count in rows.items():
            table, column = _identifier(name), _identifier(columns.get(name, ""))
            there = base.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            if there != count:
                msg = f"layer {name}: {there} of {count} rows were written"
                raise OSError(msg)
            if not indexed:
                continue
            index = _identifier(f"rtree_{name}_{columns.get(name, '')}")
            listed = base.execute(f"SELECT count(*) FROM {index}").fetchone()[0]
            filled = _filled(base, table, column)
            if listed != filled:
                msg = f"layer {name}: the spatial index holds {listed} of {filled} shapes"
                raise OSError(msg)


def _filled(base: sqlite3.Connection, table: str, column: str) -> int:
    """Return how many shapes are neither missing nor empty; bit 4 of a blob's flags tells an empty one."""
    total = int(base.execute(f"SELECT count({column}) FROM {table}").fetchone()[0])
    heads = base.execute(f"SELECT DISTINCT substr({column},4,1) FROM {table} WHERE {column} IS NOT NULL").fetchall()
    empty = [h[0] for h in heads if h[0] and struct.unpack("B", h[0])[0] & 0x10]
    for flag in empty:
        total -= int(base.execute(f"SELECT count(*) FROM {table} WHERE substr({column},4,1)=?", (flag,)).fetchone()[0])
    return total


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def write_import(result: ImportResult, path: Path) -> None:
    """Write the plan of an import, beside it its recipe, and `<name>.rejects.gpkg` with the rows set aside and why.

    The three replace those of an earlier import as one set.
    """
    if result.plan is None:
        return
    files = import_set(Path(path))
    recipe, rejects = files.others
    with written_together(files) as inside:
        write_bytes(inside / recipe, recipe_of(result).encode("utf-8"))
        write_plan(result.plan, inside / files.main)
        if result.rejects:
            write_layers(result.rejects, inside / rejects)
