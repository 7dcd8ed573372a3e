"""The findings in the shape of SARIF 2.1.0, for the tools that show, filter and count such files."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import lang as words
from ...lang import Lang
from ...plan import Report, Rule
from .findings_file import findings_name
from .results import score_lines
from .rows import batches, gravest, plain_column

MOST = 5000
"""Results held; programs that take such files show no more of one run (GitHub, "SARIF support for code scanning")."""
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_MORE = {
    "zh": "共 {n} 条问题，此文件只列最严重的 {most} 条，全部见 {file}",
    "en": "{n} findings; the gravest {most} are listed here, all of them stand in {file}",
}


def sarif(report: Report, *, page: str = "map.html", lang: Lang = "zh") -> dict[str, Any]:
    """The gravest findings as SARIF, each with longitude, latitude and a link into the map `page`.

    A rule holds its sentence once a language, by `message.id`; a result names it and brings the arguments of its slots.
    """
    rules = [_rule(rule) for _, rule in sorted(report.rules.items())]
    open_lines = [line for line in score_lines(report, lang) if not _is_score(line)]
    if len(report.findings) > MOST:
        open_lines.append(_MORE[lang].format(n=len(report.findings), most=MOST, file=findings_name(report)))
    run = {
        "tool": {"driver": {"name": "geo_planner", "version": report.version, "rules": rules}},
        "language": {"zh": "zh-CN", "en": "en"}[lang],
        "results": _results(report, page, lang),
        "properties": {"plan": report.plan_digest, "profile": report.profile_digest},
        "invocations": [
            {
                "executionSuccessful": not any(r.outcome == "crashed" for r in report.runs),
                "toolExecutionNotifications": [{"level": "warning", "message": {"text": line}} for line in open_lines],
            }
        ],
    }
    return {"version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": rule.zh["title"]},
        "help": {"text": rule.zh["advice"]},
        "messageStrings": {
            "zh": {"text": _numbered(rule.zh["message"])},
            "en": {"text": _numbered(rule.en["message"])},
        },
        "properties": {"title_en": rule.en["title"]},
    }


def _numbered(template: str) -> str:
    """A template with its slots numbered in their order, as SARIF wants them."""
    texts, cells = words.pieces(template, {}, 1)
    return "".join(text.replace("{", "{{").replace("}", "}}") + slot for text, slot in zip(
        texts, [*(f"{{{n}}}" for n in range(len(cells))), ""], strict=True))  # fmt: skip


def _results(report: Report, page: str, lang: Lang) -> list[dict[str, Any]]:
    at = gravest(report, MOST)
    table = report.findings.iloc[at]
    middle = table.geometry.representative_point().to_crs(4326)
    places = zip(middle.x.round(7).tolist(), middle.y.round(7).tolist(), strict=True)
    messages = _messages(report, at, lang)
    names = ("code", "severity", "layer", "id", "other_layer", "other_id", "fingerprint")
    cells = zip(*(plain_column(table[name]) for name in names), strict=True)
    numbers = {k: plain_column(table[k]) for k in ("value", "limit", "unit", "from", "to")}
    results = []
    for n, ((code, severity, layer, id_, other_layer, other_id, name), (x, y)) in enumerate(
        zip(cells, places, strict=True)
    ):
        pairs = ((id_, layer), (other_id, other_layer))
        there = {"longitude": x, "latitude": y}
        properties = {k: v[n] for k, v in numbers.items() if v[n] not in (None, "")}
        if name in report.reviews:
            properties["review"] = dict(report.reviews[name])
        result: dict[str, Any] = {
            "ruleId": code,
            "level": _LEVELS[severity],
            "message": messages.get(int(at[n]), {"text": code}),
            "partialFingerprints": {"geoPlanner/v1": name},
            "locations": [
                {"logicalLocations": [{"name": k, "kind": v} for k, v in pairs if k], "properties": there}
            ],
            "hostedViewerUri": f"{page}#f={name}",
            "properties": properties,
        }  # fmt: skip
        results.append(result)
    return results


def _messages(report: Report, wanted: np.ndarray[Any, Any], lang: Lang) -> dict[int, dict[str, Any]]:
    """The message of each wanted finding: the id of its sentence and what fills the slots."""
    out: dict[int, dict[str, Any]] = {}
    part = report.findings.iloc[wanted]
    for at, _, template, columns in batches(part, report.rules, lang):
        _, cells = words.pieces(template, columns, len(at))
        listed = [cell if isinstance(cell, list) else [cell] * len(at) for cell in cells]
        rows = zip(*listed, strict=True) if listed else [()] * len(at)
        out |= {int(wanted[k]): {"id": lang, "arguments": list(row)} for k, row in zip(at, rows, strict=True)}
    return out


def _is_score(line: str) -> bool:
    return line.startswith("  ") or line.split(" ", 1)[0] in {"综合得分", "headline"}
