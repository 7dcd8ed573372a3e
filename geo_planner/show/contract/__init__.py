"""CONTRACT, GATE -> FILES: templates to send out, and what a month brought as JSON, workbook and page."""

from .gate import gate_json, gate_page, write_gate
from .template import write_mapping, write_template

__all__ = ["gate_json", "gate_page", "write_gate", "write_mapping", "write_template"]
