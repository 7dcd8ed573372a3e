"""What every rule is spared: rows without a shape are taken out before it looks, and told as not known for it.

A rule about shapes cannot judge a row that has none, and must not be silent about it; the data gate (da) sees them all.
Invalid polygons are judged on the shape that the import would have made of them; DA902 names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..algorithms.overlay import tested
from ..facts.landuse.roles import unread
from ..plan import Findings, Plan
from ..plan.layers import LAYERS
from .contract import Check

WHOLE = "*"
"""The id under which a layer that is missing as a whole is named among the unknown."""
_REASONS = {c: f"no_{c}" for c in ("start", "finish", "used", "released", "paved", "code")}


def drawn(plan: Plan) -> tuple[Plan, dict[str, list[str]]]:
    """Return the plan with valid shapes and without the rows that have none, and the ids of those by layer."""
    layers, lost = {name: _mended(frame) if name in LAYERS else frame for name, frame in plan.layers.items()}, {}
    for name, frame in tuple(layers.items()):
        shapes = frame.geometry.to_numpy()
        bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        if name in LAYERS and bare.any():
            lost[name] = frame["id"][bare].astype("str").tolist()
            layers[name] = frame[~bare]
    same = all(layers[name] is frame for name, frame in plan.layers.items())
    return (plan if same else replace(plan, layers=layers)), lost


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
    rows = [(layer, name, "no_geometry") for layer in (*check.layers, *check.optional) for name in lost.get(layer, ())]
    gone = [x for x in check.optional if not plan.has(x) and x not in lost and plan.complete.get(x) != 0]
    rows += [(layer, WHOLE, "no_layer") for layer in gone]
    rows += [row for column in check.blanks for row in _blank(plan, column)]
    rows += _unmeant(plan, check.means)
    told = set(zip(out.unknown["layer"], out.unknown["id"], strict=True))
    fresh = [row for row in rows if row[:2] not in told]
    if not fresh:
        return out
    more = pd.DataFrame(fresh, columns=["layer", "id", "reason"], dtype="str")
    return replace(out, unknown=pd.concat([out.unknown, more], ignore_index=True))


def _unmeant(plan: Plan, means: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """The parcels whose class cannot be told, or whose scheme leaves open what their code means, for a rule that rests on it."""
    if not means or "parcels" not in plan:
        return []
    return [(layer, str(name), why) for layer, ids, why in unread(plan, *means) for name in ids]


def _blank(plan: Plan, where: str) -> list[tuple[str, str, str]]:
    """The rows of `layer.column` that are blank, for a rule (`BLANKS`) that would pass over them in silence."""
    layer, column = where.split(".")
    if layer not in plan:
        return []
    frame = plan.layers[layer]
    return [(layer, str(name), _REASONS.get(column, "no_attribute")) for name in frame["id"][frame[column].isna()]]
