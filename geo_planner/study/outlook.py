"""What a comparison comes to, in one word and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..lang import Lang, choose
from ..lang.sentences import sentence as filled
from ..lang.studies import (
    CAUSE,
    COMPARED,
    COUNTED,
    FIGURES,
    LAND_TURNED,
    NO_VIOLATIONS,
    OUTLOOK,
    TURNED,
    VIOLATIONS,
    WORKS,
)
from ..lang.verdicts import STATES, VERDICT_NAMES
from ..plan.layers import LAYERS
from .compare import Comparison

Outlook = Literal["same", "neutral", "better", "worse", "mixed", "thinner"]
SCORES = ("S1", "S2", "S3")


def outlook(comparison: Comparison) -> Outlook:
    """Whether `b` is better than `a`: fewer violations and no score that falls, or the reverse.

    A plan of which less could be judged is never better: it is "thinner".
    """
    if comparison.empty:
        return "same"
    errors = comparison.findings[comparison.findings["severity"] == "error"]["state"]
    delta = comparison.indicators.set_index("name")["delta"].reindex(list(SCORES))
    loses = bool((errors == "new").any() or (delta < -1e-9).any())
    gains = bool((errors == "gone").any() or (delta > 1e-9).any())
    if loses:
        return "mixed" if gains else "worse"
    if _less_judged(comparison):
        return "thinner"
    return "better" if gains else "neutral"


def _less_judged(comparison: Comparison) -> bool:
    """Whether a check of `a` could not run in `b`, left more rows open, or a score is lost."""
    before = {r.code: r for r in comparison.a.report.runs}
    after = {r.code: r for r in comparison.b.report.runs}
    for code, run in before.items():
        other = after.get(code)
        if run.outcome in {"ok", "found"} and (other is None or other.outcome not in {"ok", "found"}):
            return True
        if other is not None and other.rows_unknown > run.rows_unknown:
            return True
    scores = (comparison.a.report.scores, comparison.b.report.scores)
    return any(getattr(scores[0], n) is not None and getattr(scores[1], n) is None for n in SCORES)


def sentence(comparison: Comparison, lang: Lang) -> str:
    """Return the sentence a planner says about a comparison: what differs, and what it comes to."""
    word, comma = choose(OUTLOOK[outlook(comparison)], lang), choose(("，", ", "), lang)
    differs = [] if comparison.empty else [*_changed(comparison, lang), _violations(comparison, lang)]
    clauses = [comma.join(differs) + _turned(comparison, lang) + _cause(comparison, lang)] if differs else []
    values = {
        "a": _title(comparison, "a", lang),
        "b": _title(comparison, "b", lang),
        "clauses": choose(("；", "; "), lang).join([*clauses, word]),
    }
    return filled(choose(COMPARED, lang), values)


def _changed(comparison: Comparison, lang: Lang) -> list[str]:
    """Tell how much land changes use and how many works move, are added or dropped, where any does."""
    flows = comparison.transitions
    land = float(flows.loc[flows["from"] != flows["to"], "area"].sum()) / 1e4
    told = [filled(choose(LAND_TURNED, lang), {"land": land})] if round(land, 2) else []
    counts = _counts(comparison.works["change"].value_counts().to_dict(), ("moved", "added", "dropped"), lang)
    return told + ([filled(choose(WORKS, lang), {"counts": counts})] if counts else [])


def _violations(comparison: Comparison, lang: Lang) -> str:
    errors = comparison.findings.loc[comparison.findings["severity"] == "error", "state"].value_counts()
    counts = _counts(errors.to_dict(), ("new", "gone"), lang)
    return filled(choose(VIOLATIONS, lang), {"counts": counts}) if counts else choose(NO_VIOLATIONS, lang)


def _counts(of: Mapping[str, int], names: tuple[str, ...], lang: Lang) -> str:
    told = [filled(choose(COUNTED[name], lang), {"n": int(of[name])}) for name in names if of.get(name)]
    return choose(("、", ", "), lang).join(told)


def _title(comparison: Comparison, side: Literal["a", "b"], lang: Lang) -> str:
    plan = (comparison.a if side == "a" else comparison.b).plan
    return plan.title.get(lang) or plan.name


def _turned(comparison: Comparison, lang: Lang) -> str:
    """Name the verdicts that change their word."""
    before = {v.name: v.state for v in comparison.a.report.verdict}
    turned = [
        filled(
            choose(TURNED, lang),
            {"name": choose(VERDICT_NAMES[v.name], lang), "before": choose(STATES[before[v.name]], lang),
             "after": choose(STATES[v.state], lang)},
        )
        for v in comparison.b.report.verdict
        if before.get(v.name, v.state) != v.state
    ]  # fmt: skip
    return "".join(turned)


def _cause(comparison: Comparison, lang: Lang) -> str:
    """Name the feature with the largest part in the score that changed most."""
    parts = comparison.contributions
    delta = comparison.indicators.set_index("name")["delta"].reindex(list(SCORES)).abs()
    if not delta.max() > 5e-4:
        return ""
    name = str(delta.idxmax())
    top = parts[parts["indicator"] == name].head(1)
    if not len(top):
        return ""
    layer = str(top["layer"].iloc[0])
    words = LAYERS[layer].zh if lang == "zh" else LAYERS[layer].en.split(" (")[0]
    return filled(choose(CAUSE, lang), {"name": choose(FIGURES[name], lang), "layer": words, "id": top["id"].iloc[0]})
