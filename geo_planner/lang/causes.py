"""The words of causes and of the worklist (整改台账): titles, states, matters, columns; Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Pairs = Mapping[str, tuple[str, str]]

CAUSE_STATES: Pairs = MappingProxyType(
    {"happened": ("已成事实", "happened"), "ahead": ("可预防", "ahead"), "data": ("待核数据", "data to be checked")}
)
PARTS: Pairs = MappingProxyType(
    {
        "never": ("{arg}无通路接到源站", "no path of {arg} to a source"),
        "service": ("{arg}", "{arg}"),
        "roads": ("道路用地与街区", "land for roads, and blocks"),
        "structure": ("用地结构", "land-use structure"),
        "land": ("土地消耗", "land consumed"),
        "phase": ("分期 {arg}", "phase {arg}"),
        "weak": ("{arg}", "{arg}"),
        "habit": ("同类问题", "faults of one kind"),
        "odd": ("个别数据问题", "single faults in the data"),
        "rest": ("{arg}其余问题", "other findings {arg}"),
    }
)
"""Matters of a thing, as a grouping names them; `arg` is what stands behind the `|`."""
CLAUSES: Pairs = MappingProxyType(
    {
        "thing": ("{what}", "{what}"),
        "late": ("{what} 晚到", "{what} comes late"),
        "pair": ("{what} 与 {other}", "{what} and {other}"),
        "parcels": ("涉及 {n:,} 宗地块", "parcels concerned: {n:,}"),
        "area": ("{n:,.1f} 公顷", "{n:,.1f} ha"),
        "days": ("最多 {n:,.0f} 天", "up to {n:,.0f} days"),
        "found": ("共 {n:,} 处", "{n:,} findings"),
        "more": ("等", " and others"),
        "several": ("{one}等 {n} 处", "{one} and others ({n} in all)"),
        "missing": (
            "缺少{what}：{n} 项检查无法判定（{codes}）",
            "{what} is missing: {n} checks cannot judge ({codes})",
        ),
        "unread": (
            "{layer}：{why}，{rows:,} 行未能判定（{codes}）",
            "{layer}: {why}, {rows:,} rows not judged ({codes})",
        ),
        "unrun": ("{why}（{codes}）", "{why} ({codes})"),
        "bring": ("补充{what}后重新检查", "bring {what} and run again"),
        "complete": ("在源数据中核对、补全后重新检查", "check and complete the data at their source and run again"),
        "rest_ahead": ("尚未发生的 {n:,} 处可预防：{advice}", "{n:,} still lie ahead and can be prevented: {advice}"),
        "sentence": ("{name}：{state}。{place}：{title}。", "{name}: {state}. {place}: {title}."),
        "bare": ("{name}：{state}。", "{name}: {state}."),
    }
)
BUREAUS: Pairs = MappingProxyType(
    {
        "PB": ("自然资源和规划局", "natural resources and planning bureau"),
        "UG": ("住房和城乡建设局", "housing and construction bureau"),
        "IN": ("园区管委会", "park administration"),
        "BA": ("自然资源和规划局", "natural resources and planning bureau"),
        "EC": ("自然资源和规划局", "natural resources and planning bureau"),
        "NW": ("住房和城乡建设局", "housing and construction bureau"),
        "ST": ("住房和城乡建设局", "housing and construction bureau"),
        "DA": ("数据报送单位", "office that supplied the data"),
        "PB104": ("住房和城乡建设局", "housing and construction bureau"),
        "EC602": ("水务局", "water bureau"),
        "EC603": ("生态环境局", "ecology and environment bureau"),
        "EC604": ("水务局", "water bureau"),
        "BA412": ("园区管委会", "park administration"),
        "BA414": ("应急管理局", "emergency management bureau"),
        "BA415": ("园区管委会", "park administration"),
        "BA416": ("住房和城乡建设局", "housing and construction bureau"),
        "ST701": ("生态环境局", "ecology and environment bureau"),
        "ST702": ("住房和城乡建设局（消防审验）", "housing and construction bureau (fire review)"),
        "ST706": ("供电公司", "power company"),
        "ST707": ("生态环境局", "ecology and environment bureau"),
        "ST708": ("自然资源和规划局", "natural resources and planning bureau"),
        "ST709": ("生态环境局", "ecology and environment bureau"),
        "ST710": ("水务局", "water bureau"),
        "ST711": ("应急管理局", "emergency management bureau"),
        "water": ("水务局", "water bureau"),
        "sewer": ("水务局", "water bureau"),
        "storm": ("水务局", "water bureau"),
        "power": ("供电公司", "power company"),
        "gas": ("燃气公司", "gas company"),
        "heat": ("供热公司", "heat company"),
        "telecom": ("通信运营单位", "telecom operators"),
        "road": ("住房和城乡建设局", "housing and construction bureau"),
        "approvals": ("自然资源和规划局", "natural resources and planning bureau"),
        "parcels": ("自然资源和规划局", "natural resources and planning bureau"),
        "parks": ("自然资源和规划局", "natural resources and planning bureau"),
        "control_lines": ("自然资源和规划局", "natural resources and planning bureau"),
        "roads": ("住房和城乡建设局", "housing and construction bureau"),
        "excavations": ("住房和城乡建设局", "housing and construction bureau"),
        "buildings": ("住房和城乡建设局", "housing and construction bureau"),
        "pipes": ("各管线单位", "utility companies"),
        "sources": ("各管线单位", "utility companies"),
        "facilities": ("园区管委会", "park administration"),
        "noise_zones": ("生态环境局", "ecology and environment bureau"),
    }
)
"""Who is in charge by default: of a family, a check, a utility, or of a layer that is to be supplied."""
UTILITY_WORDS: Pairs = MappingProxyType(
    {
        "water": ("给水", "water"),
        "sewer": ("污水", "sewage"),
        "storm": ("雨水", "storm water"),
        "power": ("电力", "power"),
        "gas": ("燃气", "gas"),
        "heat": ("热力", "heat"),
        "telecom": ("通信", "telecom"),
        "road": ("道路", "road"),
    }
)
WORKLIST: Pairs = MappingProxyType(
    {
        "sheet": ("整改台账", "worklist"),
        "number": ("序号", "no."),
        "state": ("状态", "state"),
        "severity": ("程度", "severity"),
        "verdict": ("结论项", "verdict"),
        "place": ("位置", "place"),
        "title": ("问题", "what is wrong"),
        "remedy": ("整改措施", "what to do"),
        "bureau": ("主管部门", "in charge"),
        "by_when": ("期限", "by"),
        "option": ("可算方案", "computed option"),
        "parcels": ("涉及地块", "parcels"),
        "area": ("面积（公顷）", "area (ha)"),
        "days": ("天数", "days"),
        "found": ("问题数", "findings"),
        "status": ("处理意见", "status"),
        "answer": ("答复（豁免须写理由）", "answer (a waiver needs its reason)"),
        "reviewer": ("答复人", "answered by"),
        "date": ("答复日期", "date of answer"),
        "key": ("成因编号", "cause"),
        "none": ("没有需要整改的事项。", "There is nothing to be put right."),
        "more": ("另有 {n} 项，见 report.json 或 xlsx。", "{n} more stand in report.json and in the xlsx."),
        "top": ("整改台账（前 {n} 项，共 {all} 项）：", "Worklist (the first {n} of {all}):"),
        "mended": ("已整改", "mended"),
        "exempt": ("依法豁免", "exempt"),
        "part": ("部分已答复", "answered in part"),
    }
)
"""Columns of the worklist in their order, and its other words."""
SINGULAR: Mapping[str, str] = MappingProxyType(
    {"control_lines": "control line", "noise_zones": "noise zone", "approvals": "approval", "excavations": "excavation"}
)
"""One feature of a layer in English, where `lang.verdicts.COUNTED` does not say it."""
STATUSES: Pairs = MappingProxyType(
    {"accepted": ("属实", "accepted"), "rejected": ("不属实", "rejected"), "waived": ("豁免", "waived")}
)
"""What may be written in the status column: the verdicts of a review."""
KEYS_SHEET = "fingerprints"
"""The hidden sheet that joins rows of the worklist to findings: the plan's digest, then cause and fingerprint."""
