"""Which rows of two plans differ in what was read of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..plan import Plan
from ..plan.layer import GEOMETRY, Layer, Layers
from .standing import stands
from .watched import Read, seen

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Changed:
    """Rows of one layer that differ, by position in the old plan and in the new; what came or went is in one."""

    old: Array
    new: Array


def changed(old: Plan, new: Plan, reads: Iterable[Read]) -> dict[str, Changed] | None:
    """Return the rows that differ in what was read, by layer; None where that cannot be told row by row.

    That is so where anything but rows differs (the day, a raster, whether a column holds anything), where a column is
    of another type, and where rows have changed places.
    """
    columns: dict[str, set[str]] = {}
    for read in reads:
        kind, *what = read
        if kind in {"layer", "column", "all", "stands"}:
            columns.setdefault(what[0], set()).update(_names(old, new, read))
        elif seen(old, read) != seen(new, read):
            return None
    if old.as_of != new.as_of:
        return None
    out = {}
    for name in sorted(columns):
        found = _of_layer(old, new, name, columns[name])
        if found is None:
            return None
        out[name] = found
    return {name: rows for name, rows in out.items() if len(rows.old) or len(rows.new)}


_STANDS = "\0stands"
"""Stands for the answer whether a row stands on the day, among the columns of a layer."""


def _names(old: Plan, new: Plan, read: Read) -> set[str]:
    kind, layer, *name = read
    if kind != "all":
        return {"column": set(name), "stands": {_STANDS}}.get(kind, set())
    held = [Layers(plan.layers).held[layer].frame for plan in (old, new) if layer in plan.layers]
    return {GEOMETRY if c == f.geometry.name else str(c) for f in held for c in f.columns}


def _of_layer(old: Plan, new: Plan, name: str, columns: set[str]) -> Changed | None:
    none = np.empty(0, dtype=np.int64)
    a, b = (Layers(plan.layers).held.get(name) for plan in (old, new))
    if a is b:
        return Changed(none, none)
    rows = _paired(a, b) if a and b else None
    if a is None or b is None or rows is None:
        return None
    i, j = rows
    differ = np.zeros(len(i), dtype=bool)
    for column in columns:
        pair = (stands(a.frame, old.as_of), stands(b.frame, new.as_of)) if column == _STANDS else _cells(a, b, column)
        if pair is None:
            return None
        differ |= pair[0][i] != pair[1][j]
    gone, come = np.ones(len(a.frame), bool), np.ones(len(b.frame), bool)
    gone[i[~differ]] = come[j[~differ]] = False
    return Changed(np.flatnonzero(gone), np.flatnonzero(come))


def _cells(a: Layer, b: Layer, column: str) -> tuple[Array, Array] | None:
    """Return one hash a row of a column in both; None where it is in one only, or of two types."""
    there = [column == GEOMETRY or column in x.frame.columns for x in (a, b)]
    if not any(there):
        return np.zeros(len(a.frame)), np.zeros(len(b.frame))
    if not all(there) or (column != GEOMETRY and a.frame[column].dtype != b.frame[column].dtype):
        return None
    return a.hashes(column), b.hashes(column)


def _paired(a: Layer, b: Layer) -> tuple[Array, Array] | None:
    """Return the positions of the rows that are in both, in order; None where they have changed places."""
    x, y = a.hashes("id"), b.hashes("id")
    if np.array_equal(x, y):
        rows = np.arange(len(x))
        return rows, rows
    if len(np.unique(x)) < len(x) or len(np.unique(y)) < len(y):
        x, y = _numbered(x), _numbered(y)
    if len(np.unique(x)) < len(x) or len(np.unique(y)) < len(y):
        return None
    _, i, j = np.intersect1d(x, y, assume_unique=True, return_indices=True)
    order = np.argsort(i)
    i, j = i[order], j[order]
    return None if (np.diff(j) <= 0).any() else (i, j)


def _numbered(ids: Array) -> Array:
    """Return a number of each row that rows of one id do not share: the first of them is the first in either plan."""
    turn = pd.Series(ids).groupby(ids).cumcount().to_numpy(dtype=np.uint64)
    return np.asarray(ids * np.uint64(31) + turn)
