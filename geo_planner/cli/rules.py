"""`geo-planner rules`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import Json, Lang, ProfileName, app


@app.command()
def rules(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="With --pack: the layers of a delivery to hold against it."),
    ] = None,
    profile: ProfileName = "china",
    standard: Annotated[str | None, typer.Option("--standard", help="Coverage of one standard, as GB50289.")] = None,
    pack: Annotated[
        str | None,
        typer.Option("--pack", help="A rule pack for deliveries: change, kjghyd, topology, or a table (.csv)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="With --pack: a workbook to write (.xlsx).")
    ] = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> int:
    """List every rule, what of a standard is checked, or hold a delivery against a rule pack.  In Python: geo_planner.checks.rules_of(profile), geo_planner.read.packs.hold(rules, delivery)."""
    if pack or folder:
        return _pack(pack, folder, output, lang, as_json=as_json)
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


def _pack(name: str | None, folder: Path | None, output: Path | None, lang: words.Lang, *, as_json: bool) -> int:
    """List a rule pack, or hold a delivery against it: 0 all kept, 1 something is broken, 2 a rule could not be judged."""
    from ..errors import ReadError
    from ..read.contract import delivered
    from ..read.packs import hold, packs, read_pack
    from ..show.documents.packs import held_json, held_lines, pack_lines, write_held

    if name is None:
        msg = f"Which pack shall {folder} be held against? Give --pack with one of {', '.join(packs())}, or a table (.csv)."
        raise ReadError(msg)
    rules_of_pack = read_pack(name)
    if folder is None:
        if as_json:
            print(json.dumps([vars(rule) for rule in rules_of_pack], ensure_ascii=False))
        else:
            print("\n".join(words.printable(line) for line in pack_lines(rules_of_pack, lang)))
        return 0
    held = hold(rules_of_pack, delivered(folder))
    if output:
        write_held(held, output, lang=lang)
    if as_json:
        print(json.dumps(held_json(name, held), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in held_lines(held, lang)))
    states = {one.state for one in held}
    return 1 if "broken" in states else 2 if "unknown" in states else 0
