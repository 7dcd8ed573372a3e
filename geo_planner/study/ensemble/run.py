"""A study from its file to what is certain: plan, draws, members, states, what decides and what matters."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..._version import __version__
from ...checks import load, validate
from ...errors import MissingExtraError, ProfileError, StudyError, did_you_mean
from ...plan import Plan
from ...plan.uncertainty import Study
from ...read.study import read_study
from ..run import load_scenario
from .decide import Outcomes, State, deciders, gathered, states, whole
from .design import base_rows, chances
from .member import Job, alike, known_parameters, packed, rows_of
from .sensitivity import sobol_indices
from .spread import cluster, in_processes, on_cluster
from .tasks import fresh_folder, stored

Progress = Callable[[str, int, int], None]
_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an ensemble is run; none of it but `members` and `seed` changes what comes out.

    Parameters
    ----------
    folder
        Where results of members are kept (in `tasks/`); None: nowhere.
    scheduler
        Address of a Dask scheduler, such as tcp://10.0.0.5:8786; empty: processes of this machine.
    """

    members: int = 1000
    seed: int = 0
    processes: int = 0
    folder: Path | None = None
    scheduler: str = ""
    resume: bool = False


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What a study came to.

    Parameters
    ----------
    drawn
        The drawn number of each member (rows) by uncertainty (columns).
    states
        By check: code, state, share within the limit, limit, p05, p50, p95 of the count of findings.
    deciders
        Features that decide, with the number on which it turns.
    sensitivity
        Sobol indices of the count of all findings, by uncertainty; None where nothing varies or none can be estimated.
    why_no_indices
        Why there are none: a key of `lang.studies.NO_INDICES`, or empty.
    phases
        The phase of each parcel that has one, for sentences.
    computed, reused
        How many members were judged in this run, and how many results lay ready.
    once
        Checks that read nothing that is drawn: what they find in the plan itself stands for every member.
    plan
        The plan that all members start from, without any draw.
    """

    study: Study
    digest: str
    members: int
    seed: int
    drawn: pd.DataFrame
    outcomes: Outcomes
    base: dict[str, int]
    states: pd.DataFrame
    state: State
    deciders: pd.DataFrame
    sensitivity: dict[str, dict[str, float]] | None
    why_no_indices: str
    computed: int
    reused: int
    once: tuple[str, ...]
    plan: Plan
    phases: dict[str, str]


def run_ensemble(
    study: Study | str | Path, options: Options | None = None, *, progress: Progress | None = None
) -> Ensemble:
    """Judge a plan under many draws of what is uncertain, and tell what is certain and what decides.

    The result depends on the study, `members` and `seed` alone, not on processes, scheduler or what was kept before.

    Raises
    ------
    StudyError
        The study cannot be run as it is written, or its workers are gone.
    GeoPlannerError
        Anything in the scenario, its layers or its profile that the user can mend.
    """
    options = options or Options()
    study = study if isinstance(study, Study) else read_study(study)
    if not 1 <= options.members <= _MOST:
        msg = f"{options.members} members: an ensemble has between 1 and {_MOST}."
        raise StudyError(msg)
    if options.seed < 0:
        msg = f"seed {options.seed} is negative; take 0 or any whole number above it."
        raise StudyError(msg)
    if options.processes < 0:
        msg = f"{options.processes} processes: take 1 or more, or 0 for one a core."
        raise StudyError(msg)
    codes = _codes(study)
    job = _job(study, codes, options)
    if options.scheduler:
        with cluster(options.scheduler) as client:
            return _told(study, _spread(job, options, progress, client), (job, codes), options)
    return _told(study, _spread(job, options, progress, None), (job, codes), options)


def _codes(study: Study) -> tuple[str, ...]:
    known = load()
    words = study.checks
    for word in (*words, *study.limits):
        if not any(code.startswith(word) for code in known):
            msg = f"study '{study.name}': there is no check or family '{word}'."
            raise StudyError(msg + did_you_mean(word, known))
    return tuple(c for c in known if not words or any(c.startswith(w) for w in words))


def _job(study: Study, codes: tuple[str, ...], options: Options) -> Job:
    """Return what all members share; every uncertainty is tried on the plan before anything is written."""
    rules = study.scenario.rules
    try:
        validate(rules)
    except ProfileError as fault:
        raise StudyError(str(fault)) from fault
    plan = load_scenario(study.scenario)
    for unsure in study.uncertainties:
        if unsure.kind == "parameter":
            known_parameters(rules, unsure)
        else:
            rows_of(plan, unsure)
    told = f"{plan.digest}|{rules.digest}|{codes}|{study.uncertainties}|{__version__}"
    draws = chances(options.members, len(study.uncertainties), options.seed)
    key = hashlib.sha256(told.encode()).hexdigest()
    return Job(key, packed(plan), rules, codes, study.uncertainties, options.seed, draws, "")


@dataclass(frozen=True, eq=False)
class _Spread:
    """What the plan itself and its members came to; the checks that no draw changes are judged in `base` alone."""

    base: dict[str, Any]
    results: list[dict[str, Any]]
    computed: int
    once: tuple[str, ...]


def _spread(job: Job, options: Options, progress: Progress | None, client: Any) -> _Spread:
    """Compute what is not kept, on processes or a cluster."""
    base, varying = alike(job)  # first and here: what is computed once for all members travels with the processes
    once = tuple(code for code in job.checks if code not in varying)
    folder = fresh_folder(Path(options.folder), resume=options.resume).resolve() if options.folder is not None else ""
    job = job.of(varying, str(folder))
    total = len(job.chances)
    results = {k: kept for k in range(total) if (kept := stored(job, k)) is not None}
    reused = len(results)

    def done(number: int, result: dict[str, Any]) -> None:
        results[number] = result
        if progress:
            progress(f"{len(results)}/{total}", len(results), total)

    left = [k for k in range(total) if k not in results]
    if left and client is not None:
        on_cluster(job, left, client, done)
    elif left:
        in_processes(job, left, options.processes or os.cpu_count() or 1, done)
    return _Spread(base, [results[k] for k in range(total)], total - reused, once)


def _told(study: Study, spread: _Spread, job: tuple[Job, tuple[str, ...]], options: Options) -> Ensemble:
    codes = job[1]
    base = gathered([spread.base], codes).counts.iloc[0]
    limits = {c: study.limits.get(c, 0 if np.isnan(base[c]) else int(base[c])) for c in codes}
    outcomes = gathered([_whole(result, spread) for result in spread.results], codes)
    table = states(outcomes, limits, study.sure)
    names = [u.name for u in study.uncertainties]
    drawn = pd.DataFrame(
        {u.name: u.distribution.at(job[0].chances[:, k]) for k, u in enumerate(study.uncertainties)}
    ).infer_objects()
    indices, why = _indices(outcomes, names, options)
    return Ensemble(
        study=study,
        digest=job[0].key,
        members=options.members,
        seed=options.seed,
        drawn=drawn,
        outcomes=outcomes,
        base={c: int(v) for c, v in base.dropna().items()},
        states=table,
        state=whole(table),
        deciders=deciders(outcomes, drawn[[u.name for u in study.uncertainties if not u.each]]),
        sensitivity=indices,
        why_no_indices=why,
        computed=spread.computed,
        reused=options.members - spread.computed,
        once=spread.once,
        plan=job[0].plan,
        phases=_phases(job[0]),
    )


def _whole(result: dict[str, Any], spread: _Spread) -> dict[str, Any]:
    """Return what a member came to with what is the same in all of them; of one that broke nothing is known."""
    if "fault" in result:
        return result
    runs = {code: spread.base["runs"][code] for code in spread.once}
    found = [row for row in spread.base["found"] if row[0] in runs]
    return {**result, "runs": {**result["runs"], **runs}, "found": [*result["found"], *found]}


def _indices(outcomes: Outcomes, names: list[str], options: Options) -> tuple[dict[str, dict[str, float]] | None, str]:
    rows = base_rows(options.members, len(names)) * (len(names) + 2)
    total = outcomes.counts.sum(axis="columns", min_count=1).to_numpy()[:rows]
    if not rows:
        return None, "one" if len(names) < 2 else "few"
    if np.isnan(total).any():
        return None, "unknown"
    try:
        found = sobol_indices(names, total)
    except MissingExtraError:
        return None, "extra"
    return found, "" if found else "still"


def _phases(job: Job) -> dict[str, str]:
    if "parcels" not in job.plan:
        return {}
    known = job.plan["parcels"][["id", "phase"]].dropna().astype("str")
    return dict(zip(known["id"], known["phase"], strict=True))
