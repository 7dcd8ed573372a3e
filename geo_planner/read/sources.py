"""Sources → sheets: the files that a source names, each opened, with the role it was asked to have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ..errors import NotALayerError, ReadError
from .file_set import finish_sets
from .notes import note
from .open import Opening, closed_files, layer_files, open_layer, read_ahead
from .options import ReadOptions
from .plan_file import META, Stored, stored_in
from .report import LayerReport
from .schema.recipe import Decided
from .schema.sheet import Grid, Sheet

SourceLike = Path | str | tuple[str, Path | str]


@dataclass(frozen=True)
class Opened:
    """A sheet, the role asked for it, and whether it is the only layer of its file."""

    sheet: Sheet
    asked: str
    alone: bool


def label(source: SourceLike) -> str:
    """Return how a source is named to people."""
    return str(source[1] if isinstance(source, tuple) else source)


def open_all(
    sources: Sequence[SourceLike], options: ReadOptions, recipe: Mapping[str, Decided]
) -> tuple[list[Opened], list[Grid], list[LayerReport], Stored | None]:
    """Return all sheets with the role asked for, all grids, reports of files in folders that could not be read."""
    sheets: list[Opened] = []
    grids: list[Grid] = []
    loose: list[LayerReport] = []
    files, stored = _files(sources), None
    openings = [_opening(one.path, options, recipe) for one in files]
    ahead = read_ahead([(one.path, how) for one, how in zip(files, openings, strict=True)])
    for (asked, file, folder, within), opening in zip(files, openings, strict=True):
        if file.suffix.lower() == ".gpkg" and not folder and len(sources) == 1:
            stored = stored_in(file)
        try:
            items = open_layer(file, opening, ahead)
        except ReadError as error:
            if not folder:
                raise
            said = note("IM113", 1, {"inner": file.name, "reason": str(error)})
            loose.append(LayerReport(file.stem, file.name, notes=(said,)))
            continue
        items = [i for i in items if i.name not in {META, "layer_styles"} and not (stored and i.name == "empty")]
        if within != ".":
            items = [replace(i, facts={"folder": within} | dict(i.facts)) if isinstance(i, Sheet) else i for i in items]
        grids += [i for i in items if isinstance(i, Grid)]
        alone = len(items) == 1 and file.suffix.lower() != ".gdb"
        sheets += [
            Opened(i, asked or options.roles.get(i.name, "") or ("*" if stored else ""), alone)
            for i in items
            if isinstance(i, Sheet)
        ]
    loose += [_closed(file) for path in _folders(sources) for file in closed_files(path)]
    if not sheets and not grids and loose:
        raise NotALayerError(str(loose[0].notes[0].args["reason"]))
    return sheets, grids, loose, stored


def _closed(file: Path) -> LayerReport:
    """Return the report of a file in a folder that may hold layers and is of no kind that is read."""
    reason = f"{file.name}: files ending in {file.suffix.lower()!r} are not accepted."
    return LayerReport(file.stem, file.name, notes=(note("IM113", 1, {"inner": file.name, "reason": reason}),))


def _folders(sources: Sequence[SourceLike]) -> list[Path]:
    paths = [Path(s[1]) if isinstance(s, tuple) else Path(s) for s in sources]
    return [p for p in paths if p.is_dir() and p.suffix.lower() != ".gdb"]


class _File(NamedTuple):
    """A file to read: the layer it was asked to be, whether a folder brought it, and from which folder inside it."""

    asked: str
    path: Path
    folder: bool
    within: str = ""


def _files(sources: Sequence[SourceLike]) -> list[_File]:
    out = []
    for source in sources:
        asked, path = (source[0], Path(source[1])) if isinstance(source, tuple) else ("", Path(source))
        folder = path.is_dir() and path.suffix.lower() != ".gdb"
        finish_sets(path if folder else path.parent)
        found = layer_files(path) if folder else [path]
        out += [_File(asked, f, folder, f.parent.relative_to(path).as_posix() if folder else ".") for f in found]
    return out


def _opening(file: Path, options: ReadOptions, recipe: Mapping[str, Decided]) -> Opening:
    encoding = options.encoding or recipe.get(file.stem, Decided()).encoding or None
    return Opening(encoding, options.layer, options.limits)
