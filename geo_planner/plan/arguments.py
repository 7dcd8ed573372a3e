"""The arguments of findings as a column: a row reads as a mapping, but each slot is kept as one array.

Checks fill different slots, so a column is made of blocks, and a row is a block and a place in it. Taking, sorting and
joining move two whole numbers a row; no mapping is made before somebody reads one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype, take

Array = np.ndarray[Any, Any]
Block = Mapping[str, Any]
"""Slot to an array of its values, or to the one value that all rows share."""


@register_extension_dtype
class ArgumentsDtype(ExtensionDtype):  # type: ignore[misc]  # pandas has no types here
    """The type of `Arguments`."""

    name = "arguments"
    type = dict
    na_value = None

    @classmethod
    def construct_array_type(cls) -> Any:
        """Return the array of this type."""
        return Arguments


class Arguments(ExtensionArray):  # type: ignore[misc]
    """Arguments of findings: `which` block a row's values stand in (-1: none) and `at` which place there."""

    def __init__(self, blocks: tuple[Block, ...], which: Array, at: Array) -> None:
        self.blocks, self.which, self.at = blocks, which, at

    @classmethod
    def of(cls, given: Mapping[str, Any], count: int) -> Self:
        """Arguments of `count` rows from arrays (or single values) by slot."""
        block = {name: _column(value, count) for name, value in given.items()}
        return cls((block,), np.zeros(count, np.int32), np.arange(count))

    def beside(self, more: Mapping[str, Any]) -> Self:
        """The same with values that all rows share, where a row has none of that name."""
        return type(self)(tuple({**more, **block} for block in self.blocks), self.which, self.at)

    @classmethod
    def _from_sequence(cls, scalars: Sequence[Any], *, dtype: Any = None, copy: bool = False) -> Self:
        del dtype, copy
        if isinstance(scalars, cls):
            return scalars
        names_of = [None if row is None else tuple(row) for row in scalars]
        turn = {names: number for number, names in enumerate(dict.fromkeys(n for n in names_of if n is not None))}
        which = np.array([-1 if names is None else turn[names] for names in names_of], np.int32)
        at = np.zeros(len(scalars), np.int64)
        blocks = []
        for names, number in turn.items():
            here = np.flatnonzero(which == number)
            at[here] = np.arange(len(here))
            blocks.append({name: _objects(scalars[k][name] for k in here.tolist()) for name in names})
        return cls(tuple(blocks), which, at)

    def groups(self) -> Iterator[tuple[Array, dict[str, Any]]]:
        """The rows of each block, and their values by slot: an array, or one value that all share."""
        for number, block in enumerate(self.blocks):
            rows = np.flatnonzero(self.which == number)
            at = self.at[rows]
            if len(rows):
                yield rows, {name: v[at] if isinstance(v, np.ndarray) else v for name, v in block.items()}

    def cells(self) -> list[dict[str, Any] | None]:
        """Every row as a mapping of plain values: dates as ISO text, missing as None."""
        out: list[dict[str, Any] | None] = [None] * len(self)
        for rows, values in self.groups():
            columns = [plain_cells(v, len(rows)) for v in values.values()]
            pairs = zip(*columns, strict=True) if columns else ((),) * len(rows)
            for row, cells in zip(rows.tolist(), pairs, strict=True):
                out[row] = dict(zip(values, cells, strict=True))
        return out

    def same(self, other: Self) -> Array:
        """Which rows say the same as those of another column of as many rows: the same slots in order, to the bit."""
        out: Array = (self.which == other.which) & (self.at == other.at) & (self.which >= 0)
        for number in np.unique(self.which[out]).tolist():
            mine, theirs = self.blocks[number], other.blocks[number]
            if mine is not theirs:
                rows = np.flatnonzero(out & (self.which == number))
                out[rows] = _same_slots(mine, theirs, self.at[rows])
        rest = np.flatnonzero(~out)
        out[rest] = [repr(a) == repr(b) for a, b in zip(self[rest].cells(), other[rest].cells(), strict=True)]
        return out

    @property
    def dtype(self) -> ArgumentsDtype:
        """The type of the column."""
        return ArgumentsDtype()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        arrays = [v for block in self.blocks for v in block.values() if isinstance(v, np.ndarray)]
        return int(self.which.nbytes + self.at.nbytes + sum(a.nbytes for a in arrays))

    def __len__(self) -> int:
        return len(self.which)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cells())

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, int | np.integer):
            block, at = int(self.which[item]), int(self.at[item])
            values = self.blocks[block].items() if block >= 0 else ()
            row = {name: _plain(v[at] if isinstance(v, np.ndarray) else v) for name, v in values}
            return row if block >= 0 else None
        item = pd.api.indexers.check_array_indexer(self, item)
        return type(self)(self.blocks, self.which[item], self.at[item])

    def __eq__(self, other: object) -> Any:
        others = list(other) if isinstance(other, Arguments | list) else [other] * len(self)
        return np.array([a == b for a, b in zip(self.cells(), others, strict=True)], bool)

    def __hash__(self) -> int:
        msg = "arguments of findings are no key"
        raise TypeError(msg)

    def isna(self) -> Array:
        """Which rows have no arguments at all."""
        return self.which < 0

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """Rows by number; with `allow_fill` a -1 is a row without arguments."""
        del fill_value
        fill = {"allow_fill": True, "fill_value": -1} if allow_fill else {}
        return type(self)(self.blocks, take(self.which, indices, **fill), take(self.at, indices, **fill))

    def copy(self) -> Self:
        """The same rows; blocks are never written to and stay shared."""
        return type(self)(self.blocks, self.which.copy(), self.at.copy())

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        first = np.cumsum([0, *(len(part.blocks) for part in to_concat)])
        moved = [np.where(p.which < 0, -1, p.which + n) for p, n in zip(to_concat, first[:-1], strict=True)]
        blocks = tuple(block for part in to_concat for block in part.blocks)
        return cls(blocks, np.concatenate(moved).astype(np.int32), np.concatenate([p.at for p in to_concat]))

    def _formatter(self, boxed: bool = False) -> Any:
        del boxed
        return str


def _same_slots(mine: Block, theirs: Block, at: Array) -> Array:
    """Which places surely hold the same values in two blocks."""
    out = np.full(len(at), list(mine) == list(theirs))
    for name, value in mine.items() if out.all() else ():
        other = theirs[name]
        if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
            out &= _same_cells(value[at], other[at])
        else:
            out &= value is other or (isinstance(value, str) and isinstance(other, str) and value == other)
    return out


def _same_cells(one: Array, other: Array) -> Array:
    if one.dtype != other.dtype or not len(one):
        return np.zeros(len(one), bool)
    if one.dtype == object:
        pairs = zip(one.tolist(), other.tolist(), strict=True)
        return np.array([a is b or (type(a) is str and type(b) is str and a == b) for a, b in pairs], dtype=bool)
    bits = [np.ascontiguousarray(cells).view(np.uint8).reshape(len(cells), -1) for cells in (one, other)]
    return np.asarray((bits[0] == bits[1]).all(axis=1))


def _column(value: Any, count: int) -> Any:
    """Return the values of one slot: an array of `count`, or one plain value for all."""
    if isinstance(value, list) and any(isinstance(cell, list | tuple) for cell in value):
        return _objects(iter(value))  # a list in each cell is one value, not a second dimension
    column = value if isinstance(value, np.ndarray) else np.asarray(value, dtype=object)
    if column.ndim == 0:
        return _plain(column[()])
    if column.dtype.kind == "f":
        column = column.astype(np.float64)
    return column if len(column) == count else np.broadcast_to(column, count)


def _objects(values: Iterator[Any]) -> Array:
    listed = list(values)
    out = np.empty(len(listed), object)
    for at, value in enumerate(listed):
        out[at] = value
    return out


def plain_cells(value: Any, count: int) -> list[Any]:
    """The values of one column as plain ones; arrays of numbers and dates are turned as a whole."""
    if not isinstance(value, np.ndarray):
        return [value] * count
    if value.dtype.kind == "f":
        return [None if cell != cell else cell for cell in value.tolist()]  # noqa: PLR0124  (only NaN differs from itself)
    if value.dtype.kind in "iubU":
        return list(value.tolist())
    if value.dtype.kind == "M":
        days = np.datetime_as_string(value, unit="D")
        return [None if day == "NaT" else day for day in days.tolist()]
    return [cell if type(cell) is str else _plain(cell) for cell in value.tolist()]


def _plain(value: Any) -> Any:
    """Return one cell as a plain Python value: dates as ISO text, missing as None."""
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return None if pd.isna(value) else str(pd.Timestamp(value).date())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, list | tuple | dict):
        return value
    return None if pd.isna(value) else value
