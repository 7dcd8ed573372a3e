"""`geo-planner demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import app


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")],
) -> int:
    """Write the sample workspace: layers, scenarios, a place for maps.  In Python: geo_planner.sample.write_demo(folder)."""
    from ..sample import write_demo

    for path in write_demo(folder):
        print(path)
    return 0
