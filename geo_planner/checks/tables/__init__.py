"""Tables of standards, each row with the tag of its source and a `verified` flag; facts only, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


@cache
def table(name: str) -> pd.DataFrame:
    """Return one table by file name without its ending; empty cells stay empty text. Treat it as read-only."""
    with (resources.files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)
