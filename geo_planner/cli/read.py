"""`geo-planner read`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import Crs, Json, Lang, Quiet, Sources, app, name_of, progress_bar
from .reading import Accept, Bd09, Encoding, ForceCrs, Gcj02, Layer, Mapping, Recipe, Strict, read_options, with_roles


@app.command()
def read(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", help="The plan to write (.gpkg).")],
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
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Turn what a bureau sends into a plan, with an import report.  In Python: geo_planner.read.import_layers(sources)."""
    from ..read import import_layers, import_report, import_table

    named = {"crs": crs, "force_crs": force_crs, "accept": accept, "encoding": encoding, "recipe": recipe}
    options = read_options(mapping, gcj02, bd09, layer=layer, strict=strict, **named)
    with progress_bar(quiet=quiet, title=name_of(sources)):
        result = import_layers(with_roles(sources), options=options)
        if result.outcome != "refuse":
            from ..show.exports.files import write_import

            write_import(result, output)
    if as_json:
        print(json.dumps(import_report(result), ensure_ascii=False))
    else:
        for line in import_table(result, lang):
            print(words.printable(line))
    refused = result.outcome == "refuse" or (strict and result.outcome in {"warn", "repair"})
    return 2 if refused else 0
