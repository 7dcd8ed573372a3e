"""A short way to judge a hand-drawn plan by one check."""

from __future__ import annotations

from typing import Any

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile, Threshold


def square(x: float = 0, y: float = 0, w: float = 100, h: float | None = None) -> str:
    """Return the WKT of a rectangle by its lower left corner, width and height."""
    h = w if h is None else h
    return f"POLYGON (({x} {y}, {x + w} {y}, {x + w} {y + h}, {x} {y + h}, {x} {y}))"


def judge(code: str, numbers: dict[str, Any] | None = None, **plan: Any) -> Findings:
    """Return what a check finds in a plan given as in `mini`; `numbers` replace parameters."""
    check = load()[code]
    given = {k: Threshold(v, "test", "test") for k, v in (numbers or {}).items()}
    return check.run(mini(**plan).plan, check.bind(Profile("test", {code: given})))


def ids(out: Findings) -> list[str]:
    """Return the ids that were found, in order."""
    return out.rows["id"].tolist()
