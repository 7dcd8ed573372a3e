"""Homes do not lie where the wind often comes from a nuisance source nearby.

风向影响. For each sensitive parcel: the share of winds that blow from any of the 16 sectors in which a class 2 or 3 industry,
dangerous store or sewage works lies within the reach (inner point to inner point); calm is spread evenly. One source in one sector may have up to 1.5
sixteenths (GBZ 1-2010 5.1: the source lies upwind of the least frequent wind). The exposure E = Σ people · f · exp(-d/1000 m)
is given beside it. Without a wind rose (and its source and date) no wind is assumed: homes with a source in reach are `unknown`.
Several seasons may be given one after the other (16, 32, 48 or 64 numbers); the worst season counts.

Cannot see: your wind rose (give `rose`, north first, clockwise), terrain, stacks, strength of the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.distances import Spans
from ..facts.landuse.doubt import by_point
from ..facts.landuse.roles import nuisance, open_rows, sensitive, unread
from ..facts.nearby import Array, inner, spans
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import counterpart

SEVERITY = "warning"
cause = counterpart
LAYERS = ("parcels",)

ZH = Text(
    title="位于污染源下风向",
    message="敏感地块 {id} 全年有 {value:.1f}% 的风来自 {reach:.0f} 米内的污染源方位（限值 {limit:.2f}%），最近为 {other_id}，暴露指数 {exposure:.1f}",
    advice="将敏感用地移至最小频率风向的下风侧，或降低污染源类别",
    trap="未提供风玫瑰时不作推算，影响距离内有污染源的地块一律列为缺数据",
)
EN = Text(
    title="Downwind of a nuisance",
    message="on sensitive parcel {id} {value:.1f} % of winds come from a nuisance within {reach:.0f} m (limit {limit:.2f} %), nearest {other_id}, exposure {exposure:.1f}",
    advice="place homes where wind from the source is rarest, or lower the class of the source",
    trap="without a wind rose no wind is assumed: homes with a source in reach are unknown",
)
SECTORS = 16
SOURCES = ("class2", "class3", "storage3", "sewage")
_BATCH = 20_000


# fmt: off
@dataclass(frozen=True, kw_only=True)
class Params:
    """The wind and the reach."""

    rose: tuple[float, ...] = param((), unit="%", zh="风玫瑰（北起顺时针 16 方位，可分季）", source="your own; none is assumed", clause="GBZ 1-2010 5.1")
    calm: float = param(0.0, unit="%", zh="静风频率", source="your own; none is assumed")
    reach: float = param(1000.0, unit="m", zh="影响距离", source="project default, no standard")
    limit: float = param(9.375, unit="%", zh="风频限值", source="project default: 1.5 of 16 sectors")


def check(plan: Plan, p: Params) -> Findings:
    """Sensitive parcels with too much wind from nuisances; evidence: the line of sight to the nearest in each sector."""
    given, parcels = bool(len(p.rose)), plan["parcels"]
    seasons = wind(p) if given else np.zeros((1, SECTORS))
    homes, emit = np.flatnonzero(sensitive(plan)), np.flatnonzero(nuisance(plan).isin(SOURCES))
    spots = inner(plan, "parcels")
    ids = parcels["id"].to_numpy(dtype=object)
    world = _World(ids, _rank(ids), shapely.get_coordinates(spots), parcels["people"].fillna(0.0).to_numpy(dtype=float), spans(plan, "parcels"), seasons)
    tree, blocks, near = shapely.STRtree(spots[emit]), [], [homes[:0]]
    for at in range(0, len(homes), _BATCH):
        batch = homes[at : at + _BATCH]
        i, j = tree.query(spots[batch], predicate="dwithin", distance=p.reach)
        both = world.lives[batch[i]] & world.lives[emit[j]]
        i, j = batch[i[both.real]], emit[j[both.real]]
        near.append(np.unique(i))
        blocks += [_rows(world, p, (i, j))] if len(i) and given else []
    doubt = ids[:0] if given else ids[np.concatenate(near)]
    vague, unsure, dark = by_point(plan, homes, emit, p.reach)
    unknown = [*unread(plan), ("parcels", doubt, "no_rose"), open_rows(plan, "nuisance", vague), open_rows(plan, "sensitive", unsure)]
    judged = ids[homes][~np.isin(ids[homes].astype(str), np.union1d(doubt, ids[homes[dark]]).astype(str))]
    return findings(plan.crs, *blocks, judged={"parcels": judged}, unknown=unknown)


def reach(plan: Plan, p: Params) -> float:  # noqa: ARG001
    """Homes and sources within the distance of influence."""
    return p.reach


def wind(p: Params) -> Array:
    """Return the share of winds by season and sector [%], calm spread evenly.

    Raises
    ------
    Skipped
        The rose has not 16 numbers a season, has a negative one, or does not sum to 100 with the calm.
    """
    rose = np.asarray(p.rose, dtype=float)
    if len(rose) % SECTORS or (rose < 0).any():
        raise Skipped("bad_value", what=f"ST709 rose: 16 x n, >= 0 ({len(rose)})")
    seasons = rose.reshape(-1, SECTORS)
    total = seasons.sum(axis=1) + p.calm
    if (np.abs(total - 100.0) > 1.0).any():
        raise Skipped("bad_value", what=f"ST709 rose + calm = 100 % ({total.min():.1f}–{total.max():.1f} %)")
    return np.asarray(seasons + p.calm / SECTORS)


def sector_of(span: Array) -> Array:
    """The sector in which each way points, north first, clockwise."""
    bearing = np.degrees(np.arctan2(span[:, 0], span[:, 1])) % 360.0
    return np.asarray(np.rint(np.round(bearing / (360.0 / SECTORS), 9)).astype(int) % SECTORS)


@dataclass(frozen=True, eq=False)
class _World:
    """What is asked of every parcel: id, its place among the sorted ids, inner point, people, life; and the winds."""

    ids: Array
    rank: Array
    spot: Array
    people: Array
    lives: Spans
    seasons: Array


def _rank(ids: Array) -> Array:
    out = np.empty(len(ids), dtype=np.int64)
    out[np.argsort(ids.astype(str), kind="stable")] = np.arange(len(ids))
    return out


def _rows(world: _World, p: Params, seen: tuple[Array, Array]) -> Rows:
    (i, j), ids, seasons = seen, world.ids, world.seasons
    here, there = world.spot[i], world.spot[j]
    span = there - here
    sector = sector_of(span)
    distance = np.hypot(*span.T)
    home, turn = np.unique(i, return_inverse=True)
    exposure = np.bincount(turn, weights=world.people[i] * seasons.max(axis=0)[sector] / 100.0 * np.exp(-distance / 1000.0))
    order = np.lexsort((world.rank[j], np.round(distance, 6), sector, turn))
    first = order[np.unique(turn[order] * SECTORS + sector[order], return_index=True)[1]]
    hit = np.zeros((len(home), SECTORS), dtype=bool)
    hit[turn[first], sector[first]] = True
    share = (hit @ seasons.T).max(axis=1)
    bad = share > p.limit + 1e-9
    shown = first[bad[turn[first]]]
    nearest = shown[np.lexsort((world.rank[j[shown]], np.round(distance[shown], 6), turn[shown]))]
    nearest = nearest[np.unique(turn[nearest], return_index=True)[1]]
    lines = shapely.linestrings(np.stack([here[shown], there[shown]], axis=1))
    sight = shapely.multilinestrings(lines, indices=np.unique(turn[shown], return_inverse=True)[1])
    since, until = (world.lives[i[nearest]] & world.lives[j[nearest]]).days()
    return Rows(layer="parcels", id=ids[home[bad]], other_layer="parcels", other_id=ids[j[nearest]], value=np.round(share[bad], 3),
                limit=p.limit, unit="%", since=since, until=until, geometry=sight, args={"exposure": np.round(exposure[bad], 3)})


def _box(name: str, code: str, x: float, y: float) -> dict[str, object]:
    return {"id": name, "code": code, "scheme": "gb50137", "people": 100, "wkt": f"POLYGON (({x} {y}, {x + 100} {y}, {x + 100} {y + 100}, {x} {y + 100}, {x} {y}))"}


EXAMPLE = {"rose": (4.0, 4.0, 4.0, 4.0, 20.0, *[64.0 / 11] * 11)}
PASSES = mini(parcels=[_box("R", "R2", 0, 0), _box("M", "M3", 0, 500)])
FAILS = mini(parcels=[_box("R", "R2", 0, 0), _box("E", "M3", 500, 0), _box("N", "M2", 0, 500)])
