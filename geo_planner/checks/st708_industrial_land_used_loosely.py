"""Industrial land reaches its floor-area ratio and building coefficient, and keeps offices and lawns small.

工业用地集约度. Each parcel is judged by the edition in force on the day it was granted (else started): 国土资发〔2008〕24号 with its
floor-area ratios by industry and a building coefficient of 30 %, 自然资发〔2023〕72号 with 40 %; offices and staff services at most
7 %, green at most 20 %. The table of 2008 counts by GB/T 4754-2002: codes of 2011 and 2017 are matched by name, a code whose edition
neither the parcel nor the profile tells is unknown. Land to come is judged by the last edition. Logistics land: green only.

Cannot see: the floor-area ratios of 2023 (parcels granted since are unknown in that), the 15 % floor rule, investment per hectare,
storeys above 8 m (they count double; `far` is taken as given), phases still unbuilt: an unfinished parcel is judged as planned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts.landuse.roles import group_is, means, unread
from ..facts.nearby import Array
from ..plan import Findings, Plan, Rows, findings
from ..plan.editions import in_force
from .contract import Text, mini, param
from .tables import FAR_FLOORS, table

SEVERITY = "error"
LAYERS = ("parcels",)
REACH = 0.0
MEANS = ("group", "use")

ZH = Text(
    title="工业用地粗放",
    message="工业地块 {id} 的{what_zh}为 {value:.2f}，控制指标为 {limit:.2f}",
    advice="提高容积率和建筑系数，压缩行政办公、绿化用地，或分期供地",
    trap="行业容积率下限取 2008 年版表二；2023 年版表未收录",
)
EN = Text(
    title="Industrial land used loosely",
    message="industrial parcel {id} has {what} {value:.2f}; the control value is {limit:.2f}",
    advice="build more densely, shrink offices and lawns, or grant the land in phases",
    trap="floors of the floor-area ratio are those of 2008; the table of 2023 is not held",
)
REMEDY = {"happened": ("依约核查投资强度与容积率，限期追加建设；未达标的按合同处理或收回空余用地", "hold the owner to the contract: build up within a term; else the contract's remedies, or the spare land is taken back")}  # fmt: skip
_WHAT = {
    "far": ("容积率", "a floor-area ratio of"),
    "density": ("建筑系数（%）", "a building coefficient (%) of"),
    "admin_share": ("行政办公及生活服务用地占比（%）", "a share of offices and services (%) of"),
    "green": ("绿地率（%）", "a green ratio (%) of"),
}


SPRING_2023 = ("2023-05-31", "2023-06-01")
DOUBT = "the day on which the edition of 2023 began is from memory and doubtful (生效日期存疑)"


@dataclass(frozen=True, kw_only=True)
class Params:
    """Control values of industrial projects."""

    table: tuple[str, ...] = FAR_FLOORS
    far: float = param(0.7, unit="ratio", zh="行业不明时的容积率下限", source="project default, no standard")
    edition: str = param(
        "unknown",
        unit="2002, 2011 or 2017",
        zh="行业代码所属 GB/T 4754 版本",
        source="project default: told by each parcel",
    )
    far_table: tuple[tuple[str, str, float], ...] = param(
        (("2008-01-31", SPRING_2023[0], 2008.0),), unit="edition", zh="容积率下限表适用期",
        source="国土资发〔2008〕24号 table 2, secondary source; " + DOUBT,
    )  # fmt: skip
    density: tuple[tuple[str, str, float], ...] = param(
        (("2008-01-31", SPRING_2023[0], 30.0), (SPRING_2023[1], "", 40.0)), unit="%", zh="建筑系数下限",
        source="国土资发〔2008〕24号 and 自然资发〔2023〕72号, one secondary source each; " + DOUBT,
    )  # fmt: skip
    admin: tuple[tuple[str, str, float], ...] = param(
        (("2008-01-31", "", 7.0),),
        unit="%",
        zh="行政办公及生活服务用地上限",
        source="国土资发〔2008〕24号, secondary source [R]",
    )
    green: tuple[tuple[str, str, float], ...] = param(
        (("2008-01-31", "", 20.0),), unit="%", zh="绿地率上限", source="国土资发〔2008〕24号, from memory"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Industrial parcels below a floor or above a ceiling, one row for each value out of bounds; evidence: the parcel."""
    parcels, industry = plan["parcels"], group_is(plan, "industry")
    works = industry & ~means(plan, "use", "warehouse")
    day = parcels["released"].fillna(parcels["start"]).to_numpy()
    rules = (
        ("far", floors(plan, p, day), works, -1.0),
        ("density", in_force(p.density, day), works, -1.0),
        ("admin_share", in_force(p.admin, day), works, 1.0),
        ("green", in_force(p.green, day), industry, 1.0),
    )
    told = [(parcels[name].notna().to_numpy() & who, np.isnan(limit)) for name, limit, who, _ in rules]
    given = np.column_stack([there for there, _ in told]).any(axis=1)
    open_ = np.column_stack([there & none for there, none in told]).any(axis=1)
    ids = parcels["id"].to_numpy(dtype=object)
    blocks = [_block(plan, name, limit, who, sign) for name, limit, who, sign in rules]
    unknown = [("parcels", ids[industry & ~given], "no_attribute"), ("parcels", ids[open_], "no_edition")]
    return findings(plan.crs, *blocks, judged={"parcels": ids[given & ~open_]}, unknown=[*unread(plan), *unknown])


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


def floors(plan: Plan, p: Params, day: Array) -> Array:
    """Return the least floor-area ratio of each parcel by its industry; NaN where its edition, or that of the day, is unknown.

    Without an industry it is the default, whatever the day.
    """
    code = plan["parcels"]["industry"].fillna("").astype("str").str.extract(r"(\d{2,4})", expand=False).fillna("")
    edition = plan["parcels"]["industry_edition"].fillna(str(p.edition)).to_numpy(dtype=object)
    ours, least = (
        table("industry_editions"),
        table("far_floor_2008", p.table).set_index("code")["far_min"].astype(float),
    )
    known = {(e, c): t for e, c, t in zip(ours["edition"], ours["code"], ours["to_2002"], strict=True)}
    of_2002 = [
        c[:2] if e == "2002" else known.get((e, c[:2]), known.get((e, c[:3]), ""))
        for e, c in zip(edition, code, strict=True)
    ]
    floor = pd.Series(of_2002).map(least).to_numpy(dtype=float)
    floor = np.where(np.isnan(in_force(p.far_table, day)), np.nan, floor)
    return np.asarray(np.where((code == "").to_numpy(), p.far, floor), dtype=float)


_WORKS = {
    "id": "M",
    "code": "M2",
    "scheme": "gb50137",
    "industry": "C3670",
    "industry_edition": "2017",
    "released": "2012-05-01",
    "density": 45.0,
    "admin_share": 7.0,
    "green": 20.0,
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
PASSES = mini(parcels=[_WORKS | {"far": 0.7}])
FAILS = mini(parcels=[_WORKS | {"far": 0.69, "green": 30.0}])
