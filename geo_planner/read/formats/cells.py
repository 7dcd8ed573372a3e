"""Shapes and coordinates as people write them into the cells of a table.

A shape is WKT, WKT with its SRID in front, well-known binary in hex, or GeoJSON. A coordinate is a number, with a comma
for the decimals or between thousands where the whole column shows which, or degrees, minutes and seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import shapely

_SRID = re.compile(r"SRID\s*=\s*(\d{3,6})\s*;\s*(.*)", re.IGNORECASE | re.DOTALL)
_HEX = re.compile(r"[0-9A-Fa-f]{18,}")
_DMS = re.compile(
    r"([EWNS东西北南])?\s*(\d{1,3})\s*[°度]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分])?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:″|\"|”|''|秒))?\s*([EWNS东西北南])?",
    re.IGNORECASE,
)
_BACKWARDS = frozenset("WwSs西南")
_EXACT = 2**53
_LONGEST = 40
"""Letters of a coordinate; a longer cell is none."""


def shape_of(value: Any) -> tuple[Any, str]:
    """Return the shape that a cell holds, None where it holds none, and the CRS that stands in front of it."""
    if not isinstance(value, str):
        return None, ""
    text = value.strip()
    if text.startswith("{"):
        return _of_json(text), ""
    crs = ""
    if match := _SRID.fullmatch(text):
        crs, text = f"EPSG:{match.group(1)}", match.group(2)
    try:
        made = shapely.from_wkb(text) if _HEX.fullmatch(text) else shapely.from_wkt(text)
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None, ""
    if made is None:
        return None, ""
    number = 0 if crs else int(shapely.get_srid(made))
    return shapely.set_srid(made, 0), crs or (f"EPSG:{number}" if number else "")


def _of_json(text: str) -> Any:
    try:
        return shapely.from_geojson(json.dumps(json.loads(text)), on_invalid="ignore")
    except (ValueError, RecursionError, shapely.errors.GEOSException):
        return None


def numbers(values: Sequence[Any]) -> tuple[list[float | None], str]:
    """Return the coordinates in the cells of one column, and how they are written if not as plain numbers.

    A comma is taken only where the column shows what it means: `118,31` next to none with three digits behind it for
    decimals, `622,000.5` or `3,757,000` for thousands; `622,000` alone can be both and is no number.
    """
    texts = [str(v).strip() if v is not None and len(str(v)) <= _LONGEST else "" for v in values]
    comma = _comma(texts)
    ways = set()
    out: list[float | None] = []
    for text in texts:
        number, way = _number(text, comma)
        out.append(number)
        ways |= {way} if way and number is not None else set()
    return out, ", ".join(sorted(ways))


def _comma(texts: Sequence[str]) -> str:
    """Return what a comma means in a column: "decimal", "thousands" or nothing."""
    with_comma = [t for t in texts if "," in t]
    if not with_comma:
        return ""
    if all(re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", t) for t in with_comma):
        return "thousands" if any(t.count(",") > 1 or "." in t for t in with_comma) else ""
    if all(re.fullmatch(r"-?\d+,\d+", t) for t in with_comma) and not any("." in t for t in texts):
        return "decimal"
    return ""


def _number(text: str, comma: str) -> tuple[float | None, str]:
    if "," in text and comma:
        text, way = text.replace(",", "." if comma == "decimal" else ""), f"{comma} comma"
    else:
        way = ""
    try:
        return float(text), way
    except ValueError:
        pass
    match = _DMS.fullmatch(text)
    if match is None:
        return None, ""
    before, degrees, minutes, seconds, behind = match.groups()
    number = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return (-number if (before or behind or "") in _BACKWARDS and (before or behind) else number), "° ′ ″"


def whole_or_float(values: pd.Series) -> pd.Series:
    """Return cells that are all numbers as one type; whole ones that a float would round stay whole."""
    known = values.dropna()
    wide = any(isinstance(v, int) and abs(v) > _EXACT for v in known)
    if wide and all(isinstance(v, int) and abs(v) < 2**63 for v in known):
        return values.astype("Int64")
    return values.astype("float64")
