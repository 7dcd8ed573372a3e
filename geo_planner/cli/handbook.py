"""`geo-planner handbook`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import ProfileName, app


@app.command()
def handbook(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write into.")] = Path("handbook"),
    profile: ProfileName = "china",
) -> int:
    """Write the handbook, Chinese and English, as pages that need no network.  In Python: geo_planner.show.handbook.write_handbook."""
    from ..read.profile import read_profile
    from ..show.handbook import write_handbook

    for path in write_handbook(output, read_profile(profile)):
        print(path)
    return 0
