"""Run one rule on a plan drawn in the test, with parameters changed by name."""

from __future__ import annotations

from typing import Any

from geo_planner.checks import load
from geo_planner.checks.contract import Mini, mini
from geo_planner.plan import Findings, Plan, Profile, Threshold


def judge(code: str, plan: Plan | Mini, **numbers: Any) -> Findings:
    check = load()[code]
    values = {name: Threshold(value, "test", "test") for name, value in numbers.items()}
    bound = check.bind(Profile(name="test", values={code: values}))
    return check.run(plan.plan if isinstance(plan, Mini) else plan, bound)


def box(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"POLYGON (({x0} {y0}, {x1} {y0}, {x1} {y1}, {x0} {y1}, {x0} {y0}))"


def parcel(name: str, code: str | None, wkt: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": wkt} | more


__all__ = ["box", "judge", "mini", "parcel"]
