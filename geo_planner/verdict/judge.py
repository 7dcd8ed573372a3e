"""A plan judged: what every check found, and the scores, balance and curves that stand on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace

from ..checks import load, run
from ..checks.blocks import given_out
from ..errors import LandUseError
from ..facts.landuse.balance import CLASSES, Switches
from ..facts.registry import rebuilt, recorded, work_of
from ..plan import Exemption, Plan, Profile, Report
from ..plan.named import named
from ..work import give_back
from .causes import causes
from .scores import balance_figures, curves, score
from .verdicts import verdicts


def judge(
    plan: Plan,
    profile: Profile | None = None,
    *,
    only: Iterable[str] = (),
    exemptions: Iterable[Exemption] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Judge a plan by every check (or those of `only`), give its verdict and score it.

    `exemptions` are violations that are lawful by a document; the other arguments are those of `checks.run`.
    """
    profile = profile or Profile(name="default")
    found = run(plan, profile, only=only, progress=progress)
    give_back()
    whole = rebuilt(plan, named)
    scores = score(whole, found.findings, found.unknown, found.runs, profile)
    how, bands = _switches(profile), _bands(profile)
    named_bands = {name: (low, high) for name, low, high in bands}
    figures = recorded(plan, lambda seen: balance_figures(seen, how, named_bands), "balance_figures", how, bands)
    figures = deepcopy(figures)
    lines = deepcopy(recorded(plan, curves, "curves"))
    report = replace(found, scores=scores, balance=figures, curves=lines, exemptions=tuple(exemptions))
    report = replace(report, verdict=verdicts(whole, report, profile))
    give_back()
    report = replace(report, causes=causes(whole, report, profile))
    given_out(work_of(plan))
    give_back()
    return report


def judge_states(plan: Plan, profile: Profile | None = None, *, exemptions: Iterable[Exemption] = ()) -> Report:
    """Judge a plan by every check and give its verdict alone: no causes, scores, balance and curves.

    This is for those who judge many plans and show what each comes to.
    """
    profile = profile or Profile(name="default")
    report = replace(run(plan, profile), exemptions=tuple(exemptions))
    report = replace(report, verdict=verdicts(rebuilt(plan, named), report, profile))
    given_out(work_of(plan))
    return report


def _bands(profile: Profile) -> tuple[tuple[str, float, float], ...]:
    """The bands of the profile's BA401 as shares: figures and findings speak of one target."""
    p = load()["BA401"].bind(profile)
    return tuple((name, getattr(p, name)[0] / 100.0, getattr(p, name)[1] / 100.0) for name in CLASSES)


def _switches(profile: Profile) -> Switches:
    """Return how contested land counts by the profile's BA401; as the schemes say where it names an unknown class."""
    try:
        switches: Switches = load()["BA401"].bind(profile).switches()
    except LandUseError:  # BA401 itself is skipped with this sentence
        return Switches()
    return switches
