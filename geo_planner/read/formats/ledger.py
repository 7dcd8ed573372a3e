"""Ledgers of bureaus: tables without shapes, with notes above the header, merged headers and several sheets."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import NotALayerError
from ..encoding import decide, decode
from ..schema.quantities import header_unit
from .units import unit_above, units_below, with_units

_MOST_ROWS, _LOOK = 200_000, 30
_TOTALS = ("合计", "总计", "小计", "total")
_TOTAL = re.compile(r"(?:[本全][页表月年市区县镇部]?|以上|其中)?(?:合计|总计|小计|累计|共计)[:：]?")
_BELOW = re.compile(
    r"(?:注|备注|说明|附注|填表人?|制表人?|填报人?|审核人?|复核人?|负责人|单位负责人|填报单位|填表单位|制表单位|填报日期|数据来源)"
    r"(?:[:：]|\d*[、.．])"
)
"""How notes and signatures below a table begin."""

_OF_UNIT = {"area_declared"}
"""Columns of which a line above the table names the unit."""

Row = tuple[int, list[Any]]
"""A row of a sheet and its number there."""
Table = tuple[str, pd.DataFrame, bool]
"""The name of a sheet, its rows, and whether it is hidden."""
Page = tuple[str, list[list[Any]], bool]


@dataclass(frozen=True)
class _Meanings:
    """What the name of a column means, a unit behind it left aside; "" where nothing is known."""

    known: Mapping[str, str]
    tidy: Any

    def __call__(self, name: str) -> str:
        """Return the column that a name means."""
        return self.known.get(self.tidy(name)) or self.known.get(self.tidy(header_unit(name)[0]), "")


def tables(path: Path, known: Mapping[str, str], tidy: Any) -> list[Table]:
    """Return every sheet in which a header is found, by name and whether it is hidden.

    `known` are the field names that a header is told by.
    """
    meaning = _Meanings(known, tidy)
    pages = _csv(path) if path.suffix.lower() == ".csv" else _workbook(path)
    out = [
        (name, table, hidden)
        for name, rows, hidden in pages
        for table in _tables(list(enumerate(rows, start=1)), meaning)
    ]
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


def _tables(rows: Sequence[Row], meaning: _Meanings) -> list[pd.DataFrame]:
    """Return the tables of a sheet, numbered by its rows: each from a header to the next, without totals and notes."""
    found = _header(rows, meaning)
    if found is None:
        return []
    at, names = found
    after = next((k for k in range(at, len(rows)) if _is_header(rows[k][1], meaning)), len(rows))
    names = [n or f"column_{k + 1}" for k, n in enumerate(names)]
    names = [n if n not in names[:k] else f"{n}_{k + 1}" for k, n in enumerate(names)]
    units, start = units_below([r for _, r in rows[at:after]])
    above = unit_above([r for _, r in rows[:at]])
    names = with_units(names, units, above, lambda name: meaning(name) in _OF_UNIT)
    body = [(k, r) for k, r in rows[at + start : after] if _is_row(r)]
    cells = [
        [None if v in ("", None) else v for v in r[: len(names)]] + [None] * (len(names) - len(r)) for _, r in body
    ]
    table = pd.DataFrame(cells, columns=names, dtype=object, index=[k for k, _ in body])
    return [table, *_tables(rows[after:], meaning)]


def _header(rows: Sequence[Row], meaning: _Meanings) -> tuple[int, list[str]] | None:
    """Return where the rows below the first header begin, and its names.

    A row just below may know more of them, as the lower of two rows of a merged header does.
    """
    best: tuple[int, int, list[str]] = (1, 0, [])
    first = None
    for k in range(min(len(rows), _LOOK)):
        if first is not None and k > first + 1:
            break
        for depth in (1, 2):
            names = _names([r for _, r in rows[k : k + depth]], lambda name: bool(meaning(name)))
            score = len({meaning(n) for n in names} - {""})
            if score > best[0]:
                best, first = (score, k + depth, names), k if first is None else first
    return (best[1], best[2]) if best[2] else None


def _is_header(row: Sequence[Any], meaning: _Meanings) -> bool:
    """Whether a row below a header names columns again: two at least, and half of what it holds."""
    full = [meaning(str(v)) for v in row if v not in (None, "")]
    return len(set(full) - {""}) > 1 and 2 * sum(bool(w) for w in full) >= len(full)


def _names(rows: Sequence[Sequence[Any]], known: Callable[[str], bool]) -> list[str]:
    """Return the headers of one row, or of two in which the upper one spans several of the lower.

    约定 above 开工日期 is 约定开工日期; 审批 above it says nothing that is known, and the lower one stands alone.
    An upper cell over the first of several only, because nobody merged them, is that of those beside it too.
    """
    words = [[str(v).strip().replace("\n", "") if v not in (None, "") else "" for v in r] for r in rows]
    if len(words) == 1:
        return words[0]
    upper, lower = words[0], words[1] + [""] * (len(words[0]) - len(words[1]))
    for k in range(1, len(upper)):
        left = upper[k - 1]
        if not upper[k] and left and lower[k - 1] and lower[k] and not known(lower[k]) and known(left + lower[k]):
            upper[k] = left
    pairs = zip(upper, lower, strict=False)
    return [b if a == b or not a else a if not b else b if known(b) and not known(a + b) else a + b for a, b in pairs]


def _is_row(row: Sequence[Any]) -> bool:
    """Whether a row holds a case: two values at least, no total, and no note or signature below the table."""
    full = [re.sub(r"\s+", "", str(v)) for v in row if v not in (None, "")]
    if len(full) < 2 or len(set(full)) == 1 or _BELOW.match(full[0]):
        return False
    return not any(w.lower().startswith(_TOTALS) for w in full[:3]) and not any(_TOTAL.fullmatch(w) for w in full)
