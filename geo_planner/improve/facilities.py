"""Places for services that are missing: the fewest that cover, or p that cover most, by walking distance.

Candidates are open parcels, land for the public and parks: their inner points. The radius and the share to be reached
are those of BA412.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.location.cover import fewest_for, most_covered
from ..algorithms.location.median import Sites, p_median
from ..algorithms.programs.program import Effort
from ..checks import load
from ..checks.tables import table
from ..errors import ScenarioError, did_you_mean
from ..facts.access import walk_from, walks_from
from ..facts.landuse.roles import means
from ..facts.landuse.uses import uses
from ..facts.nearby import inner, standing
from ..facts.population import homes
from ..plan import Edit, Plan, Profile
from ..plan.landuse import PUBLIC
from .open_land import forbidden, unbuilt
from .proposal import Proposal

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """Which service, how many sites (None: the fewest), and by what goal p sites are chosen."""

    kind: str
    sites: int | None = None
    radius: float | None = None
    goal: str = "cover"  # "cover": most people within the radius; "near": least walking in all


def propose_facilities(plan: Plan, profile: Profile, wanted: Service, effort: Effort) -> Proposal:
    """Sites for one kind of service that serve the homes it does not reach today."""
    radius = _radius(wanted, profile)
    lived = homes(plan, float(load()["BA412"].bind(profile).filled_least))
    if not len(lived.id):
        msg = "no home with people or housing land: there is nobody a service could be placed for."
        raise ScenarioError(msg)
    there = _standing(plan, wanted.kind)
    walk = walk_from(plan, (lived.layer, lived.at), there, radius) if len(there) else np.full(len(lived.id), np.inf)
    left = np.flatnonzero(~np.isfinite(walk))
    share = 100.0 * (1.0 - lived.weight[left].sum() / lived.weight.sum())
    spots = _candidates(plan)
    if not len(left):
        return _no("covered", wanted, radius, share)
    if not len(spots):
        return _no("no_candidate", wanted, radius, share)
    points = inner(plan, "parcels")[spots]
    i, j, d = walks_from(plan, (lived.layer, np.asarray(lived.at)[left]), points, radius)
    near = np.zeros((len(left), len(spots)), dtype=bool)
    near[i, j] = True
    reachable = near.any(axis=1)
    if not reachable.any():
        return _no("out_of_reach", wanted, radius, share)
    goal = float(load()["BA412"].bind(profile).share)
    need = (goal - share) / 100.0 * lived.weight.sum()
    chosen = _chosen(near, (i, j, d), (lived.weight[left], need), (wanted, radius), effort)
    served = near[:, chosen.chosen].any(axis=1)
    after = 100.0 * (1.0 - lived.weight[left[~served]].sum() / lived.weight.sum())
    rows = _rows(plan, spots[chosen.chosen], near[:, chosen.chosen] * lived.weight[left][:, None])
    summary = pd.DataFrame(
        {
            "kind": [wanted.kind], "radius": [radius], "before": [round(share, 3)], "after": [round(after, 3)],
            "goal": [goal], "beyond_reach": [int((~reachable).sum())],
        }
    )  # fmt: skip
    edits = tuple(
        _edit(plan, wanted.kind, k, point, radius) for k, point in zip(rows["id"], points[chosen.chosen], strict=True)
    )
    return Proposal(
        what="facilities", edits=edits, value=chosen.value, bound=chosen.bound,
        unit="sites" if wanted.sites is None else "people", timed=effort.timed,
        tables={"sites": rows, "coverage": summary},
    )  # fmt: skip


def _radius(wanted: Service, profile: Profile) -> float:
    if wanted.radius is not None:
        return wanted.radius
    p = load()["BA412"].bind(profile)
    rows = table("service_radius", p.table)
    radii = {**_others(profile), **dict(zip(rows["kind"], rows["radius"].astype(float), strict=True))}
    if wanted.kind not in radii:
        msg = f"'{wanted.kind}' is no kind of service with a radius." + did_you_mean(wanted.kind, radii)
        raise ScenarioError(msg)
    return float(radii[wanted.kind] * p.factor)


def _others(profile: Profile) -> dict[str, float]:
    """Radii [m] of kinds that the table of BA412 does not hold: those of the checks that judge them."""
    factor = float(load()["BA412"].bind(profile).factor)
    fire, park = load()["BA414"].bind(profile).fire, load()["BA413"].bind(profile).large
    return {"fire_station": float(fire) / factor, "park": float(park) / factor}


def _standing(plan: Plan, kind: str) -> Array:
    if not plan.has("facilities", "kind"):
        return np.empty(0, dtype=object)
    mine = (plan["facilities"]["kind"] == kind).to_numpy(dtype=bool) & standing(plan, "facilities")
    return np.asarray(shapely.point_on_surface(plan["facilities"].geometry.to_numpy()[mine]))


def _candidates(plan: Plan) -> Array:
    """Return positions of open parcels that are no works, of public land and of parks, outside the control lines."""
    known = uses(plan)
    public = known["use"].isin([*PUBLIC, "square"]).to_numpy(dtype=bool) | means(plan, "parkland")
    free = unbuilt(plan) & (known["group"].fillna("").to_numpy(dtype=object) != "industry")
    return np.flatnonzero((free | public) & plan["parcels"]["removed"].isna().to_numpy() & (forbidden(plan) == ""))


def _chosen(
    near: Array,
    pairs: tuple[Array, Array, Array],
    people: tuple[Array, float],
    wanted: tuple[Service, float],
    effort: Effort,
) -> Sites:
    (service, radius), (weight, need) = wanted, people
    if service.sites is None:
        return fewest_for(near, weight, need, effort)
    if service.goal == "near":
        i, j, d = pairs
        cost = np.full(near.shape, 2.0 * radius)
        cost[i, j] = d
        return p_median(cost * weight[:, None], service.sites, effort)
    return most_covered(near, weight, service.sites, effort)


def _rows(plan: Plan, at: Array, people: Array) -> pd.DataFrame:
    parcels = plan["parcels"].iloc[at]
    return pd.DataFrame(
        {
            "id": parcels["id"].to_numpy(dtype=object),
            "code": parcels["code"].to_numpy(dtype=object),
            "area": np.round(parcels.geometry.area.to_numpy(), 1),
            "people": np.round(people.sum(axis=0), 1),
        }
    )


def _edit(plan: Plan, kind: str, parcel: str, point: shapely.Point, radius: float) -> Edit:
    taken = set(plan["facilities"]["id"]) if "facilities" in plan else set()
    name = f"{kind}-{parcel}"
    while name in taken:
        name += "+"
    value = {"geometry": shapely.to_wkt(point, rounding_precision=3), "kind": kind}
    reason = f"BA412: {radius:.0f} m"
    return Edit("add", "facilities", name, value, reason, "solver", "suggestion")


def _no(reason: str, wanted: Service, radius: float, share: float) -> Proposal:
    args = {"kind": wanted.kind, "radius": radius, "share": share}
    return Proposal(what="facilities", edits=(), value=np.inf, bound=np.inf, unit="sites", reason=reason, args=args)
