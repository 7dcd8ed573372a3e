"""Causes of two reports, joined: which are new, gone or kept, and whether those that are kept grow or shrink."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..plan import Report
from ..plan.causes import Cause

COLUMNS = ("key", "state", "verdict", "severity", "codes", "layer", "id", "before", "after", "zh", "en")


def cause_changes(a: Report, b: Report) -> pd.DataFrame:
    """Return one row a cause of either report, the new first, then the gone, then the kept.

    Columns: key, state ("new", "gone", "grown", "shrunk", "same"), verdict, severity, codes, layer, id, `before` and
    `after` (findings or, where data are missing, rows left open), and its title in `zh` and `en`.
    """
    one, two = ({cause.key: cause for cause in report.causes} for report in (a, b))
    rows = [_row(one.get(key), two.get(key), cause) for key, cause in sorted({**one, **two}.items())]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = table["state"].map({"new": 0, "grown": 1, "gone": 2, "shrunk": 3, "same": 4})
    size = (table["after"] - table["before"]).abs()
    keys = pd.DataFrame({"order": order, "size": -size, "key": table["key"]}).sort_values(["order", "size", "key"])
    return table.loc[keys.index].reset_index(drop=True)


def _row(before: Cause | None, after: Cause | None, cause: Cause) -> tuple[str | int, ...]:
    counts = (_size(before), _size(after))
    if before is None or after is None:
        state = "new" if before is None else "gone"
    else:
        state = "same" if counts[0] == counts[1] else "grown" if counts[1] > counts[0] else "shrunk"
    words = (dict(cause.title).get("zh", ""), dict(cause.title).get("en", ""))
    head = (cause.key, state, cause.verdict, cause.severity, " ".join(cause.codes), cause.layer, cause.id)
    return (*head, *counts, *words)


def _size(cause: Cause | None) -> int:
    return 0 if cause is None else len(cause.fingerprints) or cause.rows


def counted(states: Iterable[str]) -> dict[str, int]:
    """Return how many causes are new, gone and kept (whatever their size)."""
    several = list(states)
    told = {state: several.count(state) for state in ("new", "gone")}
    return told | {"kept": len(several) - sum(told.values())}
