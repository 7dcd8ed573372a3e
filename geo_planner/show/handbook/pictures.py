"""Pictures of the small plans that stand in the check files: what passes, what fails, and the evidence in red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...checks.contract import Check, Mini
from ...lang import Lang
from ...plan import LAYERS, Plan
from ..symbology.classes import layer_names
from ..symbology.styles import styles

_WIDTH, _EDGE = 340.0, 14.0
_FILL: Mapping[str, str] = {"parcels": "#e9dcc3", "buildings": "#b9a58a", "approvals": "none", "parks": "none"}
_LINE: Mapping[str, str] = {"pipes": "#2b6cb0", "roads": "#8a8f98", "control_lines": "#7a3db8", "approvals": "#5c7a3a"}
_DATES = ("start", "finish", "released", "used", "paved", "removed")
_MOST_LABELS = 14


def example_pictures(check: Check, lang: Lang) -> tuple[str, str]:
    """Return the passing and the failing example of a check as SVG, each with its ids and dates in a table below."""
    evidence = check.run(check.fails.plan, check.bind(check.example_profile)).rows.geometry.to_numpy()
    return _picture(check.passes, np.empty(0, dtype=object), lang), _picture(check.fails, evidence, lang)


def _picture(example: Mini, evidence: np.ndarray[Any, Any], lang: Lang) -> str:
    plan = example.plan
    shapes = [frame.geometry.to_numpy() for frame in plan.layers.values()]
    drawn = np.concatenate([*shapes, evidence]) if shapes else evidence
    drawn = drawn[~(shapely.is_missing(drawn) | shapely.is_empty(drawn))]
    if not len(drawn):
        return _dates(plan, lang)
    box = shapely.total_bounds(drawn)
    frame = _Frame(box)
    order = [name for name in _order(plan) if len(plan.layers[name])]
    parts = [part for name in order for part in _layer(name, plan.layers[name], frame)]
    parts += [frame.path(shape, "none", "#c62828", 2.5) for shape in evidence if frame.has(shape)]
    head = f'<svg viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" role="img">'
    return f"{head}{''.join(parts)}</svg>{_dates(plan, lang)}"


def _order(plan: Plan) -> list[str]:
    """Return layers with areas below, then lines, then points."""
    first = {
        name: int(shapely.get_dimensions(frame.geometry.to_numpy()).max(initial=-1))
        for name, frame in plan.layers.items()
    }
    return sorted(plan.layers, key=lambda name: (-first[name], name != "parks", name))


class _Frame:
    """Plan coordinates to picture coordinates: one scale for both axes, north up."""

    def __init__(self, box: np.ndarray[Any, Any]) -> None:
        self.x, self.y = float(box[0]), float(box[3])
        wide, high = max(float(box[2] - box[0]), 1e-6), max(float(box[3] - box[1]), 1e-6)
        self.scale = min((_WIDTH - 2 * _EDGE) / wide, 220.0 / high)
        self.width, self.height = _WIDTH, high * self.scale + 2 * _EDGE

    def has(self, shape: Any) -> bool:
        """Whether there is something to draw."""
        return shape is not None and not shape.is_empty

    def at(self, xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return points of the plan as points of the picture."""
        return np.column_stack([(xy[:, 0] - self.x) * self.scale + _EDGE, (self.y - xy[:, 1]) * self.scale + _EDGE])

    def path(self, shape: Any, fill: str, line: str, width: float) -> str:
        """Return a shape as an SVG path; points become small circles."""
        pieces = shapely.get_parts(shape) if hasattr(shape, "geoms") else [shape]
        return "".join(self._piece(piece, fill, line, width) for piece in pieces)

    def _piece(self, piece: Any, fill: str, line: str, width: float) -> str:
        if piece.geom_type == "Point":
            x, y = self.at(shapely.get_coordinates(piece))[0]
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{line}"/>'
        rings = shapely.get_rings(piece) if piece.geom_type == "Polygon" else [piece]
        steps = ["M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in self.at(shapely.get_coordinates(r))) for r in rings]
        closed = "Z" if piece.geom_type == "Polygon" else ""
        inside = fill if closed else "none"
        return (
            f'<path d="{(closed + " ").join(steps)}{closed}" fill="{inside}" fill-opacity=".7" fill-rule="evenodd" '
            f'stroke="{line}" stroke-width="{width}"/>'
        )


def _layer(name: str, frame: gpd.GeoDataFrame, place: _Frame) -> Iterable[str]:
    ids = frame["id"].fillna("?").astype(str).to_numpy() if "id" in frame else np.full(len(frame), "")
    fills = _fills(name, frame)
    for k, (shape, label) in enumerate(zip(frame.geometry.to_numpy(), ids, strict=True)):
        if not place.has(shape):
            continue
        yield place.path(shape, fills[k], _LINE.get(name, "#444"), 1.2)
        if k < _MOST_LABELS:
            x, y = place.at(shapely.get_coordinates(shape.representative_point()))[0]
            yield f'<text x="{x:.1f}" y="{y:.1f}">{escape(label)}</text>'


def _fills(name: str, frame: gpd.GeoDataFrame) -> list[str]:
    """Return the fill of each row: parcels by the head of their code, as on the map."""
    if name != "parcels" or "code" not in frame:
        return [_FILL.get(name, "#d8dde3")] * len(frame)
    known = styles()["codes"]
    pairs = zip(frame["scheme"].fillna(""), frame["code"].fillna(""), strict=True)
    return [
        known.get(scheme, {}).get(str(code)[:1] if not str(code)[:1].isdigit() else str(code)[:2], _FILL[name])
        for scheme, code in pairs
    ]


def _dates(plan: Plan, lang: Lang) -> str:
    """Return a table of what is dated: layer, id, and each date that is given."""
    rows = []
    for name, frame in plan.layers.items():
        columns = [c for c in _DATES if c in frame and frame[c].notna().any()]
        for k in range(min(len(frame), 8)) if columns else ():
            row = frame.iloc[k]
            days = ", ".join(f"{_column(name, c, lang)} {row[c].date()}" for c in columns if row[c] == row[c])
            if days:
                rows.append(
                    f"<tr><td>{escape(layer_names(name)[lang])}</td><td>{escape(str(row['id']))}</td><td>{escape(days)}</td></tr>"
                )
    return f'<table class="dates">{"".join(rows)}</table>' if rows else ""


def _column(layer: str, column: str, lang: Lang) -> str:
    spec = LAYERS[layer].column(column) if layer in LAYERS else None
    return column if spec is None else spec.zh if lang == "zh" else spec.en
