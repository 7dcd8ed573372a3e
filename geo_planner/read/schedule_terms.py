"""The table [schedule] of a scenario file, checked key by key; every fault names the file and the key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..errors import ScenarioError, did_you_mean
from ..plan.schedule_terms import ScheduleTerms, WorkingDays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_ZH = "一二三四五六日"
MODES = ("least", "delay")
_DELAY_KEYS = ("shape", "low", "mode", "high", "median", "spread", "shared")


def schedule_terms(path: Path, given: object) -> dict[str, Any]:
    """The terms that a scenario file sets, ready to be laid over those of its base.

    Raises
    ------
    ScenarioError
        A key is unknown, or a value is no number, date, list or day of the week.
    """
    table = _table(path, "schedule", given)
    known = [f.name for f in fields(ScheduleTerms)]
    for key in table:
        if key not in known:
            msg = f"{path.name}: schedule: key '{key}' is unknown." + did_you_mean(key, known)
            raise ScenarioError(msg)
    readers: dict[str, Callable[[Path, object], Any]] = {
        "mode": _mode,
        "dates": lambda p, v: p.parent / _text(p, "dates", v),
        "frozen": lambda p, v: tuple(_text(p, "frozen", one) for one in _list(p, "frozen", v)),
        "weights": lambda p, v: _numbers(p, "weights", v, least=0.0),
        "deadlines": lambda p, v: {k: _day(p, f"deadlines.{k}", d) for k, d in _table(p, "deadlines", v).items()},
        "crews": _crews,
        "cost_per_day": lambda p, v: _numbers(p, "cost_per_day", v, least=0.0),
        "budget": _budget,
        "calendars": lambda p, v: {k: _calendar(p, k, c) for k, c in _table(p, "calendars", v).items()},
        "delays": lambda p, v: {k: _delay(p, k, d) for k, d in _table(p, "delays", v).items()},
    }
    return {key: readers[key](path, value) for key, value in table.items()}


_MOST = 1e12
"""What a cost, a weight or a budget may be: more is a slip of the pen, and sums of it lose the small ones."""


def _wrong(path: Path, key: str, value: object, need: str) -> ScenarioError:
    return ScenarioError(f"{path.name}: schedule: {key} = {value!r} is not {need}.")


def _table(path: Path, key: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(path, key, given, f"a table; write [schedule{'' if key == 'schedule' else '.' + key}]")
    return given


def _list(path: Path, key: str, given: object) -> list[Any]:
    if not isinstance(given, list):
        raise _wrong(path, key, given, 'a list; write it as ["pipes/JS-01"]')
    return given


def _text(path: Path, key: str, given: object) -> str:
    if not isinstance(given, str):
        raise _wrong(path, key, given, "a text")
    return given


def _mode(path: Path, given: object) -> str:
    if given not in MODES:
        raise _wrong(path, "mode", given, "least or delay")
    return str(given)


def _numbers(path: Path, key: str, given: object, least: float) -> dict[str, float]:
    table = _table(path, key, given)
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < math.inf:
            raise _wrong(path, f"{key}.{name}", value, f"a number from {least:g} on")
        if value > _MOST:
            raise _wrong(path, f"{key}.{name}", value, f"a number up to {_MOST:g}")
    return {name: float(value) for name, value in table.items()}


def _crews(path: Path, given: object) -> dict[str, int]:
    table = _table(path, "crews", given)
    for name, value in table.items():
        if type(value) is not int or value < 0:
            raise _wrong(path, f"crews.{name}", value, "a number of gangs, 0 or more")
    return dict(table)


def _budget(path: Path, given: object) -> dict[str, float]:
    table = _numbers(path, "budget", given, least=0.0)
    for name in table:
        _day(path, "budget", name)
    return table


def _day(path: Path, key: str, given: object) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise _wrong(path, key, given, "a date such as 2012-06-30") from None


def _calendar(path: Path, part: str, given: object) -> WorkingDays:
    table = _table(path, f"calendars.{part}", given)
    for key in table:
        if key not in {"week", "off", "on"}:
            msg = f"{path.name}: schedule: calendars.{part}: key '{key}' is unknown; it has week, off and on."
            raise ScenarioError(msg)
    week = _week(path, part, table["week"]) if "week" in table else WorkingDays().week
    off, on = (
        tuple(d for span in _list(path, key, table.get(key, [])) for d in _span(path, f"calendars.{part}.{key}", span))
        for key in ("off", "on")
    )
    return WorkingDays(week, off, on)


def _week(path: Path, part: str, given: object) -> tuple[int, ...]:
    """Days from "Mon-Fri", "Mon Wed Fri", "周一至周五" or a list of them."""
    text = " ".join(map(str, given)) if isinstance(given, list) else str(given)
    text = re.sub(r"周|星期|[、,，]", " ", re.sub(r"\s*(-|–|至|到)\s*(周|星期)?", "-", text)).lower()
    found: list[int] = []
    for word in text.split():
        ends = [_weekday(one) for one in word.split("-")]
        if None in ends or len(ends) > 2:
            raise _wrong(path, f"calendars.{part}.week", given, "days such as Mon-Fri or 周一至周六")
        first, last = int(ends[0] or 0), int(ends[-1] or 0)
        found += [(first + k) % 7 for k in range((last - first) % 7 + 1)]
    return tuple(sorted(set(found)))


def _weekday(word: str) -> int | None:
    if word[:3] in DAYS:
        return DAYS.index(word[:3])
    word = "日" if word == "天" else word
    return _DAYS_ZH.index(word) if len(word) == 1 and word in _DAYS_ZH else None


def _span(path: Path, key: str, given: object) -> list[date]:
    """One day, or all days of "2012-01-22/2012-01-28"."""
    if isinstance(given, date):
        return [given]
    ends = [_day(path, key, one) for one in str(given).split("/")]
    if len(ends) > 2 or ends[-1] < ends[0]:
        raise _wrong(path, key, given, "a day or a span such as 2012-01-22/2012-01-28")
    return [ends[0] + timedelta(days=k) for k in range((ends[-1] - ends[0]).days + 1)]


def _delay(path: Path, name: str, given: object) -> dict[str, Any]:
    table = _table(path, f"delays.{name}", given)
    for key, value in table.items():
        if key not in _DELAY_KEYS:
            msg = f"{path.name}: schedule: delays.{name}: key '{key}' is unknown." + did_you_mean(key, _DELAY_KEYS)
            raise ScenarioError(msg)
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if key != "shape" and not number:
            raise _wrong(path, f"delays.{name}.{key}", value, "a number")
    return dict(table)
