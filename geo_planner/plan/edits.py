"""One change to a plan, and the only way from one plan to the next.

An edit is a scenario step, an import repair, a repair proposal or a solver's result: one type for four jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import ScenarioError, UnknownIdError, did_you_mean
from .layers import LAYERS, conform
from .plan import Plan

Kind = Literal["add", "remove", "set", "reshape", "retime"]
Safety = Literal["safe", "unsafe", "suggestion"]


@dataclass(frozen=True)
class Edit:
    """One change to one feature.

    Parameters
    ----------
    kind
        "add" and "reshape" take a WKT under "geometry"; "set" takes columns; "retime" takes date columns, or
        {"shift_days": n} to move every date of the feature; "remove" takes nothing.
    origin
        Who proposes it: "planner", "import", a check code, or "solver".
    where
        In place of an id, an expression on the layer's columns; `choose.apply_chosen` makes edits by id of it.
    """

    kind: Kind
    layer: str
    id: str
    value: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    origin: str = "planner"
    safety: Safety = "unsafe"
    where: str = ""


def apply(plan: Plan, edits: Iterable[Edit]) -> Plan:
    """Return the plan with the edits made in the order given; the plan passed in is untouched.

    Raises
    ------
    UnknownIdError
        An edit names a feature, layer or column that is not there.
    ScenarioError
        A value cannot be understood: a date that is none, a WKT that does not parse.
    """
    by_layer: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.layer not in plan.layers and not (edit.kind == "add" and edit.layer in LAYERS):
            msg = f"edit '{edit.kind}' of '{edit.id}': the plan has no layer '{edit.layer}'." + did_you_mean(
                edit.layer, plan.layers
            )
            raise UnknownIdError(msg)
        by_layer.setdefault(edit.layer, []).append(edit)
    layers = dict(plan.layers)
    for layer, steps in by_layer.items():
        layers[layer] = _edited(layer, layers.get(layer), steps, plan.crs)
    return replace(plan, layers=layers) if by_layer else plan


def _edited(layer: str, frame: gpd.GeoDataFrame | None, steps: list[Edit], crs: str) -> gpd.GeoDataFrame:
    if frame is None:
        frame = conform(layer, gpd.GeoDataFrame({"id": pd.Series([], dtype="str")}, geometry=[], crs=crs))
    frame = frame.copy()
    for step in steps:
        frame = _STEPS[step.kind](layer, frame, step)
    return frame


def _rows(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> np.ndarray[Any, Any]:
    at = np.flatnonzero((frame["id"] == step.id).to_numpy(dtype=bool, na_value=False))
    if not len(at):
        msg = f"edit '{step.kind}': layer '{layer}' has no feature '{step.id}'." + did_you_mean(
            step.id, frame["id"].dropna().astype(str)
        )
        raise UnknownIdError(msg)
    return at


def _remove(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> gpd.GeoDataFrame:
    return frame.drop(index=frame.index[_rows(layer, frame, step)]).reset_index(drop=True)


def _add(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> gpd.GeoDataFrame:
    if (frame["id"] == step.id).any():
        msg = f"edit 'add': layer '{layer}' already has a feature '{step.id}'; use 'set', 'reshape' or another id."
        raise ScenarioError(msg)
    values = {k: v for k, v in step.value.items() if k != "geometry"}
    shape = _shape(step)
    row = gpd.GeoDataFrame({"id": [step.id]}, geometry=[shape], crs=frame.crs)
    both = pd.concat([frame, row], ignore_index=True)
    return _set(layer, both, replace(step, value=values))


def _set(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> gpd.GeoDataFrame:
    at = _rows(layer, frame, step)
    for name, value in step.value.items():
        if name not in frame.columns:
            msg = f"edit '{step.kind}' of '{step.id}': layer '{layer}' has no column '{name}'." + did_you_mean(
                name, frame.columns
            )
            raise UnknownIdError(msg)
        column = LAYERS[layer].column(name) if layer in LAYERS else None
        cell = _date(step, name, value) if column is not None and column.dtype == "date" else value
        try:
            frame.loc[frame.index[at], name] = cell
        except (TypeError, ValueError) as reason:
            msg = f"edit '{step.kind}' of '{step.id}': {name} = {value!r} does not fit the column ({reason})."
            raise ScenarioError(msg) from reason
    return frame


def _reshape(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> gpd.GeoDataFrame:
    at = _rows(layer, frame, step)
    shapes = np.array(frame.geometry.array, dtype=object)
    shapes[at] = _shape(step)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _retime(layer: str, frame: gpd.GeoDataFrame, step: Edit) -> gpd.GeoDataFrame:
    if "shift_days" not in step.value:
        return _set(layer, frame, step)
    at = frame.index[_rows(layer, frame, step)]
    shift = pd.Timedelta(days=int(step.value["shift_days"]))
    for column in [c for c in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[c])]:
        frame.loc[at, column] = frame.loc[at, column] + shift
    return frame


_STEPS = {"add": _add, "remove": _remove, "set": _set, "reshape": _reshape, "retime": _retime}


def _date(step: Edit, name: str, value: object) -> pd.Timestamp | None:
    if value is None or value == "":
        return None
    stamp = pd.to_datetime(str(value), errors="coerce")
    if pd.isna(stamp):
        msg = f"edit '{step.kind}' of '{step.id}': {name} = {value!r} is not a date. Write it as 2026-05-01."
        raise ScenarioError(msg)
    return stamp


def _shape(step: Edit) -> shapely.Geometry:
    try:
        return shapely.from_wkt(str(step.value["geometry"]))
    except (KeyError, shapely.errors.GEOSException) as reason:
        msg = f"edit '{step.kind}' of '{step.id}': value needs geometry = \"WKT\" in the plan's CRS ({reason})."
        raise ScenarioError(msg) from reason
