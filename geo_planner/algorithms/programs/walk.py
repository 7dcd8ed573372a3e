"""Lawful layouts drawn at random: several walks at once, each step of which recombines the uses of a few parcels.

A step draws parcels without looking at their uses: one, two, or a block of neighbours. It redraws their uses, exchanges
or shuffles them, and is taken where the layout stays lawful. Any step is as likely forwards as back, so in the long run
each lawful layout that the steps can reach is as likely as any other. What a block holds can always be laid out anew;
lawful layouts that differ only in more parcels at once may be out of reach; walks from different starts then differ.
Source: N. Metropolis et al., Equation of state calculations by fast computing machines, J. Chem. Phys. 21 (1953).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from .allocation import islands
from .land_rules import Allocation, District, program_of
from .separators import whole

Array = np.ndarray[Any, Any]

_FINE = 1e-6
"""How far a row may lie beyond its limit: the solver's own measure."""


@dataclass(frozen=True)
class Length:
    """Draws that each walk keeps, steps between two of them, and draws that each walks before the first is kept."""

    draws: int
    steps: int
    burn: int


@dataclass(frozen=True, eq=False)
class Walked:
    """Uses of the open parcels (walks × draws × open), which parcels these are, and the share of steps taken."""

    use: Array
    open: Array
    taken: float


def open_of(land: Allocation) -> Array:
    """The parcels that may get more than one use."""
    return np.flatnonzero(land.allowed.sum(axis=1) > 1)


def broken_rules(land: Allocation, use: Array) -> list[str]:
    """The rules that a layout breaks, by name."""
    program, group = program_of(land)
    worth = program.rows @ whole(land, use).ravel()
    bad = (worth < program.low - _FINE) | (worth > program.high + _FINE)
    touching = land.touching()
    out = [group[k] for k in np.flatnonzero(bad)] + [lack.supply.name for lack in land.lacks(whole(land, use))]
    return list(dict.fromkeys([*out, *(d.name for d in land.districts if islands(touching, use, d))]))


def walk(land: Allocation, starts: Array, blocks: Array, length: Length, seed: int) -> Walked:
    """Layouts drawn by walks from lawful starts (walks × parcels); the same seed draws the same.

    `blocks` are for each open parcel its neighbours, itself first (positions among the open ones).
    """
    state = _Walks(land, starts, blocks, seed)
    kept = np.empty((len(starts), length.draws, len(state.open)), dtype=np.int32)
    taken = 0
    for draw in range(-length.burn, length.draws):
        state.settle()
        for _ in range(length.steps):
            taken += state.step()
        if draw >= 0:
            kept[:, draw] = state.use[:, state.open]
    steps = (length.draws + length.burn) * length.steps * len(starts)
    return Walked(kept, state.open, taken / max(steps, 1))


class _Walks:
    """The layouts of all walks, and what each adds up to in every row of the program."""

    def __init__(self, land: Allocation, starts: Array, blocks: Array, seed: int) -> None:
        program, _ = program_of(land)
        self.land, self.open, self.blocks = land, open_of(land), blocks
        self.use = starts.astype(np.int64).copy()
        self.rows: csc_array = program.rows.tocsc()
        self.low, self.high = program.low - _FINE, program.high + _FINE
        self.random, touching = np.random.default_rng(seed), land.touching()
        self.nets = [_Net(land, touching, district) for district in land.districts]
        allowed = land.allowed[self.open]
        self.ways = allowed.sum(axis=1)
        self.choice = np.argsort(~allowed, axis=1, kind="stable")
        self.settle()

    def settle(self) -> None:
        """Add up all rows anew, so that no rounding piles up."""
        n, k = self.land.allowed.shape
        column = np.arange(n) * k + self.use
        self.worth = np.stack([np.asarray(self.rows[:, c].sum(axis=1)).ravel() for c in column])

    def step(self) -> int:
        """Try one step of each walk; how many were taken."""
        place, old, new = self._drawn()
        parcel = self.open[place]
        ok = self.land.allowed[parcel, new].all(axis=1) & (new != old).any(axis=1)
        if not ok.any():
            return 0
        which, at = np.nonzero((new != old) & ok[:, None])
        flat, value, owner = self._difference(which, parcel[which, at], (old[which, at], new[which, at]))
        total = self.worth.reshape(-1)
        np.add.at(total, flat, value)
        row = flat % len(self.low)
        out = (total[flat] < self.low[row]) | (total[flat] > self.high[row])
        ok[owner[out]] = False
        if self.nets or self.land.supplies:
            ok[ok] = self._kept(np.flatnonzero(ok), parcel[ok], new[ok])
        back = ~ok[owner]
        np.subtract.at(total, flat[back], value[back])
        self.use[np.flatnonzero(ok)[:, None], parcel[ok]] = new[ok]
        return int(ok.sum())

    def _drawn(self) -> tuple[Array, Array, Array]:
        """Draw the parcels of a step in each walk (positions among the open ones), their uses now and the new ones."""
        many, kind = len(self.use), int(self.random.integers(4))
        first = self.random.integers(len(self.open), size=many)
        if kind == 0:
            place = first[:, None]
        elif kind == 1:
            other = self.random.integers(max(len(self.open) - 1, 1), size=many)
            place = np.column_stack([first, (first + 1 + other) % len(self.open)])
        else:
            place = self.blocks[first]
        old = self.use[np.arange(many)[:, None], self.open[place]]
        if kind == 1:
            new = old[:, ::-1]
        elif kind == 2:
            new = self.random.permuted(old, axis=1)
        else:
            new = self.choice[place, (self.random.random(place.shape) * self.ways[place]).astype(np.int64)]
        return place, old, new

    def _difference(self, walk: Array, parcel: Array, uses: tuple[Array, Array]) -> tuple[Array, Array, Array]:
        """Return what changes in the rows: place in `worth`, value, and the walk that each belongs to."""
        k = self.land.allowed.shape[1]
        column = np.concatenate([parcel * k + uses[0], parcel * k + uses[1]])
        sign = np.repeat([-1.0, 1.0], len(parcel))
        begin, many = self.rows.indptr[column], np.diff(self.rows.indptr)[column]
        entry = np.repeat(begin - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(int(many.sum()))
        owner = np.repeat(np.concatenate([walk, walk]), many)
        return owner * len(self.low) + self.rows.indices[entry], np.repeat(sign, many) * self.rows.data[entry], owner

    def _kept(self, walks: Array, parcel: Array, new: Array) -> Array:
        """Which of some walks have no island in a district and no service too small after their step."""
        use = self.use[walks]
        use[np.arange(len(walks))[:, None], parcel] = new
        good = np.ones(len(walks), dtype=bool)
        for net in self.nets:
            good &= net.joined(use)
        for w in np.flatnonzero(good) if self.land.supplies else ():
            good[w] = not self.land.lacks(whole(self.land, use[w]))
        return good


class _Net:
    """The parcels of a district that may come and go, or hang on them, how they touch, and which touch land that stays.

    Parcels that stay and are joined to a seed through parcels that stay are anchored for good, and left out.
    """

    def __init__(self, land: Allocation, touching: csr_array, district: District) -> None:
        self.uses = district.uses
        some = (land.allowed & district.uses).any(axis=1)
        stays = some & (land.allowed.sum(axis=1) == 1)
        anchored = _spread((district.seeds & stays)[None], stays[None], touching)[0]
        self.at = np.flatnonzero(some & ~anchored)
        near = (touching @ anchored.astype(float)) > 0
        self.anchor = (near | district.seeds)[self.at]
        self.touching = touching[self.at][:, self.at]

    def joined(self, use: Array) -> Array:
        """Which layouts (a row each) have no island."""
        member = self.uses[use[:, self.at]]
        reached = _spread(member & self.anchor, member, self.touching)
        return np.asarray((reached == member).all(axis=1))


def _spread(reached: Array, member: Array, touching: csr_array) -> Array:
    """Return what can be reached (rows: layouts) through members that touch."""
    while True:
        wider: Array = reached | (member & ((touching @ reached.T.astype(np.float32)).T > 0))
        if (wider == reached).all():
            return wider
        reached = wider
