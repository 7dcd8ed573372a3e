"""The plan: one immutable value that every room reads and none changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np

from .landuse import Scheme, own_schemes
from .layer import Layers, alike


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

    def __reduce__(self) -> tuple[Any, ...]:
        return Raster, tuple(getattr(self, f.name) for f in fields(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raster) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the cells and of all that says what they mean."""
        values = np.ascontiguousarray(self.values)
        head = (self.name, self.transform, self.crs, self.nodata, self.year, self.unit, values.dtype.str, values.shape)
        return hashlib.sha256(repr(head).encode() + values.tobytes()).hexdigest()


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
    """Layers, rasters, land-use schemes of one's own and where they came from.

    Two plans are equal when their `digest` is. A plan shares every layer that it did not change with the plan it came
    from; it pickles, copies and serves as a key. Frames in `layers` are read-only; `plan[name]` hands out a copy.
    `complete` are the layers that somebody has declared to hold all there is, with the rows expected where known.
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
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    complete: Mapping[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", Layers(self.layers))
        object.__setattr__(self, "rasters", MappingProxyType(dict(self.rasters)))
        object.__setattr__(self, "schemes", own_schemes(self.schemes.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        plain = {"rasters": dict(self.rasters), "title": dict(self.title), "schemes": dict(self.schemes)}
        plain["complete"] = dict(self.complete)
        return _plan_of, ({f.name: plain.get(f.name, getattr(self, f.name)) for f in fields(self)},)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.layers.items())
        return f"Plan({self.name!r}, {self.crs}: {rows or 'no layers'})"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(n)}</td><td>{len(f)}</td></tr>" for n, f in self.layers.items())
        return f"<p><b>{escape(self.name)}</b> {escape(self.crs)}</p><table>{rows}</table>"

    def __getitem__(self, layer: str) -> gpd.GeoDataFrame:
        return alike(self.layers[layer])

    def __contains__(self, layer: str) -> bool:
        return layer in self.layers

    def has(self, layer: str, *columns: str) -> bool:
        """Whether the layer is there with rows, and each named column with at least one value."""
        held = Layers(self.layers).held.get(layer)
        return held is not None and len(held.frame) > 0 and all(held.filled(c) for c in columns)

    def is_complete(self, layer: str) -> bool:
        """Whether somebody has declared that the layer holds all there is, and its number of rows does not deny it."""
        return layer in self.complete and self.complete[layer] in {None, len(self.layers[layer])}

    def with_layer(self, layer: str, frame: gpd.GeoDataFrame) -> Plan:
        """Return a plan in which one layer is another."""
        return replace(self, layers={**self.layers, layer: frame})

    @cached_property
    def digest(self) -> str:
        """The sha256 of all that is judged: layers, rasters, own schemes, CRS and day; row order is no matter."""
        total = hashlib.sha256(f"{self.crs}|{self.as_of}".encode())
        if self.complete:
            total.update(repr(sorted(self.complete.items())).encode())
        held = Layers(self.layers).held
        for kind, digests in (("layer", held), ("raster", self.rasters), ("scheme", self.schemes)):
            for name in sorted(digests):
                total.update(f"|{kind} {name}|{digests[name].digest}".encode())
        return total.hexdigest()


def _plan_of(values: dict[str, Any]) -> Plan:
    return Plan(**values)
