"""The change of each figure between two judged plans, split exactly into the features that cause it.

Every split is the same in both directions with the opposite sign, and its parts add up to the change of the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ..checks.tables.contested import switches_told
from ..facts.landuse.balance import CLASSES, Switches, counted_as
from ..facts.progress import parties
from ..plan import Plan
from ..plan.report import SEVERITIES
from ..verdict.lead import lead_of
from ..verdict.scores import S3_CHECKS, Judgement, building_land
from .run import Judged

Array = np.ndarray[Any, Any]
COLUMNS = ("indicator", "layer", "id", "delta")
_STEPS = 300
"""Features whose effect on S3 is computed one by one, at most; above that, blocks of them share theirs by area."""


def indicators(a: Judged, b: Judged) -> pd.DataFrame:
    """Scores, land-use shares, counts of findings: name, before, after, delta; NaN where the data allow no figure."""
    table = pd.DataFrame({"before": _figures(a), "after": _figures(b)}, dtype=float).rename_axis("name").reset_index()
    return table.assign(delta=table["after"] - table["before"])


def _figures(judged: Judged) -> dict[str, float | None]:
    report, areas = judged.report, land(judged.plan, switches_told(judged.report))
    row: dict[str, float | None] = {name: getattr(report.scores, name) for name in ("S1", "S2", "S3")}
    total = float(areas.to_numpy().sum())
    row |= {f"{c}_share": float(areas[c].sum()) / total if total else None for c in CLASSES}
    return row | {f"findings_{s}": float((report.findings["severity"] == s).sum()) for s in SEVERITIES}


def decomposed(a: Judged, b: Judged) -> pd.DataFrame:
    """Which feature adds how much to the change of each figure: indicator, layer, id, delta, the largest first.

    The parts of a figure add up to its change. A figure that is not known in one of the plans has no parts.
    """
    scores = (_plan_first(a, b), _underground_first(a, b), _industry_first(a, b))
    parts = [*_land_shares(a, b), *scores, *_counts(a, b)]
    full = [p for p in parts if len(p)]
    table = pd.concat(full, ignore_index=True) if full else _none()
    table = table[table["delta"].abs() > 1e-15]
    order = table["delta"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


def _none() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series([], dtype=float if c == "delta" else "str") for c in COLUMNS})


def _parts(indicator: str, layer: str, delta: pd.Series) -> pd.DataFrame:
    ids = pd.Series(np.asarray(delta.index, dtype=object)).astype("str")
    return pd.DataFrame({"indicator": indicator, "layer": layer, "id": ids, "delta": delta.to_numpy(dtype=float)})


def land(plan: Plan, how: Switches) -> pd.DataFrame:
    """Area of each parcel in each class, as contested land counts; parcels of one id are one row."""
    if not plan.has("parcels"):
        return pd.DataFrame(dict.fromkeys(CLASSES, 0.0), index=pd.Index([], dtype=object))
    table = counted_as(plan, how)
    mine = table[table["counted"] & table["park"].notna()]
    parts = pd.DataFrame({name: mine["area"] * mine[f"w_{name}"] for name in CLASSES})
    return parts.groupby(mine["id"].fillna("").to_numpy(dtype=object)).sum()


def share_parts(one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    """What each row adds to the change of `good / total` from table `one` to `two`.

    With s = A/T and bars for the middle of both: s2 - s1 = Σ (Δa_i - s̄·Δt_i) / T̄, the same from both sides.
    """
    ids = one.index.union(two.index)
    one, two = one.reindex(ids).fillna(0.0), two.reindex(ids).fillna(0.0)
    totals = one["total"].sum(), two["total"].sum()
    if not totals[0] or not totals[1]:
        return pd.DataFrame({"delta": []})
    middle = (one["good"].sum() / totals[0] + two["good"].sum() / totals[1]) / 2
    change = two - one
    return pd.DataFrame({"delta": (change["good"] - middle * change["total"]) / (sum(totals) / 2)}, index=ids)


def _land_shares(a: Judged, b: Judged) -> list[pd.DataFrame]:
    sides = [land(j.plan, switches_told(j.report)) for j in (a, b)]
    out = []
    for name in CLASSES:
        tables = [pd.DataFrame({"good": side[name], "total": side.sum(axis="columns")}) for side in sides]
        out.append(_parts(f"{name}_share", "parcels", share_parts(*tables)["delta"]))
    return out


def _shares(judged: Judged, score: str, name: str) -> pd.DataFrame | None:
    """Return what each feature adds to one share of a score, good and total by id; None without such a score."""
    part = next((p for p in judged.report.scores.parts.get(score, ()) if p.name == name), None)
    if part is None:
        return None
    frame = judged.plan[part.layer]
    sizes = building_land(judged.plan) if part.layer == "parcels" else frame.geometry.length.to_numpy()
    if isinstance(sizes, str):
        return None
    ids, size = frame["id"].fillna("").astype("str"), pd.Series(sizes, index=frame.index)
    good = size.where(~ids.isin([*part.left_out, *part.failed]) & (part.good > 0), 0.0)
    return pd.DataFrame({"good": good, "total": size}).groupby(ids.to_numpy(dtype=object)).sum()


def _plan_first(a: Judged, b: Judged) -> pd.DataFrame:
    one, two = (_shares(j, "S1", "plan_first") for j in (a, b))
    if one is None or two is None:
        return _none()
    return _parts("S1", "parcels", share_parts(one, two)["delta"])


def _underground_first(a: Judged, b: Judged) -> pd.DataFrame:
    """S2 is a product of two shares: R2·P2 - R1·P1 = (R2 - R1)·P̄ + (P2 - P1)·R̄."""
    out, means, deltas = [], {}, {}
    for name in ("roads", "parcels"):
        one, two = (_shares(j, "S2", name) for j in (a, b))
        if one is None or two is None:
            return _none()
        means[name] = sum(t["good"].sum() / t["total"].sum() for t in (one, two)) / 2
        deltas[name] = share_parts(one, two)["delta"]
    for name, other in (("roads", "parcels"), ("parcels", "roads")):
        out.append(_parts("S2", name, deltas[name] * means[other]))
    return pd.concat(out, ignore_index=True)


def _industry_first(a: Judged, b: Judged) -> pd.DataFrame:
    """S3 follows the dates: parcels are exchanged one by one, from both ends; each bears the mean of its effects."""
    ends = [j.report.scores.S3 for j in (a, b)]
    if ends[0] is None or ends[1] is None or any("S3" in j.report.scores.reasons for j in (a, b)):
        return _none()
    one, two = (_parties(j) for j in (a, b))
    keys = one.index.union(two.index)
    changed = keys[~_equal_rows(one.reindex(keys), two.reindex(keys))]
    if not len(changed):
        return _none()
    area = one["area"].reindex(changed).fillna(0.0) + two["area"].reindex(changed).fillna(0.0)
    blocks = np.arange(len(changed)) * min(_STEPS, len(changed)) // len(changed)
    worth = _exchange((one, two), (changed, blocks), (ends[0] + ends[1]) / 2, a.report.scores.tolerance)
    inside = pd.Series(area.to_numpy() + 1e-9).groupby(blocks).transform(lambda s: s / s.sum()).to_numpy()
    delta = pd.Series(worth[blocks] * inside, index=changed.get_level_values(0))
    return _parts("S3", "parcels", delta.groupby(level=0).sum())


def _parties(judged: Judged) -> pd.DataFrame:
    """Return the parcels that S3 counts, by id and turn, and whether their order is proven good."""
    plan, report = judged.plan, judged.report
    marks = Judgement(plan, report.findings, report.unknown, report.runs, report.scores.tolerance)
    failed, doubt = marks.marks("parcels", S3_CHECKS)
    table = parties(plan).assign(good=~failed & ~doubt)
    columns = ["id", "group", "area", "start", "park", "phase", "district", "exempt", "good"]
    table = table.loc[~table["exempt"], columns]
    ids = table["id"].fillna("").astype("str")
    turn = table.groupby(ids.to_numpy()).cumcount()
    return table.set_index(pd.MultiIndex.from_arrays([ids, turn], names=["key", "turn"])).sort_index()


def _equal_rows(one: pd.DataFrame, two: pd.DataFrame) -> Array:
    same = (one == two) | (one.isna() & two.isna())
    return np.asarray(same.fillna(value=False).all(axis="columns").to_numpy(dtype=bool))


def _exchange(
    sides: tuple[pd.DataFrame, pd.DataFrame], changed: tuple[pd.Index, Array], middle: float, tolerance: float
) -> Array:
    """Return what each block of changed parcels is worth: the mean of exchanging blocks from the first and the last.

    A mixture of both plans that has no curve counts as the `middle` of both scores.
    """
    (one, two), (keys, blocks) = sides, changed
    number = pd.Series(blocks, index=keys)
    at_one = number.reindex(one.index).fillna(-1).to_numpy()
    at_two = number.reindex(two.index).fillna(-1).to_numpy()

    def score(new: Callable[[Array], Array]) -> float:
        mixed = pd.concat([one[~new(at_one) | (at_one < 0)], two[new(at_two) & (at_two >= 0)]])
        worst = lead_of(mixed, mixed["good"].to_numpy(dtype=bool), tolerance, adverse=True)
        return middle if worst is None else worst.score

    count = int(blocks.max()) + 1
    first = np.array([score(lambda at, k=k: at < k) for k in range(count + 1)])  # type: ignore[misc]
    last = np.array([score(lambda at, k=k: at >= k) for k in range(count + 1)])  # type: ignore[misc]
    return np.asarray((np.diff(first) - np.diff(last)) / 2)


def _counts(a: Judged, b: Judged) -> list[pd.DataFrame]:
    """Return how many findings of each severity each feature loses or gains."""
    out = []
    for severity in SEVERITIES:
        counts = []
        for judged in (a, b):
            table = judged.report.findings
            counts.append(table[table["severity"] == severity].groupby(["layer", "id"]).size())
        delta = counts[1].subtract(counts[0], fill_value=0.0)
        delta = delta[delta != 0]
        columns = {"indicator": f"findings_{severity}", "layer": delta.index.get_level_values(0)}
        out.append(
            pd.DataFrame(columns | {"id": delta.index.get_level_values(1), "delta": delta.to_numpy(dtype=float)})
        )
    return out
