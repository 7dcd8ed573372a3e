"""Features of two plans that are one: by id, then by the best overlap, one to one."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..plan import Plan

Array = np.ndarray[Any, Any]
ALIKE = 0.5
"""Least share in common (of area, of length for lines) at which two features of different ids are taken for one."""
_BEST = 400
"""Features of one knot of overlaps, at most, of which the best pairing is sought; else the most alike pair first."""


def keyed(plan: Plan, name: str) -> gpd.GeoDataFrame:
    """Return a layer by its ids, sorted, the first of each; without rows where the plan has no such layer."""
    if name not in plan:
        frame = gpd.GeoDataFrame({"id": pd.Series([], dtype="str")}, geometry=[], crs=plan.crs)
        return Plan("", plan.crs, {name: frame})[name].set_index("id", drop=False)
    frame = plan[name]
    return frame[frame["id"].notna()].drop_duplicates("id").set_index("id", drop=False).sort_index()


def renamed(one: gpd.GeoDataFrame, two: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return pairs `before`, `after` of features that lost their id but not their place, sorted by `before`.

    Only pairs that touch are held, never a table of all with all: 100,000 renamed parcels are 100,000 numbers.
    """
    gone, come = one.loc[one.index.difference(two.index)], two.loc[two.index.difference(one.index)]
    i, j, alike = _candidates(gone.geometry.to_numpy(), come.geometry.to_numpy())
    pairs = [(i, j)] if _apart(i) and _apart(j) else _best(i, j, alike, (len(gone), len(come)))
    i, j = (np.concatenate(side) for side in zip(*pairs, strict=True)) if pairs else (i[:0], j[:0])
    order = np.argsort(i)
    names = {"before": gone.index[i[order]], "after": come.index[j[order]]}
    return pd.DataFrame({k: pd.Series(np.asarray(v, dtype=object), dtype="str") for k, v in names.items()})


def _apart(side: Array) -> bool:
    return len(np.unique(side)) == len(side)


def _candidates(one: Array, two: Array) -> tuple[Array, Array, Array]:
    """Return pairs of equal dimension that share at least `ALIKE`, and how much."""
    nothing = np.empty(0, int)
    if not len(one) or not len(two):
        return nothing, nothing, np.empty(0)
    i, j = shapely.STRtree(two).query(one, predicate="intersects")
    size = [shapely.get_dimensions(side) for side in (one, two)]
    same = size[0][i] == size[1][j]
    i, j = i[same], j[same]
    alike = _alike(one[i], two[j], size[0][i])
    good = alike >= ALIKE
    return i[good], j[good], alike[good]


def _alike(one: Array, two: Array, dimension: Array) -> Array:
    """Share in common of each pair: of the area of both, of the length of both; points are one or not."""
    out = shapely.equals_identical(one, two).astype(float)
    for kind, measure in ((1, shapely.length), (2, shapely.area)):
        rest = (dimension == kind) & (out == 0)
        if rest.any():
            shared = measure(shapely.intersection(shapely.make_valid(one[rest]), shapely.make_valid(two[rest])))
            out[rest] = shared / np.maximum(measure(one[rest]) + measure(two[rest]) - shared, 1e-9)
    return np.asarray(out)


def _best(i: Array, j: Array, alike: Array, shape: tuple[int, int]) -> list[tuple[Array, Array]]:
    """Return the best one-to-one pairing, knot by knot of pairs that hang together."""
    ends = (i, j + shape[0])
    links = coo_array((np.ones(len(i), np.int8), ends), shape=(sum(shape), sum(shape)))
    _, knot = connected_components(links, directed=False)
    order = np.argsort(knot[i], kind="stable")
    cuts = np.flatnonzero(np.diff(knot[i][order])) + 1
    out = []
    for at in np.split(order, cuts):
        chosen = at if len(at) == 1 else at[_knot(i[at], j[at], alike[at])]
        out.append((i[chosen], j[chosen]))
    return out


def _knot(i: Array, j: Array, alike: Array) -> Array:
    """Return which pairs of one knot are taken."""
    from scipy.optimize import linear_sum_assignment

    rows, at_row = np.unique(i, return_inverse=True)
    columns, at_column = np.unique(j, return_inverse=True)
    if max(len(rows), len(columns)) > _BEST:
        return _most_alike_first(i, j, alike)
    table, number = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1)
    table[at_row, at_column], number[at_row, at_column] = alike, np.arange(len(i))
    chosen = number[linear_sum_assignment(-table)]
    return np.sort(chosen[chosen >= 0])


def _most_alike_first(i: Array, j: Array, alike: Array) -> Array:
    taken: tuple[set[int], set[int]] = (set(), set())
    out = []
    for k in np.lexsort((j, i, -alike)).tolist():
        if i[k] not in taken[0] and j[k] not in taken[1]:
            taken[0].add(int(i[k]))
            taken[1].add(int(j[k]))
            out.append(k)
    return np.array(sorted(out), dtype=int)
