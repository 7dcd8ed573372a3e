"""Scenarios of a whole portfolio: the same edits laid on every park, each judged again beside its plan as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import StudyError, UnknownIdError, did_you_mean
from ...facts.registry import with_work
from ...plan import Edit, Plan, Report, Scenario, apply
from ...plan.choose import by_id
from ...plan.expression import rows_where
from ...read.scenario import edits_of
from ...read.study import known_keys, two_languages
from ...verdict import judge, judge_states
from ...work import Memory, Work


@dataclass(frozen=True)
class Variant:
    """One scenario of a portfolio: edits that each park takes as far as they fit its features."""

    name: str
    edits: tuple[Edit, ...]
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Judgement:
    """A park's report, and under each variant that changes it what it comes to; of the others the plan as it stands."""

    report: Report
    variants: tuple[dict[str, Any], ...]


def variants_of(path: Path, given: object) -> tuple[Variant, ...]:
    """Return the `[[variants]]` of a portfolio file.

    Raises
    ------
    StudyError
        They are no tables, one has no name or no edits, two have one name, or one adds a feature: to which park?
    """
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        msg = f"{path.name}: variants must be written as [[variants]] tables."
        raise StudyError(msg)
    out: dict[str, Variant] = {}
    for table in given:
        known_keys(path, table, ("name", "title", "edits"), "[[variants]]: ")
        name, edits = str(table.get("name", "")), tuple(edits_of(path, table.get("edits", [])))
        if not name or not edits or name in out:
            why = "two have that name" if name in out else "each needs a name and [[variants.edits]]"
            msg = f"{path.name}: [[variants]] '{name}': {why}."
            raise StudyError(msg)
        if any(edit.kind == "add" for edit in edits):
            msg = f"{path.name}: [[variants]] '{name}' adds a feature; write it in the scenario of the park it is for."
            raise StudyError(msg)
        out[name] = Variant(name, edits, two_languages(table.get("title", {})))
    return tuple(out.values())


def all_fit(variants: Iterable[Variant], plans: Sequence[Plan]) -> None:
    """Raise `UnknownIdError` where an edit fits no feature of any park: it would change nothing, unseen."""
    for variant in variants:
        for edit in variant.edits:
            if not any(_fits(plan, edit) for plan in plans):
                what = f"where {edit.where!r}" if edit.where else f"of '{edit.id}'"
                msg = f"variant '{variant.name}': edit '{edit.kind}' {what}: no park has such a '{edit.layer}' feature."
                known = sorted({name for plan in plans for name in plan.layers})
                raise UnknownIdError(msg + ("" if edit.layer in known else did_you_mean(edit.layer, known)))


def laid_on(plan: Plan, variant: Variant) -> Plan:
    """Return the plan with those edits of a variant that fit it; the plan itself where none does."""
    for edit in variant.edits:
        if _fits(plan, edit):
            plan = apply(plan, by_id(plan, edit) if edit.where else [edit])
    return plan


def _fits(plan: Plan, edit: Edit) -> bool:
    if edit.layer not in plan.layers:
        return False
    frame = plan[edit.layer]
    if edit.where:
        return bool(rows_where(edit.layer, frame, edit.where).any())
    return bool((frame["id"] == edit.id).any())


def judged_under(piece: tuple[Plan, Scenario, tuple[Variant, ...]]) -> Judgement:
    """Judge a park as it stands and under each variant; what a variant does not change is not computed again.

    What was computed of a park is forgotten with it: no other park shares its land.
    """
    plan, scenario, variants = piece
    work = Work(Memory())
    report = judge(with_work(plan, work), scenario.rules, exemptions=scenario.exemptions)
    rows = []
    for variant in variants:
        changed = laid_on(plan, variant)
        same, seen = changed is plan, with_work(changed, work)
        told = report if same else judge_states(seen, scenario.rules, exemptions=scenario.exemptions)
        rows.append({"name": variant.name, "touched": not same} | _sums(told))
    return Judgement(report, tuple(rows))


def _sums(report: Report) -> dict[str, Any]:
    return {
        "overall": report.verdict.overall,
        "verdict": {v.name: v.state for v in report.verdict},
        "findings": {s: report.count(s) for s in ("error", "warning", "info")},
    }
