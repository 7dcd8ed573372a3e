"""Services that must be large enough: land for schools and the like within reach of homes, each square metre used once.

A layout has enough where a flow from the homes to the services near them carries what all homes need. By the theorem
of Gale that is so where no group of homes needs more than all services near it give; groups that do are the cuts.
Source: D. Gale, A theorem on flows in networks, Pacific Journal of Mathematics 7 (1957).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

Array = np.ndarray[Any, Any]

_LEAST = 1e-4
"""The share of a need, beside a unit for each parcel, below which a lack is a matter of rounding."""


@dataclass(frozen=True, eq=False)
class Supply:
    """A parcel with a use of `who` needs `share` of its area as uses of `of` among its pairs (parcel, server)."""

    name: str
    pairs: Array
    who: Array
    of: Array
    share: float


@dataclass(frozen=True, eq=False)
class Lack:
    """Homes that need more than all that is near them gives: homes, what each needs anew and as it stands, servers."""

    supply: Supply
    homes: Array
    anew: Array
    stays: Array
    servers: Array


def served(supply: Supply, want: Array, room: Array) -> tuple[Array, list[Array]]:
    """What each parcel gets of what it wants, and the groups of parcels that get too little.

    Amounts are rounded to whole units; each group is joined by services that they share.
    """
    n = len(want)
    i, j = supply.pairs.reshape(-1, 2).T
    need, give = np.rint(want).astype(np.int32), np.rint(room).astype(np.int32)
    use = (need[i] > 0) & (give[j] > 0)
    i, j = i[use], j[use]
    every, source, sink = np.arange(n), 2 * n, 2 * n + 1
    row = np.concatenate([np.full(n, source), i, n + every])
    column = np.concatenate([every, n + j, np.full(n, sink)])
    cap = np.concatenate([need, np.minimum(need[i], give[j]), give])
    graph = csr_array(coo_array((cap, (row, column)), shape=(2 * n + 2, 2 * n + 2)))
    found = maximum_flow(graph, source, sink)
    got = np.asarray(found.flow[[source], :].toarray()).ravel()[:n]
    if found.flow_value >= need.sum() * (1 - _LEAST) - np.count_nonzero(need):
        return got, []
    left = csr_array(graph - found.flow)
    left.eliminate_zeros()
    reached = np.zeros(2 * n + 2, dtype=bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    short = reached[:n] & (need > 0)
    links = short[i]
    joined = coo_array((np.ones(links.sum()), (i[links], n + j[links])), shape=(2 * n, 2 * n))
    part = connected_components(joined, directed=False)[1][:n]
    return got, [np.flatnonzero(short & (part == k)) for k in np.unique(part[short])]


def lack_of(supply: Supply, area: Array, now: Array, homes: Array) -> Lack:
    """The cut that a group of homes gives: with all that may lie near them, and what they get as things stand."""
    i, j = supply.pairs.reshape(-1, 2).T
    today = served(supply, supply.share * area * supply.who[now], area * supply.of[now])[0]
    near = np.unique(j[np.isin(i, homes)])
    return Lack(supply, homes, supply.share * area[homes], today[homes].astype(float), near)
