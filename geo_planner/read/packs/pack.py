"""A rule pack as a table: one rule a row, with what it asks for, its words, its source and how far to trust it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pandas as pd

from ...errors import ReadError, did_you_mean
from ...plan.trust import LEVELS, Level
from .rule import KINDS, NUMBERED, ON_FIELDS, TYPES, PackRule

_ROOM = Path(__file__).parent
_COLUMNS = ("rule", "kind", "layer", "field", "value", "zh", "en", "source", "trust")
_MOST_ROWS, _MOST_BYTES = 10_000, 10_000_000


def packs() -> tuple[str, ...]:
    """Return the names of the packs that come with the tool."""
    return tuple(sorted(path.stem for path in _ROOM.glob("*.csv")))


def read_pack(name: str) -> tuple[PackRule, ...]:
    """Return the rules of a pack that comes with the tool, or of a table (.csv) of one's own.

    Raises
    ------
    ReadError
        There is no such pack, the table is no pack, or a row cannot be understood (its rule is named).
    """
    if name in packs():
        return _read(_ROOM / f"{name}.csv")
    path = Path(name)
    if path.suffix.lower() == ".csv" and path.is_file():
        return _read(path)
    near = did_you_mean(name, packs())
    msg = f"There is no rule pack {name!r}.{near} Packs: {', '.join(packs())}; or give a table (.csv)."
    raise ReadError(msg)


def _read(path: Path) -> tuple[PackRule, ...]:
    if path.stat().st_size > _MOST_BYTES:
        msg = f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB. A pack is a table of rules."
        raise ReadError(msg)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", nrows=_MOST_ROWS + 1)
    except (ValueError, UnicodeDecodeError) as reason:
        msg = f"{path.name} is no table of rules ({type(reason).__name__}). Save it as CSV in UTF-8."
        raise ReadError(msg) from reason
    lacking = [c for c in _COLUMNS if c not in table.columns]
    if lacking or len(table) > _MOST_ROWS or not len(table):
        what = f"lacks the columns {', '.join(lacking)}" if lacking else f"has {len(table)} rows (1 to {_MOST_ROWS})"
        msg = f"{path.name} {what}. A pack has the columns {', '.join(_COLUMNS)}."
        raise ReadError(msg)
    rules = tuple(PackRule(**row) for row in table[list(_COLUMNS)].to_dict("records"))
    for one in rules:
        _refuse(one, path.name)
    twice = table["rule"][table["rule"].duplicated()]
    if len(twice):
        msg = f"{path.name}: the rule {twice.iloc[0]!r} stands twice. Number the rows."
        raise ReadError(msg)
    return rules


def _refuse(one: PackRule, where: str) -> None:
    """Raise ReadError where a rule cannot be understood."""
    wrong = ""
    if one.kind not in KINDS:
        wrong = f"kind {one.kind!r} is none of {', '.join(KINDS)}"
    elif one.trust not in LEVELS:
        wrong = f"trust {one.trust!r} is none of {', '.join(get_args(Level))}"
    elif not one.source or not one.layer or not one.rule:
        wrong = "a rule has a name, a layer and a source"
    elif one.kind in ON_FIELDS and not one.field:
        wrong = f"a rule of kind {one.kind} names a field"
    elif one.kind == "type" and one.value not in TYPES:
        wrong = f"type {one.value!r} is none of {', '.join(TYPES)}"
    elif one.kind in NUMBERED and not _numbers(one.value, NUMBERED[one.kind]):
        wrong = f"value {one.value!r} of kind {one.kind} is not {' to '.join(['a number'] * NUMBERED[one.kind])}"
    if wrong:
        msg = f"{where}, rule {one.rule or '?'}: {wrong}."
        raise ReadError(msg)


def _numbers(text: str, count: int) -> bool:
    parts = text.split("..") if count > 1 else [text]
    try:
        return len(parts) == count and all(abs(float(part)) < 1e12 for part in parts)
    except ValueError:
        return False
