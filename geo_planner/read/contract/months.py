"""What happened to a layer since last month: by id first, then by shape; sudden jumps are told apart from growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..schema.sheet import Sheet
from .spec import LayerTerms
from .terms import Difference, difference

_JUMP, _FEWEST = 0.3, 10
_FACTOR, _AT_ONCE = 5.0, 0.5
_GRID = 1e-7
_SHOWN = 200

Month = tuple[Sheet, Mapping[str, str]]


def since(terms: LayerTerms, last: Month, now: Month) -> list[Difference]:
    """Return what was added, removed, changed, reshaped and renumbered, and what jumped."""
    before, after = _keyed(terms, last), _keyed(terms, now)
    both = before.index.intersection(after.index)
    gone, new = before.index.difference(after.index), after.index.difference(before.index)
    gone, new, moved = _renumbered(before, after, gone, new)
    found = []
    crs = now[0].crs
    for kind, frame, keys in (("added", after, new), ("removed", before, gone), ("renumbered", after, moved)):
        if len(keys):
            found.append(_of(kind, terms, frame, keys, crs))
    values = _changed(terms, before.loc[both], after.loc[both])
    touched = values.any(axis="columns") if len(values.columns) else pd.Series(False, index=both)
    shape = pd.Series(before.loc[both, "_shape"].to_numpy() != after.loc[both, "_shape"].to_numpy(), index=both)
    for kind, hit in (("changed", touched), ("reshaped", shape)):
        if hit.any():
            found.append(_of(kind, terms, after, hit.index[hit], crs))
    return found + _jumps(terms, before, after, values)


def _keyed(terms: LayerTerms, month: Month) -> gpd.GeoDataFrame:
    """Return the rows by id (by shape where the contract names none), with the fields under their contract names."""
    sheet, names = month
    frame = sheet.frame
    shapes = shapely.set_precision(shapely.normalize(np.asarray(frame.geometry.array, dtype=object)), _grid(frame))
    words = [w.hex() for w in shapely.to_wkb(shapely.normalize(shapes))]
    table: dict[str, Any] = {name: frame[field].to_numpy(dtype=object) for name, field in names.items()}
    out = gpd.GeoDataFrame(table | {"_shape": words}, geometry=np.asarray(frame.geometry.array))
    ids = out[terms.id].astype("str") if terms.id in out.columns else pd.Series(words)
    return out.set_axis(pd.Index(ids, name=None)).loc[lambda f: ~f.index.duplicated()]


def _grid(frame: gpd.GeoDataFrame) -> float:
    """Return the grid on which two shapes are the same: a centimetre, or a ten-millionth of a degree."""
    box = frame.total_bounds if len(frame) else np.zeros(4)
    return _GRID if np.nanmax(np.abs(box)) <= 360 else 0.01


def _renumbered(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, gone: pd.Index, new: pd.Index
) -> tuple[pd.Index, pd.Index, pd.Index]:
    old = dict(zip(before.loc[gone, "_shape"], gone, strict=True))
    shapes = after.loc[new, "_shape"]
    same = shapes.isin(list(old)).to_numpy(dtype=bool)
    moved = new[same]
    left = gone.difference([old[w] for w in shapes[same]])
    return left, new.difference(moved), pd.Index(moved)


def _changed(terms: LayerTerms, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return, field by field, which of the features that are in both months have another value."""
    fields = [f for f in terms.fields if f in before.columns and f in after.columns and f != terms.id]
    return pd.DataFrame({f: _differ(before[f], after[f]) for f in fields}, index=before.index)


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    a, b = (pd.to_numeric(s, errors="coerce").to_numpy(dtype=float) for s in (one, other))
    numbers = np.isfinite(a) & np.isfinite(b)
    words = one.astype("str").to_numpy(dtype=object) != other.astype("str").to_numpy(dtype=object)
    answer: np.ndarray = np.where(numbers, np.abs(a - b) > 1e-9 * np.maximum(np.abs(a), 1.0), words).astype(bool)
    empty = one.isna().to_numpy() & other.isna().to_numpy()
    known: np.ndarray = answer & ~empty
    return known


def _jumps(
    terms: LayerTerms, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, values: pd.DataFrame
) -> list[Difference]:
    found = []
    rows = len(before), len(after)
    if max(rows) >= _FEWEST and abs(rows[1] - rows[0]) > _JUMP * max(rows[0], 1):
        found.append(difference("jump_rows", layer=terms.name, old=str(rows[0]), new=str(rows[1])))
    else:
        measure = shapely.area if terms.geometry == "polygon" else shapely.length
        size = [float(measure(np.asarray(f.geometry.array)).sum()) for f in (before, after)]
        if size[0] > 0 and abs(size[1] - size[0]) > _JUMP * size[0]:
            found.append(difference("jump_size", layer=terms.name, old=f"{size[0]:.6g}", new=f"{size[1]:.6g}"))
    for name, hit in values.items():
        told = _jump_of_field(terms, str(name), (before, after), hit)
        found += [told] if told is not None else []
    return found


def _jump_of_field(
    terms: LayerTerms, name: str, months: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], hit: pd.Series
) -> Difference | None:
    """Return the jump of one field: of its median by a factor, else of most of its values at once."""
    if terms.fields[name].type == "number":
        a, b = (float(pd.to_numeric(m[name], errors="coerce").median()) for m in months)
        if a > 0 and b > 0 and max(a / b, b / a) >= _FACTOR:
            return difference("jump_value", layer=terms.name, field=name, old=f"{a:.6g}", new=f"{b:.6g}")
    if len(hit) >= _FEWEST and hit.mean() > _AT_ONCE:
        return difference("jump_field", layer=terms.name, field=name, new=f"{hit.mean():.0%}")
    return None


def _of(kind: str, terms: LayerTerms, frame: gpd.GeoDataFrame, keys: pd.Index, crs: str) -> Difference:
    shapes = gpd.GeoSeries(frame.loc[keys[:_SHOWN]].geometry.array, crs=crs or None)
    one = difference(kind, layer=terms.name, count=len(keys), new=str(keys[0])[:40])
    return replace(one, ids=tuple(str(k)[:40] for k in keys[:_SHOWN]), shapes=shapes)
