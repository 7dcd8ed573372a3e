"""One minimax pass for each stretch of time in which nothing is taken out of service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from .minimax import Links, Tree, earliest
from .noding import ALWAYS, NEVER, Network

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Span:
    """One stretch of time in which nothing is removed: from day `since` until day `until`.

    Per pipe: `day` on which it works (`NEVER`), `end` node it is fed from, `cause` link it waits for.
    """

    since: int
    until: int
    tree: Tree | None
    day: Array
    end: Array
    cause: Array


def hopeful(net: Network) -> Network:
    """Return the network as if what has no completion date had been there from its start on."""
    begun = np.where(net.begun == NEVER, ALWAYS, net.begun)
    return replace(
        net, done=np.where(net.done == NEVER, begun, net.done), opened=np.where(net.opened == NEVER, ALWAYS, net.opened)
    )


def spans_of(net: Network) -> tuple[Span, ...]:
    """Return one minimax pass for each stretch between removals."""
    removals = np.unique(np.concatenate([net.gone, net.closed]))
    bounds = [ALWAYS, *removals[removals < NEVER].tolist(), NEVER]
    return tuple(_span(net, since, until) for since, until in pairwise(bounds))


def _span(net: Network, since: int, until: int) -> Span:
    done = np.where(net.gone >= until, net.done, NEVER)
    opened = np.where(net.closed >= until, net.opened, NEVER)
    edge_day = done[net.pipe]
    tree = earliest(Links(len(net.xy), net.u, net.v, edge_day, net.source_node, opened))
    day_u, day_v = tree.day[net.u], tree.day[net.v]
    fed = np.minimum(day_u, day_v)
    whole = np.where(edge_day == NEVER, NEVER, np.maximum(edge_day, fed))
    # Edges are sorted by pipe, so the first edge with the least day speaks for its pipe.
    order = np.lexsort((np.arange(len(whole)), whole, net.pipe))
    lead = order[np.r_[True, np.diff(net.pipe[order]) > 0]] if len(order) else order
    day = np.full(len(net.ids), NEVER, dtype=np.int64)
    end, cause = np.full(len(net.ids), -1, dtype=np.int64), np.full(len(net.ids), -1, dtype=np.int64)
    at = net.pipe[lead]
    day[at] = whole[lead]
    end[at] = np.where(day_u[lead] <= day_v[lead], net.u[lead], net.v[lead])
    own = edge_day[lead] >= fed[lead]
    cause[at] = np.where(own, lead, tree.cause[end[at]])
    return Span(since, until, tree, day, end, cause)
