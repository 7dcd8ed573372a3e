"""A contract drafted from a first delivery, and the sheet of what could not be placed, filled in by hand."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import ReadError
from ...plan import landuse
from ...plan.layers import LAYERS
from ..schema.codes import scheme_of
from ..schema.columns import could_fill, match
from ..schema.days import dates
from ..schema.recipe import types_of
from ..schema.roles import geometry_kind, role_of
from ..schema.sheet import Sheet
from .gate import Delivery, codes_of, strangers
from .likeness import crs_of
from .spec import MOST_FIELDS, stateable

_FEW, _REPEATED = 30, 0.2
_CODES = 0.5
"""Share of values with a digit from which a column named for land use holds codes, not names."""
_ROOM, _GROWTH = 10.0, 3.0

Placed = dict[tuple[str, str], str]
"""(layer, field) → column; a layer itself stands under (layer, "") → role."""


def placed(delivery: Delivery, given: Mapping[tuple[str, str], str] | None = None) -> Placed:
    """Return the role of each layer and the column of each field: as `given`, else as their names tell, else ""."""
    out: Placed = {}
    for sheet in delivery.sheets:
        told = (given or {}).get((sheet.name, ""), "")
        found = None if told else role_of([sheet.name], sheet.frame, partial(could_fill, sheet.frame))
        role = told or (found.layer if found else "")
        if role and role not in LAYERS:
            msg = f"{role[:40]!r} is no layer of a plan; known are {', '.join(LAYERS)}."
            raise ReadError(msg)
        out[sheet.name, ""] = role
        fields = _fields(sheet)
        columns = {f: c for c, f in match(role, fields).items()} if role else {}
        for field in fields:
            out[sheet.name, field] = (given or {}).get((sheet.name, field), "") or columns.get(field, "")
    return out


def _fields(sheet: Sheet) -> list[str]:
    return [str(c) for c in sheet.frame.columns if c != sheet.frame.geometry.name]


Held = dict[tuple[str, str], tuple[str, tuple[str, ...], str]]
"""(layer, field) → the scheme of its codes or "", the codes that are not in it (or in none), and the evidence."""


def held_to_schemes(delivery: Delivery, places: Placed) -> Held:
    """Return by which scheme the codes of each column of land-use codes are written, and which are not in it."""
    out: Held = {}
    for sheet in delivery.sheets:
        for field in (f for f in _fields(sheet) if places[sheet.name, f] in {"code", "code_name"}):
            codes = codes_of(sheet.frame[field]).dropna()
            if not len(codes) or not codes.str.contains(r"^[A-Za-z]{0,3}\d", regex=True).mean() > _CODES:
                continue
            beside = [f for f in _fields(sheet) if places[sheet.name, f] == "code_name" and f != field]
            scheme, why = scheme_of(codes, sheet.frame[beside[0]] if beside else None, landuse.NONE)
            unknown = [strangers(codes, one) for one in ([scheme] if scheme else landuse.schemes())]
            strange = codes[np.logical_and.reduce(unknown)]
            out[sheet.name, field] = (scheme or "", tuple(sorted(strange.unique())), why)
    return out


def draft_text(delivery: Delivery, places: Placed, name: str) -> str:
    """Return the contract that a delivery keeps, as TOML: a start to be read and corrected by hand."""
    known = Counter(crs for sheet in delivery.sheets if (crs := crs_of(sheet)))
    crs = known.most_common(1)[0][0] if len(known) == 1 else ""
    lines = ["# Drafted from a delivery: read it, and correct what is only true of this month.", "version = 1"]
    lines += [f"name = {_word(name)}", 'delivered_by = ""', f"crs = {_word(crs)}", "complete = []", ""]
    held = held_to_schemes(delivery, places)
    names = [_layer_name(sheet.name) for sheet in delivery.sheets]
    for sheet, one in zip(delivery.sheets, names, strict=True):
        fits = stateable(one) and not one.startswith(".") and names.count(one) == 1
        lines += _layer(sheet, one, places, held) if fits else [f"# left out: layer {_word(one[:60])}", ""]
    lines += _ledgers(delivery, places)
    return "\n".join(lines)


def _ledgers(delivery: Delivery, places: Placed) -> list[str]:
    """Return the ledgers of a delivery, joined to the first layer of parcels that has an id."""
    parcels = [layer for (layer, field), column in places.items() if column == "id" and places[layer, ""] == "parcels"]
    lines: list[str] = []
    for one in delivery.ledgers if parcels else ():
        there = [
            c.name
            for c in LAYERS["parcels"].columns
            if c.name in one.frame and c.name != "id" and one.frame[c.name].notna().any()
        ]
        lines += [f"[ledgers.{_word(Path(one.source).stem)}]", f"layer = {_word(parcels[0])}", "aliases = []"]
        lines += ["required = true", f"columns = [{', '.join(_word(c) for c in there)}]", ""]
    return lines


def _layer_name(name: str) -> str:
    """Return the name under which a contract holds a layer: marks of a path are blanks, and still meet the layer."""
    return re.sub(r"[/\\:]", " ", name).strip()


def _layer(sheet: Sheet, name: str, places: Placed, held: Held) -> list[str]:
    key, rows, role = f"layers.{_word(name)}", sheet.rows_in, places[sheet.name, ""]
    fields = [f for f in _fields(sheet) if stateable(f)][:MOST_FIELDS]
    ids = [f for f in fields if places[sheet.name, f] == "id"]
    lines = [f"[{key}]", *([f"role = {_word(role)}"] if role else []), "aliases = []"]
    lines += [f"geometry = {_word(geometry_kind(sheet.frame))}", "required = true"]
    lines += [f"id = {_word(ids[0])}"] if ids else []
    lines += [f"rows = [{rows // 2}, {max(math.ceil(rows * _GROWTH), 10)}]", ""]
    left = [f for f in _fields(sheet) if f not in fields]
    lines[-1:] = [f"# left out: {len(left)} fields, such as {_word(left[0][:60])}", ""] if left else [""]
    kinds = types_of(sheet.frame)
    for field in fields:
        lines += _field(f"{key}.fields.{_word(field)}", sheet.frame[field], kinds[field], places[sheet.name, field])
        if (sheet.name, field) in held:
            lines[-1:] = [*_scheme_lines(*held[sheet.name, field]), ""]
    return lines


def _scheme_lines(scheme: str, strange: tuple[str, ...], why: str) -> list[str]:
    """Return the scheme of a column of codes; where it is not clear, the evidence, to be settled by hand."""
    listed = ", ".join(_word(c) for c in strange[:_FEW])
    not_in = [f"# not in {scheme or 'any scheme'}: {listed}"] if strange else []
    if not scheme:
        return [*not_in, f"# scheme = ?  {_word(why)}; known: {', '.join(landuse.schemes())}"]
    return [*not_in, f"scheme = {_word(scheme)}"]


def _field(key: str, values: pd.Series, kind: str, column: str) -> list[str]:
    lines = [f"[{key}]", *([f"column = {_word(column)}"] if column else [])]
    lines += [f"type = {_word(kind or 'text')}", f"required = {'true' if kind else 'false'}", 'unit = ""']
    known = values.dropna()
    share = len(known) / len(values) if len(values) else 0.0
    if kind == "number":
        finite = known[np.isfinite(known.to_numpy(dtype=float, na_value=np.nan))]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        lines.append(f"range = [{min(low * _ROOM, 0.0):.12g}, {max(high * _ROOM, 1.0):.12g}]")
    elif (
        kind == "text"
        and column != "id"
        and not _are_dates(known)
        and known.nunique() <= min(_FEW, _REPEATED * len(values))
        and all(stateable(str(v)) for v in known.unique())
    ):
        lines.append(f"values = [{', '.join(_word(str(v)) for v in sorted(known.unique()))}]")
    if share >= 0.5:
        lines.append(f"filled = {max(math.floor(share * 100 - 5), 0) / 100:g}")
    return [*lines, ""]


def _are_dates(known: pd.Series) -> bool:
    """Whether texts are dates: those of one month are no list for the next."""
    read = dates(known)
    return len(known) > 0 and read.bad == 0 and read.fillers < len(known)


def _word(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_mapping(path: Path) -> Placed:
    """Return what a filled mapping sheet says: layer, field and the column (or, without a field, the role)."""
    import openpyxl

    from ..formats.table import no_bomb

    no_bomb(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        rows = list(book.worksheets[0].iter_rows(min_row=2, max_row=20_000, values_only=True))
    except Exception as error:
        msg = f"{path.name} cannot be read as a mapping sheet ({str(error)[:80]})."
        raise ReadError(msg) from None
    cells = [["" if v is None else str(v).strip() for v in (*r, None, None, None, None)[:4]] for r in rows]
    return {(layer, name): word for layer, name, _, word in cells if layer and word}
