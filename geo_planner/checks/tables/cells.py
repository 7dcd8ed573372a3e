"""Which cells of the tables a profile may set, how their rows are named, and what is wrong with one that is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from ...errors import ProfileError, did_you_mean

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "corridors": ("voltage_kv",),
        "demand": ("kind", "class"),
        "far_floor_2008": ("code",),
        "fire_civil": ("row",),
        "fire_jia_store": ("target",),
        "fire_separation": ("row",),
        "gbt39499_coefficients": ("wind", "L"),
        "pipe_cover": ("kind", "variant"),
        "pipe_horizontal": ("a", "b", "condition_a", "condition_b"),
        "pipe_vertical": ("lower",),
        "service_need": ("kind",),
        "service_radius": ("kind",),
        "sewer_fill": ("diameter_mm",),
        "sewer_peak": ("flow_ls",),
        "structure_50137": ("letter",),
    }
)
"""The columns that name a row, of each table that a profile may lay numbers over; what is blank in them is left out."""
_SQUARE = ("pipe_vertical", "fire_civil")
"""Tables in which row a, column b and row b, column a are the same number."""
_NOTES = ("tag", "verified", "source")
_CELL = re.compile(r"\s*(\S.*)\.(\w+)\s*=\s*(\d+(?:\.\d+)?)\s*")


def row_names(name: str, rows: pd.DataFrame) -> list[str]:
    """Return the name of each row as a profile writes it: its key columns joined by "/", blanks left out."""
    keys = rows[list(KEYS[name])].to_numpy(dtype=object).tolist()
    return ["/".join(filter(None, parts)) for parts in keys]


def number_columns(name: str, rows: pd.DataFrame) -> list[str]:
    """Return the columns that hold numbers: no key, no words, no source."""
    own = [c for c in rows.columns if c not in (*KEYS[name], *_NOTES)]
    return [c for c in own if pd.to_numeric(rows[c].str.rstrip("*").replace("", None), errors="coerce").notna().any()]


def laid(name: str, shipped: pd.DataFrame, own: Sequence[str]) -> pd.DataFrame:
    """Return a table with the cells of a profile in place of its own; raises `ProfileError` as `table` says."""
    rows, names, columns = shipped.copy(), row_names(name, shipped), number_columns(name, shipped)
    rows.index = pd.Index(names)
    done = set[tuple[str, str]]()
    for text in own:
        row, column, number = _cell(name, str(text), f"{names[0]}.{columns[0]} = 10")
        _there(name, "row", (row, str(text)), names)
        _there(name, "column", (column, str(text)), columns)
        both = {(row, column), (column, row)} if name in _SQUARE and column in names else {(row, column)}
        if done & both:
            msg = f"table {name}: {row}.{column} is set twice; leave one of them."
            raise ProfileError(msg)
        done |= both
        for at, of in both:
            if of in columns:
                rows.loc[at, of] = number
    return rows.reset_index(drop=True)


def _cell(name: str, text: str, example: str) -> tuple[str, str, str]:
    found = _CELL.fullmatch(text)
    if found is None:
        msg = f'table {name}: {text!r} is no cell; write it as "{example}".'
        raise ProfileError(msg)
    return found[1], found[2], found[3]


def _there(name: str, what: str, of: tuple[str, str], known: Sequence[str]) -> None:
    """Raise `ProfileError` where a word names no row or no column, with the near ones, else those that there are."""
    word, text = of
    if word not in known:
        near = did_you_mean(word, known) or f" There are {', '.join(known[:8])}{' …' if len(known) > 8 else ''}."
        msg = f"table {name} has no {what} '{word}' (in {text!r}).{near}"
        raise ProfileError(msg)
