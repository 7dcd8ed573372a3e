"""Every feature has a shape that areas and distances can be computed from.

An invalid polygon (a bow-tie, a hole outside its shell) has no defined area, and an empty one no place. The import
repairs what it can; what still stands here would make other checks lie.

Cannot see: shapes that are valid and wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import LAYERS as SPECS
from .contract import Text, mini, param
from .grouping import habit

SEVERITY = "error"
cause = habit
LAYERS = ()
REACH = 0.0
ALONE = True
OPTIONAL = tuple(SPECS)

ZH = Text(
    title="图形无效",
    message="{layer_name} {id} 的图形无效：{reason_zh}",
    advice="修复图形后重新导入，或用导入时的自动修复并核对面积变化",
    trap="自动修复可能改变面积，须核对导入报告",
)
EN = Text(
    title="Invalid geometry",
    message="the shape of {id} in {layer_name} is invalid: {reason}",
    advice="mend the shape and import again, or let the import repair it and check the change of area",
    trap="a repair may change the area: read the import report",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    least: float = param(0.0, unit="m", source="data model of this program", verified=True, zh="图形最小尺寸")


def check(plan: Plan, p: Params) -> Findings:
    """Each feature whose geometry is invalid or empty; evidence: its box, or a point where it has none."""
    blocks, judged, unknown = [], {}, []
    for name in sorted(set(plan.layers) & set(SPECS)):
        frame = plan[name]
        shapes = np.array(frame.geometry.array, dtype=object)
        empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        unknown.append((name, frame["id"][empty], "no_geometry"))
        size = np.nan_to_num(np.ptp(shapely.bounds(shapes).reshape(-1, 2, 2), axis=1).max(axis=1), nan=0.0)
        bad = ~empty & (~shapely.is_valid(shapes) | (size < p.least))
        judged[name] = frame["id"][~empty]
        blocks.append(
            Rows(
                layer=name,
                id=frame["id"][bad],
                geometry=shapely.envelope(shapes[bad]),
                args=_reasons(shapely.is_valid_reason(shapes[bad])),
            )
        )
    if not any(len(ids) for ids in judged.values()):
        raise Skipped("too_few", what="0")
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


_REASONS_ZH = (
    ("Ring Self-intersection", "环自相交"),
    ("Self-intersection", "自相交"),
    ("Hole lies outside shell", "洞位于外环之外"),
    ("Holes are nested", "洞相互嵌套"),
    ("Nested shells", "多个面相互嵌套"),
    ("Nested holes", "洞相互嵌套"),
    ("Interior is disconnected", "内部不连通"),
    ("Duplicate Rings", "环重复"),
    ("Too few points in geometry component", "顶点太少"),
    ("Ring is not closed", "环未闭合"),
    ("Invalid Coordinate", "坐标无效"),
    ("Valid Geometry", "图形有效，但尺寸过小"),
)


def _reasons(said: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """What GEOS says of each shape, with the place, in both languages."""
    zh = said.astype(object)
    for en, word in _REASONS_ZH:
        zh = np.array([text.replace(en, word) for text in zh], dtype=object)
    return {"reason": said, "reason_zh": zh}


PASSES = mini(parcels=[{"id": "A", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}])
FAILS = mini(parcels=[{"id": "A", "wkt": "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))"}])
