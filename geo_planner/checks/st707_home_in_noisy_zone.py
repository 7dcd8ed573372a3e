"""Homes lie outside the noise zones of industry and traffic, and works outside the quiet ones.

声环境功能区冲突. GB 3096-2008: class 3 is for industry and storage (65/55 dB), 4a and 4b for the strips along roads and
railways (70/55, 70/60), class 0 and 1 for rest, homes, schools and hospitals. Judged by the share of the parcel inside the
zone, while both exist; schools and hospitals count as homes.

Cannot see: measured levels, noise barriers, the height of windows, plants that are quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..derive.adjacency import Array, spans
from ..derive.land.roles import group_is, sensitive, unread
from ..derive.overlay import cut, overlaps, shared_shapes
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels", "noise_zones")
COLUMNS = ("noise_zones.grade",)

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


@dataclass(frozen=True, kw_only=True)
class Params:
    """How much of a parcel may lie in the wrong zone."""

    share: float = param(10.0, unit="%", zh="允许位于不符功能区的比例", source="project default, no standard; classes of GB 3096-2008, from memory", clause="GB 3096-2008 第4、5章")


def check(plan: Plan, p: Params) -> Findings:
    """Homes in zones 3, 4a, 4b and works in zones 0 and 1, with the part inside as the evidence."""
    grade = plan["noise_zones"]["grade"].to_numpy(dtype=object)
    homes, works = sensitive(plan).to_numpy(dtype=bool), group_is(plan, "industry")
    blocks = [
        _block(plan, p, np.flatnonzero(homes), np.flatnonzero(np.isin(grade, ["3", "4a", "4b"]))),
        _block(plan, p, np.flatnonzero(works), np.flatnonzero(np.isin(grade, ["0", "1"]))),
    ]
    ids = plan["noise_zones"]["id"].to_numpy(dtype=object)
    blank = plan["noise_zones"]["grade"].isna().to_numpy()
    return findings(plan.crs, *blocks, judged=int((homes | works).sum()), unknown=[*unread(plan), ("noise_zones", ids[blank], "no_attribute")])


def _block(plan: Plan, p: Params, mine: Array, zones: Array) -> Rows:
    parcels, noise = plan["parcels"], plan["noise_zones"]
    ours, theirs = parcels.geometry.to_numpy()[mine], noise.geometry.to_numpy()[zones]
    tiled = cut(theirs)
    i, j, area = overlaps(ours, theirs, tiled)
    share = 100.0 * area / parcels.geometry.area.to_numpy()[mine[i]]
    both = spans(plan, "parcels")[mine[i]] & spans(plan, "noise_zones")[zones[j]]
    keep = (share > p.share) & both.real
    i, j, share, both = i[keep], j[keep], share[keep], both[keep]
    since, until = both.days()
    return Rows(layer="parcels", id=parcels["id"].to_numpy(dtype=object)[mine[i]], other_layer="noise_zones",
                other_id=noise["id"].to_numpy(dtype=object)[zones[j]], value=np.round(share, 2), limit=p.share, unit="%",
                since=since, until=until, geometry=shared_shapes(ours, tiled, i, j),
                args={"grade": noise["grade"].to_numpy(dtype=object)[zones[j]]})  # fmt: skip


_HOME = {"id": "R", "code": "R2", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
PASSES = mini(
    parcels=[_HOME],
    noise_zones=[{"id": "N2", "grade": "2", "wkt": "POLYGON ((0 0, 100 0, 100 90, 0 90, 0 0))"}, {"id": "N4", "grade": "4a", "wkt": "POLYGON ((0 90, 100 90, 100 200, 0 200, 0 90))"}],
)
FAILS = mini(parcels=[_HOME], noise_zones=[{"id": "N4", "grade": "4a", "wkt": "POLYGON ((0 60, 100 60, 100 200, 0 200, 0 60))"}])
