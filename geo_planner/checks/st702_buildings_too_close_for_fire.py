"""Factories, stores and civil buildings keep the fire separation from one another.

防火间距. GB 50016-2014 (2018), table 3.4.1 for works: S = A + B + C with A = 13 where one is a high-rise factory, 12 where one is
class 甲, else 10, and B, C = 0, 2, 4 for fire ratings I-II, III, IV; own columns for civil buildings. Table 5.2.2 between civil
buildings: 6 m for low ones of rating I-II, 13 m between two high ones. 戊 with 戊 may be 2 m nearer, low 戊 counts as civil to low
civil buildings. Buildings of one parcel that touch, and civil ones in a row, are one building.

Cannot see: fire walls, protected openings and sprinklers, which allow less (a gap of 丙丁戊 or low civil buildings within the 25 %
reduction is therefore `unknown`, never passed), open fires, tanks. A 甲 store is found below the least that table 3.5.1 asks over
all items and tonnages, and two civil buildings of unknown rating below what is asked of rating I-II; both `unknown` up to the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..algorithms.distances import NearPairs, links
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import FIRE, FIRE_CIVIL, FIRE_STORE
from .tables.fire import OPEN, YI_3, YI_HIGH, farthest, jia_store, limits

SEVERITY = "error"
LAYERS = ("buildings",)
COLUMNS = ("buildings.use",)

ZH = Text(
    title="防火间距不足",
    message="建筑 {id} 与 {other_id} 相距 {value:.1f} 米，小于防火间距 {limit:.0f} 米",
    advice="拉开间距，或设置防火墙等措施后经消防设计审查确认",
    trap="有防火墙、外墙开口受限等措施时间距可减小，图中无此信息",
)
EN = Text(
    title="Fire separation too small",
    message="buildings {id} and {other_id} stand {value:.1f} m apart, less than the fire separation of {limit:.0f} m",
    advice="keep the distance, or have fire walls and the like approved",
    trap="fire walls and limited openings allow less; the layer cannot show them",
)


# fmt: off
@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as high, what as crowded, and how much a measure may take off."""

    table: tuple[str, ...] = FIRE
    civil_table: tuple[str, ...] = FIRE_CIVIL
    store_table: tuple[str, ...] = FIRE_STORE
    high_factory: float = param(24.0, unit="m", zh="高层厂房（仓库）高度", source="GB 50016-2014, from memory", clause="2.1.1")
    high_house: float = param(27.0, unit="m", zh="高层住宅高度", source="GB 50016-2014, from memory", clause="5.1.1")
    first_house: float = param(54.0, unit="m", zh="一类高层住宅高度", source="GB 50016-2014, from memory", clause="5.1.1")
    first_civil: float = param(50.0, unit="m", zh="一类高层公共建筑高度", source="GB 50016-2014, from memory", clause="5.1.1")
    crowded: float = param(50.0, unit="m", zh="甲、乙类与重要公共建筑间距", source="GB 50016-2014, secondary source [R]", clause="3.4.2")
    wu_less: float = param(2.0, unit="m", zh="戊类厂房之间减少值", source="GB 50016-2014, secondary source [R]", clause="3.4.1 注")
    reduction: float = param(25.0, unit="%", zh="无开口不燃外墙可减少比例", source="GB 50016-2014, secondary source [R]", clause="3.4.1 注")


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of buildings nearer than the table allows while both stand; the gap is the evidence."""
    buildings = plan["buildings"]
    ids = buildings["id"].to_numpy(dtype=object)
    works = buildings["use"].isin(["factory", "warehouse"]).to_numpy()
    kind = kinds(plan, p)
    known, every = kind >= 0, np.arange(len(ids))
    far_works, far_civil = farthest(p.table, p.civil_table, p.store_table)
    pairs = near_together(plan, ("buildings", "buildings"), (every, every), np.where(works, max(p.crowded, far_works), far_civil))
    one, two = works[pairs.left], works[pairs.right]
    pairs = pairs[np.where(one, known[pairs.left] & ((pairs.left < pairs.right) | ~two), (pairs.left < pairs.right) & ~two)]
    pairs = pairs[~_one_building(plan, pairs, works)]
    both_civil = ~works[pairs.left]
    unclear = ~known[pairs.right] | ~known[pairs.left]
    limit, most = _limit(plan, p, kind, pairs)
    limit = np.where(unclear & ~both_civil, 0.0, limit)
    short = pairs.distance < limit - 1e-9
    by_item = ~unclear & ~short & (pairs.distance < most - 1e-9)
    tall = np.isin(kind, [13, 14])
    danger = np.isin(buildings["hazard"].to_numpy(dtype=object).astype(str), ["jia", "yi"])
    dull = ~(danger[pairs.left] | danger[pairs.right]) & ~(both_civil & (tall[pairs.left] | tall[pairs.right]))
    reducible = short & dull & (pairs.distance >= limit * (1 - p.reduction / 100.0))
    found = short & ~reducible
    open_ = pairs[unclear & ~found & (pairs.distance < most - 1e-9)]
    doubt = np.unique(np.concatenate([open_.left, open_.right]))
    unknown = [("buildings", ids[works & ~known], "no_hazard"), ("buildings", np.unique(ids[pairs.left[reducible | by_item]].astype(str)), "no_attribute"),
               ("buildings", np.unique(ids[doubt[~works[doubt] & ~known[doubt]]].astype(str)), "no_hazard")]
    return findings(plan.crs, _rows(plan, pairs[found], limit[found]), judged={"buildings": ids[known]}, unknown=unknown)


def reach(plan: Plan, p: Params) -> float:  # noqa: ARG001
    """The longest distance between two buildings that the rule looks at."""
    return max(p.crowded, *farthest(p.table, p.civil_table, p.store_table))


def _rows(plan: Plan, pairs: NearPairs, limit: Array) -> Rows:
    ids, shapes = plan["buildings"]["id"].to_numpy(dtype=object), plan["buildings"].geometry.to_numpy()
    swap = ids[pairs.left].astype(str) > ids[pairs.right].astype(str)
    a, b = np.where(swap, pairs.right, pairs.left), np.where(swap, pairs.left, pairs.right)
    since, until = pairs.both.days()
    return Rows(layer="buildings", id=ids[a], other_layer="buildings", other_id=ids[b], value=np.round(pairs.distance, 2),
                limit=limit, unit="m", since=since, until=until, geometry=links(shapes[a], shapes[b]))


def kinds(plan: Plan, p: Params) -> Array:
    """Kind of each building in `limits`: 0-9, 16 and 17 works by the table's rows, 10-14 civil, 15 crowded, -1 unknown."""
    b = plan["buildings"]
    use, hazard = b["use"].to_numpy(dtype=object), b["hazard"].to_numpy(dtype=object)
    rating = b["rating"].to_numpy(dtype=float, na_value=np.nan)
    at, known = np.select([rating <= 2, rating == 3, rating == 4], [0, 1, 2], 0), (rating >= 1) & (rating <= 4)
    height, floors = b["height"].to_numpy(dtype=float), b["floors"].to_numpy(dtype=float)
    works = np.isin(use.astype(str), ["factory", "warehouse"])
    tall = (height > p.high_factory) & ~(floors < 2)
    mild = np.isin(hazard.astype(str), ["ding", "wu"])
    yi = np.where(tall, YI_HIGH, np.where(rating == 3, YI_3, 1))
    row = np.select([hazard == "jia", hazard == "yi", tall & mild, tall, mild], [0, yi, 9, 8, 5 + at], 2 + at)
    open_works = works & (np.array([h not in {"jia", "yi", "bing", "ding", "wu"} for h in hazard]) | (~known & ~np.isin(row, [0, 1, 8, 9, YI_HIGH])))
    house = np.isin(use.astype(str), ["house", "dormitory"])
    high = np.where(house, height > p.high_house, height > p.high_factory)
    first = np.where(house, height > p.first_house, height > p.first_civil)
    civil = np.select([np.isin(use.astype(str), ["school", "hospital"]), first, high], [15, 13, 14], 10 + at)
    open_civil = ~works & (civil < 13) & ~known
    return np.asarray(np.where(open_works | open_civil, -1, np.where(works, row, civil)))


def _limit(plan: Plan, p: Params, kind: Array, pairs: NearPairs) -> tuple[Array, Array]:
    """Return the limit of each pair, and the most that it could be where items and tonnage are not known."""
    a, b = kind[pairs.left], kind[pairs.right]
    civil = ~np.isin(plan["buildings"]["use"].to_numpy(dtype=object)[pairs.left].astype(str), ["factory", "warehouse"])
    # Unknown ratings: of works the most is asked; between civil buildings the least, and up to the most in doubt.
    square = limits(p.table, p.civil_table)
    highest = square[np.where(a < 0, OPEN, a), np.where(b < 0, OPEN, b)]
    a, b = np.where(a < 0, 10, a), np.where(b < 0, np.where(civil, 10, OPEN), b)
    out = square[a, b]
    out = np.where((b == 15) & np.isin(a, [0, 1, YI_3, YI_HIGH]), p.crowded, out)
    wu = plan["buildings"]["hazard"].to_numpy(dtype=object) == "wu"
    low = (a >= 5) & (a <= 7)
    out = np.where(wu[pairs.left] & wu[pairs.right] & ~civil & (b < 10), out - p.wu_less, out)
    as_civil = wu[pairs.left] & low & np.isin(b, [10, 11, 12, OPEN])
    out = np.where(as_civil, square[np.where(as_civil, a + 5, a), b], out)
    store = (kind == 0) & plan["buildings"]["use"].eq("warehouse").to_numpy(dtype=bool)
    one, two = store[pairs.left], store[pairs.right]
    other = np.where(one & two, 19, np.where(one, b, a))
    least, most = (np.where(one | two, of[other], out) for of in jia_store(p.store_table))
    return np.asarray(least), np.asarray(np.where(civil, highest, most))


def _one_building(plan: Plan, pairs: NearPairs, works: Array) -> Array:
    parcel = plan["buildings"]["parcel"].fillna("").to_numpy(dtype=object)
    same = (parcel[pairs.left] == parcel[pairs.right]) & (parcel[pairs.left] != "")
    return np.asarray((same | ~(works[pairs.left] | works[pairs.right])) & (pairs.distance == 0))


def _building(name: str, x: float, use: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "use": use, "rating": 2, "wkt": f"POLYGON (({x} 0, {x + 20} 0, {x + 20} 20, {x} 20, {x} 0))"} | more


PASSES = mini(buildings=[_building("F1", 0, "factory", hazard="bing"), _building("F2", 30, "factory", hazard="ding"), _building("H", 60, "house")])
FAILS = mini(buildings=[_building("F1", 0, "factory", hazard="jia"), _building("F2", 31, "factory", hazard="bing"), _building("H", 75, "house")])
