"""A contract drafted from a first delivery, and the sheet of what could not be placed, filled in by hand."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ...errors import ReadError
from ...plan.layers import LAYERS
from ..crs.systems import name_of
from ..schema.columns import could_fill, match
from ..schema.days import dates
from ..schema.recipe import types_of
from ..schema.roles import geometry_kind, role_of
from ..schema.sheet import Sheet
from .gate import Delivery

_FEW, _REPEATED = 30, 0.2
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
        for name in fields:
            out[sheet.name, name] = (given or {}).get((sheet.name, name), "") or columns.get(name, "")
    return out


def _fields(sheet: Sheet) -> list[str]:
    return [str(c) for c in sheet.frame.columns if c != sheet.frame.geometry.name]


def draft_text(delivery: Delivery, places: Placed, name: str) -> str:
    """Return the contract that a delivery keeps, as TOML: a start to be read and corrected by hand."""
    known = Counter(crs for sheet in delivery.sheets if (crs := _crs(sheet)))
    crs = known.most_common(1)[0][0] if len(known) == 1 else ""
    lines = ["# Drafted from a delivery: read it, and correct what is only true of this month.", "version = 1"]
    lines += [f"name = {_word(name)}", 'delivered_by = ""', f"crs = {_word(crs)}", "complete = []", ""]
    for sheet in delivery.sheets:
        lines += _layer(sheet, places)
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


def _crs(sheet: Sheet) -> str:
    try:
        return name_of(sheet.crs) if sheet.crs else ""
    except ReadError:
        return ""


def _layer(sheet: Sheet, places: Placed) -> list[str]:
    key, rows, role = f"layers.{_word(sheet.name)}", sheet.rows_in, places[sheet.name, ""]
    ids = [f for f in _fields(sheet) if places[sheet.name, f] == "id"]
    lines = [f"[{key}]", *([f"role = {_word(role)}"] if role else []), "aliases = []"]
    lines += [f"geometry = {_word(geometry_kind(sheet.frame))}", "required = true"]
    lines += [f"id = {_word(ids[0])}"] if ids else []
    lines += [f"rows = [{rows // 2}, {max(math.ceil(rows * _GROWTH), 10)}]", ""]
    kinds = types_of(sheet.frame)
    for name in _fields(sheet):
        lines += _field(f"{key}.fields.{_word(name)}", sheet.frame[name], kinds[name], places[sheet.name, name])
    return lines


def _field(key: str, values: pd.Series, kind: str, column: str) -> list[str]:
    lines = [f"[{key}]", *([f"column = {_word(column)}"] if column else [])]
    lines += [f"type = {_word(kind or 'text')}", f"required = {'true' if kind else 'false'}", 'unit = ""']
    known = values.dropna()
    share = len(known) / len(values) if len(values) else 0.0
    if kind == "number":
        low, high = float(known.min()), float(known.max())
        lines.append(f"range = [{min(low * _ROOM, 0.0):.12g}, {max(high * _ROOM, 1.0):.12g}]")
    elif (
        kind == "text"
        and column != "id"
        and not _are_dates(known)
        and known.nunique() <= min(_FEW, _REPEATED * len(values))
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
