"""How far junctions are from the nearest of many doors: labels are corrected until none gets shorter."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]


@compiled
def _search(
    graph: tuple[Array, Array, Array], doors: Array, legs: Array, limit: float, held: tuple[Array, Array, Array, Array]
) -> int:
    """Fill distances from some doors together; return how many junctions were met.

    `held` is (walk, waiting, queue, met), with infinity as every walk and nobody waiting. A queue of junctions whose
    distance fell: with doors all over the network each is looked at hardly more than once, and no heap is as quick.
    """
    indptr, indices, length = graph
    walk, waiting, queue, met = held
    n, head, tail, many = len(walk), 0, 0, 0
    for k in range(len(doors)):
        node = doors[k]
        if legs[k] > limit or legs[k] >= walk[node]:
            continue
        if walk[node] == np.inf:
            waiting[node], queue[tail], met[many] = True, node, node
            tail, many = tail + 1, many + 1
        walk[node] = legs[k]
    while head != tail:
        node = queue[head]
        head = head + 1 if head < n else 0
        waiting[node] = False
        here = walk[node]
        for e in range(indptr[node], indptr[node + 1]):
            there, far = indices[e], here + length[e]
            if far >= walk[there] or far > limit:
                continue
            if walk[there] == np.inf:
                met[many] = there
                many += 1
            walk[there] = far
            if not waiting[there]:
                waiting[there] = True
                queue[tail] = there
                tail = tail + 1 if tail < n else 0
    return many


@compiled
def _held(n: int) -> tuple[Array, Array, Array, Array]:
    return np.full(n, np.inf), np.zeros(n, np.bool_), np.empty(n + 1, np.int64), np.empty(n, np.int64)


@compiled
def spread(graph: tuple[Array, Array, Array], doors: Array, legs: Array, limit: float) -> Array:
    """Return the distance of each junction from the nearest door, its leg included; infinity beyond `limit`.

    `graph` is (indptr, indices, lengths). Doors come in order of their legs.
    """
    held = _held(len(graph[0]) - 1)
    _search(graph, doors, legs, limit, held)
    return held[0]


@compiled
def spread_each(
    graph: tuple[Array, Array, Array], doors: Array, legs: Array, limit: float, wanted: Array
) -> tuple[Array, Array, Array]:
    """Return which door, which junction and how far, for each door by itself, within `limit`, where `wanted`."""
    held = _held(len(graph[0]) - 1)
    walk, met = held[0], held[3]
    door, junction, distance, found = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024), 0
    for k in range(len(doors)):
        many = _search(graph, doors[k : k + 1], legs[k : k + 1], limit, held)
        while found + many > len(door):
            door, junction = (
                np.concatenate((door, np.empty_like(door))),
                np.concatenate((junction, np.empty_like(junction))),
            )
            distance = np.concatenate((distance, np.empty_like(distance)))
        for m in range(many):
            node = met[m]
            if wanted[node]:
                door[found], junction[found], distance[found] = k, node, walk[node]
                found += 1
            walk[node] = np.inf
    return door[:found].copy(), junction[:found].copy(), distance[:found].copy()
