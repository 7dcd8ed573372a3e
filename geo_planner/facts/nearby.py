"""Who lies near whom, and when both are there.

Two things conflict only while both exist: a thing exists from its `start` (always, where null) until it is removed
(for ever, where null). Pairs come from the spatial index by true distance, never by buffers, which miss pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import shapely

from ..algorithms.distances import BEGIN, END, NearPairs, Spans, near
from ..plan import Plan
from ..plan.digests import digest_of
from ..plan.layer import GEOMETRY
from .registry import fact, unwatched, work_of
from .standing import stands
from .standing import undated as undated_on
from .watched import Watched, seen

Array = np.ndarray[Any, Any]

_UNTIL: Mapping[str, str] = MappingProxyType(
    {
        "parcels": "removed",
        "buildings": "removed",
        "pipes": "removed",
        "sources": "removed",
        "facilities": "removed",
        "parks": "finish",
        "approvals": "finish",
        "control_lines": "finish",
        "noise_zones": "finish",
    }
)


T = TypeVar("T", bound=tuple[Any, ...])
_MANY = 300_000


def spans(plan: Plan, layer: str) -> Spans:
    """From when until when each feature of a layer exists, in the layer's order."""
    frame = plan.layers[layer]
    until = _UNTIL.get(layer)
    return Spans(_ends(frame, "start", BEGIN), _ends(frame, until, END) if until else np.full(len(frame), END))


def _ends(frame: gpd.GeoDataFrame, column: str, missing: np.datetime64) -> Array:
    if column not in frame.columns:
        return np.full(len(frame), missing)
    days = frame[column].to_numpy(dtype="datetime64[ms]")
    return np.where(np.isnat(days), missing, days)


@fact(needs=lambda layer: {layer: ("geometry",)})
def inner(plan: Plan, layer: str) -> Array:
    """A point inside each feature of a layer (on it, for lines)."""
    return np.asarray(shapely.point_on_surface(plan[layer].geometry.to_numpy()))


def standing(plan: Plan, layer: str) -> Array:
    """Which features of a layer stand on the plan's as-of day; without one, at build-out: all that are not removed.

    A result that asks for it depends on the answer alone, not on the dates behind it.
    """
    return np.asarray(plan.standing(layer) if isinstance(plan, Watched) else stands(plan.layers[layer], plan.as_of))


def undated(plan: Plan, layer: str) -> Array:
    """Which features of a layer are taken as standing on the as-of day for want of a date; depends as `standing`."""
    return np.asarray(plan.undated(layer) if isinstance(plan, Watched) else undated_on(plan.layers[layer], plan.as_of))


def near_together(plan: Plan, sides: tuple[str, str], chosen: tuple[Array, Array], reach: Array) -> NearPairs:
    """Pairs of chosen features of two layers that are near each other while both exist.

    `chosen` are the positions taken from each layer, `reach` one distance for each of the first.
    """
    (one, two), (a, b) = sides, chosen
    left, right = plan.layers[one].geometry.to_numpy()[a], plan.layers[two].geometry.to_numpy()[b]
    i, j, distance = kept_places(plan, sides, lambda: near(left, right, reach), "near", a, b, reach)
    both = spans(plan, one)[a[i]] & spans(plan, two)[b[j]]
    keep = both.real
    if one == two:
        keep &= a[i] != b[j]
    return NearPairs(a[i][keep], b[j][keep], distance[keep], both[keep])


def kept_places(plan: Plan, layers: tuple[str, ...], compute: Callable[[], T], *call: object) -> T:
    """Return what `compute` makes of the shapes of some layers and of `call` alone, as for any plan with these shapes.

    `compute` returns arrays of one length; those of very many pairs are not kept.
    """
    root, store = unwatched(plan), work_of(plan).store
    key = digest_of("places", [seen(root, ("column", name, GEOMETRY)) for name in layers], *call)
    value: T | None = store.get(key)
    if value is None:
        value = compute()
        if len(value[0]) <= _MANY:
            store.put(key, value)
    return value
