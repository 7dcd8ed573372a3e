"""`geo-planner rules`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from .front import Json, Lang, ProfileName, app


@app.command()
def rules(
    profile: ProfileName = "china",
    standard: Annotated[str | None, typer.Option("--standard", help="Coverage of one standard, as GB50289.")] = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> int:
    """List every rule with its numbers, or what of a standard is checked.  In Python: geo_planner.checks.rules_of(profile)."""
    from ..checks import rules_of, validate
    from ..read.profile import read_profile
    from ..show.documents.rules import rule_json, rule_lines

    if standard:
        from ..checks.inventory import standard as standard_named
        from ..show.documents.rules import coverage_json, coverage_lines

        one = standard_named(standard)
        print(json.dumps(coverage_json(one), ensure_ascii=False) if as_json else "\n".join(coverage_lines(one, lang)))
        return 0
    chosen = read_profile(profile)
    validate(chosen)
    listed = rules_of(chosen)
    if as_json:
        print(json.dumps([rule_json(r) for r in listed.values()], ensure_ascii=False, default=str))
    else:
        print("\n".join(rule_lines(listed.values(), lang)))
    return 0
