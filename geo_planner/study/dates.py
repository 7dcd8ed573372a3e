"""Dates from a planner's schedule file, laid on the features of a plan; and what delays would do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..errors import ScheduleError, did_you_mean
from ..plan import Plan, apply
from ..plan.layers import UTILITIES
from ..read.schedules import Joined, ScheduleTable, join, parse_csv, parse_mspdi, parse_xer, parse_xlsx, retimes
from ..schedule import CONTRACTOR, CONTRACTORS, Delay, Draws, Imported, Risk, declared_days, imported, parcel_risk

SCHEDULED = ("parcels", "roads", "pipes", "sources", "buildings", "approvals")
_MOST = 256 * 1024 * 1024


def read_schedule(path: Path) -> ScheduleTable:
    """Return the tasks and links of a CSV, XLSX, MS Project XML or Primavera XER file, told by its suffix.

    Raises
    ------
    ScheduleError
        The file is missing, too large, of another kind, or its rows contradict themselves.
    """
    if not path.is_file() or path.stat().st_size > _MOST:
        msg = f"there is no schedule file {path}, or it is larger than {_MOST >> 20} MB."
        raise ScheduleError(msg)
    content = path.read_bytes()
    kind = path.suffix.lower()
    if kind == ".xlsx":
        return parse_xlsx(content)
    if kind == ".xml":
        return parse_mspdi(content)
    if kind not in {".csv", ".xer"}:
        msg = f"{path.name}: a schedule is .csv, .xlsx, .xml (MS Project) or .xer (Primavera), not '{kind}'."
        raise ScheduleError(msg)
    text = _text(content)
    return parse_xer(text) if kind == ".xer" else parse_csv(text)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


@dataclass(frozen=True, eq=False)
class Dated:
    """A plan with a schedule file's dates, which task met which feature, and the file's links, bounds and baseline."""

    plan: Plan
    joined: Joined
    links: Imported
    notes: tuple[str, ...]


def with_schedule(plan: Plan, path: Path, *, today: str | None = None) -> Dated:
    """Return the plan with a schedule file's dates on its features, and what else the file asks for.

    `today` is the status day (default: the plan's as-of day).

    Raises
    ------
    ScheduleError
        The file cannot be read or contradicts itself, or an actual date lies after the plan's status day.
    """
    table = read_schedule(path)
    frames = []
    for name in SCHEDULED:
        if name in plan:
            dates = [c for c in ("start", "paved", "finish", "used") if c in plan[name]]
            frames.append(pd.DataFrame(plan[name][["id", "name", *dates]]).assign(layer=name))
    features = pd.concat(frames, ignore_index=True)
    joined = join(table, features)
    _require_joined(table, joined, path.name)
    _require_past(table, today if today is not None else plan.as_of)
    links = imported(table, joined, path.name, declared_days(plan))
    return Dated(apply(plan, retimes(table, joined, features)), joined, links, table.notes)


def _require_joined(table: ScheduleTable, joined: Joined, name: str) -> None:
    """A schedule of which nothing meets the plan changes nothing, and is not taken for one that agrees with it."""
    if not len(table.tasks):
        msg = f"{name} holds no tasks. Save the schedule with its tasks."
        raise ScheduleError(msg)
    if not len(joined.pairs):
        tasks = ", ".join(f"'{t}'" for t in table.tasks["name"].fillna(table.tasks["id"]).head(5))
        msg = (
            f"{name}: none of its {len(table.tasks)} tasks ({tasks}) is a work of the plan. Give each the feature's id "
            "as its name, WBS or first text field; ids must not repeat."
        )
        raise ScheduleError(msg)


def _require_past(table: ScheduleTable, status: date | str | None) -> None:
    """Actual dates lie before the status day."""
    if status is None:
        return
    day = pd.Timestamp(status)
    wrong = table.tasks[
        (table.tasks["actual_start"] > day) | (table.tasks["actual_finish"] > day + pd.Timedelta(days=1))
    ]
    if len(wrong):
        names = ", ".join(f"'{i}'" for i in wrong["id"].head(5))
        msg = f"tasks {names} have an actual date after the status day ({status}). Mend the date or the status day."
        raise ScheduleError(msg)


DELAYS: Mapping[str, Delay] = {kind: Delay(shape="lognormal", median=30.0, spread=0.8) for kind in UTILITIES}
"""Half of all works are a month late or more (project default; no figures of the park's own are known)."""


def delay_risk(plan: Plan, delays: Mapping[str, Delay] = DELAYS, *, today: str | None = None) -> Risk:
    """The chance that each parcel opens before its services, over 10,000 seeded draws; only utilities that are drawn.

    `today` is the status day, after which works may be late (default: the plan's as-of day).

    Raises
    ------
    ScheduleError
        The plan has no parcels with a date of first use, no pipes or no sources: there is nothing to be late for.
    """
    if not (plan.has("parcels", "used") and plan.has("pipes", "finish") and plan.has("sources")):
        msg = "--risk needs parcels with a date of first use (used), pipes with one of acceptance (finish), sources."
        raise ScheduleError(msg)
    _require_known(plan, delays)
    drawn = set(plan["pipes"]["kind"].dropna())
    draws = Draws(today=None if today is None else (date.fromisoformat(today) - date(1970, 1, 1)).days)
    beside = {"parcels", CONTRACTORS}
    used = {name: delay for name, delay in delays.items() if name in drawn or name in beside or "/" in name}
    return parcel_risk(plan, used, draws)


def _require_known(plan: Plan, delays: Mapping[str, Delay]) -> None:
    pipes = plan["pipes"]
    by = (
        pipes["contractor"].dropna().astype(str).str.strip()
        if plan.has("pipes", "contractor")
        else pd.Series(dtype=str)
    )
    by = sorted(set(by) - {""})
    if CONTRACTORS in delays and not by:
        msg = "delays: no pipe of the plan names its contractor. Give the pipes a column contractor (施工单位)."
        raise ScheduleError(msg)
    known = [
        *UTILITIES,
        "parcels",
        CONTRACTORS,
        *(CONTRACTOR + name for name in by),
        *("pipes/" + pipes["id"].astype(str)),
    ]
    for name in delays:
        if name not in known:
            near = did_you_mean(name, known)
            msg = f"a delay is given for '{name}', which is no utility, contractor or pipe of the plan." + near
            raise ScheduleError(msg)
