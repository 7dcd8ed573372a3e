"""Two scenarios side by side: what changed, from which use to which, which dates moved, and what each change causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment

from ..checks.tables.contested import switches_told
from ..facts.landuse.balance import AS_WRITTEN, CLASSES, Switches, counted_as
from ..facts.landuse.uses import uses
from ..plan import Plan
from ..plan.layers import LAYERS
from .run import Judged

SLIVER = 1.0
"""Square metres below which a changed piece of land is drawing noise (sliver rule)."""
ALIKE = 0.5
"""Least intersection over union at which two features of different ids are taken for one."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What separates scenario `b` from scenario `a`; every table is sorted by its keys.

    Parameters
    ----------
    features
        layer, id, change ("added", "removed", "reshaped", "renamed", "set"), column, before, after, geometry.
    moved
        layer, id, column, before, after [dates], days.
    transitions
        from, to (classes of land use, "" outside), area [m²].
    indicators
        name, before, after, delta.
    contributions
        indicator, id, delta: the exact share of each parcel in the change of a land-use share; they add up to it.
    findings
        fingerprint, code, layer, id, state ("new", "gone", "same").
    """

    a: Judged
    b: Judged
    features: gpd.GeoDataFrame
    moved: pd.DataFrame
    transitions: pd.DataFrame
    indicators: pd.DataFrame
    contributions: pd.DataFrame
    findings: pd.DataFrame


def compare(a: Judged, b: Judged) -> Comparison:
    """Return what changes from `a` to `b`; both must be in one coordinate system (those of one base plan are)."""
    layers = sorted({*a.plan.layers, *b.plan.layers} & set(LAYERS))
    steps = [_layer(name, a.plan, b.plan) for name in layers]
    features = pd.concat([s[0] for s in steps if len(s[0])] or [_no_features(a.plan.crs)], ignore_index=True)
    moved = pd.concat([s[1] for s in steps if len(s[1])] or [_no_moves()], ignore_index=True)
    how = switches_told(b.report)
    land, parts = transitions(a.plan, b.plan), contributions(a.plan, b.plan, how)
    return Comparison(a, b, features, moved, land, _indicators(a, b), parts, _findings(a, b))


def _no_features(crs: str) -> gpd.GeoDataFrame:
    names = ("layer", "id", "change", "column", "before", "after")
    return gpd.GeoDataFrame({n: pd.Series([], dtype="str") for n in names}, geometry=[], crs=crs)


def _no_moves() -> pd.DataFrame:
    return pd.DataFrame({"layer": [], "id": [], "column": [], "before": [], "after": [], "days": []})


def _layer(name: str, a: Plan, b: Plan) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the changed features and the moved dates of one layer."""
    one, two = _keyed(a, name), _keyed(b, name)
    names = _renamed(one, two)
    two = two.rename(index=dict(zip(names["after"], names["before"], strict=True)))
    both = one.index.intersection(two.index)
    parts = [_rows(name, names["before"], "renamed", one, before=names["before"], after=names["after"])]
    parts.append(_rows(name, two.index.difference(one.index), "added", two))
    parts.append(_rows(name, one.index.difference(two.index), "removed", one))
    shape = ~shapely.equals_exact(one.geometry.loc[both].array, two.geometry.loc[both].array, 0.001)
    parts.append(_rows(name, both[shape], "reshaped", two))
    moves = []
    for column in [c for c in LAYERS[name].columns if c.name != "id"]:
        x, y = one.loc[both, column.name], two.loc[both, column.name]
        differs = ((x != y) & ~(x.isna() & y.isna())).fillna(value=True).to_numpy(dtype=bool)
        if not differs.any():
            continue
        ids, before, after = both[differs], x[differs], y[differs]
        if column.dtype == "date":
            days = ((after - before) / pd.Timedelta(days=1)).to_numpy()
            moves.append(
                pd.DataFrame(
                    {
                        "layer": name,
                        "id": ids,
                        "column": column.name,
                        "before": before.to_numpy(),
                        "after": after.to_numpy(),
                        "days": days,
                    }
                )
            )
        else:
            parts.append(_rows(name, ids, "set", two, column=column.name, before=before, after=after))
    full = [p for p in parts if len(p)]
    return (
        pd.concat(full, ignore_index=True) if full else _no_features(a.crs),
        pd.concat(moves, ignore_index=True) if moves else _no_moves(),
    )


def _keyed(plan: Plan, name: str) -> gpd.GeoDataFrame:
    if name not in plan:
        frame = gpd.GeoDataFrame({"id": pd.Series([], dtype="str")}, geometry=[], crs=plan.crs)
        return Plan("", plan.crs, {name: frame})[name].set_index("id", drop=False)
    return plan[name].drop_duplicates("id").set_index("id", drop=False).sort_index()


def _rows(  # noqa: PLR0913, PLR0917  (the columns of one row)
    layer: str, ids: Any, change: str, frame: gpd.GeoDataFrame, column: str = "", before: Any = "", after: Any = ""
) -> gpd.GeoDataFrame:
    ids = np.asarray(ids, dtype=object)
    words = {
        "layer": layer,
        "id": ids,
        "change": change,
        "column": column,
        "before": _text(before, len(ids)),
        "after": _text(after, len(ids)),
    }
    shapes = frame.geometry.reindex(ids) if len(ids) else []
    table = pd.DataFrame(words).astype("str")
    return gpd.GeoDataFrame(table, geometry=np.asarray(shapes, dtype=object), crs=frame.crs)


def _text(values: Any, n: int) -> Any:
    if isinstance(values, str):
        return [values] * n
    words = pd.Series(np.asarray(values, dtype=object)).map(lambda v: "" if pd.isna(v) else str(v))
    return words.to_numpy(dtype=object)


def _renamed(one: gpd.GeoDataFrame, two: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return pairs of features that lost their id but not their place: the best one-to-one match by overlap."""
    gone, come = one.loc[one.index.difference(two.index)], two.loc[two.index.difference(one.index)]
    empty = pd.DataFrame({"before": pd.Series([], dtype="str"), "after": pd.Series([], dtype="str")})
    areas = [f.geometry.area.to_numpy() for f in (gone, come)]
    if not len(gone) or not len(come) or not (areas[0].any() and areas[1].any()):
        return empty
    i, j = come.sindex.query(gone.geometry, predicate="intersects")
    if not len(i):
        return empty
    shared = shapely.area(shapely.intersection(gone.geometry.array[i], come.geometry.array[j]))
    alike = shared / np.maximum(areas[0][i] + areas[1][j] - shared, 1e-9)
    table = np.zeros((len(gone), len(come)))
    table[i, j] = alike
    rows, columns = linear_sum_assignment(-table)
    good = table[rows, columns] >= ALIKE
    return pd.DataFrame({"before": gone.index[rows[good]], "after": come.index[columns[good]]})


def transitions(a: Plan, b: Plan) -> pd.DataFrame:
    """The area [m²] that goes from each land-use class of `a` to each of `b`; unchanged land is included.

    Classes are the codes as their scheme names them ("" where one plan has no parcel). Pieces below `SLIVER` are
    drawing noise and left out. Returns columns from, to, area, sorted.
    """
    if not a.has("parcels") or not b.has("parcels"):
        return pd.DataFrame({"from": [], "to": [], "area": []})
    one, two = (p["parcels"].geometry.array for p in (a, b))
    x, y = (uses(p)["code"].fillna("?").to_numpy(dtype=object) for p in (a, b))
    i, j = shapely.STRtree(two).query(one, predicate="intersects")
    same = shapely.equals_identical(one[i], two[j])
    area = np.where(same, shapely.area(one[i]), 0.0)
    area[~same] = shapely.area(shapely.intersection(one[i[~same]], two[j[~same]]))
    keep = area >= SLIVER
    i, j, area = i[keep], j[keep], area[keep]
    rest_a = shapely.area(one) - np.bincount(i, area, len(one))
    rest_b = shapely.area(two) - np.bincount(j, area, len(two))
    table = pd.DataFrame(
        {
            "from": np.concatenate([x[i], x, np.repeat("", len(two))]),
            "to": np.concatenate([y[j], np.repeat("", len(one)), y]),
            "area": np.concatenate([area, *(np.where(rest >= SLIVER, rest, 0.0) for rest in (rest_a, rest_b))]),
        }
    )
    return table[table["area"] > 0].groupby(["from", "to"], as_index=False)["area"].sum()


def contributions(a: Plan, b: Plan, how: Switches = AS_WRITTEN) -> pd.DataFrame:
    """How much each parcel adds to the change of each land-use share; the parts add up to the whole exactly.

    With share s = A/T: s2 - s1 = Σ (Δa_i - s1·Δt_i) / T2, where Δa_i is what parcel i adds to the class and Δt_i to the
    counted land. Returns columns indicator, id, delta, without zeros, the largest first.
    """
    if not a.has("parcels") or not b.has("parcels"):
        return pd.DataFrame({"indicator": [], "id": [], "delta": []})
    one, two = _areas(a, how), _areas(b, how)
    ids = one.index.union(two.index)
    one, two = one.reindex(ids).fillna(0.0), two.reindex(ids).fillna(0.0)
    before, after = one.sum(axis=1).sum(), two.sum(axis=1).sum()
    if not before or not after:
        return pd.DataFrame({"indicator": [], "id": [], "delta": []})
    counted = (two - one).sum(axis=1)
    parts = []
    for name in CLASSES:
        delta = (two[name] - one[name] - one[name].sum() / before * counted) / after
        parts.append(pd.DataFrame({"indicator": f"{name}_share", "id": ids, "delta": delta.to_numpy()}))
    table = pd.concat(parts, ignore_index=True)
    table = table[table["delta"].abs() > 1e-12]
    return table.reindex(table["delta"].abs().sort_values(ascending=False, kind="stable").index).reset_index(drop=True)


def _areas(plan: Plan, how: Switches) -> pd.DataFrame:
    """Area of each parcel in each class, as contested land counts; parcels of one id are one row."""
    table = counted_as(plan, how)
    mine = table[table["counted"]]
    parts = pd.DataFrame({name: mine["area"] * mine[f"w_{name}"] for name in CLASSES})
    return parts.groupby(mine["id"].to_numpy(dtype=object)).sum()


def _indicators(a: Judged, b: Judged) -> pd.DataFrame:
    """Scores, land-use shares and counts of findings, before and after."""
    values = []
    for judged in (a, b):
        report = judged.report
        row: dict[str, float | None] = {name: getattr(report.scores, name) for name in ("S1", "S2", "S3")}
        row |= {f"{c}_share": report.balance.get(f"{c}_share") for c in CLASSES}
        row |= {f"findings_{s}": float((report.findings["severity"] == s).sum()) for s in ("error", "warning", "info")}
        values.append(row)
    table = pd.DataFrame({"before": values[0], "after": values[1]}, dtype=float).rename_axis("name").reset_index()
    return table.assign(delta=table["after"] - table["before"])


def _findings(a: Judged, b: Judged) -> pd.DataFrame:
    columns = ["fingerprint", "code", "layer", "id"]
    both = a.report.findings[columns].merge(b.report.findings[columns], on=columns, how="outer", indicator=True)
    state = both["_merge"].astype("str").map({"left_only": "gone", "right_only": "new", "both": "same"})
    return both[columns].assign(state=state).sort_values(["code", "layer", "id", "fingerprint"], ignore_index=True)
