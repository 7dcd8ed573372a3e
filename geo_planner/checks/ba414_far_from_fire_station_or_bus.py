"""Fire engines reach the park in time, and most of it lies near a bus stop.

消防站与公交覆盖. Fire: every part within the drive that five minutes allow (建标152-2017), along the road network. Bus
(GB/T 51328): stops within 300 m of half, within 500 m of nine tenths of the built land, measured straight as the standard
does. Only the kinds that the layer holds are judged; with what stands on the as-of day, else at build-out.

Cannot see: traffic, one-way streets, stations of neighbouring towns, bus frequency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..facts.access import walk_from
from ..facts.landuse.roles import developed, unread
from ..facts.nearby import Array, inner
from ..facts.population import standing
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels", "facilities")
COLUMNS = ("facilities.kind",)

ZH = Text(
    title="消防站或公交覆盖不足",
    message="{kind_zh} {radius:.0f} 米覆盖 {value:.1f}% 的建设用地，低于 {limit:.0f}%，{places} 个地块未覆盖",
    advice="在未覆盖处增设站点或打通道路",
    trap="园区外的站点若未绘入图层，则不计入",
)
EN = Text(
    title="Far from a fire station or bus stop",
    message="{kind} within {radius:.0f} m cover {value:.1f} % of the built land, less than {limit:.0f} %; {places} parcels are left out",
    advice="add a station or stop, or connect the roads",
    trap="stations outside the park count only where they are drawn",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Reach and share of each."""

    fire: float = param(
        2500.0, unit="m", zh="消防站行车距离", source="project default for 5 minutes, 建标152-2017 from memory"
    )
    fire_share: float = param(100.0, unit="%", zh="消防站覆盖率下限", source="project default, no standard")
    bus_near: float = param(300.0, unit="m", zh="公交站近距离", source="GB/T 51328-2018, from memory")
    bus_near_share: float = param(50.0, unit="%", zh="公交站近距离覆盖率", source="GB/T 51328-2018, from memory")
    bus_far: float = param(500.0, unit="m", zh="公交站远距离", source="GB/T 51328-2018, from memory")
    bus_far_share: float = param(90.0, unit="%", zh="公交站远距离覆盖率", source="GB/T 51328-2018, from memory")


def check(plan: Plan, p: Params) -> Findings:
    """Kinds that cover too little of the built land; evidence: the parcels left out."""
    mine = developed(plan) & standing(plan, "parcels")
    shapes = plan["parcels"].geometry.to_numpy()[mine]
    kind = plan["facilities"]["kind"].where(standing(plan, "facilities")).to_numpy(dtype=object)
    places = shapely.point_on_surface(plan["facilities"].geometry.to_numpy())
    blocks = []
    if (kind == "fire_station").any():
        drive = walk_from(plan, ("parcels", np.flatnonzero(mine)), places[kind == "fire_station"], p.fire)
        blocks.append(
            _block(shapes, ~np.isfinite(drive), (p.fire, p.fire_share), ("消防站", "fire stations", "fire_station"))
        )
    if (kind == "bus_stop").any():
        tree = shapely.STRtree(inner(plan, "parcels")[mine])
        for reach, share in ((p.bus_near, p.bus_near_share), (p.bus_far, p.bus_far_share)):
            _, hit = tree.query(places[kind == "bus_stop"], predicate="dwithin", distance=reach)
            out = np.ones(len(shapes), dtype=bool)
            out[hit] = False
            blocks.append(_block(shapes, out, (reach, share), ("公交站", "bus stops", "bus_stop")))
    if not blocks:
        raise Skipped("no_value", what="fire_station / bus_stop")
    return findings(plan.crs, *blocks, judged=int(mine.sum()), unknown=unread(plan))


def _block(shapes: Array, out: Array, goal: tuple[float, float], names: tuple[str, str, str]) -> Rows:
    area = shapely.area(shapes)
    share = 100.0 * area[~out].sum() / max(area.sum(), 1e-9)
    bad = int(share < goal[1] - 1e-9)
    return Rows(
        layer="facilities",
        id=[f"{names[2]}-{goal[0]:.0f}"] * bad,
        geometry=[shapely.geometrycollections(shapes[out])] * bad,
        value=round(float(share), 3),
        limit=goal[1],
        unit="%",
        args={"kind_zh": names[0], "kind": names[1], "radius": goal[0], "places": int(out.sum())},
    )


def _parcel(name: str, x: float) -> dict[str, object]:
    return {
        "id": name,
        "code": "M1",
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))",
    }


_ROAD = {"id": "A", "wkt": "LINESTRING (0 -10, 4000 -10)"}
_STATIONS = [
    {"id": "F", "kind": "fire_station", "wkt": "POINT (0 -10)"},
    {"id": "B", "kind": "bus_stop", "wkt": "POINT (100 -10)"},
]
PASSES = mini(parcels=[_parcel("A", 0), _parcel("B", 200)], facilities=_STATIONS, roads=[_ROAD])
FAILS = mini(parcels=[_parcel("A", 0), _parcel("B", 3000)], facilities=_STATIONS, roads=[_ROAD])
