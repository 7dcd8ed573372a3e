"""PLAN -> PARTIES: features with their dates, and when each utility serves a parcel, by which way from which source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..checks.grouping import units_of
from ..facts.progress import parties
from ..facts.utilities import ROAD, Service, service
from ..lang.causes import UTILITY_WORDS
from ..plan import LAYERS, UTILITIES, Plan

Array = np.ndarray[Any, Any]
Row = dict[str, Any]


class Tables:
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


def arrivals(plan: Plan, at: Array, asked: Sequence[str], reach: float) -> dict[int, list[Row]]:
    """Return for some parcels when each utility first serves them, what comes last, the source and the path from it.

    `asked` are the kinds that UG201 asks for: of these the service of all parcels is at hand, of others
    that of these parcels alone is worked out, since what serves a parcel does not hang on its neighbours.
    """
    out: dict[int, list[Row]] = {int(k): [] for k in at}
    few = plan.with_layer("parcels", plan["parcels"].iloc[at]) if len(at) else plan
    for kind in (*UTILITIES, ROAD) if len(at) else ():
        if not plan.has("roads" if kind == ROAD else "pipes"):
            continue
        whole = kind in asked
        found = service(plan if whole else few, kind, reach=reach)
        if not found.known:
            continue
        place = at if whole else np.arange(len(at))
        frame = found.frame.iloc[place]
        pipes, offsets = found.paths(place)
        cells = (frame[c].tolist() for c in ("served", "lost", "bottleneck", "bottleneck_layer"))
        for k, (position, *told) in enumerate(zip(at.tolist(), *cells, strict=True)):
            out[position].append(_utility(found, told, pipes[offsets[k] : offsets[k + 1]][::-1]))
    return out


def _utility(found: Service, told: Sequence[Any], way: Array) -> Row:
    served, lost, last, last_layer = told
    zh, en = UTILITY_WORDS.get(found.kind, (found.kind, found.kind))
    events = [] if pd.isna(served) else [_event("served", f"{zh}接通", f"{en} serves it", served)]
    events += [] if pd.isna(lost) else [_event("lost", f"{zh}中断", f"{en} is lost", lost)]
    blocking = {"layer": str(last_layer), "id": str(last)} if last is not None and not pd.isna(last) else None
    return {
        "role": "road" if found.kind == ROAD else "utility",
        "layer": found.layer,
        "id": "",
        "kind": found.kind,
        "events": events,
        "blocking": blocking,
        "path": [str(name) for name in found.network.ids[way]],
        "source": _source(found, way),
    }


def _source(found: Service, way: Array) -> str:
    """Return the id of the source at which a path begins, the first opened where it passes several; empty for roads."""
    net = found.network
    if not len(way) or not len(net.source_node):
        return ""
    mine = net.pipe == way[0]
    here = np.flatnonzero(np.isin(net.source_node, np.r_[net.u[mine], net.v[mine]]))
    return str(net.source_ids[here[np.argmin(net.opened[here])]]) if len(here) else ""


def _event(key: str, zh: str, en: str, day: Any) -> Row:
    return {"key": key, "zh": zh, "en": en, "date": str(pd.Timestamp(day).date())}
