"""Between which days each task may start, by its own dates alone, and what a shift from its wish costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from ..errors import ScheduleError
from .network import ANY_DAY, NO_DEADLINE, Floats, Ints, Network

Mode = Literal["least", "delay"]


@dataclass(frozen=True, eq=False)
class Window:
    """Where each task may start, and where it was declared; undated tasks are free of charge."""

    low: Ints
    high: Ints
    wish: Ints
    later: Floats
    earlier: Floats


def status_day(text: str) -> int:
    """The number of a day that is written as 2026-05-01, or as 20260501.

    Raises
    ------
    ScheduleError
        The text is no date.
    """
    try:
        return (date.fromisoformat(text.strip()) - date(1970, 1, 1)).days
    except ValueError:
        msg = f"the status day '{text}' is no date. Write it as 2026-05-01."
        raise ScheduleError(msg) from None


def window_of(network: Network, *, today: int | None = None, mode: Mode = "least") -> Window:
    """First and last start of each task, by its own dates alone."""
    tasks = network.tasks
    low = tasks.earliest if today is None else np.maximum(tasks.earliest, today)
    wish = np.where(tasks.dated, tasks.start, np.maximum(low, _first_day(network, today)))
    if mode == "delay":
        low = np.maximum(low, wish)
    low = np.where(tasks.frozen, wish, np.maximum(low, ANY_DAY))
    high = np.where(tasks.frozen, wish, np.minimum(tasks.deadline - tasks.duration, NO_DEADLINE))
    free = tasks.dated & ~tasks.frozen
    return Window(low, high, wish, np.where(free, tasks.later, 0.0), np.where(free, tasks.earlier, 0.0))


def _first_day(network: Network, today: int | None) -> int:
    if today is not None:
        return today
    tasks = network.tasks
    return int(tasks.start[tasks.dated].min()) if tasks.dated.any() else 0
