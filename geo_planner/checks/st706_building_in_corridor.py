"""Buildings stay out of the strips kept clear along power lines, railways, highways and gas mains.

廊道退让. The strip is the `width` of the control line on each side; without it the default of its kind: power by voltage
(GB/T 50293-2014 table 7.6.3, half of the lower bound for one line), highways 公路安全保护条例 Art. 11, railways
铁路安全管理条例 Art. 27, gas mains 石油天然气管道保护法 Art. 30. Distances run from the line, or from the edge of the land
where the corridor is drawn as an area. Judged only while building and line both exist.

Cannot see: the class of a highway or railway (one default for each), several circuits on one line, approved exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.distances import links
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import CORRIDORS, table

SEVERITY = "error"
LAYERS = ("buildings", "control_lines")
COLUMNS = ("control_lines.kind",)
BLANKS = ("control_lines.kind",)

ZH = Text(
    title="建筑侵入廊道",
    message="建筑 {id} 距{kind_zh} {other_id} {value:.1f} 米，应不小于 {limit:.1f} 米",
    advice="移出廊道控制范围，或取得主管部门同意",
    trap="缺省宽度按常见等级取值，应以主管部门划定的范围为准",
)
EN = Text(
    title="Building inside a protected corridor",
    message="building {id} stands {value:.1f} m from {kind} {other_id}; {limit:.1f} m are to be kept",
    advice="move it out of the corridor, or obtain the consent of the authority",
    trap="defaults stand for the usual class; the strip drawn by the authority decides",
)
_KINDS = {
    "power_corridor": ("高压走廊", "power line"),
    "highway": ("公路", "highway"),
    "railway": ("铁路", "railway"),
    "gas_corridor": ("燃气管道", "gas main"),
}


@dataclass(frozen=True, kw_only=True)
class Params:
    """Default strips on each side."""

    highway: float = param(
        20.0,
        unit="m",
        zh="公路建筑控制区",
        source="公路安全保护条例, national highway, from memory; doubtful（存疑）: by road class 30/20/15/10/5 m",
        clause="第11条",
    )
    railway: float = param(
        8.0,
        unit="m",
        zh="铁路线路安全保护区",
        source="铁路安全管理条例, urban, from memory; doubtful（存疑）: 8-20 m by place and speed",
        clause="第27条",
    )
    gas: float = param(
        5.0, unit="m", zh="油气管道保护范围", source="石油天然气管道保护法, from memory", clause="第30条"
    )
    power: float = param(
        15.0, unit="m", zh="电压不明的高压线", source="project default (220 kV), GB/T 50293-2014", clause="表7.6.3"
    )
    table: tuple[str, ...] = CORRIDORS


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of a building and a corridor nearer than its strip; the gap or the overlap is the evidence."""
    lines, buildings = plan["control_lines"], plan["buildings"]
    kind = lines["kind"].to_numpy(dtype=object)
    chosen = np.flatnonzero(np.isin(kind, list(_KINDS)))
    reach = strips(plan, p)
    pairs = near_together(plan, ("control_lines", "buildings"), (chosen, np.arange(len(buildings))), reach[chosen])
    pairs = pairs[pairs.distance < reach[pairs.left]]
    since, until = pairs.both.days()
    names = [_KINDS[k] for k in kind[pairs.left]]
    rows = Rows(
        layer="buildings",
        id=buildings["id"].to_numpy(dtype=object)[pairs.right],
        other_layer="control_lines",
        other_id=lines["id"].to_numpy(dtype=object)[pairs.left],
        value=np.round(pairs.distance, 2),
        limit=reach[pairs.left],
        unit="m",
        since=since,
        until=until,
        args={"kind_zh": [n[0] for n in names], "kind": [n[1] for n in names]},
        geometry=links(buildings.geometry.to_numpy()[pairs.right], lines.geometry.to_numpy()[pairs.left]),
    )
    return findings(plan.crs, rows, judged=len(buildings) if len(chosen) else 0)


def strips(plan: Plan, p: Params) -> Array:
    """Return the strip on each side of every control line [m]: its own width, else the default of its kind."""
    lines = plan["control_lines"]
    kind, volts = lines["kind"].to_numpy(dtype=object), lines["voltage_kv"].to_numpy(dtype=float)
    t = table("corridors", p.table).astype({"voltage_kv": float, "half_width": float}).sort_values("voltage_kv")
    at = np.searchsorted(t["voltage_kv"].to_numpy(), volts, side="right") - 1
    power = np.where(np.isnan(volts), p.power, t["half_width"].to_numpy()[np.clip(at, 0, None)])
    default = np.select(
        [kind == "power_corridor", kind == "highway", kind == "railway", kind == "gas_corridor"],
        [power, p.highway, p.railway, p.gas],
        0.0,
    )
    own = lines["width"].to_numpy(dtype=float)
    return np.asarray(np.where(np.isnan(own), default, own))


_LINE = {"id": "L", "kind": "power_corridor", "voltage_kv": 220, "wkt": "LINESTRING (0 0, 200 0)"}
PASSES = mini(buildings=[{"id": "B", "wkt": "POLYGON ((0 15, 20 15, 20 30, 0 30, 0 15))"}], control_lines=[_LINE])
FAILS = mini(buildings=[{"id": "B", "wkt": "POLYGON ((0 14, 20 14, 20 30, 0 30, 0 14))"}], control_lines=[_LINE])
