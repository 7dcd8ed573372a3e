"""Findings as columns, from the check to the file: rows with their evidence, and names that outlive a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .arguments import Arguments

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
    open_rows = [
        pd.DataFrame({"layer": layer, "id": np.asarray(ids, dtype=object), "reason": reason}, dtype="str")
        for layer, ids, reason in unknown
        if len(ids)
    ]
    empty = pd.DataFrame({"layer": [], "id": [], "reason": []}, dtype="str")
    return Findings(
        rows=in_order([_frame(block, crs) for block in full]) if full else _nothing(crs).copy(deep=False),
        judged=int(judged)
        if isinstance(judged, int | np.integer)
        else sum(len(ids) for ids in (counted or {}).values()),
        unknown=pd.concat(open_rows, ignore_index=True) if open_rows else empty,
        subjects=(judged[0], (counted or {})[judged[0]]) if isinstance(judged, tuple) else None,
        counted=counted,
    )


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
    table = pd.DataFrame(
        {
            "code": _words("", n),
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
            "fingerprint": _words("", n),
            "geometry": shapes,
        },
        copy=False,
    )
    return gpd.GeoDataFrame(table, geometry="geometry")


def _words(value: Any, n: int) -> pd.Series:
    if isinstance(value, str):
        return pd.Series(value, index=range(n), dtype="str")
    if isinstance(value, pd.Series) and isinstance(value.dtype, pd.StringDtype):
        return value.reset_index(drop=True).fillna("")
    words = pd.Series(np.broadcast_to(np.asarray(value, dtype=object), n))
    if not isinstance(words.dtype, pd.StringDtype):
        words = words.fillna("").astype("str")
    return words.fillna("") if words.hasnans else words


def _days(value: Any, n: int) -> pd.Series:
    days = pd.Series(np.broadcast_to(np.asarray(value, dtype="datetime64[ms]"), n).copy())
    return days.astype("datetime64[ms]")


def fingerprints(table: gpd.GeoDataFrame) -> pd.Series:
    """A short name for each finding that stays the same from run to run as long as its subject does.

    Built from code, layer, both ids and, where these repeat, a running number: a changed value keeps its name, so that
    a waiver still finds it.
    """
    columns = [table[name].fillna("") for name in ("code", "layer", "id", "other_layer", "other_id")]
    parts = [pa.array(column.astype("str"), type=pa.large_string()) for column in columns]
    keys = pc.binary_join_element_wise(*parts, pa.scalar("|", pa.large_string()))
    coded = pd.factorize(keys.to_numpy(zero_copy_only=False))[0]
    turn = pd.Series(coded).groupby(coded).cumcount().tolist()
    names = [hashlib.sha256(f"{k}|{n}".encode()).hexdigest()[:12] for k, n in zip(keys.to_pylist(), turn, strict=True)]
    return pd.Series(names, dtype="str", index=table.index)
