"""Open works land on which projects may be placed, of one plan or of several: as it lies, or joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..checks import load
from ..checks.admission import too_near, too_windy
from ..errors import ScenarioError
from ..facts.landuse.roles import nuisance
from ..facts.landuse.uses import uses
from ..facts.utilities import service
from ..plan import Plan, Profile
from .joining import Plots, groups
from .open_land import open_parcels, reserve

Array = np.ndarray[Any, Any]

KINDS = ("", "class2", "class3")
"""The nuisance of projects of class 1, 2 and 3."""
NEIGHBOURHOOD = 1000.0
"""Metres within which a works of the same chain is a partner (project default)."""


@dataclass(frozen=True, eq=False)
class Hosts:
    """Open works land of all plans: plan number, position, id, area, class (1 to 3), use, first served.

    `use` is "industry" or "warehouse", and "" for land that is kept for later. `close` [m] is by class of a project how
    much each lies too near homes, `wind` [points] by how much a project of class 2 or 3 lets winds blow on homes too
    often: 0 or less admits.
    Parcels joined for one project stand last; `members` tells of which each consists, the largest first.
    """

    plan: Array
    place: Array
    id: Array
    area: Array
    level: Array
    use: Array
    close: Array
    wind: Array
    served: Array
    chains: tuple[frozenset[str], ...]
    members: tuple[tuple[int, ...], ...] = ()

    @property
    def single(self) -> int:
        """How many of them are parcels as they lie."""
        return len(self.place) - len(self.members)

    def parts(self, host: int) -> tuple[int, ...]:
        """The parcels that a host consists of."""
        return (host,) if host < self.single else self.members[host - self.single]


def hosts_of(plans: Sequence[Plan], profile: Profile) -> Hosts:
    """The open works land of some plans.

    Raises
    ------
    ScenarioError
        No plan has any.
    """
    parts = [_hosts(plan, k, profile) for k, plan in enumerate(plans)]
    if not sum(len(p.place) for p in parts):
        msg = "no open parcel is works, storage or reserve land, so no project can be placed."
        raise ScenarioError(msg)
    return _together(parts)


def _together(parts: Sequence[Hosts]) -> Hosts:
    names = ("plan", "place", "id", "area", "level", "use", "close", "wind", "served")
    columns = {name: np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in names}
    return Hosts(**columns, chains=tuple(c for p in parts for c in p.chains), members=parts[-1].members)


def _hosts(plan: Plan, number: int, profile: Profile) -> Hosts:
    at, later = open_parcels(plan), reserve(plan)
    group = uses(plan)["group"].fillna("").to_numpy(dtype=object)
    at = at[(group[at] == "industry") | later[at]]
    parcels = plan["parcels"]
    shapes = parcels.geometry.to_numpy()
    level = nuisance(plan).map({"class2": 2, "class3": 3, "storage3": 3}).fillna(1).to_numpy(dtype=int)[at]
    level[later[at]] = 3
    i, j = shapely.STRtree(shapes).query(shapes[at], predicate="dwithin", distance=NEIGHBOURHOOD)
    chain = parcels["industry"].fillna("").astype("str").to_numpy(dtype=object)
    near = tuple(frozenset(chain[j[i == k]]) - {""} for k in range(len(at)))
    checks = load()
    return Hosts(
        plan=np.full(len(at), number), place=at, id=parcels["id"].to_numpy(dtype=object)[at],
        area=shapely.area(shapes[at]), level=level,
        use=np.where(later[at], "", uses(plan)["use"].fillna("").to_numpy(dtype=object)[at]).astype(object),
        close=np.array([too_near(plan, checks["ST701"].bind(profile), at, k) for k in KINDS]),
        wind=too_windy(plan, checks["ST709"].bind(profile), at), served=_served(plan, at), chains=near,
    )  # fmt: skip


def _served(plan: Plan, at: Array) -> Array:
    """Return the first day on which each parcel has water and power, as far as the plan holds these networks."""
    out = np.full(len(at), np.datetime64("1900-01-01", "D"))
    for kind in ("water", "power"):
        if not plan.has("pipes", "kind") or not plan.has("sources", "kind"):
            continue
        found = service(plan, kind)
        if found.known:
            days = found.frame["served"].to_numpy(dtype="datetime64[D]")[at]
            out = np.where(np.isnat(days), np.datetime64("2200-01-01", "D"), np.maximum(out, days))
    return out


def joined_hosts(plans: Sequence[Plan], hosts: Hosts, areas: Array) -> Hosts:
    """Parcels that lie side by side as one, for projects of some areas."""
    kinds = np.empty(len(hosts.place), dtype=object)
    shapes = np.empty(len(hosts.place), dtype=object)
    for number, plan in enumerate(plans):
        mine = np.flatnonzero(hosts.plan == number)
        parcels = plan["parcels"].iloc[hosts.place[mine]]
        shapes[mine] = parcels.geometry.to_numpy()
        kinds[mine] = [f"{number}/{s}/{c}" for s, c in zip(parcels["scheme"], parcels["code"], strict=True)]
    found = groups(Plots(shapes, hosts.area, kinds), areas.tolist())
    some = [list(g) for g in found]
    first = np.array([g[0] for g in found], dtype=int)
    return Hosts(
        plan=hosts.plan[first], place=hosts.place[first],
        id=np.array(["+".join(hosts.id[g]) for g in some], dtype=object),
        area=np.array([hosts.area[g].sum() for g in some]),
        level=np.array([hosts.level[g].min() for g in some], dtype=int),
        use=np.array([hosts.use[g[0]] for g in some], dtype=object),
        close=np.array([hosts.close[:, g].max(axis=1) for g in some]).reshape(-1, len(KINDS)).T,
        wind=np.array([hosts.wind[g].max() for g in some]),
        served=np.array([hosts.served[g].max() for g in some], dtype="datetime64[D]"),
        chains=tuple(frozenset().union(*(hosts.chains[k] for k in g)) for g in found), members=tuple(found),
    )  # fmt: skip


def with_joined(hosts: Hosts, more: Hosts) -> Hosts:
    """Parcels as they lie, and joined ones after them."""
    return _together([hosts, more])
