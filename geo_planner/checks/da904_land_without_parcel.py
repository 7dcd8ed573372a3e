"""Every piece of a park's land belongs to a parcel, a road or a water.

Land that no parcel covers is missing from every area and every share, and nobody has planned it. What roads take up by their
width, and rivers and canals, is accounted for first. Slivers count neither by their width nor by their area. Planned parcels
cover their land, those removed by the as-of day (without one: ever) do not.

Cannot see: parks without a boundary, land that is left out on purpose (railways, land of the army), roads without a width: the
land around them is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.distances import usable
from ..facts.landuse.uncovered import uncovered
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "warning"
cause = habit
LAYERS = ("parks", "parcels")

ZH = Text(
    title="园区用地未被地块覆盖",
    message="园区 {id} 有一处 {value:.1f} 平方米的用地没有地块覆盖，也不是道路或水面（容差 {limit:g} 平方米）",
    advice="补画地块，或将相邻地块边界接合；确为道路、水面的补入相应图层",
    trap="道路红线与地块边界不是同一来源时，缝隙只是画图误差",
)
EN = Text(
    title="Land without a parcel",
    message="in park {id}, {value:.1f} m² of land in one piece belong to no parcel, road or water (tolerance {limit:g} m²)",
    advice="draw the parcel that is missing, or join the borders; draw roads and water in their layers",
    trap="where the lines of roads and parcels come from two sources, a gap is only drawing",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(1.0, unit="m²", source="project default (sliver rule)", zh="空隙面积容差")
    width: float = param(
        0.02, unit="m", source="project default: 20 times the accuracy of coordinates", zh="空隙宽度容差"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Each piece of a park's land that nothing covers; evidence: the piece."""
    blocks, unknown, judged = [], [], 0
    for left in uncovered(plan):
        pieces, area = left.land.wider_than(p.width)
        pieces, area = pieces[area > p.tolerance], area[area > p.tolerance]
        roads = plan["roads"].iloc[left.land.open_roads] if len(left.land.open_roads) else None
        open_ = np.zeros(len(pieces), bool)
        if roads is not None:
            near, _ = shapely.STRtree(roads.geometry.to_numpy()).query(pieces, predicate="intersects")
            open_[near] = True
            unknown.append(("roads", roads["id"], "no_attribute"))
        judged += 1
        blocks.append(
            Rows(
                layer="parks",
                id=np.full((~open_).sum(), left.park, dtype=object),
                geometry=pieces[~open_],
                value=area[~open_],
                limit=p.tolerance,
                unit="m²",
            )
        )
    shapes = plan.layers["parcels"].geometry.to_numpy()
    unknown += [("parcels", plan["parcels"]["id"][~usable(shapes)], "no_geometry")]
    unknown += [("parks", plan["parks"]["id"][~usable(plan.layers["parks"].geometry.to_numpy())], "no_geometry")]
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


_PARK = {"id": "K", "wkt": "POLYGON ((0 0, 200 0, 200 100, 0 100, 0 0))"}
_WEST = {"id": "A", "wkt": "POLYGON ((0 0, 90 0, 90 100, 0 100, 0 0))"}
_EAST = {"id": "B", "wkt": "POLYGON ((110 0, 200 0, 200 100, 110 100, 110 0))"}
_ROAD = {"id": "R", "width": 20.0, "wkt": "LINESTRING (100 0, 100 100)"}
PASSES = mini(parks=[_PARK], parcels=[_WEST, _EAST], roads=[_ROAD])
FAILS = mini(parks=[_PARK], parcels=[_WEST, _EAST], roads=[_ROAD | {"width": 18.0}])
