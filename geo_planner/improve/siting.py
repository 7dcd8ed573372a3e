"""Projects to open parcels of one or several plans: hard limits first, then the best fit of all together.

Hard limits: area (several projects may share a parcel), nuisance class of the land, distance to homes (ST701), control
lines (only open parcels take part), and what water, power, gas, heat and sewage works have to spare in the quarter a
project starts (NW501's demand). Wishes: a parcel that is filled, land of just the class, service by the wanted date,
partners of the chain near by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.assignment.problem import Assignment, Placed
from ..algorithms.assignment.solve import assign
from ..algorithms.programs.program import Effort, sparse_rows
from ..checks import load
from ..errors import ScenarioError
from ..facts.landuse.roles import left_open, nuisance, sensitive
from ..facts.landuse.uses import uses
from ..facts.utilities import service
from ..plan import Edit, Plan, Profile
from .open_land import open_parcels, reserve
from .proposal import Proposal
from .spare import UTILITIES, spare_capacity
from .split import pieces

Array = np.ndarray[Any, Any]

SHORTLIST = 40
"""Parcels a project is weighed against, the best first."""
REACH = 60.0
"""Metres within which a pipe counts as beside a parcel: the reach of UG201 and half a street."""
NEIGHBOURHOOD = 1000.0
"""Metres within which a works of the same chain is a partner (project default)."""
_PLACED, _FILL, _CLASS, _LATE, _CHAIN = 100.0, 20.0, 5.0, 2.0, 10.0
"""What it is worth: a project placed, a parcel filled, a class of land wasted, a quarter late, a partner near."""
LIMITS = ("area", "class", "clearance", "power", "water", "gas", "heat", "sewer")


@dataclass(frozen=True, eq=False)
class Hosts:
    """Open works land of all plans: plan number, position, id, area, class (1 to 3), gap to homes, first served."""

    plan: Array
    place: Array
    id: Array
    area: Array
    level: Array
    gap: Array
    served: Array
    chains: tuple[frozenset[str], ...]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Projects × hosts: the fit, which are admitted, and what each limit has and needs (both by limit)."""

    fit: Array
    admitted: Array
    lack: dict[str, Array]


def hosts_of(plans: Sequence[Plan]) -> Hosts:
    """The open works land of some plans.

    Raises
    ------
    ScenarioError
        No plan has any.
    """
    parts = [_hosts(plan, k) for k, plan in enumerate(plans)]
    if not sum(len(p[1]) for p in parts):
        msg = "no open parcel is works, storage or reserve land, so no project can be placed."
        raise ScenarioError(msg)
    plan, place, name, area, level, gap, served = (np.concatenate([p[k] for p in parts]) for k in range(7))
    return Hosts(plan, place, name, area, level, gap, served, tuple(c for p in parts for c in p[7]))


def _hosts(plan: Plan, number: int) -> tuple[Any, ...]:
    at = open_parcels(plan)
    table = uses(plan)
    group, later = table["group"].fillna("").to_numpy(dtype=object), reserve(plan)
    at = at[(group[at] == "industry") | later[at]]
    parcels = plan["parcels"]
    shapes = parcels.geometry.to_numpy()
    kinds = {"class2": 2, "class3": 3, "storage3": 3}
    level = nuisance(plan).map(kinds).fillna(1).to_numpy(dtype=int)[at]
    level[later[at]] = 3
    guarded = np.flatnonzero(sensitive(plan).to_numpy(dtype=bool) | left_open(plan, "sensitive"))
    gap = np.full(len(at), np.inf)
    if len(guarded):
        tree = shapely.STRtree(shapes[guarded])
        (i, _), d = tree.query_nearest(shapes[at], return_distance=True, all_matches=False)
        gap[i] = d
    i, j = shapely.STRtree(shapes).query(shapes[at], predicate="dwithin", distance=NEIGHBOURHOOD)
    chain = parcels["industry"].fillna("").astype("str").to_numpy(dtype=object)
    near = tuple(frozenset(chain[j[i == k]]) - {""} for k in range(len(at)))
    ids = parcels["id"].to_numpy(dtype=object)[at]
    return np.full(len(at), number), at, ids, shapely.area(shapes[at]), level, gap, _served(plan, at), near


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


def weigh(projects: pd.DataFrame, hosts: Hosts, profile: Profile) -> Pairs:
    """Which host admits which project, how well it fits, and what is lacking where it does not."""
    p = load()["ST701"].bind(profile)
    area, level = projects["area"].to_numpy(dtype=float), projects["nuisance"].to_numpy(dtype=int)
    reach = np.select([level == 2, level == 3], [p.class2, p.class3], 0.0)
    lack = {
        "area": area[:, None] - hosts.area[None, :],
        "class": (level[:, None] - hosts.level[None, :]).astype(float),
        "clearance": reach[:, None] - hosts.gap[None, :],
    }
    admitted = (lack["area"] <= 1e-6) & (lack["class"] <= 0) & (lack["clearance"] <= 1e-6)
    fill = np.minimum(area[:, None] / hosts.area[None, :], 1.0)
    wanted = projects["wanted"].to_numpy(dtype="datetime64[D]")
    days = (hosts.served[None, :] - wanted[:, None]).astype(float)
    late = np.where(np.isnat(wanted)[:, None], 0.0, np.clip(days / 91.0, 0.0, 20.0))
    chain = projects["chain"].fillna("").to_numpy(dtype=object)
    partner = np.zeros(area.shape + hosts.area.shape)
    for name in sorted({str(c) for c in chain} - {""}):
        partner[chain == name] = np.array([name in near for near in hosts.chains], dtype=float)
    fit = _FILL * fill - _CLASS * np.maximum(hosts.level[None, :] - level[:, None], 0) - _LATE * late + _CHAIN * partner
    return Pairs(fit, admitted, lack)


def propose_siting(plans: Plan | Sequence[Plan], projects: pd.DataFrame, profile: Profile, effort: Effort) -> Proposal:
    """Where each project goes, when it is served, its runner-up, and why other parcels are refused.

    The edits are those of the first plan; the table `sites` names the plan of each project.
    """
    plans = [plans] if isinstance(plans, Plan) else list(plans)
    hosts = hosts_of(plans)
    pairs = weigh(projects, hosts, profile)
    rooms = [spare_capacity(plan, profile, projects, hosts.place[hosts.plan == k]) for k, plan in enumerate(plans)]
    problem, option_host = _problem(projects, hosts, pairs, rooms)
    found = assign(problem, _but_for_writing(effort))
    assert found.chosen is not None  # every project may stay unplaced
    host = option_host[found.chosen]
    sites = _sites(plans, projects, hosts, (pairs, host))
    refused, prices = _refused(projects, hosts, pairs, host), _prices(plans, problem, hosts, rooms)
    placed = int((host >= 0).sum())
    best = _PLACED * float(projects["priority"].sum()) + float(_FILL + _CHAIN) * len(projects)
    return Proposal(
        what="siting", edits=_edits(plans[0], projects, hosts, host),
        value=best + found.value, bound=best + found.bound,
        unit="points", timed=effort.timed, reason="" if placed else "no_host",
        args={"placed": placed, "projects": len(projects), "worth": -found.value, "worth_bound": -found.bound,
              "gap_worth": _gap(found)},
        tables={"sites": sites, "refused": refused, "prices": prices},
    )  # fmt: skip


def _but_for_writing(effort: Effort) -> Effort:
    """Return the effort that leaves time for the tables: about as much as weighing took."""
    if effort.seconds is None:
        return effort
    return replace(effort, seconds=max(effort.left(), 0.5 * effort.seconds))


def _gap(found: Placed) -> float:
    """Return how far the worth may lie below the best possible, as a share of the best possible."""
    return max(found.value - found.bound, 0.0) / max(abs(found.bound), 1e-9)


def _problem(projects: pd.DataFrame, hosts: Hosts, pairs: Pairs, rooms: list[pd.DataFrame]) -> tuple[Assignment, Array]:
    """Return the assignment, with an option "not placed" for each project, and the host of each option (-1)."""
    many, places = pairs.fit.shape
    order = np.argsort(np.where(pairs.admitted, -pairs.fit, np.inf), axis=1, kind="stable")
    ranked = order[:, :SHORTLIST]
    project = np.repeat(np.arange(many), ranked.shape[1])
    host = ranked.ravel()
    keep = pairs.admitted[project, host]
    project, host = project[keep], host[keep]
    item, option_host = np.concatenate([project, np.arange(many)]), np.concatenate([host, np.full(many, -1)])
    priority = projects["priority"].to_numpy(dtype=float)
    cost = np.concatenate([-(_PLACED * priority[project] + pairs.fit[project, host]), np.zeros(many)])
    area = projects["area"].to_numpy(dtype=float)
    rows, columns, use, room = [host], [np.arange(len(host))], [area[project]], [hosts.area]
    base = places
    for number, table in enumerate(rooms):
        mine = np.flatnonzero(hosts.plan[host] == number)
        for row, idle in zip(table.to_dict("records"), _idle(table), strict=True):
            drawn = row["need"][project[mine]] * (not idle)
            rows.append(np.full(int((drawn > 0).sum()), base))
            columns.append(mine[drawn > 0])
            use.append(drawn[drawn > 0])
            room.append(np.array([max(row["spare"], 0.0)]))
            base += 1
    matrix = sparse_rows(*_three(rows, columns, use), (base, len(item)))
    return Assignment(item, cost, matrix, np.concatenate(room)), option_host


def _idle(rooms: pd.DataFrame) -> list[bool]:
    """Return which quarters of a utility hold by themselves: another holds all their needs with no more to spare."""
    kinds, spare = rooms["kind"].to_list(), np.maximum(rooms["spare"].to_numpy(dtype=float), 0.0)
    need, out = rooms["need"].to_list(), [False] * len(rooms)
    for i in range(len(rooms)):
        others = (j for j in range(len(rooms)) if j != i and not out[j] and kinds[j] == kinds[i])
        out[i] = any(spare[j] <= spare[i] and (need[j] >= need[i]).all() for j in others)
    return out


def _three(*parts: list[Array]) -> tuple[Array, Array, Array]:
    one, two, three = (np.concatenate(part) for part in parts)
    return one, two, three


def _sites(plans: list[Plan], projects: pd.DataFrame, hosts: Hosts, answer: tuple[Pairs, Array]) -> pd.DataFrame:
    pairs, host = answer
    placed = host >= 0
    fit = np.where(pairs.admitted, pairs.fit, -np.inf)
    mine = np.where(placed, fit[np.arange(len(host)), host], np.nan)
    fit[np.flatnonzero(placed), host[placed]] = -np.inf
    second = fit.argmax(axis=1)
    real = np.isfinite(fit.max(axis=1))
    names = np.array([plan.name for plan in plans], dtype=object)
    served = hosts.served[host].astype(str)
    return pd.DataFrame(
        {
            "project": projects["id"], "name": projects["name"],
            "plan": np.where(placed, names[hosts.plan[host]], ""), "parcel": np.where(placed, hosts.id[host], ""),
            "served": np.where(placed & (served < "2200") & (served > "1900-01-01"), served, ""),
            "fit": np.round(mine, 2), "runner_up": np.where(real, hosts.id[second], ""),
            "behind": np.where(real, np.round(mine - fit.max(axis=1), 2), np.nan),
        }
    )  # fmt: skip


def _refused(projects: pd.DataFrame, hosts: Hosts, pairs: Pairs, host: Array) -> pd.DataFrame:
    """Return the nearest parcels that refuse each project, unplaced ones first: the failing limit and its change."""
    lack = np.stack([np.maximum(pairs.lack[name], 0.0) for name in ("area", "class", "clearance")])
    scale = np.array([1e4, 1.0, 100.0])[:, None, None]
    near = np.argsort((lack / scale).sum(axis=0) - 1e-3 * pairs.fit, axis=1, kind="stable")[:, :SHORTLIST]
    i = np.repeat(np.arange(near.shape[0]), near.shape[1])
    j = near.ravel()
    keep = ~pairs.admitted[i, j]
    i, j = i[keep], j[keep]
    worst = (lack / scale)[:, i, j].argmax(axis=0)
    rows = pd.DataFrame(
        {
            "project": projects["id"].to_numpy(dtype=object)[i], "parcel": hosts.id[j],
            "limit": np.array(("area", "class", "clearance"), dtype=object)[worst],
            "change": np.round(lack[worst, i, j], 2), "unit": np.array(("m²", "class", "m"), dtype=object)[worst],
            "other_limits": (lack[:, i, j] > 1e-6).sum(axis=0) - 1,
        }
    )  # fmt: skip
    lone = np.flatnonzero((host < 0) & pairs.admitted.any(axis=1))
    short = pd.DataFrame(
        {"project": projects["id"].to_numpy(dtype=object)[lone], "parcel": "", "limit": "capacity", "change": np.nan,
         "unit": "", "other_limits": 0}
    )  # fmt: skip
    rows = pd.concat([short, rows], ignore_index=True) if len(short) else rows
    left = set(projects["id"][host < 0])
    return rows.sort_values("project", key=lambda ids: ~ids.isin(left), kind="stable", ignore_index=True)


def _prices(plans: list[Plan], problem: Assignment, hosts: Hosts, rooms: list[pd.DataFrame]) -> pd.DataFrame:
    """Return what one more unit of each utility is worth in points, by plan and quarter, where it is scarce."""
    price = problem.room_prices[len(hosts.place) :]
    parts = [table.drop(columns="need").assign(plan=plan.name) for plan, table in zip(plans, rooms, strict=True)]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(price=np.round(price, 6))[["plan", "kind", "quarter", "spare", "price"]]


def _edits(plan: Plan, projects: pd.DataFrame, hosts: Hosts, host: Array) -> tuple[Edit, ...]:
    """Return the edits of the first plan: a parcel that projects share is cut."""
    out: list[Edit] = []
    parcels = plan["parcels"]
    taken = set(parcels["id"])
    for place in np.unique(host[(host >= 0) & (hosts.plan[np.maximum(host, 0)] == 0)]).tolist():
        here = np.flatnonzero(host == place)
        parcel = parcels.iloc[int(hosts.place[place])]
        areas = projects["area"].to_numpy(dtype=float)[here]
        shapes = _cut(plan, parcel.geometry, areas)
        for k, row in enumerate(here.tolist()):
            project = projects.iloc[row]
            reason = f"{project['id']} {project['name']}"
            if k == 0:
                if len(shapes) > 1:
                    wkt = shapely.to_wkt(shapes[0], rounding_precision=6)
                    out.append(
                        Edit("reshape", "parcels", parcel["id"], {"geometry": wkt}, reason, "solver", "suggestion")
                    )
                out.append(Edit("set", "parcels", parcel["id"], _values(project), reason, "solver", "suggestion"))
                continue
            out.append(_piece(parcel, shapes[k], _new_id(parcel["id"], taken), (reason, _values(project))))
        if len(shapes) > len(here):
            out.append(_piece(parcel, shapes[-1], _new_id(parcel["id"], taken), ("", {})))
    return tuple(out)


def _cut(plan: Plan, shape: shapely.Geometry, areas: Array) -> list[shapely.Geometry]:
    """Return the pieces of a parcel, cut so that as few as possible lose a utility that the parcel has beside it."""
    if len(areas) == 1 or not plan.has("pipes", "kind"):
        return pieces(shape, areas)
    ways = [pieces(shape, areas, lengthwise=lengthwise) for lengthwise in (False, True)]
    lost = [0, 0]
    for kind in sorted(plan["pipes"]["kind"].dropna().unique()):
        lines = plan["pipes"].geometry[plan["pipes"]["kind"] == kind].to_numpy()
        near = lines[shapely.dwithin(lines, shape, REACH)]
        for way, cut in enumerate(ways):
            lost[way] += sum(len(near) > 0 and not shapely.dwithin(near, piece, REACH).any() for piece in cut)
    return ways[int(lost[1] < lost[0])]


def _new_id(parcel: str, taken: set[str]) -> str:
    number = 2
    while f"{parcel}-{number}" in taken:
        number += 1
    taken.add(f"{parcel}-{number}")
    return f"{parcel}-{number}"


_OWN = (
    "area_declared",
    "jobs",
    "people",
    "dwellings",
    "water_m3d",
    "power_kw",
    "floor_area",
    "industry",
    "hazard",
    "name",
)
"""Columns that belong to what stood there, and do not pass to the pieces of a parcel."""


_DATES = ("released", "contract_start", "start", "finish", "used")
"""Dates of what stood there: a piece that is left over has none."""


def _piece(parcel: pd.Series, shape: shapely.Geometry, name: str, project: tuple[str, dict[str, Any]]) -> Edit:
    reason, values = project
    drop = (*_OWN, "id", "geometry") if values else (*_OWN, *_DATES, "id", "geometry")
    kept = {k: v for k, v in parcel.items() if k not in drop and not pd.isna(v)}
    plain = {
        k: v.date().isoformat() if isinstance(v, pd.Timestamp) else v.item() if hasattr(v, "item") else v
        for k, v in kept.items()
    }
    value = {"geometry": shapely.to_wkt(shape, rounding_precision=6), **plain, **values}
    return Edit("add", "parcels", name, value, reason, "solver", "suggestion")


def _plain(value: Any) -> Any:
    """Return a cell as TOML can hold it."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _values(project: pd.Series) -> dict[str, Any]:
    columns = {
        "name": "name",
        "far": "far",
        "power": "power_kw",
        "water": "water_m3d",
        "hazard": "hazard",
        "chain": "industry",
        "people": "jobs",
    }
    pairs = {new: project[old] for old, new in columns.items()}
    return {k: _plain(v) for k, v in pairs.items() if not pd.isna(v) and v != ""} | {
        "area_declared": round(float(project["area"]), 1)
    }


__all__ = ["UTILITIES", "Hosts", "hosts_of", "propose_siting", "weigh"]
