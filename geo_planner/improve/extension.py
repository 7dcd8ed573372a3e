"""Land for an extension of a park: compact, connected, outside the control lines, in several really different ways.

The land around the park is cut into squares; a square costs more the farther it lies from the park, from main roads and
from mains. An alternative grows from the park's edge by the cheapest square that keeps it together. The bound is the
cheapest squares without the wish that they hold together. Steep ground, hollows and land beyond the development
boundary cost more; where the boundary must be moved, that is an edit of its own and its hectares stand in the headline.
Streets and mains (`spine`), days and permits (`phasing`) come with the parcels, so that all checks can judge them.

Cannot see: the grade of farmland, and slope and hollows where no elevation model tells them; the bound knows nothing
of compactness, nor of the streets and mains inside the land.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.programs.program import Effort
from ..errors import ScenarioError
from ..facts.population import park_shapes
from ..plan import Edit, Plan, Profile
from .ground import Ground, boundary, boundary_edit, ground_of, trunks
from .layout import Wishes, bands_of
from .open_land import FORBIDDEN
from .phasing import Calendar, free_name, no_homes, plot_edits, suggestion, trunk_edits
from .proposal import Proposal
from .spine import Spine, spine_of

Array = np.ndarray[Any, Any]

CELL = 200.0
"""Side of a square [m]."""
REACH = 4000.0
"""How far from the park land is looked for [m]."""
SAME = 0.5
"""Share of common land from which two alternatives count as one."""
MOST = 4
TOGETHER = 1.0
"""What a square costs more for each side it lies from the middle of those taken, so that the land grows compact."""
SIDES = ("E", "S", "W", "N")
MAIN_ROADS = ("motorway", "expressway", "arterial")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How large the extension is [ha], of which park (the first where none is named), and to which side, if any."""

    area_ha: float = 300.0
    park: str = ""
    side: str = ""


@dataclass(frozen=True, eq=False)
class _Cells:
    """Squares that may be taken: shape, column and row in the grid, cost each, distance to main road and mains."""

    shape: Array
    spot: Array
    cost: Array
    road: Array
    main: Array
    edge: Array
    ground: Ground


def propose_extension(plan: Plan, profile: Profile, wanted: Wanted, effort: Effort) -> Proposal:
    """The best of two to four different extensions of a park; the others stand in the table `alternatives`."""
    if not 0 < wanted.area_ha < np.inf:
        msg = f"--area {wanted.area_ha:g}: the extension needs an area above 0 ha."
        raise ScenarioError(msg)
    park, shape = _park(plan, wanted.park)
    cells = _cells(plan, shape, _side(wanted.side))
    need = max(int(np.ceil(wanted.area_ha * 1e4 / CELL**2 - 1e-9)), 1)
    grown = _grown(cells, need)
    if not grown:
        most = _largest(cells)
        args = {"need": wanted.area_ha, "have": most * CELL**2 / 1e4, "side": _side(wanted.side)}
        return Proposal(what="extension", edits=(), value=np.inf, bound=np.inf, unit="m", reason="no_land", args=args)
    value = np.array([cells.cost[g].sum() for g in grown])
    bound = float(np.sort(cells.cost)[:need].sum())
    best = grown[0]
    edits, tables = _edits(plan, profile, (park, shape), (cells, best))
    return Proposal(
        what="extension", edits=edits, value=float(value[0]),
        bound=min(bound, float(value[0])), unit="points", timed=effort.timed,
        args={"area": need * CELL**2 / 1e4, "beyond": float(cells.ground.beyond[best].sum() * CELL**2 / 1e4)},
        tables={"alternatives": _table(plan, cells, grown, shape), **tables},
    )  # fmt: skip


def _park(plan: Plan, name: str) -> tuple[str, shapely.Geometry]:
    if "parcels" not in plan:
        msg = "the plan has no parcels, so there is no park to extend; give the layer parcels."
        raise ScenarioError(msg)
    shapes = park_shapes(plan)
    if not shapes:
        msg = "no parcel and no park of the plan has a shape, so there is nothing to extend."
        raise ScenarioError(msg)
    if name and name not in shapes:
        msg = f"the plan has no park '{name}'; it has {', '.join(sorted(shapes))}."
        raise ScenarioError(msg)
    chosen = name or sorted(shapes)[0]
    return chosen, shapes[chosen]


def _side(word: str) -> str:
    """Return one of `SIDES`, or "" for any.

    Raises
    ------
    ScenarioError
        The word is no side.
    """
    side = {**dict(zip("东南西北", SIDES, strict=True)), **{s: s for s in SIDES}, "": ""}.get(word.strip().upper())
    if side is None:
        msg = f"--side '{word}' is no side of the park; it is one of {', '.join(SIDES)} (or 东, 南, 西, 北)."
        raise ScenarioError(msg)
    return side


def _sides(points: Array, park: shapely.Geometry) -> Array:
    """Return on which side of the middle of the park each point lies."""
    x, y = (shapely.get_coordinates(points) - shapely.get_coordinates(park.centroid)[0]).T
    along = np.abs(x) > np.abs(y)
    return np.where(along, np.where(x > 0, "E", "W"), np.where(y > 0, "N", "S"))


def _cells(plan: Plan, park: shapely.Geometry, side: str = "") -> _Cells:
    """Return the squares outside all parks, parcels and control lines, and what each of them costs."""
    x0, y0, x1, y1 = park.bounds
    columns, rows = (np.arange(a - REACH, b + REACH, CELL) for a, b in ((x0, x1), (y0, y1)))
    column, row = (g.ravel() for g in np.meshgrid(np.arange(len(columns)), np.arange(len(rows))))
    shape = shapely.box(columns[column], rows[row], columns[column] + CELL, rows[row] + CELL)
    taken = [*park_shapes(plan).values(), *plan["parcels"].geometry]
    free = ~_meets(shape, np.array(taken, dtype=object))
    if plan.has("control_lines", "kind"):
        lines = plan["control_lines"]
        bad = lines[lines["kind"].isin([*FORBIDDEN, "highway", "railway", "power_corridor", "gas_corridor", "hazard"])]
        free &= ~_meets(shape, shapely.buffer(bad.geometry.to_numpy(), bad["width"].fillna(0.0).to_numpy(dtype=float)))
    free &= shapely.distance(shape, park) <= REACH
    at = np.flatnonzero(free & ((side == "") | (_sides(shapely.centroid(shape), park) == side)))
    centre = shapely.centroid(shape[at])
    edge, road, main = shapely.distance(centre, park), _to(plan, "roads", centre), _to(plan, "pipes", centre)
    ground = ground_of(plan, shape[at])
    cost = 1.0 + (edge + road + main) / 1000.0 + ground.cost
    return _Cells(shape[at], np.column_stack([column[at], row[at]]), cost, road, main, edge, ground)


def _meets(cells: Array, shapes: Array) -> Array:
    """Return which squares share ground with one of some shapes (a touch along an edge is none)."""
    i, j = shapely.STRtree(cells).query(shapes, predicate="intersects")
    real = shapely.area(shapely.intersection(cells[j], shapes[i])) > 1.0
    out = np.zeros(len(cells), dtype=bool)
    out[j[real]] = True
    return out


def _to(plan: Plan, layer: str, points: Array) -> Array:
    """Return how far each point is from a main road, or from mains; 0 where the plan tells neither."""
    if layer not in plan or not len(plan[layer]):
        return np.zeros(len(points))
    frame = plan[layer]
    if layer == "roads" and frame["grade"].isin(MAIN_ROADS).any():
        frame = frame[frame["grade"].isin(MAIN_ROADS)]
    (i, _), d = shapely.STRtree(frame.geometry.to_numpy()).query_nearest(
        points, return_distance=True, all_matches=False
    )
    out = np.zeros(len(points))
    out[i] = d
    return out


def _neighbours(cells: _Cells) -> list[list[int]]:
    place = {(int(c), int(r)): k for k, (c, r) in enumerate(cells.spot.tolist())}
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1))
    return [[place[c + a, r + b] for a, b in steps if (c + a, r + b) in place] for c, r in cells.spot.tolist()]


def _grown(cells: _Cells, need: int) -> list[Array]:
    """Return up to `MOST` extensions of `need` squares, the cheapest first, that share at most half of their land."""
    near = _neighbours(cells)
    found = [g for seed in _beside(cells).tolist() if len(g := _grow(cells, near, seed, need)) == need]
    found.sort(key=lambda g: (round(float(cells.cost[g].sum()), 6), g.tolist()))
    chosen: list[Array] = []
    for grown in found:
        if all(len(np.intersect1d(grown, other)) <= SAME * need for other in chosen):
            chosen.append(grown)
        if len(chosen) == MOST:
            break
    return chosen


def _grow(cells: _Cells, near: list[list[int]], seed: int, need: int) -> Array:
    """Return the squares taken one after another from a seed: the cheapest that touches them, near ones first."""
    taken: list[int] = []
    seen, waiting = {seed}, [(0.0, seed)]
    middle = cells.spot[seed].astype(float)
    while waiting and len(taken) < need:
        _, cell = heapq.heappop(waiting)
        taken.append(cell)
        middle += (cells.spot[cell] - middle) / len(taken)
        for other in near[cell]:
            if other not in seen:
                seen.add(other)
                away = float(np.hypot(*(cells.spot[other] - middle)))
                heapq.heappush(waiting, (float(cells.cost[other]) + TOGETHER * away, other))
    return np.sort(np.array(taken))


def _largest(cells: _Cells) -> int:
    """Return how many squares the largest piece of land has that begins beside the park."""
    near, most = _neighbours(cells), 0
    left, beside = set(range(len(near))), _beside(cells)
    for seed in beside.tolist():
        stack, count = [seed] if seed in left else [], 0
        left.discard(seed)
        while stack:
            count += 1
            fresh = [n for n in near[stack.pop()] if n in left]
            left.difference_update(fresh)
            stack += fresh
        most = max(most, count)
    return most


def _beside(cells: _Cells) -> Array:
    """Return the squares from which an extension may grow."""
    return np.flatnonzero(cells.edge <= 1.5 * CELL)


def _table(plan: Plan, cells: _Cells, grown: list[Array], park: shapely.Geometry) -> pd.DataFrame:
    """Return what each alternative costs: squares, where it lies, how compact it is, new trunk road and mains [m]."""
    rows = []
    for k, cell in enumerate(grown, start=1):
        shape = shapely.union_all(cells.shape[cell])
        rows.append(
            {
                "alternative": k, "side": str(_sides(np.array([shape.centroid]), park)[0]),
                "area_ha": round(shape.area / 1e4, 1),
                "compactness": round(4 * np.pi * shape.area / shape.length**2, 3),
                "beyond_boundary_ha": _beyond(plan, cells, cell),
                "slope": cells.ground.mean("slope", cell),
                "hollow": cells.ground.mean("hollow", cell),
                "ground_known": round(float(np.isfinite(cells.ground.slope[cell]).mean()), 2),
                "new_road": round(float(cells.road[cell].max()), 0), **trunks(plan, shape), **_laid(plan, cells, cell),
                "cost": round(float(cells.cost[cell].sum()), 2),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _laid(plan: Plan, cells: _Cells, cell: Array) -> dict[str, float]:
    """Return the metres of street and of each kind of main that an alternative has to lay, its trunk included."""
    spine = _spine(plan, cells, cell)
    return {} if spine is None else {f"laid_{kind}": metres for kind, metres in spine.lengths().items()}


def _beyond(plan: Plan, cells: _Cells, cell: Array) -> float:
    """Return how much of the squares [ha] lies beyond the development boundary; NaN where the plan draws none."""
    known = boundary(plan) is not None
    return round(float(cells.ground.beyond[cell].sum() * CELL**2 / 1e4), 1) if known else float("nan")


def _edits(
    plan: Plan, profile: Profile, park: tuple[str, shapely.Geometry], land: tuple[_Cells, Array]
) -> tuple[tuple[Edit, ...], dict[str, pd.DataFrame]]:
    """Return the boundary moved, the park's new one, plan, streets, mains, parcels and permits; and their tables."""
    (name, shape), (cells, chosen) = park, land
    order = chosen[np.lexsort((chosen, cells.edge[chosen]))]
    goal = [(low + high) / 2 for _, low, high in bands_of(profile, Wishes())]
    use = _uses(no_homes(plan, profile, cells.shape[order]), goal)
    whole, own = shapely.union_all(cells.shape[order]), free_name(plan, name)
    spine = _spine(plan, cells, order)
    calendar = Calendar.of(plan, spine)
    wkt = shapely.to_wkt(whole, rounding_precision=3)
    approved = {"geometry": wkt, "kind": "detailed_plan", **calendar.dates(start="plan")}
    out = [suggestion("approvals", f"{name}-{own}", approved, "PB101")]
    if plan.has("parks"):
        grown = shapely.to_wkt(shapely.union_all([shape, whole], grid_size=0.001), rounding_precision=3)
        out.insert(0, Edit("reshape", "parks", name, {"geometry": grown}, "PB105", "solver", "suggestion"))
    moved = boundary_edit(plan, whole)
    out = [moved, *out] if moved is not None else out
    works, laid = trunk_edits(f"{name}-{own}", spine, calendar)
    plots = cells.shape[order] if spine is None else shapely.difference(cells.shape[order], spine.strip)
    rows, phases = plot_edits((name, own), (plots, use), profile, calendar)
    return (*out, *works, *rows), {"phases": phases, "works": laid}


def _spine(plan: Plan, cells: _Cells, chosen: Array) -> Spine | None:
    spots = [(int(c), int(r)) for c, r in cells.spot[chosen].tolist()]
    return spine_of(plan, cells.shape[chosen], spots, CELL)


def _uses(barred: Array, goal: list[float]) -> Array:
    """Return the use of each square, near ones first: homes where none is barred, then a belt of green, then works."""
    share = np.array(goal) / sum(goal)
    many = np.round(share * len(barred)).astype(int)
    homes, green = int(many[1]), int(many[2])
    use = np.zeros(len(barred), dtype=int)
    use[np.argsort(barred, kind="stable")[:homes]] = 1
    use[np.flatnonzero(use == 0)[:green]] = 2
    return use
