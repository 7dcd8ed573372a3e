"""The import notes: their codes, what each means in two languages, and how they add up to an outcome.

`notes.csv` beside this file is the table that `explain` prints; a note holds only its code and numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from ..lang.errors import error_zh, sentence_zh
from ..plan.plan import Note

Outcome = Literal["full", "repair", "warn", "refuse"]


@dataclass(frozen=True)
class NoteText:
    """One row of the table of notes."""

    code: str
    severity: str
    zh: str
    en: str
    advice: str


@cache
def note_texts() -> Mapping[str, NoteText]:
    """All note codes with their severity and their sentences, in order of code."""
    text = resources.files(__package__).joinpath("notes.csv").read_text(encoding="utf-8")
    rows = (NoteText(**row) for row in csv.DictReader(text.splitlines()))
    return MappingProxyType({row.code: row for row in rows})


def note(code: str, count: int = 1, args: Mapping[str, Any] | None = None, *, example: str = "") -> Note:
    """Return a note whose severity is the one its code has in the table."""
    return Note(code, note_texts()[code].severity, count=int(count), args=dict(args or {}), example=shown(example))


def sentence(item: Note, lang: str = "en") -> str:
    """Return the sentence of a note, with its numbers filled in."""
    text = note_texts().get(item.code)
    if text is None:
        return item.code
    told = str if lang != "zh" else error_zh if item.code.startswith("IM3") else sentence_zh
    slots = {k: shown(told(str(v))) for k, v in item.args.items()} | {"count": item.count, "layer": item.layer}
    return (text.zh if lang == "zh" else text.en).format_map(_Blank(slots))


def outcome(notes: Iterable[Note]) -> Outcome:
    """Return the worst that the notes say: warn over repair over full."""
    found = {n.severity for n in notes}
    return "warn" if found & {"warning", "error"} else "repair" if "repair" in found else "full"


def shown(text: str, most: int = 80) -> str:
    """Return text fit for one line of a terminal: control and bidi characters escaped, cut at `most`."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: most + 1])
    return plain if len(text) <= most else plain[:most] + "…"


class _Blank(dict[str, Any]):
    """Slots that were not given read as a question mark, so that a sentence never breaks."""

    def __missing__(self, key: str) -> str:
        return "?"
