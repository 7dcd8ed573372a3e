"""Numbers with the units that bureaus write behind them or in the header, brought to the unit of the column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from .values import FILLERS, Read, by_value, plain, read_of

_MU = 10_000 / 15
_SIZES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "length": {
            "mm": 0.001, "毫米": 0.001, "cm": 0.01, "厘米": 0.01, "m": 1.0, "米": 1.0, "km": 1e3, "公里": 1e3,
            "千米": 1e3,
        },
        "area": {
            "m2": 1.0, "平方米": 1.0, "平米": 1.0, "ha": 1e4, "hm2": 1e4, "公顷": 1e4, "亩": _MU, "mu": _MU, "km2": 1e6,
            "平方公里": 1e6, "平方千米": 1e6,
        },
        "power": {"kw": 1.0, "千瓦": 1.0, "mw": 1e3, "兆瓦": 1e3},
        "voltage": {"kv": 1.0, "千伏": 1.0, "v": 0.001, "伏": 0.001},
        "flow": {
            "m3/d": 1.0, "m3/日": 1.0, "立方米/日": 1.0, "立方米/天": 1.0, "吨/日": 1.0, "吨/天": 1.0, "t/d": 1.0,
            "m3/h": 24.0, "l/s": 86.4,
        },
        "share": {"%": 1.0, "‰": 0.1},
        "count": {"人": 1.0, "户": 1.0, "层": 1.0, "f": 1.0, "套": 1.0, "个": 1.0, "辆": 1.0},
        "other": {"m3": 1.0, "立方米": 1.0, "m2/d": 1.0, "m/d": 1.0},
    }
)  # fmt: skip
"""Units by family, each with its size in the first of them."""

_COLUMNS = {"m²": "m2", "m³/d": "m3/d"}
_TEN_THOUSAND = "万"
_NUMBER = re.compile(r"^(?:DN|De|φ|Φ|d|D)?\s*([-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?)\s*([^\d\s.,+-][^\s]*)?$")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_IN_HEADER = re.compile(r"^(.+?)\s*(?:[(\[]\s*([^()\[\]]+?)\s*[)\]]|[_/]([^_/]+))$")
_FEWEST = 3


@cache
def _unit(word: str) -> tuple[str, float] | None:
    """Return the family of a unit and its size, None for what is none; 万 before it makes it ten thousand of them."""
    clean = plain(word).lower().removeprefix("单位:")
    times = 1e4 if clean.startswith(_TEN_THOUSAND) else 1.0
    rest = clean.removeprefix(_TEN_THOUSAND) if times > 1 else clean
    if not rest:
        return "", times
    return next(((family, times * sizes[rest]) for family, sizes in _SIZES.items() if rest in sizes), None)


def header_unit(field: str) -> tuple[str, str]:
    """Return a header without the unit that stands behind its name, and that unit: 限高(米) is 限高 and 米."""
    found = _IN_HEADER.match(plain(field))
    word = (found.group(2) or found.group(3)) if found else ""
    return (found.group(1), word) if found and word and _unit(word) else (field, "")


def is_unit(word: str) -> bool:
    """Whether a text is a unit and nothing else."""
    return bool(word) and _unit(word) is not None


def _factor(word: str, column: str) -> float | None:
    """Return what a number in the unit `word` is multiplied by to be in the column's; None where they do not fit."""
    given, wanted = _unit(word), _unit(_COLUMNS.get(column, column)) if column else None
    if given is None:
        return None
    if wanted is None or not given[0]:
        return given[1] if given[0] in {"", "count"} else 1.0
    return given[1] / wanted[1] if given[0] == wanted[0] else None


def numbers(values: pd.Series, unit: str = "", header: str = "") -> Read:
    """Return a column of numbers in `unit`; those that name no unit of their own are in that of the header."""
    bare = _factor(header, unit) if header else 1.0
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return Read(values.astype("float64") * (bare or 1.0))
    made, codes, counts, unique = by_value(values, lambda v: number(v, unit, bare or 1.0))
    out = np.array([*(np.nan if m[0] is None else m[0] for m in made), np.nan])[np.where(codes < 0, len(made), codes)]
    return read_of(pd.Series(out, dtype="float64"), values, made, counts, unique)


def number(value: Any, unit: str = "", bare: float = 1.0) -> tuple[float | None, str]:
    """Return a number in `unit` and "", "filler" or "bad"; a unit of another kind, as 亩 of a length, is bad."""
    word = plain(value)
    if word.lower() in FILLERS:
        return None, "filler"
    found = _NUMBER.match(word)
    if not found or ("," in found.group(1) and not _THOUSANDS.fullmatch(found.group(1))):
        return None, "bad"
    factor = _factor(found.group(2), unit) if found.group(2) else bare
    out = float(found.group(1).replace(",", "")) * factor if factor is not None else np.inf
    return (out, "") if np.isfinite(out) else (None, "bad")


def with_unit(values: pd.Series) -> np.ndarray[Any, Any]:
    """Return which values name a unit of their own."""
    if pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values), bool)
    made, codes, _, _ = by_value(values, lambda v: bool((m := _NUMBER.match(plain(v))) and m.group(2)))
    return np.array([*made, False])[np.where(codes < 0, len(made), codes)]


def below_one(read: pd.Series, written: pd.Series) -> pd.Series:
    """Return which percentages are below one and written without a sign: 0.4 may be 40 %."""
    return (read > 0) & (read < 1) & ~with_unit(written)


def are_fractions(read: pd.Series, written: pd.Series) -> bool:
    """Whether percentages were written as shares of one, 0.35 for 35 %: in all rows, and never with a sign."""
    good = read[read > 0]
    whole = (good % 1 == 0).mean() if len(good) else 1.0
    return bool(len(good) >= _FEWEST and good.max() <= 1 and whole < 0.5 and not with_unit(written).any())
