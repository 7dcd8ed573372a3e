"""Every pipe is joined to its network, and every part of a network to a source.

Two faults of drawing, or of building: an end that stops short of a pipe of its own kind (farther than the snapping tolerance,
nearer than `gap`), and a part of a network that no source feeds though other parts are fed. For such a part the nearest
fed pipe is named; distance 0 means that the two cross without a joint.

Cannot see: ends meant to be blind (hydrants, future stubs near another pipe), joints that exist but are not drawn, kinds
without any source (their parts are unknown).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..algorithms.networks.ends import islands, near_misses
from ..algorithms.networks.noding import Network, Snap
from ..facts.utilities.graph import network
from ..plan import UTILITIES, Findings, Plan, Rows, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("pipes",)

ZH = Text(
    title="管线断头或成孤岛",
    message="{kind_zh}管线 {id} {fault_zh}，最近的同类管线为 {other_id}，相距 {value:.2f} 米",
    advice="核对图纸：漏连的补连，交叉处确有接头的在交点打断",
    trap="消火栓支管、远期预留头本来就是断头",
)
EN = Text(
    title="Pipe end not connected",
    message="{kind} pipe {id} {fault}; the nearest pipe of its kind is {other_id}, {value:.2f} m away",
    advice="check the drawing: join what is open, and break crossing pipes where there is a joint",
    trap="hydrant branches and stubs for later phases end blind on purpose",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    tolerance: float = param(0.5, unit="m", source="project default, no standard", zh="捕捉容差")
    gap: float = param(3.0, unit="m", source="project default, no standard", zh="判为漏连的最大间距")
    source_reach: float = param(30.0, unit="m", source="project default, no standard", zh="源站接入距离")


def check(plan: Plan, p: Params) -> Findings:
    """Each loose end and each part without a source; evidence: the missing link."""
    pipes = plan["pipes"]
    blocks: list[Rows] = []
    unfed: list[np.ndarray] = []
    judged = 0
    for kind in (*UTILITIES, "reclaimed"):
        net = network(plan, kind, Snap(tolerance=p.tolerance, source_reach=p.source_reach))
        mine = (pipes["kind"].to_numpy(dtype=object)[net.rows] == kind) if len(net.rows) else np.zeros(0, bool)
        if not mine.any():
            continue
        judged += int(mine.sum())
        blocks += _of_kind(net, mine, p)
        if not len(net.source):  # none at all, or none within reach
            unfed.append(net.ids[mine])
    unknown = [("pipes", ids, "no_source") for ids in unfed]
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _of_kind(net: Network, mine: np.ndarray, p: Params) -> list[Rows]:
    """Return the faults of one network; pipes of a combined system are told under their own kind."""
    lost = islands(net)
    lost = lost[mine[lost["pipe"].to_numpy(dtype=np.int64)]]
    loose = near_misses(net, p.gap)
    loose = loose[mine[loose["pipe"].to_numpy(dtype=np.int64)]]
    near = {frozenset(pair) for pair in zip(lost["pipe"], lost["other"], strict=True)}
    told = [frozenset(pair) in near for pair in zip(loose["pipe"], loose["other"], strict=True)]
    loose = loose[~np.array(told, dtype=bool)]
    words = {"kind": net.kind, "kind_zh": UTILITY_ZH.get(net.kind, net.kind)}
    out = []
    for table, zh, en in (
        (
            lost,
            [f"等 {n} 段未接到源站" for n in lost["pipes"]],
            [f"and its part of {n} pipes reach no source" for n in lost["pipes"]],
        ),
        (loose, "端头未连接", "ends short of its neighbour"),
    ):
        own, other = (table[c].to_numpy(dtype=np.int64) for c in ("pipe", "other"))
        out.append(
            Rows(
                layer="pipes",
                id=net.ids[own],
                geometry=table["geometry"].to_numpy(dtype=object),
                other_layer="pipes",
                other_id=net.ids[other],
                value=table["distance"],
                limit=p.tolerance,
                unit="m",
                args=words | {"fault": en, "fault_zh": zh},
            )
        )
    return out


_MAIN = {"id": "A", "kind": "water", "wkt": "LINESTRING (0 0, 100 0)"}
_NEXT = {"id": "B", "kind": "water", "wkt": "LINESTRING (100.4 0, 200 0)"}
_SOURCE = {"id": "S", "kind": "water", "wkt": "POINT (0 0)"}
PASSES = mini(pipes=[_MAIN, _NEXT], sources=[_SOURCE])
FAILS = mini(pipes=[_MAIN, _NEXT | {"wkt": "LINESTRING (102 0, 200 0)"}], sources=[_SOURCE])
