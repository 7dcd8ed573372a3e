"""Items moved between places that hold so much: annealing, exact regrouping of a few places, and knapsacks.

Costs are places × items; a place that is no option of an item costs infinity. All arrays are float64 or int64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]

Lists = tuple[Array, Array, Array]
"""Who is at each place, how many, and where in that list each item stands."""
Move = tuple[int, int, int, int]
"""An item and its new place, another and its new place; -1 for none."""
Heat = tuple[float, float, float]
"""First and last temperature, and the price of overload."""

_TURN = 256
"""Moves after which temperature and price of overload are set anew."""


@compiled
def _draw(state: Array) -> float:
    """The next number in [0, 1) of Marsaglia's xorshift, which is the same on every machine."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) / 9007199254740992.0


@compiled
def _lists(place: Array, places: int) -> Lists:
    """Who is at each place, how many, and where in that list each item stands."""
    members = np.zeros((places, len(place)), dtype=np.int64)
    count, at = np.zeros(places, dtype=np.int64), np.zeros(len(place), dtype=np.int64)
    for j in range(len(place)):
        i = place[j]
        members[i, count[i]] = j
        at[j] = count[i]
        count[i] += 1
    return members, count, at


@compiled
def _carry(item: int, target: int, place: Array, lists: Lists) -> None:
    members, count, at = lists
    old = place[item]
    last = members[old, count[old] - 1]
    members[old, at[item]] = last
    at[last] = at[item]
    count[old] -= 1
    members[target, count[target]] = item
    at[item] = count[target]
    count[target] += 1
    place[item] = target


@compiled
def _beyond(load: float, room: float) -> float:
    return load - room if load > room else 0.0


@compiled
def _proposed(state: Array, place: Array, likely: Array, lists: Lists) -> tuple[int, int, int, int]:
    """An item and its new place, and an item that makes room there with its own new place; -1 for none."""
    members, count, _ = lists
    j = int(_draw(state) * len(place))
    b = likely[j, int(_draw(state) * likely.shape[1])]
    kind = _draw(state)
    if b == place[j] or kind < 0.15 or count[b] == 0:
        return j, b, -1, -1
    k = members[b, int(_draw(state) * count[b])]
    c = place[j] if kind < 0.6 else likely[k, int(_draw(state) * likely.shape[1])]
    return j, b, k, c


@compiled
def _change(move: Move, place: Array, table: tuple[Array, Array, Array], load: Array) -> tuple[float, float]:
    """By how much a move changes the cost and the overload; infinite where it is no move."""
    (j, b, k, c), (cost, weight, room) = move, table
    a = place[j]
    if a == b or b == c:  # noqa: PLR1714  (the compiler wants it so)
        return np.inf, 0.0
    to_a, to_b = load[a] - weight[a, j], load[b] + weight[b, j]
    change, over = cost[b, j] - cost[a, j], -_beyond(load[a], room[a]) - _beyond(load[b], room[b])
    if k >= 0:
        to_b -= weight[b, k]
        change += cost[c, k] - cost[b, k]
        if c == a:
            to_a += weight[a, k]
        else:
            over += _beyond(load[c] + weight[c, k], room[c]) - _beyond(load[c], room[c])
    return change, over + _beyond(to_a, room[a]) + _beyond(to_b, room[b])


@compiled
def anneal(
    table: tuple[Array, Array, Array],
    likely: Array,
    place: Array,
    how: tuple[float, float, float],
    run: tuple[int, int],
) -> tuple[float, Array]:
    """The cheapest assignment seen that overdraws nothing, and its cost (infinite, and the start, where none was).

    `table` is cost, weight and room, `likely` the places worth trying for each item, `how` the first and the last
    temperature and the price of overload, which follows the search; `run` is the number of moves and the seed.
    """
    (cost, weight, room), (temperature, cold, penalty), (moves, seed) = table, how, run
    state = np.array([seed * 2654435761 + 88172645463325252], dtype=np.uint64)
    place, best, least = place.copy(), place.copy(), np.inf
    lists = _lists(place, len(room))
    load, value = np.zeros(len(room)), 0.0
    for j in range(len(place)):
        load[place[j]] += weight[place[j], j]
        value += cost[place[j], j]
    excess = np.maximum(load - room, 0.0).sum()
    cool = (cold / temperature) ** (_TURN / max(moves, 1))
    for step in range(moves):
        if step % _TURN == 0:
            temperature *= cool
            penalty = max(penalty * (0.98 if excess <= 1e-9 else 1.01), 1e-6)
        move = _proposed(state, place, likely, lists)
        change, over = _change(move, place, table, load)
        total = change + penalty * over
        if not total < 1e12 or (total > 0 and _draw(state) >= np.exp(-total / temperature)):
            continue
        value, excess = value + change, excess + over
        for item, target in ((move[0], move[1]), (move[2], move[3])):
            if item >= 0:
                load[place[item]] -= weight[place[item], item]
                load[target] += weight[target, item]
                _carry(item, target, place, lists)
        if excess <= 1e-9 and value < least - 1e-9:
            least = value
            best[:] = place
    return least, best


@compiled
def _ranked(table: tuple[Array, Array], group: Array, items: Array) -> tuple[Array, Array, Array, Array]:
    """Items by how much their second place costs more than their first; each with its places, the cheapest first."""
    seen, weight = table
    many, size = len(items), len(group)
    regret, order = np.zeros(many), np.zeros((many, size), dtype=np.int64)
    for a in range(many):
        row = np.array([seen[g, items[a]] for g in group])
        order[a] = np.argsort(row)
        if size > 1:
            regret[a] = row[order[a, 1]] - row[order[a, 0]]
    turn = np.argsort(-regret)
    items, order = items[turn], order[turn]
    cost, need = np.zeros((many, size)), np.zeros((many, size))
    for a in range(many):
        for b in range(size):
            cost[a, b] = seen[group[order[a, b]], items[a]]
            need[a, b] = weight[group[order[a, b]], items[a]]
    return items, order, cost, need


@compiled
def regroup(
    table: tuple[Array, Array, Array, Array], group: Array, items: Array, goal: float, run: tuple[int, float]
) -> tuple[bool, Array, Array]:
    """Whether the items of a few places can stand there for less than `goal`, and the cheapest way (items, places).

    `table` is cost, weight, room and what a unit of room is worth: the search leaves a branch where cost and worth of
    the room used rule out an answer below the goal. `run` is the most branches and the least step between two values.
    """
    (cost, weight, room, worth), (branches, step) = table, run
    items, order, seen, need = _ranked((cost + worth.reshape(-1, 1) * weight, weight), group, items)
    many, size = order.shape
    left, full = room[group].copy(), (worth[group] * room[group]).sum()
    rest = np.zeros(many + 1)
    for a in range(many - 1, -1, -1):
        rest[a] = rest[a + 1] + seen[a, 0]
    at, best, now = np.full(many, -1), np.full(many, -1), np.zeros(many + 1)
    depth, used = 0, 0
    while depth >= 0 and used <= branches:
        if at[depth] >= 0:
            left[order[depth, at[depth]]] += need[depth, at[depth]]
        at[depth] += 1
        if at[depth] >= size or now[depth] + seen[depth, at[depth]] + rest[depth + 1] >= goal + full - 1e-6:
            at[depth] = -1
            depth -= 1
            continue
        place = order[depth, at[depth]]
        left[place] -= need[depth, at[depth]]
        if left[place] < -1e-9:
            continue
        used += 1
        now[depth + 1] = now[depth] + seen[depth, at[depth]]
        if depth + 1 < many:
            depth += 1
            continue
        value = now[many] - full + (worth[group] * left).sum()
        if value < goal - 1e-6:
            goal = value - step + 1e-3
            for a in range(many):
                best[a] = group[order[a, at[a]]]
    return best[0] >= 0, items, best


@compiled
def knapsacks(profit: Array, weight: Array, room: Array) -> tuple[Array, Array]:
    """Which items each place takes for the greatest profit, and that profit; weights and room are whole numbers."""
    places, items = profit.shape
    take, value = np.zeros((places, items), dtype=np.bool_), np.zeros(places)
    for i in range(places):
        mine = np.flatnonzero(profit[i] > 0)
        best, chosen = np.zeros(room[i] + 1), np.zeros((len(mine), room[i] + 1), dtype=np.bool_)
        for q in range(len(mine)):
            heavy, gain = weight[i, mine[q]], profit[i, mine[q]]
            for c in range(room[i], heavy - 1, -1):
                if best[c - heavy] + gain > best[c]:
                    best[c] = best[c - heavy] + gain
                    chosen[q, c] = True
        value[i], left = best[room[i]], room[i]
        for q in range(len(mine) - 1, -1, -1):
            if chosen[q, left]:
                take[i, mine[q]] = True
                left -= weight[i, mine[q]]
    return take, value
