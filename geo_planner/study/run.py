"""A scenario, read and judged: the street from the first door to the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..checks import validate
from ..facts.registry import with_work
from ..plan import Edit, Plan, Report, Scenario, apply
from ..plan.choose import apply_chosen, by_id
from ..read import read_plan
from ..read.contract import contract_notes, read_contract
from ..read.ledgers import join_ledger, read_ledger
from ..read.options import ReadOptions
from ..read.scenario import read_scenario
from ..verdict import judge
from ..work import HERE, Work

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Judged:
    """A scenario with the plan it makes and the report on it."""

    scenario: Scenario
    plan: Plan
    report: Report

    def __repr__(self) -> str:
        return f"Judged({self.scenario.name!r}: {self.plan!r}, {self.report!r})"

    def _repr_html_(self) -> str:
        return f"{self.plan._repr_html_()}{self.report._repr_html_()}"

    def edit(
        self,
        layer: str,
        ids: str | Iterable[str],
        *,
        shift_days: int | None = None,
        values: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> Judged:
        """Return the scenario with some features moved in time or set to other values, judged again.

        `shift_days` moves every date of each feature, `values` sets columns; both may be given. What does not depend on
        the change is not computed again.

        Raises
        ------
        UnknownIdError
            A feature, layer or column is not there.
        ScenarioError
            A value does not fit its column.
        """
        names = [ids] if isinstance(ids, str) else list(ids)
        moves = [Edit("retime", layer, one, {"shift_days": shift_days}, reason) for one in names if shift_days]
        sets = [Edit("set", layer, one, dict(values), reason) for one in names if values]
        scenario = replace(self.scenario, edits=(*self.scenario.edits, *moves, *sets))
        plan = apply(self.plan, [*moves, *sets])
        return Judged(scenario, plan, judge(plan, scenario.rules, exemptions=scenario.exemptions))


def load_scenario(scenario: Scenario) -> Plan:
    """Return the plan of a scenario: its layers, read, with its edits applied."""
    return edited(read_layers(scenario), scenario)


def read_layers(scenario: Scenario) -> Plan:
    """Return the layers of a scenario as they stand in its files, with its ledgers joined to the parcels.

    What they break of the scenario's delivery contract is among the plan's notes.
    """
    options = ReadOptions(schemes=scenario.schemes, force_crs=scenario.force_crs)
    plan = read_plan(scenario.layers, name=scenario.name, crs=scenario.crs, options=options)
    for path in scenario.ledgers:
        plan = join_ledger(plan, read_ledger(path))
    if scenario.contract is not None:
        broken = contract_notes(read_contract(scenario.contract), scenario.layers, scenario.ledgers)
        plan = replace(plan, notes=(*plan.notes, *broken))
    return plan


def edited(plan: Plan, scenario: Scenario) -> Plan:
    """Return the plan that a scenario makes of its layers: its title, day and edits."""
    plan = replace(plan, title=scenario.title, as_of=scenario.as_of, schematic=scenario.schematic or plan.schematic)
    plan = replace(plan, complete={**plan.complete, **scenario.complete})
    return apply_chosen(plan, scenario.edits)


def fixes_of(scenario: Scenario, path: str | Path, plan: Plan) -> tuple[Edit, ...]:
    """Return the edits that the scenario file `path` makes beyond those of `scenario`, to be shown as proposals.

    `schedule --repair` writes such a file; a planner may as well write one by hand. `plan` is what `scenario` makes:
    edits that choose features by an expression are looked up in it.
    """
    edits = read_scenario(path).edits
    known = len(scenario.edits)
    beyond = edits[known:] if edits[:known] == scenario.edits else edits
    return tuple(one for edit in beyond for one in (by_id(plan, edit) if edit.where else (edit,)))


def run_scenario(path: str | Path | Scenario, *, progress: Progress | None = None, work: Work = HERE) -> Judged:
    """Read a scenario, apply its edits and judge the plan; nothing is written.

    Raises
    ------
    GeoPlannerError
        Anything in the scenario, its layers or its profile that the user can mend.
    """
    scenario = path if isinstance(path, Scenario) else read_scenario(path)
    validate(scenario.rules)
    plan = load_scenario(scenario)
    under = with_work(plan, work)
    report = judge(under, scenario.rules, exemptions=scenario.exemptions, progress=progress)
    return Judged(scenario, plan, report)
