"""`geo-planner export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import Quiet, app, name_of


@app.command()
def export(
    source: Annotated[Path, typer.Argument(metavar="PLAN|SRC", help="A plan or layers.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write into.")],
    kind: Annotated[str, typer.Option("--as", help="shapefile, gpkg, geojson, parquet, dxf or xlsx.")] = "shapefile",
    crs: Annotated[str | None, typer.Option("--crs", help="Coordinate system to write in, as EPSG:4527.")] = None,
    english: Annotated[bool, typer.Option("--english", help="English column names instead of Chinese ones.")] = False,
    quiet: Quiet = False,
) -> int:
    """Write a plan as bureaus want it back: GBK with .cpg, short Chinese names.  In Python: geo_planner.show.exports.layers.export_plan."""
    from ..read import read_plan
    from ..show.exports.layers import export_plan

    plan = read_plan([source], name=name_of([source]))
    for name in export_plan(plan, output, kind, crs=crs, chinese=not english):  # type: ignore[arg-type]
        if not quiet:
            print(words.printable(str(name)))
    return 0
