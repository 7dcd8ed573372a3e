"""Tables of standards, each row with the tag of its source and a `verified` flag; facts only, read once.

A profile lays numbers of its own over them cell by cell (`cells`), by one form for every table: "row.column = number".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import pandas as pd

from .cells import laid, unset
from .own import (
    CORRIDORS,
    COVER,
    DEMAND,
    EMISSION,
    FAR_FLOORS,
    FIRE,
    FIRE_CIVIL,
    FIRE_STORE,
    HORIZONTAL,
    NEEDS,
    RADII,
    SEWER_FILL,
    SEWER_PEAK,
    STRUCTURE,
    VERTICAL,
)

__all__ = [
    "CORRIDORS",
    "COVER",
    "DEMAND",
    "EMISSION",
    "FAR_FLOORS",
    "FIRE",
    "FIRE_CIVIL",
    "FIRE_STORE",
    "HORIZONTAL",
    "NEEDS",
    "RADII",
    "SEWER_FILL",
    "SEWER_PEAK",
    "STRUCTURE",
    "VERTICAL",
    "table",
    "unset_cells",
]


def table(name: str, own: Sequence[str] = ()) -> pd.DataFrame:
    """Return one table by file name without its ending; empty cells stay empty text. Treat it as read-only.

    `own` are cells that a profile sets, each as "row.column = number": "primary_school.radius = 800".

    Raises
    ------
    ProfileError
        A cell of `own` is not written so, is set twice, or names a row or a column of numbers that the table does not have.
    """
    return _laid(name, tuple(own)) if own else _read(name)


@cache
def _laid(name: str, own: tuple[str, ...]) -> pd.DataFrame:
    return laid(name, _read(name), own)


def unset_cells(name: str, own: Sequence[str]) -> list[str]:
    """Return the cells of a table that hold a shipped number which `own` leaves as it is."""
    return unset(name, _read(name), own)


@cache
def _read(name: str) -> pd.DataFrame:
    with (resources.files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)
