"""A file, or a set of files, is written beside its place and moved there when it is complete."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...errors import OutputError
from ...read.file_set import FileSet, finish_sets, sync
from ...read.sandbox.process import alive

_STALE = ".geo_planner_tmp_"


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a path to write to, beside `path`; on leaving without an error it becomes `path` in one step.

    Raises OutputError where the folder cannot be written; whatever was at `path` before is then still there.
    """
    path = Path(path)
    box = _box(path.parent)
    try:
        inside = box / path.name
        yield inside
        _settle_header(inside)
        _settle(inside, path)
    except (OSError, sqlite3.Error) as error:
        msg = (
            f"{path.name} could not be written ({_reason(error)}); "
            "the old file is untouched. Free some room or choose another folder."
        )
        raise OutputError(msg) from error
    finally:
        _remove(box)


@contextlib.contextmanager
def written_together(files: FileSet) -> Iterator[Path]:
    """Give a folder to write into; on leaving without an error its files replace those of the set, all or none.

    Raises OutputError where that cannot be done; whatever was there before is then still there.
    """
    box = _box(files.folder)
    try:
        inside = box / "new"
        inside.mkdir()
        yield inside
        files.replace_by(box)
    except (OSError, sqlite3.Error) as error:
        msg = (
            f"{files.main} could not be written ({_reason(error)}); "
            "the old files are untouched. Free some room or choose another folder."
        )
        raise OutputError(msg) from error
    finally:
        _remove(box)


def _box(folder: Path) -> Path:
    """Return a new folder inside a folder, of this process, for files that are not finished."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        return Path(tempfile.mkdtemp(prefix=f"{_STALE}{os.getpid()}_", dir=folder))
    except OSError as error:
        msg = f"{folder} cannot be written ({error.strerror}). Choose another folder with -o."
        raise OutputError(msg) from error


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error))[:120]


def _settle(inside: Path, path: Path) -> None:
    """Bring the finished file to its place: on disk first, then renamed, then the folder's entry on disk."""
    with inside.open("rb") as stream:
        os.fsync(stream.fileno())
    inside.replace(path)
    sync(path.parent)


def _settle_header(path: Path) -> None:
    """Write fixed change counters into the header of a finished SQLite file (bytes 24-27 and 92-95 of the file format).

    SQLite counts its transactions there, and how many GDAL makes of one write depends on timing; the two counters only
    have to be equal (https://www.sqlite.org/fileformat2.html, sections 1.3.7 and 1.3.17).
    """
    with path.open("rb+") as stream:
        if stream.read(16) == b"SQLite format 3\x00":
            for offset in (24, 92):
                stream.seek(offset)
                stream.write((1).to_bytes(4, "big"))


def sweep(folder: Path) -> None:
    """Finish or remove what runs that were killed left behind; folders of runs that are alive are let be."""
    finish_sets(folder)
    for box in folder.glob(f"{_STALE}*"):
        owner = box.name.removeprefix(_STALE).split("_", 1)[0]
        if owner.isdigit() and not alive(int(owner)):
            _remove(box)


def _remove(box: Path) -> None:
    for part in sorted(box.rglob("*"), reverse=True):
        with contextlib.suppress(OSError):
            part.rmdir() if part.is_dir() else part.unlink()
    with contextlib.suppress(OSError):
        box.rmdir()
