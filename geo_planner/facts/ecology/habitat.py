"""The ecological network: habitat patches, least-cost ways between them, and how connected they are.

Animals pay for each metre by its resistance. Two patches are linked while the cheapest way between them costs no more
than a species can pay. PC, the probability of connectivity (Saura & Pascual-Hortal 2007), is ΣΣ a_i a_j p_ij / A² with
p = 0.5^(cost / half), between 0 and 1: at the cost `half` one in two arrives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from ...algorithms.distances import near
from ...plan import Plan
from ..landuse.roles import developed
from ..landuse.uses import uses
from ..nearby import spans
from ..registry import fact, kept_by, key_of

Array = np.ndarray[Any, Any]

CELLS = 90_000
"""At most this many cells: a finer grid would not change which corridors are cut."""


@dataclass(frozen=True)
class Species:
    """Whom the network is for: cell [m], resistances per metre, least patch [m²], reach and half distance [cost]."""

    cell: float
    habitat: float
    farm: float
    open: float
    built: float
    least: float
    reach: float
    half: float
    most: int


@dataclass(frozen=True, eq=False)
class Patches:
    """Habitat: the parcels of each patch (lists of positions), their shape and area [m²]; the largest first."""

    members: list[Array]
    shape: Array
    area: Array


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells over the parcels: south-west corner, size, rows and columns, the parcel under each centre (-1 none)."""

    west: float
    south: float
    cell: float
    shape: tuple[int, int]
    parcel: Array

    def xy(self, cells: Array) -> Array:
        """Centres of cells by their number."""
        row, column = np.divmod(cells, self.shape[1])
        return np.column_stack([self.west + (column + 0.5) * self.cell, self.south + (row + 0.5) * self.cell])


@fact(needs={"parcels": ("id", "geometry")}, of=(uses,))
def patches(plan: Plan, least: float, most: int) -> Patches:
    """Ecological land grouped where it touches, patches of at least `least` m² only, the `most` largest."""
    eco = np.flatnonzero(uses(plan)["ple"].eq("ecology").to_numpy(dtype=bool))
    shapes = plan["parcels"].geometry.to_numpy()[eco]
    i, j, _ = near(shapes, shapes, 0.5)
    _, label = connected_components(csr_array((np.ones(len(i)), (i, j)), shape=(len(eco), len(eco))), directed=False)
    area = np.bincount(label, weights=shapely.area(shapes), minlength=label.max() + 1 if len(label) else 0)
    ids = plan["parcels"]["id"].to_numpy(dtype=object)[eco].astype(str)
    first = [min(ids[label == k]) for k in range(len(area))] if len(area) <= 5000 else np.arange(len(area))
    order = [k for k in np.lexsort((first, -area)) if area[k] >= least][:most]
    members = [eco[label == k] for k in order]
    whole = plan["parcels"].geometry.to_numpy()
    return Patches(members, np.array([shapely.union_all(whole[m]) for m in members], dtype=object), area[order])


@fact(needs={"parcels": ("id", "geometry")})
def cells(plan: Plan, cell: float) -> Grid:
    """A grid over the parcels, coarser than asked for where it would have more than `CELLS` cells."""
    west, south, east, north = plan["parcels"].total_bounds
    cell = max(cell, float(np.sqrt((east - west) * (north - south) / CELLS)))
    rows, columns = max(int(np.ceil((north - south) / cell)), 1), max(int(np.ceil((east - west) / cell)), 1)
    grid = Grid(float(west), float(south), cell, (rows, columns), np.full(rows * columns, -1))
    points = shapely.points(grid.xy(np.arange(rows * columns)))
    # The tree holds the points: a shape that asks is prepared, one in the tree is walked around for every point.
    parcel, p = shapely.STRtree(points).query(plan["parcels"].geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((parcel, plan["parcels"]["id"].to_numpy(dtype=object)[parcel].astype(str)))[::-1]
    grid.parcel[p[order]] = parcel[order]
    return grid


def resistance(plan: Plan, grid: Grid, species: Species, day: np.datetime64) -> Array:
    """What a metre in each cell costs on a day: built parcels count from the day their works begin."""
    table, lives, build = uses(plan), spans(plan, "parcels"), developed(plan)
    there = build & (lives.since <= day) & (lives.until > day)
    eco = table["ple"].eq("ecology").to_numpy(dtype=bool)
    farm = table["sub"].eq("PA").to_numpy(dtype=bool)
    per_parcel = np.select([there, eco, farm], [species.built, species.habitat, species.farm], species.open)
    return np.where(grid.parcel >= 0, per_parcel[grid.parcel], species.open)


@cache
def _moves(shape: tuple[int, int]) -> tuple[Array, Array, Array, csr_array]:
    """Neighbouring cells eight ways (from, to, length in cells), and the matrix whose data are positions in them.

    Numbers are of 32 bits: scipy would turn longer ones into such again for every patch.
    """
    rows, columns = shape
    number = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    moves = (
        (number[:, :-1], number[:, 1:], 1.0),
        (number[:-1], number[1:], 1.0),
        (number[:-1, :-1], number[1:, 1:], np.sqrt(2.0)),
        (number[:-1, 1:], number[1:, :-1], np.sqrt(2.0)),
    )
    a = np.concatenate([m[0].ravel() for m in moves])
    b = np.concatenate([m[1].ravel() for m in moves])
    length = np.concatenate([np.full(m[0].size, m[2]) for m in moves])
    at = np.arange(1, len(a) + 1, dtype=np.int32)
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    return a, b, length, csr_array((np.concatenate([at, at]), ends), shape=(number.size,) * 2)


def network(grid: Grid, cost: Array) -> csr_array:
    """Moves between neighbouring cells, eight ways, each at the mean resistance of its two cells."""
    a, b, length, place = _moves(grid.shape)
    price = length * grid.cell * (cost[a] + cost[b]) / 2.0
    return csr_array((price[place.data - 1], place.indices, place.indptr), shape=place.shape)


def dwellings(grid: Grid, found: Patches) -> list[Array]:
    """The cells of each patch; none where a patch is narrower than a cell."""
    patch = np.full(int(grid.parcel.max(initial=-1)) + 2, -1)
    for k, members in enumerate(found.members):
        patch[members[members < len(patch) - 1]] = k
    of = patch[grid.parcel]
    return [np.flatnonzero(of == k) for k in range(len(found.members))]


def costs(grid: Grid, found: Patches, cost: Array, reach: float) -> Array:
    """The cheapest way between each two patches, infinity beyond reach; a patch without a cell is out of reach."""
    return between(grid, found, fields(grid, found, cost, reach))


def fields(
    grid: Grid, found: Patches, cost: Array, reach: float, known: tuple[Array, list[Array]] | None = None
) -> list[Array]:
    """What it costs to come to every cell from each patch, infinity beyond reach.

    `known` are resistances and fields of an earlier day: a patch that no changed cell was in reach of keeps its own.
    """
    moves, homes, out = network(grid, cost), dwellings(grid, found), []
    changed = None if known is None else np.flatnonzero(known[0] != cost)
    cheaper = known is not None and bool((cost < known[0]).any())
    for k, home in enumerate(homes):
        if known is not None and changed is not None and not cheaper and not np.isfinite(known[1][k][changed]).any():
            out.append(known[1][k])
        elif len(home):
            out.append(dijkstra(moves, indices=home, min_only=True, limit=reach))
        else:
            out.append(np.full(len(cost), np.inf))
    return out


def between(grid: Grid, found: Patches, reached: list[Array]) -> Array:
    """The cheapest way between each two patches from their fields."""
    homes = dwellings(grid, found)
    out = np.array([[far[h].min() if len(h) else np.inf for h in homes] for far in reached]).reshape(
        len(homes), len(homes)
    )
    np.fill_diagonal(out, 0.0)
    return np.asarray(np.minimum(out, out.T))


class Ways:
    """The cheapest way between each two patches by what a metre costs on a day, kept from plan to plan."""

    def __init__(self, plan: Plan, species: Species) -> None:
        least = species.least, species.most
        self._grid, self._found, self._reach = cells(plan, species.cell), patches(plan, *least), species.reach
        self._known: tuple[tuple[Array, list[Array]], ...] = ()
        base = key_of(cells, plan, species.cell), key_of(patches, plan, *least)
        self._keep = kept_by(plan, "ways", *base, species.reach)

    def costs(self, cost: Array) -> Array:
        """The costs between the patches, infinity beyond reach, as `between` gives them."""
        return self._keep(lambda: self._computed(cost), hashlib.sha256(cost.tobytes()).digest())

    def steps(self, costs: Sequence[Array], counts: Callable[[Array, Array], object]) -> list[int]:
        """The steps k, from `costs[k]` to `costs[k + 1]`, over which the ways change so that it `counts`.

        Where a metre gets nowhere cheaper, what counts over one step counts over every stretch around it: a stretch
        over which nothing counts is not looked into year by year.
        """
        dearer = [bool((after >= before).all()) for before, after in pairwise(costs)]
        out, ahead = [], [(0, len(dearer))]
        while ahead:
            begin, end = ahead.pop()
            alone = end - begin == 1
            if begin == end or (
                (alone or all(dearer[begin:end])) and not counts(self.costs(costs[begin]), self.costs(costs[end]))
            ):
                continue
            middle = (begin + end) // 2
            out += [begin] if alone else []
            ahead += [] if alone else [(middle, end), (begin, middle)]
        return out

    def _computed(self, cost: Array) -> Array:
        known = next((one for one in self._known if (one[0] <= cost).all()), None)
        far = fields(self._grid, self._found, cost, self._reach, known)
        self._known = (cost, far), *self._known[-1:]  # the last and the first
        return between(self._grid, self._found, far)


def parted(was: Array, now: Array) -> tuple[Array, Array]:
    """Pairs of patches that were within reach of each other and are not now."""
    one, two = np.nonzero(np.triu(np.isfinite(was) & ~np.isfinite(now), 1))
    return one, two


def way(grid: Grid, found: Patches, cost: Array, pair: tuple[int, int]) -> shapely.Geometry:
    """The cheapest way between two patches as a line."""
    homes = dwellings(grid, found)
    start, goal = homes[pair[0]], homes[pair[1]]
    far, back, _ = dijkstra(network(grid, cost), indices=start, min_only=True, return_predecessors=True)
    at = int(goal[np.argmin(far[goal])])
    steps = [at]
    while back[at] >= 0:
        at = int(back[at])
        steps.append(at)
    xy = grid.xy(np.array(steps))
    return shapely.linestrings(xy) if len(xy) > 1 else shapely.Point(*xy[0])


def connectivity(found: Patches, between: Array, half: float, total: float) -> float:
    """PC of Saura & Pascual-Hortal: ΣΣ a_i a_j p_ij / A², with A the area of the whole park [m²]."""
    p = 0.5 ** (between / half)
    return float((found.area[:, None] * found.area[None, :] * p).sum() / total**2)
