"""What a user brings of his own rules: a profile (TOML), laid over wider ones, and a land-use scheme (CSV)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import LandUseError, ProfileError, did_you_mean
from ..plan.editions import dated
from ..plan.landuse import COLUMNS, Scheme, scheme_from
from ..plan.profile import Profile, Threshold
from ..plan.trust import LEVELS

_FIELDS = ("value", "unit", "source", "clause", "valid_from", "valid_to", "verified", "level")
_HEAD = ("name", "title", "extends", "defaults")


def shipped() -> tuple[str, ...]:
    """Return the names of the profiles that come with the package."""
    folder = resources.files("geo_planner") / "profiles"
    return tuple(sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")))


def read_profile(name_or_path: str | Path, *, base: Path | None = None) -> Profile:
    """Return a profile by shipped name, or from a TOML file, laid over what it `extends`.

    A relative path is taken from `base`, the folder of the file that names it.

    Raises
    ------
    ProfileError
        There is no such profile, the file is no TOML, a threshold has no unit or no source, or profiles extend one
        another in a circle.
    """
    return _chain(str(name_or_path), base or Path(), ())


def _chain(name: str, base: Path, seen: tuple[str, ...]) -> Profile:
    if name in seen:
        msg = f"profile '{name}' extends itself: {' -> '.join((*seen, name))}. Take one 'extends' out."
        raise ProfileError(msg)
    text, folder = _text(name, base)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as reason:  # a number of 5,000 digits is a plain ValueError
        msg = f"profile '{name}' is no TOML: {reason}."
        raise ProfileError(msg) from reason
    own = profile_from(table, Path(name).stem)
    if "extends" not in table:
        return replace(own, chain=(own.name,))
    return _chain(str(table["extends"]), folder, (*seen, name)).under(own)


def _text(name: str, base: Path) -> tuple[str, Path]:
    if name in shipped():
        return (resources.files("geo_planner") / "profiles" / f"{name}.toml").read_text(encoding="utf-8"), Path()
    path = base / name
    if not path.is_file():
        msg = f"there is no profile '{name}': no such file, and shipped are {', '.join(shipped())}."
        raise ProfileError(msg + did_you_mean(name, shipped()))
    return path.read_text(encoding="utf-8-sig"), path.parent


def profile_from(table: Mapping[str, Any], name: str) -> Profile:
    """Return a profile from parsed TOML: `[CODE.parameter]` tables with value, unit and source."""
    name = str(table.get("name", name))
    rules = {code: given for code, given in table.items() if code not in _HEAD}
    off = {
        code: _reason(name, code, given) for code, given in rules.items() if isinstance(given, dict) and "off" in given
    }
    values = {code: thresholds(name, code, given) for code, given in rules.items() if code not in off}
    defaults = table.get("defaults", True)
    if not isinstance(defaults, bool):
        msg = f"profile '{name}': defaults = {defaults!r} must be true or false: whether shipped numbers may decide."
        raise ProfileError(msg)
    return Profile(name=name, values=values, title=dict(table.get("title", {})), off=off, defaults=defaults)


def _reason(profile: str, code: str, given: Mapping[str, Any]) -> str:
    """Return why a check is switched off; a check without a reason, or with numbers beside it, is not taken."""
    why = given["off"]
    if not isinstance(why, str) or not why.strip() or len(given) > 1:
        msg = f"profile '{profile}': [{code}] off needs its reason and nothing else, as in off = \"no heavy industry here\"."
        raise ProfileError(msg)
    return why.strip()


def thresholds(profile: str, code: str, given: object) -> dict[str, Threshold]:
    """Return the thresholds of one check from its parsed table."""
    if not isinstance(given, dict):
        msg = f"profile '{profile}': '{code}' must be a table such as [{code}.min_overlap], not {given!r}."
        raise ProfileError(msg)
    return {key: _dated(profile, f"{code}.{key}", value) for key, value in given.items()}


def _dated(profile: str, where: str, table: object) -> Threshold:
    """Return a threshold; of an array of tables, one for each edition, a dated one."""
    if isinstance(table, dict) and table.get("valid_to") is not None:
        table = [table]  # one edition that has ended: what comes after it has no number
    if not isinstance(table, list):
        return _threshold(profile, where, table)
    rows = [_threshold(profile, where, one) for one in table]
    ends = [one.get("valid_to") for one in table]
    value = dated(
        f"profile '{profile}': {where}", [(t.valid_from, e, t.value) for t, e in zip(rows, ends, strict=True)]
    )
    sources = "; ".join(dict.fromkeys(t.source for t in rows))
    clauses = "; ".join(dict.fromkeys(t.clause for t in rows if t.clause))
    weakest = max((t.level for t in rows), key=LEVELS.index)
    return Threshold(value, rows[0].unit, sources, clauses, None, False, profile, weakest)


def _threshold(profile: str, where: str, table: object) -> Threshold:
    if not isinstance(table, dict) or "value" not in table:
        msg = f'profile \'{profile}\': {where} needs value, unit and source, as in [{where}] value = 20.0, unit = "m", source = "…".'
        raise ProfileError(msg)
    if strange := set(table) - set(_FIELDS):
        word = sorted(strange)[0]
        msg = f"profile '{profile}': {where} has an unknown key '{word}'." + did_you_mean(word, _FIELDS)
        raise ProfileError(msg)
    if not table.get("unit") or not table.get("source"):
        msg = f"profile '{profile}': {where} = {table['value']!r} has no unit or no source; a number without them is not taken."
        raise ProfileError(msg)
    value = tuple(table["value"]) if isinstance(table["value"], list) else table["value"]
    for name in ("valid_from", "valid_to"):
        if (day := table.get(name)) is not None and not isinstance(day, date):
            msg = f"profile '{profile}': {where}.{name} = {day!r} is not a date; write {name} = 2016-12-01 without quotes."
            raise ProfileError(msg)
    level = table.get("level")
    if level is not None and level not in LEVELS:
        msg = f"profile '{profile}': {where}.level = {level!r} is none of {', '.join(LEVELS)}."
        raise ProfileError(msg)
    return Threshold(
        value,
        str(table["unit"]),
        str(table["source"]),
        str(table.get("clause", "")),
        table.get("valid_from"),
        bool(table.get("verified", False)),
        profile,
        level,
    )


def read_scheme(path: Path) -> Scheme:
    """Return a scheme of one's own from a CSV whose file name is the scheme's name.

    Raises
    ------
    LandUseError
        There is no such file, it is not UTF-8 text, or a line does not fit (`scheme_from`).
    """
    name = dict.fromkeys(("scheme", "zh", "en"), path.stem)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as reason:
        columns = ",".join(COLUMNS)
        msg = f"land-use scheme '{path}' cannot be read: {reason}. Give a CSV in UTF-8 with {columns}."
        raise LandUseError(msg) from reason
    return scheme_from(text, {**name, "edition": "own", "source": path.name, "verified": "false"})
