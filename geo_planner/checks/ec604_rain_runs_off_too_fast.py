"""The land of a park lets enough rain in: its composite runoff coefficient is not above the line.

综合径流系数. GB 50014-2021 asks for infiltration and storage where the composite coefficient is above 0.7. Each parcel: its
green ratio (or the plan's lower bound of it) takes rain as green does, all else as roofs and pavement; roads and squares
are paved; farm and other open land is soil; water is left out. The coefficient of a park is the mean by area.

Cannot see: ponds, green roofs, pervious paving and tanks, which lower the peak; soil and slope; rain itself (a storm formula of
the place is needed for that).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..algorithms.overlay import together
from ..facts.landuse.uses import uses
from ..facts.landuse.valid_shapes import valid_shapes
from ..facts.nearby import Array, standing, undated
from ..plan import Findings, Plan, Rows, findings
from ..plan.landuse import SHARED
from .contract import Text, mini, param

SEVERITY = "info"
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
COLUMNS = ("parcels.code",)

ZH = Text(
    title="径流系数过大",
    message="园区 {id} 综合径流系数为 {value:.3f}，高于 {limit:.2f} 时应采取渗透、调蓄措施（{known:.0f}% 的用地有绿地率等数据）",
    advice="增加下凹绿地、透水铺装和调蓄设施，或提高绿地率下限",
    trap="绿色屋顶、透水铺装和调蓄池不在图层中，实际径流会小一些",
)
EN = Text(
    title="Rain runs off too fast",
    message="the composite runoff coefficient of park {id} is {value:.3f}; above {limit:.2f} infiltration and storage are due ({known:.0f} % of the land is known)",
    advice="add sunken green, pervious paving and storage, or raise the least green ratio",
    trap="green roofs, pervious paving and tanks are in no layer and lower the runoff",
)
_TABLE = "GB 50014-2021 table 4.1.8, from memory"


@dataclass(frozen=True, kw_only=True)
class Params:
    """The line, and how much of the rain runs off each surface."""

    line: float = param(
        0.7, unit="ratio", zh="应采取措施的综合径流系数", source="GB 50014-2021, from memory", clause="4.1.8"
    )
    hard: float = param(0.9, unit="ratio", zh="屋面与硬化地面径流系数", source=f"{_TABLE}: 0.85-0.95", clause="4.1.8")
    green: float = param(0.15, unit="ratio", zh="绿地径流系数", source=f"{_TABLE}: 0.10-0.20", clause="4.1.8")
    soil: float = param(0.3, unit="ratio", zh="非铺砌土地径流系数", source=f"{_TABLE}: 0.25-0.35", clause="4.1.8")


def check(plan: Plan, p: Params) -> Findings:
    """Parks above the line; evidence: the land of which more runs off than the line."""
    share = runoff(plan, p)
    table, stand = uses(plan), standing(plan, "parcels")
    park, area = table["park"], table["area"].to_numpy()
    dry = stand & (table["sub"] != "EW").to_numpy(dtype=bool, na_value=True) & park.notna().to_numpy()
    known = dry & ~np.isnan(share)
    sums = pd.DataFrame(
        {"park": park, "all": area * dry, "known": area * known, "off": area * np.where(known, share, 0.0)}
    )
    total = sums[dry].groupby("park", sort=True)[["all", "known", "off"]].sum()
    value = (total["off"] / total["known"].where(total["known"] > 0)).to_numpy()
    bad = total.index[value > p.line + 1e-9]
    steep = known & (share > p.line)
    shapes = [together(valid_shapes(plan, "parcels")[steep & (park == name).to_numpy(dtype=bool)]) for name in bad]
    rows = Rows(
        layer="parks",
        id=bad,
        geometry=shapes,
        value=np.round(value[value > p.line + 1e-9], 4),
        limit=p.line,
        unit="ratio",
        args={"known": np.round(100.0 * total["known"] / total["all"], 1)[bad].to_numpy()},
    )
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    # without the soft land that may not be there yet
    sure = known & ~(undated(plan, "parcels") & (share < p.line))
    least = pd.DataFrame({"park": park, "all": area * sure, "off": area * np.where(sure, share, 0.0)})[sure]
    worst = least.groupby("park", sort=True)[["all", "off"]].sum()
    unproven = worst.index[(worst["off"] / worst["all"]).to_numpy() > p.line + 1e-9].difference(bad)
    unknown = [("parcels", ids[dry & ~known], "no_attribute"), ("parks", unproven.to_numpy(dtype=object), "undated")]
    return findings(plan.crs, rows, judged=int((known & ~undated(plan, "parcels")).sum()), unknown=unknown)


def runoff(plan: Plan, p: Params) -> Array:
    """Return the share of rain that runs off each parcel; NaN where neither its class nor its green ratio tells."""
    table, parcels = uses(plan), plan["parcels"]
    sub = table["sub"].fillna("").to_numpy(dtype=object)
    ratio = parcels["green"].fillna(parcels["green_min"]).to_numpy(dtype=float) / 100.0
    ratio = np.where((ratio >= 0) & (ratio <= 1), ratio, np.nan)
    built = np.isin(sub, ["PI", "LU", "LR"])
    mixed = p.green * ratio + p.hard * (1.0 - ratio)
    return np.asarray(
        np.select(
            [built, sub == SHARED, sub == "EG", np.isin(sub, ["PA", "EN"])],
            [mixed, np.where(np.isnan(ratio), p.hard, mixed), np.full(len(sub), p.green), np.full(len(sub), p.soil)],
            np.nan,
        )
    )


def _land(name: str, code: str, x: float, green: float | None) -> dict[str, object]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "park": "K",
        "green": green,
        "wkt": f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))",
    }


PASSES = mini(parcels=[_land("M", "M1", 0, 20.0), _land("G", "G1", 100, None)])
FAILS = mini(parcels=[_land("M", "M1", 0, 20.0), _land("R", "R2", 100, 30.0)])
