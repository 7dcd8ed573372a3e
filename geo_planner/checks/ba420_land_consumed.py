"""How fast building consumed farmland, forest, grass and water, from dated land-cover rasters (information).

土地消耗. Cells that went from another class to built-up between two dated rasters, per class and year, inside the box of the
parks. Grids need not be aligned: the later raster is read at the cell centres of the earlier one. With people known at two
dates, SDG 11.3.1 divides the log growth of built land by that of the population; here the area alone is given.

Cannot see: errors of classification (a few hectares a year are noise), land that was built and given back between dates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..derive.land.landcover import consumed, stack
from ..plan import Findings, Plan, Raster, Rows, Skipped, findings
from .contract import Text, grid, mini, param

SEVERITY = "info"
LAYERS = ("parcels",)
RASTERS = ("landcover",)

ZH = Text(
    title="建设消耗土地",
    message="{since}–{until_year} 年，类别 {land} 转为建设用地 {value:.1f} 公顷（年均 {per_year:.2f} 公顷）",
    advice="优先利用存量建设用地，占用耕地的落实占补平衡",
    trap="两期影像分类口径不同会造成虚假变化",
)
EN = Text(
    title="Land consumed by building",
    message="{since}–{until_year}: {value:.1f} ha of class {land} became built-up ({per_year:.2f} ha a year)",
    advice="use land already built first; replace farmland that is taken",
    trap="two products with different classes show changes that never happened",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Which classes are built-up, and from where on it is told."""

    built: tuple[float, ...] = param((80.0,), unit="class", zh="建成区类别代码", source="GlobeLand30 artificial surfaces; give those of your product")
    least: float = param(0.1, unit="ha", zh="最小报告面积", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """One row for each class and period with land lost to building; evidence: the cells."""
    grids = stack(plan)
    if len(grids) < 2:
        raise Skipped("no_raster", rasters=["landcover_YYYY x 2"])
    lost = consumed(plan, p.built)
    lost = lost[lost["area_ha"] >= p.least]
    rows = Rows(
        layer="parks", id=[f"{a}-{b}-{c}" for a, b, c in zip(lost["since"], lost["until"], lost["land"], strict=True)], geometry=lost["geometry"].to_numpy(dtype=object),
        value=np.round(lost["area_ha"].to_numpy(dtype=float), 4), limit=p.least, unit="ha",
        since=np.array([f"{y}-01-01" for y in lost["since"]], dtype="datetime64[ms]"), until=np.array([f"{y}-12-31" for y in lost["until"]], dtype="datetime64[ms]"),
        args={"since": lost["since"].to_numpy(), "until_year": lost["until"].to_numpy(), "land": lost["land"].to_numpy(), "per_year": lost["per_year"].to_numpy(dtype=float)},
    )  # fmt: skip
    return findings(plan.crs, rows, judged=int(grids[0].values.size))


def _cover(year: int, west: float, east: float) -> Raster:
    return grid([[west] * 5 + [east] * 5 for _ in range(5)], name=f"landcover_{year}", year=year)


_PARCEL = {"id": "M", "code": "M1", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 100 0, 100 50, 0 50, 0 0))"}
PASSES = mini(parcels=[_PARCEL], rasters={f"landcover_{y}": _cover(y, w, 80) for y, w in ((2010, 10), (2020, 30))})
FAILS = mini(parcels=[_PARCEL], rasters={f"landcover_{y}": _cover(y, w, 80) for y, w in ((2010, 10), (2020, 80))})
