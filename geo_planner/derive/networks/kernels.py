"""The one inner loop that is compiled where numba is installed; imported only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

Array = np.ndarray[Any, Any]
F = TypeVar("F", bound=Callable[..., Any])


def _compiled(loop: F) -> F:
    ready: F = numba.njit(cache=True, nogil=True)(loop)
    return ready


@_compiled
def find(parent: Array, x: int) -> int:
    """The root of x; the way there is halved."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@_compiled
def unite(nodes: int, u: Array, v: Array, rank: Array) -> tuple[Array, Array]:
    """Kruskal's way over links in order of rank, with the source of sources as node `nodes`.

    Returns for each node the rank at which its part first meets the sources (-1: never), and the ranks of the tree.
    Each part keeps its members as a circular list, so every node is labelled once.
    """
    parent = np.arange(nodes + 1).astype(np.int32)
    size = np.ones(nodes + 1, dtype=np.int32)
    following = np.arange(nodes + 1).astype(np.int32)
    cause = np.full(nodes, -1, dtype=np.int64)
    kept = np.empty(nodes, dtype=np.int64)
    many, home = 0, nodes
    for k in range(len(rank)):
        a, b = find(parent, u[rank[k]]), find(parent, v[rank[k]])
        if a == b:
            continue
        kept[many] = k
        many += 1
        if home == a or home == b:  # noqa: PLR1714, SIM109  (the compiler wants it so)
            first = b if a == home else a
            member = first
            while True:
                cause[member] = k
                member = following[member]
                if member == first:
                    break
        if size[a] < size[b]:
            a, b = b, a
        if home == b:
            home = a
        parent[b] = a
        size[a] += size[b]
        following[a], following[b] = following[b], following[a]
    return cause, kept[:many].copy()
