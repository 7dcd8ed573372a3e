"""A rule pack: a CSV whose rows are rules, read strictly; there are no patterns and no paths in it.

What a pack can ask for is a closed list of kinds (`KINDS`), so that nothing in a file from elsewhere can explode.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ...errors import LandUseError, ReadError, did_you_mean
from ...plan.landuse.catalogue import scheme
from ...plan.trust import LEVELS, Level
from ..sandbox.filetype import regular

LARGEST, MOST_RULES, LONGEST = 1 << 20, 2000, 4000
COLUMNS = ("rule", "kind", "layer", "field", "value", "trust", "source", "source_en")
_ROOM = Path(__file__).parent
_GEOMETRIES = ("point", "line", "polygon")
_TYPES = ("text", "number", "date", "yes or no")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of a pack: what is asked of which layer and field, and how far its source can be trusted.

    `layer` and `field` may give other names after a bar (`KJGHYD|空间规划用地`); the layer `*` is every layer.
    """

    rule: str
    kind: str
    layer: str
    field: str
    value: str
    trust: Level
    source: str
    source_en: str

    @property
    def layers(self) -> tuple[str, ...]:
        """The names by which the layer is known, the first one its own."""
        return tuple(self.layer.split("|"))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names by which the field is known, the first one its own."""
        return tuple(self.field.split("|")) if self.field else ()


@dataclass(frozen=True)
class Pack:
    """A rule pack by its name."""

    name: str
    rules: tuple[Rule, ...]


def _word(*allowed: str) -> Callable[[str], bool]:
    return lambda value: value in allowed


def _length(value: str) -> bool:
    """Whether a value is a length of more than a nanometre and less than ten kilometres."""
    number = _number(value)
    return number is not None and 1e-9 < number < 1e4


def _share(value: str) -> bool:
    number = _number(value)
    return number is not None and 0 < number <= 1


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _count(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 5


def _digits(value: str) -> bool:
    low, _, high = value.partition("-")
    return _count(low) and (not high or (_count(high) and int(low) <= int(high)))


def _codes(value: str) -> bool:
    if not value.startswith("scheme:"):
        return bool(value)
    try:
        scheme(value.removeprefix("scheme:"))
    except LandUseError:
        return False
    return True


KINDS: Mapping[str, tuple[bool, Callable[[str], bool], str]] = MappingProxyType(
    {
        "layer": (False, _word("", *_GEOMETRIES), "point, line, polygon or nothing"),
        "crs": (False, _word("CGCS2000"), "CGCS2000"),
        "field": (True, _word(""), "nothing"),
        "type": (True, _word(*_TYPES), ", ".join(_TYPES)),
        "length": (True, _count, "the most characters, as 20"),
        "decimals": (True, _count, "the most decimal places, as 3"),
        "digits": (True, _digits, "how many digits, as 6 or 6-12"),
        "filled": (True, _share, "a share above 0, at most 1"),
        "codes": (True, _codes, "codes with bars between them, or scheme:NAME"),
        "unique": (True, _word(""), "nothing"),
        "area": (True, _share, "the share by which it may differ, as 0.01"),
        "valid": (False, _word(""), "nothing"),
        "single": (False, _word(""), "nothing"),
        "nodes": (False, _length, "metres, as 0.001"),
        "precision": (False, _length, "metres, as 0.0001"),
        "overlap": (False, _length, "metres, as 0.001"),
        "gap": (False, _length, "metres, as 0.001"),
        "sliver": (False, _length, "metres, as 0.1"),
    }
)
"""Kind of rule → whether it asks of a field, whether a value fits it, and what value it takes in words."""


def packs() -> tuple[str, ...]:
    """Return the names of the packs that come with the tool."""
    return tuple(sorted(p.stem for p in _ROOM.glob("*.csv")))


def read_pack(name: str | Path) -> Pack:
    """Return a shipped pack by its name, or one of your own from a file that ends in .csv.

    Raises
    ------
    ReadError
        There is no such pack, or a row of it cannot be understood.
    """
    if isinstance(name, str) and name in packs():
        path = _ROOM / f"{name}.csv"
    elif str(name).lower().endswith(".csv"):
        path = regular(Path(name))
    else:
        msg = f"There is no rule pack {str(name)[:60]!r}. Packs: {', '.join(packs())}; or give a .csv of your own."
        raise ReadError(msg)
    return Pack(path.stem, _rules(path))


def _rules(path: Path) -> tuple[Rule, ...]:
    try:
        if path.stat().st_size > LARGEST:
            msg = f"{path.name} is too large for a rule pack (at most {LARGEST >> 20} MB)."
            raise ReadError(msg)
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path.name} cannot be read as a rule pack ({str(error)[:100]}). Save it as CSV in UTF-8."
        raise ReadError(msg) from None
    if tuple(reader.fieldnames or ()) != COLUMNS:
        msg = f"{path.name}: the first line must be {','.join(COLUMNS)}."
        raise ReadError(msg)
    if not 0 < len(rows) <= MOST_RULES:
        msg = f"{path.name}: {len(rows):,} rules; a pack has 1 to {MOST_RULES:,}."
        raise ReadError(msg)
    rules = tuple(_rule(f"{path.name}, line {number}", row) for number, row in enumerate(rows, start=2))
    names = [r.rule for r in rules]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        msg = f"{path.name}: rule {twice!r} stands twice. Give each rule its own name."
        raise ReadError(msg)
    return rules


def _rule(where: str, row: Mapping[str | None, str | None]) -> Rule:
    if None in row or None in row.values():
        msg = f"{where}: {len(COLUMNS)} cells are needed."
        raise ReadError(msg)
    cells = {str(k): str(v).strip() for k, v in row.items()}
    if any(len(v) > LONGEST or not (v.isprintable() or v == "") for v in cells.values()):
        msg = f"{where}: a cell is longer than {LONGEST} characters or holds some that cannot be printed."
        raise ReadError(msg)
    kind = cells["kind"]
    if kind not in KINDS:
        msg = f"{where}: unknown kind of rule {kind[:40]!r}.{did_you_mean(kind, KINDS)}"
        raise ReadError(msg)
    of_field, fits, words = KINDS[kind]
    if not cells["rule"] or not cells["layer"] or of_field != bool(cells["field"]):
        wants = "rule, layer and field" if of_field else "rule and layer, and no field"
        msg = f"{where}: a rule of kind {kind} names {wants}."
        raise ReadError(msg)
    if not fits(cells["value"]):
        msg = f"{where}: the value of {kind} is {words}, not {cells['value'][:40]!r}."
        raise ReadError(msg)
    if cells["trust"] not in LEVELS or not cells["source"]:
        msg = f"{where}: trust is one of {', '.join(LEVELS)}, and the source must be named."
        raise ReadError(msg)
    return Rule(**{**cells, "source_en": cells["source_en"] or cells["source"]})  # type: ignore[arg-type]  # Level
