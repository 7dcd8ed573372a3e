"""A plan written the way bureaus want it back: shapefiles in GBK with Chinese fields, and five formats more.

What a format cannot hold is said: one line a layer and field, in the list that `export_plan` returns.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...errors import OutputError
from ...plan.layers import LAYERS
from ...plan.plan import Plan
from .files import RISKY, atomic_write, safe_name, write_layers, write_text

Kind = Literal["shapefile", "gpkg", "geojson", "parquet", "dxf", "xlsx"]
KINDS: tuple[Kind, ...] = ("shapefile", "gpkg", "geojson", "parquet", "dxf", "xlsx")

_WIDEST, _WIDEST_NUMBER = 254, 24
_MOST_FIELDS, _WIDEST_ROW = 255, 65_000


def export_plan(plan: Plan, folder: Path, kind: Kind, *, crs: str | None = None, chinese: bool = True) -> list[str]:
    """Write every layer of a plan into a folder and return what could not be kept, a sentence each.

    `crs` is the coordinate system to write in (a CGCS2000 zone of choice), the plan's own by default; `chinese` gives
    shapefile fields their Chinese names, cut to ten bytes of GBK without collisions.
    """
    if kind not in KINDS:
        msg = f"{kind!r} is no export format; known are {', '.join(KINDS)}."
        raise OutputError(msg)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    layers = {name: _moved(frame, crs) for name, frame in sorted(plan.layers.items())}
    if kind == "gpkg":
        write_layers(layers, folder / f"{safe_name(plan.name, spare='plan')}.gpkg")
        return []
    if kind == "xlsx":
        return _xlsx(layers, folder / f"{safe_name(plan.name, spare='plan')}.xlsx")
    if kind == "dxf":
        return _dxf(layers, folder / f"{safe_name(plan.name, spare='plan')}.dxf")
    said: list[str] = []
    taken: set[str] = set()
    write: dict[str, Callable[[str, gpd.GeoDataFrame, Path], list[str]]] = {"geojson": _geojson, "parquet": _parquet}
    for name, frame in layers.items():
        stem = safe_name(_title(name) if kind == "shapefile" and chinese else name, taken=taken)
        taken.add(stem)
        said += (
            _shapefile(name, frame, folder / stem, chinese=chinese)
            if kind == "shapefile"
            else write[kind](name, frame, folder / stem)
        )
    return said


def _title(layer: str) -> str:
    return LAYERS[layer].zh if layer in LAYERS else layer


def _moved(frame: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    return frame.to_crs(crs) if crs is not None and frame.crs is not None else frame


def short_names(layer: str, columns: list[str], *, chinese: bool) -> dict[str, str]:
    """Return a field name of at most ten bytes of GBK for each column, none of them twice."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        spec = LAYERS[layer].column(column) if layer in LAYERS else None
        wanted = spec.zh.split("（")[0] if chinese and spec is not None else column
        name, number = _cut(wanted, 10), 2
        while name.upper() in taken:
            name, number = f"{_cut(wanted, 10 - len(str(number)))}{number}", number + 1
        taken.add(name.upper())
        out[column] = name
    return out


def _cut(text: str, size: int) -> str:
    """Return text cut to a number of GBK bytes, never within a character."""
    plain = "".join(c if c.isalnum() or c == "_" else "_" for c in text) or "field"
    while len(plain.encode("gb18030", "replace")) > size:
        plain = plain[:-1]
    return plain


def _shapefile(layer: str, frame: gpd.GeoDataFrame, stem: Path, *, chinese: bool) -> list[str]:
    """Write one shapefile a geometry kind, with .prj and an honest .cpg."""
    said = []
    sizes = shapely.get_dimensions(frame.geometry.array)
    kinds = [k for k in (2, 1, 0) if (sizes == k).any()] or [2]
    for size in kinds:
        part = frame[sizes == size] if len(kinds) > 1 else frame
        target = stem if len(kinds) == 1 else stem.with_name(f"{stem.name}_{('点', '线', '面')[size]}")
        columns = [c for c in part.columns if c != part.geometry.name]
        table, lost = _dbf(part[columns], short_names(layer, columns, chinese=chinese))
        if part.geometry.has_z.any():
            lost.append("heights were left out")
        said += [f"{target.name}.shp: {line}" for line in lost]
        shp, shx = _shp(np.asarray(part.geometry.array, dtype=object), size)
        prj = CRS(part.crs).to_wkt("WKT1_ESRI").encode() if part.crs is not None else b""
        for suffix, raw in ((".shp", shp), (".shx", shx), (".dbf", table), (".prj", prj), (".cpg", _page(table))):
            if raw:
                _bytes(target.with_name(target.name + suffix), raw)
    return said


def _page(table: bytes) -> bytes:
    """Return the name of the encoding: GBK, or its larger sister where a rare character needs four bytes."""
    head = struct.unpack("<H", table[8:10])[0]
    try:
        b"".join([table[head:], *(table[at : at + 11] for at in range(32, head - 1, 32))]).decode("gbk")
    except UnicodeDecodeError:
        return b"GB18030"
    return b"GBK"


def _bytes(path: Path, raw: bytes) -> None:
    with atomic_write(path) as inside:
        inside.write_bytes(raw)


def _dbf(frame: pd.DataFrame, names: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """Return a table in GBK and what had to be cut or left out."""
    said: list[str] = []
    left: list[str] = []
    cells: list[list[bytes]] = []
    heads, width = b"", 1
    for column in frame.columns:
        kind, decimals, words = _words(frame[column])
        size = 8 if kind == b"D" else min(max((len(w) for w in words), default=1) or 1, _WIDEST)
        if len(cells) == _MOST_FIELDS or width + size > _WIDEST_ROW:
            left.append(str(column))
            continue
        said += _losses(frame[column], words)
        pad = bytes.rjust if kind == b"N" else bytes.ljust
        cells.append([pad(_whole(w), size) for w in words])
        name = names[column].encode("gb18030")[:10].ljust(11, b"\0")
        heads += name + kind + bytes(4) + bytes([size, decimals]) + bytes(14)
        width += size
    if left:
        said.append(f"{len(left)} fields were left out, because a table holds {_MOST_FIELDS}: {', '.join(left[:5])}")
    rows = b"".join(b" " + b"".join(row) for row in zip(*cells, strict=True)) if cells else b" " * len(frame)
    head = struct.pack("<4BIHH16xBxxx", 3, 70, 1, 1, len(frame), 33 + len(heads), width, 0x4D)
    return head[:32] + heads + b"\r" + rows + b"\x1a", said


def _losses(values: pd.Series, words: list[bytes]) -> list[str]:
    """Return what a table cannot hold of a column."""
    said = []
    cut = sum(len(w) > _WIDEST for w in words)
    if cut:
        said.append(f"{values.name}: {cut} texts were cut at {_WIDEST} bytes")
    if str(values.dtype).startswith("datetime64"):
        timed = int((values.dropna() != values.dropna().dt.normalize()).sum())
        said += [f"{values.name}: the time of day of {timed} dates was left out"] if timed else []
    elif pd.api.types.is_float_dtype(values):
        lost = int(np.isinf(values.to_numpy(dtype=float, na_value=np.nan)).sum())
        said += [f"{values.name}: {lost} infinite numbers were left out"] if lost else []
    return said


def _words(values: pd.Series) -> tuple[bytes, int, list[bytes]]:
    """Return the kind of a column, its decimals, and each value as the bytes a table holds."""
    null = values.isna().to_numpy()
    if str(values.dtype).startswith("datetime64"):
        text = values.dt.strftime("%Y%m%d").to_numpy(dtype=object)
        return b"D", 0, [b"" if n else t.encode().ljust(8) for t, n in zip(text, null, strict=True)]
    if pd.api.types.is_bool_dtype(values):
        return (
            b"L",
            0,
            [b"?" if n else b"T" if v else b"F" for v, n in zip(values.to_numpy(dtype=object), null, strict=True)],
        )
    if pd.api.types.is_integer_dtype(values):
        return (
            b"N",
            0,
            [b"" if n else str(int(v)).encode() for v, n in zip(values.to_numpy(dtype=object), null, strict=True)],
        )
    if pd.api.types.is_float_dtype(values):
        reals = [b"" if n else _real(float(v)) for v, n in zip(values.to_numpy(dtype=object), null, strict=True)]
        return b"N", max([1, *(len(r.partition(b".")[2]) for r in reals if b"e" not in r)]), reals
    return (
        b"C",
        0,
        [
            b"" if n else str(v).encode("gb18030", "replace")
            for v, n in zip(values.to_numpy(dtype=object), null, strict=True)
        ],
    )


def _real(value: float) -> bytes:
    """Return the shortest text that reads as the same number."""
    if not np.isfinite(value):
        return b""
    text = np.format_float_positional(value, unique=True, trim="0")
    return (text if len(text) <= _WIDEST_NUMBER else np.format_float_scientific(value, unique=True)).encode()


def _whole(word: bytes) -> bytes:
    """Return bytes cut at the widest field, without half a character at the end."""
    return word[:_WIDEST].decode("gb18030", "ignore").encode("gb18030")


def _shp(shapes: np.ndarray[Any, Any], size: int) -> tuple[bytes, bytes]:
    """Return .shp and .shx; shells clockwise, holes the other way."""
    code = (1 if not (shapely.get_type_id(shapes) == 4).any() else 8, 3, 5)[size]
    records, index, at = [], [], 50
    for number, shape in enumerate(shapes, start=1):
        body = _record(shape, code)
        records.append(struct.pack(">2i", number, len(body) // 2) + body)
        index.append(struct.pack(">2i", at, len(body) // 2))
        at += 4 + len(body) // 2
    box = shapely.total_bounds(shapes) if len(shapes) else np.zeros(4)
    box = np.nan_to_num(box)

    def head(words: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i8d", 1000, code, *box, 0, 0, 0, 0)

    return head(at) + b"".join(records), head(50 + 4 * len(shapes)) + b"".join(index)


def _record(shape: Any, code: int) -> bytes:
    if shape is None or shape.is_empty:
        return struct.pack("<i", 0)
    if code == 1:
        return struct.pack("<i2d", 1, shape.x, shape.y)
    box = struct.pack("<4d", *shape.bounds)
    if code == 8:
        xy = shapely.get_coordinates(shape)
        answer: bytes = struct.pack("<i", 8) + box + struct.pack("<i", len(xy)) + xy.astype("<f8").tobytes()
        return answer
    parts = (
        [shapely.get_coordinates(p) for p in _rings(shape)]
        if code == 5
        else [shapely.get_coordinates(p) for p in shapely.get_parts(shape)]
    )
    starts = np.cumsum([0, *(len(p) for p in parts[:-1])]).astype("<i4")
    head = struct.pack("<i", code) + box + struct.pack("<2i", len(parts), sum(len(p) for p in parts))
    return head + starts.tobytes() + np.vstack(parts).astype("<f8").tobytes()


def _rings(shape: Any) -> list[Any]:
    turned = shapely.orient_polygons(shape, exterior_cw=True)
    return [r for part in shapely.get_parts(turned) for r in (part.exterior, *part.interiors)]


def _geojson(layer: str, frame: gpd.GeoDataFrame, stem: Path) -> list[str]:
    """Write GeoJSON in degrees, as the format asks."""
    del layer
    plain = frame.to_crs("EPSG:4326") if frame.crs is not None else frame
    write_text(stem.with_name(stem.name + ".geojson"), _texted(plain).to_json(ensure_ascii=False, drop_id=True))
    return []


def _texted(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    out = frame.copy()
    for column in out.columns:
        if str(out[column].dtype).startswith("datetime64"):
            out[column] = out[column].dt.strftime("%Y-%m-%d").astype("str")
    return out


def _parquet(layer: str, frame: gpd.GeoDataFrame, stem: Path) -> list[str]:
    del layer
    with atomic_write(stem.with_name(stem.name + ".parquet")) as inside:
        frame.to_parquet(inside, index=False)
    return []


def _xlsx(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> list[str]:
    """Write one worksheet a layer with a column WKT; text stays text, never a formula."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    said = []
    for name, frame in layers.items():
        page = book.create_sheet(safe_name(name)[:31])
        columns = [c for c in frame.columns if c != frame.geometry.name]
        code = frame.crs.to_epsg() if frame.crs is not None else None
        heads = [str(c) for c in columns] + [f"WKT (EPSG:{code})" if code else "WKT"]
        page.append([_cell(page, head) for head in heads])
        shapes = shapely.to_wkt(frame.geometry.array, rounding_precision=-1)
        long = np.array([len(w or "") > 32_767 for w in shapes], bool)
        if long.any():
            said.append(f"{path.name}: {name}: {int(long.sum())} shapes are too long for a cell and were left out")
        values = [frame[c].to_numpy(dtype=object) for c in columns]
        for k in range(len(frame)):
            page.append([_cell(page, v[k]) for v in values] + [None if long[k] else _cell(page, shapes[k])])
    with atomic_write(path) as inside:
        book.save(inside)
    return said


def _cell(page: Any, value: Any) -> Any:
    """Return a value for a cell; text is given the text type, so that no program takes it for a formula."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if not isinstance(value, str):
        return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    if not value.startswith(RISKY):
        return _printable(value)
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=None)
    cell._value, cell.data_type = _printable(value), "s"
    return cell


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)[:32_767]


def _dxf(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> list[str]:
    """Write one drawing: a drawing layer for each layer and land-use code, the id as text inside each polygon."""
    import ezdxf

    drawing = ezdxf.new("R2010")
    space = drawing.modelspace()
    said = []
    for name, frame in layers.items():
        codes = frame["code"].astype("str").fillna("") if name == "parcels" else pd.Series("", index=frame.index)
        labels = frame["id"].astype("str").fillna("") if "id" in frame.columns else pd.Series("", index=frame.index)
        for shape, code, label in zip(frame.geometry.array, codes, labels, strict=True):
            layer = _layer_name(name, code)
            if layer not in drawing.layers:
                drawing.layers.add(layer)
            _draw(space, shape, layer, label)
        if len(frame.columns) > 2:
            said.append(f"{path.name}: {name}: only outline, id and land-use code are kept; a drawing holds no table")
    with atomic_write(path) as inside:
        drawing.saveas(inside)
    return said


def _layer_name(layer: str, code: str) -> str:
    plain = "".join(c if c not in '<>/\\":;?*|=`' else "_" for c in (f"YD-{code}" if code else _title(layer)))
    return plain[:100]


def _draw(space: Any, shape: Any, layer: str, label: str) -> None:
    if shape is None or shape.is_empty:
        return
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            space.add_point((part.x, part.y), dxfattribs={"layer": layer})
            continue
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for number, ring in enumerate(rings):
            points = [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)]
            closed = part.geom_type == "Polygon"
            where = {"layer": "孔洞" if number else layer}  # holes apart, or they come back as outlines
            space.add_lwpolyline(points[:-1] if closed else points, close=closed, dxfattribs=where)
        if label and part.geom_type == "Polygon":
            place = shapely.point_on_surface(part)
            space.add_text(label, height=2.5, dxfattribs={"layer": "编号"}).set_placement((place.x, place.y))
