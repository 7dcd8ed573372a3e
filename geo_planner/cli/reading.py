"""The options of everything that reads layers: `read` and `check` take the same words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import GeoPlannerError

if TYPE_CHECKING:
    from ..read import ReadOptions

Accept = Annotated[bool, typer.Option("--accept", help="Apply the best guess of each doubtful CRS.")]
ForceCrs = Annotated[bool, typer.Option("--force-crs", help="Take --crs even where a file declares another.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of the tables, as gb18030.")]
Mapping = Annotated[list[str] | None, typer.Option("--map", help="FIELD=column, as YDXZ=code.")]
Recipe = Annotated[Path | None, typer.Option("--recipe", help="Replay a saved import recipe.")]
Layer = Annotated[str | None, typer.Option("--layer", help="Read only the layer of this name.")]
Gcj02 = Annotated[list[str] | None, typer.Option("--from-gcj02", help="Layer (or *) whose GCJ-02 shift is undone.")]
Bd09 = Annotated[list[str] | None, typer.Option("--from-bd09", help="Layer (or *) whose BD-09 shift is undone.")]
ContractFile = Annotated[
    Path | None, typer.Option("--contract", help="A delivery contract to hold the layers against.")
]
Ledgers = Annotated[
    list[Path] | None, typer.Option("--ledger", help="A ledger (.xlsx, .csv) joined to the parcels by number.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse instead of guessing.")]


def read_options(
    mapping: Sequence[str] | None, gcj02: Sequence[str] | None, bd09: Sequence[str] | None, **rest: Any
) -> ReadOptions:
    """Return the options of a reading from the words of the command line."""
    from ..read import ReadOptions

    shifted = dict.fromkeys(gcj02 or (), "gcj02") | dict.fromkeys(bd09 or (), "bd09")
    return ReadOptions(mapping=_pairs(mapping or ()), shifted=shifted, **rest)  # type: ignore[arg-type]  # Datum


def with_roles(sources: Sequence[Path]) -> list[Path | tuple[str, Path]]:
    """Return the sources, each with the layer it is to be taken as where it is written as role=path."""
    return [_with_role(s) for s in sources]


def _with_role(source: Path) -> Path | tuple[str, Path]:
    role, sign, path = str(source).partition("=")
    return (role, Path(path)) if sign and role.isidentifier() and not source.exists() else source


def _pairs(pairs: Sequence[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            msg = f"--map {pair!r} must be FIELD=column, as in --map YDXZ=code."
            raise GeoPlannerError(msg)
    return dict(pair.split("=", maxsplit=1) for pair in pairs)
