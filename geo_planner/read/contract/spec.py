"""A delivery contract: one TOML a bureau, read strictly; what is unknown, mistyped or too large is refused.

There are no patterns and no paths in a contract, so that nothing in it can explode or lead elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import ReadError, did_you_mean
from ...plan import landuse
from ...plan.layers import LAYERS
from ..crs.systems import name_of

LARGEST, MOST_LAYERS, MOST_FIELDS, MOST_VALUES, LONGEST = 1 << 20, 200, 500, 2000, 200
TYPES = ("text", "number", "date", "yes or no")
GEOMETRIES = ("point", "line", "polygon")
_HEAD = ("version", "name", "delivered_by", "crs", "complete", "layers", "ledgers")
_LAYER = ("role", "aliases", "geometry", "required", "id", "rows", "fields")
_LEDGER = ("layer", "aliases", "required", "columns")
_FIELD = ("column", "aliases", "type", "required", "unit", "values", "range", "filled", "scheme")


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One field of a layer: type, unit, the values or the range it may have, and the share that must be filled.

    `scheme` is the land-use scheme that its codes must be of.
    """

    name: str
    type: str = "text"
    column: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True
    unit: str = ""
    values: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    filled: float = 0.0
    scheme: str = ""


@dataclass(frozen=True, kw_only=True)
class LayerTerms:
    """One layer of a contract: names, geometry, the field that identifies a feature, and how many rows to expect."""

    name: str
    role: str = ""
    aliases: tuple[str, ...] = ()
    geometry: str = ""
    required: bool = True
    id: str = ""
    rows: tuple[float, float] | None = None
    fields: Mapping[str, FieldSpec] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LedgerTerms:
    """One ledger of a contract: the layer whose ids its numbers are, and the parcels' columns that it must have."""

    name: str
    layer: str
    aliases: tuple[str, ...] = ()
    required: bool = True
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What one bureau delivers: its layers, its coordinate system, and the roles that are complete by promise."""

    name: str
    delivered_by: str = ""
    crs: str = ""
    complete: tuple[str, ...] = ()
    layers: Mapping[str, LayerTerms] = field(default_factory=dict)
    ledgers: Mapping[str, LedgerTerms] = field(default_factory=dict)


def read_contract(path: Path) -> Contract:
    """Return a contract; raises ReadError with the place of whatever in it cannot be understood."""
    path = Path(path)
    try:
        if path.exists() and not path.is_file():  # a device or a pipe has no end
            msg = f"{path.name} is no file. Give a contract (.toml)."
            raise ReadError(msg)
        if path.stat().st_size > LARGEST:
            msg = f"{path.name} is too large for a contract (at most {LARGEST >> 20} MB)."
            raise ReadError(msg)
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        msg = f"{path.name} cannot be read as a contract ({str(error)[:100]})."
        raise ReadError(msg) from None
    where = path.name
    _known(where, said, _HEAD)
    layers = _tables(where, said.get("layers", {}), "layers", MOST_LAYERS)
    ledgers = _tables(where, said.get("ledgers", {}), "ledgers", MOST_LAYERS)
    crs = _text(where, said.get("crs", ""))
    complete = _texts(where, said.get("complete", []))
    for role in complete:
        _role(where, role)
    return Contract(
        name=_text(where, said.get("name", path.stem)),
        delivered_by=_text(where, said.get("delivered_by", "")),
        crs=name_of(crs) if crs else "",
        complete=complete,
        layers={name: _layer(f"{where}: [layers.{name!r}]", name, table) for name, table in layers.items()},
        ledgers={name: _ledger(f"{where}: [ledgers.{name!r}]", name, table, layers) for name, table in ledgers.items()},
    )


def _ledger(where: str, name: str, table: Mapping[str, Any], layers: Mapping[str, Any]) -> LedgerTerms:
    _known(where, table, _LEDGER)
    layer = _text(where, table.get("layer", ""))
    if layer not in layers or not layers[layer].get("id"):
        msg = f"{where}: layer = {layer!r} must be a layer of this contract that has an id."
        raise ReadError(msg)
    columns = _texts(where, table.get("columns", []))
    known = [c.name for c in LAYERS["parcels"].columns]
    for column in columns:
        if column not in known:
            msg = f"{where}: {column[:40]!r} is no column of parcels.{did_you_mean(column, known)}"
            raise ReadError(msg)
    return LedgerTerms(
        name=_name(where, name),
        layer=layer,
        aliases=_texts(where, table.get("aliases", [])),
        required=_yes(where, table.get("required", True)),
        columns=columns,
    )


def _layer(where: str, name: str, table: Mapping[str, Any]) -> LayerTerms:
    _known(where, table, _LAYER)
    role, geometry = _text(where, table.get("role", "")), _text(where, table.get("geometry", ""))
    if role:
        _role(where, role)
    if geometry and geometry not in GEOMETRIES:
        msg = f"{where}: geometry = {geometry!r} must be one of {', '.join(GEOMETRIES)}."
        raise ReadError(msg)
    fields = _tables(where, table.get("fields", {}), "fields", MOST_FIELDS)
    return LayerTerms(
        name=_name(where, name),
        role=role,
        aliases=_texts(where, table.get("aliases", [])),
        geometry=geometry,
        required=_yes(where, table.get("required", True)),
        id=_text(where, table.get("id", "")),
        rows=_pair(where, table.get("rows")),
        fields={f: _field(f"{where} field {f!r}", f, given) for f, given in fields.items()},
    )


def _field(where: str, name: str, table: Mapping[str, Any]) -> FieldSpec:
    _known(where, table, _FIELD)
    kind = _text(where, table.get("type", "text"))
    if kind not in TYPES:
        msg = f"{where}: type = {kind!r} must be one of {', '.join(TYPES)}."
        raise ReadError(msg)
    filled = table.get("filled", 0.0)
    if not isinstance(filled, int | float) or isinstance(filled, bool) or not 0 <= filled <= 1:
        msg = f"{where}: filled = {filled!r} must be a share from 0 to 1."
        raise ReadError(msg)
    return FieldSpec(
        name=_field_name(where, name),
        type=kind,
        column=_text(where, table.get("column", "")),
        aliases=_texts(where, table.get("aliases", [])),
        required=_yes(where, table.get("required", True)),
        unit=_text(where, table.get("unit", "")),
        values=_texts(where, table.get("values", [])),
        range=_pair(where, table.get("range")),
        filled=float(filled),
        scheme=_scheme(where, table.get("scheme", "")),
    )


def _known(where: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            msg = f"{where}: unknown key {str(key)[:60]!r}.{did_you_mean(str(key), keys)}"
            raise ReadError(msg)


def _tables(where: str, given: Any, what: str, most: int) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(given, dict) or not all(isinstance(v, dict) for v in given.values()):
        msg = f'{where}: {what} must be tables, as [layers."地块"].'
        raise ReadError(msg)
    if len(given) > most:
        msg = f"{where}: {len(given):,} {what} are too many (at most {most})."
        raise ReadError(msg)
    return given


def _text(where: str, given: Any) -> str:
    if not isinstance(given, str) or len(given) > LONGEST or not (given.isprintable() or given == ""):
        msg = f"{where}: {str(given)[:40]!r} must be a text of at most {LONGEST} printable characters."
        raise ReadError(msg)
    return given


def _name(where: str, given: str) -> str:
    if not given.strip() or any(mark in given for mark in "/\\:\0") or given.startswith("."):
        msg = f"{where}: the name {given[:60]!r} must hold no slash, backslash or colon and not begin with a dot."
        raise ReadError(msg)
    return _text(where, given)


def _field_name(where: str, given: str) -> str:
    """Return the name of a field, which names no file: 面积/公顷 is one."""
    if not given.strip():
        msg = f"{where}: a field needs a name."
        raise ReadError(msg)
    return _text(where, given)


def stateable(text: str) -> bool:
    """Whether a contract can hold a text: printable, not blank, and not too long."""
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST


def _texts(where: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or len(given) > MOST_VALUES:
        msg = f"{where}: a list of at most {MOST_VALUES} texts is needed."
        raise ReadError(msg)
    return tuple(_text(where, v) for v in given)


def _yes(where: str, given: Any) -> bool:
    if not isinstance(given, bool):
        msg = f"{where}: required = {given!r} must be true or false."
        raise ReadError(msg)
    return given


def _pair(where: str, given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    good = isinstance(given, list) and len(given) == 2
    good = good and all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) <= 1e300 for v in given)
    if not good or given[0] > given[1]:
        msg = f"{where}: {str(given)[:40]} must be two numbers, the smaller first."
        raise ReadError(msg)
    return (float(given[0]), float(given[1]))


def _scheme(where: str, given: Any) -> str:
    name = _text(where, given)
    if name and name not in landuse.schemes():
        msg = f"{where}: {name[:40]!r} is no land-use scheme.{did_you_mean(name, landuse.schemes())}"
        raise ReadError(msg)
    return name


def _role(where: str, role: str) -> None:
    if role not in LAYERS:
        msg = f"{where}: {role[:40]!r} is no layer of a plan.{did_you_mean(role, LAYERS)}"
        raise ReadError(msg)
