"""Gravity networks: which way each stretch drains, and where it would have to run uphill.

The way out of each stretch is the path to an outfall with the lowest summit, so a loop drains the way that water would
take. Levels between the ends of a pipe are interpolated along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ...algorithms.networks.minimax import Links, earliest
from ...algorithms.networks.noding import NEVER, Network, Snap
from ...plan import Plan
from ..registry import fact
from .graph import network

Array = np.ndarray[Any, Any]

MILLIMETRE = 1000.0


@dataclass(frozen=True, eq=False)
class Drainage:
    """A gravity network with its levels and directions, per edge of `network`.

    `z_up` and `z_down` are the inverts at the end away from and towards the outfall; `below` is the next edge on the
    way (-1 at the outfall); `drains` is false where no path leads to an outfall. Edges of pipes without levels are
    not `levelled`: `z_up` and `z_down` are NaN there.
    """

    network: Network
    z_up: Array
    z_down: Array
    up: Array
    """The node at the upper end of each edge, as the way out tells it."""
    down: Array
    below: Array
    drains: Array
    levelled: Array
    order: Array
    """Edges from the far ends to the outfalls: each stands before the edge below it."""


@fact(needs={"pipes": ("z_start", "z_end")}, of=(network,))
def drainage(plan: Plan, kind: str, snap: Snap = Snap()) -> Drainage:  # noqa: B008  (frozen)
    """The way each stretch of a gravity network drains."""
    net = network(plan, kind, snap)
    pipes = plan["pipes"]
    z0, z1 = (pipes[c].to_numpy(dtype=float)[net.rows][net.pipe] for c in ("z_start", "z_end"))
    whole = shapely.length(net.lines)[net.pipe]
    z_u, z_v = (z0 + (z1 - z0) * at / np.where(whole > 0, whole, 1.0) for at in (net.at_u, net.at_v))
    top = np.maximum(z_u, z_v)
    levelled = ~np.isnan(top)
    # A pipe without levels is taken last, after every known summit.
    summit = np.where(levelled, np.round(np.where(levelled, top, 0.0) * MILLIMETRE), NEVER - 1).astype(np.int64)
    tree = earliest(
        Links(len(net.xy), net.u, net.v, summit, net.source_node, np.full(len(net.source_node), -NEVER + 2))
    )
    parent, via = tree.parents
    hops = _hops(parent)
    down_is_v = hops[net.v] < hops[net.u]
    # An edge outside the tree closes a loop: it drains to its lower end.
    chord = via[np.where(down_is_v, net.u, net.v)] != np.arange(len(net.u))
    down_is_v = np.where(chord & levelled, z_v <= z_u, down_is_v)
    up, down = np.where(down_is_v, net.u, net.v), np.where(down_is_v, net.v, net.u)
    below = np.where(via[down] < len(net.u), via[down], -1)
    order = np.argsort(-hops[up], kind="stable")
    return Drainage(
        net,
        np.where(down_is_v, z_u, z_v),
        np.where(down_is_v, z_v, z_u),
        up,
        down,
        below,
        tree.day[net.u] < NEVER,
        levelled,
        order,
    )


def _hops(parent: Array) -> Array:
    """Return how many steps each node is from its outfall; a large number where it is cut off."""
    n = len(parent)
    hops = np.where(parent >= 0, 1, 0).astype(np.int64)
    up = np.where(parent >= 0, parent, n)
    total, up = np.append(hops, 0), np.append(up, n)
    while (up != n).any():
        total = total + total[up]
        up = up[up]
    return np.where(parent >= 0, total[:-1], n + 1)


def accumulated(drain: Drainage, inflow: Array) -> Array:
    """The flow in each edge: what enters at its upper node and everything above it.

    `inflow` is per node. Where several edges leave a node downhill, the one on the way to the outfall carries it all.
    """
    flow = np.zeros(len(drain.up))
    node = np.array(inflow, dtype=float)
    for edge in drain.order.tolist():
        if not drain.drains[edge]:
            continue
        flow[edge] += node[drain.up[edge]]
        node[drain.up[edge]] = 0.0
        node[drain.down[edge]] += flow[edge]
    return flow


def part_full(bore: Array, fall: Array, fill: Array, roughness: float) -> tuple[Array, Array]:
    """Flow [m³/s] and velocity [m/s] of round pipes filled to `fill` of their diameter, by Manning."""
    angle = 2 * np.arccos(1 - 2 * fill)
    area = bore**2 / 8 * (angle - np.sin(angle))
    radius = area / (angle * bore / 2)
    velocity = radius ** (2 / 3) * np.sqrt(fall) / roughness
    return np.asarray(area * velocity), np.asarray(velocity)
