"""Of two pipes side by side, the deeper one is accepted before the shallower one starts.

先深后浅. A trench dug later and deeper beside a shallow pipe undermines it. Judged are pairs no farther than `distance` apart in
plan for more than `min_length`, whose inverts differ by more than `depth`. Inverts come from the levels at both ends,
where they are given, else from cover and diameter below the same ground.

Cannot see: pipes without levels and cover (unknown), crossings shorter than the least length, sheeted or bored trenches,
pipes laid in one joint trench under one contract.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..algorithms.networks.noding import NEVER, dates, day_numbers
from ..facts.utilities.beside import beside
from ..facts.utilities.graph import lines_of
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .waits import rows as rows_of

SEVERITY = "warning"
LAYERS = ("pipes",)
BLANKS = ("pipes.kind",)
COLUMNS = ("pipes.finish", "pipes.start")

ZH = Text(
    title="先浅后深",
    message="管线 {id} 比相邻管线 {other_id} 深 {depth_by:.2f} 米，却在后者开工（{begun}）之后才于 {laid} 验收（晚 {value:.0f} 天，并行 {length:.0f} 米）",
    advice="先做深管后做浅管；已成事实的，核查浅管沉降并做好支护",
    trap="同沟同期施工的，按同一工程核对即可",
)
EN = Text(
    title="Shallow pipe before the deep one",
    message="pipe {id} lies {depth_by:.2f} m deeper than its neighbour {other_id}, yet is accepted on {laid}, after that one starts on {begun} ({value:.0f} days late, {length:.0f} m side by side)",
    advice="lay the deep pipe first; where it is done, check the shallow one for settlement and sheet the trench",
    trap="pipes laid in one trench under one contract need only a look at the contract",
)
REMEDY = {"happened": ("核查浅管沉降与接口，必要时加固或改线", "check the shallow pipe for settlement and its joints; strengthen or move it where needed")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    distance: float = param(3.0, unit="m", source="project default, no standard", zh="平面间距")
    depth: float = param(0.5, unit="m", source="project default, no standard", zh="管底高差")
    min_length: float = param(10.0, unit="m", source="project default, no standard", zh="最小并行长度")


def check(plan: Plan, p: Params) -> Findings:
    """Each pair laid in the wrong order; evidence: the stretch of the deeper pipe beside the other."""
    pipes = plan["pipes"]
    lines, ids = lines_of(pipes), pipes["id"].to_numpy(dtype=object)
    accepted, begun = day_numbers(pipes["finish"]), day_numbers(pipes["start"])
    pairs = beside(plan, p.distance)
    i, j = pairs.low, pairs.high
    wrong = (accepted[i] < NEVER) & (begun[j] < NEVER) & (accepted[i] > begun[j])
    i, j, deeper = i[wrong], j[wrong], pairs.deeper[wrong]
    level = _has_level(pipes)
    apart = np.isnan(deeper) & level[i] & level[j]  # levels of one, cover of the other
    unlike = np.unique(np.concatenate([i[apart], j[apart]]))
    keep = deeper > p.depth
    stretch = shapely.intersection(lines[i[keep]], shapely.buffer(lines[j[keep]], p.distance))
    long = shapely.length(stretch) > p.min_length
    i, j, stretch, deeper = i[keep][long], j[keep][long], stretch[long], deeper[keep][long]
    rows = Rows(
        layer="pipes",
        id=ids[i],
        geometry=stretch,
        other_layer="pipes",
        other_id=ids[j],
        value=accepted[i] - begun[j],
        limit=0.0,
        unit="d",
        since=dates(begun[j]),
        until=dates(accepted[i]),
        args={
            "depth_by": deeper,
            "laid": dates(accepted[i]),
            "begun": dates(begun[j]),
            "length": shapely.length(stretch),
        },
    )
    undated = (accepted == NEVER) | (begun == NEVER)
    level = level & ~np.isin(np.arange(len(pipes)), unlike)
    unknown = [("pipes", ids[undated], "no_date"), ("pipes", ids[~undated & ~level], "no_cover")]
    judged = (~undated & level).sum()
    return findings(plan.crs, rows, judged=judged, unknown=unknown)


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """Works on the shallower pipe wait for the deeper one, where they do not yet."""
    found = check(plan, p).rows
    ids = found["id"].to_numpy(dtype=object), found["other_id"].to_numpy(dtype=object)
    return rows_of(("pipes", "finish"), ("pipes", "start"), ids, evidence="deeper")


def _has_level(pipes: gpd.GeoDataFrame) -> np.ndarray:
    levels = pipes["z_start"].notna() & pipes["z_end"].notna()
    return np.asarray((levels | pipes["cover"].notna()).to_numpy(dtype=bool))


_DEEP = {
    "id": "D",
    "kind": "sewer",
    "start": "2020-01-01",
    "finish": "2020-06-01",
    "z_start": 10.0,
    "z_end": 9.5,
    "wkt": "LINESTRING (0 0, 100 0)",
}
_SHALLOW = {
    "id": "S",
    "kind": "water",
    "start": "2020-06-01",
    "finish": "2020-09-01",
    "z_start": 12.0,
    "z_end": 12.0,
    "wkt": "LINESTRING (0 2, 100 2)",
}
PASSES = mini(pipes=[_DEEP, _SHALLOW])
FAILS = mini(pipes=[_DEEP | {"finish": "2020-08-01"}, _SHALLOW])
