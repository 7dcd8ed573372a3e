"""Which facilities are surely of a kind, and which may be: a service that is drawn without its kind is not missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..algorithms.distances import usable
from ..plan import Plan
from .nearby import inner, standing, undated

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Services:
    """Facilities of one kind that stand: `sure` are points of it, `maybe` points of those without a kind or a date.

    `astray` says whether one that is or may be of the kind has no shape and so may stand anywhere; `open_ids` are those
    for whose sake a shortage cannot be proven.
    """

    sure: Array
    maybe: Array
    astray: bool
    open_ids: Array
    undated: bool = False
    """Whether one of the kind may not stand yet, for nothing says when it is finished."""

    @property
    def any(self) -> bool:
        """Whether one is drawn."""
        return len(self.sure) > 0


def services(plan: Plan, kind: str) -> Services:
    """The facilities of one kind; the layer must be there."""
    frame, points = plan["facilities"], inner(plan, "facilities")
    stand, drawn = standing(plan, "facilities"), usable(plan.layers["facilities"].geometry.to_numpy())
    mine, blank = (frame["kind"] == kind).to_numpy(dtype=bool) & stand, frame["kind"].isna().to_numpy() & stand
    late = mine & undated(plan, "facilities")
    doubt = blank | (mine & ~drawn) | late
    ids = frame["id"].to_numpy(dtype=object)[doubt]
    maybe = points[(blank | late) & drawn]
    return Services(points[mine & drawn & ~late], maybe, bool((doubt & ~drawn).any()), ids, bool(late.any()))


def not_drawn(plan: Plan, kinds: Iterable[str]) -> list[str]:
    """Those kinds of which the layer holds no row, built or planned, while nobody has declared it complete.

    Whether the park has none or the list has none cannot be told then: the kind is unknown, not well served.
    """
    if plan.is_complete("facilities"):
        return []
    held = set(plan["facilities"]["kind"].dropna())
    return [kind for kind in kinds if kind not in held]


def blanks(plan: Plan) -> list[tuple[str, Array, str]]:
    """Facilities that stand, as far as is told, and have no kind, shape or date, as the `unknown` of findings."""
    frame = plan["facilities"]
    stand, drawn = standing(plan, "facilities"), usable(plan.layers["facilities"].geometry.to_numpy())
    ids, none = frame["id"].to_numpy(dtype=object), pd.isna(frame["kind"]).to_numpy()
    return [
        ("facilities", ids[stand & none & drawn], "no_attribute"),
        ("facilities", ids[stand & ~drawn], "no_geometry"),
        ("facilities", ids[undated(plan, "facilities")], "no_finish"),
    ]
