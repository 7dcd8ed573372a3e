"""Every feature has an id of its own.

An id is what findings, edits, schedules and reviews hold on to; a repeated one makes two features one.

Cannot see: ids that are unique and still wrong, ids invented by the import (its report lists them).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import LAYERS as SPECS
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "error"
cause = habit
LAYERS = ()
OPTIONAL = tuple(SPECS)

ZH = Text(
    title="编号缺失或重复",
    message="{layer_name}图层中编号“{id}”出现 {value:.0f} 次，应当唯一（空号按缺失计）",
    advice="在源数据中补齐、改正编号后重新导入",
    trap="同一地块分期办证形成的多图斑，应加期号区分",
)
EN = Text(
    title="Id missing or repeated",
    message="in {layer_name} the id '{id}' stands {value:.0f} times; it must stand once (an empty id counts as missing)",
    advice="complete the ids at the source and import again",
    trap="parts of one parcel that were permitted by stages need the stage in their id",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    most: int = param(1, unit="features per id", source="data model of this program", verified=True, zh="同号对象上限")


def check(plan: Plan, p: Params) -> Findings:
    """Each feature whose id is empty or shared; evidence: the feature."""
    blocks, judged = [], 0
    for name in sorted(set(plan.layers) & set(SPECS)):
        frame = plan[name]
        ids = frame["id"].fillna("").to_numpy(dtype=str)
        of, number = np.unique(ids, return_inverse=True, return_counts=True)[1:]
        times = number[of]
        bad = (times > p.most) | (ids == "")
        judged += len(frame)
        blocks.append(Rows(layer=name, id=ids[bad], geometry=frame.geometry.array[bad], value=times[bad], limit=p.most))
    if not judged:
        raise Skipped("too_few", what="0")
    return findings(plan.crs, *blocks, judged=judged)


_SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"
_NEXT = "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))"
PASSES = mini(parcels=[{"id": "A", "wkt": _SQUARE}, {"id": "B", "wkt": _NEXT}])
FAILS = mini(parcels=[{"id": "A", "wkt": _SQUARE}, {"id": "A", "wkt": _NEXT}])
