"""In every quarter, voltage at each parcel in use stays in its band, and no cable carries more than it can.

Power flow with each parcel drawing where its line is nearest (agrees with power-grid-model to 1e-8, loops open or closed). As run, the
network is a tree from the substations along the least impedance, its loops open; `loops = "closed"` runs them closed. A line on the plan stands for as many parallel cables as its
capacity asks for. Lines without a voltage count as the given one, transformers between levels as ideal. One finding per parcel or cable: the first quarter in which it is out.

Cannot see: impedances of single cables (one figure for all), tap changers, other open points, single outages (N-1), demands that
nobody has checked (see NW501), lines without a capacity (they and the parcels behind them are unknown).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..algorithms.flow.capacity import Load, what_counts
from ..algorithms.flow.power import Feeder, Mesh, meshed, nearest_tree, sweep
from ..algorithms.networks.noding import NEVER, day_numbers
from ..facts.registry import kept_by
from ..facts.utilities import Service, along, service
from ..facts.utilities.demand import PLAUSIBLE, demand, doubtful, own_share
from ..facts.utilities.stages import first_days, quarter, quarter_ends, stage, what_stays
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import weak_supply
from .tables import DEMAND, table

SHORTEST = 0.01
"""m: a shorter piece of line is taken as that long, for one without impedance has no equation."""

SEVERITY = "warning"
cause = weak_supply
LAYERS = ("parcels", "pipes", "sources")
COLUMNS = ("parcels.used", "pipes.capacity")

ZH = Text(
    title="电压偏差或线路过载",
    message="{subject_zh} {id} 自 {quarter} 起{fault_zh} {value:.1f} %，超过 {limit:.0f} %（需求中 {own:.0f}% 为地块自填）",
    advice="增设变电站或分接馈线，加大截面，缩短供电半径",
    trap="用电负荷与线路阻抗为默认值；环网按开环运行计",
)
EN = Text(
    title="Voltage or loading out of bounds",
    message="{subject} {id}: {fault} {value:.1f} % from {quarter} on, more than {limit:.0f} % ({own:.0f} % of the demand is the parcels' own figure)",
    advice="add a substation or split the feeder, use larger cables, shorten the supply radius",
    trap="loads and impedances are defaults; loops count as run open",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    max_deviation: float = param(7.0, unit="%", source="GB/T 12325, 10 kV, from memory", zh="电压偏差限值")
    max_loading: float = param(100.0, unit="%", source="project default: the cable's own capacity", zh="线路负载率上限")
    coincidence: float = param(0.8, unit="1", source="project default 0.7-0.9", zh="同时系数")
    power_factor: float = param(0.95, unit="1", source="project default", zh="功率因数")
    default_kv: float = param(10.0, unit="kV", source="project default", zh="缺电压等级时采用的电压")
    ohm_km: float = param(0.13, unit="Ω/km", source="10 kV cable of 240 mm² aluminium, handbook value from memory", zh="线路电阻")  # fmt: skip
    reactance_km: float = param(0.09, unit="Ω/km", source="10 kV cable, handbook value from memory", zh="线路电抗")
    circuit_kw: float = param(8000.0, unit="kW", source="what one such cable carries at 10 kV, handbook value from memory", zh="单回 10 千伏线路输送能力")  # fmt: skip
    loops: str = param(
        "open", unit="open or closed", source="project default: 10 kV rings are run open", zh="环网运行方式"
    )
    plausible: float = param(PLAUSIBLE, unit="ratio", zh="自填用量核实倍数", source="project default, no standard")
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线的接入距离")
    table: tuple[str, ...] = DEMAND


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel with too much drop and each cable with too much load; evidence: the parcel or the cable."""
    parcels = plan["parcels"]
    found = service(plan, "power", reach=p.reach)
    net = found.network
    if not found.known:
        raise Skipped("no_source")
    base, using = demand(plan, "power", table("demand", p.table)), day_numbers(parcels["used"])
    asked = np.where(using < NEVER, np.nan_to_num(base["demand"].to_numpy()) * p.coincidence, 0.0)
    own = own_share(base, using < NEVER)
    load = Load(demand=asked, since=using, until=day_numbers(parcels["removed"]), along=along(plan, found))
    room = plan["pipes"]["capacity"].to_numpy(dtype=float)[net.rows]
    kv = np.nan_to_num(plan["pipes"]["voltage_kv"].to_numpy(dtype=float)[net.rows], nan=p.default_kv)
    size = len(parcels)
    judged = np.zeros(size, bool)
    keep = kept_by(plan, "NW505", found.digest, load.demand, load.along, kv, room, p)
    changes = (days[days > using.min()] for days in (net.done, net.gone, net.opened, net.closed))
    limits = np.repeat([p.max_deviation, p.max_loading], [size, len(net.ids)])

    def values(day: int) -> np.ndarray:
        users, drop, flow = keep(partial(_flow, found, load, day, (kv, room, p)), what_counts(found, load, day))
        judged[users] = True
        deviation = np.zeros(size)
        deviation[users] = drop
        return np.concatenate([deviation, np.where(room > 0, flow / np.where(room > 0, room, 1.0) * 100, 0.0)])

    still, days = partial(what_stays, found, load), quarter_ends(using, *changes)
    first, worst = first_days(days, still, values, lambda value: value > limits, len(limits))
    ids = {"parcels": parcels["id"].to_numpy(dtype=object), "pipes": net.ids}
    shapes = {"parcels": parcels.geometry.to_numpy(), "pipes": net.lines}
    at = {"parcels": slice(0, size), "pipes": slice(size, None)}
    blocks = [_rows(k, (first[at[k]], worst[at[k]]), (ids[k], shapes[k], own), p) for k in ("parcels", "pipes")]
    reached = found.frame["served"].notna().to_numpy() & (load.demand > 0)
    lost = ids["parcels"][reached & ~judged]
    unknown = [("pipes", net.ids[~(room > 0)], "no_attribute"), ("parcels", lost, "no_attribute")]
    doubts = doubtful(plan, "power", table("demand", p.table), p.plausible)
    judged &= ~np.isin(ids["parcels"], doubts[0][1])
    return findings(plan.crs, *blocks, judged=judged.sum(), unknown=[*unknown, *doubts])


def _flow(
    found: Service, load: Load, day: int, given: tuple[np.ndarray, np.ndarray, Params]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the users on a day, the drop of voltage at each [%], and the load of each pipe [kW]."""
    (kv, room, p), net = given, found.network
    now = stage(found, load, day, (room > 0, np.ones(len(net.source), bool)))
    if not len(now.user):
        return np.empty(0, np.int64), np.empty(0), np.zeros(len(net.ids))
    cut = now.cut()
    pipe = net.pipe[cut.edge]
    cables = np.maximum(1.0, room[pipe] / (p.circuit_kw * kv[pipe] / 10))
    ohm = (p.ohm_km + 1j * p.reactance_km) * np.maximum(cut.length, SHORTEST) / 1000 / cables
    z = ohm / kv[pipe] ** 2
    drawn = cut.drawn(load.demand[now.user] / 1000 * (1 + 1j * np.sqrt(1 / p.power_factor**2 - 1)))
    if p.loops == "closed":
        out = meshed(Mesh(a=cut.u, b=cut.v, z=z, load=drawn, root=now.roots))
        near, link = cut.u, np.arange(len(pipe))
    else:
        parent, link = nearest_tree(len(cut.xy), (cut.u, cut.v, np.abs(z)), now.roots)
        out = sweep(Feeder(parent=parent, z=np.where(link >= 0, z[link], 0), load=drawn))
        near = parent
    drop = (1 - np.abs(out.voltage)[cut.node]) * 100 if out.converged else np.full(len(now.user), 100.0)
    flow, real = np.zeros(len(net.ids)), link >= 0
    sent = np.abs((out.voltage[near] * np.conj(out.current))[real].real) * 1000
    np.maximum.at(flow, pipe[link[real]], sent)
    return now.user, drop, flow


def _rows(layer: str, found: tuple[np.ndarray, np.ndarray], what: tuple[Any, Any, float], p: Params) -> Rows:
    (first, worst), (ids, shapes, own) = found, what
    bad = np.flatnonzero(first < NEVER)
    when = [quarter(int(d)) for d in first[bad]]
    pipe = layer == "pipes"
    return Rows(
        layer=layer, id=ids[bad], geometry=shapes[bad], value=worst[bad], limit=p.max_loading if pipe else p.max_deviation, unit="%",
        since=[q.start_time for q in when],
        args={"quarter": [f"{q.year}Q{q.quarter}" for q in when], "subject": "cable" if pipe else "parcel", "subject_zh": "线路" if pipe else "地块",
              "fault": "loading" if pipe else "voltage drop", "fault_zh": "负载率达" if pipe else "电压偏低", "own": own},
    )  # fmt: skip


# fmt: off
_PLOT = {"id": "A", "used": "2020-02-01", "power_kw": 3000.0, "wkt": "POLYGON ((4980 10, 5000 10, 5000 30, 4980 30, 4980 10))"}
_CABLE = {"id": "C", "kind": "power", "finish": "2019-06-01", "voltage_kv": 10.0, "capacity": 6000.0, "wkt": "LINESTRING (0 0, 5000 0)"}
_STATION = {"id": "S", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
PASSES = mini(parcels=[_PLOT], pipes=[_CABLE], sources=[_STATION])
FAILS = mini(parcels=[_PLOT | {"power_kw": 12000.0}], pipes=[_CABLE], sources=[_STATION])
# fmt: on
