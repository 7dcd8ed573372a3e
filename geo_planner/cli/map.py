"""`geo-planner map`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import Base, Crs, Lang, ProfileName, Quiet, app, name_of, say
from .reading import ForceCrs


@app.command(name="map")
def map_(
    source: Annotated[Path, typer.Argument(metavar="SRC|report.json", help="Layers, a plan, or a report.json.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write (.html).")],
    crs: Crs = None,
    force_crs: ForceCrs = False,
    profile: ProfileName = "china",
    base: Base = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
) -> int:
    """Draw layers, or a report that was written before, as one self-contained page.  In Python: geo_planner.write_map."""
    from ..show import Extras, write_map

    if source.suffix.lower() == ".json":
        from ..show.exports.results import read_report

        plan, report = read_report(source)
    else:
        from ..read import ReadOptions, read_plan
        from ..read.profile import read_profile
        from ..verdict import judge

        plan = read_plan([source], name=name_of([source]), crs=crs, options=ReadOptions(force_crs=force_crs))
        report = judge(plan, read_profile(profile))
    write_map(plan, report, output, lang=lang, extras=Extras(base=base))
    if not quiet:
        say(str(output))
    return 0
