"""The land-cover rasters show each parcel being built when the records say so, and industry before housing.

竣工实况核查. From dated land-cover rasters: a parcel is built once half of it is built-up and stays so. A parcel seen built in a
year before its recorded start, or still unbuilt in a year after its recorded completion, is found. Where the records have
no dates, the order is still judged: in no year may the built share of housing and commerce be ahead of that of industry by
more than the tolerance.

Cannot see: what was built (bare soil on a building site is not yet built-up), parcels smaller than a few cells, years
between two rasters, demolition and rebuilding between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..facts.ecology.landcover import built_share, built_year, stack
from ..facts.landuse.roles import developed, group_is, unread
from ..facts.nearby import Array
from ..plan import Findings, Plan, Raster, Rows, Skipped, findings
from .contract import Text, grid, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
BLANKS = ("parcels.start", "parcels.finish")
RASTERS = ("landcover",)
MEANS = ("developed", "group")

ZH = Text(
    title="实际建成与记录不符",
    message="{id}：遥感显示{seen_zh}，与{record_zh}不符（{value:.0f}，参照 {limit:.0f}）",
    advice="核对开工、竣工记录；属实的，查明是否未批先建或虚报竣工",
    trap="栅格分辨率粗、地块小时误差大；施工裸地不计为建成",
)
EN = Text(
    title="Built other than recorded",
    message="{id}: the rasters show {seen}, at odds with {record} ({value:.0f}, against {limit:.0f})",
    advice="compare the records of start and completion; if true, look for building before approval or reported too early",
    trap="coarse cells and small parcels err; bare soil on a building site is not built-up",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Which classes are built-up, and how sure the eye must be."""

    built: tuple[float, ...] = param(
        (80.0,),
        unit="class",
        zh="建成区类别代码",
        source="artificial surfaces of GlobeLand30; give those of your product",
    )
    share: float = param(0.5, unit="ratio", zh="视为建成的面积比例", source="project default, no standard")
    slack: float = param(1.0, unit="year", zh="年份容差", source="project default, no standard")
    ahead: float = param(10.0, unit="%", zh="商住领先工业的容许差", source="project default, as IN301")


def check(plan: Plan, p: Params) -> Findings:
    """Parcels built at another time than recorded, and years with housing ahead; evidence: the parcels."""
    if len(stack(plan)) < 2:
        raise Skipped("no_raster", rasters=["landcover_YYYY x 2"])
    share = built_share(plan, p.built)
    before, found = built_year(share, p.share)
    parcels = plan["parcels"]
    build = developed(plan)
    started, ended = _year(parcels["start"]), _year(parcels["finish"])
    early = build & (found < started - p.slack)
    late = build & (before > ended + p.slack)
    dark = build & share.isna().all(axis=1).to_numpy()
    ids = parcels["id"].to_numpy(dtype=object)
    blocks = [
        _block(plan, early, (found, started), ("已建成", "it built", "记录的开工年份", "the recorded year of start")),
        _block(
            plan, late, (before, ended), ("尚未建成", "it unbuilt", "记录的竣工年份", "the recorded year of completion")
        ),
        _order(plan, p, share),
    ]
    return findings(
        plan.crs,
        *blocks,
        judged=int((build & ~dark).sum()),
        unknown=[*unread(plan), ("parcels", ids[dark], "outside_raster")],
    )


def _year(days: pd.Series) -> Array:
    return np.asarray(days.dt.year, dtype=float)


def _block(plan: Plan, bad: Array, years: tuple[Array, Array], words: tuple[str, str, str, str]) -> Rows:
    parcels = plan["parcels"]
    return Rows(
        layer="parcels",
        id=parcels["id"].to_numpy(dtype=object)[bad],
        geometry=parcels.geometry.to_numpy()[bad],
        value=years[0][bad],
        limit=years[1][bad],
        unit="year",
        args={"seen_zh": words[0], "seen": words[1], "record_zh": words[2], "record": words[3]},
    )


def _order(plan: Plan, p: Params, share: pd.DataFrame) -> Rows:
    """One row for each year in which housing and commerce were ahead of industry."""
    area, shapes = plan["parcels"].geometry.area.to_numpy(), plan["parcels"].geometry.to_numpy()
    works, others = group_is(plan, "industry"), group_is(plan, "housing", "commerce")
    years, value, evidence = [], [], []
    for year in share.columns if works.any() and others.any() else []:
        built = np.nan_to_num(share[year].to_numpy()) >= p.share
        gap = 100.0 * (area[built & others].sum() / area[others].sum() - area[built & works].sum() / area[works].sum())
        if gap > p.ahead:
            years.append(int(year))
            value.append(round(float(gap), 3))
            evidence.append(shapely.geometrycollections(shapes[built & others]))
    days = [np.datetime64(f"{y}-01-01") for y in years]
    return Rows(
        layer="parks",
        id=[str(y) for y in years],
        geometry=evidence,
        value=value,
        limit=p.ahead,
        unit="%",
        since=np.array(days, dtype="datetime64[ms]"),
        args={
            "seen_zh": "商住建成比例领先工业的百分点",
            "seen": "housing and commerce ahead of industry by percentage points",
            "record_zh": "先工业后商住的次序",
            "record": "industry first",
        },
    )


def _cover(year: int, west: float, east: float) -> Raster:
    return grid([[west] * 5 + [east] * 5 for _ in range(5)], name=f"landcover_{year}", year=year)


def _parcel(name: str, code: str, x: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} 10, {x + 30} 10, {x + 30} 40, {x} 40, {x} 10))",
    } | more


_LAND = [_parcel("M", "M1", 10, start="2010-01-01", finish="2012-01-01"), _parcel("R", "R2", 60, start="2016-01-01")]
PASSES = mini(
    parcels=_LAND,
    rasters={f"landcover_{y}": _cover(y, w, e) for y, w, e in ((2008, 10, 10), (2012, 80, 10), (2018, 80, 80))},
)
FAILS = mini(
    parcels=_LAND,
    rasters={f"landcover_{y}": _cover(y, w, e) for y, w, e in ((2008, 10, 10), (2012, 10, 80), (2018, 80, 80))},
)
