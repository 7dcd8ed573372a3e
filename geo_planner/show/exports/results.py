"""What was found, as a JSON object, a GeoPackage and the rows of a verdict table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from ... import lang as words
from ...errors import ReadError
from ...lang import Lang
from ...plan import LAYERS, Column, Edit, Plan, Report, Rule, Run, ScorePart, Scores, Threshold, apply
from ...plan.report import COLUMNS
from ...read import read_plan
from .files import Styles, add_styles, atomic_write
from .verdict import exemptions_back, verdict_json, verdicts_back

_SCORES = {
    "S1": ("先规划后建设", "plan before build"),
    "S2": ("先地下后地上", "underground first"),
    "S3": ("先工业后商住", "industry first"),
}
_HEADING = ("得分（0 至 1，结论的参考数字）", "Scores (0 to 1, figures behind the verdict)")
_SOURCES = (
    ("project default, no standard", "本项目默认值，无标准依据"),
    ("project default, give your own", "本项目默认值，请自行给定"),
    ("project default", "本项目默认值"),
    ("project proposal", "本项目建议值"),
    ("no standard", "无标准依据"),
    ("read in two secondary sources", "据两处二手资料"),
    ("secondary source", "据二手资料"),
    ("from memory, shaky", "凭记忆，待核"),
    ("from memory", "凭记忆，待核"),
    ("your own; none is assumed", "须自行给定"),
    ("data model of this program", "本程序数据模型"),
    (" [M?]", ""),
    (" [R]", ""),
)
_LISTED = 500
"""Rows a check could not judge that are listed one by one; the rest is told as a number."""
_NO_CLOCK = "2000-01-01T00:00:00.000Z"
"""GeoPackage stores the time of writing; one fixed time keeps a second run byte-identical."""


def report_json(report: Report, *, timed: bool = True) -> dict[str, Any]:
    """The report as one JSON object: plan, profile, scores, balance, runs, findings (sentences in zh and en).

    Without `timed` the seconds of the runs are 0, so that a second run writes the same bytes.
    """
    scores = report.scores
    return {
        "verdict": plain(verdict_json(report)),
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
            "parts": {name: [plain(asdict(part)) for part in of] for name, of in scores.parts.items()},
        },
        "balance": plain(report.balance),
        "runs": [
            {
                "code": run.code,
                "outcome": run.outcome,
                "reason": dict(run.reason),
                "rows_judged": run.rows_judged,
                "rows_unknown": run.rows_unknown,
                "found": run.found,
                "seconds": round(run.seconds, 3) if timed else 0.0,
                "share": round(run.share, 6),
                "needs": list(run.needs),
            }
            for run in report.runs
        ],
        "rules": {code: _rule_forth(rule) for code, rule in sorted(report.rules.items())},
        "unknown": unknown_rows(report),
        "findings": finding_rows(report),
    }


def finding_rows(report: Report) -> list[dict[str, Any]]:
    """One dict a finding in the report's order: plain values, dates as ISO text, missing as None."""
    table = report.findings
    zh, en = sentences(report, "zh"), sentences(report, "en")
    names = ("code", "severity", "layer", "id", "other_layer", "other_id", "value", "limit", "unit", "from", "to")
    columns = [[plain(cell) for cell in table[name]] for name in names]
    rows = zip(*columns, table["fingerprint"], table["args"], zh, en, strict=True)
    out = [
        {
            **dict(zip(names, row[:-4], strict=True)),
            "fingerprint": row[-4],
            "args": plain(row[-3]),
            "text": {"zh": row[-2], "en": row[-1]},
        }
        for row in rows
    ]
    for row in out:
        if row["fingerprint"] in report.reviews:
            row["review"] = dict(report.reviews[row["fingerprint"]])
    return out


def unknown_rows(report: Report) -> list[dict[str, Any]]:
    """What could not be judged: code, layer, id and the reason in both languages."""
    table = report.unknown
    if not len(table):
        return []
    said = {key: why(key) for key in table["reason"].unique()}
    cells = zip(table["code"], table["layer"], table["id"], table["reason"], strict=True)
    return [{"code": c, "layer": layer, "id": i, "reason": said[key], "key": key} for c, layer, i, key in cells]


def sentences(report: Report, lang: Lang) -> list[str]:
    """The sentence of each finding in the report's order; a code without words says its code."""
    table = report.findings
    names = [c for c in table.columns if c not in ("args", table.geometry.name)]
    cells = zip(*(table[name].to_numpy(dtype=object) for name in names), table["args"], strict=True)
    given = {code: {k: t.value for k, t in rule.params.items()} for code, rule in report.rules.items()}
    out = []
    for *values, args in cells:
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        row |= {"layer_name": layer_name(row["layer"], lang), "other_layer_name": layer_name(row["other_layer"], lang)}
        rule = report.rules.get(row["code"])
        out.append(_sentence(rule, lang, {**given.get(row["code"], {}), **row, **args}) if rule else row["code"])
    return out


def layer_name(layer: str, lang: Lang) -> str:
    """A layer as people call it; a layer of one's own keeps its name."""
    spec = LAYERS.get(layer)
    return layer if spec is None else spec.zh if lang == "zh" else spec.en.split(" (")[0]


def _sentence(rule: Rule, lang: Lang, values: Mapping[str, Any]) -> str:
    return words.sentence((rule.zh if lang == "zh" else rule.en)["message"], values)


def why(key: str) -> dict[str, str]:
    """A reason in both languages; the half that would name columns is left out where they are not at hand."""
    both = {str(lang): words.choose(words.REASONS[key], lang) for lang in words.LANGS}
    return {lang: text.split("：")[0].split(": ")[0] if words.slots(text) else text for lang, text in both.items()}


def score_reasons(report: Report) -> dict[str, dict[str, str]]:
    """Why a score is missing, in both languages."""
    reasons = report.scores.reasons
    return {name: {"key": key, **why(key)} for name, key in reasons.items()}


def verdict_table(report: Report, lang: Lang) -> list[tuple[str, ...]]:
    """The head and the rows of the verdict table, one row a check in order of code, as text for the terminal.

    A check that ran clean but could not judge some rows says so in its verdict.
    """
    zh = ("检查", "内容", "结论", "判定", "发现", "未判定")
    table: list[tuple[str, ...]] = [zh if lang == "zh" else ("check", "title", "verdict", "judged", "found", "unknown")]
    for run in sorted(report.runs, key=lambda r: r.code):
        outcome = "partly" if run.outcome == "ok" and run.rows_unknown else run.outcome
        numbers = (str(n) if n else "" for n in (run.rows_judged, run.found, run.rows_unknown))
        table.append((run.code, _title(report, run.code, lang), words.choose(words.OUTCOMES[outcome], lang), *numbers))
    return table


def score_lines(report: Report, lang: Lang) -> list[str]:
    """The scores, and below them what was skipped, crashed or could not be judged, each with its reason."""
    return [*score_heads(report, lang), *open_lines(report, lang)]


def score_heads(report: Report, lang: Lang) -> list[str]:
    """The three scores behind the verdict, a line each under a heading, with the reason where one is missing."""
    scores, colon = report.scores, "：" if lang == "zh" else ": "
    lines = [words.choose(_HEADING, lang)]
    for name in ("S1", "S2", "S3"):
        value = getattr(scores, name)
        why = score_reasons(report).get(name, {}).get(lang, "")
        lines.append(f"  {name} {words.choose(_SCORES[name], lang)} {_score(value)}" + (f"{colon}{why}" if why else ""))
    return lines


def open_lines(report: Report, lang: Lang) -> list[str]:
    """What was skipped, crashed or could not be judged in part, each with its reason."""
    return [*_unrun(report, lang, {"skipped", "crashed"}), *_partly(report, lang)]


def crash_lines(report: Report, lang: Lang) -> list[str]:
    """The checks that broke, each with its text."""
    return _unrun(report, lang, {"crashed"})


def _unrun(report: Report, lang: Lang, outcomes: set[str]) -> list[str]:
    lines, colon = [], "：" if lang == "zh" else ": "
    for run in sorted(report.runs, key=lambda r: r.code):
        if run.outcome in outcomes:
            state, title = words.choose(words.OUTCOMES[run.outcome], lang), _title(report, run.code, lang)
            lines.append(f"{state} {run.code} {title}{colon}{run.reason.get(lang, '')}")
    return lines


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _title(report: Report, code: str, lang: Lang) -> str:
    rule = report.rules.get(code)
    return (rule.zh if lang == "zh" else rule.en)["title"] if rule else ""


def source_words(source: str, lang: Lang) -> str:
    """Where a number comes from; the turns of phrase the checks use are said in Chinese for a Chinese reader."""
    if lang == "zh":
        for en, zh in _SOURCES:
            source = source.replace(en, zh)
    return source.strip(" ,，")


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


def write_findings_gpkg(report: Report, path: Path, styles: Styles | None = None) -> None:
    """Write the findings with their evidence as a GeoPackage layer `findings`, and what was not judged as `unknown`.

    Sentences stand beside the numbers in both languages. A report without findings writes an empty layer that opens.
    `styles` are looks for desktop GIS.
    """
    table = report.findings
    out = gpd.GeoDataFrame(
        {
            **{
                name: table[name].astype("str")
                for name in ("fingerprint", "code", "severity", "layer", "id", "other_layer", "other_id")
            },
            "value": table["value"].astype("float64"),
            "limit": table["limit"].astype("float64"),
            "unit": table["unit"].astype("str"),
            "from": table["from"],
            "to": table["to"],
            "text_zh": pd.Series(sentences(report, "zh"), index=table.index, dtype="str"),
            "review": table["fingerprint"].map({k: m["verdict"] for k, m in report.reviews.items()}).astype("str"),
            "text_en": pd.Series(sentences(report, "en"), index=table.index, dtype="str"),
        },
        geometry=table.geometry,
        crs=table.crs,
    )
    rest = pd.DataFrame(unknown_rows(report), columns=["code", "layer", "id", "reason"])
    rest["reason_zh"] = pd.Series([r["zh"] for r in rest["reason"]], dtype="str")
    rest["reason_en"] = pd.Series([r["en"] for r in rest.pop("reason")], dtype="str")
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_CLOCK})
    try:
        with atomic_write(Path(path)) as inside:
            pyogrio.write_dataframe(out, inside, driver="GPKG", layer="findings", geometry_type="Unknown")
            pyogrio.write_dataframe(rest.astype("str"), inside, driver="GPKG", layer="unknown", append=True)
            add_styles(inside, styles or {})
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def sarif(report: Report, *, page: str = "map.html") -> dict[str, Any]:
    """The findings in the shape of SARIF 2.1.0, each with longitude, latitude and a link into the map `page`."""
    middle = report.findings.geometry.representative_point().to_crs(4326)
    levels = {"error": "error", "warning": "warning", "info": "note"}
    results: list[dict[str, Any]] = []
    for row, x, y in zip(finding_rows(report), middle.x, middle.y, strict=True):
        there = {"longitude": plain(round(x, 7)), "latitude": plain(round(y, 7))}
        pairs = [(row["id"], row["layer"]), (row["other_id"], row["other_layer"])]
        names = [{"name": name, "kind": kind} for name, kind in pairs if name]
        numbers = {k: row[k] for k in ("value", "limit", "unit", "from", "to", "review") if k in row}
        result: dict[str, Any] = {
            "ruleId": row["code"],
            "level": levels[row["severity"]],
            "message": {"text": row["text"]["zh"]},
            "partialFingerprints": {"geoPlanner/v1": row["fingerprint"]},
            "locations": [{"logicalLocations": names, "properties": there}],
            "hostedViewerUri": f"{page}#f={row['fingerprint']}",
            "properties": {"text_en": row["text"]["en"], **numbers},
        }
        results.append(result)
    rules: list[dict[str, Any]] = [
        {
            "id": code,
            "name": rule.slug,
            "shortDescription": {"text": rule.zh["title"]},
            "help": {"text": rule.zh["advice"]},
            "properties": {"title_en": rule.en["title"]},
        }
        for code, rule in sorted(report.rules.items())
    ]
    notes = [{"level": "warning", "message": {"text": line}} for line in open_lines(report, "zh")]
    driver = {"name": "geo_planner", "version": report.version, "rules": rules}
    whole = not any(r.outcome == "crashed" for r in report.runs)
    run = {
        "tool": {"driver": driver},
        "results": results,
        "properties": {"plan": report.plan_digest, "profile": report.profile_digest},
        "invocations": [{"executionSuccessful": whole, "toolExecutionNotifications": notes}],
    }
    return {"version": "2.1.0", "runs": [run]}


def read_report(path: Path) -> tuple[Plan, Report]:
    """The plan and the report behind a `report.json`, from it and the `plan.gpkg` and `findings.gpkg` beside it.

    Raises
    ------
    ReadError
        One of the three is missing, is no report, or the plan is not the one that was judged.
    """
    path = Path(path)
    for name in (path.name, "plan.gpkg", "findings.gpkg"):
        if not path.with_name(name).is_file():
            msg = f"{path.with_name(name)} is not there; a report needs report.json, plan.gpkg and findings.gpkg."
            raise ReadError(msg)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        rules = {code: _rule_back(code, rule) for code, rule in said["rules"].items()}
        head, profile, rows = said["plan"], said["profile"], said["findings"]
    except (ValueError, KeyError, TypeError) as fault:
        msg = f"{path.name} is not a report written by geo-planner ({fault})."
        raise ReadError(msg) from fault
    plan = read_plan([path.with_name("plan.gpkg")], name=head["name"])
    if plan.digest != head["digest"]:
        msg = f"{path.name} is about plan {head['digest'][:12]}, but plan.gpkg is {plan.digest[:12]}. Run it again."
        raise ReadError(msg)
    shapes = pyogrio.read_dataframe(path.with_name("findings.gpkg"), layer="findings").set_index("fingerprint")
    names = [name for name in COLUMNS if name != "fingerprint"]
    table = pd.DataFrame({name: [row[name] for row in rows] for name in names})
    table["fingerprint"] = [row["fingerprint"] for row in rows]
    for name in ("from", "to"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ms]")
    for name in ("value", "limit"):
        table[name] = table[name].astype("float64")
    geometry = shapes.geometry.reindex(table["fingerprint"]).to_numpy()
    report = Report(
        plan_name=head["name"],
        plan_digest=head["digest"],
        profile_name=profile["name"],
        profile_digest=profile["digest"],
        version=said["version"],
        findings=gpd.GeoDataFrame(table, geometry=geometry, crs=plan.crs),
        unknown=pd.DataFrame(
            [{**row, "reason": row["key"]} for row in said["unknown"]],
            columns=["layer", "id", "reason", "code"],
            dtype="str",
        ),
        runs=tuple(Run(**{**run, "needs": tuple(run.get("needs", ()))}) for run in said["runs"]),
        rules=rules,
        scores=_scores_back(said["scores"]),
        balance=said["balance"],
        title=head["title"],
        schematic=head["schematic"],
        as_of=head["as_of"],
        reviews={row["fingerprint"]: row["review"] for row in rows if "review" in row},
        verdict=verdicts_back(said.get("verdict", {})),
        exemptions=exemptions_back(said.get("verdict", {})),
    )
    return replace(plan, title=head["title"], schematic=head["schematic"]), report


def _scores_back(said: Mapping[str, Any]) -> Scores:
    parts = {name: tuple(map(_part_back, of)) for name, of in said.get("parts", {}).items()}
    reasons = {name: why_not["key"] for name, why_not in said["reasons"].items()}
    lead = tuple((str(day), float(one), float(two)) for day, one, two in said.get("lead", []))
    return Scores(said["S1"], said["S2"], said["S3"], reasons, parts, lead)


def _part_back(said: Mapping[str, Any]) -> ScorePart:
    return ScorePart(**{**said, "failed": tuple(said["failed"]), "left_out": tuple(said["left_out"])})


def _rule_forth(rule: Rule) -> dict[str, Any]:
    params = {key: plain(asdict(threshold)) for key, threshold in rule.params.items()}
    return {**plain(asdict(replace(rule, params={}))), "params": params}


def _rule_back(code: str, said: Mapping[str, Any]) -> Rule:
    params = {key: Threshold(**{**given, "valid_from": None}) for key, given in said["params"].items()}
    return Rule(**{**said, "code": code, "params": params})


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


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates as ISO text, NaN and NaT as None, arrays as lists."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray | pd.Series):
        return [plain(v) for v in value]
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return None if pd.isna(value) else str(pd.Timestamp(value).date())
    if hasattr(value, "isoformat"):
        return None if pd.isna(value) else value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value
