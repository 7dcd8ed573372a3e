"""The verdict as JSON and back, and what to bring so that more can be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from ... import lang as words
from ...lang import Lang
from ...lang.verdicts import STATES, VERDICT_NAMES
from ...plan import Exemption, Plan, Report, Verdict, Verdicts
from ...plan.named import named
from ...plan.verdict import Breach, Declared, Need, Worst, need_name
from ...verdict.verdicts import breaches_of

_MOST = 10
"""Lines that tell what to bring, at most."""


def verdict_json(report: Report) -> dict[str, Any]:
    """The overall word and the seven verdicts with their grounds, in both languages where there are words."""
    if not report.verdict.items:
        return {"overall": None, "items": []}
    overall = report.verdict.overall
    return {
        "overall": overall,
        "word": _both(STATES[overall]),
        "text": {lang: report.verdict.lines(lang) for lang in words.LANGS},
        "items": [_item(verdict) for verdict in report.verdict],
        "exemptions": [_dated(asdict(one)) for one in report.exemptions],
    }


def _item(verdict: Verdict) -> dict[str, Any]:
    said = {"title": _both(VERDICT_NAMES[verdict.name]), "word": _both(STATES[verdict.state])}
    counted = {"errors": verdict.errors, "settled": verdict.settled}
    counted |= {standing: verdict.count(standing) for standing in ("mended", "exempt", "waived")}
    own = asdict(replace(verdict, breaches=()))
    del own["breaches"]  # they are the findings at error level of its checks; only what is not open is written
    own["standing"] = {b.fingerprint: [b.standing, b.note] for b in verdict.breaches if b.standing != "open"}
    return own | said | counted | {"line": {lang: verdict.line(lang) for lang in words.LANGS}}


def _both(pair: tuple[str, str]) -> dict[str, str]:
    return {lang: words.choose(pair, lang) for lang in words.LANGS}


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}


def verdicts_back(said: Mapping[str, Any], plan: Plan, report: Report) -> Verdicts:
    """The verdicts from what `verdict_json` made of them, with the breaches of the report; none where none were."""
    breaches = breaches_of(named(plan), report)
    return Verdicts(tuple(_verdict_back(item, breaches.get(item["name"], [])) for item in said.get("items", [])))


def _verdict_back(item: Mapping[str, Any], breaches: Sequence[Breach]) -> Verdict:
    own = {f.name: item[f.name] for f in fields(Verdict) if f.name != "breaches" and f.name in item}
    for key in ("checks", "not_asked", "off", "rests_on"):
        own[key] = tuple(own.get(key, ()))
    own["needs"] = tuple(Need(need["what"], tuple(need["checks"]), need["rows"]) for need in own["needs"])
    own["declared"] = tuple(Declared(**one) for one in own["declared"])
    own["breaches"] = tuple(_stood(breach, item["standing"]) for breach in breaches)
    own["worst"] = Worst(**own["worst"]) if own["worst"] else None
    return Verdict(**own)


def _stood(breach: Breach, standing: Mapping[str, Any]) -> Breach:
    if breach.fingerprint not in standing:
        return breach
    word, note = standing[breach.fingerprint]
    return replace(breach, standing=word, note=note)


def exemptions_back(said: Mapping[str, Any]) -> tuple[Exemption, ...]:
    """The exemptions from what `verdict_json` made of them."""
    return tuple(_exemption_back(dict(row)) for row in said.get("exemptions", []))


def _exemption_back(row: dict[str, Any]) -> Exemption:
    days = {key: date.fromisoformat(row[key]) for key in ("date", "expiry") if row[key]}
    return Exemption(**{**row, **days})


def missing_lines(report: Report, lang: Lang, *, keys: bool = True) -> list[str]:
    """What to bring so that more can be judged, what most checks wait for first: at most ten lines.

    `keys` adds the name a column has in files to its name in words.
    """
    lines = [_need_line(need, lang, keys=keys) for need in _needs(report)]
    named = {code for verdict in report.verdict for need in verdict.needs for code in need.checks}
    colon, comma = ("：", "、") if lang == "zh" else (": ", ", ")
    other: dict[str, list[str]] = {}
    for run in report.runs:
        if run.outcome == "skipped" and not run.off and run.code not in named:
            other.setdefault(run.reason.get(lang, ""), []).append(run.code)
    lines += [f"{comma.join(sorted(codes))}{colon}{why}" for why, codes in sorted(other.items())]
    if len(lines) <= _MOST:
        return lines
    rest = len(lines) - _MOST + 1
    more = f"另有 {rest} 项，见 report.json" if lang == "zh" else f"{rest} more, see report.json"
    return [*lines[: _MOST - 1], more]


def _needs(report: Report) -> list[Need]:
    wanted: dict[str, tuple[set[str], int]] = {}
    for need in (need for verdict in report.verdict for need in verdict.needs):
        codes, rows = wanted.get(need.what, (set(), 0))
        wanted[need.what] = (codes | set(need.checks), max(rows, need.rows))
    needs = [Need(what, tuple(sorted(codes)), rows) for what, (codes, rows) in wanted.items()]
    return sorted(needs, key=lambda need: (need.rows > 0, -len(need.checks), -need.rows, need.what))


def _need_line(need: Need, lang: Lang, *, keys: bool) -> str:
    key = "columns" if "." in need.what else "layers"
    comma = "、" if lang == "zh" else ", "
    named = comma.join(need.checks[:6]) + (" …" if len(need.checks) > 6 else "")
    if need.rows:
        own = f"（{need.what}）" if lang == "zh" else f" ({need.what})"
        own = own if keys else ""
        if lang == "zh":
            return f"{need_name(need.what, lang)}{own}：{need.rows} 行空缺，影响 {named}"
        return f"{need_name(need.what, lang)}{own}: missing in {need.rows} rows, {named} wait"
    why = words.reason("no_layer" if key == "layers" else "no_column", lang, {key: need.what})
    name = need_name(need.what, lang)
    if lang == "zh":
        return f"{why}（{name.removesuffix(' ' + need.what)}），{len(need.checks)} 项检查待判：{named}"
    return f"{why} ({name.removesuffix(' ' + need.what)}), {len(need.checks)} checks wait: {named}"
