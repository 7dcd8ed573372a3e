"""The digest of any value that we hold: what is equal has one, in every process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_NULL = "\x01"
"""Stands for a missing word, which is not the empty one."""


def digest_of(*values: object) -> str:
    """The sha256 of values as text; fields of a dataclass that do not take part in comparison are left out.

    Raises
    ------
    TypeError
        A value is of a kind that has no text of its own, such as a spatial index.
    """
    text = json.dumps([_plain(v) for v in values], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row_hashes(values: pd.Series) -> np.ndarray[Any, Any]:
    """One 64-bit hash for each value of a column, the same whatever the pandas type that holds it."""
    return np.asarray(pd.util.hash_array(_cells(values), categorize=False))


def shape_hashes(shapes: Any) -> np.ndarray[Any, Any]:
    """One 64-bit hash for each geometry, to the last bit of its coordinates."""
    return np.asarray(pd.util.hash_array(shapely.to_wkb(shapes), categorize=False))


def _cells(values: pd.Series) -> np.ndarray[Any, Any]:
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.asarray(values.astype("datetime64[ms]").astype("int64"))
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return np.asarray(values.astype("float64").to_numpy(dtype=float, na_value=np.nan))
    if isinstance(values.dtype, pd.StringDtype):
        return np.asarray(values.array.to_numpy(dtype=object, na_value=_NULL))
    words = values.astype("object")
    return np.asarray(words.where(values.notna(), _NULL).astype("str").to_numpy(dtype=object))


def _plain(value: Any) -> Any:
    """Return a value as lists and words that JSON writes in one way only."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    found = next((turn for kind, turn in _KINDS if isinstance(value, kind)), None)
    if found is not None:
        return found(value)
    if value is pd.NA:
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.compare}]
    msg = f"a {type(value).__name__} has no digest."
    raise TypeError(msg)


def _frame(frame: pd.DataFrame) -> Any:
    return ["frame", _plain(frame.index), [[str(c), _plain(frame[c])] for c in frame.columns]]


def _series(series: pd.Series) -> Any:
    if isinstance(series, gpd.GeoSeries):
        return ["shapes", _array(series.to_numpy())]
    if series.dtype == object or str(series.dtype) == "arguments":
        return ["objects", _array(series.to_numpy(dtype=object))]
    return [_words(series.dtype), _array(_cells(series))]


def _words(dtype: Any) -> str:
    return "date" if str(dtype).startswith("datetime64") else str(dtype)


def _array(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind in "iufbmMc":
        whole = np.ascontiguousarray(array)
        return [array.dtype.str, list(array.shape), hashlib.sha256(whole.tobytes()).hexdigest()]
    return [list(array.shape), [_plain(v) for v in array.ravel().tolist()]]


_KINDS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (shapely.Geometry, lambda shape: ["wkb", shapely.to_wkb(shape, hex=True)]),
    (date, lambda day: ["day", day.isoformat()]),
    (np.datetime64 | np.timedelta64, lambda day: ["day", str(day)]),
    (np.generic, lambda number: _plain(number.item())),
    (np.ndarray, _array),
    (pd.Series, _series),
    (pd.Index, lambda index: _plain(index.to_series())),
    (pd.DataFrame, _frame),
    (Mapping, lambda table: ["map", sorted(([_plain(k), _plain(v)] for k, v in table.items()), key=_order)]),
    (list | tuple, lambda values: [_plain(v) for v in values]),
    (Set, lambda values: ["set", sorted((_plain(v) for v in values), key=_order)]),
)


def _order(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
