"""What the page is told besides its packed layers: the plan, its layers, and what is said of the report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..._version import __version__
from ...lang import Lang
from ...plan import Plan, Report
from ..exports.imported import imported
from ..symbology.classes import layer_names
from ..symbology.styles import styles
from .packed import days
from .said import report_model
from .sheets import Sheet


def model_of(
    plan: Plan, report: Report | None, sheets: list[Sheet], bounds: tuple[float, float, float, float], lang: Lang
) -> dict[str, Any]:
    """The values behind the page, ready for JSON."""
    specs = [sheet.spec for sheet in sheets]
    span = _span(plan)
    return {
        "lang": lang,
        "bounds": bounds,
        "days": span,
        "stops": stops_of(span),
        "meta": {
            "name": plan.name,
            "title": dict(plan.title),
            "version": __version__,
            "schematic": plan.schematic or bool(report and report.schematic),
            "asOf": (report.as_of if report else None) or (str(plan.as_of) if plan.as_of else None),
            "planDigest": report.plan_digest if report else plan.digest,
            "profile": report.profile_name if report else "",
            "profileDigest": report.profile_digest if report else "",
        },
        "layers": specs,
        "panel": _panel(specs),
        "names": {layer: layer_names(layer) for layer in plan.layers},
        "sources": [f"{s.layer}: {s.file} {s.inner} ({s.rows}) {s.sha256[:12]}" for s in plan.sources],
        "imported": [
            {k: row[k] for k in ("layer", "code", "severity", "zh", "en")}
            for row in imported(plan)["notes"]
            if row["severity"] != "info"
        ],
        **report_model(report, stops_of(span)),
    }


def _panel(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the layer panel, the uppermost layer first; sheets of one layer and utility share a row."""
    rows: dict[str, dict[str, Any]] = {}
    for spec in reversed(specs):
        if spec.get("ground"):
            continue
        key = spec["id"].removesuffix(f"-{spec['kind']}")
        group = "find_group" if spec.get("finding") else styles()["groups"].get(spec["source"], "more_group")
        row = rows.setdefault(key, {"group": group, "zh": spec["zh"], "en": spec["en"], "ids": []})
        row["ids"].insert(0, spec["id"])
    return list(rows.values())


def _span(plan: Plan) -> list[int] | None:
    """The first and last day on which works begin or end; None where nothing is dated."""
    found = [
        days(frame[column])
        for layer, frame in plan.layers.items()
        if layer not in styles()["order"]["period"]
        for column in ("start", "finish")
        if column in frame and frame[column].notna().any()
    ]
    known = [d[d > -(1 << 31)] for d in found]
    return [int(min(d.min() for d in known)), int(max(d.max() for d in known))] if known else None


def stops_of(span: list[int] | None) -> list[int]:
    """The ends of the quarters from the first day of works to the last, in days since 1970: where the slider stops."""
    if span is None or span[1] - span[0] < 1:
        return []
    first, last = (pd.Timestamp(day, unit="D").to_period("Q") for day in span)
    ends = pd.period_range(first, last, freq="Q").end_time.to_numpy("datetime64[D]")
    return [int(day) for day in ends.astype("int64")]
