"""The plan beside its report: a GeoPackage; of many features the same GeoPackage in a zip."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ...errors import ReadError
from ...plan import Plan
from ...read import read_plan
from .files import Styles, write_plan
from .packing import opened, packed_name, without_other_kind, write_packed

PLAN = "plan.gpkg"
PACKED = packed_name(PLAN)
MANY = 10_000
"""Features of a plan above which its copy is packed: below, unpacking costs more than three megabytes are worth."""


def copy_name(plan: Plan) -> str:
    """The name of the file that holds the plan beside its report."""
    return PACKED if sum(len(frame) for frame in plan.layers.values()) > MANY else PLAN


def write_copy(plan: Plan, folder: Path, styles: Styles | None = None) -> Path:
    """Write the plan beside its report and return where; a copy of the other kind that lay there goes."""
    path = Path(folder) / copy_name(plan)
    if path.name == PLAN:
        write_plan(plan, path, styles)
    else:
        write_packed(partial(write_plan, plan, styles=styles, index=False), path)
    without_other_kind(path)
    return path


def read_copy(folder: Path, name: str) -> Plan:
    """The plan that lies beside a report in `folder`, under the given name of its own.

    Raises ReadError where there is none.
    """
    with opened(folder, PLAN) as path:
        if path is None:
            missing = Path(folder) / PLAN
            msg = f"{missing} is not there; a report needs report.json, plan.gpkg (or {PACKED}) and findings.gpkg."
            raise ReadError(msg)
        return read_plan([path], name=name)
