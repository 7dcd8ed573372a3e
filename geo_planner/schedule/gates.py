"""Choices that many events wait for, as one gate: the day from which enough has come, which all of them wait for.

The land of every dwelling is released once any plant has started: one day, not a choice for each. Groups with the same
members and the same need become one group of one event more, the gate, at no price, and plain arcs from it to those
that wait; groups that a stricter one of the same event keeps are left out. The choice is the same and far smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .choice import Choices, Chosen, chosen
from .network import Arcs, Floats, Ints, Network, make_tasks
from .reach import Known
from .window import Window

GATE = "GATE"
"""The rule of arcs from a gate to what waits for it."""


@dataclass(frozen=True, eq=False)
class Gated:
    """The problem with gates; `member` is for each member of the choices before the one that decides on it now."""

    network: Network
    choices: Choices
    window: Window
    start: Ints
    member: Ints


def chosen_by_gates(network: Network, choices: Choices, window: Window, known: Known) -> Chosen:
    """The best choice, made at the gates and handed on to every group that waits for one."""
    whole = gated(network, choices, window, known.start)
    more = np.zeros(len(whole.network.arcs) - len(network.arcs))
    near = None if known.near is None else np.r_[known.near, whole.window.wish[network.tasks.n :]]
    gated_known = replace(known, start=whole.start, price=np.r_[known.price, more], near=near)
    best = chosen(whole.network, whole.choices, whole.window, gated_known)
    return replace(best, members=best.members[whole.member])


def gated(network: Network, choices: Choices, window: Window, start: Ints) -> Gated:
    """The problem with one gate for all groups of the same members and need, at the days before and with `start`."""
    order = np.lexsort((choices.weight, choices.arcs.lag, choices.arcs.before, choices.option, choices.group))
    groups, first, size = np.unique(choices.group[order], return_index=True, return_counts=True)
    member = np.arange(len(choices))
    rows = {g: order[f : f + s] for g, f, s in zip(groups.tolist(), first.tolist(), size.tolist(), strict=True)}
    alike: dict[bytes, list[int]] = {}
    for g, own in rows.items():
        alike.setdefault(_sign(choices, own), []).append(g)
    kept, gates = [], []
    for same in alike.values():
        strict = _strictest(choices, rows, same)
        for need in sorted({float(choices.need[rows[g][0]]) for g in strict.values()}):
            equal = [g for g in strict.values() if choices.need[rows[g][0]] == need]
            kept.append(equal[0])
            if len(equal) > 1:
                gates.append(equal)
            for g in equal:
                member[rows[g]] = rows[equal[0]]
        for g in same:
            member[rows[g]] = member[rows[strict[int(choices.arcs.after[rows[g][0]])]]]
    return _with_gates((network, choices, window, start), gates, (rows, np.isin(choices.group, kept), member))


def _sign(choices: Choices, own: Ints) -> bytes:
    """What two groups have in common that wait for the same, however much of it they need."""
    option = np.unique(choices.option[own], return_inverse=True)[1]
    need = choices.need[own]
    odd = need if (need != need[0]).any() else np.zeros(len(own))  # needs that differ by option cannot be compared
    columns = (
        option,
        np.round(odd * 1e9),
        choices.arcs.before[own],
        choices.arcs.lag[own],
        np.round(choices.weight[own] * 1e9),
    )
    return np.column_stack(columns).astype(np.int64).tobytes()


def _strictest(choices: Choices, rows: dict[int, Ints], same: list[int]) -> dict[int, int]:
    """For each event the group that needs most, of groups with the same members and needs that do not cross."""
    best: dict[int, int] = {}
    for g in same:
        event = int(choices.arcs.after[rows[g][0]])
        if event not in best or choices.need[rows[g]].min() > choices.need[rows[best[event]]].min():
            best[event] = g
    return best


Problem = tuple[Network, Choices, Window, Ints]


def _with_gates(whole: Problem, gates: list[list[int]], kept: tuple[dict[int, Ints], np.ndarray, Ints]) -> Gated:
    network, choices, window, start = whole
    rows, stays, member = kept
    n, after = network.tasks.n, choices.arcs.after.copy()
    waiting = [np.unique([after[rows[g][0]] for g in same]) for same in gates]
    for k, same in enumerate(gates):
        after[rows[same[0]]] = n + k
    made = replace(choices, arcs=replace(choices.arcs, after=after)).pick(stays)
    place = np.cumsum(stays) - 1
    return Gated(
        _with_events(network, waiting),
        made,
        _windows(window, waiting, [_low(choices, rows[same[0]], window) for same in gates]),
        np.r_[start, [start[w].min() for w in waiting]].astype(np.int64),
        place[member],
    )


def _with_events(network: Network, waiting: list[Ints]) -> Network:
    """The network with an event for each gate and an arc to each event that waits for it."""
    tasks, arcs, k = network.tasks, network.arcs, len(waiting)
    more = make_tasks([f"gate/{i}" for i in range(k)], np.zeros(k), np.zeros(k))
    columns = {c: np.concatenate([getattr(tasks, c), getattr(more, c)]) for c in tasks.__dataclass_fields__}
    after = np.concatenate([*waiting, np.empty(0, np.int64)]).astype(np.int64)
    size = len(after)
    new = Arcs(
        before=np.repeat(tasks.n + np.arange(k), [len(w) for w in waiting]).astype(np.int64),
        after=after,
        lag=np.zeros(size, np.int64),
        rule=np.full(size, GATE, dtype=object),
        link=np.full(size, "FS", dtype=object),
        evidence=np.full(size, "", dtype=object),
    )
    both = {c: np.concatenate([getattr(arcs, c), getattr(new, c)]) for c in arcs.__dataclass_fields__}
    return Network(type(tasks)(**columns), Arcs(**both))


def _windows(window: Window, waiting: list[Ints], low: list[int]) -> Window:
    """The window with gates: none before enough can have come, nor after the last day of what waits for it."""
    high = [int(window.high[w].min()) for w in waiting]
    low = [min(a, b) for a, b in zip(low, high, strict=True)]
    wish = np.clip([int(window.wish[w].min()) for w in waiting], low, high)
    free: Floats = np.zeros(len(waiting))
    return Window(
        np.r_[window.low, low].astype(np.int64),
        np.r_[window.high, high].astype(np.int64),
        np.r_[window.wish, wish].astype(np.int64),
        np.r_[window.later, free],
        np.r_[window.earlier, free],
    )


def _low(choices: Choices, own: Ints, window: Window) -> int:
    """The first day on which enough of a group can have come."""
    days = []
    for option in np.unique(choices.option[own]).tolist():
        rows = own[choices.option[own] == option]
        day = window.low[choices.arcs.before[rows]] + choices.arcs.lag[rows]
        turn = np.argsort(day, kind="stable")
        enough = np.flatnonzero(np.cumsum(choices.weight[rows][turn]) >= choices.need[rows[0]] - 1e-9)
        days += [int(day[turn][enough[0]])] if len(enough) else []
    return min(days)
