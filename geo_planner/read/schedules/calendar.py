"""Working time: how many calendar days a number of working days takes from a given day on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from ...errors import ScheduleError

ALL_DAYS = (True,) * 7
FIVE_DAYS = (True,) * 5 + (False,) * 2
LONGEST = 36_525
"""Working days that are counted at most: a hundred years of them."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """Working days of the week from Monday on, days off and days worked besides, and hours of a working day."""

    name: str = ""
    week: tuple[bool, ...] = ALL_DAYS
    off: tuple[date, ...] = ()
    hours: float = 24.0
    on: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if not any(self.week):
            msg = f"calendar '{self.name}' has no working day at all. Give it at least one day of the week."
            raise ScheduleError(msg)
        if not self.hours > 0:
            msg = f"calendar '{self.name}' has working days of {self.hours:g} hours. Give them a length above 0."
            raise ScheduleError(msg)

    @property
    def daily(self) -> bool:
        """Whether every day is worked."""
        return all(self.week) and not self.off

    def worked(self, first: int, days: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of some days in a row, the first being `first` days after 1970-01-01, are working days."""
        day = first + np.arange(days)
        out = np.array(self.week)[(day + 3) % 7]  # 1970-01-01 was a Thursday
        for dates, value in ((self.off, False), (self.on, True)):
            at = np.array([(d - _EPOCH).days - first for d in dates], np.int64)
            out[at[(at >= 0) & (at < days)]] = value
        return out

    def count(self, begin: int, end: int) -> int:
        """Working days from one day to another, the last one not counted."""
        return int(self.worked(begin, max(end - begin, 0)).sum())

    def spans(self, begin: date | None, days: float) -> int:
        """Calendar days that `days` working days take when they begin on `begin`; negative ones go back in time.

        Without a day to begin on, whole weeks count as weeks and the rest as it stands.
        """
        whole = int(min(np.ceil(abs(days) - 1e-9), LONGEST))
        sign = 1 if days >= 0 else -1
        if not whole or self.daily:
            return sign * whole
        if begin is None:
            weeks, rest = divmod(whole, sum(self.week))
            return sign * (7 * weeks + rest)
        first, reach = (begin - _EPOCH).days, 7 * (whole // sum(self.week) + 2) + len(self.off)
        days_on = self.worked(first if sign > 0 else first - reach, reach)
        hits = np.flatnonzero(days_on if sign > 0 else days_on[::-1])
        return sign * (int(hits[whole - 1]) + 1)


def day_range(first: date, last: date) -> tuple[date, ...]:
    """All days from one to another, both counted."""
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))


def derived(own: Calendar, parent: Calendar | None, *, week: bool) -> Calendar:
    """A calendar with the exceptions of the one it is derived from, and its week unless it has one of its own."""
    if parent is None:
        return own
    off = tuple(d for d in parent.off if d not in own.on) + own.off
    on = tuple(d for d in parent.on if d not in own.off) + own.on
    return replace(own, week=own.week if week else parent.week, off=off, on=on)
