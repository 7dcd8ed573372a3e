"""`geo-planner ensemble`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import Json, Lang, Out, Quiet, app, progress_bar, say


@app.command()
def ensemble(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY.toml", help="A study: a scenario and what is uncertain in it.")
    ],
    members: Annotated[int, typer.Option("--members", help="How many draws are judged.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same result.")] = 0,
    output: Out = None,
    processes: Annotated[int, typer.Option("--processes", help="Processes of this machine; 0: one a core.")] = 0,
    scheduler: Annotated[str, typer.Option("--scheduler", help="A Dask scheduler, as tcp://HOST:8786.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: what was judged before is not judged again.")
    ] = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge a plan under many draws: what is certain, which features and dates decide, which uncertainty matters.

    In Python: geo_planner.study.ensemble.run_ensemble(study, Options(members=1000, seed=0)).
    """
    from ..read.study import read_study
    from ..show.documents.ensemble import ensemble_json, ensemble_lines, state_rows, write_ensemble
    from ..show.documents.terminal import print_rows
    from ..study.ensemble import Options, run_ensemble

    chosen = read_study(study)
    folder = output or Path("maps") / chosen.name
    options = Options(
        members=members, seed=seed, processes=processes, folder=folder, scheduler=scheduler, resume=resume
    )
    with progress_bar(quiet=quiet, title=chosen.name) as progress:
        done = run_ensemble(chosen, options, progress=progress)
    written = write_ensemble(done, folder, lang=lang)
    if as_json:
        print(json.dumps(ensemble_json(done), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in ensemble_lines(done, lang)))
        print_rows(state_rows(done, lang))
    if not quiet:
        say(
            f"computed {done.computed}, taken over {done.reused}"
            + (f", broken {len(done.outcomes.faults)}" if done.outcomes.faults else "")
        )
        say(words.printable(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written)))
    return 3 if done.outcomes.faults else 0 if done.state == "pass" else 1
