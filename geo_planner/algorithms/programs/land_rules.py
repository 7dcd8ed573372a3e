"""Rules for the uses of parcels as a program: one use a parcel, bands, clashes, needs, and cuts that join districts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .program import Program, sparse_rows
from .supplies import Lack, Supply, lack_of, served

Array = np.ndarray[Any, Any]

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


@dataclass(frozen=True, eq=False)
class Limit:
    """A sum over all parcels of a weight by use (parcels × uses) lies between low and high."""

    name: str
    weight: Array
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Borders:
    """Pairs of parcels side by side, the length they share, and the kind of each use (a number from 0).

    A pair of different kinds costs `price` times its length, and all such lengths together stay within `most`.
    """

    pairs: Array
    length: Array
    kind: Array
    price: float = 0.0
    most: float = np.inf

    def parted(self, use: Array) -> float:
        """The length between different kinds in a layout."""
        kind = self.kind[use]
        return float(self.length[kind[self.pairs[:, 0]] != kind[self.pairs[:, 1]]].sum())


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
    supplies: Sequence[Supply] = ()
    districts: Sequence[District] = ()
    links: Array | None = None
    limits: Sequence[Limit] = ()
    borders: Borders | None = None

    @property
    def parted(self) -> int:
        """Columns beside those of the uses: one a border, 1 where its sides are of different kinds."""
        return 0 if self.borders is None else len(self.borders.pairs)

    def worth(self, use: Array) -> float:
        """What a layout costs."""
        own = float(self.cost[np.arange(len(use)), use].sum())
        return own if self.borders is None else own + self.borders.price * self.borders.parted(use)

    def lacks(self, share: Array) -> list[Lack]:
        """The homes that lack a service in a layout; `share` is how much of each parcel has each use.

        Homes that stay as they are need no more than they get as things stand.
        """
        out: list[Lack] = []
        stays = np.arange(share.shape[1]) == self.now[:, None]
        for supply in self.supplies:
            every = lack_of(supply, self.area, self.now, np.arange(len(self.area)))
            anew, old = (share * supply.who * ~stays).sum(axis=1), (share * supply.who * stays).sum(axis=1)
            want = every.anew * anew + every.stays * old
            _, groups = served(supply, want, self.area * (share * supply.of).sum(axis=1))
            out += [lack_of(supply, self.area, self.now, homes) for homes in groups]
        return out

    def first_lacks(self) -> list[Lack]:
        """Each home by itself, and all together."""
        out: list[Lack] = []
        for supply in self.supplies:
            able = np.flatnonzero((self.allowed & supply.who).any(axis=1))
            every = lack_of(supply, self.area, self.now, able)
            out += [every] if len(able) else []
            i, j = supply.pairs.reshape(-1, 2).T
            order = np.argsort(i, kind="stable")
            near = np.split(j[order], np.searchsorted(i[order], np.arange(1, len(self.area))))
            out += [
                Lack(supply, able[k : k + 1], every.anew[k : k + 1], every.stays[k : k + 1], near[home])
                for k, home in enumerate(able.tolist())
            ]
        return out

    def touching(self) -> csr_array:
        """The graph of parcels that touch."""
        n, links = len(self.area), np.empty((0, 2), dtype=int) if self.links is None else self.links
        both = np.concatenate([links, links[:, ::-1]])
        return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n))


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

    def weigh(self, weight: Array, scale: float) -> None:
        """Add a weight for each parcel and use to the next row."""
        parcel, use = np.nonzero(self.land.allowed & (weight != 0.0))
        column = parcel * self.land.allowed.shape[1] + use
        self.parts.append((np.full(len(parcel), len(self.group)), column, weight[parcel, use] / scale))

    def borders(self, row: Array, value: Array | float) -> None:
        """Add the column of each border to a row, counted from the rows there are."""
        column = self.land.allowed.size + np.arange(self.land.parted)
        self.parts.append((row + len(self.group), column, np.broadcast_to(np.asarray(value, dtype=float), row.shape)))

    def close(self, names: Iterable[str], low: Array | float, high: Array | float) -> None:
        """End the rows begun by `terms`: a name each, and their limits."""
        names = list(names)
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), (len(names),)))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), (len(names),)))
        self.group += names

    def program(self) -> Program:
        """All rows as a program over x[parcel, use], and a column a border after them."""
        land, (row, column, value) = self.land, (np.concatenate(p) for p in zip(*self.parts, strict=True))
        size, more = land.allowed.size, land.parted
        rows = sparse_rows(row, column, value, (len(self.group), size + more))
        parting = np.empty(0) if land.borders is None else land.borders.price * land.borders.length
        whole, top = np.arange(size + more) < size, np.concatenate([land.allowed.astype(float).ravel(), np.ones(more)])
        cost = np.concatenate([land.cost.ravel(), parting])
        return Program(cost, rows, np.concatenate(self.low), np.concatenate(self.high), whole, top)


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
    for limit in land.limits:
        scale = max(float(np.abs(limit.weight).max(initial=0.0)), 1e-9)
        rows.weigh(limit.weight, scale)
        rows.close([limit.name], limit.low / scale, limit.high / scale)
    if land.borders is not None:
        _borders(rows, land.borders)
    return rows.program(), rows.group


def _borders(rows: _Rows, borders: Borders) -> None:
    """Add that a border parts kinds where one side has a kind that the other has not, and the limit of all borders."""
    every, (i, j) = np.arange(len(borders.pairs)), borders.pairs.reshape(-1, 2).T
    for kind in np.unique(borders.kind).tolist():
        mask = borders.kind == kind
        for one, other in ((i, j), (j, i)):
            rows.terms(every, one, mask)
            rows.terms(every, other, mask, -1.0)
            rows.borders(every, -1.0)
            rows.close([""] * len(every), -np.inf, 0.0)
    if np.isfinite(borders.most):
        total = max(float(borders.length.sum()), 1e-9) / 100.0
        rows.borders(np.zeros(len(every), dtype=int), borders.length / total)
        rows.close(["borders"], -np.inf, borders.most / total)


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


def with_cuts(
    land: Allocation, program: Program, group: list[str], cuts: Sequence[Cut | Lack]
) -> tuple[Program, list[str]]:
    """The program with one row more for each cut."""
    if not cuts:
        return program, group
    rows = _Rows(land)
    old = program.rows.tocoo()
    rows.parts.append((old.row, old.col, old.data))
    rows.close(group, program.low, program.high)
    for cut in cuts:
        if isinstance(cut, Lack):
            _lack(rows, cut)
            continue
        name, parcel, gate, uses = cut
        rows.terms(np.zeros(1, dtype=int), np.array([parcel]), uses)
        rows.terms(np.zeros(len(gate), dtype=int), gate, uses, -1.0)
        rows.close([name], -np.inf, 0.0)
    return rows.program(), rows.group


def _lack(rows: _Rows, lack: Lack) -> None:
    """Add the row of a group of homes: what they need, in hectares, at most what the services near them give."""
    supply, now = lack.supply, rows.land.now[lack.homes]
    stays = np.arange(rows.land.allowed.shape[1]) == now[:, None]
    zero = np.zeros(len(lack.homes), dtype=int)
    rows.terms(zero, lack.homes, supply.who & ~stays, lack.anew / 1e4)
    rows.terms(zero, lack.homes, supply.who & stays, lack.stays / 1e4)
    rows.terms(np.zeros(len(lack.servers), dtype=int), lack.servers, supply.of, -rows.land.area[lack.servers] / 1e4)
    rows.close([supply.name], -np.inf, 0.0)
