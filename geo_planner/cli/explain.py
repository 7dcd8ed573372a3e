"""`geo-planner explain`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..errors import ProfileError, did_you_mean
from .front import Json, Lang, ProfileName, app


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="A check, an import note, a score or VERDICT: UG204, S1.")],
    profile: ProfileName = "china",
    lang: Lang = "zh",
    as_json: Json = False,
) -> int:
    """Print the words and numbers of a check, an import note or a score.  In Python: geo_planner.checks.load()[code]."""
    from ..checks import load
    from ..read.notes import note_texts
    from ..read.profile import read_profile
    from ..show.documents.rules import explained, note_explained, rule_json, score_explained
    from ..verdict.formulas import SCORES

    known = load()
    wanted = code.upper()
    if note := note_texts().get(wanted):
        print("\n".join(note_explained(note, lang)))
        return 0
    if lines := score_explained(wanted, read_profile(profile), lang):
        print("\n".join(lines))
        return 0
    if wanted not in known:
        msg = f"there is no check or note '{code}'." + did_you_mean(wanted, [*known, *note_texts(), *SCORES])
        raise ProfileError(msg)
    rule = known[wanted].rule(read_profile(profile))
    if as_json:
        print(json.dumps(rule_json(rule), ensure_ascii=False, default=str))
        return 0
    print("\n".join(explained(rule, lang)))
    return 0
