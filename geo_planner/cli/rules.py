"""`geo-planner rules`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from .front import Crs, Json, Lang, Out, ProfileName, Quiet, app, say
from .reading import ForceCrs


@app.command()
def rules(
    folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="A delivery, with --pack.")] = None,
    pack: Annotated[str | None, typer.Option("--pack", help="A rule pack by name, or a .csv of your own.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the rule packs.")] = False,
    output: Out = None,
    crs: Crs = None,
    force_crs: ForceCrs = False,
    profile: ProfileName = "china",
    standard: Annotated[str | None, typer.Option("--standard", help="Coverage of one standard, as GB50289.")] = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """List every rule with its numbers, or what of a standard is checked.  In Python: geo_planner.checks.rules_of(profile).

    With --pack NAME, list the rules of a pack, or hold a delivery against it: 0 kept, 1 something broken or unknown, 2 a file
    that cannot be read.  In Python: geo_planner.check_pack(folder, pack).
    """
    if listed:
        return _packs(as_json)
    if pack is None and (folder or output or crs):
        msg = "FOLDER, -o and --crs belong to a rule pack. Name one with --pack; --list shows them."
        raise GeoPlannerError(msg)
    if pack is not None:
        return (
            _pack(pack, lang, as_json)
            if folder is None
            else _hold(pack, folder, output, (crs, force_crs), lang, as_json, quiet)
        )
    return _standard(standard, lang, as_json) if standard else _profile(profile, lang, as_json)


def _packs(as_json: bool) -> int:
    from ..read.packs import packs, read_pack

    count = {name: len(read_pack(name).rules) for name in packs()}
    print(json.dumps(count) if as_json else "\n".join(f"{name}  {rules}" for name, rules in count.items()))
    return 0


def _pack(name: str, lang: words.Lang, as_json: bool) -> int:
    from ..read.packs import read_pack
    from ..show.documents.packs import pack_json, pack_lines

    pack = read_pack(name)
    if as_json:
        print(json.dumps(pack_json(pack), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in pack_lines(pack, lang)))
    return 0


def _hold(
    pack: str,
    folder: Path,
    output: Path | None,
    crs: tuple[str | None, bool],
    lang: words.Lang,
    as_json: bool,
    quiet: bool,
) -> int:
    from ..read.packs import check_pack
    from ..show.documents.packs import held_json, held_lines, write_held

    held = check_pack(folder, pack, crs=crs[0], force_crs=crs[1])
    written = write_held(held, output, lang=lang) if output else []
    if as_json:
        print(json.dumps(held_json(held), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in held_lines(held, lang)))
    if written and not quiet:
        say("  ".join(words.printable(str(p)) for p in written))
    return 2 if held.unreadable else 1 if held.broken or held.unknown else 0


def _standard(name: str, lang: words.Lang, as_json: bool) -> int:
    from ..checks.inventory import standard
    from ..show.documents.rules import coverage_json, coverage_lines

    one = standard(name)
    print(json.dumps(coverage_json(one), ensure_ascii=False) if as_json else "\n".join(coverage_lines(one, lang)))
    return 0


def _profile(name: str, lang: words.Lang, as_json: bool) -> int:
    from ..checks import rules_of, validate
    from ..read.profile import read_profile
    from ..show.documents.rules import rule_json, rule_lines

    chosen = read_profile(name)
    validate(chosen)
    found = rules_of(chosen)
    if as_json:
        print(json.dumps([rule_json(r) for r in found.values()], ensure_ascii=False, default=str))
    else:
        print("\n".join(rule_lines(found.values(), lang)))
    return 0
