"""A rule pack, and a delivery held against it, as words, plain values and a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ... import lang as words
from ...lang import Lang
from ...read.packs import Breach, Held, PackRule
from ..contract.template import write_book

_STATE = {"kept": ("符合", "kept"), "broken": ("不符合", "broken"), "unknown": ("未能判定", "not judged")}
_WHY = {
    "no_layer": ("缺该图层", "the layer is missing"),
    "no_polygons": ("没有面图层", "there is no layer of polygons"),
    "no_crs": ("图层缺坐标系，无法按米判定", "no coordinate system, so no metres"),
    "too_many": ("重叠过多，疑为多层图斑叠放", "too many overlaps: layers lie on top of each other"),
    "unreadable": ("交付中有文件无法读取", "a file of the delivery cannot be read"),
    "": ("", ""),
}
_FOUND = {
    "missing": "缺失", "blank": "空值", "invalid": "图形不合法", "sliver": "狭长图斑", "vertices": "界址点过近",
    "no date": "非日期", "no number": "非数值", "too long": "超长", "no code": "不在代码表内", "outside": "超出范围",
}  # fmt: skip


def pack_lines(rules: Iterable[PackRule], lang: Lang) -> list[str]:
    """Return one line a rule: its name, its words, its source and how far to trust it."""
    return [f"{r.rule}  {getattr(r, lang)}  [{words.choose(words.TRUST[r.trust], lang)}：{r.source}]" for r in rules]


def held_lines(held: Iterable[Held], lang: Lang) -> list[str]:
    """Return one line a rule with its outcome, and one for each layer that breaks it."""
    lines = []
    for one in held:
        mark = {"kept": "·", "broken": "!", "unknown": "?"}[one.state]
        why = words.choose(_WHY[one.why], lang)
        lines.append(f"{mark} {one.rule.rule}  {getattr(one.rule, lang)}" + (f"  （{why}）" if why else ""))
        lines += [f"    {b.layer}: {b.count}  {_found(b.found, lang)}  {', '.join(b.rows[:5])}" for b in one.breaches]
    return lines


def held_json(name: str, held: Sequence[Held]) -> dict[str, Any]:
    """Return the outcome of every rule as plain values."""
    keys = ("rule", "kind", "layer", "field", "value", "zh", "en", "source", "trust")
    return {
        "pack": name,
        "kept": all(one.state == "kept" for one in held),
        "rules": [
            {key: getattr(one.rule, key) for key in keys}
            | {"state": one.state, "why": one.why, "breaches": [_breach(b) for b in one.breaches]}
            for one in held
        ],
    }


def _breach(one: Breach) -> dict[str, Any]:
    return {"layer": one.layer, "rows": list(one.rows), "count": one.count, "found": one.found}


def write_held(held: Sequence[Held], path: Path, *, lang: Lang = "zh") -> None:
    """Write the outcome as a workbook: every rule, and every layer that breaks one."""
    zh = lang == "zh"
    first = (
        ["规则", "内容", "结果", "原因", "来源", "可信度"]
        if zh
        else ["rule", "what", "outcome", "why", "source", "trust"]
    )
    second = ["规则", "图层", "数量", "发现", "编号"] if zh else ["rule", "layer", "count", "found", "rows"]
    rules = [[one.rule.rule, *_cells(one, lang)] for one in held]
    rows = [
        [one.rule.rule, b.layer, b.count, _found(b.found, lang), ", ".join(b.rows)]
        for one in held
        for b in one.breaches
    ]
    write_book({"规则" if zh else "rules": [first, *rules], "不符合项" if zh else "breaches": [second, *rows]}, path)


def _cells(one: Held, lang: Lang) -> list[str]:
    outcome, why = words.choose(_STATE[one.state], lang), words.choose(_WHY[one.why], lang)
    return [getattr(one.rule, lang), outcome, why, one.rule.source, words.choose(words.TRUST[one.rule.trust], lang)]


def _found(text: str, lang: Lang) -> str:
    if lang == "en":
        return text
    return next((text.replace(en, zh) for en, zh in _FOUND.items() if text.endswith(en)), text)
