"""The numbers in force, by how far each can be trusted: the appendix of the dossier and a chapter of the handbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ... import lang as words
from ...lang import Lang
from ...lang.words import DOUBTFUL
from ...plan import Rule, Threshold
from ...plan.trust import LEVELS, Level, is_doubtful
from .results import source_words, threshold_words


@dataclass(frozen=True)
class Number:
    """One number in force, in words: the check, what it is, how much, by whose word, and whether that is contested."""

    level: Level
    code: str
    name: str
    value: str
    source: str
    doubt: str


def numbers(rules: Mapping[str, Rule], lang: Lang, codes: Iterable[str] | None = None) -> list[Number]:
    """Return every number of the rules (of `codes`, where given) by level, the surest first, then by check."""
    chosen = sorted(rules if codes is None else set(codes) & set(rules))
    found = [_number(rules[code], key, t, lang) for code in chosen for key, t in rules[code].params.items()]
    return sorted(found, key=lambda n: LEVELS.index(n.level))


def _number(rule: Rule, key: str, t: Threshold, lang: Lang) -> Number:
    name = rule.labels.get(key, key) if lang == "zh" else key.replace("_", " ")
    doubt = words.choose(DOUBTFUL, lang) if is_doubtful(t.source) else ""
    source = source_words(t.source, lang, t.clause)
    return Number(t.level, rule.code, name, threshold_words(t, lang), source, doubt)


def counts(listed: Iterable[Number], lang: Lang) -> str:
    """Return how many numbers stand at each level, and how many are doubtful, in one line."""
    listed = list(listed)
    parts = [
        f"{words.choose(words.TRUST[level], lang)} {n}"
        for level in LEVELS
        if (n := sum(one.level == level for one in listed))
    ]
    doubts = sum(bool(one.doubt) for one in listed)
    parts += [f"{words.choose(DOUBTFUL, lang)} {doubts}"] if doubts else []
    return ("；" if lang == "zh" else "; ").join(parts)
