"""Which tile each feature is at home in, and what else a tile needs to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...plan import Plan
from ...plan.layers import LAYERS

Array = np.ndarray[Any, Any]
_LARGE = 0.5
"""A feature that reaches out of its tile by more than this part of the tile's side is looked around by itself."""


@dataclass(frozen=True, eq=False)
class Split:
    """The home of every feature: `tile` numbers from 0 and `box` (four coordinates), by layer, in the layer's order."""

    tile: Mapping[str, Array]
    box: Mapping[str, Array]
    count: int

    def home(self, layer: str, number: int) -> Array:
        """Return the positions of the features of a layer that are at home in a tile."""
        return np.flatnonzero(self.tile[layer] == number)

    def members(self, number: int, margin: float) -> dict[str, Array]:
        """Return the positions of what a tile holds, by layer: what is at home, and what lies within `margin` of it."""
        mine = [box[self.tile[name] == number] for name, box in self.box.items()]
        around = list(_windows(np.concatenate(mine), margin))
        out = {}
        for name, box in self.box.items():
            inside = self.tile[name] == number
            for window in around:
                inside |= _touch(box, window)
            out[name] = np.flatnonzero(inside)
        return out

    @cached_property
    def sizes(self) -> list[int]:
        """How many features are at home in each tile."""
        total = sum(np.bincount(tile, minlength=self.count) for tile in self.tile.values())
        return [int(n) for n in np.broadcast_to(total, self.count)]


def split(plan: Plan, rows: int) -> Split:
    """Cut a plan into tiles of at most `rows` features, each across its longer side through the middle of its features.

    A feature is at home where the middle of its box lies; features of one id where the first of them lies, and those
    without a shape in the first tile. More than `rows` features at one spot stay together.
    """
    box = {name: shapely.bounds(plan.layers[name].geometry.to_numpy()) for name in plan.layers if name in LAYERS}
    ends = np.cumsum([0, *(len(b) for b in box.values())])
    boxes = np.concatenate([*box.values(), np.empty((0, 4))])
    tile = _halved((boxes[:, :2] + boxes[:, 2:]) / 2.0, rows)
    of = {name: tile[a:b] for name, a, b in zip(box, ends[:-1], ends[1:], strict=True)}
    homes = {name: _together(plan.layers[name]["id"], numbers) for name, numbers in of.items()}
    return Split(homes, box, int(tile.max(initial=0)) + 1)


def _halved(middle: Array, rows: int) -> Array:
    """Return the number of the tile of each point; those without a place are in the first."""
    out = np.zeros(len(middle), dtype=np.int64)
    todo, done = [np.flatnonzero(~np.isnan(middle).any(axis=1))], 0
    while todo:
        part = todo.pop()
        halves = _halves(middle, part) if len(part) > max(rows, 1) else ()
        if halves:
            todo += reversed(halves)
        else:
            out[part] = done
            done += 1
    return out


def _halves(middle: Array, part: Array) -> tuple[Array, ...]:
    """Return two parts of about one size, the first below a line; nothing where all are at one spot."""
    points = middle[part]
    for axis in np.argsort(-np.ptp(points, axis=0), kind="stable"):
        value = points[:, axis]
        cut = np.median(value)
        below = value < cut if (value < cut).any() else value <= cut
        if below.any() and not below.all():
            return part[below], part[~below]
    return ()


def _together(ids: pd.Series, tile: Array) -> Array:
    """Return the tiles with every row of an id in the tile of its first."""
    code = pd.factorize(ids.to_numpy(dtype=object))[0]
    _, first = np.unique(code, return_index=True)
    return np.asarray(tile[first][code], dtype=np.int64) if len(code) else tile


def _windows(boxes: Array, margin: float) -> Iterator[Array]:
    """Yield the windows that hold what lies near some boxes: one around the many, one around each large one."""
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    if not len(boxes):
        return
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    low, high = middle.min(axis=0), middle.max(axis=0)
    slack = _LARGE * float((high - low).max())
    large = ((boxes[:, :2] < low - slack) | (boxes[:, 2:] > high + slack)).any(axis=1)
    room = np.array([-margin, -margin, margin, margin])
    small = boxes[~large]
    if len(small):
        yield np.concatenate([small[:, :2].min(axis=0), small[:, 2:].max(axis=0)]) + room
    yield from boxes[large] + room


def _touch(boxes: Array, window: Array) -> Array:
    """Which boxes share a point with a window; a box that is no box shares none."""
    return np.asarray((boxes[:, :2] <= window[2:]).all(axis=1) & (boxes[:, 2:] >= window[:2]).all(axis=1))
