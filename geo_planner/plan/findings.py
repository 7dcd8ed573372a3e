"""Findings as columns, from the check to the file: rows with their evidence, and names that outlive a run."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .arguments import Arguments
from .layer import with_shapes

COLUMNS = (
    "code",
    "severity",
    "layer",
    "id",
    "other_layer",
    "other_id",
    "value",
    "limit",
    "unit",
    "from",
    "to",
    "args",
    "fingerprint",
)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Findings as arrays of one length; single values are repeated.

    `value`, `limit` and `unit` are what a reviewer compares; `since` and `until` bound the time in which it is so
    (null: from or to the end of the plan); `args` fill the slots of the message.
    """

    layer: Any
    id: Any
    geometry: Any
    other_layer: Any = ""
    other_id: Any = ""
    value: Any = np.nan
    limit: Any = np.nan
    unit: str = ""
    since: Any = None
    until: Any = None
    args: Mapping[str, Any] = field(default_factory=dict)
    severity: Any = ""


@dataclass(frozen=True)
class Findings:
    """What one check found, how many rows it could judge, and which it could not, with the reason.

    `rows` is a GeoDataFrame with the columns of `COLUMNS`; `unknown` has layer, id and reason (a key of
    `lang.REASONS`). A row that cannot be judged is never counted as passed. Where `subjects` names the layer and the
    ids that were judged, the share judged is by area. `counted` names what was judged by layer; None: a bare number.
    """

    rows: gpd.GeoDataFrame
    judged: int
    unknown: pd.DataFrame
    subjects: tuple[str, tuple[str, ...]] | None = None
    counted: Mapping[str, tuple[str, ...]] | None = None


def findings(
    crs: str,
    *rows: Rows,
    judged: int | tuple[str, Any] | Mapping[str, Any],
    unknown: Sequence[tuple[str, Any, str]] = (),
) -> Findings:
    """Return findings from blocks of rows.

    `judged` is how many rows were judged, or their layer and ids, or the ids by layer where the share judged is by
    count; `unknown` is a sequence of (layer, ids, reason).
    """
    of = dict([judged]) if isinstance(judged, tuple) else judged if isinstance(judged, Mapping) else None
    counted = None if of is None else {name: tuple(map(str, ids)) for name, ids in of.items()}
    full = [block for block in rows if len(np.asarray(block.geometry, dtype=object))]
    open_rows = [_open(layer, ids, reason) for layer, ids, reason in unknown if len(ids)]
    return Findings(
        rows=in_order([_frame(block, crs) for block in full]) if full else _nothing(crs).copy(deep=False),
        judged=int(judged)
        if isinstance(judged, int | np.integer)
        else sum(len(ids) for ids in (counted or {}).values()),
        unknown=_joined(open_rows),
        subjects=(judged[0], (counted or {})[judged[0]]) if isinstance(judged, tuple) else None,
        counted=counted,
    )


def _open(layer: str, ids: Any, reason: str) -> pd.DataFrame:
    n, named = len(ids), pd.array(np.asarray(ids, dtype=object), dtype=_TEXT)
    return pd.DataFrame({"layer": _words(layer, n), "id": named, "reason": _words(reason, n)}, copy=False)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if len(tables) < 2:
        return tables[0] if tables else _open("", [], "")
    return pd.concat(tables, ignore_index=True)


def in_order(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return tables of findings as one, by the ids that they name."""
    table = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if len(table) < 2:
        return table
    keys = ["layer", "id", "other_layer", "other_id", "from"]
    if len(table) > _FEW:
        return table.sort_values(keys, kind="stable", ignore_index=True)
    since = table["from"].fillna(_LAST).to_numpy().tolist()
    rows = list(zip(*(table[key].tolist() for key in keys[:-1]), since, strict=True))
    order = sorted(range(len(rows)), key=rows.__getitem__)
    return table if order == list(range(len(rows))) else table.take(order).reset_index(drop=True)


def merged(kept: gpd.GeoDataFrame, more: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return two tables of findings in order as one; no feature has findings in both."""
    if not len(more) or not len(kept):
        return (more if len(more) else kept).reset_index(drop=True)
    layers, ids = kept["layer"].array, kept["id"].array
    names = zip(more["layer"].tolist(), more["id"].tolist(), strict=True)
    at = [bisect_left(range(len(kept)), name, key=lambda k: (layers[k], ids[k])) for name in names]
    both = pd.concat([kept, more], ignore_index=True)
    order = np.insert(np.arange(len(kept)), at, np.arange(len(kept), len(both)))
    return both.take(order).reset_index(drop=True)


def same_rows(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    """Which rows of two tables of findings of one length are the same to the last bit, with their evidence."""
    out = np.asarray(one["args"].array.same(other["args"].array), dtype=bool)
    for name in (column for column in COLUMNS if column != "args"):
        a, b = one[name].array, other[name].array
        if a.dtype != b.dtype:
            return np.zeros(len(one), bool)
        if isinstance(a.dtype, pd.StringDtype):
            out &= np.asarray(a == b, dtype=bool)
        else:  # by their bits, so that NaN is NaN and -0 is not 0
            out &= np.asarray(a).view(np.int64) == np.asarray(b).view(np.int64)
    shapes = [np.asarray(table.geometry.array, dtype=object) for table in (one, other)]
    rest = np.array([a is not b for a, b in zip(*shapes, strict=True)], dtype=bool) & out
    if rest.any():
        out[rest] = np.asarray(shapely.to_wkb(shapes[0][rest]) == shapely.to_wkb(shapes[1][rest]), dtype=bool)
    return out


def unknown_by_check(codes: Sequence[str], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What each check could not judge with its `code`: by check, then layer, id and reason; sorted once."""
    if not tables:
        return pd.DataFrame()
    whole, turn = pd.concat(tables, ignore_index=True), np.repeat(np.arange(len(tables)), [len(t) for t in tables])
    whole["code"] = pd.Series(np.asarray(codes, dtype=object)[turn], dtype="str")
    ranks = [pd.factorize(whole[name], sort=True)[0] for name in ("reason", "id", "layer")]
    return whole.iloc[np.lexsort((*ranks, turn))].reset_index(drop=True)


_FEW = 500
"""Up to so many rows are sorted in Python before pandas has made its categories."""
_LAST = pd.Timestamp.max.as_unit("ms")


@cache
def _nothing(crs: str) -> gpd.GeoDataFrame:
    return _frame(Rows(layer="", id=[], geometry=[]), crs)


def _frame(block: Rows, crs: str) -> gpd.GeoDataFrame:
    shapes = gpd.array.GeometryArray(np.asarray(block.geometry, dtype=object), crs=crs)
    n = len(shapes)
    nothing = _words("", n)
    table = pd.DataFrame(
        {
            "code": nothing,
            "severity": _words(block.severity, n),
            "layer": _words(block.layer, n),
            "id": _words(block.id, n),
            "other_layer": _words(block.other_layer, n),
            "other_id": _words(block.other_id, n),
            "value": np.broadcast_to(np.asarray(block.value, dtype=float), n).copy(),
            "limit": np.broadcast_to(np.asarray(block.limit, dtype=float), n).copy(),
            "unit": _words(block.unit, n),
            "from": _days(block.since, n),
            "to": _days(block.until, n),
            "args": Arguments.of(block.args, n),
            "fingerprint": nothing,
            "geometry": shapes,
        },
        copy=False,
    )
    return with_shapes(table)


_TEXT = pd.StringDtype(na_value=np.nan)


def _words(value: Any, n: int) -> Any:
    """Return `n` words as pandas holds them; what is missing is the empty word."""
    if isinstance(value, pd.Series) and isinstance(value.dtype, pd.StringDtype):
        return value.fillna("").array
    cells = np.broadcast_to(np.asarray(value, dtype=object), n)
    if pd.api.types.infer_dtype(cells, skipna=False) != "string":
        cells = pd.Series(cells, dtype=object).fillna("").astype("str").fillna("").to_numpy(dtype=object)
    return pd.array(cells, dtype=_TEXT)


def _days(value: Any, n: int) -> Any:
    return np.broadcast_to(np.asarray(value, dtype="datetime64[ms]"), n).copy()


def fingerprints(table: gpd.GeoDataFrame) -> pd.Series:
    """A short name for each finding that stays the same from run to run as long as its subject does.

    Built from code, layer, both ids and, where these repeat, a running number: a changed value keeps its name, so that
    a waiver still finds it.
    """
    cells = [table[name].fillna("").tolist() for name in ("code", "layer", "id", "other_layer", "other_id")]
    before: Counter[str] = Counter()
    names = []
    for key in map("|".join, zip(*cells, strict=True)):
        names.append(hashlib.sha256(f"{key}|{before[key]}".encode()).hexdigest()[:12])
        before[key] += 1
    return pd.Series(names, dtype="str", index=table.index)
