"""Land to be built on keeps back from rivers, and works keep out of the zone along the Grand Canal.

蓝线与大运河管控. A river's strip is the `width` of its control line on each side, else a default: no national metre value
exists, the local blue line decides. Along the Grand Canal (大运河核心监控区, Jiangsu 苏政发〔2021〕20号; Suqian: 2 km each side from the
water's edge) new industry is not wanted outside built-up areas. Judged while parcel and line both exist.

Cannot see: the dyke and its protection area, the edge of the built-up area (inside it the canal zone allows more), lists of
allowed uses, works that were there before the zone (they are reported from the day both exist).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.distances import links
from ..facts.landuse.roles import developed, group_is, unread
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels", "control_lines")
COLUMNS = ("control_lines.kind",)
MEANS = ("developed", "group")

ZH = Text(
    title="临水建设退让不足",
    message="地块 {id} 距{kind_zh} {other_id} {value:.0f} 米，应不小于 {limit:.0f} 米",
    advice="退出蓝线或运河管控范围，或改为绿地、公共空间",
    trap="建成区内的运河管控要求不同；河道缺省退距为项目参数",
)
EN = Text(
    title="Built too near the water",
    message="parcel {id} lies {value:.0f} m from {kind} {other_id}; {limit:.0f} m are to be kept",
    advice="keep out of the blue line or the canal zone, or make it green or public space",
    trap="inside built-up areas the canal zone allows more; the river default is a project parameter",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Strips at the water."""

    river: float = param(30.0, unit="m", zh="河道缺省退距", source="project default, no standard")
    canal: float = param(
        2000.0,
        unit="m",
        zh="大运河核心监控区",
        source="宿迁市大运河核心监控区, secondary source [R]; doubtful（存疑）: a negative list within 2 km, 滨河生态空间 1 km",
        clause="苏政发〔2021〕20号",
    )


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of a parcel and water nearer than the strip; evidence: the gap, or what they share."""
    kind = plan["control_lines"]["kind"].to_numpy(dtype=object)
    build, works = developed(plan), group_is(plan, "industry")
    blocks = [
        _block(plan, np.flatnonzero(build), np.flatnonzero(kind == "river"), p.river, ("河道", "river")),
        _block(plan, np.flatnonzero(works), np.flatnonzero(kind == "canal"), p.canal, ("大运河", "the Grand Canal")),
    ]
    return findings(plan.crs, *blocks, judged={"parcels": plan["parcels"]["id"][build | works]}, unknown=unread(plan))


def reach(plan: Plan, p: Params) -> float:
    """The widest strip at the water that there is."""
    lines = plan["control_lines"]
    default = lines["kind"].map({"river": p.river, "canal": p.canal})
    return float(np.nanmax([0.0, *lines["width"].fillna(default).to_numpy(dtype=float)[default.notna().to_numpy()]]))


def _block(plan: Plan, mine: Array, water: Array, default: float, words: tuple[str, str]) -> Rows:
    parcels, lines = plan["parcels"], plan["control_lines"]
    reach = lines["width"].fillna(default).to_numpy(dtype=float)
    pairs = near_together(plan, ("control_lines", "parcels"), (water, mine), reach[water])
    pairs = pairs[pairs.distance < reach[pairs.left]]
    since, until = pairs.both.days()
    return Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[pairs.right],
        other_layer="control_lines",
        other_id=lines["id"].to_numpy(dtype=object)[pairs.left],
        value=np.round(pairs.distance, 2),
        limit=reach[pairs.left],
        unit="m",
        since=since,
        until=until,
        args={"kind_zh": words[0], "kind": words[1]},
        geometry=links(parcels.geometry.to_numpy()[pairs.right], lines.geometry.to_numpy()[pairs.left]),
    )


_WATER = [
    {"id": "K", "kind": "canal", "wkt": "LINESTRING (0 0, 0 1000)"},
    {"id": "H", "kind": "river", "wkt": "LINESTRING (2500 0, 2500 1000)"},
]
PASSES = mini(
    parcels=[
        {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": "POLYGON ((2000 0, 2470 0, 2470 100, 2000 100, 2000 0))"},
        {"id": "R", "code": "R2", "scheme": "gb50137", "wkt": "POLYGON ((100 0, 200 0, 200 100, 100 100, 100 0))"},
    ],
    control_lines=_WATER,
)
FAILS = mini(
    parcels=[
        {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": "POLYGON ((1900 0, 2480 0, 2480 100, 1900 100, 1900 0))"}
    ],
    control_lines=_WATER,
)
