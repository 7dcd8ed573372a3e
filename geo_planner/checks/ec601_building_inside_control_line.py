"""Land to be built on keeps out of farmland and red lines and inside the development boundary.

三区三线. Permanent basic farmland (永久基本农田) and the ecological red line (生态保护红线) may not be built on; development
stays inside the urban development boundary (城镇开发边界). Judged in time: only while the parcel and the line both exist,
and against the boundary in force in each period. A parcel that ends before a line is drawn is no fault.
Farm, green, water and reserve land is not judged.

Cannot see: approvals by the State Council for national key projects, limited human activities listed for red lines,
the flexible zone (弹性发展区), and lines that are missing from the layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ..algorithms.distances import Spans
from ..algorithms.overlay import cut, overlaps, rest_shapes, shared_shapes
from ..facts.landuse.roles import developed, unread
from ..facts.landuse.uses import uses
from ..facts.landuse.valid_shapes import valid_shapes
from ..facts.nearby import Array, inner, spans
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import counterpart

SEVERITY = "error"
cause = counterpart
LAYERS = ("parcels", "control_lines")
COLUMNS = BLANKS = ("control_lines.kind",)
MEANS = ("developed",)

ZH = Text(
    title="侵占三线",
    message="建设地块 {id} 与控制线 {other_id}（{kind_zh}）冲突面积 {value:.0f} 平方米，占地块 {share:.1f}%",
    advice="调整地块边界避让，或依法办理控制线调整后再供地",
    trap="国家重点项目经国务院批准占用、生态保护红线内允许的有限人为活动不在此列",
)
EN = Text(
    title="Control line violated",
    message="building land {id} conflicts with control line {other_id} ({kind}) over {value:.0f} m², {share:.1f} % of the parcel",
    advice="redraw the parcel, or have the line changed by the legal procedure before the land is granted",
    trap="key projects approved by the State Council and the limited activities allowed inside red lines",
)
REMEDY = {"happened": ("停止建设并依法处置控制线内部分：退出复原，或经法定程序调整后方可保留", "stop the works; what lies inside the line is withdrawn and restored, or kept only after the line is changed by law")}  # fmt: skip
# fmt: off
_KINDS = {"farmland": ("永久基本农田", "farmland"), "redline": ("生态保护红线", "red line"), "boundary": ("城镇开发边界外", "outside the boundary")}


@dataclass(frozen=True, kw_only=True)
class Params:
    """Thresholds of EC601."""

    tolerance: float = param(1.0, unit="m²", zh="冲突面积容差", source="project default for drawing tolerance", clause="土地管理法 第35、44条")
    tolerance_share: float = param(0.1, unit="%", zh="冲突占比容差", source="project default for drawing tolerance")


def check(plan: Plan, p: Params) -> Findings:
    """Parcels that share area with a protected line, or lie outside the boundary; the area in conflict is the evidence."""
    kind = plan["control_lines"]["kind"].to_numpy(dtype=object)
    mine = np.flatnonzero(developed(plan))
    blocks = [_intrusions(plan, p, mine, np.flatnonzero(np.isin(kind, ["farmland", "redline"])))]
    if (kind == "boundary").any():
        blocks += _outside(plan, p, mine, np.flatnonzero(kind == "boundary"))
    return findings(plan.crs, *blocks, judged=("parcels", plan["parcels"]["id"].to_numpy(dtype=object)[mine]), unknown=unread(plan))


def _intrusions(plan: Plan, p: Params, mine: Array, lines: Array) -> Rows:
    control = plan["control_lines"]
    ours, tiled = valid_shapes(plan, "parcels")[mine], cut(_shapes(control, lines))
    i, j, area = overlaps(ours, _shapes(control, lines), tiled)
    both = spans(plan, "parcels")[mine[i]] & spans(plan, "control_lines")[lines[j]]
    keep = both.real & _over(area, uses(plan)["area"].to_numpy()[mine[i]], p)
    evidence = shared_shapes(ours, tiled, i[keep], j[keep], area[keep])
    i, j, area, both = mine[i[keep]], lines[j[keep]], area[keep], both[keep]
    kinds = control["kind"].to_numpy(dtype=object)[j]
    return _rows(plan, p, (i, j), area, evidence, both, kinds)


def _outside(plan: Plan, p: Params, mine: Array, lines: Array) -> list[Rows]:
    """Return one block per period in which the set of boundaries in force is the same; a parcel is named once."""
    lives, control = spans(plan, "control_lines")[lines], plan["control_lines"]
    ours = spans(plan, "parcels")[mine]
    dates = np.unique(np.concatenate([lives.since, lives.until]))
    blocks: list[Rows] = []
    named = np.zeros(len(mine), dtype=bool)
    for since, until in pairwise(dates):
        force = (lives.since <= since) & (lives.until >= until)
        both = ours & Spans(np.full(len(mine), since), np.full(len(mine), until))
        at = np.flatnonzero(both.real & ~named)
        if not force.any() or not len(at):
            continue
        inside = np.array([shapely.union_all(_shapes(control, lines[force]))], dtype=object)
        whole = uses(plan)["area"].to_numpy()[mine[at]]
        tiled = cut(inside)
        i, _, area = overlaps(valid_shapes(plan, "parcels")[mine[at]], inside, tiled)
        area = whole - np.bincount(i, weights=area, minlength=len(at))
        bad = _over(area, whole, p)
        named[at[bad]] = True
        at, area = at[bad], area[bad]
        rest = _rest(valid_shapes(plan, "parcels").shapes[mine[at]], tiled, whole[bad] - area)
        nearest = lines[force][_nearest(inner(plan, "parcels")[mine[at]], _shapes(control, lines[force]))]
        blocks.append(_rows(plan, p, (mine[at], nearest), area, rest, both[at], np.full(len(at), "boundary")))
    return blocks


def _rest(shapes: Array, tiled: tuple[Array, Array], inside: Array) -> Array:
    """Return what lies outside the boundary; all of a parcel of which nothing lies inside."""
    out, part = np.array(shapes, dtype=object), np.flatnonzero(inside > 0)
    shared = shared_shapes(shapes, tiled, part, np.zeros(len(part), dtype=int), inside[part])
    out[part] = rest_shapes(shapes[part], shared)
    return out


def _nearest(points: Array, boundaries: Array) -> Array:
    tiles, owner = cut(boundaries)
    boxes = shapely.STRtree(shapely.box(*shapely.bounds(tiles).T))
    boxes.query(shapely.Point(0, 0))  # built before threads ask
    return owner[boxes.nearest(points)] if len(points) else owner[:0]


def _over(area: Array, whole: Array, p: Params) -> Array:
    return np.asarray((area > p.tolerance) & (area > whole * p.tolerance_share / 100.0))


def _shapes(frame: gpd.GeoDataFrame, at: Array) -> Array:
    return np.asarray(frame.geometry.to_numpy()[at], dtype=object)


def _rows(plan: Plan, p: Params, at: tuple[Array, Array], area: Array, evidence: Array, both: Spans, kinds: Any) -> Rows:  # noqa: PLR0913, PLR0917
    parcels, control, (since, until) = plan["parcels"], plan["control_lines"], both.days()
    names = [_KINDS[k] for k in kinds]
    share = np.round(100.0 * area / uses(plan)["area"].to_numpy()[at[0]], 2)
    words = {"share": share, "kind_zh": [n[0] for n in names], "kind": [n[1] for n in names]}
    return Rows(
        layer="parcels", id=parcels["id"].to_numpy(dtype=object)[at[0]], geometry=evidence, other_layer="control_lines",
        other_id=control["id"].to_numpy(dtype=object)[at[1]], value=np.round(area, 2), limit=p.tolerance, unit="m²",
        since=since, until=until, args=words,
    )


_PARCEL = {"id": "P1", "code": "M1", "scheme": "gb50137", "start": "2024-01-01", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
_GREEN = {"id": "G1", "code": "G1", "scheme": "gb50137", "wkt": "POLYGON ((100 0, 200 0, 200 100, 100 100, 100 0))"}
PASSES = mini(
    parcels=[_PARCEL, _GREEN],
    control_lines=[
        {"id": "F1", "kind": "farmland", "wkt": "POLYGON ((100 0, 200 0, 200 100, 100 100, 100 0))"},
        {"id": "F2", "kind": "farmland", "finish": "2023-12-31", "wkt": "POLYGON ((50 0, 100 0, 100 100, 50 100, 50 0))"},
        {"id": "B1", "kind": "boundary", "wkt": "POLYGON ((-10 -10, 110 -10, 110 110, -10 110, -10 -10))"},
    ],
)
FAILS = mini(parcels=[_PARCEL], control_lines=[
    {"id": "F1", "kind": "farmland", "start": "2020-01-01", "wkt": "POLYGON ((80 0, 200 0, 200 100, 80 100, 80 0))"},
    {"id": "B1", "kind": "boundary", "wkt": "POLYGON ((10 -10, 110 -10, 110 110, 10 110, 10 -10))"},
])
