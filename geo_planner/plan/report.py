"""What was found: findings with their evidence, and one row per check that says whether it could judge at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from .. import lang
from .digests import digest_of
from .profile import Threshold
from .verdict import Exemption, Verdicts, layer_called

Outcome = Literal["ok", "found", "skipped", "crashed"]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

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


class Skipped(Exception):
    """Raised by a check that cannot judge this plan at all; `reason` is a key of `lang.REASONS`."""

    def __init__(self, reason: str, **args: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = args


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
    ids that were judged, the share judged is by area.
    """

    rows: gpd.GeoDataFrame
    judged: int
    unknown: pd.DataFrame
    subjects: tuple[str, tuple[str, ...]] | None = None


def findings(
    crs: str, *rows: Rows, judged: int | tuple[str, Any], unknown: Sequence[tuple[str, Any, str]] = ()
) -> Findings:
    """Return findings from blocks of rows.

    `judged` is how many rows were judged, or their layer and ids; `unknown` is a sequence of (layer, ids, reason).
    """
    full = [block for block in rows if len(np.asarray(block.geometry, dtype=object))]
    frames = [_frame(block, crs) for block in full or [Rows(layer="", id=[], geometry=[])]]
    table = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    open_rows = [
        pd.DataFrame({"layer": layer, "id": np.asarray(ids, dtype=object), "reason": reason}, dtype="str")
        for layer, ids, reason in unknown
        if len(ids)
    ]
    empty = pd.DataFrame({"layer": [], "id": [], "reason": []}, dtype="str")
    return Findings(
        rows=table.sort_values(["layer", "id", "other_layer", "other_id", "from"], kind="stable", ignore_index=True),
        judged=len(judged[1]) if isinstance(judged, tuple) else int(judged),
        unknown=pd.concat(open_rows, ignore_index=True) if open_rows else empty,
        subjects=(judged[0], tuple(map(str, judged[1]))) if isinstance(judged, tuple) else None,
    )


def _frame(block: Rows, crs: str) -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries(np.asarray(block.geometry, dtype=object), crs=crs)
    n = len(shapes)
    columns = [_cells(value, n) for value in block.args.values()]
    args = [dict(zip(block.args, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return gpd.GeoDataFrame(
        {
            "code": pd.Series([""] * n, dtype="str"),
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
            "args": args or [{} for _ in range(n)],
            "fingerprint": pd.Series([""] * n, dtype="str"),
        },
        geometry=shapes,
        crs=crs,
    )


def _words(value: Any, n: int) -> pd.Series:
    return pd.Series(np.broadcast_to(np.asarray(value, dtype=object), n)).fillna("").astype("str")


def _days(value: Any, n: int) -> pd.Series:
    days = pd.Series(np.broadcast_to(np.asarray(value, dtype="datetime64[ms]"), n).copy())
    return days.astype("datetime64[ms]")


def _cells(value: Any, n: int) -> list[Any]:
    """Return one argument of n rows as plain values; arrays of numbers and dates are turned as a whole."""
    column = np.asarray(value) if isinstance(value, np.ndarray) else np.asarray(value, dtype=object)
    if column.ndim == 0:
        return [_plain(column[()])] * n
    if column.dtype.kind == "f":
        return [None if cell != cell else cell for cell in column.tolist()]  # noqa: PLR0124  (only NaN differs from itself)
    if column.dtype.kind in "iub":
        return list(column.tolist())
    if column.dtype.kind == "M":
        days = np.datetime_as_string(column, unit="D")
        return [None if day == "NaT" else day for day in days.tolist()]
    if column.dtype.kind == "U" or (len(column) == n and pd.api.types.infer_dtype(column, skipna=False) == "string"):
        return list(column.tolist())
    return [_plain(cell) for cell in np.broadcast_to(column, n)]


def _plain(value: Any) -> Any:
    """Return one cell as a plain Python value: dates as ISO text, missing as None."""
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return None if pd.isna(value) else str(pd.Timestamp(value).date())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, list | tuple | dict):
        return value
    return None if pd.isna(value) else value


@dataclass(frozen=True)
class Run:
    """One check, run once: what came of it, and how many rows it judged and could not judge.

    `share` is the part that was judged, by area where the check tells its parcels, else by count, 0 where it did not
    run; `needs` are the layers, `layer.column`s and rasters for want of which it did not.
    """

    code: str
    outcome: Outcome
    reason: Mapping[str, str] = field(default_factory=dict)  # zh, en; empty unless skipped or crashed
    rows_judged: int = 0
    rows_unknown: int = 0
    found: int = 0
    seconds: float = field(default=0.0, compare=False)  # of the machine, not of the plan
    share: float = 0.0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """The words and numbers of one check, carried with the report so that it reads alone."""

    code: str
    slug: str
    severity: Severity
    zh: Mapping[str, str]  # title, message, advice, trap
    en: Mapping[str, str]
    params: Mapping[str, Threshold] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)  # parameter -> Chinese label
    doc: str = ""
    verdict: str = ""  # one of the seven


@dataclass(frozen=True)
class ScorePart:
    """One share a score is made of: `good` of `total`, and the features of `layer` that failed or stayed open.

    `name` is "plan_first", "roads" or "parcels"; `unit` is m² or m; `left_out` could not be judged and is in neither.
    """

    name: str
    layer: str
    good: float
    total: float
    unit: str
    failed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scores:
    """Three scores between 0 and 1 and their minimum; None where the data do not allow one.

    Parameters
    ----------
    reasons
        Why a score is missing or stands on fewer checks: score to key of `lang.REASONS`.
    parts
        What S1 and S2 are made of, so that every number can be opened.
    lead
        What S3 is made of: date, share of industry started, share of housing and commerce started, at each change.
    """

    S1: float | None = None
    S2: float | None = None
    S3: float | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[ScorePart, ...]] = field(default_factory=dict)
    lead: tuple[tuple[str, float, float], ...] = ()

    @property
    def headline(self) -> float | None:
        """The minimum of the three: a park cannot buy off missing sewers with good paperwork. None if one is."""
        known = [s for s in (self.S1, self.S2, self.S3) if s is not None]
        return min(known) if len(known) == 3 else None


@dataclass(frozen=True, eq=False)
class Report:
    """Everything the checks have to say about one plan under one profile; equal to another that says the same."""

    plan_name: str
    plan_digest: str
    profile_name: str
    profile_digest: str
    version: str
    findings: gpd.GeoDataFrame
    unknown: pd.DataFrame
    runs: tuple[Run, ...]
    rules: Mapping[str, Rule]
    scores: Scores = field(default_factory=Scores)
    balance: Mapping[str, Any] = field(default_factory=dict)
    curves: Mapping[str, Any] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    schematic: bool = False
    as_of: str | None = None
    reviews: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # fingerprint -> verdict, reason, name, date
    verdict: Verdicts = field(default_factory=Verdicts)
    exemptions: tuple[Exemption, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """The sha256 of everything it says: findings with their evidence, what is unknown, runs, rules and figures."""
        return digest_of({f.name: getattr(self, f.name) for f in fields(self)})

    def text(self, finding: Mapping[str, Any], language: lang.Lang) -> str:
        """Return the sentence of one finding (a row of `findings` as a mapping)."""
        rule = self.rules[finding["code"]]
        name = layer_called(finding["layer"], language)
        other = layer_called(finding["other_layer"], language)
        params = {k: t.value for k, t in rule.params.items()}
        words = rule.zh if language == "zh" else rule.en
        return lang.sentence(
            words["message"], {**params, **finding, **finding["args"], "layer_name": name, "other_layer_name": other}
        )

    def count(self, severity: Severity) -> int:
        """How many findings have that severity and are not waived by a reviewer."""
        waived = [name for name, mark in self.reviews.items() if mark["verdict"] == "waived"]
        rows = self.findings
        return int(((rows["severity"] == severity) & ~rows["fingerprint"].isin(waived)).sum())


def fingerprints(table: gpd.GeoDataFrame) -> pd.Series:
    """A short name for each finding that stays the same from run to run as long as its subject does.

    Built from code, layer, both ids and, where these repeat, a running number: a changed value keeps its name, so that
    a waiver still finds it.
    """
    keys = table["code"].astype("str")
    for column in ("layer", "id", "other_layer", "other_id"):
        keys = keys + "|" + table[column].astype("str")
    turn = keys.groupby(keys).cumcount().astype("str")
    names = [hashlib.sha256(f"{k}|{n}".encode()).hexdigest()[:12] for k, n in zip(keys, turn, strict=True)]
    return pd.Series(names, dtype="str", index=table.index)
