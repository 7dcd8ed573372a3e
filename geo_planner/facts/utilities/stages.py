"""Networks as they stand on a day, with the parcels in use on it: the ground for pressure, voltage and drainage."""

from __future__ import annotations

from dataclasses import dataclass
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

    def to_nodes(self, amount: Array) -> Array:
        """What the users draw, laid on the two ends of their stretch by nearness; `amount` is per user."""
        net, out = self.service.network, np.zeros(len(self.service.network.xy))
        edge = self.edge[self.at]
        np.add.at(out, net.u[edge], amount * (1 - self.share))
        np.add.at(out, net.v[edge], amount * self.share)
        return out

    def at_users(self, value: Array) -> Array:
        """A value of the nodes, read between the ends of each user's stretch."""
        net, edge = self.service.network, self.edge[self.at]
        return np.asarray(value[net.u[edge]] * (1 - self.share) + value[net.v[edge]] * self.share)


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
