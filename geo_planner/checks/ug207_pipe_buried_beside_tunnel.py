"""Where a utility tunnel is in service, no new pipe that it takes is buried beside it.

国办发〔2015〕61号: in areas with a 综合管廊 all pipes go in, and no new ones are dug beside it. A pipe is beside a tunnel where it
runs within the corridor for more than `min_overlap`, and new where it starts (or, undated, is accepted) after the tunnel
was accepted.

Cannot see: which kinds the tunnel was really built for (a list by parameter), branch connections to plots shorter than the
least length, pipes whose way of burial is not recorded (unknown).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..algorithms.networks.noding import NEVER, dates, day_numbers
from ..facts.utilities.graph import lines_of
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("pipes",)
BLANKS = ("pipes.kind",)
COLUMNS = ("pipes.finish", "pipes.burial")

ZH = Text(
    title="管廊旁另行直埋管线",
    message="{kind_zh}管线 {id} 于 {laid} 直埋在已投用的综合管廊 {other_id} 旁（管廊 {ready} 验收，并行 {value:.0f} 米）",
    advice="将管线迁入管廊；确不能入廊的说明理由",
    trap="至地块的接户支管可以不入廊，短于最小长度的不检查",
)
EN = Text(
    title="Pipe buried beside a utility tunnel",
    message="{kind} pipe {id} is buried on {laid} beside utility tunnel {other_id}, in service since {ready} ({value:.0f} m side by side)",
    advice="lay the pipe in the tunnel, or state why it cannot be",
    trap="connections to plots need not run in the tunnel; what is shorter than the least length is not judged",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    corridor: float = param(30.0, unit="m", source="project default, no standard", zh="管廊两侧控制范围")
    min_overlap: float = param(20.0, unit="m", source="project default, no standard", zh="最小并行长度")
    kinds: tuple[str, ...] = param(
        ("water", "reclaimed", "power", "telecom", "heat"),
        unit="list",
        source="国办发〔2015〕61号, from memory; the kinds are a project default: gas and gravity lines are left out",
        zh="应入廊的管线种类",
    )


def check(plan: Plan, p: Params) -> Findings:
    """Each pipe once, with the tunnel it should be in; evidence: the stretches beside it."""
    pipes = plan["pipes"]
    tunnel = (pipes["kind"] == "tunnel").to_numpy()
    if not tunnel.any():
        raise Skipped("too_few", what="tunnel")
    ready, accepted = day_numbers(pipes["finish"]), day_numbers(pipes["finish"])
    begun = np.where(day_numbers(pipes["start"]) < NEVER, day_numbers(pipes["start"]), accepted)
    wanted = pipes["kind"].isin(p.kinds).to_numpy()
    lines, ids = lines_of(pipes), pipes["id"].to_numpy(dtype=object)
    boxes = np.flatnonzero(tunnel)
    zone = shapely.buffer(lines[boxes], p.corridor)
    t, i = shapely.STRtree(lines).query(zone, predicate="intersects")
    keep = wanted[i]
    t, i = t[keep], i[keep]
    stretch = shapely.intersection(lines[i], zone[t])
    long = shapely.length(stretch) > p.min_overlap
    t, i, stretch = boxes[t[long]], i[long], stretch[long]
    new = (ready[t] < NEVER) & (begun[i] < NEVER) & (begun[i] > ready[t])
    bad = new & (pipes["burial"] == "direct").to_numpy(dtype=bool)[i]
    blank = pipes["burial"].isna().to_numpy()
    undated = (ready[t] == NEVER) | (begun[i] == NEVER)
    open_, late = np.unique(i[new & blank[i]]), np.unique(i[undated])
    open_ids = [("pipes", ids[open_], "no_attribute"), ("pipes", ids[np.setdiff1d(late, open_)], "no_finish")]
    t, i, stretch = t[bad], i[bad], stretch[bad]
    order = np.lexsort((ids[t].astype(str), -shapely.length(stretch), i))
    lead = order[np.r_[True, np.diff(i[order]) > 0]] if len(order) else order
    beside = np.array([shapely.union_all(stretch[i == k]) for k in i[lead]], dtype=object)
    t, i = t[lead], i[lead]
    kind = pipes["kind"].to_numpy(dtype=object)[i]
    rows = Rows(
        layer="pipes",
        id=ids[i],
        geometry=beside,
        other_layer="pipes",
        other_id=ids[t],
        value=shapely.length(beside),
        limit=p.min_overlap,
        unit="m",
        since=dates(begun[i]),
        args={
            "kind": kind,
            "kind_zh": [UTILITY_ZH.get(k, k) for k in kind],
            "laid": dates(begun[i]),
            "ready": dates(ready[t]),
        },
    )
    judged = wanted.sum() - sum(len(x) for _, x, _ in open_ids)
    return findings(plan.crs, rows, judged=judged, unknown=open_ids)


_TUNNEL = {"id": "T", "kind": "tunnel", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 500 0)"}
_PIPE = {"id": "P", "kind": "water", "start": "2021-01-01", "finish": "2021-06-01", "wkt": "LINESTRING (100 8, 300 8)"}
PASSES = mini(
    pipes=[_TUNNEL, _PIPE | {"burial": "tunnel"}, _PIPE | {"id": "Q", "burial": "direct", "start": "2019-01-01"}]
)
FAILS = mini(pipes=[_TUNNEL, _PIPE | {"burial": "direct"}])
