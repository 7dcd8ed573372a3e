"""The shapes of a layer, repaired once for all that measure them."""

from __future__ import annotations

from ...algorithms.overlay import ValidShapes, tested
from ...plan import Plan
from ..registry import fact


@fact(needs=lambda layer: {layer: ("geometry",)})
def valid_shapes(plan: Plan, layer: str) -> ValidShapes:
    """The shapes of a layer in its order, invalid ones repaired."""
    return tested(plan[layer].geometry.to_numpy())
