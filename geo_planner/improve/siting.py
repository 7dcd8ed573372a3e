"""Projects to open parcels of one or several plans: hard limits first, then the best fit of all together.

Hard limits: area (several projects may share a parcel; parcels side by side are joined for one that fits none), class
of nuisance and use of the land (works, storage), distance to homes (ST701), winds towards homes (ST709), control lines,
and what water, power, gas, heat and sewage works have to spare in the quarter a project starts (NW501's demand).
Wishes: a parcel that is filled, land of just the class, service by the wanted date, partners of the chain near by.

Cannot see: winds of two new works that blow on one home from two sides; the verdict on the proposal does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..algorithms.assignment.problem import Assignment, Placed
from ..algorithms.assignment.solve import assign
from ..algorithms.programs.program import Effort, sparse_rows
from ..plan import Plan, Profile
from .hosts import Hosts, hosts_of, joined_hosts, with_joined
from .proposal import Proposal
from .siting_edits import siting_edits
from .siting_prices import Scarce, next_sources
from .spare import UTILITIES, spare_capacity

Array = np.ndarray[Any, Any]

SHORTLIST = 40
"""Parcels a project is weighed against, the best first."""
_PLACED, _FILL, _CLASS, _LATE, _CHAIN = 100.0, 20.0, 5.0, 2.0, 10.0
"""What it is worth: a project placed, a parcel filled, a class of land wasted, a quarter late, a partner near."""
LIMITS = {
    "area": (1e4, "m²"),
    "class": (1.0, "class"),
    "use": (1.0, "use"),
    "clearance": (100.0, "m"),
    "wind": (5.0, "%"),
}
"""Limits of a pair: how much of each counts as one step away, and its unit."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Projects × hosts: the fit, which are admitted, and what each limit has and needs (both by limit)."""

    fit: Array
    admitted: Array
    lack: dict[str, Array]


def weigh(projects: pd.DataFrame, hosts: Hosts) -> Pairs:
    """Which host admits which project, how well it fits, and what is lacking where it does not."""
    area, level = projects["area"].to_numpy(dtype=float), projects["nuisance"].to_numpy(dtype=int)
    lack = {
        "area": area[:, None] - hosts.area[None, :],
        "class": (level[:, None] - hosts.level[None, :]).astype(float),
        "use": _unlike(projects, hosts),
        "clearance": hosts.close[level - 1],
    }
    lack["wind"] = np.where((level >= 2)[:, None], hosts.wind[None, :], 0.0)
    admitted = np.logical_and.reduce([short <= 1e-6 for short in lack.values()])
    fit = np.minimum(area[:, None] / hosts.area[None, :], 1.0)
    fit *= _FILL
    fit -= _CLASS * np.maximum(hosts.level[None, :] - level[:, None], 0)
    wanted = projects["wanted"].to_numpy(dtype="datetime64[D]")
    dated = np.flatnonzero(~np.isnat(wanted))
    days = (hosts.served[None, :] - wanted[dated, None]).astype(float)
    fit[dated] -= _LATE * np.clip(days / 91.0, 0.0, 20.0)
    chain = projects["chain"].fillna("").to_numpy(dtype=object)
    for name in sorted({str(c) for c in chain} - {""}):
        fit[np.ix_(chain == name, np.array([name in near for near in hosts.chains], dtype=bool))] += _CHAIN
    return Pairs(fit, admitted, lack)


def _unlike(projects: pd.DataFrame, hosts: Hosts) -> Array:
    """Return 1 where the land is for works and the project for storage, or the other way; what is open suits both."""
    use = projects["use"].to_numpy(dtype=object)[:, None]
    return np.asarray((use != hosts.use[None, :]) & (use != "") & (hosts.use[None, :] != ""), dtype=float)


def _with_joined(plans: Sequence[Plan], projects: pd.DataFrame, found: tuple[Hosts, Pairs]) -> tuple[Hosts, Pairs]:
    """Return the hosts and pairs with parcels joined for the projects that no parcel as it lies admits."""
    hosts, pairs = found
    lone = np.asarray(~pairs.admitted.any(axis=1))
    if not lone.any():
        return found
    more = joined_hosts(plans, hosts, projects["area"].to_numpy(dtype=float)[lone])
    if not more.members:
        return found
    other = weigh(projects, more)
    lack = {name: np.hstack([pairs.lack[name], other.lack[name]]) for name in pairs.lack}
    admitted = np.hstack([pairs.admitted, other.admitted & lone[:, None]])
    return with_joined(hosts, more), Pairs(np.hstack([pairs.fit, other.fit]), admitted, lack)


def propose_siting(plans: Plan | Sequence[Plan], projects: pd.DataFrame, profile: Profile, effort: Effort) -> Proposal:
    """Where each project goes, when it is served, its runner-up, and why other parcels are refused.

    The edits are those of the first plan; the table `sites` names the plan of each project.
    """
    plans = [plans] if isinstance(plans, Plan) else list(plans)
    hosts = hosts_of(plans, profile)
    pairs = weigh(projects, hosts)
    hosts, pairs = _with_joined(plans, projects, (hosts, pairs))
    rooms = [spare_capacity(plan, profile, projects, hosts.place[hosts.plan == k]) for k, plan in enumerate(plans)]
    problem, option_host = _problem(projects, hosts, pairs, rooms)
    found = assign(problem, _but_for_writing(effort))
    assert found.chosen is not None  # every project may stay unplaced
    host = option_host[found.chosen]
    sites = _sites(plans, projects, hosts, (pairs, host))
    refused, scarce = _refused(projects, hosts, pairs, host), Scarce(plans, problem, hosts.single, rooms)
    placed = int((host >= 0).sum())
    best = _PLACED * float(projects["priority"].sum()) + float(_FILL + _CHAIN) * len(projects)
    return Proposal(
        what="siting", edits=siting_edits(plans[0], projects, hosts, host),
        value=best + found.value, bound=best + found.bound,
        unit="points", timed=effort.timed, reason="" if placed else "no_host",
        args={"placed": placed, "projects": len(projects), "worth": -found.value, "worth_bound": -found.bound,
              "gap_worth": _gap(found)},
        tables={"sites": sites, "refused": refused, "prices": scarce.prices(),
                "next_source": next_sources(scarce, found, effort)},
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
    many = len(projects)
    ranked = _least(np.where(pairs.admitted, -pairs.fit, np.inf))
    project = np.repeat(np.arange(many), ranked.shape[1])
    host = ranked.ravel()
    keep = pairs.admitted[project, host]
    project, host = project[keep], host[keep]
    item, option_host = np.concatenate([project, np.arange(many)]), np.concatenate([host, np.full(many, -1)])
    priority = projects["priority"].to_numpy(dtype=float)
    cost = np.concatenate([-(_PLACED * priority[project] + pairs.fit[project, host]), np.zeros(many)])
    area = projects["area"].to_numpy(dtype=float)
    land, option, taken = _land(hosts, host, area[project])
    rows, columns, use, room = [land], [option], [taken], [hosts.area[: hosts.single]]
    base = hosts.single
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


def _least(values: Array) -> Array:
    """Return the columns of the `SHORTLIST` least values of each row, the least first, earlier columns first."""
    if values.shape[1] <= SHORTLIST:
        return np.asarray(np.argsort(values, axis=1, kind="stable"))
    some = np.sort(np.argpartition(values, SHORTLIST - 1, axis=1)[:, :SHORTLIST], axis=1)
    return np.take_along_axis(some, np.argsort(np.take_along_axis(values, some, 1), axis=1, kind="stable"), 1)


def _land(hosts: Hosts, host: Array, area: Array) -> tuple[Array, Array, Array]:
    """Return the parcel, the option and the area it takes; of parcels that are joined an option takes all."""
    alone = np.flatnonzero(host < hosts.single)
    parts = [(m, k) for k in np.flatnonzero(host >= hosts.single).tolist() for m in hosts.parts(int(host[k]))]
    parcel, option = np.array(parts, dtype=int).reshape(-1, 2).T
    return (
        np.concatenate([host[alone], parcel]),
        np.concatenate([alone, option]),
        np.concatenate([area[alone], hosts.area[parcel]]),
    )


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
    far = -1e-3 * pairs.fit[:, : hosts.single]
    for name, (step, _) in LIMITS.items():
        far += np.maximum(pairs.lack[name][:, : hosts.single], 0.0) / step
    near = _least(far)
    i = np.repeat(np.arange(near.shape[0]), near.shape[1])
    j = near.ravel()
    keep = ~pairs.admitted[i, j]
    i, j = i[keep], j[keep]
    lack = np.stack([np.maximum(pairs.lack[name][i, j], 0.0) for name in LIMITS])
    worst = (lack / np.array([[step] for step, _ in LIMITS.values()])).argmax(axis=0)
    pick = np.arange(len(i))
    rows = pd.DataFrame(
        {
            "project": projects["id"].to_numpy(dtype=object)[i], "parcel": hosts.id[j],
            "limit": np.array(list(LIMITS), dtype=object)[worst],
            "change": np.round(lack[worst, pick], 2),
            "unit": np.array([unit for _, unit in LIMITS.values()], dtype=object)[worst],
            "other_limits": (lack > 1e-6).sum(axis=0) - 1,
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


__all__ = ["UTILITIES", "Hosts", "hosts_of", "propose_siting", "weigh"]
