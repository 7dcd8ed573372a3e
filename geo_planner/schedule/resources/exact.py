"""CP-SAT models of a project: the shortest schedule, and a proof of how short it can be.

OR-tools is the extra `optimize`; it is imported here and nowhere else in the room.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import MissingExtraError
from .project import Ints, Project

EXTRA = ("ortools", "optimize")
PAIRED = 60
"""Activities up to which pairs that exclude each other are told to the solver (j3013_3: bound 72 instead of 68)."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to search: wall seconds, or `steps` of deterministic time for answers that repeat exactly."""

    seconds: float = 10.0
    steps: float | None = None
    workers: int = 8  # more than the cores: the subsolvers that raise the bound only run from eight on
    seed: int = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """What CP-SAT brought back: starts or None, the value reached, the bound, and whether it proved anything."""

    start: Ints | None
    value: int | None
    bound: int
    proved: bool
    infeasible: bool


def cp_model() -> Any:
    """The OR-tools module; MissingExtraError with the reason where it cannot be imported."""
    try:
        return importlib.import_module("ortools.sat.python.cp_model")
    except ModuleNotFoundError as error:
        raise MissingExtraError(*EXTRA) from error
    except ImportError as error:
        # highspy and ortools ship two builds of one library and cannot share a process.
        reason = "it clashes with highspy, which another package loaded; use a fresh environment without highspy"
        raise MissingExtraError(*EXTRA, reason) from error


def shortest(project: Project, effort: Effort, *, hint: Ints | None, at_least: int, horizon: int) -> Found:
    """The shortest schedule that ends within `horizon`."""
    cp = cp_model()
    model = cp.CpModel()
    start = starts(model, project, horizon)
    span = model.new_int_var(at_least, horizon, "")
    model.add_max_equality(span, [s + int(d) for s, d in zip(start, project.duration, strict=True)])
    add_arcs(model, project, start)
    add_resources(model, project, start)
    if project.n <= PAIRED:
        add_exclusions(model, project, start)
    model.minimize(span)
    if hint is not None:
        for s, h in zip(start, hint.tolist(), strict=True):
            model.add_hint(s, h)
        model.add_hint(span, int((hint + project.duration).max()))
    solver = solver_for(cp, effort)
    status = solver.solve(model)
    return read_back(cp, solver, status, start)


def starts(model: Any, project: Project, horizon: int) -> list[Any]:
    """One start variable for each activity, within heads, tails and latest starts."""
    latest = horizon - project.tail
    if project.latest is not None:
        latest = np.minimum(latest, project.latest)
    return [model.new_int_var(int(lo), max(int(lo), int(hi)), "") for lo, hi in zip(project.head, latest, strict=True)]


def add_arcs(model: Any, project: Project, start: list[Any]) -> None:
    """Every arc as one inequality."""
    for i, j, lag in zip(project.before.tolist(), project.after.tolist(), project.lag.tolist(), strict=True):
        model.add(start[j] >= start[i] + lag)


def add_resources(model: Any, project: Project, start: list[Any]) -> None:
    """One cumulative for each resource; resources that can never be short are left out."""
    length = project.duration.tolist()
    bars = [model.new_fixed_size_interval_var(s, d, "") for s, d in zip(start, length, strict=True)]
    for r, capacity in enumerate(project.capacity.tolist()):
        users = np.flatnonzero((project.demand[:, r] > 0) & (project.duration > 0)).tolist()
        if users and capacity < project.demand[users, r].sum():
            model.add_cumulative([bars[a] for a in users], project.demand[users, r].tolist(), capacity)


def add_exclusions(model: Any, project: Project, start: list[Any]) -> None:
    """No-overlap for groups of activities of which any two need more than there is: redundant, but it raises bounds."""
    length = project.duration.tolist()
    for group in exclusive_groups(project):
        model.add_no_overlap([model.new_fixed_size_interval_var(start[a], length[a], "") for a in group])


def exclusive_groups(project: Project) -> list[list[int]]:
    """Groups in which no two activities fit side by side; every such pair is in a group."""
    together = project.demand[:, None, :] + project.demand[None, :, :]
    busy = project.duration > 0
    apart = (together > project.capacity).any(axis=2) & busy[:, None] & busy[None, :]
    np.fill_diagonal(apart, val=False)
    order = np.argsort(-apart.sum(axis=1), kind="stable")
    open_pairs, groups = np.triu(apart), []
    while open_pairs.any():
        group = [int(k) for k in np.argwhere(open_pairs)[0]]
        for k in order.tolist():
            if apart[k, group].all():
                group.append(k)
        open_pairs[np.ix_(group, group)] = False
        groups.append(sorted(group))
    return groups


def solver_for(cp: Any, effort: Effort) -> Any:
    """A solver with the limits of `effort`."""
    solver = cp.CpSolver()
    solver.parameters.num_workers = effort.workers
    solver.parameters.random_seed = effort.seed
    if effort.steps is None:
        solver.parameters.max_time_in_seconds = effort.seconds
    else:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = effort.steps
    return solver


def read_back(cp: Any, solver: Any, status: Any, start: list[Any]) -> Found:
    """The answer as plain numbers."""
    solved = status in (cp.OPTIMAL, cp.FEASIBLE)
    return Found(
        start=np.array([solver.value(s) for s in start], np.int64) if solved else None,
        value=round(solver.objective_value) if solved else None,
        bound=int(np.ceil(solver.best_objective_bound - 1e-6)),
        proved=status == cp.OPTIMAL,
        infeasible=status == cp.INFEASIBLE,
    )
