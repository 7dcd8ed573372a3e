"""Codes of one land-use scheme in another, where the meaning allows it."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import pandas as pd

from ...errors import LandUseError
from ...plan.landuse import first_code, tidy


@cache
def _table() -> dict[tuple[str, str], dict[str, str]]:
    text = (resources.files("geo_planner") / "plan" / "landuse" / "crosswalk.csv").read_text(encoding="utf-8")
    out: dict[tuple[str, str], dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        out.setdefault((row["from_scheme"], row["to_scheme"]), {})[row["from_code"]] = row["to_code"]
    return out


def translate(codes: pd.Series, source: str, target: str) -> pd.Series:
    """Codes of `source` in `target`; null where a code is not known there or could mean several classes.

    A letter code without an entry of its own is read by its longest beginning that has one (`R21` as `R2`).

    Raises
    ------
    LandUseError
        There is no crosswalk between the two schemes.
    """
    known = _table().get((source, target))
    if known is None:
        ways = ", ".join(" -> ".join(k) for k in _table())
        msg = f"there is no crosswalk from '{source}' to '{target}'; known are {ways}."
        raise LandUseError(msg)
    words = {raw: _one(first_code(tidy(raw)), known) for raw in codes.unique()}
    return codes.map(words).astype("str")


def _one(code: str, known: dict[str, str]) -> str | None:
    while code and code not in known:
        code = "" if code[:1].isdigit() else code[:-1]
    return known.get(code) or None
