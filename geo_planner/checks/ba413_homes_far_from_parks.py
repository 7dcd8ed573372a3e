"""Most homes have a park within walking reach, by the size of the park.

公园绿地服务覆盖. 国家园林城市: parks of 5000 m² and more serve 500 m, of 2000 to 5000 m² 300 m; at least 80 % of the homes. Walked
on the network from the inner point of the home to the nearest point of the park's edge; straight lines where there is no
network. Parks are parcels of class G1 / 1401 and facilities of kind `park` drawn as areas.

Cannot see: fences and gates, parks across the border that are not drawn, whether a park is finished unless it is dated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..facts.access import walk_from
from ..facts.landuse.roles import unread
from ..facts.landuse.uses import uses
from ..facts.nearby import Array
from ..facts.population import homes, standing
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)

ZH = Text(
    title="公园绿地覆盖不足",
    message="公园绿地服务半径（{large:.0f}/{small:.0f} 米）覆盖 {value:.1f}% 的居住用地或人口，低于 {limit:.0f}%，{places} 处未覆盖",
    advice="在未覆盖居住区增设 2000 平方米以上的公园，或打通步行路径",
    trap="规定半径为直线距离时，可将路网步行结果视为偏严",
)
EN = Text(
    title="Homes far from parks",
    message="parks reach {value:.1f} % of the homes ({large:.0f}/{small:.0f} m), less than {limit:.0f} %; {places} homes are left out",
    advice="add a park of at least 2000 m² where homes are left out, or open a way for walkers",
    trap="where the rule means straight lines, walking distance is the stricter reading",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Radii by size and the share to be reached."""

    large: float = param(500.0, unit="m", zh="5000 平方米以上公园服务半径", source="国家园林城市评价, from memory")
    small: float = param(300.0, unit="m", zh="2000–5000 平方米公园服务半径", source="国家园林城市评价, from memory")
    size: float = param(5000.0, unit="m²", zh="大公园面积下限", source="国家园林城市评价, from memory")
    least: float = param(2000.0, unit="m²", zh="计入公园面积下限", source="国家园林城市评价, from memory")
    share: float = param(80.0, unit="%", zh="覆盖率下限", source="国家园林城市评价, from memory")
    spacing: float = param(50.0, unit="m", zh="公园边界取点间距", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """One finding if too few homes are served; evidence: the homes left out."""
    lived = homes(plan)
    if not len(lived.id):
        raise Skipped("too_few", what="homes")
    green = _parks(plan)
    area = shapely.area(green)
    served = np.zeros(len(lived.id), dtype=bool)
    for mine, reach in ((area >= p.size, p.large), ((area >= p.least) & (area < p.size), p.small)):
        served |= np.isfinite(walk_from(plan, (lived.layer, lived.at), _edge(green[mine], p.spacing), reach))
    share = 100.0 * lived.weight[served].sum() / max(lived.weight.sum(), 1e-9)
    bad = int(share < p.share - 1e-9)
    rows = Rows(
        layer=lived.layer,
        id=["parks"] * bad,
        geometry=[shapely.multipoints(lived.point[~served])] * bad,
        value=round(float(share), 3),
        limit=p.share,
        unit="%",
        args={"places": int((~served).sum())},
    )
    return findings(
        plan.crs, rows, judged=len(lived.id), unknown=[(lived.layer, lived.open_ids, "no_attribute"), *unread(plan)]
    )


def _parks(plan: Plan) -> Array:
    code = uses(plan)["code"].fillna("").astype("str")
    mine = code.str.startswith(("G1", "1401")).to_numpy(dtype=bool) & standing(plan, "parcels")
    shapes = [plan["parcels"].geometry.to_numpy()[mine]]
    if plan.has("facilities", "kind"):
        places = plan["facilities"]
        area = (places["kind"] == "park").to_numpy(dtype=bool) & standing(plan, "facilities")
        shapes.append(places.geometry.to_numpy()[area])
    return np.concatenate(shapes)


def _edge(shapes: Array, spacing: float) -> Array:
    """Return points along the edge of each park, no farther apart than `spacing`."""
    return np.asarray(shapely.points(shapely.get_coordinates(shapely.segmentize(shapely.boundary(shapes), spacing))))


def _parcel(name: str, code: str, x: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} 0, {x + 80} 0, {x + 80} 80, {x} 80, {x} 0))",
    } | more


PASSES = mini(parcels=[_parcel("G", "G1", 0), _parcel("R", "R2", 500, people=80), _parcel("Q", "R2", 900, people=20)])
FAILS = mini(parcels=[_parcel("G", "G1", 0), _parcel("R", "R2", 500, people=70), _parcel("Q", "R2", 900, people=30)])
