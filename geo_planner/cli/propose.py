"""`geo-planner propose`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..errors import ScenarioError
from .front import Json, Lang, Out, Quiet, app, progress_bar, say


@app.command()
def propose(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    what: Annotated[str, typer.Option("--what", help="siting, facilities, layout, extension, swap, source or sample.")],
    projects: Annotated[Path | None, typer.Option("--projects", help="siting: the projects, .csv or .xlsx.")] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="facilities: primary_school, clinic …; source: power, water …")
    ] = "",
    sites: Annotated[
        int | None, typer.Option("--sites", help="facilities, source: how many; default the fewest.")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option("--capacity", help="source: what each gives; default as those there are.")
    ] = None,
    radius: Annotated[float | None, typer.Option("--radius", help="facilities: walking distance in metres.")] = None,
    near: Annotated[
        bool, typer.Option("--near", help="facilities with --sites: least walking instead of most people.")
    ] = False,
    band: Annotated[
        list[str] | None,
        typer.Option("--band", help="layout, swap, sample: a band in per cent: ecology=15-25, or a code: M2=5-20."),
    ] = None,
    park: Annotated[
        float | None, typer.Option("--park", help="layout: homes newly placed have a park within so many metres.")
    ] = None,
    serve: Annotated[
        list[str] | None,
        typer.Option("--serve", help="layout: land of a code near homes, in per cent of theirs: A33=500@8."),
    ] = None,
    joined: Annotated[
        bool, typer.Option("--joined", help="layout: works and homes grow from land that stays, no islands.")
    ] = False,
    front: Annotated[
        int | None, typer.Option("--front", help="layout: so many layouts between least change and most suitability.")
    ] = None,
    samples: Annotated[int, typer.Option("--samples", help="sample: lawful layouts to draw.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="sample: the same seed draws the same layouts.")] = 0,
    area: Annotated[float, typer.Option("--area", help="extension: hectares.")] = 300.0,
    side: Annotated[str, typer.Option("--side", help="extension: to the E, S, W or N (东南西北); default any.")] = "",
    of: Annotated[str, typer.Option("--of", help="extension: the park, where the plan holds several.")] = "",
    gap: Annotated[float, typer.Option("--gap", help="Stop when proved within this share of the best.")] = 0.001,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Stop by the clock; the answer may then differ.")
    ] = None,
    output: Out = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Propose sites, uses or an extension, with proof, judged again.  In Python: geo_planner.propose(scenario, ask)."""
    import time

    from ..improve.extension import Wanted
    from ..improve.facilities import Service
    from ..improve.layout_sample import Draws
    from ..improve.next_source import NextSource
    from ..show.documents.proposal import proposal_json, proposal_lines, write_proposal
    from ..study.propose import Ask
    from ..study.propose import propose as make

    service = Service(kind=kind, sites=sites, radius=radius, goal="near" if near else "cover")
    ask = Ask(
        what=what, projects=projects, service=service, bands=tuple(_band(b) for b in band or []), park=park, joined=joined,
        services=tuple(_serve(s) for s in serve or []), front=front,
        draws=Draws(many=samples, seed=seed),
        wanted=Wanted(area_ha=area, park=of, side=side),
        source=NextSource(kind=kind, sites=sites, capacity=capacity), gap=gap, seconds=seconds, clock=time.monotonic,
    )  # fmt: skip
    with progress_bar(quiet=quiet, title=f"propose {what}") as progress:
        outcome = make(scenario, ask, progress=progress)
        folder = output or Path("maps") / f"{outcome.scenario.name}_{what}"
        written = write_proposal(outcome, folder, lang=lang)
    if as_json:
        print(json.dumps(proposal_json(outcome), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in proposal_lines(outcome, lang)))
        if not quiet:
            say("  ".join(str(p) for p in written))
    return 1 if outcome.proposal.reason else 0


def _band(text: str) -> tuple[str, float, float]:
    name, _, numbers = text.partition("=")
    low, _, high = numbers.partition("-")
    try:
        return name.strip(), float(low), float(high or 100.0)
    except ValueError:
        msg = f"--band {text!r} is no band; write it as ecology=15-25."
        raise ScenarioError(msg) from None


def _serve(text: str) -> tuple[str, float, float]:
    name, _, numbers = text.partition("=")
    metres, _, percent = numbers.partition("@")
    try:
        return name.strip(), float(metres), float(percent)
    except ValueError:
        msg = f"--serve {text!r} is no service; write it as A33=500@8: code, metres, per cent of the land of homes."
        raise ScenarioError(msg) from None
