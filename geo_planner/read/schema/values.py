"""Values as bureaus write them made into dates, numbers and truth, with what could not be read counted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

_EMPTY_DATES = {
    "0",
    "00000000",
    "1899-12-30",
    "1899-12-31",
    "1900-01-00",
    "1900-01-01",
    "0000-00-00",
    "18991230",
    "9999-12-31",
}
_FULL = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T].*)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_MONTH = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*(?:月份?)?$")
_MONTH_COMPACT = re.compile(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$")
_YEAR = re.compile(r"^(\d{4})\s*(?:年|\.0)?$")
_REPUBLIC = re.compile(r"^(?:中华|中華)?民[国國]\s*(\d{1,3})\s*年(.*)$")
"""A date by the calendar of the Republic of China, whose first year is 1912."""

_ENGLISH = re.compile(r"^(?:(\d{1,2})[ -]([a-z]{3,9})\.?[ -]|([a-z]{3,9})\.? (\d{1,2}), ?)(\d{4})$", re.IGNORECASE)
"""A date with the month as a word, which no order of day and month can change: 05-Mar-2012, March 5, 2012."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPELLED = re.compile(
    r"^([〇○零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月份?(?:([一二三四五六七八九十]{1,3})[日号])?)?$"
)
"""A date in Chinese numerals, as documents write it: 二〇二〇年三月十二日."""
_SERIAL = (20_000, 60_000)  # spreadsheet day numbers of 1954 to 2064


@dataclass(frozen=True, eq=False)
class Read:
    """A column read: its values, how many could not be, one of those, how many fillers, and how many were rough."""

    values: pd.Series
    bad: int = 0
    example: str = ""
    fillers: int = 0
    rough: int = 0


def plain(value: Any) -> str:
    """Return text half-width, without blanks around it."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def by_value(values: pd.Series, one: Any) -> tuple[list[Any], np.ndarray[Any, Any], np.ndarray[Any, Any], Any]:
    """Return what `one` makes of each distinct value, with the places of the values and their counts."""
    codes, unique = pd.factorize(values, use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(unique))
    return [one(u) for u in unique], codes, counts, unique


def dates(values: pd.Series) -> Read:
    """Return a column of dates; a month or year alone gives its first day and counts as rough."""
    if pd.api.types.is_datetime64_any_dtype(values):
        early = values.dt.year < 1901
        return Read(values.mask(early).astype("datetime64[ms]"), fillers=int(early.sum()))
    made, codes, counts, unique = by_value(values, _date)
    days = [m[0] for m in made]
    out = pd.Series(pd.array([*days, None], dtype="datetime64[ms]")).take(np.where(codes < 0, len(days), codes))
    return read_of(out, values, made, counts, unique)


def read_of(out: pd.Series, values: pd.Series, made: list[Any], counts: np.ndarray[Any, Any], unique: Any) -> Read:
    """Return a column as read, with what became of its distinct values counted."""
    state = np.array([m[1] for m in made], dtype=object)
    total = {s: int(counts[state == s].sum()) if len(state) else 0 for s in ("bad", "filler", "rough")}
    first = str(unique[int(np.flatnonzero(state == "bad")[0])]) if total["bad"] else ""
    return Read(out.set_axis(values.index), total["bad"], first, total["filler"], total["rough"])


def _date(value: Any) -> tuple[datetime | None, str]:
    """Return a day and "", "rough", "filler" or "bad"."""
    if isinstance(value, (date, datetime)):
        return datetime(value.year, value.month, value.day), ""
    if isinstance(value, (int, float, np.integer, np.floating)):
        value = int(value) if float(value).is_integer() else value
    word = plain(value)
    if word.lower() in FILLERS or word in _EMPTY_DATES:
        return None, "filler"
    word = _in_digits(word)
    for pattern, rough in ((_FULL, False), (_COMPACT, False), (_YEAR, True), (_MONTH, True), (_MONTH_COMPACT, True)):
        found = pattern.match(word)
        if found:
            parts = [int(g) for g in found.groups()] + [1, 1]
            return _day(parts[0], parts[1], parts[2], rough=rough)
    if word.isdigit() and _SERIAL[0] <= int(word) <= _SERIAL[1]:
        return datetime(1899, 12, 30) + timedelta(days=int(word)), ""
    return None, "bad"


def _in_digits(word: str) -> str:
    """Return a date in Chinese numerals, of the Republic or with an English month in digits; other text as it is."""
    republic = _REPUBLIC.match(word)
    if republic is not None:
        return f"{int(republic.group(1)) + 1911}年{republic.group(2)}"
    english = _ENGLISH.match(word)
    if english is not None:
        before, first, second, after, year = english.groups()
        month = (first or second)[:3].lower()
        return f"{year}-{_MONTHS.index(month) + 1}-{before or after}" if month in _MONTHS else word
    found = _SPELLED.match(word)
    if found is None:
        return word
    year = "".join(str(_NUMERALS[c]) for c in found.group(1))
    return "-".join([year, *(str(_up_to_99(g)) for g in found.groups()[1:] if g)])


_NUMERALS = {c: k for k, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}


def _up_to_99(word: str) -> int:
    """Return the number of 三, 十, 十二, 二十 or 三十一; 0, which is no month and no day, for what is no number."""
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _NUMERALS[word] if len(word) == 1 else 0
    if len(tens) > 1 or len(ones) > 1 or tens == "十":
        return 0
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)


def _day(year: int, month: int, day: int, *, rough: bool) -> tuple[datetime | None, str]:
    if not 1800 <= year <= 2200:
        return None, "bad"
    try:
        return datetime(year, month, day), "rough" if rough else ""
    except ValueError:
        return None, "bad"


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
