"""DRAWING -> SVG: text stays text; colours that have a name carry it as a class, for the dark theme of a page.

What stands on a map keeps its colours, for the land below it stays pale: it is drawn in colours without a name.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import pairwise

import numpy as np
import shapely

from .drawing import PALETTE, Drawing, Mark, colour

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"

_HALO = f' paint-order="stroke" stroke="{PALETTE["paper"]}" stroke-width="2.4" stroke-linejoin="round"'


def svg(drawing: Drawing) -> str:
    """Return a drawing as SVG."""
    w, h = (f"{v:g}" for v in (drawing.width, drawing.height))
    said = escape(drawing.said, quote=True)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gp-still" viewBox="0 0 {w} {h}" role="img" aria-label="{said}"'
    )
    body = "".join(_text(mark) if mark.text else _shape(mark) for mark in drawing.marks)
    return f'{head} font-family="{FONTS}">{body}</svg>'


def _shape(mark: Mark) -> str:
    path = _whole(mark.shape) if mark.shape is not None else ""
    if not path:
        return ""
    fill = _paint("fill", mark.fill) if mark.fill else 'fill="none"'
    line = f' {_paint("stroke", mark.line)} stroke-width="{mark.width:g}"' if mark.line else ""
    dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in mark.dash)}"' if mark.dash else ""
    alpha = f' opacity="{mark.alpha:g}"' if mark.alpha < 1 else ""
    classes = _classes(mark)
    return f'<path d="{path}" {fill}{line}{dash}{alpha}{classes}/>'


def _classes(mark: Mark) -> str:
    names = [f"{side}-{name}" for side, name in (("f", mark.fill), ("l", mark.line)) if name in PALETTE]
    return f' class="{" ".join(names)}"' if names else ""


def _paint(what: str, name: str) -> str:
    return f'{what}="{colour(name)}"'


@lru_cache(maxsize=512)
def _whole(shape: shapely.Geometry) -> str:
    """The path of a shape with all its parts; what lies around a place is drawn once for both languages."""
    return "".join(_path(part) for part in shapely.get_parts(shape))


def _path(part: shapely.Geometry) -> str:
    rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
    if part.is_empty or part.geom_type not in {"Polygon", "LineString", "LinearRing"}:
        return ""
    return "".join(_ring(np.asarray(ring.coords)[:, :2], closed=part.geom_type == "Polygon") for ring in rings)


def _ring(xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]], *, closed: bool) -> str:
    """Return a ring in tenths of a unit, each step from the last."""
    ends = np.rint((xy[:-1] if closed else xy) * 10).astype(int).tolist()
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(ends)]
    words = " ".join([f"{_tenths(x)},{_tenths(y)}" for x, y in steps if x or y])
    first = f"M{_tenths(ends[0][0])},{_tenths(ends[0][1])}"
    return f"{first}l{words}" + ("z" if closed else "") if words else ""


@lru_cache(maxsize=20_000)
def _tenths(number: int) -> str:
    return f"{number / 10:g}"


def _text(mark: Mark) -> str:
    x, y = mark.at
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    bold = ' font-weight="600"' if mark.bold else ""
    halo = (
        f' paint-order="stroke" stroke="{PALETTE["paper"]}" stroke-width="2.4" stroke-linejoin="round"'
        if mark.halo
        else ""
    )
    name = mark.fill or "ink"
    classes = [f"f-{name}"] if name in PALETTE else []
    classes += ["l-paper"] if mark.halo and classes else []
    own = f' class="{" ".join(classes)}"' if classes else ""
    where = f'x="{x:.1f}" y="{y:.1f}" font-size="{mark.size:g}"'
    return f"<text {where}{anchor}{bold}{halo} {_paint('fill', name)}{own}>{escape(mark.text)}</text>"
