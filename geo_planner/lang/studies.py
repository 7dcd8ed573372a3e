"""Words of studies: the figures that stand side by side, comparisons, ensembles; Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FIGURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "findings_error": ("违规", "errors"),
        "findings_warning": ("提醒", "warnings"),
        "findings_info": ("提示", "notes"),
        "checks_skipped": ("未判定的规则", "checks not run"),
        "rows_unknown": ("缺数据的要素", "features not judged"),
        "S1": ("先规划后建设 S1", "plan before build S1"),
        "S2": ("先地下后地上 S2", "underground first S2"),
        "S3": ("先工业后商住 S3", "industry first S3"),
        "headline": ("总评（三者最低）", "headline (least of three)"),
        "production_share": ("生产用地占比", "share of production land"),
        "living_share": ("生活用地占比", "share of living land"),
        "ecology_share": ("生态用地占比", "share of ecological land"),
    }
)
