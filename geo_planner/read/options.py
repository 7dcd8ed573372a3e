"""How files are read: what a person says about them before they are opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..plan.landuse import Own
from .crs.gcj import Datum
from .sandbox.process import Limits
from .topology.faults import Tolerances


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How files are read.

    Parameters
    ----------
    crs
        Coordinate system of layers that declare none (`force_crs`: of every layer); `accept` takes the first candidate.
    encoding
        Encoding to take for every table.
    mapping
        Field → canonical column, before any guess.
    recipe
        A saved recipe (TOML): what an earlier import was told and guessed, to be taken again.
    layer
        Read only the layer of this name.
    strict
        Refuse where anything had to be guessed or repaired.
    schemes
        Land-use schemes of one's own by name: codes are detected and read by them too, and the plan carries them.
    shifted
        Layer name → "gcj02" or "bd09": web-map shifts to undo; the name "*" means every layer.
    """

    crs: str | None = None
    force_crs: bool = False
    accept: bool = False
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    recipe: Path | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    layer: str | None = None
    strict: bool = False
    schemes: Own = field(default_factory=dict)
    shifted: Mapping[str, Datum] = field(default_factory=dict)
    tolerances: Tolerances = field(default_factory=Tolerances)
    limits: Limits = field(default_factory=Limits)
