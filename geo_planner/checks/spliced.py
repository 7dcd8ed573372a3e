"""What a check finds after an edit, from what it found before: only what the edit can have changed is judged.

A check that says how far it looks (`REACH` or `reach` in its file, and in `BONDS` which rows belong together by name) is
judged again on the changed rows with their surroundings, one that looks at each row alone (`ALONE`) on these rows, beside
the networks that it looks at whole (`ENTIRE`) where these are as they were; what is said of every other feature stands.
One that says neither is judged whole, and so is one of which anything else than rows has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..facts.around import Rows, alike, around, bound, count, joined, windows
from ..facts.changed import Changed, changed
from ..facts.registry import Before, unnamed
from ..facts.watched import Read, Watched, seen
from ..plan import Findings, Plan
from ..plan.findings import merged, same_rows
from ..plan.layer import Layers
from ..plan.part import Part, part_of
from ..plan.report import Unjudged
from ..work import Memory, Work
from .contract import Check
from .drawn import WHOLE
from .sealing import sealed

Array = np.ndarray[Any, Any]
LEAST = 8_000
"""Rows of the layers that a check reads, below which to judge them whole costs no more than to look for what changed."""
MOST = 100
"""Rows that may have changed; after more the plan is judged whole."""
SHARE = 0.5
"""The part of a plan that may lie around the changed rows; above it the whole costs no more."""


def spliced(
    check: Check, params: Any, now: Plan, before: Before[Findings | Unjudged], work: Work
) -> tuple[Findings, frozenset[Read]] | None:
    """Return what a check finds in a plan from what it found in another, and what was read; None where it must be whole."""
    old, noted = before.value, set[Read]()
    if isinstance(old, Unjudged) or old.counted is None or _rows(now, before.reads) < LEAST:
        return None
    edited = changed(before.plan, now, before.reads)
    if (
        edited is None
        or {*edited} & {*check.entire}
        or sum(len(c.old) + len(c.new) for c in edited.values()) > 2 * MOST
    ):
        return None
    far = _reach(check, params, (Watched(before.plan, lambda _: None, work), Watched(now, noted.add, work)))
    if far is None or (old.unknown["id"] == WHOLE).any():
        return None
    open_ = _affected(check, far, (before.plan, now), edited, _layers(old))
    part = _part(check, far, now, open_)
    if part is None:
        return None
    out = _judged(check, params, Watched(part, noted.add, _work_on(part, work)))
    same = all(seen(before.plan, read) == seen(now, read) for read in unnamed(noted, set(before.reads)))
    if out is None or not same or not _speaks_of(out, {*_layers(old), *open_}):
        return None
    gone = _ids(before.plan, {name: rows.old for name, rows in edited.items()})
    ids = _ids(now, open_)
    out = replace(out, rows=sealed(check, out.rows[_told(out.rows, ids)]), unknown=out.unknown[_told(out.unknown, ids)])
    return _put_together(old, out, ids, gone), before.reads | noted


def _rows(plan: Plan, reads: Iterable[Read]) -> int:
    """How many rows the layers have that are read."""
    return sum(
        len(plan.layers[name]) for name in {read[1] for read in reads if read[0] == "layer"} if name in plan.layers
    )


def _reach(check: Check, params: Any, plans: tuple[Plan, Plan]) -> float | None:
    """How far a check looks in either of two plans [m]."""
    reaches = [check.reach(plan, params) for plan in plans]
    known = [far for far in reaches if far is not None]
    return max(known) if len(known) == len(reaches) else None


def _layers(found: Findings) -> tuple[str, ...]:
    """The layers that a check speaks of: those of which it judges features, and those it finds or misses anything of."""
    told = [found.rows["layer"].unique(), found.unknown["layer"].unique()]
    return tuple(dict.fromkeys([*(found.counted or {}), *(str(name) for names in told for name in names)]))


def _affected(
    check: Check, far: float, plans: tuple[Plan, Plan], edited: dict[str, Changed], layers: tuple[str, ...]
) -> Rows:
    """Return the rows that may be judged otherwise: the edited, and what lies within reach of them or is bound to them."""
    old, now = plans
    bonds = () if check.alone else check.bonds
    went = bound(old, {name: rows.old for name, rows in edited.items()}, bonds)
    came = bound(now, {name: rows.new for name, rows in edited.items()}, bonds)
    came = joined(came, {name: _same_ids(now, old, name, rows) for name, rows in went.items()})
    if check.alone:
        return alike(now, came)
    boxes = np.concatenate([windows(old, went, far), windows(now, came, far)])
    reached = bound(now, joined(came, around(now, boxes, layers)), bonds)
    return alike(now, {name: rows for name, rows in reached.items() if name in layers or name in edited})


def _same_ids(now: Plan, old: Plan, layer: str, rows: Array) -> Array:
    """Return the rows of a layer that bear an id which some rows of the old plan bore."""
    ids, theirs = (Layers(plan.layers).held[layer].hashes("id") for plan in (now, old))
    return np.flatnonzero(np.isin(ids, theirs[rows]))


def _part(check: Check, far: float, now: Plan, open_: Rows) -> Part | None:
    """Return the part of a plan in which some rows are judged as in the whole; None where that is most of it."""
    whole = sum(len(frame) for frame in now.layers.values())
    if count(open_) > SHARE * whole:
        return None
    held = Layers(now.layers).held
    every = {name: np.arange(len(held[name].frame)) for name in check.entire if name in held}
    if check.alone:
        return _known_part(now, joined(open_, every))
    rows = bound(now, open_, check.bonds)
    rows = bound(now, joined(rows, around(now, windows(now, rows, far), now.layers)), check.bonds)
    return None if count(rows) > SHARE * whole else _known_part(now, alike(now, rows))


def _known_part(now: Plan, rows: Rows) -> Part:
    """Return a part of a plan that all checks share which judge the same rows, with the facts of it."""
    parts: dict[Any, Part] = now.__dict__.setdefault("_parts", {})
    key = tuple((name, rows[name].tobytes()) for name in sorted(rows) if len(rows[name]))
    if key not in parts:
        parts[key] = part_of(now, rows)
    return parts[key]


def _work_on(part: Part, whole: Work) -> Work:
    """How a part is judged: with facts of its own beside those of layers that it has whole."""
    made: Work = part.__dict__.setdefault("_work", Work(Memory(), whole=whole))
    return made


def _judged(check: Check, params: Any, part: Watched) -> Findings | None:
    try:
        return check.run(part, params)
    except Exception:  # the whole is judged then, and the report tells what is wrong
        return None


def _ids(plan: Plan, rows: Rows) -> dict[str, list[str]]:
    held = Layers(plan.layers).held
    return {name: held[name].frame["id"].iloc[at].astype("str").tolist() for name, at in rows.items()}


def _speaks_of(out: Findings, layers: set[str]) -> bool:
    """Whether a check names what it judged, and speaks of features of some layers only, and of no layer as a whole."""
    return out.counted is not None and {*_layers(out)} <= layers and not (out.unknown["id"] == WHOLE).any()


def _put_together(
    old: Findings, out: Findings, open_: Mapping[str, list[str]], gone: Mapping[str, list[str]]
) -> Findings:
    """Return what stands of the old findings with what is found of the rows judged again."""
    left = {name: [*open_.get(name, ()), *gone.get(name, ())] for name in {*open_, *gone}}
    taken, unknown = _told(old.rows, left), old.unknown[~_told(old.unknown, left)]
    again_the_same = taken.sum() == len(out.rows) and same_rows(old.rows[taken], out.rows).all()
    counted = {}
    for name, ids in (old.counted or {}).items():
        away, mine = set(left.get(name, ())), set(open_.get(name, ()))
        again = [i for i in (out.counted or {}).get(name, ()) if i in mine]
        counted[name] = (*(i for i in ids if i not in away), *again)
    return Findings(
        rows=old.rows if again_the_same else merged(old.rows[~taken], out.rows),
        judged=sum(map(len, counted.values())),
        unknown=pd.concat([unknown, out.unknown], ignore_index=True),
        subjects=(old.subjects[0], counted[old.subjects[0]]) if old.subjects else None,
        counted=counted,
    )


def _told(table: pd.DataFrame, ids: Mapping[str, list[str]]) -> Array:
    """Which rows of a table speak of a feature of some ids."""
    out = np.zeros(len(table), dtype=bool)
    for layer, names in ids.items():
        if names and len(table):
            out |= table["id"].isin(names).to_numpy() & (table["layer"] == layer).to_numpy()
    return out
