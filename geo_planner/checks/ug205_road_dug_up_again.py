"""A road is not dug up within five years of its opening, or three years of an overhaul.

城市道路管理条例 (Decree 198) Art. 33: new, extended or rebuilt roads 5 years, overhauled ones 3 years; exempt are digs approved
by the city government at or above county level, and emergency repairs. A dig names its road; where it does not, it
belongs to the road whose strip it lies in. Approval is an exception that has to be shown: a dig without a mark of
approval or emergency counts as neither.

Cannot see: digs that nobody recorded, roads whose opening is not dated (unknown), whether an approval was lawful.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..facts.utilities.roads import strips
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import of_feature

SEVERITY = "error"
cause = of_feature
LAYERS = ("roads", "excavations")
COLUMNS = ("excavations.start",)

ZH = Text(
    title="禁挖期内开挖道路",
    message="道路 {id} 于 {day} 被开挖（{other_id}），距{since_zh} {event} 仅 {value:.2f} 年，不足 {limit:.0f} 年",
    advice="补报批准或抢修依据；无依据的推迟到禁挖期满，并入年度掘路计划",
    trap="经县级以上城市人民政府批准的或抢修的，须在数据中注明",
)
EN = Text(
    title="Road dug up again too soon",
    message="road {id} is dug up on {day} ({other_id}), only {value:.2f} years after its {since} on {event}; {limit:.0f} are due",
    advice="show the approval or the emergency; without one, wait until the years are over and join the yearly dig plan",
    trap="digs approved by the city government and emergency repairs must be marked as such",
)
REMEDY = {"happened": ("补报批准或抢修依据；无依据的依法处理，恢复路面并缴纳挖掘修复费", "show the approval or the emergency; without one the law applies: restore the pavement and pay for it")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    after_opening: float = param(
        5.0,
        unit="a",
        source="城市道路管理条例 (Decree 198), read in two secondary sources",
        clause="第33条",
        zh="新建、扩建、改建后禁挖年限",
    )
    after_overhaul: float = param(
        3.0,
        unit="a",
        source="城市道路管理条例 (Decree 198), read in two secondary sources",
        clause="第33条",
        zh="大修后禁挖年限",
    )
    default_width: float = param(14.0, unit="m", source="project default (from memory)", zh="缺红线宽度时采用的宽度")


def check(plan: Plan, p: Params) -> Findings:
    """Each dig inside the closed years; evidence: the dig."""
    roads, digs = plan["roads"], plan["excavations"]
    road = road_of(plan, p.default_width)
    day, found = digs["start"], road >= 0
    at = np.where(found, road, 0)
    opened, overhauled = (pd.Series(roads[c].to_numpy()[at], index=digs.index) for c in ("finish", "overhauled"))
    exempt = (digs["approved"].fillna(value=False) | digs["emergency"].fillna(value=False)).to_numpy(dtype=bool)
    too_new = _within(day, opened, p.after_opening)
    too_fresh = _within(day, overhauled, p.after_overhaul)
    bad = found & ~exempt & (too_new | too_fresh)
    undated = found & day.notna().to_numpy() & opened.isna().to_numpy() & overhauled.isna().to_numpy()
    unknown = [
        ("excavations", digs.loc[day.isna(), "id"], "no_date"),
        ("excavations", digs.loc[day.notna() & ~found, "id"], "no_road"),
        ("excavations", digs.loc[undated & ~exempt, "id"], "no_finish"),
    ]
    judged = len(digs) - sum(len(ids) for _, ids, _ in unknown)
    event = opened.where(too_new, overhauled)[bad]
    rows = Rows(
        layer="roads",
        id=roads["id"].to_numpy(dtype=object)[at[bad]],
        geometry=_shown(plan, digs, at)[bad],
        other_layer="excavations",
        other_id=digs.loc[bad, "id"],
        value=(day[bad] - event).dt.days / 365.25,
        limit=np.where(too_new, p.after_opening, p.after_overhaul)[bad],
        unit="a",
        since=day[bad],
        args={
            "day": day[bad],
            "event": event,
            "since": np.where(too_new, "opening", "overhaul")[bad],
            "since_zh": np.where(too_new, "通车", "大修")[bad],
        },
    )
    return findings(plan.crs, rows, judged=judged, unknown=unknown)


def _shown(plan: Plan, digs: pd.DataFrame, road: np.ndarray) -> np.ndarray:
    """Return the geometry of each dig, that of its road where the dig itself was not drawn."""
    shapes = digs.geometry.to_numpy()
    blank = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return np.asarray(np.where(blank, plan.layers["roads"].geometry.to_numpy()[road], shapes))


def road_of(plan: Plan, default_width: float) -> np.ndarray:
    """The position of the road each dig belongs to, by the id it names, else by place; -1 where there is none."""
    roads, digs = plan["roads"], plan["excavations"]
    by_id = pd.Series(np.arange(len(roads)), index=roads["id"].to_numpy(dtype=object))
    by_id = by_id[~by_id.index.duplicated()]
    named = by_id.reindex(digs["road"].to_numpy(dtype=object)).fillna(-1).to_numpy(dtype=np.int64)
    ground = strips(roads, default_width)
    i, j = shapely.STRtree(ground).query(digs.geometry.to_numpy(), predicate="intersects")
    share = shapely.area(shapely.intersection(shapely.buffer(digs.geometry.to_numpy()[i], 0.5), ground[j]))
    order = np.lexsort((roads["id"].to_numpy(dtype=object).astype(str)[j], -share, i))
    first = order[np.r_[True, np.diff(i[order]) > 0]] if len(order) else order
    placed = np.full(len(digs), -1, dtype=np.int64)
    placed[i[first]] = j[first]
    return np.where(named >= 0, named, placed)


def _within(day: pd.Series, event: pd.Series, years: float) -> np.ndarray:
    months = pd.DateOffset(months=round(years * 12))
    return np.asarray(((day >= event) & (day < event + months)).to_numpy(dtype=bool))


_ROAD = {"id": "R", "width": 20.0, "finish": "2020-05-01", "wkt": "LINESTRING (0 0, 300 0)"}
_DIG = {"id": "E", "road": "R", "start": "2025-05-01", "wkt": "POINT (150 0)"}
PASSES = mini(roads=[_ROAD], excavations=[_DIG, _DIG | {"id": "F", "start": "2021-01-01", "emergency": True}])
FAILS = mini(roads=[_ROAD], excavations=[_DIG | {"start": "2025-04-30"}])
