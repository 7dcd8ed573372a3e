"""FILES -> PLAN: the mess of the outside world stops here."""

from .facts.report import ImportResult, LayerReport, import_report, import_table
from .vector import ReadOptions, import_layers, read_plan

__all__ = ["ImportResult", "LayerReport", "ReadOptions", "import_layers", "import_report", "import_table", "read_plan"]
