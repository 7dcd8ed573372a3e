"""How well each parcel suits works, homes and green, from 0 to 1, and how many services of the life circle reach it.

Works want a main road near, homes the services within their walks (the radii of BA412), green the green that stays.
What the plan does not draw is not known: then a change to or from that class counts neither for nor against it, and
the answer names the class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..checks import load
from ..checks.tables import table
from ..facts.access import walk_from
from ..facts.landuse.balance import CLASSES
from ..facts.nearby import standing
from ..facts.services import not_drawn, services
from ..plan import Plan, Profile
from .extension import MAIN_ROADS
from .layout_uses import Known

Array = np.ndarray[Any, Any]

FAR = 1000.0
"""Metres from which on a main road, or green that stays, is no advantage (project default); up to there it falls."""


@dataclass(frozen=True, eq=False)
class Suitability:
    """The grade of each known parcel (row) for production, living and ecology; NaN where it is not known."""

    grade: Array

    @property
    def unknown(self) -> tuple[str, ...]:
        """The classes that no parcel has a grade for."""
        return tuple(name for k, name in enumerate(CLASSES) if np.isnan(self.grade[:, k]).all())

    def gain(self, ground: Known) -> Array:
        """What each use of each parcel adds to the suitability of the layout, in points of all open land [%].

        Nothing where the class now, or the new one, has no grade.
        """
        kind = np.array([CLASSES.index(u.ple) if u.ple in CLASSES else len(CLASSES) for _, u in ground.uses])
        grade = np.column_stack([self.grade, np.full(len(self.grade), np.nan)])
        new, old = grade[:, kind], grade[np.arange(len(grade)), kind[ground.now]]
        share = 100.0 * ground.area / max(float(ground.area[ground.open].sum()), 1e-9)
        gain = np.where(kind == kind[ground.now][:, None], 0.0, (new - old[:, None]) * share[:, None])
        return np.asarray(np.nan_to_num(gain))


def suitability(plan: Plan, profile: Profile, ground: Known) -> Suitability:
    """The grades of the known parcels, as the plan stands on the as-of day."""
    works, homes, green = _road(plan, ground), services_near(plan, profile, ground), _green(ground)
    return Suitability(np.column_stack([works, homes, green]))


def services_near(plan: Plan, profile: Profile, ground: Known) -> Array:
    """The share of the kinds of service of the life circle that each parcel reaches on foot; NaN where none is drawn.

    A kind of which the layer holds no row is left out, unless the facilities are declared complete.
    """
    unknown = np.full(len(ground.place), np.nan)
    if not plan.has("facilities", "kind"):
        return unknown
    p = load()["BA412"].bind(profile)
    rows = table("service_radius", p.table)
    rows = rows[~rows["kind"].isin(not_drawn(plan, rows["kind"]))]
    reached = []
    for kind, radius in zip(rows["kind"], rows["radius"].astype(float) * p.factor, strict=True):
        there = services(plan, kind).sure
        walk = walk_from(plan, ("parcels", ground.place), there, float(radius)) if len(there) else unknown
        reached.append(np.isfinite(walk))
    return np.mean(reached, axis=0) if reached else unknown


def _road(plan: Plan, ground: Known) -> Array:
    if not plan.has("roads", "grade"):
        return np.full(len(ground.place), np.nan)
    main = plan["roads"]["grade"].isin(MAIN_ROADS).to_numpy(dtype=bool) & standing(plan, "roads")
    return _near(ground.shape, plan["roads"].geometry.to_numpy()[main])


def _green(ground: Known) -> Array:
    kind = np.array([u.ple == "ecology" for _, u in ground.uses])
    return _near(ground.shape, ground.shape[kind[ground.now] & ~ground.open])


def _near(shapes: Array, others: Array) -> Array:
    """1 beside one of the others, falling to 0 at `FAR`; NaN where there are none."""
    if not len(others):
        return np.full(len(shapes), np.nan)
    _, span = shapely.STRtree(others).query_nearest(shapes, return_distance=True, all_matches=False)
    return np.asarray(1.0 - np.minimum(span, FAR) / FAR)
