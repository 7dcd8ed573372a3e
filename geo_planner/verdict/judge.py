"""A plan judged: what every check found, and the scores, balance and curves that stand on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace

from ..checks import load, run
from ..errors import LandUseError
from ..facts.landuse.balance import Switches
from ..facts.registry import rebuilt, recorded
from ..plan import Exemption, Plan, Profile, Report
from ..plan.named import named
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
    whole = rebuilt(plan, named)
    scores = score(whole, found.findings, found.unknown, found.runs, profile)
    how = _switches(profile)
    figures = deepcopy(recorded(plan, lambda seen: balance_figures(seen, how), "balance_figures", how))
    lines = deepcopy(recorded(plan, curves, "curves"))
    report = replace(found, scores=scores, balance=figures, curves=lines, exemptions=tuple(exemptions))
    report = replace(report, verdict=verdicts(whole, report, profile))
    return replace(report, causes=causes(whole, report, profile))


def _switches(profile: Profile) -> Switches:
    """Return how contested land counts by the profile's BA401; as the schemes say where it names an unknown class."""
    try:
        switches: Switches = load()["BA401"].bind(profile).switches()
    except LandUseError:  # BA401 itself is skipped with this sentence
        return Switches()
    return switches
