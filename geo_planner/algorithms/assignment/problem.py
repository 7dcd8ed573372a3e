"""Items, their options, and the capacities that options draw on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..programs.program import Program, Relaxed, gap_of, relax, sparse_rows

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Choose one option for each item at least cost; the options chosen must fit the capacities together.

    `item` and `cost` are per option; `use` is capacities × options, never negative; `room` is what each capacity holds.
    An item that may be left out has an option that uses nothing.
    """

    item: Array
    cost: Array
    use: csr_array
    room: Array

    @cached_property
    def items(self) -> int:
        """How many items there are."""
        return int(self.item.max()) + 1 if len(self.item) else 0

    @cached_property
    def whole_costs(self) -> bool:
        """Whether all costs are whole numbers, so that a bound may be rounded up."""
        return bool(np.allclose(self.cost, np.round(self.cost), atol=1e-9))

    @cached_property
    def columns(self) -> Any:
        """`use` by options."""
        return self.use.tocsc()

    def program(self, options: Array, room: Array | None = None, items: Array | None = None) -> Program:
        """The program over some options; of the items, only those listed must be placed."""
        wanted = np.arange(self.items) if items is None else items
        row = np.full(self.items, -1)
        row[wanted] = np.arange(len(wanted))
        choice = sparse_rows(
            row[self.item[options]], np.arange(len(options)), np.ones(len(options)), (len(wanted), len(options))
        )
        body = self.columns[:, options].tocsr()
        tight = np.flatnonzero(np.diff(body.indptr))
        body = body[tight].tocoo()
        n = len(wanted)
        top = choice.tocoo()
        rows = sparse_rows(
            np.concatenate([top.row, body.row + n]),
            np.concatenate([top.col, body.col]),
            np.concatenate([top.data, body.data]),
            (n + len(tight), len(options)),
        )
        high = np.concatenate([np.ones(n), (self.room if room is None else room)[tight]])
        low = np.concatenate([np.ones(n), np.full(len(tight), -np.inf)])
        return Program(self.cost[options], rows, low, high, np.ones(len(options), dtype=bool), np.inf)

    @cached_property
    def relaxed(self) -> Relaxed | None:
        """The linear relaxation over all options."""
        return relax(self.program(np.arange(len(self.item))))

    @cached_property
    def room_prices(self) -> Array:
        """What one more unit of each capacity saves, by the relaxation; 0 where it is not scarce."""
        return np.zeros(len(self.room)) if self.relaxed is None else self.prices(self.relaxed)

    def prices(self, relaxed: Relaxed) -> Array:
        """What one more unit of each capacity saves, by a relaxation over all options."""
        out = np.zeros(len(self.room))
        out[np.flatnonzero(np.diff(self.use.tocsr().indptr))] = -relaxed.price[self.items :]
        return out

    def load(self, chosen: Array) -> Array:
        """What some options use together of each capacity."""
        return np.asarray(self.columns[:, chosen].sum(axis=1)).ravel()

    def fits(self, chosen: Array) -> bool:
        """Whether some options fit the capacities together."""
        return bool((self.load(chosen) <= self.room + 1e-6 * np.maximum(1.0, np.abs(self.room))).all())


@dataclass(frozen=True, eq=False)
class Placed:
    """The option of each item in order (None where none was found), its cost, and the bound of every answer."""

    chosen: Array | None
    value: float
    bound: float
    infeasible: bool = False

    @property
    def gap(self) -> float:
        """Distance from the bound as a share of the value."""
        return gap_of(self.value, self.bound)

    @property
    def proved(self) -> bool:
        """Whether nothing better can exist, or nothing at all."""
        return self.infeasible or self.gap == 0.0
