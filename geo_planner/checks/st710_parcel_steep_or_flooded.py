"""Land to be built on is not too steep, needs little earth moved, and stays dry at the design flood level.

场地坡度与淹没. Slope is the mean of the cells of the elevation model inside the parcel (Horn), each weighed by its share
inside. Flooding is judged by the bathtub (water reaches the cells it can flow to from the rim of the raster) when a flood
level is given, and by the depth to which hollows fill before they run off.

Cannot see: dykes and pumps that the raster does not show, storm drains, filling of the site after the survey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..facts.landuse.roles import developed, unread
from ..facts.nearby import Array
from ..facts.terrain import bathtub, fits, parcel_terrain, sinks, zonal
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, grid, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
RASTERS = ("dem",)
MEANS = ("developed",)

ZH = Text(
    title="场地过陡或易涝",
    message="建设地块 {id} 的{what_zh}为 {value:.2f}，限值 {limit:.2f}",
    advice="调整竖向设计、抬高场地或改为绿地水体",
    trap="高程数据的时点和精度决定结果，填方后的场地须更新高程",
)
EN = Text(
    title="Site too steep or flooded",
    message="building land {id} has {what} {value:.2f}; the limit is {limit:.2f}",
    advice="change the levels, raise the site, or keep it green or water",
    trap="date and accuracy of the elevation model decide; a site filled since must be surveyed anew",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Limits of the site."""

    slope: float = param(
        10.0,
        unit="%",
        zh="平均坡度上限",
        source="CJJ 83-2016, from memory; doubtful（存疑）: 15 % for industry, 25 % for housing",
        clause="4.0.4",
    )
    hollow: float = param(0.5, unit="m", zh="洼地平均积水深度上限", source="project default, no standard")
    flood_level: float = param(-9999.0, unit="m", zh="设计洪水位（未给出时不判）", source="your own; none is assumed")
    flooded: float = param(0.15, unit="m", zh="洪水平均淹没深度上限", source="project default, no standard")
    covered: float = param(0.99, unit="ratio", zh="栅格最小覆盖比例", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Parcels beyond a limit, one row for each; evidence: the parcel."""
    terrain = parcel_terrain(plan)
    build = developed(plan)
    known = build & (terrain["covered"].to_numpy() >= p.covered)
    dem, shapes = fits(plan, "dem"), plan["parcels"].geometry
    wet = zonal(dem, sinks(dem), shapes, "mean")["mean"].to_numpy()
    blocks = [
        _block(
            plan,
            known & (terrain["slope"].to_numpy() > p.slope),
            terrain["slope"].to_numpy(),
            p.slope,
            ("平均坡度（%）", "a mean slope (%) of", "%"),
        ),
        _block(plan, known & (wet > p.hollow), wet, p.hollow, ("洼地积水深度（米）", "water in a hollow (m) of", "m")),
    ]
    if p.flood_level > -9999.0:
        deep = zonal(dem, bathtub(dem, p.flood_level), shapes, "mean")["mean"].to_numpy()
        blocks.append(
            _block(plan, known & (deep > p.flooded), deep, p.flooded, ("洪水淹没深度（米）", "flood water (m) of", "m"))
        )
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    return findings(
        plan.crs,
        *blocks,
        judged=int(known.sum()),
        unknown=[*unread(plan), ("parcels", ids[build & ~known], "outside_raster")],
    )


def _block(plan: Plan, bad: Array, value: Array, limit: float, words: tuple[str, str, str]) -> Rows:
    parcels = plan["parcels"]
    return Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[bad],
        geometry=parcels.geometry.to_numpy()[bad],
        value=np.round(value[bad], 3),
        limit=limit,
        unit=words[2],
        args={"what_zh": words[0], "what": words[1]},
    )


_PARCEL = {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": "POLYGON ((10 10, 40 10, 40 40, 10 40, 10 10))"}
PASSES = mini(parcels=[_PARCEL], rasters={"dem": grid([[0.5 * c for c in range(5)] for _ in range(5)])})
FAILS = mini(parcels=[_PARCEL], rasters={"dem": grid([[2.0 * c for c in range(5)] for _ in range(5)])})
