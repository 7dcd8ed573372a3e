"""p-centre, least number of sites, and the p sites that reach most demand; all exact, with their bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import vstack

from ..programs.program import Effort, Program, solve, sparse_rows
from .median import Sites

Array = np.ndarray[Any, Any]


def fewest_sites(near: Array, effort: Effort) -> Sites | None:
    """The fewest columns of `near` (customers × sites, true within reach) that reach every customer.

    None where some customer is beyond every reach. The value is the number of sites.
    """
    customers, sites = near.shape
    if not customers:
        return Sites(np.empty(0, dtype=np.int64), 0.0, 0.0)
    if not near.any(axis=1).all():
        return None
    row, column = np.nonzero(np.unique(near, axis=0))
    many = int(row.max()) + 1
    rows = sparse_rows(row, column, np.ones(len(row)), (many, sites))
    whole = np.ones(sites, dtype=bool)
    found = solve(Program(np.ones(sites), rows, np.ones(many), np.full(many, np.inf), whole), effort)
    chosen = _greedy_cover(near) if found.x is None else np.flatnonzero(found.x > 0.5)
    bound = float(np.ceil(max(found.bound, 1.0) - 1e-6))
    return Sites(chosen, float(len(chosen)), min(bound, float(len(chosen))))


def _greedy_cover(near: Array) -> Array:
    left, chosen = np.ones(len(near), dtype=bool), []
    while left.any():
        chosen.append(int(near[left].sum(axis=0).argmax()))
        left &= ~near[:, chosen[-1]]
    return np.sort(np.array(chosen, dtype=np.int64))


def p_centre(distance: Array, p: int, effort: Effort) -> Sites:
    """The p columns with the least greatest distance of a customer (row) to the nearest of them.

    Halves the list of distances; each step asks for the fewest sites within a distance. The bound is the largest
    distance for which more than p sites are proved necessary.
    """
    steps = np.unique(distance[np.isfinite(distance)])
    best, low, high = Sites(np.empty(0, dtype=np.int64), np.inf, 0.0), 0, len(steps) - 1
    bound = float(steps[0]) if len(steps) else np.inf
    while low <= high:
        middle = (low + high) // 2
        found = fewest_sites(distance <= steps[middle], effort)
        if found is not None and found.value <= p:
            rest = np.setdiff1d(np.arange(distance.shape[1]), found.chosen)[: max(p - len(found.chosen), 0)]
            chosen = np.sort(np.concatenate([found.chosen, rest]))
            best, high = Sites(chosen, float(distance[:, chosen].min(axis=1).max(initial=0.0)), 0.0), middle - 1
        else:
            low = middle + 1
            if (found is None or found.bound > p) and middle + 1 < len(steps):
                bound = max(bound, float(steps[middle + 1]))
            elif found is None or found.bound > p:
                bound = np.inf
    return Sites(best.chosen, best.value, min(bound, best.value))


def fewest_for(near: Array, demand: Array, need: float, effort: Effort) -> Sites:
    """The fewest columns of `near` that reach a demand of `need`, or all that can be reached where that is less.

    Of several answers with as few sites, one that reaches the most is taken.
    """
    most = float(demand[near.any(axis=1)].sum())
    weight, program = _covering(near, demand)
    sites, many = near.shape[1], len(weight)
    reach = sparse_rows(np.zeros(many), sites + np.arange(many), weight, (1, sites + many))
    rows = vstack([program.rows[:many], reach]).tocsr()
    low = np.append(np.zeros(many), min(need, most) * (1 - 1e-9))
    cost = np.concatenate([np.ones(sites), np.zeros(many)])
    high = np.full(many + 1, np.inf)
    found = solve(Program(cost, rows, low, high, program.whole), effort)
    if found.x is None:
        chosen = _greedy_cover(near[near.any(axis=1)])
        return Sites(chosen, float(len(chosen)), min(float(np.ceil(found.bound - 1e-6)), float(len(chosen))))
    count = int(found.x[:sites].sum() + 0.5)
    better = most_covered(near, demand, count, effort).chosen
    return Sites(better, float(count), min(float(np.ceil(found.bound - 1e-6)), float(count)))


def most_covered(near: Array, demand: Array, p: int, effort: Effort) -> Sites:
    """At most p columns of `near` that reach the most demand; the value is the demand reached, made negative."""
    weight, program = _covering(near, demand)
    sites = near.shape[1]
    choice = sparse_rows(np.zeros(sites), np.arange(sites), np.ones(sites), (1, sites + len(weight)))
    rows = vstack([program.rows, choice]).tocsr()
    low, high = np.append(program.low, 0.0), np.append(program.high, float(p))
    found = solve(Program(program.cost, rows, low, high, program.whole), effort)
    chosen = np.empty(0, dtype=np.int64) if found.x is None else np.flatnonzero(found.x[:sites] > 0.5)
    reached = float(demand[near[:, chosen].any(axis=1)].sum())
    return Sites(chosen, -reached, min(found.bound, -reached))


def _covering(near: Array, demand: Array) -> tuple[Array, Program]:
    """Return the demand of each pattern of sites, and the program: a pattern counts where a site of it is taken."""
    useful = np.flatnonzero(near.any(axis=1) & (demand > 0))
    patterns, group = np.unique(near[useful], axis=0, return_inverse=True)
    weight = np.bincount(group.ravel(), demand[useful], len(patterns))
    sites, many = near.shape[1], len(patterns)
    row, column = np.nonzero(patterns)
    rows = sparse_rows(
        np.concatenate([row, np.arange(many)]),
        np.concatenate([column, sites + np.arange(many)]),
        np.concatenate([np.ones(len(row)), -np.ones(many)]),
        (many, sites + many),
    )
    whole = np.concatenate([np.ones(sites, dtype=bool), np.zeros(many, dtype=bool)])
    cost = np.concatenate([np.zeros(sites), -weight])
    return weight, Program(cost, rows, np.zeros(many), np.full(many, np.inf), whole)
