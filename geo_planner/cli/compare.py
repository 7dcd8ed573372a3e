"""`geo-planner compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from .front import Json, Lang, Quiet, app, progress_bar, say


@app.command()
def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(metavar="BASE.toml A.toml…", help="Scenario files; the first is the base.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="What to write: a page (.html), .json, .xlsx, or changes (.gpkg).")
    ],
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Tell what separates scenarios from the base and what causes it: land, works, findings, figures.

    In Python: geo_planner.study.compare.compare(a, b).
    """
    from ..show.documents.comparison import (
        can_write,
        causes_line,
        comparison_table,
        comparisons_json,
        write_comparisons,
    )
    from ..show.documents.terminal import print_rows
    from ..study.batch import run_scenarios
    from ..study.compare import compare as differ
    from ..study.outlook import sentence

    if len(scenarios) < 2:
        msg = "compare needs two scenarios or more, the base first."
        raise GeoPlannerError(msg)
    can_write(output, len(scenarios) - 1)
    with progress_bar(quiet=quiet, title="compare") as progress:
        base, *others = run_scenarios(scenarios, progress=progress, twice=True)
        pairs = [differ(base, other) for other in others]
    write_comparisons(pairs, output, lang=lang)
    if as_json:
        print(json.dumps(comparisons_json(pairs), ensure_ascii=False))
        return 0
    for pair in pairs:
        print(words.printable(sentence(pair, lang)))
        print(words.printable(causes_line(pair, lang)))
    print_rows(comparison_table(pairs, lang))
    if not quiet:
        say(words.printable(("已写入：" if lang == "zh" else "written: ") + str(output)))
    return 0
