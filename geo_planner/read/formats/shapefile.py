"""Shapefiles read byte by byte: the index is rebuilt in memory, counts come from the bytes.

One bad record costs one row.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...errors import NotALayerError
from ...plan.plan import Note
from ..encoding import codec_of
from ..notes import note
from ..sandbox.filetype import regular
from ..schema.sheet import Sheet, frame_of
from . import dbf
from .shapefile_shapes import Records, shapes_of

_ANOTHER = 0.5
"""A table whose rows differ from the shapes by more than this share is that of another layer."""


def read(path: Path, *, encoding: str | None = None) -> Sheet:
    """Return the layer of a shapefile whose parts lie beside `path`, matched whatever their letter case."""
    parts, notes = _parts(path)
    records = _records(path, parts)
    table, found = _table(parts, records)
    notes += records.notes + found
    shapes = shapes_of(records)
    notes += _said(records) + _extent_notes(records.raw, shapes)
    columns: dict[str, pd.Series] = {}
    codec, by = "", ""
    keep = np.ones(len(shapes), bool)
    if table is not None:
        cpg, more = _declaration(parts)
        choice = dbf.encoding_of(table, cpg, encoding)
        columns, said = dbf.columns(table, choice.codec)
        notes += [*more, *choice.notes, *said]
        codec, by = choice.codec, choice.source
        keep, columns, more = _joined(shapes, table, columns)
        notes += more
    frame = frame_of(columns, shapes[keep])
    prj = parts.get(".prj")
    bad = {int(np.cumsum(keep)[k]): why for k, why in records.bad.items() if keep[k]}
    return Sheet(path.stem, frame, _text(prj), ".prj" if prj else "", codec, by, tuple(notes), facts={"bad": bad})


def _parts(path: Path) -> tuple[dict[str, Path], list[Note]]:
    """Return the files of one layer by extension, and whether letter case had to be forgiven."""
    found = {path.suffix.lower(): path}
    for other in sorted(path.parent.iterdir()):
        same = other.stem.lower() == path.stem.lower() and other.suffix.lower() in {".dbf", ".shx", ".prj", ".cpg"}
        if same and (other.stem == path.stem or other.suffix.lower() not in found):
            found[other.suffix.lower()] = regular(other)
    names = [p for p in found.values() if p != path]
    differ = any(p.stem != path.stem or p.suffix.isupper() != path.suffix.isupper() for p in names)
    return found, [note("IM109")] if differ else []


def _text(path: Path | None) -> str:
    raw = path.read_bytes()[:20000] if path else b""
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return raw.decode("utf-16" if wide else "utf-8", "replace").strip("\ufeff\x00 \r\n\t")


def _declaration(parts: dict[str, Path]) -> tuple[str | None, list[Note]]:
    path = parts.get(".cpg")
    if path is None:
        return None, []
    raw = path.read_bytes()[:200]
    if raw.startswith(b"\xef\xbb\xbf"):
        return codec_of(raw[3:].decode("ascii", "replace")), [note("IM206", 1, {"what": "BOM"})]
    codec = codec_of(raw.decode("ascii", "replace"))
    return codec, [] if codec else [note("IM206", 1, {"what": raw[:24].decode("ascii", "replace").strip()})]


def _records(path: Path, parts: dict[str, Path]) -> Records:
    raw = path.read_bytes()
    if len(raw) < 100 or struct.unpack(">i", raw[:4])[0] != 9994:
        msg = f"{path.name} is not a shapefile: its header is missing or damaged. Ask for the file again."
        raise NotALayerError(msg)
    kind = struct.unpack("<i", raw[32:36])[0]
    if kind == 31:
        msg = (
            f"{path.name} holds 3D surfaces (multipatch), which are not supported. Export their footprints as polygons."
        )
        raise NotALayerError(msg)
    records = Records(raw, kind % 10 if kind != 8 else 8, [])
    walked, cut = _walk(raw)
    indexed = _indexed(raw, parts.get(".shx"))
    rows = _row_count(parts.get(".dbf"))
    if (
        indexed is not None
        and (len(indexed) == rows or rows is None or len(walked) != rows)
        and len(indexed) >= (rows or 0)
    ) or (indexed is not None and rows == len(indexed)):
        records.spans = indexed
    else:
        records.spans = walked
        records.notes.append(note("IM101", len(walked)))
    if cut and records.spans is walked:
        records.notes.append(note("IM107", 1, {"record": len(walked) + 1}))
    records.notes += _header_notes(raw, records, at_end=max((a + n for a, n in records.spans), default=100))
    return records


def _walk(raw: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Return start and length of each record's content by walking the file, and whether the last one is cut."""
    spans: list[tuple[int, int]] = []
    at = 100
    while at + 12 <= len(raw):
        size = struct.unpack(">i", raw[at + 4 : at + 8])[0] * 2
        if size < 4 or at + 8 + size > len(raw):
            return spans, True
        if struct.unpack("<i", raw[at + 8 : at + 12])[0] not in {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31}:
            return spans, False
        spans.append((at + 8, size))
        at += 8 + size
    return spans, False


def _indexed(raw: bytes, path: Path | None) -> list[tuple[int, int]] | None:
    """Return the spans that the .shx lists, None where it is missing or contradicts the .shp."""
    if path is None:
        return None
    index = path.read_bytes()
    if len(index) < 100 or struct.unpack(">i", index[:4])[0] != 9994:
        return None
    pairs = np.frombuffer(index[100 : 100 + (len(index) - 100) // 8 * 8], ">i4").reshape(-1, 2).astype(np.int64) * 2
    at, size = pairs[:, 0], pairs[:, 1]
    if len(at) and ((at < 100) | (size < 4) | (at + 8 + size > len(raw))).any():
        return None
    if len(np.unique(at)) < len(at):
        return None
    same = all(struct.unpack(">i", raw[a + 4 : a + 8])[0] * 2 == s for a, s in pairs.tolist())
    return [(a + 8, s) for a, s in pairs.tolist()] if same else None


def _row_count(path: Path | None) -> int | None:
    if path is None or path.stat().st_size < 33:
        return None
    with path.open("rb") as stream:
        count, head, width = struct.unpack("<IHH", stream.read(12)[4:12])
    return min(int(count), (path.stat().st_size - head) // width) if width else None


def _header_notes(raw: bytes, records: Records, *, at_end: int) -> list[Note]:
    said = struct.unpack(">i", raw[24:28])[0] * 2
    box = struct.unpack("<4d", raw[36:68])
    notes = []
    if said != len(raw) and abs(said - len(raw)) > 2 and records.spans:
        notes.append(note("IM105", 1, {"what": f"length: {said}, {len(raw)} there"}))
    if records.spans and not np.isfinite(box).all():
        notes.append(note("IM105", 1, {"what": "extent"}))
    if len(raw) - at_end > 0 and records.spans:
        notes.append(note("IM108"))
    return notes


def _extent_notes(raw: bytes, shapes: np.ndarray[Any, Any]) -> list[Note]:
    """Say where the header's extent does not cover the shapes; theirs is followed."""
    if len(shapes) == 0:
        return []
    said = np.array(struct.unpack("<4d", raw[36:68]))
    box = shapely.total_bounds(shapes)
    if not (np.isfinite(said).all() and np.isfinite(box).all()):
        return []
    slack = 1e-6 * max(1.0, float(np.abs(box).max()))
    outside = (box[:2] < said[:2] - slack).any() or (box[2:] > said[2:] + slack).any()
    return [note("IM105", 1, {"what": "extent"})] if outside else []


def _table(parts: dict[str, Path], records: Records) -> tuple[dbf.Table | None, list[Note]]:
    path = parts.get(".dbf")
    if path is None or path.stat().st_size == 0:
        return None, [note("IM102")]
    raw = path.read_bytes()
    table = dbf.parse(raw)
    notes = list(table.notes)
    extra = len(table.rows) - len(records.spans)
    promised = struct.unpack("<I", raw[4:8])[0] - len(records.spans)  # a table that was cut short is still this one's
    if min(abs(extra), abs(promised)) > max(2, _ANOTHER * len(records.spans)):
        return None, [note("IM126", 1, {"rows": len(table.rows), "shapes": len(records.spans)})]
    if extra > 0:
        notes.append(note("IM103", extra))
    if extra < 0:
        notes.append(note("IM104", -extra))
    if any(f.name[:1] in (b"\x00", b"") or f.kind not in "CNFDLMIOB+@YTGPVQ0W" for f in table.fields):
        notes.append(note("IM115", 1, {"what": "field names or kinds that cannot be"}))
    return table, notes


def _joined(
    shapes: np.ndarray[Any, Any], table: dbf.Table, columns: dict[str, pd.Series]
) -> tuple[np.ndarray[Any, Any], dict[str, pd.Series], list[Note]]:
    """Return which shapes are kept (rows not deleted) and the columns laid beside them."""
    alive = np.ones(len(shapes), bool)
    both = min(len(shapes), len(table.alive))
    alive[:both] = table.alive[:both]
    place = np.cumsum(table.alive)[:both][table.alive[:both]] - 1
    lost = int(alive.sum()) - len(place)
    wanted = pd.Index(np.concatenate([place, np.full(lost, -1)]))
    laid = {k: v.reindex(wanted.where(wanted >= 0, len(v) + 1)).reset_index(drop=True) for k, v in columns.items()}
    return alive, laid, []


def _said(records: Records) -> list[Note]:
    notes = [note("IM502", records.unclosed)] if records.unclosed else []
    if records.flat:
        notes.append(note("IM121", records.flat))
    if any(why == "damaged" for why in records.bad.values()):
        first = next(k for k, why in records.bad.items() if why == "damaged")
        notes.append(note("IM106", len(records.bad), {"record": first + 1}))
    odd = sum(why == "kind" for why in records.bad.values())
    if odd:
        notes.append(note("IM511", odd))
    if records.measured or struct.unpack("<i", records.raw[32:36])[0] > 20:
        notes.append(note("IM120"))
    return notes
