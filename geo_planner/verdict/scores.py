"""The three scores, the balance figures and the curves that go with every report.

S1 plan before build, S2 underground first, S3 industry first; the headline is their minimum.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..algorithms.patches import location_quotient, simpson
from ..facts.landuse.balance import (
    AS_WRITTEN,
    CLASSES,
    LEVELS,
    LEVELS_EN,
    Switches,
    coordination,
    indices,
    level,
    shares,
)
from ..facts.progress import cumulative, curve, lead_score, parties
from ..plan import Plan, Run, ScorePart, Scores
from .balance_series import course

S1_CHECKS = ("PB101", "PB102", "PB103", "PB104", "PB105", "EC601")
S2_ROADS = ("UG204", "UG205")
S2_PARCELS = ("UG201", "UG202")
TOLERANCE = 0.10
"""How far housing may be ahead of industry before S3 falls (project default, as IN301)."""


def score(plan: Plan, found: gpd.GeoDataFrame, unknown: pd.DataFrame, runs: tuple[Run, ...]) -> Scores:
    """Return S1, S2, S3, each None with its reason where the data do not allow it.

    A score keeps its number where a lesser one of its checks could not run, and `reasons` says `without_checks`.
    """
    judged = {r.code for r in runs if r.outcome in {"ok", "found"}}
    table = _Judgement(plan, found, unknown, judged)
    values = {"S1": table.plan_first(), "S2": table.underground_first(), "S3": table.industry_first()}
    reasons = {name: value for name, value in values.items() if isinstance(value, str)}
    for name, codes in (("S1", S1_CHECKS), ("S2", (*S2_ROADS, *S2_PARCELS))):
        if name not in reasons and not set(codes) <= judged:
            reasons[name] = "without_checks"  # a number over fewer rules than its name promises says so
    numbers = {name: (None if isinstance(value, str) else float(value)) for name, value in values.items()}
    parts = {name: tuple(of) for name, of in table.parts.items() if numbers[name] is not None}
    return Scores(**numbers, reasons=reasons, parts=parts, lead=table.lead if numbers["S3"] is not None else ())


class _Judgement:
    """Which parcels and roads were judged and by which checks they failed."""

    def __init__(self, plan: Plan, found: gpd.GeoDataFrame, unknown: pd.DataFrame, judged: set[str]) -> None:
        self.plan, self.found, self.unknown, self.judged = plan, found, unknown, judged
        self.parts: dict[str, list[ScorePart]] = {"S1": [], "S2": []}
        self.lead: tuple[tuple[str, float, float], ...] = ()

    def _share(self, name: str, size: pd.Series, codes: tuple[str, ...], need: tuple[str, ...]) -> float | str:
        """Return the share of `size` that fails none of the checks; rows unknown to a needed check stay out.

        What the share is made of is kept under `parts`.
        """
        score, layer = ("S1" if name == "plan_first" else "S2"), ("roads" if name == "roads" else "parcels")
        if not set(need) <= self.judged:
            return "no_column"
        ids = self.plan[layer]["id"]
        of_layer = self.found[(self.found["layer"] == layer) & self.found["code"].isin(codes)]
        failed = ids.isin(of_layer.loc[of_layer["severity"] == "error", "id"]).to_numpy()
        doubt = (
            self.unknown[(self.unknown["layer"] == layer) & self.unknown["code"].isin(need)]
            if len(self.unknown)
            else self.unknown
        )
        open_rows = ids.isin(doubt["id"]).to_numpy() if len(doubt) else np.zeros(len(ids), bool)
        known = size.notna().to_numpy() & (failed | ~open_rows)
        total, lost = float(size[known].sum()), float(size[known & failed].sum())
        if total <= 0:
            return "too_few"
        wrong, left_out = known & failed, size.notna().to_numpy() & ~known
        unit = "m" if layer == "roads" else "m²"
        named = (tuple(sorted(map(str, ids[rows]))) for rows in (wrong, left_out))
        self.parts[score].append(ScorePart(name, layer, total - lost, total, unit, *named))
        return 1.0 - lost / total

    def plan_first(self) -> float | str:
        """S1: area share of started parcels that pass every plan-before-build check that could be run."""
        if not self.plan.has("parcels", "start"):
            return "no_start"
        parcels = self.plan["parcels"]
        area = parcels.geometry.area.where(parcels["start"].notna())
        return self._share("plan_first", area, S1_CHECKS, ("PB101", "PB102"))

    def underground_first(self) -> float | str:
        """S2: length share of sound roads times area share of serviced parcels."""
        if not self.plan.has("roads") or not self.plan.has("pipes", "finish"):
            return "no_finish"
        roads = self._share("roads", self.plan["roads"].geometry.length, S2_ROADS, ("UG204",))
        if isinstance(roads, str):
            return roads
        if not self.plan.has("parcels", "start"):
            return "no_start"
        parcels = self.plan["parcels"]
        area = parcels.geometry.area.where(parcels["start"].notna())
        served = self._share("parcels", area, S2_PARCELS, ("UG201",))
        return served if isinstance(served, str) else roads * served

    def industry_first(self) -> float | str:
        """S3: one less twice the mean lead of housing and commerce over industry beyond the tolerance."""
        if not self.plan.has("parcels", "start"):
            return "no_start"
        table = parties(self.plan)
        line = curve(table[~table["exempt"]])
        if line is None:
            return "too_few"
        steps = zip(line.dates.astype(str), line.industry, line.others, strict=True)
        self.lead = tuple((str(day), round(float(one), 9), round(float(two), 9)) for day, one, two in steps)
        return lead_score(line, TOLERANCE)


def balance_figures(plan: Plan, how: Switches = AS_WRITTEN) -> dict[str, Any]:
    """Shares, evenness, coordination and their course per park as plain numbers; empty where no parcel has a class.

    Contested land counts as `how` says. Beside `parks` stand `through_time` (by park, phase and district at each event
    date), `hexagons` and `units` (a layer `balance_units` of one's own) at the end, `landscape` and `weights`.
    """
    if not plan.has("parcels"):
        return {}
    table = shares(plan, how)
    if not len(table) or table["total"].sum() <= 0:
        return {}
    U = indices(plan).set_index("park").reindex(table["park"])
    quotient = location_quotient(table.set_index("park")[list(CLASSES)])
    parks = {}
    for k, park in enumerate(table["park"]):
        row = table.iloc[k]
        p = row[[f"{c}_share" for c in CLASSES]].to_numpy(dtype=float)
        figures: dict[str, Any] = {f"{c}_share": _number(row[f"{c}_share"]) for c in CLASSES}
        figures |= {f"{c}_ha": _number(row[c] / 1e4) for c in CLASSES}
        figures |= {
            "unknown_ha": _number(row["unknown"] / 1e4),
            "shared_ha": _number(row["shared"] / 1e4),
            "evenness": _number(row["evenness"]),
            "simpson": _number(simpson(p)),
            "coordination": _coordination(U.iloc[k]),
            "location_quotient": {c: _number(quotient[c].iloc[k]) for c in CLASSES},
        }
        parks[str(park)] = figures
    total = table[list(CLASSES)].sum()
    whole = {f"{c}_share": _number(total[c] / total.sum()) for c in CLASSES}
    return {"parks": parks, **whole, **course(plan, how)}


def _coordination(row: pd.Series) -> dict[str, Any] | None:
    u = row[list(CLASSES)].to_numpy(dtype=float)
    if np.isnan(u).any():
        return None
    values = coordination(u[None, :]).iloc[0]
    band = level(float(values["D_wang"]))
    out: dict[str, Any] = {f"U_{c}": _number(v) for c, v in zip(CLASSES, u, strict=True)}
    out |= {name: _number(values[name]) for name in ("C_std", "C_wang", "C_fan", "T", "D_std", "D_wang", "D_fan")}
    out |= {"level_zh": LEVELS[band], "level_en": LEVELS_EN[band], "indicators": list(row["used"])}
    return out | {"all_low": bool(u.max() < ALL_LOW)}


ALL_LOW = 0.3
"""Below this in all three, coupling C is high because all are low (project default): C then says nothing."""


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 6)


def curves(plan: Plan) -> dict[str, Any]:
    """Return the cumulative curves per park and phase; empty where parcels have no dates."""
    return dict(cumulative(plan)) if plan.has("parcels", "start") else {}
