"""The promise as something that can be tried: take data away from a plan, and name what looks better for it.

Taking data away never helps: no score rises, no verdict becomes 合格, and every finding that vanishes comes back as a
row that is not known or as a check that did not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from ..checks import NAMELESS
from ..checks.drawn import WHOLE
from ..plan import Plan, Report
from ..plan.layers import LAYERS

SHARES = (0.1, 0.5, 1.0)
SHAPES = "geometry"
_CLOSE = 1e-9


@dataclass(frozen=True)
class Ablation:
    """What is taken away: a share of the values of a column (or of the shapes); the whole layer where none is named."""

    layer: str
    column: str = ""
    share: float = 1.0
    seed: int = 0
    aimed: frozenset[str] = frozenset()
    """Ids of the only rows that lose it: taken where it would help most, not by chance; empty: all rows."""

    def __str__(self) -> str:
        whole = f"{self.layer} dropped"
        where = f" of {len(self.aimed)} rows" if self.aimed else ""
        return f"{self.layer}.{self.column} {self.share:.0%}{where} seed {self.seed}" if self.column else whole

    @property
    def answers(self) -> bool:
        """Whether a blank in this column is an answer (there is none), so that a finding may vanish with it."""
        spec = LAYERS.get(self.layer)
        column = spec.column(self.column) if spec else None
        return column is not None and column.blank_means(self.layer) == "none"

    def rows(self, plan: Plan) -> np.ndarray:
        """The positions of the rows that lose their value, drawn from those that have one."""
        frame = plan.layers[self.layer]
        if not self.column:
            return np.arange(len(frame))
        held = (
            ~frame.geometry.is_empty & frame.geometry.notna() if self.column == SHAPES else frame[self.column].notna()
        )
        held &= frame["id"].astype("str").isin(self.aimed) if self.aimed else True
        full = np.flatnonzero(held.to_numpy())
        n = max(1, round(self.share * len(full))) if len(full) else 0
        return np.sort(np.random.default_rng(self.seed).choice(full, n, replace=False))

    def of(self, plan: Plan) -> Plan:
        """Return the plan without it."""
        layers = dict(plan.layers)
        if not self.column:
            del layers[self.layer]
            return replace(plan, layers=layers)
        frame, rows = plan[self.layer], self.rows(plan)
        if self.column == SHAPES:
            shapes = frame.geometry.to_numpy().copy()
            shapes[rows] = shapely.from_wkt("POLYGON EMPTY")
            layers[self.layer] = frame.set_geometry(shapes, crs=frame.crs)
        else:
            lost = np.isin(np.arange(len(frame)), rows)
            layers[self.layer] = frame.assign(**{self.column: frame[self.column].mask(lost)})
        return replace(plan, layers=layers)

    def lost(self, plan: Plan) -> set[str]:
        """The names of the rows that lost something: their ids, or their positions where the id itself is gone."""
        rows = self.rows(plan)
        ids = plan.layers[self.layer]["id"]
        return {WHOLE, *(f"#{row + 1}" for row in rows)} | set(ids.iloc[rows].dropna().astype("str"))


def ablations(plan: Plan, shares: Sequence[float] = SHARES, seeds: Sequence[int] = (0,)) -> Iterator[Ablation]:
    """Yield what can be taken from a plan: each layer, each column with a value, the shapes, by share and seed."""
    for layer, frame in sorted(plan.layers.items()):
        if layer not in LAYERS or not len(frame):
            continue
        yield Ablation(layer)
        columns = [c.name for c in LAYERS[layer].columns if frame[c.name].notna().any()]
        for column in [*columns, SHAPES]:
            for share in shares:
                for seed in seeds if share < 1 else seeds[:1]:
                    yield Ablation(layer, column, share, seed)


def aimed_ablations(plan: Plan, report: Report) -> Iterator[Ablation]:
    """Yield for each column, and the shapes, that it is blank in just the rows that findings of the report name."""
    named: dict[str, set[str]] = {}
    for ends in (("layer", "id"), ("other_layer", "other_id")):
        for layer, name in _keys(report.findings, ends):
            named.setdefault(layer, set()).add(name)
    for taken in ablations(plan, (1.0,)):
        one = replace(taken, aimed=frozenset(named.get(taken.layer, ())))
        if one.column and one.aimed and len(one.rows(plan)):
            yield one


def broken_promises(before: Report, after: Report, taken: Ablation, plan: Plan) -> list[str]:
    """Return what looks better after something was taken from `plan`, one sentence each; nothing is a pass."""
    out = [f"{taken}: check {run.code} crashed: {run.reason['en']}" for run in after.runs if run.outcome == "crashed"]
    if not taken.answers:
        out += [f"{taken}: {text}" for text in (*_better_words(before, after), *_vanished(before, after, taken, plan))]
    return out + [f"{taken}: {text}" for text in _better_scores(before, after)]


def _better_words(before: Report, after: Report) -> Iterator[str]:
    for one, two in zip(before.verdict, after.verdict, strict=True):
        if two.state == "pass" and one.state != "pass":
            yield f"verdict {one.name} becomes pass from {one.state}"


def _better_scores(before: Report, after: Report) -> Iterator[str]:
    for name in ("S1", "S2", "S3"):
        one, two = getattr(before.scores, name), getattr(after.scores, name)
        if two is not None and two > (one if one is not None else 1.0) + _CLOSE:
            yield f"{name} rises from {one} to {two}"


def _vanished(before: Report, after: Report, taken: Ablation, plan: Plan) -> Iterator[str]:
    """Yield each finding that is gone and is not unknown by its own name or a lost row's, nor of a skipped check."""
    state = {run.code: run.outcome for run in after.runs}
    still: dict[str, set[str]] = {}
    for code, *ends in _keys(after.findings, ("code", "id", "other_id")):
        still.setdefault(code, set()).update(ends)
    names = _positions(plan)
    doubts: dict[str, set[str]] = {}
    for code, name in _keys(after.unknown, ("code", "id")):
        doubts.setdefault(code, set()).add(name)
    lost = taken.lost(plan)
    for code, layer, name, other in _keys(before.findings, ("code", "layer", "id", "other_id")):
        called = {name, *names.get((layer, name), ())}
        nameless = code in NAMELESS and taken.column == "id"  # the rule about ids names what has none by ""
        if state.get(code) == "skipped" or nameless or called & still.get(code, set()):
            continue
        if not doubts.get(code, set()) & (called | {other} | lost):
            yield f"{code} on {layer} {name} vanishes without a word"


def _keys(table: pd.DataFrame, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(zip(*(table[c].astype("str") for c in columns), strict=True)) if len(table) else []


def _positions(plan: Plan) -> dict[tuple[str, str], set[str]]:
    """The name by position of each feature, which it goes by when its id is gone."""
    out: dict[tuple[str, str], set[str]] = {}
    for layer, frame in plan.layers.items():
        if layer in LAYERS:
            for row, name in enumerate(frame["id"].astype("str").tolist(), start=1):
                out.setdefault((layer, name), set()).add(f"#{row}")
    return out


PARTLY = (("buildings", "people"), ("parcels", "people"), ("parcels", "jobs"), ("parcels", "dwellings"))
"""Attributes that a bureau fills for a part of the rows, and that results about all of them are built on."""


@dataclass(frozen=True)
class Addition:
    """An attribute that no row has, and then one row of many."""

    layer: str
    column: str
    row: int
    value: float = 1.0

    def __str__(self) -> str:
        return f"{self.layer}.{self.column} filled for row {self.row + 1} only"

    def without(self, plan: Plan) -> Plan:
        """Return the plan in which no row has it."""
        return self._with(plan, np.full(len(plan[self.layer]), np.nan))

    def of(self, plan: Plan) -> Plan:
        """Return the plan in which this row alone has it."""
        return self._with(plan, np.where(np.arange(len(plan[self.layer])) == self.row, self.value, np.nan))

    def _with(self, plan: Plan, values: np.ndarray) -> Plan:
        return replace(plan, layers={**plan.layers, self.layer: plan[self.layer].assign(**{self.column: values})})


def additions(plan: Plan) -> Iterator[Addition]:
    """Yield each way to fill an attribute of `PARTLY` for one row of two or more."""
    for layer, column in PARTLY:
        if layer in plan and len(plan[layer]) > 1:
            yield from (Addition(layer, column, row) for row in range(len(plan[layer])))


def mixed_up(before: Report, after: Report, filled: Addition) -> list[str]:
    """Return what is gone after one row was filled, one sentence each; nothing is a pass.

    What was found without the attribute is still found, is unknown by its own name, or belongs to a check that says why
    it did not run: one row tells nothing about the others.
    """
    state = {run.code: run.outcome for run in after.runs}
    still = set(_keys(after.findings, ("code", "layer", "id"))) | set(_keys(after.unknown, ("code", "layer", "id")))
    gone = [key for key in _keys(before.findings, ("code", "layer", "id")) if key not in still]
    return [
        f"{filled}: {code} on {layer} {name} vanishes" for code, layer, name in gone if state.get(code) != "skipped"
    ]
