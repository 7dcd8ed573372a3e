"""The inner loops of the crew search, compiled where numba is installed and plain Python where it is not.

Everything here works on one `Shop` of arrays and an order of activities. Times are whole periods from 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...algorithms.kernels import compiled

Ints = NDArray[np.int64]


class Links(NamedTuple):
    """Arcs by the activity they end at: `before[ptr[j]:ptr[j+1]]` must start `lag` earlier than j."""

    ptr: Ints
    before: Ints
    lag: Ints


class Shop(NamedTuple):
    """Activities, their demand for each resource, and the arcs read forwards and in the mirror of time."""

    duration: Ints
    demand: Ints
    capacity: Ints
    forward: Links
    mirror: Links
    ranked: Ints


@compiled
def first_open(j: int, links: Links, placed: NDArray[np.bool_]) -> int:
    """A predecessor of j that is not placed yet, or -1."""
    for k in range(links.ptr[j], links.ptr[j + 1]):
        if not placed[links.before[k]]:
            return int(links.before[k])
    return -1


@compiled
def settle(order: Ints, links: Links) -> Ints:
    """The order with every activity moved behind its predecessors, otherwise unchanged."""
    n = len(order)
    out = np.empty(n, np.int64)
    placed = np.zeros(n, np.bool_)
    stack = np.empty(n + 1, np.int64)
    filled = 0
    for a in order:
        top = -1 if placed[a] else 0
        stack[0] = a
        while top >= 0:
            before = first_open(stack[top], links, placed)
            if before >= 0:
                top += 1
                stack[top] = before
                continue
            placed[stack[top]] = True
            out[filled] = stack[top]
            filled += 1
            top -= 1
    return out


@compiled
def first_fit(t: int, duration: int, need: Ints, room: Ints, span: int) -> int:
    """The first start from `t` on at which every period has room for `need`; nothing is booked from `span` on."""
    m = len(need)
    known = t
    ahead = min(t + duration, span) - 1
    while ahead >= known:
        fits = True
        for r in range(m):
            if room[ahead, r] < need[r]:
                fits = False
                break
        if fits:
            ahead -= 1
        else:
            # No start that covers the full period works; what lies between it and the end just read is free.
            known = min(t + duration, span)
            t = ahead + 1
            ahead = min(t + duration, span) - 1
    return t


@compiled
def serial(order: Ints, shop: Shop, links: Links, room: Ints) -> Ints:
    """Starts of the serial schedule: each activity in turn as early as arcs and resources allow.

    `order` must respect `links`; `room` is a scratch array with a row for every period that can be reached.
    """
    n, m = shop.demand.shape
    start = np.zeros(n, np.int64)
    span = 0
    for a in order:
        t = 0
        for k in range(links.ptr[a], links.ptr[a + 1]):
            t = max(t, start[links.before[k]] + links.lag[k])
        d = shop.duration[a]
        if d > 0:
            t = first_fit(t, d, shop.demand[a], room, span)
            for q in range(span, t + d):
                for r in range(m):
                    room[q, r] = shop.capacity[r]
            for q in range(t, t + d):
                for r in range(m):
                    room[q, r] -= shop.demand[a, r]
        start[a] = t
        span = max(span, t + d)
    return start


@compiled
def span_of(start: Ints, shop: Shop) -> int:
    """The last finish."""
    return int(np.max(start + shop.duration))


@compiled
def by_start(start: Ints, ranked: Ints) -> Ints:
    """Activities by start, ties in the order of `ranked`: a counting sort, for starts are small numbers."""
    n = len(start)
    place = np.zeros(start.max() + 2, np.int64)
    for k in range(n):
        place[start[k] + 1] += 1
    for t in range(1, len(place)):
        place[t] += place[t - 1]
    out = np.empty(n, np.int64)
    for a in ranked:
        out[place[start[a]]] = a
        place[start[a]] += 1
    return out


@compiled
def justified(start: Ints, shop: Shop, room: Ints) -> Ints:
    """The schedule pushed to the right and back to the left: never longer, usually shorter."""
    left = span_of(start, shop) - start - shop.duration
    order = settle(by_start(left, shop.ranked[::-1]), shop.mirror)
    late = serial(order, shop, shop.mirror, room)
    late = span_of(late, shop) - late - shop.duration
    return serial(settle(by_start(late, shop.ranked), shop.forward), shop, shop.forward, room)


@compiled
def sampled(priority: NDArray[np.float64], shop: Shop, noise: float) -> Ints:
    """A precedence order by priority blurred with noise: small values first."""
    n = len(priority)
    blurred = priority + noise * np.random.random(n)  # noqa: NPY002 - numba seeds and compiles only the old generator
    return settle(np.argsort(blurred), shop.forward)


@compiled
def shuffled(order: Ints, lo: int, width: int) -> Ints:
    """The order with the places [lo, lo + width) mixed: each activity moves by less than the width."""
    out = order.copy()
    key = np.arange(width) + width * np.random.random(width)  # noqa: NPY002 - see above
    out[lo : lo + width] = order[lo : lo + width][np.argsort(key)]
    return out


@compiled
def moved(order: Ints, lo: int, hi: int) -> Ints:
    """The order with one activity carried from `lo` to `hi`, or from `hi` to `lo`."""
    out = order.copy()
    if np.random.random() < 0.5:  # noqa: NPY002 - see above
        out[lo:hi] = order[lo + 1 : hi + 1]
        out[hi] = order[lo]
    else:
        out[lo + 1 : hi + 1] = order[lo:hi]
        out[lo] = order[hi]
    return out


@compiled
def neighbour(order: Ints, reach: int) -> Ints:
    """A random small change of the order; the caller settles precedence again."""
    n = len(order)
    width = min(n, 3 + np.random.randint(reach))  # noqa: NPY002 - see above
    lo = np.random.randint(n - width + 1)  # noqa: NPY002
    if np.random.random() < 0.5:  # noqa: NPY002
        return shuffled(order, lo, width)
    return moved(order, lo, lo + width - 1)


@compiled
def opening(priority: NDArray[np.float64], shop: Shop, room: Ints, tries: int) -> Ints:
    """The shortest of some justified schedules by blurred priority."""
    best = serial(sampled(priority, shop, 0.0), shop, shop.forward, room)
    for k in range(tries):
        start = serial(sampled(priority, shop, 0.3 * k), shop, shop.forward, room)
        start = justified(start, shop, room)
        if span_of(start, shop) < span_of(best, shop):
            best = start
    return best


@compiled
def anneal(now: Ints, shop: Shop, room: Ints, heat: float, goal: tuple[int, int]) -> tuple[Ints, Ints]:
    """Walk from schedule to schedule; returns the best seen and the last one.

    `goal` = (steps to walk, span at which to stop). A schedule longer by x is accepted with chance exp(-x / heat).
    """
    best = now
    least = span_of(now, shop)
    span = least
    order = settle(by_start(now, shop.ranked), shop.forward)
    for _ in range(goal[0]):
        if least <= goal[1]:
            break
        start = serial(settle(neighbour(order, 20), shop.forward), shop, shop.forward, room)
        start = justified(start, shop, room)
        length = span_of(start, shop)
        if length <= span or np.random.random() < np.exp((span - length) / heat):  # noqa: NPY002
            span = length
            now = start
            order = settle(by_start(start, shop.ranked), shop.forward)
            if length < least:
                least = length
                best = start
    return best, now


@compiled
def seed(value: int) -> None:
    """Fix the stream of random numbers of the loops (one stream for each thread)."""
    np.random.seed(value)  # noqa: NPY002 - see above
