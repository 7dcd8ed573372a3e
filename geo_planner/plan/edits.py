"""One change to a plan, and the only way from one plan to the next.

An edit is a scenario step, an import repair, a repair proposal or a solver's result: one type for four jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..errors import UnknownIdError, did_you_mean
from .changes import Changes
from .layer import Layers, without_rows
from .layers import LAYERS
from .plan import Plan

Kind = Literal["add", "remove", "set", "reshape", "retime"]
Safety = Literal["safe", "unsafe", "suggestion"]


@dataclass(frozen=True)
class Edit:
    """One change to one feature.

    Parameters
    ----------
    kind
        "add" and "reshape" take a WKT under "geometry"; "set" takes columns; "retime" takes date columns, or
        {"shift_days": n} to move every date of the feature; "remove" takes nothing.
    origin
        Who proposes it: "planner", "import", a check code, or "solver".
    where
        In place of an id, an expression on the layer's columns; `choose.apply_chosen` makes edits by id of it.
    """

    kind: Kind
    layer: str
    id: str
    value: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    origin: str = "planner"
    safety: Safety = "unsafe"
    where: str = ""


def apply(plan: Plan, edits: Iterable[Edit]) -> Plan:
    """Return the plan with the edits made in the order given; the plan passed in is untouched.

    Layers that no edit names are shared with it; a column that an edit changes is copied once for all of them.

    Raises
    ------
    UnknownIdError
        An edit names a feature, layer or column that is not there.
    ScenarioError
        A value cannot be understood: a date that is none, a WKT that does not parse.
    """
    by_layer: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.layer not in plan.layers and not (edit.kind == "add" and edit.layer in LAYERS):
            msg = f"edit '{edit.kind}' of '{edit.id}': the plan has no layer '{edit.layer}'." + did_you_mean(
                edit.layer, plan.layers
            )
            raise UnknownIdError(msg)
        by_layer.setdefault(edit.layer, []).append(edit)
    held = dict(Layers(plan.layers).held)
    for name, steps in by_layer.items():
        changes = Changes(held.get(name) or without_rows(name, plan.crs), sum(s.kind == "add" for s in steps))
        for step in steps:
            changes.make(step.kind, step.id, step.value)
        held[name] = changes.layer()
    return replace(plan, layers=Layers(held)) if by_layer else plan
