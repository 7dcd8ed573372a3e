"""Open parcels that lie side by side, joined for projects that no single parcel can hold.

Only parcels of one plan and one use are joined, along a border and not across a street, and at most `MOST` of them.
A joined parcel is taken whole by one project.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

MOST = 3
"""Parcels that are joined at most (project default)."""
BORDER = 20.0
"""Metres of border that two parcels share at least, so that one works can spread over both (project default)."""
SEAM = 0.5
"""Metres between borders that count as drawing noise."""
KEPT = 400
"""Groups that are weighed at most, the smallest that are large enough first."""


@dataclass(frozen=True, eq=False)
class Plots:
    """Shape, area and kind (plan, scheme and code) of the parcels that may be joined."""

    shape: Array
    area: Array
    kind: Array


def beside(plots: Plots) -> Array:
    """Pairs of parcels of one kind that share a border (first < second)."""
    i, j = shapely.STRtree(plots.shape).query(plots.shape, predicate="dwithin", distance=SEAM)
    keep = (i < j) & (plots.kind[i] == plots.kind[j])
    i, j = i[keep], j[keep]
    shared = shapely.length(
        shapely.intersection(shapely.boundary(plots.shape[i]), shapely.buffer(plots.shape[j], SEAM))
    )
    # The strip reaches round the ends of a border: a corner alone would count for twice the seam.
    long = shared >= BORDER + 2 * SEAM
    return np.column_stack([i[long], j[long]])


def groups(plots: Plots, areas: Iterable[float]) -> list[tuple[int, ...]]:
    """Groups of two to `MOST` joined parcels that hold at least one of some areas; none holds a smaller such group.

    A group that is larger than it need be for every area is left out, for a part of it would do.
    """
    wanted = sorted(set(areas))
    near: dict[int, set[int]] = {}
    for i, j in beside(plots).tolist():
        near.setdefault(i, set()).add(j)
        near.setdefault(j, set()).add(i)
    grown = {frozenset((i, j)) for i, some in near.items() for j in some}
    found: set[frozenset[int]] = set()
    for _ in range(2, MOST + 1):
        found |= {g for g in grown if _needed(plots, g, near, wanted)}
        grown = {g | {k} for g in grown for i in g for k in near[i] - g}
    ranked = sorted(found, key=lambda g: (round(float(plots.area[list(g)].sum()), 3), sorted(g)))
    return [tuple(sorted(g, key=lambda k: (-plots.area[k], k))) for g in ranked[:KEPT]]


def _needed(plots: Plots, group: frozenset[int], near: dict[int, set[int]], wanted: list[float]) -> bool:
    """Return whether the group holds an area that no joined part of it holds."""
    whole = float(plots.area[list(group)].sum())
    parts = [group - {k} for k in group if _joined(group - {k}, near)]
    most = max((float(plots.area[list(p)].sum()) for p in parts), default=0.0)
    return any(most + 1e-6 < area <= whole + 1e-6 for area in wanted)


def _joined(group: frozenset[int], near: dict[int, set[int]]) -> bool:
    seen, stack = set[int](), [min(group)]
    while stack:
        k = stack.pop()
        seen.add(k)
        stack += [n for n in near[k] & group if n not in seen]
    return seen == group


def united(shapes: Array) -> shapely.Geometry:
    """One shape of parcels that share borders, with the seams between them closed."""
    whole = shapely.union_all(shapes)
    return (
        whole
        if whole.geom_type == "Polygon"
        else shapely.buffer(shapely.buffer(whole, SEAM, join_style="mitre"), -SEAM, join_style="mitre")
    )
