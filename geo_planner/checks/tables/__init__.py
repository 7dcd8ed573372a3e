"""Tables of standards, each row with the tag of its source and a `verified` flag; facts only, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

import pandas as pd

from ...errors import ProfileError, did_you_mean

KEYS = {"service_radius": "kind", "service_need": "kind", "corridors": "voltage_kv"}
"""The column that names a row, of each table that a profile may lay numbers over."""
_CELL = re.compile(r"\s*(.+)\.(\w+)\s*=\s*(-?[\d.]+)\s*")


def table(name: str, own: Sequence[str] = ()) -> pd.DataFrame:
    """Return one table by file name without its ending; empty cells stay empty text. Treat it as read-only.

    `own` are cells that a profile sets, each as "row.column = number": "primary_school.radius = 800".

    Raises
    ------
    ProfileError
        A cell of `own` is not written so, or names a row or a column that the table does not have.
    """
    rows = _read(name)
    return _laid(name, rows.copy(), own) if own else rows


def _laid(name: str, rows: pd.DataFrame, own: Sequence[str]) -> pd.DataFrame:
    keys = rows[KEYS[name]].tolist()
    for text in own:
        cell = _CELL.fullmatch(str(text))
        if cell is None:
            msg = f'table {name}: {text!r} is no cell; write it as "{keys[0]}.{rows.columns[-4]} = 10".'
            raise ProfileError(msg)
        row, column, number = cell.groups()
        for word, known in ((row, keys), (column, list(rows.columns))):
            if word not in known:
                msg = f"table {name} has no row or column '{word}' (in {text!r})." + did_you_mean(word, known)
                raise ProfileError(msg)
        rows.loc[rows[KEYS[name]] == row, column] = number
    return rows


@cache
def _read(name: str) -> pd.DataFrame:
    with (resources.files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)
