"""A sheet: one layer as it came out of a file, before anything is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from ...plan.layer import with_shapes
from ...plan.plan import Note

REASON = "reject_reason"
"""Column of the rejects that says why a row was set aside."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One layer of one file: rows, and what is known of its CRS and its text.

    `frame` has no CRS; `crs` is the text that the file gave (a .prj, an EPSG code), empty where it gave none.
    `rejects` are rows that were set aside, with the column `reject_reason`. Row numbers count from 1 in `frame.index`.
    """

    name: str
    frame: gpd.GeoDataFrame
    crs: str = ""
    crs_source: str = ""
    encoding: str = ""
    encoding_source: str = ""
    notes: tuple[Note, ...] = ()
    rejects: gpd.GeoDataFrame | None = None
    source: str = ""
    inner: str = ""
    sha256: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows_rejected(self) -> int:
        """How many rows were set aside."""
        return 0 if self.rejects is None else len(self.rejects)

    @property
    def rows_in(self) -> int:
        """How many rows the file holds, deleted ones not counted."""
        return len(self.frame) + self.rows_rejected


@dataclass(frozen=True, eq=False)
class Grid:
    """One raster as it came out of a file."""

    name: str
    values: np.ndarray[Any, Any]
    transform: tuple[float, float, float, float, float, float]
    crs: str = ""
    nodata: float | None = None
    notes: tuple[Note, ...] = ()
    source: str = ""
    sha256: str = ""


def frame_of(columns: Mapping[str, Any], geometry: Any) -> gpd.GeoDataFrame:
    """Return a frame without CRS from columns and an array of shapes, numbered from 1."""
    shapes = np.asarray(geometry, dtype=object)
    table = {k: v.array if isinstance(v, pd.Series) else v for k, v in columns.items() if k != "geometry"}
    if "geometry" in columns:  # a property may bear the name that the shapes need
        named = columns["geometry"]
        table["geometry_"] = named.array if isinstance(named, pd.Series) else named
    table["geometry"] = gpd.array.GeometryArray(shapes)
    return with_shapes(pd.DataFrame(table, index=pd.RangeIndex(1, len(shapes) + 1)))


_ARROW = {
    pa.int8(): pd.Int64Dtype(),
    pa.int16(): pd.Int64Dtype(),
    pa.int32(): pd.Int64Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.Int64Dtype(),
    pa.uint16(): pd.Int64Dtype(),
    pa.uint32(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def columns_of(table: pa.Table) -> dict[str, pd.Series]:
    """Return the columns of an Arrow table as pandas columns that can hold a null of any type."""
    frame = table.to_pandas(types_mapper=_ARROW.get, date_as_object=False, integer_object_nulls=True)
    out = {}
    for k, name in enumerate(frame.columns):
        values = frame.iloc[:, k]
        kind = str(values.dtype)
        if kind.startswith("datetime64"):
            values = (values.dt.tz_convert("UTC").dt.tz_localize(None) if "," in kind else values).astype(
                "datetime64[ms]"
            )
        elif kind == "object":
            values = values.map(lambda v: v.hex() if isinstance(v, bytes) else v if v is None else str(v)).astype("str")
        out[str(name)] = values.reset_index(drop=True)
    return out
