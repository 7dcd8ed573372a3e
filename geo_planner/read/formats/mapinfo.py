"""MapInfo's two forms: tables (.tab with .dat, .map, .id) and the exchange format (.mif with .mid)."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

from ...errors import NotALayerError, RefusedFileError
from ...plan.plan import Note
from ..encoding import decide
from ..schema.sheet import Sheet
from .gdal import read_one

_WITH = {".tab": (".dat", ".map", ".id", ".ind"), ".mif": (".mid",)}
_NEEDED = {".tab": (".dat", ".map"), ".mif": ()}
_ELSEWHERE = (b"create view", b"open table", b"isseamless", b"type linked", b"type odbc", b"type access", b"type xls")
"""Marks of a table that only points to other tables or to a database."""


def read(path: Path, box: Path) -> Sheet:
    """Return the layer of a MapInfo file, read from a copy of it and of the files that belong to it."""
    ending = path.suffix.lower()
    head = path.read_bytes()[: 1 << 16].lower() if ending == ".tab" else b""
    if any(mark in head for mark in _ELSEWHERE):
        msg = f"{path.name} points to other tables or to a database, as no layer may. Ask for a native table (.tab)."
        raise RefusedFileError(msg)
    beside = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower()}
    missing = [e for e in _NEEDED[ending] if e not in beside]
    if missing:
        msg = f"{path.name}: {' and '.join(missing)} of the same name are missing. Ask for the complete set of files."
        raise NotALayerError(msg)
    inside = box / "mapinfo"
    inside.mkdir()
    for end in (ending, *_WITH[ending]):
        if end in beside and beside[end].is_file() and not beside[end].is_symlink():
            shutil.copyfile(beside[end], inside / f"layer{end}")
    said = _charset_named(inside / f"layer{ending}")
    sheet = read_one(inside / f"layer{ending}")
    return replace(sheet, name=path.stem, notes=(*said, *sheet.notes))


def _charset_named(path: Path) -> tuple[Note, ...]:
    """Name the character set in a header that leaves it open although it holds Chinese names; return what was said."""
    raw = path.read_bytes()
    head, rest = raw[:_HEAD], raw[_HEAD:]
    if head.isascii() or not _NEUTRAL.search(head):
        return ()
    choice = decide(head.splitlines(), None)
    if choice.codec not in _CHARSETS:
        return ()
    path.write_bytes(_NEUTRAL.sub(lambda m: m.group(1) + _CHARSETS[choice.codec] + m.group(2), head) + rest)
    return choice.notes


_HEAD = 1 << 16
_NEUTRAL = re.compile(rb'(charset\s+"?)neutral("?)', re.IGNORECASE)
_CHARSETS = {"gb18030": b"WindowsSimpChinese", "cp950": b"WindowsTradChinese"}
