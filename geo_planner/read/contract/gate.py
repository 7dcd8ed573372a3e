"""The monthly gate: a delivery held against its contract, and against last month's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ...errors import NotALayerError, ReadError
from ...plan import landuse
from ...plan.plan import Note
from ..ledgers import Ledger, read_ledger
from ..notes import note
from ..open import Opening, layer_files, open_layer
from ..schema.columns import aliases, tidy
from ..schema.recipe import types_of
from ..schema.roles import geometry_kind
from ..schema.sheet import Sheet
from ..schema.values import texts
from .joined import held_ledgers
from .likeness import crs_of
from .months import since
from .spec import Contract, FieldSpec, LayerTerms
from .terms import Difference, difference

_ALIKE = 0.7
_ROW_LIMIT = 200


@dataclass(frozen=True, eq=False)
class Delivery:
    """The layers and ledgers of one delivery as they came, and what could not be read."""

    folder: str
    sheets: tuple[Sheet, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    ledgers: tuple[Ledger, ...] = ()


@dataclass(frozen=True, eq=False)
class Gate:
    """What differs from the contract, and what happened since last month."""

    contract: Contract
    delivery: Delivery
    differences: tuple[Difference, ...]

    @property
    def breaches(self) -> tuple[Difference, ...]:
        """Differences that the bureau has to mend; the others only tell what changed."""
        return tuple(d for d in self.differences if d.breach)


def contract_notes(contract: Contract, folders: Sequence[Path], ledgers: Sequence[Path] = ()) -> tuple[Note, ...]:
    """Return what the deliveries of a run break of their contract, each folder held against its layers and ledgers."""
    found = [delivered(folder) for folder in folders]
    apart = [read_ledger(path) for path in ledgers]
    whole = Delivery(
        ", ".join(d.folder for d in found),
        tuple(s for d in found for s in d.sheets),
        tuple(u for d in found for u in d.unreadable),
        (*(one for d in found for one in d.ledgers if one.source not in {a.source for a in apart}), *apart),
    )
    return notes_of(check_delivery(contract, whole))


def delivered(folder: Path) -> Delivery:
    """Return every layer of a folder or file without understanding it; raises ReadError where nothing is there.

    A workbook or table without coordinates is a ledger, where its header is understood.
    """
    folder = Path(folder)
    if not folder.exists():
        msg = f"{folder} does not exist. Check the path."
        raise ReadError(msg)
    files = layer_files(folder) if folder.is_dir() and folder.suffix.lower() != ".gdb" else [folder]
    sheets: list[Sheet] = []
    ledgers: list[Ledger] = []
    bad: list[tuple[str, str]] = []
    for file in files:
        try:
            sheets += [s for s in open_layer(file, Opening()) if isinstance(s, Sheet)]
        except NotALayerError as error:
            ledger = _ledger(file)
            ledgers += [ledger] if ledger else []
            bad += [] if ledger else [(file.name, str(error))]
        except ReadError as error:
            bad.append((file.name, str(error)))
    if not sheets and not bad and not ledgers:
        msg = f"{folder} holds no layer. Give the folder of one delivery."
        raise ReadError(msg)
    return Delivery(folder.name, tuple(sheets), tuple(bad), tuple(ledgers))


def _ledger(file: Path) -> Ledger | None:
    try:
        return read_ledger(file) if file.suffix.lower() in {".xlsx", ".csv"} else None
    except ReadError:
        return None


def check_delivery(contract: Contract, delivery: Delivery, last: Delivery | None = None) -> Gate:
    """Return how a delivery differs from its contract, and from last month's where that is given."""
    found = [difference("unreadable", layer=name, new=why) for name, why in delivery.unreadable]
    pairs, said = _paired(contract, delivery)
    found += said
    before = dict(_paired(contract, last)[0]) if last is not None else {}
    for name, sheet in pairs:
        terms = contract.layers[name]
        names, more = _fields(terms, sheet)
        found += more + _layer(contract, terms, sheet) + _values(terms, sheet, names)
        if last is not None and name in before:
            found += since(terms, (before[name], _fields(terms, before[name])[0]), (sheet, names), contract.crs)
    ids = {name: _numbers(contract.layers[name], sheet) for name, sheet in pairs}
    found += held_ledgers(contract.ledgers, delivery.ledgers, ids)
    return Gate(contract, delivery, tuple(found))


def _paired(contract: Contract, delivery: Delivery) -> tuple[list[tuple[str, Sheet]], list[Difference]]:
    """Return the sheet of each layer of the contract, by name, by alias, else by what is in it."""
    left = list(delivery.sheets)
    pairs: list[tuple[str, Sheet]] = []
    found: list[Difference] = []
    open_terms = []
    for terms in contract.layers.values():
        names = {tidy(n) for n in (terms.name, *terms.aliases)}
        hit = next((s for s in left if tidy(s.name) in names), None)
        if hit is None:
            open_terms.append(terms)
            continue
        left.remove(hit)
        pairs.append((terms.name, hit))
    for terms in open_terms:
        likeness = [_likeness(terms, s) for s in left]
        hit = left[int(np.argmax(likeness))] if left else None
        if hit is not None and max(likeness) >= _ALIKE:
            left.remove(hit)
            pairs.append((terms.name, hit))
            found.append(difference("layer_renamed", layer=terms.name, old=terms.name, new=hit.name))
        elif terms.required:
            found.append(difference("layer_missing", layer=terms.name, old=terms.name))
    found += [difference("layer_new", layer=s.name, new=s.name) for s in left]
    return pairs, found


def _likeness(terms: LayerTerms, sheet: Sheet) -> float:
    """Return the share of the contract's fields that a sheet has; 0 for another kind of geometry."""
    if terms.geometry and len(sheet.frame) and geometry_kind(sheet.frame) != terms.geometry:
        return 0.0
    there = {tidy(str(c)) for c in sheet.frame.columns}
    return sum(tidy(f) in there for f in terms.fields) / max(len(terms.fields), 1)


def _fields(terms: LayerTerms, sheet: Sheet) -> tuple[dict[str, str], list[Difference]]:
    """Return contract field → field of the sheet, and which are missing, new or renamed."""
    there = [str(c) for c in sheet.frame.columns if c != sheet.frame.geometry.name]
    names = {name: hit for name, spec in terms.fields.items() if (hit := _hit(spec, there)) is not None}
    left = [f for f in there if f not in names.values()]
    found = []
    for name, spec in terms.fields.items():
        if name in names:
            continue
        hit = next((f for f in left if _same_meaning(terms, spec, f)), None)
        if hit is not None:
            left.remove(hit)
            names[name] = hit
            found.append(difference("field_renamed", layer=terms.name, field=name, old=name, new=hit))
        elif spec.required:
            found.append(difference("field_missing", layer=terms.name, field=name, old=name))
    found += [difference("field_new", layer=terms.name, field=f, new=f) for f in left]
    return names, found


def _hit(spec: FieldSpec, there: Sequence[str]) -> str | None:
    wanted = {tidy(n) for n in (spec.name, *spec.aliases)}
    cut = {_cut(n, codec) for n in (spec.name, *spec.aliases) for codec in ("gb18030", "utf-8")}
    return next((f for f in there if tidy(f) in wanted), None) or next((f for f in there if f in cut), None)


def _cut(name: str, codec: str) -> str:
    return name.encode(codec, "ignore")[:10].decode(codec, "ignore")


def _same_meaning(terms: LayerTerms, spec: FieldSpec, field: str) -> bool:
    known = aliases(terms.role) if terms.role else {}
    column = spec.column or known.get(tidy(spec.name), "")
    return bool(column) and known.get(tidy(field)) == column


def _layer(contract: Contract, terms: LayerTerms, sheet: Sheet) -> list[Difference]:
    found = []
    rows, kind = sheet.rows_in, geometry_kind(sheet.frame)
    if terms.geometry and kind and kind != terms.geometry:
        found.append(difference("geometry_kind", layer=terms.name, old=terms.geometry, new=kind))
    if terms.rows is not None and not terms.rows[0] <= rows <= terms.rows[1]:
        low, high = terms.rows
        found.append(difference("rows", layer=terms.name, old=f"{low:g} – {high:g}", new=str(rows)))
    if sheet.rows_rejected:
        found.append(difference("no_shape", layer=terms.name, new=str(sheet.rows_rejected)))
    if contract.crs:
        crs = crs_of(sheet)
        if crs != contract.crs:
            found.append(difference("crs", layer=terms.name, old=contract.crs, new=crs or "–"))
    return found


def _values(terms: LayerTerms, sheet: Sheet, names: Mapping[str, str]) -> list[Difference]:
    kinds = types_of(sheet.frame)
    found = _ids(terms, sheet, names)
    for name, field in names.items():
        spec, values = terms.fields[name], sheet.frame[field]
        if kinds[field] and kinds[field] != spec.type:
            found.append(difference("type", layer=terms.name, field=name, old=spec.type, new=kinds[field]))
            continue
        share = float(values.notna().mean()) if len(values) else 1.0
        if share < spec.filled:
            args = {"old": f"{spec.filled:.0%}", "new": f"{share:.0%}"}
            found.append(difference("filled", layer=terms.name, field=name, **args))
        wrong = _wrong(spec, values)
        if wrong.any():
            example = str(values[wrong].iloc[0])
            allowed = ", ".join(spec.values[:12]) if spec.values else f"{spec.range}"
            where = _at(terms, sheet, names, wrong)
            kind = "value" if spec.values else "range"
            one = difference(kind, layer=terms.name, field=name, old=allowed, new=example)
            found.append(replace(one, count=int(wrong.sum()), **where))
        strange = strangers(values, spec.scheme) & ~wrong
        if strange.any():
            title = f"{landuse.scheme(spec.scheme).zh}（{landuse.scheme(spec.scheme).edition}）"
            one = difference("scheme", layer=terms.name, field=name, old=title, new=str(values[strange].iloc[0]))
            found.append(replace(one, count=int(strange.sum()), **_at(terms, sheet, names, strange)))
    return found


def _wrong(spec: FieldSpec, values: pd.Series) -> np.ndarray[Any, Any]:
    there = values.notna().to_numpy(dtype=bool)
    if spec.values:
        return np.asarray(there & ~values.astype("str").isin(spec.values).to_numpy(dtype=bool))
    if spec.range is not None and pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(there & ((numbers < spec.range[0]) | (numbers > spec.range[1])))
    return np.zeros(len(values), bool)


def strangers(values: pd.Series, scheme: str) -> np.ndarray[Any, Any]:
    """Return which values are no codes of a land-use scheme; none where no scheme is named."""
    if not scheme:
        return np.zeros(len(values), bool)
    codes = codes_of(values)
    judged = landuse.classify(codes, pd.Series(scheme, index=codes.index))
    return np.asarray(codes.notna() & (judged["reason"] == "unknown_code"), dtype=bool)


def codes_of(values: pd.Series) -> pd.Series:
    """Return land-use codes in the usual way of writing, None where a value is empty or a filler."""
    return texts(values).values.map(lambda v: landuse.tidy(v) or None, na_action="ignore").astype("str")


def _at(terms: LayerTerms, sheet: Sheet, names: Mapping[str, str], rows: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return ids and shapes of the marked rows, the first ones of many."""
    part = sheet.frame[rows].iloc[:_ROW_LIMIT]
    field = names.get(terms.id)
    ids = part[field].astype("str") if field else pd.Series(part.index.astype(str), index=part.index)
    shapes = gpd.GeoSeries(part.geometry.array, crs=crs_of(sheet) or None)
    return {"ids": tuple(ids.fillna("–")), "shapes": shapes}


def _ids(terms: LayerTerms, sheet: Sheet, names: Mapping[str, str]) -> list[Difference]:
    field = names.get(terms.id)
    if not field:
        return []
    values = sheet.frame[field]
    found = []
    for kind, rows in (("id_empty", values.isna()), ("id_twice", values.notna() & values.duplicated(keep="first"))):
        hit = rows.to_numpy(dtype=bool)
        if hit.any():
            one = difference(kind, layer=terms.name, field=terms.id, new=str(values[hit].iloc[0]))
            found.append(replace(one, count=int(hit.sum()), **_at(terms, sheet, names, hit)))
    return found


def _numbers(terms: LayerTerms, sheet: Sheet) -> pd.Series:
    """Return the ids of a layer as texts, empty where the field is missing."""
    field = _fields(terms, sheet)[0].get(terms.id)
    if not field:
        return pd.Series([], dtype="object")
    return sheet.frame[field].dropna().astype("str").astype("object")


def notes_of(gate: Gate) -> tuple[Note, ...]:
    """Return the breaches of a contract as import notes, so that a run carries its doubts."""
    return tuple(
        replace(note("IM920", d.count, {"contract": gate.contract.name, "zh": d.zh, "en": d.en}), layer=d.layer)
        for d in gate.breaches
    )
