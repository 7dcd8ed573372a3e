"""How likely a parcel opens before its services, when works finish later or earlier than planned.

Every pipe's completion is drawn at random, many times over; a parcel is served once the last pipe on its way to the
source is there. The way is the one of the declared dates (a tree): in a draw another way may be quicker, so the chances
found are on the cautious side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from ..algorithms.networks.noding import NEVER
from ..errors import ScheduleError
from ..facts.utilities import Service, service
from ..facts.utilities.lateness import built
from ..plan import Plan
from .delays import CONTRACTORS, Delay, Works, drawn_finish
from .network import NO_DEADLINE, Bools, Floats, Ints, Strings, to_dates, to_days

BLOCK = 4_000_000
"""Draws times nodes held in memory at once."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ways:
    """The ways of service as a forest: node k hangs on node `parent[k]` (-1: a source) by pipe `pipe[k]` (-1: none).

    `finish` is the planned day of each pipe; `kind` its utility; `ids` its name; `contractor` who lays it, "" where
    that is not known (None: of none).
    """

    parent: Ints
    pipe: Ints
    finish: Ints
    kind: Strings
    ids: Strings
    contractor: Strings | None = None

    @property
    def works(self) -> Works:
        """The pipes as works that may be late."""
        nobody = np.full(len(self.ids), "", dtype=object)
        by = self.contractor if self.contractor is not None else nobody
        return Works(finish=self.finish, kind=self.kind, ids=self.ids, contractor=by)


@dataclass(frozen=True, eq=False, kw_only=True)
class Openings:
    """Parcels and the nodes that serve them: name, node, the day it opens, and its weight in the ranking.

    A parcel with several services has one row for each, one after another; it is late when any of them is.
    """

    ids: Strings
    node: Ints
    day: Ints
    weight: Floats


@dataclass(frozen=True, eq=False)
class Risk:
    """What the draws say: `parcels`, `pipes` and `contractors`, each a table, worst first.

    `contractors` has no row where no pipe names who lays it; `today` is the status day's number.
    """

    parcels: pd.DataFrame
    pipes: pd.DataFrame
    contractors: pd.DataFrame
    draws: int
    today: int | None = None


ON_TIME = Delay(shape="none")


@dataclass(frozen=True, kw_only=True)
class Draws:
    """How many draws, from which seed, how much the openings themselves may slip, and what is already past."""

    number: int = 10_000
    seed: int = 1
    opening: Delay = ON_TIME
    today: int | None = None
    """Number of the status day: what is finished by then is finished. Without one everything is still to come; of a
    plan it is the plan's as-of day."""


def risk(ways: Ways, openings: Openings, delays: Mapping[str, Delay], draws: Draws | None = None) -> Risk:
    """The chance that each parcel opens before it is served, and how much of that each pipe carries.

    `delays` is by kind of pipe, by contractor ("contractor/NAME") and by name for single ones ("pipes/JS-01"), the
    closest holds; `shared` of "contractors" is the correlation of works of one contractor; a kind that is missing
    raises ScheduleError. Parcel table: id, chance, mean_days (mean lateness in the draws that are late), p90_days (nine
    draws in ten are no later), planned, opens_p10, opens_p50, opens_p90: the days by which it opens with its services
    in one, five and nine draws of ten, and waits_for: the pipe that is most often the last one missing. Pipe table: id,
    kind, contractor, carried = expected weighted late days for which the pipe is the last one missing, share of the
    whole; the table of contractors the same for all pipes of each.
    """
    draws = draws or Draws()
    missing = sorted(set(ways.kind.astype(str)) - set(delays))
    if missing:
        msg = f"no delay is given for {', '.join(missing)}. Name one for each kind of pipe; shape 'none' is on time."
        raise ScheduleError(msg)
    depth = _depths(ways.parent)
    first = _first_rows(openings.ids)
    size = max(1, BLOCK // max(1, len(ways.parent) + len(ways.finish)))
    random = np.random.default_rng(draws.seed)
    lateness, opening, carried = [], [], np.zeros(len(ways.finish))
    held = sparse.csr_array((len(first), len(ways.finish)))
    for done in range(0, draws.number, size):
        count = min(size, draws.number - done)
        late, blame, day = _block(ways, openings, (delays, draws), (random, count, depth))
        late, blame = _worst(late, blame, first)
        lateness.append(late)
        opening.append(day[:, first] + late)
        cost = late * openings.weight[first]
        hit = blame >= 0
        carried += np.bincount(blame[hit], weights=cost[hit], minlength=len(carried))
        held = held + sparse.csr_array((np.ones(int(hit.sum())), (np.nonzero(hit)[1], blame[hit])), shape=held.shape)
    days = (openings.day[first], np.concatenate(opening))
    waits = _waited_for(ways, held)
    found = _tables(ways, (openings.ids[first], *days, waits), np.concatenate(lateness), carried / draws.number)
    return replace(found, today=draws.today)


def _waited_for(ways: Ways, held: sparse.csr_array) -> Strings:
    """For each parcel the pipe that was last in most draws, as "pipes/NAME"; "" where it was never late."""
    if not held.shape[1]:
        return np.full(held.shape[0], "", dtype=object)
    most, often = np.asarray(held.argmax(axis=1)).ravel(), np.asarray(held.max(axis=1).todense()).ravel()
    names = [f"pipes/{ways.ids[k]}" if n > 0 else "" for k, n in zip(most.tolist(), often.tolist(), strict=True)]
    return np.array(names, dtype=object)


def _first_rows(ids: Strings) -> Ints:
    """Where each parcel's rows begin; ScheduleError where they do not stand together."""
    first = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]]) if len(ids) else np.empty(0, np.int64)
    if len(np.unique(ids[first].astype(str))) < len(first):
        msg = "the rows of one parcel must stand together. Sort the openings by parcel."
        raise ScheduleError(msg)
    return first


def _worst(late: Floats, blame: Ints, first: Ints) -> tuple[Floats, Ints]:
    """For each parcel the service that comes last, and the pipe behind it."""
    if not len(first):
        return late[:, :0], blame[:, :0]
    size = np.diff(np.r_[first, late.shape[1]])
    worst, pipe = late[:, first].copy(), blame[:, first].copy()
    for k in range(1, int(size.max())):
        has = np.flatnonzero(size > k)
        more = late[:, first[has] + k] > worst[:, has]
        worst[:, has] = np.where(more, late[:, first[has] + k], worst[:, has])
        pipe[:, has] = np.where(more, blame[:, first[has] + k], pipe[:, has])
    return worst, pipe


def _depths(parent: Ints) -> list[Ints]:
    """Nodes by their distance from a source; ScheduleError where the ways run in a circle."""
    level = np.where(parent < 0, 0, -1)
    layers = [np.flatnonzero(level == 0)]
    while len(layers[-1]):
        nxt = np.flatnonzero((level < 0) & (parent >= 0) & (level[parent] == len(layers) - 1))
        level[nxt] = len(layers)
        layers.append(nxt)
    if (level < 0).any():
        msg = f"the ways of service run in a circle at nodes {np.flatnonzero(level < 0)[:5].tolist()}."
        raise ScheduleError(msg)
    return layers[:-1]


Chance = tuple[Mapping[str, Delay], Draws]
Turn = tuple[np.random.Generator, int, list[Ints]]


def _block(ways: Ways, openings: Openings, chance: Chance, turn: Turn) -> tuple[Floats, Ints, Floats]:
    """Late days (draws, parcels), the pipe to blame for them (-1: none), and the days of opening without them."""
    random, count, depth = turn
    finish = drawn_finish(ways.works, chance[0], random, (count, chance[1].today))
    served = np.full((count, len(ways.parent)), -np.inf)
    last = np.full((count, len(ways.parent)), -1, np.int64)
    for nodes in depth:
        _reach(ways, nodes, finish, (served, last))
    slip = chance[1].opening.draw(random, (count, len(openings.day)))
    # All services of a parcel face the same opening: its first row's slip counts for all.
    new = np.r_[True, openings.ids[1:] != openings.ids[:-1]][: len(openings.ids)]
    same = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    day = openings.day + slip[:, same]
    late = np.maximum(served[:, openings.node] - day, 0.0)
    late_nodes: Bools = late > 0
    return late, np.where(late_nodes, last[:, openings.node], -1), day


def _reach(ways: Ways, nodes: Ints, finish: Floats, state: tuple[Floats, Ints]) -> None:
    served, last = state
    up, by = ways.parent[nodes], ways.pipe[nodes]
    before = np.where(up >= 0, served[:, up], -np.inf)
    own = np.where(by >= 0, finish[:, by], -np.inf) if finish.shape[1] else np.full(before.shape, -np.inf)
    served[:, nodes] = np.maximum(before, own)
    last[:, nodes] = np.where(own >= before, by, np.where(up >= 0, last[:, up], -1))


def _tables(ways: Ways, who: tuple[Strings, Ints, Floats, Strings], late: Floats, carried: Floats) -> Risk:
    ids, planned, opening, waits = who
    is_late = late > 0
    number = is_late.sum(axis=0)
    parcels = pd.DataFrame(
        {
            "id": ids.astype(str),
            "chance": number / len(late),
            "mean_days": np.where(number > 0, late.sum(axis=0) / np.maximum(number, 1), 0.0),
            "p90_days": np.quantile(late, 0.9, axis=0, method="higher"),
            "planned": to_dates(planned),
        }
        | {
            f"opens_p{q}": to_dates(np.ceil(np.quantile(opening, q / 100, axis=0, method="higher")).astype(np.int64))
            for q in (10, 50, 90)
        }
        | {"waits_for": waits}
    ).sort_values(["chance", "mean_days", "id"], ascending=[False, False, True], ignore_index=True)
    whole = carried.sum()
    pipes = pd.DataFrame(
        {
            "id": ways.ids.astype(str),
            "kind": ways.kind.astype(str),
            "contractor": ways.works.contractor.astype(str),
            "carried": carried,
            "share": carried / whole if whole > 0 else carried,
        }
    ).sort_values(["carried", "id"], ascending=[False, True], ignore_index=True)
    return Risk(parcels, pipes, _by_contractor(pipes), len(late))


def _by_contractor(pipes: pd.DataFrame) -> pd.DataFrame:
    """What all pipes of each contractor carry, with their number; no row for pipes that name nobody."""
    named = pipes[pipes["contractor"] != ""]
    table = named.groupby("contractor", sort=True).agg(
        works=("id", "nunique"), carried=("carried", "sum"), share=("share", "sum")
    )
    return table.reset_index().sort_values(["carried", "contractor"], ascending=[False, True], ignore_index=True)


def parcel_risk(
    plan: Plan, delays: Mapping[str, Delay], draws: Draws | None = None, *, event: Literal["start", "used"] = "used"
) -> Risk:
    """The chance that each parcel is started or used before the utilities named in `delays` serve it.

    Only the future is risky: what is accepted by the status day (`draws.today`, else the plan's as-of day) is there,
    and parcels that opened by then are not in the tables. Nor are those without the date, or that a utility never
    reaches: the checks name them. A delay for "parcels" is that of their own works, by which they open later than
    planned. Weights are areas in hectares. Sources are taken to be on time.
    """
    parcels, draws = plan["parcels"], draws or Draws()
    draws = replace(draws, opening=delays.get("parcels", draws.opening))
    days = parcels[event].where(built(plan))
    if draws.today is None and plan.as_of is not None:
        draws = replace(draws, today=(plan.as_of - date(1970, 1, 1)).days)
    if draws.today is not None:
        days = days.where(days > pd.Timestamp(draws.today, unit="D"))
    asked = np.flatnonzero(days.notna().to_numpy())
    ways, rows = [], []
    nodes = pipes = 0
    for kind in sorted(name for name in delays if "/" not in name and name not in {"parcels", CONTRACTORS}):
        found = service(plan, kind)
        state = found.on(days)
        own = asked[(state.pipe[asked] >= 0) & (state.span[asked] >= 0)] if found.known else asked[:0]
        if not len(own):
            continue
        way, node = _ways_of(found, state.span[own], state.pipe[own])
        up, by = (np.where(a >= 0, a + shift, -1) for a, shift in ((way.parent, nodes), (way.pipe, pipes)))
        ways.append((up, by, way))
        rows.append((own, node + nodes))
        nodes, pipes = nodes + len(way.parent), pipes + len(way.finish)
    row = np.concatenate([r[0] for r in rows]) if rows else np.empty(0, np.int64)
    node = np.concatenate([r[1] for r in rows]) if rows else np.empty(0, np.int64)
    order = np.lexsort((node, row))
    row, node = row[order], node[order]
    forest = Ways(
        parent=_glued([w[0] for w in ways]),
        pipe=_glued([w[1] for w in ways]),
        finish=_glued([w[2].finish for w in ways]),
        kind=_glued([w[2].kind for w in ways], object),
        ids=_glued([w[2].ids for w in ways], object),
        contractor=_contractors(plan, _glued([w[2].ids for w in ways], object)),
    )
    openings = Openings(
        ids=parcels["id"].to_numpy(object)[row],
        node=node,
        day=to_days(days)[row],
        weight=parcels.geometry.area.to_numpy()[row] / 1e4,
    )
    return risk(forest, openings, delays, draws)


def _contractors(plan: Plan, ids: Strings) -> Strings:
    """Who lays each pipe, "" where the plan does not say."""
    if not plan.has("pipes", "contractor"):
        return np.full(len(ids), "", dtype=object)
    pipes = plan["pipes"].drop_duplicates("id").set_index("id")["contractor"]
    return np.asarray(pipes.reindex(ids).fillna("").astype(str).str.strip().to_numpy(object))


def _glued(parts: list[Any], kind: Any = np.int64) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, kind)


def _ways_of(found: Service, span: Ints, pipe: Ints) -> tuple[Ways, Ints]:
    """The forest of one utility and the node of each parcel; one tree for each span between removals that is used."""
    net = found.network
    edges, parents, pipes = len(net.u), [], []
    node = np.empty(len(span), np.int64)
    size = 0
    for k in np.unique(span):
        stretch = found.spans[k]
        here = np.flatnonzero(span == k)
        if stretch.tree is None:
            up, via = np.full(len(net.xy), -1), np.full(len(net.xy), -1)
        else:
            up, via = stretch.tree.parents
        joined = (via >= 0) & (via < edges)
        own = np.where(joined, net.pipe[np.where(joined, via, 0)], -1)
        parents += [np.where(joined, up + size, -1), stretch.end[pipe[here]] + size]
        pipes += [own, pipe[here]]
        node[here] = size + len(up) + np.arange(len(here))
        size += len(up) + len(here)
    done = np.where(net.done == NEVER, NO_DEADLINE, net.done)
    kinds = np.full(len(net.ids), found.kind, dtype=object)
    ways = Ways(parent=_glued(parents), pipe=_glued(pipes), finish=done, kind=kinds, ids=net.ids)
    return ways, node
