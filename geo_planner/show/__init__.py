"""RESULTS -> FILES: Folium map, dossier, tables, GeoPackage, QGIS project."""

from __future__ import annotations

from pathlib import Path

import orjson

from ..lang import LANGS, Lang
from ..plan import Plan, Report
from .exports.files import write_bytes, write_plan, write_text
from .exports.findings_file import ALL, FEW, write_findings_gpkg, write_findings_parquet
from .exports.imported import imported
from .exports.results import MOST, read_report, report_json, report_text, score_lines, verdict_table
from .exports.sarif import sarif
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

    Each file is written beside its place and moved there when complete. More findings than `report.json` holds also go
    into `findings.parquet`; of more than 5,000 `findings.gpkg` has sentences in `lang` only.
    Returns the paths in the order written.
    """
    from .documents.dossier import write_dossier
    from .documents.worklist import worklist_json

    folder = Path(folder)
    page = planner_map(plan, report, lang=lang, extras=extras)  # first, so that a wrong base map leaves nothing behind
    big = len(report.findings) > MOST
    write_plan(plan, folder / "plan.gpkg", plan_styles(plan, lang=lang))
    spoken = LANGS if len(report.findings) <= FEW else (lang,)
    write_findings_gpkg(report, folder / "findings.gpkg", finding_styles(lang=lang), languages=spoken)
    if big:
        write_findings_parquet(report, folder / ALL)
    write_bytes(folder / "report.json", report_text(report, text=extras.text, more={"import": imported(plan)}))
    write_bytes(folder / "findings.json", orjson.dumps(sarif(report, lang=lang), option=orjson.OPT_APPEND_NEWLINE))
    write_bytes(folder / "worklist.json", worklist_json(plan, report, extras.fixes))
    write_text(folder / "project.qgs", qgis_project(plan, report, lang=lang))
    page.write(folder / "map.html")
    dossiers = [folder / f"dossier.{kind}" for kind in extras.reports]
    for path in dossiers:
        write_dossier(plan, report, path, lang=lang, fixes=extras.fixes)
    names = ["map.html", "findings.gpkg", "report.json", "plan.gpkg", "findings.json", "worklist.json", "project.qgs"]
    names += [ALL] if big else []
    return [*(folder / name for name in names), *dossiers]
