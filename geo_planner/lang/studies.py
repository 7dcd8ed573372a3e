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

COMPARED: tuple[str, str] = ("“{b}”与“{a}”相比：{clauses}。", "{b} against {a}: {clauses}.")
LAND_TURNED: tuple[str, str] = ("{land:.2f} 公顷土地改变用途", "{land:.2f} ha of land change use")
WORKS: tuple[str, str] = ("工程{counts}", "works: {counts}")
VIOLATIONS: tuple[str, str] = ("违规{counts}", "violations: {counts}")
NO_VIOLATIONS: tuple[str, str] = ("违规没有增减", "no violation is new or gone")
COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "moved": ("改期 {n} 项", "{n} moved"),
        "added": ("新增 {n} 项", "{n} added"),
        "dropped": ("取消 {n} 项", "{n} dropped"),
        "new": ("新增 {n} 条", "{n} new"),
        "gone": ("消除 {n} 条", "{n} gone"),
    }
)
"""What is counted in a comparison's sentence; what is none is not told."""
TURNED: tuple[str, str] = ("，{name}由{before}变为{after}", ", {name} goes from {before} to {after}")
CAUSE: tuple[str, str] = (
    "，{name} 的变化主要来自{layer} {id}",
    ", most of the change of {name} comes from {layer} {id}",
)

CAUSES_CHANGED: tuple[str, str] = (
    "  按成因：新增 {new} 个、消除 {gone} 个、保留 {kept} 个{first}",
    "  by cause: {new} new, {gone} gone, {kept} kept{first}",
)
"""A comparison's causes in one line; `first` names the largest that is new or gone."""

CHANGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "from": ("原用途", "from"), "to": ("现用途", "to"), "area": ("面积（m²）", "area (m²)"),
        "layer": ("图层", "layer"), "id": ("编号", "id"), "change": ("变化", "change"), "column": ("字段", "column"),
        "before": ("变化前", "before"), "after": ("变化后", "after"), "days": ("天数", "days"),
        "name": ("指标", "figure"), "indicator": ("指标", "figure"), "delta": ("差值", "change"),
        "because": ("原因", "because"), "code": ("规则", "rule"), "severity": ("级别", "severity"),
        "state": ("状态", "state"), "fingerprint": ("指纹", "fingerprint"),
        "key": ("成因编号", "cause"), "verdict": ("结论", "verdict"), "codes": ("规则", "rules"),
        "grown": ("扩大", "grown"), "shrunk": ("缩小", "shrunk"), "zh": ("说明", "in Chinese"), "en": ("英文说明", "what it is"),
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
        "causes": ("成因", "causes"),
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
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "date": ("日期", "dates"),
        "demand": ("需求", "demand"),
        "parameter": ("参数", "parameter"),
        "geometry": ("图形精度", "accuracy of shapes"),
        "shift": ("位置偏移", "shift of place"),
    }
)
"""What an uncertainty is about."""
ENSEMBLE_PAGE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "facts": (
            "{members} 个成员 · 随机种子 {seed} · 达标成员占 {sure} 及以上为“稳过”",
            "{members} members · seed {seed} · “pass” from {sure} of the members on",
        ),
        "checks": ("哪些规则稳、哪些不稳", "what is certain and what is not"),
        "checks_note": (
            "条形为成员中问题数的 5%–95% 区间，圆点为中位数，竖线为限值（不设限值时取现方案的问题数）。",
            "The bar is the 5–95 % range of findings over the members, the dot their middle, the line the limit (where none is set, what the plan itself has).",
        ),
        "deciders": ("由哪些地块和日期决定", "the features and dates that decide"),
        "deciders_note": (
            "这些要素在一部分成员中出问题、在另一部分中不出；红色为出问题的一侧，颜色越深出问题的成员越多。",
            "Some members find these at fault and others do not; red is the side at fault, deeper where more members find it.",
        ),
        "matters": ("哪个不确定因素最要紧", "which uncertainty matters"),
        "matters_note": (
            "Sobol 指数：结果（全部问题数）的变化有多少来自它。",
            "Sobol indices: how much of the variation of all findings comes from it.",
        ),
        "levers": ("可选的办法", "what can be done"),
        "drawn": ("抽了些什么", "what was drawn"),
        "rule": ("规则", "rule"), "state": ("状态", "state"), "within": ("达标成员", "members within"),
        "spread": ("问题数", "findings"), "sure": ("稳过：", "pass for certain:"), "feature": ("要素", "feature"),
        "at_fault": ("出问题的成员", "members at fault"), "turns_on": ("取决于", "turns on"),
        "none_decides": ("没有要素在成员之间摇摆。", "No feature is at fault in some members only."),
        "no_one_number": ("不由单一数值决定", "no one number decides"),
        "above": ("{name} > {at} {unit}", "{name} > {at} {unit}"), "below": ("{name} < {at} {unit}", "{name} < {at} {unit}"),
        "no_indices": ("没有给出：", "not given: "), "uncertainty": ("不确定因素", "uncertainty"),
        "alone": ("单独作用", "alone"), "with_others": ("连同相互作用", "with the others"), "lever": ("办法", "lever"),
        "value": ("取值", "value"), "members": ("成员", "members"), "kept": ("全部达标的成员", "members that keep all limits"),
        "about": ("对象", "about"), "draws": ("抽样", "draws"),
    }
)  # fmt: skip
