"""KML and GPX, parsed without entities and without following any link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pandas as pd
import shapely

from ...errors import NotALayerError, RefusedFileError
from ...plan.plan import Note
from ..encoding import codec_of, decide, decode
from ..notes import note
from ..schema.roles import by_name
from ..schema.sheet import Sheet, frame_of

_GEOMETRY = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack"}
_DEEPEST = 40
_AFTER_COMMA = re.compile(r"\s*,\s*")


def read_kml(path: Path, *, encoding: str | None = None) -> list[Sheet]:
    """Return the placemarks of a KML file, with folder, name, description, dates and extended data as columns.

    Points, lines and polygons become layers of their own, a folder each, as GIS programs show them; folders of one
    kind of geometry stay one layer unless their names tell different layers of a plan.
    """
    root, codec, notes = _root(path, encoding)
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    bad: dict[int, str] = {}
    links = sum(_tag(e) == "NetworkLink" for e in root.iter())
    for folder, mark in _placemarks(root):
        shape, broken = _kml_shape(mark)
        if broken:
            bad[len(rows) + 1] = "damaged"
        rows.append({"folder": folder} | _kml_fields(mark))
        shapes.append(shape)
    if links:
        notes.append(note("IM117", links, {"what": "NetworkLink"}))
    if bad:
        notes.append(note("IM106", len(bad)))
    groups = _by_folder(path.stem, [str(row["folder"]) for row in rows], np.array(shapes, dtype=object))
    if len(groups) < 2:
        return [_sheet(path, (rows, shapes, bad), codec, notes)]
    out: list[Sheet] = []
    for name, own in groups.items():
        part = (
            [rows[k] for k in own],
            [shapes[k] for k in own],
            {t + 1: bad[k + 1] for t, k in enumerate(own) if k + 1 in bad},
        )
        out.append(replace(_sheet(path, part, codec, [] if out else notes), name=name, inner=name))
    return out


_KINDS = ("", "point", "line", "polygon")


def _by_folder(stem: str, folders: list[str], shapes: np.ndarray[Any, Any]) -> dict[str, list[int]]:
    """Return the rows of each layer by its name: its folder's, with the kind where the folder holds several kinds."""
    looks = ["".join(unicodedata.normalize("NFKC", f).casefold().split()) for f in folders]
    name = dict(zip(reversed(looks), (f.strip() or stem for f in reversed(folders)), strict=True))  # as spelled first
    kinds = [_KINDS[int(k) + 1] for k in shapely.get_dimensions(shapes).tolist()]
    known = sorted(set(kinds) - {""})
    if len(known) < 2 and len({str(by_name(f, known[0] if known else "")) for f in name.values()}) < 2:
        return {}
    held = {look: sorted({k for own, k in zip(looks, kinds, strict=True) if own == look} - {""}) for look in name}
    out: dict[str, list[int]] = {}
    for row, (look, kind) in enumerate(zip(looks, kinds, strict=True)):
        several = len(held[look]) > 1
        # A row without a usable shape goes with the first kind of its folder: the rejects name it.
        layer = f"{name[look]}_{kind or held[look][0]}" if several else name[look]
        out.setdefault(layer, []).append(row)
    return out


def read_gpx(path: Path, *, encoding: str | None = None) -> Sheet:
    """Return waypoints, routes and tracks of a GPX file in one sheet."""
    root, codec, notes = _root(path, encoding)
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    bad: dict[int, str] = {}
    for item in root:
        kind = _tag(item)
        if kind not in {"wpt", "rte", "trk"}:
            continue
        try:
            shape = _gpx_shape(item, kind)
        except (ValueError, shapely.errors.GEOSException):
            shape, bad[len(rows) + 1] = None, "damaged"
        said = {
            _tag(e): (e.text or "").strip() for e in item if _tag(e) in {"name", "desc", "cmt", "type", "time", "ele"}
        }
        rows.append({"kind_of_record": kind} | {("time_" if k == "time" else k): v for k, v in said.items()})
        shapes.append(shape)
    return _sheet(path, (rows, shapes, bad), codec, notes)


def _sheet(
    path: Path, found: tuple[list[dict[str, Any]], list[Any], dict[int, str]], codec: str, notes: list[Note]
) -> Sheet:
    rows, shapes, bad = found
    names = list(dict.fromkeys(k for row in rows for k in row))
    columns = {n: pd.Series([row.get(n) for row in rows], dtype="str") for n in names}
    columns = {n: v for n, v in columns.items() if v.notna().any() and (v != "").any()}
    frame = frame_of(columns, np.array(shapes, dtype=object))
    return Sheet(path.stem, frame, "EPSG:4326", "format", codec, "format", tuple(notes), facts={"bad": bad})


def _root(path: Path, forced: str | None) -> tuple[Element, str, list[Note]]:
    """Return the root element; the text is decoded here, because the parser knows no GBK."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    raw = path.read_bytes()
    text, codec, notes = _text(raw, forced)
    if re.search(r"<!(DOCTYPE|ENTITY)", text[:100_000], re.IGNORECASE):
        msg = f"{path.name} declares entities, which are not allowed in a layer. Ask for a plain export."
        raise RefusedFileError(msg)
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"), count=1)
    try:
        return fromstring(body, forbid_dtd=True), codec, notes
    except DefusedXmlException:
        msg = f"{path.name} declares entities, which are not allowed in a layer. Ask for a plain export."
        raise RefusedFileError(msg) from None
    except (ParseError, ValueError, RecursionError) as error:
        msg = f"{path.name}: the XML is damaged ({str(error)[:80]}). Ask for the file again."
        raise NotALayerError(msg) from None


def _text(raw: bytes, forced: str | None) -> tuple[str, str, list[Note]]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace"), "utf-16", []
    head = re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']", raw[:300])
    said = codec_of(head.group(1).decode("ascii")) if head else "utf-8"
    for codec in [forced] if forced else [said or "utf-8"]:
        try:
            return raw.decode(codec), codec, []
        except (UnicodeDecodeError, LookupError):
            pass
    choice = decide(raw.splitlines(), said, "the XML declaration")
    return decode(raw, choice.codec)[0], choice.codec, list(choice.notes)


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _placemarks(root: Element) -> Iterator[tuple[str, Element]]:
    """Yield each placemark with the name of its folder, without recursion."""
    stack: list[tuple[str, Element]] = [("", root)]
    while stack:
        folder, element = stack.pop()
        if _tag(element) == "Placemark":
            yield folder, element
            continue
        name = folder
        if _tag(element) in {"Folder", "Document"}:
            name = next((e.text.strip() for e in element if _tag(e) == "name" and e.text), folder)
        stack += [(name, e) for e in reversed(element)]


def _kml_fields(mark: Element) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for element in mark.iter():
        tag, text = _tag(element), (element.text or "").strip()
        if tag in {"name", "description"} and element in list(mark):
            out[tag] = text
        elif tag == "begin":
            out["start"] = text
        elif tag in {"end", "when"} and "finish" not in out:
            out["finish"] = text
        elif tag == "SimpleData":
            out[element.get("name", "field")] = text
        elif tag == "Data":
            value = next((e.text or "" for e in element if _tag(e) == "value"), "")
            out[element.get("name", "field")] = value.strip()
    return out


def _kml_shape(mark: Element) -> tuple[Any, bool]:
    """Return the shape of a placemark, and whether it had one that could not be read."""
    for element in mark:
        if _tag(element) in _GEOMETRY:
            try:
                return _kml_geometry(element, 0), False
            except (ValueError, IndexError, shapely.errors.GEOSException):
                return None, True
    return None, False


def _kml_geometry(element: Element, depth: int) -> Any:
    kind = _tag(element)
    if depth > _DEEPEST:
        raise ValueError
    if kind in {"MultiGeometry", "MultiTrack"}:
        parts = [_kml_geometry(e, depth + 1) for e in element if _tag(e) in _GEOMETRY]
        sizes = {int(shapely.get_dimensions(p)) for p in parts}
        if len(sizes) == 1:
            return (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[sizes.pop()](parts)
        return shapely.GeometryCollection(parts)
    if kind == "Polygon":
        rings = [_coordinates(e) for e in element.iter() if _tag(e) == "LinearRing"]
        closed = [r if np.array_equal(r[0], r[-1]) else np.vstack([r, r[:1]]) for r in rings if len(r)]
        return shapely.Polygon(closed[0], closed[1:])
    points = _coordinates(element)
    if kind == "Point":
        return shapely.Point(points[0])
    return shapely.LineString(points)


def _coordinates(element: Element) -> np.ndarray[Any, Any]:
    texts = [e.text or "" for e in element.iter() if _tag(e) == "coordinates"]
    tracks = [(e.text or "").split() for e in element.iter() if _tag(e) == "coord"]
    plain = _AFTER_COMMA.sub(",", texts[0]) if texts else ""  # "118.3, 33.9, 0" is written by hand and by old tools
    rows = [t.rstrip(",").split(",") for t in plain.split()] or tracks
    width = 3 if rows and all(len(r) >= 3 for r in rows) else 2
    points = np.array([[float(v) for v in r[:width]] for r in rows], float).reshape(len(rows), -1)
    if len(points) == 0 or points.shape[1] < 2 or not np.isfinite(points).all():
        raise ValueError
    return points[:, :2] if width == 3 and not points[:, 2].any() else points


def _gpx_shape(item: Element, kind: str) -> Any:
    if kind == "wpt":
        return shapely.Point(_place(item))
    if kind == "rte":
        return shapely.LineString([_place(e) for e in item if _tag(e) == "rtept"])
    lines = [[_place(e) for e in part if _tag(e) == "trkpt"] for part in item if _tag(part) == "trkseg"]
    lines = [line for line in lines if len(line) > 1]
    return shapely.LineString(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)


def _place(element: Element) -> tuple[float, float]:
    return float(element.get("lon", "nan")), float(element.get("lat", "nan"))
