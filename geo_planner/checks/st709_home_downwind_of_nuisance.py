"""Homes do not lie where the wind often comes from a nuisance source nearby.

风向影响. For each sensitive parcel: the share of winds that blow from any of the 16 sectors in which a class 2 or 3 industry,
dangerous store or sewage works lies within the reach; calm is spread evenly. One source in one sector may have up to 1.5
sixteenths (GBZ 1-2010 5.1: the source lies upwind of the least frequent wind). The exposure E = Σ people · f · exp(-d/1000 m)
is given beside it. Without a wind rose every wind is taken as equally likely, so that only homes with sources on several
sides are found. Several seasons may be given one after the other (16, 32, 48 or 64 numbers); the worst season counts.

Cannot see: your wind rose (give `rose`, north first, clockwise), terrain, stacks, strength of the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..derive.adjacency import Array, NearPairs, near_together, spans
from ..derive.land.roles import nuisance, sensitive, unread
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)

ZH = Text(
    title="位于污染源下风向",
    message="敏感地块 {id} 全年有 {value:.1f}% 的风来自 {reach:.0f} 米内的污染源方位（限值 {limit:.2f}%），最近为 {other_id}，暴露指数 {exposure:.1f}",
    advice="将敏感用地移至最小频率风向的下风侧，或降低污染源类别",
    trap="未提供风玫瑰时按各风向等频计算，仅供参考",
)
EN = Text(
    title="Downwind of a nuisance",
    message="on sensitive parcel {id} {value:.1f} % of winds come from a nuisance within {reach:.0f} m (limit {limit:.2f} %), nearest {other_id}, exposure {exposure:.1f}",
    advice="place homes where wind from the source is rarest, or lower the class of the source",
    trap="without a wind rose every wind is taken as equally likely",
)
SECTORS = 16


@dataclass(frozen=True, kw_only=True)
class Params:
    """The wind and the reach."""

    rose: tuple[float, ...] = param((), unit="%", zh="风玫瑰（北起顺时针 16 方位，可分季）", source="your own; none is assumed", clause="GBZ 1-2010 5.1")
    calm: float = param(0.0, unit="%", zh="静风频率", source="your own; none is assumed")
    reach: float = param(1000.0, unit="m", zh="影响距离", source="project default, no standard")
    limit: float = param(9.375, unit="%", zh="风频限值", source="project default: 1.5 of 16 sectors")


def check(plan: Plan, p: Params) -> Findings:
    """Sensitive parcels with too much wind from nuisances; evidence: the lines of sight to them."""
    seasons = wind(p)
    homes, emit = np.flatnonzero(sensitive(plan)), np.flatnonzero(nuisance(plan).isin(["class2", "class3", "storage3", "sewage"]))
    pairs = near_together(plan, ("parcels", "parcels"), (homes, emit), np.full(len(homes), p.reach))
    shapes = plan["parcels"].geometry.to_numpy()
    here, there = shapely.point_on_surface(shapes[pairs.left]), shapely.point_on_surface(shapes[pairs.right])
    bearing = np.degrees(np.arctan2(shapely.get_x(there) - shapely.get_x(here), shapely.get_y(there) - shapely.get_y(here))) % 360.0
    sector = np.rint(np.round(bearing / (360.0 / SECTORS), 9)).astype(int) % SECTORS
    blocks = [_rows(plan, p, seasons, (pairs, sector, shapely.linestrings(_both(here, there))))] if len(pairs) else []
    return findings(plan.crs, *blocks, judged=len(homes), unknown=unread(plan))


def wind(p: Params) -> Array:
    """Return the share of winds by season and sector [%], calm spread evenly.

    Raises
    ------
    Skipped
        The rose has not 16 numbers a season, has a negative one, or does not sum to 100 with the calm.
    """
    if not len(p.rose):
        return np.full((1, SECTORS), 100.0 / SECTORS)
    rose = np.asarray(p.rose, dtype=float)
    if len(rose) % SECTORS or (rose < 0).any():
        raise Skipped("no_value", what=f"ST709 rose: 16 x n, >= 0 ({len(rose)})")
    seasons = rose.reshape(-1, SECTORS)
    total = seasons.sum(axis=1) + p.calm
    if (np.abs(total - 100.0) > 1.0).any():
        raise Skipped("no_value", what=f"ST709 rose + calm = 100 % ({total.min():.1f}–{total.max():.1f} %)")
    return np.asarray(seasons + p.calm / SECTORS)


def _both(here: Array, there: Array) -> Array:
    return np.stack([shapely.get_coordinates(here), shapely.get_coordinates(there)], axis=1)


def _rows(plan: Plan, p: Params, seasons: Array, seen: tuple[NearPairs, Array, Array]) -> Rows:
    pairs, sector, sight = seen
    parcels = plan["parcels"]
    home, turn = np.unique(pairs.left, return_inverse=True)
    hit = np.zeros((len(home), SECTORS), dtype=bool)
    hit[turn, sector] = True
    share = (hit @ seasons.T).max(axis=1)
    people = parcels["people"].fillna(0.0).to_numpy(dtype=float)[pairs.left]
    weight = people * seasons.max(axis=0)[sector] / 100.0 * np.exp(-pairs.distance / 1000.0)
    exposure = np.bincount(turn, weights=weight)
    ids = parcels["id"].to_numpy(dtype=object)
    order = np.lexsort((ids[pairs.right].astype(str), pairs.distance, turn))
    nearest = order[np.searchsorted(turn[order], np.arange(len(home)))]
    lines = shapely.multilinestrings(sight[order], indices=turn[order])
    bad = share > p.limit + 1e-9
    both = (spans(plan, "parcels")[pairs.left] & pairs.both)[nearest[bad]]
    since, until = both.days()
    return Rows(layer="parcels", id=ids[home[bad]], other_layer="parcels", other_id=ids[pairs.right[nearest[bad]]], value=np.round(share[bad], 3),
                limit=p.limit, unit="%", since=since, until=until, geometry=lines[bad], args={"exposure": np.round(exposure[bad], 3)})  # fmt: skip


def _box(name: str, code: str, x: float, y: float) -> dict[str, object]:
    return {"id": name, "code": code, "scheme": "gb50137", "people": 100, "wkt": f"POLYGON (({x} {y}, {x + 100} {y}, {x + 100} {y + 100}, {x} {y + 100}, {x} {y}))"}


PASSES = mini(parcels=[_box("R", "R2", 0, 0), _box("M", "M3", 500, 0)])
FAILS = mini(parcels=[_box("R", "R2", 0, 0), _box("E", "M3", 500, 0), _box("N", "M2", 0, 500)])
