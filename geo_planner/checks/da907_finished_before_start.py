"""Nothing is finished before it begins, and nothing is used before it is finished or granted after it is used.

A pair of dates in the wrong order is a slip of the pen or of the import (day and month changed places), and every rule
on time would judge it wrongly.

Cannot see: dates that are in order and still wrong; a feature with fewer than two dates has no order to judge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import LAYERS as SPECS
from .contract import Text, mini, param

SEVERITY = "error"
LAYERS = ()

ZH = Text(
    title="日期先后颠倒",
    message="{layer_name} {id}：{second_zh}（{second_day}）早于{first_zh}（{first_day}），相差 {value:.0f} 天",
    advice="核对原始日期（注意日、月是否写反）后改正",
    trap="1899-12-30 一类占位日期应按缺失处理",
)
EN = Text(
    title="Dates in the wrong order",
    message="{id} in {layer_name}: {second} ({second_day}) is before {first} ({first_day}), by {value:.0f} days",
    advice="check the dates at the source, day and month may have changed places",
    trap="placeholders such as 1899-12-30 must be read as missing",
)

ORDERS = {
    "parcels": ("released", "start", "finish", "used", "removed"), "buildings": ("start", "finish", "removed"),
    "roads": ("start", "paved", "finish", "overhauled"), "pipes": ("start", "finish", "removed"),
    "sources": ("start", "finish", "removed"), "facilities": ("start", "finish", "removed"), "parks": ("start", "finish"),
    "approvals": ("start", "finish"), "control_lines": ("start", "finish"), "excavations": ("start", "finish"),
    "noise_zones": ("start", "finish"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    allowance: float = param(0.0, unit="d", source="order of time", verified=True, zh="允许倒置天数")


def check(plan: Plan, p: Params) -> Findings:
    """Each neighbouring pair of dates that is out of order; evidence: the feature."""
    blocks, judged = [], 0
    for name in sorted(set(plan.layers) & set(SPECS)):
        frame, order = plan[name], ORDERS[name]
        for a in range(len(order)):
            for b in range(a + 1, len(order)):
                if order[a] in {"released", "start"} and name == "parcels" and order[b] == "start":
                    continue  # PB102 judges the grant against the start
                first, second = frame[order[a]].to_numpy(), frame[order[b]].to_numpy()
                both = ~np.isnat(first) & ~np.isnat(second)
                judged += int(both.sum()) if b == a + 1 else 0
                short = np.where(both, (first - second) / np.timedelta64(1, "D"), 0.0)
                bad = short > p.allowance
                spec = SPECS[name]
                x, y = spec.column(order[a]), spec.column(order[b])
                blocks.append(
                    Rows(layer=name, id=frame["id"][bad], geometry=frame.geometry.array[bad], value=short[bad], limit=p.allowance,
                         unit="d", since=second[bad], until=first[bad],
                         args={"first": x.en if x else "", "second": y.en if y else "", "first_zh": x.zh if x else "",
                               "second_zh": y.zh if y else "", "first_day": first[bad], "second_day": second[bad]})
                )  # fmt: skip
    if not judged:
        raise Skipped("no_column", columns=["start", "finish"])
    return findings(plan.crs, *blocks, judged=judged)


_SQUARE = {"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", "start": "2010-05-01"}
PASSES = mini(parcels=[_SQUARE | {"finish": "2010-05-01"}])
FAILS = mini(parcels=[_SQUARE | {"finish": "2010-01-05"}])
