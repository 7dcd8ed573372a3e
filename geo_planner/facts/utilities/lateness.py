"""Which parcels begin before a utility serves them, by how much, and which stretch is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...algorithms.networks.noding import NEVER, dates, day_numbers
from ...plan import UTILITIES, Plan
from ...plan.digests import digest_of
from ...plan.landuse import SHARED
from ..landuse.uses import uses
from ..registry import kept
from . import ROAD, Service, State, service

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What must be there, and by when.

    `days` is one date per parcel in the order of the layer (null: not asked). Service may come `allowance` days late;
    pipes marked as branches, of the kinds in `branch_kinds`, `branch_lag` days later still.
    """

    kinds: tuple[str, ...]
    days: pd.Series
    reach: float
    allowance: float = 0.0
    branch_lag: float = 0.0
    branch_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """Parcels that wait, and which could not be judged.

    `late` has one row per parcel and kind: `row` (position in the layer), `kind`, `day`, `served` (null: never), `wait`
    [days, null: never], `layer` and `id` of the bottleneck, `geometry` of what is missing. `judged` and `unknown` are
    flags per parcel; a parcel is judged when every kind was, or when it waits for one.
    """

    late: pd.DataFrame
    judged: Array
    unknown: Array
    no_network: Array
    """Unknown because the plan has no network of some kind at all."""
    kinds: tuple[str, ...]
    """The kinds asked for that the plan has a network of."""


def built(plan: Plan) -> Array:
    """Parcels that are built on, without roads and utilities; unknown classes count as built."""
    table = uses(plan)
    idle = table["developed"].eq("no") | table["sub"].eq(SHARED).fillna(value=False)
    return np.asarray(~idle.to_numpy(dtype=bool))


def drawn(plan: Plan) -> Array:
    """Parcels that have a geometry; the others can be joined to nothing."""
    shapes = plan.layers["parcels"].geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))


def answers(plan: Plan, ask: Question) -> Answer:
    """Return which parcels wait for which utility."""
    asked = ask.days.notna().to_numpy() & drawn(plan)
    decided, failed, absent = asked.copy(), np.zeros(len(asked), bool), np.zeros(len(asked), bool)
    tables, present, days = [], [], digest_of(ask.days)
    for kind in ask.kinds:
        found = service(plan, kind, reach=ask.reach) if kind != ROAD or plan.has("roads") else None
        if found is None or not found.known:
            decided &= False
            absent |= asked
            continue
        present.append(kind)
        compute = partial(_late, plan, found, ask, asked)
        if ask.branch_lag:
            unknown, late, table = compute()
        else:  # it follows from the service, the days and the shapes of parcels (which `drawn` has read)
            unknown, late, table = kept(plan, compute, "late", found.digest, days, ask.allowance)
        decided &= ~unknown
        failed |= late
        tables.append(table)
    late_rows = pd.concat(tables, ignore_index=True) if tables else _table_empty()
    judged = decided | failed
    return Answer(late_rows, judged, asked & ~judged, absent & ~judged, tuple(present))


def _late(plan: Plan, found: Service, ask: Question, asked: Array) -> tuple[Array, Array, pd.DataFrame]:
    """Parcels of which one kind cannot tell, parcels that wait for it, and the rows that say for what."""
    state = found.on(ask.days)
    late = asked & ~state.unknown & ~in_time(plan, found.kind, ask, state)
    return state.unknown, late, _table(plan, found, state, (np.flatnonzero(late), ask.days))


def in_time(plan: Plan, kind: str, ask: Question, state: State) -> Array:
    """Parcels that one kind of utility serves on their day, with the leave that is given."""
    day = day_numbers(ask.days)
    in_time = state.served | (state.day <= day + ask.allowance)
    if ask.branch_lag and kind in ask.branch_kinds:
        lenient = _with_branches_earlier(plan, ask.branch_lag)
        in_time |= service(lenient, kind, reach=ask.reach).on(ask.days).day <= day + ask.allowance
    return np.asarray(in_time)


def _with_branches_earlier(plan: Plan, lag: float) -> Plan:
    pipes = plan["pipes"]
    branch = pipes["branch"].fillna(value=False).to_numpy(dtype=bool)
    earlier = pipes["finish"] - pd.Timedelta(days=lag)
    return plan.with_layer("pipes", pipes.assign(finish=pipes["finish"].mask(branch, earlier)))


def _table(plan: Plan, found: Service, state: State, asked: tuple[Array, pd.Series]) -> pd.DataFrame:
    rows, days = asked
    layer, name = found.bottleneck(state.span[rows], state.pipe[rows])
    wait = np.where(state.day[rows] < NEVER, state.day[rows] - day_numbers(days)[rows], np.nan)
    return pd.DataFrame(
        {
            "row": rows,
            "kind": found.kind,
            "day": days.to_numpy()[rows],
            "served": dates(state.day[rows]),
            "wait": wait,
            "layer": layer,
            "id": name,
            "geometry": _missing_stretch(plan, found, state, asked),
        }
    )


def _table_empty() -> pd.DataFrame:
    return pd.DataFrame({c: [] for c in ("row", "kind", "day", "served", "wait", "layer", "id", "geometry")})


def _missing_stretch(plan: Plan, found: Service, state: State, asked: tuple[Array, pd.Series]) -> Array:
    """Return the pipes on each witness path that come too late; the parcel itself where there is no path."""
    rows, days = asked
    out = np.asarray(plan.layers["parcels"].geometry.to_numpy()[rows], dtype=object)
    pipes, offsets = found.paths(rows, state)
    owner = np.repeat(np.arange(len(rows)), np.diff(offsets))
    late = found.network.done[pipes] > day_numbers(days)[rows][owner]
    parts, of = shapely.get_parts(found.network.lines[pipes[late]], return_index=True)
    line = shapely.get_dimensions(parts) == 1
    parts, of = parts[line], of[line]
    if len(parts):
        with_path, bundle = np.unique(owner[late][of], return_inverse=True)
        out[with_path] = shapely.multilinestrings(parts, indices=bundle)
    return out


def ranking(plan: Plan, kinds: tuple[str, ...] = UTILITIES, *, by: str = "start", reach: float = 30.0) -> pd.DataFrame:
    """Which pipes and sources make how many parcels late, the worst first.

    A parcel is late where its service comes after its date `by` ("start" or "used"). Columns: `kind`, `layer`, `id`,
    `parcels` (how many wait for it last), `days` (the longest wait), `parcel_days` (all waits together), `names`.
    Parcels that are never served, or whose service is unknown, are not in it.
    """
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    table = answers(plan, Question(kinds=kinds, days=plan["parcels"][by], reach=reach)).late
    table = table[table["wait"].notna()].assign(parcel=lambda t: ids[t["row"].to_numpy(dtype=np.int64)])
    keys = ["kind", "layer", "id"]
    groups = table.sort_values("parcel").groupby(keys, as_index=False)
    out = groups.agg(
        parcels=("parcel", "size"), days=("wait", "max"), parcel_days=("wait", "sum"), names=("parcel", tuple)
    )
    out = out.sort_values(["parcels", "parcel_days", *keys], ascending=[False, False, True, True, True])
    return out.reset_index(drop=True).astype({"days": "int64", "parcel_days": "int64"})
