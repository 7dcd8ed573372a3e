"""The seven verdicts of a report: what breaks each, what could be judged, what is missing, and the word that follows.

Any violation at error level that is open makes 不合格; too little judged, a row that a check at error level could not
judge, a broken word of completeness or a check that was not asked for makes 证据不足; only the rest is 合格.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import shapely

from ..checks import Check, load
from ..checks.blocks import Block, Blocks, blocks_of
from ..checks.settings import setting
from ..facts.registry import work_of
from ..facts.sizes import areas, first_rows
from ..plan import Exemption, Plan, Profile, Report, Run, Verdict, Verdicts
from ..plan.landuse import MEANINGS
from ..plan.layers import LAYERS
from ..plan.verdict import NAMES, Breach, Declared, Need, Standing, VerdictName
from .loads import Load, load_of
from .worst import worst_case

Array = np.ndarray[Any, Any]
STATES_OF_THINGS = ("safety", "networks")
"""Verdicts about a state that may end: what was over by the as-of date is mended. A broken order stays broken."""
_REASON_COLUMNS: Mapping[str, str] = {
    "no_start": "start",
    "no_finish": "finish",
    "no_used": "used",
    "no_paved": "paved",
    "no_released": "released",
    "no_contract": "contract_start",
    "no_code": "code",
    "unknown_code": "code",
    "no_scheme": "scheme",
    **{f"open_{meaning}": "code" for meaning in ("ple", "group", *MEANINGS)},
    "no_park": "park",
    "no_diameter": "diameter_mm",
    "no_cover": "cover",
    "no_hazard": "hazard",
}
"""Reasons of unknown rows that name one column of the row's own layer."""


def verdicts(plan: Plan, report: Report, profile: Profile) -> Verdicts:
    """Return the seven verdicts of a report on a plan."""
    limits = setting("VERDICT", profile)
    blocks, breaches = blocks_of(report.findings, work_of(plan)), breaches_of(plan, report)
    drafts = [_draft(name, plan, report, limits) for name in NAMES]
    whole = [
        replace(one, warnings=_warnings(one, blocks), breaches=tuple(breaches.get(one.name, ()))) for one in drafts
    ]
    return Verdicts(tuple(weighed(one, report, blocks) for one in whole))


def _warnings(verdict: Verdict, blocks: Blocks) -> int:
    """How many findings of the checks of a verdict are warnings."""
    mine = [block for block in blocks if block.code in verdict.checks]
    return sum(int((block.column("severity") == "warning").sum()) for block in mine)


def _draft(name: VerdictName, plan: Plan, report: Report, limits: Any) -> Verdict:
    """Return a verdict as far as it does not hang on what was found."""
    every = {code: check for code, check in load().items() if check.verdict == name}
    runs = [run for run in report.runs if run.code in every]
    share, least = _share(runs, every, plan)
    layers = sorted({layer for run in runs for layer in (*every[run.code].layers, *every[run.code].absences)})
    return Verdict(
        name=name,
        state="unknown",
        checks=tuple(run.code for run in runs),
        not_asked=tuple(sorted(set(every) - {run.code for run in runs})),
        off=tuple(sorted(run.code for run in runs if run.off)),
        share=share,
        least=least,
        limit=float(limits.judged_share),
        undecided=_undecided(runs, every, int(limits.undecided)),
        needs=_needs(runs, report),
        declared=tuple(_declared(plan, layer) for layer in layers if layer in plan.complete),
        rests_on=tuple(layer for layer in layers if layer not in plan.complete and layer in LAYERS)
        if name != "data"
        else (),
    )


def weighed(verdict: Verdict, report: Report, blocks: Blocks | None = None) -> Verdict:
    """Return a verdict with its state, worst case and amounts as its breaches stand."""
    breaches = _stood(verdict, report)
    weights = _weights(breaches, blocks or blocks_of(report.findings))
    loads = [load for _, load in weights]
    first = weights[0][0] if weights else Block("", report.findings.iloc[:0])
    features, area, length = first.worked(("sums", verdict.name), loads, partial(_sums, loads))
    verdict = replace(
        verdict,
        breaches=breaches,
        features=features,
        area=area,
        length=length,
        days=max([load.days for load in loads if load.days is not None], default=0.0),
        worst=worst_case(loads, report),
    )
    if verdict.errors:
        return replace(verdict, state="fail")
    return replace(verdict, state="pass" if verdict.settled and not verdict.not_asked and verdict.checks else "unknown")


def _weights(breaches: tuple[Breach, ...], blocks: Blocks) -> list[tuple[Block, Load]]:
    """What the open breaches weigh, check by check."""
    by_code: dict[str, list[Breach]] = {}
    for breach in breaches:
        if breach.standing == "open":
            by_code.setdefault(breach.code, []).append(breach)
    mine = [(block, by_code[block.code]) for block in blocks if block.code in by_code]
    return [(block, block.worked("load", own, partial(load_of, block, own))) for block, own in mine]


def _sums(loads: list[Load]) -> tuple[int, float, float]:
    """How many features loads are of, their area and their length; a feature of several checks counts once."""
    features: dict[tuple[str, str], Breach] = {}
    for one in loads:
        features.update(one.features)
    sizes = [(b.area, b.length) for b in features.values()]
    return len(features), float(sum(area for area, _ in sizes)), float(sum(length for _, length in sizes))


def _share(runs: list[Run], every: Mapping[str, Check], plan: Plan) -> tuple[float, str]:
    """Return the mean share of the checks, but no more than the least judged check at error level, and that check.

    Hints (info) do not count where a verdict has anything graver. A rule about layers that are declared to hold nothing
    (`complete = { excavations = 0 }`) has nothing to judge and is left out.
    """
    runs = [run for run in runs if not run.off]  # a verdict all of whose checks are switched off stays open
    counted = [run for run in runs if not _empty_by_word(run, plan)]
    graver = [run for run in counted if every[run.code].severity != "info"] or counted
    if not graver:
        return (1.0 if runs else 0.0), ""
    grave = [run for run in graver if every[run.code].severity == "error"]
    least = min(grave or graver, key=lambda run: (run.share, run.code))
    mean = float(np.mean([run.share for run in graver]))
    return (min(mean, least.share) if grave else mean), least.code


def _undecided(runs: list[Run], every: Mapping[str, Check], allowed: int) -> int:
    """How many rows the checks at error level could not judge; none where they are no more than is allowed."""
    rows = sum(run.rows_unknown for run in runs if every[run.code].severity == "error" and not run.off)
    return rows if rows > allowed else 0


def _empty_by_word(run: Run, plan: Plan) -> bool:
    layers = {need.split(".", maxsplit=1)[0] for need in run.needs}
    return bool(layers) and all(plan.complete.get(x, -1) == 0 and not plan.has(x) for x in layers)


def _declared(plan: Plan, layer: str) -> Declared:
    return Declared(layer, len(plan.layers[layer]) if layer in plan else 0, plan.complete[layer])


def _needs(runs: list[Run], report: Report) -> tuple[Need, ...]:
    """What is missing, the data that most checks wait for first."""
    wanted: dict[str, tuple[set[str], int]] = {}
    for run in runs:
        for what in run.needs:
            wanted.setdefault(what, (set(), 0))[0].add(run.code)
    mine = (
        report.unknown[report.unknown["code"].isin([run.code for run in runs])]
        if len(report.unknown)
        else report.unknown
    )
    for (layer, reason), rows in mine.groupby(["layer", "reason"], sort=True) if len(mine) else ():
        column = _REASON_COLUMNS.get(str(reason))
        if column and layer in LAYERS and LAYERS[layer].column(column):
            codes, n = wanted.get(f"{layer}.{column}", (set(), 0))
            wanted[f"{layer}.{column}"] = (codes | set(rows["code"].unique()), max(n, rows["id"].nunique()))
    needs = [Need(what, tuple(sorted(codes)), n) for what, (codes, n) in wanted.items()]
    return tuple(sorted(needs, key=lambda need: (-len(need.checks), -need.rows, need.what)))


def breaches_of(plan: Plan, report: Report) -> dict[str, list[Breach]]:
    """Return the violations at error level of each verdict, with the size of what they are about; all of them open."""
    known = load()
    out: dict[str, list[Breach]] = {}
    for block in blocks_of(report.findings, work_of(plan)):
        sizes = block.by_row("sizes", plan, _sizes)
        found = block.by_row("breaches", plan, _breaches, sizes)
        mine = [breach for breach in found.tolist() if breach is not None]
        out.setdefault(known[block.code].verdict if block.code in known else "data", []).extend(mine)
    return out


def _breaches(_: Plan, block: Block, sizes: Array) -> Array:
    """Return the violation that each finding is, with the size of its feature; None where it is not at error level."""
    out, errors = np.full(len(sizes), None, dtype=object), np.flatnonzero(block.errors)
    columns = [block.column(c)[errors].tolist() for c in ("fingerprint", "code", "layer", "id")]
    rounded = ([round(x, 3) for x in size.tolist()] for size in sizes[errors].T)
    for at, values in zip(errors.tolist(), zip(*columns, *rounded, strict=True), strict=True):
        out[at] = Breach(*values)
    return out


def _sizes(plan: Plan, block: Block) -> Array:
    """Area and length of the feature of each error, of others NaN; what is not there has the size of its evidence."""
    errors, layer = block.errors, block.column("layer")
    out = np.full((len(errors), 2), np.nan)
    for name in dict.fromkeys(layer[errors].tolist()):
        rows = np.flatnonzero(errors & (layer == name))
        shapes = np.array(block.rows.geometry.array, dtype=object)[rows]
        area = np.full(len(rows), np.nan)
        if name in plan:
            at = first_rows(plan, name).of(block.column("id")[rows])
            own = np.where(at < 0, None, plan.layers[name].geometry.to_numpy()[at])
            there = ~shapely.is_missing(own)
            shapes[there], area[there] = own[there], areas(plan, name).to_numpy()[at[there]]
        evidence = np.isnan(area)
        area[evidence] = shapely.area(shapes[evidence])
        flat = ~(area > 0)
        out[rows, 0], out[rows, 1] = area, 0.0
        out[rows[flat], 1] = shapely.length(shapes[flat])
    return out


def _stood(verdict: Verdict, report: Report) -> tuple[Breach, ...]:
    """Return the breaches of a verdict with what has become of each."""
    ends = verdict.name in STATES_OF_THINGS and report.as_of is not None
    if not (ends or report.exemptions or report.reviews):
        as_they_are = all(b.standing == "open" and not b.note for b in verdict.breaches)
        return verdict.breaches if as_they_are else tuple(_as(b, "open") for b in verdict.breaches)
    found = report.findings
    facts = found.loc[found["fingerprint"].isin([b.fingerprint for b in verdict.breaches])]
    facts = facts.drop_duplicates("fingerprint").set_index("fingerprint")[["other_id", "to"]]
    facts = facts.loc[[b.fingerprint for b in verdict.breaches]]
    others, until = facts["other_id"].tolist(), facts["to"].to_numpy(dtype="datetime64[D]")
    over = until <= np.datetime64(report.as_of, "D") if ends else np.zeros(len(facts), bool)
    rows = zip(verdict.breaches, others, np.datetime_as_string(until, unit="D").tolist(), over.tolist(), strict=True)
    return tuple(_as(b, "mended", end) if past else _standing(b, other, report) for b, other, end, past in rows)


def _standing(breach: Breach, other: str, report: Report) -> Breach:
    """Return the breach as exempt by a document, waived by a reviewer, or open."""
    day = date.fromisoformat(report.as_of) if report.as_of else None
    for one in report.exemptions:
        if one.code == breach.code and one.id in {breach.id, other} and one.holds_on(day):
            return _as(breach, "exempt", _document(one))
    mark: Mapping[str, Any] = report.reviews.get(breach.fingerprint, {})
    if mark.get("verdict") == "waived" and _in_force(mark, day):
        return _as(breach, "waived", str(mark.get("reason", "")))
    return _as(breach, "open")


def _as(breach: Breach, standing: Standing, note: str = "") -> Breach:
    same = breach.standing == standing and breach.note == note
    return breach if same else replace(breach, standing=standing, note=note)


def _document(one: Exemption) -> str:
    end = f" – {one.expiry}" if one.expiry else ""
    return f"{one.number} {one.approver} {one.date}{end}".strip()


def _in_force(mark: Mapping[str, Any], day: date | None) -> bool:
    end = str(mark.get("expiry") or "")
    return not end or (day is not None and day <= date.fromisoformat(end))
