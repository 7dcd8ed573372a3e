"""Working days: lengths and lags that a calendar counts, laid anew wherever a schedule moves them.

Ten working days are twelve days from a Monday and fourteen from a Thursday. In the problem such an arc stands with the
fewest days it can take anywhere, so that the bound holds for every schedule; where an answer puts it on days off, it is
lengthened there and solved again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ScheduleError, did_you_mean
from ..read.schedules import Calendar
from .events import DATES, WORK, Events
from .network import Arcs, Floats, Ints, to_dates


@dataclass(frozen=True, eq=False)
class Working:
    """Arcs that count working days: their place among the arcs, the days, and the number of their calendar."""

    arc: Ints
    days: Floats
    calendar: Ints
    calendars: tuple[Calendar, ...]

    def joined(self, other: Working) -> Working:
        """These arcs and others."""
        return Working(
            np.r_[self.arc, other.arc],
            np.r_[self.days, other.days],
            np.r_[self.calendar, other.calendar + len(self.calendars)],
            self.calendars + other.calendars,
        )

    def least(self) -> Ints:
        """The fewest calendar days that each can take, wherever it lies."""
        out = np.empty(len(self.arc), np.int64)
        for k, calendar in enumerate(self.calendars):
            mine = self.calendar == k
            out[mine] = _least(calendar, self.days[mine])
        return out

    def needed(self, begin: Ints) -> Ints:
        """The calendar days that each takes from some days on."""
        out = np.empty(len(self.arc), np.int64)
        for k, calendar in enumerate(self.calendars):
            mine = np.flatnonzero(self.calendar == k)
            if len(mine):
                out[mine] = _spans(calendar, begin[mine], self.days[mine])
        return out


def nothing() -> Working:
    """No arcs at all."""
    none = np.empty(0, np.int64)
    return Working(none, np.empty(0), none, ())


def _whole(days: Floats) -> Ints:
    out: Ints = (np.sign(days) * np.ceil(np.abs(days) - 1e-9)).astype(np.int64)
    return out


def _least(calendar: Calendar, days: Floats) -> Ints:
    """By the week alone over all days to begin on; a day worked besides may save one more, a day off only costs."""
    plain = Calendar(week=calendar.week)
    monday = np.full(len(days), 4)  # 1970-01-05
    every = np.array([_spans(plain, monday + k, days) for k in range(7)]).reshape(7, -1)
    whole = _whole(days)
    least = np.maximum(every.min(axis=0) - len(calendar.on), whole)
    out: Ints = np.where(whole < 0, every.min(axis=0) - len(calendar.off), least)
    return out


def _spans(calendar: Calendar, begin: Ints, days: Floats) -> Ints:
    """Calendar days from each of some days until so many working days are done; negative ones go back in time."""
    whole = _whole(days)
    if not len(begin) or calendar.daily:
        return whole
    reach = 7 * (int(np.abs(whole).max()) // sum(calendar.week) + 2) + len(calendar.off)
    base = int(begin.min()) - reach
    worked = calendar.worked(base, int(begin.max()) - base + reach + 1)
    done = np.r_[0, np.cumsum(worked)]
    at = begin - base
    ahead = np.searchsorted(done, done[at] + whole, side="left")
    back = np.searchsorted(done, done[at] + whole, side="right") - 1
    return np.where(whole > 0, ahead - at, np.where(whole < 0, back - at, 0)).astype(np.int64)


def own_working(found: Events, arcs: Arcs, calendars: Mapping[str, Calendar]) -> Working:
    """The lengths of works whose part of the plan has a calendar: as many working days as declared."""
    for part in calendars:
        if part not in DATES:
            msg = f"a calendar is given for '{part}', which is no part of a schedule." + did_you_mean(part, DATES)
            raise ScheduleError(msg)
    names: Sequence[str] = sorted(calendars)
    part = found.table["part"].to_numpy(object)
    day = found.table["day"].to_numpy(np.int64)
    out = nothing()
    for name in names:
        own = (arcs.rule == WORK) & (part[arcs.before] == name) & (found.work[arcs.before] == found.work[arcs.after])
        place = np.flatnonzero(own & (arcs.lag > 0))
        if len(place):
            begin, end = day[arcs.before[place]], day[arcs.after[place]]
            days = _between(calendars[name], begin, end)
            if not days.any():
                first, last = to_dates(np.array([begin.min(), end.max()])).astype(str).tolist()
                msg = f"calendar '{name}' has no working day for any of its works, {first} to {last}. Give it some."
                raise ScheduleError(msg)
            out = out.joined(Working(place, days, np.zeros(len(place), np.int64), (calendars[name],)))
    return out


def _between(calendar: Calendar, begin: Ints, end: Ints) -> Floats:
    base = int(begin.min())
    done = np.r_[0, np.cumsum(calendar.worked(base, int(end.max()) - base + 1))]
    days: Floats = (done[end - base] - done[begin - base]).astype(float)
    return days
