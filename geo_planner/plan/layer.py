"""A layer of a plan, frozen, with a digest of its own and one for each column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from weakref import WeakValueDictionary

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .digests import row_hashes, shape_hashes
from .layers import LAYERS, conform

GEOMETRY = "geometry"
"""What the shapes of a layer are called wherever columns are named."""

_FROZEN: WeakValueDictionary[int, Layer] = WeakValueDictionary()
"""Layers in use by the identity of their frame: a frame that comes out of one plan goes into the next as it is."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: its name, its rows, and digests that are computed when they are first asked for.

    `frame` is read-only: whoever wants to change it takes a copy (`plan[name]` is one).
    """

    name: str
    frame: gpd.GeoDataFrame
    _hashes: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict, repr=False)
    _digests: dict[str, str] = field(default_factory=dict, repr=False)
    _filled: dict[str, bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, name: str, frame: gpd.GeoDataFrame | Layer) -> Layer:
        """Return the layer of a frame: conformed and frozen, or the one that the frame came from."""
        if isinstance(frame, Layer):
            return frame
        known = _FROZEN.get(id(frame))
        if known is not None and known.frame is frame and known.name == name:
            return known
        return cls(name, frozen(conform(name, frame)))

    def __post_init__(self) -> None:
        _FROZEN[id(self.frame)] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return Layer.of, (self.name, self.frame)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and (self.name, self.digest) == (other.name, other.digest)

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def with_columns(self, columns: Mapping[str, Any]) -> Layer:
        """Return the layer with some columns replaced by as many values; the digests of the others are kept."""
        frame = self.frame.copy(deep=False)
        for name, values in columns.items():
            if name == GEOMETRY:
                frame = frame.set_geometry(gpd.GeoSeries(values, index=frame.index, crs=frame.crs))
            else:
                frame[name] = values
        hashes = {name: rows for name, rows in self._hashes.items() if name not in columns}
        digests = {name: digest for name, digest in self._digests.items() if name not in columns}
        kept = all(frame[name].dtype == self.frame[name].dtype for name in columns if name in self.frame)
        whole = frame if kept or not _loose(self.name, frame) else conform(self.name, frame)
        filled = {name: known for name, known in self._filled.items() if name not in columns}
        made = Layer(self.name, frozen(whole), hashes, digests, filled)
        if GEOMETRY not in columns:
            made.__dict__.update({name: value for name, value in self.__dict__.items() if name in {"boxes", "sound"}})
        return made

    def hashes(self, column: str) -> np.ndarray[Any, Any]:
        """One hash a row of one column (`geometry` for the shapes), in the order of the rows."""
        if column not in self._hashes:
            frame = self.frame
            self._hashes[column] = (
                shape_hashes(frame.geometry.array) if column == GEOMETRY else row_hashes(frame[column])
            )
        return self._hashes[column]

    def filled(self, column: str) -> bool:
        """Whether any row has a value in a column of the frame."""
        if column not in self._filled:
            self._filled[column] = bool(self.frame[column].notna().any())
        return self._filled[column]

    def column_digest(self, column: str) -> str:
        """The digest of one column in the order of the rows; of a column that is not there, one that says so."""
        if column != GEOMETRY and column not in self.frame.columns:
            return "absent"
        if column not in self._digests:
            kind = "" if column == GEOMETRY else str(self.frame[column].dtype)
            self._digests[column] = hashlib.sha256(kind.encode() + self.hashes(column).tobytes()).hexdigest()
        return self._digests[column]

    @cached_property
    def boxes(self) -> np.ndarray[Any, Any]:
        """The box around each shape: four coordinates a row, NaN where there is no shape."""
        return np.asarray(shapely.bounds(np.asarray(self.frame.geometry.array, dtype=object)).reshape(-1, 4))

    @cached_property
    def sound(self) -> bool:
        """Whether every row has a shape, and every polygon is valid."""
        shapes = np.asarray(self.frame.geometry.array, dtype=object)
        kinds = shapely.get_type_id(shapes)
        areal = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
        bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        return not bare.any() and bool(shapely.is_valid(shapes[areal]).all())

    @cached_property
    def digest(self) -> str:
        """The sha256 of the canonical columns and the shapes (of all columns in a layer of one's own), in any order."""
        known = [c.name for c in LAYERS[self.name].columns] if self.name in LAYERS else []
        shapes = self.frame.geometry.name
        columns = known or sorted(c for c in self.frame.columns if c != shapes)
        rows: np.ndarray[Any, Any] = np.zeros(len(self.frame), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for k, column in enumerate(columns):
                if self.frame[column].notna().any():
                    rows = rows * np.uint64(31) + self.hashes(column) * np.uint64(2 * k + 3)
            rows = rows * np.uint64(31) + self.hashes(GEOMETRY)
        return hashlib.sha256(np.sort(rows).tobytes()).hexdigest()


class Layers(Mapping[str, gpd.GeoDataFrame]):
    """The layers of a plan by name: a mapping of frames that remembers the frozen layer behind each."""

    def __init__(self, held: Mapping[str, gpd.GeoDataFrame | Layer]) -> None:
        if isinstance(held, Layers):
            held = cast("Mapping[str, gpd.GeoDataFrame | Layer]", held.held)
        self.held: Mapping[str, Layer] = {name: Layer.of(name, frame) for name, frame in held.items()}

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        return self.held[name].frame

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name}: {len(layer.frame)} rows" for name, layer in self.held.items()) + "}"


def alike(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what `frame.copy(deep=False)` returns, in a quarter of the time: shapes are not searched for again."""
    manager = frame._mgr.copy(deep=False)
    out = gpd.GeoDataFrame._from_mgr(manager, manager.axes)
    return out.__finalize__(frame)


def with_shapes(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the table as a GeoDataFrame over its own column `geometry`, of which nothing is searched or copied."""
    out = gpd.GeoDataFrame._from_mgr(table._mgr, table._mgr.axes)
    out._geometry_column_name = GEOMETRY
    return out


def frozen(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame over a read-only geometry array, so that nothing can write into a plan."""
    # The public array hands out its buffer only through this view; a frozen buffer makes every later write raise.
    frame = frame.reset_index(drop=True)
    np.asarray(frame.geometry.array._data).setflags(write=False)
    return frame


def _loose(name: str, frame: gpd.GeoDataFrame) -> bool:
    """Whether a column has lost the type that its layer gives it."""
    return conform(name, frame.iloc[:0]).dtypes.astype(str).ne(frame.dtypes.astype(str)).any() if len(frame) else True


def without_rows(name: str, crs: str) -> Layer:
    """Return a layer without rows."""
    return Layer.of(name, gpd.GeoDataFrame({"id": pd.Series([], dtype="str")}, geometry=[], crs=crs))
