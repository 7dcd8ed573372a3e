"""Every error a user can mend, one class per cause.

GeoPlannerError
├── ReadError                a file that is missing, damaged, unsafe or no layer
│   ├── NotALayerError       the file holds nothing that can be read as a layer
│   ├── MissingCRSError      no coordinate system, and none can be taken for granted
│   ├── ImpossibleCRSError   the coordinate system named does not exist or does not fit the coordinates
│   └── RefusedFileError     the file is refused for safety (disguised, too large, outside its folder)
├── ScenarioError            a scenario file that cannot be understood
├── ProfileError             a threshold that is unknown, has no unit or no source
├── UnknownIdError           an edit or a question that names a feature which is not there
├── StudyError               a study, an ensemble or a portfolio that cannot be run as it is written
├── ScheduleError            tasks, dates or links that contradict themselves
├── LandUseError             a land-use code or scheme that cannot be used
├── RasterError              a raster that does not cover the park or cannot be used
├── ReviewError              a review made on other data, or reviews that contradict each other
├── MissingExtraError        an optional package that is not installed
└── OutputError              a result that cannot be written

A fault of ours stays a plain exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class GeoPlannerError(Exception):
    """An error the user can mend; its text says what, where, which value, and what to do."""


class ReadError(GeoPlannerError):
    """A file that cannot be read."""


class NotALayerError(ReadError):
    """A file that holds no layer."""


class MissingCRSError(ReadError):
    """A layer without a coordinate system."""


class ImpossibleCRSError(ReadError):
    """A coordinate system that does not exist or does not fit."""


class RefusedFileError(ReadError):
    """A file that is refused for safety."""


class ScenarioError(GeoPlannerError):
    """A scenario file that cannot be understood."""


class ProfileError(GeoPlannerError):
    """A profile value that is unknown or incomplete."""


class UnknownIdError(GeoPlannerError):
    """A feature id that is not there."""


class ScheduleError(GeoPlannerError):
    """Tasks, dates or links that contradict themselves."""


class StudyError(GeoPlannerError):
    """A study, an ensemble or a portfolio that cannot be run as it is written."""


class LandUseError(GeoPlannerError):
    """A land-use code or scheme that cannot be used."""


class RasterError(GeoPlannerError):
    """A raster that cannot be used."""


class ReviewError(GeoPlannerError):
    """Reviews that do not fit the data or each other."""


class OutputError(GeoPlannerError):
    """A result that cannot be written."""


class MissingExtraError(GeoPlannerError):
    """An optional package that is not installed; the text is the command that installs it."""

    def __init__(self, package: str, extra: str, reason: str = "") -> None:
        why = f" ({reason})" if reason else ""
        super().__init__(f"{package} is not installed{why}. Run: pip install 'geo-planner[{extra}]'")
        self.package = package
        self.extra = extra


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """A half-sentence that names the nearest known words; empty when none is near."""
    near = difflib.get_close_matches(word, list(known), n=most, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def files_like(path: Path) -> str:
    """A half-sentence that names the files beside `path` of its kind with nearly its name; empty when there is none.

    The suffix does not count: all files of a kind share it.
    """
    if not path.parent.is_dir():
        return ""
    stems = {p.stem: p.name for p in sorted(path.parent.glob(f"*{path.suffix or '.toml'}"))}
    near = difflib.get_close_matches(path.stem, list(stems), n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(stems[n] for n in near)}?" if near else ""
