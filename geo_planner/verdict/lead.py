"""S3: how far homes and shops ran ahead of industry, in the worst of park, phases and districts.

Every row that cannot be read counts against the plan in the lower end and is left out of the upper one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts.progress import lead_excess, parties
from ..plan import Plan

NEVER = np.datetime64("9999-01-01", "D")
DAY = np.timedelta64(1, "D")
SCOPES = ("park", "phase", "district")


@dataclass(frozen=True, eq=False)
class Lead:
    """One scope as it was counted: per parcel the area as industry and as homes and shops, and the day of each.

    `good` are the homes and shops proven good, `named` those whose class and scope are known; `score` is the product of
    the lead score and their share.
    """

    name: str
    industry: np.ndarray
    others: np.ndarray
    industry_day: np.ndarray
    others_day: np.ndarray
    good: np.ndarray
    named: np.ndarray
    tolerance: float

    @property
    def steps(self) -> tuple[tuple[str, float, float], ...]:
        """Date, share of industry started, share of homes and shops started, at each change."""
        days = np.unique(np.concatenate([self.industry_day[self.industry > 0], self.others_day[self.others > 0]]))
        days = days[days < NEVER]
        shares = [
            _share_by(days, area, day)
            for area, day in ((self.industry, self.industry_day), (self.others, self.others_day))
        ]
        texts = np.datetime_as_string(days, unit="D").tolist()
        return tuple((day, round(a, 9), round(b, 9)) for day, a, b in zip(texts, *shares, strict=True))

    @property
    def share(self) -> float:
        """The part of the homes and shops that is proven good."""
        return float(self.others[self.good].sum() / self.others.sum())

    @property
    def score(self) -> float:
        """One less twice the excess, times the share proven good."""
        steps = self.steps
        industry, others = (np.array([step[k] for step in steps]) for k in (1, 2))
        excess = lead_excess(industry, others, self.tolerance) if steps else 0.0
        return max(0.0, 1.0 - 2.0 * excess) * self.share


def _share_by(days: np.ndarray, area: np.ndarray, day: np.ndarray) -> list[float]:
    """Return the share of an area that has begun by each of some days."""
    rows = np.flatnonzero(area > 0)
    order = rows[np.argsort(day[rows], kind="stable")]
    begun = np.concatenate([[0.0], np.cumsum(area[order])])
    shares: list[float] = (begun[np.searchsorted(day[order], days, side="right")] / area.sum()).tolist()
    return shares


def worst_lead(plan: Plan, good: np.ndarray, tolerance: float, *, adverse: bool) -> Lead | None:
    """Return the scope with the least score; None where no scope has both industry and homes or shops.

    `good` marks the parcels that no check of the order objects to; with `adverse`, only those proven good. Then land
    of an unknown class counts as both parties, an undated home as begun first, and a parcel without a phase or district
    as of every one of its park. Homes that resettle people or go with a plant are in order whenever they began: they
    count as good and as last, so that a mark taken away never raises the score.
    """
    return lead_of(parties(plan), good, tolerance, adverse=adverse)


def lead_of(table: pd.DataFrame, good: np.ndarray, tolerance: float, *, adverse: bool) -> Lead | None:
    """As `worst_lead`, of the table that `parties` gives, or of any choice of its rows."""
    every = (_lead(name, table, sure, maybe, good, tolerance, adverse) for name, sure, maybe in _scopes(table))
    found = [lead for lead in every if lead is not None]
    return min(found, key=lambda lead: (lead.score, lead.name), default=None)


def _scopes(table: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield name, members and possible members of each park, phase and district."""
    park = table["park"].to_numpy(dtype=object)
    lost = pd.isna(park)
    for name in sorted(set(park[~lost])):
        of_park = (park == name) & ~lost
        yield str(name), of_park, lost
        for column in SCOPES[1:]:
            values = table[column].to_numpy(dtype=object)
            blank = pd.isna(values)
            for value in sorted(set(values[of_park & ~blank]), key=str):
                mine = of_park & (values == value) & ~blank
                yield f"{name} / {value}", mine, (of_park & blank) | (lost & (blank | (values == value)))


def _lead(  # noqa: PLR0913, PLR0917  (one scope: its name, members, and how they are counted)
    name: str,
    table: pd.DataFrame,
    sure: np.ndarray,
    maybe: np.ndarray,
    good: np.ndarray,
    tolerance: float,
    adverse: bool,
) -> Lead | None:
    group, free = table["group"], table["exempt"].to_numpy()
    open_class = group.isna().to_numpy() & ~free
    works = group.eq("industry").fillna(value=False).to_numpy(dtype=bool)
    homes = group.isin(["housing", "commerce"]).to_numpy(dtype=bool)
    start = table["start"].to_numpy().astype("datetime64[D]")
    dated, area = ~np.isnat(start), table["area"].to_numpy(dtype=float)
    inside = (sure | maybe) if adverse else sure
    doubt = (open_class | maybe) & inside
    industry = np.where(inside & (works | (open_class & adverse)), area, 0.0)
    others = np.where(inside & (homes | (open_class & adverse)), area, 0.0)
    if not industry.sum() or not others.sum():
        return None
    known = start[dated & (industry + others > 0)]
    first = (known.min() if len(known) else np.datetime64("1970-01-01", "D")) - DAY
    industry_day = np.where(dated & ~doubt, start, NEVER if adverse else first)
    others_day = np.where(free, NEVER, np.where(dated & ~doubt, start, first if adverse else NEVER))
    good = free | (good & ~doubt if adverse else good)
    return Lead(name, industry, others, industry_day, others_day, good, ~doubt, tolerance)
