"""Several scenarios in one run: layers that they share are read once, and their figures stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..checks import validate
from ..errors import ScenarioError
from ..facts.registry import with_work
from ..lang import Lang, choose
from ..lang.verdicts import STATES, VERDICT_NAMES
from ..plan import Plan, Scenario
from ..plan.report import SEVERITIES
from ..read.scenario import read_scenario
from ..verdict import judge
from ..work import HERE, Work
from .run import Judged, Progress, edited, read_layers

SCORES = ("S1", "S2", "S3")
SHARES = ("production_share", "living_share", "ecology_share")


def run_scenarios(
    paths: Sequence[str | Path | Scenario], *, progress: Progress | None = None, twice: bool = False, work: Work = HERE
) -> tuple[Judged, ...]:
    """Read and judge several scenarios, in the order given; nothing is written.

    Every file is read and every plan is made before the first is judged, so that a fault in the last one costs nothing.
    `progress` is called with the scenario and check, number and total, over all of them. `twice` allows two scenarios
    of one name, where nothing is written by their names.

    Raises
    ------
    ScenarioError
        Two scenarios have one name (their results would lie in one folder), or one cannot be understood.
    GeoPlannerError
        Anything else in a scenario, its layers or its profile that the user can mend.
    """
    scenarios = [path if isinstance(path, Scenario) else read_scenario(path) for path in paths]
    if not twice:
        _named_apart(scenarios)
    for scenario in scenarios:
        validate(scenario.rules)
    plans = load_scenarios(scenarios)
    out = []
    for number, (scenario, plan) in enumerate(zip(scenarios, plans, strict=True)):
        step = _within(progress, scenario.name, number, len(scenarios))
        report = judge(with_work(plan, work), scenario.rules, exemptions=scenario.exemptions, progress=step)
        out.append(Judged(scenario, plan, report))
    return tuple(out)


def load_scenarios(scenarios: Sequence[Scenario]) -> list[Plan]:
    """Return the plan of each scenario; the same layers, ledgers and schemes under the same system are read once."""
    bases: dict[object, Plan] = {}
    out = []
    for scenario in scenarios:
        files = tuple(path.resolve() for path in (*scenario.layers, *scenario.ledgers))
        told = (scenario.crs, scenario.force_crs, scenario.contract)
        key = (files, len(scenario.ledgers), told, frozenset(scenario.schemes.values()))
        if key not in bases:
            bases[key] = read_layers(scenario)
        out.append(edited(replace(bases[key], name=scenario.name), scenario))
    return out


def _named_apart(scenarios: Sequence[Scenario]) -> None:
    seen: dict[str, Scenario] = {}
    for scenario in scenarios:
        other = seen.setdefault(scenario.name.casefold(), scenario)
        if other is not scenario:
            files = " and ".join(str(s.path.name if s.path else s.name) for s in (other, scenario))
            msg = (
                f"two scenarios are named '{scenario.name}' ({files}); give each its own name, for it names its folder."
            )
            raise ScenarioError(msg)


def _within(progress: Progress | None, name: str, number: int, total: int) -> Progress | None:
    """Return a progress of one scenario as a part of the whole."""
    if progress is None:
        return None
    whole = progress
    return lambda step, done, steps: whole(f"{name} {step}", number * steps + done, total * steps)


def side_by_side(judged: Sequence[Judged]) -> pd.DataFrame:
    """Figures of scenarios, one column each: findings by severity, what was not judged, scores, shares, each check.

    Of the checks those are listed that found something in any scenario, by code. A figure that is not known, and a
    check that could not run, is NaN: never a zero.
    """
    columns = {one.scenario.name: _figures(one) for one in judged}
    table = pd.DataFrame(columns, dtype=float)
    codes = sorted(name for name in table.index if name[:2].isupper() and name not in SCORES)
    first = [name for name in table.index if name not in codes]
    found = [code for code in codes if (table.loc[code] > 0).any()]
    return table.loc[[*first, *found]].rename_axis("figure")


def _figures(one: Judged) -> dict[str, float | None]:
    report = one.report
    row: dict[str, float | None] = {f"findings_{s}": float(report.count(s)) for s in SEVERITIES}
    row["checks_skipped"] = float(sum(r.outcome in {"skipped", "crashed"} for r in report.runs))
    row["rows_unknown"] = float(sum(r.rows_unknown for r in report.runs))
    row |= {name: getattr(report.scores, name) for name in SCORES}
    row |= {name: report.balance.get(name) for name in SHARES}
    row |= {r.code: float(r.found) if r.outcome in {"ok", "found"} else None for r in report.runs}
    return row


def verdict_rows(judged: Sequence[Judged], lang: Lang) -> list[tuple[str, ...]]:
    """Return the seven verdicts as rows of text: name, then the word of each scenario."""
    names = [v.name for v in judged[0].report.verdict]
    words = [[choose(STATES[one.report.verdict[n].state], lang) for one in judged] for n in names]
    return [(choose(VERDICT_NAMES[n], lang), *row) for n, row in zip(names, words, strict=True)]


def titles_of(judged: Sequence[Judged], lang: Lang) -> dict[str, str]:
    """Return the title of each check that ran, by code."""
    rules = {code: rule for one in judged for code, rule in one.report.rules.items()}
    return {code: (rule.zh if lang == "zh" else rule.en)["title"] for code, rule in rules.items()}
