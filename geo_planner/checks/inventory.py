"""What of each standard is checked: clause by clause, checked by a rule, not checkable because ..., or not yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from ..errors import ProfileError, did_you_mean

State = Literal["checked", "not_checkable", "todo"]


@dataclass(frozen=True)
class Clause:
    """One clause: what it asks for, the rules that check it, or why none can. Neither means: not yet."""

    id: str
    title: Mapping[str, str]
    checked_by: tuple[str, ...]
    not_checkable: Mapping[str, str]
    cited_as: tuple[str, ...]

    @property
    def state(self) -> State:
        """Whether it is checked, cannot be, or waits."""
        return "checked" if self.checked_by else "not_checkable" if self.not_checkable else "todo"


@dataclass(frozen=True)
class Standard:
    """One standard, law or document with its clauses; `names` are all the names it is cited by."""

    key: str
    names: tuple[str, ...]
    title: Mapping[str, str]
    verified: bool
    clauses: tuple[Clause, ...]

    def count(self, state: State) -> int:
        """How many clauses are in that state."""
        return sum(c.state == state for c in self.clauses)


@cache
def standards() -> Mapping[str, Standard]:
    """Return every standard by key, in order of key."""
    folder = resources.files("geo_planner") / "profiles" / "inventory"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return MappingProxyType(
        {
            f.name.removesuffix(".toml"): _standard(
                f.name.removesuffix(".toml"), tomllib.loads(f.read_text(encoding="utf-8"))
            )
            for f in files
        }
    )


def standard(name: str) -> Standard:
    """Return one standard by key or by any of its names, with or without blanks and the year (`GB50289`).

    Raises
    ------
    ProfileError
        No standard has that name.
    """
    known = standards()
    wanted = _plain(name)
    for one in known.values():
        if wanted in {_plain(n) for n in (one.key, *one.names)} | {_plain(n).rsplit("-", 1)[0] for n in one.names}:
            return one
    names = [n for one in known.values() for n in (one.key, one.names[0])]
    msg = f"there is no standard '{name}' in the inventory; known are {', '.join(s.names[0] for s in known.values())}."
    raise ProfileError(msg + did_you_mean(name, names))


def clauses_of(code: str) -> list[tuple[Standard, Clause]]:
    """Return the clauses that a rule checks, in order of standard."""
    return [(s, c) for s in standards().values() for c in s.clauses if code in c.checked_by]


def _plain(name: str) -> str:
    return name.upper().replace(" ", "").replace("/", "")


def _standard(key: str, table: Mapping[str, Any]) -> Standard:
    clauses = tuple(
        Clause(
            c["id"],
            c["title"],
            tuple(c.get("checked_by", ())),
            c.get("not_checkable", {}),
            tuple(c.get("cited_as", ())),
        )
        for c in table["clause"]
    )
    return Standard(key, (table["standard"], *table.get("also", ())), table["title"], bool(table["verified"]), clauses)
