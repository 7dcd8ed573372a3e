"""What to bring first: data that would let more be judged in a portfolio, and which verdicts wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...plan.verdict import NAMES
from .parks import Park


def to_bring(parks: Sequence[Park]) -> list[dict[str, Any]]:
    """Return layers, columns and rasters for want of which checks did not run or left rows open, all parks together.

    Each with `what`, `checks` and `verdicts` that wait for it, `parks` that lack it and the `rows` left open there.
    What most checks wait for comes first.
    """
    told: dict[str, dict[str, Any]] = {}
    for park in parks:
        for verdict in park.report.verdict:
            for need in verdict.needs:
                row = told.setdefault(need.what, {"checks": set(), "verdicts": set(), "parks": [], "rows": 0})
                row["checks"] |= {*need.checks}
                row["verdicts"].add(verdict.name)
                row["parks"] += [park.name] if park.name not in row["parks"] else []
                row["rows"] += need.rows
    rows = [
        {
            "what": what,
            "checks": sorted(row["checks"]),
            "verdicts": [name for name in NAMES if name in row["verdicts"]],
            "parks": row["parks"],
            "rows": row["rows"],
        }
        for what, row in told.items()
    ]
    return sorted(rows, key=lambda row: (-len(row["checks"]), -len(row["parks"]), -row["rows"], row["what"]))
