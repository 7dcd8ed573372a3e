"""The critical path: earliest and latest starts, slack, and slack against the schedule as declared."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from ..errors import ScheduleError
from .network import NO_DEADLINE, Bools, Ints, Network, to_dates


@dataclass(frozen=True, eq=False, kw_only=True)
class Timeline:
    """What the arcs alone say about each task, in days.

    `declared` is the smallest room that an arc leaves behind the declared start of a task: negative = broken.
    """

    earliest: Ints
    latest: Ints
    total: Ints
    free: Ints
    critical: Bools
    declared: Ints


def critical_path(network: Network, *, begin: int | None = None, horizon: int | None = None) -> Timeline:
    """Earliest and latest starts of every task, total and free slack, and which tasks are critical.

    `begin` is the day before which nothing starts (default: the first declared start, else day 0); `horizon` the day
    everything has to be finished (default: the earliest possible end). A task is critical when its total slack
    is not above 0. Deadlines are kept in the latest starts. ScheduleError where arcs run in a circle.
    """
    tasks, arcs = network.tasks, network.arcs
    if begin is None:
        begin = int(tasks.start[tasks.dated].min()) if tasks.dated.any() else 0
    floor = np.maximum(tasks.earliest, begin)
    floor = np.where(tasks.frozen, tasks.start, floor)
    early = forward(network, floor)
    end = early + tasks.duration
    last = horizon if horizon is not None else int(end.max(initial=begin))
    late = backward(network, np.minimum(tasks.deadline, last) - tasks.duration)
    room = np.full(tasks.n, NO_DEADLINE, np.int64)
    np.minimum.at(room, arcs.before, early[arcs.after] - arcs.lag - early[arcs.before])
    free = np.where(room == NO_DEADLINE, last - end, room)
    total, declared = late - early, declared_slack(network)
    return Timeline(earliest=early, latest=late, total=total, free=free, critical=total <= 0, declared=declared)


def declared_slack(network: Network) -> Ints:
    """Days of room behind each declared start until the first arc breaks; NO_DEADLINE where nothing waits for it."""
    tasks, arcs = network.tasks, network.arcs
    both = tasks.dated[arcs.before] & tasks.dated[arcs.after]
    room = np.full(tasks.n, NO_DEADLINE, np.int64)
    gap = tasks.start[arcs.after] - tasks.start[arcs.before] - arcs.lag
    np.minimum.at(room, arcs.before[both], gap[both])
    own = np.where(tasks.deadline < NO_DEADLINE, tasks.deadline - tasks.duration - tasks.start, NO_DEADLINE)
    return np.where(tasks.dated, np.minimum(room, own), NO_DEADLINE)


def forward(network: Network, floor: Ints) -> Ints:
    """The least starts at or above `floor` that keep every arc, level by level."""
    value = floor.astype(np.int64)
    arcs, level = network.arcs, _levels(network)
    for k in _by_level(level[arcs.after], level.max(initial=0)):
        np.maximum.at(value, arcs.after[k], value[arcs.before[k]] + arcs.lag[k])
    return value


def backward(network: Network, ceiling: Ints) -> Ints:
    """The greatest starts at or below `ceiling` that keep every arc, level by level."""
    value = ceiling.astype(np.int64)
    arcs, level = network.arcs, _levels(network)
    for k in reversed(_by_level(level[arcs.before], level.max(initial=0))):
        np.minimum.at(value, arcs.before[k], value[arcs.after[k]] - arcs.lag[k])
    return value


def _levels(network: Network) -> Ints:
    if network.level is None:
        msg = "the links run in a circle, so there is no critical path; ask for the conflict to see which tasks."
        raise ScheduleError(msg)
    return network.level


def _by_level(level: Ints, deepest: int) -> list[Ints]:
    sort = np.argsort(level, kind="stable")
    return np.split(sort, np.searchsorted(level[sort], np.arange(1, deepest + 1)))


def as_graph(network: Network, timeline: Timeline | None = None) -> nx.DiGraph:
    """The network as a networkx graph: tasks with dates and slack, arcs with lag, rule and evidence."""
    tasks, arcs = network.tasks, network.arcs
    graph = nx.DiGraph()
    columns = {"duration": tasks.duration.tolist(), "start": to_dates(tasks.start).astype(str).tolist()}
    if timeline is not None:
        columns |= {"slack": timeline.total.tolist(), "critical": timeline.critical.tolist()}
    names = [str(i) for i in tasks.ids]
    rows = zip(*columns.values(), strict=True)
    graph.add_nodes_from((name, dict(zip(columns, row, strict=True))) for name, row in zip(names, rows, strict=True))
    for i, j, lag, rule, why in zip(
        arcs.before.tolist(), arcs.after.tolist(), arcs.lag.tolist(), arcs.rule, arcs.evidence, strict=True
    ):
        graph.add_edge(names[i], names[j], lag=lag, rule=str(rule), evidence=str(why))
    return graph
