"""What became of an import: its layers, notes and rejects, as one JSON object and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from ..errors import GeoPlannerError
from ..lang.errors import error_zh
from ..plan.plan import Note, Plan
from .notes import Outcome, note_texts, sentence, shown


@dataclass(frozen=True)
class LayerReport:
    """What became of one layer of one file."""

    name: str
    source: str
    inner: str = ""
    rows_in: int = 0
    rows_out: int = 0
    rows_rejected: int = 0
    geometry: str = ""
    crs: str = ""
    crs_source: str = ""
    encoding: str = ""
    encoding_source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    swapped: bool = False
    shifted: str = ""
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ImportResult:
    """The plan (None when refused), a report a layer, the rows set aside by layer, and the outcome.

    `rejects` frames have the column `reject_reason`; rows in = rows out + rows set aside, always.
    """

    plan: Plan | None
    layers: tuple[LayerReport, ...]
    rejects: Mapping[str, gpd.GeoDataFrame]
    outcome: Outcome
    error: GeoPlannerError | None = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes of all layers."""
        return tuple(n for layer in self.layers for n in layer.notes)


def import_report(result: ImportResult) -> dict[str, Any]:
    """Return outcome, layers with their notes, and the error where the import was refused."""
    out: dict[str, Any] = {"outcome": result.outcome, "layers": [_layer(r) for r in result.layers]}
    if result.plan is not None:
        out["plan"] = {"name": result.plan.name, "crs": result.plan.crs, "digest": result.plan.digest}
    if result.error is not None:
        out["error"] = shown(str(result.error), most=2000)
    return out


def _layer(report: LayerReport) -> dict[str, Any]:
    words = (
        "name",
        "source",
        "inner",
        "rows_in",
        "rows_out",
        "rows_rejected",
        "geometry",
        "crs",
        "crs_source",
        "encoding",
        "encoding_source",
    )
    return {w: getattr(report, w) for w in words} | {
        "fields": dict(report.fields),
        "notes": [_note(n) for n in report.notes],
    }


def _note(item: Note) -> dict[str, Any]:
    text = {"zh": sentence(item, "zh"), "en": sentence(item, "en")}
    advice = note_texts()[item.code].advice if item.code in note_texts() else ""
    return {
        "code": item.code,
        "severity": item.severity,
        "count": item.count,
        "text": text,
        "advice": advice,
        "example": item.example,
    }


_OUTCOMES = {
    "zh": {"full": "完整读入", "repair": "读入，有修复", "warn": "读入，有疑点", "refuse": "拒绝读入"},
    "en": {"full": "read in full", "repair": "read, with repairs", "warn": "read, with doubts", "refuse": "refused"},
}
_MARKS = {"info": "·", "repair": "+", "warning": "!", "error": "×"}


def note_lines(notes: Iterable[Note], lang: str = "zh") -> list[str]:
    """Return a line for each note: its mark, its code, its sentence and an example."""
    return [
        f"    {_MARKS[n.severity]} {n.code} {sentence(n, lang)}" + (f" [{n.example}]" if n.example else "")
        for n in notes
    ]


def import_table(result: ImportResult, lang: str = "zh") -> list[str]:
    """Return the report as lines: the outcome, a line a layer, and its notes below it."""
    zh = lang == "zh"
    lines = [
        f"{'读入结果' if zh else 'import'}：{_OUTCOMES['zh'][result.outcome]}"
        if zh
        else f"import: {_OUTCOMES['en'][result.outcome]}"
    ]
    for report in result.layers:
        rows = f"{report.rows_in} → {report.rows_out}" + (
            f" (+{report.rows_rejected} {'剔除' if zh else 'set aside'})" if report.rows_rejected else ""
        )
        parts = [
            report.name,
            f"{report.source}",
            rows,
            report.crs or ("坐标系未知" if zh else "CRS unknown"),
            report.encoding,
        ]
        lines.append("  ".join(shown(p) for p in parts if p))
        lines += note_lines(report.notes, lang)
    if result.error is not None:
        text = str(result.error)
        lines.append(f"错误：{shown(error_zh(text), most=2000)}" if zh else f"error: {shown(text, most=2000)}")
    return lines
