"""Where the next source of a utility goes (substation, waterworks, sewage works), how many, and by which day.

What parcels draw is counted as NW501 counts it; what sources in service can give is set against it on every day on
which either changes. The first day on which it does not suffice is the day by which the next source has to be there.
Of the open works, supply and reserve land the sites are chosen that bring all loads nearest to a source, old or new:
least load × straight distance, exactly. A sewage works keeps its clearance (ST701).

Cannot see: what the mains on the way can carry (the verdict on the proposal does), transmission lines, the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.location.median import p_median
from ..algorithms.programs.program import Effort
from ..checks import load
from ..checks.admission import too_near
from ..errors import ScenarioError, did_you_mean
from ..facts.landuse.uses import uses
from ..facts.nearby import inner
from ..plan import Edit, Plan, Profile
from ..plan.landuse import schemes
from .layout import new_use
from .open_land import open_parcels, reserve
from .phasing import suggestion
from .proposal import Proposal
from .spare import UTILITIES, draws
from .spine import COPIED

Array = np.ndarray[Any, Any]

BUILT_IN = 540
"""Days from the as-of day to the earliest day a new source is in service (project default)."""
LEAST = {"power": 3000.0, "water": 20_000.0, "gas": 3000.0, "heat": 10_000.0, "sewer": 30_000.0}
"""Square metres of land a source needs at least (project default, no standard)."""
LAND = {"power": "供电", "water": "供水", "gas": "供燃气", "heat": "供热", "sewer": "排水"}
"""How the class of land for each utility begins in the schemes; else it is land for supply."""
SUPPLY = "供应设施"
CLUSTERS, CANDIDATES = 4000, 1000
"""Loads beyond which neighbours are counted together, and sites weighed at most, the largest first."""


@dataclass(frozen=True, kw_only=True)
class NextSource:
    """Which utility, how many sources (None: as many as the shortage needs), and what each gives (None: the median)."""

    kind: str
    sites: int | None = None
    capacity: float | None = None


def propose_source(plan: Plan, profile: Profile, wanted: NextSource, effort: Effort) -> Proposal:
    """Sites, number and day of the next sources of a utility, each joined to the nearest main."""
    mine, capacity = _sources(plan, wanted)
    need = draws(plan, profile, wanted.kind)
    past = balance(plan, mine, need)
    supply = past.iloc[_now(plan, past) :]
    short = supply[supply["spare"] < 0]
    missing = -float(short["spare"].min()) if len(short) else 0.0
    many = int(np.ceil(missing / capacity - 1e-9)) if wanted.sites is None else wanted.sites
    args = {"kind": wanted.kind, "missing": missing, "capacity": capacity, "since": "", "spare": 0.0}
    if many < 1:
        return _no("enough", args | {"spare": float(supply["spare"].min()) if len(supply) else 0.0})
    spots = _candidates(plan, profile, wanted.kind)
    if len(spots) < many:
        return _no("no_site", args | {"need": many, "have": len(spots), "least": LEAST[wanted.kind]})
    points = inner(plan, "parcels")[spots]
    where, weight = _loads(plan, need)
    old = _away(where, shapely.point_on_surface(mine.geometry.to_numpy()))
    far = np.hypot(*np.moveaxis(where[:, None, :] - shapely.get_coordinates(points)[None, :, :], 2, 0))
    found = p_median(np.minimum(far, old[:, None]) * weight[:, None] / 1000.0, many, effort)
    day = _ready(plan, short)
    chosen, links = spots[found.chosen], _links(plan, wanted.kind, points[found.chosen])
    near = np.minimum(far[:, found.chosen].min(axis=1), old)
    rows = _rows(plan, chosen, (far[:, found.chosen], old, weight), links)
    after = supply.assign(then=supply["spare"] + np.where(supply["day"] >= day, many * capacity, 0.0))
    sites = zip(chosen.tolist(), links, strict=True)
    edits = tuple(e for site in sites for e in _edits(plan, wanted.kind, site, (capacity, day)))
    share = [float((d * weight).sum() / max(weight.sum(), 1e-9)) for d in (old, near)]
    return Proposal(
        what="source", edits=edits, value=found.value, bound=found.bound, unit="load·km", timed=effort.timed,
        args=args | {"many": many, "day": day, "since": _since(past, short),
                     "before": share[0], "after": share[1]},
        tables={"sites": rows.assign(capacity=capacity, in_service=day), "supply": after},
    )  # fmt: skip


def _since(past: pd.DataFrame, short: pd.DataFrame) -> str:
    """Return the day on which the first shortage ahead began, which may lie behind the as-of day; "" where none is."""
    if not len(short):
        return ""
    before = past.loc[: short.index[0]]
    good = before.index[before["spare"] >= 0]
    return str(past.loc[(good[-1] + 1) if len(good) else before.index[0], "day"])


def _no(reason: str, args: dict[str, Any]) -> Proposal:
    return Proposal(what="source", edits=(), value=np.inf, bound=np.inf, unit="load·km", reason=reason, args=args)


def _sources(plan: Plan, wanted: NextSource) -> tuple[pd.DataFrame, float]:
    """Return the sources of the kind that are not out of service, and what a new one gives.

    Raises
    ------
    ScenarioError
        The kind is no utility, or a number is none.
    """
    if wanted.kind not in UTILITIES:
        msg = f"'{wanted.kind}' is no utility with sources; it is one of {', '.join(UTILITIES)}." + did_you_mean(
            wanted.kind, UTILITIES
        )
        raise ScenarioError(msg)
    if wanted.sites is not None and wanted.sites < 1:
        msg = f"--sites {wanted.sites}: at least one source is to be placed."
        raise ScenarioError(msg)
    if wanted.capacity is not None and not 0 < wanted.capacity < np.inf:
        msg = f"--capacity {wanted.capacity:g}: a source needs a capacity above 0."
        raise ScenarioError(msg)
    if not plan.has("sources", "kind") or not (plan["sources"]["kind"] == wanted.kind).any():
        msg = f"the plan has no source of {wanted.kind}, so nothing tells what is to spare; give the layer sources."
        raise ScenarioError(msg)
    mine = plan["sources"][(plan["sources"]["kind"] == wanted.kind).to_numpy(dtype=bool)]
    known = mine["capacity"].dropna()
    if not len(known):
        msg = f"no source of {wanted.kind} tells its capacity, so what is to spare is unknown; fill column capacity."
        raise ScenarioError(msg)
    return mine, float(known.median()) if wanted.capacity is None else wanted.capacity


def balance(plan: Plan, sources: pd.DataFrame, need: Array) -> pd.DataFrame:
    """What parcels in use draw and sources in service give from each day on which either changes: day, need, supply.

    A parcel without a day of use draws from the first day on; sources without a capacity give nothing that is known.
    """
    parcels = plan["parcels"]
    steps = []
    for frame, first, last, amount in (
        (parcels, "used", "removed", need),
        (sources, "finish", "removed", sources["capacity"].fillna(0.0).to_numpy(dtype=float)),
    ):
        begin = frame[first].to_numpy(dtype="datetime64[D]")
        end = frame[last].to_numpy(dtype="datetime64[D]")
        gone = ~np.isnat(end)
        begin = np.where(np.isnat(begin), np.datetime64("1900-01-01", "D"), begin)
        days, change = np.concatenate([begin, end[gone]]), np.concatenate([amount, -amount[gone]])
        steps.append(pd.Series(change).groupby(days).sum())
    both = pd.concat(steps, axis=1, keys=["need", "supply"], sort=True).fillna(0.0).sort_index().cumsum()
    both = both[(both.diff().abs().sum(axis=1) > 0) | (np.arange(len(both)) == 0)]
    both["spare"] = both["supply"] - both["need"]
    days = pd.Series(both.index.to_numpy().astype("datetime64[D]").astype(str), index=both.index, name="day")
    return pd.concat([days, both.round(3)], axis=1).reset_index(drop=True)


def _now(plan: Plan, supply: pd.DataFrame) -> int:
    """Return the row of a balance that holds on the as-of day."""
    return max(int((supply["day"] <= str(plan.as_of)).sum()) - 1, 0)


def _ready(plan: Plan, short: pd.DataFrame) -> str:
    """Return the day on which new sources are in service: when they are needed, but not before they can be built."""
    soon = np.datetime64(plan.as_of, "D") + BUILT_IN
    return str(max(np.datetime64(short["day"].iloc[0], "D"), soon) if len(short) else soon)


def _candidates(plan: Plan, profile: Profile, kind: str) -> Array:
    """Return the positions of open works, supply and reserve land that is large enough and far enough from homes."""
    at = open_parcels(plan)
    known = uses(plan)
    fit = (known["group"].isin(["industry"]) | (known["use"] == "utility")).to_numpy(dtype=bool) | reserve(plan)
    area = shapely.area(plan["parcels"].geometry.to_numpy())
    at = at[fit[at] & (area[at] >= LEAST[kind])]
    if kind == "sewer" and len(at):
        at = at[too_near(plan, load()["ST701"].bind(profile), at, "sewage") <= 0]
    return np.sort(at[np.argsort(-area[at], kind="stable")[:CANDIDATES]])


def _loads(plan: Plan, need: Array) -> tuple[Array, Array]:
    """Return the places and the amounts of all loads; of very many, those of a square together."""
    at = np.flatnonzero((need > 0) & plan["parcels"]["removed"].isna().to_numpy())
    where, weight = shapely.get_coordinates(inner(plan, "parcels")[at]), need[at]
    if len(at) <= CLUSTERS:
        return where, weight
    side = float(np.sqrt(np.prod(np.ptp(where, axis=0)) / CLUSTERS))
    _, group = np.unique(np.floor(where / max(side, 1.0)).astype(np.int64), axis=0, return_inverse=True)
    total = np.bincount(group.ravel(), weight)
    middle = [np.bincount(group.ravel(), weight * where[:, k]) / total for k in (0, 1)]
    return np.column_stack(middle), total


def _away(where: Array, points: Array) -> Array:
    """Return how far each load is from the nearest of some points."""
    _, d = shapely.STRtree(points).query_nearest(shapely.points(where), return_distance=True, all_matches=False)
    return np.asarray(d)


Link = tuple[shapely.LineString, int] | None
"""The way from a source to the nearest main and the row of that main; None where the plan draws none of the kind."""


def _links(plan: Plan, kind: str, points: Array) -> list[Link]:
    if not plan.has("pipes", "kind"):
        return [None] * len(points)
    pipes = plan["pipes"]
    at = np.flatnonzero((pipes["kind"] == kind).to_numpy(dtype=bool) & pipes["removed"].isna().to_numpy())
    if not len(at):
        return [None] * len(points)
    tree = shapely.STRtree(pipes.geometry.to_numpy()[at])
    near = at[tree.nearest(points)]
    ways = shapely.shortest_line(points, pipes.geometry.to_numpy()[near])
    return list(zip(shapely.reverse(ways) if kind == "sewer" else ways, near.tolist(), strict=True))


def _rows(plan: Plan, at: Array, loads: tuple[Array, Array, Array], links: list[Link]) -> pd.DataFrame:
    far, old, weight = loads
    parcels = plan["parcels"].iloc[at]
    nearest = np.where(far.min(axis=1) < old, far.argmin(axis=1), -1)
    return pd.DataFrame(
        {
            "parcel": parcels["id"].to_numpy(dtype=object), "code": parcels["code"].to_numpy(dtype=object),
            "area": np.round(shapely.area(parcels.geometry.to_numpy()), 1),
            "load": [round(float(weight[nearest == k].sum()), 1) for k in range(len(at))],
            "link": [np.nan if link is None else round(float(link[0].length), 1) for link in links],
        }
    )  # fmt: skip


def _edits(plan: Plan, kind: str, site: tuple[int, Link], when: tuple[float, str]) -> list[Edit]:
    """Return the source, the main that joins it, and the use of its land."""
    (at, link), (capacity, day) = site, when
    parcel, start = plan["parcels"].iloc[at], str(np.datetime64(day, "D") - BUILT_IN)
    reason, dates = f"NW501: {kind}", {"start": start, "finish": day}
    point = inner(plan, "parcels")[at]
    value = {"geometry": shapely.to_wkt(point, rounding_precision=3), "kind": kind, "capacity": capacity, **dates}
    heads = plan["sources"].loc[plan["sources"]["kind"] == kind, "head"].dropna()
    value |= {"head": round(float(heads.median()), 2)} if len(heads) else {}
    out = [suggestion("sources", f"{kind}-{parcel['id']}", value, reason)]
    if link is not None and link[0].length > 0:
        like = plan["pipes"].iloc[link[1]]
        same = {k: v.item() if isinstance(v, np.generic) else v for k in COPIED if pd.notna(v := like[k])}
        line = {"geometry": shapely.to_wkt(link[0], rounding_precision=6), "kind": kind, "branch": False}
        out.append(suggestion("pipes", f"{kind}-{parcel['id']}-main", line | same | dates, reason))
    code = land_code(plan, str(parcel["scheme"]), kind)
    if code and code != parcel["code"]:
        use = new_use(code, parcel["planned_code"])
        out.append(Edit("set", "parcels", str(parcel["id"]), use, reason, "solver", "suggestion"))
    return out


def land_code(plan: Plan, scheme: str, kind: str) -> str:
    """The code of land for a utility in a scheme: its own class where the scheme has one, else that of supply."""
    known = schemes(plan.schemes)
    classes = known[scheme].classes.items() if scheme in known else ()
    named = {code: use.zh for code, use in classes if use.meaning.use == "utility"}
    for word in (LAND[kind], SUPPLY):
        codes = sorted(code for code, zh in named.items() if zh.startswith(word))
        if codes:
            return codes[0]
    return ""
