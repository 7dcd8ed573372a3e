"""Two scenarios side by side: what changed, from which use to which, which dates moved, and what each change causes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import ScenarioError
from ..plan import Plan
from ..plan.layers import LAYERS
from .cause_changes import cause_changes
from .decompose import decomposed, indicators
from .land_flow import transitions
from .matching import keyed, renamed
from .run import Judged

SAME_PLACE = 0.001
"""Metres within which two drawings of a feature are the same."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What separates scenario `b` from scenario `a`; every table is sorted by its keys.

    Parameters
    ----------
    features
        layer, id, change ("added", "removed", "reshaped", "renamed", "set"), column, before, after, geometry.
    moved
        layer, id, column, before, after [dates], days.
    works
        layer, id, change ("moved", "added", "dropped"), days: the largest move of any of its dates.
    transitions
        from, to (classes of land use, "" outside), area [m²].
    indicators
        name, before, after, delta.
    contributions
        indicator, layer, id, delta, because: the part of each feature in the change of a figure; the sum is exact.
    findings
        fingerprint, code, severity, layer, id, state ("new", "gone", "same"), because.
    causes
        What the findings come from, joined by key: the columns of `cause_changes`, state "new", "gone", "grown",
        "shrunk" or "same" among them.

    `because` names what changed at the feature itself ("start", "code, geometry", "added") or, in brackets, the changed
    feature on the other side of its finding ("(roads/R7: finish)"); it is empty where the cause lies farther off.
    """

    a: Judged
    b: Judged
    features: gpd.GeoDataFrame
    moved: pd.DataFrame
    works: pd.DataFrame
    transitions: pd.DataFrame
    indicators: pd.DataFrame
    contributions: pd.DataFrame
    findings: pd.DataFrame
    causes: pd.DataFrame

    @property
    def empty(self) -> bool:
        """Whether nothing separates the two: no feature, date, use, finding or figure."""
        flows = (self.transitions["from"] != self.transitions["to"]).any()
        states = (self.findings["state"] != "same").any()
        figures = (self.indicators["delta"].fillna(0.0) != 0).any()
        return not (len(self.features) or len(self.moved) or flows or states or figures)

    def __repr__(self) -> str:
        state = self.findings["state"].value_counts()
        return (
            f"Comparison({self.a.scenario.name!r} -> {self.b.scenario.name!r}: {len(self.moved)} dates moved, "
            f"{len(self.features)} features changed, findings {state.get('new', 0)} new, {state.get('gone', 0)} gone)"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.indicators.to_html(index=False)}"


def compare(a: Judged, b: Judged) -> Comparison:
    """Return what changes from `a` to `b`.

    Raises
    ------
    ScenarioError
        The two are not in one coordinate system; those of one base plan are.
    """
    if a.plan.crs != b.plan.crs:
        msg = f"'{a.plan.name}' is in {a.plan.crs}, '{b.plan.name}' in {b.plan.crs}; give both scenarios the same crs."
        raise ScenarioError(msg)
    layers = sorted({*a.plan.layers, *b.plan.layers} & set(LAYERS))
    steps = [_layer(name, a.plan, b.plan) for name in layers]
    features = pd.concat([s[0] for s in steps if len(s[0])] or [_no_features(a.plan.crs)], ignore_index=True)
    moved = pd.concat([s[1] for s in steps if len(s[1])] or [_no_moves()], ignore_index=True)
    why = _changed(features, moved)
    found = _findings(a, b, why)
    parts = decomposed(a, b)
    return Comparison(
        a=a,
        b=b,
        features=features,
        moved=moved,
        works=_works(features, moved),
        transitions=transitions(a.plan, b.plan),
        indicators=indicators(a, b),
        contributions=parts.assign(because=_because(parts, why, found)),
        findings=found.drop(columns="other"),
        causes=cause_changes(a.report, b.report),
    )


def _no_features(crs: str) -> gpd.GeoDataFrame:
    names = ("layer", "id", "change", "column", "before", "after")
    return gpd.GeoDataFrame({n: pd.Series([], dtype="str") for n in names}, geometry=[], crs=crs)


def _no_moves() -> pd.DataFrame:
    return pd.DataFrame({"layer": [], "id": [], "column": [], "before": [], "after": [], "days": []})


def _layer(name: str, a: Plan, b: Plan) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the changed features and the moved dates of one layer."""
    one, two = keyed(a, name), keyed(b, name)
    names = renamed(one, two)
    two = two.rename(index=dict(zip(names["after"], names["before"], strict=True)))
    both = one.index.intersection(two.index)
    parts = [_rows(name, names["before"], "renamed", one, before=names["before"], after=names["after"])]
    parts.append(_rows(name, two.index.difference(one.index), "added", two))
    parts.append(_rows(name, one.index.difference(two.index), "removed", one))
    shapes = one.geometry.loc[both].to_numpy(), two.geometry.loc[both].to_numpy()
    nowhere = shapely.is_missing(shapes[0]) & shapely.is_missing(shapes[1])
    parts.append(_rows(name, both[~shapely.equals_exact(*shapes, SAME_PLACE) & ~nowhere], "reshaped", two))
    moves = []
    for column in [c for c in LAYERS[name].columns if c.name != "id"]:
        x, y = one.loc[both, column.name], two.loc[both, column.name]
        differs = ((x != y) & ~(x.isna() & y.isna())).fillna(value=True).to_numpy(dtype=bool)
        if differs.any() and column.dtype == "date":
            moves.append(_moves(name, column.name, x[differs], y[differs]))
        elif differs.any():
            parts.append(
                _rows(name, both[differs], "set", two, column=column.name, before=x[differs], after=y[differs])
            )
    full = [p for p in parts if len(p)]
    features = pd.concat(full, ignore_index=True) if full else _no_features(a.crs)
    return features, pd.concat(moves, ignore_index=True) if moves else _no_moves()


def _moves(layer: str, column: str, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    days = ((after - before) / pd.Timedelta(days=1)).to_numpy()
    dates = {"before": before.to_numpy(), "after": after.to_numpy(), "days": days}
    return pd.DataFrame({"layer": layer, "id": before.index, "column": column} | dates)


def _rows(  # noqa: PLR0913, PLR0917  (the columns of one row)
    layer: str, ids: Any, change: str, frame: gpd.GeoDataFrame, column: str = "", before: Any = "", after: Any = ""
) -> gpd.GeoDataFrame:
    ids = np.asarray(ids, dtype=object)
    words = {"layer": layer, "id": ids, "change": change, "column": column}
    words |= {"before": _text(before, len(ids)), "after": _text(after, len(ids))}
    shapes = frame.geometry.reindex(ids) if len(ids) else []
    table = pd.DataFrame(words).astype("str")
    return gpd.GeoDataFrame(table, geometry=np.asarray(shapes, dtype=object), crs=frame.crs)


def _text(values: Any, n: int) -> Any:
    if isinstance(values, str):
        return [values] * n
    words = pd.Series(np.asarray(values, dtype=object)).map(lambda v: "" if pd.isna(v) else str(v))
    return words.to_numpy(dtype=object)


def _works(features: gpd.GeoDataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Works are features with dates: moved by their farthest date, added or dropped whole."""
    dated = [name for name, spec in LAYERS.items() if any(c.dtype == "date" for c in spec.columns)]
    whole = features.loc[features["change"].isin(["added", "removed"]) & features["layer"].isin(dated)]
    rows = pd.DataFrame({"layer": whole["layer"], "id": whole["id"], "days": np.nan})
    rows["change"] = whole["change"].replace({"removed": "dropped"})
    size = moved.assign(size=moved["days"].astype(float).abs()).sort_values("size", kind="stable")
    last = size.groupby(["layer", "id"], as_index=False).tail(1)[["layer", "id", "days"]].assign(change="moved")
    full = [part for part in (rows, last) if len(part)] or [rows]
    table = pd.concat(full, ignore_index=True)[["layer", "id", "change", "days"]]
    return table.sort_values(["layer", "id"], ignore_index=True)


def _changed(features: gpd.GeoDataFrame, moved: pd.DataFrame) -> pd.Series:
    """Return what changed at each feature, by (layer, id): columns, "geometry", or the kind of change."""
    words = features["column"].where(features["change"] == "set", features["change"]).replace({"reshaped": "geometry"})
    one = pd.DataFrame({"layer": features["layer"], "id": features["id"], "what": words})
    table = pd.concat([one, moved[["layer", "id", "column"]].rename(columns={"column": "what"})], ignore_index=True)
    if not len(table):
        return pd.Series([], index=pd.MultiIndex.from_arrays([[], []]), dtype="str")
    return table.groupby(["layer", "id"])["what"].agg(", ".join)


def _findings(a: Judged, b: Judged, why: pd.Series) -> pd.DataFrame:
    columns = ["fingerprint", "code", "severity", "layer", "id", "other_layer", "other_id"]
    keys = ["fingerprint", "code", "layer", "id", "other_layer", "other_id"]
    both = a.report.findings[columns].merge(b.report.findings[columns], on=keys, how="outer", indicator=True)
    state = both["_merge"].astype("str").map({"left_only": "gone", "right_only": "new", "both": "same"})
    severity = both["severity_y"].where(both["severity_y"].notna(), both["severity_x"])
    out = both[["fingerprint", "code", "layer", "id"]].assign(state=state, severity=severity)
    own, other = _looked_up(both["layer"], both["id"], why), _looked_up(both["other_layer"], both["other_id"], why)
    linked = "(" + both["other_layer"] + "/" + both["other_id"] + ": " + other + ")"
    out["because"] = own.where(own != "", linked.where(other != "", "")).where(state != "same", "")
    out["other"] = linked.where(other != "", "")
    out = out[["fingerprint", "code", "severity", "layer", "id", "state", "because", "other"]]
    return out.sort_values(["code", "layer", "id", "fingerprint"], ignore_index=True)


def _looked_up(layer: pd.Series, ids: pd.Series, why: pd.Series) -> pd.Series:
    keys = pd.MultiIndex.from_arrays([layer.to_numpy(dtype=object), ids.to_numpy(dtype=object)])
    words = why.reindex(keys).fillna("").to_numpy(dtype=object) if len(why) else np.repeat("", len(layer))
    return pd.Series(words, index=layer.index, dtype="str")


def _because(parts: pd.DataFrame, why: pd.Series, found: pd.DataFrame) -> pd.Series:
    """Return the cause of each part: its own change, else the changed feature that its new or gone finding names."""
    own = _looked_up(parts["layer"], parts["id"], why)
    news = found[(found["state"] != "same") & (found["other"] != "")]
    linked = news.groupby(["layer", "id"])["other"].first() if len(news) else news.set_index(["layer", "id"])["other"]
    return own.where(own != "", _looked_up(parts["layer"], parts["id"], linked))
