"""Letters as outlines, from a font of this machine: a picture for a document has no text of its own.

Of the fonts that a desk in China has the first one found is taken; a letter it lacks is left out, and without any font
a picture is drawn without words (its document says them beside it).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "msyh.ttc",
    "msyh.ttf",
    "simhei.ttf",
    "simsun.ttc",
    "PingFang.ttc",
    "STHeiti Light.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "arial.ttf",
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
)
"""Font files, the better first."""
_STEPS = 4
"""Straight pieces for one curve of a letter."""
Rings = list[np.ndarray[Any, Any]]


def _folders() -> Iterator[Path]:
    home = Path.home()
    yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    for place in ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"):
        yield Path(place)
    yield from (home / ".fonts", home / ".local/share/fonts", home / "Library/Fonts")


@cache
def _font() -> Any:
    """The font that letters are drawn with, or None."""
    found = {
        path.name: path for folder in _folders() if folder.is_dir() for path in sorted(folder.rglob("*.[to]t[cf]"))
    }
    best = next((found[name] for name in NAMES if name in found), None)
    if best is None:
        return None
    from fontTools.ttLib import TTCollection, TTFont

    if best.suffix == ".ttc":
        faces = TTCollection(str(best), lazy=True).fonts
        return next((f for f in faces if str(f["name"].getDebugName(4) or "").find(" SC") > 0), faces[0])
    return TTFont(str(best), lazy=True)


@cache
def _letter(char: str) -> tuple[Rings, float]:
    """Outlines of one letter in parts of its size, y upwards, and how far the next one stands; none where it lacks."""
    font = _font()
    name = font.getBestCmap().get(ord(char)) if font is not None else None
    if name is None:
        return [], 1.0 if ord(char) > 0x2E7F else 0.56
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    shapes = font.getGlyphSet()
    pen, em = DecomposingRecordingPen(shapes), font["head"].unitsPerEm
    shapes[name].draw(pen)
    return [ring / em for ring in _rings(pen.value)], shapes[name].width / em


def _rings(steps: list[tuple[str, tuple[Any, ...]]]) -> Rings:
    rings: Rings = []
    here: list[tuple[float, float]] = []
    for step, points in steps:
        if step == "moveTo":
            here = [points[0]]
        elif step == "lineTo":
            here.append(points[0])
        elif step == "curveTo":
            here += _curve([here[-1], *points])
        elif step == "qCurveTo":
            here += _bends(here[-1] if here else None, points)
        elif step in {"closePath", "endPath"} and len(here) > 2:
            rings.append(np.array(here, float))
    return rings


def _curve(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points along a Bezier curve of any degree, without its first."""
    t = np.linspace(0, 1, _STEPS + 1)[1:, None]
    level = [np.broadcast_to(np.array(p, float), (_STEPS, 2)) for p in points]
    while len(level) > 1:
        level = [a * (1 - t) + b * t for a, b in pairwise(level)]
    return [tuple(p) for p in level[0]]


def _bends(start: tuple[float, float] | None, points: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Points along the curves of a TrueType outline, whose ends between two control points are implied."""
    if points[-1] is None:  # a ring without any point on it: it begins in the middle of its last two
        around = points[:-1]
        start = tuple((np.array(around[-1]) + np.array(around[0])) / 2)
        points = (*around, start)
    if len(points) == 1:  # no control point: a straight line
        return [points[0]]
    out: list[tuple[float, float]] = []
    middles = [tuple((np.array(a) + np.array(b)) / 2) for a, b in pairwise(points[:-1])]
    ends = [*middles, points[-1]]
    for bend, end in zip(points[:-1], ends, strict=True):
        out += _curve([start or bend, bend, end])
        start = end
    return out


def outlines(text: str, size: float) -> tuple[Rings, float]:
    """Return the rings of a line of text from (0, 0) on, y downwards, and its width."""
    rings: Rings = []
    x = 0.0
    for char in text:
        own, step = _letter(char)
        rings += [np.column_stack([x + ring[:, 0] * size, -ring[:, 1] * size]) for ring in own]
        x += step * size
    return rings, x


def can_write() -> bool:
    """Whether this machine has a font to draw letters with."""
    return _font() is not None
