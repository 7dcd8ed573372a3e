"""The bars of a proof: a row a party in its own colour, the broken gap in red with its days, the repair in green."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from ...lang import Lang
from ..symbology.styles import styles
from .drawing import AFTER, GAP, GRID, INK, SOFT, Drawing, Mark, shortened, width_of
from .words import dates, gap_words, label, say

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Room:
    """Where the bars stand in a drawing, and how: `two` puts the words of a row above its bar."""

    x: float
    y: float
    width: float
    row: float
    size: float
    two: bool = False

    @property
    def bars(self) -> tuple[float, float]:
        """Where the time begins and ends."""
        return (self.x, self.x + self.width) if self.two else (self.x + self.width * 0.5, self.x + self.width)


@dataclass(frozen=True)
class _Time:
    """Days on paper."""

    first: int
    last: int
    left: float
    right: float

    def x(self, day: str | date) -> float:
        """Where a day stands."""
        return self.left + (self._number(day) - self.first) / (self.last - self.first) * (self.right - self.left)

    @staticmethod
    def _number(day: str | date) -> int:
        return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


def shown(proof: Row) -> list[Row]:
    """Return the parties that have a day."""
    return [party for party in proof["parties"] if party["bar"]]


def height(proof: Row, room: Room) -> float:
    """Return how tall the bars of a proof are, with their axis."""
    return len(shown(proof)) * room.row + 16


def put_bars(drawing: Drawing, proof: Row, room: Room, lang: Lang) -> None:
    """Draw the rows of a proof and the years below them."""
    rows = shown(proof)
    time = _time(rows, room)
    foot = room.y + len(rows) * room.row
    _years(drawing, time, (room, foot))
    for k, party in enumerate(rows):
        _row(drawing, party, (time, room, room.y + k * room.row), lang)


def _time(rows: Sequence[Row], room: Room) -> _Time:
    spans = [part for row in rows for part in (row["bar"], row["gap"], row["after"]) if part]
    days = [date.fromisoformat(span[end]).toordinal() for span in spans for end in ("from", "to") if span[end]]
    air = max(45, int((max(days) - min(days)) * 0.06))
    return _Time(min(days) - air, max(days) + air, *room.bars)


def _years(drawing: Drawing, time: _Time, at: tuple[Room, float]) -> None:
    room, foot = at
    first, last = date.fromordinal(time.first).year + 1, date.fromordinal(time.last).year
    every = -(-(last - first + 1) * 2 * room.size * 2 // max(int(time.right - time.left), 1)) or 1
    for year in range(first, last + 1, max(1, int(every))):
        x = time.x(date(year, 1, 1))
        drawing.rule((x, room.y), (x, foot + 2), line=GRID, width=0.7)
        if room.x + 12 < x < time.right - 8:
            drawing.write(str(year), (x, foot + 12), anchor="middle", size=room.size - 1.5, fill=SOFT)


def _row(drawing: Drawing, party: Row, at: tuple[_Time, Room, float], lang: Lang) -> None:
    time, room, y = at
    words, base = dates(party["bar"]), y + room.size + 1
    right = room.x + room.width if room.two else room.bars[0] - 8
    most = right - room.x - width_of(words, room.size - 1) - 6
    drawing.write(shortened(label(party, lang), room.size, most), (room.x, base), size=room.size)
    drawing.write(words, (right, base), anchor="end", size=room.size - 1, fill=SOFT)
    tall = room.size * 0.9
    top = y + room.size + 3 if room.two else y + (room.size + 4 - tall) / 2
    _bar(drawing, (time, top, tall), (party["bar"], _ink(party)))
    if party["after"]:
        _after(drawing, (time, top + tall + 0.5, 3.0), party["after"])
    if party["gap"]:
        _gap(drawing, (time, top - 1.5, tall + 3), (party["gap"], gap_words(party["gap"], lang), room.size))


def _ink(party: Row) -> str:
    """Return the colour of a party: that of its utility, of its permit, else of a thing that is built."""
    table = styles()
    if party["role"] == "approval":
        return str(table["layers"]["approvals"]["classes"][0]["line"])
    look = table["pipes"].get(party["kind"]) if party["layer"] in {"pipes", "sources"} else None
    return str(look["line"]) if look else "#a59f92" if party["layer"] == "roads" else "#6f8fa3"


def _bar(drawing: Drawing, at: tuple[_Time, float, float], of: tuple[Row, str]) -> None:
    (time, y, tall), (bar, ink) = at, of
    a, b = time.x(bar["from"]), time.x(bar["to"])
    if bar["from"] == bar["to"]:
        r, middle = tall * 0.6, y + tall / 2
        diamond = shapely.Polygon([(a, middle - r), (a + r, middle), (a, middle + r), (a - r, middle)])
        drawing.marks.append(Mark(shape=diamond, fill=ink))
        return
    drawing.box(a, y, max(b - a, 2), tall, fill=ink, alpha=0.75)


def _after(drawing: Drawing, at: tuple[_Time, float, float], bar: Row) -> None:
    time, y, tall = at
    a, b = time.x(bar["from"]), time.x(bar["to"])
    if bar["from"] == bar["to"]:
        a, b = a - 3, b + 3
    drawing.box(a, y, max(b - a, 2), tall, fill=AFTER)


def _gap(drawing: Drawing, at: tuple[_Time, float, float], of: tuple[Row, str, float]) -> None:
    (time, y, tall), (gap, words, size) = at, of
    a, b = time.x(gap["from"]), time.x(gap["to"]) if gap["to"] else time.right
    dash = () if gap["to"] else (3.0, 2.0)
    drawing.box(a, y, max(b - a, 3), tall, fill=GAP, alpha=0.25 if gap["to"] else 0.12)
    drawing.box(a, y, max(b - a, 3), tall, line=GAP, width=1.2, dash=dash)
    fits = b + 4 + width_of(words, size) < time.right
    where = (b + 4, "start") if fits else (max(a - 4, time.left + width_of(words, size)), "end")
    look = {"anchor": where[1], "size": size, "bold": True, "fill": GAP, "halo": True}
    drawing.write(words, (where[0], y + tall / 2 + size * 0.36), **look)


def put_key(drawing: Drawing, at: tuple[float, float, float], inks: Mapping[str, str], lang: Lang) -> None:
    """Write what colours mean, side by side; `inks` are colours by the word that says it."""
    x, y, size = at
    for key, ink in inks.items():
        drawing.box(x, y - size * 0.8, 10, size * 0.8, fill=ink, alpha=0.4 if ink == GAP else 1.0)
        drawing.write(say(key, lang), (x + 13, y), size=size, fill=INK)
        x += 13 + width_of(say(key, lang), size) + 14
