"""Housing and commercial land of a phase is released only when enough of its industry has started and is producing.

先工业后商住, as a gate: at the release (or, where that is not known, the start) of each housing or commercial parcel of
phase k, at least `started` of the industrial land of k or of the phase before it must have started, and `producing` of
it must be in production. The figure of a finding is the criterion that fails; where both do, the one that lacks more. Phases follow one another in the order of their names.

Cannot see: industry without dates (it counts as not started), phases that are named out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..facts.progress import parties
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import opened_phase
from .waits import Choice, together
from .waits import rows as rows_of

SEVERITY = "error"
cause = opened_phase
LAYERS = ("parcels",)
COLUMNS = ("parcels.phase", "parcels.start")
MEANS = ("group",)

ZH = Text(
    title="分期闸门未达到即供商住用地",
    message="地块 {id}（{phase}）于 {day} 供地，此时本期及上一期工业用地已开工 {started_now:.0f}%、已投产 {producing_now:.0f}%，要求开工 {started:.0f}%、投产 {producing:.0f}%",
    advice="待工业开工、投产比例达到闸门后再供地",
    trap="安置房、宿舍与邻里中心不受此限，须在数据中标注",
)
EN = Text(
    title="Phase gate passed too early",
    message="parcel {id} ({phase}) is released on {day} when {started_now:.0f} % of the industrial land of this or the last phase has started and {producing_now:.0f} % is in production; the gate asks {started:.0f} % and {producing:.0f} %",
    advice="release it after industry has passed the gate",
    trap="resettlement housing, dormitories and neighbourhood centres are exempt when marked",
)
REMEDY = {"happened": ("本期后续地块停止供应，直至工业开工、投产比例达到闸门；已开工的不追加商住指标", "grant nothing more of this phase until industry has passed the gate; no more housing for what has begun")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    started: float = param(50.0, unit="%", source="project default, no standard", zh="工业开工比例闸门")
    producing: float = param(30.0, unit="%", source="project default, no standard", zh="工业投产比例闸门")


def check(plan: Plan, p: Params) -> Findings:
    """Each housing or commercial parcel released before the gate of its phase is reached."""
    table = parties(plan)
    table["day"] = table["released"].fillna(table["start"])
    gated = table[table["group"].isin(["housing", "commerce"]) & ~table["exempt"] & table["phase"].notna()]
    blocks: list[pd.DataFrame] = []
    unknown = [("parcels", gated.loc[gated["day"].isna(), "id"], "no_released")]
    for park, members in gated.groupby("park", sort=True):
        of_park = table[table["park"] == park]
        order = sorted(of_park["phase"].dropna().unique())
        for phase, homes in members[members["day"].notna()].groupby("phase", sort=True):
            before = order[max(0, order.index(phase) - 1)]
            reach = _gates(of_park, {str(phase), str(before)}, homes["day"])
            if reach is not None:
                blocks.append(homes.assign(started_now=reach[0], producing_now=reach[1]))
    if not blocks:
        return findings(plan.crs, judged=0, unknown=unknown)
    late = pd.concat(blocks)
    short = (late["started_now"] < p.started - 1e-9) | (late["producing_now"] < p.producing - 1e-9)
    dark = late["released"].isna() & ~short  # its start passes, yet it may have been released long before
    unknown.append(("parcels", late.loc[dark, "id"], "no_released"))
    judged, late = ("parcels", late.loc[~dark, "id"]), late[short]
    producing = (p.producing - late["producing_now"] > p.started - late["started_now"]).to_numpy()
    rows = Rows(
        layer="parcels",
        id=late["id"],
        geometry=plan["parcels"].geometry.loc[late.index],
        value=late["producing_now"].where(producing, late["started_now"]),
        limit=np.where(producing, p.producing, p.started),
        unit="%",
        since=late["day"],
        args={name: late[name] for name in ("phase", "day", "started_now", "producing_now")},
    )
    return findings(plan.crs, rows, judged=judged, unknown=unknown)


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """The release of each parcel now too early waits until enough industry of this or the last phase has come."""
    table = parties(plan)
    early = table[table["id"].isin(check(plan, p).rows["id"])]
    works = table[(table["group"] == "industry") & table["phase"].notna()]
    parts = []
    for phase, homes in early.groupby(["park", "phase"], sort=True):
        order = sorted(table.loc[table["park"] == phase[0], "phase"].dropna().unique())
        gates = {phase[1], order[max(0, order.index(phase[1]) - 1)]}
        here = works[(works["park"] == phase[0]) & works["phase"].isin(gates)]
        total = here.groupby("phase")["area"].transform("sum")
        parts += [
            _gate_rows(here.assign(share=100.0 * here["area"] / total), homes, *gate)
            for gate in (("start", p.started), ("used", p.producing))
        ]
    return together(parts)


def _gate_rows(works: pd.DataFrame, homes: pd.DataFrame, event: str, limit: float) -> pd.DataFrame:
    works = works[works[event].notna()]
    pairs = homes[["id", "released"]].merge(works[["id", "phase", "share"]], how="cross", suffixes=("", "_works"))
    held, parts = pairs["released"].notna(), []
    for side, part in (("released", pairs[held]), ("start", pairs[~held])):
        choice = Choice(
            group=(event + "|" + part["id"].astype(str)).to_numpy(object),
            option=part["phase"].to_numpy(object),
            weight=part["share"].to_numpy(float),
            need=limit,
        )
        ids = part["id_works"].to_numpy(object), part["id"].to_numpy(object)
        parts.append(rows_of(("parcels", event), ("parcels", side), ids, evidence=event, choice=choice))
    return together(parts)


def _gates(table: pd.DataFrame, phases: set[str], days: pd.Series) -> tuple[Any, Any] | None:
    """Per day the best share of industry started, and in production, over the phases; None without industry."""
    shares = []
    for phase in sorted(phases):
        works = table[(table["phase"] == phase) & (table["group"] == "industry")]
        if len(works):
            shares.append([_reached(works, column, days) for column in ("start", "used")])
    return None if not shares else (np.max([s[0] for s in shares], axis=0), np.max([s[1] for s in shares], axis=0))


def _reached(works: pd.DataFrame, column: str, days: pd.Series) -> np.ndarray[Any, Any]:
    dated = works[works[column].notna()].sort_values(column)
    total = np.concatenate([[0.0], dated["area"].to_numpy().cumsum()])
    at = np.searchsorted(dated[column].to_numpy(), days.to_numpy(), side="right")
    return np.asarray(100.0 * total[at] / works["area"].sum())


_WORKS = {
    "id": "A",
    "park": "K",
    "phase": "1",
    "code": "M1",
    "scheme": "gb50137",
    "start": "2010-01-01",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_HOMES = {
    "id": "B",
    "park": "K",
    "phase": "1",
    "code": "R2",
    "scheme": "gb50137",
    "released": "2012-01-01",
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
PASSES = mini(parcels=[_WORKS | {"used": "2011-06-01"}, _HOMES])
FAILS = mini(parcels=[_WORKS | {"used": "2013-06-01"}, _HOMES])
