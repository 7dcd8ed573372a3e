"""How far a park is from what is asked of a national development zone: indicators with source, trust and gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...facts.landuse.uses import uses
from ...plan import Plan
from .parks import Park


@dataclass(frozen=True)
class Indicator:
    """One line of the table; `least` tells whether the limit is a lower bound. `trust`: how sure the limit is."""

    key: str
    zh: str
    en: str
    unit: str
    limit: float
    least: bool
    source: str
    trust: str


_RULE = "开发区土地集约利用评价规程, indicator; warning value is ours"
# fmt: off
INDICATORS: tuple[Indicator, ...] = (
    Indicator("supplied", "土地供应率", "land supplied", "%", 60.0, True, _RULE, "project default"),
    Indicator("built", "土地建成率", "land built of land supplied", "%", 70.0, True, _RULE, "project default"),
    Indicator("idle", "土地闲置率", "land idle of land supplied", "%", 0.0, False, _RULE, "project default"),
    Indicator("far", "工业用地容积率", "floor-area ratio of industrial land", "1", 1.0, True,
              "国土资发〔2008〕24号 by industry; 1.0 as fallback", "project default"),
    Indicator("green", "绿化覆盖率（以绿地用地计）", "green cover, from green land", "%", 15.0, True, "HJ 274-2015", "from memory"),
    Indicator("roads", "路网密度", "road density", "km/km²", 4.0, True, "GB/T 51328-2018 table 12.6.3, industrial", "from memory"),
    Indicator("value_added", "单位工业用地工业增加值", "value added per industrial land", "亿元/km²", 9.0, True, "HJ 274-2015", "from memory"),
)
# fmt: on
"""What can be computed from a plan, or given with its source; levels of trust say that nobody has compared the print."""


def readiness(park: Park, land: dict[str, float | None], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row an indicator: value, limit, gap, state ("pass", "fail", "unknown"), source, trust.

    The gap is what is missing to the limit, 0 where it is kept, None where the value is not known.
    """
    values = _values(park.plan, land)
    rows = []
    for one in INDICATORS:
        told = given.get(one.key)
        value = float(told["value"]) if told else values.get(one.key)
        gap = None if value is None else max(0.0, one.limit - value if one.least else value - one.limit)
        rows.append(
            {
                "key": one.key, "zh": one.zh, "en": one.en, "unit": one.unit,
                "value": None if value is None else round(value, 3), "limit": one.limit,
                "bound": "least" if one.least else "most", "gap": None if gap is None else round(gap, 3),
                "state": "unknown" if gap is None else "fail" if gap > 0 else "pass",
                "source": one.source, "trust": one.trust, "value_from": str(told["source"]) if told else "plan",
            }
        )  # fmt: skip
    return rows


def _values(plan: Plan, land: dict[str, float | None]) -> dict[str, float | None]:
    out: dict[str, float | None] = {}
    known = {k: v for k, v in land.items() if v is not None}
    if known and not known["undated"] and (total := sum(known.values())):
        supplied = total - known["reserve"]
        out["supplied"] = 100 * supplied / total
        if supplied:
            out["built"], out["idle"] = 100 * known["built"] / supplied, 100 * known["idle"] / supplied
    if plan.has("parcels"):
        out |= _of_parcels(plan)
    if plan.has("parks") and plan.has("roads"):
        area = float(plan["parks"].geometry.area.sum()) / 1e6
        out["roads"] = float(plan["roads"].geometry.length.sum()) / 1e3 / area if area and _lines(plan) else None
    return out


def _lines(plan: Plan) -> bool:
    return bool((plan["roads"].geometry.geom_type.isin(["LineString", "MultiLineString"])).all())


def _of_parcels(plan: Plan) -> dict[str, float | None]:
    """Return the floor-area ratio of industrial land and the share of green land; None where a part is not told."""
    table = uses(plan)
    area = table["area"].to_numpy()
    works = table["group"].eq("industry").fillna(value=False).to_numpy(dtype=bool)
    far = plan["parcels"]["far"].to_numpy(dtype=float)
    told = works & ~np.isnan(far)
    ratio = float((far * area)[told].sum() / area[told].sum()) if told.any() and told.sum() == works.sum() else None
    green = table["ple"].eq("ecology").fillna(value=False).to_numpy(dtype=bool)
    whole = not table["ple"].isna().any()
    return {"far": ratio, "green": 100 * float(area[green].sum() / area.sum()) if whole and area.sum() else None}
