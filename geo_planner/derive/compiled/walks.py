"""How far junctions are from the nearest of many doors: labels are corrected until none gets shorter."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]


@compiled
def spread(graph: tuple[Array, Array, Array], doors: Array, legs: Array, limit: float) -> Array:
    """Return the distance of each junction from the nearest door, its leg included; infinity beyond `limit`.

    `graph` is (indptr, indices, lengths). A queue of junctions whose distance fell: with doors all over the network
    each is looked at hardly more than once, which no heap is as quick as. Doors come in order of their legs.
    """
    indptr, indices, length = graph
    n = len(indptr) - 1
    walk = np.full(n, np.inf)
    waiting = np.zeros(n, np.bool_)
    queue = np.empty(n + 1, np.int64)
    head, tail = 0, 0
    for k in range(len(doors)):
        node = doors[k]
        if legs[k] <= limit and legs[k] < walk[node]:
            walk[node] = legs[k]
            if not waiting[node]:
                waiting[node] = True
                queue[tail] = node
                tail += 1
    while head != tail:
        node = queue[head]
        head = head + 1 if head < n else 0
        waiting[node] = False
        here = walk[node]
        for k in range(indptr[node], indptr[node + 1]):
            there, far = indices[k], here + length[k]
            if far < walk[there] and far <= limit:
                walk[there] = far
                if not waiting[there]:
                    waiting[there] = True
                    queue[tail] = there
                    tail = tail + 1 if tail < n else 0
    return walk


@compiled
def _search(
    graph: tuple[Array, Array, Array], door: int, leg: float, limit: float, held: tuple[Array, Array, Array, Array]
) -> int:
    """Fill distances from one door; return how many junctions were met. `held` is (walk, waiting, queue, met)."""
    indptr, indices, length = graph
    walk, waiting, queue, met = held
    n = len(walk)
    walk[door], queue[0], met[0], many = leg, door, door, 1
    head, tail = 0, 1
    while head != tail:
        node = queue[head]
        head = head + 1 if head < n else 0
        waiting[node] = False
        for e in range(indptr[node], indptr[node + 1]):
            there, far = indices[e], walk[node] + length[e]
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
def spread_each(
    graph: tuple[Array, Array, Array], doors: Array, legs: Array, limit: float, wanted: Array
) -> tuple[Array, Array, Array]:
    """Return which door, which junction and how far, for each door by itself, within `limit`, where `wanted`."""
    n = len(graph[0]) - 1
    walk, met = np.full(n, np.inf), np.empty(n, np.int64)
    held = (walk, np.zeros(n, np.bool_), np.empty(n + 1, np.int64), met)
    door, junction, distance, found = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024), 0
    for k in range(len(doors)):
        many = _search(graph, doors[k], legs[k], limit, held) if legs[k] <= limit else 0
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
