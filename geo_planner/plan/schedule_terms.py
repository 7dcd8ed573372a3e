"""What a scenario says of its schedule: crews, money, calendars, prices of a shift, deadlines, works that stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class WorkingDays:
    """Working days of the week (Monday = 0), days off, and days worked although the week says otherwise."""

    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    off: tuple[date, ...] = ()
    on: tuple[date, ...] = ()


@dataclass(frozen=True)
class ScheduleTerms:
    """The table [schedule] of a scenario; works are named by layer and id, as "pipes/JS-01".

    `weights` is by part of the plan, "hurry" or work; `deadlines` the last day of works; `frozen` works do not move;
    `crews` and `cost_per_day` are by part, `budget` by the first day of each quarter; `calendars` by part; `delays` by
    utility or work, for the risk; `dates` is a schedule file.
    """

    mode: str = "least"
    dates: Path | None = None
    frozen: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    deadlines: Mapping[str, date] = field(default_factory=dict)
    crews: Mapping[str, int] = field(default_factory=dict)
    cost_per_day: Mapping[str, float] = field(default_factory=dict)
    budget: Mapping[str, float] = field(default_factory=dict)
    calendars: Mapping[str, WorkingDays] = field(default_factory=dict)
    delays: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def under(self, given: Mapping[str, Any]) -> ScheduleTerms:
        """These terms with others on top: tables are joined key by key, lists one behind the other."""
        new: dict[str, Any] = {}
        for name in (f.name for f in fields(self) if f.name in given):
            old, value = getattr(self, name), given[name]
            if isinstance(value, Mapping):
                value = {**old, **value}
            elif isinstance(value, tuple):
                value = tuple(dict.fromkeys((*old, *value)))
            new[name] = value
        return replace(self, **new)
