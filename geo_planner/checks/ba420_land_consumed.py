"""How fast building consumed farmland, forest, grass and water, from dated land-cover rasters (information).

土地消耗. Cells that went from another class to built-up between two dated rasters, per class and year, inside the box of the
parks. Grids need not be aligned: the later raster is read at the cell centres of the earlier one. With `people` given for two
of the years, a row says SDG 11.3.1: the log growth of built land over that of the population; above 1 land grows faster.

Cannot see: errors of classification (a few hectares a year are noise), land that was built and given back between dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from ..facts.ecology.landcover import built_land, consumed, growth_ratio, stack
from ..plan import Findings, Plan, Raster, Rows, Skipped, findings
from .contract import Text, grid, mini, param
from .grouping import whole_park

SEVERITY = "info"
cause = whole_park
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
RASTERS = ("landcover",)

ZH = Text(
    title="建设消耗土地",
    message="{since}–{until_year} 年，{land_zh}，数值 {value:.2f} {unit}（年均 {per_year:.2f} 公顷）",
    advice="优先利用存量建设用地，占用耕地的落实占补平衡",
    trap="两期影像分类口径不同会造成虚假变化",
)
EN = Text(
    title="Land consumed by building",
    message="{since}–{until_year}: {land}, {value:.2f} {unit} ({per_year:.2f} ha a year)",
    advice="use land already built first; replace farmland that is taken",
    trap="two products with different classes show changes that never happened",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Which classes are built-up, and from where on it is told."""

    built: tuple[float, ...] = param(
        (80.0,),
        unit="class",
        zh="建成区类别代码",
        source="artificial surfaces of GlobeLand30; give those of your product",
    )
    least: float = param(0.1, unit="ha", zh="最小报告面积", source="project default, no standard")
    people: tuple[float, ...] = param(
        (), unit="year, people", zh="人口（年份、人数交替）", source="your own, for SDG 11.3.1; none is assumed"
    )


def check(plan: Plan, p: Params) -> Findings:
    """One row for each class and period with land lost to building; evidence: the cells."""
    grids = stack(plan)
    if len(grids) < 2:
        raise Skipped("no_raster", rasters=["landcover_YYYY x 2"])
    lost = consumed(plan, p.built)
    lost = lost[lost["area_ha"] >= p.least]
    rows = Rows(
        layer="parks",
        id=[f"{a}-{b}-{c}" for a, b, c in zip(lost["since"], lost["until"], lost["land"], strict=True)],
        geometry=lost["geometry"].to_numpy(dtype=object),
        value=np.round(lost["area_ha"].to_numpy(dtype=float), 4),
        limit=p.least,
        unit="ha",
        since=np.array([f"{y}-01-01" for y in lost["since"]], dtype="datetime64[ms]"),
        until=np.array([f"{y}-12-31" for y in lost["until"]], dtype="datetime64[ms]"),
        args={
            "since": lost["since"].to_numpy(),
            "until_year": lost["until"].to_numpy(),
            "per_year": lost["per_year"].to_numpy(dtype=float),
            "land_zh": [f"{_name(c, 0)}转为建设用地" for c in lost["land"]],
            "land": [f"{_name(c, 1)} became built-up" for c in lost["land"]],
        },
    )
    return findings(plan.crs, rows, *_growth(plan, p), judged=int(grids[0].values.size))


_GLOBELAND = {10: ("耕地", "cropland"), 20: ("林地", "forest"), 30: ("草地", "grassland"), 40: ("灌木地", "shrubland"),
              50: ("湿地", "wetland"), 60: ("水体", "water"), 70: ("苔原", "tundra"), 90: ("裸地", "bare land"),
              100: ("冰川和永久积雪", "ice and snow")}  # fmt: skip
"""Classes of GlobeLand30; those of another product are shown by their number."""


def _name(code: float, language: int) -> str:
    return _GLOBELAND.get(int(code), (f"类别 {code} ", f"class {code}"))[language]


def _growth(plan: Plan, p: Params) -> list[Rows]:
    """Return SDG 11.3.1 for each two following years of which land and people are known; evidence: the box that is looked at."""
    if len(p.people) % 2 or min(p.people, default=1.0) <= 0:
        raise Skipped("bad_value", what=f"BA420 people: year, people, year, people; > 0 ({len(p.people)})")
    people, land = dict(zip(map(int, p.people[::2]), p.people[1::2], strict=True)), built_land(plan, p.built)
    shape, out = shapely.box(*plan["parks" if plan.has("parks") else "parcels"].total_bounds), []
    for one, two in pairwise(sorted(set(people) & set(land))):
        ratio = growth_ratio((land[one], land[two]), (people[one], people[two]))
        if np.isfinite(ratio):
            out.append(
                Rows(
                    layer="parks",
                    id=[f"sdg1131-{one}-{two}"],
                    geometry=[shape],
                    value=round(ratio, 4),
                    limit=1.0,
                    unit="LCRPGR",
                    since=np.array([f"{one}-01-01"], dtype="datetime64[ms]"),
                    until=np.array([f"{two}-12-31"], dtype="datetime64[ms]"),
                    args={
                        "since": one,
                        "until_year": two,
                        "per_year": round((land[two] - land[one]) / (two - one), 4),
                        "land_zh": "建设用地增长率与人口增长率之比（SDG 11.3.1）",
                        "land": "growth of built land over that of people (SDG 11.3.1)",
                    },
                )
            )
    return out


def _cover(year: int, west: float, east: float) -> Raster:
    return grid([[west] * 5 + [east] * 5 for _ in range(5)], name=f"landcover_{year}", year=year)


_PARCEL = {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 100 0, 100 50, 0 50, 0 0))"}
PASSES = mini(parcels=[_PARCEL], rasters={f"landcover_{y}": _cover(y, w, 80) for y, w in ((2010, 10), (2020, 30))})
FAILS = mini(parcels=[_PARCEL], rasters={f"landcover_{y}": _cover(y, w, 80) for y, w in ((2010, 10), (2020, 80))})
