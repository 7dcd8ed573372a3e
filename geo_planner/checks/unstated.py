"""Which numbers of standards a check would use that a profile does not state: for a park to which no shipped number applies."""

from __future__ import annotations

from dataclasses import fields

from ..plan import Profile
from ..plan.editions import every
from .contract import Check
from .tables import unset_cells

_SWITCH = "yes/no"


def unstated(check: Check, profile: Profile) -> list[str]:
    """Return the parameters of a check that still hold a number of a standard as the package ships it, sorted by name.

    What is ours (no standard says it) and switches between two ways of counting may stay. Of a table every cell has to be
    set; one that is left is named.
    """
    out, metas = list[str](), {f.name: f.metadata for f in fields(check.params)}
    for name, number in sorted(check.thresholds(profile).items()):
        shipped = number.origin == "check"
        if (shipped and number.level == "ours") or number.unit == _SWITCH:
            continue
        if source := metas[name].get("table"):
            cells = [] if shipped else list(every(number.value))
            left = [unset_cells(source, given) for given in cells or [()]]
            out += [f"{check.code}.{name} ({cell[0]})" for cell in left[:1] if cell]
        elif shipped:
            out.append(f"{check.code}.{name}")
    return out
