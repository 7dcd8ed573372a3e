"""`geo-planner run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import Base, Json, Lang, Out, Quiet, Text, app, finish, progress_bar


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    output: Out = None,
    review: Annotated[list[Path] | None, typer.Option("--review", help="Reviews to bring back in.")] = None,
    report: Annotated[list[str] | None, typer.Option("--report", help="Dossier too: docx, xlsx, pdf or html.")] = None,
    fixes: Annotated[
        Path | None, typer.Option("--fixes", help="A scenario whose edits are shown as proposals.")
    ] = None,
    base: Base = None,
    text: Text = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Read, judge and map a scenario into DIR (default maps/NAME/).  In Python: geo_planner.run_scenario(path)."""
    from ..read.scenario import read_scenario
    from ..show import Extras
    from ..study.run import fixes_of, run_scenario

    chosen = read_scenario(scenario)
    proposed = fixes_of(chosen, fixes) if fixes else ()
    with progress_bar(quiet=quiet, title=scenario.name) as progress:
        judged = run_scenario(chosen, progress=progress)
    extras = Extras(base=base, fixes=proposed, reports=tuple(report or ()), text=text)
    out = output or Path("maps") / judged.scenario.name
    return finish(judged.plan, judged.report, out, lang, as_json, quiet, extras, review or ())
