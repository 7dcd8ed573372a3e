"""`geo-planner schedule`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from .front import Json, Lang, Out, Quiet, app, progress_bar, say


def _require_options(mode: str | None, today: str | None, write: list[Path]) -> None:
    from ..schedule import status_day
    from ..show.documents.programme import require_timeline

    for path in write:
        require_timeline(path)

    if today is not None:
        status_day(today)
    if mode not in {None, "least", "delay"}:
        msg = f"--mode {mode!r} is unknown; it is least or delay."
        raise GeoPlannerError(msg)


def _require_repair(*, repair: bool, shaped: bool) -> None:
    if shaped and not repair:
        msg = "--crews and --mode shape a repair. Add --repair, or leave them out."
        raise GeoPlannerError(msg)


@app.command()
def schedule(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    repair: Annotated[bool, typer.Option("--repair", help="Find the least change that keeps every rule.")] = False,
    mode: Annotated[
        str | None, typer.Option("--mode", help="least: smallest weighted shift; delay: nothing moves earlier.")
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", help="What began before stays; default: the scenario's as_of.")
    ] = None,
    dates: Annotated[
        Path | None, typer.Option("--dates", help="Dates from a schedule: .csv, .xlsx, .xml or .xer.")
    ] = None,
    risk: Annotated[bool, typer.Option("--risk", help="10,000 draws of delays: which parcels open too early.")] = False,
    write: Annotated[
        list[Path] | None, typer.Option("--write", help="Also write the timeline: .xml (MS Project), .xer or .csv.")
    ] = None,
    crews: Annotated[
        list[str] | None, typer.Option("--crews", help="Gangs that can work at once: pipes=3; may be repeated.")
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="Also write map.html with the Gantt of all works.")] = False,
    output: Out = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Critical path, broken rules, and with --repair the least change.  In Python: geo_planner.schedule_plan(plan)."""
    from ..read.scenario import read_scenario
    from ..schedule import crews_of, delays_of, options_of, schedule_plan
    from ..show import Extras, write_map
    from ..show.documents.programme import (
        joined_lines,
        risk_lines,
        schedule_json,
        schedule_lines,
        write_schedule,
        write_timeline,
    )
    from ..study.dates import DELAYS, delay_risk, with_schedule
    from ..study.run import load_scenario
    from ..verdict import judge

    _require_options(mode, today, write or [])
    chosen = read_scenario(scenario)
    with progress_bar(quiet=quiet, title=scenario.name):
        plan = load_scenario(chosen)
        terms = chosen.schedule
        options = options_of(terms)
        dates = dates or terms.dates
        if dates:
            dated = with_schedule(plan, dates, today=today)
            plan, options = dated.plan, replace(options, links=dated.links)
            for line in joined_lines(dated.joined, dated.links, dates.name, dated.notes, lang=lang):
                say(words.printable(line))
        if mode is not None:
            options = replace(options, mode="delay" if mode == "delay" else "least")
        options = replace(options, today=today, repair=repair, crews=crews_of(crews, options.crews))
        _require_repair(repair=repair, shaped=bool(crews or mode))
        done = schedule_plan(plan, chosen.rules, options)
        out = output or Path("maps") / chosen.name
        chance = delay_risk(plan, delays_of(terms, DELAYS), today=today) if risk else None
        written = write_schedule(done, chosen, out, chance, lang)
        written += [write_timeline(done, path, chosen.name) for path in write or ()]
        if page:
            report = judge(plan, chosen.rules, exemptions=chosen.exemptions)
            extras = Extras(fixes=done.edits, schedule=done, risk=chance)
            write_map(plan, report, out / "map.html", lang=lang, extras=extras)
            written.append(out / "map.html")
    if as_json:
        print(json.dumps(schedule_json(done), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in schedule_lines(done, lang)))
        if chance is not None:
            print("\n".join(words.printable(line) for line in risk_lines(chance, lang)))
        if not quiet:
            say(words.printable(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written)))
    if any(state.startswith("crashed") for state in done.programme.rules.values()):
        return 3
    announced = done.judged is not None and len(done.judged.new)
    return 1 if done.open or done.why is not None or len(done.past) or len(done.broken()) or announced else 0
