"""`geo-planner qgis-plugin`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import app


@app.command("qgis-plugin")
def qgis_plugin(
    output: Annotated[Path, typer.Option("-o", "--output", help="The plugin to write (.zip).")] = Path(
        "geo_planner_qgis.zip"
    ),
) -> int:
    """Pack the plugin of QGIS, which calls this command.  In Python: geo_planner.show.qgis.plugin_zip.write_plugin."""
    from ..show.qgis.plugin_zip import write_plugin

    print(write_plugin(output))
    return 0
