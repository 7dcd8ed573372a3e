"""The layouts between the least change and the most suitability, each with its bound; compactness where land is joined.

The first point is the layout of least change. Compactness is the share of the borders between neighbours, at least one
of them open, that have the same class of land on both sides; a street of 60 m may lie between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.programs.allocation import Borders
from ..algorithms.programs.front import Front, Point, front
from ..algorithms.programs.program import Effort
from ..errors import ScenarioError
from ..facts.landuse.balance import CLASSES
from ..plan import Plan, Profile
from .layout import Wishes, no_layout
from .layout_uses import ACROSS, Known, allocation_of, edits_of, known_land, proposal_of, within
from .proposal import Proposal
from .suitability import suitability

Array = np.ndarray[Any, Any]

MOST = 40
"""Points of a front at most."""


@dataclass(frozen=True, eq=False)
class _Told:
    """What the rows of the front are made from."""

    plan: Plan
    ground: Known
    gain: Array
    borders: Borders | None


def propose_front(plan: Plan, profile: Profile, wishes: Wishes, effort: Effort, *, points: int) -> Proposal:
    """The layout of least change, with the others of the front as `options` and all of them in the table "front".

    Raises
    ------
    ScenarioError
        The number of points is no number from 2 to 40, or the layout itself cannot be asked for.
    """
    if not 2 <= points <= MOST:
        msg = f"--front {points}: a front has 2 to {MOST} points."
        raise ScenarioError(msg)
    ground = known_land(plan, profile, wishes)
    graded = suitability(plan, profile, ground)
    borders = _borders(ground) if wishes.joined else None
    land = replace(allocation_of(plan, profile, wishes, ground), borders=borders)
    gain = graded.gain(ground)
    found = front(land, gain, points, effort)
    if not found.points:
        return no_layout(found.least.program, found.least.group, effort, "layout")
    first = found.points[0]
    made = proposal_of(
        plan, ground, replace(found.least, use=first.use, value=first.change), "layout", timed=effort.timed
    )
    told = _Told(plan, ground, gain, borders)
    options = tuple(edits_of(plan, ground, p.use)[0] for p in found.points)
    args = {
        "points": len(found.points), "needless": len(found.needless), "complete": found.complete,
        "unknown": graded.unknown, "compactness_now": None if borders is None else _compact(borders, ground.now),
    }  # fmt: skip
    return replace(made, tables=_tables(told, found) | dict(made.tables), options=options, args=args, reason="")


def _borders(ground: Known) -> Borders:
    """Neighbours of which one is open, and how much of their edges lie within a street's width of one another."""
    pairs, some = within(ground, ACROSS)
    pairs = pairs[some & (pairs[:, 0] < pairs[:, 1])]
    kind = np.array([CLASSES.index(u.ple) if u.ple in CLASSES else len(CLASSES) for _, u in ground.uses])
    length = [
        shapely.length(shapely.intersection(shapely.boundary(ground.shape[i]), shapely.buffer(ground.shape[j], ACROSS)))
        for i, j in (pairs.T, pairs.T[::-1])
    ]
    return Borders(pairs, 0.5 * (length[0] + length[1]), kind)


def _compact(borders: Borders, use: Array) -> float:
    total = float(borders.length.sum())
    return round(100.0 * (1.0 - borders.parted(use) / total), 3) if total else 100.0


def _tables(told: _Told, found: Front) -> dict[str, pd.DataFrame]:
    rows = [_row(told, p) | {"point": k} for k, p in enumerate(found.points, 1)]
    rest = [_row(told, p) for p in found.needless]
    columns = ["point", *rows[0].keys() - {"point"}]
    order = [c for c in ("point", *_row(told, found.points[0])) if c in columns]
    out = {"front": pd.DataFrame(rows)[order]}
    if rest:
        out["needless"] = pd.DataFrame(rest)[order[1:]]
    return out


def _row(told: _Told, point: Point) -> dict[str, object]:
    """One point as a row: change, gain, compactness, what was made best, the bound on it and how far it is off."""
    row: dict[str, object] = {
        "changed": round(point.change, 1), "parcels": int((point.use != told.ground.now).sum()),
        "suitability": round(point.gain, 3),
    }  # fmt: skip
    bound, gap, scale = point.bound, point.gap, 1.0
    if told.borders is not None:
        row["compactness"] = _compact(told.borders, point.use)
    if point.best == "borders" and told.borders is not None:
        scale = 100.0 / max(float(told.borders.length.sum()), 1e-9)
        bound = 100.0 / scale - bound
    basis = {"gain": "suitability", "borders": "compactness", "both": "midway"}[point.best]
    return row | {"best": basis, "bound": round(bound * scale, 3), "gap_points": round(gap * scale, 3)}
