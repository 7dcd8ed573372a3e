"""A project as arrays: activities, arcs, limited resources; with lower bounds and an independent check.

A period is half open: an activity that starts at s and lasts d uses its resources in [s, s + d).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ...errors import ScheduleError

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Project:
    """Activities, their demand for each resource, and arcs `start[after] >= start[before] + lag`.

    Shapes: `duration` (n,), `demand` (n, m), `capacity` (m,), arcs (k,). A negative lag is a maximum distance.
    `latest` is the last start allowed for each activity; None means open.
    """

    duration: Ints
    demand: Ints
    capacity: Ints
    before: Ints
    after: Ints
    lag: Ints
    latest: Ints | None = None

    def __post_init__(self) -> None:
        over = np.flatnonzero((self.demand > self.capacity).any(axis=1) & (self.duration > 0))
        if len(over):
            msg = (
                f"activities {', '.join(map(str, over[:5]))} need more of a resource than there is. "
                "Raise the capacity or lower the demand."
            )
            raise ScheduleError(msg)

    @property
    def n(self) -> int:
        """Number of activities."""
        return len(self.duration)

    @cached_property
    def order(self) -> Ints | None:
        """Activities in an order that respects every arc; None where the arcs run in a circle."""
        waiting = np.bincount(self.after, minlength=self.n)
        sort = np.argsort(self.before, kind="stable")
        ptr = np.searchsorted(self.before[sort], np.arange(self.n + 1))
        ready = [int(a) for a in np.flatnonzero(waiting == 0)]
        for a in ready:
            for j in self.after[sort[ptr[a] : ptr[a + 1]]]:
                waiting[j] -= 1
                if waiting[j] == 0:
                    ready.append(int(j))
        return np.array(ready, np.int64) if len(ready) == self.n else None

    @cached_property
    def head(self) -> Ints:
        """Earliest starts by arcs alone, never before 0."""
        return longest(np.zeros(self.n, np.int64), self.before, self.after, self.lag)

    @cached_property
    def tail(self) -> Ints:
        """Least time from the start of each activity to the end of the project, by arcs alone."""
        return longest(self.duration, self.after, self.before, self.lag)

    @property
    def reach(self) -> int:
        """A span within which there is a schedule if there is one at all: the longest step out of each activity."""
        step = self.duration.copy()
        np.maximum.at(step, self.before, self.lag)
        return int(step.sum() + 1)


def longest(floor: Ints, before: Ints, after: Ints, lag: Ints) -> Ints:
    """The least values at or above `floor` that satisfy every arc; ScheduleError where arcs contradict each other."""
    value = floor.astype(np.int64)
    for _ in range(len(floor) + 1):
        pushed = value.copy()
        np.maximum.at(pushed, after, value[before] + lag)
        if np.array_equal(pushed, value):
            return value
        value = pushed
    msg = "the arcs of the project contradict each other (a circle of positive length). Drop or loosen one of them."
    raise ScheduleError(msg)


def violations(project: Project, start: Ints) -> Mapping[str, int]:
    """How many arcs, resource periods, starts before 0 and latest starts a schedule breaks; all 0 = feasible.

    Written without any part of the solvers: it books every activity period by period.
    """
    finish = start + project.duration
    use = np.zeros((max(int(finish.max(initial=0)), 1), len(project.capacity)), np.int64)
    for s, f, need in zip(start.tolist(), finish.tolist(), project.demand, strict=True):
        use[max(s, 0) : max(f, 0)] += need
    late = 0 if project.latest is None else int((start > project.latest).sum())
    return MappingProxyType(
        {
            "arcs": int((start[project.after] < start[project.before] + project.lag).sum()),
            "resources": int((use > project.capacity).sum()),
            "early": int((start < 0).sum()),
            "late": late,
        }
    )


def lower_bound(project: Project) -> int:
    """The larger of the critical path and the work of the busiest resource between its heads and tails."""
    path = int((project.head + project.tail).max(initial=0))
    work = project.demand * project.duration[:, None]
    after = project.tail - project.duration
    bounds = [path]
    for r in range(len(project.capacity)):
        users = (work[:, r] > 0).nonzero()[0]
        if len(users) == 0:
            continue
        bounds.append(_work_bound(project.head[users], after[users], work[users, r], int(project.capacity[r])))
    return max(bounds)


def _work_bound(head: Ints, rest: Ints, work: Ints, capacity: int) -> int:
    # Activities that cannot start before h and leave at least q after them need their whole work between.
    best = 0
    for h in np.unique(head):
        inside = head >= h
        sort = np.argsort(-rest[inside], kind="stable")
        done = -(-np.cumsum(work[inside][sort]) // capacity)
        best = max(best, int(h + (done + rest[inside][sort]).max()))
    return best
