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
        "production_share": ("生产用地占比", "share of production land"),
        "living_share": ("生活用地占比", "share of living land"),
        "ecology_share": ("生态用地占比", "share of ecological land"),
    }
)

OUTLOOK: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "same": ("两者没有差别", "nothing separates them"),
        "neutral": ("对结论没有影响", "the findings stay as they are"),
        "better": ("整体更好", "it is better"),
        "worse": ("整体更差", "it is worse"),
        "mixed": ("各有得失", "it gains in one place and loses in another"),
        "thinner": ("依据变少，不能判定更好", "it rests on less evidence, so it cannot be called better"),
    }
)
"""What a comparison comes to, as its sentence ends."""

COMPARED: tuple[str, str] = (
    "“{b}”与“{a}”相比：{land:.2f} 公顷土地改变用途，改期 {moved} 项、新增 {added} 项、取消 {dropped} 项；违规新增 {new} 条、消除 {gone} 条{turned}{cause}；{outlook}。",
    "{b} against {a}: {land:.2f} ha of land change use, {moved} works move, {added} are added, {dropped} dropped; {new} violations are new, {gone} are gone{turned}{cause}; {outlook}.",
)
TURNED: tuple[str, str] = ("，{name}由{before}变为{after}", ", {name} goes from {before} to {after}")
CAUSE: tuple[str, str] = (
    "，{name}变化最大的原因是{layer} {id}",
    ", most of the change of {name} comes from {layer} {id}",
)

CHANGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "from": ("原用途", "from"), "to": ("现用途", "to"), "area": ("面积（m²）", "area (m²)"),
        "layer": ("图层", "layer"), "id": ("编号", "id"), "change": ("变化", "change"), "column": ("字段", "column"),
        "before": ("变化前", "before"), "after": ("变化后", "after"), "days": ("天数", "days"),
        "name": ("指标", "figure"), "indicator": ("指标", "figure"), "delta": ("差值", "change"),
        "because": ("原因", "because"), "code": ("规则", "rule"), "severity": ("级别", "severity"),
        "state": ("状态", "state"), "fingerprint": ("指纹", "fingerprint"),
        "new": ("新增", "new"), "gone": ("消除", "gone"), "same": ("保留", "kept"),
        "added": ("新增", "added"), "removed": ("灭失", "removed"), "dropped": ("取消", "dropped"),
        "moved": ("改期", "moved"), "reshaped": ("图形变化", "reshaped"), "set": ("属性变化", "set"),
        "renamed": ("改编号", "renamed"), "error": ("违规", "error"), "warning": ("提醒", "warning"), "info": ("提示", "info"),
    }
)  # fmt: skip
"""Heads and words of the tables of a comparison."""

SHEETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "indicators": ("指标", "figures"),
        "transitions": ("用地转移矩阵", "land-use transitions"),
        "features": ("要素变化", "changed features"),
        "moved": ("日期变化", "moved dates"),
        "works": ("工程", "works"),
        "findings": ("问题", "findings"),
        "contributions": ("指标分解", "causes of figures"),
    }
)
"""Tables of a comparison and the names of their sheets."""

STUDY_STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pass": ("稳过", "pass"),
        "fail": ("必不过", "fail"),
        "undecided": ("不确定", "undecided"),
        "unknown": ("未判定", "unknown"),
    }
)
NO_INDICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "one": ("只有一个不确定因素", "there is only one uncertainty"),
        "few": ("样本太少", "there are too few members"),
        "unknown": ("有成员未能判定", "some members could not be judged"),
        "extra": (
            "未安装 SALib：pip install 'geo-planner[study]'",
            "SALib is not installed: pip install 'geo-planner[study]'",
        ),
        "still": ("结果不随任何因素变化", "nothing changes the result"),
    }
)
"""Why there are no Sobol indices."""

ENSEMBLE: tuple[str, str] = (
    "{members} 个成员：{whole}。{passed} 条规则稳过，{failed} 条必不过，{undecided} 条不确定，{unknown} 条未判定；由 {deciders} 个要素决定。",
    "{members} members: {whole}. {passed} checks pass for certain, {failed} fail, {undecided} are undecided, {unknown} unknown; {deciders} features decide.",
)
DECIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "above": (
            "若{name}超过 {threshold:.0f} {unit}，{phase}{count} 处{layer}将出现“{title}”（{code}）：{ids}。",
            "if {name} is more than {threshold:.0f} {unit}, {count} {layer}{phase} fall under {code} ({title}): {ids}.",
        ),
        "below": (
            "若{name}低于 {threshold:.0f} {unit}，{phase}{count} 处{layer}将出现“{title}”（{code}）：{ids}。",
            "if {name} is below {threshold:.0f} {unit}, {count} {layer}{phase} fall under {code} ({title}): {ids}.",
        ),
    }
)
MATTERS: tuple[str, str] = (
    "最要紧的不确定因素是{name}：它解释了结果变化的 {share:.0%}。",
    "the uncertainty that matters most is {name}: it explains {share:.0%} of how the result varies.",
)
OF_PHASE: tuple[str, str] = ("{phase}期", " of phase {phase}")
UNITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"d": ("天", "days"), "×": ("倍", "times"), "m": ("米", "m"), "": ("", "")}
)
