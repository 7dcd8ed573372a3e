"""What is drawn of a party in a proof: its bar or mark, the gap that is broken, and its bar after a repair.

The one place of these rules: the page, the comparison, the A3 sheet and the dossier draw what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Row = dict[str, Any]


def drawn(parties: list[Row], findings: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the parties with what is drawn of them.

    `of` is the feature a row stands for; `bar`, `gap`, and `after`, null as yet; `way` whether its path is drawn. A
    finding's gap stands on the party it names, else on its own feature, else on the first; of several on one party the
    gravest is drawn.
    """
    bare = {"gap": None, "after": None, "way": False}
    rows = [party | {"of": _stands_for(party), "bar": _bar(party), **bare} for party in parties]
    shown = [row for row in rows if row["bar"]]
    for finding in findings:
        gap = gap_of(finding)
        if gap and gap["from"] and shown:
            named = [row for side in ("other_", "") for row in shown if _is(row, finding, side)]
            broken = (named or shown)[0]
            broken["gap"] = broken["gap"] or gap
    late = [row for row in rows if row.get("source") and any(_is(row, finding, "other_") for finding in findings)]
    if late:  # one way, that of the longest gap: several would hide each other
        max(late, key=lambda row: (row["gap"] or {}).get("days") or 0)["way"] = True
    return rows


def moved_to(parties: list[Row], later: Sequence[Mapping[str, Any]]) -> None:
    """Write into `parties` the bars that the same parties have after a repair, where these are others."""
    after = {_key(row): row["bar"] for row in later}
    for row in parties:
        bar = after.get(_key(row))
        row["after"] = bar if bar and row["bar"] and bar != row["bar"] else None


def gap_of(row: Mapping[str, Any]) -> Row | None:
    """Return the time that is broken: its first and last day, and the days of the finding where it counts days."""
    since, until = (None if pd.isna(row[c]) else str(pd.Timestamp(row[c]).date()) for c in ("from", "to"))
    if since is None and until is None:
        return None
    days = float(row["value"]) if row["unit"] == "d" and pd.notna(row["value"]) else None
    if days is None and since and until:
        days = float((pd.Timestamp(until) - pd.Timestamp(since)).days)
    return {"from": since, "to": until, "days": days}


def _bar(party: Mapping[str, Any]) -> Row | None:
    """Return from when to when a party lasts: works from start to finish, all else the last of its days."""
    days = {event["key"]: event["date"] for event in party["events"]}
    if not days:
        return None
    lasts = party["role"] != "approval" and {"start", "finish"} <= days.keys() and days["start"] < days["finish"]
    last = max(days.values())
    return {"from": days["start"], "to": days["finish"]} if lasts else {"from": last, "to": last}


def _stands_for(party: Mapping[str, Any]) -> Row:
    """Return the feature a row stands for: of a utility what comes last on its way."""
    block = party.get("blocking") or {}
    own = bool(party["id"])
    return {"layer": party["layer"] if own else block.get("layer", ""), "id": party["id"] or block.get("id", "")}


def _is(row: Mapping[str, Any], finding: Mapping[str, Any], side: str) -> bool:
    feature = finding[f"{side}layer"], finding[f"{side}id"]
    return bool(feature[1]) and (row["of"]["layer"], row["of"]["id"]) == feature


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row["layer"]), str(row["id"]), str(row["kind"])
