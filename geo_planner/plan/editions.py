"""Numbers that change with the edition of their standard: which one is in force on a day.

A dated number is a tuple of editions, each (first day, last day, number) with the days as ISO text, "" for an open end:
`(("2008-01-31", "2023-05-31", 30.0), ("2023-06-01", "", 40.0))`. A plain number is in force always.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import ProfileError

Array = np.ndarray[Any, Any]


def is_dated(value: Any) -> bool:
    """Whether a value is a tuple of editions."""
    return isinstance(value, tuple) and bool(value) and all(isinstance(e, tuple) and len(e) == 3 for e in value)


def in_force(value: Any, days: Array) -> Array:
    """The number in force on each day (permit or start); NaN where no edition was.

    A null day is that of works to come: the last edition holds.
    """
    day = np.asarray(days).astype("datetime64[D]")
    if not is_dated(value):
        return np.full(len(day), float(value))
    editions = sorted(value, key=lambda e: e[0])
    out = np.where(np.isnat(day), float(editions[-1][2]), np.nan)
    for first, last, number in editions:
        begun = True if not first else day >= np.datetime64(first)
        over = False if not last else day > np.datetime64(last)
        out[~np.isnat(day) & begun & ~np.asarray(over)] = float(number)
    return out


def edition_on(value: Any, day: np.datetime64) -> Any | None:
    """What a number is on one day, of any kind (a table's cells too); None where no edition was in force."""
    if not is_dated(value):
        return value
    iso = str(day.astype("datetime64[D]"))
    return next((n for first, last, n in value if first <= iso and (not last or iso <= last)), None)


def latest(value: Any) -> Any:
    """The number of the last edition, or a plain number as it is."""
    return max(value, key=lambda e: e[0])[2] if is_dated(value) else value


def every(value: Any) -> tuple[Any, ...]:
    """Each number that a value may be: those of all editions, or the plain one."""
    return tuple(n for _, _, n in value) if is_dated(value) else (value,)


def shown(value: Any) -> str:
    """A number as it is read: editions one after another with their days, several numbers in a row, text as it is."""
    if is_dated(value):
        return "; ".join(f"{_plain(n)} ({first or '…'} – {last or '…'})" for first, last, n in value)
    return " – ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _plain(number: Any) -> str:
    return f"{number:g}" if isinstance(number, int | float) else shown(number)


def dated(where: str, editions: Sequence[tuple[date | None, date | None, Any]]) -> tuple[tuple[str, str, Any], ...]:
    """Return editions as a dated number, in order of their first days; raises `ProfileError` where two overlap."""
    rows = sorted((("" if a is None else a.isoformat(), "" if b is None else b.isoformat(), n) for a, b, n in editions))
    for one, two in pairwise(rows):
        if not one[1] or one[1] >= two[0]:
            first = one[0] or "ever"
            msg = f"{where}: the edition from {first} still holds when that from {two[0]} begins; give it valid_to."
            raise ProfileError(msg)
    return tuple(rows)
