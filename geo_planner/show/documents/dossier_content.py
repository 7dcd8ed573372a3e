"""PLAN, REPORT -> what a dossier says, in the reader's language and in order; the formats only set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import lang as words
from ...lang import Lang
from ...lang.verdicts import STATES, VERDICT_NAMES
from ...plan import Edit, Plan, Report
from ...verdict.formulas import SCORES
from ..exports.results import finding_rows, open_lines, verdict_table
from ..exports.scores import score_heads
from ..exports.trust import counts, numbers
from ..still.drawing import Drawing
from ..still.scene import Shapes
from ..still.still import GRAVEST, party_rows, proven, still
from .dossier_pictures import pictures
from .dossier_words import say
from .worklist import FACTS, SHORT, worklist, worklist_table
from .works import works_rows

_LISTED = 300
"""Findings a document lists; the workbook and the GeoPackage hold them all."""
_CAUSES = 100
"""Causes a document lists; the workbook holds them all."""


@dataclass(frozen=True)
class CausePage:
    """The page of one cause: its title, its facts as pairs, the picture of its proof with a caption, its parties."""

    title: str
    facts: list[tuple[str, str]]
    picture: Drawing | None
    caption: str
    parties: list[tuple[str, ...]]


@dataclass(frozen=True)
class Content:
    """What a document says, in the reader's language and in order."""

    title: str
    facts: list[str]
    overall: str
    seven: list[tuple[str, ...]]
    """The verdicts: what, its state, what decides it."""
    scores: list[str]
    verdicts: list[tuple[str, ...]]
    worklist: list[tuple[str, ...]]
    findings: list[tuple[str, ...]]
    more: str
    unjudged: list[str]
    basis: list[tuple[str, ...]]
    levels: str
    pictures: list[tuple[str, bytes]]
    works: list[tuple[str, ...]]
    causes: list[CausePage]


def content_of(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> Content:
    """Return what a dossier says."""
    rows = sorted(finding_rows(report), key=lambda r: ("error", "warning", "info").index(r["severity"]))
    facts = [say("schematic", lang)] if report.schematic else []
    facts += [f"{say('as_of', lang)} {report.as_of}"] if report.as_of else []
    facts += [
        f"{say('profile', lang)} {report.profile_name} {report.profile_digest[:16]}",
        f"{say('plan', lang)} {report.plan_digest}",
        f"{say('version', lang)} {report.version}",
    ]
    head = tuple(say(k, lang) for k in ("severity", "code", "text", "value", "limit", "review"))
    title = report.title.get(lang) or report.plan_name
    listed = worklist(plan, report, fixes)
    return Content(
        title=f"{title} · {say('dossier', lang)}",
        facts=facts,
        overall="".join(report.verdict.lines(lang)[:1]),
        seven=_seven(report, lang),
        scores=[*(line.strip() for line in score_heads(report, lang)), *_formulas(lang)],
        verdicts=verdict_table(report, lang),
        worklist=worklist_table(listed[:_CAUSES], SHORT, lang),
        findings=[head, *(_finding(row, lang) for row in rows[:_LISTED])],
        more=say("more", lang, n=len(rows) - _LISTED) if len(rows) > _LISTED else "",
        unjudged=open_lines(report, lang),
        basis=_basis(report, lang),
        levels=counts(numbers(report.rules, lang, {r.code for r in report.runs if r.outcome in {"ok", "found"}}), lang),
        pictures=pictures(plan, report, lang, fixes),
        works=works_rows(plan, fixes, lang),
        causes=_cause_pages(plan, report, (listed, fixes), lang),
    )


def _seven(report: Report, lang: Lang) -> list[tuple[str, ...]]:
    rows = [tuple(say(key, lang) for key in ("item", "state", "why"))]
    for verdict in report.verdict:
        name, state = words.choose(VERDICT_NAMES[verdict.name], lang), words.choose(STATES[verdict.state], lang)
        head = f"{name}：{state}" if lang == "zh" else f"{name}: {state}"
        rows.append((name, state, verdict.line(lang).removeprefix(head).lstrip("。. ")))
    return rows


def _formulas(lang: Lang) -> list[str]:
    """How each score is computed, and why so; the same words as on the page and in `explain`."""
    return [line for lines in SCORES.values() for line in lines[lang]]


def _finding(row: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    numbers = ["" if row[k] is None else f"{row[k]:,.4g} {row['unit']}".strip() for k in ("value", "limit")]
    mark = row.get("review", {})
    parts = [say(mark["verdict"], lang), mark.get("reason", ""), mark.get("reviewer", "")] if mark else []
    said = " ".join(filter(None, parts))
    return (words.choose(words.SEVERITIES[row["severity"]], lang), row["code"], row["text"][lang], *numbers, said)


def _basis(report: Report, lang: Lang) -> list[tuple[str, ...]]:
    """Every threshold of every check that ran, by how far it can be trusted, with source and doubt."""
    ran = {run.code for run in report.runs if run.outcome in {"ok", "found"}}
    head = tuple(say(k, lang) for k in ("level", "code", "param", "limit", "source", "doubt"))
    listed = numbers(report.rules, lang, ran)
    return [
        head,
        *((words.choose(words.TRUST[n.level], lang), n.code, n.name, n.value, n.source, n.doubt) for n in listed),
    ]


def _cause_pages(
    plan: Plan, report: Report, of: tuple[Sequence[Mapping[str, Any]], Sequence[Edit]], lang: Lang
) -> list[CausePage]:
    listed, fixes = of
    rows, shapes = {row["key"]: row for row in listed}, Shapes(plan)
    out = []
    for cause, proof in proven(plan, report, fixes)[:GRAVEST]:
        title = cause.title[lang]
        drawing = still(shapes, proof, lang, title=title)
        head, body = worklist_table([rows[cause.key]], FACTS, lang)
        facts = [(str(name), str(value)) for name, value in zip(head, body, strict=True) if value not in {"", None}]
        parties = party_rows(proof, lang)
        after = say("proof_after", lang) if any(row[3] for row in parties) else ""
        names = tuple(say(key, lang) for key in ("party", "dates", "gap", "after"))
        caption = say("proof", lang, after=after)
        out.append(CausePage(title[:1].upper() + title[1:], facts, drawing, caption, [names, *parties]))
    return out
