"""RESULTS -> FILES: Folium map, dossier, tables, GeoPackage, QGIS project."""

from __future__ import annotations

import json
from pathlib import Path

from ..lang import Lang
from ..plan import Plan, Report
from .exports.files import write_plan, write_text
from .exports.results import read_report, report_json, sarif, score_lines, verdict_table, write_findings_gpkg
from .page.compare import write_comparison
from .page.page import NOTHING, Extras, planner_map, write_map
from .qgis.project import finding_styles, plan_styles, qgis_project

__all__ = [
    "Extras",
    "planner_map",
    "read_report",
    "report_json",
    "score_lines",
    "verdict_table",
    "write_comparison",
    "write_findings_gpkg",
    "write_map",
    "write_outputs",
]


def write_outputs(
    plan: Plan, report: Report, folder: Path, *, lang: Lang = "zh", extras: Extras = NOTHING
) -> list[Path]:
    """Write map, findings, report, plan and a QGIS project into `folder`, and the dossiers that `extras` asks for.

    Each file is written beside its place and moved there when complete.
    Returns the paths in the order written.
    """
    from .documents.dossier import write_dossier

    folder = Path(folder)
    page = planner_map(plan, report, lang=lang, extras=extras)  # first, so that a wrong base map leaves nothing behind
    text = json.dumps(report_json(report, timed=False), ensure_ascii=False, indent=1) + "\n"
    write_plan(plan, folder / "plan.gpkg", plan_styles(plan, lang=lang))
    write_findings_gpkg(report, folder / "findings.gpkg", finding_styles(lang=lang))
    write_text(folder / "report.json", text)
    write_text(folder / "findings.json", json.dumps(sarif(report), ensure_ascii=False, indent=1) + "\n")
    write_text(folder / "project.qgs", qgis_project(plan, report, lang=lang))
    page.write(folder / "map.html")
    dossiers = [folder / f"dossier.{kind}" for kind in extras.reports]
    for path in dossiers:
        write_dossier(plan, report, path, lang=lang)
    names = ("map.html", "findings.gpkg", "report.json", "plan.gpkg", "findings.json", "project.qgs")
    return [*(folder / name for name in names), *dossiers]
