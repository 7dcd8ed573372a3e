"""`geo-planner review`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from .front import app

reviews = typer.Typer(help="Reviews that come back from the map.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(reviews, name="review")


@reviews.command()
def merge(
    files: Annotated[
        list[Path], typer.Argument(metavar="REVIEW…", help="review.json files, as the map downloads them.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The merged review to write.")] = Path("review.json"),
) -> int:
    """Merge reviews of one run and list where reviewers differ.  In Python: geo_planner.study.review.merge_reviews."""
    from ..show.exports.files import write_text
    from ..study.review import merge_reviews

    merged = merge_reviews(files)
    write_text(output, json.dumps(merged.as_json(), ensure_ascii=False, indent=1) + "\n")
    for group in merged.conflicts:
        said = "; ".join(f"{m.reviewer or '?'} {m.date}: {m.verdict} {m.reason}" for m in group)
        print(words.printable(f"{group[0].fingerprint}: {said}"))
    return 1 if merged.conflicts else 0
