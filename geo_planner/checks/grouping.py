"""What findings have in common: the thing they come from, as arrays of anchors; a check names one of these as `cause`.

A function here gets the plan and the findings of all checks of one verdict that name it, and gives one anchor a row.
Findings of one verdict with the same anchor are one cause. Without `cause` the anchor is the feature with its counterpart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..plan import Plan

Array = np.ndarray[Any, Any]

HABIT = 3
"""So many faults of one kind are a habit of whoever drew the data, and mended together (project default)."""
SAME_HOMES = 0.8
"""Services whose homes left out are the same to this share (Jaccard) are missing in one place (project default)."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """Layer and id of the thing each finding comes from, and which matter of it; `id` is empty where it is no feature.

    `part` is a word of `lang.causes.PARTS`, with an argument after a `|` where it needs one, or both ids of a pair.
    """

    layer: Array
    id: Array
    part: Array

    def where(self, rows: Array, layer: Any, name: Any, part: Any = "") -> Anchors:
        """Return the same with other anchors in the rows of a flag."""
        return Anchors(
            np.where(rows, layer, self.layer), np.where(rows, name, self.id), np.where(rows, part, self.part)
        )


def of_feature(plan: Plan, rows: pd.DataFrame) -> Anchors:  # noqa: ARG001  (the form of every grouping)
    """All findings about one feature are one matter, whatever they are measured against."""
    return Anchors(_words(rows, "layer"), _words(rows, "id"), np.full(len(rows), "", dtype=object))


def of_pair(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The feature with its counterpart: the default."""
    pair = _words(rows, "other_layer") + "|" + _words(rows, "other_id")
    return of_feature(plan, rows).where(pair != "|", _words(rows, "layer"), _words(rows, "id"), pair)


def waited_for(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """What comes late, where two or more features wait for it; else the feature that waits.

    Features that no path ever serves have no such thing: two or more of one utility are one gap in its network.
    """
    out, other = of_feature(plan, rows), _words(rows, "other_id")
    many = _shared(rows, _words(rows, "other_layer") + "|" + other) & (other != "")
    out = out.where(many, _words(rows, "other_layer"), other)
    kind = slot(rows, "kind")
    never = (other == "") & (kind != "")
    return out.where(never & _shared(rows, np.where(never, kind, "")), "pipes", "", "never|" + kind)


def counterpart(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The other feature (a plant, a control line), where it is the counterpart of two or more; else the pair."""
    layer, other = _words(rows, "other_layer"), _words(rows, "other_id")
    many = _shared(rows, layer + "|" + other) & (other != "")
    return of_pair(plan, rows).where(many, layer, other)


def service_kind(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The kind of service that is short; kinds that leave out the same homes are one missing neighbourhood centre."""
    layer, name, other = _words(rows, "layer"), _words(rows, "id"), _words(rows, "other_id")
    by_name = layer == "facilities"
    kind = pd.Series(np.where(by_name, name, other)).str.replace(r"-\d+$", "", regex=True).to_numpy(dtype=object)
    lead = _same_places(kind[by_name], rows.geometry.to_numpy()[by_name]) if by_name.any() else {}
    kinds = pd.Series(kind).map(lambda k: lead.get(k, k)).to_numpy(dtype=object)
    return of_feature(plan, rows).where(np.ones(len(rows), bool), "facilities", kinds, "service")


def _decimetres(width: Array) -> Array:
    """Return widths as words, to a decimetre; all of one width are written once."""
    near, number = np.unique(np.round(width, 1), return_inverse=True)
    out = np.char.mod("%.1f m", near).astype(object)[number]
    # Half a decimetre is rounded by its last bit, in which what is written differs from the rounded number.
    half = (np.abs(width * 10.0 % 1.0 - 0.5) < 1e-6) | (width > 1e6)
    out[half] = np.char.mod("%.1f m", width[half]).astype(object)
    return np.asarray(out)


def _same_places(kinds: Array, shapes: Array) -> dict[str, str]:
    """Return for each kind the first kind that leaves out the same places."""
    sets: dict[str, set[bytes]] = {}
    for kind, shape in zip(kinds.tolist(), shapes.tolist(), strict=True):
        sets.setdefault(kind, set()).update(shapely.to_wkb(shapely.get_parts(shape)).tolist())
    lead: dict[str, str] = {}
    for kind in sorted(sets):
        firsts = [one for one in lead.values() if _alike(sets[kind], sets[one])]
        lead[kind] = firsts[0] if firsts else kind
    return lead


def _alike(one: set[bytes], other: set[bytes]) -> bool:
    return len(one & other) >= SAME_HOMES * len(one | other) > 0


def land_structure(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The land-use structure of a park, all of its figures together; land for roads and blocks are a matter of its own."""
    out = of_feature(plan, rows)
    code, figure = _words(rows, "code"), _words(rows, "other_id")
    roads = np.array([c == "BA416" or f.startswith("S-") for c, f in zip(code, figure, strict=True)], bool)
    return out.where(np.ones(len(rows), bool), out.layer, out.id, np.where(roads, "roads", "structure"))


def whole_park(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """One matter of the park, whatever the years or classes."""
    return of_feature(plan, rows).where(np.ones(len(rows), bool), "parks", "", "land")


def opened_phase(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The phase that was opened, where two or more of its parcels are found; else the parcel."""
    name = slot(rows, "phase")
    return of_feature(plan, rows).where(_shared(rows, name) & (name != ""), "parcels", "", "phase|" + name)


def weak_supply(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The district whose supply is weak, where two or more of its parcels are found; else the feature."""
    districts = _of_parcels(plan, "district")
    name = mapped(_words(rows, "id"), districts)
    area = np.where((_words(rows, "layer") == "parcels"), _words(rows, "code") + "|" + name, "")
    return of_feature(plan, rows).where(_shared(rows, area) & (area != ""), "parcels", "", "weak|" + name)


def approval(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """The parcel whose approvals are missing or out of order; a plan unit, where two or more parcels lack it.

    The unit is the detailed plan that holds most of the parcel, in force or not on the day, or lies beside it.
    """
    out, layer = of_feature(plan, rows), _words(rows, "layer")
    if plan.has("buildings"):
        owner = plan["buildings"][["id", "parcel"]].drop_duplicates("id").set_index("id")["parcel"].dropna()
        mine = mapped(_words(rows, "id"), owner)
        out = out.where((layer == "buildings") & (mine != ""), "parcels", mine)
    unit, started = np.full(len(rows), "", dtype=object), _words(rows, "code") == "PB101"
    if started.any():
        unit[started] = units_of(plan, out.id[started])
    return out.where(_shared(rows, unit) & (unit != ""), "approvals", unit)


def units_of(plan: Plan, ids: Array) -> Array:
    """Return the id of the detailed plan that each parcel belongs to; empty where none lies there."""
    plans = plan["approvals"][plan["approvals"]["kind"] == "detailed_plan"]
    plans = plans[~(plans.geometry.is_empty | plans.geometry.isna())]
    shapes = plan["parcels"][["id", "geometry"]].drop_duplicates("id").set_index("id").geometry.reindex(ids).to_numpy()
    i, j = plans.sindex.query(shapes, predicate="dwithin", distance=1.0)
    shared = shapely.area(shapely.intersection(shapes[i], plans.geometry.to_numpy()[j]))
    order = np.lexsort((plans["id"].to_numpy(dtype=object)[j].astype(str), -shared, i))
    lead = order[np.r_[True, np.diff(i[order]) > 0]] if len(order) else order
    out = np.full(len(ids), "", dtype=object)
    out[i[lead]] = plans["id"].to_numpy(dtype=object)[j[lead]]
    return out


def habit(plan: Plan, rows: pd.DataFrame) -> Anchors:
    """Three or more faults of one kind in one layer are one habit; the odd ones of a layer go back with it together.

    Overlaps and gaps are alike where they are as wide to a decimetre, areas where they are off by the same factor.
    """
    code = _words(rows, "code")
    layer = np.where(code == "DA904", "parcels", _words(rows, "layer"))  # a gap is a fault of the parcels around it
    kind = code + "|" + _fault(rows)
    every = np.ones(len(rows), bool)
    number, _ = pd.factorize(layer + "|" + kind)
    many = np.bincount(number)[number] >= HABIT
    return of_feature(plan, rows).where(every, layer, "", np.where(many, "habit|" + kind, "odd"))


def _fault(rows: pd.DataFrame) -> Array:
    """Return what is alike in faults of one kind: the width of an overlap or gap, the factor of an area, the code written."""
    code, out = _words(rows, "code"), np.full(len(rows), "", dtype=object)
    wide, declared = np.isin(code, ("DA903", "DA904")), code == "DA906"
    shapes = rows.geometry.to_numpy()[wide]
    around = shapely.length(shapes)
    width = np.divide(2.0 * shapely.area(shapes), around, out=np.zeros(len(shapes)), where=around > 0)
    out[wide] = _decimetres(width)
    value, drawn = (rows[name].to_numpy(dtype=float)[declared] for name in ("value", "limit"))
    factor = np.divide(value, drawn, out=np.zeros(len(value)), where=drawn > 0)
    out[declared] = np.char.mod("x %.3g", np.nan_to_num(factor)).astype(object)
    rest = np.flatnonzero(out == "")
    if len(rest):
        named = slot(rows, "code_written")[rest] + slot(rows, "first")[rest] + slot(rows, "reason")[rest]
        out[rest] = pd.Series(named, dtype=object).str.replace(r"\[.*", "", regex=True).to_numpy(dtype=object)
    return out


def slot(rows: pd.DataFrame, name: str) -> Array:
    """Return one argument of the findings as words; empty where a finding has none."""
    out = np.full(len(rows), "", dtype=object)
    for at, values in rows["args"].array.groups():
        if name in values:
            column = pd.Series(np.broadcast_to(np.asarray(values[name], dtype=object), len(at)), dtype=object)
            out[at] = np.asarray(column.where(column.notna(), "").astype(str), dtype=object)
    return out


def mapped(names: Array, to: pd.Series) -> Array:
    """Return what each name is mapped to; empty where it is not."""
    out = pd.Series(names, dtype=object).map(to).astype(object)
    return np.asarray(out.where(out.notna(), ""), dtype=object)


def _words(rows: pd.DataFrame, name: str) -> Array:
    return np.asarray(rows[name], dtype=object)


def _shared(rows: pd.DataFrame, by: Array) -> Array:
    """Whether what each row names is named by two or more features."""
    table = pd.DataFrame({"by": by, "who": _words(rows, "layer") + "|" + _words(rows, "id")})
    return np.asarray(table.groupby("by")["who"].transform("nunique").to_numpy() >= 2)


def _of_parcels(plan: Plan, column: str) -> pd.Series:
    if not plan.has("parcels", column):
        return pd.Series(dtype=object)
    return plan["parcels"][["id", column]].drop_duplicates("id").set_index("id")[column].dropna()
