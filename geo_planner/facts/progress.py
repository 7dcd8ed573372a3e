"""Cumulative progress of industry, housing and commerce through time, per park and phase.

先工业后商住 is judged on these curves: PM(t) is the share of industrial land (M, W) that has started by t, PRB(t) the
share of housing and commercial land (R, B) that has. A project default; no law gives figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..plan import Plan
from .landuse.uses import uses
from .registry import fact

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Scope:
    """A part of the plan that is looked at for itself: a park, or a phase or district of a park."""

    park: str
    phase: str
    district: str = ""

    @property
    def name(self) -> str:
        """Park and phase as they are shown."""
        return " / ".join(part for part in (self.park, self.phase, self.district) if part) or "*"


@dataclass(frozen=True)
class Curve:
    """Shares of planned land that have started, at every date at which one of them changes.

    `dates` [datetime64 D] ascending; `industry` and `others` between 0 and 1, valid from each date to the next;
    `industry_total` and `others_total` in m². Exempt land (resettlement, ancillary) is in neither.
    """

    dates: np.ndarray[Any, Any]
    industry: np.ndarray[Any, Any]
    others: np.ndarray[Any, Any]
    industry_total: float
    others_total: float

    @property
    def gap(self) -> np.ndarray[Any, Any]:
        """How far housing and commerce are ahead of industry at each date, as a share."""
        return np.asarray(self.others - self.industry)


@fact(needs={"parcels": ("district", "released", "start", "used", "resettle", "ancillary")}, of=(uses,))
def parties(plan: Plan) -> pd.DataFrame:
    """Parcels that take part in 先工业后商住: id, park, phase, group, area, district, released, start, used, exempt."""
    parcels = plan["parcels"]
    table = uses(plan)[["id", "park", "phase", "group", "area"]].copy()
    for column in ("district", "released", "start", "used"):
        table[column] = parcels[column].to_numpy()
    exempt = parcels["resettle"].fillna(value=False) | parcels["ancillary"].fillna(value=False)
    table["exempt"] = exempt.to_numpy(dtype=bool)
    return table


def history_from(plan: Plan, declared: str, lead: float) -> pd.Series:
    """The day from which all that happened in a parcel's park is on record; null where nobody tells.

    It is the day declared (ISO text); without one the founding of the park, where the first record of the park comes
    within `lead` days of it: a register that begins later says nothing of what stood before.
    """
    table = parties(plan)
    if declared:
        return pd.Series(np.full(len(table), np.datetime64(declared, "ms")), index=table.index)
    if not plan.has("parks", "start"):
        return pd.Series(np.full(len(table), np.datetime64("NaT", "ms")), index=table.index)
    founded = table["park"].map(plan["parks"].drop_duplicates("id").set_index("id")["start"])
    dates = plan["parcels"][["released", "start", "finish", "used"]].set_axis(table.index)
    record = dates.min(axis=1).groupby(table["park"]).transform("min")
    return founded.where((record - founded) / pd.Timedelta(days=1) <= lead)


def phase_of(plan: Plan) -> pd.Series:
    """Park and phase of each parcel as one name."""
    table = parties(plan)[["park", "phase"]].fillna("")
    return table["park"] + "|" + table["phase"]


def scopes(plan: Plan) -> Iterator[tuple[Scope, pd.DataFrame]]:
    """Yield each park and each phase of a park that has both parties, with its parcels, in order of name."""
    table = parties(plan)
    table = table[~table["exempt"]]
    for park, members in table.groupby("park", sort=True, dropna=True):
        yield Scope(str(park), ""), members
        for phase, part in members.groupby("phase", sort=True, dropna=True):
            yield Scope(str(park), str(phase)), part


def districts(plan: Plan) -> Iterator[tuple[Scope, pd.DataFrame]]:
    """Yield each district of a park with its parcels, in order of name."""
    table = parties(plan)
    table = table[~table["exempt"] & table["park"].notna() & table["district"].notna()]
    for (park, district), part in table.groupby(["park", "district"], sort=True):
        yield Scope(str(park), "", str(district)), part


def curve(members: pd.DataFrame, column: str = "start") -> Curve | None:
    """The progress curve of some parcels by one of their dates; None where either party has no land or no date."""
    industry = members[members["group"] == "industry"]
    others = members[members["group"].isin(["housing", "commerce"])]
    if not len(industry) or not len(others) or members[column].notna().sum() == 0:
        return None
    days = np.unique(pd.concat([industry[column], others[column]]).dropna().to_numpy().astype("datetime64[D]"))
    if not len(days):
        return None
    totals = float(industry["area"].sum()), float(others["area"].sum())
    return Curve(days, _share(industry, column, days), _share(others, column, days), *totals)


def _share(members: pd.DataFrame, column: str, days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    dated = members[members[column].notna()].sort_values([column, "id"])
    cumulated = np.concatenate([[0.0], dated["area"].to_numpy().cumsum()])
    at = np.searchsorted(dated[column].to_numpy().astype("datetime64[D]"), days, side="right")
    share: np.ndarray[Any, Any] = cumulated[at] / members["area"].sum()
    return share


def lead_excess(industry: np.ndarray[Any, Any], others: np.ndarray[Any, Any], tolerance: float) -> float:
    """Return ∫ max(0, p - PM(p) - tolerance) dp over the share p of homes and shops started, between 0 and 0.5.

    `industry` and `others` are the shares started at each date, ascending; PM(p) is `industry` on the day on which
    homes and shops reach p. Years in which nothing starts weigh nothing.
    """
    before = np.concatenate([[0.0], others[:-1]])
    top, low = (np.maximum(0.0, share - industry - tolerance) for share in (others, before))
    return float(((top**2 - low**2) / 2.0).sum())


def first_break(
    days: np.ndarray[Any, Any], allowance: float
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Where dates that should follow one another do not: row, earlier step and later step of the first broken pair.

    `days` [datetime64 D] has a row per feature and a column per step, NaT where unknown; each known date is compared
    with the latest known one before it, and may lie up to `allowance` days earlier. Rows in order, at most one each.
    """
    latest, holder = days[:, 0].copy(), np.zeros(len(days), int)
    broken, before = np.full(len(days), -1), np.zeros(len(days), int)
    for step in range(1, days.shape[1]):
        known = ~np.isnat(days[:, step])
        short = known & ~np.isnat(latest) & ((latest - days[:, step]) / DAY > allowance) & (broken < 0)
        broken[short], before[short] = step, holder[short]
        later = known & (np.isnat(latest) | (days[:, step] >= latest))
        latest[later], holder[later] = days[later, step], step
    rows = np.flatnonzero(broken >= 0)
    return rows, before[rows], broken[rows]


@fact(needs={}, of=(parties,))
def cumulative(plan: Plan) -> dict[str, dict[str, Any]]:
    """For each scope the started area of industry, housing and commerce by date, ready for a chart.

    Returns scope name -> {park, phase, district, dates: ISO texts, industry, housing, commerce: started area in ha}.
    """
    out = {}
    for scope, members in [*scopes(plan), *districts(plan)]:
        dated = members[members["start"].notna()].sort_values(["start", "id"])
        days = np.unique(dated["start"].to_numpy().astype("datetime64[D]"))
        series = {group: _started(dated, group, days) for group in ("industry", "housing", "commerce")}
        place = {"park": scope.park, "phase": scope.phase, "district": scope.district}
        out[scope.name] = place | {"dates": days.astype(str).tolist()} | series
    return out


def _started(dated: pd.DataFrame, group: str, days: np.ndarray[Any, Any]) -> list[float]:
    """Return the area [ha] of a group that has started by each day; `dated` is sorted by start."""
    members = dated[dated["group"] == group]
    total = np.concatenate([[0.0], members["area"].to_numpy().cumsum()]) / 1e4
    at = np.searchsorted(members["start"].to_numpy().astype("datetime64[D]"), days, side="right")
    return [round(float(v), 3) for v in total[at]]
