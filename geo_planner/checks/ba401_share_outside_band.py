"""The shares of production, living and ecology lie in the bands the park has set itself.

生产·生活·生态. Shared infrastructure is left out of the denominator. The bands are a proposal for a park that is both works
and town (产城融合); a pure works park needs others, which its own profile gives. No law sets these figures.

Cannot see: parcels whose class is unknown (listed as unknown, and their area is in no share), quality of what is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.overlay import together
from ..facts.landuse.balance import CLASSES, counted_as, shares
from ..facts.landuse.valid_shapes import valid_shapes
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import land_structure
from .tables.contested import Contested

SEVERITY = "warning"
cause = land_structure
LAYERS = ("parcels",)
MEANS = ("balance",)
OPTIONAL = ("parks",)

ZH = Text(
    title="三生结构偏离目标区间",
    message="园区 {id} 的{class_zh}用地占 {value:.1f}%，目标为 {low:.0f}%–{high:.0f}%",
    advice="调整未供用地的用途，或在园区参数中说明目标区间的依据",
    trap="道路与公用设施不计入分母；纯工业区应改用纯工业区的目标区间",
)
EN = Text(
    title="Share outside its band",
    message="park {id}: {class_name} land is {value:.1f} %, the band is {low:.0f}–{high:.0f} %",
    advice="change the use of land not yet granted, or give the grounds of another band in the park's profile",
    trap="roads and utilities are left out of the denominator; a pure works park needs its own bands",
)
NAMES_ZH = {"production": "生产", "living": "生活", "ecology": "生态"}
_SOURCE = "project proposal for a 产城 park, no standard"


@dataclass(frozen=True, kw_only=True)
class Params(Contested):
    """The bands, and how contested land is counted; the balance figures of the report follow these switches."""

    production: tuple[float, ...] = param((40.0, 60.0), unit="%", source=_SOURCE, zh="生产用地区间")
    living: tuple[float, ...] = param((20.0, 40.0), unit="%", source=_SOURCE, zh="生活用地区间")
    ecology: tuple[float, ...] = param((15.0, 25.0), unit="%", source=_SOURCE, zh="生态用地区间")


def check(plan: Plan, p: Params) -> Findings:
    """Each park and class whose share is outside its band; evidence: the parcels of that class."""
    how = p.switches()
    table, use = shares(plan, how), counted_as(plan, how)
    table = table[table["total"] > 0]
    blocks = []
    for name in CLASSES:
        low, high = getattr(p, name)
        value = 100.0 * table[f"{name}_share"].to_numpy()
        bad = (value < low - 1e-9) | (value > high + 1e-9)
        for park, share in zip(table["park"][bad], value[bad], strict=True):
            mine = (use["counted"] & (use["park"] == park)).to_numpy()
            of_class = mine & (use[f"w_{name}"] > 0).to_numpy()
            shape = together(valid_shapes(plan, "parcels")[of_class if of_class.any() else mine])
            blocks.append(
                Rows(
                    layer="parks",
                    id=[park],
                    geometry=[shape],
                    other_id=name,
                    value=share,
                    limit=low if share < low else high,
                    unit="%",
                    args={"class_name": name, "class_zh": NAMES_ZH[name], "low": low, "high": high},
                )
            )
    unknown = [
        ("parcels", use.loc[use["ple"].isna() & (use["reason"] == key), "id"], key)
        for key in sorted(set(use["reason"].dropna()))
    ]
    unknown.append(("parcels", use.loc[use["ple"].notna() & use["park"].isna(), "id"], "no_park"))
    judged = int(np.count_nonzero(use["counted"] & use["park"].notna()))
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _land(name: str, code: str, x: int, width: int) -> dict[str, object]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "park": "K",
        "wkt": f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))",
    }


PASSES = mini(parcels=[_land("A", "M1", 0, 50), _land("B", "R2", 50, 30), _land("C", "G1", 80, 20)])
FAILS = mini(parcels=[_land("A", "M1", 0, 50), _land("B", "R2", 50, 45), _land("C", "G1", 95, 5)])
