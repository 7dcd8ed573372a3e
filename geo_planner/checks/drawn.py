"""What every rule is spared: rows without a shape are taken out before it looks, and told as not known for it.

A rule about shapes cannot judge a row that has none, and must not be silent about it; the data gate (da) sees them all.
Invalid polygons are judged on the shape that the import would have made of them; DA902 names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..algorithms.overlay import tested
from ..facts.landuse.roles import unread
from ..plan import Findings, Plan
from ..plan.layer import Layers
from ..plan.layers import LAYERS
from .contract import Check

WHOLE = "*"
"""The id under which a layer that is missing as a whole is named among the unknown."""
_REASONS = {c: f"no_{c}" for c in ("start", "finish", "used", "released", "paved", "code")}


def drawn(plan: Plan) -> tuple[Plan, dict[str, list[str]]]:
    """Return the plan with valid shapes and without the rows that have none, and the ids of those by layer.

    A plan never changes, so this is kept beside its values.
    """
    known: tuple[Plan | None, dict[str, list[str]]] | None = plan.__dict__.get("_drawn")
    if known is None:
        known = plan.__dict__["_drawn"] = _drawn(plan)
    return known[0] or plan, known[1]


def _drawn(plan: Plan) -> tuple[Plan | None, dict[str, list[str]]]:
    """Return what `drawn` does; no plan where it is the plan itself."""
    layers, lost = dict(plan.layers), {}
    for name, layer in Layers(plan.layers).held.items():
        if name not in LAYERS or layer.sound:
            continue
        layers[name] = frame = _mended(layer.frame)
        shapes = frame.geometry.to_numpy()
        bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        if bare.any():
            lost[name] = frame["id"][bare].astype("str").tolist()
            layers[name] = frame[~bare]
    same = all(layers[name] is frame for name, frame in plan.layers.items())
    return (None if same else replace(plan, layers=layers)), lost


def _mended(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with its invalid polygons made valid; the layer itself where there are none."""
    shapes = frame.geometry.to_numpy()
    areal = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    bad = areal & ~shapely.is_valid(shapes)
    if not bad.any():
        return frame
    whole = np.array(shapes, dtype=object)
    whole[bad] = tested(whole[bad]).shapes
    return frame.set_geometry(gpd.GeoSeries(whole, index=frame.index, crs=frame.crs))


def with_lost(check: Check, plan: Plan, out: Findings, lost: Mapping[str, list[str]]) -> Findings:
    """Return what a check found with the rows it could not see: without a shape, or of a layer that is missing."""
    blocks: list[_Block] = [(x, lost.get(x, ()), "no_geometry") for x in (*check.layers, *check.optional)]
    gone = [x for x in check.optional if not plan.has(x) and x not in lost and plan.complete.get(x) != 0]
    blocks += [(layer, (WHOLE,), "no_layer") for layer in gone]
    blocks += [block for column in check.blanks for block in _blank(plan, column)]
    blocks += _unmeant(plan, check.means)
    fresh = [_untold(out.unknown, block) for block in blocks if len(block[1])]
    more = [
        pd.DataFrame({"layer": layer, "id": ids, "reason": reason}, dtype="str")
        for layer, ids, reason in fresh
        if len(ids)
    ]
    return replace(out, unknown=pd.concat([out.unknown, *more], ignore_index=True)) if more else out


_Block = tuple[str, Sequence[str], str]
"""Rows of one layer that are not known for one reason: the layer, their ids, the reason."""


def _untold(unknown: pd.DataFrame, block: _Block) -> _Block:
    """Return the rows of a block that are not among the unknown already."""
    layer, ids, reason = block
    told = set(unknown["id"].to_numpy(dtype=object)[unknown["layer"].to_numpy(dtype=object) == layer].tolist())
    return layer, [name for name in ids if name not in told], reason


def _unmeant(plan: Plan, means: tuple[str, ...]) -> list[_Block]:
    """The parcels whose class cannot be told, or whose scheme leaves open what their code means, for a rule that rests on it."""
    if not means or "parcels" not in plan:
        return []
    return [(layer, _texts(ids), why) for layer, ids, why in unread(plan, *means)]


def _texts(ids: Any) -> list[str]:
    return [str(name) for name in np.asarray(ids, dtype=object).tolist()]


def _blank(plan: Plan, where: str) -> list[_Block]:
    """The rows of `layer.column` that are blank, for a rule (`BLANKS`) that would pass over them in silence."""
    layer, column = where.split(".")
    if layer not in plan:
        return []
    frame = plan.layers[layer]
    return [(layer, _texts(frame["id"][frame[column].isna()]), _REASONS.get(column, "no_attribute"))]
