"""DRAWING -> PIXELS -> PNG: shapes and letters with soft edges, and nothing that changes from run to run."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .drawing import Drawing, Mark, colour
from .glyphs import outlines

_FINE = 2
"""Dots a pixel in each direction, of which the share that is covered makes the edge soft."""


def picture(drawing: Drawing, *, width: int = 1280) -> bytes:
    """Return a drawing as PNG, `width` pixels wide."""
    scale = width / drawing.width
    canvas = np.full((round(drawing.height * scale), width, 3), 255, np.float32)
    for mark in drawing.marks:
        if mark.text:
            _write(canvas, mark, scale)
        elif mark.shape is not None and not mark.shape.is_empty:
            _put(canvas, mark, scale)
    return png(np.rint(canvas).astype(np.uint8))


def _put(canvas: NDArray[np.float32], mark: Mark, scale: float) -> None:
    shape = shapely.transform(mark.shape, lambda xy: xy * scale)
    if mark.fill:
        _fill(canvas, [part for part in shapely.get_parts(shape) if part.area], (mark.fill, mark.alpha))
    if mark.line:
        lines = _dashed(shape, [d * scale for d in mark.dash])
        _fill(canvas, [shapely.buffer(lines, mark.width * scale / 2, quad_segs=3)], (mark.line, mark.alpha))


def _dashed(shape: Any, dash: list[float]) -> Any:
    """Return the lines of a shape, cut into dashes where there are any."""
    lines = [line for part in shapely.get_parts(shape) for line in shapely.get_parts(shapely.boundary(part))]
    lines = lines if any(shapely.get_dimensions(lines) == 1) else list(shapely.get_parts(shape))
    if not dash or not lines:
        return shapely.MultiLineString(lines)
    period, out = sum(dash), []
    for line in lines:
        starts = np.arange(0, line.length, period)
        out += [shapely.ops.substring(line, s, min(s + dash[0], line.length)) for s in starts]
    return shapely.MultiLineString([piece for piece in out if piece.length > 0])


def _fill(canvas: NDArray[np.float32], shapes: list[Any], look: tuple[str, float]) -> None:
    solid = [s for s in shapes if not s.is_empty]
    if solid:
        _burn(canvas, solid, shapely.total_bounds(solid), look)


def _write(canvas: NDArray[np.float32], mark: Mark, scale: float) -> None:
    rings, wide = outlines(mark.text, mark.size * scale)
    if not rings:
        return
    left = mark.at[0] * scale - {"start": 0.0, "middle": wide / 2, "end": wide}[mark.anchor]
    placed = [ring + np.array([left, mark.at[1] * scale]) for ring in rings]
    if mark.halo:
        around = shapely.buffer(_lines(placed), 1.6 * scale, quad_segs=2)
        _fill(canvas, [around], ("paper", 0.9))
    if mark.bold:
        placed += [ring + np.array([0.35 * scale, 0.0]) for ring in placed]
    box = np.array([np.min([r.min(0) for r in placed], 0), np.max([r.max(0) for r in placed], 0)]).ravel()
    step = len(rings)
    for part in (placed[:step], placed[step:]):
        if part:
            letters = {"type": "Polygon", "coordinates": [[*map(tuple, r), tuple(r[0])] for r in part]}
            _burn(canvas, [letters], box, (mark.fill or "ink", mark.alpha))


def _lines(rings: list[Any]) -> Any:
    return shapely.multilinestrings([shapely.linestrings(ring) for ring in rings])


def _burn(canvas: NDArray[np.float32], shapes: Iterable[Any], box: Any, look: tuple[str, float]) -> None:
    """Blend a colour into the part of a canvas that shapes cover; rings within rings are holes."""
    from affine import Affine
    from rasterio.features import rasterize

    height, width = canvas.shape[:2]
    x0, y0 = (max(int(np.floor(v)) - 1, 0) for v in box[:2])
    x1, y1 = min(int(np.ceil(box[2])) + 1, width), min(int(np.ceil(box[3])) + 1, height)
    if x1 <= x0 or y1 <= y0:
        return
    size = ((y1 - y0) * _FINE, (x1 - x0) * _FINE)
    where = Affine(1 / _FINE, 0, x0, 0, 1 / _FINE, y0)
    mask = rasterize(list(shapes), out_shape=size, transform=where, dtype="uint8")
    cover = sum(mask[a::_FINE, b::_FINE] for a in range(_FINE) for b in range(_FINE))
    at = np.nonzero(cover)
    share = (cover[at] * (look[1] / _FINE**2)).astype(np.float32)[:, None]
    tone = np.array([int(colour(look[0])[k : k + 2], 16) for k in (1, 3, 5)], np.float32)
    part = canvas[y0:y1, x0:x1]
    part[at] += (tone - part[at]) * share


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return an RGB picture as PNG, with nothing in it that changes from run to run."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * 3)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
