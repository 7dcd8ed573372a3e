"""The shortest schedule of a project with limited resources, with its bound and an honest word for its quality."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ...errors import MissingExtraError
from . import exact
from .project import Ints, Project, lower_bound
from .search import STRIDE, Walk, walk_together


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """Starts, the value reached, the best proven bound, and whether it is proved that there is no schedule at all."""

    start: Ints | None
    value: int | None
    bound: int
    infeasible: bool = False

    @property
    def proved(self) -> bool:
        """Whether nothing better can exist, or nothing at all."""
        return self.infeasible or (self.value is not None and self.value <= self.bound)

    @property
    def status(self) -> str:
        """One of "optimal", "feasible, gap x %", "infeasible", "unknown"."""
        if self.infeasible:
            return "infeasible"
        if self.value is None:
            return "unknown"
        return status_word(self.value, self.bound)


def status_word(value: float, bound: float) -> str:
    """Return "optimal" where the bound meets the value, else the gap to the bound in per cent of the value."""
    if value <= bound:
        return "optimal"
    return f"feasible, gap {100.0 * (value - bound) / abs(value):.1f} %"


def shortest(project: Project, effort: exact.Effort | None = None) -> Answer:
    """The shortest schedule that can be found with that effort.

    A search comes first, so that there is always a schedule where no maximum distances are set; then the exact solver
    works on what is left between schedule and bound; then the search goes on from the better of the two.
    Without OR-tools the search has all the time and the bound is the simple one.
    """
    effort = effort or exact.Effort()
    if project.order is None or project.latest is not None:
        return _by_proof(project, effort)
    walks = [Walk(project, seed=effort.seed + k) for k in range(2)]
    for walk in walks:
        walk.step(2 * STRIDE)
    answer = _best(walks, lower_bound(project))
    if answer.proved:
        return answer
    share = _share_of_proof(project.n)
    answer = _prove(project, answer, dataclasses.replace(effort, seconds=share * effort.seconds))
    if answer.proved or share >= 1.0:
        return answer
    for walk in walks:
        walk.target = answer.bound
        if answer.start is not None:
            walk.restart(answer.start)
    walk_together(walks, (1.0 - share) * effort.seconds)
    return _best(walks, answer.bound)


def _share_of_proof(n: int) -> float:
    # Small projects are closed by the exact solver; on large ones the walk finds the better schedules (PSPLIB).
    return 1.0 if n <= 40 else 0.5 if n <= 100 else 0.3


def _best(walks: list[Walk], bound: int) -> Answer:
    walk = min(walks, key=lambda w: w.span)
    return Answer(start=walk.best, value=walk.span, bound=bound)


def _prove(project: Project, answer: Answer, effort: exact.Effort) -> Answer:
    if answer.value is None:
        return answer
    try:
        found = exact.shortest(project, effort, hint=answer.start, at_least=answer.bound, horizon=answer.value)
    except MissingExtraError:
        return answer
    bound = max(answer.bound, min(found.bound, answer.value))
    if found.infeasible or found.proved:
        bound = answer.value if found.value is None else found.value
    if found.value is not None and found.value < answer.value:
        return Answer(start=found.start, value=found.value, bound=bound)
    return Answer(start=answer.start, value=answer.value, bound=bound)


def _by_proof(project: Project, effort: exact.Effort) -> Answer:
    bound = lower_bound(project)
    horizon = project.reach
    if project.latest is not None and bool((project.latest < project.head).any()):
        return Answer(start=None, value=None, bound=bound, infeasible=True)
    found = exact.shortest(project, effort, hint=None, at_least=bound, horizon=horizon)
    start = None if found.start is None else np.asarray(found.start, np.int64)
    return Answer(start=start, value=found.value, bound=max(bound, found.bound), infeasible=found.infeasible)
