"""A scenario, read and judged: the street from the first door to the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..checks import validate
from ..plan import Edit, Plan, Report, Scenario, apply
from ..read import read_plan
from ..read.importer import ReadOptions
from ..read.scenario import read_scenario
from ..verdict import judge

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Judged:
    """A scenario with the plan it makes and the report on it."""

    scenario: Scenario
    plan: Plan
    report: Report


def load_scenario(scenario: Scenario) -> Plan:
    """Return the plan of a scenario: its layers, read, with its edits applied."""
    options = ReadOptions(schemes=scenario.schemes)
    plan = read_plan(scenario.layers, name=scenario.name, crs=scenario.crs, options=options)
    plan = replace(plan, title=scenario.title, as_of=scenario.as_of, schematic=scenario.schematic or plan.schematic)
    plan = replace(plan, complete={**plan.complete, **scenario.complete})
    return apply(plan, scenario.edits)


def fixes_of(scenario: Scenario, path: str | Path) -> tuple[Edit, ...]:
    """Return the edits that the scenario file `path` makes beyond those of `scenario`, to be shown as proposals.

    `schedule --repair` writes such a file; a planner may as well write one by hand.
    """
    edits = read_scenario(path).edits
    known = len(scenario.edits)
    return edits[known:] if edits[:known] == scenario.edits else edits


def run_scenario(path: str | Path | Scenario, *, progress: Progress | None = None) -> Judged:
    """Read a scenario, apply its edits and judge the plan; nothing is written.

    Raises
    ------
    GeoPlannerError
        Anything in the scenario, its layers or its profile that the user can mend.
    """
    scenario = path if isinstance(path, Scenario) else read_scenario(path)
    validate(scenario.rules)
    plan = load_scenario(scenario)
    report = judge(plan, scenario.rules, exemptions=scenario.exemptions, progress=progress)
    return Judged(scenario, plan, report)
