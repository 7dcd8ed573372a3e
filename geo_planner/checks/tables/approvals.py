"""Which approvals a parcel must have by which state, as parameters of every check that asks for them.

Each number is a row: the meanings of land it is for, then the state by which it must be on record (started, finished,
used; never switches it off). The profile sets them once, under PB108.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..contract import param

STEPS_ZH = (
    "总规批复",
    "控规批复",
    "用地预审与选址意见",
    "出让合同",
    "建设用地规划许可证",
    "建设工程规划许可证",
    "施工许可证",
    "开工",
    "竣工",
    "竣工验收备案",
    "投产或入住",
)
STEPS_EN = (
    "master plan",
    "detailed plan",
    "site opinion",
    "land grant",
    "land-use permit",
    "works permit",
    "construction permit",
    "start of works",
    "completion",
    "record of acceptance",
    "first use",
)
"""The words of `facts.permits.STEPS`."""
_ROW = "land, state"
_LAW = "城乡规划法 (from memory)"

WORKS_PERMIT: tuple[str, ...] = param(
    ("built", "started"), unit=_ROW, source=_LAW, clause="第40条", zh="建设工程规划许可证", shared="PB108"
)
"""The works permit stands alone, for it is asked of buildings too (PB104)."""


@dataclass(frozen=True, kw_only=True)
class ExpectedApprovals:
    """The approvals that are expected of land, by kind."""

    land_grant: tuple[str, ...] = param(
        ("built", "started"), unit=_ROW, source=_LAW, clause="第37、38条", zh="出让合同或划拨决定", shared="PB108"
    )
    land_permit: tuple[str, ...] = param(
        ("built", "started"), unit=_ROW, source=_LAW, clause="第37、38条", zh="建设用地规划许可证", shared="PB108"
    )
    works_permit: tuple[str, ...] = WORKS_PERMIT
    construction_permit: tuple[str, ...] = param(
        ("built", "started"), unit=_ROW, source="建筑法 (from memory)", clause="第7-9条",
        zh="施工许可证", shared="PB108",
    )  # fmt: skip
    acceptance: tuple[str, ...] = param(
        ("built", "used"), unit=_ROW, source="建筑法 (from memory)", clause="第61条", zh="竣工验收备案", shared="PB108"
    )
    cover: float = param(
        90.0, unit="%", source="project default, no standard", zh="用地类审批覆盖地块比例下限", shared="PB108"
    )

    def expected(self) -> Mapping[str, tuple[str, ...]]:
        """Return kind -> land meanings and state."""
        kinds = ("land_grant", "land_permit", "works_permit", "construction_permit", "acceptance")
        return {kind: tuple(getattr(self, kind)) for kind in kinds}
