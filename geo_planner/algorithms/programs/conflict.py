"""Why a program has no solution: the least group of rules in conflict, and what each would have to give.

The solver's own irreducible sets are for linear programs only and speak of rows; here rules are groups of rows, so the
answer can be said in the words of whoever wrote the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .program import Effort, Program, solve, sparse_rows


def least_conflict(rules: Sequence[str], feasible: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """A smallest set of rules that cannot hold together: take any one away and the rest can (QuickXplain).

    `feasible` says whether some rules can hold together. Empty where all of them can. Source: U. Junker, QuickXplain,
    AAAI 2004.
    """
    if feasible(rules):
        return ()
    return tuple(_explained((), (), tuple(rules), feasible))


def _explained(
    held: tuple[str, ...], new: tuple[str, ...], rules: tuple[str, ...], feasible: Callable[[Sequence[str]], bool]
) -> tuple[str, ...]:
    if new and not feasible(held):
        return ()
    if len(rules) <= 1:
        return rules
    half = len(rules) // 2
    one, two = rules[:half], rules[half:]
    second = _explained((*held, *one), one, two, feasible)
    first = _explained((*held, *second), second, one, feasible)
    return (*first, *second)


def conflict(program: Program, group: Sequence[str], effort: Effort) -> tuple[str, ...]:
    """The least set of groups of rows in conflict; rows of the group "" always hold.

    A set of which the effort does not prove that it is infeasible counts as feasible, so what is named is proved.
    """
    names = np.array(group, dtype=object)

    def feasible(rules: Sequence[str]) -> bool:
        keep = np.isin(names, [*rules, ""])
        part = replace(
            program, rows=program.rows[keep], low=program.low[keep], high=program.high[keep], cost=0.0 * program.cost
        )
        return solve(part, effort).status != "infeasible"

    return least_conflict(tuple(dict.fromkeys(n for n in group if n)), feasible)


def give_of(program: Program, group: Sequence[str], rule: str, effort: Effort) -> float | None:
    """How much the rows of one rule must give together, in their own unit, until a solution exists; all others hold.

    None where no amount is enough.
    """
    rows = np.flatnonzero(np.array(group, dtype=object) == rule)
    many, n = len(rows), len(program.cost)
    at = np.concatenate([rows, rows])
    column = n + np.arange(2 * many)
    slack = sparse_rows(at, column, np.repeat([1.0, -1.0], many), (program.rows.shape[0], n + 2 * many))
    wide = program.rows.tocoo()
    body = sparse_rows(wide.row, wide.col, wide.data, slack.shape)
    soft = Program(
        np.concatenate([np.zeros(n), np.ones(2 * many)]),
        (body + slack).tocsr(),
        program.low,
        program.high,
        np.concatenate([program.whole, np.zeros(2 * many, dtype=bool)]),
        np.concatenate([np.broadcast_to(program.top, n), np.full(2 * many, np.inf)]),
    )
    found = solve(soft, effort)
    return None if found.x is None else found.value
