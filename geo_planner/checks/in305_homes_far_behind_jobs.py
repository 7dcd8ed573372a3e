"""Homes follow jobs within a bounded time: industry first must not mean industry alone.

The counter-rule of 先工业后商住 (产城融合): when x % of the planned jobs are in production, x % of the planned homes must be in
use not more than `lag` months later, for x of 25, 50 and 75. Beyond that the park is an industrial island without beds.

Cannot see: homes outside the park, dormitories without dwellings, jobs and homes without a date of first use (unknown).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..algorithms.overlay import together
from ..facts.population import FILLED, told_share
from ..facts.progress import parties
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
OPTIONAL = ("parks",)
COLUMNS = ("parcels.used", "parcels.jobs", "parcels.dwellings")
MEANS = ("group",)

ZH = Text(
    title="配套居住长期滞后于就业",
    message="园区 {id}：{reached:.0f}% 岗位于 {jobs_day} 投产，同比例住房至 {homes_day} 才入住，滞后 {value:.0f} 个月（上限 {limit:.0f} 个月；填写率 {filled:.0f}%）",
    advice="补充宿舍、住宅与邻里中心，避免“有业无居”",
    trap="园区外有充足住房时可放宽上限，并在参数中说明",
)
EN = Text(
    title="Homes far behind jobs",
    message="park {id}: {reached:.0f} % of jobs work on {jobs_day}, as many of the homes are in use only on {homes_day}: {value:.0f} months later (at most {limit:.0f}; told by {filled:.0f} %)",
    advice="add dormitories, homes and neighbourhood centres",
    trap="with enough homes outside the park the limit may be longer: say so in the parameter",
)
MONTH = 365.25 / 12


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    lag: float = param(36.0, unit="months", source="project default, no standard", zh="允许滞后")
    filled_least: float = param(
        FILLED, unit="ratio", source="project default, no standard", zh="岗位、住房填写率下限（低于此值不判）"
    )
    marks: tuple[float, ...] = param((25.0, 50.0, 75.0), unit="%", source="project default, no standard", zh="比较点")


def check(plan: Plan, p: Params) -> Findings:
    """Each park with its longest lag; a level of homes that is never reached counts up to the as-of day.

    Evidence: the plants that were working by then.
    """
    parcels, table = plan["parcels"], parties(plan)
    table["jobs"], table["dwellings"] = parcels["jobs"], parcels["dwellings"]
    works, homes = table["group"] == "industry", table["group"] == "housing"
    known = (works & table["jobs"].notna()) | (homes & table["dwellings"].notna())
    sides = [(r.to_numpy(), table[c].notna().to_numpy()) for r, c in ((works, "jobs"), (homes, "dwellings"))]
    blocks, judged, partly = [], 0, []
    for park, members in table[known & table["park"].notna()].groupby("park", sort=True):
        jobs, beds = members[members["group"] == "industry"], members[members["group"] == "housing"]
        if not len(jobs) or not len(beds) or beds["dwellings"].sum() <= 0:
            continue
        filled = told_share(table["park"].to_numpy(dtype=object), [str(park)], sides)[0]
        if filled < p.filled_least:
            partly.append(str(park))
            continue
        judged += len(members)
        worst = _worst(plan, jobs, beds, p.marks)
        if worst is not None and worst[0] > p.lag:
            lag, mark, jobs_day, homes_day = worst
            early = jobs[jobs["used"] <= jobs_day]
            blocks.append(
                Rows(
                    layer="parks",
                    id=[park],
                    geometry=[together(parcels.geometry.loc[early.index].array)],
                    value=lag,
                    limit=p.lag,
                    unit="months",
                    since=jobs_day,
                    until=homes_day,
                    args={"reached": mark, "jobs_day": jobs_day, "homes_day": homes_day, "filled": 100.0 * filled},
                )
            )
    if not judged and not partly:
        raise Skipped("too_few", what="jobs and dwellings in one park")
    unknown = table[(works & table["jobs"].isna()) | (homes & table["dwellings"].isna())]
    return findings(
        plan.crs,
        *blocks,
        judged=judged,
        unknown=[("parcels", unknown["id"], "no_attribute"), ("parks", partly, "partly_filled")],
    )


def _worst(plan: Plan, jobs: pd.DataFrame, beds: pd.DataFrame, marks: tuple[float, ...]) -> tuple[Any, ...] | None:
    """Return months, mark and both days of the longest lag; None where no mark of jobs is reached."""
    lags = []
    for mark in marks:
        first, second = _day(jobs, "jobs", mark), _day(beds, "dwellings", mark)
        if np.isnat(second) and plan.as_of is not None:
            second = np.datetime64(plan.as_of, "D")
        if not np.isnat(first) and not np.isnat(second):
            lags.append(((second - first) / np.timedelta64(1, "D") / MONTH, mark, first, second))
    return max(lags, default=None)


def _day(members: pd.DataFrame, column: str, mark: float) -> np.datetime64:
    """Return the day on which `mark` per cent of the planned total are in use; NaT if never."""
    dated = members[members["used"].notna()].sort_values(["used", "id"])
    share = 100.0 * dated[column].to_numpy().cumsum() / members[column].sum()
    at = int(np.searchsorted(share, mark - 1e-9))
    return dated["used"].to_numpy().astype("datetime64[D]")[at] if at < len(share) else np.datetime64("NaT", "D")


_WORKS = {
    "id": "A",
    "park": "K",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2010-01-01",
    "jobs": 900.0,
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_HOMES = {
    "id": "B",
    "park": "K",
    "code": "R2",
    "scheme": "gb50137",
    "dwellings": 100.0,
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
PASSES = mini(parcels=[_WORKS, _HOMES | {"used": "2012-12-01"}])
FAILS = mini(parcels=[_WORKS, _HOMES | {"used": "2014-01-01"}])
