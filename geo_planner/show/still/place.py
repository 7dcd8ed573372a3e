"""The little map of a proof: its parties, the way from the source with its direction, each thing named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from ...lang import Lang
from ..symbology.styles import styles
from .drawing import GAP, INK, OTHER, PARTY, SOFT, Drawing, Mark, colour, width_of
from .scene import Scene, Shapes, scene_of
from .words import say

Box = tuple[float, float, float, float]
_LEAST = 240.0
"""m: a place smaller than this is shown with so much around it."""
_FEW = 3000
"""Parcels that are drawn at most; of a wider view the parties and the network speak, for half of the land would lie."""
_APART = 300
"""Parcels up to which each has its own outline; more are drawn as one area a class, which is all one sees of them."""
_MANY = shapely.GeometryType.MULTIPOINT
"""The first type of shapely that has parts."""
_SIZE = 10.0
_LINED = (("waiting", GAP, 0.14, 1.0), ("other", OTHER, 0.2, 1.8), ("subject", PARTY, 0.3, 1.8))
"""Colour, strength of the fill and width of the line of the parties, from bottom to top."""
_NAMED = (("subject", PARTY), ("blocking", GAP), ("source", INK), ("other", OTHER))
"""Parties that are named, in the order in which they take their room."""


@dataclass(frozen=True)
class _Paper:
    """A part of the ground within a box of the drawing."""

    frame: Box
    room: Box

    @property
    def scale(self) -> float:
        """Units of the drawing a metre."""
        return self.room[2] / (self.frame[2] - self.frame[0])

    def __call__(self, shape: Any) -> Any:
        """Return a shape, or each of an array of them, as it lies on the paper, cut at the edge."""
        whole = np.asarray(shape, dtype=object)
        valid = shapely.is_valid(whole)
        if not np.all(valid):
            whole = np.where(valid, whole, shapely.make_valid(whole))
        flat = shapely.transform(shapely.clip_by_rect(whole, *self.frame), self._flat)
        return shapely.simplify(flat, 0.15)

    def _flat(self, xy: Any) -> Any:
        x, y = self.room[:2]
        return np.column_stack(
            [x + (xy[:, 0] - self.frame[0]) * self.scale, y + (self.frame[3] - xy[:, 1]) * self.scale]
        )


def put_place(drawing: Drawing, shapes: Shapes, proof: Mapping[str, Any], room: Box, lang: Lang) -> Scene:
    """Draw the place of a proof into a box of the drawing; nothing where nothing of it has a place."""
    scene = scene_of(shapes, proof)
    if not scene.shapes():
        return scene
    paper = _Paper(_frame(scene.shapes(), room[2] / room[3]), room)
    x, y, w, h = room
    drawing.box(x, y, w, h, fill="#fbfaf7")
    key = (paper.frame, paper.room)
    if key not in shapes.grounds:  # the same in both languages
        shapes.grounds[key] = list(_around(shapes, paper))
    drawing.marks += [*shapes.grounds[key], *_parties(scene, paper), *_way(scene, paper)]
    _names(drawing, scene, paper, lang)
    drawing.box(x, y, w, h, line=SOFT, width=0.8)
    _scale_bar(drawing, paper)
    return scene


def _frame(shapes: list[Any], ratio: float) -> Box:
    """The part of the ground that is shown: all shapes with air around them, in the shape of the box."""
    x0, y0, x1, y1 = shapely.total_bounds(np.array(shapes, object))
    w, h = max((x1 - x0) * 1.3, _LEAST), max((y1 - y0) * 1.35, _LEAST / ratio)
    w, h = max(w, h * ratio), max(h, w / ratio)
    return ((x0 + x1 - w) / 2, (y0 + y1 - h) / 2, (x0 + x1 + w) / 2, (y0 + y1 + h) / 2)


def _around(shapes: Shapes, paper: _Paper) -> Iterator[Mark]:
    """Land by its class, pale, and the roads."""
    plan, box = shapes.plan, shapely.box(*paper.frame)
    if plan.has("parcels"):
        parcels, ple = shapes.land()
        at = np.sort(parcels.sindex.query(box))
        for name, look in styles()["ple"].items() if len(at) <= _FEW else ():
            land = paper(parcels.geometry.to_numpy()[at[ple[at] == name]])
            if len(at) > _APART:
                grown = shapely.buffer(land, 0.6, join_style="mitre")  # round corners would be most of the work
                land = shapely.simplify(shapely.disjoint_subset_union_all(grown), 0.6)
            if areas := _parts(land, "Polygon"):
                shape = shapely.multipolygons(areas)
                yield Mark(shape=shape, fill=look["fill"], line="#ffffff", width=0.6, alpha=0.32)
    if "roads" in plan and len(plan.layers["roads"]):
        roads = plan["roads"]
        lines = paper(roads.geometry.to_numpy()[np.sort(roads.sindex.query(box))])
        if parts := _parts(lines, "LineString"):  # none may lie near
            yield Mark(shape=_strokes(np.array(parts, dtype=object)), line="#c9c4ba", width=1.4)


def _strokes(lines: Any) -> Any:
    """Lines as few long ones: those that go across the paper joined end to end, and those that go up and down."""
    ends = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]])).reshape(2, -1, 2)
    across = np.abs(np.diff(ends[..., 0], axis=0)) >= np.abs(np.diff(ends[..., 1], axis=0))
    ways = [lines[chosen] for chosen in (across[0], ~across[0])]
    joined = [shapely.line_merge(shapely.multilinestrings(way)) for way in ways if len(way)]
    return shapely.multilinestrings(shapely.simplify(shapely.get_parts(joined), 0.15))


def _parts(shapes: Any, kind: Literal["LineString", "Polygon"]) -> list[Any]:
    """The single parts of shapes that are of a kind, of collections within collections too."""
    parts = np.atleast_1d(np.asarray(shapes, dtype=object))
    while (shapely.get_type_id(parts) >= _MANY).any():
        parts = shapely.get_parts(parts)
    single = shapely.GeometryType[kind.upper()]
    return list(parts[(shapely.get_type_id(parts) == single) & ~shapely.is_empty(parts)])


def _parties(scene: Scene, paper: _Paper) -> Iterator[Mark]:
    for role, ink, strength, width in _LINED:
        for _, shape in getattr(scene, role):
            flat, kind = paper(shape), shapely.get_dimensions(shape)
            if kind == 0:
                yield from _dot(flat, ink)
                continue
            if kind == 2:
                yield Mark(shape=flat, fill=ink, alpha=strength)
            yield Mark(shape=flat, line=ink, width=width + (2 - kind))


def _way(scene: Scene, paper: _Paper) -> Iterator[Mark]:
    """The way with heads along it, what comes last on it, and the source."""
    for shape in scene.path:
        yield Mark(shape=paper(shape), line="#ffffff", width=4.2)
    for shape in scene.path:
        yield Mark(shape=paper(shape), line=PARTY, width=2.2)
    for _, shape in scene.blocking:
        if shapely.get_dimensions(shape):
            yield Mark(shape=paper(shape), line="#ffffff", width=6.0)
            yield Mark(shape=paper(shape), line=GAP, width=4.0)
        else:
            yield from _dot(paper(shape), GAP)
    yield from _heads(scene, paper)
    for _, shape in scene.source:
        yield from _dot(paper(shape), INK)


def _dot(flat: Any, ink: str) -> Iterator[Mark]:
    if not flat.is_empty:
        at = flat.centroid
        yield Mark(shape=shapely.box(at.x - 4, at.y - 4, at.x + 4, at.y + 4), fill=ink, line="#ffffff", width=1.2)


def _heads(scene: Scene, paper: _Paper) -> Iterator[Mark]:
    """Arrow heads along the way, from the source to the parcel."""
    last = scene.source[0][1].centroid if scene.source else None
    for shape in scene.path:
        lines = _parts([shapely.line_merge(shape)], "LineString")
        line = max(lines, key=lambda part: part.length)
        ends = shapely.points([line.coords[0], line.coords[-1]])
        if last is not None and last.distance(ends[1]) < last.distance(ends[0]):
            line, ends = line.reverse(), ends[::-1]
        last = ends[1]
        for part in _parts([paper(line)], "LineString"):
            if part.length > 26:
                yield from (_head(part, along) for along in np.arange(part.length / 2 % 46 or 23, part.length, 46))


def _head(line: Any, along: float) -> Mark:
    tip, tail = (np.array(line.interpolate(max(along + d, 0)).coords[0]) for d in (3, -3))
    step = (tip - tail) / max(float(np.hypot(*(tip - tail))), 1e-9)
    side = np.array([-step[1], step[0]]) * 4
    shape = shapely.Polygon([tip + step * 3, tip - step * 4 + side, tip - step * 4 - side])
    return Mark(shape=shape, fill=PARTY, line="#ffffff", width=0.8)


def _names(drawing: Drawing, scene: Scene, paper: _Paper, lang: Lang) -> None:
    """Write the names of the parties beside them, none over another."""
    taken: list[Box] = []
    for role, ink in _NAMED:
        for name, shape in getattr(scene, role)[:3]:
            flat = paper(shape)
            if flat.is_empty:
                continue
            text = f"{say(role, lang)} {name}" if role in {"blocking", "source"} else name
            spot = _spot(flat, width_of(text, _SIZE), paper.room, taken)
            if spot is not None:
                drawing.write(text, spot, size=_SIZE, bold=True, fill=colour(ink), halo=True, anchor="middle")


def _spot(flat: Any, wide: float, room: Box, taken: list[Box]) -> tuple[float, float] | None:
    """The first free place: within a wide shape, else above, below, right or left of it; None where all is taken."""
    x, y, w, h = room
    x0, y0, x1, y1 = flat.bounds
    middle = ((x0 + x1) / 2, (y0 + y1) / 2 + _SIZE * 0.36)
    spots = [middle] if x1 - x0 > wide + 6 and y1 - y0 > _SIZE + 4 else []
    spots += [(middle[0], y0 - 5), (middle[0], y1 + _SIZE + 2), (x1 + wide / 2 + 6, middle[1])]
    spots += [(x0 - wide / 2 - 6, middle[1]), (middle[0], y0 - 19), (middle[0], y1 + _SIZE + 16), middle]
    for right, down in spots:
        cx = min(max(right, x + wide / 2 + 3), x + w - wide / 2 - 3)
        cy = min(max(down, y + _SIZE + 2), y + h - 4)
        box = (cx - wide / 2 - 2, cy - _SIZE, cx + wide / 2 + 2, cy + 3)
        if all(box[2] < o[0] or box[0] > o[2] or box[3] < o[1] or box[1] > o[3] for o in taken):
            taken.append(box)
            return cx, cy
    return None


def _scale_bar(drawing: Drawing, paper: _Paper) -> None:
    x, y, w, h = paper.room
    want = w * 0.22 / paper.scale
    base = 10 ** np.floor(np.log10(want))
    step = float(next(k for k in (5, 2, 1) if k * base <= want) * base)
    text = f"{step / 1000:g} km" if step >= 1000 else f"{step:g} m"
    right, foot = x + w - 8, y + h - 7
    drawing.rule((right - step * paper.scale, foot), (right, foot), line=INK, width=1.6)
    drawing.write(text, (right, foot - 4), anchor="end", size=9.0, fill=colour(INK), halo=True)
