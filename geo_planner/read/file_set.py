"""Several files of one folder that belong together: no reader ever finds files of two runs beside each other.

The new files lie ready in a box in the same folder. Renaming the box to the set's own hidden name is the moment that
counts: from then on the set will be the new one, whoever finishes it. The old companions move out, the new main file
replaces the old one, and the new companions move in, so that at each step all that lies there is of one run. A run that
is killed between two steps leaves the box; the next one that writes or reads there finishes it. Renaming only: it works
on Windows, and where another program holds one of the old files open, everything is put back.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from .sandbox.process import alive

_BOX = ".geo_planner_set_"
_NEW, _OLD, _OWNER = "new", "old", "owner_"
_NOBODY = 0
_PATIENCE, _ABANDONED, _PAUSE = 30.0, 60.0, 0.02
"""Seconds: how long a writer waits for another one, when a box counts as left behind, and between two looks."""
_IMPORT = (".recipe.toml", ".rejects.gpkg")
_OURS = frozenset(
    [
        "map.html",
        "findings.gpkg",
        "findings.gpkg.zip",
        "findings.parquet",
        "findings.json",
        "worklist.json",
        "project.qgs",
    ]
    + ["plan.gpkg", "plan.gpkg.zip"]
    + [f"dossier.{kind}" for kind in ("docx", "xlsx", "html", "pdf")]
    + ["contract.xlsx", "contract.html"]
)
"""Names that companions may have beside those of an import; a box that names others is none of ours and stays."""


@dataclass(frozen=True)
class FileSet:
    """Files of a folder that are replaced together: `main` is always there, `others` only where a run writes them."""

    folder: Path
    main: str
    others: tuple[str, ...]

    @property
    def place(self) -> Path:
        """Return where the box of this set lies while it is brought to its place."""
        return self.folder / f"{_BOX}{self.main}"

    def replace_by(self, box: Path) -> None:
        """Bring the files in `box/new` to their places; `box` is gone afterwards, and so are others it does not hold.

        Raises OutputError where an old file cannot be moved; the old set is then whole again.
        """
        (box / f"{_OWNER}{os.getpid()}").write_text(json.dumps([self.main, *self.others]), encoding="utf-8")
        sync(box / _NEW)
        self._enter(box)
        self._move()

    def _enter(self, box: Path) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                box.rename(self.place)
            except OSError as error:
                if time.monotonic() > until:
                    msg = (
                        f"{self.main} is being written by another run ({error.strerror}); the old files are untouched. "
                        f"Where no other run is at work, remove {self.place.name} and start again."
                    )
                    raise OutputError(msg) from error
            else:
                sync(self.folder)
                return
            self.finish()
            time.sleep(_PAUSE)

    def finish(self) -> None:
        """Finish what a run that was killed left in its box; nothing happens where there is none, or its run is alive.

        Raises OutputError where a file cannot be moved.
        """
        if not _is_box(self.place):
            return
        owner = next(self.place.glob(f"{_OWNER}*"), None)
        if owner is None:  # all its files are in their places
            _remove(self.place)
        elif _is_abandoned(owner):
            with contextlib.suppress(FileNotFoundError):  # of several that try, one takes it over
                os.utime(owner)
                owner.rename(owner.with_name(f"{_OWNER}{os.getpid()}"))
                self._move()

    def _move(self) -> None:
        """Bring the files from the box to their places; may be taken up again after any step."""
        new, old = self.place / _NEW, self.place / _OLD
        try:
            if (new / self.main).exists():
                old.mkdir(exist_ok=True)
                for name in self.others:
                    _shift(self.folder / name, old / name)
                (new / self.main).replace(self.folder / self.main)
            for name in self.others:
                _shift(new / name, self.folder / name)
            sync(self.folder)
        except OSError as error:
            begun = not (new / self.main).exists()
            self._leave() if begun else self._put_back()
            why = error.strerror
            msg = f"{self.main} could not be written ({why}); the old files are untouched: close what holds them open."
            if begun:
                msg = f"{self.main} is written ({why}); the other files of this run follow with the next one."
            raise OutputError(msg) from error
        except BaseException:
            self._leave()
            raise
        _remove(self.place)

    def _put_back(self) -> None:
        try:
            for name in self.others:
                _shift(self.place / _OLD / name, self.folder / name)
        except OSError:  # old files are still in the box
            self._leave()
        else:
            _remove(self.place)

    def _leave(self) -> None:
        """Leave the box to whoever comes next."""
        for owner in list(self.place.glob(f"{_OWNER}*")):
            with contextlib.suppress(OSError):
                owner.rename(owner.with_name(f"{_OWNER}{_NOBODY}"))


def finish_sets(folder: Path) -> None:
    """Finish every set in a folder whose run was killed while it moved its files; what cannot be moved stays."""
    with contextlib.suppress(OSError):
        for box in sorted(folder.glob(f"{_BOX}*")):
            files = _noted(box)
            if files is not None:
                with contextlib.suppress(OutputError):
                    files.finish()


def import_set(path: Path) -> FileSet:
    """Return the files that an import writes: a plan, its recipe, and the rows that were set aside."""
    return FileSet(path.parent, path.name, tuple(path.stem + end for end in _IMPORT))


def _noted(box: Path) -> FileSet | None:
    """Return the set that a box says it holds; None where it names a file that no set of ours has."""
    if not _is_box(box):
        return None
    main = box.name.removeprefix(_BOX)
    allowed = _OURS | set(import_set(box.parent / main).others)
    owner = next(box.glob(f"{_OWNER}*"), None)
    names = [main]
    if owner is not None:
        try:
            names = json.loads(owner.read_text(encoding="utf-8")[:10_000])
        except (OSError, ValueError):
            return None
    known = isinstance(names, list) and names[:1] == [main] and all(n in allowed for n in names[1:])
    return FileSet(box.parent, main, tuple(names[1:])) if known else None


def _is_box(place: Path) -> bool:
    """Tell whether a box is a real folder of real files: a link in it could lead anywhere."""
    return place.is_dir() and not any(p.is_symlink() for p in [place, *place.rglob("*")])


def _is_abandoned(owner: Path) -> bool:
    number = owner.name.removeprefix(_OWNER)
    try:
        old = time.time() - owner.stat().st_mtime > _ABANDONED
    except OSError:
        return False
    return old or number == str(_NOBODY) or not (number.isdigit() and alive(int(number)))


def _shift(source: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        source.replace(target)


def sync(folder: Path) -> None:
    """Bring a folder's own entries to the disk, where the system can."""
    with contextlib.suppress(OSError):  # some systems cannot open a folder
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


def _remove(box: Path) -> None:
    """Remove a box whose files are in their places, the sign of its owner first."""
    for part in sorted(box.rglob("*"), key=lambda p: (p.name.startswith(_OWNER), len(p.parts)), reverse=True):
        with contextlib.suppress(OSError):
            part.rmdir() if part.is_dir() else part.unlink()
    with contextlib.suppress(OSError):
        box.rmdir()
