"""The cells that planners argue about, as parameters of every check that counts land by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import LandUseError
from ...facts.landuse.balance import Switches
from ...plan import Report
from ..contract import param

_HABIT = "project default as the scheme says, no standard"


@dataclass(frozen=True, kw_only=True)
class Contested:
    """How contested land is counted: production, living, ecology, or scheme to leave it as the scheme says."""

    commerce_as: str = param(
        "scheme", unit="class", zh="商业用地计入", source=f"{_HABIT}; some authors count it as production"
    )
    farmland_as: str = param(
        "scheme",
        unit="class",
        zh="耕地园地计入",
        source=f"{_HABIT}; parks often count it as ecology (Zhang Hongqi 2015: production)",
    )
    squares_as: str = param("scheme", unit="class", zh="广场用地计入", source=_HABIT)
    research_as: str = param("scheme", unit="class", zh="科研用地计入", source=_HABIT)
    graded: bool = param(
        False,
        unit="yes/no",
        zh="按功能强度分级计算",
        source="Liu Jilai et al. 2017, 地理学报 72(7), from memory: 5-3-1-0; weights of classes are ours",
    )
    infrastructure: bool = param(False, unit="yes/no", zh="道路与公用设施计入分母", source=_HABIT)

    def switches(self) -> Switches:
        """Return the same as the balance reads it; raises `LandUseError` for a class that is none."""
        return Switches(
            self.commerce_as, self.farmland_as, self.squares_as, self.research_as, self.graded, self.infrastructure
        )


def switches_told(report: Report | None) -> Switches:
    """Return how a report's balance figures count contested land, so that others count alike."""
    rule = report.rules.get("BA401") if report else None
    if rule is None:
        return Switches()
    given: dict[str, Any] = {name: threshold.value for name, threshold in rule.params.items() if name in _SWITCHES}
    try:
        return Contested(**given).switches()
    except LandUseError:  # the figures are then counted as the schemes say
        return Switches()


_SWITCHES = tuple(Contested.__dataclass_fields__)
