"""GeoJSON, also newline-delimited, read with the standard library so that every oddity is seen.

Its two cousins that web maps send, TopoJSON and Esri's JSON, become GeoJSON features first.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...errors import NotALayerError
from ...plan.plan import Note
from ..encoding import decide, decode
from ..notes import note
from ..schema.sheet import Sheet, frame_of
from . import web_json

_GEOMETRIES = {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
_DEEPEST = 64


class _Feature:
    """One feature: its shape is made at once, so that the lists of its coordinates need not be kept."""

    __slots__ = ("id", "properties", "shape")

    def __init__(self, document: Any, seen: _Seen, row: int) -> None:
        said = document if isinstance(document, dict) else {}
        said = web_json.from_esri(said) if web_json.is_esri(said) else said
        self.id, self.properties = said.get("id"), said.get("properties")
        self.shape = _shape(said.get("geometry"), seen, row)


class _Seen:
    """What was forgiven while the document was read."""

    def __init__(self) -> None:
        self.duplicates = self.unclosed = self.huge = self.surrogates = 0
        self.bad: dict[int, str] = {}

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object; duplicate keys are counted and the last one counts."""
        out = dict(pairs)
        self.duplicates += len(pairs) - len(out)
        return out


def read(path: Path, *, encoding: str | None = None) -> Sheet:
    """Return the features of a GeoJSON file; several kinds of geometry are kept together and said."""
    text, codec, by, notes = _text(path, encoding)
    seen = _Seen()
    features, crs = _features(path, text, seen, notes)
    del text
    return _sheet(path, features, seen, Sheet(path.stem, _NONE, crs, "", codec, by, tuple(notes)))


_NONE = frame_of({}, [])


def read_topology(path: Path, *, encoding: str | None = None) -> list[Sheet]:
    """Return one sheet for each object of a TopoJSON file; a file with one object bears its own name."""
    text, codec, by, notes = _text(path, encoding)
    seen = _Seen()
    try:
        document = json.loads(text, object_pairs_hook=seen.pairs)
    except json.JSONDecodeError as error:
        raise NotALayerError(_damaged(path, error)) from None
    except RecursionError:
        msg = f"{path.name}: the JSON is nested too deep. Ask for a plain export."
        raise NotALayerError(msg) from None
    if not isinstance(document, dict) or document.get("type") != "Topology":
        return [read(path, encoding=encoding)]
    try:
        objects = web_json.objects_of(document)
    except ValueError as error:
        msg = f"{path.name} is damaged TopoJSON: {error}. Ask for the file again."
        raise NotALayerError(msg) from None
    crs = _crs_name(path, document.get("crs"))
    sheets: list[Sheet] = []
    for name, found in objects.items():
        own = _Seen()
        own.duplicates = seen.duplicates if not sheets else 0
        features = [_Feature(f, own, k) for k, f in enumerate(found, start=1)]
        started = Sheet(path.stem if len(objects) == 1 else name, _NONE, crs, "", codec, by, tuple(notes), inner=name)
        sheets.append(_sheet(path, features, own, started))
        notes = []
    return sheets


def _sheet(path: Path, features: list[_Feature], seen: _Seen, started: Sheet) -> Sheet:
    """Return the sheet of the features, with what was forgiven in them."""
    notes, crs = list(started.notes), started.crs
    shapes = np.array([f.shape for f in features] + [None], dtype=object)[:-1]
    if features and (shapes == None).all() and seen.bad:  # noqa: E711 (elementwise)
        msg = f"{path.name}: the coordinates of no feature are numbers. Ask for the file again."
        raise NotALayerError(msg)
    columns = _columns([f.properties for f in features], seen)
    ids = [f.id for f in features]
    if any(i is not None for i in ids) and "id" not in columns:
        columns["id"] = pd.Series([None if i is None else _plain(i, seen) for i in ids], dtype="object").astype("str")
    for code, count in (
        ("IM116", seen.duplicates),
        ("IM502", seen.unclosed),
        ("IM412", seen.huge),
        ("IM207", seen.surrogates),
    ):
        if count:
            notes.append(note(code, count, {"field": "…"} if code == "IM412" else {}))
    if seen.bad:
        notes.append(note("IM106", len(seen.bad)))
    return replace(
        started,
        frame=frame_of(columns, shapes),
        crs="" if crs == _UNKNOWN else crs or "OGC:CRS84",
        crs_source="" if crs == _UNKNOWN else "crs member" if crs else "format",
        notes=tuple(notes),
        facts={"bad": seen.bad},
    )


def _text(path: Path, forced: str | None) -> tuple[str, str, str, list[Note]]:
    raw = path.read_bytes()
    notes: list[Note] = []
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return (
                raw.decode("utf-16"),
                "utf-16",
                "byte-order mark",
                [note("IM201", 1, {"encoding": "UTF-16", "share": "100%"})],
            )
        except UnicodeDecodeError:
            msg = f"{path.name} is not UTF-8, as GeoJSON has to be."
            raise NotALayerError(msg) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    if forced:
        return raw.decode(forced, "replace"), forced, "--encoding", notes
    try:
        return raw.decode("utf-8"), "utf-8", "format", notes
    except UnicodeDecodeError:
        choice = decide(raw.splitlines() or [raw], "utf-8", "GeoJSON")
        text, _ = decode(raw, choice.codec)
        return text, choice.codec, choice.source, list(choice.notes)


def _features(path: Path, text: str, seen: _Seen, notes: list[Note]) -> tuple[list[_Feature], str]:
    """Return the features and the CRS that the document names; raises NotALayerError with the place of the damage."""
    decoder = json.JSONDecoder(object_pairs_hook=seen.pairs)
    stripped = text.lstrip("\x1e \t\r\n")
    features: list[_Feature] = []
    try:
        top, end = _top(stripped, decoder, seen, features)
    except json.JSONDecodeError as error:
        raise NotALayerError(_damaged(path, error)) from None
    except (RecursionError, ValueError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else "damaged"
        msg = f"{path.name}: the JSON is {what}. Ask for a plain export."
        raise NotALayerError(msg) from None
    documents = [top]
    if stripped[end:].strip("\x1e \t\r\n"):
        documents = _sequence(path, stripped, decoder) if _is_feature(top) else _trailing(documents, notes)
    for document in documents:
        features += [_Feature(f, seen, len(features) + k) for k, f in enumerate(_of(path, document), start=1)]
    crs = top.get("crs") if isinstance(top, dict) else None
    if isinstance(top, dict) and _of_esri(top):
        return features, web_json.esri_crs(top.get("spatialReference")) or _UNKNOWN
    return features, _crs_name(path, crs)


_UNKNOWN = "unknown"
"""The CRS of a document whose form, unlike GeoJSON's, takes none for granted."""


def _damaged(path: Path, error: json.JSONDecodeError) -> str:
    return (
        f"{path.name}: the JSON is damaged at line {error.lineno}, "
        f"column {error.colno} ({error.msg}). Ask for the file again."
    )


def _of_esri(top: dict[str, Any]) -> bool:
    return "type" not in top and "geometryType" in top and "features" in top


def _top(text: str, decoder: json.JSONDecoder, seen: _Seen, features: list[_Feature]) -> tuple[Any, int]:
    """Return the first document without the list of its features, which are made one by one, and where it ends."""
    if not text.startswith("{"):
        return decoder.raw_decode(text)
    pairs: list[tuple[str, Any]] = []
    at = _skip(text, 1)
    while text[at : at + 1] != "}":
        key, at = decoder.raw_decode(text, at)
        if not isinstance(key, str):
            raise json.JSONDecodeError(_NO_KEY, text, at)
        at = _expect(text, _skip(text, at), ":")
        if key == "features" and text[at : at + 1] == "[":
            at = _list(text, at, decoder, seen, features)
            pairs.append((key, []))
        else:
            value, at = decoder.raw_decode(text, at)
            pairs.append((key, value))
        at = _skip(text, at)
        if text[at : at + 1] != "}":
            at = _expect(text, at, ",")
    return seen.pairs(pairs), at + 1


_NO_KEY = "Expecting property name enclosed in double quotes"
_BLANK = re.compile(r"[ \t\r\n]*")


def _list(text: str, at: int, decoder: json.JSONDecoder, seen: _Seen, features: list[_Feature]) -> int:
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        document, at = decoder.raw_decode(text, at)
        features.append(_Feature(document, seen, len(features) + 1))
        at = _skip(text, at)
        if text[at : at + 1] != "]":
            at = _expect(text, at, ",")
    return at + 1


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        msg = f"Expecting {mark!r} delimiter"
        raise json.JSONDecodeError(msg, text, at)
    return _skip(text, at + 1)


def _is_feature(top: Any) -> bool:
    return isinstance(top, dict) and top.get("type") in {"Feature", *_GEOMETRIES}


def _trailing(documents: list[Any], notes: list[Note]) -> list[Any]:
    notes.append(Note("IM119", "warning"))
    return documents


def _sequence(path: Path, text: str, decoder: json.JSONDecoder) -> list[Any]:
    documents: list[Any] = []
    at = 0
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            msg = f"{path.name}: the JSON is damaged in feature {len(documents) + 1} ({error})."
            raise NotALayerError(msg) from None
        documents.append(document)
        while at < len(text) and text[at] in "\x1e \t\r\n,":
            at += 1
    return documents


def _of(path: Path, document: Any) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(document, dict) and _of_esri(document):
        return []
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            msg = f"{path.name} has no features: the member 'features' is not a list."
            raise NotALayerError(msg)
        return [f if isinstance(f, dict) else {} for f in features]
    if kind == "Feature":
        return [document]
    if kind in _GEOMETRIES:
        return [{"geometry": document}]
    msg = f"{path.name} is not GeoJSON: its type is {str(kind)[:40]!r}."
    raise NotALayerError(msg)


def _crs_name(path: Path, member: Any) -> str:
    if member is None:
        return ""
    name = (
        member.get("properties", {}).get("name")
        if isinstance(member, dict) and isinstance(member.get("properties"), dict)
        else None
    )
    if not isinstance(name, str):
        msg = f"{path.name}: the member 'crs' names no coordinate system. Remove it, or pass --crs."
        raise NotALayerError(msg)
    return name


def _shape(geometry: Any, seen: _Seen, row: int) -> Any:
    if geometry is None or geometry == {}:
        return None
    try:
        return _build(geometry, seen, 0)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError, shapely.errors.GEOSException):
        seen.bad[row] = "damaged"
        return None


def _build(geometry: dict[str, Any], seen: _Seen, depth: int) -> Any:
    kind = geometry["type"]
    if depth > _DEEPEST:
        raise ValueError
    if kind == "GeometryCollection":
        return shapely.GeometryCollection(
            [g for g in (_build(p, seen, depth + 1) for p in geometry["geometries"]) if g is not None]
        )
    where = geometry["coordinates"]
    if kind == "Point":
        return shapely.Point(_points([where])[0]) if where else shapely.Point()
    if kind == "MultiPoint":
        return shapely.MultiPoint(_points(where)) if where else shapely.MultiPoint()
    if kind == "LineString":
        return _line(where)
    if kind == "MultiLineString":
        return shapely.MultiLineString([_line(p) for p in where if p])
    if kind == "Polygon":
        return _polygon(where, seen)
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([p for p in (_polygon(w, seen) for w in where) if not p.is_empty])
    raise ValueError


def _points(where: Any) -> np.ndarray[Any, Any]:
    rows = [[float(v) for v in p[:3]] if all(isinstance(v, (int, float)) for v in p[:2]) else None for p in where]
    if any(r is None or len(r) < 2 for r in rows):
        raise TypeError
    width = min(len(r) for r in rows if r is not None)
    return np.array([r[:width] for r in rows if r is not None], float)


def _line(where: Any) -> Any:
    if not where:
        return shapely.LineString()
    points = _points(where)
    return shapely.LineString(points if len(points) > 1 else np.repeat(points, 2, axis=0))


def _polygon(where: Any, seen: _Seen) -> Any:
    rings = []
    for ring in where:
        if not ring:
            continue
        points = _points(ring)
        if not np.array_equal(points[0], points[-1]) and np.isfinite(points).all():
            points = np.vstack([points, points[:1]])
            seen.unclosed += 1
        rings.append(np.vstack([points, *[points[-1:]] * (4 - len(points))]) if len(points) < 4 else points)
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _columns(properties: list[Any], seen: _Seen) -> dict[str, pd.Series]:
    names: dict[str, None] = {}
    rows = [p if isinstance(p, dict) else {} for p in properties]
    for row in rows:
        names |= dict.fromkeys(row)
    return {_clean(name, seen): _column([row.get(name) for row in rows], seen) for name in names}


def _clean(text: str, seen: _Seen) -> str:
    """Return text without lone surrogates and NUL, which no database can hold."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        seen.surrogates += 1
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("\x00", "")


def _column(values: list[Any], seen: _Seen) -> pd.Series:
    kinds = {type(v) for v in values if v is not None}
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    if kinds == {int} and all(abs(v) < 2**63 for v in values if v is not None):
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float} and all(abs(v) < 2**53 for v in values if isinstance(v, int)):
        return pd.Series([math.nan if v is None else float(v) for v in values], dtype="float64")
    return pd.Series([None if v is None else _plain(v, seen) for v in values], dtype="str")


def _plain(value: Any, seen: _Seen) -> str:
    if isinstance(value, str):
        return _clean(value, seen)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        seen.huge += 1
        return str(value) if abs(value) < 10**300 else "…"
    return _clean(json.dumps(value, ensure_ascii=False), seen)
