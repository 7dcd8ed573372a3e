"""TOML -> Study: a scenario, what is uncertain in it, and what a planner may choose."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import StudyError, did_you_mean, files_like
from ..plan.uncertainty import KINDS, NUMBERS, Distribution, Study, Uncertainty
from .scenario import read_scenario

_KEYS = ("name", "title", "base", "checks", "sure", "uncertainties", "levers", "limits")
_ONE = (
    "name", "title", "kind", "layer", "id", "where", "columns", "check", "parameter", "shift", "each",
    "distribution", "values", "range", *(n for names in NUMBERS.values() for n in names),
)  # fmt: skip
_LONGEST = 8 * 1024 * 1024


def read_study(path: str | Path) -> Study:
    """Return the study a TOML file describes; `base` names its scenario, from the file's own folder.

    Raises
    ------
    StudyError
        The file is missing, no TOML, names an unknown key, or a distribution is none.
    GeoPlannerError
        Anything in the scenario it names that the user can mend.
    """
    path = Path(path)
    table = toml_table(path, "study")
    known_keys(path, table, _KEYS, "")
    if "base" not in table:
        msg = f'{path.name}: a study needs the scenario it starts from: base = "my_scenario.toml".'
        raise StudyError(msg)
    unsure = _several(path, "uncertainties", table) + [replace(u, lever=True) for u in _several(path, "levers", table)]
    _named_apart(path, unsure)
    sure = table.get("sure", 0.95)
    if not isinstance(sure, int | float) or not 0.5 < sure <= 1:
        msg = f"{path.name}: sure = {sure!r} must be a share above 0.5, at most 1."
        raise StudyError(msg)
    checks = table.get("checks", [])
    limits = table.get("limits", {})
    if not isinstance(checks, list) or not isinstance(limits, dict):
        msg = f'{path.name}: checks is a list such as ["UG201"], limits a table such as {{ UG201 = 0 }}.'
        raise StudyError(msg)
    return Study(
        name=str(table.get("name", path.stem)),
        scenario=read_scenario(path.parent / str(table["base"])),
        uncertainties=tuple(unsure),
        checks=tuple(str(c).upper() for c in checks),
        limits={str(k).upper(): int(v) for k, v in limits.items()},
        sure=float(sure),
        title=two_languages(table.get("title", {})),
    )


def toml_table(path: Path, what: str) -> dict[str, Any]:
    """Return the table of a TOML file; raises `StudyError` where there is none."""
    if not path.is_file():
        msg = f"there is no {what} file {path}." + files_like(path)
        raise StudyError(msg)
    if path.suffix.lower() != ".toml" or path.stat().st_size > _LONGEST:
        msg = f"{path.name}: a {what} is a .toml file of at most {_LONGEST >> 20} MB."
        raise StudyError(msg)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as reason:  # a number of 5,000 digits is a plain ValueError
        msg = f"{path.name} cannot be read as TOML in UTF-8: {reason}."
        raise StudyError(msg) from reason


def known_keys(path: Path, table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    """Raise `StudyError` for a key that is unknown, naming the near ones."""
    for key in table:
        if key not in keys:
            msg = f"{path.name}: {where}unknown key '{key}'." + did_you_mean(key, keys)
            raise StudyError(msg)


def two_languages(given: object) -> dict[str, str]:
    """Return a title in each language; a plain text serves both."""
    return (
        {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {"zh": str(given), "en": str(given)}
    )


def _several(path: Path, key: str, table: Mapping[str, Any]) -> list[Uncertainty]:
    given = table.get(key, [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        msg = f"{path.name}: {key} must be written as [[{key}]] tables."
        raise StudyError(msg)
    return [_one(path, f"[[{key}]] number {n}: ", one) for n, one in enumerate(given, start=1)]


def _one(path: Path, where: str, table: Mapping[str, Any]) -> Uncertainty:
    known_keys(path, table, _ONE, where)
    kind = table.get("kind", "")
    if kind not in KINDS:
        msg = f"{path.name}: {where}kind = '{kind}' is unknown; write one of {', '.join(KINDS)}."
        raise StudyError(msg)
    if missing := [k for k in (("check", "parameter") if kind == "parameter" else ("layer",)) if not table.get(k)]:
        msg = f"{path.name}: {where}'{missing[0]}' is missing."
        raise StudyError(msg)
    if "id" in table and "where" in table:
        msg = f"{path.name}: {where}both 'id' and 'where' are given; keep one."
        raise StudyError(msg)
    try:
        spread = _distribution(table)
    except StudyError as fault:
        msg = f"{path.name}: {where}{fault}. Mend it or take it out."
        raise StudyError(msg) from fault
    ids = table.get("id", [])
    shift = table.get("shift", [0.0, 0.0])
    return Uncertainty(
        name=str(table.get("name", f"{kind}_{where.split()[2].rstrip(':')}")),
        kind=kind,
        distribution=spread,
        layer=str(table.get("layer", "")),
        ids=tuple(str(i) for i in (ids if isinstance(ids, list) else [ids])),
        where=str(table.get("where", "")),
        columns=tuple(str(c) for c in table.get("columns", [])),
        check=str(table.get("check", "")).upper(),
        parameter=str(table.get("parameter", "")),
        shift=(float(shift[0]), float(shift[1])),
        each=bool(table.get("each", False)),
        title=two_languages(table["title"]) if "title" in table else {},
    )


def _distribution(table: Mapping[str, Any]) -> Distribution:
    if "values" in table:
        values = table["values"] if isinstance(table["values"], list) else [table["values"]]
        return Distribution("values", values=tuple(tuple(v) if isinstance(v, list) else v for v in values))
    if "range" in table:
        ends = table["range"]
        return Distribution("uniform", tuple(float(e) for e in ends) if isinstance(ends, list) else ())
    shape = str(table.get("distribution", ""))
    names = NUMBERS.get(shape, ())
    if not shape:
        msg = "no distribution is given; write range = [0, 90], values = [...], or distribution = 'triangular'"
        raise StudyError(msg)
    if missing := [n for n in names if not isinstance(table.get(n), int | float)]:
        msg = f"a {shape} distribution needs {', '.join(names)} as numbers; '{missing[0]}' is none"
        raise StudyError(msg)
    return Distribution(shape, tuple(float(table[n]) for n in names))


def _named_apart(path: Path, unsure: list[Uncertainty]) -> None:
    names = [u.name for u in unsure]
    if not names:
        msg = f"{path.name}: a study needs at least one [[uncertainties]] or [[levers]]."
        raise StudyError(msg)
    if twice := sorted({n for n in names if names.count(n) > 1}):
        msg = f"{path.name}: two uncertainties are named '{twice[0]}'; give each its own name."
        raise StudyError(msg)
