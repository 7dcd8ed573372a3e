"""Housing and commerce never run ahead of industry by more than a tolerance.

先工业后商住. At every date the share of industrial land (M, W) that has started is compared with the share of housing and
commercial land (R, B), per park and per phase. Resettlement housing, dormitories and neighbourhood centres are exempt:
villagers must move first, and workers need beds.

Cannot see: parcels without a date of start (counted as not started, and listed as unknown), the size of what is built
on them, and land that changes its use on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.overlay import together
from ..facts.progress import curve, scopes
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
COLUMNS = ("parcels.start",)
MEANS = ("group",)

ZH = Text(
    title="商住进度超前于工业",
    message="{scope}：至 {worst_day}，商住用地已开工 {others:.0%}，工业用地仅 {industry:.0%}，超前 {value:.1f} 个百分点（容差 {limit:.0f}）",
    advice="推迟商住地块开工，或优先启动工业地块",
    trap="安置房、职工宿舍与邻里中心应标注为安置或配套，标注后不参与判定",
)
EN = Text(
    title="Housing and commerce ahead of industry",
    message="{scope}: by {worst_day}, {others:.0%} of housing and commercial land has started, but only {industry:.0%} of industrial land: {value:.1f} points ahead (tolerance {limit:.0f})",
    advice="start housing and commerce later, or bring industry forward",
    trap="mark resettlement housing, dormitories and neighbourhood centres as such; they are then left out",
)
REMEDY = {"happened": ("暂停新增商住供地，督促已供工业地块开工投产，差距消除前不再批准商住项目", "grant no further housing or commerce and press granted industry to build and produce until the gap is closed")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(10.0, unit="percentage points", source="project default, no standard", zh="允许超前幅度")


def check(plan: Plan, p: Params) -> Findings:
    """Each park or phase whose worst lead of housing over industry passes the tolerance; evidence: the land ahead."""
    parcels = plan["parcels"]
    rows, judged = [], set()
    for scope, members in scopes(plan):
        line = curve(members)
        if line is None:
            continue
        judged |= set(members.loc[members["start"].notna(), "id"])
        worst = int(np.argmax(line.gap))
        lead = 100 * float(line.gap[worst])
        if lead <= p.tolerance + 1e-9:
            continue
        day = line.dates[worst]
        ahead = members[members["group"].isin(["housing", "commerce"]) & (members["start"] <= day)]
        over = np.flatnonzero(100 * line.gap > p.tolerance + 1e-9)
        until = line.dates[over[-1] + 1] if over[-1] + 1 < len(line.dates) else None
        rows.append(
            Rows(
                layer="parcels" if scope.phase else "parks",
                id=[scope.name if scope.phase else scope.park],
                geometry=[together(parcels.geometry.loc[ahead.index].array)],
                value=lead,
                limit=p.tolerance,
                unit="%",
                since=line.dates[over[0]],
                until=until,
                args={
                    "scope": scope.name,
                    "worst_day": day,
                    "others": line.others[worst],
                    "industry": line.industry[worst],
                },
            )
        )
    undated = parcels.loc[parcels["start"].isna(), "id"]
    homeless = parcels["park"].isna() & (not plan.has("parks"))  # taken for one park, for nothing tells them apart
    unknown = [("parcels", undated, "no_start"), ("parcels", parcels.loc[homeless, "id"], "no_park")]
    return findings(plan.crs, *rows, judged=("parcels", sorted(judged)), unknown=unknown)


_WORKS = {
    "id": "A",
    "park": "K",
    "code": "M1",
    "scheme": "gb50137",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_HOMES = {
    "id": "B",
    "park": "K",
    "code": "R2",
    "scheme": "gb50137",
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
PASSES = mini(parcels=[_WORKS | {"start": "2010-01-01"}, _HOMES | {"start": "2010-01-01"}])
FAILS = mini(parcels=[_WORKS | {"start": "2012-01-01"}, _HOMES | {"start": "2010-01-01"}])
