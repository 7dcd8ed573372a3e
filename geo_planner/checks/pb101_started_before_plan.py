"""A parcel is covered by an approved detailed plan before works on it begin.

先规划后建设. 城乡规划法 Art. 37-38: land without planning conditions may not be granted, nor built on. The area of a parcel
that lies inside detailed plans in force on its day of start is compared with the whole.

Cannot see: plans that are approved but not in the approvals layer, parcels or plans without dates (unknown), the content
of the plan (PB103 compares use and intensity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.distances import usable
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import approval
from .waits import Choice, together, unkept
from .waits import rows as rows_of

SEVERITY = "error"
cause = approval
LAYERS = ("parcels", "approvals")
REACH = 0.0
COLUMNS = ("parcels.start", "approvals.start")

ZH = Text(
    title="未批控规先开工",
    message="地块 {id} 于 {day} 开工，当日已批控规仅覆盖其 {value:.1f}%（要求 {limit:.0f}%）",
    advice="控规依法编制（修改）并报批，批复之后再开工",
    trap="控规图层边界与地块错位也会造成覆盖不足，先核对图形",
)
EN = Text(
    title="Works begin before the detailed plan is approved",
    message="parcel {id} starts on {day}, when approved detailed plans cover only {value:.1f} % of it ({limit:.0f} % needed)",
    advice="get the plan approved, or start after its approval",
    trap="a plan drawn with shifted borders also covers too little: check the geometry first",
)
REMEDY = {"happened": ("停止未批先建部分的施工，依法编制（修改）控规并报批；不符合规划的依法查处", "stop the works outside the approved plan, have the plan made or changed by law; what does not fit it is dealt with by law")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    cover: float = param(
        99.0, unit="%", source="project default; 城乡规划法", clause="第37、38条", zh="控规覆盖比例下限"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Started parcels that approved detailed plans cover too little on the day of start; evidence: the open part."""
    parcels, approvals = plan["parcels"], plan["approvals"]
    units = approvals[approvals["kind"] == "detailed_plan"]
    if not len(units):
        raise Skipped("too_few", what="approvals.kind = detailed_plan")
    bare_rows = ~usable(parcels.geometry.to_numpy())
    started = parcels[parcels["start"].notna() & ~bare_rows]
    dated, undated = units[units["start"].notna()], units[units["start"].isna()]
    bare = _uncovered(started, dated)
    area = started.geometry.area.to_numpy()
    cover = 100.0 * (1.0 - shapely.area(bare) / np.where(area > 0, area, 1.0))
    low = cover < p.cover
    maybe = np.zeros(len(started), bool)
    maybe[started.sindex.query(undated.geometry, predicate="intersects")[1]] = True
    bad = low & ~maybe
    rows = Rows(
        layer="parcels",
        id=started["id"][bad],
        geometry=bare[bad],
        value=np.maximum(cover[bad], 0.0),
        limit=p.cover,
        unit="%",
        since=started["start"][bad],
        args={"day": started["start"][bad]},
    )
    unknown = [
        ("parcels", parcels.loc[parcels["start"].isna(), "id"], "no_start"),
        ("parcels", parcels.loc[parcels["start"].notna() & bare_rows, "id"], "no_geometry"),
        ("parcels", started["id"][low & maybe], "no_date"),
    ]
    return findings(plan.crs, rows, judged=("parcels", started["id"][~(low & maybe)]), unknown=unknown)


def _uncovered(parcels: Any, units: Any) -> np.ndarray[Any, Any]:
    """Return the part of each parcel outside every plan in force on its day of start."""
    shapes = np.array(parcels.geometry.array, dtype=object)
    i, j = units.sindex.query(shapes, predicate="intersects")
    begun, ended = units["start"].to_numpy()[j], units["finish"].to_numpy()[j]
    day = parcels["start"].to_numpy()[i]
    valid = (begun <= day) & (np.isnat(ended) | (ended > day))
    i, j = i[valid], j[valid]
    plans = np.array(units.geometry.array, dtype=object)
    inside = shapely.contains_properly(plans[j], shapes[i]) | shapely.covers(plans[j], shapes[i])
    shapes_out = shapes.copy()
    shapes_out[i[inside]] = shapely.Polygon()
    rest = np.setdiff1d(np.unique(i), i[inside])
    for k in rest:  # few: parcels cut by the border of a plan
        shapes_out[k] = shapely.difference(shapes[k], shapely.union_all(plans[j[i == k]]))
    return shapes_out


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """Works wait until approved plans together cover enough of the parcel; expiry is left to `check`."""
    parcels, units = plan["parcels"], plan["approvals"]
    parcels = parcels[parcels["start"].notna() & usable(parcels.geometry.to_numpy())]
    units = units[(units["kind"] == "detailed_plan") & units["start"].notna()]
    if not len(units):
        return unkept(("parcels", "start"), parcels["id"], "no_plan")
    i, j = units.sindex.query(parcels.geometry, predicate="intersects")
    share = shapely.area(shapely.intersection(parcels.geometry.to_numpy()[i], units.geometry.to_numpy()[j]))
    share = share / np.maximum(parcels.geometry.area.to_numpy()[i], 1e-9)
    i, j, share = i[share > 1e-6], j[share > 1e-6], share[share > 1e-6]
    enough = np.bincount(i, weights=share, minlength=len(parcels)) >= p.cover / 100.0
    lost = parcels["id"].to_numpy(dtype=object)[~enough]
    i, j, share = i[enough[i]], j[enough[i]], share[enough[i]]
    ids = units["id"].to_numpy(dtype=object)[j], parcels["id"].to_numpy(dtype=object)[i]
    text = np.array([f"{100 * part:.1f} %" for part in share], dtype=object)
    choice = Choice(group=ids[1].astype(str).astype(object), weight=share, need=p.cover / 100.0)
    arcs = rows_of(("approvals", "start"), ("parcels", "start"), ids, evidence=text, choice=choice)
    return together([arcs, unkept(("parcels", "start"), lost, "no_plan")])


_PARCEL = {"id": "A", "start": "2010-03-01", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
_UNIT = {"id": "KG1", "kind": "detailed_plan", "wkt": "POLYGON ((-10 -10, 110 -10, 110 110, -10 110, -10 -10))"}
PASSES = mini(parcels=[_PARCEL], approvals=[_UNIT | {"start": "2009-12-01"}])
FAILS = mini(parcels=[_PARCEL], approvals=[_UNIT | {"start": "2010-12-01"}])
