"""What the page tells of a report: rules, runs, scores, verdicts through time, causes and their proofs, the balance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ...facts.landuse.balance import CLASSES
from ...lang import LANGS
from ...lang.verdicts import STATES
from ...plan import Report, Scores
from ...verdict.formulas import SCORES
from ...verdict.through_time import counts_through_time, overall_through, through_time
from ..exports.causes import causes_json
from ..exports.results import listed_unknown, plain, source_words, threshold_words
from ..exports.rows import why
from ..exports.scores import score_reasons
from ..exports.verdict import missing_lines, verdict_json

_EVENNESS = {
    "zh": "均衡度 = −Σ p ln p ÷ ln 3，p 为三类用地占比。",
    "en": "−Σ p ln p ÷ ln 3, where p are the three shares.",
}
_COORDINATION = {
    "zh": "D = √(C·T)。三者都低时 C 也会等于 1，须与 T 一并看。",
    "en": "D = √(C·T). C is 1 when all three are low as well: read it with T.",
}
_LED = 40
"""Findings of a cause that the page names by gravity, one by one; of the others it needs to know which they are."""
_NAMED = 1500
"""Features behind a score that the page names; their number is always told."""


def report_model(report: Report | None, stops: list[int]) -> dict[str, Any]:
    """The part of the page's values that comes from a report; empty places where there is none."""
    nothing: dict[str, Any] = {key: [] for key in ("code", "layer", "id", "reason")}
    if report is None:
        return {
            "findings": None,
            "rules": {},
            "runs": [],
            "unknown": nothing,
            "reasons": [],
            "numbers": [],
            "scores": {"S1": None, "S2": None, "S3": None, "reasons": {}},
            "verdict": {"overall": None, "items": []},
            "causes": [],
        }
    scores = report.scores
    return {
        "rules": {code: _rule(rule) for code, rule in sorted(report.rules.items())},
        "runs": [
            {
                "code": r.code,
                "outcome": r.outcome,
                "reason": dict(r.reason),
                "judged": r.rows_judged,
                "unknown": r.rows_unknown,
                "found": r.found,
            }
            for r in sorted(report.runs, key=lambda r: r.code)
        ],
        "scores": {
            "S1": scores.S1,
            "S2": scores.S2,
            "S3": scores.S3,
            "reasons": score_reasons(report),
            "parts": _parts(scores),
            "lead": plain(scores.lead),
            "leadScope": scores.lead_scope,
            "tolerance": scores.tolerance,
            "upper": dict(scores.upper),
            "how": {key: {lang: "\n".join(of[lang]) for lang in LANGS} for key, of in SCORES.items()},
        },
        "verdict": _verdict(report, stops),
        "causes": _causes(report),
        "numbers": _numbers(report.balance),
        "course": _course(report.balance),
        "reviews": {key: dict(mark) for key, mark in sorted(report.reviews.items())},
        **_unknown(report),
    }


def _causes(report: Report) -> list[dict[str, Any]]:
    """Each cause as report.json tells it; its findings are the steps from row to row of the report (`f`).

    The gravest come first; those that the page does not name one by one follow as the report has them.
    """
    at = {fingerprint: row for row, fingerprint in enumerate(report.findings["fingerprint"])}
    rows = causes_json(report)
    for row in rows:
        own = [at[fingerprint] for fingerprint in row.pop("fingerprints") if fingerprint in at]
        own[_LED:] = sorted(own[_LED:])
        row["f"] = [to - before for before, to in pairwise([0, *own])]
    return rows


def _verdict(report: Report, stops: list[int]) -> dict[str, Any]:
    """The overall word, the seven with their sentences, as the report has them and at each stop of the slider.

    `through` holds for each verdict its moments: the stop from which on it is so, state, sentence and worst finding;
    `counts` how many findings of each severity are so at each stop; `bring` what would let more be judged.
    """
    said = verdict_json(report)
    if not said["items"]:
        return said
    days = [date(1970, 1, 1) + timedelta(stop) for stop in stops]
    at = {fingerprint: row for row, fingerprint in enumerate(report.findings["fingerprint"])}
    moments = through_time(report, days)
    through = {
        name: [[m.at, m.state, m.text, at.get(m.fingerprint), m.errors] for m in own] for name, own in moments.items()
    }
    keys = ("name", "state", "title", "word", "line", "errors", "share")
    items = [
        {
            **{key: item[key] for key in keys},
            "brief": {lang: verdict.brief(lang) for lang in LANGS},
            "worst": at.get(verdict.worst.fingerprint) if verdict.worst and verdict.errors else None,
            "through": through[verdict.name],
        }
        for verdict, item in zip(report.verdict, said["items"], strict=True)
    ]
    return {
        "overall": said["overall"],
        "word": said["word"],
        "words": {state: dict(zip(LANGS, pair, strict=True)) for state, pair in STATES.items()},
        "items": items,
        "overall_through": overall_through(moments, len(days)),
        "counts": counts_through_time(report, days),
        "bring": {lang: missing_lines(report, lang, keys=False) for lang in LANGS},
    }


def _parts(scores: Scores) -> dict[str, list[dict[str, Any]]]:
    """What S1 and S2 are made of; of the features that failed or stayed open the first ones are named."""
    return {
        name: [
            {
                "name": part.name,
                "layer": part.layer,
                "good": part.good,
                "total": part.total,
                "unit": part.unit,
                "failed": part.failed[:_NAMED],
                "fails": len(part.failed),
                "open": part.left_out[:_NAMED],
                "opens": len(part.left_out),
            }
            for part in of
        ]
        for name, of in scores.parts.items()
    }


def _rule(rule: Any) -> dict[str, Any]:
    params = [
        {
            "k": key,
            "zh": rule.labels.get(key, key),
            "value": t.value if isinstance(t.value, int | float) else None,
            "said": {lang: threshold_words(t, lang) for lang in LANGS},
            "source": {lang: source_words(t.source, lang, t.clause) for lang in LANGS},
            "verified": t.verified,
            "level": t.level,
            "origin": t.origin,
        }
        for key, t in rule.params.items()
    ]
    said = {k: {**dict(text), "message": ""} for k, text in (("zh", rule.zh), ("en", rule.en))}
    return {"severity": rule.severity, "verdict": rule.verdict, **said, "params": params}


def _unknown(report: Report) -> dict[str, Any]:
    table, more = listed_unknown(report)
    reasons = sorted(set(table["reason"])) if len(table) else []
    said = [why(key) for key in reasons]
    at = {key: k for k, key in enumerate(reasons)}
    rows: dict[str, list[Any]] = {
        "code": list(table["code"]) if len(table) else [],
        "layer": list(table["layer"]) if len(table) else [],
        "id": list(table["id"]) if len(table) else [],
        "reason": [at[k] for k in table["reason"]] if len(table) else [],
    }
    for code, n in more.items():
        said.append({"zh": f"另有 {n} 个要素缺数据，未逐一列出", "en": f"{n} more that are not listed one by one"})
        for key, value in (("code", code), ("layer", ""), ("id", ""), ("reason", len(said) - 1)):
            rows[key].append(value)
    return {"unknown": rows, "reasons": said}


def _course(balance: Mapping[str, Any]) -> dict[str, Any]:
    """The balance through time: for each kind of unit and each unit, rows of day, three shares, evenness and D."""
    pairs = balance.get("coordination", {})
    out: dict[str, Any] = {}
    for by, units in balance.get("through_time", {}).items():
        keys = (*(f"{c}_share" for c in CLASSES), "evenness", "off_target")
        out[by] = {unit: [[row["date"], *(row[key] for key in keys)] for row in rows] for unit, rows in units.items()}
    named = ("D_wang", "D_std", "T")
    out["coordination"] = {park: [[r["date"], *(r[k] for k in named)] for r in rows] for park, rows in pairs.items()}
    return out


def _numbers(balance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The balance figures park by park, each with its formula and its inputs."""
    out: list[dict[str, Any]] = []
    for park, row in dict(balance.get("parks", {})).items():
        areas = [row[f"{c}_ha"] for c in ("production", "living", "ecology")]
        shares = ", ".join(f"{area:.1f} ha" for area in areas if area is not None)
        if row.get("evenness") is not None:
            out.append(
                {
                    "zh": f"{park} 均衡度",
                    "en": f"{park} evenness",
                    "value": row["evenness"],
                    "unit": "",
                    "how": _EVENNESS,
                    "inputs": shares,
                }
            )
        pair = row.get("coordination")
        if not pair:
            continue
        names = ("U_production", "U_living", "U_ecology", "C_wang", "C_std", "T")
        rest = {"unit": "", "how": _COORDINATION, "inputs": ", ".join(f"{k} = {pair[k]:.3f}" for k in names)}
        zh, en = f"{park} 耦合协调度 D", f"{park} coordination D"
        wang = {"zh": f"{zh}（王淑佳修正式）：{pair['level_zh']}", "en": f"{en} (Wang): {pair['level_en']}"}
        out.append({**wang, "value": pair["D_wang"], **rest})
        out.append({"zh": f"{zh}（通用式）", "en": f"{en} (standard form)", "value": pair["D_std"], **rest})
    return out
