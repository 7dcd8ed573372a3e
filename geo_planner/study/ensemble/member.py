"""One member: a draw laid on the plan, judged by the named checks, told as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..._version import __version__
from ...checks import found, load
from ...errors import StudyError, UnknownIdError, did_you_mean
from ...facts.registry import work_of
from ...facts.watched import Read, Watched
from ...plan import Findings, Plan, Profile, Run
from ...plan.expression import rows_where
from ...plan.layer import GEOMETRY, Layers
from ...plan.layers import LAYERS
from ...plan.profile import Threshold
from ...plan.uncertainty import Uncertainty

Array = np.ndarray[Any, Any]
_NAMES = ("code", "severity", "layer", "id")
"""What is kept of a finding of a member."""


@dataclass(frozen=True, eq=False)
class Job:
    """What every member has in common; it travels to other processes as plain values.

    Parameters
    ----------
    key
        Digest of plan, profile, checks, uncertainties and program version: members of another job are another's.
    chances
        One row a member, one column an uncertainty.
    folder
        Where results are kept, as text; empty: nowhere.
    """

    key: str
    values: Mapping[str, Any]
    rules: Profile
    checks: tuple[str, ...]
    uncertainties: tuple[Uncertainty, ...]
    seed: int
    chances: Array
    folder: str

    @cached_property
    def plan(self) -> Plan:
        """The plan that all members start from."""
        return Plan(**self.values)

    @cached_property
    def rows(self) -> tuple[Array, ...]:
        """The features that each uncertainty is about, by position: looked up in the plan that all start from."""
        none = np.empty(0, dtype=np.int64)
        return tuple(
            none if u.kind == "parameter" else np.flatnonzero(rows_of(self.plan, u)) for u in self.uncertainties
        )

    def of(self, checks: tuple[str, ...], folder: str) -> Job:
        """Return the job for some of its checks, with its results in a folder; its plan is the same, with its facts."""
        new = replace(self, checks=checks, folder=folder)
        new.__dict__["plan"] = self.plan
        return new


def packed(plan: Plan) -> dict[str, Any]:
    """Return the fields of a plan as values that travel."""
    values = {f.name: getattr(plan, f.name) for f in fields(plan) if f.init}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def judged(job: Job, number: int) -> dict[str, Any]:
    """Return what the checks that a draw can change find in a member.

    `runs`: outcome and number of findings by check; `found`: (code, severity, layer, id) of each finding.
    """
    return _told(found(*drawn(job, number), job.checks))


def _told(results: Mapping[str, tuple[Run, Findings]]) -> dict[str, Any]:
    rows = [out.rows for _, out in results.values() if len(out.rows)]
    cells = ([list(column) for name in _NAMES for column in (table[name].to_numpy(dtype=object),)] for table in rows)
    names = {row for columns in cells for row in zip(*columns, strict=True)}
    return {
        "version": __version__,
        "runs": {code: [run.outcome, run.found] for code, (run, _) in results.items()},
        "found": sorted(map(list, names)),
    }


def alike(job: Job) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Judge the plan without any draw; return what is found, and the checks that a draw can change.

    A check is watched while it reads the plan. Where it reads nothing that is drawn, it finds the same in every member,
    for it does the same whenever it reads the same.
    """
    varied, open_checks = _varied(job), []
    results: dict[str, tuple[Run, Findings]] = {}
    for code in job.checks:
        reads: set[Read] = set()
        results |= found(Watched(job.plan, reads.add, work_of(job.plan)), job.rules, [code])
        if code in varied or not reads.isdisjoint(varied) or any(_about(read, varied) for read in reads):
            open_checks.append(code)
    return _told(results), tuple(open_checks)


def _varied(job: Job) -> set[Any]:
    """Columns that are drawn, as `Read`s, and checks with a drawn parameter, by code."""
    out: set[Any] = set()
    for unsure in job.uncertainties:
        if unsure.kind == "parameter":
            out.add(unsure.check)
        elif unsure.kind in {"date", "demand"}:
            out |= {("column", unsure.layer, name) for name in _columns(job.plan[unsure.layer], unsure)}
        else:
            out.add(("column", unsure.layer, GEOMETRY))
    return out


def _about(read: Read, varied: set[Any]) -> bool:
    """Whether the answer to a read that is not of one column may change with a drawn one."""
    layers = {v[1] for v in varied if isinstance(v, tuple)}
    if read[0] in {"all", "stands"}:
        return read[1] in layers
    return bool(layers) and read[0] == "plan" and read[1] == "digest"


def drawn(job: Job, number: int) -> tuple[Plan, Profile]:
    """Return plan and profile of a member."""
    plan, rules = job.plan, job.rules
    held = dict(Layers(plan.layers).held)
    for k, unsure in enumerate(job.uncertainties):
        chance = job.chances[number, k]
        if unsure.kind == "parameter":
            rules = _with_parameter(rules, unsure, unsure.distribution.at(np.array([chance]))[0])
            continue
        rows, seed = job.rows[k], [job.seed, int(chance * 2**53)]
        value = _values(unsure, chance, len(rows), seed)
        layer = held[unsure.layer]
        held[unsure.layer] = layer.with_columns(_changed(layer.frame, (rows, value), unsure, seed))
    return replace(plan, layers=Layers(held)), rules


def _values(unsure: Uncertainty, chance: float, count: int, seed: list[int]) -> Array:
    """Return the drawn number of each feature: one for all, or each its own from the member's chance as a seed."""
    if unsure.each:
        return unsure.distribution.at(np.random.default_rng(seed).random(count))
    return np.repeat(unsure.distribution.at(np.array([chance])), count)


def rows_of(plan: Plan, unsure: Uncertainty) -> Array:
    """Return which features an uncertainty is about.

    Raises
    ------
    UnknownIdError
        It names a layer, an id or a column that is not there, or no feature fits.
    StudyError
        A column it would change holds no dates or numbers.
    """
    where = f"uncertainty '{unsure.name}'"
    if unsure.layer not in plan.layers:
        msg = f"{where}: the plan has no layer '{unsure.layer}'." + did_you_mean(unsure.layer, plan.layers)
        raise UnknownIdError(msg)
    frame = plan[unsure.layer]
    if unknown := sorted(set(unsure.ids) - set(frame["id"].dropna().astype(str))):
        msg = f"{where}: layer '{unsure.layer}' has no feature '{unknown[0]}'."
        raise UnknownIdError(msg + did_you_mean(unknown[0], frame["id"].dropna().astype(str)))
    rows = frame["id"].isin(unsure.ids).to_numpy(dtype=bool) if unsure.ids else np.ones(len(frame), bool)
    if unsure.where:
        rows = rows_where(unsure.layer, frame, unsure.where)
    if not rows.any():
        msg = f"{where}: no feature of layer '{unsure.layer}' fits; loosen it or take it out."
        raise UnknownIdError(msg)
    if unsure.kind in {"date", "demand"}:
        _columns(frame, unsure)
    return rows


def _columns(frame: gpd.GeoDataFrame, unsure: Uncertainty) -> list[str]:
    wanted = "date" if unsure.kind == "date" else "float"
    spec = LAYERS.get(unsure.layer)
    known = [c.name for c in spec.columns if c.dtype == wanted] if spec else []
    if unsure.kind == "demand" and not unsure.columns:
        msg = f"uncertainty '{unsure.name}': name the columns that it multiplies, as in columns = [\"water_m3d\"]."
        raise StudyError(msg)
    for name in unsure.columns:
        if name not in known:
            kind = "dates" if wanted == "date" else "numbers"
            msg = f"uncertainty '{unsure.name}': layer '{unsure.layer}' has no column '{name}' of {kind}."
            raise StudyError(msg + did_you_mean(name, known))
    return [c for c in (unsure.columns or known) if c in frame.columns]


def _moved_dates(frame: gpd.GeoDataFrame, rows: Array, value: Array, unsure: Uncertainty) -> dict[str, Any]:
    days, out = pd.to_timedelta(np.rint(value.astype(float)), unit="D"), {}
    for name in _columns(frame, unsure):
        column = frame[name].copy()
        column.iloc[rows] = (column.iloc[rows] + days).astype(column.dtype)
        out[name] = column
    return out


def _scaled(frame: gpd.GeoDataFrame, rows: Array, value: Array, unsure: Uncertainty) -> dict[str, Any]:
    out = {}
    for name in _columns(frame, unsure):
        out[name] = frame[name].to_numpy(dtype=float).copy()
        out[name][rows] *= value.astype(float)
    return out


def _redrawn(frame: gpd.GeoDataFrame, at: tuple[Array, Array], unsure: Uncertainty, seed: list[int]) -> Array:
    """Return the shapes with corners moved at random (equal corners alike), or some moved as a whole."""
    rows, value = at
    shapes: Array = frame.geometry.to_numpy().copy()
    mine = shapes[rows]
    xy = shapely.get_coordinates(mine)
    if unsure.kind == "shift":
        moved = xy + np.repeat(value.astype(float), shapely.get_num_coordinates(mine))[:, None] * np.array(unsure.shift)
    else:
        corners, place = np.unique(xy, axis=0, return_inverse=True)
        noise = np.random.default_rng(seed).standard_normal(corners.shape)
        moved = xy + (noise * float(value[0]))[place.ravel()]
    shapes[rows] = shapely.set_coordinates(mine.copy(), moved)
    return shapes


def _changed(frame: gpd.GeoDataFrame, at: tuple[Array, Array], unsure: Uncertainty, seed: list[int]) -> dict[str, Any]:
    """Return the columns of a layer that a draw changes."""
    if unsure.kind == "date":
        return _moved_dates(frame, *at, unsure)
    return _scaled(frame, *at, unsure) if unsure.kind == "demand" else {GEOMETRY: _redrawn(frame, at, unsure, seed)}


def _with_parameter(rules: Profile, unsure: Uncertainty, value: Any) -> Profile:
    known = known_parameters(rules, unsure)
    old = known[unsure.parameter]
    number = int(value) if isinstance(old.value, int) and not isinstance(old.value, bool | str) else value
    new = replace(old, value=number.item() if isinstance(number, np.generic) else number, origin=unsure.name)
    values = {**rules.values, unsure.check: {**rules.values.get(unsure.check, {}), unsure.parameter: new}}
    return replace(rules, values=values)


def known_parameters(rules: Profile, unsure: Uncertainty) -> dict[str, Threshold]:
    """Return the parameters of the check an uncertainty is about; raises `StudyError` where there is none such."""
    checks = load()
    if unsure.check not in checks:
        msg = f"uncertainty '{unsure.name}': there is no check '{unsure.check}'." + did_you_mean(unsure.check, checks)
        raise StudyError(msg)
    known = checks[unsure.check].thresholds(rules)
    if unsure.parameter not in known:
        msg = f"uncertainty '{unsure.name}': check {unsure.check} has no parameter '{unsure.parameter}'."
        raise StudyError(msg + did_you_mean(unsure.parameter, known))
    return known
