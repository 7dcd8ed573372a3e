"""Causes of state "data": one for each layer or column that checks wait for, each reason for which rows stayed open."""

from __future__ import annotations

import hashlib

from .. import lang as words
from ..lang import LANGS, choose
from ..lang.causes import CLAUSES
from ..plan import Cause, Profile, Report, Run
from ..plan.causes import Words
from ..plan.layers import LAYERS
from ..plan.verdict import layer_called, need_name
from .bureaus import supplier

_NAMED = 9
"""Codes that a title lists."""


def gaps(report: Report, profile: Profile) -> tuple[Cause, ...]:
    """Return what data are missing, what most checks and rows wait for first."""
    made = [*_missing(report, profile), *_unrun(report, profile), *_unread(report, profile)]
    return tuple(sorted(made, key=lambda c: (not c.needs, -len(c.codes), -c.rows, c.key)))


def _missing(report: Report, profile: Profile) -> list[Cause]:
    """One cause for each layer, column or raster that is not there, with the checks that did not run for it."""
    waiting: dict[str, list[str]] = {}
    for run in report.runs:
        for need in run.needs if run.outcome == "skipped" else ():
            waiting.setdefault(need, []).append(run.code)
    return [_gap(need, sorted(codes), profile) for need, codes in sorted(waiting.items())]


def _gap(need: str, codes: list[str], profile: Profile) -> Cause:
    layer = need.partition(".")[0]
    title = {
        lang: choose(CLAUSES["missing"], lang).format(
            what=need_name(need, lang), n=len(codes), codes=_listed(codes, lang)
        )
        for lang in LANGS
    }
    remedy = {lang: choose(CLAUSES["bring"], lang).format(what=need_name(need, lang)) for lang in LANGS}
    return _data(f"need {need}", layer, codes, title, supplier(profile, layer), remedy=remedy, needs=(need,))


def _unrun(report: Report, profile: Profile) -> list[Cause]:
    """One cause for each other reason why checks did not run: a number that was not given, too few rows."""
    reasons: dict[tuple[str, str], list[Run]] = {}
    for run in report.runs:
        if run.outcome == "skipped" and not run.needs:
            reasons.setdefault((run.reason.get("zh", ""), run.reason.get("en", "")), []).append(run)
    out = []
    for pair, runs in sorted(reasons.items()):
        codes = sorted(run.code for run in runs)
        title = {
            lang: choose(CLAUSES["unrun"], lang).format(why=choose(pair, lang), codes=_listed(codes, lang))
            for lang in LANGS
        }
        out.append(_data(f"reason {pair[1]}", "", codes, title, supplier(profile, "")))
    return out


def _unread(report: Report, profile: Profile) -> list[Cause]:
    """One cause for each layer and reason for which rows could not be judged."""
    table, out = report.unknown, []
    if len(table):  # the data gate sees every layer; of one that is not there the rules that need it tell
        table = table[~(table["code"].str.startswith("DA") & (table["reason"] == "no_layer"))]
    for (layer, reason), rows in table.groupby(["layer", "reason"], sort=True) if len(table) else ():
        codes, many = sorted(rows["code"].unique()), rows["id"].nunique()
        title = {
            lang: choose(CLAUSES["unread"], lang).format(
                layer=layer_called(str(layer), lang),
                why=words.reason(str(reason), lang),
                rows=many,
                codes=_listed(codes, lang),
            )
            for lang in LANGS
        }
        made = _data(f"rows {layer} {reason}", str(layer), codes, title, supplier(profile, str(layer)), many)
        out.append(made)
    return out


def _data(  # noqa: PLR0913, PLR0917  (what differs between the three kinds of gap)
    name: str,
    layer: str,
    codes: list[str],
    title: Words,
    bureau: Words,
    rows: int = 0,
    *,
    remedy: Words | None = None,
    needs: tuple[str, ...] = (),
) -> Cause:
    return Cause(
        key=hashlib.sha256(f"data\n{name}".encode()).hexdigest()[:12],
        codes=tuple(codes),
        verdict="data",
        severity="info",
        layer=layer,
        id="",
        state="data",
        title=title,
        place={lang: layer_called(layer, lang) if layer in LAYERS else "" for lang in LANGS},
        remedy=remedy or {lang: choose(CLAUSES["complete"], lang) for lang in LANGS},
        bureau=bureau,
        needs=needs,
        rows=rows,
    )


def _listed(codes: list[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else "")
