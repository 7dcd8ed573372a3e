"""Every gravity sewer falls all the way to an outfall.

Three faults: a pipe whose lower end towards the outfall is higher than its upper end (逆坡), a pipe that starts higher than a
pipe that drains into it ends (管底反坎), and a part of the network from which no path leads to an outfall or treatment works.
The way to the outfall is the path with the lowest summit. One finding for each fault, not for everything upstream of it. A gap
comes first: where a pipe would fall if its lower end went on to the pipe ahead of it, the gap is the fault and no slope is.

Cannot see: pumping stations and rising mains (no field for them), pipes without levels (unknown), drops inside manholes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.networks.ends import parts
from ..algorithms.networks.noding import Network, Snap
from ..facts.utilities.gaps import bridged, sewer_gaps
from ..facts.utilities.graph import without_days
from ..facts.utilities.sewer import Drainage, drainage
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param
from .grouping import of_feature

SEVERITY = "error"
cause = of_feature
LAYERS = ("pipes", "sources")
BLANKS = ("pipes.kind",)
COLUMNS = ("pipes.z_start", "pipes.z_end")

ZH = Text(
    title="重力流管道不能排出",
    message="{kind_zh}管线 {id} 不能自流排出：{fault_zh}",
    advice="复核管底标高与流向；确需抬升的设提升泵站",
    trap="压力管、泵站提升段不按重力流判断，应从图层中分出",
)
EN = Text(
    title="Gravity sewer does not drain",
    message="{kind} pipe {id} does not drain by gravity: {fault}",
    advice="check the invert levels and the direction of flow; where it must rise, provide a pumping station",
    trap="rising mains are no gravity pipes and belong in a layer of their own",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance_z: float = param(0.02, unit="m", source="project default: the accuracy of levels", zh="标高容差")
    kinds: tuple[str, ...] = param(
        ("sewer", "storm"), unit="list", source="project default", zh="按重力流判断的管线种类"
    )
    snap: float = param(0.5, unit="m", source="project default, no standard", zh="捕捉容差")
    gap: float = param(3.0, unit="m", source="project default, no standard", zh="判为漏连的最大间距")
    ahead: float = param(300.0, unit="m", source="project default, no standard", zh="端头正前方寻找同类管线的距离")


def check(plan: Plan, p: Params) -> Findings:
    """Each pipe that rises, each step up between two pipes, each gap below a pipe, and each part without an outfall."""
    blocks: list[Rows] = []
    unknown: list[tuple[str, np.ndarray, str]] = []
    judged, seen, plan = 0, False, without_days(plan)
    for kind in p.kinds:
        snap = Snap(tolerance=p.snap)
        drain = drainage(plan, kind, snap)
        net = drain.network
        if not len(net.ids):
            continue
        if not len(net.sources):
            unknown.append(("pipes", net.ids, "no_source"))
            continue
        seen = True
        flat = np.zeros(len(net.ids), bool)
        flat[net.pipe[~drain.levelled]] = True
        part, fed = parts(net)
        unknown.append(("pipes", net.ids[flat & fed[part]], "no_cover"))
        judged += int((~(flat & fed[part])).sum())
        gaps = sewer_gaps(plan, kind, p.tolerance_z, (p.snap, p.gap, p.ahead))
        if len(gaps):
            drain = drainage(bridged(plan, kind, gaps, snap), kind, snap)
            part, fed = parts(drain.network)
        blocks += [*_rises(drain, kind, p), _cut_off(drain, kind, part, fed), _gap_rows(net, kind, gaps, p)]
    if not seen:
        raise Skipped("no_source")
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _rises(drain: Drainage, kind: str, p: Params) -> list[Rows]:
    """Return pipes that run uphill towards the outfall, and pipes that start above one that drains into them."""
    net = drain.network
    rise = np.where(drain.drains, drain.z_down - drain.z_up, np.nan)
    steep = np.flatnonzero(rise > p.tolerance_z)
    total = np.bincount(net.pipe[steep], weights=rise[steep], minlength=len(net.ids))
    own = np.flatnonzero(total > 0)
    zh = [f"逆坡，朝出口方向抬高 {v:.2f} 米" for v in total[own]]
    en = [f"it rises {v:.2f} m towards the outfall" for v in total[own]]
    uphill = _rows(kind, (net.ids[own], "", net.lines[own]), (total[own], p.tolerance_z), (zh, en))
    above = np.flatnonzero((drain.below >= 0) & drain.drains)
    below = drain.below[above]
    step = drain.z_up[below] - drain.z_down[above]
    bad = (step > p.tolerance_z) & (net.pipe[above] != net.pipe[below]) & _named(net, above, below)
    above, below, step = above[bad], below[bad], step[bad]
    into = net.ids[net.pipe[above]]
    zh = [f"起点管底比接入的管线 {n} 高 {v:.2f} 米" for v, n in zip(step, into, strict=True)]
    en = [f"it starts {v:.2f} m above the end of pipe {n}" for v, n in zip(step, into, strict=True)]
    where = shapely.points(net.xy[drain.down[above]])
    return [uphill, _rows(kind, (net.ids[net.pipe[below]], into, where), (step, p.tolerance_z), (zh, en))]


def _named(net: Network, above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return which pairs of edges are pipes of the plan and no bridge over a gap."""
    return np.asarray((net.ids[net.pipe[above]] != "") & (net.ids[net.pipe[below]] != ""))


def _cut_off(drain: Drainage, kind: str, part: np.ndarray, fed: np.ndarray) -> Rows:
    net = drain.network
    lost = np.flatnonzero(~fed[part])
    groups = [lost[part[lost] == k] for k in np.unique(part[lost])]
    shapes = [shapely.union_all(net.lines[g]) for g in groups]
    zh = [f"所在的 {len(g)} 段管线未接到出口" for g in groups]
    en = [f"its part of {len(g)} pipes reaches no outfall" for g in groups]
    return _rows(kind, ([net.ids[g[0]] for g in groups], "", shapes), (np.nan, np.nan), (zh, en))


def _gap_rows(net: Network, kind: str, gaps: pd.DataFrame, p: Params) -> Rows:
    own, other = (net.ids[gaps[c].to_numpy(dtype=np.int64)] for c in ("pipe", "other"))
    pairs = list(zip(gaps["distance"], other, strict=True))
    zh = [f"下游端头距管线 {n} 尚缺 {v:.2f} 米，未接通" for v, n in pairs]
    en = [f"its end stops {v:.2f} m short of pipe {n}" for v, n in pairs]
    return _rows(kind, (own, other, gaps["geometry"].to_numpy(dtype=object)), (gaps["distance"], p.snap), (zh, en))


def _rows(kind: str, what: tuple[Any, Any, Any], size: tuple[Any, float], words: tuple[list[str], list[str]]) -> Rows:
    """Return findings by (pipe, other pipe, evidence), (value, limit) and (zh, en)."""
    return Rows(
        layer="pipes",
        id=what[0],
        geometry=what[2],
        other_layer="pipes" if len(what[1]) else "",
        other_id=what[1] if len(what[1]) else "",
        value=size[0],
        limit=size[1],
        unit="" if np.isnan(size[1]) else "m",
        args={"kind": kind, "kind_zh": UTILITY_ZH[kind], "fault_zh": words[0], "fault": words[1]},
    )


_UPPER = {"id": "A", "kind": "sewer", "z_start": 10.0, "z_end": 9.5, "wkt": "LINESTRING (0 0, 100 0)"}
_LOWER = {"id": "B", "kind": "sewer", "z_start": 9.5, "z_end": 9.0, "wkt": "LINESTRING (100 0, 200 0)"}
_OUTFALL = {"id": "S", "kind": "sewer", "wkt": "POINT (200 0)"}
PASSES = mini(pipes=[_UPPER, _LOWER], sources=[_OUTFALL])
FAILS = mini(pipes=[_UPPER, _LOWER | {"z_end": 9.8}], sources=[_OUTFALL])
