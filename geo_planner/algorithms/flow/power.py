"""Voltage and loading in a radial power network: backward and forward sweep in per unit.

The network is taken as it is run: a tree from the sources, loops open. Everything is per unit on 1 MVA, each stretch on
its own voltage, so transformers between levels count as ideal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

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
