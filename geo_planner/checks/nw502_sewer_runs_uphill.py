"""Every gravity sewer falls all the way to an outfall.

Three faults: a pipe whose lower end towards the outfall is higher than its upper end (逆坡), a pipe that starts higher than a
pipe that drains into it ends (管底反坎), and a part of the network from which no path leads to an outfall or treatment works.
The way to the outfall is the path with the lowest summit. One finding for each fault, not for everything upstream of it.

Cannot see: pumping stations and rising mains (no field for them), pipes without levels (unknown), drops inside manholes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.networks.ends import parts
from ..algorithms.networks.noding import Snap
from ..facts.utilities.sewer import Drainage, drainage
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param

SEVERITY = "error"
LAYERS = ("pipes", "sources")
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


def check(plan: Plan, p: Params) -> Findings:
    """Each pipe that rises, each step up between two pipes, and each part without an outfall."""
    blocks: list[Rows] = []
    unknown: list[tuple[str, np.ndarray, str]] = []
    judged, seen = 0, False
    for kind in p.kinds:
        drain = drainage(plan, kind, Snap())
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
        blocks += [*_rises(drain, kind, p), _cut_off(drain, kind, part, fed)]
    if not seen:
        raise Skipped("no_source")
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _rises(drain: Drainage, kind: str, p: Params) -> list[Rows]:
    """Return pipes that run uphill towards the outfall, and pipes that start above one that drains into them."""
    net = drain.network
    words = {"kind": kind, "kind_zh": UTILITY_ZH[kind]}
    rise = np.where(drain.drains, drain.z_down - drain.z_up, np.nan)
    steep = np.flatnonzero(rise > p.tolerance_z)
    total = np.bincount(net.pipe[steep], weights=rise[steep], minlength=len(net.ids))
    own = np.flatnonzero(total > 0)
    uphill = Rows(
        layer="pipes",
        id=net.ids[own],
        geometry=net.lines[own],
        value=total[own],
        limit=p.tolerance_z,
        unit="m",
        args=words
        | {
            "fault": [f"it rises {v:.2f} m towards the outfall" for v in total[own]],
            "fault_zh": [f"逆坡，朝出口方向抬高 {v:.2f} 米" for v in total[own]],
        },
    )
    above = np.flatnonzero((drain.below >= 0) & drain.drains)
    below = drain.below[above]
    step = drain.z_up[below] - drain.z_down[above]
    bad = (step > p.tolerance_z) & (net.pipe[above] != net.pipe[below])
    above, below, step = above[bad], below[bad], step[bad]
    sill = Rows(
        layer="pipes",
        id=net.ids[net.pipe[below]],
        geometry=shapely.points(net.xy[drain.down[above]]),
        other_layer="pipes",
        other_id=net.ids[net.pipe[above]],
        value=step,
        limit=p.tolerance_z,
        unit="m",
        args=words
        | {
            "fault": [
                f"it starts {v:.2f} m above the end of pipe {n}"
                for v, n in zip(step, net.ids[net.pipe[above]], strict=True)
            ],
            "fault_zh": [
                f"起点管底比接入的管线 {n} 高 {v:.2f} 米" for v, n in zip(step, net.ids[net.pipe[above]], strict=True)
            ],
        },
    )
    return [uphill, sill]


def _cut_off(drain: Drainage, kind: str, part: np.ndarray, fed: np.ndarray) -> Rows:
    net = drain.network
    lost = np.flatnonzero(~fed[part])
    groups = [lost[part[lost] == k] for k in np.unique(part[lost])]
    return Rows(
        layer="pipes",
        id=[net.ids[g[0]] for g in groups],
        geometry=[shapely.union_all(net.lines[g]) for g in groups],
        args={
            "kind": kind,
            "kind_zh": UTILITY_ZH[kind],
            "fault": [f"its part of {len(g)} pipes reaches no outfall" for g in groups],
            "fault_zh": [f"所在的 {len(g)} 段管线未接到出口" for g in groups],
        },
    )


_UPPER = {"id": "A", "kind": "sewer", "z_start": 10.0, "z_end": 9.5, "wkt": "LINESTRING (0 0, 100 0)"}
_LOWER = {"id": "B", "kind": "sewer", "z_start": 9.5, "z_end": 9.0, "wkt": "LINESTRING (100 0, 200 0)"}
_OUTFALL = {"id": "S", "kind": "sewer", "wkt": "POINT (200 0)"}
PASSES = mini(pipes=[_UPPER, _LOWER], sources=[_OUTFALL])
FAILS = mini(pipes=[_UPPER, _LOWER | {"z_end": 9.8}], sources=[_OUTFALL])
