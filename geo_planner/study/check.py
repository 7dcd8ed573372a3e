"""A plan judged by a profile that is named, read or made: what `geo_planner.check` is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..facts.registry import with_work
from ..plan import Plan, Profile, Report
from ..read.profile import read_profile
from ..verdict import judge
from ..work import HERE, Work
from .tiles.judge import Tiling, judged_apart


def check(
    plan: Plan,
    profile: str | Path | Profile | None = None,
    *,
    only: str | Iterable[str] = (),
    work: Work = HERE,
    tiling: Tiling | None = None,
) -> Report:
    """Judge a plan by every check, or by those of `only` ("UG204", "ug", or several), and give verdict and scores.

    `profile` is a shipped one by name ("china"), a TOML file, or a `Profile`; without, the checks' own numbers hold.
    `work` says where facts are kept and how checks are spread. `tiling` judges a large plan in tiles of so many rows,
    by several processes; the report is the same.

    Raises
    ------
    ProfileError
        There is no such profile, or it or `only` names a check that does not exist.
    """
    rules = profile if profile is None or isinstance(profile, Profile) else read_profile(profile)
    wanted = [only] if isinstance(only, str) else list(only)
    seen = with_work(plan, work)
    with judged_apart(seen, rules or Profile(name="default"), tiling, wanted) as parted:
        return judge(parted, rules, only=wanted)
