"""Schedules found by walking: serial, justified to both sides, annealed; always feasible, never a proof."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...algorithms.kernels import COMPILED
from ...errors import ScheduleError
from . import kernels
from .project import Ints, Project, lower_bound

HEAT = 0.3  # tried 0.15 to 1.0 on hard PSPLIB instances: 0.3 gives the shortest schedules
STRIDE = 200 if COMPILED else 5  # steps between two looks at the stop sign


def shop_of(project: Project) -> kernels.Shop:
    """The arrays of the inner loops; ScheduleError where maximum distances make the arcs circular."""
    if project.order is None:
        msg = "maximum distances between activities need the exact solver; the search handles minimum distances only"
        raise ScheduleError(msg)
    turned = project.lag + project.duration[project.after] - project.duration[project.before]
    return kernels.Shop(
        duration=project.duration.astype(np.int64),
        demand=np.ascontiguousarray(project.demand, np.int64),
        capacity=project.capacity.astype(np.int64),
        forward=_links(project.n, project.before, project.after, project.lag),
        mirror=_links(project.n, project.after, project.before, turned),
        ranked=project.order,
    )


def _links(n: int, before: Ints, after: Ints, lag: Ints) -> kernels.Links:
    sort = np.argsort(after, kind="stable")
    ptr = np.searchsorted(after[sort], np.arange(n + 1)).astype(np.int64)
    return kernels.Links(ptr, before[sort].astype(np.int64), lag[sort].astype(np.int64))


@dataclass(eq=False)
class Walk:
    """One search that can be continued; `best` is always a feasible schedule."""

    project: Project
    seed: int = 1
    best: Ints = field(init=False)
    target: int = field(init=False)

    def __post_init__(self) -> None:
        self._shop = shop_of(self.project)
        self._room = np.zeros((self.project.reach + 1, len(self.project.capacity)), np.int64)
        self.target = lower_bound(self.project)
        kernels.seed(self.seed)
        tries = 100 if COMPILED else 10
        self.best = kernels.opening(-self.project.tail.astype(np.float64), self._shop, self._room, tries)
        self._now = self.best

    @property
    def span(self) -> int:
        """The length of the best schedule."""
        return int((self.best + self.project.duration).max(initial=0))

    def restart(self, start: Ints) -> None:
        """Go on from a schedule found elsewhere, if it is shorter."""
        if int((start + self.project.duration).max(initial=0)) < self.span:
            self.best = self._now = start

    def step(self, steps: int) -> None:
        """Walk that many steps, or less where the target is met."""
        best, self._now = kernels.anneal(self._now, self._shop, self._room, HEAT, (steps, self.target))
        if int((best + self.project.duration).max(initial=0)) < self.span:
            self.best = best

    def run(self, stop: Callable[[], bool]) -> None:
        """Walk until told to stop or until the target is met."""
        kernels.seed(self.seed)
        while self.span > self.target and not stop():
            self.step(STRIDE)


def walk_together(walks: list[Walk], seconds: float) -> Ints:
    """The best schedule of several walks, each in its own thread, after at most `seconds`."""
    stop = threading.Event()
    done = threading.Event()
    threads = [threading.Thread(target=_walk, args=(w, stop, done), daemon=True) for w in walks]
    for thread in threads:
        thread.start()
    done.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return min(walks, key=lambda w: w.span).best


def _walk(walk: Walk, stop: threading.Event, done: threading.Event) -> None:
    walk.run(stop.is_set)
    if walk.span <= walk.target:
        done.set()
