"""A recipe: what an import decided, kept as TOML, so that next month's delivery is read in the same way."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from ...errors import ReadError, did_you_mean
from ...plan.layers import LAYERS
from ..file_set import finish_sets
from ..report import ImportResult

_LARGEST = 1 << 20
_KEYS = ("role", "crs", "swap", "encoding", "shifted", "fields", "types")


@dataclass(frozen=True)
class Decided:
    """What was decided for one layer; empty where the file's own word stands."""

    role: str = ""
    crs: str = ""
    swap: bool = False
    encoding: str = ""
    shifted: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)


def types_of(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the type of every field: number, date, yes or no, text, or "" where it holds nothing."""
    out = {}
    for name in frame.columns:
        if name == frame.geometry.name:
            continue
        values = frame[name]
        if not values.notna().any():
            out[str(name)] = ""
        elif pd.api.types.is_bool_dtype(values):
            out[str(name)] = "yes or no"
        elif pd.api.types.is_numeric_dtype(values):
            out[str(name)] = "number"
        else:
            out[str(name)] = "date" if pd.api.types.is_datetime64_any_dtype(values) else "text"
    return out


def read_recipe(path: Path) -> dict[str, Decided]:
    """Return the decisions of a recipe by layer name.

    Raises ReadError where the file is missing, no TOML, or has a key that means nothing.
    """
    finish_sets(path.parent)
    try:
        if path.exists() and not path.is_file():  # a device or a pipe has no end
            msg = f"{path.name} is no file. Give a recipe (.toml)."
            raise ReadError(msg)
        if path.stat().st_size > _LARGEST:
            msg = f"{path.name} is too large for a recipe."
            raise ReadError(msg)
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        msg = f"{path.name} cannot be read as a recipe ({str(error)[:100]})."
        raise ReadError(msg) from None
    layers = said.get("layers", {})
    if not isinstance(layers, dict) or set(said) - {"layers", "version"}:
        msg = f"{path.name}: a recipe has one table [layers.NAME] for each layer."
        raise ReadError(msg)
    return {str(name): _decided(path, str(name), table) for name, table in layers.items()}


def _decided(path: Path, name: str, table: Any) -> Decided:
    if not isinstance(table, dict):
        msg = f"{path.name}: [layers.{name}] must be a table."
        raise ReadError(msg)
    for key in table:
        if key not in _KEYS:
            msg = f"{path.name}: [layers.{name}] has an unknown key {key!r}.{did_you_mean(str(key), _KEYS)}"
            raise ReadError(msg)
    role, shifted = str(table.get("role", "")), str(table.get("shifted", ""))
    if role and role not in LAYERS:
        msg = f"{path.name}: {role!r} is no layer of a plan.{did_you_mean(role, LAYERS)}"
        raise ReadError(msg)
    if shifted not in {"", "gcj02", "bd09"}:
        msg = f"{path.name}: shifted = {shifted!r} must be gcj02 or bd09."
        raise ReadError(msg)
    words = {key: _table(path, name, key, table.get(key, {})) for key in ("fields", "types")}
    crs, encoding = str(table.get("crs", "")), str(table.get("encoding", ""))
    return Decided(role, crs, bool(table.get("swap", False)), encoding, shifted, words["fields"], words["types"])


def _table(path: Path, name: str, key: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        msg = f"{path.name}: [layers.{name}.{key}] must be a table of field = {key[:-1]}."
        raise ReadError(msg)
    return {str(k): str(v) for k, v in table.items()}


def recipe_of(result: ImportResult) -> str:
    """Return the recipe of an import: role, fields and their types of every layer, a CRS or encoding that was chosen.

    The types are what next month's delivery is held against.
    """
    lines = ["# What this import decided. Read next month's delivery with --recipe and this file.", "version = 1", ""]
    for report in result.layers:
        if report.geometry.startswith("raster") or not report.rows_in:
            continue
        lines.append(f"[layers.{_word(report.inner or Path(report.source).stem)}]")
        if report.name in LAYERS:
            lines.append(f"role = {_word(report.name)}")
        if report.crs_source in {"--crs", "--accept", "recipe"}:
            lines.append(f"crs = {_word(report.crs)}")
            lines += ["swap = true"] if report.swapped else []
        if report.encoding_source in {"bytes", "--encoding", "guess"} and report.encoding not in {"", "mixed", "ascii"}:
            lines.append(f"encoding = {_word(report.encoding)}")
        if report.shifted:
            lines.append(f"shifted = {_word(report.shifted)}")
        if report.fields:
            lines.append(f"[layers.{_word(report.inner or Path(report.source).stem)}.fields]")
            lines += [f"{_word(source)} = {_word(column)}" for column, source in sorted(report.fields.items())]
        if report.types:
            lines.append(f"[layers.{_word(report.inner or Path(report.source).stem)}.types]")
            lines += [f"{_word(name)} = {_word(kind)}" for name, kind in report.types.items()]
        lines.append("")
    return "\n".join(lines)


def _word(text: str) -> str:
    """Return text as a quoted TOML key or value; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
