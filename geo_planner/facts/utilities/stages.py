"""Networks as they stand on a day, with the parcels in use on it: the ground for pressure, voltage and drainage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ...algorithms.flow.capacity import Load, draws
from ...algorithms.networks.noding import NEVER
from ...plan import Plan
from ..terrain import fits, sample
from . import Service

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Stage:
    """A network on one day, cut down to the edges that work and are joined to a root.

    `edge` are positions of edges in the network; `user` the parcels that draw, `at` the place in `edge` where, and
    `share` how far along it from `u` (0) to `v` (1). `roots` are the nodes the parts hang on.
    """

    service: Service
    day: int
    edge: Array
    user: Array
    at: Array
    share: Array
    roots: Array

    def cut(self) -> Cut:
        """The stage with a node at every place where a user draws: nothing is laid on the ends of a pipe."""
        net, n = self.service.network, len(self.service.network.xy)
        whole = self.edge[self.at]
        inner = (self.share > 0) & (self.share < 1)
        node = np.where(self.share <= 0, net.u[whole], net.v[whole])
        place, back = np.unique(np.column_stack([self.at, self.share])[inner], axis=0, return_inverse=True)
        node[inner] = n + back.ravel()
        at, share = place[:, 0].astype(np.int64), place[:, 1]
        every = np.arange(len(self.edge))
        stop = np.concatenate([every, at, every])
        where = np.concatenate([np.zeros(len(every)), share, np.ones(len(every))])
        name = np.concatenate([net.u[self.edge], n + np.arange(len(at)), net.v[self.edge]])
        order = np.lexsort((np.arange(len(stop)), where, stop))
        stop, where, name = stop[order], where[order], name[order]
        first = np.flatnonzero(stop[1:] == stop[:-1])
        edge = self.edge[stop[first]]
        spot = self.edge[at]
        along = net.at_u[spot] + share * (net.at_v[spot] - net.at_u[spot])
        new = shapely.get_coordinates(shapely.line_interpolate_point(net.lines[net.pipe[spot]], along))
        return Cut(
            u=name[first],
            v=name[first + 1],
            edge=edge,
            length=net.length[edge] * (where[first + 1] - where[first]),
            node=node,
            xy=np.concatenate([net.xy, new.reshape(-1, 2)]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Cut:
    """Pieces of pipes between joints and users.

    Per piece `u`, `v`, `length` and the `edge` of the network it is of; per user the `node` where it draws; `xy` of all
    nodes, those of the network first.
    """

    u: Array
    v: Array
    edge: Array
    length: Array
    node: Array
    xy: Array

    def drawn(self, amount: Array) -> Array:
        """What is drawn at each node; `amount` is per user."""
        out = np.zeros(len(self.xy), dtype=amount.dtype)
        np.add.at(out, self.node, amount)
        return out


def quarter_ends(*days: Array) -> Array:
    """The last days of all quarters from the first to the last of some days; `NEVER` does not count."""
    known = np.concatenate(days)
    known = known[(known < NEVER) & (known > -NEVER)]
    if not len(known):
        return np.empty(0, dtype=np.int64)
    first, last = (pd.Timestamp(np.datetime64(int(d), "D")).to_period("Q") for d in (known.min(), known.max()))
    ends = pd.period_range(first, last, freq="Q").end_time
    return np.asarray(ends.to_numpy(dtype="datetime64[D]").astype(np.int64))


def quarter(day: int) -> pd.Period:
    """The quarter a day lies in."""
    return pd.Timestamp(np.datetime64(day, "D")).to_period("Q")


def first_days(
    days: Array,
    still: Callable[[int], bytes],
    values: Callable[[int], Array],
    breaks: Callable[[Array], Array],
    size: int,
) -> tuple[Array, Array]:
    """The first of the days on which the value of each of `size` things breaks a limit, and that value.

    `NEVER` and NaN where on none. While `still` says the same, more is only drawn: what breaks goes on breaking, so
    that a stretch of days whose last one breaks nothing new is not looked into, and others are halved.
    """
    first, worst = np.full(size, NEVER), np.full(size, np.nan)
    for _, run in groupby(days.tolist(), still):
        stretch = list(run)
        ahead = [(0, len(stretch))]
        while ahead:
            begin, end = ahead.pop()
            value = values(stretch[end - 1])
            new = breaks(value) & (first == NEVER)
            if new.any() and end - begin == 1:
                first[new], worst[new] = stretch[begin], value[new]
            elif new.any():
                middle = (begin + end) // 2
                ahead += [(middle, end), (begin, middle)]
    return first, worst


def what_stays(found: Service, load: Load, day: int) -> bytes:
    """Which pipes and sources work, and which parcels have gone by a day, as bits: while it is the same, users come."""
    net = found.network
    parts = ((net.done <= day) & (net.gone > day), (net.opened <= day) & (net.closed > day), load.until <= day)
    return np.packbits(np.concatenate(parts)).tobytes()


def stage(found: Service, load: Load, day: int, usable: tuple[Array, Array]) -> Stage:
    """The network on a day; `usable` says which pipes and which joints of sources have what a calculation needs."""
    net = found.network
    roots = np.unique(net.source_node[(net.opened <= day) & (net.closed > day) & usable[1]])
    edge = np.flatnonzero(((net.done <= day) & (net.gone > day) & usable[0])[net.pipe])
    n = len(net.xy)
    links = coo_matrix((np.ones(len(edge), np.int8), (net.u[edge], net.v[edge])), shape=(n, n))
    _, part = connected_components(links, directed=False)
    edge = edge[np.isin(part[net.u[edge]], part[roots])]
    user, at = draws(found, load, day, np.flatnonzero(((net.done <= day) & (net.gone > day))[net.pipe]))
    whole = np.flatnonzero(((net.done <= day) & (net.gone > day))[net.pipe])[at]
    place = np.searchsorted(edge, whole)
    there = (place < len(edge)) & (np.append(edge, -1)[np.minimum(place, len(edge))] == whole)
    user, place = user[there], place[there]
    along = _along(found, load, user, net.pipe[edge[place]])
    span = np.where(net.length[edge[place]] > 0, net.at_v[edge[place]] - net.at_u[edge[place]], 1.0)
    share = np.clip((along - net.at_u[edge[place]]) / span, 0.0, 1.0)
    return Stage(found, day, edge, user, place, share, roots)


def _along(found: Service, load: Load, user: Array, pipe: Array) -> Array:
    """Return where on their pipe the users draw, in metres."""
    order = np.lexsort((found.near_pipe, found.near_parcel))
    wide = len(found.network.ids) + 1
    key = found.near_parcel[order] * wide + found.near_pipe[order]
    return np.asarray(load.along[order][np.searchsorted(key, user * wide + pipe)]) if len(user) else np.empty(0)


def ground(plan: Plan, xy: Array) -> Array:
    """The level of the ground at some points, from the elevation model.

    Points outside the model get the middle of the others; without a model the land counts as flat at 0.
    """
    if not any(name == "dem" or name.startswith("dem_") for name in plan.rasters):
        return np.zeros(len(xy))
    level = sample(fits(plan, "dem"), shapely.points(xy))
    known = ~np.isnan(level)
    return np.where(known, level, np.median(level[known]) if known.any() else 0.0)
