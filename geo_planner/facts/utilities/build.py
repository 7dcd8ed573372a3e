"""The service of one utility, built from a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ...algorithms.networks.noding import ALWAYS, NEVER, Network, Snap, day_numbers
from ...algorithms.networks.service import ROAD, Service
from ...algorithms.networks.spans import Span, hopeful, spans_of
from ...plan import Plan
from ..registry import fact
from .graph import network
from .reach import near

Array = np.ndarray[Any, Any]


@fact(needs={"parcels": ("id", "geometry"), "roads": ("id", "width", "start", "finish", "geometry")}, of=(network,))
def service(plan: Plan, kind: str, *, reach: float = 30.0, snap: Snap = Snap()) -> Service:  # noqa: B008  (frozen)
    """When each parcel is served by one utility.

    `kind` is a kind of pipe, or "road". A parcel is joined to a pipe within `reach` metres of its boundary, or to one
    that lies in a road beside it: the far side of a wide street is still the street. 30 m is a project default.
    """
    parcels = plan["parcels"]
    ids = parcels["id"].to_numpy(dtype=object)
    if kind == ROAD:
        return _roads(plan, ids, reach)
    net = network(plan, kind, snap)
    pairs = near(plan, net, reach)
    undated = (net.done == NEVER).any() or (net.opened == NEVER).any()
    maybe = spans_of(hopeful(net)) if undated else ()
    return Service(kind, "pipes", ids, net, *pairs, spans_of(net), maybe)


def _roads(plan: Plan, ids: Array, reach: float) -> Service:
    """Roads as a utility: the one beside the parcel that opens first; no way to the outside is asked for."""
    roads = plan["roads"]
    roads = roads.iloc[np.argsort(roads["id"].to_numpy(dtype=object).astype(str), kind="stable")]
    shapes, parcels = roads.geometry.to_numpy(), plan.layers["parcels"].geometry.to_numpy()
    half = np.where(roads["width"].notna(), roads["width"], 0.0) / 2
    lined = shapely.get_dimensions(shapes) == 1
    allowed = reach + np.where(lined, half, 0.0)
    far = float(allowed.max()) if len(allowed) else reach
    i, k = shapely.STRtree(shapes).query(parcels, predicate="dwithin", distance=far)
    distance = shapely.distance(parcels[i], shapes[k])
    keep = distance <= allowed[k]
    order = np.lexsort((k[keep], i[keep]))
    i, k, distance = i[keep][order], k[keep][order], distance[keep][order]
    none, n = np.empty(0, dtype=np.int64), len(roads)
    done, begun = day_numbers(roads["finish"]), day_numbers(roads["start"])
    one = np.arange(n)
    net = Network(
        kind=ROAD,
        rows=roads.index.to_numpy(),
        ids=roads["id"].to_numpy(dtype=object),
        lines=shapes,
        begun=begun,
        done=done,
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
    spans = (Span(ALWAYS, NEVER, None, done, one, one),)
    maybe = np.where(done == NEVER, np.where(begun == NEVER, ALWAYS, begun), done)
    hopeful = (Span(ALWAYS, NEVER, None, maybe, one, one),) if (done == NEVER).any() else ()
    return Service(ROAD, "roads", ids, net, i, k, distance, spans, hopeful)
