"""What waits for what: the arcs of a schedule as the checks themselves state them.

A check may hold `waits(plan, p)` beside `check`: rows of events of which one waits for another. A plain row must be kept
for itself. Rows of one `group` are alternatives: the event waits until, in one `option` of the group, members of at
least `need` in weight have come. A row whose `before_id` is missing says what cannot become an arc, its evidence why.

A row must be true whatever the dates are: no plan that keeps the check breaks it. Rows that the plan keeps
as it stands may be left out; when a schedule moves the dates, `waits` is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..facts.utilities.cuts import service_cuts
from ..facts.utilities.lateness import Question
from ..plan import Plan

Array = np.ndarray[Any, Any]
Event = tuple[str, str]
"""Layer and date column: ("pipes", "finish") is the acceptance of a pipe."""

COLUMNS = (
    "before_layer",
    "before_date",
    "before_id",
    "after_layer",
    "after_date",
    "after_id",
    "lag",
    "evidence",
    "group",
    "option",
    "weight",
    "need",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Choice:
    """Which alternatives rows belong to: a name for each group, the option within it, weights, and what is needed."""

    group: Array
    option: Array | int = 0
    weight: Array | float = 1.0
    need: Array | float = 1.0


def rows(  # noqa: PLR0913  (the six things that make an arc)
    before: Event | tuple[Array, Array | str],
    after: Event | tuple[Array, Array | str],
    ids: tuple[Any, Any],
    *,
    lag: Array | float = 0.0,
    evidence: Array | str = "",
    choice: Choice | None = None,
) -> pd.DataFrame:
    """Rows of `after` events (second ids) that wait for `before` events (first ids) and `lag` days more."""
    size = len(ids[1])
    table = {
        "before_layer": before[0],
        "before_date": before[1],
        "before_id": np.asarray(ids[0], dtype=object),
        "after_layer": after[0],
        "after_date": after[1],
        "after_id": np.asarray(ids[1], dtype=object),
        "lag": lag,
        "evidence": evidence,
        "group": "" if choice is None else choice.group,
        "option": 0 if choice is None else choice.option,
        "weight": 1.0 if choice is None else choice.weight,
        "need": 1.0 if choice is None else choice.need,
    }
    return pd.DataFrame(table, index=range(size), columns=list(COLUMNS))


def alternatives(*keys: Any) -> Array:
    """Names of groups for rows that share all their keys; "" where a row has no other beside it."""
    texts = [[str(value) for value in np.asarray(key, dtype=object).tolist()] for key in keys]
    names = pd.Series(["|".join(parts) for parts in zip(*texts, strict=True)], dtype=object)
    return np.asarray(names.where(names.duplicated(keep=False), "").to_numpy(dtype=object))


def unkept(after: Event, ids: Any, reason: str) -> pd.DataFrame:
    """Rows of events that should wait for something that is not in the plan."""
    return rows(("", ""), after, (np.full(len(ids), None, dtype=object), ids), evidence=reason)


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All rows of several tables; an empty table where there are none."""
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=[*COLUMNS, "rule"])


def services(plan: Plan, ask: Question, event: str, owners: Array) -> pd.DataFrame:
    """A parcel's event waits for its services: of every cut between it and the sources, one member comes first.

    `owners` names, for each parcel, the parcel whose event it is (its own, or the first of its phase).
    """
    cuts = service_cuts(plan, ask)
    table = cuts.table
    row = table["row"].to_numpy(np.int64)
    ids = plan["parcels"]["id"].to_numpy(dtype=object)
    lag = -(ask.allowance + np.where(table["branch"].to_numpy(bool), ask.branch_lag, 0.0))
    arcs = rows(
        (table["layer"].to_numpy(object), "finish"),
        ("parcels", event),
        (table["id"].to_numpy(object), owners[row]),
        lag=lag,
        evidence=table["kind"].to_numpy(object),
        choice=Choice(group=alternatives(table["kind"], table["cut"])),
    )
    at = ask.days.notna().to_numpy()
    lost = [unkept(("parcels", event), ids[gone], f"never_served_{kind}") for kind, gone in cuts.never]
    lost += [unkept(("parcels", event), ids[at], f"no_network_{kind}") for kind in cuts.absent]
    return together([arcs, *lost])


def first_of(members: pd.DataFrame, homes: pd.DataFrame, by: tuple[str, str], events: tuple[str, str]) -> pd.DataFrame:
    """The event of each of `homes` waits for the first of `members` in its zone, whichever that is.

    `by` is the column of the zone in both tables and the evidence; `events` the date columns of members and homes.
    """
    zone, evidence = by
    pairs = homes[["id", zone]].merge(members[["id", zone]], on=zone, suffixes=("", "_member"))
    return rows(
        ("parcels", events[0]),
        ("parcels", events[1]),
        (pairs["id_member"].to_numpy(object), pairs["id"].to_numpy(object)),
        evidence=evidence,
        choice=Choice(group=alternatives(pairs["id"])),
    )
