"""Values as bureaus write them made into texts and truth, with what could not be read counted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

FILLERS = {
    "",
    "/",
    "-",
    "--",
    "—",
    "——",
    "\\",
    "无",
    "空",
    "未知",
    "不详",
    "待定",
    "暂无",
    "nan",
    "none",
    "null",
    "<null>",
    "n/a",
    "na",
    "nat",
    "#n/a",
}
"""Words that mean nothing in a table."""


@dataclass(frozen=True, eq=False)
class Read:
    """A column read: its values, how many could not be, the first of those and its row, how many fillers and rough.

    `ways` counts the values by how they were read, where that has to be said.
    """

    values: pd.Series
    bad: int = 0
    example: str = ""
    fillers: int = 0
    rough: int = 0
    row: int | str = "?"
    ways: Mapping[str, int] = field(default_factory=dict)


def plain(value: Any) -> str:
    """Return text half-width, without blanks around it."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def by_value(values: pd.Series, one: Any) -> tuple[list[Any], np.ndarray[Any, Any], np.ndarray[Any, Any], Any]:
    """Return what `one` makes of each distinct value, with the places of the values and their counts."""
    codes, unique = pd.factorize(values, use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(unique))
    return [one(u) for u in unique], codes, counts, unique


def row_of(values: pd.Series) -> int | str:
    """Return the number of the row of the first of some values, where rows are numbered."""
    label = values.index[0] if len(values) else None
    return int(label) if isinstance(label, (int, np.integer)) else "?"


def read_of(out: pd.Series, values: pd.Series, made: list[Any], counts: np.ndarray[Any, Any], unique: Any) -> Read:
    """Return a column as read, with what became of its distinct values counted; a state may join several by "+"."""
    total: Counter[str] = Counter()
    for (_, state), count in zip(made, counts.tolist(), strict=True):
        total.update(dict.fromkeys(state.split("+"), count) if state else {})
    bad, fillers, rough = (total.pop(s, 0) for s in ("bad", "filler", "rough"))
    first = next((u for u, m in zip(unique, made, strict=True) if m[1] == "bad"), None)
    row = "?" if first is None else row_of(values[(values == first).to_numpy(dtype=bool)])
    example = "" if first is None else str(first)
    return Read(out.set_axis(values.index), bad, example, fillers, rough, row, dict(total))


_TRUE = {"1", "1.0", "true", "yes", "y", "t", "是", "有", "√"}
_FALSE = {"0", "0.0", "false", "no", "n", "f", "否", "无", "×"}


def truth(values: pd.Series) -> Read:
    """Return a column of yes and no."""
    if pd.api.types.is_bool_dtype(values):
        return Read(values.astype("boolean"))
    made, codes, counts, unique = by_value(values, _truth)
    out = pd.Series(pd.array([*(m[0] for m in made), pd.NA], dtype="boolean")).take(
        np.where(codes < 0, len(made), codes)
    )
    return read_of(out, values, made, counts, unique)


def _truth(value: Any) -> tuple[Any, str]:
    word = plain(value).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE, ""
    return pd.NA, "filler" if word in FILLERS else "bad"


def texts(values: pd.Series) -> Read:
    """Return a column of text: numbers without a trailing .0, fillers as empty."""
    if pd.api.types.is_integer_dtype(values):
        return Read(values.astype("str"))
    made, codes, counts, unique = by_value(values, _text)
    out = pd.Series(pd.array([*(m[0] for m in made), None], dtype="str")).take(np.where(codes < 0, len(made), codes))
    return read_of(out, values, made, counts, unique)


def _text(value: Any) -> tuple[str | None, str]:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value)), ""
    if isinstance(value, (date, datetime)):
        return value.strftime("%Y-%m-%d"), ""
    word = str(value).strip()
    return (None, "filler") if word.lower() in FILLERS else (word, "")
