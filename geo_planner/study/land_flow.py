"""From which use to which the land goes between two plans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..facts.landuse.uses import uses
from ..plan import Plan

Array = np.ndarray[Any, Any]
SLIVER = 1.0
"""Square metres below which a changed piece of land is drawing noise (sliver rule)."""


def transitions(a: Plan, b: Plan) -> pd.DataFrame:
    """The area [m²] that goes from each land-use class of `a` to each of `b`; unchanged land is included.

    A parcel that is drawn alike in both goes from its use to its use; only what is drawn otherwise is overlaid, so land
    that two parcels of one plan claim does not flow between them. Classes are the codes as their scheme names them ("?"
    where none is known, "" where one plan has no parcel). Pieces below `SLIVER` are drawing noise and left out. Returns
    columns from, to, area, sorted.
    """
    one, two = _land(a), _land(b)
    same_one, same_two = _drawn_alike(one, two)
    kept = pd.DataFrame(
        {"from": one["code"][same_one].to_numpy(), "to": two["code"][same_two].to_numpy(),
         "area": shapely.area(one["shape"].to_numpy()[same_one])}
    )  # fmt: skip
    rest = [side.drop(index=side.index[at]) for side, at in ((one, same_one), (two, same_two))]
    table = pd.concat([kept[kept["area"] > 0], _overlaid(*rest)], ignore_index=True)
    table = table.astype({"from": "str", "to": "str", "area": float})
    return table.groupby(["from", "to"], as_index=False)["area"].sum()


def _land(plan: Plan) -> pd.DataFrame:
    """Return code, shape and a name for equal shapes of each parcel."""
    if not plan.has("parcels"):
        return pd.DataFrame({"code": [], "shape": [], "key": []}, dtype=object)
    shapes = plan["parcels"].geometry.to_numpy()
    codes = uses(plan)["code"].fillna("?").to_numpy(dtype=object)
    table = pd.DataFrame({"code": codes, "shape": shapes, "key": shapely.to_wkb(shapely.normalize(shapes))})
    return table[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)].reset_index(drop=True)


def _drawn_alike(one: pd.DataFrame, two: pd.DataFrame) -> tuple[Array, Array]:
    """Return positions of parcels with one shape in both; of several with one shape those of one use meet first."""
    sides = []
    for side in (one, two):
        turn = side.groupby(["key", "code"]).cumcount()
        sides.append(pd.DataFrame({"key": side["key"], "code": side["code"], "turn": turn, "at": np.arange(len(side))}))
    exact = sides[0].merge(sides[1], on=["key", "code", "turn"])
    left = [s[~s["at"].isin(exact[at])] for s, at in zip(sides, ("at_x", "at_y"), strict=True)]
    left = [s.sort_values(["key", "code"]).assign(turn=lambda s: s.groupby("key").cumcount()) for s in left]
    other = left[0].merge(left[1], on=["key", "turn"])
    pairs = pd.concat([exact[["at_x", "at_y"]], other[["at_x", "at_y"]]])
    return pairs["at_x"].to_numpy(dtype=int), pairs["at_y"].to_numpy(dtype=int)


def _overlaid(one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    """Return from, to and area of land that is drawn otherwise, and of what lies outside the other plan."""
    x, y = one["code"].to_numpy(dtype=object), two["code"].to_numpy(dtype=object)
    shapes = [shapely.make_valid(side["shape"].to_numpy(dtype=object)) for side in (one, two)]
    i, j = shapely.STRtree(shapes[1]).query(shapes[0], predicate="intersects") if len(x) and len(y) else ([], [])
    i, j = np.asarray(i, dtype=int), np.asarray(j, dtype=int)
    area = shapely.area(shapely.intersection(shapes[0][i], shapes[1][j])) if len(i) else np.empty(0)
    keep = area >= SLIVER
    i, j, area = i[keep], j[keep], area[keep]
    rest_one = shapely.area(shapes[0]) - np.bincount(i, area, len(x))
    rest_two = shapely.area(shapes[1]) - np.bincount(j, area, len(y))
    table = pd.DataFrame(
        {
            "from": np.concatenate([x[i], x, np.repeat("", len(y))]),
            "to": np.concatenate([y[j], np.repeat("", len(x)), y]),
            "area": np.concatenate([area, rest_one, rest_two]),
        }
    )
    return table[table["area"] >= SLIVER]
