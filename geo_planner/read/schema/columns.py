"""Fields of any bureau understood as canonical columns: by alias, by a name cut at ten bytes, by pinyin initials.

Every field keeps its values: what is not understood stays under its own name, and what does not fit a column's allowed
values stays beside it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...plan import landuse
from ...plan.layers import LAYERS, Column
from ...plan.plan import Note
from ..notes import note
from .bounds import Stated, fill_bounds, without_bounds
from .codes import code_beside_name, code_field, codes_as_names, land_use
from .days import dates
from .quantities import are_fractions, below_one, header_unit, numbers, with_unit
from .register import by_use_name, far_bounds
from .values import Read, plain, row_of, texts, truth

_ANYTHING = {
    "CODE",
    "KIND",
    "TYPE",
    "CLASS",
    "USE",
    "AREA",
    "DISTRICT",
    "HEIGHT",
    "WIDTH",
    "NUMBER",
    "GRADE",
    "CAPACITY",
    "NAME",
    "ID",
}
_CUT = (9, 10)  # bytes left of a field name that was cut: ten, or nine where a character did not fit


@dataclass(frozen=True, eq=False)
class Understood:
    """A frame with canonical columns, which field each came from, and what is to be said."""

    frame: gpd.GeoDataFrame
    fields: Mapping[str, str]
    notes: tuple[Note, ...]


@cache
def initials(text: str) -> str:
    """Return the pinyin initials of Chinese text; GB 2312 lists its everyday characters in the order of their sound."""
    starts = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
    letters = "ABCDEFGHJKLMNOPQRSTWXYZ"
    bounds = [c.encode("gb2312") for c in starts]
    out = ""
    for char in text:
        code = char.encode("gb2312", "ignore")
        if len(code) == 2 and b"\xb0\xa1" <= code <= b"\xd7\xf9":
            out += letters[sum(b <= code for b in bounds) - 1]
        elif char.isascii() and char.isalnum():
            out += char.upper()
    return out


@cache
def aliases(layer: str) -> Mapping[str, str]:
    """Return every known field name of a layer, tidied, and the column it means.

    A table of bureau names comes first, then the column's own names, then pinyin initials where only one column has
    them.
    """
    text = resources.files(__package__).joinpath("aliases.csv").read_text(encoding="utf-8")
    rows = [r for r in csv.DictReader(text.splitlines()) if r["layer"] in {layer, "*"}]
    columns = {c.name for c in LAYERS[layer].columns}
    out: dict[str, str] = {c.name.upper(): c.name for c in LAYERS[layer].columns}
    for column in LAYERS[layer].columns:
        out.setdefault(tidy(column.zh), column.name)
        out.setdefault(tidy(column.zh.split("（")[0]), column.name)
    for row in sorted(rows, key=lambda r: r["layer"] == "*"):  # the layer's own names before the common ones
        if row["column"] in columns:
            for word in row["aliases"].split("|"):
                out.setdefault(tidy(word), row["column"])
    short: dict[str, list[str]] = {}
    for column in LAYERS[layer].columns:
        short.setdefault(initials(column.zh), []).append(column.name)
    for word, names in short.items():
        if len(names) == 1 and len(word) > 1:
            out.setdefault(word, names[0])
    return out


def tidy(name: str) -> str:
    """Return a field name half-width, upper case, without blanks and marks."""
    return re.sub(r"[\s()（）\[\]·.:：/]+", "", unicodedata.normalize("NFKC", name)).upper()


def match(layer: str, fields: list[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return column → field for the fields that are understood; a field serves one column, the best match first.

    `mapping` is field → column as the user wants it; it goes before everything else.
    """
    known = aliases(layer)
    found: dict[str, str] = {}
    columns = {c.name for c in LAYERS[layer].columns}
    found |= {column: field for field, column in (mapping or {}).items() if field in fields and column in columns}
    order = list(known)
    names = {f: tidy(f) if tidy(f) in known else tidy(header_unit(f)[0]) for f in fields}
    exact = sorted((order.index(names[f]), k, f) for k, f in enumerate(fields) if names[f] in known)
    for _, _, field in exact:
        if known[names[field]] not in found and field not in found.values():
            found[known[names[field]]] = field
    for field in fields:
        column = _cut(tidy(field), field, known)
        if column is not None and column not in found and field not in found.values():
            found[column] = field
    return found


def _cut(word: str, field: str, known: Mapping[str, str]) -> str | None:
    """Return the column of a name that was cut at ten bytes, where only one column begins so."""
    lengths = {len(field.encode("gb18030", "replace")), len(field.encode("utf-8", "replace"))}
    if not lengths & set(_CUT) or word in known:
        return None
    hits = {column for name, column in known.items() if name.startswith(word)}
    if hits == {"code", "code_name"}:  # 用地性 of 用地性质 or 用地性质代码: the values tell
        return "code"
    return hits.pop() if len(hits) == 1 else None


def could_fill(frame: gpd.GeoDataFrame) -> set[str]:
    """Return "layer.column" for every canonical column that the fields could fill.

    Names that may mean anything are left out.
    """
    fields = [str(c) for c in frame.columns if c != frame.geometry.name and tidy(str(c)) not in _ANYTHING]
    return {f"{layer}.{column}" for layer in LAYERS for column in match(layer, fields)}


def understand(
    layer: str,
    frame: gpd.GeoDataFrame,
    given: Mapping[str, str],
    mapping: Mapping[str, str] | None = None,
    own: landuse.Own = landuse.NONE,
) -> Understood:
    """Return the frame with its fields under canonical names and types.

    `given` are values that the layer's name tells (kind: water), used where no field says better; `own` are land-use
    schemes of one's own, by which codes are read beside those of the package.
    """
    geometry = frame.geometry.name
    fields = [str(c) for c in frame.columns if c != geometry]
    found = match(layer, fields, mapping)
    doubts = _rounded_ids(frame[found["id"]], found["id"]) if "id" in found else []
    if "id" in found and len(frame) > 1 and len(frame[found["id"]].drop_duplicates()) == 1:
        del found["id"]  # an empty or constant column is no identifier
    if layer == "parcels" and not {"code", "code_name"} & set(found):
        code, more = code_field(frame, [f for f in fields if f not in found.values()])
        doubts += more
        found |= code
    installed = layer == "pipes" and "start" in found and "finish" not in found and _says_start(found["start"])
    if installed and found["start"] not in (mapping or {}):
        found["finish"] = found.pop("start")
        doubts.append(note("IM418", 1, {"field": found["finish"]}))
    if "code" in found and "code_name" not in found and _are_words(frame[found["code"]]):
        found["code_name"] = found.pop("code")
    if "code_name" in found and "code_name" not in (mapping or {}).values() and _are_numbers(frame[found["code_name"]]):
        field = found.pop("code_name")
        first = str(frame[field].dropna().iloc[0])
        doubts.append(note("IM416", int(frame[field].notna().sum()), {"field": field}, example=first))
    notes: list[Note] = list(doubts)
    columns: dict[str, pd.Series] = {}
    stated: dict[str, Stated] = {}
    kept = {f: frame[f] for f in fields if f not in found.values()}
    for column, field in found.items():
        spec = LAYERS[layer].column(column)
        if spec is None:
            continue
        values = frame[field]
        if layer == "parcels":
            values, bounds = without_bounds(column, values, field)
            stated |= {column: bounds} if bounds else {}
        read, said = _typed(layer, spec, values, field)
        columns[column] = read
        notes += said
        if any(n.code == "IM409" for n in said):
            kept[field if field != column else f"{field}_source"] = frame[field]
    for column, value in given.items():
        columns[column] = (
            columns[column].fillna(value) if column in columns else pd.Series(value, index=frame.index, dtype="str")
        )
        notes.append(note("IM415", 1, {"field": column, "value": value}))
    if layer == "parcels":
        notes += fill_bounds(columns, stated) + _of_parcels(columns, frame, found, own)
    different = {c: f for c, f in found.items() if c != f}
    if different:
        notes.append(note("IM410", len(different), {"what": ", ".join(f"{f} → {c}" for c, f in different.items())}))
    kept = {(k if k not in columns else f"{k}_source"): v for k, v in kept.items()}
    out = gpd.GeoDataFrame({**columns, **kept}, geometry=frame.geometry, crs=frame.crs, index=frame.index)
    return Understood(out, found, tuple(notes))


def _of_parcels(
    columns: dict[str, pd.Series], frame: gpd.GeoDataFrame, found: Mapping[str, str], own: landuse.Own
) -> list[Note]:
    """Fill code, scheme and areas of parcels from what stands beside them, and say it."""
    parted = codes_as_names(columns, found.get("code_name", ""))
    notes = parted or code_beside_name(columns, found.get("code_name", ""))
    notes += by_use_name(columns, parted=bool(parted)) + far_bounds(columns)
    notes += land_use(columns, frame, found.get("code", ""), own)
    return notes + _area_unit(columns, frame, found)


def _typed(layer: str, spec: Column, values: pd.Series, field: str) -> tuple[pd.Series, list[Note]]:
    if spec.dtype in {"float", "int"}:
        read, notes = _quantity(spec, values, field)
    else:
        read, notes = {"date": dates, "bool": truth, "str": texts}[spec.dtype](values), []
    if spec.dtype == "str" and spec.allowed:
        read = _allowed(layer, spec, read)
    if read.bad:
        code = {"date": "IM402", "float": "IM403", "int": "IM403"}.get(spec.dtype, "IM409")
        notes.append(note(code, read.bad, {"field": field, "row": read.row}, example=read.example))
    if read.fillers:
        notes.append(note("IM411", read.fillers, {"field": field}))
    if read.rough:
        notes.append(note("IM414", read.rough, {"field": field}))
    notes += [note(_WAYS[way], count, {"field": field}) for way, count in read.ways.items()]
    out = read.values
    return (out.round().astype("Int64") if spec.dtype == "int" else out), notes


_WAYS = {"century": "IM429", "machine": "IM430", "order": "IM431", "serial": "IM432"}
"""Ways in which dates were read and the notes that say so."""


def _quantity(spec: Column, values: pd.Series, field: str) -> tuple[Read, list[Note]]:
    """Return numbers in the unit of their column; a unit in the header and shares of one for percentages are said."""
    unit = header_unit(field)[1]
    read = numbers(values, spec.unit, unit)
    if unit and spec.name != "area_declared":
        return read, [note("IM424", int(read.values.notna().sum()), {"field": field, "unit": unit})]
    if spec.unit == "%" and are_fractions(read.values, values):
        said = note(
            "IM425", int(read.values.notna().sum()), {"field": field}, example=str(read.values.dropna().iloc[0])
        )
        return replace(read, values=read.values * 100), [said]
    if spec.unit == "%" and (small := below_one(read.values, values)).any():
        said = note(
            "IM434",
            int(small.sum()),
            {"field": field, "row": row_of(values[small])},
            example=str(values[small].iloc[0]),
        )
        return read, [said]
    return read, []


_DIGITS_KEPT = 1e15
"""From here a spreadsheet rounds whole numbers: it keeps fifteen digits."""


def _rounded_ids(ids: pd.Series, field: str) -> list[Note]:
    """Say that a spreadsheet has rounded long ids: 320508001001000001 is 3.20508E+17 or ends in zeros."""
    if pd.api.types.is_float_dtype(ids):
        lost = (ids.abs() >= _DIGITS_KEPT).fillna(False)
    elif pd.api.types.is_numeric_dtype(ids):
        return []
    else:
        lost = ids.astype("str").str.fullmatch(r"\s*\d(\.\d+)?[eE]\+\d{2}\s*").fillna(False).astype(bool)
    if not lost.any():
        return []
    return [note("IM433", int(lost.sum()), {"field": field}, example=str(ids[lost].iloc[0]))]


def _says_start(field: str) -> bool:
    """Whether a field has the name that registers give to the day from which a pipe exists."""
    return tidy(field) in {"START_DATE", "STARTDATE", "START"}


def _are_words(codes: pd.Series) -> bool:
    """Whether a code column holds names such as 工业用地 instead of codes."""
    said = codes.dropna().astype("str").unique()
    return len(said) > 0 and sum(any("\u4e00" <= c <= "\u9fff" for c in w) for w in said) > len(said) / 2


def _are_numbers(names: pd.Series) -> bool:
    """Whether a column of names of use holds running numbers of some list that nobody sent along."""
    said = names.dropna().astype("str").str.strip()
    return len(said) > 0 and bool(said.str.fullmatch(r"\d{1,3}(\.0)?").mean() > 0.5)


@cache
def _words(layer: str, column: str) -> Mapping[str, str]:
    text = resources.files(__package__).joinpath("values.csv").read_text(encoding="utf-8")
    out: dict[str, str] = {}
    other = "kind@pipes" if (layer, column) == ("sources", "kind") else ""
    for row in csv.DictReader(text.splitlines()):
        if row["column"] in {column, f"{column}@{layer}", other}:
            for word in row["words"].split("|"):
                out.setdefault(plain(word).lower(), row["value"])
    return out


def _allowed(layer: str, spec: Column, read: Read) -> Read:
    """Return values among the allowed ones: as they are, by their Chinese or English words, else empty and counted."""
    words = {**_words(layer, spec.name), **{a.lower(): a for a in spec.allowed}}
    made = {v: words.get(plain(v).lower()) or _within(plain(v), words) for v in read.values.dropna().unique()}
    out = read.values.map(made).astype("str")
    lost = read.values.notna() & out.isna()
    example = str(read.values[lost].iloc[0]) if lost.any() else ""
    return Read(out, int(lost.sum()), example, read.fillers, read.rough)


def _within(word: str, words: Mapping[str, str]) -> str | None:
    """Return the value whose longest Chinese word is part of the text, as 给水 is of 给水管道（主干）.

    None where two differ.
    """
    hits = sorted((w for w in words if not w.isascii() and len(w) > 1 and w in word), key=len, reverse=True)
    return words[hits[0]] if hits and len({words[h] for h in hits if len(h) == len(hits[0])}) == 1 else None


_UNITS = {"m²": 1.0, "公顷 (ha)": 1e4, "亩 (mu)": 10_000 / 15, "km²": 1e6}


def _area_unit(columns: dict[str, pd.Series], frame: gpd.GeoDataFrame, found: Mapping[str, str]) -> list[Note]:
    """Turn declared areas into m² where their ratio to the shapes shows another unit; said, because it is a guess."""
    declared = columns.get("area_declared")
    header = header_unit(found.get("area_declared", ""))[1]
    if declared is not None and header:
        args = {"field": found["area_declared"], "unit": header, "ratio": "header"}
        return [note("IM421", int(declared.notna().sum()), args)]
    if declared is None or frame.crs is None or frame.crs.is_geographic:
        return []
    areas = shapely.area(frame.geometry.array)
    bare = ~with_unit(frame[found["area_declared"]])
    good = (declared.to_numpy() > 0) & (areas > 0) & bare
    if good.sum() < 3:
        return []
    ratio = float(np.median(areas[good] / declared.to_numpy()[good]))
    unit = min(_UNITS, key=lambda u: abs(np.log(ratio / _UNITS[u])))
    if unit == "m²" or abs(np.log(ratio / _UNITS[unit])) > 0.1:
        return []
    columns["area_declared"] = declared.where(~bare, declared * _UNITS[unit])
    return [note("IM404", int(good.sum()), {"field": found["area_declared"], "unit": unit, "ratio": f"{ratio:.4g}"})]
