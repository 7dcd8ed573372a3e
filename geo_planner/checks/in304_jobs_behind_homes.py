"""Jobs in working plants keep ahead of the workers that are housed, until the park is nearly built out.

先工业后商住, in people instead of hectares: at every date J(t) >= theta * W(t), J the jobs in plants that are in production,
W the workers housed, dwellings in use times household size times share that works. Judged while less
than `built_out` of the planned land has been finished.

Cannot see: parcels without jobs or dwellings (listed as unknown), commuters, dormitory beds outside dwellings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..algorithms.overlay import together
from ..facts.population import FILLED, told_share
from ..facts.progress import parties
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
COLUMNS = ("parcels.used", "parcels.jobs", "parcels.dwellings")
MEANS = ("group",)

ZH = Text(
    title="就业滞后于入住",
    message="园区 {id}：至 {worst_day}，已投产岗位 {jobs_now:.0f} 个，少于已入住劳动力 {workers:.0f} 人的 {theta:g} 倍（缺 {value:.0f} 个；填写率 {filled:.0f}%）",
    advice="放缓住宅交付，或加快企业投产",
    trap="岗位、套数应按已投产、已入住部分填写",
)
EN = Text(
    title="Jobs behind homes",
    message="park {id}: by {worst_day}, {jobs_now:.0f} jobs are in production, fewer than {theta:g} times the {workers:.0f} workers housed ({value:.0f} short; told by {filled:.0f} %)",
    advice="hand over homes later, or bring plants into production sooner",
    trap="jobs and dwellings count from the day of first use",
)
REMEDY = {"happened": ("督促企业投产、补充岗位；未交付住宅按就业增长分批交付", "press for production and add jobs; hand over the homes still to come as jobs grow")}  # fmt: skip
_SOURCE = "project default, no standard"


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    theta: float = param(1.0, unit="jobs per worker housed", source=_SOURCE, zh="岗位与劳动力之比下限")
    household: float = param(2.6, unit="people per dwelling", source=_SOURCE, zh="户均人口")
    working: float = param(0.55, unit="workers per person", source=_SOURCE, zh="就业人口比例")
    filled_least: float = param(FILLED, unit="ratio", source=_SOURCE, zh="岗位、住房填写率下限（低于此值不判）")
    built_out: float = param(80.0, unit="% of land", source=_SOURCE, zh="建成比例达到后不再判定")


def check(plan: Plan, p: Params) -> Findings:
    """Each park with the date on which jobs are shortest of workers housed; evidence: the homes in use by then."""
    parcels, table = plan["parcels"], parties(plan)
    table["jobs"], table["dwellings"] = parcels["jobs"], parcels["dwellings"]
    homes = (table["group"] == "housing") & ~table["exempt"]
    works = table["group"] == "industry"
    blank = (homes & (table["dwellings"].isna() | table["used"].isna())) | (
        works & (table["jobs"].isna() | table["used"].isna())
    )
    sides = [(r.to_numpy(), table[c].notna().to_numpy()) for r, c in ((works, "jobs"), (homes, "dwellings"))]
    blocks, judged, partly = [], 0, []
    for park, members in table[(homes | works) & ~blank & table["park"].notna()].groupby("park", sort=True):
        filled = told_share(table["park"].to_numpy(dtype=object), [str(park)], sides)[0]
        if filled < p.filled_least:
            partly.append(str(park))
            continue
        days = np.unique(members["used"].to_numpy())
        jobs = _cumulated(members, members["jobs"].fillna(0.0).to_numpy() * (members["group"] == "industry"), days)
        housed = members["dwellings"].fillna(0.0).to_numpy() * (members["group"] == "housing") * p.household * p.working
        workers = _cumulated(members, housed, days)
        used = _cumulated(members, members["area"].to_numpy(), days) / table.loc[table["park"] == park, "area"].sum()
        short = np.where(100.0 * used < p.built_out, p.theta * workers - jobs, 0.0)
        judged += len(members)
        worst = int(np.argmax(short))
        if short[worst] > 0.5:
            living = members[(members["group"] == "housing") & (members["used"] <= days[worst])]
            blocks.append(
                Rows(
                    layer="parks",
                    id=[park],
                    geometry=[together(parcels.geometry.loc[living.index].array)],
                    value=short[worst],
                    limit=0.0,
                    unit="jobs",
                    since=days[np.argmax(short > 0.5)],
                    args={
                        "worst_day": days[worst],
                        "jobs_now": jobs[worst],
                        "workers": workers[worst],
                        "filled": 100.0 * filled,
                    },
                )
            )
    return findings(
        plan.crs,
        *blocks,
        judged=judged,
        unknown=[("parcels", table.loc[blank, "id"], "no_attribute"), ("parks", partly, "partly_filled")],
    )


def _cumulated(members: pd.DataFrame, amount: Any, days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return how much is in use by each day."""
    used = members["used"].to_numpy()
    order = np.argsort(used, kind="stable")
    total = np.concatenate([[0.0], np.asarray(amount, dtype=float)[order].cumsum()])
    return np.asarray(total[np.searchsorted(used[order], days, side="right")])


_WORKS = {
    "id": "A",
    "park": "K",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2011-01-01",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_HOMES = {
    "id": "B",
    "park": "K",
    "code": "R2",
    "scheme": "gb50137",
    "dwellings": 100.0,
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
_LATER = {
    "id": "C",
    "park": "K",
    "code": "G1",
    "scheme": "gb50137",
    "wkt": "POLYGON ((0 200, 300 200, 300 300, 0 300, 0 200))",
}
PASSES = mini(parcels=[_WORKS | {"jobs": 150.0}, _HOMES | {"used": "2012-01-01"}, _LATER])
FAILS = mini(parcels=[_WORKS | {"jobs": 100.0}, _HOMES | {"used": "2012-01-01"}, _LATER])
