"""CAUSES -> PROOF IN TIME: for each of the gravest causes who is party to it, with dates, and the gap that is broken.

Rows of plain values, ready for JSON: the page, the dossier and the A3 sheet draw bars from them and compute nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..checks import load
from ..checks.editions import of_each
from ..checks.grouping import units_of
from ..checks.settings import setting
from ..facts.progress import parties
from ..facts.utilities import ROAD, service
from ..lang.causes import UTILITY_WORDS
from ..plan import LAYERS, UTILITIES, Cause, Plan, Profile, Report
from .reach import touched

Array = np.ndarray[Any, Any]
Row = dict[str, Any]
_WAITING = 12
"""Features of one cause whose own gap is told; the gravest ones."""
_TOLD = ["fingerprint", "layer", "id", "other_layer", "other_id", "value", "unit", "from", "to"]


def proofs(plan: Plan, report: Report, profile: Profile | None = None) -> list[Row]:
    """Return the proof of the gravest causes (`CAUSES.proofs_most` of the profile), in the order of the report.

    Each has `cause` (its key), `finding` (the gravest one's fingerprint), `gap` (from, to, days; null where not known),
    `waiting` (the gaps of its gravest findings), `blocking` (layer and id of the thing, where it has one) and
    `parties`: role, layer, id, kind, `events` (column, zh, en, date) and of a utility `path`, from the source on.
    """
    profile = profile or Profile(name="default")
    chosen = [c for c in report.causes if c.fingerprints][: int(setting("CAUSES", profile).proofs_most)]
    if not chosen:
        return []
    found = report.findings.set_index("fingerprint", drop=False)
    first = found.loc[[c.fingerprints[0] for c in chosen]].reset_index(drop=True)
    subject = _subjects(plan, first)
    tables = _Tables(plan)
    told = list(dict.fromkeys(name for c in chosen for name in c.fingerprints[:_WAITING]))
    rows = {row["fingerprint"]: row for row in found.loc[told, _TOLD].to_dict("records")}
    at = np.unique(subject[subject >= 0])
    reach = of_each(load()["UG201"], profile, plan, "parcels", "reach")[at] if len(at) else at
    arrivals = {k: row for far in np.unique(reach) for k, row in _arrivals(plan, at[reach == far], float(far)).items()}
    return [
        _proof(tables, [rows[name] for name in c.fingerprints[:_WAITING]], (c, int(at)), arrivals.get(int(at), []))
        for c, at in zip(chosen, subject, strict=True)
    ]


def _subjects(plan: Plan, first: pd.DataFrame) -> Array:
    """Return for each finding the position of the parcel it is about; -1 where it is about none."""
    pairs, out = touched(plan, first), np.full(len(first), -1)
    rows, lead = np.unique(pairs.row, return_index=True)
    out[rows] = pairs.parcel[lead]
    return out


class _Tables:
    """The layers of a plan by id, each made once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.held: dict[str, pd.DataFrame] = {}
        self.plants: dict[str, str] | None = None

    @cached_property
    def parcels(self) -> list[str]:
        """The ids of the parcels in the order of the layer."""
        return [str(name) for name in self.plan["parcels"]["id"]]

    @cached_property
    def units(self) -> dict[str, str]:
        """The detailed plan of each parcel."""
        names = self.layer("parcels")["id"].to_numpy(dtype=object)
        return dict(zip(names.tolist(), map(str, units_of(self.plan, names)), strict=True))

    @cached_property
    def permits(self) -> dict[str, list[str]]:
        """The approvals that name each parcel."""
        frame = self.layer("approvals")
        named = frame["parcel"].dropna() if "parcel" in frame.columns else pd.Series(dtype=object)
        return {str(parcel): list(names) for parcel, names in named.groupby(named).groups.items()}

    def layer(self, name: str) -> pd.DataFrame:
        """Return a layer by id; empty where it is not there."""
        if name not in self.held:
            frame = pd.DataFrame(self.plan[name]) if self.plan.has(name) else pd.DataFrame({"id": []})
            self.held[name] = frame.drop_duplicates("id").set_index("id", drop=False)
        return self.held[name]

    def party(self, role: str, layer: str, name: str, kind: str = "") -> Row | None:
        """Return a feature as a party, with its dates in order of the layer's columns; None where it is not there."""
        frame, spec = self.layer(layer), LAYERS.get(layer)
        if name not in frame.index or spec is None:
            return None
        row = frame.loc[name]
        dated = [c for c in spec.columns if c.dtype == "date" and c.name in row.index and pd.notna(row[c.name])]
        events = [_event(c.name, c.zh, c.en, row[c.name]) for c in dated]
        own = kind or str(row["kind"] if "kind" in row.index and pd.notna(row["kind"]) else "")
        return {"role": role, "layer": layer, "id": name, "kind": own, "events": events}

    def approvals(self, parcel: str) -> list[Row]:
        """Return the permits of a parcel and the detailed plan it lies in, by date."""
        if not self.plan.has("approvals"):
            return []
        names = dict.fromkeys([self.units.get(parcel, ""), *self.permits.get(parcel, [])])
        made = [self.party("approval", "approvals", name) for name in names if name]
        return sorted((m for m in made if m and m["events"]), key=lambda m: (m["events"][0]["date"], m["id"]))

    def first_plant(self, parcel: str) -> Row | None:
        """Return the plant of the parcel's district that is first in production."""
        if self.plants is None:
            self.plants = _first_plants(self.plan)
        row = self.layer("parcels").loc[parcel]
        name = self.plants.get(_zone(row.get("park"), row.get("district")), "")
        return self.party("first_plant", "parcels", name) if name and name != parcel else None


def _first_plants(plan: Plan) -> dict[str, str]:
    if not plan.has("parcels", "used"):
        return {}
    parcels, group = plan["parcels"], parties(plan)["group"].to_numpy(dtype=object)
    works = parcels[(group == "industry") & parcels["used"].notna().to_numpy()].sort_values(["used", "id"])
    zones = [_zone(p, d) for p, d in zip(works["park"], works["district"], strict=True)]
    out: dict[str, str] = {}
    for zone, name in zip(zones, works["id"].astype(str), strict=True):
        out.setdefault(zone, name)
    return out


def _zone(park: Any, district: Any) -> str:
    return "|".join("" if pd.isna(word) else str(word) for word in (park, district))


def _arrivals(plan: Plan, at: Array, reach: float) -> dict[int, list[Row]]:
    """Return for some parcels when each utility first serves them, what comes last, and the path from the source."""
    out: dict[int, list[Row]] = {int(k): [] for k in at}
    for kind in (*UTILITIES, ROAD) if len(at) else ():
        if not plan.has("roads" if kind == ROAD else "pipes"):
            continue
        found = service(plan, kind, reach=reach)
        if not found.known:
            continue
        frame = found.frame.iloc[at]
        pipes, offsets = found.paths(at)
        names = found.network.ids[pipes]
        cells = (frame[c].tolist() for c in ("served", "lost", "bottleneck", "bottleneck_layer"))
        for k, (position, *told) in enumerate(zip(at.tolist(), *cells, strict=True)):
            path = [str(n) for n in names[offsets[k] : offsets[k + 1]]][::-1]
            out[position].append(_utility(kind, found.layer, told, path))
    return out


def _utility(kind: str, layer: str, told: Sequence[Any], path: list[str]) -> Row:
    served, lost, last, last_layer = told
    zh, en = UTILITY_WORDS.get(kind, (kind, kind))
    events = [] if pd.isna(served) else [_event("served", f"{zh}接通", f"{en} serves it", served)]
    events += [] if pd.isna(lost) else [_event("lost", f"{zh}中断", f"{en} is lost", lost)]
    blocking = {"layer": str(last_layer), "id": str(last)} if last is not None and not pd.isna(last) else None
    return {
        "role": "road" if kind == ROAD else "utility",
        "layer": layer,
        "id": "",
        "kind": kind,
        "events": events,
        "blocking": blocking,
        "path": path,
    }


def _proof(tables: _Tables, rows: list[Row], of: tuple[Cause, int], arrivals: list[Row]) -> Row:
    (cause, at), lead = of, rows[0]
    made: list[Row | None] = []
    subject = str(lead["id"])
    if at >= 0:
        parcel = tables.parcels[at]
        made += [tables.party("parcel", "parcels", parcel), *tables.approvals(parcel), *arrivals]
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
        "gap": _gap(lead),
        "waiting": [{"layer": r["layer"], "id": r["id"], **(_gap(r) or {})} for r in rows],
        "blocking": thing or None,
        "parties": list(parts.values()),
    }


def _gap(row: Any) -> Row | None:
    """Return the time that is broken: its first and last day, and the days of the finding where it counts days."""
    since, until = (None if pd.isna(row[c]) else str(pd.Timestamp(row[c]).date()) for c in ("from", "to"))
    if since is None and until is None:
        return None
    days = float(row["value"]) if row["unit"] == "d" and pd.notna(row["value"]) else None
    if days is None and since and until:
        days = float((pd.Timestamp(until) - pd.Timestamp(since)).days)
    return {"from": since, "to": until, "days": days}


def _event(key: str, zh: str, en: str, day: Any) -> Row:
    return {"key": key, "zh": zh, "en": en, "date": str(pd.Timestamp(day).date())}
