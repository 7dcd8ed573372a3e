"""Changes to one layer, gathered in one copy of each column that they touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import ScenarioError, UnknownIdError, did_you_mean
from .layer import GEOMETRY, Layer
from .layers import LAYERS

_FITTING: Mapping[str, tuple[type, ...]] = {"str": (str,), "float64": (float, int), "Int64": (int,), "boolean": (bool,)}
"""Values that go into a column as they are; any other is tried on a column of its type first."""


CENTURY = 36_525
"""Days: no works are moved by more, and dates stay such as a calendar can write."""


class Changes:
    """The steps of one layer, made one after the other.

    A column is copied when it is first written, and its type is restored once at the end, so that a step costs what it
    changes. `added` rows are made room for below the others; rows that are removed leave at the end.
    """

    def __init__(self, layer: Layer, added: int) -> None:
        self._layer, self._spec = layer, LAYERS.get(layer.name)
        rows = len(layer.frame)
        self._frame = layer.frame.reindex(range(rows + added)) if added else layer.frame
        self._alive = np.arange(rows + added) < rows
        self._next = rows
        self._cells: dict[str, Any] = {}
        self._types: dict[str, tuple[type, ...]] = {}
        self._where: dict[Any, list[int]] | None = None
        self._shapes = self._frame.geometry.name
        self._kinds: dict[str, Any] = dict(self._frame.dtypes)
        self._dated = [c for c, kind in self._kinds.items() if pd.api.types.is_datetime64_any_dtype(kind)]

    def make(self, kind: str, name: str, value: Mapping[str, Any]) -> None:
        """Make one step of a kind on the feature of that id (on all that share it)."""
        step = f"edit '{kind}' of '{name}'"
        if kind == "add":
            self._add(name, value, step)
            return
        at = self._rows(kind, name)
        if kind == "remove":
            self._alive[at] = False
            self._places().pop(name)
        elif kind == "reshape":
            shape = _shape(step, value)
            self._put(GEOMETRY, at, shape)
        elif kind == "retime" and "shift_days" in value:
            self._shift(at, value["shift_days"], step)
        else:
            self._set(at, value, step)

    def layer(self) -> Layer:
        """Return the layer as the steps made it."""
        touched = {name: self._column(name, cells) for name, cells in self._cells.items()}
        if self._alive.all() and len(self._alive) == len(self._layer.frame):
            return self._layer.with_columns(touched)
        frame = self._frame.copy(deep=False)
        shapes = touched.pop(GEOMETRY, None)
        for name, cells in touched.items():
            frame[name] = cells
        if shapes is not None:
            frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
        return Layer.of(self._layer.name, frame[self._alive])

    def _add(self, name: str, value: Mapping[str, Any], step: str) -> None:
        if name in self._places():
            msg = (
                f"edit 'add': layer '{self._layer.name}' already has a feature '{name}'; "
                "use 'set', 'reshape' or another id."
            )
            raise ScenarioError(msg)
        shape, at = _shape(step, value), [self._next]
        self._next += 1
        self._alive[at] = True
        self._put("id", at, name)
        self._put(GEOMETRY, at, shape)
        self._places()[name] = at
        self._set(at, {k: v for k, v in value.items() if k != GEOMETRY}, step)

    def _set(self, at: list[int], value: Mapping[str, Any], step: str) -> None:
        for name, cell in value.items():
            if name not in self._kinds:
                msg = f"{step}: layer '{self._layer.name}' has no column '{name}'." + did_you_mean(name, self._kinds)
                raise UnknownIdError(msg)
            self._put(name, at, self._fitting(name, cell, step))
            if name == "id":
                self._where = None

    def _shift(self, at: list[int], days: Any, step: str) -> None:
        try:
            shift = int(days)
        except (TypeError, ValueError, OverflowError) as reason:
            msg = f"{step}: shift_days = {days!r} is not a whole number of days."
            raise ScenarioError(msg) from reason
        if abs(shift) > CENTURY:
            msg = f"{step}: shift_days = {days!r} is more than a century; at most {CENTURY} days."
            raise ScenarioError(msg)
        for name in self._dated:
            cells = self._open(name)
            if isinstance(cells, np.ndarray):
                cells[at] += np.timedelta64(shift, "D")
            else:
                for row in at:
                    cells[row] = cells[row] + pd.Timedelta(days=shift)

    def _places(self) -> dict[Any, list[int]]:
        """The rows of each id, found once and again after an id has changed."""
        if self._where is None:
            self._where = {}
            ids = self._cells["id"] if "id" in self._cells else self._frame["id"].tolist()
            for row in np.flatnonzero(self._alive).tolist():
                self._where.setdefault(ids[row], []).append(row)
        return self._where

    def _rows(self, kind: str, name: str) -> list[int]:
        at = self._places().get(name)
        if at is None:
            near = [str(known) for known in self._places() if isinstance(known, str)]
            msg = f"edit '{kind}': layer '{self._layer.name}' has no feature '{name}'." + did_you_mean(name, near)
            raise UnknownIdError(msg)
        return at

    def _put(self, name: str, at: list[int], cell: Any) -> None:
        cells = self._open(name)
        for row in at:
            cells[row] = cell

    def _open(self, name: str) -> Any:
        """The cells of a column, copied when they are first written: an array of days or shapes, else a list."""
        if name not in self._cells:
            if name == GEOMETRY:
                self._cells[name] = np.array(self._frame.geometry.array, dtype=object)
            elif str(self._frame[name].dtype).startswith("datetime64[") and self._frame[name].dt.tz is None:
                self._cells[name] = self._frame[name].to_numpy(copy=True)
            else:
                self._cells[name] = self._frame[name].tolist()
        return self._cells[name]

    def _column(self, name: str, cells: Any) -> Any:
        if name == GEOMETRY:
            return cells
        return pd.Series(cells, index=self._frame.index, dtype=self._frame[name].dtype)

    def _fits(self, name: str) -> tuple[type, ...]:
        if name not in self._types:
            self._types[name] = _FITTING.get(str(self._kinds[name]), ())
        return self._types[name]

    def _fitting(self, name: str, cell: Any, step: str) -> Any:
        """Return the cell as the column holds it.

        Raises
        ------
        ScenarioError
            It is no date where one belongs, of a type that the column does not take, or no word of its vocabulary.
        """
        if name == self._shapes and not isinstance(cell, shapely.Geometry):
            msg = f"{step}: {name} = {cell!r} does not fit the column; a new shape is an edit 'reshape'."
            raise ScenarioError(msg)
        if name == self._shapes:
            return cell
        column = self._spec.column(name) if self._spec else None
        if column is not None and column.dtype == "date":
            return _day(step, name, cell)
        if column is not None and name != "scheme" and column.allowed and isinstance(cell, str):
            _one_of(column.allowed, cell, f"{step}: {name}")
        kind = self._kinds[name]
        if type(cell) in self._fits(name):
            return cell
        trial = pd.Series([None], dtype=kind if kind.kind not in "iu" else "float64")
        try:
            trial.loc[0] = cell
        except (TypeError, ValueError) as reason:
            msg = f"{step}: {name} = {cell!r} does not fit the column ({reason})."
            raise ScenarioError(msg) from reason
        return next(_values(trial))


def _one_of(allowed: tuple[str, ...], cell: str, what: str) -> None:
    """Raise `ScenarioError` where a word is none of those a column holds: no check would know what it means."""
    if cell not in allowed:
        msg = f"{what} = {cell!r} is none of {', '.join(allowed)}." + did_you_mean(cell, allowed)
        raise ScenarioError(msg)


def _values(series: pd.Series) -> Iterator[Any]:
    yield from (series.to_numpy() if str(series.dtype).startswith("datetime64[") else series.tolist())


def _day(step: str, name: str, value: object) -> np.datetime64:
    """Return a date as a cell of a date column; nothing, and an empty text, are no date."""
    if value is None or value == "":
        return np.datetime64("NaT", "ms")
    text = str(value)
    with suppress(ValueError):
        return np.datetime64(date.fromisoformat(text), "ms")
    stamp = pd.to_datetime(text, errors="coerce")
    if pd.isna(stamp):
        msg = f"{step}: {name} = {value!r} is not a date. Write it as 2026-05-01."
        raise ScenarioError(msg)
    return np.datetime64(stamp.to_datetime64(), "ms")


def _shape(step: str, value: Mapping[str, Any]) -> shapely.Geometry:
    try:
        return shapely.from_wkt(str(value["geometry"]))
    except (KeyError, shapely.errors.GEOSException) as reason:
        msg = f'{step}: value needs geometry = "WKT" in the plan\'s CRS ({reason}).'
        raise ScenarioError(msg) from reason
