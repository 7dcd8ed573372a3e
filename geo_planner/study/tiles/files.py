"""A tile on disk: one sorted GeoParquet file for each layer, with what is at home marked, and what all tiles share."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import geopandas as gpd
import numpy as np

from ...checks.drawn import drawn
from ...plan import Plan
from ...plan.layer import Layer, without_rows
from ...plan.layers import LAYERS
from .split import Split

HOME = "at_home"
_SHARED = "shared.pickle"


@dataclass(frozen=True, eq=False)
class Tile(Plan):
    """A part of a plan that answers as the whole does which layers and columns hold anything, and which all."""

    filled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    def has(self, layer: str, *columns: str) -> bool:
        """Whether the whole plan has the layer, and a value in each column."""
        return layer in self.filled and self.filled[layer].issuperset(columns)

    def is_complete(self, layer: str) -> bool:
        """Whether the layer of the whole plan holds all there is."""
        return layer in self.whole


def write_shared(plan: Plan, folder: Path) -> None:
    """Write what every tile shares: all of the plan but its rows."""
    layers = {n: f for n, f in plan.layers.items() if n in LAYERS}
    seen = drawn(plan)[0]  # as a check of the whole sees it: without the rows that have no shape
    filled = {n: frozenset(c for c in f if f[c].notna().any()) for n, f in seen.layers.items() if len(f)}
    whole = frozenset(n for n in layers if seen.is_complete(n))
    same = {f.name: getattr(plan, f.name) for f in fields(Plan) if f.name not in {"layers", "notes", "sources"}}
    same |= {name: dict(same[name]) for name in ("rasters", "schemes")}
    folder.joinpath(_SHARED).write_bytes(pickle.dumps((same | {"filled": filled, "whole": whole}, tuple(layers))))


def write_tile(plan: Plan, split: Split, number: int, margin: float, folder: Path) -> None:
    """Write the rows of a tile and of its margin in the order of the plan; layers without any are not written."""
    path = folder / f"{number:06d}"
    path.mkdir()
    for name, rows in split.members(number, margin).items():
        if len(rows):
            _known(name, plan.layers[name].iloc[rows]).assign(**{HOME: split.tile[name][rows] == number}).to_parquet(
                path / f"{name}.parquet", index=False
            )


def read_tile(folder: Path, number: int) -> tuple[Tile, dict[str, frozenset[str]]]:
    """Return a tile, and the ids of what is at home in it by layer."""
    # The file is our own, written a moment ago into a folder of our own.
    same, names = pickle.loads(folder.joinpath(_SHARED).read_bytes())
    layers, home = {name: without_rows(name, same["crs"]) for name in names}, {}
    for path in sorted(folder.joinpath(f"{number:06d}").glob("*.parquet")):
        frame = gpd.read_parquet(path)
        mine = frame.pop(HOME).to_numpy(dtype=bool)
        layers[path.stem], home[path.stem] = Layer.of(path.stem, frame), frozenset(frame["id"][mine].astype("str"))
    return Tile(layers=layers, **same), home


def _known(name: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the columns that the layer has in every plan, without those that are empty."""
    columns = [c.name for c in LAYERS[name].columns if c.name in frame and frame[c.name].notna().any()]
    return frame[list(dict.fromkeys(["id", *columns, frame.geometry.name]))].set_index(np.arange(len(frame)))
