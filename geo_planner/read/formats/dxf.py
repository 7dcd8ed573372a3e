"""DXF drawings: one sheet a drawing layer, closed outlines as polygons, the text inside a polygon as its attribute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
from . import dxf_entities as plain

MOST_ENTITIES = 200_000
_DEEPEST = 8
_CHORD = 0.01  # metres between an arc and its chord
_CODE = re.compile(r"^[A-Z]\d{0,2}[a-z]?(?:[/+][A-Z]\d{0,2})*$|^\d{2,6}$")
_LAYER_CODE = re.compile(r"(?:^|[-_ ])([A-HMRSUW]\d{1,2}|[EGH]\d{0,2})$|^(?:YD|用地)[-_ ]?(\d{2,6})$")
_LAND_LAYER = re.compile(r"^(YD|用地)[-_ ]?")
_ID_LAYER = re.compile(r"(?i)^(地块)?编号$|^(DK)?BH$|^ID$")
_ESCAPED = re.compile(r"\\[Uu]\+([0-9A-Fa-f]{4})")
_HOLE_LAYER = re.compile(r"(?i)^(孔洞|holes?)$")
_CLOSE = 1e-6  # outlines whose ends are nearer than this share of their length were closed by hand

Item = tuple[str, str, Any, str]


def read(path: Path, *, encoding: str | None = None) -> list[Sheet]:
    """Return the drawing's layers as sheets with the columns `dxf_layer`, `text` and, where one is written, `code`."""
    import ezdxf
    from ezdxf.lldxf.const import DXFError

    raw = path.read_bytes()
    kinds: Counter[str] = Counter()
    choice = decide((line for line in raw.splitlines() if len(line) < 500), _code_page(raw), "$DWGCODEPAGE")
    codec = encoding or ("gb18030" if choice.codec == "mixed" else choice.codec)
    codec = "utf-8" if codec == "ascii" else codec
    try:
        drawing = ezdxf.readfile(path, encoding=codec, errors="surrogateescape")
        kinds = Counter(entity.dxftype() for entity in drawing.modelspace())
        items = list(_flatten(path, drawing.modelspace(), [], [MOST_ENTITIES]))
        unseen = _unseen(drawing)
    except (DXFError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        text = "" if raw.startswith(b"AutoCAD Binary") else decode(raw, codec)[0]
        items, unseen = plain.items(text), plain.unseen(text)
        if not items:
            msg = f"{path.name} is a damaged drawing ({str(error)[:80]}). Save it again as DXF R2010."
            raise NotALayerError(msg) from None
    if not items:
        inside = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(5))
        there = f"has {inside}" if inside else "is empty"
        msg = f"{path.name} holds no lines, outlines or points: its model space {there}."
        raise NotALayerError(msg)
    items = _without_drawn_twice([(_spelled(layer), kind, shape, _spelled(text)) for layer, kind, shape, text in items])
    notes = list(choice.notes) if not encoding else []
    hidden = {_readable(_spelled(layer)): code for layer, code in unseen.items()}
    return [_with_note(sheet, hidden.get(sheet.name, "")) for sheet in _sheets(items, codec, notes)]


def _unseen(drawing: Any) -> dict[str, str]:
    """Return the layers that nobody sees who opens the drawing, with the note that says why."""
    codes = [
        (str(one.dxf.name), "IM130" if one.is_frozen() else "IM131" if one.is_off() else "") for one in drawing.layers
    ]
    return {name: code for name, code in codes if code}


def _with_note(sheet: Sheet, code: str) -> Sheet:
    return replace(sheet, notes=(*sheet.notes, note(code, 1, {"inner": sheet.name}))) if code else sheet


def _code_page(raw: bytes) -> str | None:
    found = re.search(rb"\$DWGCODEPAGE\s+3\s+(\w+)", raw[:20_000])
    word = found.group(1).decode("ascii", "replace").lower().removeprefix("ansi_") if found else ""
    version = re.search(rb"\$ACADVER\s+1\s+AC(\d+)", raw[:20_000])
    if version and int(version.group(1)) >= 1021:
        return "utf-8"
    return {"936": "gb18030", "950": "cp950", "1252": "cp1252"}.get(word)


def _flatten(path: Path, entities: Iterable[Any], stack: list[str], budget: list[int]) -> Iterator[Item]:
    """Yield (layer, kind, shape, text) for each entity, blocks taken apart within a budget."""
    for entity in entities:
        budget[0] -= 1
        if budget[0] < 0:
            msg = (
                f"{path.name} has too many entities (over {MOST_ENTITIES:,}, "
                "blocks taken apart). Cut it to the park first."
            )
            raise RefusedFileError(msg)
        kind = entity.dxftype()
        if kind == "INSERT":
            name = entity.dxf.name
            if name in stack or len(stack) >= _DEEPEST:
                msg = (
                    f"{path.name}: block {name[:40]!r} refers to itself, "
                    "or blocks are nested too deep. Purge the drawing."
                )
                raise RefusedFileError(msg)
            yield from _inserted(path, entity, [*stack, name], budget)
            continue
        if kind == "HATCH":
            yield from _hatch(entity)
            continue
        item = _item(entity, kind)
        if item is not None:
            yield item


def _inserted(path: Path, entity: Any, stack: list[str], budget: list[int]) -> Iterator[Item]:
    """Yield what a block reference draws and its attributes; where it draws nothing, a point with its name."""
    layer, place = str(entity.dxf.layer), entity.dxf.insert
    found = False
    for item in _flatten(path, entity.virtual_entities(), stack, budget):
        found = True
        yield item
    attached = (_item(text, "ATTRIB") for text in getattr(entity, "attribs", ()))
    yield from (item for item in attached if item is not None)
    if not found:
        yield layer, "text", shapely.Point(place.x, place.y), str(entity.dxf.name)


def _hatch(entity: Any) -> Iterator[Item]:
    """Yield the area of a hatch: its boundary paths by the even-odd rule, as drawings of land use are filled."""
    from ezdxf import path as paths

    layer = str(entity.dxf.layer)
    try:
        rings = [np.array([(p.x, p.y) for p in one.flattening(_CHORD)], float) for one in paths.from_hatch(entity)]
        area = plain.even_odd(rings)
    except (ValueError, AttributeError, TypeError, ArithmeticError, shapely.errors.GEOSException):
        yield layer, "bad", None, ""
        return
    if area is not None:
        yield layer, "hatch", area, ""


def _without_drawn_twice(items: list[Item]) -> list[Item]:
    """Return the items with hatches as outlines; a hatch whose border is drawn on its layer too is left out."""
    drawn = [i for i in items if i[1] == "outline"]
    tree = shapely.STRtree([i[2] for i in drawn])
    out: list[Item] = []
    for item in items:
        if item[1] != "hatch":
            out.append(item)
            continue
        near = [drawn[k] for k in tree.query(item[2])] if drawn else []
        same = any(
            d[0] == item[0] and shapely.is_valid(d[2]) and d[2].symmetric_difference(item[2]).area < 0.01 * item[2].area
            for d in near
        )
        if not same:
            out.append((item[0], "outline", item[2], item[3]))
    return out


def _item(entity: Any, kind: str) -> Item | None:
    layer = str(entity.dxf.layer)
    try:
        if kind in {"TEXT", "MTEXT", "ATTRIB"}:
            place = entity.dxf.insert
            text = entity.plain_text() if kind == "MTEXT" else entity.dxf.text
            return layer, "text", shapely.Point(place.x, place.y), str(text).strip()
        if kind == "POINT":
            return layer, "point", shapely.Point(entity.dxf.location.x, entity.dxf.location.y), ""
        if kind in {"SOLID", "TRACE", "3DFACE"}:
            corners = [(p.x, p.y) for p in entity.wcs_vertices()]
            return layer, "outline", shapely.Polygon(corners), ""
        points, closed = _points(entity, kind)
    except (ValueError, AttributeError, TypeError, ArithmeticError):
        return layer, "bad", None, ""
    if points is None or len(points) < 2:
        return None
    if closed and len(np.unique(points, axis=0)) > 2:
        return layer, "outline", shapely.Polygon(points), ""
    return layer, "line", shapely.LineString(points), ""


def _points(entity: Any, kind: str) -> tuple[np.ndarray[Any, Any] | None, bool]:
    """Return the vertices of a linear entity, arcs made straight, and whether it is closed."""
    if kind == "LINE":
        return np.array([(p.x, p.y) for p in (entity.dxf.start, entity.dxf.end)], float), False
    if kind not in {"LWPOLYLINE", "POLYLINE", "CIRCLE", "ARC", "ELLIPSE", "SPLINE"}:
        return None, False
    from ezdxf import path as paths

    points = np.array([(p.x, p.y) for p in paths.make_path(entity).flattening(_CHORD)], float)
    if len(points) == 0:
        return None, False
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    gap = float(np.hypot(*(points[0] - points[-1])))
    closed = bool(getattr(entity, "closed", False) or getattr(entity, "is_closed", False) or kind == "CIRCLE")
    return points, closed or (len(points) > 3 and gap <= _CLOSE * max(length, 1.0))


def _sheets(items: list[Item], codec: str, notes: list[Note]) -> list[Sheet]:
    outlines, texts = _without_holes([i for i in items if i[1] == "outline"]), [i for i in items if i[1] == "text"]
    numbers, words = ([t for t in texts if bool(_ID_LAYER.search(t[0])) is wanted] for wanted in (True, False))
    areas = [i[2] for i in outlines]
    (inside, placed), (ids, numbered) = _texts_inside(areas, words), _texts_inside(areas, numbers)
    shapes = list(zip(outlines, inside, ids, strict=True))
    shapes += [(i, "", "") for i in items if i[1] in {"line", "point", "bad"}]
    shapes += [(i, i[3], "") for k, i in enumerate(words) if k not in placed]
    shapes += [(i, i[3], "") for k, i in enumerate(numbers) if k not in numbered]
    out = []
    for layer in dict.fromkeys(i[0] for i, _, _ in shapes):
        own = [row for row in shapes if row[0][0] == layer]
        out.append(_sheet(_readable(layer), own, codec))
    if outlines:
        notes.append(note("IM509", len(outlines)))
    first = out[0]
    out[0] = Sheet(
        first.name, first.frame, "", "", codec, "drawing", tuple(notes), inner=first.inner, facts=first.facts
    )
    return out


def _without_holes(outlines: list[Item]) -> list[Item]:
    """Return outlines with those on a layer for holes cut out of the smallest outline around each."""
    holes = [i for i in outlines if _HOLE_LAYER.search(i[0])]
    out = [i for i in outlines if not _HOLE_LAYER.search(i[0])]
    if not holes or not out:
        return outlines
    areas = np.array([i[2] for i in out], dtype=object)
    for hole in holes:
        around = np.flatnonzero(shapely.covers(areas, shapely.point_on_surface(hole[2])))
        if len(around) == 0:
            out.append(hole)
            continue
        home = int(around[np.argmin(shapely.area(areas[around]))])
        areas[home] = shapely.difference(areas[home], hole[2])
    return [(i[0], i[1], areas[k] if k < len(areas) else i[2], i[3]) for k, i in enumerate(out)]


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _spelled(text: str) -> str:
    """Return a text with the characters that an old drawing's code page lacks, written there by their number."""
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text)


def _texts_inside(outlines: list[Any], texts: list[Item]) -> tuple[list[str], set[int]]:
    """Return for each outline the texts that lie in it and in no smaller one, joined by a space.

    And which texts these are.
    """
    out: list[list[str]] = [[] for _ in outlines]
    placed: set[int] = set()
    if outlines and texts:
        areas = shapely.area(outlines)
        text_at, outline_at = shapely.STRtree(outlines).query([t[2] for t in texts], predicate="intersects")
        for k in np.unique(text_at).tolist():
            around = outline_at[text_at == k]
            smallest = int(around[np.argmin(areas[around])])
            out[smallest].append(texts[k][3])
            placed.add(k)
    return [" ".join(t) for t in out], placed


def _sheet(layer: str, own: list[tuple[Item, str, str]], codec: str) -> Sheet:
    texts = [_readable(t) for _, t, _ in own]
    found = _LAYER_CODE.search(layer)
    by_layer, surely = (found.group(1) or found.group(2), bool(_LAND_LAYER.match(layer))) if found else (None, False)
    by_text = [next((w for w in t.split() if _CODE.match(w)), None) for t in texts]
    codes = [by_layer if surely else c or by_layer for c in by_text]
    columns = {
        "dxf_layer": pd.Series([layer] * len(own), dtype="str"),
        "text": pd.Series([t or None for t in texts], dtype="str"),
    }
    ids = [_readable(n) or None for _, _, n in own]
    if any(ids):
        columns["id"] = pd.Series(ids, dtype="str")
    if any(codes):
        columns["code"] = pd.Series(codes, dtype="str")
    frame = frame_of(columns, np.array([i[2] for i, _, _ in own], dtype=object))
    return Sheet(layer, frame, "", "", codec, "drawing", inner=layer)
