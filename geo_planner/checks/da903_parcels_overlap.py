"""Two parcels do not lie on one another while both exist.

Land that is counted twice makes every area and every share wrong. A parcel exists from its start (or grant) until it is
removed; a temporary yard under a later plant is no fault. Contained and identical parcels count as overlaps.

Cannot see: parcels without dates, which are taken to exist always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..algorithms.overlay import ValidShapes, cut, shared_shapes
from ..algorithms.selves import self_overlaps
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "error"
cause = habit
LAYERS = ("parcels",)
REACH = 0.0

ZH = Text(
    title="地块重叠",
    message="地块 {id} 与 {other_id} 重叠 {value:.1f} 平方米（容差 {limit:g} 平方米）",
    advice="按权属核对界址，修正图形",
    trap="分期图斑先后使用同一土地时，应填写拆除日期",
)
EN = Text(
    title="Parcels overlap",
    message="parcels {id} and {other_id} overlap by {value:.1f} m² (tolerance {limit:g} m²)",
    advice="check the borders against the title and mend the shapes",
    trap="parcels that use the same land one after the other need the date on which the first was removed",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(1.0, unit="m²", source="project default (sliver rule)", zh="重叠面积容差")


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of parcels that overlap in space and time; evidence: the shared area."""
    parcels = plan["parcels"]
    parcels = parcels.iloc[np.argsort(parcels["id"].to_numpy(dtype=object), kind="stable")]
    every = parcels.geometry.to_numpy()
    usable = parcels[shapely.is_valid(every) & ~shapely.is_empty(every) & ~shapely.is_missing(every)]
    shapes = np.array(usable.geometry.array, dtype=object)
    tiled = cut(ValidShapes(shapes))
    i, j, area = self_overlaps(ValidShapes(shapes), tiled)
    begun = _begun(usable)
    ended = usable["removed"].to_numpy()
    since = np.fmax(begun[i], begun[j])
    until = np.fmin(ended[i], ended[j])
    bad = (area > p.tolerance) & (np.isnat(since) | np.isnat(until) | (since < until))
    i, j, since, until, area = i[bad], j[bad], since[bad], until[bad], area[bad]
    smaller = shapely.area(shapes[i]) <= shapely.area(shapes[j])
    shared = shared_shapes(ValidShapes(shapes), tiled, *_turned(i, j, smaller), area)
    ids = usable["id"].to_numpy(dtype=object)
    rows = Rows(
        layer="parcels",
        id=ids[i],
        geometry=shared,
        other_layer="parcels",
        other_id=ids[j],
        value=area,
        limit=p.tolerance,
        unit="m²",
        since=since,
        until=until,
    )
    left_out = parcels["id"][~parcels.index.isin(usable.index)]
    return findings(plan.crs, rows, judged=("parcels", usable["id"]), unknown=[("parcels", left_out, "no_geometry")])


def _turned(i: Any, j: Any, smaller: Any) -> tuple[Any, Any]:
    """Return each pair with the smaller parcel first, which is cut by the tiles of the larger."""
    return np.where(smaller, i, j), np.where(smaller, j, i)


def _begun(parcels: Any) -> np.ndarray[Any, Any]:
    """Return the first day of each parcel: grant or start, whichever is known first; NaT where neither is."""
    return np.asarray(np.fmin(parcels["released"].to_numpy(), parcels["start"].to_numpy()))


_A = {"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", "start": "2010-01-01", "removed": "2015-01-01"}
_B = {"id": "B", "wkt": "POLYGON ((90 0, 200 0, 200 100, 90 100, 90 0))"}
PASSES = mini(parcels=[_A, _B | {"start": "2015-01-01"}])
FAILS = mini(parcels=[_A, _B | {"start": "2014-01-01"}])
