"""The planned use of land stays as it was once the first permits are out.

先规划后建设, as 一张蓝图干到底: the share of a park's land whose class today is in another group (production, living,
ecology) than the plan says. Many changes mean that the plan followed the projects.

Cannot see: changes that were written back into the plan layer, the dates of single changes (a five-year window
needs the history of the plan, which files do not carry).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..algorithms.overlay import together
from ..facts.landuse.uses import uses
from ..plan import Findings, Plan, Rows, findings
from ..plan.landuse import classify
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
COLUMNS = ("parcels.planned_code", "parcels.code")

ZH = Text(
    title="规划用途变更过多",
    message="园区 {id} 有 {value:.1f}% 的用地现用途与规划的三生类别不同（提醒线 {limit:.0f}%）",
    advice="说明调整依据，评估规划的严肃性与稳定性",
    trap="规划图层若已按现状更新，则看不出变更",
)
EN = Text(
    title="Plan changed too often",
    message="in park {id}, {value:.1f} % of the land is used for another of production, living, ecology than planned (warning line {limit:.0f} %)",
    advice="state the grounds of each change and weigh the stability of the plan",
    trap="a plan layer that was updated to what was built shows no change",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    share: float = param(10.0, unit="%", source="project default", zh="变更面积提醒线")


def check(plan: Plan, p: Params) -> Findings:
    """Parks whose changed land passes the share; evidence: the changed parcels together."""
    parcels, table = plan["parcels"], uses(plan).copy()
    table["planned"] = classify(parcels["planned_code"], parcels["scheme"], plan.schemes)["ple"].to_numpy()
    known = table["ple"].notna() & table["planned"].notna() & table["park"].notna()
    rows = []
    for park, members in table[known].groupby("park", sort=True):
        changed = members[members["ple"] != members["planned"]]
        share = 100.0 * changed["area"].sum() / members["area"].sum()
        if share > p.share:
            shape = together(parcels.geometry.loc[changed.index].array)
            rows.append(Rows(layer="parks", id=[park], geometry=[shape], value=share, limit=p.share, unit="%"))
    return findings(plan.crs, *rows, judged=int(known.sum()), unknown=[("parcels", table.loc[~known, "id"], "no_code")])


_PARCEL = {
    "id": "A",
    "scheme": "gb50137",
    "planned_code": "M1",
    "park": "K",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
PASSES = mini(parcels=[_PARCEL | {"code": "M2"}])
FAILS = mini(parcels=[_PARCEL | {"code": "R2"}])
