"""Checks judged tile by tile, and what they find put together as if they had seen the whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from ...checks import found_alone, reaches, supply
from ...errors import ScenarioError
from ...facts.registry import unwatched, with_work
from ...plan import Findings, Plan, Profile
from ...plan.findings import in_order
from ...plan.named import named
from ...work import Executor, Memory, Serial, Work
from ..processes import Processes
from .files import read_tile, write_shared, write_tile
from .split import split

Parts = dict[str, Findings | None]


@dataclass(frozen=True)
class Tiling:
    """How a plan is cut and judged.

    Parameters
    ----------
    rows
        Features that a tile holds at most, its margin apart.
    processes
        Processes of this machine; 1: this one, 0: one a core.
    margin
        The farthest that a check may look [m] to be judged by tile; one that looks farther is judged whole.
    """

    rows: int = 50_000
    processes: int = 0
    margin: float = 1_000.0

    def __post_init__(self) -> None:
        if self.rows < 1:
            msg = f"tiles of {self.rows} rows: take 1 or more; 50000 suits a machine of 8 GB."
            raise ScenarioError(msg)
        if self.processes < 0:
            msg = f"{self.processes} processes: take 1 or more, or 0 for one a core."
            raise ScenarioError(msg)


def judge_tiles(plan: Plan, profile: Profile, tiling: Tiling, only: Iterable[str] = ()) -> tuple[str, ...]:
    """Judge a plan tile by tile by the checks that can be, and leave what they find where `checks.run` takes it from.

    Returns the codes judged so. A check that cannot judge some tile, or breaks on it, is left to be judged whole, and
    so is every one where the plan is no larger than a tile. `only` are those wanted, by code or family; none: all.
    """
    wanted = reaches(plan, profile, only)
    far = {code: reach for code, reach in wanted.items() if reach <= tiling.margin}
    whole = named(unwatched(plan))
    cut = split(whole, tiling.rows)
    if not far or cut.count < 2:
        return ()
    with TemporaryDirectory(prefix="geo-planner-tiles-") as made:
        folder = Path(made)
        write_shared(whole, folder)
        for number in range(cut.count):
            write_tile(whole, cut, number, max(far.values()), folder)
        work = partial(_judge, folder, profile, tuple(far))
        parts = _spread(tiling).map(work, range(cut.count))
    found = {code: [out for part in parts if (out := part[code]) is not None] for code in far}
    done = {code: _joined(tiles) for code, tiles in found.items() if len(tiles) == cut.count}
    supply(plan, profile, done)
    return tuple(done)


def _spread(tiling: Tiling) -> Executor:
    count = tiling.processes or os.cpu_count() or 1
    return Serial() if count == 1 else Processes(count)


def _judge(folder: Path, profile: Profile, codes: tuple[str, ...], number: int) -> Parts:
    """Return what checks find of the features at home in a tile; it has a memory of its own that ends with it."""
    tile, home = read_tile(folder, number)
    found = found_alone(with_work(tile, Work(Memory())), profile, codes)
    return {code: _at_home(out, home) if out else None for code, out in found.items()}


def _at_home(out: Findings, home: Mapping[str, frozenset[str]]) -> Findings | None:
    """Return what is said of features at home; None where a check does not tell what it judged."""
    if out.counted is None:
        return None
    counted = {layer: tuple(i for i in ids if i in home.get(layer, ())) for layer, ids in out.counted.items()}
    subjects = (out.subjects[0], counted[out.subjects[0]]) if out.subjects else None
    rows, unknown = (table[_told(table, home)] for table in (out.rows, out.unknown))
    return Findings(rows, sum(map(len, counted.values())), unknown, subjects, counted)


def _told(table: pd.DataFrame, home: Mapping[str, frozenset[str]]) -> np.ndarray[Any, Any]:
    """Which rows of a table speak of a feature at home."""
    layers, ids = table["layer"].to_numpy(dtype=object), table["id"].to_numpy(dtype=object)
    pairs = zip(layers.tolist(), ids.tolist(), strict=True)
    return np.array([name in home.get(layer, ()) for layer, name in pairs], dtype=bool)


def _joined(parts: list[Findings]) -> Findings:
    """Return what a check finds in all tiles, in the order of the whole."""
    layers = dict.fromkeys(layer for part in parts for layer in part.counted or ())
    counted = {n: tuple(i for part in parts for i in (part.counted or {}).get(n, ())) for n in layers}
    of = next((part.subjects[0] for part in parts if part.subjects), None)
    full = [part.rows for part in parts if len(part.rows)] or [parts[0].rows]
    unknown = pd.concat([part.unknown for part in parts], ignore_index=True)
    subjects = (of, counted[of]) if of is not None else None
    return Findings(in_order(full), sum(part.judged for part in parts), unknown, subjects, counted)
