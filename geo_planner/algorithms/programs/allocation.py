"""Uses for parcels that keep bands, clashes, services and connected districts, at least cost and with a bound.

First the relaxation with the cuts of districts (`separators`): its value is a bound. Then whole layouts of a core, the
uses that the relaxation holds dear by no more than a width: what lies outside the core costs at least the bound and the
width, so the lesser of the two is a bound for all layouts. The core widens until the gap is met. Islands of a layout
give new cuts. Where no layout without islands is met, a repair forbids the islands; then some parcels are freed again
and again and laid out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .land_rules import Allocation, Band, Borders, Clash, Cut, District, Limit, Need, program_of, with_cuts
from .program import Effort, Program, Relaxed, Solution, gap_of, relax, solve
from .separators import cuts_of, first_cuts, islands, ways, whole
from .supplies import Lack, Supply

Array = np.ndarray[Any, Any]
TIGHTENINGS, ROUNDS, MANY, REPAIRS, TRIES = 80, 12, 60, 25, 20
"""Rounds of relaxations, of layouts (many where services fill up), of repairs and of neighbourhoods a unit of work."""
GOOD, ROUGH, RING = 0.1, 5e-3, 3
"""The gap of a round fit to be repaired; that at which a repair stops; the steps around an island it lays out anew."""
CORE, WIDTH, WIDER = 1500, 4e-3, 4.0
"""Uses that a core has at least, its first width as a share of the bound, and by how much it widens."""
ROOTS = 12
"""Times that the ways from the seeds are laid anew around the best layout, a unit of work."""
FREED, WIDEN = 60, 12
"""Parcels that a neighbourhood lays out anew at first, and the tries after which it takes in half as many more."""


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


@dataclass(eq=False)
class _State:
    """The program with its cuts, the relaxation, the best layout and bound, and the last layout that had islands."""

    land: Allocation
    program: Program
    group: list[str]
    touching: csr_array
    relaxed: Relaxed | None = None
    use: Array | None = None
    value: float = np.inf
    bound: float = -np.inf
    kept: Array | None = None
    rounds: int = 0
    impossible: bool = field(default=False)

    def gap(self) -> float:
        return gap_of(self.value, min(self.bound, self.value))

    def layout(self, found: Solution) -> Array:
        """The use of each parcel in a solution."""
        assert found.x is not None
        return np.asarray(found.x[: self.land.allowed.size].reshape(self.land.allowed.shape).argmax(axis=1))

    def worth(self, use: Array) -> float:
        """What a layout costs."""
        return self.land.worth(use)

    def offer(self, use: Array) -> None:
        """Take a layout without islands where it is cheaper, and no service is too small in it."""
        if self.worth(use) < self.value - 1e-9 and not self.land.lacks(whole(self.land, use)):
            self.use, self.value = use, self.worth(use)

    def broken(self, share: Array) -> list[Cut | Lack]:
        """The cuts that a layout breaks; `share` is how much of each parcel has each use, whole or relaxed."""
        return [*cuts_of(self.land, self.touching, share), *self.land.lacks(share)]

    def cut(self, cuts: Sequence[Cut | Lack]) -> None:
        self.program, self.group = with_cuts(self.land, self.program, self.group, cuts)

    def only(self, top: Array) -> Program:
        """The program with some uses alone."""
        return replace(self.program, top=np.concatenate([top.astype(float).ravel(), np.ones(self.land.parted)]))

    def core(self, width: float) -> tuple[Program, float]:
        """The program with the uses that the relaxation holds dear by no more than a width, and the real width.

        The width is infinite where no use is left out.
        """
        allowed = self.land.allowed.ravel()
        if self.relaxed is None:
            return self.only(allowed), np.inf
        dear = np.where(allowed, self.relaxed.reduced[: len(allowed)], np.inf)
        ranked = np.sort(dear)
        width = max(width, float(ranked[CORE]) if len(ranked) > CORE else np.inf)
        keep = allowed & ((dear <= width) | (self.relaxed.x[: len(allowed)] > 0.0))
        return self.only(keep), np.inf if (keep == allowed).all() else width


def allocate(land: Allocation, effort: Effort) -> Allocated:
    """The cheapest uses that keep all rules, within the effort."""
    state = _State(land, *program_of(land), land.touching())
    state.cut([c for d in land.districts for c in first_cuts(land, state.touching, d)])
    state.cut(land.first_lacks())
    _tightened(state, effort.part(0.5))
    if land.districts and not state.impossible:
        _rooted(state, effort.part(0.4))
    if not state.impossible:
        # Far from the bound, layouts of the core have islands in round after round: neighbourhoods bring more.
        part = 0.3 if np.isfinite(state.value) and state.gap() > GOOD else 0.7
        _cored(state, effort.part(part) if land.districts else effort)
    if land.districts and not state.impossible:
        if state.use is None:
            _repaired(state, effort)
        _improved(state, effort)
    value, bound = state.value, state.value if state.impossible else min(state.bound, state.value)
    done = "feasible" if state.use is not None else "infeasible" if state.impossible else "unknown"
    status = "optimal" if state.use is not None and gap_of(value, bound) <= effort.gap else done
    return Allocated(state.use, value, bound, status, state.rounds, state.program, state.group)


def _tightened(state: _State, effort: Effort) -> None:
    """Relax and cut in turn until no cut is broken."""
    for _ in range(TIGHTENINGS * effort.work):
        found = relax(state.program, effort)
        if found is None:
            break
        state.relaxed, state.bound = found, max(state.bound, found.value)
        n = state.land.allowed.size
        cuts = state.broken(found.x[:n].reshape(state.land.allowed.shape))
        if not cuts or effort.left() <= 0.0:
            return
        state.cut(cuts)
    if state.relaxed is None:
        state.impossible = solve(state.program, effort).status == "infeasible"


def _rooted(state: _State, effort: Effort) -> None:
    """Lay out land where each parcel of a district needs one nearer to a seed, so that no island can be (`ways`).

    Nearer is first told by the relaxation, then by the best layout, which stays possible, and so on until two rounds in
    turn bring nothing. The cuts of districts are implied, and left out: without them a round takes seconds.
    """
    land, best = state.land, np.zeros(state.land.allowed.shape)
    program, group = program_of(land)
    program, group = with_cuts(land, program, group, land.first_lacks())
    random, stalled = np.random.default_rng(0), 0
    first = best if state.relaxed is None else state.relaxed.x[: land.allowed.size].reshape(best.shape)
    for _ in range(ROOTS * effort.work):
        share = best + (random.random(best.shape) if stalled else first) * (0.2 if best.any() else 1.0)
        links = [cut for district in land.districts for cut in ways(land, state.touching, district, share)]
        rooted, _ = with_cuts(land, program, group, links)
        found = solve(rooted, replace(effort.part(0.4), gap=max(effort.gap, ROUGH)))
        if found.x is None:
            return
        use, before = state.layout(found), state.value
        lacks = land.lacks(whole(land, use))
        program, group = with_cuts(land, program, group, lacks)
        state.cut(lacks)
        if not lacks:
            state.offer(use)
        stalled = 0 if state.value < before else stalled + 1
        best = best if state.use is None else whole(land, state.use)
        if stalled > 1 or state.gap() <= effort.gap or effort.left() < 1.0:
            return


def _cored(state: _State, effort: Effort) -> None:
    """Lay out a core and cut its islands in turn; the core widens until the gap is met."""
    lowest = state.relaxed.value if state.relaxed is not None else -np.inf
    width = WIDTH * max(abs(lowest), float(state.land.cost.max(initial=0.0)))
    for _ in range((MANY if state.land.supplies else ROUNDS) * effort.work):
        program, width = state.core(width)
        found = solve(program, effort.part(0.6) if state.land.districts else effort)
        state.rounds += 1
        if found.status == "infeasible" and not np.isfinite(width):
            state.impossible = True
            return
        state.bound = max(state.bound, min(found.bound, lowest + width))
        if found.status != "infeasible":
            if found.x is None:
                return
            use = state.layout(found)
            cuts = state.broken(whole(state.land, use))
            state.cut(cuts)
            # A round that the clock cut short may be far off: the repair starts from the last good one.
            state.kept = use if state.kept is None or found.gap <= GOOD else state.kept
            if not cuts:
                state.offer(use)
                if state.gap() <= effort.gap or found.status != "optimal" or not np.isfinite(width):
                    return
                width *= WIDER
        else:
            width *= WIDER
        if effort.left() < 1.0:
            return


def _repaired(state: _State, effort: Effort) -> None:
    """Forbid what lies in an island there, and lay out anew the land around it alone, until no island is left.

    The ring of land around widens where that has no solution.
    """
    land, banned, use, ring = state.land, state.land.allowed.copy(), state.kept, RING
    for _ in range(REPAIRS * effort.work):
        lost = [] if use is None else [(d, c) for d in land.districts for c in islands(state.touching, use, d)]
        if use is not None and not lost:
            state.offer(use)
            return
        for district, some in lost:
            banned[np.ix_(some, district.uses)] = False
        top = banned if use is None else _around(state, banned, use, [c for _, c in lost], ring)
        found = solve(state.only(top), replace(effort.part(0.3), gap=max(effort.gap, ROUGH)))
        if found.x is not None:
            use = state.layout(found)
        elif ring > len(land.area) or use is None:
            return
        else:
            ring *= 2


def _improved(state: _State, effort: Effort) -> None:
    """Free some parcels again and again and lay them out anew, where that is cheaper and leaves no island."""
    random, freed = np.random.default_rng(0), FREED
    for turn in range(10**6 if effort.timed else TRIES * effort.work):
        if turn % WIDEN == WIDEN - 1:
            freed = min(freed + FREED // 2, 3 * FREED)
        if state.use is None or state.gap() <= effort.gap or effort.left() < 1.0:
            return
        changed = np.flatnonzero(state.use != state.land.now)
        middle = random.choice(changed if len(changed) else len(state.use), 2)
        top = np.where(_near(state.touching, middle, freed)[:, None], state.land.allowed, whole(state.land, state.use))
        for _ in range(REPAIRS):
            found = solve(state.only(top), replace(effort.part(0.3), gap=0.1 * effort.gap), nodes=200)
            if found.x is None or found.value >= state.value - 1e-9:
                break
            use = state.layout(found)
            cuts = state.broken(whole(state.land, use))
            state.cut(cuts)
            if not cuts:
                state.offer(use)
                break


def _near(touching: csr_array, middle: Iterable[int], many: int) -> Array:
    """At least so many parcels around some, or all that can be reached."""
    near = np.zeros(touching.shape[0])
    near[np.asarray(middle)] = 1.0
    while near.sum() < many:
        wider = np.minimum(near + touching @ near, 1.0)
        if (wider == near).all():
            break
        near = wider
    return near > 0


def _around(state: _State, allowed: Array, use: Array, lost: Sequence[Array], ring: int) -> Array:
    """What is allowed within so many steps of some parcels; elsewhere the use there is."""
    near = np.zeros(len(use))
    near[np.concatenate(lost)] = 1.0
    for _ in range(min(ring, len(use))):
        wider = np.minimum(near + state.touching @ near, 1.0)
        if (wider == near).all():
            break
        near = wider
    fixed = whole(state.land, use) > 0
    return np.where((near > 0)[:, None] | (ring > len(use)), allowed, fixed & allowed)


__all__ = [
    "Allocated", "Allocation", "Band", "Borders", "Clash", "Cut", "District", "Limit", "Need", "Supply", "allocate",
    "islands",
]  # fmt: skip
