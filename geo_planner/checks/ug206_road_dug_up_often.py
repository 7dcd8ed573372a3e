"""A road is not opened like a zipper: few digs per kilometre and year, and no stretch twice within five years.

拉链马路. The zipper index is digs per kilometre of road and year of use, for each road by name; only roads of some length are
held to it, for on a short one a single dig weighs too much; digs after the as-of day do not count against years before
it, and of a road part of which has no day of opening the index is unknown. Besides, the digs of any one road feature within a moving
window are counted. Emergency repairs count too: they say that pipes are old.

Cannot see: digs that nobody recorded, how large a dig was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import of_feature
from .ug205_road_dug_up_again import road_of

SEVERITY = "warning"
cause = of_feature
LAYERS = ("roads", "excavations")
COLUMNS = ("excavations.start",)

ZH = Text(
    title="反复开挖的“拉链路”",
    message="道路 {id} 在 {window:.0f} 年内最多被挖 {digs} 次（上限 {max_digs:.0f} 次），拉链指数 {index:.2f} 次/（公里·年）（上限 {max_index}）",
    advice="合并各管线单位的掘路计划，结合大修一次开挖；重点路段改建综合管廊",
    trap="抢修也计入：反复抢修说明管线老化，应安排更新",
)
EN = Text(
    title="Road dug up like a zipper",
    message="road {id} is dug up {digs} times within {window:.0f} years (at most {max_digs:.0f}), zipper index {index:.2f} per km and year (at most {max_index})",
    advice="join the utilities' dig plans and open the road once, with its overhaul; build a utility tunnel where it matters",
    trap="emergency repairs count: many of them say that the pipes are old",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    max_digs: float = param(1.0, unit="1", source="project default, no standard", zh="时间窗内最多开挖次数")
    window: float = param(
        5.0, unit="a", source="project default, as long as 城市道路管理条例 Art. 33 closes a new road", zh="时间窗"
    )
    max_index: float = param(0.2, unit="1/(km·a)", source="project default, no standard", zh="拉链指数上限")
    least_km: float = param(
        1.0,
        unit="km",
        source="project default: a single dig weighs too much on a short road",
        zh="计算指数的最短道路长度",
    )
    default_width: float = param(14.0, unit="m", source="project default (from memory)", zh="缺红线宽度时采用的宽度")


def check(plan: Plan, p: Params) -> Findings:
    """Each road dug up too often; evidence: its digs."""
    roads, digs = plan["roads"], plan["excavations"]
    road = road_of(plan, p.default_width)
    use = (road >= 0) & digs["start"].notna().to_numpy()
    table = pd.DataFrame(
        {"road": road[use], "day": digs["start"].to_numpy()[use], "shape": digs.geometry.to_numpy()[use]}
    )
    table = table.sort_values(["road", "day"], kind="stable", ignore_index=True)
    index, undated = _zipper_index(plan, table, p.least_km)
    rows = [_worst_window(group["day"].to_numpy(), p.window) for _, group in table.groupby("road")]
    found = pd.DataFrame(rows, columns=["digs", "first", "last"]).set_index(
        pd.Index(table["road"].unique(), dtype="int64")
    )
    found["index"] = index[found.index.to_numpy()]
    found = found[(found["digs"] > p.max_digs) | (found["index"] > p.max_index)]
    many = (found["digs"] > p.max_digs).to_numpy()
    shapes = [
        shapely.union_all(shapely.make_valid(table.loc[table["road"] == k, "shape"].to_numpy())) for k in found.index
    ]
    shapes = [
        plan.layers["roads"].geometry.to_numpy()[k] if s.is_empty else s
        for k, s in zip(found.index, shapes, strict=True)
    ]
    block = Rows(
        layer="roads",
        id=roads["id"].to_numpy(dtype=object)[found.index.to_numpy(dtype=np.int64)],
        geometry=shapes,
        value=np.where(many, found["digs"], found["index"]),
        limit=np.where(many, p.max_digs, p.max_index),
        since=found["first"],
        until=found["last"],
        args={"digs": found["digs"], "index": found["index"]},
    )
    undated[found.index.to_numpy(dtype=np.int64)] = False  # found by the window
    unknown = [
        ("roads", roads["id"].to_numpy(dtype=object)[undated], "no_finish"),
        ("excavations", digs.loc[digs["start"].isna(), "id"], "no_date"),
        ("excavations", digs.loc[digs["start"].notna() & (road < 0), "id"], "no_road"),
    ]
    return findings(plan.crs, block, judged=len(roads) - int(undated.sum()), unknown=unknown)


def _worst_window(days: np.ndarray, years: float) -> tuple[int, np.datetime64, np.datetime64]:
    """Return the most digs within a moving window, and its first and last."""
    end = np.searchsorted(days, days + np.timedelta64(round(years * 365.25), "D"), side="left")
    count = end - np.arange(len(days))
    k = int(count.argmax())
    return int(count[k]), days[k], days[end[k] - 1]


def _zipper_index(plan: Plan, table: pd.DataFrame, least_km: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the index of each road feature's named road, 0 where it is short or not dug up, and where it is unknown."""
    roads = plan["roads"]
    name = roads["name"].fillna(roads["id"])
    last = np.datetime64(str(plan.as_of)) if plan.as_of else table["day"].max()
    years = ((last - roads["finish"]) / pd.Timedelta(days=365.25)).clip(lower=0).fillna(0.0)
    km = roads.geometry.length / 1000
    dug = table.loc[(table["day"] <= last).to_numpy(dtype=bool), "road"].to_numpy()
    digs = pd.Series(np.bincount(dug, minlength=len(roads)), index=roads.index)
    exposure, length, total = ((x.groupby(name).transform("sum")) for x in (km * years, km, digs))
    usable = (exposure > 0) & (length >= least_km)
    known = np.where(usable, total / exposure.where(usable, 1.0), 0.0)
    open_ = roads["finish"].isna().groupby(name).transform("any") & (total > 0) & (length >= least_km)
    return known, open_.to_numpy(dtype=bool) & np.isin(np.arange(len(roads)), table["road"])


_ROAD = {"id": "R", "width": 20.0, "finish": "2010-05-01", "wkt": "LINESTRING (0 0, 2000 0)"}
_DIG = {"id": "E", "road": "R", "start": "2016-05-01", "wkt": "POINT (150 0)"}
PASSES = mini(roads=[_ROAD], excavations=[_DIG, _DIG | {"id": "F", "start": "2021-06-01"}])
FAILS = mini(roads=[_ROAD], excavations=[_DIG, _DIG | {"id": "F", "start": "2019-06-01"}])
