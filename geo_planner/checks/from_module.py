"""The check that a module holds: what stands in its file by name, and what stands for what it leaves out."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from ..plan import Plan
from ..plan.verdict import VERDICTS
from .contract import Check


def build(module: ModuleType, code: str, slug: str) -> Check:
    """Return the check a module holds."""
    return Check(
        code=code,
        slug=slug.replace("_", "-"),
        severity=module.SEVERITY,
        layers=tuple(module.LAYERS),
        columns=tuple(getattr(module, "COLUMNS", ())),
        rasters=tuple(getattr(module, "RASTERS", ())),
        params=module.Params,
        zh=module.ZH,
        en=module.EN,
        run=module.check,
        waits=getattr(module, "waits", None),
        reach=getattr(module, "reach", partial(_constant, getattr(module, "REACH", None))),
        alone=bool(getattr(module, "ALONE", False)),
        bonds=tuple(getattr(module, "BONDS", ())),
        entire=tuple(getattr(module, "ENTIRE", ())),
        passes=module.PASSES,
        fails=module.FAILS,
        example=getattr(module, "EXAMPLE", {}),
        doc=module.__doc__ or "",
        verdict=getattr(module, "VERDICT", VERDICTS.get(code[:2].lower(), "data")),
        absences=tuple(getattr(module, "ABSENCES", ())),
        records=tuple(getattr(module, "RECORDS", ())),
        optional=tuple(getattr(module, "OPTIONAL", ())),
        instead=tuple(getattr(module, "INSTEAD", ())),
        blanks=tuple(getattr(module, "BLANKS", ())),
        means=tuple(getattr(module, "MEANS", ())),
        cause=getattr(module, "cause", None),
        remedies=getattr(module, "REMEDY", {}),
    )


def _constant(reach: float | None, plan: Plan, params: Any) -> float | None:  # noqa: ARG001
    """How far a check looks whatever the plan; a check that does not say may look anywhere."""
    return reach
