"""Pipes under a road are accepted before the road above them is paved.

先地下后地上 (城市道路管理条例, Decree 198, Art. 12). A road that is paved first is dug up again: paid twice, closed twice. A
pipe lies under a road where it runs inside the strip of the road's width for more than `min_overlap`; what only crosses
is not judged. Where the date of paving is not known, the opening of the road stands for it: paving is never later. A
road whose corridor plans a kind of pipe that is not drawn under it is unknown.

Cannot see: trenchless crossings and linings (no field for them), pipes without a date of acceptance (the road is
unknown), a second layer of asphalt laid after a planned dig.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..algorithms.networks.noding import NEVER, dates, day_numbers
from ..facts.utilities.roads import planned_not_drawn, under_roads
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param
from .grouping import waited_for
from .waits import rows as rows_of
from .waits import together

SEVERITY = "error"
cause = waited_for
LAYERS = ("roads", "pipes")
COLUMNS = ("pipes.finish",)

ZH = Text(
    title="管线晚于道路",
    message="{kind_zh}管线 {other_id} 于 {laid} 验收，晚于其上方道路 {id} 的路面摊铺日期 {paved}（晚 {value:.0f} 天，重合 {length:.0f} 米）",
    advice="将管线提前至摊铺前验收，或推迟摊铺；确需后建的改用顶管或预留管沟",
    trap="顶管、定向钻不破坏路面；电缆、光缆后期穿入已建管块的，可设为不检查",
)
EN = Text(
    title="Pipe laid after the road above it",
    message="{kind} pipe {other_id} is accepted on {laid}, after road {id} above it is paved on {paved} ({value:.0f} days late, {length:.0f} m shared)",
    advice="have the pipe accepted before paving, or pave later; where it must follow, bore it or leave a duct",
    trap="bored pipes do not break the surface; cables drawn later into ducts can be left out by parameter",
)
REMEDY = {"happened": ("管线已后敷的，核查路面恢复质量并计入掘路台账；尚未敷设的改用顶管、定向钻或预留管沟", "where the pipe is laid, check the reinstated pavement and enter the dig in the register; where it is not, bore it or use a duct")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    min_overlap: float = param(20.0, unit="m", source="project default, no standard", zh="最小重合长度")
    lag: float = param(
        0.0,
        unit="d",
        source="城市道路管理条例 (Decree 198), from memory: no number given",
        clause="第12条",
        zh="验收至摊铺的最少间隔",
    )
    default_width: float = param(14.0, unit="m", source="project default (from memory)", zh="缺红线宽度时采用的宽度")
    widest: float = param(50.0, unit="m", source="project default (from memory)", zh="缺红线宽度时可能的最大宽度")
    crossing: float = param(
        1.2, unit="x width", source="project default, no standard", zh="判为横穿的重合长度与路宽之比"
    )
    exempt_burial: tuple[str, ...] = param(
        ("overhead", "tunnel", "trench"),
        unit="list",
        source="project default: laid without digging up the road; add duct where rows are cables",
        zh="不检查的埋设方式",
    )


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of a road and a later pipe beneath it; the shared stretch is the evidence."""
    roads, pipes = plan["roads"], plan["pipes"]
    paved = day_numbers(roads["paved"].fillna(roads["finish"]))
    if (paved == NEVER).all():
        raise Skipped("no_column", columns=["roads.paved", "roads.finish"])
    accepted = day_numbers(pipes["finish"])
    shared = under_roads(plan, p.default_width, p.min_overlap, p.crossing)
    shared = shared[~pipes["burial"].isin(p.exempt_burial).to_numpy()[shared.pipe]]
    top, under = paved[shared.road], accepted[shared.pipe]
    bad = (top < NEVER) & (under < NEVER) & (under + p.lag > top)
    late = shared[bad]
    ids, names = roads["id"].to_numpy(dtype=object), pipes["id"].to_numpy(dtype=object)
    undated_pipe = np.zeros(len(roads), bool)
    undated_pipe[shared.road[under == NEVER]] = True
    absent = np.zeros(len(roads), bool)
    absent[planned_not_drawn(plan, p.default_width, p.min_overlap, p.crossing)] = True
    absent[late.road] = undated_pipe[late.road] = False
    narrow = np.isin(np.arange(len(roads)), _late_if_wide(plan, p, paved, accepted)) & ~undated_pipe
    narrow[late.road] = False
    known = (paved < NEVER) & ~undated_pipe & ~absent & ~narrow
    kind = pipes["kind"].to_numpy(dtype=object)[late.pipe]
    rows = Rows(
        layer="roads",
        id=ids[late.road],
        geometry=late.stretch,
        other_layer="pipes",
        other_id=names[late.pipe],
        value=(accepted[late.pipe] - paved[late.road]),
        limit=0.0 - p.lag,
        unit="d",
        since=dates(paved[late.road]),
        until=dates(accepted[late.pipe]),
        args={
            "kind": kind,
            "kind_zh": [UTILITY_ZH.get(k, k) for k in kind],
            "laid": dates(accepted[late.pipe]),
            "paved": dates(paved[late.road]),
            "length": late.length,
        },
    )
    unknown = [
        ("roads", ids[paved == NEVER], "no_paved"),
        ("roads", ids[(paved < NEVER) & undated_pipe], "no_finish"),
        ("roads", ids[(paved < NEVER) & absent & ~undated_pipe & ~narrow], "not_drawn"),
        ("roads", ids[narrow], "no_width"),
    ]
    return findings(plan.crs, rows, judged={"roads": ids[known]}, unknown=unknown)


def reach(plan: Plan, p: Params) -> float:
    """Half the width of the widest road, or of what one without a width may be."""
    return float(np.nanmax([p.default_width, p.widest, *plan["roads"]["width"].to_numpy(dtype=float)])) / 2.0


def _late_if_wide(plan: Plan, p: Params, paved: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Return roads without a width (positions) that were paved before a pipe which lies under them were they wide."""
    blank = plan["roads"]["width"].isna().to_numpy()
    if not blank.any():
        return np.empty(0, dtype=int)
    wide = under_roads(plan, p.widest, p.min_overlap, p.crossing)
    top, under = paved[wide.road], accepted[wide.pipe]
    dug = ~plan["pipes"]["burial"].isin(p.exempt_burial).to_numpy()[wide.pipe]
    return np.unique(wide.road[blank[wide.road] & dug & (under < NEVER) & (under + p.lag > top)])


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """Paving waits for every pipe under the road; a road without a day of paving, its completion does."""
    roads, pipes = plan["roads"], plan["pipes"]
    shared = under_roads(plan, p.default_width, p.min_overlap, p.crossing)
    shared = shared[~pipes["burial"].isin(p.exempt_burial).to_numpy()[shared.pipe]]
    whole = roads["paved"].isna().to_numpy()[shared.road]
    names, ids = pipes["id"].to_numpy(dtype=object)[shared.pipe], roads["id"].to_numpy(dtype=object)[shared.road]
    text = np.array([f"{m:.0f} m" for m in shared.length], dtype=object)
    paved, finished = (
        rows_of(("pipes", "finish"), ("roads", date), (names[at], ids[at]), lag=float(p.lag), evidence=text[at])
        for date, at in (("paved", ~whole), ("finish", whole))
    )
    return together([paved, finished])


_ROAD = {"id": "R", "width": 20.0, "paved": "2020-05-01", "finish": "2020-08-01", "wkt": "LINESTRING (0 0, 300 0)"}
_PIPE = {"id": "P", "kind": "water", "finish": "2020-03-01", "wkt": "LINESTRING (0 5, 300 5)"}
_CROSSING = {"id": "X", "kind": "gas", "finish": "2022-01-01", "wkt": "LINESTRING (150 -100, 150 100)"}
PASSES = mini(roads=[_ROAD], pipes=[_PIPE, _CROSSING])
FAILS = mini(roads=[_ROAD], pipes=[_PIPE | {"finish": "2021-03-01"}, _CROSSING])
