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
from ...checks import load, run
from ...errors import StudyError, UnknownIdError, did_you_mean
from ...plan import Plan, Profile
from ...plan.expression import rows_where
from ...plan.layers import LAYERS
from ...plan.profile import Threshold
from ...plan.uncertainty import Uncertainty

Array = np.ndarray[Any, Any]


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


def packed(plan: Plan) -> dict[str, Any]:
    """Return the fields of a plan as values that travel."""
    values = {f.name: getattr(plan, f.name) for f in fields(plan) if f.init}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def judged(job: Job, number: int | None) -> dict[str, Any]:
    """Return what the checks find in a member (None: in the plan itself, without any draw).

    `runs`: outcome and number of findings by check; `found`: (code, severity, layer, id) of each finding.
    """
    plan, rules = (job.plan, job.rules) if number is None else drawn(job, number)
    report = run(plan, rules, only=job.checks)
    rows = report.findings[["code", "severity", "layer", "id"]].astype("str")
    return {
        "version": __version__,
        "runs": {r.code: [r.outcome, r.found] for r in report.runs},
        "found": sorted(map(list, {tuple(row) for row in rows.to_numpy(dtype=object).tolist()})),
    }


def drawn(job: Job, number: int) -> tuple[Plan, Profile]:
    """Return plan and profile of a member."""
    plan, rules = job.plan, job.rules
    for k, unsure in enumerate(job.uncertainties):
        chance = job.chances[number, k]
        if unsure.kind == "parameter":
            rules = _with_parameter(rules, unsure, unsure.distribution.at(np.array([chance]))[0])
            continue
        rows = np.flatnonzero(rows_of(plan, unsure))
        seed = [job.seed, int(chance * 2**53)]
        value = _values(unsure, chance, len(rows), seed)
        plan = plan.with_layer(unsure.layer, _changed(plan[unsure.layer], (rows, value), unsure, seed))
    return plan, rules


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


def _moved_dates(frame: gpd.GeoDataFrame, rows: Array, value: Array, unsure: Uncertainty) -> gpd.GeoDataFrame:
    days = pd.to_timedelta(np.rint(value.astype(float)), unit="D")
    for name in _columns(frame, unsure):
        column = frame[name].copy()
        column.iloc[rows] = (column.iloc[rows] + days).astype(column.dtype)
        frame[name] = column
    return frame


def _scaled(frame: gpd.GeoDataFrame, rows: Array, value: Array, unsure: Uncertainty) -> gpd.GeoDataFrame:
    for name in _columns(frame, unsure):
        column = frame[name].to_numpy(dtype=float).copy()
        column[rows] *= value.astype(float)
        frame[name] = column
    return frame


def _redrawn(
    frame: gpd.GeoDataFrame, at: tuple[Array, Array], unsure: Uncertainty, seed: list[int]
) -> gpd.GeoDataFrame:
    """Return the layer with corners moved at random (equal corners alike), or shapes moved as a whole."""
    rows, value = at
    shapes = frame.geometry.to_numpy().copy()
    mine = shapes[rows]
    xy = shapely.get_coordinates(mine)
    if unsure.kind == "shift":
        moved = xy + np.repeat(value.astype(float), shapely.get_num_coordinates(mine))[:, None] * np.array(unsure.shift)
    else:
        corners, place = np.unique(xy, axis=0, return_inverse=True)
        noise = np.random.default_rng(seed).standard_normal(corners.shape)
        moved = xy + (noise * float(value[0]))[place.ravel()]
    shapes[rows] = shapely.set_coordinates(mine.copy(), moved)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _changed(
    frame: gpd.GeoDataFrame, at: tuple[Array, Array], unsure: Uncertainty, seed: list[int]
) -> gpd.GeoDataFrame:
    if unsure.kind == "date":
        return _moved_dates(frame, *at, unsure)
    return _scaled(frame, *at, unsure) if unsure.kind == "demand" else _redrawn(frame, at, unsure, seed)


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
