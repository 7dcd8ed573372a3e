"""A plan judged by a profile that is named, read or made: what `geo_planner.check` is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..facts.registry import with_work
from ..plan import Plan, Profile, Report
from ..read.profile import read_profile
from ..verdict import judge
from ..work import HERE, Work


def check(
    plan: Plan, profile: str | Path | Profile | None = None, *, only: str | Iterable[str] = (), work: Work = HERE
) -> Report:
    """Judge a plan by every check, or by those of `only` ("UG204", "ug", or several), and give verdict and scores.

    `profile` is a shipped one by name ("china"), a TOML file, or a `Profile`; without, the checks' own numbers hold.
    `work` says where facts are kept and how checks are spread.

    Raises
    ------
    ProfileError
        There is no such profile, or it or `only` names a check that does not exist.
    """
    rules = profile if profile is None or isinstance(profile, Profile) else read_profile(profile)
    return judge(with_work(plan, work), rules, only=[only] if isinstance(only, str) else only)
