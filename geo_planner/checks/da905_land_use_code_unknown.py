"""Every parcel has a land-use code that its scheme knows.

A code is never read without its scheme: the same digits mean different things in different schemes. A parcel whose code
is unknown is in no balance and no curve, so it is reported, never dropped.

Cannot see: a code that is known and wrong, a scheme that was told wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..facts.landuse.uses import uses
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "error"
cause = habit
LAYERS = ("parcels",)
REACH = 0.0
COLUMNS = ("parcels.code",)

ZH = Text(
    title="用地代码无法识别",
    message="地块 {id} 的用地代码“{code_written}”不在分类标准 {scheme} 中",
    advice="核对代码与分类标准（2011国标、2023指南、三调代码不可混用）",
    trap="同一数字代码在不同标准中含义不同，例如 1001 在三调中是铁路用地",
)
EN = Text(
    title="Land-use code unknown",
    message="parcel {id}: the code '{code_written}' is not in scheme {scheme}",
    advice="check the code and its scheme (the 2011 code, the 2023 guide and the survey must not be mixed)",
    trap="the same digits mean different things: 1001 is industry in the guide and railway in the survey",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    warn_only: bool = param(False, unit="yes or no", source="project default, no standard", zh="仅作提醒")


def check(plan: Plan, p: Params) -> Findings:
    """Parcels with a code their scheme does not know; evidence: the parcel. No code or no scheme is unknown."""
    parcels, table = plan["parcels"], uses(plan)
    bad = (table["reason"] == "unknown_code").to_numpy()
    rows = Rows(
        layer="parcels",
        id=parcels["id"][bad],
        geometry=parcels.geometry.array[bad],
        severity="warning" if p.warn_only else "",
        args={"code_written": parcels["code"][bad], "scheme": parcels["scheme"][bad]},
    )
    unknown = [("parcels", parcels["id"][(table["reason"] == key).to_numpy()], key) for key in ("no_code", "no_scheme")]
    judged = parcels["id"][(~table["reason"].isin(["no_code", "no_scheme"])).to_numpy()]
    return findings(plan.crs, rows, judged={"parcels": judged}, unknown=unknown)


_PARCEL = {"id": "A", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
PASSES = mini(parcels=[_PARCEL | {"code": "M1"}])
FAILS = mini(parcels=[_PARCEL | {"code": "Q7"}])
