"""`geo-planner run`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from .front import Base, Cache, Json, Lang, Out, Quiet, Text, app, exit_code, finish, progress_bar, say, work_in
from .reading import ContractFile, Ledgers

if TYPE_CHECKING:
    from ..plan import Scenario
    from ..show import Extras
    from ..study.run import Judged


@app.command()
def run(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO…", help="Scenario files (.toml).")],
    output: Out = None,
    review: Annotated[list[Path] | None, typer.Option("--review", help="Reviews to bring back in.")] = None,
    report: Annotated[list[str] | None, typer.Option("--report", help="Dossier too: docx, xlsx, pdf or html.")] = None,
    fixes: Annotated[
        Path | None, typer.Option("--fixes", help="A scenario whose edits are shown as proposals.")
    ] = None,
    ledger: Ledgers = None,
    contract: ContractFile = None,
    base: Base = None,
    cache: Cache = None,
    text: Text = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Read, judge and map scenarios into DIR (default maps/NAME/); several stand side by side at the end.

    In Python: geo_planner.run_scenario(path); of several: geo_planner.study.batch.run_scenarios(paths).
    """
    from ..show import Extras
    from ..study.batch import run_scenarios
    from ..study.run import fixes_of

    if len(scenarios) > 1 and (fixes or review):
        msg = f"{'--fixes' if fixes else '--review'} belongs to one scenario; name only that one."
        raise GeoPlannerError(msg)
    with progress_bar(quiet=quiet, title="run" if len(scenarios) > 1 else scenarios[0].name) as progress:
        judged = run_scenarios(_with_ledgers(scenarios, ledger or ()), progress=progress, work=work_in(cache))
    if contract is not None:
        judged = tuple(_under(contract, one) for one in judged)
    proposed = fixes_of(judged[0].scenario, fixes, judged[0].plan) if fixes else ()
    extras = Extras(base=base, fixes=proposed, reports=tuple(report or ()), text=text)
    if len(judged) > 1:
        return _several(judged, output, lang, as_json, quiet, extras)
    one = judged[0]
    return finish(
        one.plan, one.report, output or Path("maps") / one.scenario.name, lang, as_json, quiet, extras, review or ()
    )


def _with_ledgers(paths: Sequence[Path], ledgers: Sequence[Path]) -> list[Scenario]:
    """Return the scenarios, each with more ledgers than its file names."""
    from ..read.scenario import read_scenario

    read = [read_scenario(path) for path in paths]
    return [replace(one, ledgers=(*one.ledgers, *ledgers)) for one in read]


def _under(contract: Path, one: Judged) -> Judged:
    """Return a judged scenario whose plan carries what its layers break of a delivery contract."""
    from ..read.contract import contract_notes, read_contract

    broken = contract_notes(read_contract(contract), one.scenario.layers, one.scenario.ledgers)
    return replace(one, plan=replace(one.plan, notes=(*one.plan.notes, *broken)))


def _several(
    judged: Sequence[Judged], output: Path | None, lang: words.Lang, as_json: bool, quiet: bool, extras: Extras
) -> int:
    """Write each scenario into its own folder and print one table of all; return the worst of their exit codes."""
    from ..show import report_json, write_outputs
    from ..show.documents.terminal import print_side_by_side
    from ..study.batch import side_by_side, titles_of, verdict_rows

    written: list[Path] = []
    with progress_bar(quiet=quiet, title="write") as progress:
        for number, one in enumerate(judged):
            if progress:
                progress(one.scenario.name, number, len(judged))
            folder = (output or Path("maps")) / one.scenario.name
            write_outputs(one.plan, one.report, folder, lang=lang, extras=extras)
            written.append(folder)
    table = side_by_side(judged)
    if as_json:
        figures = {name: {k: None if v != v else v for k, v in table[name].items()} for name in table.columns}  # noqa: PLR0124  (NaN)
        print(
            json.dumps({"scenarios": [report_json(one.report) for one in judged], "table": figures}, ensure_ascii=False)
        )
    else:
        print_side_by_side(table, verdict_rows(judged, lang), titles_of(judged, lang), lang)
        if not quiet:
            say(words.printable(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written)))
    return max(exit_code(one.report) for one in judged)
