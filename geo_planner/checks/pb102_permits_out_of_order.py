"""The approvals of a parcel follow the order the law asks for, from master plan to start of works and first use.

先规划后建设. 总规批复 <= 控规批复 <= 用地预审与选址 <= 出让合同 <= 建设用地规划许可 <= 建设工程规划许可 <= 施工许可 <= 开工 <=
竣工 <= 验收备案 <= 投产 (城乡规划法 Art. 19-20, 36-38, 40, 45; 建筑法 Art. 7-9, 61). Equal days are allowed; an acceptance by
stages may come before the completion, and never after the first use. The first broken pair is reported, with the days
missing. A permit belongs to the land its shape covers, without a shape to the parcel it names; master and detailed plans apply
where they cover the inner point. The order of a parcel that lacks an expected approval is unknown (PB108 says which).

Cannot see: permits that are not on record, void permits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..facts.landuse.uses import uses
from ..facts.permits import ACCEPTED, STEPS, USED, lacking, permit_steps
from ..facts.progress import first_break
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import approval
from .tables.approvals import STEPS_EN, STEPS_ZH, ExpectedApprovals
from .waits import Choice, alternatives
from .waits import rows as rows_of

SEVERITY = "error"
cause = approval
LAYERS = ("parcels", "approvals")
COLUMNS = ("approvals.start", "approvals.parcel")

ZH = Text(
    title="审批次序颠倒",
    message="地块 {id}：{later_zh}（{later_day}）早于{earlier_zh}（{earlier_day}），相差 {value:.0f} 天",
    advice="核对审批日期；属实的，按法定次序补办并说明",
    trap="同一地块分期办证时，应按分期拆分地块后再判",
)
EN = Text(
    title="Permits out of order",
    message="parcel {id}: {later} ({later_day}) comes before {earlier} ({earlier_day}), by {value:.0f} days",
    advice="check the dates; if true, put the approvals in order and explain",
    trap="a parcel with permits by stages must be split into its stages first",
)
REMEDY = {"happened": ("核对审批日期；属实的依法查处，按规定补办手续并说明", "check the dates; if true, the law applies: obtain what is missing by the rules and explain")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params(ExpectedApprovals):
    """Numbers of this rule."""

    allowance: float = param(
        0.0, unit="d", source="城乡规划法, 建筑法: order without a grace period (from memory)",
        clause="第36–40条；第7–9条", zh="允许倒置天数",
    )  # fmt: skip


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel with the first pair of steps that is out of order; evidence: the parcel."""
    parcels = plan["parcels"]
    days = _days(plan)
    known = ~np.isnat(days)
    bad, before, after = first_break(days, p.allowance)
    started = parcels["start"].notna().to_numpy()
    bare = _lacks(plan, p, started & ~known[:, 2:7].any(axis=1))
    bare[bad] = False
    a, b = days[bad, before], days[bad, after]
    rows = Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[bad],
        geometry=parcels.geometry.array[bad],
        value=(a - b) / np.timedelta64(1, "D"),
        limit=p.allowance,
        unit="d",
        since=b,
        until=a,
        args={
            "earlier": np.array(STEPS_EN)[before],
            "later": np.array(STEPS_EN)[after],
            "earlier_zh": np.array(STEPS_ZH)[before],
            "later_zh": np.array(STEPS_ZH)[after],
            "earlier_day": a,
            "later_day": b,
        },
    )
    ids, undated = parcels["id"].to_numpy(dtype=object), ~started & known[:, 2:7].any(axis=1)
    undated[bad] = undated[bare] = False
    unknown = [("parcels", ids[bare], "no_approval"), ("parcels", ids[undated], "no_start")]
    judged = (known.sum(axis=1) >= 2) & ~bare & ~undated
    return findings(plan.crs, rows, judged=("parcels", ids[judged]), unknown=unknown)


def _lacks(plan: Plan, p: Params, bare: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which parcels lack an approval they should have; of land whose use cannot be told, those without any."""
    out = np.asarray(bare & uses(plan)["reason"].notna().to_numpy())
    short = lacking(plan, p.expected(), p.cover)
    out[short.loc[short["reason"].isin(["no_approval", "no_date"]), "row"].to_numpy(dtype=int)] = True
    return out


def _days(plan: Plan) -> np.ndarray[Any, Any]:
    """One row per parcel, one column per step: the earliest date on record, NaT where there is none."""
    steps = permit_steps(plan).drop_duplicates(["row", "step"])
    days = np.full((len(plan["parcels"]), len(STEPS)), np.datetime64("NaT"), dtype="datetime64[D]")
    days[steps["row"], steps["step"]] = steps["day"].to_numpy().astype("datetime64[D]")
    by_stages = days[:, ACCEPTED] < days[:, STEPS.index("finish")]
    days[by_stages, ACCEPTED] = np.datetime64("NaT")
    return days


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """Each step waits for those before it; where a step has several papers, for one of them."""
    steps = permit_steps(plan)
    known = steps[["row", "step"]].drop_duplicates()
    both = known.merge(known.rename(columns={"step": "ahead"}), on="row")
    pairs = both[(both["ahead"] < both["step"]) & (both[["ahead", "step"]] != ACCEPTED).all(axis=1)]
    if not p.allowance:
        pairs = pairs.drop_duplicates(["row", "step"], keep="last")
    pairs = pd.concat([pairs, both[(both["ahead"] == ACCEPTED) & (both["step"] == USED)]])
    ahead = steps.rename(columns={"step": "ahead"})
    both = pairs.merge(steps, on=["row", "step"]).merge(ahead, on=["row", "ahead"], suffixes=("", "_before"))
    names = {c: both[c].to_numpy(dtype=object) for c in both.columns}
    return rows_of(
        (names["layer_before"], names["date_before"]),
        (names["layer"], names["date"]),
        (names["id_before"], names["id"]),
        lag=-float(p.allowance),
        choice=Choice(group=alternatives(both["row"], both["step"], both["ahead"], both["id"])),
    )


_PARCEL = {"id": "A", "start": "2010-06-01", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
_GRANT = {
    "id": "X1",
    "kind": "land_grant",
    "parcel": "A",
    "start": "2010-01-01",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_PERMIT = {
    "id": "X2",
    "kind": "construction_permit",
    "parcel": "A",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
PASSES = mini(parcels=[_PARCEL], approvals=[_GRANT, _PERMIT | {"start": "2010-05-01"}])
FAILS = mini(parcels=[_PARCEL], approvals=[_GRANT, _PERMIT | {"start": "2010-09-01"}])
