"""Every parcel lies inside the boundary of a park.

先规划后建设. Land outside the approved boundary is not part of the plan. The area outside decides alone: a thousandth of a large
parcel is a plot of its own, and a parcel that is mostly or wholly outside is no less outside. Slivers along the border, narrower
than `width`, do not count.

Cannot see: boundaries that were moved after the layer was made, neighbours drawn for orientation (they belong in another layer).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.distances import usable
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "error"
LAYERS = ("parcels", "parks")
REACH = 0.0

ZH = Text(
    title="地块越出园区范围",
    message="地块 {id} 有 {value:.0f} 平方米（{out_share:.1f}%）在园区范围之外（容差 {limit:.0f} 平方米）",
    advice="调整地块边界，或依程序调整园区范围",
    trap="两图坐标系不一致会整体偏移，先核对坐标系",
)
EN = Text(
    title="Parcel crosses the park boundary",
    message="parcel {id} has {value:.0f} m² ({out_share:.1f} %) outside every park (tolerance {limit:.0f} m²)",
    advice="redraw the parcel, or change the boundary by due procedure",
    trap="two layers in different coordinate systems are shifted as a whole: check that first",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(1.0, unit="m²", source="project default", zh="允许越界面积")
    width: float = param(
        0.02, unit="m", source="project default: 20 times the accuracy of coordinates", zh="允许越界宽度"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parcels of a park with more than the tolerance outside it; evidence: the part outside."""
    parcels = plan["parcels"]
    parks = shapely.union_all(shapely.make_valid(np.array(plan["parks"].geometry.array)))
    shapely.prepare(parks)
    shapes = np.array(parcels.geometry.array, dtype=object)
    cut = ~shapely.covers(parks, shapes)
    outside = np.full(len(shapes), shapely.Polygon(), dtype=object)
    outside[cut] = shapely.difference(shapes[cut], parks)
    thin = shapely.is_empty(shapely.buffer(outside, -p.width / 2, join_style="mitre"))
    area, whole = shapely.area(outside), shapely.area(shapes)
    lost = ~usable(parcels.geometry.to_numpy())
    bad = (area > p.tolerance) & ~thin
    rows = Rows(
        layer="parcels",
        id=parcels["id"][bad],
        geometry=outside[bad],
        value=area[bad],
        limit=p.tolerance,
        unit="m²",
        args={"out_share": 100.0 * area[bad] / whole[bad]},
    )
    unknown = [("parcels", parcels["id"][lost], "no_geometry")]
    return findings(plan.crs, rows, judged=("parcels", parcels["id"][~lost]), unknown=unknown)


_PARK = {"id": "K", "wkt": "POLYGON ((0 0, 200 0, 200 200, 0 200, 0 0))"}
PASSES = mini(parks=[_PARK], parcels=[{"id": "A", "wkt": "POLYGON ((10 10, 200 10, 200 90, 10 90, 10 10))"}])
FAILS = mini(parks=[_PARK], parcels=[{"id": "A", "wkt": "POLYGON ((10 10, 220 10, 220 90, 10 90, 10 10))"}])
