"""Ledgers of bureaus: tables without shapes, with notes above the header, merged headers and several sheets."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import NotALayerError
from ..encoding import decide, decode

_MOST_ROWS, _LOOK = 200_000, 30
_TOTALS = ("合计", "总计", "小计", "total")

Table = tuple[str, pd.DataFrame, bool]
"""The name of a sheet, its rows, and whether it is hidden."""
Page = tuple[str, list[list[Any]], bool]


def tables(path: Path, known: Mapping[str, str], tidy: Any) -> list[Table]:
    """Return every sheet in which a header is found, by name and whether it is hidden.

    `known` are the field names that a header is told by.
    """
    pages = _csv(path) if path.suffix.lower() == ".csv" else _workbook(path)
    out = [(name, table, hidden) for name, rows, hidden in pages if (table := _table(rows, known, tidy)) is not None]
    if not out:
        msg = f"{path.name}: no sheet has a header with two known fields (地块编号, 用地面积, 约定开工时间, …)."
        raise NotALayerError(msg)
    return out


def _csv(path: Path) -> list[Page]:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    text = decode(raw, decide(raw.splitlines(), None).codec)[0]
    rows = itertools.islice(csv.reader(io.StringIO(text, newline="")), _MOST_ROWS)
    return [(path.stem, [list(r) for r in rows], False)]


def _workbook(path: Path) -> list[Page]:
    import openpyxl

    from .table import is_hidden, no_bomb

    no_bomb(path)
    try:
        book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    except Exception as error:
        msg = f"{path.name} is a damaged workbook ({str(error)[:80]}). Save it again."
        raise NotALayerError(msg) from None
    pages = []
    for page in book.worksheets:
        rows = [list(r) for r in itertools.islice(page.iter_rows(values_only=True), _MOST_ROWS)]
        for area in list(page.merged_cells.ranges)[:5000]:  # a merged cell speaks for all that it covers
            value = rows[area.min_row - 1][area.min_col - 1] if area.min_row <= len(rows) else None
            for r in range(area.min_row - 1, min(area.max_row, len(rows))):
                rows[r][area.min_col - 1 : area.max_col] = [value] * len(rows[r][area.min_col - 1 : area.max_col])
        pages.append((page.title, rows, is_hidden(page)))
    return pages


def _table(rows: list[list[Any]], known: Mapping[str, str], tidy: Any) -> pd.DataFrame | None:
    """Return the rows below the header that most fields are known of, without totals and notes."""
    best: tuple[int, int, list[str]] = (1, 0, [])
    for k, row in enumerate(rows[:_LOOK]):
        for depth in (1, 2):
            names = _names(rows[k : k + depth], lambda name: tidy(name) in known)
            score = len({known[tidy(n)] for n in names if tidy(n) in known})
            if score > best[0]:
                best = (score, k + depth, names)
        del row
    if not best[2]:
        return None
    names = [n or f"column_{k + 1}" for k, n in enumerate(best[2])]
    names = [n if n not in names[:k] else f"{n}_{k + 1}" for k, n in enumerate(names)]
    body = [r for r in rows[best[1] :] if _is_row(r)]
    cells = [[None if v in ("", None) else v for v in r[: len(names)]] + [None] * (len(names) - len(r)) for r in body]
    return pd.DataFrame(cells, columns=names, dtype=object)


def _names(rows: Sequence[Sequence[Any]], known: Callable[[str], bool]) -> list[str]:
    """Return the headers of one row, or of two in which the upper one spans several of the lower.

    约定 above 开工日期 is 约定开工日期; 审批 above it says nothing that is known, and the lower one stands alone.
    """
    words = [[str(v).strip().replace("\n", "") if v not in (None, "") else "" for v in r] for r in rows]
    if len(words) == 1:
        return words[0]
    pairs = zip(words[0], words[1], strict=False)
    return [b if a == b or not a else a if not b else b if known(b) and not known(a + b) else a + b for a, b in pairs]


def _is_row(row: Sequence[Any]) -> bool:
    full = [v for v in row if v not in (None, "")]
    if len(full) < 2 or len({str(v) for v in full}) == 1:
        return False
    return not any(str(v).strip().lower().startswith(_TOTALS) for v in full[:3])
