"""A parcel has the approvals that the law asks for by the state it has reached: begun, finished, in use.

先规划后建设. 城乡规划法 Art. 37-40, 建筑法 Art. 7-9, 61. Which approvals, for which land and by which state is data (the
parameters, set in a profile under PB108). What is missing is unknown, for a permit may only not be in the data; where the
scenario declares that the approvals are complete (`complete = ["approvals"]`), it is a violation. An approval counts for the
land its own shape covers, and only for what its kind allows; one that had lapsed on the day does not count.

Cannot see: approvals that are due but depend on more than the land (site opinions of allocated land), permits out of order
(PB102), buildings outside their permits (PB104).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts.landuse.uses import uses
from ..facts.permits import lacking
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini
from .grouping import approval
from .tables.approvals import ExpectedApprovals

SEVERITY = "error"
cause = approval
LAYERS = ("parcels", "approvals")

ZH = Text(
    title="缺少应有的审批",
    message="地块 {id}：审批资料已声明完整，但缺{missing_zh}（自 {day} 起应具备），共缺 {value:.0f} 项",
    advice="核对审批档案；确未办理的，停止施工或使用，依法处理并补办",
    trap="一证覆盖多宗地块时，核对许可图形是否画全；声明完整须有依据",
)
EN = Text(
    title="An expected approval is missing",
    message="parcel {id}: the approvals are declared complete, yet there is no {missing} (due from {day} on); {value:.0f} missing",
    advice="check the files; if it was never granted, stop the works or the use; the law applies",
    trap="a permit for several parcels must be drawn whole; the word that the layer is complete needs grounds",
)
NAMES = {
    "land_grant": ("出让合同或划拨决定书", "land grant"),
    "land_permit": ("建设用地规划许可证", "land-use permit"),
    "works_permit": ("建设工程规划许可证", "works permit"),
    "construction_permit": ("施工许可证", "construction permit"),
    "acceptance": ("竣工验收备案", "record of acceptance"),
}
"""The words of each kind in both languages."""


@dataclass(frozen=True, kw_only=True)
class Params(ExpectedApprovals):
    """Numbers of this rule."""


def check(plan: Plan, p: Params) -> Findings:
    """Parcels without an approval they should have, where all approvals are on record; evidence: the parcel."""
    parcels = plan["parcels"]
    names = parcels["id"].to_numpy(dtype=object)
    short = lacking(plan, p.expected(), p.cover).sort_values(["row", "day"], kind="stable")
    missing = short[short["reason"] == "no_approval"] if plan.is_complete("approvals") else short.iloc[:0]
    told = missing.groupby("row", sort=True).agg(kinds=("kind", tuple), day=("day", "min"))
    bad = told.index.to_numpy(dtype=int)
    rows = Rows(
        layer="parcels",
        id=names[bad],
        geometry=parcels.geometry.array[bad],
        value=told["kinds"].map(len).to_numpy(dtype=float),
        limit=0.0,
        unit="approvals",
        since=told["day"].to_numpy(),
        args={
            "missing": _words(told["kinds"], 1, ", no "),
            "missing_zh": _words(told["kinds"], 0, "、"),
            "day": told["day"].to_numpy(),
        },
    )
    doubt = short[~short["row"].isin(bad)].drop_duplicates("row")
    unknown = [("parcels", names[part["row"].to_numpy(int)], str(why)) for why, part in doubt.groupby("reason")]
    sure = uses(plan)["reason"].isna().to_numpy() & ~np.isin(np.arange(len(parcels)), doubt["row"].to_numpy(int))
    return findings(plan.crs, rows, judged=("parcels", names[sure]), unknown=unknown)


def _words(kinds: pd.Series, lang: int, between: str) -> np.ndarray:
    return np.array([between.join(NAMES[k][lang] for k in one) for one in kinds], dtype=object)


_LAND = {"id": "A", "code": "M1", "scheme": "gb50137", "start": "2010-06-01", "used": "2011-06-01"}
_SQUARE = {"wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
_PAPERS = [
    {"id": kind, "kind": kind, "parcel": "A", "start": day} | _SQUARE
    for kind, day in (
        ("land_grant", "2010-01-01"),
        ("land_permit", "2010-02-01"),
        ("works_permit", "2010-03-01"),
        ("construction_permit", "2010-05-01"),
        ("acceptance", "2011-05-01"),
    )
]
PASSES = mini(complete={"approvals": None}, parcels=[_LAND | _SQUARE], approvals=_PAPERS)
FAILS = mini(complete={"approvals": None}, parcels=[_LAND | _SQUARE], approvals=[_PAPERS[0], *_PAPERS[3:]])
