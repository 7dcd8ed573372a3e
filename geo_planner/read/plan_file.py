"""What a plan file of ours says of itself: a small table of key and JSON value beside the layers."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import LandUseError
from ..plan.landuse import Own, own_schemes, scheme_from
from ..plan.plan import Note, Raster, Source

META = "geo_planner_plan"
"""Name of the table."""


@dataclass(frozen=True)
class Stored:
    """Name, date, title and notes of a plan that was written before."""

    name: str
    as_of: date | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    schematic: bool = False
    notes: tuple[Note, ...] = ()
    rasters: Mapping[str, Raster] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    schemes: Own = field(default_factory=dict)
    complete: Mapping[str, int | None] = field(default_factory=dict)


def stored_in(path: Path) -> Stored | None:
    """Return what a plan file says of itself, None where the file is no plan of ours."""
    try:
        with path.open("rb") as stream:
            if stream.read(16) != b"SQLite format 3\x00":
                return None
        uri = (
            "file:"
            + str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            + "?mode=ro&immutable=1"
        )
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            kind = base.execute("SELECT type FROM sqlite_master WHERE name=?", (META,)).fetchone()
            if kind != ("table",):
                return None
            said = {str(k): json.loads(v) for k, v in base.execute(f"SELECT key, value FROM {META} LIMIT 1000")}
            rasters = _rasters(base)
        return Stored(
            str(said["name"]),
            date.fromisoformat(said["as_of"]) if said.get("as_of") else None,
            dict(said.get("title") or {}),
            bool(said.get("schematic")),
            tuple(Note(n[0], n[1], n[2], n[3], n[4], n[5]) for n in said.get("notes", [])),
            rasters,
            tuple(Source(*s) for s in said.get("sources", [])),
            own_schemes(scheme_from(text, head) for head, text in said.get("schemes", [])),
            dict(said.get("complete") or {}),
        )
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError, IndexError, LandUseError):
        return None


_MOST_CELLS = 400_000_000


def _rasters(base: sqlite3.Connection) -> dict[str, Raster]:
    """Return the rasters that lie beside the layers; a size that contradicts the cells raises ValueError."""
    if base.execute("SELECT type FROM sqlite_master WHERE name=?", (f"{META}_rasters",)).fetchone() != ("table",):
        return {}
    out = {}
    for name, head, cells in base.execute(f"SELECT name, head, cells FROM {META}_rasters LIMIT 50"):
        said: dict[str, Any] = json.loads(head)
        kind = np.dtype(said["dtype"])
        size = int(np.prod(said["shape"])) * kind.itemsize
        if kind.kind not in "iufb" or size > _MOST_CELLS:
            raise ValueError
        raw = zlib.decompressobj().decompress(cells, size + 1)
        values = np.frombuffer(raw, kind, int(np.prod(said["shape"]))).reshape(said["shape"]).copy()
        a, b, c, d, e, f = (float(v) for v in said["transform"])
        out[str(name)] = Raster(
            str(name), values, (a, b, c, d, e, f), str(said["crs"]), said["nodata"], said["year"], said["unit"]
        )
    return out
