"""TOML -> Scenario: which layers, which edits, which profile, as of which day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from ..errors import ScenarioError, did_you_mean, files_like
from ..plan.choose import no_contradiction
from ..plan.edits import Edit, Kind
from ..plan.landuse import own_schemes
from ..plan.layers import LAYERS
from ..plan.scenario import Scenario
from ..plan.verdict import Exemption
from .profile import read_profile, read_scheme, thresholds
from .schedule_terms import schedule_terms

_KEYS = (
    "name", "title", "layers", "crs", "profile", "as_of", "schematic", "base", "edits", "parameters", "schemes",
    "complete", "exemptions", "schedule", "ledgers", "force_crs", "contract",
)  # fmt: skip
_EXEMPTION_KEYS = ("code", "id", "number", "approver", "date", "expiry", "reason")
_EDIT_KEYS = ("kind", "layer", "id", "where", "value", "reason", "origin", "safety")
_LIMIT = 8 * 1024 * 1024
"""Bytes of a scenario file at most: it is written by hand or by the solver, never a data file."""


def read_scenario(path: str | Path) -> Scenario:
    """Return the scenario a TOML file describes; paths in it are taken from its own folder.

    `schemes = ["ours.csv"]` gives the plan land-use schemes of one's own, by the names of their files.
    `ledgers = ["台账.xlsx"]` are joined to the parcels by their numbers, before any edit.
    `crs` counts for layers that declare none, with `force_crs = true` for all; `contract = "局.toml"` holds the layers
    and ledgers against a delivery contract.
    `base = "other.toml"` inherits everything from another scenario; edits and parameters are added to its own.

    Raises
    ------
    ScenarioError
        The file is missing, no TOML, too large, names an unknown key, or an edit is incomplete.
    ProfileError
        The profile it names cannot be used.
    """
    return _read(Path(path), ())


def _read(path: Path, seen: tuple[Path, ...]) -> Scenario:
    table = _flattened(path, _table(path))
    if path.resolve() in seen:
        msg = f"{path.name}: scenarios are each other's base; take one 'base' out."
        raise ScenarioError(msg)
    _known(path, table, _KEYS, "")
    folder = path.parent
    own = own_schemes(read_scheme(folder / name) for name in _names(path, "schemes", table.get("schemes", [])))
    start = _read(folder / str(table["base"]), (*seen, path.resolve())) if "base" in table else Scenario(name=path.stem)
    name = _name(path, str(table.get("name", path.stem)))
    parameters = {c: dict(g) for c, g in start.parameters.items()}
    for code, given in dict(table.get("parameters", {})).items():
        parameters[code] = {**parameters.get(code, {}), **thresholds(name, code, given)}
    return replace(
        start,
        name=name,
        title={**start.title, **_title(path, table)},
        layers=_files(path, "layers", table["layers"]) if "layers" in table else start.layers,
        ledgers=_files(path, "ledgers", table["ledgers"]) if "ledgers" in table else start.ledgers,
        crs=table.get("crs", start.crs),
        force_crs=_forced(path, table.get("force_crs", start.force_crs), table.get("crs", start.crs)),
        contract=_one_file(path, "contract", table["contract"]) if "contract" in table else start.contract,
        edits=(*start.edits, *edits_of(path, table.get("edits", []))),
        profile=read_profile(str(table["profile"]), base=folder) if "profile" in table else start.profile,
        parameters=parameters,
        as_of=_day(path, table.get("as_of", start.as_of)),
        schemes={**start.schemes, **own},
        schematic=bool(table.get("schematic", start.schematic)),
        complete={**start.complete, **_complete(path, table.get("complete", {}))},
        exemptions=(*start.exemptions, *_exemptions(path, table.get("exemptions", []))),
        schedule=start.schedule.under(schedule_terms(path, table.get("schedule", {}))),
        path=path,
    )


def _names(path: Path, key: str, given: object) -> list[str]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"{path.name}: {key} = {given!r} must be a file name or a list of them."
        raise ScenarioError(msg)
    return names


def _flattened(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of the file; those under a heading [scenario] count as if they stood above it."""
    inner = table.pop("scenario", {})
    if not isinstance(inner, dict):
        msg = f"{path.name}: scenario = {inner!r} must be a heading: write [scenario]."
        raise ScenarioError(msg)
    twice = sorted(inner.keys() & table.keys())
    if twice:
        msg = f"{path.name}: '{twice[0]}' stands both under [scenario] and outside; keep one."
        raise ScenarioError(msg)
    return {**inner, **table}


def _name(path: Path, name: str) -> str:
    """Return the name fit to be a folder's: marks that no file name may hold become _, a name that climbs is refused."""
    parts = name.split("/")
    if not name.strip() or "\\" in name or not name.isprintable() or {".", ".."} & set(parts) or not all(parts):
        msg = f"{path.name}: name = {name!r} is used as a folder name; leave out slashes and control characters."
        raise ScenarioError(msg)
    return re.sub(r'[/:*?"<>|]+', "_", name)


def _title(path: Path, table: Mapping[str, Any]) -> dict[str, str]:
    """Return the title in each language; a plain text serves both."""
    given = table.get("title", {})
    if isinstance(given, str):
        return {"zh": given, "en": given}
    if not isinstance(given, dict):
        msg = f"{path.name}: title = {given!r} must be a text, or zh and en under [title]."
        raise ScenarioError(msg)
    return dict(given)


def _table(path: Path) -> dict[str, Any]:
    if not path.is_file():
        msg = f"there is no scenario file {path}." + files_like(path)
        raise ScenarioError(msg)
    if path.suffix.lower() != ".toml":
        msg = (
            f"{path.name}: a scenario is a .toml file; a .py scenario is code, run it yourself with: python {path.name}"
        )
        raise ScenarioError(msg)
    if path.stat().st_size > _LIMIT:
        msg = f"{path.name}: {path.stat().st_size} bytes are too many for a scenario (at most {_LIMIT}); put data into layers."
        raise ScenarioError(msg)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as reason:  # a number of 5,000 digits is a plain ValueError
        msg = f"{path.name} cannot be read as TOML in UTF-8: {reason}."
        raise ScenarioError(msg) from reason


def _known(path: Path, table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            msg = f"{path.name}: {where}unknown key '{key}'." + did_you_mean(key, keys)
            raise ScenarioError(msg)


def _files(path: Path, key: str, given: object) -> tuple[Path, ...]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        msg = f"{path.name}: {key} = {given!r} must be a path or a list of paths."
        raise ScenarioError(msg)
    for name in names:
        if name.startswith("/vsi") or (":" in name and not Path(name).drive):
            msg = f"{path.name}: {key} = {name!r} is a connection, not a file; only files and folders are read."
            raise ScenarioError(msg)
    return tuple(path.parent / name for name in names)


def _one_file(path: Path, key: str, given: object) -> Path:
    if not isinstance(given, str):
        msg = f"{path.name}: {key} = {given!r} must be one file name."
        raise ScenarioError(msg)
    return _files(path, key, given)[0]


def _forced(path: Path, given: object, crs: object) -> bool:
    """Return whether the CRS of a scenario goes before what its files declare."""
    if not isinstance(given, bool) or (given and not crs):
        msg = f"{path.name}: force_crs = {given!r} must be true or false, and true needs a crs beside it."
        raise ScenarioError(msg)
    return given


def edits_of(path: Path, given: object) -> list[Edit]:
    """Return the edits of `[[edits]]` tables of a file; raises `ScenarioError` where one cannot be understood."""
    if not isinstance(given, list):
        msg = f"{path.name}: edits must be written as [[edits]] tables."
        raise ScenarioError(msg)
    out = []
    for number, table in enumerate(given, start=1):
        where = f"[[edits]] number {number}: "
        _known(path, table, _EDIT_KEYS, where)
        _names_features(path, where, table)
        if table["kind"] not in get_args(Kind):
            msg = f"{path.name}: {where}kind = '{table['kind']}' is unknown." + did_you_mean(
                table["kind"], get_args(Kind)
            )
            raise ScenarioError(msg)
        ids = table["id"] if isinstance(table.get("id"), list) else [table.get("id", "")]
        rest = {k: table[k] for k in ("value", "reason", "origin", "safety", "where") if k in table}
        out += [Edit(table["kind"], str(table["layer"]), str(one), **rest) for one in ids]
    no_contradiction(out, path.name)
    return out


def _names_features(path: Path, where: str, table: Mapping[str, Any]) -> None:
    """Raise where an edit lacks its kind, layer or features, or names these both by id and by expression."""
    if missing := [k for k in ("kind", "layer") if k not in table]:
        msg = f"{path.name}: {where}'{missing[0]}' is missing."
        raise ScenarioError(msg)
    if ("id" in table) == ("where" in table):
        fault = "'id' is missing" if "id" not in table else "both 'id' and 'where' are given; keep one"
        msg = f"{path.name}: {where}{fault}." + (
            " Or choose by columns: where = \"code == 'R2'\"." if "id" not in table else ""
        )
        raise ScenarioError(msg)
    if "where" in table and (table["kind"] == "add" or not isinstance(table["where"], str)):
        msg = f"{path.name}: {where}where = {table['where']!r} must be a text that chooses features there are; 'add' takes an id."
        raise ScenarioError(msg)


def _complete(path: Path, given: object) -> dict[str, int | None]:
    """Return the layers declared complete: a list of names, or a table of names with the rows expected."""
    table = dict.fromkeys(given) if isinstance(given, list) and all(isinstance(x, str) for x in given) else given
    counts = table.values() if isinstance(table, dict) else [False]
    if not isinstance(table, dict) or not all(n is None or (type(n) is int and n >= 0) for n in counts):
        msg = f"{path.name}: complete = {given!r} must be a list of layers, or layers with their rows: {{ approvals = 300 }}."
        raise ScenarioError(msg)
    _known(path, table, tuple(LAYERS), "complete: ")
    return table


def _exemptions(path: Path, given: object) -> list[Exemption]:
    if not isinstance(given, list):
        msg = f"{path.name}: exemptions must be written as [[exemptions]] tables."
        raise ScenarioError(msg)
    out = []
    for number, table in enumerate(given, start=1):
        where = f"[[exemptions]] number {number}: "
        _known(path, table, _EXEMPTION_KEYS, where)
        if missing := [k for k in ("code", "id", "number", "approver", "date") if not table.get(k)]:
            msg = f"{path.name}: {where}'{missing[0]}' is missing; an exemption rests on a document."
            raise ScenarioError(msg)
        days = {"date": _day(path, table["date"], "date"), "expiry": _day(path, table.get("expiry"), "expiry")}
        if days["date"] and days["expiry"] and days["expiry"] < days["date"]:
            msg = f"{path.name}: {where}it expires on {days['expiry']}, before its own date {days['date']}."
            raise ScenarioError(msg)
        out.append(Exemption(**{**table, "code": str(table["code"]).upper(), "id": str(table["id"]), **days}))
    return out


def _day(path: Path, value: object, key: str = "as_of") -> date | None:
    if value is None or isinstance(value, date):
        return value
    msg = f"{path.name}: {key} = {value!r} is not a date; write {key} = 2026-06-30 without quotes."
    raise ScenarioError(msg)
