"""On every day, sources and pipes carry what the parcels in use need.

Demand is the parcel's own figure (water_m3d, power_kw) or its area times the figure of its land use (the middle of the ranges of
GB 50282, GB/T 50293 and others, none of them checked against the printed page); sewage is a share of the water. Supply is the
maximum flow from the sources through the pipes that work on the day; every day on which anything changes is judged. One
finding for each time of shortage, from its first day to its end: everyone who goes without on some day of it (the last to
come), and of its worst day what is missing, the cut in the way, and the one element whose relief would bring most.

Cannot see: pressure and voltage (NW504, NW505), storage, fire flow, storm water, pipes and sources without a capacity (taken
as unlimited; a kind with no source capacity at all is unknown), parcels in use without a date (unknown),
parcels that no source reaches (UG202). A parcel of its own figure far above its land use is to be confirmed (unknown): pipes
without a capacity would let any figure pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.flow.capacity import Load, Shortage, shortages
from ..algorithms.networks.noding import NEVER, dates, day_numbers
from ..facts.registry import kept_by
from ..facts.utilities import Service, along, service
from ..facts.utilities.demand import PLAUSIBLE, UNIT, demand, doubtful
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param
from .tables import DEMAND, table

SEVERITY = "warning"
LAYERS = ("parcels", "pipes", "sources")
COLUMNS = ("parcels.used", "sources.capacity")
BLANKS = ("pipes.kind", "sources.kind", "pipes.finish", "sources.finish", "sources.capacity")

ZH = Text(
    title="供应能力不足",
    message="{since} 起{kind_zh}供应不足；最缺时（{worst}）需 {demand:.0f} {unit}，可供 {supplied:.0f}，缺 {value:.0f}；{parcels} 宗地块受影响（{names}）；解除 {id} 的限制可增供 {gain:.0f}（需求中 {own:.0f}% 为地块自填）",
    advice="在该日期前扩建所示源站或管段，或推迟部分地块投用",
    trap="用量取规范区间中值且未经核对；已有项目实际用量的，请填入地块属性",
)
EN = Text(
    title="Capacity runs short",
    message="from {since} on {kind} runs short; at worst ({worst}) {demand:.0f} {unit} are needed, {supplied:.0f} to be had, {value:.0f} missing; {parcels} parcel(s) go without ({names}); relieving {id} would bring {gain:.0f} more ({own:.0f} % of the demand is the parcels' own figure)",
    advice="enlarge the source or pipes shown before that day, or let some parcels follow later",
    trap="demands are middle values of ranges that nobody has checked; give the projects' own figures where they are known",
)
REMEDY = {"happened": ("扩建所示源站或管段；建成前实行错峰、限额或临时供应，暂缓新增用户接入", "enlarge the source or pipes shown; until then stagger or ration demand or supply it otherwise, and connect no new users")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule; the figures per land use stand in tables/demand.csv, all unverified."""

    kinds: tuple[str, ...] = param(("water", "sewer", "power", "gas", "heat"), unit="list", source="project default", zh="检查的管线种类")  # fmt: skip
    coincidence: float = param(0.8, unit="1", source="project default 0.7-0.9", zh="电力负荷同时系数")
    daily_peak: float = param(1.3, unit="1", source="GB 50282-2016, from memory: 1.1-1.5", clause="4.0", zh="日变化系数")  # fmt: skip
    sewage_share: float = param(0.8, unit="1", source="GB 50318-2017 table 4.2.3, from memory: 0.70-0.85", clause="4.2.3", zh="污水排放系数")  # fmt: skip
    plausible: float = param(PLAUSIBLE, unit="ratio", zh="自填用量核实倍数", source="project default, no standard")
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线的接入距离")
    table: tuple[str, ...] = DEMAND


def check(plan: Plan, p: Params) -> Findings:
    """Each time of shortage of each utility; evidence: the cut."""
    parcels = plan["parcels"]
    using, gone = day_numbers(parcels["used"]), day_numbers(parcels["removed"])
    unknown = [("parcels", parcels.loc[parcels["used"].isna() & parcels["start"].notna(), "id"], "no_used")]
    blocks, judged, asked = list[Rows](), 0, False
    for kind in p.kinds:
        found = service(plan, kind, reach=p.reach)
        rooms = plan["sources"]["capacity"].to_numpy(dtype=float)
        if not found.known or np.isnan(rooms[found.network.sources]).all():
            lost = plan["sources"]["id"].to_numpy(dtype=object)[found.network.sources]
            unknown.append(("sources", lost, "no_attribute"))
            continue
        need, own = _need(plan, kind, p)
        draws = (need > 0) & (using < NEVER)
        doubts = doubtful(plan, "water" if kind == "sewer" else kind, table("demand", p.table), p.plausible)
        unknown += doubts
        judged, asked = judged + int((draws & ~parcels["id"].isin(doubts[0][1])).sum()), asked or bool(draws.any())
        if not draws.any():
            continue
        load = Load(demand=np.where(draws, need, 0.0), since=using, until=gone, along=along(plan, found))
        room = (plan["pipes"]["capacity"].to_numpy(dtype=float)[found.network.rows], rooms[found.network.source])
        keep = kept_by(plan, found.digest, load.demand, load.along, room)
        cases = shortages(found, load, room, _days(load, found), keep)
        blocks += [_row(plan, kind, found, short, 100 * need[own & draws].sum() / need[draws].sum()) for short in cases]
    if not asked:
        raise Skipped("no_value", what="sources.capacity")
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _need(plan: Plan, kind: str, p: Params) -> tuple[np.ndarray, np.ndarray]:
    base = demand(plan, "water" if kind == "sewer" else kind, table("demand", p.table))
    factor = {"power": p.coincidence, "sewer": p.sewage_share / p.daily_peak}.get(kind, 1.0)
    return np.nan_to_num(base["demand"].to_numpy() * factor), base["own"].to_numpy(copy=True)


def _days(load: Load, found: Service) -> np.ndarray:
    """Return the days, from the first use on, on which a parcel, a pipe or a source comes or goes."""
    net, using = found.network, load.demand > 0
    days = np.unique(np.concatenate([load.since[using], load.until[using], net.done, net.gone, net.opened, net.closed]))
    return np.asarray(days[(days >= load.since[using].min()) & (days < NEVER)])


def _row(plan: Plan, kind: str, found: Service, short: Shortage, own: float) -> Rows:
    net = found.network
    layer, at = (
        short.relief
        if short.relief[1] >= 0
        else ("sources" if len(short.sources) else "pipes", int((*short.sources, *short.pipes, 0)[0]))
    )
    name = net.source_ids[at] if layer == "sources" else net.ids[at]
    shapes = np.concatenate(
        [net.lines[short.pipes], plan.layers["sources"].geometry.to_numpy()[net.source[short.sources]]]
    )
    ids = np.sort(plan["parcels"]["id"].to_numpy(dtype=object)[short.parcels].astype(str))
    if not len(shapes):
        shapes = plan.layers["parcels"].geometry.to_numpy()[short.parcels]
    return Rows(
        layer=layer,
        id=[name],
        geometry=[shapely.union_all(shapes)],
        value=round(short.demand - short.supplied, 3),
        limit=0.0,
        unit=UNIT[kind],
        since=dates(np.array([short.since])),
        until=dates(np.array([short.until])),
        args={
            "kind": kind,
            "kind_zh": UTILITY_ZH[kind],
            "since": dates(np.array([short.since])),
            "worst": dates(np.array([short.worst])),
            "demand": short.demand,
            "supplied": short.supplied,
            "parcels": len(ids),
            "short": [ids.tolist()],
            "names": ", ".join(ids[:5]) + (" …" if len(ids) > 5 else ""),
            "gain": short.gain,
            "own": own,
        },
    )


_PLOT = {"id": "A", "used": "2020-02-01", "water_m3d": 300.0, "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))"}
_NEXT = {
    "id": "B",
    "used": "2021-05-01",
    "water_m3d": 200.0,
    "wkt": "POLYGON ((130 10, 170 10, 170 50, 130 50, 130 10))",
}
_MAIN = {"id": "W", "kind": "water", "finish": "2019-06-01", "capacity": 800.0, "wkt": "LINESTRING (0 0, 200 0)"}
_WORKS = {"id": "S", "kind": "water", "finish": "2015-01-01", "capacity": 500.0, "wkt": "POINT (0 0)"}
PASSES = mini(parcels=[_PLOT, _NEXT], pipes=[_MAIN], sources=[_WORKS])
FAILS = mini(parcels=[_PLOT, _NEXT], pipes=[_MAIN], sources=[_WORKS | {"capacity": 400.0}])
