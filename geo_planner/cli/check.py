"""`geo-planner check`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import (
    Base,
    Cache,
    Crs,
    Json,
    Lang,
    Out,
    ProfileName,
    Quiet,
    Sources,
    Text,
    app,
    finish,
    name_of,
    progress_bar,
    work_in,
)
from .reading import (
    Accept,
    Bd09,
    ContractFile,
    Encoding,
    ForceCrs,
    Gcj02,
    Layer,
    Ledgers,
    Mapping,
    Recipe,
    Strict,
    read_options,
    with_roles,
)


@app.command()
def check(
    sources: Sources,
    output: Out = None,
    profile: ProfileName = "china",
    crs: Crs = None,
    force_crs: ForceCrs = False,
    accept: Accept = False,
    encoding: Encoding = None,
    mapping: Mapping = None,
    recipe: Recipe = None,
    layer: Layer = None,
    gcj02: Gcj02 = None,
    bd09: Bd09 = None,
    strict: Strict = False,
    ledger: Ledgers = None,
    contract: ContractFile = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Checks or families: UG204, ug.")] = None,
    scheme: Annotated[list[Path] | None, typer.Option("--scheme", help="A land-use scheme of your own (.csv).")] = None,
    base: Base = None,
    tile_rows: Annotated[
        int, typer.Option("--tile-rows", help="Judge in tiles of so many features, by several processes; 0: whole.")
    ] = 0,
    processes: Annotated[
        int, typer.Option("--processes", help="Processes that judge, with the first; 0: one a core.")
    ] = 0,
    cache: Cache = None,
    text: Text = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge layers as they are and map them into DIR.  In Python: geo_planner.check(geo_planner.read_plan(sources))."""
    from ..checks import validate
    from ..facts.registry import with_work
    from ..plan.landuse import own_schemes
    from ..read import import_layers, import_table
    from ..read.contract import contract_notes, read_contract
    from ..read.importer import plan_of
    from ..read.ledgers import join_ledger, read_ledger
    from ..read.profile import read_profile, read_scheme
    from ..read.report import note_lines
    from ..show import Extras
    from ..study.tiles.judge import Tiling, judged_apart
    from ..verdict import judge

    own = own_schemes(read_scheme(path) for path in scheme or ())
    rules = read_profile(profile)
    validate(rules)
    name = name_of(sources)
    tiling = Tiling(tile_rows, processes) if tile_rows else None
    named = {"crs": crs, "force_crs": force_crs, "accept": accept, "encoding": encoding, "recipe": recipe}
    options = read_options(mapping, gcj02, bd09, layer=layer, strict=strict, schemes=own, **named)
    with progress_bar(quiet=quiet, title=name) as progress:
        result = import_layers(with_roles(sources), options, name=name)
        plan = plan_of(result)
        for one in ledger or ():
            plan = join_ledger(plan, read_ledger(one))
        if contract is not None:
            folders = [s[1] if isinstance(s, tuple) else s for s in with_roles(sources)]
            plan = replace(plan, notes=(*plan.notes, *contract_notes(read_contract(contract), folders, ledger or ())))
        seen = with_work(plan, replace(work_in(cache), again=cache is not None))
        with judged_apart(seen, rules, tiling, only or ()) as parted:
            report = judge(parted, rules, only=only or (), progress=progress)
    extras = Extras(base=base, text=text)
    code = finish(plan, report, output or Path("maps") / name, lang, as_json, quiet, extras)
    if not as_json:  # the verdict comes first
        for line in ("", *import_table(result, lang), *note_lines(plan.notes[len(result.notes) :], lang)):
            print(words.printable(line))
    return code
