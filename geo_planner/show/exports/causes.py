"""Causes as JSON rows and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from ...plan import Cause, Reach, Report


def causes_json(report: Report) -> list[dict[str, Any]]:
    """One object a cause, the gravest first, with the fingerprints of its findings."""
    return [_row(cause) for cause in report.causes]


def _row(cause: Cause) -> dict[str, Any]:
    own = {f.name: getattr(cause, f.name) for f in fields(cause)}  # not asdict: it copies every fingerprint
    row = {name: list(value) if isinstance(value, tuple) else value for name, value in own.items()}
    return row | {"reach": dict(vars(cause.reach)), "by_when": cause.by_when.isoformat() if cause.by_when else None}


def causes_back(rows: Sequence[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """The causes from what `causes_json` made of them."""
    return tuple(_back(row) for row in rows)


def _back(row: Mapping[str, Any]) -> Cause:
    lists = {name: tuple(row[name]) for name in ("codes", "fingerprints", "needs")}
    day = date.fromisoformat(row["by_when"]) if row["by_when"] else None
    return Cause(**{**row, **lists, "reach": Reach(**row["reach"]), "by_when": day})
