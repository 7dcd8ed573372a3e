"""No large piece of the park hangs on a single road whose loss would cut it off.

道路连通性. A piece of road that is the only way between two parts of the network (a cut edge of the graph) is found where
enough built land lies behind it: one accident, flood or dig closes it to fire engines and goods. The smaller side is the
one cut off. Barriers (canal, railway, river, motorway) are crossed by bridges only.

Cannot see: ways across plants, emergency gates, roads across the border that are not drawn (the rim of the layer looks
like dead ends; set `least` accordingly).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..facts.access import doors_of, walking
from ..facts.landuse.roles import developed, unread
from ..facts.nearby import Array, standing
from ..facts.streets import hanging
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels", "roads")
MEANS = ("developed",)

ZH = Text(
    title="单一道路联系",
    message="道路 {id} 一旦中断，{places} 个建设地块（{value:.1f} 公顷）将与外界隔断（限值 {limit:.1f} 公顷）",
    advice="增加第二条通道或桥梁",
    trap="图层边缘未绘出的道路会被误认为断头路",
)
EN = Text(
    title="Land hangs on one road",
    message="if road {id} is closed, {places} built parcels ({value:.1f} ha) are cut off (limit {limit:.1f} ha)",
    advice="add a second way or a bridge",
    trap="roads that end at the rim of the layer look like dead ends",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """How much land may hang on one road."""

    least: float = param(20.0, unit="ha", zh="允许单一联系的建设用地面积", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Roads with more built land behind them than allowed, once per road; evidence: the road's pieces and the land."""
    net = walking(plan)
    if net.straight:
        raise Skipped("no_value", what="roads: LineString")
    mine = np.flatnonzero(developed(plan) & standing(plan, "parcels"))
    shapes = plan["parcels"].geometry.to_numpy()[mine]
    worst: dict[str, tuple[int, float, Array]] = {}
    for row in hanging(net, doors_of(plan, "parcels")[0][mine], shapely.area(shapes) / 1e4, p.least):
        name = str(plan["roads"]["id"].iloc[net.road[row[0]]])
        if name not in worst or row[1] > worst[name][1] + 1e-9:
            worst[name] = row
    names = sorted(worst)
    evidence = [
        shapely.geometrycollections([shapely.linestrings(net.nodes[net.ends[worst[n][0]]]), *shapes[worst[n][2]]])
        for n in names
    ]
    rows = Rows(
        layer="roads",
        id=names,
        geometry=evidence,
        value=[round(worst[n][1], 4) for n in names],
        limit=p.least,
        unit="ha",
        args={"places": [len(worst[n][2]) for n in names]},
    )
    return findings(plan.crs, rows, judged=len(net.length), unknown=unread(plan))


def _works(name: str, x: float, y: float) -> dict[str, object]:
    return {
        "id": name,
        "code": "M1",
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} {y}, {x + 500} {y}, {x + 500} {y + 500}, {x} {y + 500}, {x} {y}))",
    }


_RING = [
    {"id": "R1", "wkt": "LINESTRING (0 0, 1000 0, 1000 1000, 0 1000, 0 0)"},
    {"id": "R2", "wkt": "LINESTRING (1000 500, 2000 500)"},
]
_LAND = [_works("A", 10, 10), _works("B", 10, 490), _works("C", 1400, 510)]
PASSES = mini(
    parcels=_LAND, roads=[*_RING, {"id": "R3", "wkt": "LINESTRING (2000 500, 2000 1500, 500 1500, 500 1000)"}]
)
FAILS = mini(parcels=_LAND, roads=_RING)
