"""What lies around some rows of a plan: within a distance of their boxes, or bound to them by a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..plan import Plan
from ..plan.layer import Layers
from ..plan.layers import LAYERS

Array = np.ndarray[Any, Any]
Rows = dict[str, Array]
"""Positions of rows by layer."""
_FEW = 32
"""More windows than this are laid together, by squares of twice their usual side."""


@dataclass(frozen=True)
class Bond:
    """Rows of a layer that name rows of another one (`of`) in a column, wherever these lie."""

    layer: str
    column: str
    of: str


def around(plan: Plan, windows: Array, layers: Iterable[str]) -> Rows:
    """Return the rows of each layer whose box shares a point with one of the windows (four coordinates each)."""
    held = Layers(plan.layers).held
    return {name: _touching(held[name].boxes, windows) for name in layers if name in held and name in LAYERS}


def windows(plan: Plan, rows: Mapping[str, Array], reach: float) -> Array:
    """Return the boxes of some rows, wider by `reach` on every side; rows without a shape have none."""
    held = Layers(plan.layers).held
    boxes = np.concatenate([np.empty((0, 4)), *(held[name].boxes[at] for name, at in rows.items())])
    return np.asarray(boxes[~np.isnan(boxes).any(axis=1)] + np.array([-reach, -reach, reach, reach]))


def bound(plan: Plan, rows: Mapping[str, Array], bonds: Iterable[Bond]) -> Rows:
    """Return some rows with those that name them or that they name."""
    held, out = Layers(plan.layers).held, dict(rows)
    for bond in bonds:
        if bond.layer not in held or bond.of not in held or bond.column not in held[bond.layer].frame.columns:
            continue
        names, ids = held[bond.layer].hashes(bond.column), held[bond.of].hashes("id")
        theirs = np.isin(ids, names[rows.get(bond.layer, _NONE)])
        ours = np.isin(names, ids[rows.get(bond.of, _NONE)])
        out = joined(out, {bond.of: np.flatnonzero(theirs)}, {bond.layer: np.flatnonzero(ours)})
    return out


def alike(plan: Plan, rows: Mapping[str, Array]) -> Rows:
    """Return some rows with all that share an id with one of them."""
    held, out = Layers(plan.layers).held, {}
    for name, at in rows.items():
        ids = held[name].hashes("id")
        out[name] = np.flatnonzero(np.isin(ids, ids[at])) if len(at) else at
    return out


def joined(*some: Mapping[str, Array]) -> Rows:
    """Return all rows of several choices."""
    names = dict.fromkeys(name for rows in some for name in rows)
    return {name: np.unique(np.concatenate([rows.get(name, _NONE) for rows in some])) for name in names}


def count(rows: Mapping[str, Array]) -> int:
    """How many rows that are."""
    return sum(map(len, rows.values()))


_NONE: Array = np.empty(0, dtype=np.int64)


def _touching(boxes: Array, wanted: Array) -> Array:
    if not len(wanted) or not len(boxes):
        return _NONE
    wanted = _together(wanted) if len(wanted) > _FEW else wanted
    low, high = wanted[:, :2].min(axis=0), wanted[:, 2:].max(axis=0)
    at = np.flatnonzero((boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1))
    some, near = boxes[at], np.zeros(len(at), dtype=bool)
    for window in wanted:
        near |= (some[:, :2] <= window[2:]).all(axis=1) & (some[:, 2:] >= window[:2]).all(axis=1)
    return at[near]


def _together(wanted: Array) -> Array:
    """Return fewer windows that hold the others: those whose middles lie in one square become one."""
    side = 2.0 * float(np.median(np.max(wanted[:, 2:] - wanted[:, :2], axis=1)))
    square = np.floor((wanted[:, :2] + wanted[:, 2:]) / (2.0 * side)) if side else wanted[:, :2]
    _, of = np.unique(square, axis=0, return_inverse=True)
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    low, high = np.minimum.reduceat(wanted[order, :2], starts), np.maximum.reduceat(wanted[order, 2:], starts)
    return np.concatenate([low, high], axis=1)
