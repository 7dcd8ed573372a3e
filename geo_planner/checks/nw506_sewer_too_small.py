"""Each sewer carries its peak flow at the fill allowed, and runs fast enough there to keep itself clean.

Flow: the sewage of all parcels in use upstream, at the peak (peak factor by flow); capacity and velocity at the allowed fill by
Manning, from diameter and fall. A pipe without any parcel upstream is held to the velocity only. Judged for the state in
which most is in use; levels and directions as in NW502.

Cannot see: infiltration, large single dischargers, pumped stretches, pipes without diameter or levels (unknown), pipes that
run uphill (NW502), storm sewers (they need a rain formula of the place).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.networks.noding import NEVER, day_numbers
from ..facts.utilities import service
from ..facts.utilities.demand import demand
from ..facts.utilities.sewer import Drainage, accumulated, drainage, part_full
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .tables import DEMAND, SEWER_FILL, SEWER_PEAK, table
from .tables.sewers import allowed_fill, peak_factor

SEVERITY = "warning"
LAYERS = ("pipes", "sources")
BLANKS = ("pipes.kind",)
COLUMNS = ("pipes.diameter_mm", "pipes.z_start", "pipes.z_end")

ZH = Text(
    title="污水管过水能力或流速不足",
    message="污水管 {id} {fault_zh}：{value:.2f} {unit}，限值 {limit:.2f} {unit}（管径 {bore:.0f} 毫米，坡度 {fall:.2f} ‰）",
    advice="放大管径或加大坡度；流速不足的上游段定期冲洗",
    trap="用量取规范区间中值；大用水户应填实际用量",
)
EN = Text(
    title="Sewer too small or too slow",
    message="sewer {id} {fault}: {value:.2f} {unit}, limit {limit:.2f} {unit} (diameter {bore:.0f} mm, fall {fall:.2f} per mille)",
    advice="a larger diameter or a steeper fall; flush slow upper reaches now and then",
    trap="demands are middle values; give the real figures of large users",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    min_velocity: float = param(
        0.6, unit="m/s", source="GB 50014-2021 as cited by a public pipeline checker", zh="最小设计流速"
    )
    roughness: float = param(
        0.013, unit="s/m^(1/3)", source="Manning coefficient of concrete pipe, GB 50014, from memory", zh="粗糙系数"
    )
    daily_peak: float = param(1.3, unit="1", source="GB 50282-2016, from memory: 1.1-1.5", zh="日变化系数")
    sewage_share: float = param(
        0.8, unit="1", source="GB 50318-2017 table 4.2.3, from memory: 0.70-0.85", clause="4.2.3", zh="污水排放系数"
    )
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线的接入距离")
    table: tuple[str, ...] = DEMAND
    fill_table: tuple[str, ...] = SEWER_FILL
    peak_table: tuple[str, ...] = SEWER_PEAK


def check(plan: Plan, p: Params) -> Findings:
    """Each sewer that is too small or too slow; evidence: the pipe."""
    drain = drainage(plan, "sewer")
    net = drain.network
    if not len(net.ids) or not len(net.sources):
        raise Skipped("no_source")
    bore = plan["pipes"]["diameter_mm"].to_numpy(dtype=float)[net.rows] / 1000
    fall = (drain.z_up - drain.z_down) / np.maximum(net.length, 0.1)
    sound = drain.drains & drain.levelled & (bore[net.pipe] > 0) & (net.length > 1.0)
    judged = sound & (fall > 0)
    flow = accumulated(drain, _inflow(plan, drain, p))
    peak = flow * peak_factor(flow * 1000, p.peak_table)
    edge = np.flatnonzero(judged)
    d = bore[net.pipe[edge]]
    room, speed = part_full(d, fall[edge], allowed_fill(d * 1000, p.fill_table), p.roughness)
    blocks = [
        _rows(
            drain,
            edge[peak[edge] > room],
            (peak[edge][peak[edge] > room] * 1000, room[peak[edge] > room] * 1000, "L/s"),
            (bore, fall),
        ),
        _rows(
            drain,
            edge[speed < p.min_velocity],
            (speed[speed < p.min_velocity], np.full((speed < p.min_velocity).sum(), p.min_velocity), "m/s"),
            (bore, fall),
        ),
    ]
    blind = np.unique(net.pipe[drain.drains & ~(drain.levelled & (bore[net.pipe] > 0))])
    sized = bore[blind] > 0
    unknown = [("pipes", net.ids[blind[~sized]], "no_diameter"), ("pipes", net.ids[blind[sized]], "no_cover")]
    return findings(plan.crs, *blocks, judged=len(np.unique(net.pipe[edge])), unknown=unknown)


def _inflow(plan: Plan, drain: Drainage, p: Params) -> np.ndarray:
    """Return the mean sewage that enters at each node [m³/s]: of each parcel in use, at the upper end of its sewer."""
    out = np.zeros(len(drain.network.xy))
    if not plan.has("parcels"):
        return out
    found = service(plan, "sewer", reach=p.reach)
    state = found.on(np.full(len(found.parcels), np.datetime64("9000-01-01")))
    need = (
        np.nan_to_num(demand(plan, "water", table("demand", p.table))["demand"].to_numpy())
        * p.sewage_share
        / p.daily_peak
        / 86400
    )
    using = state.served & (day_numbers(plan["parcels"]["used"]) < NEVER) & plan["parcels"]["removed"].isna().to_numpy()
    edge = np.searchsorted(drain.network.pipe, state.pipe[using])
    np.add.at(out, drain.up[edge], need[using])
    return out


def _rows(
    drain: Drainage, edge: np.ndarray, figures: tuple[np.ndarray, np.ndarray, str], facts: tuple[np.ndarray, np.ndarray]
) -> Rows:
    """Return one row per pipe, its worst stretch."""
    (value, limit, unit), (bore, fall), net = figures, facts, drain.network
    order = np.lexsort((edge, -np.abs(value - limit), net.pipe[edge]))
    lead = order[np.r_[True, np.diff(net.pipe[edge[order]]) > 0]] if len(order) else order
    pipe, small = net.pipe[edge[lead]], unit == "L/s"
    return Rows(
        layer="pipes",
        id=net.ids[pipe],
        geometry=net.lines[pipe],
        value=value[lead],
        limit=limit[lead],
        unit=unit,
        args={
            "fault": "cannot carry its peak flow" if small else "runs too slowly at its design fill",
            "bore": bore[pipe] * 1000,
            "fault_zh": "过水能力不足" if small else "设计充满度下流速不足",
            "fall": fall[edge[lead]] * 1000,
        },
    )


_PIPE = {
    "id": "A",
    "kind": "sewer",
    "diameter_mm": 400.0,
    "z_start": 10.0,
    "z_end": 9.75,
    "wkt": "LINESTRING (0 0, 100 0)",
}
_OUTFALL = {"id": "S", "kind": "sewer", "wkt": "POINT (100 0)"}
PASSES = mini(pipes=[_PIPE], sources=[_OUTFALL])
FAILS = mini(pipes=[_PIPE | {"z_end": 9.95}], sources=[_OUTFALL])
