"""The figures of one park for the board; what the data do not give is None, never a zero."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ...checks import load
from ...checks.tables import table
from ...facts.landuse.roles import developed
from ...facts.landuse.uses import uses
from ...facts.utilities.demand import UNIT, demand
from ...plan import Plan, Profile
from .parks import Park

Array = np.ndarray[Any, Any]
MU = 10_000 / 15
"""Square metres of one 亩."""
MONEY = ("output_wan", "tax_wan", "invest_wan")
"""Columns of one's own on parcels that productivity is taken from, in 10,000 yuan a year (investment: in all)."""


def figures(park: Park, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a park as plain values; `given` are those of the portfolio file, each with its source."""
    plan, report = park.plan, park.report
    return {
        "name": park.name,
        "title": park.title,
        "role": park.role,
        "crs": plan.crs,
        "scenario": park.scenario.name,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "digest": report.plan_digest,
        "verdict": {v.name: v.state for v in report.verdict},
        "overall": report.verdict.overall,
        "scores": {name: getattr(report.scores, name) for name in ("S1", "S2", "S3")},
        "findings": {s: report.count(s) for s in ("error", "warning", "info")},
        "not_judged": sum(r.outcome in {"skipped", "crashed"} for r in report.runs),
        "balance": {c: report.balance.get(f"{c}_share") for c in ("production", "living", "ecology")},
        "balance_through_time": _course(report.balance),
        "land_ha": land_state(plan),
        "spare": spare(plan, park.scenario.rules),
        "people": people(plan),
        "industries": industries(plan),
        "productivity": productivity(plan, given),
        "faults": _first_faults(park),
    }


def _course(balance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the shares of a single park at each date at which they changed."""
    by_park = balance.get("through_time", {}).get("park", {})
    rows: list[dict[str, Any]] = next(iter(by_park.values()), []) if len(by_park) == 1 else []
    names = ("production", "living", "ecology")
    return [
        {"date": row["date"], **{c: row.get(f"{c}_share") for c in names}}
        for row in rows
        if row.get("date") is not None
    ]


def land_state(plan: Plan) -> dict[str, float | None]:
    """Land that is meant to be built on [ha]: built, committed, idle (as PB107 says), reserve, undated.

    Reserve has dates, all of them after the as-of day. Land without any date is "undated": nobody can say what it is.
    All None without an as-of day or parcels.
    """
    names = ("built", "committed", "idle", "reserve", "undated")
    if plan.as_of is None or not plan.has("parcels"):
        return dict.fromkeys(names)
    parcels, today = plan["parcels"], np.datetime64(date.isoformat(plan.as_of), "D")
    days = {
        c: parcels[c].to_numpy().astype("datetime64[D]")
        for c in ("released", "contract_start", "start", "finish", "used", "removed")
    }
    past = {c: ~np.isnat(d) & (d <= today) for c, d in days.items()}
    mine = developed(plan) & ~past["removed"]
    built = past["finish"] | past["used"]
    begun = past["start"]
    idle_after = np.timedelta64(int(load()["PB107"].params().idle), "D")
    idle = past["contract_start"] & ~begun & ~built & (today - days["contract_start"] >= idle_after)
    committed = (past["released"] | begun | past["contract_start"]) & ~built & ~idle
    dated = np.any([~np.isnat(d) for c, d in days.items() if c != "removed"], axis=0)
    state = np.select([built, committed, idle, dated], names[:4], "undated")
    area = parcels.geometry.area.to_numpy() / 1e4
    return {name: round(float(area[mine & (state == name)].sum()), 4) for name in names}


def spare(plan: Plan, rules: Profile) -> dict[str, dict[str, Any]]:
    """Capacity less demand at the end of each year, by utility; None for a utility whose capacity or use is not known.

    Demand counts parcels in use, with the figures and factors of NW501.
    """
    p = load()["NW501"].bind(rules)
    out: dict[str, dict[str, Any]] = {}
    for kind in p.kinds:
        series = _spare(plan, kind, p)
        out[kind] = {"unit": UNIT[kind], "years": series, "now": _at(series, plan.as_of)}
    return out


def _spare(plan: Plan, kind: str, p: Any) -> dict[str, float] | None:
    if not plan.has("sources", "capacity") or not plan.has("parcels", "used"):
        return None
    sources = plan["sources"]
    mine = sources[sources["kind"] == kind]
    if not len(mine) or mine["capacity"].isna().any() or mine["finish"].isna().any():
        return None
    base = demand(plan, "water" if kind == "sewer" else kind, table("demand", p.table))["demand"].to_numpy()
    factor = {"power": p.coincidence, "sewer": p.sewage_share / p.daily_peak}.get(kind, 1.0)
    used, gone = (plan["parcels"][c].to_numpy().astype("datetime64[D]") for c in ("used", "removed"))
    if np.isnan(base[~np.isnat(used) & developed(plan)]).any():
        return None
    opened, closed = (mine[c].to_numpy().astype("datetime64[D]") for c in ("finish", "removed"))
    known = np.concatenate([used, opened])
    years = pd.DatetimeIndex(known[~np.isnat(known)]).year
    out = {}
    for year in range(int(years.min()), int(years.max()) + 1):
        day = np.datetime64(f"{year}-12-31")
        room = mine["capacity"].to_numpy()[_there(opened, closed, day)].sum()
        need = np.nan_to_num(base * factor)[_there(used, gone, day)].sum()
        out[str(year)] = round(float(room - need), 3)
    return out


def _there(since: Array, until: Array, day: np.datetime64) -> Array:
    return np.asarray(~np.isnat(since) & (since <= day) & (np.isnat(until) | (until > day)))


def _at(series: dict[str, float] | None, as_of: date | None) -> float | None:
    """Return the value at the end of the as-of year; before the first year nothing is known."""
    if not series or as_of is None:
        return None
    years = [y for y in series if int(y) <= as_of.year]
    return series[years[-1]] if years else None


def people(plan: Plan) -> dict[str, float | None]:
    """Jobs, residents and dwellings as the parcels give them, and jobs per resident."""
    out: dict[str, float | None] = {}
    for name in ("jobs", "people", "dwellings"):
        known = plan.has("parcels", name)
        out[name] = round(float(plan["parcels"][name].sum()), 1) if known else None
    jobs, residents = out["jobs"], out["people"]
    out["jobs_per_resident"] = round(jobs / residents, 3) if jobs is not None and residents else None
    return out


def industries(plan: Plan) -> dict[str, Any]:
    """Share of production land by industry (two digits of GB/T 4754), the lead industry, and how much land is told."""
    if not plan.has("parcels"):
        return {"known": None, "shares": {}, "area_ha": {}, "lead": None}
    known = uses(plan)
    mine = known["group"].eq("industry").fillna(value=False).to_numpy(dtype=bool)
    area, code = known["area"].to_numpy()[mine], plan["parcels"]["industry"].to_numpy(dtype=object)[mine]
    told = pd.notna(code)
    if not mine.any() or not told.any():
        return {"known": 0.0 if mine.any() else None, "shares": {}, "area_ha": {}, "lead": None}
    letters = pd.Series(code[told].astype(str)).str.extract(r"(\d{2})", expand=False).fillna("?")
    sums = pd.Series(area[told]).groupby(letters.to_numpy()).sum().sort_index()
    shares = {str(k): round(float(v / sums.sum()), 4) for k, v in sums.items()}
    ha = {str(k): round(float(v) / 1e4, 4) for k, v in sums.items()}
    return {
        "known": round(float(area[told].sum() / area.sum()), 4),
        "shares": shares,
        "area_ha": ha,
        "lead": str(sums.idxmax()),
    }


def productivity(plan: Plan, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Money per 亩 of built production land [10,000 yuan]: from columns of the parcels, else as given; else None."""
    out: dict[str, dict[str, Any]] = {}
    for name in MONEY:
        if name in given:
            out[name] = {"per_mu": float(given[name]["value"]), "source": str(given[name]["source"])}
            continue
        value = _per_mu(plan, name)
        out[name] = {"per_mu": value, "source": f"parcels.{name}" if value is not None else None}
    return out


def _per_mu(plan: Plan, name: str) -> float | None:
    if not plan.has("parcels") or name not in plan["parcels"].columns:
        return None
    money = pd.to_numeric(plan["parcels"][name], errors="coerce").to_numpy(dtype=float)
    mine = uses(plan)["group"].eq("industry").fillna(value=False).to_numpy(dtype=bool) & ~np.isnan(money)
    area = plan["parcels"].geometry.area.to_numpy()[mine].sum()
    return round(float(money[mine].sum() / (area / MU)), 2) if area else None


def _first_faults(park: Park) -> list[dict[str, str]]:
    """Return the worst case of each verdict that fails, in both languages."""
    worst = [(v.name, v.worst) for v in park.report.verdict if v.state == "fail" and v.worst]
    return [{"verdict": name, "code": w.code, "zh": w.text["zh"], "en": w.text["en"]} for name, w in worst]
