"""FINDINGS -> CAUSES: findings that come from one thing become one, with reach, state, remedy and who is in charge.

Which thing that is, is said in the check's own file (`cause`, a function of `checks.grouping`). What happened by the
as-of date is remedied, what lies ahead is prevented; without an as-of date nothing counts as happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ..checks import Check, load
from ..checks.blocks import Blocks, blocks_of
from ..checks.grouping import Anchors
from ..checks.settings import setting
from ..facts.registry import work_of
from ..lang.causes import CLAUSES
from ..plan import Cause, Plan, Profile, Report
from .bureaus import bureau
from .cause_rows import Columns, Things, all_touched, first_days, things
from .cause_words import Naming, place_of, title_of
from .gaps import gaps
from .reach import Places, Touched, reach, reaches

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class _Ground:
    """What every cause is made from: findings check after check, and what was worked out of them."""

    plan: Plan
    report: Report
    columns: Columns
    checks: Mapping[str, Check]
    pairs: Touched
    places: Places
    began: Array
    ahead: Array
    verdicts: Mapping[str, str]


def causes(plan: Plan, report: Report, profile: Profile) -> tuple[Cause, ...]:
    """Return the causes of a report, the gravest first, then what data are missing.

    Beyond the number `CAUSES.most` of the profile the least are gathered by check and district; none is left out.
    """
    missing = gaps(report, profile)
    if not len(report.findings):
        return missing
    blocks = blocks_of(report.findings, work_of(plan))
    ground = _ground(plan, report, blocks)
    found, most = things(plan, blocks, ground.verdicts), int(setting("CAUSES", profile).most)
    size = reaches(plan, ground.columns.late, found.of, ground.pairs)
    if len(found.names) > most:
        found = _gathered(ground, found, _ranked(ground, found, size)[most:])
        size = reaches(plan, ground.columns.late, found.of, ground.pairs)
    order = _ranked(ground, found, size)
    members = _members(ground, found.of)
    sizes = size.to_dict("records")
    made = [_cause(ground, found.anchors, members[k], sizes[k], profile) for k in order.tolist()]
    return (*made, *missing)


def _ground(plan: Plan, report: Report, blocks: Blocks) -> _Ground:
    began = first_days(plan, blocks)
    day = np.datetime64(report.as_of, "D") if report.as_of else np.datetime64("NaT", "D")
    with_day = began > day if report.as_of else np.ones(len(began), bool)
    return _Ground(
        plan=plan,
        report=report,
        columns=Columns.of(plan, blocks),
        checks=load(),
        pairs=all_touched(plan, blocks),
        places=Places.of(plan),
        began=began,
        ahead=np.asarray(with_day | np.isnat(began)),
        verdicts={code: rule.verdict or "data" for code, rule in report.rules.items()},
    )


def _ranked(ground: _Ground, found: Things, size: pd.DataFrame) -> Array:
    """Return the numbers of the causes, the gravest and widest first."""
    rank = pd.Series(ground.columns.rank).groupby(found.of).min().reindex(size.index)
    table = size.assign(rank=rank, name=found.names)
    order = table.sort_values(["rank", "parcels", "area", "days", "name"], ascending=[True, False, False, False, True])
    return np.asarray(order.index)


def _gathered(ground: _Ground, found: Things, least: Array) -> Things:
    """Return the findings of the least causes by check and district, the others as they are."""
    rows = np.flatnonzero(np.isin(found.of, least))
    where = np.full(len(found.of), -1)
    where[ground.pairs.row] = ground.places.number[ground.pairs.parcel]
    columns, names = ground.columns, np.array([*ground.places.known, ""], dtype=object)
    (code, codes), (layer, layers) = (pd.factorize(column[rows]) for column in (columns.code, columns.layer))
    new, kinds = pd.factorize((code * len(layers) + layer) * len(names) + where[rows] % len(names))
    part = "rest|" + codes[kinds // (len(layers) * len(names))] + " " + names[kinds % len(names)]
    layer_of = layers[kinds // len(names) % len(layers)]
    verdict = np.array([ground.verdicts[c] for c in codes], dtype=object)[kinds // (len(layers) * len(names))]
    anchors = Anchors(*(np.array(a, dtype=object) for a in (found.anchors.layer, found.anchors.id, found.anchors.part)))
    anchors.layer[rows], anchors.id[rows], anchors.part[rows] = layer_of[new], "", part[new]
    of = found.of.copy()
    text = verdict + "\n" + layer_of + "\n\n" + part
    number, distinct = pd.factorize(text)
    of[rows] = len(found.names) + number[new]
    of, left = pd.factorize(of)
    every = [*found.names, *distinct]
    return Things(anchors, of, [every[k] for k in left.tolist()])


def _members(ground: _Ground, of: Array) -> list[Array]:
    """Return the findings of each cause by position: the gravest first, of equal ones the larger excess."""
    columns = ground.columns
    code, _ = pd.factorize(columns.code, sort=True)
    order = np.lexsort((columns.turn, code, columns.rank, of))
    return np.split(order, np.flatnonzero(np.diff(of[order])) + 1)


def _cause(ground: _Ground, anchors: Anchors, rows: Array, size: Any, profile: Profile) -> Cause:
    first, columns = int(rows[0]), ground.columns
    codes = tuple(sorted(columns.codes(rows)))
    thing = (str(anchors.layer[first]), str(anchors.id[first]), str(anchors.part[first]))
    verdict = ground.verdicts[str(columns.code[first])]
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
    codes = ground.columns.codes(rows)
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
