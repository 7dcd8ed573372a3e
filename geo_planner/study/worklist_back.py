"""A worklist (整改台账) that comes back filled in: the status of each row as marks on the findings of its cause."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import ReviewError
from ..lang.causes import KEYS_SHEET, STATUSES, WORKLIST
from ..read.formats.table import no_bomb

_READ = ("status", "answer", "reviewer", "date", "key")
_WORDS = {word: status for status, pair in STATUSES.items() for word in (*pair, status)}
_KEPT = {word for key in ("mended", "exempt", "part") for word in WORKLIST[key]}
"""Words of the program itself in the status column: no answer."""


def worklist_marks(path: Path) -> tuple[str, list[dict[str, str]]]:
    """Return the digest of the plan that a filled worklist is about, and a mark for each finding of each row answered.

    Raises
    ------
    ReviewError
        The workbook is no worklist of this program, or a status is none of `STATUSES`.
    """
    import openpyxl

    no_bomb(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        names = [n for n in WORKLIST["sheet"] if n in book.sheetnames]
        if not names or KEYS_SHEET not in book.sheetnames:
            wanted = f"'{WORKLIST['sheet'][0]}' and '{KEYS_SHEET}'"
            msg = f"{path.name} is no worklist of this program: it needs the sheets {wanted}."
            raise ReviewError(msg)
        keys = [tuple(_text(v) for v in row[:2]) for row in book[KEYS_SHEET].iter_rows(values_only=True)]
        rows = list(_rows(path, book[names[0]].iter_rows(values_only=True)))
    finally:
        book.close()
    of: dict[str, list[str]] = {}
    for key, fingerprint in keys[1:]:
        of.setdefault(key, []).append(fingerprint)
    return keys[0][1], [_mark(path, row, f) for row in rows for f in of.get(row["key"], [])]


def _rows(path: Path, cells: Iterable[tuple[Any, ...]]) -> Iterable[dict[str, str]]:
    """Return the rows that have a status; the columns may have been moved, but not renamed."""
    head: dict[str, int] = {}
    for line in cells:
        if not head:
            head = {name: k for k, v in enumerate(line) for name in _READ if _text(v) in WORKLIST[name]}
            if absent := [WORKLIST[n][0] for n in _READ if n not in head]:
                msg = f"{path.name}: the worklist has lost its column '{absent[0]}'. Put the heading back."
                raise ReviewError(msg)
            continue
        row = {name: _text(line[k]) if k < len(line) else "" for name, k in head.items()}
        if row["status"] and row["status"] not in _KEPT:
            yield row


def _mark(path: Path, row: dict[str, str], fingerprint: str) -> dict[str, str]:
    if row["status"] not in _WORDS:
        words = ", ".join(pair[0] for pair in STATUSES.values())
        msg = f"{path.name}: cause {row['key']} has the status '{row['status'][:40]}'; write one of {words}."
        raise ReviewError(msg)
    return {
        "fingerprint": fingerprint,
        "verdict": _WORDS[row["status"]],
        "reason": row["answer"],
        "reviewer": row["reviewer"],
        "date": row["date"][:10],
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
