"""A water network as its own file states it (EPANET): heads at every node in the first hour, and what is not known.

Nothing is taken from the drawing: lengths, levels, roughness, pumps, valves and demands are those of the layers
`epanet_nodes` and `epanet_links`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from ...algorithms.flow.controlled import Controlled, settle
from ...algorithms.flow.pressure import Pumps, WaterGrid, resistance

LAYERS = ("epanet_nodes", "epanet_links")
"""Layers that hold such a network."""
Array = np.ndarray[Any, Any]
STILL = 1e-5
"""m³/s below which nothing is taken to flow."""


@dataclass(frozen=True, eq=False)
class Stated:
    """For each node the head above ground [m], NaN where it is not known, and why not ("" where it is)."""

    pressure: Array
    reason: Array


def stated_pressure(nodes: pd.DataFrame, links: pd.DataFrame) -> Stated:
    """The head above ground at each node; unknown where no source reaches it, or a link of the network is not modelled.

    A network whose valves find no state, or that has a link of an unknown kind, is unknown as a whole: every head of it
    hangs on every link.
    """
    n = len(nodes)
    place = pd.Series(np.arange(n), index=nodes["id"].astype(str))
    a, b = (place.reindex(links[c].astype(str)).to_numpy() for c in ("from_node", "to_node"))
    lost = np.isnan(a) | np.isnan(b)
    wrong = lost | (links["unmodelled"].fillna("").astype(str).to_numpy() != "")
    if wrong.any():
        return _unknown(n, "not_modelled")
    net = _network(nodes, links, (a.astype(np.int64), b.astype(np.int64)))
    fixed = ~np.isnan(net.grid.head)
    reached = _reached(net, fixed)
    part, rows = _part(net, reached)
    flow = settle(part)
    if not flow.converged:
        return _unknown(n, "no_state")
    pressure = np.full(n, np.nan)
    pressure[rows] = flow.head - nodes["elevation"].to_numpy(float)[rows]
    reason = np.where(reached, "", "no_source").astype(object)
    dead = rows[_behind_still_pumps(part, flow.flow)]
    pressure[dead], reason[dead] = np.nan, "pump_stands"
    return Stated(pressure, reason)


def _unknown(n: int, reason: str) -> Stated:
    return Stated(np.full(n, np.nan), np.full(n, reason, dtype=object))


def _network(nodes: pd.DataFrame, links: pd.DataFrame, ends: tuple[Array, Array]) -> Controlled:
    kind, status = links["kind"].astype(str).to_numpy(), links["status"].astype(str).to_numpy()
    pipe, pump = kind == "pipe", np.flatnonzero(kind == "pump")
    numbers = {c: links[c].to_numpy(float) for c in ("shutoff", "slope", "power", "watts")}
    length, bore = links["length"].to_numpy(float), links["diameter_mm"].to_numpy(float) / 1e3
    rough = links["roughness"].to_numpy(float)
    loss = np.zeros(len(links))
    loss[pipe] = resistance(length[pipe], bore[pipe], rough[pipe])
    grid = WaterGrid(
        a=ends[0],
        b=ends[1],
        resistance=loss,
        head=nodes["head"].to_numpy(float),
        demand=np.nan_to_num(nodes["demand_m3d"].to_numpy(float)) / 86_400,
        pumps=Pumps(link=pump, **{k: v[pump] for k, v in numbers.items()}),
    )
    valve = np.flatnonzero(kind == "prv")
    level = nodes["elevation"].to_numpy(float)[ends[1][valve]]
    return Controlled(
        grid=grid,
        minor=links["minor"].to_numpy(float),
        shut=status == "closed",
        check=status == "cv",
        valve=valve,
        hold=level + links["setting"].to_numpy(float)[valve],
        first=_first(grid, bore),
    )


def _first(grid: WaterGrid, bore: Array) -> Array:
    """The flows that EPANET begins with: a foot a second in pipes and valves; the duty point in pumps."""
    flow = np.nan_to_num(np.pi * bore**2 / 4 * 0.3048)
    p = grid.pumps
    with np.errstate(divide="ignore", invalid="ignore"):
        duty = np.where(p.watts > 0, 0.0283168, (p.shutoff / 4 / p.slope) ** (1 / p.power))
    flow[p.link] = np.where(np.isfinite(duty), duty, 0.0283168)
    return np.asarray(flow)


def _reached(net: Controlled, fixed: Array) -> Array:
    """Nodes that a way of links which are not shut joins to a known head."""
    grid, n = net.grid, len(fixed)
    open_ = ~net.shut
    pairs = (np.ones(int(open_.sum())), (grid.a[open_], grid.b[open_]))
    _, part = csgraph.connected_components(sparse.csr_array(pairs, shape=(n, n)), directed=False)
    return np.isin(part, part[fixed])


def _behind_still_pumps(net: Controlled, flow: Array) -> Array:
    """Nodes behind pumps of constant power that move nothing: no equation says what head such a pump gives."""
    grid, n = net.grid, len(net.grid.head)
    still = np.abs(flow) < STILL
    moving = np.zeros(n, bool)
    moving[grid.a[~still]] = moving[grid.b[~still]] = True
    quiet = still & ~moving[grid.a] & ~moving[grid.b]
    pairs = (np.ones(int(quiet.sum())), (grid.a[quiet], grid.b[quiet]))
    _, part = csgraph.connected_components(sparse.csr_array(pairs, shape=(n, n)), directed=False)
    pumps = grid.pumps.link[(grid.pumps.watts > 0) & still[grid.pumps.link]]
    return np.asarray(np.isin(part, part[grid.b[pumps]]) & ~moving)


def _part(net: Controlled, reached: Array) -> tuple[Controlled, Array]:
    """The part of the network that is reached, numbered anew, and its nodes; shut links are no part of it."""
    grid, rows = net.grid, np.flatnonzero(reached)
    place = np.full(len(reached), -1)
    place[rows] = np.arange(len(rows))
    keep = np.flatnonzero(reached[grid.a] & reached[grid.b] & ~net.shut)
    at = np.full(len(grid.a), -1)
    at[keep] = np.arange(len(keep))
    own, valve = at[grid.pumps.link] >= 0, at[net.valve] >= 0
    pumps = {k: getattr(grid.pumps, k)[own] for k in ("shutoff", "slope", "power", "watts")}
    part = WaterGrid(
        a=place[grid.a[keep]],
        b=place[grid.b[keep]],
        resistance=grid.resistance[keep],
        head=grid.head[rows],
        demand=grid.demand[rows],
        pumps=Pumps(link=at[grid.pumps.link][own], **pumps),
    )
    columns = {k: getattr(net, k)[keep] for k in ("minor", "shut", "check", "first")}
    return Controlled(grid=part, valve=at[net.valve][valve], hold=net.hold[valve], **columns), rows
