"""The options of a schedule from the table [schedule] of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ScheduleError, did_you_mean
from ..plan.schedule_terms import ScheduleTerms, WorkingDays
from ..read.schedules import Calendar
from .crews import Crews
from .delays import CONTRACTORS, Delay
from .events import DATES, Holds, Weights
from .schedule import Options
from .window import Mode


def options_of(terms: ScheduleTerms) -> Options:
    """The options that a scenario asks for; the rest as by default.

    Raises
    ------
    ScheduleError
        A part of the plan is unknown, or a calendar has no working day.
    """
    crews = None
    if terms.crews or terms.budget:
        crews = Crews(gangs=terms.crews, cost_per_day=terms.cost_per_day, budget=terms.budget)
    holds = Holds(
        frozen=terms.frozen,
        deadlines=tuple((name, day.isoformat()) for name, day in terms.deadlines.items()),
        calendars=tuple((part, calendar_of(part, days)) for part, days in terms.calendars.items()),
    )
    mode: Mode = "delay" if terms.mode == "delay" else "least"
    return Options(mode=mode, weights=_weights(terms.weights), holds=holds, crews=crews)


def _weights(given: Mapping[str, float]) -> Weights:
    parts = {name: value for name, value in given.items() if "/" not in name}
    known = (*DATES, "hurry")
    for name, value in parts.items():
        if name not in known:
            msg = f"a weight is given for '{name}', which is no part of a schedule." + did_you_mean(name, known)
            raise ScheduleError(msg)
        if not value > 0:
            msg = f"the weight of '{name}' is {value:g}; a weight is a number above 0."
            raise ScheduleError(msg)
    return Weights(**parts, works=tuple((name, value) for name, value in given.items() if "/" in name))


def calendar_of(part: str, days: WorkingDays) -> Calendar:
    """The working days of a part of the plan as a calendar."""
    return Calendar(part, tuple(k in days.week for k in range(7)), days.off, on=days.on)


def delays_of(terms: ScheduleTerms, usual: Mapping[str, Delay]) -> dict[str, Delay]:
    """The delays of a scenario by utility, contractor or work, over the usual ones; unsaid shapes are lognormal."""
    out = dict(usual)
    for name, given in terms.delays.items():
        values: dict[str, Any] = {"shape": "lognormal", **given}
        if values["shape"] not in {"triangular", "lognormal", "none"}:
            msg = f"delays: the shape of '{name}' is '{values['shape']}'; it is lognormal, triangular or none."
            raise ScheduleError(msg)
        if name == CONTRACTORS and set(given) != {"shared"}:
            msg = 'delays: contractors take shared and nothing else; a contractor\'s own delay is "contractor/NAME".'
            raise ScheduleError(msg)
        out[name] = Delay(**values)
    return out
