"""Tasks and arcs as arrays on a clock of whole days, and the faults a person has to mend before anything is computed.

A day is a whole number of days since 1970-01-01, so dates stay exact; spans are half open, [start, start + duration).
An arc says `start[after] >= start[before] + lag`. A negative lag is a lead or a maximum distance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse import csgraph

from ..errors import ScheduleError, did_you_mean

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Strings = NDArray[Any]
Link = Literal["FS", "SS", "FF", "SF"]

ANY_DAY = -(2**40)
"""An earliest day that binds nothing."""
NO_DEADLINE = 2**40
"""A deadline that binds nothing."""


def to_days(dates: Sequence[Any] | pd.Series | NDArray[Any]) -> Ints:
    """Dates as whole days since 1970-01-01; a missing date becomes `ANY_DAY`."""
    stamps = pd.to_datetime(pd.Series(dates)).to_numpy("datetime64[D]")
    days: Ints = stamps.astype(np.int64)
    return np.where(np.isnat(stamps), ANY_DAY, days)


def to_dates(days: Ints) -> NDArray[np.datetime64]:
    """Days as dates; `ANY_DAY` and `NO_DEADLINE` become missing."""
    dates = days.astype("datetime64[D]")
    return np.where(np.abs(days) >= NO_DEADLINE, np.datetime64("NaT"), dates)


def bounded(days: Ints) -> pd.Series[Any]:
    """Days as whole numbers, missing where nothing bounds them."""
    return pd.Series(days, dtype="Int64").mask(days >= NO_DEADLINE)


@dataclass(frozen=True, eq=False, kw_only=True)
class Tasks:
    """Works with their declared start, and what may be done to them.

    Shapes: all (n,). `later` and `earlier` are the price of one day's shift; `frozen` tasks are done or under way;
    `earliest` is the first day allowed, `deadline` the last finish allowed. A task without a declared start has
    `start` = `ANY_DAY`: it may be placed anywhere at no price.
    """

    ids: Strings
    duration: Ints
    start: Ints
    later: Floats
    earlier: Floats
    frozen: Bools
    earliest: Ints
    deadline: Ints

    @property
    def n(self) -> int:
        """Number of tasks."""
        return len(self.ids)

    @property
    def dated(self) -> Bools:
        """Which tasks have a declared start."""
        return self.start > ANY_DAY


@dataclass(frozen=True, eq=False, kw_only=True)
class Arcs:
    """Waiting rules between tasks: `start[after] >= start[before] + lag`, with the rule's code and its evidence.

    `evidence` holds one text for each arc: ids of what proves it, such as a pipe or a witness path.
    """

    before: Ints
    after: Ints
    lag: Ints
    rule: Strings
    link: Strings
    evidence: Strings

    def __len__(self) -> int:
        return len(self.before)

    def gap(self, tasks: Tasks) -> Ints:
        """The days between the two ends that the link joins: 5 for "FS+5d"."""
        ahead = np.where(np.char.startswith(self.link.astype(str), "F"), tasks.duration[self.before], 0)
        behind = np.where(np.char.endswith(self.link.astype(str), "F"), tasks.duration[self.after], 0)
        gap: Ints = self.lag - ahead + behind
        return gap

    def pick(self, keep: NDArray[Any]) -> Arcs:
        """Some of the arcs, by mask or index."""
        return Arcs(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})


_DEFAULTS: Mapping[str, tuple[Any, type]] = MappingProxyType(
    {
        "later": (1.0, float),
        "earlier": (1.0, float),
        "frozen": (False, bool),
        "earliest": (ANY_DAY, np.int64),
        "deadline": (NO_DEADLINE, np.int64),
    }
)


def make_tasks(ids: ArrayLike, duration: ArrayLike, start: ArrayLike, given: Mapping[str, Any] | None = None) -> Tasks:
    """Tasks from arrays or lists; `given` holds any of later, earlier, frozen, earliest, deadline.

    What is not given is weight 1 both ways, nothing frozen, no earliest day, no deadline. One value stands for all.
    """
    given = given or {}
    for name in given:
        if name not in _DEFAULTS:
            msg = f"tasks have no property '{name}'." + did_you_mean(name, _DEFAULTS)
            raise ScheduleError(msg)
    names = np.array(ids, dtype=object)
    n = len(names)
    columns: dict[str, Any] = {"duration": np.asarray(duration, np.int64), "start": np.asarray(start, np.int64)}
    for name, (default, kind) in _DEFAULTS.items():
        columns[name] = np.broadcast_to(np.asarray(given.get(name, default), kind), n).copy()
    return Tasks(ids=names, **columns)


@dataclass(frozen=True, kw_only=True)
class Links:
    """Arcs as people write them: two ids, a kind of link and days between."""

    before: Sequence[str]
    after: Sequence[str]
    link: Sequence[str]
    gap: Sequence[int]
    rule: Sequence[str] = ()
    evidence: Sequence[str] = ()


def arcs_of(tasks: Tasks, links: Links) -> Arcs:
    """Links between ids as arcs between rows; ScheduleError names every predecessor that is no task."""
    index = pd.Index(tasks.ids)
    before, after = index.get_indexer(list(links.before)), index.get_indexer(list(links.after))
    lost = sorted(
        {str(b) for b, k in zip(links.before, before, strict=True) if k < 0}
        | {str(a) for a, k in zip(links.after, after, strict=True) if k < 0}
    )
    if lost:
        where = [a for b, a in zip(links.before, links.after, strict=True) if b in lost or a in lost]
        msg = (
            f"tasks {_some(where)}: {_some(lost)} is named as a predecessor or successor but is no task."
            + did_you_mean(lost[0], map(str, tasks.ids))
        )
        raise ScheduleError(msg)
    link = np.array([str(k).upper() for k in links.link], dtype=object)
    ahead = np.where([k[:1] == "F" for k in link], tasks.duration[before], 0) if len(link) else 0
    behind = np.where([k[1:] == "F" for k in link], tasks.duration[after], 0) if len(link) else 0
    return Arcs(
        before=before.astype(np.int64),
        after=after.astype(np.int64),
        lag=np.asarray(links.gap, np.int64) + ahead - behind,
        rule=np.array(list(links.rule) or ["link"] * len(link), dtype=object),
        link=link,
        evidence=np.array(list(links.evidence) or [""] * len(link), dtype=object),
    )


@dataclass(frozen=True, eq=False)
class Network:
    """Tasks and the arcs between them."""

    tasks: Tasks
    arcs: Arcs

    @cached_property
    def level(self) -> Ints | None:
        """For each task the number of arcs on the longest way to it; None where arcs run in a circle."""
        n, before, after = self.tasks.n, self.arcs.before, self.arcs.after
        waiting = np.bincount(after, minlength=n)
        sort = np.argsort(before, kind="stable")
        follower, ptr = after[sort], np.searchsorted(before[sort], np.arange(n + 1))
        level = np.full(n, -1, np.int64)
        front = np.flatnonzero(waiting == 0)
        depth = 0
        while len(front):
            level[front] = depth
            depth += 1
            heads = follower[_ranges(ptr[front], ptr[front + 1])]
            heads, count = np.unique(heads, return_counts=True)
            waiting[heads] -= count
            front = heads[waiting[heads] == 0]
        return level if (level >= 0).all() else None


def _ranges(lo: Ints, hi: Ints) -> Ints:
    """The indices of several ranges one after another."""
    size = hi - lo
    ends = np.cumsum(size)
    at: Ints = np.arange(ends[-1] if len(ends) else 0) + np.repeat(lo - (ends - size), size)
    return at


def _some(names: Sequence[Any] | Strings, most: int = 5) -> str:
    shown = [f"'{n}'" for n in list(names)[:most]]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def faults(network: Network, *, today: int | None = None, leads: Literal["allow", "refuse"] = "allow") -> list[str]:
    """One sentence for each kind of fault in the input, naming the rows; empty when all is sound."""
    tasks, arcs = network.tasks, network.arcs
    found = []
    ids, count = np.unique(tasks.ids.astype(str), return_counts=True)
    if (count > 1).any():
        found.append(f"tasks {_some(ids[count > 1])} occur more than once. Give every task its own id.")
    wrong = tasks.ids[tasks.duration < 0]
    if len(wrong):
        found.append(f"tasks {_some(wrong)} finish before they start. Mend the two dates.")
    if today is not None:
        wrong = tasks.ids[(tasks.deadline < today) & ~tasks.frozen]
        if len(wrong):
            day = np.datetime64(today, "D")
            found.append(
                f"tasks {_some(wrong)} have a deadline before today ({day}). Move the deadline or mark them done."
            )
    if leads == "refuse":
        wrong_arcs = arcs.pick(arcs.gap(tasks) < 0)
        if len(wrong_arcs):
            pairs = [f"{tasks.ids[b]}→{tasks.ids[a]}" for b, a in zip(wrong_arcs.before, wrong_arcs.after, strict=True)]
            found.append(
                f"links {_some(pairs)} have a negative lag. Write the overlap as its own task or as an SS link."
            )
    circle = waiting_circle(network)
    if circle:
        chain = " → ".join([*circle, circle[0]])
        found.append(f"tasks {chain} wait for one another in a circle. Remove one of the links.")
    return found


def require_sound(network: Network, *, today: int | None = None) -> None:
    """Raise ScheduleError with every fault of the input, one sentence each."""
    found = faults(network, today=today)
    if found:
        raise ScheduleError("\n".join(found))


def waiting_circle(network: Network) -> list[str]:
    """The ids of tasks that wait for one another in a circle of positive lags; empty where there is none."""
    arcs = network.arcs.pick(network.arcs.lag > 0)
    n = network.tasks.n
    graph = sparse.csr_array((np.ones(len(arcs)), (arcs.before, arcs.after)), shape=(n, n))
    _, part = csgraph.connected_components(graph, directed=True, connection="strong")
    inside = arcs.pick(part[arcs.before] == part[arcs.after])
    if not len(inside):
        return []
    # The arcs inside one strong part lead everywhere in it: from the head of any arc there is a way back to its tail.
    first = int(np.argmin(inside.before))
    tail, head = int(inside.before[first]), int(inside.after[first])
    inner = sparse.csr_array((np.ones(len(inside)), (inside.before, inside.after)), shape=(n, n))
    _, parent = csgraph.breadth_first_order(inner, head, directed=True)
    path = [tail]
    while path[-1] != head:
        path.append(int(parent[path[-1]]))
    return [str(network.tasks.ids[k]) for k in reversed(path)]
