"""What the rows and marks of a proof are called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...lang import LANGS, Lang, choose
from ...verdict.cause_words import feature_called
from ..symbology.styles import styles

_WORDS: Mapping[str, tuple[str, str]] = {
    "days": ("相差 {n:,.0f} 天", "{n:,.0f} days"),
    "since": ("{a} 起", "since {a}"),
    "gap": ("违反次序的时段", "time out of order"),
    "after": ("修复后", "after repair"),
    "path": ("自源站起的通路", "way from the source"),
    "blocking": ("最晚到", "last to come"),
    "source": ("源站", "source"),
    "said": ("{title}：{rows}", "{title}: {rows}"),
}


def say(key: str, lang: Lang, **slots: Any) -> str:
    """Return a word of the picture."""
    return choose(_WORDS[key], lang).format(**slots)


def label(party: Mapping[str, Any], lang: Lang) -> str:
    """Return what a row of the bars is called: a permit by its kind, a utility by what arrives, else the feature."""
    name = str(party["of"]["id"])
    if party["role"] in {"utility", "road"} and party["events"]:
        arrives = str(party["events"][0][lang])
        return f"{arrives[:1].upper() + arrives[1:]} {name}".strip()
    words = styles()["words"].get(party["kind"]) if party["role"] == "approval" else None
    if words:
        called = choose(tuple(words), lang)
        return f"{called if lang == 'zh' else called[:1].upper() + called[1:]} {name}".strip()
    called = feature_called(str(party["layer"]), name, lang)
    return called[:1].upper() + called[1:]


def labelled(proof: Mapping[str, Any]) -> dict[str, Any]:
    """Return a proof whose parties have their `label` in both languages."""
    parties = [party | {"label": {lang: label(party, lang) for lang in LANGS}} for party in proof["parties"]]
    return {**proof, "parties": parties}


def gap_words(gap: Mapping[str, Any], lang: Lang) -> str:
    """Return how long a gap is, or since when it lasts."""
    if gap["to"] is None or gap["days"] is None:
        return say("since", lang, a=gap["from"])
    return say("days", lang, n=gap["days"])


def dates(bar: Mapping[str, Any]) -> str:
    """Return the days of a bar."""
    return " – ".join(dict.fromkeys((bar["from"], bar["to"])))
