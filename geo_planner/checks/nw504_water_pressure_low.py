"""In every quarter, each parcel in use has the service head at its connection.

Steady state at the peak hour of the day of greatest use, Hazen-Williams, global gradient method (agrees with EPANET
within 0.1 m on its published networks). Each parcel draws where its pipe is nearest. The head of a source counts from the
ground; without an elevation model the land is flat. One finding per parcel: the first quarter in which it falls short.
A network from EPANET (.inp) is judged as its file states it, in its first hour, with tanks, pumps and valves.

Cannot see: tanks, pumps and valves that are drawn, fire flow, pipes without a diameter (unknown), demands (see NW501).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..algorithms.flow.capacity import Load, what_counts
from ..algorithms.flow.pressure import WaterGrid, resistance, solve
from ..algorithms.networks.noding import NEVER, day_numbers
from ..facts.registry import kept_by
from ..facts.utilities import Service, along, service
from ..facts.utilities.demand import PLAUSIBLE, demand, doubtful, own_share
from ..facts.utilities.stages import Stage, first_days, ground, quarter, quarter_ends, stage, what_stays
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import weak_supply
from .stated_water import is_stated, low_heads
from .tables import DEMAND, table

Array = np.ndarray[Any, Any]
SHORTEST = 0.01
"""m: a shorter piece of pipe is taken as that long, for one without a length has no equation."""

SEVERITY = "warning"
cause = weak_supply
LAYERS, COLUMNS = ("parcels", "pipes", "sources"), ("parcels.used", "pipes.diameter_mm", "sources.head")
INSTEAD = ("epanet_nodes", "epanet_links")

ZH = Text(
    title="供水压力不足",
    message="用水点 {id} 自 {quarter} 起接管点自由水头 {value:.1f} 米，低于 {limit:.0f} 米（需求中 {own:.0f}% 为地块自填）",
    advice="放大上游管径、连成环网，或设加压泵站",
    trap="用量与摩阻系数为默认值；图上未画的水塔、泵站不计",
)
EN = Text(
    title="Water pressure too low",
    message="user {id} has a head of {value:.1f} m at its connection from {quarter} on, below {limit:.0f} m ({own:.0f} % of the demand is the parcels' own figure)",
    advice="enlarge the pipes upstream, close loops, or add a booster station",
    trap="demand and roughness are defaults; tanks and pumps that are not drawn do not count",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    min_head: float = param(28.0, unit="m", source="GB 50282-2016: 0.28 MPa at the user's connection, from memory", zh="最低服务水头")  # fmt: skip
    hourly_peak: float = param(1.4, unit="1", source="GB 50282-2016, from memory: 1.3-1.6", clause="4.0", zh="时变化系数")  # fmt: skip
    roughness: float = param(
        110.0,
        unit="1",
        source="Hazen-Williams coefficient of ageing ductile iron, handbook value from memory",
        zh="海曾-威廉系数",
    )
    plausible: float = param(PLAUSIBLE, unit="ratio", zh="自填用量核实倍数", source="project default, no standard")
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线的接入距离")
    table: tuple[str, ...] = DEMAND


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel whose head falls short; evidence: the parcel. A network that states itself: its nodes."""
    if is_stated(plan):
        return low_heads(plan, p.min_head)
    parcels = plan["parcels"]
    found = service(plan, "water", reach=p.reach)
    net = found.network
    if not found.known:
        raise Skipped("no_source")
    base, using = demand(plan, "water", table("demand", p.table)), day_numbers(parcels["used"])
    asked = np.where(using < NEVER, np.nan_to_num(base["demand"].to_numpy()), 0.0) * p.hourly_peak / 86400
    load = Load(demand=asked, since=using, until=day_numbers(parcels["removed"]), along=along(plan, found))
    bore = plan["pipes"]["diameter_mm"].to_numpy(dtype=float)[net.rows] / 1000
    lift = plan["sources"]["head"].to_numpy(dtype=float)[net.source]
    level = ground(plan, net.xy)
    size = len(parcels)
    judged = np.zeros(size, bool)
    facts, land = (bore, lift, level), [plan.rasters[name].digest for name in plan.rasters]
    keep = kept_by(plan, found.digest, load.demand, load.along, facts, p, land)
    changes = (days[days > using.min()] for days in (net.done, net.gone, net.opened, net.closed))

    def heads(day: int) -> Array:
        user, pressure = keep(partial(_heads, plan, (found, load, day), facts, p), what_counts(found, load, day))
        judged[user] = True
        out = np.full(size, np.nan)
        out[user] = pressure
        return out

    days, still = quarter_ends(using, *changes), partial(what_stays, found, load)
    first, worst = first_days(days, still, heads, lambda head: head < p.min_head, size)
    bad = np.flatnonzero(first < NEVER)
    reached = found.frame["served"].notna().to_numpy() & (load.demand > 0)
    ids, when = parcels["id"].to_numpy(dtype=object), [quarter(int(d)) for d in first[bad]]
    rows = Rows(
        layer="parcels",
        id=ids[bad],
        geometry=parcels.geometry.to_numpy()[bad],
        value=worst[bad],
        limit=p.min_head,
        unit="m",
        since=[q.start_time for q in when],
        args={"quarter": [f"{q.year}Q{q.quarter}" for q in when], "own": own_share(base, using < NEVER)},
    )
    doubts = doubtful(plan, "water", table("demand", p.table), p.plausible)
    unknown = [("pipes", net.ids[~(bore > 0)], "no_diameter"), ("parcels", ids[reached & ~judged], "no_diameter")]
    judged &= ~np.isin(ids, doubts[0][1])
    return findings(plan.crs, rows, judged=judged.sum(), unknown=[*unknown, *doubts])


def _heads(
    plan: Plan, of: tuple[Service, Load, int], facts: tuple[Array, Array, Array], p: Params
) -> tuple[Array, Array]:
    """Return the users on a day and the head above ground of each."""
    now = stage(*of, (facts[0] > 0, ~np.isnan(facts[1])))
    return now.user, _pressure(plan, now, of[1], facts, p) if len(now.user) else np.empty(0)


def _pressure(plan: Plan, now: Stage, load: Load, facts: tuple[Array, Array, Array], p: Params) -> Array:
    """Return the head above ground of each user of a stage."""
    (bore, lift, level), net, cut = facts, now.service.network, now.cut()
    level = np.concatenate([level, ground(plan, cut.xy[len(level) :])])
    open_now = (net.opened <= now.day) & (net.closed > now.day) & ~np.isnan(lift)
    head = np.zeros(len(cut.xy))
    head[np.concatenate([cut.u, cut.v])] = np.nan
    head[net.source_node[open_now]] = level[net.source_node[open_now]] + lift[open_now]
    size = bore[net.pipe[cut.edge]]
    flow = solve(
        WaterGrid(
            a=cut.u,
            b=cut.v,
            resistance=resistance(np.maximum(cut.length, SHORTEST), size, p.roughness),
            head=head,
            demand=cut.drawn(load.demand[now.user]),
        ),
        accuracy=1e-6,
    )
    return np.asarray((flow.head - level)[cut.node])


_PLOT = {
    "id": "A",
    "used": "2020-02-01",
    "water_m3d": 2000.0,
    "wkt": "POLYGON ((980 10, 1000 10, 1000 30, 980 30, 980 10))",
}
_MAIN = {"id": "W", "kind": "water", "finish": "2019-06-01", "diameter_mm": 300.0, "wkt": "LINESTRING (0 0, 1000 0)"}
_WORKS = {"id": "S", "kind": "water", "finish": "2015-01-01", "head": 40.0, "wkt": "POINT (0 0)"}
PASSES = mini(parcels=[_PLOT], pipes=[_MAIN], sources=[_WORKS])
FAILS = mini(parcels=[_PLOT], pipes=[_MAIN | {"diameter_mm": 150.0}], sources=[_WORKS])
