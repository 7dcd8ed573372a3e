"""A schedule as files and words: the table before and after, the price of each rule, a scenario that can be run."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ScheduleError
from ...lang import Lang, timetable
from ...lang import schedule as phrase
from ...lang.timetable import JOINED, JOINED_BY
from ...plan import Scenario, scenario_text
from ...plan.layers import UTILITY_ZH
from ...read.schedules import Joined, write_csv, write_mspdi, write_xer
from ...schedule import Imported, Risk, Schedule, progress_of, quality, timeline_table, to_dates, works_network
from ..exports.files import RISKY, write_text
from ..exports.results import plain
from ..exports.rows import layer_name

_BREAKS = r"[\x00-\x08\x0b-\x1f]"
"""Characters that would break a line of the table; a bare carriage return is not quoted by every writer."""
_LEAST = {"zh": "（最小改动）", "en": " (least change)"}
_LINES = 20
"""Rows of each table that are printed; the files hold them all."""


def write_schedule(
    done: Schedule, scenario: Scenario, folder: Path, risk: Risk | None = None, lang: Lang = "zh"
) -> list[Path]:
    """Write the schedule as tables and, where something moved, as a scenario that can be run; returns the paths.

    schedule.csv (works before and after, slack), events.csv (every date), rules.csv (which rules the
    answer keeps, which it only judges again), prices.csv (what a day of each rule costs, weighted days), quality.csv
    (the 14 measures), after a repair judged.csv (findings before and after by check) and new_findings.csv, with a
    `risk` also risk_parcels.csv and risk_pipes.csv (and risk_contractors.csv where pipes name theirs), and
    NAME_repaired.toml with its reasons in `lang`.
    """
    network = works_network(done.programme)
    tables = {"schedule": done.table(), "events": done.events(), "rules": done.rules()}
    tables |= {"prices": done.binding(), "quality": quality(network, progress_of(done))}
    if done.judged is not None:
        tables |= {"judged": done.judged.table, "new_findings": done.judged.new}
    if risk is not None:
        tables |= {"risk_parcels": risk.parcels, "risk_pipes": risk.pipes}
        tables |= {"risk_contractors": risk.contractors} if len(risk.contractors) else {}
    written = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(written, tables.values(), strict=True):
        write_text(path, _csv(_in_words(table, lang)))
    if done.edits and scenario.path is not None:
        path = folder / f"{scenario.name}_repaired.toml"
        base = Path(os.path.relpath(scenario.path.resolve(), folder.resolve())).as_posix()
        title = {key: text + _LEAST.get(key, "") for key, text in scenario.title.items() if key in _LEAST}
        told = reasons_of(done, lang)
        edits = [replace(e, reason=told.get((e.layer, e.id), e.reason)) for e in done.edits]
        write_text(path, scenario_text(edits, name=f"{scenario.name}_repaired", base=base, title=title))
        written.append(path)
    return written


TIMELINES = (".xml", ".xer", ".csv")


def require_timeline(path: Path) -> None:
    """Raise ScheduleError where a timeline cannot be written under a name; asked before anything is written."""
    if path.suffix.lower() not in TIMELINES:
        msg = f"{path.name}: a timeline is written as {', '.join(TIMELINES)}, not '{path.suffix}'."
        raise ScheduleError(msg)


def write_timeline(done: Schedule, path: Path, title: str) -> Path:
    """Write the timeline as MS Project XML, Primavera XER or CSV, told by the suffix; returns the path.

    ScheduleError names the suffixes that are known.
    """
    table = timeline_table(done)
    writers = {
        ".xml": lambda: write_mspdi(table, title=title).decode("utf-8"),
        ".xer": lambda: write_xer(table, title=title),
        ".csv": lambda: write_csv(table),
    }
    require_timeline(path)
    write_text(path, writers[path.suffix.lower()]())
    return path


_CLOSED = (
    "task", "work", "part", "layer", "event", "state", "reason", "rule", "before", "after", "evidence", "measure",
    "verdict", "severity", "other_layer", "kind", "what", "other", "feature", "critical", "frozen", "rows", "waits_for",
)  # fmt: skip
"""Columns whose cells are words of ours, not the user's."""


def _in_words(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Return a table with heads and closed words in the reader's language; an English reader has them as they are."""
    out = table.copy()
    for name in (c for c in _CLOSED if c in out and (lang == "zh" or c in {"evidence", "reason"})):
        out[name] = [timetable.word(str(cell), lang) for cell in out[name]]
    return out.rename(columns=lambda c: timetable.head(str(c), lang)) if lang == "zh" else out


def _csv(table: pd.DataFrame) -> str:
    """Return a table as CSV whose text cells cannot become formulas in a spreadsheet."""
    out = table.copy()
    for column in out.columns[[pd.api.types.is_string_dtype(t) for t in out.dtypes]]:
        words = out[column].astype("str").str.replace(_BREAKS, " ", regex=True)
        risky = words.str.startswith(RISKY, na=False)
        out[column] = words.mask(risky, "'" + words)
    return str(out.to_csv(index=False, lineterminator="\n"))


def schedule_json(done: Schedule) -> dict[str, Any]:
    """Return the schedule as one JSON object."""
    why = None if done.why is None else {"members": _rows(done.why.members), "days": plain(done.why.days)}
    return {
        "status": done.status,
        "cost": done.cost if math.isfinite(done.cost) else None,
        "bound": done.bound if math.isfinite(done.bound) else None,
        "rounds": done.rounds,
        "open": done.open,
        "conflict": why,
        "edits": [
            {"kind": e.kind, "layer": e.layer, "id": e.id, "value": dict(e.value), "reason": e.reason}
            for e in done.edits
        ],
        "broken": _rows(done.broken()),
        "binding": _rows(done.binding()),
        "past": _rows(done.past),
        "rules": _rows(done.rules()),
        "judged": None if done.judged is None else _rows(done.judged.table),
        "new_findings": [] if done.judged is None else _rows(done.judged.new),
        "events": _rows(done.events()),
        "left": _rows(done.left),
        "tasks": _rows(done.table()),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{k: plain(v) for k, v in row.items()} for row in table.to_dict("records")]


def schedule_lines(done: Schedule, lang: Lang) -> list[str]:
    """Return what a planner reads first: the verdict, what moves, what each rule costs, what stays open."""
    zh = lang == "zh"
    tasks, moved = len(done.network.tasks.ids), len(done.edits)
    status = done.status.replace("unknown", "not optimised")
    if zh:
        status = _STATUS_ZH.get(done.status, done.status.replace("feasible, gap", "可行，与下界相差"))
    lines = [
        f"日期事项 {tasks} 个，约束 {len(done.network.arcs)} 条，结论：{status}"
        if zh
        else f"{tasks} dated events, {len(done.network.arcs)} links, status: {status}",
        f"加权移动 {done.cost:.0f} 天（下界 {done.bound:.0f}），改动 {moved} 项"
        if zh
        else f"weighted shift {done.cost:.0f} days (bound {done.bound:.0f}), {moved} tasks move",
    ]
    lines = lines if math.isfinite(done.cost) else lines[:1]
    lines += _judged_lines(done, lang)
    if done.why is not None:
        lines += _titled("互相矛盾的约束" if zh else "rules in conflict", _in_words(_dated(done.why.members), lang))
        lines += _titled("可行的放宽办法（天）" if zh else "ways out (days)", _in_words(done.ways_out(), lang))
    lines += _titled("现状违反（短缺天数）" if zh else "broken as declared (days short)", _waits(done.broken(), lang))
    lines += _listed("改动" if zh else "moves", list(reasons_of(done, lang).values()))
    lines += _titled(
        "约束价格：该约束放宽 1 天可少移动的加权天数"
        if zh
        else "price of each rule: weighted days saved by one day less",
        _waits(done.binding(), lang),
    )
    lines += _titled("已成事实、无法再改" if zh else "gone by, can no longer be kept", _waits(done.past, lang))
    lines += _titled("未能判定" if zh else "not judged", _in_words(done.left, lang))
    if done.open:
        lines.append(f"仍未满足 {done.open} 条" if zh else f"{done.open} still broken")
    return lines


def _dated(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a conflict with the day of each date that binds in place of its number."""
    days = to_dates(members["lag"].abs().to_numpy()).astype(str)
    return members.assign(lag=np.where(members["what"] == "arc", members["lag"].astype(str), days))


def reasons_of(done: Schedule, lang: Lang) -> dict[tuple[str, str], str]:
    """Return for each feature that moves, by layer and id, one sentence: which dates, how far, and by which rule."""
    words: dict[tuple[str, str], list[str]] = {}
    for row in _rows(done.moves()):
        text = phrase.moved(row["date"], row["days"], lang)
        if row["rule"]:
            wait = phrase.waits(row["before"], row["after"], row["lag"], lang)
            text += phrase.because(row["rule"], wait, lang)
        words.setdefault((row["layer"], row["id"]), []).append(text)
    zh = lang == "zh"
    return {
        key: f"{phrase.PARTS[key[0]][not zh]} {key[1]}{'：' if zh else ': '}{'；'.join(t) if zh else '; '.join(t)}"
        for key, t in words.items()
    }


def _waits(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Return a table of arcs whose events and lag are one sentence, so that a lead of 257 days can be read."""
    rows = zip(table["before"], table["after"], table["lag"], strict=True)
    told = [phrase.waits(str(b), str(a), int(lag), lang) for b, a, lag in rows]
    kept = [c for c in ("rule", "days", "price", "evidence") if c in table]
    return _in_words(table[kept].assign(means=told), lang)


def _listed(title: str, lines: list[str]) -> list[str]:
    rest = [f"  … {len(lines) - _LINES}"] if len(lines) > _LINES else []
    return [f"{title} ({len(lines)})", *(f"  {line}" for line in lines[:_LINES]), *rest] if lines else []


def joined_lines(
    joined: Joined, links: Imported, name: str, notes: Iterable[str] = (), *, lang: Lang = "en"
) -> list[str]:
    """Return what became of a schedule file: tasks joined and how, links and bounds kept, what is left."""
    other, comma = lang != "zh", "、" if lang == "zh" else ", "
    how = comma.join(f"{JOINED_BY.get(by, (by, by))[other]} {n}" for by, n in joined.counts.to_numpy().tolist())
    said = {
        "name": name,
        "tasks": len(joined.pairs),
        "how": how or ("none" if other else "无"),
        "left": len(joined.tasks_left),
        "lone": comma.join(joined.tasks_left["id"].head(8).astype(str)),
        "links": len(links.rows),
        "bounds": len(links.bounds),
        "lost": comma.join(links.left["feature"].head(8)),
    }
    told = ["tasks"]
    told += ["links"] if len(links.rows) or len(links.bounds) or len(links.left) else []
    told += ["lost"] if len(links.left) else []
    lines = [JOINED[key][other].format(**said) for key in told]
    return lines + [f"{name}{': ' if other else '：'}{note}" for note in notes]


def risk_lines(risk: Risk, lang: Lang) -> list[str]:
    """Return the parcels most likely to open before their services, and the pipes that carry most of the delay."""
    zh = lang == "zh"
    parcels = risk.parcels[risk.parcels["chance"] > 0]
    pipes = risk.pipes[risk.pipes["carried"] > 0]
    if not len(parcels):
        return ["延误风险：此后投用的地块均无延误可能" if zh else "risk of delay: no parcel still to open may be late"]
    opens = [c for c in parcels if c.startswith("opens_")]
    shown = parcels.assign(
        chance=(100 * parcels["chance"]).round(1),
        mean_days=parcels["mean_days"].round(1),
        p90_days=parcels["p90_days"].round(1),
        waits_for=[timetable.word(name, lang) for name in parcels["waits_for"].tolist()],
    ).assign(**{c: parcels[c].dt.strftime("%Y-%m") for c in ("planned", *opens)})
    names = {
        "id": "地块",
        "chance": "概率%",
        "mean_days": "平均延误天",
        "p90_days": "九成不超过天",
        "planned": "计划投用",
    }
    names |= {"opens_p10": "投用P10", "opens_p50": "投用P50", "opens_p90": "投用P90", "waits_for": "主要等待"}
    held, firms = (
        table.assign(share=(100 * table["share"]).round(1), carried=table["carried"].round(1))
        for table in (pipes, risk.contractors)
    )
    own = {
        "id": "管线",
        "kind": "种类",
        "contractor": "施工单位",
        "works": "管线数",
        "carried": "加权延误",
        "share": "占比%",
    }
    held = held if len(firms) else held.drop(columns="contractor")
    if zh:
        shown, held = shown.rename(columns=names), held.assign(kind=held["kind"].map(UTILITY_ZH)).rename(columns=own)
    more = _titled(
        "延误主要来自的施工单位" if zh else "contractors that carry the delay", firms.rename(columns=own if zh else {})
    )
    return [
        *_titled("可能先于配套投用的地块" if zh else "parcels that may open before their services", shown),
        *_titled("延误主要来自的管线" if zh else "pipes that carry the delay", held),
        *(more if len(firms) else []),
    ]


def _judged_lines(done: Schedule, lang: Lang) -> list[str]:
    """What all checks say of the answer: findings gone and new, and which rules it keeps."""
    zh = lang == "zh"
    table = done.rules()
    kept = ("、" if zh else ", ").join(table.loc[table["state"] == "kept", "rule"])
    lines = [
        f"求解时保证的规则：{kept}；其余规则仅复查"
        if zh
        else f"rules kept by the answer: {kept}; the others are only judged again"
    ]
    if done.judged is None:
        return lines
    new, gone = done.judged.new, done.judged.gone
    codes = ", ".join(f"{code} × {n}" for code, n in new["code"].value_counts().sort_index().items())
    first = (
        f"全部规则复查：消除 {len(gone)} 项，新增 {len(new)} 项"
        if zh
        else (f"judged again by every check: {len(gone)} findings gone, {len(new)} new")
    )
    lines.insert(0, first + ((f"（代价：{codes}）" if zh else f" (the price: {codes})") if codes else ""))
    lines += [f"  + {r['code']} {layer_name(r['layer'], lang)} {r['id']}" for r in _rows(new.head(_LINES))]
    if done.judged.lost:
        names = ", ".join(done.judged.lost)
        lines.append(f"修改后无法判定的规则：{names}" if zh else f"no longer judged after the repair: {names}")
    return lines


_STATUS_ZH = {"optimal": "已证明最优", "infeasible": "无解", "unknown": "未优化"}


def _titled(title: str, table: pd.DataFrame) -> list[str]:
    if not len(table):
        return []
    head = table.head(_LINES).to_string(index=False).splitlines()
    rest = [f"  … {len(table) - _LINES}"] if len(table) > _LINES else []
    return [f"{title} ({len(table)})", *(f"  {line}" for line in head), *rest]
