"""Land uses for open parcels that bring production, living and ecology into their bands; the rest stays as it is.

Least area changed (layout), or fewest parcels changed (swap), subject to the bands of BA401, the distances of ST701
between works and homes, and nothing on built land. Where no layout keeps all rules, the least group of them in conflict
is named with what each would have to give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.programs.conflict import conflict, give_of
from ..algorithms.programs.program import Effort, Program, Solution, solve, sparse_rows
from ..checks import load
from ..errors import ScenarioError
from ..facts.landuse.balance import CLASSES, counted_as
from ..facts.landuse.roles import left_open, nuisance, sensitive
from ..plan import Edit, Plan, Profile
from ..plan.landuse import schemes
from .open_land import open_parcels
from .proposal import Proposal

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a layout keeps: bands by class [%] (those of BA401 where none are given), and what is made least.

    A band may name a code of the plan's scheme in place of a class. `park` is the distance [m] within which new homes
    have a park; a service (code, metres, per cent) is land of a code within reach of homes, so much of their area in
    all, each square metre for one home; with `joined` production and living grow from land that stays, without islands.
    """

    bands: tuple[tuple[str, float, float], ...] = ()
    least: str = "area"  # "area" or "parcels"
    park: float | None = None
    services: tuple[tuple[str, float, float], ...] = ()
    joined: bool = False

    @property
    def by_use(self) -> bool:
        """Whether the three classes do not suffice."""
        return (
            self.joined
            or bool(self.services)
            or self.park is not None
            or any(name not in CLASSES for name, _, _ in self.bands)
        )


@dataclass(frozen=True, eq=False)
class _Land:
    """Open parcels (positions), their class now, area by class of what stays, pairs too near for works and homes."""

    place: Array
    now: Array
    area: Array
    fixed: Array
    near: Array
    no_homes: Array


def bands_of(profile: Profile, wishes: Wishes) -> list[tuple[str, float, float]]:
    """The bands in force, in the order of the classes.

    Raises
    ------
    ScenarioError
        A class is unknown, a band is upside down, or the lower ends sum above 100 %.
    """
    p = load()["BA401"].bind(profile)
    found = {name: (float(getattr(p, name)[0]), float(getattr(p, name)[1])) for name in CLASSES}
    for name, low, high in wishes.bands:
        if name not in found:
            msg = f"band '{name}' is no class of land; it is one of {', '.join(CLASSES)}."
            raise ScenarioError(msg)
        if not 0 <= low <= high <= 100:
            msg = f"band {name} = {low:g}-{high:g} % is no band: give low and high between 0 and 100, low first."
            raise ScenarioError(msg)
        found[name] = (low, high)
    total = sum(low for low, _ in found.values())
    if total > 100:
        least = ", ".join(f"{name} {low:g} %" for name, (low, _) in found.items())
        msg = f"the bands sum above 100 %: at least {least} is {total:g} % together. Lower one of them."
        raise ScenarioError(msg)
    return [(name, *found[name]) for name in CLASSES]


def propose_layout(plan: Plan, profile: Profile, wishes: Wishes, effort: Effort) -> Proposal:
    """The layout of the open parcels that keeps the bands and distances and changes least."""
    bands = bands_of(profile, wishes)
    land = _land(plan, profile)
    program, group = _program(land, bands, wishes)
    found = solve(program, effort)
    what = "swap" if wishes.least == "parcels" else "layout"
    if found.x is None:
        return no_layout(program, group, effort, what)
    return _proposal(plan, land, found, what, timed=effort.timed)


def _land(plan: Plan, profile: Profile) -> _Land:
    at = open_parcels(plan)
    table = counted_as(plan, load()["BA401"].bind(profile).switches())
    weights = table[[f"w_{name}" for name in CLASSES]].to_numpy(dtype=float)
    known = table["counted"].to_numpy(dtype=bool)
    codes = plan["parcels"]["scheme"].isin(list(_codes(plan))).to_numpy(dtype=bool)
    at = at[known[at] & codes[at] & (weights[at].max(axis=1) > 0.99)]
    area = table["area"].to_numpy(dtype=float)
    rest = known.copy()
    rest[at] = False
    fixed = (weights[rest] * area[rest, None]).sum(axis=0)
    near, no_homes = _conflicts(plan, profile, at)
    return _Land(at, weights[at].argmax(axis=1), area[at], fixed, near, no_homes)


def _codes(plan: Plan) -> dict[str, Mapping[str, str]]:
    """The code that a parcel gets in its own scheme for each class, of the schemes that name all three."""
    found = {name: scheme.proposals for name, scheme in schemes(plan.schemes).items()}
    return {name: codes for name, codes in found.items() if set(CLASSES) <= set(codes)}


def _conflicts(plan: Plan, profile: Profile, at: Array) -> tuple[Array, Array]:
    """Return pairs of open parcels (works, other) too near for homes, and open parcels where none may stand.

    Works whose nuisance class is open are taken for the worst.
    """
    p = load()["ST701"].bind(profile)
    widest = max(p.class2, p.class3, p.storage3, p.sewage)
    known = {"class2": p.class2, "class3": p.class3, "storage3": p.storage3, "sewage": p.sewage}
    reach = nuisance(plan).map(known).mask(left_open(plan, "nuisance"), widest)
    metres = reach.fillna(0.0).to_numpy(dtype=float)
    works = np.flatnonzero(metres > 0)
    shapes = plan["parcels"].geometry.to_numpy()
    i, j = shapely.STRtree(shapes[at]).query(shapes[works], predicate="dwithin", distance=metres[works])
    i = works[i]
    place = np.full(len(shapes), -1)
    place[at] = np.arange(len(at))
    mutual = (place[i] >= 0) & (place[i] != j)
    no_homes = np.zeros(len(at), dtype=bool)
    no_homes[j[place[i] < 0]] = True
    already = sensitive(plan).to_numpy(dtype=bool)[at]
    return np.column_stack([place[i[mutual]], j[mutual]]), no_homes & ~already


def _program(land: _Land, bands: Sequence[tuple[str, float, float]], wishes: Wishes) -> tuple[Program, list[str]]:
    """Return the program over x[parcel, class], and the rule each row belongs to."""
    n, classes = len(land.place), len(CLASSES)
    total = land.fixed.sum() + land.area.sum()
    row, column, value = [np.repeat(np.arange(n), classes)], [np.arange(n * classes)], [np.ones(n * classes)]
    low, high, group = [np.ones(n)], [np.ones(n)], [""] * n
    for k, (name, least, most) in enumerate(bands):
        for rule, a, b in ((f"{name} >= {least:g} %", least, 100.0), (f"{name} <= {most:g} %", 0.0, most)):
            row.append(np.full(n, len(group)))
            column.append(np.arange(n) * classes + k)
            value.append(land.area / total * 100.0)
            share = land.fixed[k] / total * 100.0
            low.append(np.array([a - share]))
            high.append(np.array([b - share]))
            group.append(rule)
    many = len(land.near)
    # Works that stay works, and homes newly beside them.
    row.append(np.repeat(np.arange(many) + len(group), 2))
    column.append(np.column_stack([land.near[:, 0] * classes, land.near[:, 1] * classes + 1]).ravel())
    value.append(np.ones(2 * many))
    both = (land.now[land.near[:, 0]] == 0) & (land.now[land.near[:, 1]] == 1)
    low.append(np.full(many, -np.inf))
    high.append(np.where(both, 2.0, 1.0))
    group += ["ST701"] * many
    top = np.ones((n, classes))
    top[land.no_homes & (land.now != 1), 1] = 0.0
    cost = np.tile(land.area[:, None] if wishes.least == "area" else np.ones((n, 1)), (1, classes))
    cost[np.arange(n), land.now] = 0.0
    triples = [np.concatenate(part) for part in (row, column, value)]
    rows = sparse_rows(triples[0], triples[1], triples[2], (len(group), n * classes))
    whole = np.ones(n * classes, dtype=bool)
    return Program(cost.ravel(), rows, np.concatenate(low), np.concatenate(high), whole, top.ravel()), group


def no_layout(program: Program, group: list[str], effort: Effort, what: str) -> Proposal:
    """No proposal, with the least group of rules in conflict and what each would have to give."""
    rules = conflict(program, group, effort)
    gives = {rule: give_of(program, group, rule, effort) for rule in rules}
    table = pd.DataFrame({"rule": list(gives), "give": [np.nan if g is None else round(g, 3) for g in gives.values()]})
    return Proposal(
        what=what, edits=(), value=np.inf, bound=np.inf, unit="m²", timed=effort.timed,
        reason="conflict" if rules else "not_found", tables={"conflict": table},
    )  # fmt: skip


def new_use(code: str, planned: object) -> dict[str, str]:
    """Return the columns to set: where the detailed plan names a use, it is changed with the land."""
    return {"code": code} if pd.isna(planned) else {"code": code, "planned_code": code}


def _proposal(plan: Plan, land: _Land, found: Solution, what: str, *, timed: bool) -> Proposal:
    assert found.x is not None
    new = found.x.reshape(len(land.place), -1).argmax(axis=1)
    changed = np.flatnonzero(new != land.now)
    parcels = plan["parcels"].iloc[land.place[changed]]
    names = np.array(CLASSES, dtype=object)
    before, after = names[land.now[changed]], names[new[changed]]
    of = _codes(plan)
    codes = [of[s][c] for s, c in zip(parcels["scheme"], after, strict=True)]
    edits = tuple(
        Edit("set", "parcels", str(i), new_use(code, planned), f"BA401: {a} → {b}", "solver", "suggestion")
        for i, code, planned, a, b in zip(parcels["id"], codes, parcels["planned_code"], before, after, strict=True)
    )
    table = pd.DataFrame(
        {
            "id": parcels["id"].to_numpy(dtype=object), "area": np.round(land.area[changed], 1),
            "from": before, "to": after, "code_from": parcels["code"].to_numpy(dtype=object), "code_to": codes,
        }
    )  # fmt: skip
    total = land.fixed.sum() + land.area.sum()
    old, now = ((land.fixed + np.bincount(k, land.area, len(CLASSES))) / total * 100.0 for k in (land.now, new))
    shares = pd.DataFrame({"class": CLASSES, "before": np.round(old, 3), "after": np.round(now, 3)})
    unit = "parcels" if what == "swap" else "m²"
    return Proposal(
        what=what, edits=edits, value=found.value, bound=found.bound, unit=unit, timed=timed,
        reason="" if edits else "already", tables={"changes": table, "shares": shares},
    )  # fmt: skip
