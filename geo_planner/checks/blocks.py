"""The findings of a report check by check, with what has been worked out of them.

A check that finds the same table as in the plan before keeps its block, and whatever was worked out of that (the form in
which it is drawn, its violations, the causes it belongs to) stands as long as the rest that it depends on does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from ..facts.registry import unwatched, work_of
from ..facts.watched import Read, Watched, seen
from ..plan import Plan, Profile
from ..plan.findings import findings, same_rows
from ..work import Work
from .flood import Dots, dotted, thinned
from .settings import setting

Array = np.ndarray[Any, Any]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Block:
    """The findings of one check as a report holds them, and what is known of them; they never change."""

    code: str
    rows: gpd.GeoDataFrame
    known: dict[Any, tuple[Any, Any]] = field(default_factory=dict)

    def worked(self, name: Any, on: Any, make: Callable[[], T]) -> T:
        """Return what `make` makes of these findings and of nothing else but `on`; once for as long as that is equal."""
        held = self.known.get(name)
        if held is None or held[0] != on:
            held = self.known[name] = (on, make())
        value: T = held[1]
        return value

    def watched(self, name: Any, plan: Plan, on: Any, make: Callable[[Plan], T]) -> T:
        """As `worked`, of what also depends on whatever `make` reads of a plan."""
        root, held = unwatched(plan), self.known.get(name)
        if held is not None and held[0][0] == on and all(seen(root, read) == was for read, was in held[0][1].items()):
            value: T = held[1]
            return value
        noted: set[Read] = set()
        value = make(Watched(root, noted.add, work_of(plan)))
        self.known[name] = ((on, {read: seen(root, read) for read in noted}), value)
        return value

    def by_row(self, name: str, plan: Plan, make: Callable[..., Array], on: Array | None = None) -> Array:
        """As `watched`, of a value for each finding that hangs on this finding alone, the plan and its row of `on`.

        A finding that is the same as before, with the same numbers in `on` to the last bit, has the same value, as long
        as what was read is the same. `make` is given the plan, a block and, where there is `on`, its rows of that.
        """
        key, root = ("row", name), unwatched(plan)
        held, taken = self._by_row_before(key)
        if held is not None and any(seen(root, read) != was for read, was in held[0][1].items()):
            held = None
        same = np.zeros(len(self.rows), dtype=bool) if held is None else _as_before(held[0][0], taken, on)
        rest, noted = np.flatnonzero(~same), set[Read]()
        if held is not None and not len(rest) and key in self.known:
            return np.asarray(held[1])
        part = self if held is None else Block(self.code, self.rows.iloc[rest].reset_index(drop=True))
        beside = () if on is None else (on[rest],)
        value = make(Watched(root, noted.add, work_of(plan)), part, *beside) if len(rest) or held is None else None
        answers = {read: seen(root, read) for read in noted}
        if held is not None:
            value, fresh, answers = held[1][taken], value, held[0][1] | answers
            if fresh is not None:
                value[rest] = fresh
        self.known[key] = ((on, answers), value)
        return np.asarray(value)

    def _by_row_before(self, key: tuple[str, str]) -> tuple[Any, Array]:
        """Return what is known by row, of these findings or of those before, and which row of it each finding has."""
        if key in self.known:
            return self.known[key], np.arange(len(self.rows))
        known, taken = self.known["before"][1] if "before" in self.known else ({}, np.empty(0, dtype=int))
        return known.get(key), taken

    def column(self, name: str) -> Array:
        """Return a column as an array of objects; those of findings that were there before are the same objects."""
        key = ("row", f"column {name}")
        if key not in self.known:
            held, taken = self._by_row_before(key)
            rest = np.flatnonzero(taken < 0) if held is not None else slice(None)
            fresh = np.asarray(self.rows[name].iloc[rest], dtype=object)
            values = fresh if held is None else held[1][taken]
            if held is not None:
                values[rest] = fresh
            self.known[key] = ((None, {}), values)
        return np.asarray(self.known[key][1])

    @property
    def errors(self) -> Array:
        """Which rows are violations at error level."""
        return self.worked("errors", None, lambda: np.asarray(self.column("severity") == "error", dtype=bool))


def _as_before(was: Array | None, taken: Array, on: Array | None) -> Array:
    """Which findings were there before, at `taken`, with the same numbers beside them."""
    same = np.asarray(taken >= 0)
    if was is None or on is None or was is on:
        return same
    there = np.flatnonzero(same)
    same[there] = (was[taken[there]].view(np.int64) == on[there].view(np.int64)).all(axis=1)
    return same


@dataclass(frozen=True, eq=False)
class Blocks:
    """All blocks of a table of findings, in the order in which the checks come in it; None: of one that is given out."""

    findings: gpd.GeoDataFrame | None
    items: tuple[Block, ...]

    def __iter__(self) -> Iterator[Block]:
        return iter(self.items)


@dataclass(frozen=True, eq=False)
class Drawing:
    """How the findings of a check are drawn: above `most` as places, and collections above `parts` as points."""

    most: int
    parts: int

    def drawn(self, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return what a check found as it is drawn; what it was drawn from is not kept."""
        return dotted(thinned(found, self.most), self.parts)

    def of(self, code: str, found: gpd.GeoDataFrame, before: Block | None) -> Block:
        """Return the block of what a check found; the one before where that is the same table, drawn the same way."""
        way = (self.most, self.parts)
        if before is None or before.known["found"][0] != way:
            return self._anew(code, found, Dots())
        if before.known["found"][1] is found:
            return before
        taken = same_as_before(before.known["found"][1], found)
        if len(taken) == len(before.rows) and (taken == np.arange(len(taken))).all():
            return before
        made = self._anew(code, found, Dots(before.known["dots"][1], taken))
        own, theirs = (np.asarray(block.rows.geometry.array, dtype=object) for block in (made, before))
        kept = [k >= 0 and a is theirs[k] for a, k in zip(own.tolist(), taken.tolist(), strict=True)]
        rows = {key: value for key, value in before.known.items() if key[0] == "row"}
        made.known["before"] = (None, (rows, np.where(np.array(kept, dtype=bool), taken, -1)))
        return made

    def _anew(self, code: str, found: gpd.GeoDataFrame, dots: Dots) -> Block:
        rows = dotted(thinned(found, self.most, dots), self.parts, dots)
        return Block(code, rows, {"found": ((self.most, self.parts), found), "dots": (None, dots)})


def drawing_of(profile: Profile) -> Drawing:
    """Return how findings are drawn under a profile."""
    limits = setting("REPORT", profile)
    return Drawing(int(limits.evidence_most), int(limits.evidence_parts))


def same_as_before(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> Array:
    """Return for each finding the row of the table before that is the same finding; -1 where none is."""
    at = np.arange(len(other))
    if len(one) == len(other):
        out = np.where(same_rows(one, other), at, -1)
        if (out < 0).sum() <= _FEW:
            return out
    names = pd.Index(np.asarray(one["fingerprint"], dtype=object), dtype=object)
    if not names.is_unique:
        return np.full(len(other), -1)
    out = names.get_indexer(pd.Index(np.asarray(other["fingerprint"], dtype=object), dtype=object))
    there = at[out >= 0]
    same = same_rows(one.iloc[out[there]].reset_index(drop=True), other.iloc[there].reset_index(drop=True))
    out[there[~same]] = -1
    return np.asarray(out)


_FEW = 1_000
"""Rows that may differ in place; where more do, rows have come or gone between them."""


def gathered(work: Work, drawing: Drawing, found: dict[str, gpd.GeoDataFrame], crs: str) -> gpd.GeoDataFrame:
    """Return what checks found as one table, and remember it by check for whoever is given the report.

    Where nothing is judged again it is drawn already, and the blocks share the memory of the table.
    """
    held: Blocks | None = work.latest.get("blocks") if work.again else None
    before = {block.code: block for block in held or () if "found" in block.known}
    codes = [code for code, rows in found.items() if len(rows)]
    if work.again:
        items = tuple(drawing.of(code, found[code], before.get(code)) for code in codes)
    else:
        items = tuple(Block(code, found.pop(code)) for code in codes)
    table = pd.concat([b.rows for b in items], ignore_index=True) if items else findings(crs, judged=0).rows
    items = items if work.again else _parts_of(table, items)
    work.latest.put("blocks", Blocks(table, items))
    return table


def _parts_of(table: gpd.GeoDataFrame, items: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks as parts of one table that share its memory."""
    ends = np.cumsum([len(block.rows) for block in items]).tolist()
    return tuple(
        Block(block.code, table.iloc[end - len(block.rows) : end].reset_index(drop=True))
        for block, end in zip(items, ends, strict=True)
    )


def blocks_of(table: gpd.GeoDataFrame, work: Work | None = None) -> Blocks:
    """Return the findings of a report by check: as they were remembered when it was made, else parted anew."""
    held: Blocks | None = work.latest.get("blocks") if work else None
    if held is not None and held.findings is table:
        return held
    numbers, names = pd.factorize(np.asarray(table["code"], dtype=object))
    parts = [table.iloc[np.flatnonzero(numbers == k)].reset_index(drop=True) for k in range(len(names))]
    return Blocks(table, tuple(Block(str(name), rows) for name, rows in zip(names, parts, strict=True)))


def given_out(work: Work) -> None:
    """Forget the table of the blocks, not the blocks: whoever is given it may write into it."""
    held: Blocks | None = work.latest.get("blocks")
    if held is not None:
        work.latest.put("blocks", replace(held, findings=None))
