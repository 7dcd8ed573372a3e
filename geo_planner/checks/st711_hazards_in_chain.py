"""Dangerous buildings do not stand so near each other that one accident sets off the next.

危险源连锁（多米诺效应）. Buildings of fire hazard class 甲 or 乙 that are within `reach` of each other while both exist make a
chain; a chain of more than `most` is named once, with the homes, schools and hospitals within reach of it. The analysis itself
(GB/T 37243, 化工园区安全风险排查治理导则) needs quantities and substances; this says where to begin.

Cannot see: what is stored and how much, tanks and pipes, walls and barriers between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ..algorithms.distances import NearPairs, links
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "info"
LAYERS = ("buildings",)
COLUMNS = ("buildings.hazard",)

ZH = Text(
    title="危险源成串",
    message="自建筑 {id} 起 {value:.0f} 栋甲、乙类建筑彼此相距不足 {reach:.0f} 米（提示线 {limit:.0f} 栋），周边 {reach:.0f} 米内有敏感建筑 {guarded} 栋",
    advice="开展多米诺效应分析，拉开间距、分散布局或设防护屏障",
    trap="物质种类和数量不在图层中，结论须以安全评价为准",
)
EN = Text(
    title="Hazards in a chain",
    message="from building {id} on, {value:.0f} buildings of class jia or yi stand within {reach:.0f} m of the next (line: {limit:.0f}); {guarded} homes, schools or hospitals are within {reach:.0f} m of them",
    advice="have the domino effect analysed; keep them apart, spread them or build barriers",
    trap="substances and quantities are in no layer; the safety assessment decides",
)
_GUARDED = ("house", "dormitory", "school", "hospital")


@dataclass(frozen=True, kw_only=True)
class Params:
    """When buildings make a chain, and how long it may be."""

    reach: float = param(
        50.0,
        unit="m",
        zh="连锁距离",
        source="project default, no standard; 50 m is asked of class jia stores and important public buildings",
    )
    most: float = param(2.0, unit="1", zh="成串危险建筑提示线", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Chains of dangerous buildings; evidence: the shortest lines between them."""
    buildings = plan["buildings"]
    hazard, use = (buildings[name].to_numpy(dtype=object) for name in ("hazard", "use"))
    ids, shapes = buildings["id"].to_numpy(dtype=object), buildings.geometry.to_numpy()
    works = np.isin(use.astype(str), ["factory", "warehouse"])
    mine, guarded = (
        np.flatnonzero(np.isin(hazard.astype(str), ["jia", "yi"])),
        np.flatnonzero(np.isin(use.astype(str), _GUARDED)),
    )
    pairs = near_together(plan, ("buildings", "buildings"), (mine, mine), np.full(len(mine), p.reach))
    pairs = pairs[pairs.left < pairs.right]
    homes = near_together(plan, ("buildings", "buildings"), (mine, guarded), np.full(len(mine), p.reach))
    chain = chains(len(buildings), pairs)
    size = np.bincount(chain[mine], minlength=chain.max(initial=0) + 1)
    rows = mine[np.lexsort((ids[mine].astype(str), chain[mine]))]
    bad, at = np.unique(chain[rows[size[chain[rows]] > p.most]], return_index=True)
    first = rows[size[chain[rows]] > p.most][at]
    pairs = pairs[np.argsort(chain[pairs.left], kind="stable")]
    pairs = pairs[size[chain[pairs.left]] > p.most]
    lines = shapely.multilinestrings(
        _lines(shapes, pairs), indices=np.unique(chain[pairs.left], return_inverse=True)[1]
    )
    near = np.unique(np.column_stack([chain[homes.left], homes.right]), axis=0)[:, 0]
    found = Rows(
        layer="buildings",
        id=ids[first],
        geometry=lines,
        value=size[bad].astype(float),
        limit=p.most,
        unit="1",
        args={"guarded": np.bincount(near, minlength=len(size))[bad]},
    )
    blank = works & np.equal(hazard.astype(str), "nan")
    told = np.union1d(mine, np.flatnonzero(works & ~blank))
    return findings(plan.crs, found, judged=len(told), unknown=[("buildings", ids[blank], "no_hazard")])


def chains(count: int, pairs: NearPairs) -> Array:
    """Return the number of the chain each building is in."""
    near = csr_array((np.ones(len(pairs), dtype=bool), (pairs.left, pairs.right)), shape=(count, count))
    return np.asarray(connected_components(near, directed=False)[1])


def _lines(shapes: Array, pairs: NearPairs) -> Array:
    """Return the shortest line of each pair; where two touch, one from inner point to inner point."""
    line = links(shapes[pairs.left], shapes[pairs.right])
    inner = shapely.linestrings(
        np.stack(
            [shapely.get_coordinates(shapely.point_on_surface(shapes[k])) for k in (pairs.left, pairs.right)], axis=1
        )
    )
    return np.asarray(np.where(shapely.get_type_id(line) == shapely.GeometryType.LINESTRING, line, inner))


def _store(name: str, x: float, hazard: str | None = "jia", use: str = "warehouse") -> dict[str, object]:
    return {
        "id": name,
        "use": use,
        "hazard": hazard,
        "wkt": f"POLYGON (({x} 0, {x + 10} 0, {x + 10} 10, {x} 10, {x} 0))",
    }


PASSES = mini(buildings=[_store("A", 0), _store("B", 40), _store("C", 101)])
FAILS = mini(buildings=[_store("A", 0), _store("B", 40), _store("C", 100), _store("H", 140, None, "house")])
