"""Why a schedule is impossible: the smallest set of arcs and dates that contradict each other, and the ways out.

Arcs and dates together are differences between days; day 0 is a node of its own, the root. They can be kept exactly
when no circle of them is longer than nothing. A simple circle of positive length is therefore the explanation, and it
is minimal: drop any one of its members and the rest can be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse import csgraph

from .network import ANY_DAY, NO_DEADLINE, Floats, Ints, Network

What = Literal["arc", "earliest", "deadline", "frozen"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Terms:
    """Everything that has to be kept, as one list of arcs with the root as node n.

    `what` and `row` say which arc or which task's date a term comes from.
    """

    before: Ints
    after: Ints
    lag: Ints
    what: np.ndarray
    row: Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict:
    """A minimal set of arcs and dates that cannot all be kept.

    `members` has the columns what, task, other, lag, rule, evidence, in the order of the circle; `days` is how much
    too tight it is: loosening any one member by that many days resolves this conflict.
    """

    members: pd.DataFrame
    days: int


def terms_of(network: Network, *, today: int | None = None) -> Terms:
    """Arcs, earliest days, deadlines and frozen starts as one list."""
    tasks, arcs = network.tasks, network.arcs
    n, rows = tasks.n, np.arange(tasks.n)
    floor = tasks.earliest if today is None else np.maximum(tasks.earliest, today)
    low = rows[(floor > ANY_DAY) & ~tasks.frozen]
    high = rows[(tasks.deadline < NO_DEADLINE) & ~tasks.frozen]
    held = rows[tasks.frozen & tasks.dated]
    root = np.full(n, n)
    parts: list[tuple[str, Ints, Ints, Ints, Ints]] = [
        ("arc", arcs.before, arcs.after, arcs.lag, np.arange(len(arcs))),
        ("earliest", root[low], low, floor[low], low),
        ("deadline", high, root[high], tasks.duration[high] - tasks.deadline[high], high),
        ("frozen", root[held], held, tasks.start[held], held),
        ("frozen", held, root[held], -tasks.start[held], held),
    ]
    kinds = np.concatenate([np.full(len(p[1]), p[0], dtype=object) for p in parts])
    before, after, lag, row = (np.concatenate([p[k] for p in parts]).astype(np.int64) for k in range(1, 5))
    return Terms(before=before, after=after, lag=lag, what=kinds, row=row)


def conflict(network: Network, *, today: int | None = None) -> Conflict | None:
    """A minimal set of rules and dates that cannot all be kept; None where a schedule exists.

    With `today`, tasks that are not frozen cannot start before it.
    """
    terms = terms_of(network, today=today)
    circle = positive_circle(network.tasks.n + 1, terms)
    if circle is None:
        return None
    return Conflict(members=_members(network, terms, circle), days=int(terms.lag[circle].sum()))


def positive_circle(n: int, terms: Terms) -> Ints | None:
    """The terms of one simple circle of positive length, in order; None where there is none.

    Bellman and Ford's rounds on whole arrays, on the terms that touch a day that just moved; the tree of parents is
    searched for a circle every few rounds.
    """
    sort = np.argsort(terms.before, kind="stable")
    ptr = np.searchsorted(terms.before[sort], np.arange(n + 1))
    value = np.zeros(n, np.int64)
    parent = np.full(n, -1, np.int64)
    front = np.arange(n)
    for turn in range(1, n + 2):
        size = ptr[front + 1] - ptr[front]
        ends = np.cumsum(size)
        at = np.arange(ends[-1]) + np.repeat(ptr[front] - (ends - size), size)
        term = sort[at]
        pushed = value[terms.before[term]] + terms.lag[term]
        better = pushed > value[terms.after[term]]
        term, pushed = term[better], pushed[better]
        if not len(term):
            return None
        # The last write wins, so the greatest push is written last.
        order = np.argsort(pushed, kind="stable")
        value[terms.after[term[order]]] = pushed[order]
        parent[terms.after[term[order]]] = term[order]
        front = np.unique(terms.after[term])
        if turn % 8 == 0 or turn > n:
            circle = _circle_of_parents(n, terms, parent)
            if circle is not None:
                return circle
    return _circle_of_parents(n, terms, parent)


def _circle_of_parents(n: int, terms: Terms, parent: Ints) -> Ints | None:
    have = np.flatnonzero(parent >= 0)
    graph = sparse.csr_array((np.ones(len(have)), (terms.before[parent[have]], have)), shape=(n, n))
    _, part = csgraph.connected_components(graph, directed=True, connection="strong")
    own = terms.before[parent[have]]
    inside = have[part[own] == part[have]]
    if not len(inside):
        return None
    first = node = int(inside[0])
    circle = []
    while True:
        circle.append(int(parent[node]))
        node = int(terms.before[parent[node]])
        if node == first:
            return np.array(circle[::-1], np.int64)


def _members(network: Network, terms: Terms, circle: Ints) -> pd.DataFrame:
    tasks, arcs = network.tasks, network.arcs
    what, row = terms.what[circle], terms.row[circle]
    arc = what == "arc"
    safe = np.where(arc, row, 0)
    has = len(arcs) > 0
    task = np.where(arc, arcs.before[safe] if has else row, row)
    other = np.where(arc, tasks.ids[arcs.after[safe]] if has else "", "")
    return pd.DataFrame(
        {
            "what": what.astype(str),
            "task": tasks.ids[task].astype(str),
            "other": other.astype(str),
            "lag": terms.lag[circle],
            "rule": np.where(arc, arcs.rule[safe] if has else "", what).astype(str),
            "evidence": np.where(arc, arcs.evidence[safe] if has else "", "").astype(str),
        }
    )


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What one day of loosening costs for each kind of rule; infinity = it must not be touched."""

    arc: float = 10.0
    earliest: float = 3.0
    deadline: float = 1.0
    frozen: float = float("inf")


def ways_out(network: Network, *, today: int | None = None, prices: Prices | None = None) -> pd.DataFrame:
    """The cheapest set of loosenings after which everything can be kept, by linear programming.

    Columns: what, task, other, rule, days (how far this one is moved), price. Empty where nothing has to give, or
    where what may be touched does not help (then only arcs and dates priced at infinity stand against each other).
    """
    terms = terms_of(network, today=today)
    price = _price_of(terms, prices or Prices())
    given = _loosened(network.tasks.n + 1, terms, price)
    hit = np.flatnonzero(given > 0)
    table = _members(network, terms, hit)
    return table.assign(days=given[hit], price=given[hit] * price[hit]).drop(columns=["lag", "evidence"])


def _price_of(terms: Terms, prices: Prices) -> Floats:
    price = np.zeros(len(terms.lag))
    for what in ("arc", "earliest", "deadline", "frozen"):
        price[terms.what == what] = getattr(prices, what)
    return price


def _loosened(n: int, terms: Terms, price: Floats) -> Ints:
    """Days by which each term gives way: the matrix is a network's, so the corner found is whole."""
    m = len(terms.lag)
    soft = np.flatnonzero(np.isfinite(price))
    rows = np.arange(m)
    days = sparse.csr_array(
        (np.r_[np.ones(m), -np.ones(m)], (np.r_[rows, rows], np.r_[terms.before, terms.after])), shape=(m, n)
    )
    slack = sparse.csr_array((-np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(m, len(soft)))
    # Day 0 is the root, which stays where it is; days may lie on both sides of it.
    bounds = np.array([(-np.inf, np.inf)] * (n - 1) + [(0.0, 0.0)] + [(0.0, np.inf)] * len(soft))
    answer = linprog(
        np.r_[np.zeros(n), price[soft]],
        A_ub=sparse.hstack([days, slack], format="csr"),
        b_ub=-terms.lag.astype(float),
        bounds=bounds,
        method="highs-ds",
    )
    given = np.zeros(m, np.int64)
    if answer.status == 0:
        given[soft] = np.rint(answer.x[n:]).astype(np.int64)
    return given
