"""What was found: findings with their evidence, and one row per check that says whether it could judge at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from .. import lang
from .causes import Cause
from .digests import digest_of
from .findings import COLUMNS, Findings, Rows, findings, fingerprints
from .profile import Threshold
from .verdict import Exemption, Verdicts, layer_called

Outcome = Literal["ok", "found", "skipped", "crashed"]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

__all__ = [
    "COLUMNS",
    "SEVERITIES",
    "Findings",
    "Outcome",
    "Report",
    "Rows",
    "Rule",
    "Run",
    "ScorePart",
    "Scores",
    "Severity",
    "Skipped",
    "findings",
    "fingerprints",
]


class Skipped(Exception):
    """Raised by a check that cannot judge this plan at all; `reason` is a key of `lang.REASONS`."""

    def __init__(self, reason: str, **args: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = args


@dataclass(frozen=True)
class Unjudged:
    """Why a check cannot judge a plan at all, as a value that is kept: what `Skipped` tells."""

    reason: str
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One check, run once: what came of it, and how many rows it judged and could not judge.

    `share` is the part that was judged, by area where the check tells its parcels, else by count, 0 where it did not
    run; `needs` are the layers, `layer.column`s and rasters for want of which it did not.
    """

    code: str
    outcome: Outcome
    reason: Mapping[str, str] = field(default_factory=dict)  # zh, en: why skipped, crashed or flooding
    rows_judged: int = 0
    rows_unknown: int = 0
    found: int = 0
    seconds: float = field(default=0.0, compare=False)  # of the machine, not of the plan
    share: float = 0.0
    needs: tuple[str, ...] = ()
    off: bool = False  # skipped, because the profile switches it off with its reason


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

    `name` is "plan_first", "roads" or "parcels"; `unit` is m² or m; `total` is all that is not proven exempt. What is
    `left_out` could not be judged: it is in the total and not proven good. `bad` is proven bad.
    """

    name: str
    layer: str
    good: float
    total: float
    unit: str
    failed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    bad: float = 0.0

    @property
    def share(self) -> float:
        """What is proven good."""
        return self.good / self.total

    @property
    def upper(self) -> float:
        """What is not proven bad."""
        return 1.0 - self.bad / self.total


@dataclass(frozen=True)
class Scores:
    """Three scores between 0 and 1, each the share proven good; None where the data do not allow one.

    Parameters
    ----------
    reasons
        Why a score is missing or stands on fewer checks: score to key of `lang.REASONS`.
    parts
        What S1 and S2 are made of, so that every number can be opened.
    lead
        What S3 is made of: date, share of industry started, share of housing and commerce started, at each change, in
        the worst scope, `lead_scope`.
    upper
        The upper end of each score: what is not proven bad.
    tolerance
        What S3 allows homes and shops to be ahead of industry, as a share.
    """

    S1: float | None = None
    S2: float | None = None
    S3: float | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[ScorePart, ...]] = field(default_factory=dict)
    lead: tuple[tuple[str, float, float], ...] = ()
    lead_scope: str = ""
    upper: Mapping[str, float] = field(default_factory=dict)
    tolerance: float = 0.10

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
    causes: tuple[Cause, ...] = ()  # the gravest first

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(severity)} {severity}" for severity in SEVERITIES)
        asleep = sum(run.outcome in {"skipped", "crashed"} for run in self.runs)
        return f"Report({self.plan_name!r}, {self.profile_name}: {counts}; {len(self.unknown)} open, {asleep} not run)"

    def _repr_html_(self) -> str:
        table = self.findings.groupby(["code", "severity"]).size().rename("findings").reset_index()
        return f"<p>{escape(repr(self))}</p>{table.to_html(index=False)}"

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
