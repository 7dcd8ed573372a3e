"""The works of a plan for the Gantt of the page: one packed row each, with the dates before and after a repair.

Dates of a work are its first and its last: of a parcel from the start of works (or the grant of land) to first use. Its
park is the one its middle lies in; its phase its own, or that of the nearest parcel within `NEAR` metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ...plan import Edit, Plan, apply
from .packed import Columns, encode_table

if TYPE_CHECKING:  # the solvers behind it are heavy, and a page needs them only where a schedule is shown
    from ...schedule import Schedule

LAYERS = ("parcels", "roads", "pipes", "sources")
"""Layers whose features are works, in the order of the Gantt."""
DATES = ("released", "start", "paved", "finish", "used")
MOST = 20_000
"""Works that a page shows at most; above that the works under way on the day shown stand for them."""
MOST_LINKS = 60_000
NEAR = 300.0
"""m: how far the parcel may lie whose phase a pipe, road or source is counted to."""
BLOB = "gp-gantt"


def works_of(plan: Plan, after: Plan | None = None) -> pd.DataFrame:
    """The dated works by layer and start: layer, id, park, phase, kind, from, to, new_from, new_to."""
    frames = [_dated(plan, layer) for layer in LAYERS if layer in plan]
    table = pd.concat([f for f in frames if len(f)] or [_empty()], ignore_index=True)
    if after is not None:
        later = pd.concat([_dated(after, layer, places=False) for layer in LAYERS if layer in after])
        moved = later.set_index(["layer", "id"])[["from", "to"]].rename(columns={"from": "new_from", "to": "new_to"})
        table = table.join(moved, on=["layer", "id"])
    else:
        table = table.assign(new_from=table["from"], new_to=table["to"])
    order = table["layer"].map({name: k for k, name in enumerate(LAYERS)})
    return table.assign(order=order).sort_values(["order", "from", "id"], ignore_index=True).drop(columns="order")


def _empty() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=object) for c in ("layer", "id", "park", "phase", "kind", "from", "to")})


def _dated(plan: Plan, layer: str, *, places: bool = True) -> pd.DataFrame:
    frame = plan.layers[layer]
    columns = [c for c in DATES if c in frame]
    dates = pd.DataFrame({c: pd.to_datetime(frame[c]) for c in columns}, index=frame.index)
    keep = dates.notna().any(axis="columns") if columns else pd.Series(False, index=frame.index)
    first = frame["start"] if "start" in frame else pd.Series(pd.NaT, index=frame.index)
    table = pd.DataFrame(
        {
            "layer": layer,
            "id": frame["id"].astype(str),
            "kind": frame["kind"].astype(str) if layer in {"pipes", "sources"} else layer,
            "from": pd.to_datetime(first).fillna(dates.min(axis="columns")) if columns else pd.NaT,
            "to": dates.max(axis="columns") if columns else pd.NaT,
        }
    )[keep]
    return table.assign(park=_park(plan, layer)[keep], phase=_phase(plan, layer)[keep]) if places else table


def _middles(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    return frame.geometry.representative_point()


def _park(plan: Plan, layer: str) -> np.ndarray[Any, Any]:
    """The park that the middle of each feature lies in, or "" where it lies in none."""
    out = np.full(len(plan.layers[layer]), "", dtype=object)
    if "parks" not in plan or not len(plan.layers["parks"]):
        return out
    parks = plan.layers["parks"]
    row, park = parks.sindex.query(_middles(plan.layers[layer]), predicate="intersects")
    out[row[::-1]] = parks["id"].astype(str).to_numpy(object)[park[::-1]]
    return out


def _phase(plan: Plan, layer: str) -> np.ndarray[Any, Any]:
    """The phase of each feature: its own, or that of the nearest parcel that has one; "" where none is near."""
    frame = plan.layers[layer]
    out = np.full(len(frame), "", dtype=object)
    if "parcels" not in plan or "phase" not in plan.layers["parcels"]:
        return out
    parcels = plan.layers["parcels"]
    known = parcels["phase"].notna().to_numpy()
    if layer == "parcels":
        out[known] = parcels["phase"].astype(str).to_numpy(object)[known]
        return out
    if not known.any():
        return out
    named = parcels[known]
    row, at = named.sindex.nearest(_middles(frame), return_all=False, max_distance=NEAR)
    out[row] = named["phase"].astype(str).to_numpy(object)[at]
    return out


def gantt_of(plan: Plan, fixes: Iterable[Edit] = (), done: Schedule | None = None) -> tuple[str, dict[str, Any]] | None:
    """The packed block of all works and what the page has to know of it; None where nothing is dated, or too much.

    `fixes` are proposed edits: their dates are the new ones. A schedule brings its own, the critical works and the
    links between works, each with its rule.
    """
    edits = [e for e in (done.edits if done is not None else fixes) if e.kind == "retime"]
    if sum(len(plan.layers[layer]) for layer in LAYERS if layer in plan) > MOST:
        return None
    table = works_of(plan, apply(plan, edits) if edits else None)
    if not len(table):
        return None
    name = (table["layer"] + "/" + table["id"]).to_numpy(object)
    links = _links(done, name)
    table = table.assign(critical=_critical(done, name))
    words = ("layer", "park", "phase", "kind", "critical")
    dates = ("from", "to", "new_from", "new_to") if edits else ("from", "to")
    parts: list[tuple[pd.DataFrame, Columns]] = [(table, Columns(words=words, texts=("id",), days=dates))]
    if len(links):
        parts.append((links, Columns(words=("rule",), numbers=("before", "after"))))
    about = {"blob": BLOB, "links": len(links), "critical": done is not None, "moved": len(edits) > 0}
    return encode_table(parts).text, about


def _critical(done: Schedule | None, name: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Return "1" for works with no slack in the new schedule, "" for others and where nothing is known."""
    if done is None or done.timeline is None:
        return np.full(len(name), "", dtype=object)
    table = done.table()
    hot = set(table.loc[table["critical"] & (table["state"] != "done"), "task"])
    return np.array(["1" if n in hot or f"release/{n.partition('/')[2]}" in hot else "" for n in name], dtype=object)


def _links(done: Schedule | None, name: Sequence[Any]) -> pd.DataFrame:
    """Pairs of works of which the later waits for the earlier, by their place in `name`, once a rule."""
    columns = ["before", "after", "rule"]
    if done is None:
        return pd.DataFrame(columns=columns)
    arcs, works = done.network.arcs, done.programme.events.works
    place = {str(n): k for k, n in enumerate(name)}
    place |= {f"release/{n.partition('/')[2]}": k for n, k in place.items() if n.startswith("parcels/")}
    ends = [np.array([place.get(str(w), -1) for w in works[at]], np.int64) for at in (arcs.before, arcs.after)]
    table = pd.DataFrame({"before": ends[0], "after": ends[1], "rule": arcs.rule.astype(str)}, columns=columns)
    table = table[(table["before"] >= 0) & (table["after"] >= 0) & (table["before"] != table["after"])]
    return table.drop_duplicates().sort_values(columns, ignore_index=True).head(MOST_LINKS)
