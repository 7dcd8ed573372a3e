"""The plan: one immutable value that every room reads and none changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .layers import LAYERS, conform


@dataclass(frozen=True, eq=False)
class Raster:
    """A grid held in memory, read-only.

    Parameters
    ----------
    values
        Two dimensions, north up, `nodata` where nothing is known.
    transform
        Six numbers of the affine map from column, row to x, y: a, b, c, d, e, f.
    unit
        Vertical unit of an elevation model, "m" or "ft".
    """

    name: str
    values: np.ndarray[Any, Any]
    transform: tuple[float, float, float, float, float, float]
    crs: str
    nodata: float | None = None
    year: int | None = None
    unit: str = "m"

    def __post_init__(self) -> None:
        self.values.setflags(write=False)


@dataclass(frozen=True)
class Source:
    """Where a layer came from: file name without its folder, layer inside it, and the sha256 of the bytes."""

    layer: str
    file: str
    inner: str = ""
    sha256: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Note:
    """One thing that was guessed, repaired or doubted on the way in; `lang` makes the sentence from code and args."""

    code: str
    severity: str  # "info" | "repair" | "warning" | "error"
    layer: str = ""
    count: int = 1
    args: Mapping[str, Any] = field(default_factory=dict)
    example: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """Layers, rasters and where they came from.

    Two plans are equal when their `digest` is; as a key a plan stands for itself, so facts can be cached by identity.
    """

    name: str
    crs: str
    layers: Mapping[str, gpd.GeoDataFrame]
    rasters: Mapping[str, Raster] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()
    as_of: date | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    schematic: bool = False

    def __post_init__(self) -> None:
        frames = {name: _frozen(conform(name, frame)) for name, frame in self.layers.items()}
        object.__setattr__(self, "layers", MappingProxyType(frames))
        object.__setattr__(self, "rasters", MappingProxyType(dict(self.rasters)))

    def __getitem__(self, layer: str) -> gpd.GeoDataFrame:
        return self.layers[layer].copy(deep=False)

    def __contains__(self, layer: str) -> bool:
        return layer in self.layers

    def has(self, layer: str, *columns: str) -> bool:
        """Whether the layer is there with rows, and each named column with at least one value."""
        frame = self.layers.get(layer)
        return frame is not None and len(frame) > 0 and all(frame[c].notna().any() for c in columns)

    def with_layer(self, layer: str, frame: gpd.GeoDataFrame) -> Plan:
        """Return a plan in which one layer is another."""
        return replace(self, layers={**self.layers, layer: frame})

    @cached_property
    def digest(self) -> str:
        """The sha256 of all that is judged: layers, rasters, CRS and the as-of date; row order does not matter."""
        total = hashlib.sha256(f"{self.crs}|{self.as_of}".encode())
        for name in sorted(self.layers):
            total.update(name.encode() + _frame_digest(name, self.layers[name]))
        for name in sorted(self.rasters):
            grid = self.rasters[name]
            total.update(f"{name}|{grid.transform}|{grid.crs}".encode() + np.ascontiguousarray(grid.values).tobytes())
        return total.hexdigest()


def _frozen(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame over a read-only geometry array, so that nothing can write into a plan."""
    # The public array hands out its buffer only through this view; a frozen buffer makes every later write raise.
    frame = frame.reset_index(drop=True)
    np.asarray(frame.geometry.array._data).setflags(write=False)
    return frame


def _frame_digest(name: str, frame: gpd.GeoDataFrame) -> bytes:
    known = [c.name for c in LAYERS[name].columns] if name in LAYERS else []
    columns = known or sorted(c for c in frame.columns if c != frame.geometry.name)
    rows = np.zeros(len(frame), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for k, column in enumerate(columns):
            if frame[column].notna().any():
                words = frame[column].astype("str") if frame[column].dtype == object else frame[column]
                rows = rows * np.uint64(31) + pd.util.hash_array(_plain(words), categorize=False) * np.uint64(2 * k + 3)
        rows = rows * np.uint64(31) + pd.util.hash_array(shapely.to_wkb(frame.geometry.array), categorize=False)
    return hashlib.sha256(np.sort(rows).tobytes()).digest()


def _plain(values: pd.Series) -> np.ndarray[Any, Any]:
    """Return values as numbers or text that hash the same whatever the pandas type."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.asarray(values.astype("datetime64[ms]").astype("int64"))
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return np.asarray(values.astype("float64").to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(values.astype("object").where(values.notna(), "").astype("str").to_numpy(dtype=object))
