"""Nothing is finished before it begins, or used before it is finished, or removed before it was there.

A pair of dates in the wrong order is a slip of the pen or of the import (day and month changed places), and every rule
on time would judge it wrongly. (Whether land was granted before works began is PB102's question.)

Cannot see: dates that are in order and still wrong; a feature with fewer than two dates has no order to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..facts.progress import first_break
from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import LAYERS as SPECS
from .by_layer import by_layer
from .contract import Text, mini, param
from .drawn import WHOLE
from .grouping import habit

SEVERITY = "error"
cause = habit
LAYERS = ()
OPTIONAL = tuple(SPECS)

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

Array = np.ndarray[Any, Any]
_REASONS = {c: f"no_{c}" for c in ("start", "finish", "used", "paved")}
ORDERS = {
    "parcels": ("start", "finish", "used", "removed"),
    "buildings": ("start", "finish", "removed"),
    "roads": ("start", "paved", "finish", "overhauled"),
    "pipes": ("start", "finish", "removed"),
    "sources": ("start", "finish", "removed"),
    "facilities": ("start", "finish", "removed"),
    "parks": ("start", "finish"),
    "approvals": ("start", "finish"),
    "control_lines": ("start", "finish"),
    "excavations": ("start", "finish"),
    "noise_zones": ("start", "finish"),
}


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    allowance: float = param(0.0, unit="d", source="order of time", verified=True, zh="允许倒置天数")


def check(plan: Plan, p: Params) -> Findings:
    """Each feature with its first pair of dates that is out of order; evidence: the feature."""
    layers = sorted(set(plan.layers) & set(SPECS))
    found = by_layer(plan, layers, _of_layer, "DA907", p) if layers else None
    if found is None or not found.judged:
        raise Skipped("no_column", columns=["start", "finish"])
    return found


def _of_layer(plan: Plan, name: str, p: Params) -> Findings:
    frame, order = plan[name], ORDERS[name]
    days = np.column_stack([frame[c].to_numpy().astype("datetime64[D]") for c in order])
    bad, before, after = first_break(days, p.allowance)
    ids = frame["id"].to_numpy(dtype=object)
    columns = [c for c in (SPECS[name].column(o) for o in order) if c]
    zh, en = np.array([c.zh for c in columns]), np.array([c.en for c in columns])
    a, b = days[bad, before], days[bad, after]
    rows = Rows(
        layer=name,
        id=ids[bad],
        geometry=frame.geometry.array[bad],
        value=(a - b) / np.timedelta64(1, "D"),
        limit=p.allowance,
        unit="d",
        since=b,
        until=a,
        args={
            "first": en[before],
            "second": en[after],
            "first_zh": zh[before],
            "second_zh": zh[after],
            "first_day": a,
            "second_day": b,
        },
    )
    judged = int(((~np.isnat(days)).sum(axis=1) >= 2).sum())
    return findings(plan.crs, rows, judged=judged, unknown=_undated(name, ids, days))


def _undated(layer: str, ids: Array, days: Array) -> list[tuple[str, Array, str]]:
    """Rows with some of their dates and without one that each should have; a date that no row has is told once."""
    out, blank = [], np.isnat(days)
    for k, column in enumerate(ORDERS[layer]):
        others = ~np.delete(blank, k, axis=1).all(axis=1)
        spec = SPECS[layer].column(column)
        if spec is None or spec.blank_means(layer) == "none" or not others.any():
            continue
        names = np.array([WHOLE]) if blank[:, k].all() else ids[blank[:, k] & others]
        out.append((layer, names, _REASONS.get(column, "no_date")))
    return out


_SQUARE = {"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", "start": "2010-05-01"}
PASSES = mini(parcels=[_SQUARE | {"finish": "2010-05-01"}])
FAILS = mini(parcels=[_SQUARE | {"finish": "2010-01-05"}])
