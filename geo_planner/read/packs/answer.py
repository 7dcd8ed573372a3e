"""What a rule found in one layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

_LISTED = 200


@dataclass(frozen=True)
class Answer:
    """How many features break a rule, an example, and their row numbers; `why` where nothing can be judged."""

    count: int = 0
    example: str = ""
    rows: tuple[int, ...] = ()
    why: str = ""


def unknown(why: str) -> Answer:
    """Return that a rule cannot be judged."""
    return Answer(why=why)


def broken(values: pd.Series, rows: np.ndarray[Any, Any]) -> Answer:
    """Return the rows that break a rule, with the value of the first."""
    hit = values[rows]
    example = "" if hit.empty or pd.isna(hit.iloc[0]) else str(hit.iloc[0])[:80]
    return Answer(len(hit), example, tuple(int(r) for r in hit.index[:_LISTED]))
