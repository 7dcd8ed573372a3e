"""`geo-planner portfolio`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import Json, Lang, Quiet, app, progress_bar, say


@app.command()
def portfolio(
    scenarios: Annotated[
        list[Path], typer.Argument(metavar="SCENARIO… | PORTFOLIO.toml", help="Scenarios, or a file that lists them.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for board.html, board.xlsx, board.json.")],
    processes: Annotated[int, typer.Option("--processes", min=1, help="Processes of this machine.")] = 1,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Many parks on one board: each judged in its own zone, then what crosses their borders and who does what.

    In Python: geo_planner.study.portfolio.run_portfolio(paths).
    """
    from ..show.documents.board import glance_rows, write_board
    from ..show.documents.terminal import print_rows
    from ..study.portfolio import read_portfolio, run_portfolio

    chosen = read_portfolio(scenarios)
    with progress_bar(quiet=quiet, title=chosen.name) as progress:
        board = run_portfolio(chosen, progress=progress, processes=processes)
    written = write_board(board, output, lang=lang)
    if as_json:
        print(json.dumps(board, ensure_ascii=False))
    else:
        print_rows(glance_rows(board, lang))
    if not quiet:
        say(words.printable(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written)))
    return (
        1 if any(p["findings"]["error"] or p["findings"]["warning"] for p in board["parks"]) or board["across"] else 0
    )
