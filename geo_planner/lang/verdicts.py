"""The words of a verdict: states, the names of the seven, the clauses of its sentence; Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Pairs = Mapping[str, tuple[str, str]]

STATES: Pairs = MappingProxyType(
    {"pass": ("合格", "pass"), "fail": ("不合格", "fail"), "unknown": ("证据不足", "too little evidence")}
)
VERDICT_NAMES: Pairs = MappingProxyType(
    {
        "plan_first": ("先规划后建设", "plan before build"),
        "underground_first": ("先地下后地上", "underground before above ground"),
        "industry_first": ("先工业后商住", "industry before commerce and housing"),
        "balance": ("三生平衡", "balance of production, living and ecology"),
        "safety": ("安全与防护", "safety and protection"),
        "networks": ("管网能力", "capacity of networks"),
        "data": ("数据", "data"),
    }
)
TRUST: Pairs = MappingProxyType(
    {
        "printed": ("限值已与原文核对", "the limit was compared with the printed standard"),
        "two_secondary": ("限值据两处独立二手资料", "the limit is from two independent secondary sources"),
        "secondary": ("限值据二手资料，未见原文", "the limit is from secondary sources, the print was not seen"),
        "memory": ("限值凭记忆，待核", "the limit is from memory and to be looked up"),
        "ours": ("限值为本项目默认值，无标准依据", "the limit is our default, no standard gives it"),
    }
)
COUNTED: Pairs = MappingProxyType(
    {
        "parcels": ("宗地块", "parcel|parcels"),
        "buildings": ("栋建筑", "building|buildings"),
        "roads": ("条道路", "road|roads"),
        "pipes": ("段管线", "pipe|pipes"),
        "sources": ("座源站", "source|sources"),
        "facilities": ("处设施", "facility|facilities"),
        "parks": ("个园区", "park|parks"),
    }
)
PARTS: Pairs = MappingProxyType(
    {
        "head": ("{name}：{state}", "{name}: {state}"),
        "worst": ("最重一处：{text}", "The worst: {text}"),
        "breaks": ("违规 {errors} 处，涉及 {what}", "violations: {errors} ({what})"),
        "sums": ("共 {errors} 处，涉及 {what}", "{errors} in all ({what})"),
        "clean": ("未发现违规", "no violation found"),
        "share": ("可判 {share}", "{share} could be judged"),
        "least": ("可判 {share}，至少要 {limit}（{least} 最少）", "{share} judged, {limit} needed (least: {least})"),
        "undecided": ("强制项另有 {n} 项次缺数据未判", "not judged for want of data at error level: {n}"),
        "none": ("没有一项检查可判", "no check could be judged"),
        "needs": ("补充 {needs} 后可判", "to be decided by {needs}"),
        "not_asked": ("另有 {n} 项检查本次未查", "checks not asked for: {n}"),
        "off": ("按参数文件停用 {codes}", "switched off by the profile: {codes}"),
        "warnings": ("提醒 {n} 条", "warnings: {n}"),
        "apart": ("另计：{what}", "counted apart: {what}"),
        "mended": ("已整改 {n} 处", "{n} past and mended"),
        "exempt": ("依法豁免 {n} 处", "{n} lawfully exempt"),
        "waived": ("审查人豁免 {n} 处", "{n} waived by reviewers"),
        "remedy": ("整改：{text}", "remedy: {text}"),
        "declared": ("{layer} {rows} 条，{word}称其完整", "{layer}: {rows} rows, complete by the word of the {word}"),
        "short": ("{layer} 称应有 {expected} 条，实有 {rows} 条", "{layer}: {expected} declared, {rows} there"),
        "absent": ("{layer} 称其完整，却没有数据", "{layer}: declared complete, but it holds nothing"),
        "rests": ("{layers} 未声明完整，缺漏看不出来", "no one declared {layers} complete: gaps are not seen"),
        "scenario": ("情景", "scenario"),
        "overall": ("总体结论：{state}（{counts}）", "Overall: {state} ({counts})"),
        "count": ("{state} {n} 项", "{n} {state}"),
    }
)  # fmt: skip
