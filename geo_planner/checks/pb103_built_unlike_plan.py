"""Use, floor-area ratio, density, green ratio and height of a parcel keep to its plan.

先规划后建设. 城乡规划法 Art. 38, 40, 64: planning conditions bind the building. Each bound of the plan table is compared where
both the bound and the built value are there; the worst breach of a parcel is reported (one of the least
floor-area ratio where there is no other). Its highest building outranks a lower
height on record; where no floor-area ratio or density is on record, the buildings tell the least that it can be.

Cannot see: parcels whose plan table is empty (unknown), bonus floor area granted later, uses allowed by compatibility
clauses (list them as parameter `compatible`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..facts.buildings import as_built, half_given
from ..facts.landuse.uses import uses
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.landuse import classify
from .contract import Text, mini, param

SEVERITY = "error"
LAYERS = ("parcels",)

ZH = Text(
    title="建设与控规不符",
    message="地块 {id}：{what_zh}为 {built_zh}，规划{bound_zh} {planned_zh}",
    advice="按规划条件整改；确需改变的，控规依法编制（修改）并报批",
    trap="工业用地的容积率是下限、绿地率是上限，与居住商业相反",
)
EN = Text(
    title="Built unlike the plan",
    message="parcel {id}: {what} is {built}, the plan says {bound} {planned}",
    advice="bring the building into line, or have the plan changed by law",
    trap="for industry the floor-area ratio has a floor and the green ratio a ceiling, the reverse of housing",
)

BOUNDS = (
    ("far", "far_max", 1, "容积率", "floor-area ratio"),
    ("far", "far_min", -1, "容积率", "floor-area ratio"),
    ("density", "density_max", 1, "建筑密度", "density"),
    ("green", "green_max", 1, "绿地率", "green ratio"),
    ("green", "green_min", -1, "绿地率", "green ratio"),
    ("height", "height_max", 1, "建筑高度", "height"),
)

_UNITS = {"density": (" %", " %"), "green": (" %", " %"), "height": (" 米", " m")}
_SLOTS = ("what", "what_zh", "bound", "bound_zh", "built", "built_zh", "planned", "planned_zh")


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(0.5, unit="% of the bound", source="project default for rounding", zh="取整容差")
    compatible: tuple[str, ...] = param(
        (), unit="code pairs built<planned, as R2<B1", source="project default: none", zh="相容用地"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parcels that break a bound of their plan, with the worst breach; evidence: the parcel."""
    parcels, tallest = as_built(plan)
    blocks = [_breaches(parcels, bound, p.tolerance) for bound in BOUNDS]
    wrong_use, has_use = _uses(plan, p.compatible)
    blocks.append(wrong_use)
    table = pd.concat(blocks, ignore_index=True)
    has_bound = has_use | np.logical_or.reduce(
        [(parcels[a].notna() & parcels[b].notna()).to_numpy() for a, b, *_ in BOUNDS]
    )
    if not has_bound.any():
        raise Skipped("no_column", columns=["parcels.planned_code", "parcels.far_max"])
    order = table.assign(floor=table["what"].eq("floor-area ratio") & table["bound"].eq("at least"))
    order = order.sort_values(["row", "floor", "excess", "what"], ascending=[True, True, False, True])
    worst = order.drop_duplicates("row")
    at = worst["row"].to_numpy(dtype=int)
    by = np.where(worst["what"] == "height", tallest[at], "")
    rows = Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[at],
        geometry=parcels.geometry.array[at],
        other_layer=np.where(by != "", "buildings", ""),
        other_id=by,
        value=worst["value"],
        limit=worst["limit"],
        since=parcels["start"].to_numpy()[at],
        args={k: worst[k] for k in _SLOTS},
    )
    half = half_given(plan, parcels, [bound[:2] for bound in BOUNDS if bound[1] != "far_min"])
    floorless = half_given(plan, parcels, [bound[:2] for bound in BOUNDS]) & ~half & has_bound
    open_rows = ~has_bound | half | floorless
    open_rows[at] = False
    unknown = [
        ("parcels", parcels["id"][open_rows & ~floorless], "no_attribute"),
        ("parcels", parcels["id"][open_rows & floorless], "no_far_min"),
    ]
    return findings(plan.crs, rows, judged=("parcels", parcels["id"][~open_rows]), unknown=unknown)


def _breaches(parcels: pd.DataFrame, which: tuple[str, str, int, str, str], tolerance: float) -> pd.DataFrame:
    """Parcels over one bound, with how far."""
    built, bound, sign, zh, en = which
    value, limit = parcels[built].to_numpy(dtype=float), parcels[bound].to_numpy(dtype=float)
    excess = sign * (value - limit) / np.where(limit == 0, 1.0, limit)
    row = np.flatnonzero(excess > tolerance / 100)
    unit = _UNITS.get(built, ("", ""))
    words = ("不大于", "at most") if sign > 0 else ("不小于", "at least")
    return pd.DataFrame(
        {
            **{"row": row, "excess": excess[row], "value": value[row], "limit": limit[row]},
            **{"what": en, "what_zh": zh, "bound": words[1], "bound_zh": words[0]},
            "built": [f"{v:g}{unit[1]}" for v in value[row]],
            "planned": [f"{v:g}{unit[1]}" for v in limit[row]],
            "built_zh": [f"{v:g}{unit[0]}" for v in value[row]],
            "planned_zh": [f"{v:g}{unit[0]}" for v in limit[row]],
        }
    )


def _uses(plan: Plan, compatible: tuple[str, ...]) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Parcels whose built class is another than planned; a coarser plan (M) allows the finer class (M1)."""
    parcels, built = plan["parcels"], uses(plan)
    planned = classify(parcels["planned_code"], parcels["scheme"], plan.schemes)
    a, b = built["code"].fillna("").to_numpy(dtype=str), planned["code"].fillna("").to_numpy(dtype=str)
    both = (a != "") & planned["ple"].notna().to_numpy() & built["ple"].notna().to_numpy()
    pairs = np.char.add(np.char.add(a, "<"), b)
    differs = both & ~np.char.startswith(a, b) & ~np.isin(pairs, list(compatible))
    row = np.flatnonzero(differs)
    table = pd.DataFrame(
        {
            "row": row,
            "excess": np.inf,
            "value": np.nan,
            "limit": np.nan,
            "what": "use",
            "what_zh": "用地性质",
            "bound": "",
            "bound_zh": "为",
            "built": [f"{a[k]} {built['en'].iloc[k]}" for k in row],
            "planned": [f"{b[k]} {planned['en'].iloc[k]}" for k in row],
            "built_zh": [f"{a[k]} {built['zh'].iloc[k]}" for k in row],
            "planned_zh": [f"{b[k]} {planned['zh'].iloc[k]}" for k in row],
        }
    )
    return table, both


_LAND = {"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
_PARCEL = _LAND | {"code": "R2", "planned_code": "R", "scheme": "gb50137", "far_max": 1.8}
PASSES = mini(parcels=[_PARCEL | {"far": 1.8}])
FAILS = mini(parcels=[_PARCEL | {"far": 2.4}])
