"""`geo-planner compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import GeoPlannerError
from .front import Lang, Quiet, app, progress_bar, say


@app.command()
def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(metavar="A.toml B.toml", help="Scenario files; the first is the base.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write (.html).")],
    lang: Lang = "zh",
    quiet: Quiet = False,
) -> int:
    """Map what separates scenarios from the base, the difference first, with their figures side by side.

    In Python: geo_planner.study.compare.compare(a, b).
    """
    from ..show.page.compare import write_comparison
    from ..study.compare import compare as differ
    from ..study.run import run_scenario

    if len(scenarios) < 2:
        msg = "compare needs two scenarios or more, the base first."
        raise GeoPlannerError(msg)
    with progress_bar(quiet=quiet, title="compare") as progress:
        base, *others = [run_scenario(path, progress=progress) for path in scenarios]
    write_comparison([differ(base, other) for other in others], output, lang=lang)
    if not quiet:
        say(str(output))
    return 0
