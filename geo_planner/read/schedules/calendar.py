"""Working time: how many calendar days a number of working days takes from a given day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ...errors import ScheduleError

ALL_DAYS = (True,) * 7


@dataclass(frozen=True)
class Calendar:
    """Working days of the week from Monday on, days off besides, and hours of a working day."""

    name: str = ""
    week: tuple[bool, ...] = ALL_DAYS
    off: tuple[date, ...] = ()
    hours: float = 24.0

    def __post_init__(self) -> None:
        if not any(self.week):
            msg = f"calendar '{self.name}' has no working day at all. Give it at least one day of the week."
            raise ScheduleError(msg)

    def spans(self, begin: date | None, days: float) -> int:
        """Calendar days that `days` working days take when they begin on `begin`; negative ones go back in time.

        Without a day to begin on, whole weeks count as weeks and the rest as it stands.
        """
        whole = int(np.ceil(abs(days) - 1e-9))
        sign = 1 if days >= 0 else -1
        if not whole or (all(self.week) and not self.off):
            return sign * whole
        if begin is None:
            weeks, rest = divmod(whole, sum(self.week))
            return sign * (7 * weeks + rest)
        first = np.busday_offset(
            begin, 0, roll="forward" if sign > 0 else "backward", weekmask=self.week, holidays=self.off
        )
        last = np.busday_offset(first, sign * (whole - 1 if sign > 0 else whole), weekmask=self.week, holidays=self.off)
        end = last.astype(date) + timedelta(days=1 if sign > 0 else 0)
        return int((end - begin).days)
