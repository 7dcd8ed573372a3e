"""VERDICTS -> VERDICTS THROUGH TIME: what each of the seven was on given days, so that a page has nothing to work out.

On a day counts what had begun by then. A broken order stays broken; a state that ended is mended, as in the report.
How far the data could be judged does not depend on the day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..lang import LANGS, Lang
from ..plan import Report, Verdict
from ..plan.verdict import Breach, State, Sums, brief_line
from .verdicts import STATES_OF_THINGS

Array = np.ndarray[Any, Any]
Day: TypeAlias = "np.datetime64[Any]"
_NEVER: Day = np.datetime64("2262-01-01", "D")
_ALWAYS: Day = np.datetime64("1678-01-01", "D")


@dataclass(frozen=True)
class Moment:
    """A verdict from one of the days on, until the next moment: its word, its sentence and its worst finding."""

    at: int
    state: State
    errors: int
    text: Mapping[Lang, str]
    fingerprint: str


def through_time(report: Report, days: Sequence[date]) -> dict[str, list[Moment]]:
    """Return for each verdict the moments at which its word or sentence changes; `at` is the place in `days`."""
    stops = np.array(days, dtype="datetime64[D]")
    return {verdict.name: _moments(verdict, report, stops) for verdict in report.verdict}


def overall_through(moments: Mapping[str, Sequence[Moment]], days: int) -> list[State]:
    """Return the word over all seven at each of so many days: the worst of theirs."""
    out = np.full((len(moments), days), "", dtype=object)
    for row, own in enumerate(moments.values()):
        for moment in own:
            out[row, moment.at :] = moment.state
    order: tuple[State, ...] = ("fail", "unknown", "pass")
    return [next(state for state in order if state in column) for column in out.T.tolist()]


def counts_through_time(report: Report, days: Sequence[date]) -> dict[str, list[int]]:
    """Return for each severity how many findings are so on each of the days."""
    found, stops = report.findings, np.array(days, dtype="datetime64[D]")
    out = {}
    for severity in ("error", "warning", "info"):
        mine = found[found["severity"] == severity]
        begun = np.searchsorted(np.sort(_days(mine["from"], _ALWAYS)), stops, side="right")
        over = np.searchsorted(np.sort(_days(mine["to"], _NEVER)), stops, side="left")
        out[severity] = (begun - over).tolist()
    return out


def _days(column: pd.Series[Any], missing: Day) -> Array:
    found = pd.to_datetime(column).to_numpy("datetime64[D]")
    return np.where(np.isnat(found), missing, found)


@dataclass(frozen=True, kw_only=True)
class _Breaches:
    """The violations of one verdict as arrays; the rows of `table` in the order in which they would be the worst."""

    table: pd.DataFrame
    code: Array
    size: Array
    feature: Array
    layer: Array  # of each feature, as `area` and `length`
    area: Array
    length: Array
    late: Array
    begin: Array
    end: Array
    free: tuple[tuple[int, Day, Day], ...]  # row, and the days between which it does not count

    def counted(self, day: Day) -> Array:
        """Which violations count on a day."""
        on = (self.begin <= day) & (day < self.end)
        for row, since, until in self.free:
            if since <= day <= until:
                on[row] = False
        return np.asarray(on, bool)

    def sums(self, on: Array) -> Sums:
        """What the violations that count come to."""
        there = np.bincount(self.feature[on], minlength=len(self.area)) > 0
        late = self.late[on]
        kinds = dict(Counter(self.layer[there].tolist()))
        most = 0.0 if np.isnan(late).all() else float(np.nanmax(late))
        return Sums(int(on.sum()), kinds, float(self.area[there].sum()), float(self.length[there].sum()), most)

    def worst(self, on: Array) -> int:
        """Return the row that weighs most: the first of the code that breaks most area or length."""
        weight = np.bincount(self.code[on], weights=self.size[on], minlength=int(self.code.max()) + 1)
        there = np.bincount(self.code[on], minlength=len(weight)) > 0
        first = int(np.argmax(np.where(there, weight, -1.0)))
        return int(np.argmax(on & (self.code == first)))


def _breaches(verdict: Verdict, report: Report) -> _Breaches:
    own = pd.DataFrame({name: list(map(attrgetter(name), verdict.breaches)) for name in Breach.__dataclass_fields__})
    found = report.findings[report.findings["fingerprint"].isin(own["fingerprint"])]
    found = pd.DataFrame(found.drop_duplicates("fingerprint"))
    table = own.merge(found.drop(columns=["code", "layer", "id"]), on="fingerprint", how="left")
    over = table["value"] - table["limit"].fillna(0.0)
    table = table.assign(excess=over.abs().fillna(-1.0), size=table["area"] + table["length"])
    table["days"] = over.where(table["unit"] == "d")
    table = table.sort_values(["excess", "size", "id"], ascending=[False, False, True], ignore_index=True)
    code, _ = pd.factorize(table["code"], sort=True)
    feature, _ = pd.factorize(pd.MultiIndex.from_frame(table[["layer", "id"]]))
    of = table.assign(feature=feature).groupby("feature")[["layer", "area", "length"]].last()
    ends = _days(table["to"], _NEVER)
    return _Breaches(
        table=table,
        code=code,
        size=table["size"].to_numpy(float),
        feature=feature,
        layer=of["layer"].to_numpy(dtype=object),
        area=of["area"].fillna(0.0).to_numpy(float),
        length=of["length"].fillna(0.0).to_numpy(float),
        late=table["days"].to_numpy(float),
        begin=_days(table["from"], _ALWAYS),
        end=ends if verdict.name in STATES_OF_THINGS else np.full(len(table), _NEVER),
        free=tuple(_free(table, report)),
    )


def _free(table: pd.DataFrame, report: Report) -> list[tuple[int, Day, Day]]:
    """The days on which a violation does not count because a document or a reviewer's waiver covers it."""
    out: list[tuple[int, Day, Day]] = []
    waived = {k: m for k, m in report.reviews.items() if m.get("verdict") == "waived"}
    for row in np.flatnonzero(table["fingerprint"].isin(list(waived)).to_numpy()):
        until = str(waived[table["fingerprint"].iloc[row]].get("expiry") or "")
        out.append((int(row), _ALWAYS, np.datetime64(until, "D") if until else _NEVER))
    for one in report.exemptions:
        sides = (table["id"] == one.id) | (table["other_id"] == one.id)
        last = np.datetime64(one.expiry, "D") if one.expiry else _NEVER
        rows = np.flatnonzero(((table["code"] == one.code) & sides).to_numpy())
        out += [(int(row), np.datetime64(one.date, "D"), last) for row in rows]
    return out


def _moments(verdict: Verdict, report: Report, stops: Array) -> list[Moment]:
    held = _breaches(verdict, report) if verdict.breaches else None
    clean: State = "pass" if verdict.told and _whole(verdict) else "unknown"
    out: list[Moment] = []
    last: tuple[Any, ...] | None = None
    before: Array | None = None
    for at, day in enumerate(stops):
        on = held.counted(day) if held else np.zeros(0, bool)
        if before is not None and np.array_equal(on, before):
            continue
        before = on
        sums, row = (held.sums(on), held.worst(on)) if held and on.any() else (Sums(), -1)
        if (sums, row) == last:
            continue
        last = (sums, row)
        worst = held.table.iloc[row].to_dict() if held and row >= 0 else {}
        seen = verdict if sums.errors else replace(verdict, breaches=())
        text = {x: brief_line(seen, sums, report.text(worst, x) if worst else "", x) for x in LANGS}
        state: State = "fail" if sums.errors else clean
        out.append(Moment(at, state, sums.errors, text, str(worst.get("fingerprint", ""))))
    return out


def _whole(verdict: Verdict) -> bool:
    """Whether everything of a verdict was asked."""
    return not verdict.not_asked and bool(verdict.checks)
