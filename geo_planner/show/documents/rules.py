"""Rules as words: the list of all, one explained, and how much of a standard is checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ... import lang as words
from ...checks.inventory import Standard
from ...checks.settings import SETTINGS, setting_labels, setting_thresholds
from ...lang import Lang
from ...lang.about import about
from ...lang.notes import advice
from ...plan import Profile, Rule, Threshold
from ...read.notes import NoteText
from ...verdict.formulas import SCORES
from ..exports.results import source_words, threshold_words

_STATES = {
    "checked": ("已检查", "checked"),
    "not_checkable": ("不可机检", "not checkable"),
    "todo": ("尚未检查", "not yet"),
}


def rule_lines(rules: Iterable[Rule], lang: Lang) -> list[str]:
    """Return one line a rule under the heading of its family."""
    lines, family = [], ""
    for rule in rules:
        if rule.code[:2].lower() != family:
            family = rule.code[:2].lower()
            lines += ["", words.choose(words.FAMILIES.get(family, (family, family)), lang)]
        title = (rule.zh if lang == "zh" else rule.en)["title"]
        lines.append(f"  {rule.code}  {words.choose(words.SEVERITIES[rule.severity], lang)}  {title}")
    return lines[1:]


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return a rule with its words and numbers as plain values."""
    params = {
        k: {
            "value": t.value,
            "unit": t.unit,
            "source": t.source,
            "clause": t.clause,
            "valid_from": t.valid_from,
            "verified": t.verified,
            "level": t.level,
            "origin": t.origin,
        }
        for k, t in rule.params.items()
    }
    head = {"code": rule.code, "slug": rule.slug, "severity": rule.severity}
    return head | {"zh": dict(rule.zh), "en": dict(rule.en), "params": params}


def explained(rule: Rule, lang: Lang) -> list[str]:
    """Return a rule as a reviewer asks about it: its words, its numbers with source and state, what it cannot see."""
    zh = lang == "zh"
    text = rule.zh if zh else rule.en
    severity = words.choose(words.SEVERITIES[rule.severity], lang)
    lines = [f"{rule.code} {text['title']}（{severity}）" if zh else f"{rule.code} {text['title']} ({severity})"]
    lines += ["", about(rule.code, rule.doc, text, lang), ""]
    lines += [_parameter(name, t, rule.labels.get(name, name), lang) for name, t in rule.params.items()]
    lines += ["", ("建议：" if zh else "advice: ") + text["advice"]]
    return lines + ([("注意：" if zh else "trap: ") + text["trap"]] if text["trap"] else [])


def note_explained(note: NoteText, lang: Lang) -> list[str]:
    """Return an import note as words: what it says, and what to do about it."""
    kind = words.choose(words.NOTE_SEVERITIES[note.severity], lang)
    zh = lang == "zh"
    head = f"{note.code}（{kind}）" if zh else f"{note.code} ({kind})"
    return [head, note.zh if zh else note.en, ("建议：" if zh else "advice: ") + advice(note.advice, lang)]


def trust_words(t: Threshold, lang: Lang) -> str:
    """Return how far a number can be trusted, in words."""
    return words.choose(words.TRUST[t.level], lang)


def _parameter(name: str, t: Threshold, label: str, lang: Lang) -> str:
    day = f" {t.valid_from}" if t.valid_from else ""
    called = f"{label} ({name})" if lang == "zh" else name
    origin = ("规则缺省" if t.origin == "check" else f"参数文件 {t.origin}") if lang == "zh" else t.origin
    source = source_words(t.source, lang, t.clause)
    return f"  {called} = {threshold_words(t, lang)}  [{trust_words(t, lang)}]  {source}{day}  <- {origin}"


def score_explained(code: str, profile: Profile, lang: Lang) -> list[str]:
    """Return the formula of a score with its reasons, and the numbers that a profile sets under its code."""
    lines = list(SCORES[code][lang]) if code in SCORES else []
    if code in SETTINGS:
        labels = setting_labels(code)
        lines += [_parameter(k, t, labels[k], lang) for k, t in setting_thresholds(code, profile).items()]
    return lines


def coverage_json(one: Standard) -> dict[str, Any]:
    """Return the clauses of a standard and the state of each."""
    clauses = [
        {
            "id": c.id,
            "title": dict(c.title),
            "state": c.state,
            "checked_by": list(c.checked_by),
            "why_not": dict(c.not_checkable),
        }
        for c in one.clauses
    ]
    return {"standard": one.names[0], "verified": one.verified, "clauses": clauses}


def coverage_lines(one: Standard, lang: Lang) -> list[str]:
    """Return which clauses of a standard are checked, cannot be, or wait."""
    counts = "  ".join(f"{words.choose(_STATES[s], lang)} {one.count(s)}" for s in ("checked", "not_checkable", "todo"))
    lines = [f"{one.names[0]} {one.title[lang]}  {counts}"]
    for c in one.clauses:
        why = ", ".join(c.checked_by) or c.not_checkable.get(lang, "")
        lines.append(f"  {c.id:<10} {words.choose(_STATES[c.state], lang)}  {c.title[lang]}  {why}".rstrip())
    return lines


def difference_lines(rows: Iterable[tuple[str, str, Threshold | None, Threshold | None]]) -> list[str]:
    """Return one line for each number on which two profiles differ, with where each comes from."""
    return [f"{code}.{key}: {_number(one)}  ->  {_number(two)}" for code, key, one, two in rows]


def _number(threshold: Threshold | None) -> str:
    if threshold is None:
        return "—"
    t, state = threshold, words.TRUST[threshold.level][1]
    return f"{t.value} {t.unit} [{t.origin}, {state}] {t.source} {t.clause}".rstrip()
