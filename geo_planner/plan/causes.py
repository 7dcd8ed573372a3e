"""Causes: findings that come from one thing, as a value that a planner acts on, one row of the worklist each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..lang import Lang

CauseState = Literal["happened", "ahead", "data"]
CAUSE_STATES: tuple[CauseState, ...] = ("happened", "ahead", "data")
"""已成事实 (remedy), 可预防 (prevent), 待核数据 (data to be checked)."""
Words = Mapping[str, str] | Mapping[Lang, str]
"""zh and en."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a cause reaches: distinct parcels touched, their area [m²], the longest lead or delay [d], people.

    A number that the findings do not tell is 0.
    """

    parcels: int = 0
    area: float = 0.0
    days: float = 0.0
    people: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Findings that come from one thing; every finding of a report belongs to exactly one.

    Parameters
    ----------
    key
        The same from run to run while the thing and the verdict it breaks are the same, whatever its numbers are.
    codes
        The checks whose findings it gathers; of a cause of state "data" those that wait for it.
    layer, id
        The thing the findings come from: a feature, or a layer, `layer.column` or raster that is missing (id empty).
    fingerprints
        Its findings, the gravest first; none where data are missing.
    by_when
        The last day on which it can still be prevented (state "ahead"); None where it has happened or no date is known.
    needs
        Layers, `layer.column`s and rasters to bring, of a cause of state "data".
    rows
        Rows that could not be judged for want of them.
    """

    key: str
    codes: tuple[str, ...]
    verdict: str
    severity: str
    layer: str
    id: str
    state: CauseState
    title: Words
    place: Words
    remedy: Words
    bureau: Words
    fingerprints: tuple[str, ...] = field(default=(), repr=False)
    reach: Reach = field(default_factory=Reach)
    by_when: date | None = None
    needs: tuple[str, ...] = ()
    rows: int = 0
