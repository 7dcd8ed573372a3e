"""FILES -> PLAN: the mess of the outside world stops here."""

from .facts.report import import_report, import_table
from .vector import ImportResult, LayerReport, ReadOptions, import_layers, read_plan

__all__ = ["ImportResult", "LayerReport", "ReadOptions", "import_layers", "import_report", "import_table", "read_plan"]
