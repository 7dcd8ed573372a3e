"""Headings and labels of the dossier, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...lang import Lang, choose

LABELS: Mapping[str, tuple[str, str]] = {
    "dossier": ("规划审查报告", "Plan review dossier"),
    "summary": ("一、总体结论", "1. Summary"),
    "verdicts": ("二、逐项判定", "2. Verdict by check"),
    "worklist": ("三、整改台账", "3. Worklist"),
    "causes": ("四、重点事项举证（最重 {n} 项，每项一页）", "4. Proof of the gravest causes ({n}, one page each)"),
    "findings": ("五、问题清单", "5. Findings"),
    "open": ("六、未判定事项", "6. What was not judged"),
    "pictures": ("七、附图", "7. Pictures"),
    "basis": ("附录　采用的参数与依据", "Appendix: parameters and their sources"),
    "proof": (
        "上图为相关地物位置，下图为各方时序；红色为违反次序的时段及天数{after}。",
        "Above where the parties are, below their days; red is the time out of order with its days{after}.",
    ),
    "proof_after": ("，绿色为修复后的日期", ", green are the dates after repair"),
    "party": ("相关方", "Party"),
    "dates": ("日期", "Dates"),
    "gap": ("断档", "Out of order"),
    "after": ("修复后", "After repair"),
    "item": ("结论项", "Verdict"),
    "state": ("判定", "State"),
    "why": ("依据", "What decides it"),
    "plan": ("方案摘要", "Plan digest"),
    "profile": ("参数表", "Profile"),
    "version": ("程序版本", "Program version"),
    "as_of": ("截至", "As of"),
    "schematic": ("示意图，非法定边界", "Schematic, not the legal boundary"),
    "text": ("问题", "Finding"),
    "value": ("实际值", "Value"),
    "limit": ("限值", "Limit"),
    "severity": ("程度", "Severity"),
    "code": ("检查", "Check"),
    "review": ("审查意见", "Review"),
    "reason": ("原因", "Reason"),
    "layer": ("图层", "Layer"),
    "id": ("编号", "Id"),
    "none": ("没有发现问题。", "Nothing was found."),
    "all_judged": ("全部检查均已判定。", "Everything was judged."),
    "more": ("另有 {n} 条未列入本文，见 findings.gpkg 或 xlsx。", "{n} more stand in findings.gpkg and in the xlsx."),
    "param": ("参数", "Parameter"),
    "source": ("依据", "Source"),
    "level": ("可信度", "Level of trust"),
    "doubt": ("疑问", "Doubt"),
    "map": ("用地按三生空间着色；红色为问题位置", "Land by production, living and ecology; findings in red"),
    "curves": (
        "累计开工进度（{a} 至 {b}，各占其总量）：橙为工业，蓝为居住，紫红为商业",
        "Cumulative starts {a} to {b}, each a share of its end: industry orange, housing blue, commerce purple",
    ),
    "works": (
        "工程进度：自上而下与下表各行对应，深色为现行（修改后）安排，灰色细条为修改前，竖线为年初",
        "Works in time, row by row as in the table below: dark as planned (after the edits), grey before",
    ),
    "accepted": ("属实", "accepted"),
    "rejected": ("不属实", "rejected"),
    "waived": ("豁免", "waived"),
}


def say(key: str, lang: Lang, **slots: Any) -> str:
    """Return a label of the dossier in one language."""
    return choose(LABELS[key], lang).format(**slots)
