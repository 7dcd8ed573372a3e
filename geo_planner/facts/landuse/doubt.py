"""Land whose scheme leaves its nuisance class or its sensitivity open, and that lies where the answer would matter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from ...plan import Plan
from ..nearby import Array, inner, near_together
from .roles import left_open


def by_edge(plan: Plan, blank: Array, reach: Array, guarded: Sequence[tuple[str, Array]]) -> tuple[Array, Array]:
    """Return parcels of open class with a guarded thing in reach, and those that may be sensitive in reach of a source.

    `blank` are the parcels whose class is open, `reach` [m] is what each parcel keeps free at most, `guarded` the
    positions of what is surely sensitive, by layer. Measured from edge to edge.
    """
    vague, unsure = np.zeros(len(reach), bool), np.zeros(len(reach), bool)
    for layer, at in guarded:
        pairs = near_together(plan, ("parcels", layer), (np.flatnonzero(blank), at), reach[blank])
        vague[pairs.left[pairs.distance < reach[pairs.left]]] = True
    sides = np.flatnonzero(reach > 0), np.flatnonzero(left_open(plan, "sensitive"))
    pairs = near_together(plan, ("parcels", "parcels"), sides, reach[sides[0]])
    close = pairs.distance < reach[pairs.left]
    vague[pairs.left[close]] |= blank[pairs.left[close]]
    unsure[pairs.right[close]] = True
    return vague, unsure


def by_point(plan: Plan, homes: Array, sources: Array, reach: float) -> tuple[Array, Array, Array]:
    """Return parcels that may be a source near a home, those that may be homes near a source, and homes that have such.

    `homes` and `sources` are the positions of those that are surely so. Measured from inner point to inner point.
    """
    points, source, home = inner(plan, "parcels"), left_open(plan, "nuisance"), left_open(plan, "sensitive")
    vague, unsure = np.zeros(len(points), bool), np.zeros(len(points), bool)
    at = np.flatnonzero(source)
    i, j = shapely.STRtree(points[at]).query(points[homes], predicate="dwithin", distance=reach)
    vague[at[j]], doubtful = True, np.isin(np.arange(len(homes)), i)
    of, at = np.flatnonzero(home), np.union1d(sources, at)
    i, j = shapely.STRtree(points[at]).query(points[of], predicate="dwithin", distance=reach)
    other = of[i] != at[j]
    unsure[of[i[other]]] = True
    vague[at[j[other]]] |= source[at[j[other]]]
    return vague, unsure, doubtful
