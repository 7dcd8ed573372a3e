"""How layers are drawn: by class, by land-use code or by a ramp over numbers, with the words of each class."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ...facts.landuse.balance import AS_WRITTEN, Switches, counted_as
from ...facts.landuse.uses import uses
from ...plan import LAYERS, Plan
from ...plan.layers import UTILITY_ZH
from .styles import styles

_GROUPS = {"industry", "housing", "commerce"}
_RAMP = ("#f2f0d0", "#a9d8b5", "#4fb3bf", "#2b79b0", "#26397a")
"""Light to dark in five steps that a colour-blind reader tells apart by lightness alone."""
RAMPS = ("far", "height", "start")
"""Columns of parcels that may be shown as a ramp: two numbers, and the year in which works begin."""


def layer_names(layer: str, utility: str = "") -> dict[str, str]:
    """A layer, or one utility of the pipes, as people call it in both languages."""
    if utility:
        table = styles()["words"]
        zh, en = UTILITY_ZH.get(utility, utility), table.get(utility, (utility, utility))[1]
        if utility == "tunnel":
            return {"zh": zh, "en": en.capitalize()}
        return {"zh": zh + ("线路" if utility in {"power", "telecom"} else "管线"), "en": f"{en.capitalize()} lines"}
    spec = LAYERS.get(layer)
    return {"zh": spec.zh, "en": spec.en.split(" (")[0].capitalize()} if spec else {"zh": layer, "en": layer}


def with_uses(frame: gpd.GeoDataFrame, plan: Plan, how: Switches = AS_WRITTEN) -> gpd.GeoDataFrame:
    """Parcels with the class they are judged by, their area in m², and their code with its scheme as `class`.

    `how` says how contested land counts.
    `balance` is the class under which a parcel counts in the shares: "shared" for infrastructure, which stays out.
    """
    table = uses(plan) if how == AS_WRITTEN else counted_as(plan, how)
    code, scheme = table["code"].astype("str"), frame["scheme"].astype("str")
    return frame.assign(
        ple=table["ple"].to_numpy(dtype=object),
        balance=table["ple"].where(table["counted"] | table["ple"].isna(), "shared").to_numpy(dtype=object),
        sector=table["group"].where(table["group"].isin(_GROUPS)).to_numpy(dtype=object),
        area=table["area"].to_numpy(),
        **{"class": (scheme + " " + code).where(table["zh"].notna(), None).to_numpy(dtype=object)},
        _zh=table["zh"].to_numpy(dtype=object),
        _en=table["en"].to_numpy(dtype=object),
    )


def classes_of(layer: str, frame: gpd.GeoDataFrame, utility: str) -> list[dict[str, Any]]:
    """The styles of a layer, or of one utility of the pipes: what each is called, its column and its classes."""
    table = styles()
    if layer == "parcels":
        ple = [{"key": key, **look} for key, look in table["ple"].items()]
        return [
            {"zh": "三生空间", "en": "production, living, ecology", "by": "ple", "classes": ple},
            {"zh": "用地代码", "en": "land-use code", "by": "class", "classes": code_classes(frame)},
            *(ramp_style(column, frame) for column in RAMPS if f"{column}_band" in frame),
        ]
    if utility:
        look = table["pipes"].get(utility, table["pipes"]["tunnel"])
        return [{"zh": "", "en": "", "by": None, "classes": [{"key": "", **layer_names(layer, utility), **look}]}]
    found = table["layers"].get(layer, table["layers"]["other"])
    by = found.get("by") if found.get("by") in frame and frame[found.get("by")].notna().any() else None
    classes = found["classes"] if by else [c for c in found["classes"] if c["key"] == ""]
    return [{"zh": "", "en": "", "by": by, "classes": classes}]


def code_classes(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """One class for each code of each scheme that occurs, coloured by its head and shaded by its turn under it."""
    rows = frame[["class", "_zh", "_en"]].dropna().drop_duplicates("class").sort_values("class")
    out: list[dict[str, Any]] = []
    turn: dict[str, int] = {}
    for key, zh, en in zip(rows["class"], rows["_zh"], rows["_en"], strict=True):
        scheme, code = str(key).split(" ", 1)
        head = code[:1] if code[:1].isalpha() else code[:2]
        base = styles()["codes"].get(scheme, {}).get(head, "#b9b4aa")
        turn[scheme + head] = turn.get(scheme + head, -1) + 1
        fill = _shade(base, turn[scheme + head])
        look = {"fill": fill, "line": _shade(fill, 3), "alpha": 0.75}
        out.append({"key": key, "zh": f"{code} {zh}", "en": f"{code} {en}", **look})
    return [*out[:254], {"key": "", **styles()["ple"][""]}]


def _shade(colour: str, turn: int) -> str:
    """The colour darkened by a twelfth for every turn, three at most."""
    part = 1 - min(turn, 3) / 12
    return "#" + "".join(f"{round(int(colour[k : k + 2], 16) * part):02x}" for k in (1, 3, 5))


def with_bands(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Parcels with the step of the ramp for each column of `RAMPS` that has four different values or more."""
    found = {}
    for column in RAMPS:
        values = _numbers(frame[column]) if column in frame else np.zeros(0)
        edges = _edges(values)
        if len(edges):
            step = np.where(np.isnan(values), -1, np.digitize(values, edges))
            found[f"{column}_band"] = pd.Categorical.from_codes(step, [str(k) for k in range(len(edges) + 1)])
    return frame.assign(**found)


def _numbers(column: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Values as numbers; a date counts as its year."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.year
    return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))


def _edges(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where one step ends and the next begins: fifths of the known values, rounded to what a reader says aloud."""
    known = values[np.isfinite(values)]
    if len(known) == 0 or len(np.unique(known[:100_000])) < 4:
        return np.zeros(0)
    edges = np.quantile(known, (0.2, 0.4, 0.6, 0.8))
    digits = 0 if known.max() - known.min() >= 20 or (known == np.rint(known)).all() else 2
    return np.unique(np.round(edges, digits))


def ramp_style(name: str, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """The style of one ramp: its classes from light to dark, and one for rows without a value."""
    edges = _edges(_numbers(frame[name]))
    column = next(c for c in LAYERS["parcels"].columns if c.name == name)
    shade = [_RAMP[round(k * (len(_RAMP) - 1) / len(edges))] for k in range(len(edges) + 1)]
    said = [f"{edge:g}" for edge in edges]
    words = [f"< {said[0]}", *(f"{a} – {b}" for a, b in pairwise(said)), f"≥ {said[-1]}"]
    classes = [
        {"key": str(k), "zh": word, "en": word, "fill": fill, "line": "#6d7780", "alpha": 0.8, "width": 0.6}
        for k, (word, fill) in enumerate(zip(words, shade, strict=True))
    ]
    unit = f" ({column.unit})" if column.unit else ""
    heads = {"zh": column.zh + unit, "en": column.en + unit}
    if name == "start":
        heads = {"zh": "开工年份", "en": "year of start"}
    none = {**styles()["ple"][""], "key": "", "zh": "无数据", "en": "no value"}
    return {**heads, "by": f"{name}_band", "classes": [*classes, none]}
