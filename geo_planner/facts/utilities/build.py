"""The service of one utility, built from a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...algorithms.flow.capacity import positions
from ...algorithms.networks.noding import ALWAYS, NEVER, Network, Snap, day_numbers
from ...algorithms.networks.service import ROAD, Service
from ...algorithms.networks.spans import Span, hopeful, spans_of
from ...plan import Plan
from ...plan.digests import digest_of
from ..registry import fact, kept, key_of
from .graph import network
from .reach import beside_pipes, beside_roads, by_id

Array = np.ndarray[Any, Any]


@fact(needs={"parcels": ("id", "geometry"), "roads": ("id", "width", "start", "finish", "geometry")}, of=(network,))
def service(plan: Plan, kind: str, *, reach: float = 30.0, snap: Snap = Snap()) -> Service:  # noqa: B008  (frozen)
    """When each parcel is served by one utility.

    `kind` is a kind of pipe, or "road". A parcel is joined to a pipe within `reach` metres of its boundary, or to one
    that lies in a road beside it: the far side of a wide street is still the street. 30 m is a project default.
    Plans that agree in where things lie and in the days of this utility share one service.
    """
    net = _roads(plan) if kind == ROAD else network(plan, kind, snap)
    pairs = beside_roads(plan, reach) if kind == ROAD else beside_pipes(plan, kind, reach, snap)
    place = key_of(beside_roads, plan, reach) if kind == ROAD else key_of(beside_pipes, plan, kind, reach, snap)
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    days = (net.begun, net.done, net.gone, net.opened, net.closed)
    key = digest_of(place, pd.util.hash_array(ids, categorize=False), *days)

    def made() -> Service:
        layer, spans = ("roads", _road_spans(net)) if kind == ROAD else ("pipes", _spans(plan, kind, snap, net))
        return Service(kind, layer, ids, net, *pairs, *spans, digest=key, place=place)

    return kept(plan, made, "service", key)


def _spans(plan: Plan, kind: str, snap: Snap, net: Network) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans of a network of pipes, whatever parcels it serves."""
    return kept(plan, lambda: _pipe_spans(net), "spans", key_of(network, plan, kind, snap))


def _pipe_spans(net: Network) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    undated = (net.done == NEVER).any() or (net.opened == NEVER).any()
    return spans_of(net), spans_of(hopeful(net)) if undated else ()


def _roads(plan: Plan) -> Network:
    """Roads as a utility: the one beside the parcel that opens first; no way to the outside is asked for."""
    roads = by_id(plan["roads"])
    shapes, n = roads.geometry.to_numpy(), len(roads)
    none, one = np.empty(0, dtype=np.int64), np.arange(n)
    return Network(
        kind=ROAD,
        rows=roads.index.to_numpy(),
        ids=roads["id"].to_numpy(dtype=object),
        lines=shapes,
        begun=day_numbers(roads["start"]),
        done=day_numbers(roads["finish"]),
        gone=np.full(n, NEVER),
        pipe=one,
        u=one,
        v=one,
        at_u=np.zeros(n),
        at_v=shapely.length(shapes),
        xy=np.empty((0, 2)),
        source=none,
        source_ids=none,
        source_node=none,
        opened=none,
        closed=none,
        sources=none,
    )


def _road_spans(net: Network) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    begun, done, one = net.begun, net.done, net.pipe
    spans = (Span(ALWAYS, NEVER, None, done, one, one),)
    maybe = np.where(done == NEVER, np.where(begun == NEVER, ALWAYS, begun), done)
    return spans, (Span(ALWAYS, NEVER, None, maybe, one, one),) if (done == NEVER).any() else ()


def along(plan: Plan, found: Service) -> Array:
    """Where each parcel would draw from each pipe in its reach (`flow.capacity.positions`); no day changes it."""
    shapes = plan.layers["parcels"].geometry.to_numpy()
    return kept(plan, lambda: positions(found, shapes), "along", found.place)
