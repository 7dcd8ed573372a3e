"""Landscape measures in numpy, as FRAGSTATS defines them, and weights from entropy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import shapely

Array = np.ndarray[Any, Any]


def mix(p: Array, classes: int) -> float:
    """Land-use mix of Frank: entropy over ln n with n fixed. (.45, .25, .2, .1) of 4 gives 0.9074899."""
    share = p[p > 0]
    return float(-(share * np.log(share)).sum() / math.log(classes))


def simpson(p: Array) -> float:
    """Simpson's diversity 1 - Σp². (.5, .3, .2) gives 0.62."""
    return float(1.0 - (np.asarray(p) ** 2).sum())


def balance_distance(p: Array, target: Array) -> float:
    """Total variation ½ Σ|p - p*|: the share of land that would have to change its class."""
    return float(0.5 * np.abs(np.asarray(p) - np.asarray(target)).sum())


def aitchison(p: Array, target: Array, floor: float = 1e-6) -> float:
    """Aitchison distance between two compositions; zero shares are raised to `floor`."""
    a, b = (np.log(np.maximum(np.asarray(x, dtype=float), floor)) for x in (p, target))
    return float(np.linalg.norm((a - a.mean()) - (b - b.mean())))


def location_quotient(area: pd.DataFrame) -> pd.DataFrame:
    """Share of each class (columns) in each unit (rows) over its share in all of them; 1 is the average."""
    own = area.div(area.sum(axis=1), axis=0)
    return own / (area.sum() / area.to_numpy().sum())


def compactness(shapes: Array) -> Array:
    """Polsby-Popper 4πA/P²: 1 for a circle, 0.785398 for a square."""
    return np.asarray(4 * math.pi * shapely.area(shapes) / np.maximum(shapely.length(shapes), 1e-12) ** 2)


def shape_index(shapes: Array) -> Array:
    """Perimeter over that of a circle of the same area, P / (2√(πA)): 1 for a circle."""
    return np.asarray(shapely.length(shapes) / np.maximum(2 * np.sqrt(math.pi * shapely.area(shapes)), 1e-12))


def fractal(shapes: Array) -> Array:
    """FRAC = 2 ln(P/4) / ln A: 1 for a square."""
    return np.asarray(2 * np.log(0.25 * shapely.length(shapes)) / np.log(shapely.area(shapes)))


def landscape(shapes: Array, classes: Array) -> pd.DataFrame:
    """Patch measures per class, one row per class in order of name; patches are the polygons as given.

    Columns: `patches`; `density` [per 100 ha]; `edge` [m/ha, borders with other classes and the rim]; `largest`
    [% of all land]; `mesh` [m², effective mesh size Σa²/A]; `split` (A²/Σa²); A is the land of all classes.
    """
    area, total = shapely.area(shapes), float(shapely.area(shapes).sum())
    i, j, shared = borders(shapes)
    inner = np.zeros(len(shapes))
    same = classes[i] == classes[j]
    np.add.at(inner, i[same], shared[same])
    np.add.at(inner, j[same], shared[same])
    edge = shapely.length(shapes) - inner
    rows: list[dict[str, Any]] = []
    for name in sorted(set(classes)):
        mine = classes == name
        square = float((area[mine] ** 2).sum())
        rows.append(
            {
                "class": name,
                "patches": int(mine.sum()),
                "density": mine.sum() / total * 1e6,
                "edge": edge[mine].sum() / total * 1e4,
                "largest": 100 * area[mine].max() / total,
                "mesh": square / total,
                "split": total**2 / square,
            }
        )
    return pd.DataFrame(rows)


def entropy_weights(values: pd.DataFrame, *, costs: tuple[str, ...] = (), shift: float = 1e-4) -> pd.Series:
    """Objective weights of indicators (columns) over units (rows); more spread weighs more. They sum to 1.

    x' is min-max (turned round for costs) plus `shift`; e = -(1/ln m) Σ p ln p; w = (1 - e) / Σ(1 - e). One unit alone
    gives equal weights, for it shows no spread.
    """
    names = list(values.columns)
    if len(values) < 2:
        return pd.Series(1.0 / len(names), index=names)
    x = values.to_numpy(dtype=float)
    span = x.max(axis=0) - x.min(axis=0)
    scaled = (x - x.min(axis=0)) / np.where(span > 0, span, 1.0)
    cost = np.array([n in costs for n in names])
    scaled = np.where(cost, 1.0 - scaled, scaled) + shift
    p = scaled / scaled.sum(axis=0)
    e = -(p * np.log(p)).sum(axis=0) / math.log(len(x))
    gain = np.where(span > 0, 1.0 - e, 0.0)
    return pd.Series(gain / gain.sum() if gain.sum() > 0 else np.full(len(names), 1.0 / len(names)), index=names)


def borders(shapes: Array, *, digits: int = 3) -> tuple[Array, Array, Array]:
    """Pairs of polygons that share edges, and the length shared, by sorted edge keys.

    Only edges whose two ends agree (to `digits` decimals) count: a T-junction hides a border until the coverage has
    been noded. Sorted by left, then right, with left < right.
    """
    parts, whose = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = whose[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.round(np.hstack([xy[first], xy[first + 1]]), digits)
    flip = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[flip] = ends[flip][:, [2, 3, 0, 1]]
    own = owner[ring[first]]
    order = np.lexsort((own, *ends.T[::-1]))
    ends, own = ends[order], own[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1) & (own[1:] != own[:-1]))
    length = np.hypot(ends[same, 2] - ends[same, 0], ends[same, 3] - ends[same, 1])
    pair = np.sort(np.column_stack([own[same], own[same + 1]]), axis=1).reshape(-1, 2)
    unique, back = np.unique(pair, axis=0, return_inverse=True)
    return unique[:, 0], unique[:, 1], np.bincount(back.ravel(), weights=length, minlength=len(unique))
