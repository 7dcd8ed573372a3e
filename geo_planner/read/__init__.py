"""FILES -> PLAN: the mess of the outside world stops here."""

from .importer import import_layers, read_plan
from .options import ReadOptions
from .report import ImportResult, LayerReport, import_report, import_table

__all__ = ["ImportResult", "LayerReport", "ReadOptions", "import_layers", "import_report", "import_table", "read_plan"]
