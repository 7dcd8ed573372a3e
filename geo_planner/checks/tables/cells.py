"""Which cells of the tables a profile may set, how their rows are named, and what is wrong with one that is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
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
_STRUCK = ("gbt39499_coefficients", "service_need", "service_radius")
"""Tables of which a row may be struck ("police.radius = none"): that kind of service is not asked for, and without the
coefficients of its wind the formula is not used."""
_CELL = re.compile(r"\s*(\S.*)\.(\w+)\s*=\s*(\d+(?:\.\d+)?|none)\s*")


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
    for (row, column), number in _numbers(name, shipped, own).items():
        if column in columns and row in names:
            rows.loc[row, column] = number
    if name in _STRUCK:
        rows = rows[~rows[columns].eq("none").any(axis=1)]
    return rows.reset_index(drop=True)


def unset(name: str, shipped: pd.DataFrame, own: Sequence[str]) -> list[str]:
    """Return the cells that hold a shipped number which the cells of a profile leave as it is."""
    names, done = row_names(name, shipped), _numbers(name, shipped, own)
    struck = {row for (row, _), number in done.items() if number == "none"}
    of = {column: shipped[column].tolist() for column in number_columns(name, shipped)}
    return [
        f"{row}.{c}"
        for c, values in of.items()
        for row, v in zip(names, values, strict=True)
        if v and row not in struck and (row, c) not in done
    ]


def _numbers(name: str, shipped: pd.DataFrame, own: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return row and column -> number; a row with a `*` holds for every row that fits and is named by no cell of its own."""
    names, columns = row_names(name, shipped), number_columns(name, shipped)
    wide, exact = dict[tuple[str, str], str](), dict[tuple[str, str], str]()
    for text in own:
        row, column, number = _cell(name, str(text), f"{names[0]}.{columns[0]} = 10")
        if number == "none" and name not in _STRUCK:
            msg = f"table {name}: {text!r}; a row is struck in {' and '.join(_STRUCK)} only, elsewhere a number is needed."
            raise ProfileError(msg)
        fits = [row] if row in names else [n for n in names if "*" in row and fnmatchcase(n, row.replace("[", "[[]"))]
        _there(name, "row", (fits[0] if fits else row, str(text)), names)
        _there(name, "column", (column, str(text)), columns)
        given = exact if row in names else wide
        for at in fits:
            both = {(at, column), (column, at)} if name in _SQUARE and column in names else {(at, column)}
            if given is exact and both & set(exact):
                msg = f"table {name}: {row}.{column} is set twice; leave one of them."
                raise ProfileError(msg)
            given.update(dict.fromkeys(both, number))
    return wide | exact


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
