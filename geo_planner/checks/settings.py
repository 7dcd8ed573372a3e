"""Numbers that belong to no single check: those of the verdict and of the scores; a profile sets them like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, make_dataclass
from types import MappingProxyType
from typing import Any

from ..lang.causes import BUREAUS
from ..plan import Profile, Threshold
from .contract import param, thresholds_of


@dataclass(frozen=True, kw_only=True)
class VerdictLimits:
    """How much must be judged before a verdict may say 合格."""

    judged_share: float = param(
        0.8, unit="ratio", source="project default, no standard", zh="可判比例下限（低于此为证据不足）"
    )
    undecided: int = param(
        0, unit="rows", source="project default, no standard", zh="判为合格时，强制项中允许因缺数据而未能判定的行数"
    )


@dataclass(frozen=True, kw_only=True)
class ReportLimits:
    """How much of what was found is drawn in full."""

    evidence_most: int = param(
        2000, unit="findings a check", source="project default, no standard", zh="每项检查绘出证据图形的问题数上限"
    )
    evidence_parts: int = param(
        1000,
        unit="parts of one evidence",
        source="project default, no standard",
        zh="单条问题证据图形的块数上限（超出以点示位）",
    )


@dataclass(frozen=True, kw_only=True)
class LeadLimits:
    """What S3 allows homes and shops to be ahead of industry."""

    tolerance: float = param(
        0.10, unit="ratio", source="project default, no standard (as IN301)", zh="商住超前工业的容许值"
    )


@dataclass(frozen=True, kw_only=True)
class CauseLimits:
    """How many causes are told one by one, and how many of them with their proof."""

    most: int = param(
        2000, unit="causes", source="project default, no standard", zh="逐条列出的成因数上限（其余按检查与片区合并）"
    )
    proofs_most: int = param(200, unit="causes", source="project default, no standard", zh="附时间证据的成因数上限")


Bureaus = make_dataclass(
    "Bureaus",
    [
        (key, tuple, param(pair, unit="office", source="project default, no standard", zh=f"主管部门：{key}"))
        for key, pair in BUREAUS.items()
    ],
    frozen=True,
    kw_only=True,
)
"""The offices in charge; a profile names another as [BUREAU.UG201] value = ["水务局", "water bureau"], for any check."""
SETTINGS: Mapping[str, type] = MappingProxyType(
    {"VERDICT": VerdictLimits, "REPORT": ReportLimits, "S3": LeadLimits, "CAUSES": CauseLimits, "BUREAU": Bureaus}
)
"""Code in a profile -> the numbers under it."""


def setting(code: str, profile: Profile) -> Any:
    """Return the numbers under a code of `SETTINGS` as a profile has them."""
    kind = SETTINGS[code]
    return kind(**{name: t.value for name, t in setting_thresholds(code, profile).items()})


def setting_thresholds(code: str, profile: Profile) -> dict[str, Threshold]:
    """Return the numbers under a code of `SETTINGS` with unit and source."""
    return thresholds_of(SETTINGS[code], profile.values.get(code, {}))


def setting_labels(code: str) -> dict[str, str]:
    """Return the Chinese name of each number under a code of `SETTINGS`."""
    return {f.name: f.metadata["zh"] for f in fields(SETTINGS[code])}


def offices(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Return who is in charge (zh, en) by check, family, utility and layer: the defaults with the profile's own over them."""
    own = {key: t.value for key, t in profile.values.get("BUREAU", {}).items()}
    return {**BUREAUS, **{key: (v,) if isinstance(v, str) else tuple(map(str, v)) for key, v in own.items()}}  # type: ignore[arg-type]
