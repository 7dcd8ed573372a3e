"""Every pipe is joined to its network, goes as far as it must, and every part of a network has a source.

Faults of drawing, or of building, in the network that remains (pipes taken out of service are not in it): an end that stops
short of a pipe of its own kind, beside it (farther than the snapping tolerance, nearer than `gap`) or straight ahead of it
(nearer than `ahead`); an end that leaves out a stretch of the road whose corridor plans its kind, or of the pipe it replaces;
and a part of a network that no source feeds though other parts are fed. For such a part the nearest fed pipe is named;
distance 0 means that the two cross without a joint.

Cannot see: ends meant to be blind (hydrants, future stubs that point at another pipe), joints that exist but are not drawn, kinds
without any source (their parts are unknown), branches that should go on, ends short of parcels only (UG202).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..algorithms.networks.ends import islands, left_out, near_misses, parts, short_ends
from ..algorithms.networks.noding import Network, Snap
from ..facts.utilities.courses import planned_courses, through_land
from ..facts.utilities.graph import network, without_days
from ..plan import UTILITIES, Findings, Plan, Rows, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param
from .grouping import of_feature

SEVERITY = "warning"
cause = of_feature
LAYERS = ("pipes",)
BLANKS = ("pipes.kind",)

ZH = Text(
    title="管线断头或成孤岛",
    message="{kind_zh}管线 {id} {fault_zh} {other_id}，{value:.2f} 米",
    advice="核对图纸：漏连的补连，交叉处确有接头的在交点打断",
    trap="消火栓支管、远期预留头本来就是断头",
)
EN = Text(
    title="Pipe end not connected",
    message="{kind} pipe {id} {fault} {other_id}, {value:.2f} m",
    advice="check the drawing: join what is open, and break crossing pipes where there is a joint",
    trap="hydrant branches and stubs for later phases end blind on purpose",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(0.5, unit="m", source="project default, no standard", zh="捕捉容差")
    gap: float = param(3.0, unit="m", source="project default, no standard", zh="判为漏连的最大间距")
    ahead: float = param(60.0, unit="m", source="project default, no standard", zh="端头正前方寻找同类管线的距离")
    stretch: float = param(20.0, unit="m", source="project default, no standard", zh="规划路段漏敷的最小长度")
    beside: float = param(5.0, unit="m", source="project default, no standard", zh="管线可偏出道路红线的距离")
    default_width: float = param(20.0, unit="m", source="project default, no standard", zh="缺红线宽度时采用的宽度")
    source_reach: float = param(30.0, unit="m", source="project default, no standard", zh="源站接入距离")


def check(plan: Plan, p: Params) -> Findings:
    """Each loose end and each part without a source; evidence: the missing link."""
    gone = plan["pipes"]["removed"]
    old = (gone.notna() if plan.as_of is None else gone <= pd.Timestamp(plan.as_of)).to_numpy(dtype=bool)
    now = without_days(plan, ~old)  # when they are laid does not matter here
    pipes, before = now["pipes"], without_days(plan, old)["pipes"]
    blocks: list[Rows] = []
    unfed: list[np.ndarray] = []
    judged = 0
    for kind in (*UTILITIES, "reclaimed"):
        net = network(now, kind, Snap(tolerance=p.tolerance, source_reach=p.source_reach))
        mine = (pipes["kind"].to_numpy(dtype=object)[net.rows] == kind) if len(net.rows) else np.zeros(0, bool)
        if not mine.any():
            continue
        judged += int(mine.sum())
        main = mine & ~pipes["branch"].fillna(value=False).to_numpy(dtype=bool)[net.rows]
        lost = islands(net)
        blocks += [*_apart(net, mine, lost, p), *_short(now, (net, main, lost), before, p)]
        if not len(net.source):  # none at all, or none within reach
            unfed.append(net.ids[mine])
    unknown = [("pipes", ids, "no_source") for ids in unfed]
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _apart(net: Network, mine: np.ndarray, lost: pd.DataFrame, p: Params) -> list[Rows]:
    """Return parts without a source and near misses; pipes of a combined system are told under their own kind."""
    lost = lost[mine[lost["pipe"].to_numpy(dtype=np.int64)]]
    loose = near_misses(net, p.gap)
    loose = loose[mine[loose["pipe"].to_numpy(dtype=np.int64)] & ~_pairs(loose, lost)]
    zh = [f"等 {n} 段未接到源站，最近的已接通同类管线为" for n in lost["pipes"]]
    en = [f"and its part of {n} pipes reach no source; the nearest fed pipe is" for n in lost["pipes"]]
    beside = ("端头未连接，最近的同类管线为", "ends short of its neighbour", p.tolerance)
    return [_rows(net, lost, net.ids, (zh, en, p.tolerance)), _rows(net, loose, net.ids, beside)]


def _short(plan: Plan, of: tuple[Network, np.ndarray, pd.DataFrame], before: gpd.GeoDataFrame, p: Params) -> list[Rows]:
    """Return ends that leave out a stretch they are to serve, and ends that point at a pipe ahead; each end once."""
    net, main, lost = of
    part, fed = parts(net)
    main = main & (fed[part] | ~fed.any())
    roads, old = planned_courses(plan, net.kind, p.default_width, p.beside), before[before["kind"] == net.kind]
    told = set(near_misses(net, p.gap)["end"])
    out = []
    for layer, courses, names, zh, en in (
        ("roads", roads[:2], roads[2], "端头未到头，规划应敷设而缺管的道路为", "stops short in the road it is planned for,"),
        ("pipes", (old.geometry.to_numpy(), np.full(len(old), p.gap)), old["id"].to_numpy(dtype=object),
         "端头未到头，未接续所替换的管线", "stops short of where the pipe it replaces went,"),
    ):  # fmt: skip
        table = left_out(net, courses[0], courses[1], p.stretch)
        table = table[main[table["pipe"].to_numpy(dtype=np.int64)] & ~table["end"].isin(told).to_numpy()]
        out.append(_rows(net, table.rename(columns={"course": "other"}), names, (zh, en, p.stretch), layer))
        told |= set(table["end"])
    ahead = short_ends(net, p.gap, p.ahead)
    ahead = ahead[main[ahead["pipe"].to_numpy(dtype=np.int64)] & ~ahead["end"].isin(told).to_numpy()]
    ahead = ahead[~_pairs(ahead, lost) & ~through_land(plan, ahead["geometry"].to_numpy(dtype=object))]
    return [
        *out,
        _rows(net, ahead, net.ids, ("端头未到头，正前方的同类管线为", "stops short of the pipe ahead,", p.tolerance)),
    ]


def _pairs(table: pd.DataFrame, lost: pd.DataFrame) -> np.ndarray:
    """Return which rows name a pair of pipes that is told as a part without a source already."""
    near = {frozenset(pair) for pair in zip(lost["pipe"], lost["other"], strict=True)}
    return np.array([frozenset(pair) in near for pair in zip(table["pipe"], table["other"], strict=True)], dtype=bool)


def _rows(
    net: Network, table: pd.DataFrame, others: np.ndarray, words: tuple[Any, Any, float], layer: str = "pipes"
) -> Rows:
    own, other = (table[c].to_numpy(dtype=np.int64) for c in ("pipe", "other"))
    return Rows(
        layer="pipes",
        id=net.ids[own],
        geometry=table["geometry"].to_numpy(dtype=object),
        other_layer=layer,
        other_id=others[other],
        value=table["distance"],
        limit=words[2],
        unit="m",
        args={"kind": net.kind, "kind_zh": UTILITY_ZH.get(net.kind, net.kind), "fault_zh": words[0], "fault": words[1]},
    )


_MAIN = {"id": "A", "kind": "water", "wkt": "LINESTRING (0 0, 100 0)"}
_NEXT = {"id": "B", "kind": "water", "wkt": "LINESTRING (100.4 0, 200 0)"}
_SOURCE = {"id": "S", "kind": "water", "wkt": "POINT (0 0)"}
PASSES = mini(pipes=[_MAIN, _NEXT], sources=[_SOURCE])
FAILS = mini(pipes=[_MAIN, _NEXT | {"wkt": "LINESTRING (102 0, 200 0)"}], sources=[_SOURCE])
