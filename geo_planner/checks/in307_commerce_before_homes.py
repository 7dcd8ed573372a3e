"""The first shops and offices are not finished before the first homes (a rule of the Suzhou model).

"Industry first, then homes, and last shops and all that makes a city" (a first planner of SIP, as quoted by igdzc.com): of
the two that follow industry, housing comes before commerce. As for IN303, the records must be complete from a day on, else nobody can tell what was first.
Practice differs: it is information only, and the parameter `enabled` switches it off.

Cannot see: parcels without a date of completion (unknown), shops on the ground floor of homes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts.progress import history_from, parties
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import counterpart
from .waits import first_of, together

SEVERITY = "info"
cause = counterpart
LAYERS = ("parcels",)
COLUMNS = ("parcels.finish",)
MEANS = ("group",)

ZH = Text(
    title="商业早于首批住宅建成",
    message="园区 {park_id}：商业地块 {id} 于 {day} 建成，早于首批住宅 {other_id}（{homes_day}）{value:.0f} 天",
    advice="按“先产业、再住宅、后商业”的顺序安排",
    trap="服务产业工人的邻里中心应标注为配套",
)
EN = Text(
    title="Commerce finished before the first homes",
    message="park {park_id}: commercial parcel {id} is finished on {day}, {value:.0f} days before the first homes {other_id} ({homes_day})",
    advice="follow the order industry, housing, commerce",
    trap="neighbourhood centres that serve workers must be marked as ancillary",
)
REMEDY = {"happened": ("核实商业空置情况，允许过渡性用途，加快周边住宅交付", "check for vacant shops, allow interim uses, and have the homes around them completed")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    allowance: float = param(0.0, unit="d", source="project default, no standard", zh="允许提前天数")
    history_from: str = param(
        "",
        unit="date, as 2006-05-10",
        source="your own: the day from which the records are complete",
        zh="记录完整起始日",
    )
    founding: float = param(
        730.0, unit="d", source="project default, no standard", zh="首条记录距园区设立的最大天数（否则视为记录不全）"
    )
    enabled: bool = param(
        True,
        unit="yes or no",
        source="a variant of the Suzhou model; profiles of other parks switch it off",
        zh="是否检查",
    )


def check(plan: Plan, p: Params) -> Findings:
    """Commercial parcels that are finished before the first homes of their park; evidence: the parcel."""
    if not p.enabled:
        raise Skipped("switched_off")
    parcels, table = plan["parcels"], parties(plan)
    table["finish"] = parcels["finish"]
    table = table[~table["exempt"] & table["park"].notna()]
    homes = table[(table["group"] == "housing") & table["finish"].notna()]
    first = homes.sort_values(["finish", "id"]).drop_duplicates("park").set_index("park")
    shops = table[(table["group"] == "commerce") & table["park"].isin(first.index)]
    undated = shops.loc[shops["finish"].isna(), "id"]
    shops = shops[shops["finish"].notna()]
    known = history_from(plan, p.history_from, p.founding).loc[shops.index]
    dark = shops.loc[~(shops["finish"] >= known), "id"]
    shops = shops[shops["finish"] >= known]
    homes_day = first["finish"].reindex(shops["park"]).to_numpy()
    early = (homes_day - shops["finish"].to_numpy()) / np.timedelta64(1, "D")
    bad = early > p.allowance
    late = shops[bad]
    rows = Rows(
        layer="parcels",
        id=late["id"],
        geometry=parcels.geometry.loc[late.index],
        other_layer="parcels",
        other_id=first["id"].reindex(late["park"]).to_numpy(),
        value=early[bad],
        limit=p.allowance,
        unit="d",
        since=late["finish"],
        until=homes_day[bad],
        args={"park_id": late["park"], "day": late["finish"], "homes_day": homes_day[bad]},
    )
    return findings(
        plan.crs, rows, judged=len(shops), unknown=[("parcels", undated, "no_finish"), ("parcels", dark, "no_history")]
    )


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """The completion of each shop now too early waits for the first homes of its park."""
    if not p.enabled:
        return together([])
    table = parties(plan)
    homes = table[~table["exempt"] & (table["group"] == "housing") & plan["parcels"]["finish"].notna()]
    shops = table[table["id"].isin(check(plan, p).rows["id"])]
    arcs = first_of(homes, shops, ("park", "first homes"), ("finish", "finish"))
    return arcs.assign(lag=-float(p.allowance))


_HOMES = {
    "id": "B",
    "park": "K",
    "code": "R2",
    "scheme": "gb50137",
    "finish": "2012-01-01",
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
_SHOPS = {
    "id": "C",
    "park": "K",
    "code": "B1",
    "scheme": "gb50137",
    "wkt": "POLYGON ((400 0, 500 0, 500 100, 400 100, 400 0))",
}
_PARK = {"id": "K", "start": "2011-01-01", "wkt": "POLYGON ((0 0, 500 0, 500 100, 0 100, 0 0))"}
PASSES = mini(parks=[_PARK], parcels=[_HOMES, _SHOPS | {"finish": "2012-06-01"}])
FAILS = mini(parks=[_PARK], parcels=[_HOMES, _SHOPS | {"finish": "2011-06-01"}])
