"""Bounds as planning conditions write them: ≤2.0 of a floor-area ratio is its upper bound, 1.0—2.5 are both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...plan.layers import LAYERS
from ...plan.plan import Note
from ..notes import note
from .quantities import number
from .values import by_value, plain

_BOUNDED: Mapping[str, tuple[str, str]] = {
    "far": ("far_min", "far_max"),
    "far_max": ("far_min", "far_max"),
    "far_min": ("far_min", "far_max"),
    "density": ("", "density_max"),
    "density_max": ("", "density_max"),
    "green": ("green_min", "green_max"),
    "green_min": ("green_min", "green_max"),
    "green_max": ("green_min", "green_max"),
    "height": ("", "height_max"),
    "height_max": ("", "height_max"),
}
"""The columns of the lower and the upper bound of what a column holds; "" where the plan has none."""

_NUMBER = r"(\d+(?:\.\d+)?\s*(?:%|米|m)?)"
_UP_TO = re.compile(
    rf"(?:≤|≦|<=|<|不大于|不超过|不高于|小于等于|不得大于|不得高于|不得超过){_NUMBER}|{_NUMBER}(?:以下|以内)"
)
_FROM = re.compile(rf"(?:≥|≧|>=|>|不小于|不低于|不少于|大于等于|不得小于|不得低于|不得少于){_NUMBER}|{_NUMBER}以上")
_BETWEEN = re.compile(rf"{_NUMBER}\s*(?:-|—|–|~|～|至|到)+\s*{_NUMBER}")
_BOTH = re.compile(
    rf"{_NUMBER}\s*(?:≤|<|<=)\s*(?:FAR|R|容积率|建筑密度|绿地率|S)\s*(?:≤|<|<=)\s*{_NUMBER}", re.IGNORECASE
)

Bounds = tuple[str | None, str | None]


def bounds_of(text: str) -> Bounds | None:
    """Return the lower and the upper bound that a text states, None where it states none."""
    word = re.sub(r"\s+", "", plain(text))
    if found := _UP_TO.fullmatch(word):
        return None, found[1] or found[2]
    if found := _FROM.fullmatch(word):
        return found[1] or found[2], None
    if found := _BETWEEN.fullmatch(word) or _BOTH.fullmatch(word):
        return found[1], found[2]
    return None


@dataclass(frozen=True, eq=False)
class Stated:
    """The bounds that the values of one field state, and an example of them."""

    field: str
    low: pd.Series
    high: pd.Series
    example: str


def without_bounds(column: str, values: pd.Series, field: str) -> tuple[pd.Series, Stated | None]:
    """Return the values of a parcels' column without those that state a bound, and the bounds stated.

    A bound for which the plan has no column stays among the values, where it is no number.
    """
    if column not in _BOUNDED or pd.api.types.is_numeric_dtype(values):
        return values, None
    made, codes, _, _ = by_value(values, lambda v: bounds_of(str(v)))
    sides = [pd.Series([made[c][k] if c >= 0 and made[c] else None for c in codes], values.index) for k in (0, 1)]
    usable = [side.notna() & bool(name) for side, name in zip(sides, _BOUNDED[column], strict=True)]
    used = usable[0] | usable[1]
    if not used.any():
        return values, None
    low, high = (side.where(fit) for side, fit in zip(sides, usable, strict=True))
    return values.mask(used), Stated(field, low, high, str(values[used].iloc[0]))


def fill_bounds(columns: dict[str, pd.Series], stated: Mapping[str, Stated]) -> list[Note]:
    """Fill the columns of bounds, where they say nothing themselves, with the bounds stated in `stated` columns."""
    notes = []
    for column, one in stated.items():
        for name, side in zip(_BOUNDED[column], (one.low, one.high), strict=True):
            if name and side.notna().any():
                unit = next((c.unit for c in LAYERS["parcels"].columns if c.name == name), "")
                values = side.map(lambda v, u=unit: number(v, u)[0], na_action="ignore").astype("float64")
                columns[name] = columns[name].fillna(values) if name in columns else values
        count = int((one.low.notna() | one.high.notna()).sum())
        notes.append(note("IM436", count, {"field": one.field}, example=one.example))
    return notes
