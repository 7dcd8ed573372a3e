"""Granted land is built on within a year of the day agreed; after two years it may be taken back.

闲置土地处置办法 (Ministry of Land and Resources, Order 53, 2012): no start one year after the agreed day is idle land (fee 20 %
of the land price); two years, it may be taken back free of charge. Land that has started but has less than a third of
its area developed or a quarter of its investment made, and stopped for a year, is idle too: whether works stopped is in
no layer, so such land, begun a year ago and not finished, is unknown. Land has not started where its start is planned
for later than the as-of day, or where its share developed or invested is 0; a start that is only missing is unknown.

Cannot see: delays that are the government's fault (the law exempts them), whether works have stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "error"
LAYERS = ("parcels",)
REACH = 0.0
ALONE = True
COLUMNS = ("parcels.contract_start",)

ZH = Text(
    title="闲置土地",
    message="地块 {id} 约定 {agreed} 开工，至 {until_day} 仍未开工，已逾期 {value:.0f} 天（{limit:.0f} 天起认定闲置）",
    advice="核实原因；属企业原因的，满一年征缴闲置费，满两年依法收回",
    trap="因政府原因或不可抗力延误的不属企业闲置，须附说明",
)
EN = Text(
    title="Land left idle",
    message="parcel {id} was to start on {agreed}; by {until_day} it had not, {value:.0f} days over (idle from {limit:.0f} days)",
    advice="find the cause; if it is the owner's, the fee is due after one year and the land may be taken back after two",
    trap="delays by the government or by force of nature are exempt and need a note",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    idle: float = param(
        365.0,
        unit="d",
        source="闲置土地处置办法, 国土资源部令第53号 (from memory)",
        clause="第二条、第十四条",
        zh="认定闲置天数",
    )
    least_built: float = param(
        33.3, unit="%", source="闲置土地处置办法, 国土资源部令第53号 (from memory)", clause="第二条", zh="开发面积下限"
    )
    least_invested: float = param(
        25.0, unit="%", source="闲置土地处置办法, 国土资源部令第53号 (from memory)", clause="第二条", zh="投资额下限"
    )
    take_back: float = param(
        730.0, unit="d", source="闲置土地处置办法, 国土资源部令第53号 (from memory)", clause="第十四条", zh="可收回天数"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parcels idle on the as-of day: a warning after the first term, an error after the second; evidence: the parcel."""
    if plan.as_of is None:
        raise Skipped("no_as_of")
    parcels = plan["parcels"]
    today = np.datetime64(plan.as_of, "D")
    agreed = parcels["contract_start"].to_numpy().astype("datetime64[D]")
    start = parcels["start"].to_numpy().astype("datetime64[D]")
    known = ~np.isnat(agreed) & (agreed <= today)
    late = np.where(known, (today - agreed) / np.timedelta64(1, "D"), 0.0)
    nothing = ((parcels["built_share"] == 0) | (parcels["invested_share"] == 0)).to_numpy()
    later = ~(parcels[["finish", "used"]].min(axis=1) <= pd.Timestamp(today)).to_numpy()
    blank = np.isnat(start) & later & ~nothing
    idle = known & ((start > today) | (np.isnat(start) & nothing))
    doubt = known & blank & (late >= p.idle)
    days = np.where(idle, late, 0.0)
    bad = idle & (days >= p.idle)
    rows = Rows(
        layer="parcels",
        id=parcels["id"][bad],
        geometry=parcels.geometry.array[bad],
        value=days[bad],
        limit=p.idle,
        unit="d",
        since=agreed[bad] + np.timedelta64(int(p.idle), "D"),
        severity=np.where(days[bad] >= p.take_back, "error", "warning"),
        args={"agreed": agreed[bad], "until_day": today},
    )
    granted = parcels["released"].notna().to_numpy() & np.isnat(agreed) & later & ~(start <= today)
    little = ((parcels["built_share"] < p.least_built) | (parcels["invested_share"] < p.least_invested)).to_numpy()
    halted = known & later & little & (start <= today - np.timedelta64(int(p.idle), "D"))
    unknown = [
        ("parcels", parcels["id"][granted], "no_contract"),
        ("parcels", parcels["id"][doubt], "no_start"),
        ("parcels", parcels["id"][halted], "may_have_stopped"),
    ]
    return findings(plan.crs, rows, judged=("parcels", parcels["id"][known & ~doubt & ~halted]), unknown=unknown)


_PARCEL = {
    "id": "A",
    "contract_start": "2020-01-01",
    "built_share": 0.0,
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
PASSES = mini(as_of="2026-06-30", parcels=[_PARCEL | {"start": "2020-12-01", "built_share": 60.0}])
FAILS = mini(as_of="2026-06-30", parcels=[_PARCEL])
