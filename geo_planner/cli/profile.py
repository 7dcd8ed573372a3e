"""`geo-planner profile`."""

from __future__ import annotations

from typing import Annotated

import typer

from .front import app

profiles = typer.Typer(help="Profiles: the thresholds in force.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(profiles, name="profile")


@profiles.command(name="diff")
def profile_diff(
    a: Annotated[str, typer.Argument(help="Shipped profile or a TOML file.")],
    b: Annotated[str, typer.Argument(help="Shipped profile or a TOML file.")],
) -> int:
    """List every number on which two profiles differ.  In Python: geo_planner.plan.differences(a, b)."""
    from ..checks import load
    from ..plan import Profile, differences
    from ..read.profile import read_profile
    from ..show.documents.rules import difference_lines

    def full(name: str) -> Profile:
        given = read_profile(name)
        return Profile(given.name, {code: check_.thresholds(given) for code, check_ in load().items()})

    rows = differences(full(a), full(b))
    for line in difference_lines(rows):
        print(line)
    return 1 if rows else 0
