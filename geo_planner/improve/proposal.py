"""What every proposal is: edits with reasons, a table, the value reached and the bound on any other answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ..algorithms.programs.program import gap_of
from ..plan import Edit


@dataclass(frozen=True, eq=False, kw_only=True)
class Proposal:
    """One proposal; without edits it is none, and `reason` says why.

    Parameters
    ----------
    value, bound
        What is made least, and the bound below which no answer lies. Both are infinite where no answer exists.
    unit
        Of the value.
    timed
        Whether the search was stopped by the clock, so that it may differ when made again.
    reason
        A key of the words in `show`, and its arguments; empty where there is a proposal.
    tables
        Rows behind the proposal by name; the first is the answer itself.
    options
        The edits of each point of a front, in the order of the table "front"; empty where there is no front.
    """

    what: str
    edits: tuple[Edit, ...]
    value: float
    bound: float
    unit: str
    timed: bool = False
    reason: str = ""
    args: Mapping[str, object] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    options: tuple[tuple[Edit, ...], ...] = ()

    @property
    def gap(self) -> float:
        """How far the answer may be from the best, as a share of its value."""
        return gap_of(self.value, self.bound)

    @property
    def status(self) -> str:
        """One of "optimal", "feasible", "none"."""
        if self.reason:
            return "none"
        return "optimal" if self.gap == 0.0 else "feasible"
