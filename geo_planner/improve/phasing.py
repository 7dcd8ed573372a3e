"""When what an extension needs is to come: plan, mains (deep ones first), streets, works, homes; with their permits.

All days are counted from the plan's as-of day. Where there is none, nothing is dated: an order of phases is left, and
what needs a day is unknown to the checks.

Cannot see: how long works really take. The spans below are project defaults, to be replaced by the planner's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..checks import load, run
from ..errors import ScenarioError
from ..facts.landuse.balance import CLASSES
from ..facts.permits import NEVER
from ..plan import Edit, Plan, Profile, apply
from ..plan.landuse import scheme
from ..plan.layers import UTILITY_ZH
from .spine import COPIED, Spine

Array = np.ndarray[Any, Any]

SCHEME = "guide2023"
"""New land is coded by the classification in force."""
PLAN = 180
"""From the as-of day to the approval of the detailed plan [d]."""
STREET, LAYING, PAVING, OPENING = 30, 30, 10, 20
"""From the plan to the first trench, for one kind of main, to the pavement, and to traffic [d]."""
SPANS: Mapping[str, int] = {
    "land_grant": 0, "land_permit": 30, "works_permit": 90, "construction_permit": 120,
    "start": 130, "finish": 650, "acceptance": 680, "used": 710,
}  # fmt: skip
"""Of a parcel, from its grant to each step [d]."""
BETWEEN = 10
"""From the first use of the works to the grant of the homes [d]."""
HOMES = ("ST701", "ST707")
"""Checks that tell where homes may not stand."""
NAMED = ("approvals", "parcels", "pipes", "roads")
"""Layers that the extension adds rows to."""
MEANINGS = ({"built", "production", "industry"}, {"built", "living", "housing"}, {"ecology"})
"""The words by which expected approvals name the land of each of `CLASSES` that is proposed."""
PHASE = ("1", "2", "1")
"""Of each class: works and green first, homes last."""


@dataclass(frozen=True)
class Calendar:
    """Days from the as-of day to each step by name; `origin` is None where the plan has no as-of day."""

    origin: date | None
    days: Mapping[str, int]

    @classmethod
    def of(cls, plan: Plan, spine: Spine | None) -> Calendar:
        """The steps of an extension that lays the mains of a spine, the deepest first."""
        days, day = {"plan": PLAN}, PLAN + STREET
        days["street"] = day
        for kind in deep_first(spine):
            days[f"{kind}:start"], day = day, day + LAYING
            days[f"{kind}:finish"] = day
        days["paved"], days["open"] = day + PAVING, day + PAVING + OPENING
        first = days["open"] if spine is not None else PLAN
        for phase, grant in (("1", first), ("2", first + SPANS["used"] + BETWEEN)):
            days |= {f"{phase}:{step}": grant + span for step, span in SPANS.items()}
        return cls(plan.as_of, days)

    def dates(self, **steps: str) -> dict[str, str]:
        """Date columns of a feature by step, as ISO days; empty where there is no day to count from."""
        if self.origin is None:
            return {}
        return {column: self.day(step) for column, step in steps.items()}

    def day(self, step: str) -> str:
        """The day of a step, empty where it cannot be told."""
        return "" if self.origin is None else (self.origin + timedelta(days=self.days[step])).isoformat()


def deep_first(spine: Spine | None) -> list[str]:
    """Kinds of main by their cover, the deepest first; those without a cover last."""
    if spine is None:
        return []
    cover = {kind: float(row["cover"]) for kind, (_, row) in spine.start.mains.items()}
    return sorted(cover, key=lambda kind: (-np.nan_to_num(cover[kind], nan=-1.0), kind))


def suggestion(layer: str, name: str, value: Mapping[str, Any], reason: str) -> Edit:
    """A feature that the extension adds."""
    return Edit("add", layer, name, value, reason, "solver", "suggestion")


def free_name(plan: Plan, park: str) -> str:
    """What the extension is called in ids and phases: EXT, or EXT2 and so on where the park has been extended before.

    Phases follow one another in the order of their names: EXT-1, EXT-2, EXT2-1.
    """
    ids = [pd.Series(plan[layer]["id"]).dropna().astype(str) for layer in NAMED if layer in plan]
    for name in ("EXT", *(f"EXT{k}" for k in range(2, 10))):
        if not any((i.eq(f"{park}-{name}") | i.str.startswith(f"{park}-{name}-")).any() for i in ids):
            return name
    msg = f"park '{park}' holds the parcels of nine extensions; give those that stand ids of their own first."
    raise ScenarioError(msg)


def no_homes(plan: Plan, profile: Profile, squares: Array) -> Array:
    """Which squares cannot take homes because the very checks would find them too near a nuisance or too loud."""
    code = scheme(SCHEME).proposals["living"]
    names = [f"{free_name(plan, 'trial')}-{k}" for k in range(len(squares))]
    shapes = shapely.to_wkt(squares, rounding_precision=3).tolist()
    trial = [
        suggestion("parcels", name, {"geometry": shape, "code": code, "scheme": SCHEME}, "trial")
        for name, shape in zip(names, shapes, strict=True)
    ]
    found = run(apply(plan, trial), profile, only=HOMES).findings
    return np.isin(names, found["id"].astype(str).to_numpy(dtype=object).astype(str))


def trunk_edits(name: str, spine: Spine | None, calendar: Calendar) -> tuple[list[Edit], pd.DataFrame]:
    """Streets and mains as rows of their layers, and one row of a table for each network: pieces, metres, days."""
    if spine is None:
        return [], pd.DataFrame({"network": [], "pieces": [], "metres": [], "start": [], "finish": []})
    start, edits, rows = spine.start, list[Edit](), []
    lengths = spine.lengths()
    if start.street is not None:
        value = {"width": start.width, "corridor": ";".join(UTILITY_ZH[k] for k in spine.mains)}
        value |= {k: start.street[k] for k in ("grade", "walkable") if pd.notna(start.street[k])}
        value |= calendar.dates(start="street", paved="paved", finish="open")
        edits += _lines("roads", f"{name}-road", spine.streets, value)
        rows.append(("road", len(spine.streets), lengths["road"], calendar.day("street"), calendar.day("open")))
    for kind in deep_first(spine):
        like = start.mains[kind][1]
        value = {"kind": kind, "branch": False, **{k: like[k] for k in COPIED if pd.notna(like[k])}}
        value |= calendar.dates(start=f"{kind}:start", finish=f"{kind}:finish")
        edits += _lines("pipes", f"{name}-{kind}", spine.mains[kind], value)
        days = calendar.day(f"{kind}:start"), calendar.day(f"{kind}:finish")
        rows.append((kind, len(spine.mains[kind]), lengths[kind], *days))
    return edits, pd.DataFrame(rows, columns=["network", "pieces", "metres", "start", "finish"])


def _lines(layer: str, name: str, lines: Array, value: Mapping[str, Any]) -> list[Edit]:
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in value.items()}
    shapes = [{"geometry": shapely.to_wkt(line, rounding_precision=3)} for line in lines]
    return [
        suggestion(layer, f"{name}-{k:02d}", shape | plain, "extension, trunk")
        for k, shape in enumerate(shapes, start=1)
    ]


def plot_edits(
    names: tuple[str, str], plots: tuple[Array, Array], profile: Profile, calendar: Calendar
) -> tuple[list[Edit], pd.DataFrame]:
    """Parcels with their days and the permits that the profile expects of them, and the phases as a table."""
    codes, expected = scheme(SCHEME).proposals, load()["PB108"].bind(profile).expected()
    edits: list[Edit] = []
    park, own = names
    for k, (shape, kind) in enumerate(zip(*plots, strict=True), start=1):
        phase, name = PHASE[kind], f"{park}-{own}-{k:03d}"
        wkt = shapely.to_wkt(shape, rounding_precision=3)
        value = {
            "geometry": wkt, "code": codes[CLASSES[kind]], "planned_code": codes[CLASSES[kind]], "scheme": SCHEME,
            "area_declared": round(float(shapely.area(shape)), 1),
            "park": park, "phase": f"{own}-{phase}", "district": f"{park}-{own}",
        }  # fmt: skip
        steps = {"released": "land_grant", "start": "start", "finish": "finish", "used": "used"}
        value |= calendar.dates(**{column: f"{phase}:{step}" for column, step in steps.items()})
        edits.append(suggestion("parcels", name, value, f"extension, phase {phase}"))
        for permit, (*lands, state) in expected.items():
            if state != NEVER and MEANINGS[kind] & set(lands):
                paper = {"geometry": wkt, "kind": permit, "parcel": name} | calendar.dates(start=f"{phase}:{permit}")
                edits.append(suggestion("approvals", f"{name}-{permit}", paper, "PB108"))
    return edits, _phases(own, plots, calendar)


def _phases(own: str, plots: tuple[Array, Array], calendar: Calendar) -> pd.DataFrame:
    """One row for each class of land: its phase, parcels, hectares, and the days of grant, start and first use."""
    shapes, use = plots
    rows = []
    for kind in sorted(set(use.tolist()), key=lambda k: (PHASE[k], k)):
        mine, phase = shapes[use == kind], PHASE[kind]
        days = [calendar.day(f"{phase}:{step}") for step in ("land_grant", "start", "used")]
        rows.append(
            (f"{own}-{phase}", CLASSES[kind], len(mine), round(float(shapely.area(mine).sum() / 1e4), 1), *days)
        )
    return pd.DataFrame(rows, columns=["phase", "class", "parcels", "hectares", "released", "start", "used"])
