"""A repaired plan before all checks: which findings are gone, and which are new and so the price of the repair."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..checks import run
from ..plan import Plan, Profile, Report


@dataclass(frozen=True, eq=False)
class Rejudged:
    """The reports before and after, and how they differ: `table` has a row per check (code, before, after, gone, new).

    `new` and `gone` hold the findings themselves, by code, layer and ids. A check that turns from judged to skipped or
    crashed is in `lost`.
    """

    before: Report
    after: Report
    table: pd.DataFrame
    new: pd.DataFrame
    gone: pd.DataFrame
    lost: tuple[str, ...]


def rejudged(before: Plan, after: Plan, profile: Profile | None = None) -> Rejudged:
    """Judge the plan before and after by every check and compare finding by finding."""
    first, second = run(before, profile), run(after, profile)
    old, late = _plain(first), _plain(second)
    new = late[~late["fingerprint"].isin(old["fingerprint"])]
    gone = old[~old["fingerprint"].isin(late["fingerprint"])]
    counts = {
        "before": old["code"].value_counts(),
        "after": late["code"].value_counts(),
        "gone": gone["code"].value_counts(),
        "new": new["code"].value_counts(),
    }
    table = pd.DataFrame(counts).fillna(0).astype("int64").rename_axis("code").reset_index()
    judged = {r.code for r in first.runs if r.outcome in {"ok", "found"}}
    lost = tuple(r.code for r in second.runs if r.outcome not in {"ok", "found"} and r.code in judged)
    return Rejudged(first, second, table, new.reset_index(drop=True), gone.reset_index(drop=True), lost)


def _plain(report: Report) -> pd.DataFrame:
    columns = ["code", "severity", "layer", "id", "other_layer", "other_id", "value", "fingerprint"]
    return pd.DataFrame(report.findings[columns]).sort_values(["code", "layer", "id", "fingerprint"], ignore_index=True)
