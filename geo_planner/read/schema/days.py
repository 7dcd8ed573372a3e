"""Dates as bureaus write them: days, periods of which the house takes one day, and numbers of a machine.

A period (a year, half-year, quarter, month or ten days) is its first day; one that names its end (月底, 年末) its last.
What can be two days (05/03/2012) is a day only where the column shows the order; else it is emptied and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from .values import FILLERS, Read, by_value, plain, read_of

Day = tuple[datetime | None, str]
"""A day and what is to be said of it: "", "filler", "bad", or marks of `WAYS` and "rough", joined by "+"."""

WAYS = ("century", "serial", "machine", "order")
"""Ways of reading that are said: two digits of a year, a spreadsheet's number, a machine's time, an order shown."""

_EMPTY = {
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
_TAIL = r"(?:[ T]\s*(\d.*))?"
_FULL = re.compile(r"(\d{4})\s*[-./年,、]\s*(\d{1,2})\s*[-./月,、]\s*(\d{1,2})\s*[日号.]?" + _TAIL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:([01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?|\s.*)?")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*(?:月份?)?")
_MONTH_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_YEAR = re.compile(r"(\d{4})\s*(?:年|\.0)?")
_MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])\s*[-./]\s*((?:19|20)\d{2})")
_SHORT_YEAR = re.compile(r"(\d{2})年(\d{1,2})月(?:(\d{1,2})[日号]?)?")
_REPUBLIC = re.compile(r"(?:中华|中華)?民[国國]\s*(\d{1,3})\s*年(.*)")
"""A date by the calendar of the Republic of China, whose first year is 1912."""

_QUARTER = re.compile(r"(\d{4})\s*(?:年度?)?[-./\s]*(?:第?\s*([一二三四1-4])\s*季度?|Q\s*([1-4]))\s*([初末底])?", re.I)
_QUARTER_FIRST = re.compile(r"Q([1-4])[-/\s]*(\d{4})", re.I)
_HALF = re.compile(r"(\d{4})\s*(?:年度?)?\s*(?:([上下])半年|H([12]))\s*([初末底])?", re.I)
_EDGE = re.compile(r"(\d{4})\s*年\s*(?:(\d{1,2})\s*月份?)?\s*(?:[年月]?([初中末底])|([上中下])旬)")

_ENGLISH = re.compile(r"(?:[a-z]{3},? )?(\d{1,2})[ .-]*([a-z]{3,9})[ .,-]*(\d{4}|\d{2})" + _TAIL, re.I)
_ENGLISH_MONTH_FIRST = re.compile(r"(?:[a-z]{3},? )?([a-z]{3,9})\.? (\d{1,2}),? ?(\d{4})(?:[ T].*)?", re.I)
_ENGLISH_YEAR_FIRST = re.compile(r"(\d{4})[ -]([a-z]{3,9})[ -](\d{1,2})", re.I)
_ENGLISH_MONTH = re.compile(r"([a-z]{3,9})[ .,-]+(\d{4})", re.I)
"""Dates with the month as a word, which no order of day and month can change: 05-MAR-12, March 5, 2012, Mar 2012."""

_ORACLE = re.compile(r"(\d{1,2})-\s*(\d{1,2})月\s*-(\d{4}|\d{2})" + _TAIL)
"""What a database writes in place of 05-MAR-12 where it speaks Chinese: 05-3月 -12."""

_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name[:n]: k for k, name in enumerate(_NAMES, start=1) for n in {3, 4, len(name)}}
_EITHER = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})" + _TAIL)
"""Day and month in an order that only a number above twelve tells."""

_SERIAL = (20_000, 60_000)  # spreadsheet day numbers of 1954 to 2064
_SERIAL_TEXT = re.compile(r"(\d{5})(?:\.\d+)?")
_SECONDS = re.compile(r"1\d{9}")
_MILLISECONDS = re.compile(r"-?\d{12,13}")
_JSON = re.compile(r"/Date\((-?\d{9,13})(?:[+-]\d{4})?\)/")
_BEIJING = timedelta(hours=8)
_MIDNIGHT = timedelta(hours=16)
"""The time of day in UTC at which a day begins in Beijing."""

_NUMERALS = {c: k for k, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}


@dataclass(frozen=True)
class Shown:
    """What a column shows of its values.

    The order of day and month; whether 2012.1 was 2012.10 once; whether years are those of the Republic (101年, 98年).
    """

    order: str = ""
    ten: str = ""
    republic: bool = False


def dates(values: pd.Series) -> Read:
    """Return a column of dates; a period gives one day of it and counts as rough."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return _of_times(values)
    shown = _shown(values.dropna().unique())
    made, codes, counts, unique = by_value(values, lambda v: day_of(v, shown))
    days = [m[0] for m in made]
    out = pd.Series(pd.array([*days, None], dtype="datetime64[ms]")).take(np.where(codes < 0, len(days), codes))
    return read_of(out, values, made, counts, unique)


def _of_times(values: pd.Series) -> Read:
    """Return times as they are; where every one is 16:00, the hour at which days begin in Beijing, the day begun."""
    early = values.dt.year < 1901
    out = values.mask(early).astype("datetime64[ms]")
    known = out.dropna()
    shifted = len(known) > 0 and bool((known - known.dt.normalize() == _MIDNIGHT).all())
    if shifted:
        return Read(out + _BEIJING, fillers=int(early.sum()), ways={"machine": len(known)})
    return Read(out, fillers=int(early.sum()))


def _shown(values: Iterable[Any]) -> Shown:
    """Return what the values of a column show together that none shows alone."""
    known = list(values)
    pairs = [(int(m[1]), int(m[3])) for v in known if (m := _EITHER.fullmatch(plain(v)))]
    first, second = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    order = "" if first == second else "day" if first else "month"
    figures = [str(v) for v in known if isinstance(v, (float, np.floating))]
    tens = "zero" if any(re.fullmatch(r"\d{4}\.0[1-9]", f) for f in figures) else "lost" if figures else ""
    return Shown(order, tens, any(re.match(r"1\d\d年", plain(v)) for v in known))


def day_of(value: Any, shown: Shown = Shown()) -> Day:
    """Return the day that one value names, and what is to be said of it."""
    if isinstance(value, (date, datetime)):
        return datetime(value.year, value.month, value.day), ""
    if isinstance(value, (float, np.floating)) and re.fullmatch(r"\d{4}\.1", str(value)) and shown.ten:
        # As a number 2012.10 is 2012.1: beside 2012.03 it is October, else January or October.
        return _day(int(value), 10, 1, "rough") if shown.ten == "zero" else (None, "bad")
    if isinstance(value, (int, float, np.integer, np.floating)):
        value = int(value) if float(value).is_integer() else value
    word = plain(value)
    if word.lower() in FILLERS or word in _EMPTY:
        return None, "filler"
    word = _in_digits(re.sub(r"\s+", " ", word))
    if shown.republic and _SHORT_YEAR.fullmatch(word):
        return None, "bad"
    for read in (_plain_day, _period, _with_words, _of_machine):
        found = read(word)
        if found is not None:
            return found
    return _either(word, shown)


def _day(year: int, month: int, day: int, how: str = "") -> Day:
    try:
        return (datetime(year, month, day), how) if 1800 <= year <= 2200 else (None, "bad")
    except ValueError:
        return None, "bad"


def _plain_day(word: str) -> Day | None:
    if found := _FULL.fullmatch(word):
        made = _day(int(found[1]), int(found[2]), int(found[3]))
        return _begun(made, found[4] or "")
    if found := _COMPACT.fullmatch(word):
        made = _day(int(found[1]), int(found[2]), int(found[3]))
        return made if made[0] is not None or not _MILLISECONDS.fullmatch(word) else None
    if found := _YEAR.fullmatch(word):
        return _day(int(found[1]), 1, 1, "rough")
    if found := _MONTH.fullmatch(word) or _MONTH_COMPACT.fullmatch(word):
        return _day(int(found[1]), int(found[2]), 1, "rough")
    if found := _MONTH_FIRST.fullmatch(word):
        return _day(int(found[2]), int(found[1]), 1, "rough")
    if found := _SHORT_YEAR.fullmatch(word):
        year = _century(found[1])
        return _day(year, int(found[2]), int(found[3] or 1), "century" if found[3] else "rough+century")
    return None


def _begun(made: Day, time: str) -> Day:
    """Return a day, or the next where its time is the hour in UTC at which that begins in Beijing."""
    if made[0] is not None and re.fullmatch(r"16:00(:00(\.0+)?)?\s*(Z|UTC|GMT|\+00:?00)", time, re.I):
        return made[0] + timedelta(days=1), "machine"
    return made


def _century(word: str) -> int:
    """Return a year of two digits as databases take it: from 1950 to 2049."""
    return int(word) + (2000 if int(word) < 50 else 1900)


def _period(word: str) -> Day | None:
    """Return the first or last day of a quarter, a half-year, a month or a part of one."""
    if found := _QUARTER.fullmatch(word):
        quarter = "一二三四".find(found[2]) + 1 if found[2] and not found[2].isdigit() else int(found[2] or found[3])
        return _edge(int(found[1]), 3 * quarter - 2, 3, found[4])
    if found := _QUARTER_FIRST.fullmatch(word):
        return _edge(int(found[2]), 3 * int(found[1]) - 2, 3, "")
    if found := _HALF.fullmatch(word):
        return _edge(int(found[1]), 1 if (found[2] or found[3]) in "上1" else 7, 6, found[4])
    found = _EDGE.fullmatch(word)
    if found is None:
        return None
    year, month, edge, ten = int(found[1]), found[2], found[3], found[4]
    if ten:
        return _day(year, int(month), 1 + 10 * "上中下".index(ten), "rough") if month else (None, "bad")
    if month:
        return _edge(year, int(month), 1, edge)
    return _day(year, 7, 1, "rough") if edge == "中" else _edge(year, 1, 12, edge)


def _edge(year: int, month: int, months: int, edge: str | None) -> Day:
    """Return the first day of a period, its fifteenth for the middle of a month, its last for the end."""
    if not 1 <= month <= 12:
        return None, "bad"
    if edge in {"末", "底"}:
        after = year * 12 + month - 1 + months
        made, how = _day(after // 12, after % 12 + 1, 1, "rough")
        return (None if made is None else made - timedelta(days=1)), how
    return _day(year, month, 15 if edge == "中" else 1, "rough")


def _with_words(word: str) -> Day | None:
    """Return a day whose month is an English word, or a number before 月 as databases write it."""
    if found := _ENGLISH_YEAR_FIRST.fullmatch(word):
        return _named(found[1], found[2], found[3])
    if found := _ENGLISH.fullmatch(word):
        return _named(found[3], found[2], found[1])
    if found := _ENGLISH_MONTH_FIRST.fullmatch(word):
        return _named(found[3], found[1], found[2])
    if found := _ENGLISH_MONTH.fullmatch(word):
        return _day(int(found[2]), _MONTHS.get(found[1].lower(), 0), 1, "rough")
    if found := _ORACLE.fullmatch(word):
        return _dated(found[3], int(found[2]), int(found[1]))
    return None


def _named(year: str, month: str, day: str) -> Day:
    return _dated(year, _MONTHS.get(month.lower(), 0), int(day))


def _dated(year: str, month: int, day: int) -> Day:
    return _day(int(year), month, day) if len(year) == 4 else _day(_century(year), month, day, "century")


def _of_machine(word: str) -> Day | None:
    """Return the day of a spreadsheet's number, or of seconds or milliseconds since 1970."""
    found = _SERIAL_TEXT.fullmatch(word)
    if found and _SERIAL[0] <= int(found[1]) <= _SERIAL[1]:
        return datetime(1899, 12, 30) + timedelta(days=int(found[1])), "serial"
    stamp = _JSON.fullmatch(word)
    if stamp or _MILLISECONDS.fullmatch(word):
        seconds = int(stamp[1] if stamp else word) // 1000
    elif _SECONDS.fullmatch(word):
        seconds = int(word)
    else:
        return None
    moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)
    if moment - datetime(moment.year, moment.month, moment.day) == _MIDNIGHT:
        moment += _BEIJING
    return _day(moment.year, moment.month, moment.day, "machine")


def _either(word: str, shown: Shown) -> Day:
    """Return a day of which the column shows the order, or which is the same in both."""
    found = _EITHER.fullmatch(word)
    if found is None:
        return None, "bad"
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if first == second:
        return _day(year, first, second)
    if first > 12 or (shown.order == "day" and second <= 12):
        return _day(year, second, first, "order")
    if second > 12 or shown.order == "month":
        return _day(year, first, second, "order")
    return None, "bad"


def _in_digits(word: str) -> str:
    """Return a date in Chinese numerals or of the Republic in digits; other text as it is."""
    republic = _REPUBLIC.fullmatch(word)
    if republic is not None:
        word = f"{int(republic[1]) + 1911}年{republic[2]}"
    if not any(c in _NUMERALS or c == "十" for c in word):
        return word
    word = re.sub(r"^([〇○零一二三四五六七八九]{4})(?=年)", lambda m: "".join(str(_NUMERALS[c]) for c in m[1]), word)
    return re.sub(r"([一二三四五六七八九十]{1,3})(?=[月日号])", lambda m: str(_up_to_99(m[1])), word)


def _up_to_99(word: str) -> int:
    """Return the number of 三, 十, 十二, 二十 or 三十一; 0, which is no month and no day, for what is no number."""
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _NUMERALS[word] if len(word) == 1 else 0
    if len(tens) > 1 or len(ones) > 1 or tens == "十":
        return 0
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)
