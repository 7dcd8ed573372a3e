"""XPlanGML, in which German plans are exchanged: the role of each feature type, and land-use codes of `xplanung`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

import geopandas as gpd
import pandas as pd

from .roles import Role

_ARTS = (("besondere", "besondereArtDerBaulNutzung"), ("allgemein", "allgArtDerBaulNutzung"))


@cache
def _table() -> Mapping[str, tuple[str, str]]:
    text = resources.files(__package__).joinpath("xplan.csv").read_text(encoding="utf-8")
    return {row["name"].lower(): (row["role"], row["code"]) for row in csv.DictReader(text.splitlines())}


def xplan_role(name: str) -> Role | None:
    """Return the role of a feature type of XPlanGML with the code that it stands for, None for any other name."""
    role, code = _table().get(name.lower(), ("", ""))
    if not role:
        return None
    values = {"scheme": "xplanung"} if role == "parcels" else {}
    return Role(role, {"code": code, **values} if code else values, f"XPlanGML {name}")


def with_building_use(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return building land with a column `code`: the particular use (WA, GE, …), else the general one (W, G, …)."""
    code = pd.Series(None, index=frame.index, dtype="str")
    for kind, field in _ARTS:
        if field in frame.columns:
            words = frame[field].astype("str").str.removesuffix(".0")
            made = words.map({w: _table().get(f"{kind}:{w}", ("", ""))[1] or None for w in words.dropna().unique()})
            code = code.fillna(made.astype("str"))
    return frame.assign(code=code) if code.notna().any() and "code" not in frame.columns else frame
