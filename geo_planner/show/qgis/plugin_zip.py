"""The plugin of QGIS as a zip that its plugin manager installs; the same bytes each time."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ..._version import __version__
from ..exports.files import atomic_write

FOLDER = "geo_planner_qgis"
_SOURCE = Path(__file__).parents[2] / "qgis_plugin"
_TIME = (2000, 1, 1, 0, 0, 0)


def write_plugin(path: Path) -> Path:
    """Write the plugin as a zip and return its path."""
    files = sorted(p for p in _SOURCE.iterdir() if p.suffix in {".py", ".txt"})
    with atomic_write(Path(path)) as inside, zipfile.ZipFile(inside, "w", zipfile.ZIP_STORED) as packed:
        for file in files:
            entry = zipfile.ZipInfo(f"{FOLDER}/{file.name}", _TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            text = file.read_text(encoding="utf-8").replace("@VERSION@", __version__)
            packed.writestr(entry, text.encode("utf-8"))
    return Path(path)
