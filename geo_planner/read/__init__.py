"""FILES -> PLAN: the mess of the outside world stops here."""

from .importer import ReadOptions, import_layers, read_plan
from .report import ImportResult, LayerReport, import_report, import_table

__all__ = ["ImportResult", "LayerReport", "ReadOptions", "import_layers", "import_report", "import_table", "read_plan"]
