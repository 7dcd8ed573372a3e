"""Uses for parcels that keep bands, clashes, services and connected districts, at least cost and with a bound.

Districts are kept by cuts in rounds: solve, find the islands, ask that each has a neighbour on the way to a seed, solve
again (Fischetti et al., Thinning out Steiner trees, 2017). Where the rounds end before the islands do, a repair forbids
the islands in place of cutting them off; the bound is that of the rounds, so it holds for every layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .program import Effort, Program, Solution, solve, sparse_rows

Array = np.ndarray[Any, Any]
ROUNDS, REPAIRS, CUTS = 12, 25, 30
"""Rounds of cuts and of repair for each unit of work, and the cuts of one island."""
GOOD, ROUGH, RING = 0.1, 5e-3, 3
"""The gap of a round fit to be repaired; that at which a repair stops; the steps around an island it lays out anew."""

Cut = tuple[str, int, Array, Array]
"""Name of a district, a parcel, the parcels of which it needs one, and the mask of uses."""


@dataclass(frozen=True, eq=False)
class Band:
    """The area of some uses (a mask over uses) lies between low and high [m²]; shares are of `of` (None: all land)."""

    name: str
    uses: Array
    low: float
    high: float
    of: float | None = None


@dataclass(frozen=True, eq=False)
class Clash:
    """Pairs of parcels: not the uses of `left` on the first and of `right` on the second. What stands may stay."""

    name: str
    pairs: Array
    left: Array
    right: Array


@dataclass(frozen=True, eq=False)
class Need:
    """A parcel with a use of `who` has one of `of` among its pairs (parcel, server); what lacks it now may stay."""

    name: str
    pairs: Array
    who: Array
    of: Array


@dataclass(frozen=True, eq=False)
class District:
    """Every parcel with one of the uses is joined to a seed (a mask over parcels) through parcels of the same uses."""

    name: str
    uses: Array
    seeds: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Allocation:
    """Parcels with area, use now (position), allowed uses and cost by use, the rules, and which parcels touch."""

    area: Array
    now: Array
    allowed: Array
    cost: Array
    bands: Sequence[Band] = ()
    clashes: Sequence[Clash] = ()
    needs: Sequence[Need] = ()
    districts: Sequence[District] = ()
    links: Array | None = None

    def touching(self) -> csr_array:
        """The graph of parcels that touch."""
        n, links = len(self.area), np.empty((0, 2), dtype=int) if self.links is None else self.links
        both = np.concatenate([links, links[:, ::-1]])
        return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n))


@dataclass(frozen=True, eq=False)
class Allocated:
    """The use of each parcel (None where none was found), value and bound, a word for it, rounds, and the cuts made."""

    use: Array | None
    value: float
    bound: float
    status: str
    rounds: int
    program: Program
    group: list[str]


class _Rows:
    """Rows of a program, collected part by part: terms (row, parcel, mask of uses, sign) and their limits."""

    def __init__(self, land: Allocation) -> None:
        self.land, self.group = land, list[str]()
        self.parts: list[tuple[Array, Array, Array]] = []
        self.low: list[Array] = []
        self.high: list[Array] = []

    def terms(self, row: Array, parcel: Array, uses: Array, value: Array | float = 1.0) -> None:
        """Add the uses (a mask, or one a term) of a parcel to a row, counted from the rows there are."""
        mask = np.broadcast_to(uses, (len(parcel), self.land.allowed.shape[1])) & self.land.allowed[parcel]
        at, use = np.nonzero(mask)
        worth = np.broadcast_to(np.asarray(value, dtype=float), (len(parcel),))
        column = parcel[at] * self.land.allowed.shape[1] + use
        self.parts.append((row[at] + len(self.group), column, worth[at]))

    def close(self, names: Iterable[str], low: Array | float, high: Array | float) -> None:
        """End the rows begun by `terms`: a name each, and their limits."""
        names = list(names)
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), (len(names),)))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), (len(names),)))
        self.group += names

    def program(self) -> Program:
        """All rows as a program over x[parcel, use]."""
        land, (row, column, value) = self.land, (np.concatenate(p) for p in zip(*self.parts, strict=True))
        rows = sparse_rows(row, column, value, (len(self.group), land.allowed.size))
        whole, top = np.ones(land.allowed.size, dtype=bool), land.allowed.astype(float).ravel()
        return Program(land.cost.ravel(), rows, np.concatenate(self.low), np.concatenate(self.high), whole, top)


def program_of(land: Allocation) -> tuple[Program, list[str]]:
    """The program without districts, and the rule that each row belongs to ("" always holds)."""
    rows, every, (n, k) = _Rows(land), np.arange(len(land.area)), land.allowed.shape
    rows.terms(every, every, np.ones(k, dtype=bool))
    rows.close([""] * n, 1.0, 1.0)
    for band in land.bands:
        total = (land.area.sum() if band.of is None else band.of) / 100.0
        low, high = band.low / total, band.high / total
        for rule, least, most in ((f">= {low:g} %", low, np.inf), (f"<= {high:g} %", -np.inf, high)):
            rows.terms(np.zeros(n, dtype=int), every, band.uses, land.area / total)
            rows.close([f"{band.name} {rule}"], least, most)
    for clash in land.clashes:
        _clash(rows, clash)
    for need in land.needs:
        _need(rows, need)
    return rows.program(), rows.group


def _clash(rows: _Rows, clash: Clash) -> None:
    land, uses = rows.land, np.arange(rows.land.allowed.shape[1])
    i, j = clash.pairs.reshape(-1, 2).T
    stands = clash.left[land.now[i]] & clash.right[land.now[j]]
    mine, other = uses == land.now[i][:, None], uses == land.now[j][:, None]
    every = np.zeros_like(mine)
    for some, spared, spared_too in ((~stands, every, every), (stands, mine, every), (stands, every, other)):
        many = np.arange(int(some.sum()))
        rows.terms(many, i[some], clash.left & ~spared[some])
        rows.terms(many, j[some], clash.right & ~spared_too[some])
        rows.close([clash.name] * len(many), -np.inf, 1.0)


def _need(rows: _Rows, need: Need) -> None:
    """Add a row a parcel: its use of `who` at most what serves it; a use that lacks service now may stay."""
    land, (n, k) = rows.land, rows.land.allowed.shape
    i, j = need.pairs.reshape(-1, 2).T
    served = np.zeros(n, dtype=bool)
    served[i[need.of[land.now[j]]]] = True
    who = np.broadcast_to(need.who, (n, k)).copy()
    bare = need.who[land.now] & ~served
    who[bare, land.now[bare]] = False
    at = np.flatnonzero((who & land.allowed).any(axis=1))
    place = np.full(n, -1)
    place[at] = np.arange(len(at))
    mine = place[i] >= 0
    rows.terms(np.arange(len(at)), at, who[at])
    rows.terms(place[i[mine]], j[mine], need.of, -1.0)
    rows.close([need.name] * len(at), -np.inf, 0.0)


def allocate(land: Allocation, effort: Effort) -> Allocated:
    """The cheapest uses that keep all rules, within the effort."""
    program, group = program_of(land)
    touching, bound, rounds = land.touching(), -np.inf, 0
    cuts = [c for d in land.districts for c in _first_cuts(land, touching, d)]
    cutting, kept = effort.part(0.5) if land.districts else effort, None
    while True:
        program, group = _with(land, program, group, cuts)
        found = solve(program, cutting.part(0.6) if land.districts else effort)
        bound, rounds = max(bound, found.bound), rounds + 1
        if found.status == "infeasible" or (found.x is None and not land.districts):
            return Allocated(None, np.inf, bound, found.status, rounds, program, group)
        use = None if found.x is None else _uses(land, found)
        cuts = [] if use is None else _all_cuts(land, touching, use)
        if use is not None and not cuts:
            return Allocated(use, found.value, min(bound, found.value), found.status, rounds, program, group)
        # A round that the clock cut short may be far off: the repair starts from the last good one.
        kept = use if kept is None or (use is not None and found.gap <= GOOD) else kept
        if use is None or rounds >= ROUNDS * effort.work or cutting.left() < 1.0:
            program, group = _with(land, program, group, cuts)
            return _repaired(land, Allocated(kept, np.inf, bound, "unknown", rounds, program, group), effort)


def _uses(land: Allocation, found: Solution) -> Array:
    assert found.x is not None
    return np.asarray(found.x.reshape(land.allowed.shape).argmax(axis=1))


def _repaired(land: Allocation, last: Allocated, effort: Effort) -> Allocated:
    """A layout without islands, or none: what lies in one is forbidden there, and only land around it is laid out anew.

    The ring of land around widens where that has no solution; the bound stays that of the rounds.
    """
    touching, banned = land.touching(), land.allowed.copy()
    use, ring, none = last.use, RING, replace(last, use=None, value=np.inf, status="unknown")
    for _ in range(REPAIRS * effort.work):
        lost = [] if use is None else [(d, c) for d in land.districts for c in islands(touching, use, d)]
        if use is not None and not lost:
            value = float(land.cost[np.arange(len(use)), use].sum())
            return replace(last, use=use, value=value, bound=min(last.bound, value), status="feasible")
        for district, some in lost:
            banned[np.ix_(some, district.uses)] = False
        top = banned if use is None else _around(banned, touching, use, [c for _, c in lost], ring)
        rough = replace(effort.part(0.3), gap=max(effort.gap, ROUGH))
        found = solve(replace(last.program, top=top.astype(float).ravel()), rough)
        if found.x is not None:
            use = _uses(land, found)
        elif ring > len(land.area) or use is None:
            break
        else:
            ring *= 2
    return none


def _around(allowed: Array, touching: csr_array, use: Array, lost: Sequence[Array], ring: int) -> Array:
    """What is allowed within so many steps of some parcels; elsewhere the use there is."""
    near = np.zeros(len(use))
    near[np.concatenate(lost)] = 1.0
    for _ in range(min(ring, len(use))):
        wider = np.minimum(near + touching @ near, 1.0)
        if (wider == near).all():
            break
        near = wider
    fixed = np.zeros_like(allowed)
    fixed[np.arange(len(use)), use] = True
    return np.where((near > 0)[:, None] | (ring > len(use)), allowed, fixed & allowed)


def islands(touching: csr_array, use: Array, district: District) -> list[Array]:
    """The connected parts of a district that hold none of its seeds."""
    at = np.flatnonzero(district.uses[use])
    many, part = connected_components(touching[at][:, at], directed=False)
    seeded = np.zeros(many, dtype=bool)
    seeded[part[district.seeds[at]]] = True
    return [at[part == k] for k in np.flatnonzero(~seeded)]


def _all_cuts(land: Allocation, touching: csr_array, use: Array) -> list[Cut]:
    return [c for d in land.districts for some in islands(touching, use, d) for c in _cuts(land, touching, d, some)]


def _first_cuts(land: Allocation, touching: csr_array, district: District) -> list[Cut]:
    """A parcel alone is an island: it needs a neighbour."""
    able = np.asarray((land.allowed & district.uses).any(axis=1), dtype=bool)
    rows = np.flatnonzero(able & ~district.seeds)
    ways = (touching.indices[touching.indptr[p] : touching.indptr[p + 1]] for p in rows)
    return [(district.name, int(p), w[able[w]], district.uses) for p, w in zip(rows, ways, strict=True)]


def _cuts(land: Allocation, touching: csr_array, district: District, island: Array) -> list[Cut]:
    """The neighbours of an island that lead to a seed without passing another neighbour: one of them is needed."""
    able = np.asarray((land.allowed & district.uses).any(axis=1), dtype=bool)
    inside: Array = np.zeros(len(able), dtype=bool)
    inside[island] = True
    rim: Array = able & ~inside & (touching @ inside.astype(float) > 0)
    far = np.flatnonzero(able & ~inside & ~rim)
    _, part = connected_components(touching[far][:, far], directed=False)
    led = np.zeros(len(able))
    led[far[np.isin(part, part[district.seeds[far]])]] = 1.0
    gate = np.flatnonzero(rim & (district.seeds | (touching @ led > 0)))
    return [(district.name, int(p), gate, district.uses) for p in island[:CUTS]]


def _with(land: Allocation, program: Program, group: list[str], cuts: Sequence[Cut]) -> tuple[Program, list[str]]:
    if not cuts:
        return program, group
    rows = _Rows(land)
    old = program.rows.tocoo()
    rows.parts.append((old.row, old.col, old.data))
    rows.close(group, program.low, program.high)
    for name, parcel, gate, uses in cuts:
        rows.terms(np.zeros(1, dtype=int), np.array([parcel]), uses)
        rows.terms(np.zeros(len(gate), dtype=int), gate, uses, -1.0)
        rows.close([name], -np.inf, 0.0)
    return rows.program(), rows.group
