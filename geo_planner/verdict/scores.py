"""The three scores, the balance figures and the curves that go with every report.

S1 plan before build, S2 underground first, S3 industry first: what is proven good over all that is not proven exempt,
and beside it what is not proven bad. The formulas with their reasons stand in `formulas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..algorithms.patches import location_quotient, simpson
from ..checks.blocks import Block, blocks_of
from ..checks.grouping import slot
from ..checks.settings import setting
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
from ..facts.landuse.roles import developed
from ..facts.landuse.through_time import BANDS
from ..facts.landuse.uses import uses
from ..facts.nearby import inner
from ..facts.progress import cumulative, parties
from ..facts.registry import work_of
from ..plan import Plan, Profile, Run, ScorePart, Scores
from .balance_series import course
from .lead import Lead, worst_lead

S1_CHECKS = ("PB101", "PB102", "PB103", "PB104", "PB105", "PB108", "EC601")
S2_ROADS = ("UG204", "UG205")
S2_PARCELS = ("UG201", "UG202")
S3_CHECKS = ("IN302", "IN303")
MAIN = {"S1": ("PB101", "PB102"), "S2": ("UG204", "UG201"), "S3": ()}
"""Checks without which a score has no meaning and is left out."""
HIDING = ("control_lines", "excavations", "pipes")
"""Layers of things that break others: one that a check could not see leaves what lies there in doubt."""
LOOSE = ("UG205", "PB103")
"""Checks of whose violations some do not weigh in a score."""
AROUND = 30.0
"""As far as such a thing may break what lies beside it [m]; project default, the half of a wide road."""
Array = np.ndarray[Any, Any]


def score(
    plan: Plan, found: gpd.GeoDataFrame, unknown: pd.DataFrame, runs: tuple[Run, ...], profile: Profile | None = None
) -> Scores:
    """Return S1, S2, S3, each None with its reason where the data do not allow it.

    Where a lesser check of a score could not run, nothing is proven good: the score is 0, its upper end stands, and
    `reasons` says `without_checks`.
    """
    tolerance = float(setting("S3", profile or Profile(name="default")).tolerance)
    table = Judgement(plan, found, unknown, runs, tolerance)
    out = Scores(tolerance=tolerance)
    for name, make in (("S1", table.plan_first), ("S2", table.underground_first), ("S3", table.industry_first)):
        out = make(out)
        if getattr(out, name) is not None and name in table.short:
            out = replace(out, reasons={**out.reasons, name: "without_checks"})
    return out


class Judgement:
    """Which parcels, roads and buildings are proven good or bad by which checks."""

    def __init__(
        self, plan: Plan, found: gpd.GeoDataFrame, unknown: pd.DataFrame, runs: tuple[Run, ...], tolerance: float
    ) -> None:
        self.plan, self.unknown, self.tolerance = plan, _asked(unknown), tolerance
        self.blocks = blocks_of(found, work_of(plan))
        self.judged = {run.code for run in runs if run.outcome in {"ok", "found"}}
        self.idle = {run.code for run in runs if run.needs and all(self._none_by_word(n) for n in run.needs)}
        self.short: set[str] = set()

    def _none_by_word(self, need: str) -> bool:
        layer = need.split(".", maxsplit=1)[0]
        return self.plan.complete.get(layer, -1) == 0 and not self.plan.has(layer)

    def ran(self, name: str, codes: tuple[str, ...]) -> bool:
        """Whether all checks ran, or had nothing to judge by the scenario's word; if not, the score falls short."""
        whole = set(codes) <= self.judged | self.idle
        if not whole:
            self.short.add(name)
        return whole

    def marks(self, layer: str, codes: tuple[str, ...]) -> tuple[Array, Array]:
        """Return which rows of a layer fail one of the checks, and which one of them could not judge."""
        failed = np.zeros(len(self.plan[layer]), bool)
        for block in (block for block in self.blocks if block.code in codes):
            failed |= block.watched(("failing", layer), self.plan, (), partial(_failing, block=block, layer=layer))
        return failed, _named(self.plan, layer, self.unknown, codes) | self.hidden(layer, codes)

    def hidden(self, layer: str, codes: tuple[str, ...]) -> Array:
        """Which rows of a layer may break one of the checks by what it could not see: a dig, a pipe or a control line.

        Such a thing may break what lies at its place, or the road it names; one without either may break anything.
        """
        lost = self.unknown[self.unknown["code"].isin(codes)] if len(self.unknown) else self.unknown
        out = np.zeros(len(self.plan[layer]), bool)
        for other in set(HIDING) - {layer}:
            names = lost.loc[lost["layer"] == other, "id"] if len(lost) else ()
            if len(names):
                out |= self._broken_by(layer, other, set(names))
        return out

    def _broken_by(self, layer: str, other: str, names: set[str]) -> Array:
        """Return the rows of a layer at the places of some rows of another; all where one of these has no place."""
        frame, every = self.plan[layer], np.ones(len(self.plan[layer]), bool)
        if other not in self.plan or not names <= set(self.plan[other]["id"]):
            return every
        things = self.plan[other][self.plan[other]["id"].isin(names)]
        by_name = (
            things["road"].isin(frame["id"]).to_numpy()
            if layer == "roads" and "road" in things
            else np.zeros(len(things), bool)
        )
        shapes = things.geometry.to_numpy()
        drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        if not (by_name | drawn).all():
            return every
        out = frame["id"].isin(things["road"][by_name]).to_numpy() if by_name.any() else ~every
        near = np.zeros(len(frame), bool)
        near[frame.sindex.query(shapes[drawn], predicate="dwithin", distance=AROUND)[1]] = True
        return np.asarray(out | near)

    def parcels(self, codes: tuple[str, ...]) -> tuple[Array, Array]:
        """Return `marks` of the parcels, what befalls the buildings on them included."""
        failed, doubt = self.marks("parcels", codes)
        if "PB104" in codes and self.plan.has("buildings"):
            on = parcel_of(self.plan)
            for mine, rows in zip((failed, doubt), self.marks("buildings", codes), strict=True):
                mine[on[rows & (on >= 0)]] = True
        return failed, doubt

    def part(self, name: str, layer: str, size: Array, marks: tuple[Array, Array], whole: bool) -> ScorePart:
        """Return the share of a size that is proven good; `size` is 0 for what is exempt."""
        failed, doubt = marks
        counted, ids = size > 0, self.plan[layer]["id"].astype("str").to_numpy()
        good = float(size[~failed & ~doubt].sum()) if whole else 0.0
        return ScorePart(
            name,
            layer,
            good,
            float(size.sum()),
            "m" if layer == "roads" else "m²",
            tuple(sorted(ids[counted & failed])),
            tuple(sorted(ids[counted & doubt & ~failed])),
            float(size[failed].sum()),
        )

    def land(self) -> Array | str:
        """The area of each parcel that is not proven exempt; a reason where one has no shape, so no area."""
        return building_land(self.plan)

    def plan_first(self, scores: Scores) -> Scores:
        """S1 by `formulas`."""
        land = self.land() if self.plan.has("parcels", "start") else "no_start"
        if not set(MAIN["S1"]) <= self.judged:
            land = "no_column" if not isinstance(land, str) else land
        if isinstance(land, str) or not land.sum():
            return _without(scores, "S1", land if isinstance(land, str) else "too_few")
        part = self.part("plan_first", "parcels", land, self.parcels(S1_CHECKS), self.ran("S1", S1_CHECKS))
        return _with(scores, "S1", part.share, part.upper, (part,))

    def underground_first(self, scores: Scores) -> Scores:
        """S2 by `formulas`."""
        reason = self._no_s2()
        land = reason or self.land()
        if isinstance(land, str):
            return _without(scores, "S2", land)
        length = self.plan["roads"].geometry.length.to_numpy()
        if not length.all() or not land.sum():
            return _without(scores, "S2", "too_few" if length.all() else "no_geometry")
        roads = self.part("roads", "roads", length, self.marks("roads", S2_ROADS), self.ran("S2", S2_ROADS))
        served = self.part("parcels", "parcels", land, self.parcels(S2_PARCELS), self.ran("S2", S2_PARCELS))
        return _with(scores, "S2", roads.share * served.share, roads.upper * served.upper, (roads, served))

    def _no_s2(self) -> str:
        if not self.plan.has("roads") or not self.plan.has("pipes", "finish"):
            return "no_finish"
        if not self.plan.has("parcels", "start"):
            return "no_start"
        return "" if set(MAIN["S2"]) <= self.judged else "no_column"

    def industry_first(self, scores: Scores) -> Scores:
        """S3 by `formulas`."""
        if not self.plan.has("parcels", "start"):
            return _without(scores, "S3", "no_start")
        if _shapeless(self.plan).any():
            return _without(scores, "S3", "no_geometry")
        low, high = self.lead(adverse=True), self.lead(adverse=False)
        if low is None:
            return _without(scores, "S3", "too_few")
        known = self.ran("S3", S3_CHECKS) and self.plan.has("parcels", "phase", "district")
        if not known:
            self.short.add("S3")
        out = _with(scores, "S3", low.score if known else 0.0, 1.0 if high is None else high.score, ())
        return replace(out, lead=low.steps, lead_scope=low.name)

    def lead(self, *, adverse: bool) -> Lead | None:
        """Return the worst scope of S3, at the lower or at the upper end."""
        failed, doubt = self.marks("parcels", S3_CHECKS)
        good = ~failed & ~doubt if adverse else ~failed
        return worst_lead(self.plan, good, self.tolerance, adverse=adverse)


def _failing(plan: Plan, block: Block, layer: str) -> Array:
    """Return which rows of a layer one check has found violations of that weigh in a score."""
    mine = block.errors & (block.column("layer") == layer)
    names = _weighed(block.rows[mine])["id"].to_numpy(dtype=object) if block.code in LOOSE else block.column("id")[mine]
    return _among(plan[layer]["id"], names)


def _named(plan: Plan, layer: str, table: pd.DataFrame, codes: tuple[str, ...]) -> Array:
    """Return which rows of a layer a table names under some checks."""
    ids = plan[layer]["id"]
    mine = table[(table["layer"] == layer) & table["code"].isin(codes)] if len(table) else table
    return _among(ids, mine["id"].to_numpy(dtype=object))


def _among(ids: pd.Series, names: Array) -> Array:
    """Return which ids are among some names; as objects: `isin` of a column of words makes two of every name."""
    if not len(names):
        return np.zeros(len(ids), bool)
    return np.asarray(pd.Index(ids.to_numpy(dtype=object), dtype=object).isin(names))


def _weighed(errors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out errors that are not of the order of building, and hang on a column whose blank cannot be noticed.

    Digs soon after an overhaul (the underground was first there), and land built more loosely than its floor-area
    ratio asks for: were they counted, a blank `overhauled` or `far_min` would raise a score.
    """
    if not len(errors):
        return errors
    code = errors["code"].to_numpy(dtype=object)
    if not np.isin(code, LOOSE).any():
        return errors
    since, what, bound = (slot(errors, key) for key in ("since", "what", "bound"))
    loose = (what == "floor-area ratio") & (bound == "at least")
    return errors[~((code == "UG205") & (since == "overhaul")) & ~((code == "PB103") & loose)]


def _asked(unknown: pd.DataFrame) -> pd.DataFrame:
    """Leave out what hangs on a column in the same way: a pipe that a `corridor` plans, a floor of the ratio."""
    if not len(unknown):
        return unknown
    code, reason = unknown["code"], unknown["reason"]
    return unknown[~(((code == "UG204") & (reason == "not_drawn")) | ((code == "PB103") & (reason == "no_far_min")))]


def _with(scores: Scores, name: str, low: float, high: float, parts: tuple[ScorePart, ...]) -> Scores:
    values: dict[str, Any] = {name: low, "upper": {**scores.upper, name: max(low, high)}}
    return replace(scores, **values, parts={**scores.parts, name: parts} if parts else scores.parts)


def _without(scores: Scores, name: str, reason: str) -> Scores:
    return replace(scores, reasons={**scores.reasons, name: reason})


def _shapeless(plan: Plan) -> Array:
    """Which parcels that may take part have no shape and so no area."""
    shapes = plan["parcels"].geometry.to_numpy()
    return np.asarray((shapely.is_missing(shapes) | shapely.is_empty(shapes)) & ~parties(plan)["exempt"].to_numpy())


def building_land(plan: Plan) -> Array | str:
    """Return the area of each parcel, 0 where it is known not to be built on; or why there is none."""
    shapes = plan["parcels"].geometry.to_numpy()
    counted = developed(plan) | uses(plan)["reason"].notna().to_numpy()
    if (counted & (shapely.is_missing(shapes) | shapely.is_empty(shapes))).any():
        return "no_geometry"
    return np.where(counted, shapely.area(shapes), 0.0)


def parcel_of(plan: Plan) -> Array:
    """Return the position of the parcel each building lies on, by shape, else by the name it gives; -1 for none."""
    parcels, buildings = plan["parcels"], plan["buildings"]
    out = np.full(len(buildings), -1)
    named = pd.Series(np.arange(len(parcels)), index=parcels["id"])
    named = named[~named.index.duplicated() & named.index.notna()]
    told = buildings["parcel"].map(named)
    out[told.notna().to_numpy()] = told.dropna().to_numpy(dtype=int)
    i, j = parcels.sindex.query(inner(plan, "buildings"), predicate="intersects")
    out[i] = j
    return out


def balance_figures(
    plan: Plan, how: Switches = AS_WRITTEN, bands: Mapping[str, tuple[float, float]] = BANDS
) -> dict[str, Any]:
    """Shares, evenness, coordination and their course per park as plain numbers; empty where no parcel has a class.

    Contested land counts as `how` says; `bands` are those of BA401, as shares. Beside `parks` stand `through_time` (by
    park, phase and district at each event date), `hexagons` and `units` (a layer `balance_units` of one's own) at the
    end, `landscape` and `weights`.
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
    return {"parks": parks, **whole, **course(plan, how, bands)}


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
