"""A delivery held against a rule pack: as lines, one JSON object and a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...lang import Lang
from ...lang.words import TRUST
from ...read.packs import Held, Outcome, Pack, Rule
from ...read.packs.terms import asks
from ..contract.template import write_book
from ..exports.files import write_text

_MARKS = {"broken": "!", "unknown": "?", "kept": "·"}
_STATES = {"broken": ("不符", "broken"), "unknown": ("未判定", "unknown"), "kept": ("符合", "kept")}


def _trust(rule: Rule, lang: Lang) -> str:
    return TRUST[rule.trust][lang == "en"]


def _source(rule: Rule, lang: Lang) -> str:
    return rule.source if lang == "zh" else rule.source_en


def _sentence(rule: Rule, lang: Lang) -> str:
    return asks(rule.kind, rule.layer.replace("|", "/"), rule.field.replace("|", "/"), rule.value)[lang == "en"]


def pack_lines(pack: Pack, lang: Lang) -> Iterator[str]:
    """Yield each rule of a pack with its source and level of trust."""
    for rule in pack.rules:
        yield f"{rule.rule}  {_sentence(rule, lang)}  [{_trust(rule, lang)}] {_source(rule, lang)}"


def held_lines(held: Held, lang: Lang) -> Iterator[str]:
    """Yield what is broken, what could not be judged, and one line of sums; kept rules are counted only."""
    for file, why in held.unreadable:
        yield f"! {file}: {why}"
    for one in (*held.broken, *held.unknown):
        said = one.sentences[lang == "en"]
        yield f"{_MARKS[one.state]} {one.rule.rule}  {said}  [{_trust(one.rule, lang)}]"
    kept = sum(o.state == "kept" for o in held.outcomes)
    broken, unknown = len(held.broken), len(held.unknown)
    if lang == "zh":
        yield f"规则包 {held.pack.name}：符合 {kept} 项，不符 {broken} 项，未判定 {unknown} 项"
    else:
        yield f"rule pack {held.pack.name}: {kept} kept, {broken} broken, {unknown} unknown"


def pack_json(pack: Pack) -> dict[str, Any]:
    """Return the rules of a pack as plain values."""
    return {"pack": pack.name, "rules": [_rule_row(r) for r in pack.rules]}


def held_json(held: Held) -> dict[str, Any]:
    """Return every outcome of a delivery as plain values."""
    return {
        "pack": held.pack.name,
        "delivery": held.folder,
        "kept": not (held.broken or held.unknown or held.unreadable),
        "unreadable": [{"file": f, "why": w} for f, w in held.unreadable],
        "outcomes": [_outcome_row(o) for o in held.outcomes],
    }


def _rule_row(rule: Rule) -> dict[str, Any]:
    words = {"zh": _sentence(rule, "zh"), "en": _sentence(rule, "en")}
    names = ("rule", "kind", "layer", "field", "value", "trust", "source", "source_en")
    return {name: getattr(rule, name) for name in names} | words


def _outcome_row(one: Outcome) -> dict[str, Any]:
    zh, en = one.sentences
    return _rule_row(one.rule) | {
        "in_layer": one.layer,
        "state": one.state,
        "count": one.count,
        "example": one.example,
        "rows": list(one.rows),
        "zh": zh,
        "en": en,
    }


def write_held(held: Held, folder: Path, *, lang: Lang = "zh") -> list[Path]:
    """Write `rules.json` and `rules.xlsx` (outcomes, and the rules with their sources) into a folder."""
    folder = Path(folder)
    names = [folder / "rules.json", folder / "rules.xlsx"]
    write_text(names[0], json.dumps(held_json(held), ensure_ascii=False, indent=1) + "\n")
    zh = lang == "zh"
    head = ["结果", "规则", "图层", "数量", "说明", "行号", "可信度", "来源"]
    rules = ["规则", "内容", "可信度", "来源"]
    if not zh:
        head = ["state", "rule", "layer", "count", "what", "rows", "trust", "source"]
        rules = ["rule", "what", "trust", "source"]
    found = [_cells(o, lang) for o in (*held.broken, *held.unknown)]
    found += [_cells(o, lang) for o in held.outcomes if o.state == "kept"]
    listed = [[r.rule, _sentence(r, lang), _trust(r, lang), _source(r, lang)] for r in held.pack.rules]
    pages = {("结果" if zh else "outcomes"): [head, *found], ("规则" if zh else "rules"): [rules, *listed]}
    write_book(pages, names[1])
    return names


def _cells(one: Outcome, lang: Lang) -> list[Any]:
    rule = one.rule
    said, rows = one.sentences[lang == "en"], ", ".join(map(str, one.rows))
    return [
        *(_STATES[one.state][lang == "en"], rule.rule, one.layer, one.count, said, rows),
        *(_trust(rule, lang), _source(rule, lang)),
    ]
