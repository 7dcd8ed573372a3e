"""Every building stands on land that had a permit when it was begun.

先规划后建设. 城乡规划法 Art. 40, 64. The footprint of each dated building is compared with the permits to build (works or
construction) in force on its day of start: a land permit makes no building legal. A permit drawn as an area counts with its own
shape; one that is not, with that of the parcel it names. A works permit is expected of each building (set under PB108): where it
is on record for most buildings, or the approvals are declared complete, a construction permit does not make up for it; else a
building that has only the latter is unknown.

Cannot see: permits that are not on record, buildings without dates (unknown), temporary site offices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..algorithms.distances import usable
from ..facts.permits import NEVER
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import approval
from .tables.approvals import WORKS_PERMIT

SEVERITY = "error"
cause = approval
LAYERS = ("buildings", "approvals")
COLUMNS = ("buildings.start", "approvals.start")
PERMITS = ("works_permit", "construction_permit")

ZH = Text(
    title="无证建设",
    message="建筑 {id} 于 {day} 开工，其基底有 {value:.0f} 平方米当日不在任何许可范围内（容差 {limit:.0f} 平方米）",
    advice="核实许可；属违法建设的依法查处",
    trap="许可图层只登记部分地块时会误报，先核对许可是否收全",
)
EN = Text(
    title="Built without a permit",
    message="building {id} starts on {day}; {value:.0f} m² of its footprint lie in no permit in force that day (tolerance {limit:.0f} m²)",
    advice="check the permits; if there is none, the law applies",
    trap="a permit layer that covers only some parcels raises false alarms: check that it is complete",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(100.0, unit="m²", source="project default", zh="允许无证面积")
    kept: float = param(
        50.0, unit="%", source="project default, no standard", zh="工程规划许可覆盖多少建筑即视为须逐栋具备"
    )
    works_permit: tuple[str, ...] = WORKS_PERMIT


def check(plan: Plan, p: Params) -> Findings:
    """Buildings with more footprint outside valid permits than the tolerance; evidence: that part of the footprint."""
    buildings, permits = plan["buildings"], _permits(plan)
    whole = plan.is_complete("approvals")
    if not len(permits) and not whole:
        raise Skipped("too_few", what="approvals.kind = works_permit, construction_permit")
    bare_rows = ~usable(buildings.geometry.to_numpy())
    dated = buildings[buildings["start"].notna() & ~bare_rows]
    shapes = np.array(dated.geometry.array, dtype=object)
    bare = _outside(permits, dated["start"].to_numpy(), shapes)
    # A works permit that is kept for most buildings is asked of all: a construction permit does not make up for it.
    lacks = _outside(permits[(permits["kind"] == PERMITS[0]).to_numpy()], dated["start"].to_numpy(), shapes)
    short = (shapely.area(lacks) > p.tolerance) & (p.works_permit[-1:] != (NEVER,))
    if whole or (len(shapes) and 100.0 * (~short).mean() >= p.kept):
        bare = np.where(short, shapely.union(bare, lacks), bare)
        short[:] = False
    area = shapely.area(bare)
    bad = area > p.tolerance
    doubt = short & ~bad
    rows = Rows(
        layer="buildings",
        id=dated["id"][bad],
        geometry=bare[bad],
        value=area[bad],
        limit=p.tolerance,
        unit="m²",
        since=dated["start"][bad],
        args={"day": dated["start"][bad]},
    )
    undated = buildings.loc[buildings["start"].isna(), "id"]
    lost = buildings.loc[buildings["start"].notna() & bare_rows, "id"]
    return findings(
        plan.crs,
        rows,
        judged=("buildings", dated["id"][~doubt]),
        unknown=[
            ("buildings", undated, "no_start"),
            ("buildings", lost, "no_geometry"),
            ("buildings", dated["id"][doubt], "no_approval"),
        ],
    )


def _outside(permits: pd.DataFrame, days: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return the part of each footprint that no permit in force on its day covers."""
    land = permits["geometry"].to_numpy()
    i, j = shapely.STRtree(land).query(shapes, predicate="intersects")
    until = permits["finish"].to_numpy()[j]
    valid = (permits["start"].to_numpy()[j] <= days[i]) & (np.isnat(until) | (until >= days[i]))
    i, j = i[valid], j[valid]
    covered = np.zeros(len(shapes), bool)
    covered[i[shapely.covers(land[j], shapes[i])]] = True
    bare = np.where(covered, shapely.Polygon(), shapes)
    for k in np.setdiff1d(np.unique(i), np.flatnonzero(covered)):  # few: footprints cut by the edge of a permit
        bare[k] = shapely.difference(shapes[k], shapely.union_all(land[j[i == k]]))
    return np.asarray(bare)


def _permits(plan: Plan) -> pd.DataFrame:
    """Return dated permits with the land they are for: their own area, else the shape of the parcel they name."""
    approvals = plan["approvals"]
    table = approvals.loc[
        approvals["kind"].isin(PERMITS) & approvals["start"].notna(), ["kind", "start", "finish", "parcel"]
    ].copy()
    shape = np.array(approvals.geometry.array, dtype=object)[table.index]
    if plan.has("parcels"):
        parcels = plan["parcels"]
        land = pd.Series(parcels.geometry.to_numpy(), index=parcels["id"].to_numpy(dtype=object), dtype=object)
        named = table["parcel"].map(land[~land.index.duplicated()]).to_numpy(dtype=object)
        own = shapely.area(shape) > 0
        shape = np.where(~own & shapely.is_geometry(named), named, shape)
    table["geometry"] = shape
    return table[shapely.is_geometry(shape) & ~shapely.is_empty(shape)]


_HALL = {"id": "H", "start": "2010-06-01", "wkt": "POLYGON ((10 10, 60 10, 60 60, 10 60, 10 10))"}
_PERMIT = {"id": "X", "kind": "works_permit", "start": "2010-05-01"}
PASSES = mini(buildings=[_HALL], approvals=[_PERMIT | {"wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}])
FAILS = mini(buildings=[_HALL], approvals=[_PERMIT | {"wkt": "POLYGON ((0 0, 50 0, 50 100, 0 100, 0 0))"}])
