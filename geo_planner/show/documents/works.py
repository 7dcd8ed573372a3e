"""The works of a plan in the dossier: a table by phase and kind, and its rows as bars before and after the edits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...lang import Lang
from ...lang import schedule as phrase
from ...plan import Edit, Plan, apply
from ...plan.layers import UTILITY_ZH
from ..page.gantt import works_of

MOST = 60
"""Rows that the table and the picture show at most; they are the first by phase and kind."""
ROW, EDGE = 16, 20
BEFORE, AFTER, LINE = (168, 172, 178), (11, 92, 107), (217, 213, 204)
HEAD = {
    "zh": ("分期", "工程", "数量", "最早开始", "最晚完成", "修改后最早", "修改后最晚"),
    "en": ("phase", "works", "number", "first start", "last end", "first after edits", "last after edits"),
}


def grouped_works(plan: Plan, fixes: Sequence[Edit] = ()) -> pd.DataFrame:
    """Number of works, first and last day before and after the edits, by phase and kind of work."""
    moves = [e for e in fixes if e.kind == "retime"]
    table = works_of(plan, apply(plan, moves) if moves else None)
    by = table.assign(phase=table["phase"].astype(str)).groupby(["phase", "layer", "kind"], sort=True)
    days = {
        "first": ("from", "min"),
        "last": ("to", "max"),
        "new_first": ("new_from", "min"),
        "new_last": ("new_to", "max"),
    }
    out = by.agg(number=("id", "size"), **days)
    return out.reset_index().head(MOST)


def works_rows(plan: Plan, fixes: Sequence[Edit], lang: Lang) -> list[tuple[str, ...]]:
    """Return the table of the dossier: a head, then a row for each phase and kind."""
    rows: list[tuple[str, ...]] = [HEAD[lang]]
    for row in grouped_works(plan, fixes).to_dict("records"):
        days = (f"{row[c]:%Y-%m-%d}" if not pd.isna(row[c]) else "" for c in ("first", "last", "new_first", "new_last"))
        rows.append((str(row["phase"]), _name(str(row["layer"]), str(row["kind"]), lang), str(row["number"]), *days))
    return rows


def _name(layer: str, kind: str, lang: Lang) -> str:
    part = phrase.PARTS[layer][lang != "zh"]
    if layer == kind:
        return part
    return f"{UTILITY_ZH.get(kind, kind)}{part}" if lang == "zh" else f"{kind} {part}"


def works_picture(plan: Plan, fixes: Sequence[Edit] = (), *, width: int = 1400) -> NDArray[np.uint8] | None:
    """The rows of the table as bars from first to last day; grey before the edits, dark after; a line a year."""
    table = grouped_works(plan, fixes)
    columns = ["first", "last", "new_first", "new_last"]
    days = table[columns].to_numpy("datetime64[D]") if len(table) else np.empty((0, 4), "datetime64[D]")
    known = days[~np.isnat(days)]
    if not len(known) or known.min() == known.max():
        return None
    low, high = known.min(), known.max()
    canvas = np.full((ROW * len(table) + 2 * EDGE, width, 3), 250, np.uint8)
    scale = (width - 2 * EDGE) / float((high - low).astype(int))
    for year in np.arange(low.astype("datetime64[Y]") + 1, high.astype("datetime64[Y]") + 1):
        x = EDGE + int((year.astype("datetime64[D]") - low).astype(int) * scale)
        canvas[:, x : x + 1] = LINE
    for k in range(len(table)):
        y = EDGE + ROW * k
        _bar(canvas, (y + 9, 3), days[k, 0:2], (low, scale, BEFORE))
        _bar(canvas, (y + 2, 6), days[k, 2:4], (low, scale, AFTER))
    return canvas


def _bar(
    canvas: NDArray[np.uint8],
    at: tuple[int, int],
    ends: NDArray[np.datetime64],
    look: tuple[np.datetime64, float, tuple[int, int, int]],
) -> None:
    if np.isnat(ends).any():
        return
    low, scale, colour = look
    left, right = (EDGE + int((day - low).astype(int) * scale) for day in ends)
    canvas[at[0] : at[0] + at[1], left : max(right, left + 2)] = colour
