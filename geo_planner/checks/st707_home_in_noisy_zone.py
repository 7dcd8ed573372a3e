"""Homes lie outside the noise zones of industry and traffic, and works outside the quiet ones.

声环境功能区冲突. GB 3096-2008: class 3 is for industry and storage (65/55 dB), 4a and 4b for the strips along roads and
railways (70/55, 70/60), class 0 and 1 for rest, homes, schools and hospitals. Judged by the share of the parcel inside the
zone, while both exist; schools and hospitals count as homes. Where no class 4 zone is drawn, the strips of GB/T 15190-2014 along
trunk roads (4a) and railways (4b) are taken instead, from the road edge, as information: 50 m beside class 1, 35 m beside
class 2 (or no zone), 20 m beside class 3.

Cannot see: measured levels, noise barriers, the height of windows, plants that are quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.distances import near
from ..algorithms.overlay import cut, overlaps, shared_shapes
from ..facts.landuse.roles import group_is, sensitive, unread
from ..facts.landuse.valid_shapes import valid_shapes
from ..facts.nearby import Array, inner, spans
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels", "noise_zones")
OPTIONAL = ("roads", "control_lines")
COLUMNS = ("noise_zones.grade",)
MEANS = ("sensitive", "group")

ZH = Text(
    title="声环境功能区冲突",
    message="地块 {id} 有 {value:.1f}% 位于 {grade} 类声环境功能区 {other_id}，与其用途不符",
    advice="调整用途或功能区划，临路建筑后退并采取隔声措施",
    trap="以功能区划为准，不代表实测噪声",
)
EN = Text(
    title="Use at odds with its noise zone",
    message="{value:.1f} % of parcel {id} lies in noise zone {other_id} of class {grade}, which does not suit its use",
    advice="change the use or the zoning; set buildings back from the road and insulate them",
    trap="this is the zoning, not a measured level",
)


# fmt: off
@dataclass(frozen=True, kw_only=True)
class Params:
    """How much of a parcel may lie in the wrong zone, and how wide the strips are."""

    beside1: float = param(50.0, unit="m", zh="1类区旁道路噪声带", source="GB/T 15190-2014, 50±5 m beside class 1 of GB 3096-2008, from memory", clause="GB/T 15190 第8章")
    beside2: float = param(35.0, unit="m", zh="2类区旁道路噪声带", source="GB/T 15190-2014, 35±5 m beside class 2 of GB 3096-2008, from memory", clause="GB/T 15190 第8章")
    beside3: float = param(20.0, unit="m", zh="3类区旁道路噪声带", source="GB/T 15190-2014, 20±5 m beside class 3 of GB 3096-2008, from memory", clause="GB/T 15190 第8章")
    share: float = param(10.0, unit="%", zh="允许位于不符功能区的比例", source="project default, no standard; classes of GB 3096-2008, from memory", clause="GB 3096-2008 第4、5章")


def check(plan: Plan, p: Params) -> Findings:
    """Homes in zones 3, 4a, 4b and works in zones 0 and 1, with the part inside as the evidence."""
    grade = plan["noise_zones"]["grade"].to_numpy(dtype=object)
    homes, works = sensitive(plan).to_numpy(dtype=bool), group_is(plan, "industry")
    blocks = [
        _block(plan, p, np.flatnonzero(homes), np.flatnonzero(np.isin(grade, ["3", "4a", "4b"]))),
        _block(plan, p, np.flatnonzero(works), np.flatnonzero(np.isin(grade, ["0", "1"]))),
    ]
    if not np.isin(grade, ["4a", "4b"]).any():
        blocks.append(_strips(plan, p, np.flatnonzero(homes), np.flatnonzero(np.isin(grade, ["0", "1", "3"]))))
    ids = plan["noise_zones"]["id"].to_numpy(dtype=object)
    blank = plan["noise_zones"]["grade"].isna().to_numpy()
    return findings(plan.crs, *blocks, judged=int((homes | works).sum()), unknown=[*unread(plan), ("noise_zones", ids[blank], "no_attribute")])


def _block(plan: Plan, p: Params, mine: Array, zones: Array) -> Rows:
    parcels, noise = plan["parcels"], plan["noise_zones"]
    ours, theirs = valid_shapes(plan, "parcels")[mine], noise.geometry.to_numpy()[zones]
    tiled = cut(theirs)
    i, j, area = overlaps(ours, theirs, tiled)
    share = 100.0 * area / parcels.geometry.area.to_numpy()[mine[i]]
    both = spans(plan, "parcels")[mine[i]] & spans(plan, "noise_zones")[zones[j]]
    keep = (share > p.share) & both.real
    i, j, area, share, both = i[keep], j[keep], area[keep], share[keep], both[keep]
    since, until = both.days()
    return Rows(layer="parcels", id=parcels["id"].to_numpy(dtype=object)[mine[i]], other_layer="noise_zones",
                other_id=noise["id"].to_numpy(dtype=object)[zones[j]], value=np.round(share, 2), limit=p.share, unit="%",
                since=since, until=until, geometry=shared_shapes(ours, tiled, i, j, area),
                args={"grade": noise["grade"].to_numpy(dtype=object)[zones[j]]})


def _strips(plan: Plan, p: Params, mine: Array, zones: Array) -> Rows:
    """Return homes in the strip of a trunk road or railway, each with the one that takes the most of it."""
    parcels, noise = plan["parcels"], plan["noise_zones"]
    ours, wide = parcels.geometry.to_numpy()[mine], np.full(len(mine), p.beside2)
    k, z = shapely.STRtree(noise.geometry.to_numpy()[zones]).query(inner(plan, "parcels")[mine], predicate="intersects")
    wide[k] = np.where(noise["grade"].to_numpy(dtype=object)[zones[z]] == "3", p.beside3, p.beside1)
    blocks = [(layer, of, half) for layer, of, half in (("roads", *_trunks(plan)), ("control_lines", *_rails(plan))) if len(of)]
    found: list[tuple[Array, ...]] = [tuple(np.empty(0, dtype=object) for _ in range(7))]
    for layer, of, half in blocks:
        lines = plan[layer].geometry.to_numpy()[of]
        i, j, _ = near(ours, lines, wide + half.max())
        shape = shapely.intersection(ours[i], shapely.buffer(lines[j], wide[i] + half[j]))
        both = spans(plan, "parcels")[mine[i]] & spans(plan, layer)[of[j]]
        share = 100.0 * shapely.area(shape) / parcels.geometry.area.to_numpy()[mine[i]]
        keep = (share > p.share) & both.real
        since, until = both[keep].days()
        found.append((mine[i[keep]], np.full(keep.sum(), layer), plan[layer]["id"].to_numpy(dtype=object)[of[j[keep]]], share[keep], shape[keep], since, until))
    at, named, other, share, shape, since, until = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((other.astype(str), -np.round(share.astype(float), 6), at.astype(int)))
    first = order[np.unique(at[order].astype(int), return_index=True)[1]]
    return Rows(layer="parcels", id=parcels["id"].to_numpy(dtype=object)[at[first].astype(int)], other_layer=named[first], other_id=other[first],
                value=np.round(share[first].astype(float), 2), limit=p.share, unit="%", since=since[first].astype("datetime64[ms]"),
                until=until[first].astype("datetime64[ms]"), geometry=shape[first], severity="info",
                args={"grade": np.where(named[first] == "roads", "4a", "4b")})


def _trunks(plan: Plan) -> tuple[Array, Array]:
    """Return the trunk roads, and half their width [m], 0 where it is not known."""
    if not plan.has("roads", "grade"):
        return np.empty(0, dtype=int), np.empty(0)
    roads = plan["roads"]
    mine = np.flatnonzero(roads["grade"].isin(["motorway", "expressway", "arterial", "secondary"]) & (shapely.get_dimensions(roads.geometry.to_numpy()) == 1))
    return mine, roads["width"].fillna(0.0).to_numpy(dtype=float)[mine] / 2.0


def _rails(plan: Plan) -> tuple[Array, Array]:
    if not plan.has("control_lines", "kind"):
        return np.empty(0, dtype=int), np.empty(0)
    mine = np.flatnonzero(plan["control_lines"]["kind"].eq("railway").fillna(value=False))
    return mine, np.zeros(len(mine))


_HOME = {"id": "R", "code": "R2", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
PASSES = mini(
    parcels=[_HOME],
    noise_zones=[{"id": "N2", "grade": "2", "wkt": "POLYGON ((0 0, 100 0, 100 90, 0 90, 0 0))"}, {"id": "N4", "grade": "4a", "wkt": "POLYGON ((0 90, 100 90, 100 200, 0 200, 0 90))"}],
)
FAILS = mini(parcels=[_HOME], noise_zones=[{"id": "N4", "grade": "4a", "wkt": "POLYGON ((0 60, 100 60, 100 200, 0 200, 0 60))"}])
