"""What was found, as a JSON object, a GeoPackage and the rows of a verdict table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio

from ... import lang as words
from ...errors import ReadError
from ...lang import Lang
from ...lang.numbers import number_words
from ...lang.sources import source_en, source_zh
from ...plan import LAYERS, Column, Edit, Plan, Report, Rule, Run, Threshold, apply
from ...plan.editions import shown
from ...read.file_set import finish_sets
from .causes import causes_back, causes_json
from .findings_file import FINDINGS, MOST, file_of_all, read_findings
from .packing import opened, packed_name
from .plan_copy import read_copy
from .rows import finding_rows, gravest, layer_name, plain, sentences, unknown_rows, why
from .scores import score_heads, score_reasons, scores_back
from .verdict import exemptions_back, verdict_json, verdicts_back

__all__ = [
    "finding_rows",
    "layer_name",
    "listed_unknown",
    "plain",
    "proposals",
    "read_report",
    "report_json",
    "report_text",
    "score_lines",
    "score_reasons",
    "sentences",
    "source_words",
    "threshold_words",
    "unknown_rows",
    "verdict_table",
    "why",
]

_LISTED = 500
"""Rows a check could not judge that are listed one by one; the rest is told as a number."""
MOST_OPEN = 5_000
"""Open rows that report.json holds; beyond, some of each check, and `findings.gpkg` has all.

One missing column opens a row a parcel: nobody reads these one by one, and the counts by check stand in `runs`.
"""
_READABLE = 1000
"""Up to so many findings the file is indented for a reader; larger ones are read by programs."""


def report_text(report: Report, *, text: bool = False, more: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of report.json: without a clock, and without the sentences of findings unless `text` asks for them.

    `more` stands beside what the report says, as what is known of the import.
    """
    small = len(report.findings) <= _READABLE
    said = report_json(report, timed=False, text=text) | dict(more or {})
    return orjson.dumps(said, default=plain, option=orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if small else 0))


def report_json(report: Report, *, timed: bool = True, text: bool = True) -> dict[str, Any]:
    """The report as one JSON object: plan, profile, scores, balance, runs, templates, unknown, findings.

    Without `timed` the seconds of the runs are 0, so that a second run writes the same bytes. With `text` every finding
    has its sentence in zh and en and every open row its reason; else `templates`, `reasons` and values say the same.
    Of more than 5,000 findings the gravest are held, `findings_all` names the file that holds all, and `reviews` has
    what was said of any; of more than 5,000 open rows some of each check.
    """
    scores, count, open_rows = report.scores, len(report.findings), len(report.unknown)
    some = replace(report, findings=report.findings.iloc[gravest(report, MOST)]) if count > MOST else report
    return {
        "verdict": plain(verdict_json(report)),
        "causes": causes_json(report),
        "plan": {
            "name": report.plan_name,
            "digest": report.plan_digest,
            "title": dict(report.title),
            "schematic": report.schematic,
            "as_of": report.as_of,
        },
        "profile": {"name": report.profile_name, "digest": report.profile_digest},
        "version": report.version,
        "scores": {
            "S1": scores.S1,
            "S2": scores.S2,
            "S3": scores.S3,
            "headline": scores.headline,
            "reasons": score_reasons(report),
            "lead": plain(scores.lead),
            "lead_scope": scores.lead_scope,
            "tolerance": scores.tolerance,
            "upper": dict(scores.upper),
            "parts": {name: [plain(asdict(part)) for part in of] for name, of in scores.parts.items()},
        },
        "balance": plain(report.balance),
        "curves": plain(report.curves),
        "runs": [
            {
                "code": run.code,
                "outcome": run.outcome,
                "reason": dict(run.reason),
                "rows_judged": run.rows_judged,
                "rows_unknown": run.rows_unknown,
                "found": run.found,
                "seconds": round(run.seconds, 3) if timed else 0.0,
                "share": run.share,
                "needs": list(run.needs),
            }
            for run in report.runs
        ],
        "rules": {code: _rule_forth(rule) for code, rule in sorted(report.rules.items())},
        "templates": {code: _messages(rule) for code, rule in sorted(report.rules.items())},
        "unknown_count": open_rows,
        "unknown": unknown_rows(replace(report, unknown=_some_of_each(report.unknown)), text=text),
        "reasons": {key: why(key) for key in sorted(set(report.unknown["reason"]))} if open_rows else {},
        "findings_count": count,
        "findings_all": file_of_all(report),
        "findings": finding_rows(some, text=text),
        **({"reviews": {name: dict(said) for name, said in report.reviews.items()}} if some is not report else {}),
    }


def _some_of_each(unknown: pd.DataFrame) -> pd.DataFrame:
    """At most `MOST_OPEN` open rows in their order, shared out among the checks: none is left out for a larger one."""
    if len(unknown) <= MOST_OPEN:
        return unknown
    turn = unknown.groupby("code").cumcount().to_numpy()
    return unknown.iloc[np.sort(np.argsort(turn, kind="stable")[:MOST_OPEN])]


def _messages(rule: Rule) -> dict[str, str]:
    return {"zh": rule.zh["message"], "en": rule.en["message"]}


def verdict_table(report: Report, lang: Lang) -> list[tuple[str, ...]]:
    """The head and the rows of the verdict table, one row a check in order of code, as text for the terminal.

    A check that ran clean but could not judge some rows says so in its verdict.
    """
    zh = ("检查", "内容", "结论", "判定", "发现", "缺数据")
    table: list[tuple[str, ...]] = [zh if lang == "zh" else ("check", "title", "verdict", "judged", "found", "unknown")]
    for run in sorted(report.runs, key=lambda r: r.code):
        outcome = "partly" if run.outcome == "ok" and run.rows_unknown else "off" if run.off else run.outcome
        numbers = (str(n) if n else "" for n in (run.rows_judged, run.found, run.rows_unknown))
        table.append((run.code, _title(report, run.code, lang), words.choose(words.OUTCOMES[outcome], lang), *numbers))
    return table


def score_lines(report: Report, lang: Lang) -> list[str]:
    """The scores, and below them what was skipped, crashed or could not be judged, each with its reason."""
    return [*score_heads(report, lang), *open_lines(report, lang)]


def open_lines(report: Report, lang: Lang) -> list[str]:
    """What was skipped, crashed or could not be judged in part, each with its reason."""
    return [*_unrun(report, lang, {"skipped", "crashed"}), *_flooding(report, lang), *_partly(report, lang)]


def _flooding(report: Report, lang: Lang) -> list[str]:
    """The checks that found so much that only the worst evidence is drawn in full."""
    colon = "：" if lang == "zh" else ": "
    told = [run for run in sorted(report.runs, key=lambda r: r.code) if run.outcome == "found" and run.reason]
    return [f"{run.code} {_title(report, run.code, lang)}{colon}{run.reason[lang]}" for run in told]


def crash_lines(report: Report, lang: Lang) -> list[str]:
    """The checks that broke, each with its text."""
    return _unrun(report, lang, {"crashed"})


def off_lines(report: Report, lang: Lang) -> list[str]:
    """The checks that the profile switches off, each with its reason."""
    off = {run.code for run in report.runs if run.off}
    return _unrun(replace(report, runs=tuple(run for run in report.runs if run.code in off)), lang, {"skipped"})


def _unrun(report: Report, lang: Lang, outcomes: set[str]) -> list[str]:
    lines, colon = [], "：" if lang == "zh" else ": "
    for run in sorted(report.runs, key=lambda r: r.code):
        if run.outcome in outcomes:
            state = "" if run.off else words.choose(words.OUTCOMES[run.outcome], lang) + " "  # its reason says so
            lines.append(f"{state}{run.code} {_title(report, run.code, lang)}{colon}{run.reason.get(lang, '')}")
    return lines


def _title(report: Report, code: str, lang: Lang) -> str:
    rule = report.rules.get(code)
    return (rule.zh if lang == "zh" else rule.en)["title"] if rule else ""


def source_words(source: str, lang: Lang, clause: str = "") -> str:
    """Where a number comes from, with its clause, in the reader's words; names of laws stay Chinese."""
    if lang == "zh":
        return f"{source_zh(source)} {clause}".strip()
    return f"{source_en(source)} {source_en(clause)}".strip()


def threshold_words(t: Threshold, lang: Lang) -> str:
    """Return a number with its unit in the reader's words."""
    return number_words(shown(t.value), t.unit, lang)


def _partly(report: Report, lang: Lang) -> list[str]:
    """One line a reason: the checks that could not judge some rows for it, with how many; one bad code touches many."""
    table = report.unknown
    if not len(table):
        return []
    state, colon = words.choose(words.OUTCOMES["partly"], lang), "：" if lang == "zh" else ": "
    lines = []
    for key, rows in table.groupby("reason", sort=True):
        counts = rows["code"].value_counts().sort_index()
        named = "  ".join(f"{code} ({n})" for code, n in counts.items())
        lines.append(f"{state} {why(str(key))[lang]}{colon}{named}")
    return lines


def read_report(path: Path) -> tuple[Plan, Report]:
    """The plan and the report behind a `report.json`, from it and the plan and `findings.gpkg` beside it.

    Raises
    ------
    ReadError
        One of the three is missing, is no report, or the plan is not the one that was judged.
    """
    path = Path(path)
    finish_sets(path.parent)
    for name in (path.name, FINDINGS):
        if not (path.with_name(name).is_file() or path.with_name(packed_name(name)).is_file()):
            msg = f"{path.with_name(name)} is not there; a report needs report.json, plan.gpkg and findings.gpkg."
            raise ReadError(msg)
    try:
        said = orjson.loads(path.read_bytes())
        rules = {code: _rule_back(code, rule, said["templates"][code]) for code, rule in said["rules"].items()}
        head, profile, rows = said["plan"], said["profile"], said["findings"]
    except (ValueError, KeyError, TypeError) as fault:
        msg = f"{path.name} is not a report written by geo-planner ({fault})."
        raise ReadError(msg) from fault
    plan = read_copy(path.parent, head["name"])
    if plan.digest != head["digest"]:
        other = plan.digest[:12]
        msg = f"{path.name} is about plan {head['digest'][:12]}, but the plan beside it is {other}. Run it again."
        raise ReadError(msg)
    table = read_findings(path, said["findings_all"], rows, plan.crs)
    report = Report(
        plan_name=head["name"],
        plan_digest=head["digest"],
        profile_name=profile["name"],
        profile_digest=profile["digest"],
        version=said["version"],
        findings=table,
        unknown=_unknown_back(path, said),
        runs=tuple(Run(**{**run, "needs": tuple(run.get("needs", ()))}) for run in said["runs"]),
        rules=rules,
        scores=scores_back(said["scores"]),
        balance=said["balance"],
        curves=said.get("curves", {}),
        title=head["title"],
        schematic=head["schematic"],
        as_of=head["as_of"],
        reviews={row["fingerprint"]: row["review"] for row in rows if "review" in row} | said.get("reviews", {}),
        exemptions=exemptions_back(said.get("verdict", {})),
        causes=causes_back(said.get("causes", [])),
    )
    report = replace(report, verdict=verdicts_back(said.get("verdict", {}), plan, report))
    return replace(plan, title=head["title"], schematic=head["schematic"]), report


def _unknown_back(path: Path, said: Mapping[str, Any]) -> pd.DataFrame:
    """What could not be judged: from the report, or from the GeoPackage where the report holds a part."""
    names = ["layer", "id", "reason", "code"]
    if said["unknown_count"] == len(said["unknown"]):
        rows = [{**row, "reason": row["key"]} for row in said["unknown"]]
        return pd.DataFrame(rows, columns=names, dtype="str")
    with opened(path.parent, FINDINGS) as inside:
        whole = pyogrio.read_dataframe(inside, layer="unknown", read_geometry=False)
    return whole.rename(columns={"key": "reason"})[names].astype("str")


def _rule_forth(rule: Rule) -> dict[str, Any]:
    params = {key: plain(vars(threshold)) for key, threshold in rule.params.items()}
    said = {**plain(vars(replace(rule, params={}))), "params": params}
    return {k: {n: t for n, t in v.items() if n != "message"} if k in {"zh", "en"} else v for k, v in said.items()}


def _rule_back(code: str, said: Mapping[str, Any], message: Mapping[str, str]) -> Rule:
    said = {**said, **{lang: {**said[lang], "message": message[lang]} for lang in words.LANGS}}
    params = {key: _threshold_back(given) for key, given in said["params"].items()}
    return Rule(**{**said, "code": code, "params": params})


def _threshold_back(said: Mapping[str, Any]) -> Threshold:
    """A number of a rule from JSON, where bounds are lists and days are text."""
    days = {key: date.fromisoformat(day) for key, day in said.items() if key.startswith("valid_") and day}
    return Threshold(**{**said, **days, "value": _tuples(said["value"])})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def listed_unknown(report: Report) -> tuple[pd.DataFrame, dict[str, int]]:
    """What could not be judged, at most 500 rows a check, and how many more each check has."""
    table = report.unknown
    if not len(table):
        return table, {}
    turn = table.groupby("code").cumcount()
    more = (table["code"].value_counts() - _LISTED).clip(lower=0)
    return table[turn < _LISTED], {str(code): int(n) for code, n in more.sort_index().items() if n}


def proposals(plan: Plan, report: Report, fixes: Sequence[Edit]) -> dict[str, list[dict[str, Any]]]:
    """What is proposed for the features of each finding, by its fingerprint.

    Each row has layer, id, kind, column, before, after, days, reason.
    Raises UnknownIdError where a fix is about a feature that the plan does not have.
    """
    table = report.findings
    rows = _fix_rows(plan, fixes)
    places: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        places.setdefault((row["layer"], row["id"]), []).append(row)
    out = {}
    for fingerprint, *pairs in zip(
        table["fingerprint"],
        zip(table["layer"], table["id"], strict=True),
        zip(table["other_layer"], table["other_id"], strict=True),
        strict=True,
    ):
        found = [row for pair in dict.fromkeys(pairs) for row in places.get(pair, [])]
        if found:
            out[str(fingerprint)] = found
    return out


def _fix_rows(plan: Plan, fixes: Sequence[Edit]) -> list[dict[str, Any]]:
    """One row for each column that a fix changes; adding, removing and reshaping are a row without a column."""
    after = apply(plan, fixes)
    keyed: dict[tuple[int, str], gpd.GeoDataFrame] = {}
    rows: list[dict[str, Any]] = []
    for fix in fixes:
        spec = LAYERS.get(fix.layer)
        columns = [c for c in spec.columns if _changes(fix, c)] if spec else []
        if fix.kind in {"add", "remove", "reshape"} or not columns:
            rows.append({"layer": fix.layer, "id": fix.id, "kind": fix.kind, "column": None, "reason": fix.reason})
            continue
        for side, whole in enumerate((plan, after)):
            if (side, fix.layer) not in keyed:
                keyed[side, fix.layer] = whole[fix.layer].drop_duplicates("id").set_index("id")
        for column in columns:
            old, new = (keyed[side, fix.layer].loc[fix.id, column.name] for side in (0, 1))
            if plain(old) == plain(new):
                continue
            dated = column.dtype == "date" and not (pd.isna(old) or pd.isna(new))
            rows.append(
                {
                    "layer": fix.layer,
                    "id": fix.id,
                    "kind": fix.kind,
                    "column": {"zh": column.zh, "en": column.en},
                    "before": plain(old),
                    "after": plain(new),
                    "days": (new - old).days if dated else None,
                    "reason": fix.reason,
                }
            )
    return rows


def _changes(fix: Edit, column: Column) -> bool:
    return column.name in fix.value or ("shift_days" in fix.value and column.dtype == "date")
