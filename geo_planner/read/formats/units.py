"""Units of a table that stand in a line above its header, or in a row of their own below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..schema.quantities import header_unit, is_unit

_UNIT_ABOVE = re.compile(
    r"单位\s*[:：]\s*(?:[^,，、;；()（）]*?[,，、]\s*)?(公顷|亩|万平方米|平方米|平方公里|hm2|hm²|ha|m2|m²|㎡)"
)
_UNIT_WORDS = {"单位", "计量单位", "-", "—", "/"}


def units_below(rows: Sequence[Sequence[Any]]) -> tuple[list[str], int]:
    """Return the units of a row that holds nothing else, below a header, and how many rows that is."""
    row = [str(v).strip() if v not in (None, "") else "" for v in rows[0]] if rows else []
    full = [w for w in row if w and w not in _UNIT_WORDS]
    if full and all(is_unit(w) for w in full):
        return ["" if w in _UNIT_WORDS else w for w in row], 1
    return [], 0


def unit_above(rows: Sequence[Sequence[Any]]) -> str:
    """Return the unit of areas that a line above the header names, as 单位：公顷 does."""
    for row in reversed(rows):
        for value in row:
            found = _UNIT_ABOVE.search(str(value)) if value not in (None, "") else None
            if found and is_unit(found[1]):
                return found[1]
    return ""


def with_units(names: Sequence[str], below: Sequence[str], above: str, is_area: Callable[[str], bool]) -> list[str]:
    """Return headers with their units behind them: that of the row below, for areas else that of the line above."""
    units = [*below, *[""] * len(names)]
    return [_with_unit(n, u or (above if is_area(n) else "")) for n, u in zip(names, units, strict=False)]


def _with_unit(name: str, unit: str) -> str:
    return f"{name}({unit})" if unit and header_unit(name)[1] == "" else name
