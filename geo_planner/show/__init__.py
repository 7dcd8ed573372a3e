"""RESULTS -> FILES: Folium map, dossier, tables, GeoPackage, QGIS project."""

from .compare import write_comparison
from .page import planner_map, write_map, write_outputs
from .results import read_report, report_json, score_lines, verdict_table, write_findings_gpkg

__all__ = [
    "planner_map", "read_report", "report_json", "score_lines", "verdict_table", "write_comparison",
    "write_findings_gpkg", "write_map", "write_outputs",
]  # fmt: skip
