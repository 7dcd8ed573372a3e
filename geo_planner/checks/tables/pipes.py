"""How the tables of GB 50289-2016 name pipes, and which rows a pipe meets."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import geopandas as gpd
import numpy as np

Array = np.ndarray[Any, Any]

CLASS = {
    "water": "water",
    "sewer": "drain",
    "storm": "drain",
    "combined": "drain",
    "reclaimed": "reclaimed",
    "gas": "gas",
    "heat": "heat",
    "power": "power",
    "telecom": "telecom",
}
_BURIED = {"direct": "direct", "duct": "duct", "trench": "trench"}
_WORDS = {"duct": "duct", "conduit": "duct", "direct": "direct"}


def classes(pipes: gpd.GeoDataFrame) -> Array:
    """The table's class of each pipe; "trench" where it lies in one, "" where the tables do not speak of it.

    Overhead lines, pipes in a utility tunnel and the tunnel itself are outside these tables.
    """
    kind = pipes["kind"].map(CLASS).fillna("").to_numpy(dtype=object)
    burial = pipes["burial"].to_numpy(dtype=object)
    kind = np.where(burial == "trench", "trench", kind)
    return np.asarray(np.where((burial == "overhead") | (burial == "tunnel"), "", kind))


def meets(pipes: gpd.GeoDataFrame, condition: str) -> Array:
    """Which pipes meet a condition cell such as `d<=200`, `L|MB|MA`, `direct`, `<35kV`; an unknown attribute meets none."""
    if condition in {"", "any"}:
        return np.ones(len(pipes), dtype=bool)
    if condition.endswith("kV"):
        return _compared(pipes["voltage_kv"].to_numpy(dtype=float), condition.removesuffix("kV"))
    if condition in _WORDS:
        return np.asarray(pipes["burial"].to_numpy(dtype=object) == _WORDS[condition])
    if condition.startswith(("d<", "d>", "DN")):
        return _compared(pipes["diameter_mm"].to_numpy(dtype=float), condition.removeprefix("DN").removeprefix("d"))
    return np.asarray(pipes["pressure"].isin(condition.split("|")).to_numpy(dtype=bool))


def asked(pipes: gpd.GeoDataFrame) -> Callable[[str], Array]:
    """`meets` of these pipes, each condition worked out once."""
    return cache(partial(meets, pipes))


def _compared(values: Array, text: str) -> Array:
    limit = float(text.lstrip("<>="))
    with np.errstate(invalid="ignore"):
        return np.asarray(
            {"<=": values <= limit, ">=": values >= limit}.get(
                text[:2], values < limit if text[0] == "<" else values > limit
            )
        )


def radius(pipes: gpd.GeoDataFrame) -> Array:
    """Half the diameter [m], NaN where it is not known; cables without one count as thin."""
    half = pipes["diameter_mm"].to_numpy(dtype=float) / 2000.0
    cable = pipes["kind"].isin(["power", "telecom"]).to_numpy()
    return np.asarray(np.where(np.isnan(half) & cable, 0.0, half))
