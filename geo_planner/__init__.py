"""geo_planner tells a planner, with proof on a map, whether a park is built in the right order and balance.

The public names are loaded when they are first used, so that `geo-planner --help` starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .plan import Edit, Plan, Profile, Report, Scenario, apply
    from .read import read_plan
    from .read.packs import check_pack
    from .read.profile import read_profile
    from .read.scenario import read_scenario
    from .schedule import schedule_plan
    from .show import write_map, write_outputs
    from .show.compare import compare
    from .study.check import check
    from .study.propose import propose
    from .study.run import run_scenario
    from .study.run import run_scenario as run
    from .study.tiles.judge import Tiling

_HOMES = {
    "Edit": ("plan", "Edit"),
    "Plan": ("plan", "Plan"),
    "Profile": ("plan", "Profile"),
    "Report": ("plan", "Report"),
    "Scenario": ("plan", "Scenario"),
    "Tiling": ("study.tiles.judge", "Tiling"),
    "apply": ("plan", "apply"),
    "check": ("study.check", "check"),
    "check_pack": ("read.packs", "check_pack"),
    "compare": ("show.compare", "compare"),
    "propose": ("study.propose", "propose"),
    "read_plan": ("read", "read_plan"),
    "read_profile": ("read.profile", "read_profile"),
    "read_scenario": ("read.scenario", "read_scenario"),
    "run": ("study.run", "run_scenario"),
    "run_scenario": ("study.run", "run_scenario"),
    "schedule_plan": ("schedule", "schedule_plan"),
    "write_map": ("show", "write_map"),
    "write_outputs": ("show", "write_outputs"),
}

__all__ = [
    "Edit",
    "Plan",
    "Profile",
    "Report",
    "Scenario",
    "Tiling",
    "__version__",
    "apply",
    "check",
    "check_pack",
    "compare",
    "propose",
    "read_plan",
    "read_profile",
    "read_scenario",
    "run",
    "run_scenario",
    "schedule_plan",
    "write_map",
    "write_outputs",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'geo_planner' has no attribute '{name}'"
        raise AttributeError(msg)
    room, attribute = _HOMES[name]
    return getattr(import_module(f"{__name__}.{room}"), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
