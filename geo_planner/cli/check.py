"""`geo-planner check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .front import Base, Crs, Json, Lang, Out, ProfileName, Quiet, Sources, Text, app, finish, name_of, progress_bar


@app.command()
def check(
    sources: Sources,
    output: Out = None,
    profile: ProfileName = "china",
    crs: Crs = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Checks or families: UG204, ug.")] = None,
    scheme: Annotated[list[Path] | None, typer.Option("--scheme", help="A land-use scheme of your own (.csv).")] = None,
    base: Base = None,
    text: Text = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge layers as they are and map them into DIR.  In Python: geo_planner.check(geo_planner.read_plan(sources))."""
    from ..checks import validate
    from ..plan.landuse import own_schemes
    from ..read import read_plan
    from ..read.importer import ReadOptions
    from ..read.profile import read_profile, read_scheme
    from ..show import Extras
    from ..verdict import judge

    own = own_schemes(read_scheme(path) for path in scheme or ())
    rules = read_profile(profile)
    validate(rules)
    name = name_of(sources)
    with progress_bar(quiet=quiet, title=name) as progress:
        plan = read_plan(sources, name=name, crs=crs, options=ReadOptions(schemes=own))
        report = judge(plan, rules, only=only or (), progress=progress)
    return finish(plan, report, output or Path("maps") / name, lang, as_json, quiet, Extras(base=base, text=text))
