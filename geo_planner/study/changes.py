"""The edits that turn one plan into another: what a comparison lists, as something that can be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import ScenarioError
from ..plan import Edit, Plan
from ..plan.layer import Layer
from ..plan.layers import LAYERS
from .matching import keyed


def edits_between(a: Plan, b: Plan) -> tuple[Edit, ...]:
    """Return edits that make `b` of `a`: removals, new features, set values, moved dates, new shapes, in this order.

    `apply(a, edits)` has the digest of `b`, where both have the same layers, rasters, day and coordinate system.

    Raises
    ------
    ScenarioError
        Features that share an id, or have none, are not the same in both: no edit can name one of them.
    """
    layers = sorted({*a.layers, *b.layers})
    for name in layers:
        _nameless_alike(name, a, b)
    steps = [list(_edits(name, a, b)) for name in layers if name in LAYERS]
    order = ("remove", "add", "set", "retime", "reshape")
    return tuple(edit for kind in order for step in steps for edit in step if edit.kind == kind)


def nameless(plan: Plan, name: str) -> gpd.GeoDataFrame:
    """Return the features of a layer that no edit can name: those without an id, and those that share one."""
    if name not in plan:
        return keyed(plan, name) if name in LAYERS else gpd.GeoDataFrame({"id": []}, geometry=[], crs=plan.crs)
    frame = plan[name]
    return frame if name not in LAYERS else frame[frame["id"].isna() | frame["id"].duplicated(keep=False)]


def _nameless_alike(name: str, a: Plan, b: Plan) -> None:
    both = [nameless(p, name) for p in (a, b)]
    if not any(len(rows) for rows in both):
        return
    one, two = (Plan("", "", {name: rows.reset_index(drop=True)}).digest for rows in both)
    if one != two:
        msg = f"layer '{name}': features without an id of their own differ between '{a.name}' and '{b.name}'; "
        msg += "give each a number."
        raise ScenarioError(msg)


def _edits(name: str, a: Plan, b: Plan) -> Iterator[Edit]:
    if name in a and name in b and Layer.of(name, a.layers[name]) == Layer.of(name, b.layers[name]):
        return
    one, two = (keyed(p, name).drop(index=nameless(p, name)["id"].dropna(), errors="ignore") for p in (a, b))
    columns = [c for c in LAYERS[name].columns if c.name != "id"]
    for gone in one.index.difference(two.index):
        yield Edit("remove", name, str(gone))
    come = two.loc[two.index.difference(one.index)]
    texts = _wkt(come)
    cells = {c.name: [plain(v) for v in come[c.name]] for c in columns}
    for k, new in enumerate(come.index):
        values = {c: cells[c][k] for c in cells if cells[c][k] is not None}
        yield Edit("add", name, str(new), values | {"geometry": texts[k]})
    both = one.index.intersection(two.index)
    before, after = one.loc[both], two.loc[both]
    for kind, wanted in (("set", False), ("retime", True)):
        given: dict[str, dict[str, Any]] = {}
        for column in [c for c in columns if (c.dtype == "date") == wanted]:
            x, y = before[column.name], after[column.name]
            differs = ((x != y) & ~(x.isna() & y.isna())).fillna(value=True).to_numpy(dtype=bool)
            for key, value in zip(both[differs], y[differs], strict=True):
                given.setdefault(str(key), {})[column.name] = plain(value)
        for key in sorted(given):
            yield Edit("retime" if kind == "retime" else "set", name, key, given[key])
    new_shape = _shape_differs(before, after)
    for key, text in zip(both[new_shape], _wkt(after[new_shape]), strict=True):
        yield Edit("reshape", name, str(key), {"geometry": text})


def _shape_differs(one: gpd.GeoDataFrame, two: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    x, y = (shapely.to_wkb(f.geometry.to_numpy()) for f in (one, two))
    return np.array([p != q for p, q in zip(x, y, strict=True)], dtype=bool)


def _wkt(frame: gpd.GeoDataFrame) -> list[str]:
    """Return shapes as text with every digit, so that nothing is lost."""
    return [shapely.to_wkt(shape, rounding_precision=-1) for shape in frame.geometry]


def plain(value: Any) -> Any:
    """Return a cell as an edit holds it: a day as ISO text, missing as None."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value != value.normalize() else str(value.date())
    return value.item() if isinstance(value, np.generic) else value
