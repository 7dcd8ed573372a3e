"""The scores behind the verdict as lines, and back from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import lang as words
from ...lang import Lang
from ...plan import Report, ScorePart, Scores
from .rows import why

_SCORES = {
    "S1": ("先规划后建设", "plan before build"),
    "S2": ("先地下后地上", "underground first"),
    "S3": ("先工业后商住", "industry first"),
}
_HEADING = ("得分（0 至 1：已证合格～未证不合格，供参考）", "Scores (0 to 1: proven good–not proven bad)")


def score_reasons(report: Report) -> dict[str, dict[str, str]]:
    """Why a score is missing, in both languages."""
    reasons = report.scores.reasons
    return {name: {"key": key, **why(key)} for name, key in reasons.items()}


def score_heads(report: Report, lang: Lang) -> list[str]:
    """The three scores behind the verdict, a line each under a heading, with the reason where one is missing."""
    scores, colon = report.scores, "：" if lang == "zh" else ": "
    lines = [words.choose(_HEADING, lang)]
    for name in ("S1", "S2", "S3"):
        value = getattr(scores, name)
        why = score_reasons(report).get(name, {}).get(lang, "")
        pair = _score(value, scores.upper.get(name))
        lines.append(f"  {name} {words.choose(_SCORES[name], lang)} {pair}" + (f"{colon}{why}" if why else ""))
    return lines


def _score(value: float | None, upper: float | None) -> str:
    """What is proven good, and beside it what is not proven bad where that is more."""
    if value is None:
        return "–"
    return f"{value:.3f}" if upper is None or upper - value < 5e-4 else f"{value:.3f}–{upper:.3f}"


def scores_back(said: Mapping[str, Any]) -> Scores:
    """The scores from what the report's JSON made of them."""
    parts = {name: tuple(map(_part_back, of)) for name, of in said.get("parts", {}).items()}
    reasons = {name: why_not["key"] for name, why_not in said["reasons"].items()}
    lead = tuple((str(day), float(one), float(two)) for day, one, two in said.get("lead", []))
    rest = {key: said[key] for key in ("lead_scope", "tolerance", "upper") if key in said}
    return Scores(said["S1"], said["S2"], said["S3"], reasons, parts, lead, **rest)


def _part_back(said: Mapping[str, Any]) -> ScorePart:
    return ScorePart(**{**said, "failed": tuple(said["failed"]), "left_out": tuple(said["left_out"])})
