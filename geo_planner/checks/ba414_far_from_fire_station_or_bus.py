"""Fire engines reach the park in time, and most of it lies near a bus stop.

消防站与公交覆盖. Fire: every part within the drive that five minutes allow (建标152-2017), along the road network. Bus
(GB/T 51328): stops within 300 m of half, within 500 m of nine tenths of the built land, measured straight as the standard
does. Judged with what stands on the as-of day, else at build-out. A kind of which the layer holds no row is unknown; where the
facilities are declared complete, it covers nothing. A facility without a
kind may be of either, one without a shape may stand anywhere: where it could make up what is missing, the kind is unknown.

Cannot see: traffic, one-way streets, stations of neighbouring towns, bus frequency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..facts.access import walk_from, walking
from ..facts.landuse.roles import developed, unread
from ..facts.nearby import Array, inner, standing, undated
from ..facts.population import share_served
from ..facts.services import blanks, not_drawn, services
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import service_kind

SEVERITY = "warning"
cause = service_kind
LAYERS = ("parcels", "facilities")
OPTIONAL = ("roads",)
COLUMNS = ("facilities.kind",)
MEANS = ("developed",)

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
    shapes, late = plan["parcels"].geometry.to_numpy()[mine], undated(plan, "parcels")[mine]
    goals_of, blocks, judged, unwalked, unproven = _goals(p), [], 0, list[str](), list[str]()
    hidden = not_drawn(plan, goals_of)
    if len(hidden) == len(goals_of):
        raise Skipped("no_value", what="fire_station / bus_stop")
    for kind in (kind for kind in goals_of if kind not in hidden):
        found = services(plan, kind)
        for goal in goals_of[kind]:
            sure, hope = (_far(plan, mine, points, (kind, goal[0])) for points in (found.sure, found.maybe))
            share, least = share_served(shapely.area(shapes), ~sure, late)
            short = share < goal[1] - 1e-9
            if not short and least < goal[1] - 1e-9:
                unproven.append(f"{kind}-{goal[0]:.0f}")
                continue
            if short and (found.astray or _share(shapes, sure & hope) >= goal[1] - 1e-9):
                continue
            if not short and kind == "fire_station" and walking(plan).straight:
                unwalked = [f"{kind}-{goal[0]:.0f}"]
                continue
            judged = int((~late).sum())
            blocks.append(_block(shapes, sure, goal, (*_NAMES[kind], kind)))
    unknown = [*unread(plan), *blanks(plan)]
    unknown += [
        ("facilities", np.array(names, dtype=object), reason)
        for names, reason in ((hidden, "no_such_kind"), (unwalked, "no_walk"), (unproven, "undated"))
    ]
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


_NAMES = {"fire_station": ("消防站", "fire stations"), "bus_stop": ("公交站", "bus stops")}


def _goals(p: Params) -> dict[str, tuple[tuple[float, float], ...]]:
    bus = ((p.bus_near, p.bus_near_share), (p.bus_far, p.bus_far_share))
    return {"fire_station": ((p.fire, p.fire_share),), "bus_stop": bus}


def _far(plan: Plan, mine: Array, points: Array, by: tuple[str, float]) -> Array:
    """Return which of the chosen parcels no point reaches: by road for fire engines, straight for buses."""
    kind, reach = by
    if kind == "fire_station":
        return ~np.isfinite(walk_from(plan, ("parcels", np.flatnonzero(mine)), points, reach))
    _, hit = shapely.STRtree(inner(plan, "parcels")[mine]).query(points, predicate="dwithin", distance=reach)
    out = np.ones(int(mine.sum()), dtype=bool)
    out[hit] = False
    return out


def _share(shapes: Array, out: Array) -> float:
    area = shapely.area(shapes)
    return float(100.0 * area[~out].sum() / max(area.sum(), 1e-9))


def _block(shapes: Array, out: Array, goal: tuple[float, float], names: tuple[str, str, str]) -> Rows:
    share = _share(shapes, out)
    bad = int(share < goal[1] - 1e-9)
    return Rows(
        layer="facilities",
        id=[f"{names[2]}-{goal[0]:.0f}"] * bad,
        geometry=[shapely.geometrycollections(shapes[out])] * bad,
        value=round(share, 3),
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
