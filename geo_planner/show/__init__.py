"""RESULTS -> FILES: Folium map, dossier, tables, GeoPackage, QGIS project."""

from __future__ import annotations

from pathlib import Path

import orjson

from ..errors import OutputError
from ..lang import LANGS, Lang
from ..plan import Plan, Report
from ..read.file_set import FileSet
from ..work import give_back
from .exports.files import write_bytes, write_text, written_together
from .exports.findings_file import ALL, BIG, FEW, FINDINGS, findings_name, write_findings, write_findings_gpkg
from .exports.findings_file import PACKED as PACKED_FINDINGS
from .exports.imported import imported
from .exports.plan_copy import PACKED, PLAN, copy_name, write_copy
from .exports.results import read_report, report_json, report_text, score_lines, verdict_table
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

    The files replace those of an earlier run as one set. Of more than 5,000 findings `report.json` holds the gravest
    and `findings.gpkg` has sentences in `lang` only; more than 20,000 lie in `findings.gpkg.zip`, more than 50,000 in
    `findings.parquet` too. A plan of more than 10,000 features lies beside them as `plan.gpkg.zip`. A dossier of an
    earlier run that this one was not asked for stays: somebody may have worked on it.
    Returns the paths in the order written.
    """
    from .documents.dossier import write_dossier

    folder = Path(folder)
    page = planner_map(plan, report, lang=lang, extras=extras)  # first, so that a wrong base map leaves nothing behind
    give_back()
    dossiers = tuple(f"dossier.{kind}" for kind in extras.reports)
    with written_together(FileSet(folder, "report.json", (*_RESULTS, *dossiers))) as inside:
        _write_results(plan, report, inside, lang, extras)
        page.write(inside / "map.html")
        failed = None
        for name in dossiers:
            try:
                write_dossier(plan, report, inside / name, lang=lang, fixes=extras.fixes)
            except OutputError as error:  # no Chromium for a pdf: the results are kept all the same
                failed = error
    if failed is not None:
        raise failed
    big = [ALL] if len(report.findings) > BIG else []
    names = ["map.html", findings_name(report), "report.json", copy_name(plan), *_TEXTS, *big, *dossiers]
    return [folder / name for name in names]


_TEXTS = ("findings.json", "worklist.json", "project.qgs")
_RESULTS = ("map.html", FINDINGS, PACKED_FINDINGS, ALL, PLAN, PACKED, *_TEXTS)


def _write_results(plan: Plan, report: Report, folder: Path, lang: Lang, extras: Extras) -> None:
    from .documents.worklist import worklist_json

    write_copy(plan, folder, plan_styles(plan, lang=lang))
    give_back()
    spoken = LANGS if len(report.findings) <= FEW else (lang,)
    write_findings(report, folder, finding_styles(lang=lang), spoken)
    give_back()
    write_bytes(folder / "report.json", report_text(report, text=extras.text, more={"import": imported(plan)}))
    write_bytes(folder / "findings.json", orjson.dumps(sarif(report, lang=lang), option=orjson.OPT_APPEND_NEWLINE))
    write_bytes(folder / "worklist.json", worklist_json(plan, report, extras.fixes))
    write_text(folder / "project.qgs", qgis_project(plan, report, lang=lang))
