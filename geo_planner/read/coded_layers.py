"""Layers named by land-use codes, as drawings keep them (M1, R2, or YD-R2): several together are parcels with codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from ..plan import landuse
from .notes import note
from .part import Part
from .schema.codes import is_serial
from .schema.roles import Role, geometry_kind

_SCHEME = "gb50137"
_FEWEST = 3
"""Different codes that the layers of one source must name: one layer named A1 may be anything."""

_LAST = re.compile(r"^(?:.*[-_ ])?([A-Za-z]{1,2}\d{0,2})$")


def take_codes(parts: Sequence[Part]) -> None:
    """Make parcels of the layers of one source that are named by codes; a doubt, said once a source."""
    by_source: dict[str, list[tuple[Part, str]]] = {}
    for part in parts:
        code = _code_of(part)
        if code:
            by_source.setdefault(part.sheet.source, []).append((part, code))
    for named in by_source.values():
        codes = list(dict.fromkeys(code for _, code in named))
        if len(codes) < _FEWEST or is_serial(pd.Series(codes), fewest=_FEWEST):
            continue
        for part, code in named:
            part.role = Role("parcels", {"code": code, "scheme": _SCHEME}, f"{part.sheet.name} ~ {code}")
            part.layer = "parcels"
        rows = sum(len(part.sheet.frame) for part, _ in named)
        named[0][0].notes.append(note("IM428", rows, {"scheme": _SCHEME}, example=_few(codes)))


def _code_of(part: Part) -> str:
    """Return the code that the name of a layer of areas ends with; "" where it has none, or says something else."""
    if part.role is not None and (part.role.layer != "parcels" or part.role.values):
        return ""
    found = _LAST.match(landuse.tidy(part.sheet.name)) if geometry_kind(part.sheet.frame) == "polygon" else None
    return found.group(1) if found and found.group(1) in landuse.scheme(_SCHEME).classes else ""


def _few(codes: Iterable[str]) -> str:
    return ", ".join(list(codes)[:4])
