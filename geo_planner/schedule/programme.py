"""A plan as tasks and arcs: what waits for what, by which rule, and what proves it.

A task is a feature with its dates, moved as a whole: a pipe from start to acceptance, a road with its paving, a parcel
from start to use, a permit or the release of land as a single day. An arc joins two *events* of tasks, such as the
acceptance of a pipe and the start of a parcel. The numbers of the rules are those of the checks they come from, so a
profile that changes a check changes its arcs.

Judged here: PB101, PB102 (permits of a parcel), UG201, UG202 (each pipe on the parcel's witness path), UG203, UG204,
IN303. Progress shares (IN301, IN302), jobs and capacity are not arcs; the re-checked report still judges them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..checks import load, run
from ..facts.utilities import ROAD, service
from ..facts.utilities.lateness import built
from ..facts.utilities.roads import under_roads
from ..plan import Plan, Profile
from ..plan.layers import PERMITS
from .network import ANY_DAY, Arcs, Floats, Ints, Network, make_tasks, to_days

DATES = {
    "approvals": ("start",),
    "sources": ("start", "finish"),
    "pipes": ("start", "finish"),
    "roads": ("start", "paved", "finish"),
    "parcels": ("start", "finish", "used"),
    "release": ("released",),
}
"""The dates that move together, by part of the plan; `release` is the grant of a parcel's land."""

RULES = ("PB101", "PB102", "UG201", "UG202", "UG203", "UG204", "IN303")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The price of a day's shift of one feature by part of the plan; hurrying costs `hurry` times as much."""

    approvals: float = 1.0
    sources: float = 2.0
    pipes: float = 1.0
    roads: float = 1.0
    parcels: float = 2.0
    release: float = 1.0
    hurry: float = 1.0


@dataclass(frozen=True, eq=False)
class Programme:
    """The network of a plan, and where its tasks and arcs come from.

    `part` and `feature` say for each task which part of the plan and which id it is; `offset` holds the days from a
    task's start to each of its dates (NaN where the date is missing). `left` lists what could not become an arc, with
    the reason; `past` are arcs into frozen tasks that can no longer be kept.
    """

    network: Network
    part: np.ndarray
    feature: np.ndarray
    offset: pd.DataFrame
    left: pd.DataFrame
    past: Arcs


@dataclass(frozen=True, eq=False, kw_only=True)
class _Wait:
    """Arcs of one rule as pairs of events; `part`, ids and date column on either side."""

    rule: str
    before: tuple[str, str]
    after: tuple[str, str]
    ids: tuple[np.ndarray, np.ndarray]
    lag: float = 0.0
    evidence: np.ndarray | str = ""


def programme(
    plan: Plan, profile: Profile | None = None, *, today: int | None = None, weights: Weights | None = None
) -> Programme:
    """Tasks and arcs of a plan; with `today`, what has begun before that day is frozen.

    Tasks are sorted by part and id. ScheduleError is left to `require_sound`: nothing is judged here.
    """
    profile = profile or Profile(name="default")
    table = _features(plan)
    first = table[list(_COLUMNS)].to_numpy()
    span = np.where(first == ANY_DAY, np.iinfo(np.int64).min, first).max(axis=1)
    start = _first(first)
    cost = np.array([getattr(weights or Weights(), p) for p in table["part"]], float)
    tasks = make_tasks(
        _names(table["part"], table["feature"]),
        np.where(_declared_backwards(first), _last(first) - start, span - start),
        start,
        {
            "later": cost,
            "earlier": cost * (weights or Weights()).hurry,
            "frozen": (start < today) if today is not None else False,
            "earliest": ANY_DAY if today is None else today,
        },
    )
    offset = pd.DataFrame(np.where(first == ANY_DAY, np.nan, first - start[:, None]), columns=list(_COLUMNS))
    left: list[pd.DataFrame] = []
    waits = [w for rule in RULES for w in _ARCS[rule](plan, profile, left)]
    arcs, missing = _joined(waits, table, offset)
    left.append(missing)
    # What a frozen task should have waited for can no longer come in time: known, shown, and not scheduled.
    soonest = np.where(tasks.frozen, start, tasks.earliest)
    gone = tasks.frozen[arcs.after] & (soonest[arcs.before] + arcs.lag > start[arcs.after])
    return Programme(
        Network(tasks, arcs.pick(~gone)),
        table["part"].to_numpy(object),
        table["feature"].to_numpy(object),
        offset,
        _sorted_left(left),
        arcs.pick(gone),
    )


_COLUMNS = ("released", "start", "paved", "finish", "used")


def _features(plan: Plan) -> pd.DataFrame:
    """One row for each dated feature: part, feature, and its dates in days, sorted by part and id."""
    frames = []
    for part, columns in DATES.items():
        layer = "parcels" if part == "release" else part
        if layer not in plan.layers:
            continue
        frame = plan[layer]
        days = {c: to_days(frame[c]) if c in columns else np.full(len(frame), ANY_DAY) for c in _COLUMNS}
        table = pd.DataFrame({"part": part, "feature": frame["id"].to_numpy(object), **days})
        frames.append(table[(table[list(columns)] > ANY_DAY).any(axis=1)])
    if not frames:
        return pd.DataFrame(columns=["part", "feature", *_COLUMNS])
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["part", "feature"], kind="stable", ignore_index=True)


def _first(days: Ints) -> Ints:
    has = days > ANY_DAY
    return np.where(has.any(axis=1), days[np.arange(len(days)), has.argmax(axis=1)], ANY_DAY)


def _last(days: Ints) -> Ints:
    return _first(days[:, ::-1])


def _declared_backwards(days: Ints) -> np.ndarray:
    """Where the last date on record lies before the first: a finish before its start."""
    return np.asarray(_last(days) < _first(days))


def _names(part: pd.Series | str, feature: pd.Series | np.ndarray) -> np.ndarray:
    return np.asarray(pd.Series(part, index=range(len(feature))).astype(str) + "/" + pd.Series(feature).astype(str))


def _joined(waits: list[_Wait], table: pd.DataFrame, offset: pd.DataFrame) -> tuple[Arcs, pd.DataFrame]:
    """All arcs, and the pairs that cannot be judged because a date is missing."""
    index = pd.Index(_names(table["part"], table["feature"]))
    index = index[~index.duplicated()]
    place = {name: k for k, name in enumerate(_names(table["part"], table["feature"]))}
    pieces, lost = [], []
    for wait in waits:
        piece = _resolved(wait, place, offset)
        known = piece["lag"].notna()
        pieces.append(piece[known])
        lost.append(piece.loc[~known, ["rule", "name"]].rename(columns={"name": "feature"}).assign(reason="no_date"))
    empty = pd.DataFrame({"before": [], "after": [], "lag": [], "rule": [], "link": [], "evidence": []})
    both = pd.concat(pieces, ignore_index=True) if pieces else empty
    both = both[both["before"] != both["after"]]
    both = both.sort_values(["rule", "after", "before", "lag"], kind="stable", ignore_index=True)
    both = both.drop_duplicates(["rule", "after", "before"], keep="last", ignore_index=True)
    arcs = Arcs(
        before=both["before"].to_numpy(np.int64),
        after=both["after"].to_numpy(np.int64),
        lag=np.ceil(both["lag"].to_numpy(float)).astype(np.int64),
        rule=both["rule"].to_numpy(object),
        link=both["link"].to_numpy(object),
        evidence=both["evidence"].to_numpy(object),
    )
    return arcs, pd.concat(lost, ignore_index=True) if lost else pd.DataFrame()


def _resolved(wait: _Wait, place: dict[str, int], offset: pd.DataFrame) -> pd.DataFrame:
    n = len(wait.ids[0])
    sides = ((wait.before, wait.ids[0]), (wait.after, wait.ids[1]))
    names = [_names(side[0], ids) if n else np.array([], object) for side, ids in sides]
    rows = [np.array([place.get(name, -1) for name in column], np.int64) for column in names]
    event = [_event(offset, rows[k], side[1]) for k, side in enumerate((wait.before, wait.after))]
    evidence = wait.evidence if isinstance(wait.evidence, np.ndarray) else np.full(n, wait.evidence, dtype=object)
    return pd.DataFrame(
        {
            "before": rows[0],
            "after": rows[1],
            "lag": event[0] + wait.lag - event[1],
            "rule": wait.rule,
            "link": _ends(offset, rows[0], event[0]) + _ends(offset, rows[1], event[1]),
            "evidence": evidence,
            "name": names[1] if n else [],
        }
    )


def _ends(offset: pd.DataFrame, rows: Ints, event: Floats) -> np.ndarray:
    """Return "F" where the event is the end of its task, and "S" where it is its start or between the two."""
    last = offset.max(axis=1).to_numpy(float)
    at = last[np.maximum(rows, 0)] if len(last) else np.zeros(len(rows))
    return np.where((event == at) & (at > 0), "F", "S").astype(object)


def _event(offset: pd.DataFrame, rows: Ints, column: str) -> Floats:
    days = offset[column].to_numpy(float)
    if column == "paved":
        days = np.where(np.isnan(days), offset["finish"].to_numpy(float), days)
    if not len(days):
        return np.full(len(rows), np.nan)
    return np.asarray(np.where(rows >= 0, days[np.maximum(rows, 0)], np.nan))


def _sorted_left(left: list[pd.DataFrame]) -> pd.DataFrame:
    columns = ["rule", "feature", "reason"]
    kept = [t[columns] for t in left if len(t)]
    if not kept:
        return pd.DataFrame(columns=columns)
    return pd.concat(kept).drop_duplicates().sort_values(columns, ignore_index=True)


def _plan_first(plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    if "parcels" not in plan.layers or "approvals" not in plan.layers:
        return
    share = load()["PB101"].bind(profile).cover / 100.0
    parcels, units = plan["parcels"], plan["approvals"]
    parcels = parcels[parcels["start"].notna()]
    units = units[(units["kind"] == "detailed_plan") & units["start"].notna()].sort_values(["start", "id"])
    i, j = units.sindex.query(parcels.geometry, predicate="intersects")
    if not len(i):
        return
    inner = shapely.area(shapely.intersection(parcels.geometry.to_numpy()[i], units.geometry.to_numpy()[j]))
    part = inner / np.maximum(parcels.geometry.area.to_numpy()[i], 1e-9)
    pairs = pd.DataFrame({"i": i, "j": j, "part": part})
    # One plan that covers the parcel is enough, and the earliest of them; else it takes all that share ground with it.
    whole = pairs[pairs["part"] >= share].sort_values(["i", "j"]).drop_duplicates("i")
    rest = pairs[~pairs["i"].isin(whole["i"]) & (pairs["part"] > 1.0 - share)]
    covered = rest.groupby("i")["part"].transform("sum") >= share
    left.append(_table("PB101", parcels["id"].to_numpy(object)[np.unique(rest.loc[~covered, "i"])], "no_plan"))
    chosen = pd.concat([whole, rest[covered]])
    text = np.array([f"{100 * p:.1f} % covered" for p in chosen["part"]], dtype=object)
    ids = units["id"].to_numpy(object)[chosen["j"]], parcels["id"].to_numpy(object)[chosen["i"]]
    yield _Wait(rule="PB101", before=("approvals", "start"), after=("parcels", "start"), ids=ids, evidence=text)


def _permits(plan: Plan, profile: Profile, _left: list[pd.DataFrame]) -> Iterator[_Wait]:
    if "parcels" not in plan.layers:
        return
    lag = -float(load()["PB102"].bind(profile).allowance)
    parcels = plan["parcels"]
    held = parcels.loc[parcels["released"].notna() & parcels["start"].notna(), "id"].to_numpy(object)
    yield _Wait(rule="PB102", before=("release", "released"), after=("parcels", "start"), ids=(held, held), lag=lag)
    if "approvals" not in plan.layers:
        return
    own = plan["approvals"]
    own = own[own["start"].notna() & own["parcel"].isin(parcels["id"])].sort_values(["start", "id"])
    own = own.assign(step=own["kind"].map({k: n for n, k in enumerate(PERMITS)}))[["id", "parcel", "step"]]
    own = own.drop_duplicates(["parcel", "step"]).sort_values(["parcel", "step"])
    permits, filed = own[own["step"] < len(PERMITS) - 1], own[own["step"] == len(PERMITS) - 1]
    nxt = permits.shift(-1)
    pair = (permits["parcel"] == nxt["parcel"]).to_numpy(dtype=bool, na_value=False)
    ids = permits["id"].to_numpy(object)
    yield _Wait(
        rule="PB102",
        before=("approvals", "start"),
        after=("approvals", "start"),
        ids=(ids[pair], nxt["id"].to_numpy(object)[pair]),
        lag=lag,
    )
    last = permits.drop_duplicates("parcel", keep="last")
    yield _Wait(
        rule="PB102",
        before=("approvals", "start"),
        after=("parcels", "start"),
        ids=(last["id"].to_numpy(object), last["parcel"].to_numpy(object)),
        lag=lag,
    )
    used = filed[filed["parcel"].isin(parcels.loc[parcels["used"].notna(), "id"])]
    yield _Wait(
        rule="PB102",
        before=("approvals", "start"),
        after=("parcels", "used"),
        ids=(used["id"].to_numpy(object), used["parcel"].to_numpy(object)),
        lag=lag,
    )


def _serviced(code: str, event: str, plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    if "parcels" not in plan.layers:
        return
    numbers = load()[code].bind(profile)
    parcels = plan["parcels"]
    days = parcels[event].where(built(plan))
    asked = np.flatnonzero(days.notna().to_numpy())
    ids = parcels["id"].to_numpy(object)
    for kind in numbers.kinds:
        found = service(plan, kind, reach=numbers.reach) if kind != ROAD or plan.has("roads") else None
        if found is None or not found.known:
            left.append(_table(code, ids[asked], f"no_network_{kind}"))
            continue
        state = found.on(days)
        never = asked[(state.pipe[asked] < 0) | (state.span[asked] < 0)]
        left.append(_table(code, ids[never], f"never_served_{kind}"))
        rows = np.setdiff1d(asked, never)
        pipes, ends = found.paths(rows, state)
        owner = np.repeat(ids[rows], np.diff(ends))
        yield _Wait(
            rule=code,
            before=(found.layer, "finish"),
            after=("parcels", event),
            ids=(found.network.ids[pipes], owner),
            lag=-float(numbers.allowance),
            evidence=f"{kind}: on the way to the source",
        )
        layer, name = found.bottleneck(state.span[rows], state.pipe[rows])
        fed = layer == "sources"
        yield _Wait(
            rule=code,
            before=("sources", "finish"),
            after=("parcels", event),
            ids=(name[fed], ids[rows][fed]),
            lag=-float(numbers.allowance),
            evidence=f"{kind}: the source itself",
        )


def _start_services(plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    return _serviced("UG201", "start", plan, profile, left)


def _full_services(plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    return _serviced("UG202", "used", plan, profile, left)


def _under_pavement(plan: Plan, profile: Profile, _left: list[pd.DataFrame]) -> Iterator[_Wait]:
    if "roads" not in plan.layers or "pipes" not in plan.layers:
        return
    numbers = load()["UG204"].bind(profile)
    roads, pipes = plan["roads"], plan["pipes"]
    shared = under_roads(plan, numbers.default_width, numbers.min_overlap, numbers.crossing)
    shared = shared[~pipes["burial"].isin(numbers.exempt_burial).to_numpy()[shared.pipe]]
    ids = pipes["id"].to_numpy(object)[shared.pipe], roads["id"].to_numpy(object)[shared.road]
    text = np.array([f"{m:.0f} m shared" for m in shared.length], dtype=object)
    sides = {"before": ("pipes", "finish"), "after": ("roads", "paved")}
    yield _Wait(rule="UG204", ids=ids, lag=float(numbers.lag), evidence=text, **sides)


def _broken(code: str, plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> pd.DataFrame:
    """The findings of a check: its rule becomes an arc where it is broken. None where the plan lacks what it needs."""
    report = run(plan, profile, only=[code])
    if report.runs[0].outcome == "crashed":
        left.append(pd.DataFrame({"rule": [code], "feature": ["*"], "reason": ["check_crashed"]}))
    return report.findings


def _deep_first(plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    rows = _broken("UG203", plan, profile, left)
    ids = rows["id"].to_numpy(object), rows["other_id"].to_numpy(object)
    yield _Wait(rule="UG203", before=("pipes", "finish"), after=("pipes", "start"), ids=ids, evidence="the deeper pipe")


def _plant_first(plan: Plan, profile: Profile, left: list[pd.DataFrame]) -> Iterator[_Wait]:
    rows = _broken("IN303", plan, profile, left)
    if not len(rows):
        return
    lag = -float(load()["IN303"].bind(profile).allowance)
    parcels = plan["parcels"].set_index("id")
    held = parcels.loc[rows["id"], "released"].notna().to_numpy()
    for mask, side in ((held, ("release", "released")), (~held, ("parcels", "start"))):
        ids = rows["other_id"].to_numpy(object)[mask], rows["id"].to_numpy(object)[mask]
        text = "the first plant of the district"
        yield _Wait(rule="IN303", before=("parcels", "used"), after=side, ids=ids, lag=lag, evidence=text)


def _table(rule: str, ids: np.ndarray, reason: str) -> pd.DataFrame:
    return pd.DataFrame({"rule": rule, "feature": [f"parcels/{i}" for i in ids], "reason": reason})


_ARCS = {
    "PB101": _plan_first,
    "PB102": _permits,
    "UG201": _start_services,
    "UG202": _full_services,
    "UG203": _deep_first,
    "UG204": _under_pavement,
    "IN303": _plant_first,
}
