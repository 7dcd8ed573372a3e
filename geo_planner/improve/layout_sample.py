"""Where the plan stands among lawful layouts drawn at random: its balance, its walks to services, its nuisances.

Half of the walks start from the lawful layout nearest to the plan, half from the one that is farthest from it; how far
they tell the same story is measured (split R-hat), and percentiles carry the error of as many independent draws as the
walks are worth. Every lawful layout counts the same, however scattered: the sample says what the rules leave open, not
what a planner would draw. Roads, services and land that has begun stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from ..algorithms.mixing import effective, share_between, split_rhat
from ..algorithms.programs.allocation import Allocation, allocate
from ..algorithms.programs.program import Effort
from ..algorithms.programs.walk import Length, broken_rules, open_of, walk
from ..checks import load
from ..checks.st709_home_downwind_of_nuisance import SOURCES
from ..errors import ScenarioError
from ..facts.landuse.balance import CLASSES
from ..facts.nearby import inner
from ..plan import Plan, Profile
from .layout import Wishes, bands_of, no_layout
from .layout_uses import Known, allocation_of, known_land
from .open_land import forbidden, unbuilt
from .proposal import Proposal
from .suitability import services_near

Array = np.ndarray[Any, Any]

WALKS, BURN, BLOCK, STEPS = 20, 10, 6, 4
"""Walks at once, draws before the first is kept, parcels of a block, and steps a draw for each open parcel."""
LEAST, MOST = 100, 100_000
"""Layouts that may be asked for."""
AGREED = 1.05
"""The split R-hat up to which walks count as telling the same story (project default; Gelman names 1.1)."""
FIGURES = (*CLASSES, "walking", "nuisance")


@dataclass(frozen=True)
class Draws:
    """How many layouts are drawn, and the seed."""

    many: int = 1000
    seed: int = 0


@dataclass(frozen=True, eq=False)
class _Measures:
    """What figures are made from: area by use in the balance, services near, and which sources are near whom."""

    ground: Known
    balance: Array
    near: Array
    beside: csr_array

    def of(self, use: Array) -> dict[str, Array]:
        """The figures of layouts (layouts × parcels), each in per cent; NaN where the plan does not tell."""
        ground, area = self.ground, self.ground.area
        total = max(float(area[ground.counted].sum()), 1e-9)
        out = {
            name: 100.0 * (np.isin(use, np.flatnonzero(self.balance[k])) * area).sum(axis=1) / total
            for k, name in enumerate(CLASSES)
        }
        dwell, live = ground.mask("dwelling", "yes")[use], ground.mask("sensitive", "yes")[use]
        works = ground.mask("nuisance", *SOURCES, "")[use]
        exposed = (self.beside @ works.T.astype(np.float64)).T > 0
        return out | {
            "walking": _mean(dwell * area, 100.0 * self.near), "nuisance": _mean(live * area, 100.0 * exposed),
        }  # fmt: skip


def _mean(weight: Array, value: Array) -> Array:
    """Return the mean of a value by weight, row by row; NaN where nothing weighs."""
    total = weight.sum(axis=1)
    worth = (weight * value).sum(axis=1)
    return np.asarray(np.divide(worth, total, out=np.full(len(total), np.nan), where=total > 0.0))


def propose_sample(plan: Plan, profile: Profile, wishes: Wishes, effort: Effort, draws: Draws) -> Proposal:
    """Where the plan stands among so many lawful layouts; none of them is proposed.

    Raises
    ------
    ScenarioError
        The number of layouts is none from 100 to 100,000, or the bands cannot be read.
    """
    if not LEAST <= draws.many <= MOST:
        msg = f"--samples {draws.many}: draw from {LEAST} to {MOST} layouts."
        raise ScenarioError(msg)
    if not (unbuilt(plan) & (forbidden(plan) == "")).any():
        return _none("nothing_open")
    ground = known_land(plan, profile, wishes)
    land = allocation_of(plan, profile, wishes, ground)
    if not len(open_of(land)):
        return _none("nothing_open")
    near, far = _starts(land, effort)
    if near is None:
        found = allocate(land, effort)
        return no_layout(found.program, found.group, effort, "sample")
    if far is None or np.array_equal(near, far):
        return _none("one_layout")
    starts = np.array([near, far] * (WALKS // 2))
    length = Length(-(-draws.many // WALKS), STEPS * len(open_of(land)), BURN)
    walked = walk(land, starts, _blocks(plan, ground, open_of(land)), length, draws.seed)
    use = np.tile(ground.now, (WALKS * length.draws, 1))
    use[:, walked.open] = walked.use.reshape(len(use), -1)
    measures = _measures(plan, profile, ground)
    drawn = pd.DataFrame(measures.of(use))
    now = {name: float(values[0]) for name, values in measures.of(ground.now[None]).items()}
    table = pd.DataFrame([_stands(name, now[name], drawn[name].to_numpy().reshape(WALKS, -1)) for name in FIGURES])
    bands = {name: (low, high) for name, low, high in bands_of(profile, _of_classes(wishes))}
    args = {
        "many": len(use), "open": len(walked.open), "seed": draws.seed, "taken": round(walked.taken, 4),
        "worst": float(table["rhat"].max(skipna=True)), "agreed": bool((table["rhat"].dropna() <= AGREED).all()),
        "broken": broken_rules(land, ground.now), "bands": bands, "joined": wishes.joined,
        "reach": float(load()["ST709"].bind(profile).reach),
    }  # fmt: skip
    return Proposal(
        what="sample", edits=(), value=float(len(use)), bound=float(len(use)), unit="layouts", timed=effort.timed,
        tables={"standing": table, "layouts": drawn[list(FIGURES)].round(3)}, args=args,
    )  # fmt: skip


def _none(reason: str) -> Proposal:
    return Proposal(what="sample", edits=(), value=np.inf, bound=np.inf, unit="layouts", reason=reason)


def _of_classes(wishes: Wishes) -> Wishes:
    return replace(wishes, bands=tuple(b for b in wishes.bands if b[0] in CLASSES))


def _starts(land: Allocation, effort: Effort) -> tuple[Array | None, Array | None]:
    """The lawful layout nearest to the plan, and the one that differs from it most (by land)."""
    near = allocate(land, effort.part(0.5)).use
    if near is None:
        return None, None
    cost = np.zeros_like(land.cost)
    cost[np.arange(len(near)), near] = land.area
    return near, allocate(replace(land, cost=cost), effort).use


def _blocks(plan: Plan, ground: Known, some: Array) -> Array:
    """For each open parcel itself and the open ones nearest to it (positions among the open ones)."""
    spot = shapely.get_coordinates(inner(plan, "parcels")[ground.place[some]])
    many = min(BLOCK, len(some))
    return np.asarray(cKDTree(spot).query(spot, k=range(1, many + 1))[1]).reshape(len(some), many)


def _measures(plan: Plan, profile: Profile, ground: Known) -> _Measures:
    balance = np.array([[u.ple == name and u.meaning.balance == "yes" for _, u in ground.uses] for name in CLASSES])
    spot = inner(plan, "parcels")[ground.place]
    reach = float(load()["ST709"].bind(profile).reach)
    i, j = shapely.STRtree(spot).query(spot, predicate="dwithin", distance=reach)
    other = i != j
    n = len(spot)
    beside = csr_array((np.ones(int(other.sum())), (i[other], j[other])), shape=(n, n))
    return _Measures(ground, balance, services_near(plan, profile, ground), beside)


def _stands(name: str, now: float, drawn: Array) -> Mapping[str, object]:
    """Return one figure as a row: the plan, the spread of the layouts, the share of them below it, and how sure it is.

    A layout equal to the plan counts half. Where the plan or a layout tells no figure, all of it is unknown.
    """
    flat = drawn.ravel()
    unknown = dict.fromkeys(("p5", "p50", "p95", "below", "below_low", "below_high", "rhat", "worth"), np.nan)
    if np.isnan(now) or np.isnan(flat).any():
        return {"figure": name, "now": now} | unknown
    hits = (drawn < now - 1e-9) + 0.5 * (np.abs(drawn - now) <= 1e-9)
    worth = min(effective(drawn), effective(hits))
    low, high = share_between(float(hits.mean()) * worth, worth)
    p5, p50, p95 = np.percentile(flat, (5, 50, 95))
    told = {"now": now, "p5": p5, "p50": p50, "p95": p95, "below": 100.0 * hits.mean(), "below_low": 100.0 * low}
    rounded = {k: round(float(v), 3) for k, v in (told | {"below_high": 100.0 * high}).items()}
    return {"figure": name} | rounded | {"rhat": round(split_rhat(drawn), 4), "worth": round(worth)}
