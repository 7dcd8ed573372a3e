"""Words of the pages on layouts: the front between change and suitability; Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FRONT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("比选前沿：调整多少与适宜多少", "How much to change for how much suitability"),
        "lead": (
            "{points} 个方案，互不占优：从调整 {least:.1f} 公顷、适宜度 {low:+.1f} 分，"
            "到调整 {most:.1f} 公顷、{high:+.1f} 分（现状为 0）。",
            "{points} layouts, none better than another in all: from {least:.1f} ha changed and {low:+.1f} points of "
            "suitability to {most:.1f} ha and {high:+.1f} points (the plan as it stands is 0).",
        ),
        "complete": ("已证明两者之间没有遗漏的方案。", "That no other layout lies between them is proved."),
        "some": (
            "各点之间可能还有其他方案；可用 --front 增加点数。",
            "Others may lie between them; --front with a larger number shows more.",
        ),
        "needless": (
            "另有 {needless} 个被占优的方案，列于下表。",
            "{needless} more are beaten by these and stand in a table below.",
        ),
        "unknown": (
            "图上缺资料，{classes}用地的适宜度未知：改为或改自该类用地既不加分也不减分。",
            "The plan does not tell how suitable land is for {classes}: a change to or from it counts for nothing.",
        ),
        "rule": (
            "适宜度：生产用地近干路、生活用地步行可达生活圈设施、生态用地近保留绿地，各按 0–1 计；"
            "得分为调整后的增量占全部可调地块的百分点。每个方案均满足全部布局规则。"
            "目标上限：调整不更多的任何布局都不会超过它（图中短横线）。",
            "Suitability: works near a main road, homes that walk to the services of the life circle, green near green "
            "that stays, each from 0 to 1; the points are what a layout adds, in per cent of all open land. No "
            "rule of the layout is broken. "
            "No layout with as little change goes beyond the bound (the short stroke in the picture).",
        ),
        "compact": (
            "颜色越深越紧凑：相邻地块（至少一宗可调）两侧同类的边界占比，现状 {now:.1f}%。",
            "The darker, the more compact: the share of borders with one class of land on both sides, "
            "{now:.1f} % as it stands.",
        ),
        "x": ("调整面积（公顷）", "area changed (ha)"),
        "y": ("适宜度增量（分）", "suitability gained (points)"),
        "today": ("现状", "as it stands"),
        "bound": ("上限", "bound"),
        "table": ("各方案", "The layouts"),
        "beaten_table": ("被占优的方案", "Layouts that others beat"),
        "scenario": ("情景文件", "scenario file"),
    }
)
