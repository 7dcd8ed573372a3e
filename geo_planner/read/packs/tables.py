"""Rules on one field of a layer: type, length, codes, ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...plan.landuse.catalogue import scheme
from ...plan.landuse.catalogue import tidy as tidy_code
from ..schema.recipe import types_of
from ..schema.sheet import Sheet
from .answer import Answer, broken, unknown
from .pack import Rule

Array = np.ndarray[Any, Any]


def _type(rule: Rule, sheet: Sheet, field: str) -> Answer:
    """Return all rows where the field is of another type."""
    kind = types_of(sheet.frame)[field]
    if not kind:
        return unknown("empty")
    return Answer() if kind == rule.value else Answer(len(sheet.frame), kind)


def _texts(sheet: Sheet, field: str, wrong: Callable[[pd.Series], pd.Series]) -> Answer:
    values = sheet.frame[field]
    if not values.notna().any():
        return unknown("empty")
    if types_of(sheet.frame)[field] != "text":
        return unknown("text")
    bad = (values.notna() & wrong(values.astype("str"))).to_numpy(dtype=bool)
    return broken(values, bad)


def _length(rule: Rule, sheet: Sheet, field: str) -> Answer:
    return _texts(sheet, field, lambda v: v.str.len() > int(rule.value))


def _digits(rule: Rule, sheet: Sheet, field: str) -> Answer:
    low, _, high = rule.value.partition("-")
    least, most = int(low), int(high or low)

    def wrong(values: pd.Series) -> pd.Series:
        return ~(values.str.isdecimal() & values.str.len().between(least, most))

    return _texts(sheet, field, wrong)


def _codes(rule: Rule, sheet: Sheet, field: str) -> Answer:
    values = sheet.frame[field]
    if not values.notna().any():
        return unknown("empty")
    name = rule.value.removeprefix("scheme:")
    allowed = set(scheme(name).classes) if name != rule.value else set(rule.value.split("|"))
    given = values.map(lambda v: v if pd.isna(v) else tidy_code(v))
    return broken(values, (values.notna() & ~given.isin(allowed)).to_numpy(dtype=bool))


def _decimals(rule: Rule, sheet: Sheet, field: str) -> Answer:
    numbers = _numbers(sheet, field)
    if numbers is None:
        return unknown("number" if sheet.frame[field].notna().any() else "empty")
    grid = 10.0 ** int(rule.value)
    # What is left after rounding may be the noise of a double of that size and is no decimal place.
    noise = np.maximum(1e-6, 8 * np.spacing(np.abs(numbers)) * grid)
    over = np.abs(numbers * grid - np.round(numbers * grid)) > noise
    return broken(sheet.frame[field], over & np.isfinite(numbers))


def _numbers(sheet: Sheet, field: str) -> Array | None:
    """Return a field as numbers with NaN for blanks, None where it is of another type or empty."""
    values = sheet.frame[field]
    if types_of(sheet.frame)[field] != "number":
        return None
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))


def _filled(rule: Rule, sheet: Sheet, field: str) -> Answer:
    values = sheet.frame[field]
    if not len(values):
        return unknown("empty")
    blank = (values.isna() | (values.astype("str").str.strip() == "")).to_numpy(dtype=bool)
    return broken(values, blank) if 1 - blank.mean() < float(rule.value) else Answer()


def _unique(sheet: Sheet, field: str) -> Answer:
    values = sheet.frame[field]
    if not len(values):
        return unknown("empty")
    return broken(values, (values.isna() | values.duplicated(keep=False)).to_numpy(dtype=bool))


def declared_area(sheet: Sheet, field: str, sizes: Array, share: float) -> Answer:
    """Return the rows whose declared area [m²] differs from `sizes` by more than a share of these."""
    numbers = _numbers(sheet, field)
    if numbers is None:
        return unknown("number" if sheet.frame[field].notna().any() else "empty")
    off = np.abs(numbers - sizes) > share * sizes
    return broken(sheet.frame[field], off & np.isfinite(numbers))


TABLE: Mapping[str, Callable[[Rule, Sheet, str], Answer]] = MappingProxyType(
    {
        "type": _type,
        "length": _length,
        "digits": _digits,
        "codes": _codes,
        "decimals": _decimals,
        "filled": _filled,
        "unique": lambda _, sheet, field: _unique(sheet, field),
        "field": lambda *_: Answer(),
    }
)
"""Kind of rule → what it finds in a field that is there."""
