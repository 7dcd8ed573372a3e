"""Checks judged tile by tile, and what they find put together as if they had seen the whole."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ...checks import found_alone, made_known, reaches
from ...errors import ScenarioError
from ...facts.registry import unwatched, with_work, work_of
from ...plan import Findings, Plan, Profile
from ...plan.findings import in_order
from ...plan.named import named
from ...work import Memory, Serial, Work, give_back
from .files import read_tile, write_shared, write_tile
from .split import split

T = TypeVar("T")
R = TypeVar("R")
Parts = dict[str, Findings | None]


@dataclass(frozen=True)
class Tiling:
    """How a plan is cut and judged.

    Parameters
    ----------
    rows
        Features that a tile holds at most, its margin apart.
    processes
        Processes of this machine, this one among them; 1: no other, 0: one a core.
    margin
        The farthest that a check may look [m] to be judged by tile; one that looks farther is judged whole: distances
        between a few uses (ST701, ST709) cost less than a wide margin around every tile.
    """

    rows: int = 100_000
    processes: int = 0
    margin: float = 50.0

    def __post_init__(self) -> None:
        if self.rows < 1:
            msg = f"tiles of {self.rows} rows: take 1 or more; 100000 suits a machine of 8 GB."
            raise ScenarioError(msg)
        if self.processes < 0:
            msg = f"{self.processes} processes: take 1 or more, or 0 for one a core."
            raise ScenarioError(msg)

    @property
    def count(self) -> int:
        """How many processes judge."""
        return self.processes or os.cpu_count() or 1


@contextmanager
def judged_apart(plan: Plan, profile: Profile, tiling: Tiling | None, only: Iterable[str] = ()) -> Iterator[Plan]:
    """Give the plan as one whose checks of limited reach are judged tile by tile, in other processes meanwhile.

    Whoever judges it judges the other checks himself, takes the tiles that no process has begun when he is done, and
    puts together what was found. A check that cannot judge some tile, or breaks on it, is judged whole, and so is every
    one where the plan is no larger than a tile, or `tiling` is None. `only` are those wanted, by code or family.
    """
    far = reaches(plan, profile, only) if tiling else {}
    codes = tuple(code for code, reach in far.items() if tiling and reach <= tiling.margin)
    whole = named(unwatched(plan))
    cut = split(whole, tiling.rows) if tiling and codes else None
    if tiling is None or cut is None or cut.count < 2:
        yield plan
        return
    with TemporaryDirectory(prefix="geo-planner-tiles-") as made, ExitStack() as stack:
        folder = Path(made)
        write_shared(whole, folder)
        tiles = _Tiles(partial(_judge, folder, profile, codes), cut.count)
        pool = stack.enter_context(_pool(tiling.count - 1)) if tiling.count > 1 else None
        for number in range(cut.count):
            write_tile(whole, cut, number, max(far[code] for code in codes), folder)
            tiles.begin(number, pool)
        del whole, cut
        apart = {code: partial(tiles.found, code) for code in codes}
        yield with_work(unwatched(plan), replace(_sparing(work_of(plan)), apart=apart))
        tiles.stop()


def _sparing(work: Work) -> Work:
    """Return work that keeps less of a plan too large to be judged whole; a folder serves whoever comes next."""
    work = replace(work, executor=_OneByOne()) if isinstance(work.executor, Serial) else work
    return replace(work, store=Memory(room=_ROOM), again=False) if isinstance(work.store, Memory) else work


class _OneByOne(Serial):
    """One check after the other in this process; what one has let go is given back before the next begins."""

    def map(self, work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
        """Return what `work` makes of each piece."""

        def one(piece: T) -> R:
            made = work(piece)
            give_back()
            return made

        return super().map(one, pieces)


_ROOM = 1 << 30
"""Bytes of facts that are kept while a plan is judged in tiles."""


def _pool(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


@dataclass(eq=False)
class _Tiles:
    """The tiles of a plan, some of which processes judge by now, and what was found in them."""

    judge: Callable[[int], Parts]
    count: int
    begun: dict[int, Future[Parts]] = field(default_factory=dict)

    def begin(self, number: int, pool: ProcessPoolExecutor | None) -> None:
        """Hand a tile to a process, where there is another."""
        if pool is not None:
            self.begun[number] = pool.submit(self.judge, number)

    def stop(self) -> None:
        """Take back what no process has begun: nobody has asked for it."""
        for future in self.begun.values():
            future.cancel()

    def found(self, code: str) -> Findings | None:
        """Wait until all tiles are judged, and return what a check found in them; None where one was not judged."""
        parts = [part.pop(code) for part in self._parts]
        full = [part for part in parts if part is not None]
        return _joined(full) if len(full) == len(parts) else None

    @cached_property
    def _parts(self) -> list[Parts]:
        here = {}
        for number in reversed(range(self.count)):
            if number not in self.begun or self.begun[number].cancel():
                here[number] = self.judge(number)
        return [here[number] if number in here else self._told(number) for number in range(self.count)]

    def _told(self, number: int) -> Parts:
        """Return what a process found in a tile; one that was lost (out of memory, killed) costs its tiles, no more."""
        try:
            return self.begun.pop(number).result()
        except BrokenProcessPool:
            return self.judge(number)


def _judge(folder: Path, profile: Profile, codes: tuple[str, ...], number: int) -> Parts:
    """Return what checks find of the features at home in a tile; it has a memory of its own that ends with it."""
    tile, home = read_tile(folder, number)
    found = found_alone(with_work(tile, Work(Memory())), profile, codes)
    mine = {code: _at_home(out, home) if out else None for code, out in found.items()}
    return {code: made_known(out, profile, code) if out else None for code, out in mine.items()}


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
