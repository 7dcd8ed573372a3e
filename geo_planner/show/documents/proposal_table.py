"""The tables of a proposal as a reader sees them: heads and words in his language, numbers as they are read aloud."""

from __future__ import annotations

import unicodedata
from typing import Any

import pandas as pd

from ...lang import Lang
from ...lang.proposals import WORDED, cell_word, column_word, table_word

ROWS = 20
"""Rows of a table that are printed; the rest stands in the workbook."""


def spoken(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """A table with the heads and the words of its cells in a language."""
    out = table.copy()
    for name in out.columns.intersection(list(WORDED)):
        out[name] = [cell_word(v, lang) if isinstance(v, str) else v for v in out[name]]
    return out.set_axis([column_word(str(c), lang) for c in out.columns], axis=1)


def printed(name: str, table: pd.DataFrame, lang: Lang) -> list[str]:
    """The title of a table and its first rows, in columns that line up where Chinese letters take two places."""
    title, more = table_word(name, lang), len(table) - ROWS
    rows = [[cell_text(v) for v in row] for row in spoken(table.head(ROWS), lang).astype(object).to_numpy().tolist()]
    rows = [[column_word(str(c), lang) for c in table.columns], *rows]
    wide = [max(_width(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = ["  ".join(_padded(cell, w) for cell, w in zip(row, wide, strict=True)).rstrip() for row in rows]
    if more > 0:
        lines.append(f"… 其余 {more} 行见表格" if lang == "zh" else f"… {more} more rows in the workbook")
    return [f"[{title}]", *lines]


def cell_text(value: Any) -> str:
    """Return a cell as text: no exponents, no negative zero, a dash where there is nothing to tell."""
    if value is None or value == "" or pd.isna(value):
        return "—"
    if isinstance(value, float):
        short = f"{value + 0.0:,.3f}" if abs(value) >= 0.001 or value == 0 else f"{value:.6f}"
        short = short.rstrip("0").rstrip(".")
        return "0" if short in {"-0", ""} else short
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
