"""The front door, one file a command: arguments come in, one public function is called, its result is printed."""

from __future__ import annotations

from importlib import import_module

from .front import app, main, process

COMMANDS = (
    "run",
    "check",
    "read",
    "map",
    "schedule",
    "propose",
    "compare",
    "ensemble",
    "portfolio",
    "export",
    "rules",
    "explain",
    "review",
    "profile",
    "contract",
    "handbook",
    "qgis_plugin",
    "demo",
    "version",
)
"""Files of this folder with a command each, in the order in which --help lists them."""

for _name in COMMANDS:
    import_module(f".{_name}", __name__)

__all__ = ["app", "main", "process"]
