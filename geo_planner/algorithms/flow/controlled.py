"""Heads and flows of a water network with valves: pumps, check valves and pressure-reducing valves find their state.

The same equations as `pressure`, in the manner of EPANET: an active reducing valve holds the head behind it and takes
what flows there from the node before it; a closed link has a very great resistance. Each step solves the heads, then
every valve and pump looks whether it opens, closes or regulates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from .pressure import EXPONENT, LEAST_SLOPE, WEIGHT, Array, Flow, WaterGrid

CLOSED_SLOPE = 1e8 * 0.3048 / 0.0283168
"""Head loss per flow [s/m²] of a closed link, and the steepest a pump of constant power gets (EPANET's 1e8 ft/cfs)."""
STILL = 2.83168e-8
"""m³/s: the least flow that a pump is taken to have."""
HOLD = 1e8
"""Weight with which an active valve holds the head behind it."""
HEAD_TOLERANCE, FLOW_TOLERANCE = 1.5e-4, 2.8e-6
"""m and m³/s within which a valve does not change its state (EPANET's own)."""
OFTEN = 10
"""Steps in which pumps and check valves are looked at every other time; after that only at rest."""
OPEN, CLOSED, ACTIVE = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Controlled:
    """A network and its devices.

    `minor` is the loss m in m q² of each link; `shut` links are closed for good; `check` links let flow pass from a to
    b only; `valve` are links that hold the head `hold` [m above datum] behind them where they can. `first` are the
    flows to begin with [m³/s]: where several states are possible (a pump of constant power before a valve), they decide
    which one is found, so they are EPANET's own.
    """

    grid: WaterGrid
    minor: Array
    shut: Array
    check: Array
    valve: Array
    hold: Array
    first: Array


def settle(net: Controlled, *, accuracy: float = 1e-5, most_steps: int = 400) -> Flow:
    """Heads and flows at rest, with the state of every valve; `converged` is False where none was found."""
    grid, m = net.grid, len(net.grid.a)
    pump = np.zeros(m, bool)
    pump[grid.pumps.link] = True
    state = np.where(net.shut, CLOSED, OPEN)
    state[net.valve[~net.shut[net.valve]]] = ACTIVE
    flow = np.where(state == CLOSED, 0.0, net.first)
    head = np.nan_to_num(grid.head)
    converged, step, quiet = False, 0, 0
    while step < most_steps and not converged:
        step += 1
        head, new = _step(net, state, flow, head)
        change = float(np.abs(new - flow).sum())
        flow = new
        small = change <= accuracy * max(float(np.abs(flow).sum()), 1e-9)
        # States are looked at often at first, later only when the flows have come to rest, so that they do not flutter.
        moved = _valves(net, state, head, flow)
        if small or (step <= OFTEN and step % 2 == 0):
            moved |= _look(net, state, head, flow, pump)
        quiet = quiet + 1 if small and not moved else 0
        converged = quiet >= 2
    return Flow(head, flow, step, converged)


def _step(net: Controlled, state: Array, flow: Array, head: Array) -> tuple[Array, Array]:
    """One Newton step: heads that balance, and the flows that go with them."""
    grid, n = net.grid, len(net.grid.head)
    loss, slope = _loss(net, state, flow)
    give = np.where(state == ACTIVE, 0.0, 1.0 / slope)
    known = ~np.isnan(grid.head)
    active = net.valve[state[net.valve] == ACTIVE]
    # What the node behind a valve draws and does not get otherwise comes through the valve.
    rest = np.where(state == ACTIVE, 0.0, flow)
    through = np.zeros(len(flow))
    through[active] = (grid.demand - np.bincount(grid.b, rest, n) + np.bincount(grid.a, rest, n))[grid.b[active]]
    base = np.where(state == ACTIVE, np.maximum(through, 0.0), flow - loss * give)
    held = np.zeros(n)
    held[grid.b[active]] = HOLD
    right = np.bincount(grid.b, base, n) - np.bincount(grid.a, base, n) - grid.demand
    hold = np.zeros(n)
    hold[grid.b[active]] = HOLD * net.hold[np.isin(net.valve, active)]
    head = head.copy()
    head[~known] = _heads(net, (give, held), right + hold, known)
    new = np.where(state == ACTIVE, through, base + give * (head[grid.a] - head[grid.b]))
    return head, _forward_only(net, state, flow, new)


def _heads(net: Controlled, weight: tuple[Array, Array], right: Array, known: Array) -> Array:
    """The heads of the free nodes; those of known head go to the right side."""
    (give, held), grid, n = weight, net.grid, len(net.grid.head)
    rows = np.concatenate([grid.a, grid.b, grid.a, grid.b, np.arange(n)])
    columns = np.concatenate([grid.a, grid.b, grid.b, grid.a, np.arange(n)])
    numbers = np.concatenate([give, give, -give, -give, held + 1e-12])
    whole = csc_matrix((numbers, (rows, columns)), shape=(n, n))
    free = np.flatnonzero(~known)
    fixed = np.flatnonzero(known)
    part = whole[free]
    target = right[free] - part[:, fixed] @ grid.head[fixed]
    return np.asarray(splu(part[:, free].tocsc()).solve(target))


def _loss(net: Controlled, state: Array, flow: Array) -> tuple[Array, Array]:
    grid = net.grid
    size = np.maximum(np.abs(flow), 1e-12)
    friction = grid.resistance * size ** (EXPONENT - 1)
    slope = np.maximum(EXPONENT * friction + 2 * net.minor * size, LEAST_SLOPE)
    curved = EXPONENT * friction + 2 * net.minor * size > LEAST_SLOPE
    loss = np.where(curved, friction * size + net.minor * size**2, LEAST_SLOPE * size) * np.sign(flow)
    p = grid.pumps
    if len(p.link):
        q = np.maximum(np.abs(flow[p.link]), STILL)
        steady = p.watts > 0
        gain = np.where(steady, p.watts / (WEIGHT * q), p.shutoff - p.slope * q**p.power)
        steep = np.where(steady, p.watts / (WEIGHT * q**2), p.slope * p.power * q ** (p.power - 1))
        # At almost no flow a constant power would lift without end: there the gain is the straight line of the limit.
        limp = steady & (steep > CLOSED_SLOPE)
        gain, steep = np.where(limp, CLOSED_SLOPE * q, gain), np.minimum(steep, CLOSED_SLOPE)
        loss[p.link], slope[p.link] = -gain, np.maximum(steep, LEAST_SLOPE)
    shut = state == CLOSED
    return np.where(shut, CLOSED_SLOPE * flow, loss), np.where(shut, CLOSED_SLOPE, slope)


def _forward_only(net: Controlled, state: Array, flow: Array, new: Array) -> Array:
    """A pump of constant power runs forward only: a step past zero stops halfway."""
    link = net.grid.pumps.link[net.grid.pumps.watts > 0]
    back = np.zeros(len(new), bool)
    back[link] = (state[link] == OPEN) & (new[link] <= 0)
    return np.where(back, 0.5 * np.abs(flow), new)


def _look(net: Controlled, state: Array, head: Array, flow: Array, pump: Array) -> bool:
    """Let every device take the state that heads and flows ask for; whether any changed."""
    grid, before = net.grid, state.copy()
    drop = head[grid.a] - head[grid.b]
    free = ~net.shut
    one_way = free & net.check
    state[one_way & (flow < -FLOW_TOLERANCE)] = CLOSED
    state[one_way & (drop > HEAD_TOLERANCE)] = OPEN
    p = grid.pumps
    most = np.where(p.watts > 0, np.inf, p.shutoff)
    lift = -drop[p.link]
    runs = free[p.link]
    state[p.link[runs & (lift > most + HEAD_TOLERANCE)]] = CLOSED
    state[p.link[runs & (lift <= most)]] = OPEN
    again = pump & (before == CLOSED) & (state == OPEN)
    flow[again] = net.first[again]
    return bool((state != before).any())


def _valves(net: Controlled, state: Array, head: Array, flow: Array) -> bool:
    """Let every reducing valve take its state; whether any changed."""
    link, hold, grid = net.valve, net.hold, net.grid
    up, down, q, now = head[grid.a[link]], head[grid.b[link]], flow[link], state[link]
    back = q < -FLOW_TOLERANCE
    new = now.copy()
    new[(now == ACTIVE) & (up < hold - HEAD_TOLERANCE)] = OPEN
    new[(now == ACTIVE) & back] = CLOSED
    new[(now == OPEN) & (down >= hold + HEAD_TOLERANCE)] = ACTIVE
    new[(now == OPEN) & back] = CLOSED
    new[(now == CLOSED) & (up >= hold + HEAD_TOLERANCE) & (down < hold - HEAD_TOLERANCE)] = ACTIVE
    new[(now == CLOSED) & (up < hold - HEAD_TOLERANCE) & (up > down + HEAD_TOLERANCE)] = OPEN
    state[link] = np.where(net.shut[link], CLOSED, new)
    return bool((state[link] != now).any())
