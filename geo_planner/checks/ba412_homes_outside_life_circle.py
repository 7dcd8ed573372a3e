"""Nearly everyone can walk to each kind of service of the life circle.

生活圈设施覆盖. GB 50180-2018: each kind has a service radius (500 m primary school, 300 m kindergarten, 1000 m hospital ...).
The distance is walked on the road network; straight lines are used only where there is no network, and the finding says so:
they prove that a kind is too far, not that it is near (unknown).
Judged with what stands on the as-of day, else at build-out. Dormitories count by beds. A kind of which the layer holds no row
is unknown; where the facilities are declared complete (`complete = ["facilities"]`), nobody is reached.
A facility without a kind may be of any kind, one without a shape may stand anywhere: where it could make up what is missing,
the kind is unknown.

Cannot see: services across the border that are not drawn, opening hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..facts.access import walk_from, walking
from ..facts.landuse.roles import unread
from ..facts.nearby import Array
from ..facts.population import FILLED, Homes, homes, places_meant
from ..facts.services import Services, blanks, not_drawn, services
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import service_kind
from .tables import RADII, table

SEVERITY = "warning"
cause = service_kind
LAYERS = ("parcels", "facilities")
OPTIONAL = ("roads",)
COLUMNS = ("facilities.kind",)

ZH = Text(
    title="生活圈设施覆盖不足",
    message="{kind_zh} {radius:.0f} 米{by_zh}覆盖 {value:.1f}% 的居住{weight_zh}（人口填写率 {filled:.0f}%），低于 {limit:.0f}%，{places} 处居住地未覆盖",
    advice="在未覆盖处增设设施，或打通步行路径",
    trap="园区外的设施若未绘入图层，则不计入",
)
EN = Text(
    title="Homes outside the life circle",
    message="{kind} within {radius:.0f} m ({by}) reach {value:.1f} % of the {weight} (people told by {filled:.0f} % of homes), less than {limit:.0f} %; {places} homes are left out",
    advice="add a service where homes are left out, or open a way for walkers",
    trap="services outside the park count only where they are drawn",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The share to be reached."""

    share: float = param(
        90.0,
        unit="%",
        zh="覆盖率下限",
        source="project default; radii GB 50180-2018, from memory; doubtful（存疑）: clause and radii",
        clause="GB 50180-2018 附录B",
    )
    filled_least: float = param(
        FILLED, unit="ratio", zh="人口填写率下限（低于此值不采用）", source="project default, no standard"
    )
    factor: float = param(1.0, unit="ratio", zh="服务半径系数", source="project default, no standard")
    table: tuple[str, ...] = RADII


def check(plan: Plan, p: Params) -> Findings:
    """Kinds of service that reach too few; evidence: the homes left out."""
    lived, net = homes(plan, p.filled_least), walking(plan)
    if not len(lived.id):
        raise Skipped("too_few", what="homes")
    radii = table("service_radius", p.table)
    hidden = not_drawn(plan, radii["kind"])
    blocks, judged, unknown = ([], 0, [*lived.unknown, *unread(plan, *places_meant(lived)), *blanks(plan)])
    unknown.append(("facilities", np.array(hidden, dtype=object), "no_such_kind"))
    for row in radii[~radii["kind"].isin(hidden)].to_dict("records"):
        found = services(plan, row["kind"])
        walk = _walks(plan, lived, found, float(row["radius"]) * p.factor)
        share, least = lived.served(np.isfinite(walk[0]))
        if share < p.share - 1e-9 and (found.astray or lived.served(np.isfinite(walk[1]))[0] >= p.share - 1e-9):
            continue
        if least < p.share - 1e-9 <= share:
            unknown.append(("facilities", np.array([row["kind"]], dtype=object), "undated"))
            continue
        if share >= p.share - 1e-9 and net.straight:
            unknown.append(("facilities", np.array([row["kind"]], dtype=object), "no_walk"))
            continue
        judged += lived.dated
        blocks.append(_block(p, row, (lived, walk[0]), straight=net.straight))
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _walks(plan: Plan, lived: Homes, found: Services, radius: float) -> tuple[Array, Array]:
    """Return how far each home walks to the services that are sure, and to these and the ones that may be."""
    sure = walk_from(plan, (lived.layer, lived.at), found.sure, radius)
    if not len(found.maybe):
        return sure, sure
    return sure, np.minimum(sure, walk_from(plan, (lived.layer, lived.at), found.maybe, radius))


def _block(p: Params, row: dict[str, Any], walked: tuple[Homes, Array], *, straight: bool) -> Rows:
    lived, walk = walked
    out = ~np.isfinite(walk)
    share = lived.served(~out)[0]
    bad = int(share < p.share - 1e-9)
    return Rows(
        layer="facilities",
        id=[row["kind"]] * bad,
        geometry=[shapely.multipoints(lived.point[out])] * bad,
        value=round(share, 3),
        limit=p.share,
        unit="%",
        args={
            "kind_zh": row["zh"],
            "kind": row["en"],
            "radius": float(row["radius"]) * p.factor,
            "places": int(out.sum()),
            "by_zh": "直线" if straight else "步行",
            "by": "straight line" if straight else "on foot",
            "weight_zh": "人口" if lived.counted else "用地",
            "filled": round(100.0 * lived.filled, 1),
            "weight": "residents" if lived.counted else "residential land",
        },
    )


def _home(name: str, x: float, people: int) -> dict[str, object]:
    return {
        "id": name,
        "code": "R2",
        "scheme": "gb50137",
        "people": people,
        "wkt": f"POLYGON (({x} 0, {x + 20} 0, {x + 20} 20, {x} 20, {x} 0))",
    }


_ROAD = {"id": "A", "wkt": "LINESTRING (0 0, 2000 0)"}
_SCHOOL = {"id": "S", "kind": "primary_school", "wkt": "POINT (10 0)"}
PASSES = mini(parcels=[_home("R1", 300, 900), _home("R2", 1900, 100)], facilities=[_SCHOOL], roads=[_ROAD])
FAILS = mini(parcels=[_home("R1", 300, 800), _home("R2", 1900, 200)], facilities=[_SCHOOL], roads=[_ROAD])
