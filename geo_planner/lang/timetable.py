"""Heads and closed words of the tables of a schedule, in the terminal and in CSV; English is what the tables hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ..lang import schedule as phrase
from .causes import UTILITY_WORDS
from .words import REASONS

HEADS: Mapping[str, str] = MappingProxyType(
    {
        "task": "工程", "work": "工程", "part": "图层", "layer": "图层", "id": "编号", "event": "事项", "state": "状态",
        "start": "开工", "finish": "完工", "new_start": "新开工", "new_finish": "新完工", "shift": "移动天数",
        "slack": "总时差", "free_slack": "自由时差", "declared_slack": "申报时差", "critical": "关键", "frozen": "已成事实",
        "baseline": "基线", "day": "现日期", "new_day": "新日期", "variance": "偏差天数", "rule": "规则", "code": "规则",
        "reason": "原因", "before": "在前", "after": "在后", "lag": "间隔天数", "evidence": "依据", "price": "价格",
        "number": "序号", "measure": "指标", "found": "个数", "of": "总数", "value": "数值", "limit": "限值",
        "verdict": "结论", "rows": "涉及", "severity": "级别", "other_layer": "对方图层", "other_id": "对方编号",
        "unit": "单位", "fingerprint": "指纹", "from": "自", "to": "至", "gone": "消除", "new": "新增", "same": "保留",
        "kind": "种类", "chance": "概率", "mean_days": "平均延误天数", "p90_days": "九成不超过天数", "planned": "计划投用",
        "opens_p10": "投用P10", "opens_p50": "投用P50", "opens_p90": "投用P90", "waits_for": "主要等待",
        "carried": "加权延误", "share": "占比", "contractor": "施工单位", "works": "管线数",
        "what": "约束种类", "other": "对方", "days": "天数", "feature": "要素", "means": "含义", "kept": "保留",
    }
)  # fmt: skip
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "done": "已完成", "under_way": "进行中", "ahead": "未开始", "actual": "已发生", "planned": "计划",
        "kept": "保证", "judged": "仅复查", "skipped": "未判定", "ok": "良好", "poor": "欠佳", "unknown": "未知",
        "error": "违规", "warning": "提醒", "info": "提示", "True": "是", "False": "否", "deeper": "较深者在先", "first plant": "首家企业", "first homes": "首批住宅",
        "arc": "先后约束", "earliest": "最早日期", "deadline": "最迟日期", "frozen": "已成事实", "district": "片区",
        "park": "园区", "phase": "分期", "no_plan": "没有获批的控规", "link_not_joined": "搭接的任务未对应到要素",
        "missing logic": "缺少前后关系", "leads": "提前量", "lags": "滞后量", "finish-to-start links": "完成—开始搭接",
        "hard constraints": "硬性日期约束", "high float": "时差过大", "negative float": "负时差", "long duration": "工期过长",
        "invalid dates": "无效日期", "without resources": "缺少资源", "missed tasks": "未按期完成",
        "critical path test": "关键路径检验", "critical path length index": "关键路径长度指数",
        "baseline execution index": "基线执行指数", "ring": "闭合",
    }
)  # fmt: skip
JOINED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "tasks": (
            "{name}：对应 {tasks} 项任务（{how}），未对应 {left} 项：{lone}",
            "{name}: {tasks} tasks joined ({how}), {left} not: {lone}",
        ),
        "links": (
            "{name}：保留搭接 {links} 条、有限定的日期 {bounds} 个",
            "{name}: {links} links and {bounds} dates with a bound are kept",
        ),
        "lost": (
            "{name}：未对应到要素的任务，其搭接未采用：{lost}",
            "{name}: links of tasks that met no feature are left out: {lost}",
        ),
    }
)
"""What became of the tasks of a schedule file."""
JOINED_BY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"id": ("按编号", "id"), "name": ("按名称", "name"), "feature": ("按用户字段", "feature"), "wbs": ("按 WBS", "wbs")}
)
_PATTERNS = (
    (re.compile(r"never_served_(\w+)"), "没有通路接到{}源站", "no path to a source of {}"),
    (re.compile(r"no_network_(\w+)"), "没有{}管网", "no network of {}"),
)
_ENGLISH: Mapping[str, str] = MappingProxyType(
    {"no_plan": "no approved plan", "link_not_joined": "its task met no feature"}
)


def head(name: str, lang: str) -> str:
    """The head of a column."""
    return HEADS.get(name, name) if lang == "zh" else name.replace("_", " ")


def word(value: str, lang: str) -> str:
    """A closed word of a table, the name of an event or a reason, as a reader has it; ids and numbers stay."""
    other = lang != "zh"
    for pattern, *both in _PATTERNS:
        if match := pattern.fullmatch(value):
            kind = UTILITY_WORDS.get(match[1], (match[1], match[1]))[other]
            return both[other].format(kind)
    if value in WORDS:
        return _ENGLISH.get(value, value) if other else WORDS[value]
    for table in (phrase.PARTS, phrase.DATES, phrase.RULE, UTILITY_WORDS, REASONS):
        if value in table:
            return re.split("[：:] ?", table[value][other])[0] if "{" in table[value][other] else table[value][other]
    return _thing(value, lang)


def _thing(value: str, lang: str) -> str:
    """An event (pipes/P1 finish) or a work (pipes/P1) in words, several of them, or how a rule went; else as it is."""
    for mark, told in (("skipped: ", ("未判定：", "not judged: ")), ("crashed: ", ("程序出错：", "crashed: "))):
        if value.startswith(mark):
            return told[lang != "zh"] + word(value.removeprefix(mark).split(":")[0], lang)
    for sign in (", ", "→"):
        if sign in value and "/" in value:
            return sign.join(word(part, lang) for part in value.split(sign))
    if " finish" in value or " start" in value or " used" in value or " paved" in value or " released" in value:
        return phrase.event(value, lang)
    part, slash, own = value.partition("/")
    return f"{phrase.PARTS[part][lang != 'zh']} {own}" if slash and part in phrase.PARTS else value
