"""The chances that members draw: seeded, the same for every number of processes."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import qmc

Array = np.ndarray[Any, Any]
LEAST = 8
"""Base rows of a Sobol design, at least; below that no indices are estimated."""


def base_rows(members: int, variables: int) -> int:
    """How many base rows of a Saltelli design (n·(variables + 2) members) fit: a power of two, or 0."""
    fits = members // (variables + 2)
    return 0 if variables < 2 or fits < LEAST else 1 << (fits.bit_length() - 1)


def chances(members: int, variables: int, seed: int) -> Array:
    """Numbers between 0 and 1, one row a member and one column a variable.

    The first rows are a Saltelli design on a scrambled Sobol sequence, in the order SALib reads it: A, then A with each
    column of B, then B, for each base row. The rest fills up with a Latin hypercube. Every row alone is an even draw,
    so shares over all members are right as well. Source: Saltelli 2010, doi 10.1016/j.cpc.2009.09.018.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    n = base_rows(members, variables)
    parts = [saltelli(n, variables, rng)] if n else []
    rest = members - sum(len(p) for p in parts)
    if rest:
        parts.append(qmc.LatinHypercube(variables, rng=rng).random(rest))
    return np.concatenate(parts)


def saltelli(n: int, variables: int, rng: np.random.Generator) -> Array:
    """Return n·(variables + 2) rows for first-order and total indices."""
    both = qmc.Sobol(2 * variables, scramble=True, rng=rng).random(n)
    a, b = both[:, :variables], both[:, variables:]
    block = np.repeat(a[:, None, :], variables + 2, axis=1)
    for k in range(variables):
        block[:, k + 1, k] = b[:, k]
    block[:, -1, :] = b
    return block.reshape(-1, variables)
