"""Voltage and loading in a power network, in per unit.

As it is mostly run, a tree from the sources with its loops open: `sweep` goes backward and forward. With its loops
closed: `meshed` solves the nodes together. Everything is per unit on 1 MVA, each stretch on its own voltage, so
transformers between levels count as ideal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import splu

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Feeder:
    """A tree of nodes: `parent` (-1 at a source), impedance `z` of the link to it, and `load` drawn; all per unit."""

    parent: Array
    z: Array
    load: Array
    source_voltage: float = 1.0


@dataclass(frozen=True)
class Voltages:
    """Complex voltage per node, complex current in the link to the parent, sweeps made, and whether it came to rest."""

    voltage: Array
    current: Array
    sweeps: int
    converged: bool


def depths(parent: Array) -> Array:
    """How many links each node is from its source."""
    n = len(parent)
    steps, up = np.append((parent >= 0).astype(np.int64), 0), np.append(np.where(parent >= 0, parent, n), n)
    while (up != n).any():
        steps, up = steps + steps[up], up[up]
    return np.asarray(steps[:-1])


def sweep(feeder: Feeder, *, accuracy: float = 1e-10, most_sweeps: int = 100) -> Voltages:
    """The voltages of a feeder whose loads draw constant power.

    Not converged means that the load is more than the feeder can carry at any voltage.
    """
    depth = depths(feeder.parent)
    levels = [np.flatnonzero(depth == d) for d in range(int(depth.max(initial=0)) + 1)]
    voltage = np.full(len(depth), complex(feeder.source_voltage))
    current = np.zeros(len(depth), dtype=complex)
    converged, sweeps = False, 0
    while not converged and sweeps < most_sweeps and np.isfinite(voltage).all():
        sweeps += 1
        current = np.conj(feeder.load / voltage)
        for nodes in levels[:0:-1]:
            np.add.at(current, feeder.parent[nodes], current[nodes])
        before = voltage.copy()
        for nodes in levels[1:]:
            voltage[nodes] = voltage[feeder.parent[nodes]] - feeder.z[nodes] * current[nodes]
        converged = bool(np.abs(voltage - before).max(initial=0.0) < accuracy)
    return Voltages(voltage, current, sweeps, converged and bool((np.abs(voltage) > 0.4).all()))


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A network of any shape: links from `a` to `b` of impedance `z` (not 0), `load` drawn per node, all per unit.

    `root` are the nodes held at `source_voltage`; every node that a link touches must be joined to one of them.
    """

    a: Array
    b: Array
    z: Array
    load: Array
    root: Array
    source_voltage: float = 1.0


def meshed(mesh: Mesh, *, accuracy: float = 1e-10, most_steps: int = 200) -> Voltages:
    """The voltages of a network whose loops are closed and whose loads draw constant power.

    The admittances are factored once; the currents of the loads follow the voltages until these come to rest.
    `current` is per link, from `a` to `b`. Not converged means that the load is more than the network can carry.
    """
    n, y = len(mesh.load), 1.0 / mesh.z
    voltage = np.full(n, complex(mesh.source_voltage))
    free = np.setdiff1d(np.unique(np.concatenate([mesh.a, mesh.b])), mesh.root)
    rows, columns = np.concatenate([mesh.a, mesh.b, mesh.a, mesh.b]), np.concatenate([mesh.a, mesh.b, mesh.b, mesh.a])
    whole = coo_matrix((np.concatenate([y, y, -y, -y]), (rows, columns)), shape=(n, n)).tocsr()
    solved = splu(whole[free][:, free].tocsc()) if len(free) else None
    held = whole[free][:, mesh.root] @ voltage[mesh.root]
    converged, steps = solved is None, 0
    while solved is not None and not converged and steps < most_steps and np.isfinite(voltage).all():
        steps += 1
        before = voltage[free]
        voltage[free] = solved.solve(-np.conj(mesh.load[free] / before) - held)
        converged = bool(np.abs(voltage[free] - before).max() < accuracy)
    current = y * (voltage[mesh.a] - voltage[mesh.b])
    return Voltages(voltage, current, steps, converged and bool((np.abs(voltage) > 0.4).all()))


def nearest_tree(nodes: int, links: tuple[Array, Array, Array], root: Array) -> tuple[Array, Array]:
    """The tree along which each node is nearest to a root by size: its parent and the link to it, -1 where none.

    `links` are two ends and a size each; of parallel links the smallest is taken, the first of equal ones.
    """
    a, b, size = links
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((np.arange(len(a)), size, high, low))
    order = order[np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)]] if len(a) else order
    order = order[low[order] != high[order]]
    graph = csr_matrix((size[order], (low[order], high[order])), shape=(nodes, nodes))
    _, parent, _ = dijkstra(graph, directed=False, indices=root, min_only=True, return_predecessors=True)
    parent = np.where(parent < 0, -1, parent).astype(np.int64)
    key = low[order] * nodes + high[order]
    child = np.flatnonzero(parent >= 0)
    wanted = np.minimum(child, parent[child]) * nodes + np.maximum(child, parent[child])
    via = np.full(nodes, -1, dtype=np.int64)
    via[child] = order[np.searchsorted(key, wanted)]
    return parent, via
