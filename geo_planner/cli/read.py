"""`geo-planner read`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from .front import Crs, ForceCrs, Json, Lang, Quiet, Sources, app, name_of, progress_bar


@app.command()
def read(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", help="The plan to write (.gpkg).")],
    crs: Crs = None,
    force_crs: ForceCrs = False,
    accept: Annotated[bool, typer.Option("--accept", help="Apply the best guess of each doubtful CRS.")] = False,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of the tables, as gb18030.")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="FIELD=column, as YDXZ=code.")] = None,
    recipe: Annotated[Path | None, typer.Option("--recipe", help="Replay a saved import recipe.")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="Read only the layer of this name.")] = None,
    gcj02: Annotated[
        list[str] | None, typer.Option("--from-gcj02", help="Layer (or *) whose GCJ-02 shift is undone.")
    ] = None,
    bd09: Annotated[
        list[str] | None, typer.Option("--from-bd09", help="Layer (or *) whose BD-09 shift is undone.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse instead of guessing.")] = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Turn what a bureau sends into a plan, with an import report.  In Python: geo_planner.read.import_layers(sources)."""
    from ..read import ReadOptions, import_layers, import_report, import_table

    shifted = dict.fromkeys(gcj02 or [], "gcj02") | dict.fromkeys(bd09 or [], "bd09")
    options = ReadOptions(
        crs=crs,
        force_crs=force_crs,
        accept=accept,
        encoding=encoding,
        mapping=_mapping(mapping or []),
        recipe=recipe,
        layer=layer,
        strict=strict,
        shifted=shifted,  # type: ignore[arg-type]  # the two words of Datum
    )
    with progress_bar(quiet=quiet, title=name_of(sources)):
        result = import_layers([_with_role(s) for s in sources], options=options)
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


def _with_role(source: Path) -> Path | tuple[str, Path]:
    """Return a source, with the layer it is to be taken as where it is written as role=path."""
    role, sign, path = str(source).partition("=")
    return (role, Path(path)) if sign and role.isidentifier() and not source.exists() else source


def _mapping(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            msg = f"--map {pair!r} must be FIELD=column, as in --map YDXZ=code."
            raise GeoPlannerError(msg)
    return dict(pair.split("=", maxsplit=1) for pair in pairs)
