"""The earliest day on which each node is joined to a source that works: a minimax path over completion days.

One pass answers for all times at once. Pipes are ranked by day, ties by their order, so the spanning tree is the only
one and the compiled kernel and the scipy way give the same tree, the same bottlenecks and the same paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from ...errors import MissingExtraError
from ..kernels import loops, loops_for
from .noding import NEVER

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Links:
    """What can be built and when: edges between nodes, and roots (sources) that open at nodes.

    `day` and `root_day` are day numbers; `NEVER` conducts nothing.
    """

    nodes: int
    u: Array
    v: Array
    day: Array
    root: Array
    root_day: Array


@dataclass(frozen=True, eq=False)
class Tree:
    """The minimax tree from all sources.

    `day` is the earliest day of each node (`NEVER` where cut off); `cause` is the link that day waits for: an edge, or
    `len(edges) + k` for root k, or -1 where cut off.
    """

    links: Links
    day: Array
    cause: Array
    tree: Array
    """The links that make the tree, in order of rank."""

    @cached_property
    def parents(self) -> tuple[Array, Array]:
        """The next node towards the source, and the link to it: both -1 where cut off; at a source it is `nodes`."""
        u, v, _ = _joined(self.links)
        n = self.links.nodes + 1
        a, b = u[self.tree], v[self.tree]
        _, before = _walk(n, a, b)
        via = np.full(n, -1, dtype=np.int64)
        down = before[b] == a
        via[np.where(down, b, a)] = self.tree
        before = np.where(before < 0, -1, before)
        # Trees that hang on no source are no paths.
        cut = self.cause < 0
        before[:-1][cut], via[:-1][cut] = -1, -1
        return before[:-1], via[:-1]


def _joined(links: Links) -> tuple[Array, Array, Array]:
    """Return edges and roots as one list of links; the source of sources is node `nodes`."""
    u = np.concatenate([links.u, links.root])
    v = np.concatenate([links.v, np.full(len(links.root), links.nodes)])
    return u, v, np.concatenate([links.day, links.root_day])


def _walk(n: int, a: Array, b: Array) -> tuple[Array, Array]:
    graph = csr_matrix((np.ones(2 * len(a), np.int8), (np.r_[a, b], np.r_[b, a])), shape=(n, n))
    order, before = breadth_first_order(graph, n - 1, directed=False, return_predecessors=True)
    return np.asarray(order), np.asarray(before)


def earliest(links: Links, engine: str = "auto") -> Tree:
    """The minimax tree of a network.

    `engine` is "auto" (the compiled kernel for large networks where numba is installed), "scipy" or "numba"; all give
    the same answer.
    """
    u, v, day = _joined(links)
    never = day >= NEVER
    usable = np.flatnonzero(~never) if never.any() else None
    rank = _order(day) if usable is None else usable[_order(day[usable])]
    quick = loops("trees") if engine == "numba" else loops_for("trees", len(rank)) if engine == "auto" else None
    if quick:
        cause_rank, kept = quick.unite(links.nodes, u[rank], v[rank])
    elif engine == "numba":
        package, extra = "numba", "speed"
        raise MissingExtraError(package, extra)
    else:
        cause_rank, kept = _by_spanning_tree(links.nodes, u[rank], v[rank])
    # A node that is cut off has rank -1, and so takes what is appended.
    cause = np.append(rank, -1)[cause_rank]
    out = np.append(day, NEVER)[cause]
    return Tree(links, out, cause, rank[kept])


def _order(number: Array) -> Array:
    """Return the stable order of whole numbers; a range below 65,536 (179 years) is sorted as short ones, by radix."""
    if len(number) and int(number.max()) - int(number.min()) < 2**16:
        return np.argsort((number - number.min()).astype(np.uint16), kind="stable")
    return np.argsort(number, kind="stable")


def _by_spanning_tree(nodes: int, u: Array, v: Array) -> tuple[Array, Array]:
    """Return the rank of the worst link between each node and the sources, and the ranks in the tree.

    Links come in order of rank. scipy's spanning tree, then pointer doubling up the tree. Rank + 1 is the weight: an
    explicit 0 would mean no edge, and unequal weights make the tree unique.
    """
    n = nodes + 1
    low, high = np.minimum(u, v), np.maximum(u, v)
    # Parallel links may stay: the spanning tree takes the first. So rows are laid out here, not added up by scipy.
    order = _order(low)
    start = np.concatenate([[0], np.cumsum(np.bincount(low, minlength=n))])
    weights = csr_matrix((order + 1.0, high[order], start), shape=(n, n))
    tree = minimum_spanning_tree(weights, overwrite=True)
    _, before = breadth_first_order(tree, nodes, directed=False, return_predecessors=True)
    links = tree.tocoo()
    a, b, w = links.row, links.col, links.data.astype(np.int32) - 1
    worst = np.full(n, -1, dtype=np.int32)
    worst[np.where(before[b] == a, b, a)] = w
    reached = before >= 0
    up = np.where(reached, before, nodes).astype(np.int32)
    worst[~reached], worst[nodes] = -1, -1
    while (up != nodes).any():
        worst = np.maximum(worst, worst[up])
        up = up[up]
    worst[~reached] = -1
    return worst[:-1], np.sort(w)
