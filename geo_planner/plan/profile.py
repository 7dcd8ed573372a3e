"""Thresholds with number, unit, source, clause, date and a `verified` flag; profiles lie on one another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeGuard

from .trust import LEVELS, Level, level_of

Number = float | int | str | bool | tuple[Any, ...]


@dataclass(frozen=True)
class Threshold:
    """One number of one rule, with everything a reviewer asks about it."""

    value: Number
    unit: str
    source: str
    clause: str = ""
    valid_from: date | None = None
    verified: bool = False
    origin: str = ""  # the profile that says so, or "check" for the default written in the check
    stated: Level | None = None  # the level of trust where the profile names it

    @property
    def level(self) -> Level:
        """How far the number can be trusted: as stated, else as the words of its source say."""
        return self.stated or level_of(self.source, verified=self.verified)


@dataclass(frozen=True)
class Profile:
    """Check code -> parameter -> threshold.

    `chain` names the profiles it was laid together from, the widest first: nation, province, park, project.
    """

    name: str
    values: Mapping[str, Mapping[str, Threshold]] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    off: Mapping[str, str] = field(default_factory=dict)
    """Checks that are switched off, by code, each with the reason."""
    defaults: bool = True
    """Whether numbers of the package may decide; else a check that rests on one of a standard is switched off."""

    def under(self, upper: Profile) -> Profile:
        """Return this profile with the values of `upper` laid over it, where both speak."""
        values = {code: dict(given) for code, given in self.values.items()}
        for code, given in upper.values.items():
            wide = values.get(code, {})
            values[code] = {**wide, **{name: _over(wide.get(name), t) for name, t in given.items()}}
        # A wider profile's reason holds until a narrower one gives the check a number again.
        off = {code: why for code, why in self.off.items() if code not in upper.values} | dict(upper.off)
        chain = (*(self.chain or (self.name,)), *(upper.chain or (upper.name,)))
        title, defaults = upper.title or self.title, self.defaults and upper.defaults
        return Profile(name=upper.name, values=values, title=title, chain=chain, off=off, defaults=defaults)

    @property
    def digest(self) -> str:
        """The sha256 of every number, unit and source."""
        text = json.dumps(
            {
                c: {k: [str(v.value), v.unit, v.source, v.clause, v.level] for k, v in g.items()}
                for c, g in self.values.items()
            }
            | ({"off": dict(self.off)} if self.off else {})
            | ({} if self.defaults else {"defaults": False}),
            sort_keys=True,
            ensure_ascii=False,
        )
        return hashlib.sha256(text.encode()).hexdigest()


def _over(wide: Threshold | None, own: Threshold) -> Threshold:
    """A number over that of a wider profile; of a table both have their cells, the narrower where both set one.

    The sources stand one after the other, and the level is the weaker one.
    """
    if wide is None or not (is_cells(wide.value) and is_cells(own.value)):
        return own
    mine = {_cell_name(text) for text in own.value}
    kept = tuple(text for text in wide.value if _cell_name(text) not in mine)
    if not kept:
        return own
    weaker = max(wide.level, own.level, key=LEVELS.index)
    source = "; ".join(dict.fromkeys([wide.source, own.source]))
    return replace(own, value=(*kept, *own.value), source=source, verified=False, stated=weaker)


def is_cells(value: Any) -> TypeGuard[tuple[str, ...]]:
    """Whether a number is a list of cells of a table, each "row.column = number"."""
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, str) and "=" in one for one in value)


def _cell_name(text: str) -> str:
    return text.rpartition("=")[0].strip()


def differences(a: Profile, b: Profile) -> list[tuple[str, str, Threshold | None, Threshold | None]]:
    """Return code, parameter and both thresholds wherever two profiles disagree, sorted by code and parameter."""
    keys = {(c, k) for p in (a, b) for c, given in p.values.items() for k in given}
    rows = [(c, k, a.values.get(c, {}).get(k), b.values.get(c, {}).get(k)) for c, k in sorted(keys)]
    return [r for r in rows if _core(r[2]) != _core(r[3])]


def _core(t: Threshold | None) -> tuple[Any, ...] | None:
    return None if t is None else (t.value, t.unit, t.source, t.clause, t.verified)
