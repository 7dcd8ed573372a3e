"""A drawing: marks on paper, from bottom to top, in units of its own, y downwards; files are made of it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import shapely

INK, SOFT, GRID, PAPER, GAP, PARTY, AFTER, OTHER = "ink", "soft", "grid", "paper", "gap", "party", "after", "other"
PALETTE = {
    INK: "#1c2126",
    SOFT: "#5c6670",
    GRID: "#d9d5cc",
    PAPER: "#ffffff",
    GAP: "#d0021b",
    PARTY: "#0d5e66",
    AFTER: "#1a7f37",
    OTHER: "#b26a00",
}
"""Colours that have a name: a page may show them otherwise in its dark theme."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A shape with its fill and line, or a text at a point; colours are names of `PALETTE` or written as #rrggbb."""

    shape: shapely.Geometry | None = None
    fill: str = ""
    line: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    alpha: float = 1.0
    text: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    """Where a text begins, has its middle or ends, on its base line."""
    size: float = 10.0
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    halo: bool = False
    """Whether paper stands around the letters, so that they can be read on a map."""


@dataclass
class Drawing:
    """Marks within a width and height, and what a reader who cannot see them is told."""

    width: float
    height: float
    said: str
    marks: list[Mark] = field(default_factory=list)

    def box(self, x: float, y: float, w: float, h: float, **look: object) -> None:
        """Put a rectangle."""
        self.marks.append(Mark(shape=shapely.box(x, y, x + w, y + h), **look))  # type: ignore[arg-type]

    def write(self, text: str, at: tuple[float, float], **look: object) -> None:
        """Put a text."""
        self.marks.append(Mark(text=text, at=at, **look))  # type: ignore[arg-type]

    def rule(self, a: tuple[float, float], b: tuple[float, float], **look: object) -> None:
        """Put a straight line."""
        self.marks.append(Mark(shape=shapely.LineString([a, b]), **look))  # type: ignore[arg-type]


def colour(name: str) -> str:
    """Return a colour as #rrggbb."""
    return PALETTE.get(name, name)


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is: Han characters and full-width marks are square, others a little over half."""
    return sum(size if ord(c) > 0x2E7F else size * 0.56 for c in text)


def shortened(text: str, size: float, most: float) -> str:
    """Return a text that is no wider than `most`, cut with an ellipsis where it would be."""
    if width_of(text, size) <= most:
        return text
    while text and width_of(text + "…", size) > most:
        text = text[:-1]
    return text.rstrip() + "…"
