"""Industrial land reaches its floor-area ratio and building coefficient, and keeps offices and lawns small.

工业用地集约度. FAR at least the floor of its industry (国土资发〔2008〕24号 table 2, GB/T 4754-2002 numbers), building
coefficient at least 40 % (自然资发〔2023〕72号; 30 % in 2008), land for offices and staff services at most 7 %, green at most
20 %. A storey above 8 m counts double in the FAR: `far` is taken as given. Logistics land is judged by its green only.

Cannot see: the 2023 FAR table (only 2008 is held), the 15 % floor rule, investment per hectare, phases still unbuilt: a
parcel without a completion date is judged as planned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..facts.landuse.roles import group_is, unread
from ..facts.landuse.uses import uses
from ..facts.nearby import Array
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import table

SEVERITY = "error"
LAYERS = ("parcels",)

ZH = Text(
    title="工业用地粗放",
    message="工业地块 {id} 的{what_zh}为 {value:.2f}，控制指标为 {limit:.2f}",
    advice="提高容积率和建筑系数，压缩行政办公、绿化用地，或分期供地",
    trap="行业容积率下限取 2008 年版表二；2023 年版数值需核对原文",
)
EN = Text(
    title="Industrial land used loosely",
    message="industrial parcel {id} has {what} {value:.2f}; the control value is {limit:.2f}",
    advice="build more densely, shrink offices and lawns, or grant the land in phases",
    trap="floors of the floor-area ratio are those of 2008; the 2023 edition must be compared",
)
_WHAT = {
    "far": ("容积率", "a floor-area ratio of"),
    "density": ("建筑系数（%）", "a building coefficient (%) of"),
    "admin_share": ("行政办公及生活服务用地占比（%）", "a share of offices and services (%) of"),
    "green": ("绿地率（%）", "a green ratio (%) of"),
}


@dataclass(frozen=True, kw_only=True)
class Params:
    """Control values of industrial projects."""

    far: float = param(0.7, unit="ratio", zh="行业不明时的容积率下限", source="project default, no standard")
    density: float = param(40.0, unit="%", zh="建筑系数下限", source="自然资发〔2023〕72号, secondary source [R]")
    admin: float = param(
        7.0, unit="%", zh="行政办公及生活服务用地上限", source="国土资发〔2008〕24号, secondary source [R]"
    )
    green: float = param(20.0, unit="%", zh="绿地率上限", source="国土资发〔2008〕24号, from memory")


def check(plan: Plan, p: Params) -> Findings:
    """Industrial parcels below a floor or above a ceiling, one row for each value out of bounds; evidence: the parcel."""
    parcels, table_ = plan["parcels"], uses(plan)
    industry = group_is(plan, "industry")
    works = industry & ~table_["code"].fillna("").astype("str").str.startswith(("W", "11")).to_numpy()
    rules = (
        ("far", floors(plan, p), works, -1.0),
        ("density", np.full(len(parcels), p.density), works, -1.0),
        ("admin_share", np.full(len(parcels), p.admin), works, 1.0),
        ("green", np.full(len(parcels), p.green), industry, 1.0),
    )
    given = np.column_stack([parcels[name].notna().to_numpy() & who for name, _, who, _ in rules]).any(axis=1)
    ids = parcels["id"].to_numpy(dtype=object)
    blocks = [_block(plan, name, limit, who, sign) for name, limit, who, sign in rules]
    return findings(
        plan.crs,
        *blocks,
        judged=int(given.sum()),
        unknown=[*unread(plan), ("parcels", ids[industry & ~given], "no_attribute")],
    )


def _block(plan: Plan, name: str, limit: Array, who: Array, sign: float) -> Rows:
    parcels = plan["parcels"]
    value = parcels[name].to_numpy(dtype=float)
    bad = who & (sign * (value - limit) > 1e-9)
    return Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[bad],
        geometry=parcels.geometry.to_numpy()[bad],
        value=value[bad],
        limit=limit[bad],
        unit="ratio" if name == "far" else "%",
        since=parcels["start"].to_numpy()[bad],
        args={"what_zh": _WHAT[name][0], "what": _WHAT[name][1]},
    )


def floors(plan: Plan, p: Params) -> Array:
    """Return the least floor-area ratio of each parcel by the two digits of its industry, else the default."""
    t = table("far_floor_2008").set_index("code")["far_min"].astype(float)
    digits = plan["parcels"]["industry"].fillna("").astype("str").str.extract(r"(\d{2})", expand=False)
    return np.array(digits.map(t).fillna(p.far), dtype=float)


_WORKS = {
    "id": "M",
    "code": "M2",
    "scheme": "gb50137",
    "industry": "C3670",
    "density": 45.0,
    "admin_share": 7.0,
    "green": 20.0,
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
PASSES = mini(parcels=[_WORKS | {"far": 0.7}])
FAILS = mini(parcels=[_WORKS | {"far": 0.69, "green": 30.0}])
