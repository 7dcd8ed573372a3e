"""What happened to a layer since last month: by id first, then by shape; sudden jumps are told apart from growth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..schema.sheet import Sheet
from .likeness import Laid, Shapes, alike, crs_of, laid, partners, words
from .spec import LayerTerms
from .terms import Difference, difference

_JUMP, _FEWEST = 0.3, 10
_FACTOR, _AT_ONCE = 5.0, 0.5
_SHOWN = 200

Month = tuple[Sheet, Mapping[str, str]]


def since(terms: LayerTerms, last: Month, now: Month, crs: str = "") -> list[Difference]:
    """Return what was added, removed, changed, reshaped and renumbered, and what jumped.

    Months in two coordinate systems are compared in that of the contract (`crs`), which is said.
    """
    both_laid = laid(last[0], now[0], crs)
    found = _recast(terms, (last[0], now[0]), both_laid)
    before = _keyed(terms, last, both_laid.before, both_laid.tolerance)
    after = _keyed(terms, now, both_laid.after, both_laid.tolerance)
    gone, new = before.index.difference(after.index), after.index.difference(before.index)
    pairs = _renumbered(before.loc[gone], after.loc[new], both_laid.tolerance)
    if terms.id not in before.columns or terms.id not in after.columns:  # the shape is the number
        after, moved = after.rename(index={b: a for a, b in pairs}), pd.Index([])
        new = new.difference([b for _, b in pairs])
    else:
        moved = pd.Index([b for _, b in pairs])
        new = new.difference(moved)
    gone = gone.difference([a for a, _ in pairs])
    both = before.index.intersection(after.index)
    for kind, frame, keys in (("added", after, new), ("removed", before, gone), ("renumbered", after, moved)):
        if len(keys):
            found.append(_of(kind, terms, frame, keys, both_laid.crs))
    values = _changed(terms, before.loc[both], after.loc[both])
    touched = values.any(axis="columns") if len(values.columns) else pd.Series(False, index=both)
    shape = _reshaped(before.loc[both], after.loc[both], both_laid)
    for kind, hit in (("changed", touched), ("reshaped", shape)):
        if hit.any():
            found.append(_of(kind, terms, after, hit.index[hit], both_laid.crs))
    return found + _jumps(terms, before, after, values)


def _recast(terms: LayerTerms, months: tuple[Sheet, Sheet], both: Laid) -> list[Difference]:
    """Say that months lie in two systems: in which they are compared, or that their shapes are not."""
    if not both.recast:
        return []
    old, new = (crs_of(m) for m in months)
    told = {"layer": terms.name, "old": old, "new": new}
    if not both.comparable:
        return [difference("not_compared", **told)]
    return [difference("recast", **told, field=both.crs, count=math.ceil(100 * both.tolerance))]


def _keyed(terms: LayerTerms, month: Month, shapes: Shapes, tolerance: float) -> gpd.GeoDataFrame:
    """Return the rows by id (by shape where the contract names none), with the fields under their contract names."""
    sheet, names = month
    told = words(shapes, tolerance)
    table: dict[str, Any] = {name: sheet.frame[field].to_numpy(dtype=object) for name, field in names.items()}
    out = gpd.GeoDataFrame(table | {"_shape": told}, geometry=shapes)
    ids = out[terms.id].astype("str") if terms.id in out.columns else pd.Series(told, dtype="str")
    return out.set_axis(pd.Index(ids, name=None)).loc[lambda f: ~f.index.duplicated()]


def _renumbered(gone: gpd.GeoDataFrame, new: gpd.GeoDataFrame, tolerance: float) -> list[tuple[Any, Any]]:
    """Return the old and the new id of each shape that is there in both months under different ids."""
    if not len(gone) or not len(new):
        return []
    old, late = (np.asarray(f.geometry.array, dtype=object) for f in (gone, new))
    return [(gone.index[a], new.index[b]) for a, b in partners(old, late, tolerance)]


def _reshaped(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, both: Laid) -> pd.Series:
    """Return which features that are in both months have another shape; none where they cannot be compared."""
    out = pd.Series(before["_shape"].to_numpy() != after["_shape"].to_numpy(), index=before.index)
    rows = np.flatnonzero(out)
    if not both.comparable or not len(rows):
        return out & both.comparable
    one, other = (np.asarray(f.geometry.array, dtype=object)[rows] for f in (before, after))
    out.iloc[rows] = ~alike(one, other, both.tolerance)
    return out


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
