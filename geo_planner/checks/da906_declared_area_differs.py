"""The area written in the table agrees with the area of the shape.

A difference tells of a moved border, a wrong unit or a wrong coordinate system. The import infers the unit (m², ha, 亩)
and gives m² here; survey tables hold ellipsoidal areas, which differ by some hundredths of a percent.

Cannot see: two errors that cancel each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "warning"
cause = habit
LAYERS = ("parcels",)
REACH = 0.0
ALONE = True
COLUMNS = ("parcels.area_declared",)

ZH = Text(
    title="登记面积与图形面积不符",
    message="地块 {id} 登记 {value:.0f} 平方米，图形 {shape:.0f} 平方米，相差 {differ:.2f}%（容差 {tolerance:g}%）",
    advice="核对界址、面积单位与坐标系",
    trap="三调图斑面积为椭球面积，与平面面积有微小差别",
)
EN = Text(
    title="Declared area differs from the shape",
    message="parcel {id}: {value:.0f} m² declared, {shape:.0f} m² drawn, {differ:.2f} % apart (tolerance {tolerance:g} %)",
    advice="check the border, the unit of the table and the coordinate system",
    trap="survey areas are ellipsoidal and differ a little from plane ones",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(1.0, unit="%", source="project default", zh="面积容差")


def check(plan: Plan, p: Params) -> Findings:
    """Parcels whose declared area differs by more than the tolerance; evidence: the parcel."""
    parcels = plan["parcels"]
    told, drawn = parcels["area_declared"].to_numpy(dtype=float), parcels.geometry.area.to_numpy()
    known = ~np.isnan(told) & (told != 0) & (drawn > 0)  # 0 is how tables say "none"; a negative area is judged
    differ = np.where(known, 100.0 * np.abs(told - drawn) / np.where(drawn > 0, drawn, 1.0), 0.0)
    bad = differ > p.tolerance
    rows = Rows(
        layer="parcels",
        id=parcels["id"][bad],
        geometry=parcels.geometry.array[bad],
        value=told[bad],
        limit=drawn[bad],
        unit="m²",
        args={"shape": drawn[bad], "differ": differ[bad]},
    )
    unknown = [("parcels", parcels["id"][~known], "no_attribute")]
    return findings(plan.crs, rows, judged={"parcels": parcels["id"][known]}, unknown=unknown)


_SQUARE = {"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
PASSES = mini(parcels=[_SQUARE | {"area_declared": 10000.0}])
FAILS = mini(parcels=[_SQUARE | {"area_declared": 10200.0}])
