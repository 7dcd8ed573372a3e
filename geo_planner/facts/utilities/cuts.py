"""What would have to come earlier for a late parcel to be served: cuts between it and the sources of a utility.

A parcel is served when one whole path to a source is there. No single path has to be the one: so what is handed out are
cuts, sets of pipes and sources of which every path holds at least one. A cut says a true thing whatever the dates are:
one of its members must be accepted before the parcel's day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from ...algorithms.networks.noding import NEVER, Network, day_numbers
from ...plan import Plan
from . import ROAD, Service, service
from .lateness import Question, drawn, in_time

Array = np.ndarray[Any, Any]

ON_TIME = 1e-7
"""Length of a link that is there in time; a late one has length 1, so that lengths count what is late."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """Members of cuts, one row each, and the parcels for which no cut exists.

    `table` has `row` (position of the parcel), `kind`, `cut` (running number), `layer`, `id`, `branch` (laid later by
    leave). `never` lists (kind, positions of parcels no path reaches), `absent` the kinds without a network.
    """

    table: pd.DataFrame
    never: tuple[tuple[str, Array], ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Graph:
    """The links of a utility with one node behind all sources; `member` numbers pipes, then sources.

    `inner` marks links between sources or in a ring; `up` leads from every other node towards them.
    """

    u: Array
    v: Array
    member: Array
    day: Array
    gone: Array
    inner: Array
    up: Array
    root: int


def service_cuts(plan: Plan, ask: Question) -> Cuts:
    """The cuts of every parcel that is not served on its day, for each kind asked for."""
    asked = ask.days.notna().to_numpy() & drawn(plan)
    tables, never, absent = [_no_members()], [], []
    for kind in ask.kinds:
        found = service(plan, kind, reach=ask.reach) if kind != ROAD or plan.has("roads") else None
        if found is None or not found.known:
            absent.append(kind)
            continue
        state = found.on(ask.days)
        late = asked & ~state.unknown & ~in_time(plan, kind, ask, state)
        rows = np.flatnonzero(late)
        lost, table = _of_kind(plan, found, ask, rows)
        tables.append(table)
        never.append((kind, lost))
    table = pd.concat(tables, ignore_index=True)
    table["cut"] = table.groupby(["kind", "row", "cut"], sort=False).ngroup()
    return Cuts(table, tuple(never), tuple(absent))


def _no_members() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=object) for c in ("row", "kind", "cut", "layer", "id", "branch")})


def _of_kind(plan: Plan, found: Service, ask: Question, rows: Array) -> tuple[Array, pd.DataFrame]:
    days = day_numbers(ask.days)
    net = found.network
    graph = None if found.kind == ROAD or not len(rows) else _graph(net)
    branch = _branches(plan, found, ask)
    by = np.argsort(found.near_parcel, kind="stable")
    ends = np.searchsorted(found.near_parcel[by], np.arange(len(found.parcels) + 1))
    lost, blocks = [], []
    for row in rows.tolist():
        near = np.unique(found.near_pipe[by[ends[row] : ends[row + 1]]])
        limit = (
            int(days[row]) + np.r_[ask.allowance + ask.branch_lag * branch, np.full(len(net.source_ids), ask.allowance)]
        )
        cuts = _near_only(net, near) if graph is None else _levels(graph, net, near, (int(days[row]), limit))
        if not cuts:
            lost.append(row)
        blocks += [_members(found, row, k, (cut, branch)) for k, cut in enumerate(cuts)]
    table = pd.concat(blocks, ignore_index=True) if blocks else _no_members()
    return np.array(lost, np.int64), table


def _members(found: Service, row: int, number: int, cut: tuple[Array, Array]) -> pd.DataFrame:
    member, branch = cut
    pipe = member < len(found.network.ids)
    own = np.where(pipe, member, 0)
    source = np.where(pipe, 0, member - len(found.network.ids))
    ids = found.network.ids[own].astype(object)
    ids[~pipe] = found.network.source_ids[source[~pipe]]
    layer = np.where(pipe, found.layer, "sources")
    late = pipe & branch[own]
    return pd.DataFrame({"row": row, "kind": found.kind, "cut": number, "layer": layer, "id": ids, "branch": late})


def _branches(plan: Plan, found: Service, ask: Question) -> Array:
    """Which pipes may come `branch_lag` days later still."""
    if found.kind == ROAD or not ask.branch_lag or found.kind not in ask.branch_kinds:
        return np.zeros(len(found.network.ids), bool)
    branch = plan["pipes"]["branch"].fillna(value=False).to_numpy(dtype=bool)
    return np.asarray(branch[found.network.rows])


def _near_only(net: Network, near: Array) -> list[Array]:
    """Roads serve the parcel beside them: one of them is enough."""
    dated = near[net.done[near] < NEVER]
    return [dated] if len(dated) else []


def _graph(net: Network) -> _Graph:
    """The dated links, with dead ends told apart: no way to a source leads through them but from inside."""
    root, pipes = len(net.xy), len(net.ids)
    edge, joint = np.flatnonzero(net.done[net.pipe] < NEVER), np.flatnonzero(net.opened < NEVER)
    u = np.r_[net.u[edge], net.source_node[joint]]
    v = np.r_[net.v[edge], np.full(len(joint), root)]
    member = np.r_[net.pipe[edge], pipes + joint]
    day = np.r_[net.done, net.opened][member] if len(member) else np.empty(0, np.int64)
    gone = np.r_[net.gone, net.closed][member] if len(member) else np.empty(0, np.int64)
    inner, up = _stripped(u, v, root)
    return _Graph(u, v, member, day, gone, inner, up, root)


def _stripped(u: Array, v: Array, root: int) -> tuple[Array, Array]:
    """Links that are left when dead ends fall off one after another, and for each node the link it fell off by."""
    inner, up = np.ones(len(u), bool), np.full(root + 1, -1, np.int64)
    while True:
        degree = np.bincount(u[inner], minlength=root + 1) + np.bincount(v[inner], minlength=root + 1)
        end = degree == 1
        end[root] = False
        off = inner & (end[u] | end[v])
        if not off.any():
            return inner, up
        for side in (u, v):
            hit = np.flatnonzero(off & end[side])
            up[side[hit]] = hit
        inner &= ~off


def _levels(graph: _Graph, net: Network, near: Array, when: tuple[int, Array]) -> list[Array]:
    """Cuts one behind another from the parcel to the sources; empty where there is no path at all."""
    day, limit = when
    near = near[net.done[near] < NEVER]
    doors = np.flatnonzero(np.isin(net.pipe, near))
    way = _with_way(graph, np.unique(np.r_[net.u[doors], net.v[doors]]))
    way &= graph.gone > day
    begin = graph.root + 1
    u = np.r_[graph.u[way], np.full(2 * len(doors), begin)]
    v = np.r_[graph.v[way], net.u[doors], net.v[doors]]
    member = np.r_[graph.member[way], net.pipe[doors], net.pipe[doors]]
    ready = np.r_[net.done, net.opened]
    late = ready[member] > limit[member]
    length = np.where(late, 1.0, ON_TIME)
    far = _distances(begin, u, v, length)
    if not np.isfinite(far[graph.root]):
        return []
    step = np.rint(far).astype(np.int64, casting="unsafe") if np.isfinite(far).all() else _whole(far)
    low, high = np.minimum(step[u], step[v]), np.maximum(step[u], step[v])
    return [np.unique(member[late & (low <= k) & (high > k)]) for k in range(int(step[graph.root]))]


def _whole(far: Array) -> Array:
    return np.where(np.isfinite(far), np.rint(np.where(np.isfinite(far), far, 0.0)), 2**40).astype(np.int64)


def _with_way(graph: _Graph, nodes: Array) -> Array:
    """Inner links and those on the one way from each of some nodes to them."""
    way = graph.inner.copy()
    for first in nodes.tolist():
        node = first
        while (link := graph.up[node]) >= 0 and not way[link]:
            way[link] = True
            node = int(graph.v[link] if graph.u[link] == node else graph.u[link])
    return way


def _distances(begin: int, u: Array, v: Array, length: Array) -> Array:
    """Least number of late links from `begin` to each node."""
    order = np.lexsort((length, np.maximum(u, v), np.minimum(u, v)))
    lo, hi, length = np.minimum(u, v)[order], np.maximum(u, v)[order], length[order]
    first = np.r_[True, (lo[1:] != lo[:-1]) | (hi[1:] != hi[:-1])] if len(lo) else np.empty(0, bool)
    graph = sparse.csr_array((length[first], (lo[first], hi[first])), shape=(begin + 1, begin + 1))
    return np.asarray(csgraph.dijkstra(graph, directed=False, indices=begin))
