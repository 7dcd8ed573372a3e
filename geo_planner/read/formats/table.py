"""CSV and XLSX with shapes in them: a column of WKT, or two columns of coordinates."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...errors import NotALayerError, RefusedFileError
from ...plan.plan import Note
from ..encoding import decide, decode
from ..notes import note
from ..schema.sheet import Sheet, frame_of
from .cells import numbers, shape_of, whole_or_float
from .units import unit_above, units_below, with_units

_WKT = {"WKT", "GEOMETRY", "GEOM", "THE_GEOM", "SHAPE", "几何", "图形"}
_WITH_CRS = re.compile(r"(.+?)\s*[(（]?\s*(EPSG:\d{4,6})\s*[)）]?")
_BEHIND = re.compile(r"\s*[(\[](?:M|米|METERS?|°|度|DEG|E|N|东经|北纬|EAST|NORTH)[)\]]$")
_LON = {"LON", "LONGITUDE", "LNG", "经度", "JD", "LON_WGS84"}
_LAT = {"LAT", "LATITUDE", "纬度", "WD", "LAT_WGS84"}
_X = {"X", "EASTING", "东坐标", "东", "横坐标", "Y坐标(东)", "X坐标", "POINT_X", "COORD_X", "E"}
_Y = {"Y", "NORTHING", "北坐标", "北", "纵坐标", "Y坐标", "POINT_Y", "COORD_Y", "N"}
_AREAS = {"面积", "用地面积", "地块面积", "宗地面积", "图斑面积", "土地面积", "占地面积", "MJ", "YDMJ", "AREA"}
"""Fields of which a line above the header names the unit."""

_MOST_ROWS = 2_000_000
_HEADER_WITHIN = 10
_FEWEST_ABOVE = 2


def read_csv(path: Path, *, encoding: str | None = None) -> Sheet:
    """Return the rows of a text table, its separator taken from the header line."""
    raw = path.read_bytes()
    notes: list[Note] = []
    body = raw.removeprefix(b"\xef\xbb\xbf")
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")  # what Excel calls Unicode text
    codec, by = encoding or ("utf-16" if wide else "utf-8"), "--encoding" if encoding else "bytes"
    try:
        text = body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        choice = decide(body.splitlines(), None)
        codec, by, notes = choice.codec, choice.source, list(choice.notes)
        text = decode(body, codec)[0]
    head = text.split("\n", 1)[0]
    mark = max(",;\t|", key=head.count)
    csv.field_size_limit(1 << 28)
    try:
        rows = list(itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), _MOST_ROWS))
    except csv.Error as error:
        msg = f"{path.name}: the table is damaged ({error})."
        raise NotALayerError(msg) from None
    sheet = _sheet(path, path.stem, rows, notes)
    return Sheet(sheet.name, sheet.frame, sheet.crs, sheet.crs_source, codec, by, sheet.notes, facts=sheet.facts)


def read_workbook(path: Path) -> list[Sheet]:
    """Return every worksheet that has shapes; the others are named."""
    import openpyxl

    no_bomb(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        msg = f"{path.name} is a damaged workbook ({str(error)[:80]}). Save it again."
        raise NotALayerError(msg) from None
    sheets: list[Sheet] = []
    said: list[Note] = []
    for page in book.worksheets:
        rows = [list(r) for r in itertools.islice(page.iter_rows(values_only=True), _MOST_ROWS)]
        hidden = [note("IM129", 1, {"inner": page.title})] if is_hidden(page) else []
        try:
            sheets.append(_sheet(path, page.title, rows, hidden))
        except NotALayerError:
            said.append(note("IM123", 1, {"inner": page.title}))
    if not sheets:
        msg = f"{path.name} has no worksheet with coordinates: it needs a column WKT, or 经度 and 纬度, or X and Y."
        raise NotALayerError(msg)
    first = sheets[0]
    sheets[0] = Sheet(
        first.name,
        first.frame,
        first.crs,
        first.crs_source,
        notes=(*said, *first.notes),
        inner=first.name,
        facts=first.facts,
    )
    return sheets


def is_hidden(page: Any) -> bool:
    """Whether a worksheet is hidden from who opens the workbook: an older state perhaps."""
    return str(getattr(page, "sheet_state", "visible")) != "visible"


def no_bomb(path: Path) -> None:
    """Raise RefusedFileError where a workbook would grow out of proportion when unpacked."""
    try:
        with zipfile.ZipFile(path) as book:
            sizes = [(i.file_size, i.compress_size) for i in book.infolist()]
    except (zipfile.BadZipFile, OSError) as error:
        msg = f"{path.name} is a damaged workbook ({str(error)[:80]}). Save it again."
        raise NotALayerError(msg) from None
    if any(a > 200 << 20 and a > 100 * max(b, 1) for a, b in sizes) or sum(a for a, _ in sizes) > 2 << 30:
        msg = f"{path.name} is too large when unpacked."
        raise RefusedFileError(msg)


def _sheet(path: Path, name: str, rows: list[Any], notes: list[Note]) -> Sheet:
    rows = [r for r in rows if any(v not in (None, "") for v in r)]
    if not rows:
        msg = f"{path.name}: the table {name} is empty."
        raise NotALayerError(msg)
    above = _above(rows)
    if above:
        notes.append(note("IM422", above, {"text": " ".join(str(v) for v in rows[0] if v not in (None, ""))}))
    header = _header(_whole_header(rows[: above + 1]))
    below, start = units_below(rows[above + 1 :])
    header = with_units(header, below, unit_above(rows[:above]), lambda name: _key(name) in _AREAS)
    cells = [list(r) + [None] * (len(header) - len(r)) for r in rows[above + 1 + start :]]
    columns = {h: [r[k] for r in cells] for k, h in enumerate(header)}
    shapes, crs, used = _shapes(path, columns, notes)
    wrong = [k for k, s in enumerate(shapes) if s is None]
    if wrong:
        args = {"field": ", ".join(used), "row": wrong[0] + above + start + 2}
        notes.append(note("IM403", len(wrong), args, example=f"row {wrong[0] + above + start + 2}"))
    kept = {h: _column(v) for h, v in columns.items() if h not in used}
    source = "coordinate columns" if crs else ""
    return Sheet(name, frame_of(kept, np.array(shapes, dtype=object)), crs, source, notes=tuple(notes))


def _above(rows: list[Any]) -> int:
    """Return how many rows stand above the header: a title, a date, a unit; 0 where no row names coordinates."""
    for k, row in enumerate(rows[:_HEADER_WITHIN]):
        keys = {_key(str(v)) for v in row if v not in (None, "")}
        plain = {m.group(1) for x in keys if (m := _WITH_CRS.fullmatch(x))} | keys
        if plain & _WKT or (plain & _LON and plain & _LAT) or (plain & _X and plain & _Y):
            return k
    return 0


def _whole_header(rows: list[Any]) -> list[Any]:
    """Return the header row; a cell that it leaves blank, because one above was merged into it, is taken from above.

    A row above is part of the header only where it fills two blanks at least: a title fills one.
    """
    header = list(rows[-1])
    for row in reversed(rows[:-1]):
        blank = [k for k, v in enumerate(header) if v in (None, "") and k < len(row) and row[k] not in (None, "")]
        if len(blank) < _FEWEST_ABOVE:
            break
        for k in blank:
            header[k] = row[k]
    return header


def _header(row: Iterable[Any]) -> list[str]:
    out: list[str] = []
    for k, value in enumerate(row):
        base = str(value).strip() if value not in (None, "") else f"column_{k + 1}"
        name, number = base, 2
        while name in out:
            name, number = f"{base}_{number}", number + 1
        out.append(name)
    return out


def _key(name: str) -> str:
    """Return a header half-width and upper case; of coordinates without the unit or axis behind them: X(m), 经度(E)."""
    word = unicodedata.normalize("NFKC", name).strip().upper()
    bare = _BEHIND.sub("", word)
    return bare if bare in _X | _Y | _LON | _LAT and word not in _X | _Y else word


def _shapes(path: Path, columns: dict[str, list[Any]], notes: list[Note]) -> tuple[list[Any], str, list[str]]:
    """Return a shape a row, the CRS that the columns' names or numbers tell, and the columns used."""
    keys = {_key(h): h for h in columns}
    named = {m.group(1): (keys[k], m.group(2)) for k in keys if (m := _WITH_CRS.fullmatch(k))}
    wkt, crs = next((named[k] for k in named if k in _WKT), (None, ""))
    wkt = wkt or next((keys[k] for k in keys if k in _WKT), None)
    if wkt is not None:
        found = [shape_of(v) for v in columns[wkt]]
        shapes, said = [s for s, _ in found], {c for s, c in found if s is not None}
        box = shapely.total_bounds(np.array(shapes, dtype=object))
        degrees = bool(np.isfinite(box).all() and abs(box).max() <= 180 and abs(box[[1, 3]]).max() <= 90)
        inside = said.pop() if len(said) == 1 else ""
        return shapes, crs or inside or ("EPSG:4326" if degrees else ""), [wkt]
    for xs, ys, crs in ((_LON, _LAT, "EPSG:4326"), (_X, _Y, "")):
        x, y = (next((keys[k] for k in keys if k in names), None) for names in (xs, ys))
        if x is not None and y is not None:
            return _points(columns[x], columns[y], notes), crs, [x, y]
        one, other = (next((named[k] for k in named if k in names), None) for names in (xs, ys))
        if one is not None and other is not None and one[1] == other[1]:
            return _points(columns[one[0]], columns[other[0]], notes), one[1], [one[0], other[0]]
    msg = f"{path.name} has no coordinates: it needs a column WKT, or 经度 and 纬度 (lon, lat), or X and Y."
    raise NotALayerError(msg)


def _points(xs: list[Any], ys: list[Any], notes: list[Note]) -> list[Any]:
    (x, one), (y, other) = numbers(xs), numbers(ys)
    if one or other:
        notes.append(note("IM423", len(xs), {"how": ", ".join(sorted({one, other} - {""}))}))
    return [
        None if a is None or b is None or not np.isfinite((a, b)).all() else shapely.Point(a, b)
        for a, b in zip(x, y, strict=True)
    ]


def _column(values: list[Any]) -> pd.Series:
    known = [v for v in values if v not in (None, "")]
    if known and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in known):
        return whole_or_float(pd.Series([None if v in (None, "") else v for v in values], dtype=object))
    if known and all(hasattr(v, "year") for v in known):
        return pd.Series(pd.to_datetime([None if v in (None, "") else v for v in values], errors="coerce")).astype(
            "datetime64[ms]"
        )
    return pd.Series([None if v in (None, "") else str(v).strip() for v in values], dtype="str")
