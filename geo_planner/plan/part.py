"""A part of a plan, in which a few features are judged as if the whole were there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from .layer import Layer, Layers, frozen
from .plan import Plan

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Part(Plan):
    """Some rows of a plan in its order; which layers and columns hold anything, it answers as the whole does."""

    whole: Plan | None = field(default=None, repr=False)

    def has(self, layer: str, *columns: str) -> bool:
        """Whether the whole plan has the layer, and a value in each column."""
        return self.whole is not None and self.whole.has(layer, *columns)

    def holds(self, layers: Iterable[str]) -> bool:
        """Whether the part has every row of some layers that the whole plan has."""
        if self.whole is None:
            return False
        mine, theirs = Layers(self.layers).held, Layers(self.whole.layers).held
        return all(mine.get(name) is theirs.get(name) for name in layers)

    def is_complete(self, layer: str) -> bool:
        """Whether the layer of the whole plan holds all there is."""
        return self.whole is not None and self.whole.is_complete(layer)


def part_of(plan: Plan, rows: Mapping[str, Array]) -> Part:
    """Return the part of a plan that has those rows, by layer and position; a layer that is not named has none."""
    held, none = Layers(plan.layers).held, np.empty(0, dtype=np.int64)
    layers = {
        name: layer if len(rows.get(name, none)) == len(layer.frame) else _some(layer, rows.get(name, none))
        for name, layer in held.items()
    }
    same = {f.name: getattr(plan, f.name) for f in fields(Plan) if f.name != "layers"}
    return Part(layers=layers, whole=plan, **same)


def _some(layer: Layer, rows: Array) -> Layer:
    return Layer(layer.name, frozen(layer.frame.iloc[rows]))
