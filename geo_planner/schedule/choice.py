"""Rules that leave a choice: an event waits until enough of several others have come, whichever they are.

A parcel is served along one path or another, a gate opens when any half of the industry has started. Each group has
options, each option members with weights; a group is kept when in one option the members that have come weigh enough.
The choice is made inside the problem by a mixed-integer programme, whose bound is a bound for the whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csgraph

from .network import Arcs, Bools, Floats, Ints, Network
from .reach import Known, Reach, reach_of
from .window import Window

NODES = 2_000
"""Branches searched at most; what is not proved by then is said with its gap."""
SECONDS = 180.0
"""A guard for machines on which even that takes too long; by the clock, of which a busy machine gives a part only."""
LEAST_SECONDS = 90.0
"""What each part that is independent of the others has at the least."""
GAP = 1e-7


@dataclass(frozen=True, eq=False)
class Choices:
    """Members of groups as arcs, with the number of the group and of the option, the weight, and what is needed."""

    arcs: Arcs
    group: Ints
    option: Ints
    weight: Floats
    need: Floats

    def __len__(self) -> int:
        return len(self.arcs)

    def pick(self, keep: Bools | Ints) -> Choices:
        """Some of the members, by mask or index."""
        return Choices(self.arcs.pick(keep), self.group[keep], self.option[keep], self.weight[keep], self.need[keep])

    def joined(self, other: Choices) -> Choices:
        """These choices and others; numbers of groups and options must differ."""
        names = [n for n in self.__dataclass_fields__ if n != "arcs"]
        both = {n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in names}
        mine = {n: getattr(self.arcs, n) for n in self.arcs.__dataclass_fields__}
        arcs = Arcs(**{n: np.concatenate([own, getattr(other.arcs, n)]) for n, own in mine.items()})
        return replace(self, arcs=arcs, **both)

    def broken(self, start: Ints) -> Ints:
        """The numbers of the groups that some starts do not keep."""
        arcs = self.arcs
        come = start[arcs.after] >= start[arcs.before] + arcs.lag
        table = pd.DataFrame({"option": self.option, "group": self.group, "need": self.need})
        options = (
            table.assign(have=self.weight * come)
            .groupby("option")
            .agg(group=("group", "first"), need=("need", "first"), have=("have", "sum"))
        )
        kept = options["group"][options["have"] >= options["need"] - 1e-9]
        return np.setdiff1d(self.group, kept.to_numpy())

    def hopeless(self) -> Ints:
        """The events that wait for groups of which no option can ever weigh enough."""
        table = pd.DataFrame({"option": self.option, "need": self.need, "weight": self.weight})
        enough = table.groupby("option")["weight"].transform("sum") >= table["need"] - 1e-9
        return np.unique(self.arcs.after[~np.isin(self.group, self.group[enough.to_numpy(bool)])])

    def nearest(self, start: Ints) -> Bools:
        """For each group the members that are least late by some starts, enough of them, in one option."""
        arcs = self.arcs
        short = np.maximum(start[arcs.before] + arcs.lag - start[arcs.after], 0)
        table = pd.DataFrame({"group": self.group, "option": self.option, "short": short, "weight": self.weight})
        table["need"] = self.need
        table = table.sort_values(["option", "short", "weight"], ascending=[True, True, False], kind="stable")
        have = table.groupby("option")["weight"].cumsum()
        table["taken"] = have - table["weight"] < table["need"] - 1e-9
        whole = table.groupby("option")["weight"].transform("sum") >= table["need"] - 1e-9
        table["cost"] = (table["short"] * table["taken"]).groupby(table["option"]).transform("sum").where(whole, np.inf)
        best = table.sort_values(["group", "cost", "option"], kind="stable").drop_duplicates("group")["option"]
        table["taken"] &= table["option"].isin(best)
        return np.asarray(table["taken"].sort_index().to_numpy(dtype=bool))


@dataclass(frozen=True, eq=False)
class Chosen:
    """Which members hold, and the least cost that any choice can have; `possible` is False where none can be kept."""

    members: Bools
    bound: float
    possible: bool


def merged(network: Network, choices: Choices, members: Bools) -> Network:
    """The network with some members of the choices as arcs that must be kept."""
    more, arcs = choices.arcs.pick(members), network.arcs
    both = {n: np.concatenate([getattr(arcs, n), getattr(more, n)]) for n in arcs.__dataclass_fields__}
    return Network(network.tasks, Arcs(**both))


def chosen(network: Network, choices: Choices, window: Window, known: Known) -> Chosen:
    """The best choice by a mixed-integer programme over everything it touches.

    The groups that the schedule without choices keeps are left out at first. Nothing dearer than the known schedule is
    looked at, so that the
    numbers stay small. Events out of touch stay at their wish and groups that are kept anyway are left out, which both
    can only lower the bound; what an answer breaks joins the next round.
    """
    arcs, start, reach = network.arcs, known.start, reach_of(network, window, known)
    active = np.isin(choices.group, choices.broken(start))
    inside = _touched(network, choices.pick(active), window)
    if known.near is not None:
        inside = neighbours(network, inside | (known.near != window.wish))
    while True:
        found, answer = _solved_apart(network, choices.pick(active), window, (np.flatnonzero(inside), reach))
        members = np.zeros(len(choices), bool)
        members[active] = found.members
        found = Chosen(members, found.bound, found.possible)
        # A bound that reaches the known cost settles it: nothing is cheaper than what is known.
        if answer is None or found.bound >= known.most - 1e-6:
            return replace(found, members=np.zeros(len(choices), bool))
        start = answer
        broken = start[arcs.after] < start[arcs.before] + arcs.lag
        more = ~active & np.isin(choices.group, choices.broken(start))
        if not broken.any() and not more.any():
            # Groups that were left out are kept as they come; their members that hold them must go on doing so.
            rest = choices.pick(~active)
            members[~active] = rest.nearest(start)
            return Chosen(members, found.bound, True)
        active |= more
        inside[arcs.before[broken]] = inside[arcs.after[broken]] = True
        inside = neighbours(network, inside | _touched(network, choices.pick(active), window))


def neighbours(network: Network, inside: Bools) -> Bools:
    """Some events, those one arc away, and the whole works of all of them: half a work would move for free."""
    arcs = network.arcs
    grown = _one_on(arcs, inside)
    own = arcs.pick(arcs.rule == "WORK")
    while len(own) and (wider := _one_on(own, grown)).sum() > grown.sum():
        grown = wider
    return grown


def _one_on(arcs: Arcs, inside: Bools) -> Bools:
    grown = inside.copy()
    grown[arcs.after[inside[arcs.before]]] = True
    grown[arcs.before[inside[arcs.after]]] = True
    return grown


def _touched(network: Network, choices: Choices, window: Window) -> Bools:
    start = np.clip(window.wish, window.low, np.maximum(window.high, window.low))
    arcs = network.arcs
    broken = start[arcs.after] < start[arcs.before] + arcs.lag
    inside = start != window.wish
    for end in (arcs.before[broken], arcs.after[broken], choices.arcs.before, choices.arcs.after):
        inside[end] = True
    return neighbours(network, inside)


def _solved_apart(
    network: Network, choices: Choices, window: Window, part: tuple[Ints, Reach]
) -> tuple[Chosen, Ints | None]:
    """The programmes of parts that no arc and no choice joins, each for itself: their bounds add up.

    Events that cannot move join nothing: whatever is on either side of them, they stay.
    """
    rows, reach = part
    parts, of = _parts(network, choices, window, rows)
    members, bound, possible = np.zeros(len(choices), bool), 0.0, True
    start: Ints | None = np.clip(window.wish, window.low, np.maximum(window.high, window.low))
    whole = float(max(len(choices), 1))
    free = rows[window.low[rows] < window.high[rows]]
    for k in np.unique(np.r_[parts[free], of]).tolist():
        own = free[parts[free] == k]
        mine = np.flatnonzero(of == k)
        # Events that stay are the neighbours of several parts: each part has those it touches.
        beside = np.setdiff1d(_beside(network, choices.pick(mine), window, own), own)
        seconds = max(SECONDS * len(mine) / whole, LEAST_SECONDS)
        found, answer = _solved(network, choices.pick(mine), window, (np.r_[own, beside], reach), seconds)
        bound += found.bound
        possible &= found.possible
        members[mine] = found.members
        if answer is None:
            start = None
        elif start is not None:
            start[own] = answer[own]
    return Chosen(members, bound, possible), start


def _parts(network: Network, choices: Choices, window: Window, rows: Ints) -> tuple[Ints, Ints]:
    """A number for each event, equal where arcs or choices join those of `rows` that can move; and for each member."""
    n, arcs, own = network.tasks.n, network.arcs, choices.arcs
    free = window.low < window.high
    inside = np.zeros(n, bool)
    inside[rows] = True
    hard = inside[arcs.before] & inside[arcs.after] & free[arcs.before] & free[arcs.after]
    names, turn = np.unique(choices.group, return_inverse=True)
    group = n + turn
    before, after = free[own.before], free[own.after]
    i = np.concatenate([arcs.before[hard], own.before[before], own.after[after]])
    j = np.concatenate([arcs.after[hard], group[before], group[after]])
    graph = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(n + len(names),) * 2)
    part = np.asarray(csgraph.connected_components(graph, directed=False)[1], np.int64)
    return part, part[group]


def _beside(network: Network, choices: Choices, window: Window, own: Ints) -> Ints:
    """Events that cannot move and that an arc or a choice joins to some events."""
    arcs, n = network.arcs, network.tasks.n
    inside = np.zeros(n, bool)
    inside[own] = True
    near = np.zeros(n, bool)
    near[arcs.before[inside[arcs.after]]] = near[arcs.after[inside[arcs.before]]] = True
    near[choices.arcs.before] = near[choices.arcs.after] = True
    return np.flatnonzero(near & (window.low >= window.high) & ~inside)


def _solved(
    network: Network, choices: Choices, window: Window, part: tuple[Ints, Reach], seconds: float = SECONDS
) -> tuple[Chosen, Ints | None]:
    """One programme over `rows`: the choice, its bound, and all starts (None where there is no answer)."""
    rows, reach = part
    n, m = len(rows), len(choices)
    options, option = np.unique(choices.option, return_inverse=True)
    low, high = _columns(window, rows, reach)
    answer = milp(
        np.r_[window.later[rows], window.earlier[rows], np.zeros(m + len(options))],
        integrality=np.r_[np.zeros(2 * n), np.ones(m + len(options))],
        bounds=(
            np.r_[low, np.zeros(m + len(options))],
            np.r_[high, _can(choices, window, reach), np.ones(len(options))],
        ),
        constraints=_constraints(network, choices, window, (rows, reach, option)),
        options={"node_limit": NODES, "mip_rel_gap": GAP, "time_limit": seconds},
    )
    none = np.zeros(m, bool)
    if answer.x is None:
        bound = answer.mip_dual_bound
        return Chosen(none, 0.0 if bound is None or not np.isfinite(bound) else float(bound), answer.status != 2), None
    start = np.clip(window.wish, window.low, np.maximum(window.high, window.low))
    start[rows] = window.wish[rows] + np.rint(answer.x[:n] - answer.x[n : 2 * n]).astype(np.int64)
    # A part without any choice is a linear programme: its value is its own bound.
    bound = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun if answer.status == 0 else 0.0
    return Chosen(answer.x[2 * n : 2 * n + m] > 0.5, float(bound), True), start


def _can(choices: Choices, window: Window, reach: Reach) -> Floats:
    """1 for each member that can come in time within reach, else 0."""
    own = choices.arcs
    need = own.lag - window.wish[own.after] + window.wish[own.before]
    can: Floats = (need <= reach.highest(own.before, own.after) + 1e-6).astype(float)
    return can


def _columns(window: Window, rows: Ints, reach: Reach) -> tuple[Floats, Floats]:
    """Least and greatest shift of each event, later first and then earlier."""
    ahead, back = window.high[rows] - window.wish[rows], window.wish[rows] - window.low[rows]
    low = np.r_[np.maximum(-back, 0), np.maximum(-ahead, 0)].astype(float)
    return low, np.maximum(
        low, np.r_[np.minimum(ahead, reach.later[rows]), np.minimum(back, reach.earlier[rows])].astype(float)
    )


def _constraints(
    network: Network, choices: Choices, window: Window, part: tuple[Ints, Reach, Ints]
) -> list[LinearConstraint]:
    rows, reach, option = part
    place = np.full(network.tasks.n, -1, np.int64)
    place[rows] = np.arange(len(rows))
    n, m, k = len(rows), len(choices), int(option.max(initial=-1)) + 1
    kept = np.flatnonzero((place[network.arcs.before] >= 0) & (place[network.arcs.after] >= 0))
    hard, own = network.arcs.pick(kept), choices.arcs
    wish = window.wish
    plain = LinearConstraint(
        sparse.hstack([_differences(place, hard, n), sparse.csr_array((len(hard), m + k))], format="csr"),
        lb=(hard.lag - wish[hard.after] + wish[hard.before]).astype(float),
    )
    # Arc of a member: after - before >= lag where it is chosen, and nothing within reach where it is not.
    need = (own.lag - wish[own.after] + wish[own.before]).astype(float)
    slack = np.maximum(need - reach.lowest(own.before, own.after), 0.0)
    spread = sparse.csr_array((-slack, (np.arange(m), np.arange(m))), shape=(m, m))
    big = sparse.hstack([_differences(place, own, n), spread, sparse.csr_array((m, k))], format="csr")
    return [plain, LinearConstraint(big, lb=need - slack), *_enough(choices, option, (2 * n, m, k))]


def _differences(place: Ints, arcs: Arcs, n: int) -> sparse.csr_array:
    m = len(arcs)
    line = np.arange(m)
    half = sparse.csr_array(
        (np.r_[np.ones(m), -np.ones(m)], (np.r_[line, line], np.r_[place[arcs.after], place[arcs.before]])),
        shape=(m, n),
    )
    return sparse.hstack([half, -half], format="csr")


def _enough(choices: Choices, option: Ints, sizes: tuple[int, int, int]) -> list[LinearConstraint]:
    """The chosen members of a chosen option weigh enough; each group has a chosen option."""
    shifts, m, k = sizes
    first = np.unique(option, return_index=True)[1]
    need, group = choices.need[first], np.unique(choices.group[first], return_inverse=True)[1]
    weight = sparse.csr_array((choices.weight, (option, np.arange(m))), shape=(k, m))
    demand = sparse.csr_array((-need, (np.arange(k), np.arange(k))), shape=(k, k))
    open_ = sparse.csr_array((k, shifts))
    groups = int(group.max(initial=-1)) + 1
    picks = sparse.csr_array((np.ones(k), (group, np.arange(k))), shape=(groups, k))
    return [
        LinearConstraint(sparse.hstack([open_, weight, demand], format="csr"), lb=np.full(k, -1e-9)),
        LinearConstraint(
            sparse.hstack([sparse.csr_array((groups, shifts + m)), picks], format="csr"), lb=np.ones(groups)
        ),
    ]
