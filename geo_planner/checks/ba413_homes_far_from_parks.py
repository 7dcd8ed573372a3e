"""Most homes have a park within walking reach, by the size of the park.

公园绿地服务覆盖. 国家园林城市: parks of 5000 m² and more serve 500 m, of 2000 to 5000 m² 300 m; at least 80 % of the homes. Walked
on the network from the inner point of the home to the nearest point of the park's edge; straight lines where there is no
network (they prove that a park is too far, not that it can be reached). Parks are parcels whose scheme calls them parks and facilities of kind `park` drawn as areas. Land without a code, land
whose scheme does not tell parks from other green, and parks drawn as points may be parks of any size: where these could make up what is missing, and where neither land nor facilities
show any park, the homes are unknown.

Cannot see: fences and gates, parks across the border that are not drawn, whether a park is finished unless it is dated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..algorithms.distances import usable
from ..facts.access import walk_from, walking
from ..facts.landuse.roles import left_open, means, unread
from ..facts.landuse.uses import uses
from ..facts.nearby import Array, standing, undated
from ..facts.population import FILLED, Homes, homes, places_meant
from ..facts.services import services
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import service_kind

STANDARD = "国家园林城市评价, from memory; doubtful（存疑）: clause and radii"
SEVERITY = "warning"
cause = service_kind
LAYERS = ("parcels",)
OPTIONAL = ("roads",)

ZH = Text(
    title="公园绿地覆盖不足",
    message="公园绿地服务半径（{large:.0f}/{small:.0f} 米）覆盖 {value:.1f}% 的居住{weight_zh}（人口填写率 {filled:.0f}%），低于 {limit:.0f}%，{places} 处未覆盖",
    advice="在未覆盖居住区增设 2000 平方米以上的公园，或打通步行路径",
    trap="规定半径为直线距离时，可将路网步行结果视为偏严",
)
EN = Text(
    title="Homes far from parks",
    message="parks reach {value:.1f} % of the {weight} ({large:.0f}/{small:.0f} m; people told by {filled:.0f} % of homes), less than {limit:.0f} %; {places} homes are left out",
    advice="add a park of at least 2000 m² where homes are left out, or open a way for walkers",
    trap="where the rule means straight lines, walking distance is the stricter reading",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Radii by size and the share to be reached."""

    large: float = param(500.0, unit="m", zh="5000 平方米以上公园服务半径", source=STANDARD)
    small: float = param(300.0, unit="m", zh="2000–5000 平方米公园服务半径", source=STANDARD)
    size: float = param(5000.0, unit="m²", zh="大公园面积下限", source=STANDARD)
    least: float = param(2000.0, unit="m²", zh="计入公园面积下限", source=STANDARD)
    share: float = param(80.0, unit="%", zh="覆盖率下限", source=STANDARD)
    filled_least: float = param(
        FILLED, unit="ratio", zh="人口填写率下限（低于此值不采用）", source="project default, no standard"
    )
    spacing: float = param(50.0, unit="m", zh="公园边界取点间距", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """One finding if too few homes are served; evidence: the homes left out."""
    lived = homes(plan, p.filled_least)
    if not len(lived.id):
        raise Skipped("too_few", what="homes")
    sure, maybe, astray = _parks(plan)
    green = means(plan, "parkland") & standing(plan, "parcels")
    if not green.any() and not plan.has("facilities", "kind"):
        raise Skipped("no_value", what="parcels: parkland / facilities.kind = park")
    served = _served(plan, lived, sure, p)
    unknown = [*lived.unknown, *unread(plan, *places_meant(lived))]
    share, least = lived.served(served)
    if share < p.share - 1e-9 and (
        astray or lived.served(served | _served(plan, lived, maybe, p))[0] >= p.share - 1e-9
    ):
        unknown += [
            (lived.layer, lived.id[~served], "no_park_size"),
            (lived.layer, np.array(["parks"]), "no_park_size"),
        ]
        return findings(plan.crs, judged=int((served & ~lived.undated).sum()), unknown=unknown)
    bad = int(share < p.share - 1e-9)
    if not bad and (walking(plan).straight or least < p.share - 1e-9):
        why = "no_walk" if walking(plan).straight else "undated"
        unproven = (lived.layer, np.array(["parks"], dtype=object), why)
        return findings(plan.crs, judged=0, unknown=[*unknown, unproven])
    rows = Rows(
        layer=lived.layer,
        id=["parks"] * bad,
        geometry=[shapely.multipoints(lived.point[~served])] * bad,
        value=round(share, 3),
        limit=p.share,
        unit="%",
        args={
            "places": int((~served).sum()),
            "filled": round(100.0 * lived.filled, 1),
            "weight_zh": "人口" if lived.counted else "用地",
            "weight": "residents" if lived.counted else "residential land",
        },
    )
    return findings(plan.crs, rows, judged=lived.dated, unknown=unknown)


def _served(plan: Plan, lived: Homes, green: Array, p: Params) -> Array:
    """Which homes a park reaches; one drawn as a point is taken to be large."""
    area, served = shapely.area(green), np.zeros(len(lived.id), dtype=bool)
    point = shapely.get_dimensions(green) < 2
    for mine, reach in (((area >= p.size) | point, p.large), ((area >= p.least) & (area < p.size), p.small)):
        served |= np.isfinite(walk_from(plan, (lived.layer, lived.at), _edge(green[mine], p.spacing), reach))
    return served


def _parks(plan: Plan) -> tuple[Array, Array, bool]:
    """Return the shapes of parks, the shapes that may be parks, and whether one may stand anywhere."""
    here, shapes = standing(plan, "parcels"), plan["parcels"].geometry.to_numpy()
    drawn = usable(shapes)
    meant, late = means(plan, "parkland"), undated(plan, "parcels")
    doubt = (uses(plan)["reason"].notna().to_numpy() | left_open(plan, "parkland") | (meant & late)) & here
    mine = meant & here & ~late
    sure, maybe, astray = [shapes[mine & drawn]], [shapes[doubt & drawn]], bool((mine & ~drawn).any())
    if plan.has("facilities"):
        places, found = plan["facilities"], services(plan, "park")
        area = (places["kind"] == "park").to_numpy(dtype=bool) & standing(plan, "facilities")
        area &= ~undated(plan, "facilities")  # these may be parks: `found.maybe`
        shape = places.geometry.to_numpy()
        flat = shapely.get_dimensions(shape) == 2
        sure.append(shape[area & flat])
        maybe += [shape[area & (shapely.get_dimensions(shape) < 2) & usable(shape)], found.maybe]
        astray |= found.astray
    return np.concatenate(sure), np.concatenate(maybe), astray


def _edge(shapes: Array, spacing: float) -> Array:
    """Return points along the edge of each park, no farther apart than `spacing`."""
    edge = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    return np.asarray(shapely.points(shapely.get_coordinates(shapely.segmentize(edge, spacing))))


def _parcel(name: str, code: str, x: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} 0, {x + 80} 0, {x + 80} 80, {x} 80, {x} 0))",
    } | more


_ROAD = {"id": "A", "wkt": "LINESTRING (0 40, 2000 40)"}
_PARK = _parcel("G", "G1", 0)
PASSES = mini(parcels=[_PARK, _parcel("R", "R2", 500, people=80), _parcel("Q", "R2", 900, people=20)], roads=[_ROAD])
FAILS = mini(parcels=[_PARK, _parcel("R", "R2", 500, people=70), _parcel("Q", "R2", 900, people=30)], roads=[_ROAD])
