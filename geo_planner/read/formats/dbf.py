"""Tables of shapefiles (.dbf) read byte by byte, so that no row is lost to one cut character or impossible date."""

from __future__ import annotations

import struct
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from ...errors import NotALayerError
from ...plan.plan import Note
from ..encoding import LANGUAGE_IDS, Decision, decide, decode
from ..notes import note

_SAMPLES = 2000  # texts that decide the encoding; all are decoded, but so many are proof enough
_WIDE = {"I": "<i4", "O": "<f8", "B": "<f8", "+": "<i4"}


@dataclass(frozen=True)
class Field:
    """One column as the header describes it; `name` holds raw bytes."""

    name: bytes
    kind: str
    width: int
    decimals: int
    at: int


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a .dbf as raw bytes, deleted rows still among them."""

    fields: tuple[Field, ...]
    rows: np.ndarray[Any, Any]
    alive: np.ndarray[Any, Any]
    language: int
    notes: tuple[Note, ...]

    def texts(self) -> list[bytes]:
        """Return field names and distinct texts, the ground on which the encoding is decided."""
        found = {f.name: None for f in self.fields}
        for column in self.fields:
            if column.kind == "C":
                values = np.unique(self.cells(column)[: 20 * _SAMPLES])
                found |= dict.fromkeys(v.rstrip(b" \x00") for v in values.tolist()[:_SAMPLES])
        return list(found)

    def cells(self, column: Field) -> np.ndarray[Any, Any]:
        """Return one column as fixed-width bytes, a row each."""
        block = np.ascontiguousarray(self.rows[:, column.at : column.at + column.width])
        return block.view(f"S{column.width}").ravel() if column.width else np.zeros(len(self.rows), "S1")


def parse(raw: bytes) -> Table:
    """Return the table that the bytes hold; the row count is taken from the bytes where the header lies.

    Raises NotALayerError where header and rows cannot belong together.
    """
    if len(raw) < 33:
        msg = "the .dbf has no header"
        raise NotALayerError(msg)
    count, head, width = struct.unpack("<IHH", raw[4:12])
    fields = _fields(raw, head)
    total = 1 + sum(f.width for f in fields)
    if width != total or head > len(raw):
        msg = (
            f"the .dbf is damaged: its rows should be {total} bytes wide, "
            f"its header says {width}. Ask for the file again."
        )
        raise NotALayerError(msg)
    there = (len(raw) - head) // width
    notes = []
    if count > there:
        what = "row count" if count > 2 * there + 10 else "row count (the table is cut short)"
        notes.append(note("IM105", 1, {"what": f"{what}: {count}, {there} there"}))
    rows = np.frombuffer(raw, np.uint8, min(count, there) * width, head).reshape(-1, width)
    return Table(fields, rows, rows[:, 0] != 0x2A, raw[29], tuple(notes))


def _fields(raw: bytes, head: int) -> tuple[Field, ...]:
    fields, at, place = [], 32, 1
    while at + 32 <= min(head, len(raw)) and raw[at] != 0x0D:
        name, kind, width, decimals = raw[at : at + 11], chr(raw[at + 11]), raw[at + 16], raw[at + 17]
        if kind == "C" and decimals:  # text over 255 bytes keeps the high byte of its width here
            width += 256 * decimals
        fields.append(Field(name.split(b"\x00")[0].rstrip(b" "), kind, width, decimals, place))
        place += width
        at += 32
    return tuple(fields)


def declared(table: Table | None, cpg: str | None) -> tuple[str | None, str]:
    """Return the codec that .cpg or language id declare, and which of the two it was."""
    if cpg is not None:
        return cpg, ".cpg"
    codec = LANGUAGE_IDS.get(table.language) if table is not None else None
    return codec, "language id" if codec else ""


def encoding_of(table: Table, cpg: str | None, forced: str | None) -> Decision:
    """Return the encoding of a table: as forced, else as its bytes say."""
    return Decision(forced, "--encoding") if forced else decide(table.texts(), *declared(table, cpg))


def columns(table: Table, codec: str) -> tuple[dict[str, pd.Series], tuple[Note, ...]]:
    """Return the columns of the rows that are not deleted, typed, and what was lost or changed on the way."""
    notes = Counter[str]()
    names, renamed = _names(table.fields, codec, notes)
    out, said = {}, [note("IM401", len(renamed), {"what": ", ".join(renamed)})] if renamed else []
    for name, column in zip(names, table.fields, strict=True):
        out[name], more = _column(table.cells(column)[table.alive], column, name, codec, notes)
        said += more
    said += _repeated(out, renamed)
    said += [note(code, n) for code, n in sorted(notes.items()) if n]
    dead = int((~table.alive).sum())
    return out, tuple(said + ([note("IM111", dead)] if dead else []))


def _repeated(columns: dict[str, pd.Series], renamed: list[str]) -> list[Note]:
    """Say which fields bear the name of another and repeat its values: one of the two has lost its own."""
    pairs = [pair.split(" → ") for pair in renamed]
    same = [
        f"{first} = {second}"
        for first, second in pairs
        if len(columns[first].drop_duplicates()) > 1 and columns[first].equals(columns[second])
    ]
    return [note("IM115", len(same), {"what": ", ".join(same)})] if same else []


def _names(fields: tuple[Field, ...], codec: str, notes: Counter[str]) -> tuple[list[str], list[str]]:
    names: list[str] = []
    renamed = []
    for k, column in enumerate(fields):
        text, trouble = decode(column.name, codec)
        notes["IM203"] += trouble == "cut"
        base = name = "".join(c for c in text if c.isprintable()).strip() or f"field_{k + 1}"
        number = 2
        while name.lower() in {n.lower() for n in names}:
            name, number = f"{base}_{number}", number + 1
        if name != base:
            renamed.append(f"{base} → {name}")
        names.append(name)
    return names, renamed


def _column(
    cells: np.ndarray[Any, Any], column: Field, name: str, codec: str, notes: Counter[str]
) -> tuple[pd.Series, list[Note]]:
    if column.kind in _WIDE and column.width == np.dtype(_WIDE[column.kind]).itemsize:
        return pd.Series(_binary(cells, _WIDE[column.kind], column.width)), []
    values, place = np.unique(cells, return_inverse=True)
    counts = np.bincount(place, minlength=len(values))
    if column.kind in "NF":
        return _numbers(values, place, counts, column, name)
    if column.kind == "D":
        return _dates(values, place, counts, name)
    if column.kind == "L":
        truth = {
            b"T": True,
            b"t": True,
            b"Y": True,
            b"y": True,
            b"1": True,
            b"F": False,
            b"f": False,
            b"N": False,
            b"n": False,
            b"0": False,
        }
        return pd.Series([truth.get(v.strip(), pd.NA) for v in values.tolist()], dtype="boolean").take(
            place
        ).reset_index(drop=True), []
    texts = []
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        text, trouble = decode(value.rstrip(b" \x00"), codec)
        notes["IM203"] += count * (trouble == "cut")
        notes["IM207"] += count * (trouble == "replaced")
        texts.append(text.replace("\x00", "") or None)
    return pd.Series(texts, dtype="str").take(place).reset_index(drop=True), []


def _binary(cells: np.ndarray[Any, Any], dtype: str, width: int) -> np.ndarray[Any, Any]:
    """Return binary numbers; NumPy strips trailing zero bytes only when it hands out single values."""
    return np.frombuffer(np.ascontiguousarray(cells).view(np.uint8).reshape(-1, width).tobytes(), dtype)


def _numbers(
    values: np.ndarray[Any, Any], place: np.ndarray[Any, Any], counts: np.ndarray[Any, Any], column: Field, name: str
) -> tuple[pd.Series, list[Note]]:
    words = [_figure(v).strip(" \x00") for v in values.tolist()]
    whole = column.decimals == 0 and all(w.lstrip("+-").isdigit() for w in words if w and not _is_filler(w))
    if whole and any(abs(int(w)) > 2**63 - 1 for w in words if w and not _is_filler(w)):
        texts = pd.Series([None if _is_filler(w) else w or None for w in words], dtype="str")
        return texts.take(place).reset_index(drop=True), [note("IM412", 1, {"field": name})]
    parsed = [_number(w, int if whole else float) for w in words]
    bad = [k for k, (w, v) in enumerate(zip(words, parsed, strict=True)) if v is None and not _is_filler(w)]
    said = [_emptied("IM403", name, words[bad[0]], counts[bad], np.isin(place, bad))] if bad else []
    out = (
        pd.Series(parsed, dtype="Int64")
        if whole
        else pd.Series([np.nan if v is None else v for v in parsed], dtype="float64")
    )
    return out.take(place).reset_index(drop=True), said


def _emptied(code: str, name: str, example: str, counts: np.ndarray[Any, Any], rows: np.ndarray[Any, Any]) -> Note:
    """Return what is said of values that were emptied: how many, one of them, and the first row with one."""
    return note(code, int(counts.sum()), {"field": name, "row": int(np.argmax(rows)) + 1}, example=example)


def _figure(value: bytes) -> str:
    """A number as it is written; of wide figures the plain ones."""
    return value.decode("ascii") if value.isascii() else unicodedata.normalize("NFKC", decode(value, "gb18030")[0])


def _is_filler(word: str) -> bool:
    """Whether a number is empty; stars stand for no value in shapefiles."""
    return set(word) <= {"*"}


def _number(word: str, kind: Callable[[str], Any]) -> Any:
    try:
        value = kind(word)
    except ValueError:
        return None
    return value if abs(value) < float("inf") and "_" not in word else None


def _year_month_day(word: str) -> tuple[int, int, int]:
    return int(word[:4]), int(word[4:6]), int(word[6:])


def _dates(
    values: np.ndarray[Any, Any], place: np.ndarray[Any, Any], counts: np.ndarray[Any, Any], name: str
) -> tuple[pd.Series, list[Note]]:
    out, bad, example = [], [], ""
    for k, value in enumerate(values.tolist()):
        word = value.strip(b" \x00").decode("ascii", "replace")
        day = None
        if word.strip("0"):
            try:
                day = datetime(*_year_month_day(word)) if len(word) == 8 and word.isdigit() else None
            except ValueError:
                day = None
            if day is None:
                bad.append(k)
                example = example or word
        out.append(day)
    said = [_emptied("IM402", name, example, counts[bad], np.isin(place, bad))] if bad else []
    return pd.Series(out, dtype="datetime64[ms]").take(place).reset_index(drop=True), said
