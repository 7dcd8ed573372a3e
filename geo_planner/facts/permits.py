"""The steps of each parcel from plan to use, with what holds the date of each; and which approvals a parcel lacks.

An approval belongs to the land that its own shape covers; the parcel it names counts only where it has no shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..errors import LandUseError, did_you_mean
from ..plan import Plan
from ..plan.layers import PERMITS
from .landuse.roles import developed
from .landuse.uses import uses
from .nearby import inner
from .registry import fact

STEPS = (*PERMITS[:-1], "start", "finish", "acceptance", "used")
ACCEPTED, USED = STEPS.index("acceptance"), STEPS.index("used")
WIDE = ("master_plan", "detailed_plan")
"""Plans of a whole district: they belong to every parcel whose inner point they hold."""
LAND = ("land_grant", "land_permit")
"""Approvals of land: they must hold the parcel; the others are for works and may be drawn around these alone."""
EVENTS: Mapping[str, str] = {"started": "start", "finished": "finish", "used": "used"}
"""State of a parcel -> the date at which it is reached."""
NEVER = "never"
_BELONGS = 0.5
"""An approval belongs to a parcel where it holds this share of the smaller of the two (project default)."""
Array = np.ndarray[Any, Any]


@fact(needs={"parcels": ("id", "geometry"), "approvals": ("id", "parcel", "geometry")})
def approval_pairs(plan: Plan) -> pd.DataFrame:
    """Which approval (`at`, its position) belongs to which parcel (`row`), and its share of it (`cover`)."""
    parcels, approvals = plan["parcels"], plan["approvals"]
    land, papers = parcels.geometry.to_numpy(), approvals.geometry.to_numpy()
    own = shapely.area(papers) > 0
    place = pd.DataFrame({"parcel": parcels["id"], "row": np.arange(len(parcels))})
    named = approvals[["parcel"]].assign(at=np.arange(len(approvals)))[~own].dropna().merge(place, on="parcel")
    at, row = _meeting(plan, np.flatnonzero(own))
    shared = np.zeros(len(at))
    same = shapely.equals_identical(papers[at], land[row])
    shared[same] = shapely.area(land[row[same]])
    shared[~same] = shapely.area(shapely.intersection(papers[at[~same]], land[row[~same]]))
    sizes = shapely.area(papers[at]), shapely.area(land[row])
    near = shared >= _BELONGS * np.minimum(*sizes)
    cover = np.divide(shared, sizes[1], out=np.ones(len(at)), where=sizes[1] > 0)
    drawn = pd.DataFrame({"at": at[near], "row": row[near], "cover": np.minimum(cover[near], 1.0)})
    table = pd.concat([drawn, named[["at", "row"]].assign(cover=1.0)], ignore_index=True)
    return table.sort_values(["at", "row"], ignore_index=True)


def _meeting(plan: Plan, own: Array) -> tuple[Array, Array]:
    """Return approvals and parcels of which one holds the inner point of the other."""
    parcels, papers = plan["parcels"], plan["approvals"].geometry.iloc[own]
    i, j = parcels.sindex.query(inner(plan, "approvals")[own], predicate="intersects")
    row, k = papers.sindex.query(inner(plan, "parcels"), predicate="intersects")
    pairs = np.unique(np.c_[np.r_[own[i], own[k]], np.r_[j, row]], axis=0)
    return pairs[:, 0], pairs[:, 1]


@fact(
    needs={
        "parcels": ("id", "start", "finish", "used", "geometry"),
        "approvals": ("id", "kind", "parcel", "start", "geometry"),
    },
    of=(approval_pairs,),
)
def permit_steps(plan: Plan) -> pd.DataFrame:
    """One row for each dated step of each parcel: row, step (position in `STEPS`), layer, date (column), id, day.

    Steps are the approvals that belong to the parcel. A step with several papers has several rows, the earliest first.
    """
    parcels, approvals = plan["parcels"], plan["approvals"][["id", "kind", "parcel", "start", "geometry"]]
    step = approvals["kind"].map({kind: STEPS.index(kind) for kind in PERMITS}).to_numpy(dtype=float)
    pairs = approval_pairs(plan)
    known = ~np.isnan(step) & approvals["start"].notna().to_numpy()
    pairs = pairs[known[pairs["at"]] & ~(step[pairs["at"]] < len(WIDE))]
    blocks = [_papers(approvals.iloc[pairs["at"]], pairs["row"].to_numpy(), step[pairs["at"]])]
    blocks += [_wide(plan, approvals[known & (step == n)], n) for n in range(len(WIDE))]
    works = [
        pd.DataFrame({"row": np.arange(len(parcels)), "step": n, "layer": "parcels", "date": name})
        .assign(id=parcels["id"].to_numpy(dtype=object), day=parcels[name].to_numpy().astype("datetime64[D]"))
        .dropna(subset="day")
        for n, name in enumerate(STEPS)
        if name not in PERMITS
    ]
    table = pd.concat([*blocks, *works], ignore_index=True)
    table = table.astype({"row": "int64", "step": "int64"})
    return table.sort_values(["row", "step", "day", "id"], ignore_index=True)


def _papers(approvals: Any, rows: Any, step: Any) -> pd.DataFrame:
    columns = {"row": rows, "step": np.asarray(step), "layer": "approvals", "date": "start"}
    table = pd.DataFrame(columns, index=range(len(approvals)))
    days = approvals["start"].to_numpy().astype("datetime64[D]")
    return table.assign(id=approvals["id"].to_numpy(dtype=object), day=days)


def _wide(plan: Plan, wide: Any, step: int) -> pd.DataFrame:
    """Return plans of a district for the parcels whose inner points they hold, and for one that they name."""
    drawn = wide[shapely.area(wide.geometry.to_numpy()) > 0]
    i, j = drawn.sindex.query(inner(plan, "parcels"), predicate="intersects")
    place = pd.DataFrame({"parcel": plan["parcels"]["id"], "row": np.arange(len(plan["parcels"]))})
    rest = wide.loc[wide.index.difference(drawn.index), ["parcel"]].assign(at=lambda t: t.index)
    named = rest.dropna().merge(place, on="parcel")
    both = pd.concat([drawn.iloc[j], wide.loc[named["at"]]])
    return _papers(both, np.r_[i, named["row"].to_numpy(dtype=int)], np.full(len(both), step))


def lacking(plan: Plan, expected: Mapping[str, tuple[str, ...]], cover: float) -> pd.DataFrame:
    """Approvals that parcels should have by what has befallen them and that are not in force on record.

    `expected` is kind -> land meanings, then the state (a key of `EVENTS`, or "never") by which it must be there.
    Columns: row, kind, day (of the event) and reason: no_approval, no_date (it is there without a date), no_<event>
    (whether it is due cannot be told), no_code (what the land is for cannot be told). An approval of land counts where
    those of its kind hold `cover` [%] of the parcel.
    """
    if "approvals" not in plan:
        return pd.DataFrame({"row": [], "kind": [], "day": [], "reason": []})
    tables = []
    for kind, (*lands, state) in sorted(expected.items(), key=lambda item: PERMITS.index(item[0])):
        if state == NEVER or not lands:
            continue
        day, due, open_date = _due(plan, _event(kind, state))
        here, unread = _is_land(plan, tuple(lands)), uses(plan)["reason"].notna().to_numpy()
        held, undated = _held(plan, kind, day, cover)
        absent = ~held & (due | open_date) & (here | unread)
        reason = np.select([undated, open_date, ~here], ["no_date", f"no_{EVENTS[state]}", "no_code"], "no_approval")
        rows = np.flatnonzero(absent)
        tables.append(pd.DataFrame({"row": rows, "kind": kind, "day": day[rows], "reason": reason[rows]}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"row": [], "kind": [], "reason": []})


def _event(kind: str, state: str) -> str:
    if state not in EVENTS:
        states = (*EVENTS, NEVER)
        msg = f"the approval '{kind}' is asked for by '{state}', which is none of {', '.join(states)}."
        raise LandUseError(msg + did_you_mean(state, states))
    return state


def _due(plan: Plan, state: str) -> tuple[Array, Array, Array]:
    """Return the day of the event, whether it has come by the as-of day, and whether that cannot be told."""
    names = list(EVENTS.values())
    parcels = plan["parcels"]
    days = parcels[names].to_numpy().astype("datetime64[D]")
    at = names.index(EVENTS[state])
    limit = np.datetime64("9999-12-31") if plan.as_of is None else np.datetime64(plan.as_of, "D")
    day = days[:, at]
    # A parcel whose works are still to begin or to end has not reached what comes after them.
    ahead = (days[:, : at + 1] > limit).any(axis=1)
    return day, ~np.isnat(day) & (day <= limit), np.isnat(day) & ~ahead


def _is_land(plan: Plan, lands: tuple[str, ...]) -> Array:
    """Which parcels are of one of some meanings: built, industry, housing, commerce, production, living, ecology."""
    table = uses(plan)
    known = ("built", "industry", "housing", "commerce", "production", "living", "ecology")
    if strange := set(lands) - set(known):
        word = sorted(strange)[0]
        msg = f"there is no land '{word}' that an approval could be expected for; there are {', '.join(known)}."
        raise LandUseError(msg + did_you_mean(word, known))
    out = table["group"].isin(lands).to_numpy() | table["ple"].isin(lands).to_numpy()
    return np.asarray(out | developed(plan)) if "built" in lands else np.asarray(out)


def _held(plan: Plan, kind: str, day: Array, cover: float) -> tuple[Array, Array]:
    """Which parcels have an approval of a kind that had not lapsed on their day, and which have one without a date."""
    approvals, n = plan["approvals"], len(plan["parcels"])
    pairs = approval_pairs(plan)
    pairs = pairs[(approvals["kind"] == kind).to_numpy(dtype=bool)[pairs["at"]]]
    issued, ends = (approvals[c].to_numpy().astype("datetime64[D]")[pairs["at"]] for c in ("start", "finish"))
    row = pairs["row"].to_numpy()
    lapsed = ends < day[row]
    dated = ~np.isnat(issued) & ~lapsed
    share = pairs["cover"].to_numpy() if kind in LAND else np.ones(len(pairs))
    held = np.bincount(row[dated], share[dated], n) * 100.0 >= cover
    maybe = np.bincount(row[~lapsed], share[~lapsed], n) * 100.0 >= cover
    return held, maybe & ~held
