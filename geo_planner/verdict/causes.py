"""FINDINGS -> CAUSES: findings that come from one thing become one, with reach, state, remedy and who is in charge.

Which thing that is, is said in the check's own file (`cause`, a function of `checks.grouping`). What happened by the
as-of date is remedied, what lies ahead is prevented; without an as-of date nothing counts as happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ..checks import Check, load
from ..checks.grouping import Anchors, of_pair
from ..checks.settings import setting
from ..lang.causes import CLAUSES
from ..plan import Cause, Plan, Profile, Report
from ..plan.report import SEVERITIES
from .bureaus import bureau
from .cause_words import Columns, Naming, place_of, title_of
from .gaps import gaps
from .reach import Places, Touched, reach, reaches, touched

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class _Ground:
    """What every cause is made from: findings in the order of the report, and what was worked out of them."""

    plan: Plan
    report: Report
    found: pd.DataFrame
    columns: Columns
    checks: Mapping[str, Check]
    pairs: Touched
    places: Places
    began: Array
    ahead: Array
    verdict: Array


def causes(plan: Plan, report: Report, profile: Profile) -> tuple[Cause, ...]:
    """Return the causes of a report, the gravest first, then what data are missing.

    Beyond the number `CAUSES.most` of the profile the least are gathered by check and district; none is left out.
    """
    missing = gaps(report, profile)
    if not len(report.findings):
        return missing
    ground = _ground(plan, report)
    anchors = anchored(plan, ground.found, ground.verdict)
    of, names = _numbered(ground.verdict, anchors)
    size, most = reaches(plan, ground.found, of, ground.pairs), int(setting("CAUSES", profile).most)
    if len(names) > most:
        anchors = _gathered(ground, anchors, of, _ranked(ground, of, size, names)[most:])
        of, names = _numbered(ground.verdict, anchors)
        size = reaches(plan, ground.found, of, ground.pairs)
    order = _ranked(ground, of, size, names)
    members = _members(ground, of)
    sizes = size.to_dict("records")
    made = [_cause(ground, anchors, members[k], sizes[k], profile) for k in order.tolist()]
    return (*made, *missing)


def _ground(plan: Plan, report: Report) -> _Ground:
    found = report.findings.reset_index(drop=True)
    began = first_days(plan, found)
    day = np.datetime64(report.as_of, "D") if report.as_of else np.datetime64("NaT", "D")
    with_day = began > day if report.as_of else np.ones(len(found), bool)
    verdict = found["code"].map({code: rule.verdict or "data" for code, rule in report.rules.items()})
    return _Ground(
        plan=plan,
        report=report,
        found=found,
        columns=Columns.of(found),
        checks=load(),
        pairs=touched(plan, found),
        places=Places.of(plan),
        began=began,
        ahead=np.asarray(with_day | np.isnat(began)),
        verdict=verdict.to_numpy(dtype=object),
    )


def first_days(plan: Plan, found: pd.DataFrame) -> Array:
    """Return the day from which each finding is so; where it has none, its feature's first (parks have none)."""
    out = found["from"].to_numpy(dtype="datetime64[D]").copy()
    for layer in found.loc[np.isnat(out), "layer"].unique():
        if layer == "parks" or not plan.has(layer):
            continue
        frame = plan[layer].drop_duplicates("id").set_index("id")
        dated = [c for c in ("start", "finish", "released") if c in frame.columns]
        if not dated:
            continue
        rows = np.flatnonzero(np.isnat(out) & (found["layer"] == layer).to_numpy())
        first = frame[dated].min(axis=1).reindex(found["id"].iloc[rows])
        out[rows] = first.to_numpy(dtype="datetime64[D]")
    return np.asarray(out)


def anchored(plan: Plan, found: pd.DataFrame, verdict: Array) -> Anchors:
    """Return the thing each finding comes from; checks of one verdict that name one function are grouped together."""
    checks = load()
    out = of_pair(plan, found)
    layer, name, part = (np.array(a, dtype=object) for a in (out.layer, out.id, out.part))
    code = found["code"].to_numpy(dtype=object)
    groups: dict[tuple[Callable[..., Anchors], str], list[str]] = {}
    for one, of in sorted(set(zip(code.tolist(), verdict.tolist(), strict=True))):
        rule = checks[one].cause if one in checks else None
        if rule:
            groups.setdefault((rule, of), []).append(one)
    for (rule, of), codes in groups.items():
        rows = np.flatnonzero(np.isin(code, codes) & (verdict == of))
        got = rule(plan, found.iloc[rows])
        layer[rows], name[rows], part[rows] = got.layer, got.id, got.part
    return Anchors(layer, name, part)


def _numbered(verdict: Array, anchors: Anchors) -> tuple[Array, list[str]]:
    """Return the number of the cause of each finding, and for each number what it is, as text."""
    text = verdict + "\n" + anchors.layer + "\n" + anchors.id + "\n" + anchors.part
    of, names = pd.factorize(text)
    return of, list(names)


def _ranked(ground: _Ground, of: Array, size: pd.DataFrame, names: list[str]) -> Array:
    """Return the numbers of the causes, the gravest and widest first."""
    rank = ground.found["severity"].map(SEVERITIES.index).groupby(of).min().reindex(size.index)
    table = size.assign(rank=rank, name=names)
    order = table.sort_values(["rank", "parcels", "area", "days", "name"], ascending=[True, False, False, False, True])
    return np.asarray(order.index)


def _gathered(ground: _Ground, anchors: Anchors, of: Array, least: Array) -> Anchors:
    """Return the anchors with those of the least causes replaced by check and district."""
    rows = np.isin(of, least)
    part = "rest|" + ground.found["code"].to_numpy(dtype=object)
    where = np.full(len(of), "", dtype=object)
    if len(ground.pairs.row):
        where[ground.pairs.row] = ground.places.names[ground.pairs.parcel]
    return anchors.where(rows, ground.found["layer"].to_numpy(dtype=object), "", part + " " + where)


def _members(ground: _Ground, of: Array) -> list[Array]:
    """Return the findings of each cause by position: the gravest first, of equal ones the larger excess."""
    found = ground.found
    excess = (found["value"] - found["limit"].fillna(0.0)).abs().fillna(-1.0).to_numpy()
    rank = found["severity"].map(SEVERITIES.index).to_numpy()
    order = np.lexsort((found["fingerprint"].to_numpy(dtype=str), -excess, found["code"].to_numpy(dtype=str), rank, of))
    return np.split(order, np.flatnonzero(np.diff(of[order])) + 1)


def _cause(ground: _Ground, anchors: Anchors, rows: Array, size: Any, profile: Profile) -> Cause:
    first, columns = int(rows[0]), ground.columns
    codes = tuple(sorted(set(columns.code[rows].tolist())))
    thing = (str(anchors.layer[first]), str(anchors.id[first]), str(anchors.part[first]))
    verdict = str(ground.verdict[first])
    ahead = rows[ground.ahead[rows]]
    state = "data" if verdict == "data" else "ahead" if len(ahead) == len(rows) else "happened"
    extent = reach(size)
    naming = Naming(ground.report, columns, rows, thing, extent)
    return Cause(
        key=hashlib.sha256("\n".join((verdict, *thing)).encode()).hexdigest()[:12],
        codes=codes,
        verdict=verdict,
        severity=str(columns.severity[first]),
        layer=thing[0],
        id=thing[1],
        state=state,  # type: ignore[arg-type]
        title=title_of(naming),
        place=place_of(naming, ground.places, ground.pairs),
        remedy=_remedy(ground, rows, ahead[~np.isnat(ground.began[ahead])], state),
        bureau=bureau(profile, str(columns.code[first]), str(columns.kind[first])),
        fingerprints=tuple(columns.fingerprint[rows].tolist()),
        reach=extent,
        by_when=_by_when(ground, ahead, state),
    )


def _remedy(ground: _Ground, rows: Array, ahead: Array, state: str) -> dict[str, str]:
    """Return what to do in both languages; of what happened in part, also how the rest is prevented."""
    codes = list(dict.fromkeys(ground.columns.code[rows].tolist()))
    known = [ground.checks[c] for c in codes if c in ground.checks][:3]
    out = {}
    for side, lang in enumerate(("zh", "en")):
        stop = "；" if lang == "zh" else "; "
        words = stop.join(dict.fromkeys(check.remedy(state)[side] for check in known))
        advice = stop.join(dict.fromkeys(check.remedy("ahead")[side] for check in known))
        if state == "happened" and len(ahead) and advice != words:
            words += stop + CLAUSES["rest_ahead"][side].format(n=len(ahead), advice=advice)
        out[lang] = words
    return out


def _by_when(ground: _Ground, ahead: Array, state: str) -> date | None:
    days = ground.began[ahead]
    days = days[~np.isnat(days)]
    if state == "data" or not ground.report.as_of or not len(days):
        return None
    return date.fromisoformat(str(days.min()))
