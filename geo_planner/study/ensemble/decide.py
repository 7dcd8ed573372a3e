"""What is certain over all members, and which features and numbers decide where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]
State = Literal["pass", "fail", "undecided", "unknown"]
CLEAR = 0.95
"""Share of members that a threshold of one number must sort rightly to be called what decides a feature."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What the members came to.

    Parameters
    ----------
    counts
        Findings that are no mere notes, by member (rows) and check (columns); NaN where a check could not judge.
    found
        (code, layer, id) to whether each member found it.
    faults
        Members that broke, with the text.
    """

    counts: pd.DataFrame
    found: Mapping[tuple[str, str, str], Array]
    faults: Mapping[int, str]


def gathered(results: Sequence[dict[str, Any]], codes: Sequence[str]) -> Outcomes:
    """Return the outcomes of members in their order."""
    counts = np.full((len(results), len(codes)), np.nan)
    found: dict[tuple[str, str, str], Array] = {}
    at = {code: k for k, code in enumerate(codes)}
    for number, result in enumerate(results):
        for code, (outcome, _) in result["runs"].items():
            counts[number, at[code]] = 0.0 if outcome in {"ok", "found"} else np.nan
        for code, severity, layer, name in result["found"]:
            if severity == "info":
                continue
            counts[number, at[code]] += 1
            found.setdefault((code, layer, name), np.zeros(len(results), bool))[number] = True
    faults = {k: r["fault"] for k, r in enumerate(results) if "fault" in r}
    return Outcomes(pd.DataFrame(counts, columns=list(codes)), dict(sorted(found.items())), faults)


def states(outcomes: Outcomes, limits: Mapping[str, int], sure: float) -> pd.DataFrame:
    """Each check's state: share of members within its limit, and the smallest, middle and largest count.

    "unknown" where a member could not be judged, for that is never a pass; else "pass" from `sure` on, "fail" up to
    1 - `sure`, "undecided" between.
    """
    rows = []
    for code in outcomes.counts.columns:
        values = outcomes.counts[code].to_numpy()
        known = values[~np.isnan(values)]
        share = float((known <= limits[code]).mean()) if len(known) else float("nan")
        if len(known) < len(values) or not len(known):
            state: State = (
                "fail" if len(known) and (known > limits[code]).mean() * len(known) / len(values) >= sure else "unknown"
            )
        else:
            # 1 - 0.9 is a little less than a tenth: one member of ten is a tenth.
            state = "pass" if share >= sure else "fail" if share <= 1 - sure + 1e-9 else "undecided"
        low, middle, high = np.quantile(known, [0.05, 0.5, 0.95]) if len(known) else (np.nan,) * 3
        rows.append((code, state, share, limits[code], low, middle, high))
    return pd.DataFrame(rows, columns=["code", "state", "share", "limit", "p05", "p50", "p95"])


def whole(table: pd.DataFrame) -> State:
    """Return the state of all checks together: the worst of them."""
    for state in ("fail", "unknown", "undecided"):
        if (table["state"] == state).any():
            return state
    return "pass"


def deciders(outcomes: Outcomes, drawn: pd.DataFrame) -> pd.DataFrame:
    """Features that some members find at fault and others not, with the number that decides.

    `drawn` holds the drawn numbers, one column an uncertainty. Returns code, layer, id, share (of members that find
    it), and, where one number sorts at least `CLEAR` of the members, uncertainty, side ("above", "below"), threshold.
    The least certain come first.
    """
    rows = []
    for (code, layer, name), hit in outcomes.found.items():
        share = float(hit.mean())
        if 0 < share < 1:
            rows.append((code, layer, name, share, *_best_cut(hit, drawn)))
    table = pd.DataFrame(rows, columns=["code", "layer", "id", "share", "uncertainty", "side", "threshold"])
    order = (table["share"] - 0.5).abs().sort_values(kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _best_cut(hit: Array, drawn: pd.DataFrame) -> tuple[str, str, float]:
    best: tuple[float, str, str, float] = (0.0, "", "", float("nan"))
    for name in drawn.columns:
        if not pd.api.types.is_numeric_dtype(drawn[name]):
            continue
        x = drawn[name].to_numpy(dtype=float)
        order = np.argsort(x, kind="stable")
        values, hits = x[order], hit[order]
        ends = np.flatnonzero(np.append(np.diff(values) > 0, False))
        if not len(ends):
            continue
        below = np.cumsum(hits)[ends]
        size = ends + 1
        right = (size - below + hits.sum() - below) / len(hits)  # a cut after `ends`: below clean, above at fault
        for side, share in (("above", right), ("below", 1 - right)):
            k = int(np.argmax(share))
            if share[k] > best[0] + 1e-12:
                cut = (values[ends[k]] + values[ends[k] + 1]) / 2
                best = (float(share[k]), str(name), side, float(cut))
    trivial = max(hit.mean(), 1 - hit.mean())
    return best[1:] if best[0] >= CLEAR and best[0] > trivial else ("", "", float("nan"))
