"""What a month brought, held against its contract: one JSON object, a workbook, and a page with a map."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...lang import Lang
from ...read.contract.gate import Gate
from ...read.contract.terms import Difference
from ...read.file_set import FileSet
from ..exports.files import write_text, written_together
from .template import page_of, write_book

_DRAWN, _WIDE = 4000, 1000.0
_COLOURS = {"added": "#1a7f37", "removed": "#666", "changed": "#0969da", "reshaped": "#0969da"}


def gate_json(gate: Gate) -> dict[str, Any]:
    """Return the outcome, the breaches and the changes as plain values."""
    return {
        "contract": gate.contract.name,
        "delivery": gate.delivery.folder,
        "as_contracted": not gate.breaches,
        "layers": [{"name": s.name, "file": s.source, "rows": s.rows_in} for s in gate.delivery.sheets],
        "differences": [_row(d) for d in gate.differences],
    }


def _row(d: Difference) -> dict[str, Any]:
    words = ("kind", "breach", "layer", "field", "count", "old", "new", "zh", "en")
    return {w: getattr(d, w) for w in words} | {"ids": list(d.ids)}


def write_gate(gate: Gate, folder: Path, *, lang: Lang = "zh") -> list[Path]:
    """Write `contract.json`, `contract.xlsx` and `contract.html` into a folder, as one set."""
    first, *others = names = [f"contract.{end}" for end in ("json", "xlsx", "html")]
    with written_together(FileSet(Path(folder), first, tuple(others))) as inside:
        _write_gate(gate, [inside / name for name in names], lang)
    return [Path(folder) / name for name in names]


def _write_gate(gate: Gate, names: Sequence[Path], lang: Lang) -> None:
    write_text(names[0], json.dumps(gate_json(gate), ensure_ascii=False, indent=1) + "\n")
    zh = lang == "zh"
    head = (
        ["须整改", "图层", "字段", "数量", "说明", "编号"]
        if zh
        else ["to mend", "layer", "field", "count", "what", "ids"]
    )
    rows = [[_mark(d, lang), d.layer, d.field, d.count, getattr(d, lang), ", ".join(d.ids)] for d in gate.differences]
    write_book({"差异" if zh else "differences": [head, *rows]}, names[1])
    write_text(names[2], gate_page(gate, lang=lang))


def _mark(d: Difference, lang: Lang) -> str:
    return ("是" if lang == "zh" else "yes") if d.breach else ""


def gate_page(gate: Gate, *, lang: Lang = "zh") -> str:
    """Return one page without script: the sentences, and a map of the features they are about."""
    zh = lang == "zh"
    bad = len(gate.breaches)
    title = f"{gate.contract.name}：{gate.delivery.folder}"
    verdict = (
        ("符合约定" if not bad else f"有 {bad} 项须整改") if zh else ("as contracted" if not bad else f"{bad} to mend")
    )
    head = ("图层", "说明", "编号") if zh else ("layer", "what", "ids")
    rows = [
        f'<tr class="{"breach" if d.breach else "change"}"><td>{_h(d.layer)}</td><td>{_h(getattr(d, lang))}</td>'
        f"<td>{_h(', '.join(d.ids[:20]))}{'…' if len(d.ids) > 20 else ''}</td></tr>"
        for d in sorted(gate.differences, key=lambda d: not d.breach)
    ]
    table = "<table><tr>" + "".join(f"<th>{w}</th>" for w in head) + "</tr>" + "\n".join(rows) + "</table>"
    return page_of(title, f"<h1>{_h(title)}</h1><p><b>{_h(verdict)}</b></p>\n{_drawing(gate, lang)}\n{table}")


def _drawing(gate: Gate, lang: Lang) -> str:
    """Return the delivery as thin outlines with the features of the differences above them, as one picture."""
    ground = [_degrees(gpd.GeoSeries(s.frame.geometry.array[:_DRAWN], crs=s.crs or None)) for s in gate.delivery.sheets]
    marked = [(d, _degrees(d.shapes)) for d in gate.differences if d.shapes is not None and len(d.shapes)]
    boxes = [g.total_bounds for g in (*ground, *(m for _, m in marked)) if len(g)]
    boxes = [b for b in boxes if np.isfinite(b).all()]
    if not boxes:
        return ""
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]
    squeeze = float(np.cos(np.radians((low[1] + high[1]) / 2))) if abs(high[1]) <= 90 else 1.0
    scale = _WIDE / max((high[0] - low[0]) * squeeze, high[1] - low[1], 1e-9)
    size = ((high[0] - low[0]) * squeeze * scale, (high[1] - low[1]) * scale)

    def path(shapes: gpd.GeoSeries, look: str, title: str = "") -> str:
        moved = shapely.transform(
            np.asarray(shapes.array),
            lambda p: np.column_stack([(p[:, 0] - low[0]) * squeeze, high[1] - p[:, 1]]) * scale,
        )
        parts = "".join(_d(shape) for shape in moved)
        return f'<path d="{parts}" {look}><title>{_h(title)}</title></path>' if parts else ""

    drawn = [path(g, 'fill="#f4f4f4" stroke="#999" stroke-width="1" fill-rule="evenodd"') for g in ground]
    for d, shapes in marked:
        colour = _COLOURS.get(d.kind, "#c00")
        look = f'fill="{colour}" fill-opacity=".35" stroke="{colour}" stroke-width="3" fill-rule="evenodd"'
        drawn.append(path(shapes, look, getattr(d, lang)))
    return f'<svg viewBox="-10 -10 {size[0] + 20:.0f} {size[1] + 20:.0f}" role="img">{"".join(drawn)}</svg>'


def _degrees(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    return shapes.to_crs(4326) if shapes.crs is not None else shapes


def _d(shape: Any) -> str:
    """Return the path of a shape; a point is a small cross."""
    if shape is None or shape.is_empty:
        return ""
    if shapely.get_dimensions(shape) == 0:
        return "".join(f"M{x - 4:.1f} {y:.1f}h8M{x:.1f} {y - 4:.1f}v8" for x, y in shapely.get_coordinates(shape))
    lines = [shapely.get_coordinates(r) for p in shapely.get_parts(shape) for r in _lines(p)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) for line in lines)


def _lines(part: Any) -> list[Any]:
    return [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]


def _h(text: Any) -> str:
    return html.escape(str(text), quote=True)
