"""Roads that end blind inside a park are short: a fire engine and a bus must be able to turn back.

尽端路. From the end of a road on which nothing goes on, along the road to the next junction, is no more than `longest`. Ends near
the rim of the park are not judged, for the road may go on outside; nor are ends on a bridge or outside every park.

Cannot see: turning places, gates that open in an emergency, roads inside plants, roads that go on outside the layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.networks.walking import Network
from ..facts.access import walking
from ..facts.nearby import Array
from ..facts.population import park_shapes
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "info"
LAYERS = ("parcels", "roads")
OPTIONAL = ("parks",)

ZH = Text(
    title="尽端路过长",
    message="道路 {id} 的尽端段长 {value:.0f} 米，超过 {limit:.0f} 米",
    advice="与相邻道路连通，或在尽端设不小于 12 米×12 米的回车场",
    trap="回车场和应急通道不在图层中，请现场核对",
)
EN = Text(
    title="Dead end too long",
    message="road {id} runs {value:.0f} m into a dead end; {limit:.0f} m is usual",
    advice="connect it to a road nearby, or make a turning place of at least 12 x 12 m at its end",
    trap="turning places and emergency gates are in no layer; look on site",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """How long a dead end may be, and how near the rim it is not judged."""

    longest: float = param(
        120.0,
        unit="m",
        zh="尽端路长度上限",
        source="GB 50180-93 8.0.5 (since replaced), from memory; doubtful（存疑）: dead ends, turning places",
    )
    rim: float = param(50.0, unit="m", zh="园区边缘不判范围", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Roads with a dead end that is too long, the longest of each; evidence: the way from the end to the junction."""
    net = walking(plan)
    if net.straight:
        raise Skipped("no_value", what="roads: LineString")
    ends = np.flatnonzero(np.bincount(net.ends.ravel(), minlength=len(net.nodes)) == 1)
    core = shapely.buffer(shapely.union_all(np.array(list(park_shapes(plan).values()), dtype=object)), -p.rim)
    shapely.prepare(core)
    ends = ends[shapely.intersects(core, shapely.points(net.nodes[ends]))]
    ids = plan["roads"]["id"].to_numpy(dtype=object)
    worst: dict[str, tuple[float, Array]] = {}
    for length, way, road in blind(net, ends):
        name = str(ids[road])
        if length > p.longest + 1e-6 and (name not in worst or length > worst[name][0] + 1e-6):
            worst[name] = (length, way)
    names = sorted(worst)
    rows = Rows(
        layer="roads",
        id=names,
        geometry=[shapely.LineString(worst[n][1]) for n in names],
        value=[round(worst[n][0], 2) for n in names],
        limit=p.longest,
        unit="m",
    )
    return findings(plan.crs, rows, judged=len(np.unique(net.road)))


def blind(net: Network, ends: Array) -> list[tuple[float, Array, int]]:
    """Return for each blind end how far the next junction is, the way there, and the road at the end; in order of place."""
    graph, begin = net.graph, net.graph.indptr
    flat = net.ends.ravel()
    mine = np.flatnonzero(np.isin(flat, ends))
    road = dict(zip(flat[mine].tolist(), net.road[mine // 2].tolist(), strict=True))
    out = []
    for end in ends[np.lexsort(net.nodes[ends].T)].tolist():
        way, length, before, here = [end], 0.0, -1, end
        while True:
            around = graph.indices[begin[here] : begin[here + 1]]
            on = around[around != before]
            if (before >= 0 and len(around) != 2) or not len(on):
                break
            at = int(on[0])
            length += float(graph.data[begin[here] + int(np.flatnonzero(around == at)[0])])
            before, here = here, at
            way.append(here)
        out.append((length, net.nodes[way], road[end]))
    return out


def _road(name: str, wkt: str) -> dict[str, object]:
    return {"id": name, "grade": "branch", "wkt": wkt}


_LAND = {
    "id": "P",
    "code": "M1",
    "scheme": "gb50137",
    "park": "K",
    "wkt": "POLYGON ((0 0, 900 0, 900 900, 0 900, 0 0))",
}
_PARK = {"id": "K", "wkt": "POLYGON ((0 0, 900 0, 900 900, 0 900, 0 0))"}
_RING = _road("R", "LINESTRING (200 200, 700 200, 700 700, 200 700, 200 200)")
PASSES = mini(parcels=[_LAND], parks=[_PARK], roads=[_RING, _road("S", "LINESTRING (400 200, 400 320)")])
FAILS = mini(parcels=[_LAND], parks=[_PARK], roads=[_RING, _road("S", "LINESTRING (400 200, 400 330)")])
