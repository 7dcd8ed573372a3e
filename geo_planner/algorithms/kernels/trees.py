"""Kruskal's way over links in order of rank, which tells when each node is first joined to a source."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]


@compiled
def find(parent: Array, x: int) -> int:
    """The root of x; the way there is halved. A root holds its size, negative."""
    up = parent[x]
    while up >= 0:
        above = parent[up]
        if above >= 0:
            parent[x] = above
        x, up = up, above
    return x


@compiled
def unite(nodes: int, u: Array, v: Array) -> tuple[Array, Array]:
    """Kruskal's way over links in order of rank, with the source of sources as node `nodes`.

    Returns for each node the rank at which its part first meets the sources (-1: never), and the ranks of the tree.
    Each part keeps its members as a circular list, so every node is labelled once.
    """
    parent = np.full(nodes + 1, -1, dtype=np.int32)
    following = np.arange(nodes + 1).astype(np.int32)
    cause = np.full(nodes, -1, dtype=np.int64)
    kept = np.empty(nodes, dtype=np.int64)
    many, home = 0, nodes
    for k in range(len(u)):
        a, b = find(parent, u[k]), find(parent, v[k])
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
        if parent[a] > parent[b]:
            a, b = b, a
        if home == b:
            home = a
        parent[a] += parent[b]
        parent[b] = a
        following[a], following[b] = following[b], following[a]
    return cause, kept[:many].copy()
