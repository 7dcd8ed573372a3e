"""CAUSES -> PROOF IN TIME: for each of the gravest causes who is party to it, with dates, and the gap that is broken.

Rows of plain values, ready for JSON: the page, the dossier and the A3 sheet draw bars from them and compute nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..checks import load
from ..checks.editions import of_each
from ..checks.settings import setting
from ..plan import Cause, Edit, Plan, Profile, Report, apply
from .proof_bars import drawn, gap_of, moved_to
from .proof_parties import Row, Tables, arrivals
from .reach import touched

Array = np.ndarray[Any, Any]
_WAITING = 12
"""Features of one cause whose own gap is told; the gravest ones."""
_TOLD = ["fingerprint", "layer", "id", "other_layer", "other_id", "value", "unit", "from", "to"]


def proofs(plan: Plan, report: Report, profile: Profile | None = None, *, fixes: Sequence[Edit] = ()) -> list[Row]:
    """Return the proof of the gravest causes (`CAUSES.proofs_most` of the profile), in the order of the report.

    Each has `cause` (its key), `finding` (the gravest one's fingerprint), `gap` (from, to, days; null where not known),
    `waiting` (the gaps of its gravest findings), `blocking` (layer and id of the thing, where it has one) and
    `parties`: role, layer, id, kind, `events` (column, zh, en, date), of a utility `path` and `source`, and what is
    drawn: `bar`, `gap` where it is broken, and `after`, its bar once the dates that `fixes` propose hold.
    """
    profile = profile or Profile(name="default")
    chosen = [c for c in report.causes if c.fingerprints][: int(setting("CAUSES", profile).proofs_most)]
    if not chosen:
        return []
    found = report.findings.set_index("fingerprint", drop=False)
    first = found.loc[[c.fingerprints[0] for c in chosen]].reset_index(drop=True)
    told = list(dict.fromkeys(name for c in chosen for name in c.fingerprints[:_WAITING]))
    rows = {row["fingerprint"]: row for row in found.loc[told, _TOLD].to_dict("records")}
    of = [(c, [rows[name] for name in c.fingerprints[:_WAITING]]) for c in chosen]
    subject, at_their_day = _subjects(plan, first), (plan, profile)
    made = _made(plan, of, subject, at_their_day)
    dates = [edit for edit in fixes if edit.kind == "retime"]
    after = _made(apply(plan, dates), of, subject, at_their_day) if dates else []
    for proof, later in zip(made, after, strict=False):
        moved_to(proof["parties"], later["parties"])
    return made


def _made(plan: Plan, of: Sequence[tuple[Cause, list[Row]]], subject: Array, rules: tuple[Plan, Profile]) -> list[Row]:
    """Return the proofs; `rules` are the plan as judged, whose days choose the edition of a number, and its profile."""
    tables, at, check = Tables(plan), np.unique(subject[subject >= 0]), load()["UG201"]
    reach = of_each(check, rules[1], rules[0], "parcels", "reach")[at] if len(at) else at
    kinds = check.bind(rules[1]).kinds
    served = {
        k: row for far in np.unique(reach) for k, row in arrivals(plan, at[reach == far], kinds, float(far)).items()
    }
    return [
        _proof(tables, rows, (cause, int(at)), served.get(int(at), []))
        for (cause, rows), at in zip(of, subject, strict=True)
    ]


def _subjects(plan: Plan, first: pd.DataFrame) -> Array:
    """Return for each finding the position of the parcel it is about; -1 where it is about none."""
    pairs, out = touched(plan, first), np.full(len(first), -1)
    rows, lead = np.unique(pairs.row, return_index=True)
    out[rows] = pairs.parcel[lead]
    return out


def _proof(tables: Tables, rows: list[Row], of: tuple[Cause, int], served: list[Row]) -> Row:
    (cause, at), lead = of, rows[0]
    made: list[Row | None] = []
    subject = str(lead["id"])
    if at >= 0:
        parcel = tables.parcels[at]
        made += [tables.party("parcel", "parcels", parcel), *tables.approvals(parcel), *served]
        made += [tables.first_plant(parcel)] if cause.verdict == "industry_first" else []
        subject = parcel if lead["layer"] == "parcels" else subject
    if (lead["layer"], subject) != ("parcels", subject) or at < 0:
        made.append(tables.party("subject", str(lead["layer"]), str(lead["id"])))
    made.append(tables.party("counterpart", str(lead["other_layer"]), str(lead["other_id"])))
    thing = {"layer": cause.layer, "id": cause.id}
    own = any((row["layer"], row["id"]) == (cause.layer, cause.id) for row in rows)
    if cause.id and not own and thing["id"] != subject:
        made.append(tables.party("blocking", cause.layer, cause.id))
    else:
        thing = {}
    parts: dict[tuple[str, str, str], Row] = {}
    for one in made:
        if one:
            parts.setdefault((one["layer"], one["id"], one["kind"]), one)
    return {
        "cause": cause.key,
        "finding": str(lead["fingerprint"]),
        "gap": gap_of(lead),
        "waiting": [{"layer": r["layer"], "id": r["id"], **(gap_of(r) or {})} for r in rows],
        "blocking": thing or None,
        "parties": drawn(list(parts.values()), rows),
    }
