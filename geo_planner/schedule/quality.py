"""How well a schedule is made, in the manner of the DCMA's fourteen points, as a table of measures.

The limits are the usual ones of the assessment, from memory and unverified; they were made for defence
contracts with working days of a few weeks. Works of a park last longer, so both lengths are parameters in
calendar days: 44 working days are 62 calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .critical import Timeline, critical_path, forward
from .network import ANY_DAY, NO_DEADLINE, Bools, Ints, Network


@dataclass(frozen=True, kw_only=True)
class Limits14:
    """What still counts as good: shares in per cent, lengths in calendar days."""

    share: float = 5.0
    finish_to_start: float = 90.0
    float_days: int = 62
    duration_days: int = 62
    index: float = 0.95


@dataclass(frozen=True, eq=False, kw_only=True)
class Progress:
    """What has happened by a day: planned finishes of the baseline and actual finishes, ANY_DAY where there is none.

    `recorded` is False where what lies before the day is only taken to have happened, so that no date can be invalid.
    """

    as_of: int
    planned_finish: Ints
    actual_finish: Ints
    recorded: bool = True


def quality(network: Network, progress: Progress | None = None, limits: Limits14 | None = None) -> pd.DataFrame:
    """One row for each measure: number, measure, found, of, value, limit, verdict (ok, poor, unknown) and first rows.

    Measures that need what the schedule does not hold (resources, a baseline) are `unknown`, never `ok`.
    """
    limits = limits or Limits14()
    line = critical_path(network)
    rows = [*_logic(network, limits), *_lengths(network, line, limits), *_dates(network, progress, limits)]
    rows += [*_path(network, line), *_indices(network, line, progress, limits)]
    columns = ["number", "measure", "found", "of", "value", "limit", "verdict", "rows"]
    return pd.DataFrame(rows, columns=columns).sort_values("number", ignore_index=True)


Row = tuple[int, str, int, int, float, float, str, str]


def _share(number: int, measure: str, bad: tuple[Bools, np.ndarray], limit: float) -> Row:
    """A share of rows that must not exceed a limit in per cent."""
    mask, names = bad
    found, of = int(mask.sum()), len(mask)
    value = 100.0 * found / of if of else 0.0
    return number, measure, found, of, value, limit, "ok" if value <= limit else "poor", _named(names[mask])


def _named(names: np.ndarray) -> str:
    return ", ".join(sorted(map(str, names))[:10])


def _unknown(number: int, measure: str, limit: float) -> Row:
    return number, measure, 0, 0, float("nan"), limit, "unknown", ""


def _pairs(network: Network) -> np.ndarray:
    ids = network.tasks.ids.astype(str)
    return np.char.add(np.char.add(ids[network.arcs.before], "→"), ids[network.arcs.after]).astype(object)


def _logic(network: Network, limits: Limits14) -> list[Row]:
    tasks, arcs = network.tasks, network.arcs
    ahead, behind = np.zeros(tasks.n, bool), np.zeros(tasks.n, bool)
    ahead[arcs.after] = True
    behind[arcs.before] = True
    gap, pairs = arcs.gap(tasks), _pairs(network) if len(arcs) else np.array([], object)
    straight = 100.0 * float((arcs.link == "FS").mean()) if len(arcs) else float("nan")
    held = (tasks.deadline < NO_DEADLINE) & ~tasks.frozen
    return [
        _share(1, "missing logic", (~ahead | ~behind, tasks.ids), limits.share),
        _share(2, "leads", (gap < 0, pairs), 0.0),
        _share(3, "lags", (gap > 0, pairs), limits.share),
        (
            4,
            "finish-to-start links",
            int((arcs.link == "FS").sum()),
            len(arcs),
            straight,
            limits.finish_to_start,
            "ok" if straight >= limits.finish_to_start else "poor" if len(arcs) else "unknown",
            _named(pairs[arcs.link != "FS"]),
        ),
        _share(5, "hard constraints", (held, tasks.ids), limits.share),
    ]


def _lengths(network: Network, line: Timeline, limits: Limits14) -> list[Row]:
    tasks = network.tasks
    return [
        _share(6, "high float", (line.total > limits.float_days, tasks.ids), limits.share),
        _share(7, "negative float", ((line.total < 0) | (line.declared < 0), tasks.ids), 0.0),
        _share(8, "long duration", (tasks.duration > limits.duration_days, tasks.ids), limits.share),
    ]


def _dates(network: Network, progress: Progress | None, limits: Limits14) -> list[Row]:
    tasks = network.tasks
    if progress is None:
        absent = ((9, "invalid dates", 0.0), (10, "without resources", 0.0), (11, "missed tasks", limits.share))
        return [_unknown(*row) for row in absent]
    done = progress.actual_finish > ANY_DAY
    future = done & (progress.actual_finish > progress.as_of)
    stale = ~done & tasks.dated & (tasks.start + tasks.duration < progress.as_of)
    due = (progress.planned_finish > ANY_DAY) & (progress.planned_finish <= progress.as_of)
    missed = due & (~done | (progress.actual_finish > progress.planned_finish))
    return [
        _share(9, "invalid dates", (future | stale, tasks.ids), 0.0)
        if progress.recorded
        else _unknown(9, "invalid dates", 0.0),
        _unknown(10, "without resources", 0.0),
        _share(11, "missed tasks", (missed[due], tasks.ids[due]), limits.share),
    ]


def _path(network: Network, line: Timeline) -> list[Row]:
    """The critical path test: a critical task made 600 days longer must move the end by as much."""
    tasks, arcs = network.tasks, network.arcs
    critical = np.flatnonzero(line.critical & ~tasks.frozen)
    if not len(critical):
        return [_unknown(12, "critical path test", 600.0)]
    first = critical[np.argmin(line.earliest[critical])]
    delay = np.zeros(tasks.n, np.int64)
    delay[first] = 600
    columns = {name: getattr(arcs, name) for name in arcs.__dataclass_fields__}
    columns["lag"] = arcs.lag + np.where(np.char.startswith(arcs.link.astype(str), "F"), delay[arcs.before], 0)
    longer = forward(Network(tasks, type(arcs)(**columns)), line.earliest)
    moved = int((longer + tasks.duration + delay).max() - (line.earliest + tasks.duration).max())
    verdict = "ok" if moved == 600 else "poor"
    return [(12, "critical path test", moved, 600, float(moved), 600.0, verdict, str(tasks.ids[first]))]


def _indices(network: Network, line: Timeline, progress: Progress | None, limits: Limits14) -> list[Row]:
    end = int((line.earliest + network.tasks.duration).max(initial=0))
    begin = int(line.earliest.min(initial=0))
    worst = int(line.total.min(initial=0))
    length = max(end - begin, 1)
    cpli = (length + worst) / length
    verdict = _at_least(cpli, limits.index)
    row = (13, "critical path length index", length + worst, length, cpli, limits.index, verdict, "")
    if progress is None:
        return [row, _unknown(14, "baseline execution index", limits.index)]
    due = (progress.planned_finish > ANY_DAY) & (progress.planned_finish <= progress.as_of)
    done = (progress.actual_finish > ANY_DAY) & (progress.actual_finish <= progress.as_of)
    if not due.any():
        return [row, _unknown(14, "baseline execution index", limits.index)]
    bei = float(done.sum() / due.sum())
    left = _named(network.tasks.ids[due & ~done])
    counts = int(done.sum()), int(due.sum())
    return [row, (14, "baseline execution index", *counts, bei, limits.index, _at_least(bei, limits.index), left)]


def _at_least(value: float, limit: float) -> str:
    return "ok" if value >= limit else "poor"
