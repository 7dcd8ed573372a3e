"""The land of a park is not given to one class alone: evenness (均衡度) is not below the line.

J = H / ln S with S = 3, the classes of the scheme (production, living, ecology), whether present or not. 1 is even, 0 is one
class alone. The formula is Shannon's.

Cannot see: whether an uneven structure is meant (a works park beside a town has its living land next door).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.overlay import together
from ..facts.landuse.balance import counted_as, shares
from ..facts.landuse.valid_shapes import valid_shapes
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import land_structure
from .tables.contested import Contested

SEVERITY = "info"
cause = land_structure
LAYERS = ("parcels",)
MEANS = ("balance",)
OPTIONAL = ("parks",)

ZH = Text(
    title="三生用地均衡度偏低",
    message="园区 {id} 三生用地均衡度 J={value:.3f}，低于提醒线 {limit:.2f}",
    advice="结合周边城区功能判断，必要时补充短板用地",
    trap="与城区相邻的纯工业区均衡度天然偏低",
)
EN = Text(
    title="Land use uneven",
    message="park {id}: evenness J = {value:.3f}, below the line {limit:.2f}",
    advice="weigh it with what lies around the park, and add the class that is short",
    trap="a pure works park beside a town is uneven by nature",
)


@dataclass(frozen=True, kw_only=True)
class Params(Contested):
    """The line, and how contested land is counted."""

    line: float = param(
        0.6, unit="J", source="project proposal, no standard (formula: Shannon evenness)", zh="均衡度提醒线"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parks whose evenness is below the line; evidence: the parcels that are counted."""
    how = p.switches()
    table, use = shares(plan, how), counted_as(plan, how)
    table = table[table["total"] > 0]
    low = table[table["evenness"] < p.line]
    shapes = [
        together(valid_shapes(plan, "parcels")[(use["counted"] & (use["park"] == park)).to_numpy()])
        for park in low["park"]
    ]
    rows = Rows(layer="parks", id=low["park"], geometry=shapes, value=low["evenness"], limit=p.line, unit="J")
    unknown = [
        ("parcels", use.loc[use["ple"].isna() & (use["reason"] == key), "id"], key)
        for key in sorted(set(use["reason"].dropna()))
    ]
    return findings(plan.crs, rows, judged=int(np.count_nonzero(use["counted"] & use["park"].notna())), unknown=unknown)


def _land(name: str, code: str, x: int, width: int) -> dict[str, object]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "park": "K",
        "wkt": f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))",
    }


PASSES = mini(parcels=[_land("A", "M1", 0, 50), _land("B", "R2", 50, 30), _land("C", "G1", 80, 20)])
FAILS = mini(parcels=[_land("A", "M1", 0, 95), _land("B", "R2", 95, 3), _land("C", "G1", 98, 2)])
