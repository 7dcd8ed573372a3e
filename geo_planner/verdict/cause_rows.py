"""FINDINGS -> ROWS OF CAUSES: which thing each finding comes from and what its cause is made of, check by check.

What a check has not found anew and what nothing it rests on has changed of, is not worked out anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ..checks import load
from ..checks.blocks import Block, Blocks
from ..checks.grouping import Anchors, of_pair, slot
from ..facts.sizes import first_rows
from ..plan import Plan
from ..plan.report import SEVERITIES
from .reach import Touched, joined, named_parcels, own_parcel, paired

Array = np.ndarray[Any, Any]


_FEW = 200
"""Findings of a cause up to which their checks are told apart one by one."""


@dataclass(frozen=True, eq=False)
class Columns:
    """What causes are made of, of all findings, check after check, as plain arrays."""

    code: Array
    severity: Array
    layer: Array
    id: Array
    fingerprint: Array
    kind: Array
    kind_zh: Array
    shape: Array
    rank: Array
    """How grave each is; 0 is the gravest."""
    turn: Array
    """The place of each among the findings of its check by gravity and excess."""
    late: Array
    """Days over the limit; NaN where it is not counted in days."""
    block: Array
    """The number of the check of each."""
    names: tuple[str, ...]
    """The code of each check by number."""

    @classmethod
    def of(cls, plan: Plan, blocks: Blocks) -> Columns:
        """Return the columns of findings."""
        parts = [block.worked("columns", None, partial(_columns, plan, block)) for block in blocks]
        number = np.repeat(np.arange(len(parts)), [len(part["rank"]) for part in parts])
        whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return cls(block=number, names=tuple(block.code for block in blocks), **whole)

    def codes(self, rows: Array) -> list[str]:
        """Return the codes of some findings, each once, in the order in which they come."""
        number = self.block[rows]
        return [self.names[k] for k in dict.fromkeys((pd.unique(number) if len(number) > _FEW else number).tolist())]


def _columns(plan: Plan, block: Block) -> dict[str, Array]:
    rows = block.rows
    rank = pd.Series(block.column("severity")).map(SEVERITIES.index).to_numpy(dtype=int)
    over = (rows["value"] - rows["limit"].fillna(0.0)).to_numpy(dtype=float)
    excess = np.nan_to_num(np.abs(over), nan=-1.0, posinf=np.inf)
    name = block.by_row("name in order", plan, _in_order)
    order = np.lexsort((name[:, 1], name[:, 0], -excess, rank))
    turn = np.empty(len(rows), dtype=int)
    turn[order] = np.arange(len(rows))
    return {
        **{name: block.column(name) for name in ("code", "severity", "layer", "id", "fingerprint")},
        **{name: block.by_row(name, plan, partial(_slot, name=name)) for name in ("kind", "kind_zh")},
        "shape": rows.geometry.to_numpy(),
        "rank": rank,
        "turn": turn,
        "late": np.where(block.column("unit") == "d", over, np.nan),
    }


def _in_order(plan: Plan, block: Block) -> Array:  # noqa: ARG001  (the form of what is made by row)
    """Return the fingerprints as two numbers each, which sort as they do: up to sixteen letters."""
    words = np.array([name.encode() for name in block.column("fingerprint").tolist()], dtype="S16")
    return words.view(">u8").reshape(-1, 2).astype(np.uint64)


def _slot(plan: Plan, block: Block, name: str) -> Array:  # noqa: ARG001  (the form of what is made by row)
    return slot(block.rows, name)


def first_days(plan: Plan, blocks: Blocks) -> Array:
    """Return the day from which each finding is so; where it has none, its feature's first (parks have none)."""
    return np.concatenate([block.by_row("first days", plan, _first_days) for block in blocks])


def _first_days(plan: Plan, block: Block) -> Array:
    found = block.rows
    out = found["from"].to_numpy(dtype="datetime64[D]").copy()
    blank = np.isnat(out)
    layer = block.column("layer")
    for name in dict.fromkeys(layer[blank].tolist()):
        if name == "parks" or not plan.has(name):
            continue
        dated = [c for c in ("start", "finish", "released") if c in plan[name].columns and plan.has(name, c)]
        if not dated:
            continue
        rows = np.flatnonzero(blank & (layer == name))
        at = first_rows(plan, name).of(block.column("id")[rows])
        first = plan[name][dated].iloc[at[at >= 0]].min(axis=1)
        out[rows[at >= 0]] = first.to_numpy(dtype="datetime64[D]")
    return np.asarray(out)


def all_touched(plan: Plan, blocks: Blocks) -> Touched:
    """Return which parcels each finding touches."""
    owns = [block.by_row("own parcel", plan, _own) for block in blocks]
    named = [block.watched("named", plan, (), partial(named_parcels, found=block.rows)) for block in blocks]
    return joined([paired(*both) for both in zip(owns, named, strict=True)], [len(own) for own in owns])


def _own(plan: Plan, block: Block) -> Array:
    return own_parcel(plan, block.rows)


@dataclass(frozen=True, eq=False)
class Things:
    """The thing that each finding comes from, and the number of its cause: one verdict and one thing are one cause.

    `names` tells causes of equal weight apart, by number.
    """

    anchors: Anchors
    of: Array
    names: list[str]


@dataclass(frozen=True, eq=False)
class _Group:
    """Findings whose checks name one grouping under one verdict, with the causes among them."""

    anchors: Anchors
    of: Array
    names: Array


def things(plan: Plan, blocks: Blocks, verdicts: Mapping[str, str]) -> Things:
    """Return the thing each finding comes from; checks of one verdict that name one function are grouped together."""
    groups = list(_grouped(blocks, verdicts).items())
    made = [_group(plan, rule, verdict, [blocks.items[k] for k in mine]) for (rule, verdict), mine in groups]
    ends = np.cumsum([0, *(len(block.rows) for block in blocks)])
    at = np.concatenate([np.arange(ends[k], ends[k + 1]) for _, mine in groups for k in mine])
    places = np.cumsum([0, *(len(group.names) for group in made)])
    numbers, names = pd.factorize(np.concatenate([group.names for group in made]))
    of = numbers[np.concatenate([group.of + start for group, start in zip(made, places[:-1], strict=True)])]
    parts = [np.concatenate([getattr(g.anchors, f) for g in made]) for f in ("layer", "id", "part")]
    out = [np.empty_like(part) for part in (*parts, of)]
    for whole, part in zip(out, (*parts, of), strict=True):
        whole[at] = part
    return Things(Anchors(out[0], out[1], out[2]), out[3], list(names))


_Rule = Callable[[Plan, pd.DataFrame], Anchors]


def _grouped(blocks: Blocks, verdicts: Mapping[str, str]) -> dict[tuple[_Rule, str], list[int]]:
    """Return the numbers of the blocks that are grouped together, by their function and verdict."""
    checks, out = load(), dict[tuple[_Rule, str], list[int]]()
    for number, block in enumerate(blocks):
        rule = checks[block.code].cause if block.code in checks else None
        out.setdefault((rule or of_pair, verdicts[block.code]), []).append(number)
    return out


def _group(plan: Plan, rule: _Rule, verdict: str, mine: Sequence[Block]) -> _Group:
    def make(seen: Plan) -> _Group:
        rows = mine[0].rows if len(mine) == 1 else pd.concat([block.rows for block in mine], ignore_index=True)
        anchors = rule(seen, rows)
        of, names = pd.factorize(verdict + "\n" + anchors.layer + "\n" + anchors.id + "\n" + anchors.part)
        return _Group(anchors, of, names)

    return mine[0].watched(("group", rule, verdict), plan, list(mine), make)
