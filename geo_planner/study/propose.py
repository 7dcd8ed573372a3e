"""A proposal asked for, made, and judged again by every check: what it would change, and what it would newly break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ..algorithms.programs.program import timed
from ..errors import ScenarioError, did_you_mean
from ..improve.extension import Wanted, propose_extension
from ..improve.facilities import Service, propose_facilities
from ..improve.layout import Wishes, propose_layout
from ..improve.layout_front import propose_front
from ..improve.layout_sample import Draws, propose_sample
from ..improve.layout_uses import propose_uses
from ..improve.next_source import NextSource, propose_source
from ..improve.proposal import Proposal
from ..improve.siting import propose_siting
from ..plan import Edit, Plan, Scenario, apply
from ..read.projects import read_projects
from ..read.scenario import read_scenario
from ..verdict import judge
from .compare import Comparison, compare
from .run import Judged, load_scenario

What = Literal["siting", "facilities", "layout", "extension", "swap", "source", "sample"]

TITLES = {
    "siting": ("项目选址", "siting of projects"), "facilities": ("设施布点", "sites for services"),
    "layout": ("用地布局", "layout of open land"), "extension": ("拓园方案", "extension of the park"),
    "swap": ("用途调换", "exchange of uses"), "source": ("新增源站", "next source of a utility"),
    "sample": ("布局抽样", "lawful layouts drawn"),
}  # fmt: skip
"""What each kind of proposal is called, in Chinese and English."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for; only what belongs to the kind is read.

    Without `seconds` the work is counted, so that the same input gives the same answer; then no `clock` is looked at.
    """

    what: str
    projects: Path | None = None
    service: Service | None = None
    bands: tuple[tuple[str, float, float], ...] = ()
    park: float | None = None
    services: tuple[tuple[str, float, float], ...] = ()
    joined: bool = False
    front: int | None = None
    draws: Draws = field(default_factory=Draws)
    wanted: Wanted | None = None
    source: NextSource | None = None
    gap: float = 1e-3
    seconds: float | None = None
    clock: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True, eq=False)
class Outcome:
    """A proposal with the scenario as it stands and, where there is a proposal, as it would stand."""

    scenario: Scenario
    proposal: Proposal
    before: Judged | None = None
    after: Judged | None = None
    comparison: Comparison | None = None
    others: tuple[Comparison, ...] = ()
    """The other points of a front, each against the scenario as it stands."""

    @property
    def new_errors(self) -> pd.DataFrame:
        """Errors that the proposal brings: code, layer, id; by what they say, not by where a piece of land is cut."""
        return self.new("error")

    def new(self, severity: str) -> pd.DataFrame:
        """Findings of one severity that the proposal brings: code, layer, id."""
        if self.comparison is None:
            return pd.DataFrame({"code": [], "layer": [], "id": []})
        return _new(self.comparison, severity)

    def scores(self) -> dict[str, tuple[float | None, float | None]]:
        """S1, S2, S3 as the plan stands and as it would stand; None where a score is unknown."""
        if self.before is None or self.after is None:
            return {}
        pair = self.before.report.scores, self.after.report.scores
        return {name: (getattr(pair[0], name), getattr(pair[1], name)) for name in ("S1", "S2", "S3")}


def _new(comparison: Comparison, severity: str) -> pd.DataFrame:
    """Findings of one severity that only the second scenario has: code, layer, id."""
    new = comparison.findings[comparison.findings["state"] == "new"]
    severe = comparison.b.report.findings.set_index("fingerprint")["severity"]
    mine = new[new["fingerprint"].map(severe[~severe.index.duplicated()]).eq(severity).to_numpy()]
    return mine[["code", "layer", "id"]].reset_index(drop=True)


def propose(
    path: str | Path | Scenario, ask: Ask, *, progress: Callable[[str, int, int], None] | None = None
) -> Outcome:
    """Make a proposal for a scenario and judge the plan as it would stand.

    Raises
    ------
    GeoPlannerError
        What is asked for is unknown or incomplete, or the scenario cannot be used.
    """
    if ask.what not in get_args(What):
        msg = f"--what {ask.what!r} is unknown; it is one of {', '.join(get_args(What))}." + did_you_mean(
            ask.what, get_args(What)
        )
        raise ScenarioError(msg)
    if ask.front is not None and ask.what != "layout":
        msg = f"--front belongs to --what layout, not to {ask.what}."
        raise ScenarioError(msg)
    if not 0 <= ask.gap < 1:
        msg = f"--gap {ask.gap:g}: a gap is a share from 0 to below 1."
        raise ScenarioError(msg)
    scenario = path if isinstance(path, Scenario) else read_scenario(path)
    plan = load_scenario(scenario)
    proposal = _made(scenario, ask)
    if not (proposal.edits or proposal.options):
        return Outcome(scenario, proposal)
    before = Judged(scenario, plan, judge(plan, scenario.rules, progress=progress))
    first, *rest = proposal.options or (proposal.edits,)
    name = f"{scenario.name}_{ask.what}"
    after = _after(before, proposal, (first, name), progress)
    others = tuple(
        compare(before, _after(before, proposal, (edits, f"{name}_{k}"), progress)) for k, edits in enumerate(rest, 2)
    )
    done = Outcome(scenario, proposal, before, after, compare(before, after), others)
    return replace(done, proposal=_with_errors(done)) if proposal.options else done


def _after(
    before: Judged,
    proposal: Proposal,
    change: tuple[tuple[Edit, ...], str],
    progress: Callable[[str, int, int], None] | None,
) -> Judged:
    """The scenario with some edits, judged, under a name of its own."""
    (edits, name), scenario = change, before.scenario
    number = f" {name.rsplit('_', 1)[1]}" if proposal.options and edits is not proposal.options[0] else ""
    plan = proposed_plan(before.plan, replace(proposal, edits=edits), name)
    plan = replace(plan, title={lang: f"{words}{number}" for lang, words in plan.title.items()})
    then = replace(scenario, name=name, edits=(*scenario.edits, *edits))
    return Judged(then, plan, judge(plan, scenario.rules, progress=progress))


def _with_errors(done: Outcome) -> Proposal:
    """The proposal with the new errors of each point in the table of its front."""
    each = [c for c in (done.comparison, *done.others) if c is not None]
    table = done.proposal.tables["front"].assign(new_errors=[len(_new(c, "error")) for c in each])
    return replace(done.proposal, tables={**done.proposal.tables, "front": table})


def proposed_plan(plan: Plan, proposal: Proposal, name: str) -> Plan:
    """The plan as it would stand, under a name and a title of its own, so that nobody takes it for today's."""
    words = dict(zip(("zh", "en"), TITLES[proposal.what], strict=True))
    title = {lang: f"{plan.title.get(lang) or plan.name} · {words[lang]}" for lang in words}
    return replace(apply(plan, proposal.edits), name=name, title=title)


def _made(scenario: Scenario, ask: Ask) -> Proposal:
    plan, profile = load_scenario(scenario), scenario.rules
    effort = timed(ask.seconds, ask.clock, gap=ask.gap)
    if ask.what == "siting":
        if ask.projects is None:
            msg = "siting needs a list of projects: --projects LIST.csv"
            raise ScenarioError(msg)
        return propose_siting(plan, read_projects(ask.projects), profile, effort)
    if ask.what == "facilities":
        if ask.service is None or not ask.service.kind:
            msg = "facilities needs the kind of service: --kind primary_school"
            raise ScenarioError(msg)
        return propose_facilities(plan, profile, ask.service, effort)
    if ask.what == "source":
        if ask.source is None or not ask.source.kind:
            msg = "source needs the utility: --kind power"
            raise ScenarioError(msg)
        return propose_source(plan, profile, ask.source, effort)
    if ask.what == "extension":
        return propose_extension(plan, profile, ask.wanted or Wanted(), effort)
    least = "parcels" if ask.what == "swap" else "area"
    wishes = Wishes(bands=ask.bands, least=least, park=ask.park, services=ask.services, joined=ask.joined)
    if ask.what == "sample":
        return propose_sample(plan, profile, wishes, effort, ask.draws)
    if ask.front is not None:
        return propose_front(plan, profile, wishes, effort, points=ask.front)
    return (propose_uses if wishes.by_use else propose_layout)(plan, profile, wishes, effort)


def gap_words(proposal: Proposal) -> float:
    """The proven gap in per cent; for siting of the worth of all placements, which is what a planner reads."""
    share = float(str(proposal.args.get("gap_worth", proposal.gap)))
    return 100.0 * share if np.isfinite(share) else float("inf")
