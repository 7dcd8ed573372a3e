"""An ensemble as JSON, as a table of its members, and in a planner's sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..._version import __version__
from ...checks import load
from ...lang import Lang, choose
from ...lang.sentences import sentence as filled
from ...lang.studies import DECIDES, ENSEMBLE, MATTERS, NO_INDICES, OF_PHASE, STUDY_STATES, UNITS
from ...plan.layers import LAYERS
from ...study.ensemble import Ensemble
from ..exports.files import write_text
from ..exports.results import plain
from .ensemble_page import ensemble_page

_NAMED = 8
"""Ids that a sentence names at most."""


def write_ensemble(done: Ensemble, folder: Path, *, lang: Lang = "zh") -> list[Path]:
    """Write `ensemble.html`, `ensemble.json`, `members.csv`; the same study, members and seed give the same bytes."""
    folder, told = Path(folder), ensemble_json(done)
    table = done.drawn.assign(**{code: done.outcomes.counts[code] for code in done.outcomes.counts.columns})
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    write_text(folder / "ensemble.html", ensemble_page(done, told, lang))
    write_text(folder / "ensemble.json", text)
    write_text(folder / "members.csv", table.rename_axis("member").to_csv(lineterminator="\n"))
    return [folder / name for name in ("ensemble.html", "ensemble.json", "members.csv")]


def ensemble_json(done: Ensemble) -> dict[str, Any]:
    """Return what a study came to as plain values."""
    faults = done.outcomes.faults
    return {
        "version": __version__,
        "study": done.study.name,
        "title": dict(done.study.title),
        "digest": done.digest,
        "members": done.members,
        "seed": done.seed,
        "sure": done.study.sure,
        "state": done.state,
        "sentences": {lang: ensemble_lines(done, lang) for lang in ("zh", "en")},
        "uncertainties": [
            {"name": u.name, "kind": u.kind, "lever": u.lever, "unit": u.unit, "layer": u.layer, "title": dict(u.title)}
            for u in done.study.uncertainties
        ],
        "without_uncertainty": done.base,
        "judged_once": list(done.once),
        "checks": _rows(done.states),
        "deciders": _rows(done.deciders),
        "levers": levers(done),
        "sensitivity": done.sensitivity,
        "why_no_sensitivity": {lang: choose(NO_INDICES[done.why_no_indices], lang) for lang in ("zh", "en")}
        if done.why_no_indices
        else None,
        "faults": {"count": len(faults), "examples": sorted(set(faults.values()))[:5]},
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    cells = [[_number(plain(cell)) for cell in table[name].to_numpy(dtype=object)] for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*cells, strict=True)]


def _number(cell: Any) -> Any:
    return round(cell, 6) if isinstance(cell, float) else cell


def levers(done: Ensemble) -> list[dict[str, Any]]:
    """Return, for each value of each lever, the share of members in which all checks keep their limits."""
    limits = done.states.set_index("code")["limit"].astype(float)
    kept = (done.outcomes.counts <= limits).all(axis="columns").to_numpy()
    out = []
    for unsure in done.study.uncertainties:
        if not unsure.lever or unsure.distribution.shape != "values":
            continue
        for value in unsure.distribution.values:
            mine = np.array([v == value for v in done.drawn[unsure.name]])
            share = round(float(kept[mine].mean()), 6) if mine.any() else None
            out.append({"lever": unsure.name, "value": value, "members": int(mine.sum()), "kept": share})
    return out


def ensemble_lines(done: Ensemble, lang: Lang) -> list[str]:
    """Return the sentences a planner reads: what is certain, what decides it, what matters most."""
    count = done.states["state"].value_counts()
    values = {
        "members": done.members,
        "whole": choose(STUDY_STATES[done.state], lang),
        "passed": int(count.get("pass", 0)),
        "failed": int(count.get("fail", 0)),
        "undecided": int(count.get("undecided", 0)),
        "unknown": int(count.get("unknown", 0)),
        "deciders": len(done.deciders),
    }
    lines = [filled(choose(ENSEMBLE, lang), values), *_deciding(done, lang)]
    if done.sensitivity:
        name, index = max(done.sensitivity.items(), key=lambda item: item[1]["ST"])
        share = min(max(index["ST"], 0.0), 1.0)
        lines.append(filled(choose(MATTERS, lang), {"name": _called(done, name, lang), "share": share}))
    return lines


def _called(done: Ensemble, name: str, lang: Lang) -> str:
    unsure = next(u for u in done.study.uncertainties if u.name == name)
    return unsure.title.get(lang) or name


def _deciding(done: Ensemble, lang: Lang) -> list[str]:
    """Return one sentence for each number that decides features of a check, the most features first."""
    clear = done.deciders[done.deciders["uncertainty"] != ""]
    phases = done.phases
    groups = sorted(clear.groupby(["uncertainty", "side", "code", "layer"]), key=lambda g: (-len(g[1]), g[0]))
    out = []
    for (name, side, code, layer), rows in groups[:20]:
        ids = sorted(rows["id"].astype(str))
        threshold = float(rows["threshold"].max() if side == "above" else rows["threshold"].min())
        of = {phases.get(i) for i in ids} if layer == "parcels" else {None}
        phase = filled(choose(OF_PHASE, lang), {"phase": of.pop()}) if len(of) == 1 and None not in of else ""
        unit = next(u.unit for u in done.study.uncertainties if u.name == name)
        spec, check = LAYERS.get(layer), load()[code]
        values = {
            "name": _called(done, name, lang), "threshold": threshold, "unit": choose(UNITS[unit], lang),
            "phase": phase, "count": len(ids), "code": code,
            "layer": (spec.zh if lang == "zh" else spec.en.split(" (")[0]) if spec else layer,
            "title": (check.zh if lang == "zh" else check.en).title,
            "ids": ", ".join(ids[:_NAMED]) + (" …" if len(ids) > _NAMED else ""),
        }  # fmt: skip
        out.append(filled(choose(DECIDES[side], lang), values))
    return out


def state_rows(done: Ensemble, lang: Lang) -> list[tuple[str, ...]]:
    """Return checks that are not certain to pass as rows of text, the head first."""
    head = ("规则", "状态", "达标成员", "限值", "5%", "50%", "95%", "名称") if lang == "zh" else (
        "check", "state", "within", "limit", "5%", "50%", "95%", "title"
    )  # fmt: skip
    rows: list[tuple[str, ...]] = [head]
    for code, state, *numbers in done.states.to_numpy(dtype=object).tolist():
        if state == "pass":
            continue
        share, limit, *spread = (float(n) for n in numbers)
        check = load()[code]
        cells = [f"{n:.0f}" if not np.isnan(n) else "—" for n in (limit, *spread)]
        title = (check.zh if lang == "zh" else check.en).title
        rows.append(
            (code, choose(STUDY_STATES[state], lang), "—" if np.isnan(share) else f"{share:.0%}", *cells, title)
        )
    return rows
