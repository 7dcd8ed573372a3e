"""The verdict on a terminal, as a planner reads it: the words first, then the figures, then what to bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...lang import Lang, choose, printable
from ...lang.causes import CAUSE_STATES, WORKLIST
from ...lang.studies import FIGURES
from ...plan import Report
from ..exports.results import crash_lines, off_lines, verdict_table
from ..exports.scores import score_heads
from ..exports.verdict import missing_lines

_TOP = 10
"""Causes that the terminal tells."""
_NUMBERS = {"判定", "缺数据", "发现", "judged", "unknown", "found"}


def print_verdict(report: Report, lang: Lang) -> None:
    """Print the seven verdicts, the scores, the checks that ran as a table, and what to bring for the rest."""
    console = Console(highlight=False, soft_wrap=False)

    def say(lines: list[str]) -> None:
        for line in lines:
            console.print(Text(printable(line)))

    say(report.verdict.lines(lang))
    say(["", *score_heads(report, lang), ""])
    ran = {run.code for run in report.runs if run.outcome != "skipped"}
    head, *rows = verdict_table(report, lang)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in head:
        table.add_column(column, justify="right" if column in _NUMBERS else "left")
    for row in rows:
        if row[0] in ran:
            table.add_row(*(Text(printable(str(cell))) for cell in row))
    if table.row_count:
        console.print(table)
    say(crash_lines(report, lang))
    say(off_lines(report, lang))
    say(cause_lines(report, lang))
    if missing := missing_lines(report, lang):
        say(["", "还需要的数据：" if lang == "zh" else "Data to bring:", *missing])


def cause_lines(report: Report, lang: Lang) -> list[str]:
    """The head of the worklist: at most ten causes that have findings, each with where, what and who is in charge."""
    mine = [cause for cause in report.causes if cause.fingerprints]
    if not mine:
        return []
    top = choose(WORKLIST["top"], lang).format(n=min(_TOP, len(mine)), all=len(mine))
    lines = [
        f"{n:>2}  [{choose(CAUSE_STATES[c.state], lang)}] {c.place[lang]} · {c.title[lang]} · {c.bureau[lang]}"
        + (f" · {choose(WORKLIST['by_when'], lang)} {c.by_when}" if c.by_when else "")
        for n, c in enumerate(mine[:_TOP], start=1)
    ]
    return ["", top, *lines]


def print_side_by_side(
    table: pd.DataFrame, verdicts: Sequence[Sequence[str]], titles: Mapping[str, str], lang: Lang
) -> None:
    """Print figures of several scenarios, one column each; what is not known is a dash. `titles` name the checks.

    `verdicts` stand first: name, then the word of each scenario.
    """
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("指标" if lang == "zh" else "figure")
    for name in table.columns:
        grid.add_column(Text(printable(name)), justify="right")
    for words in verdicts:
        grid.add_row(*(Text(printable(word)) for word in words))
    cells = table.to_numpy(dtype=float)
    for figure, row in zip(table.index, cells, strict=True):
        words = choose(FIGURES[figure], lang) if figure in FIGURES else f"{figure} {titles.get(figure, '')}"
        whole = figure not in {"S1", "S2", "S3"} and not figure.endswith("_share")
        grid.add_row(Text(printable(words)), *("—" if v != v else f"{v:,.0f}" if whole else f"{v:.3f}" for v in row))  # noqa: PLR0124  (NaN)
    Console(highlight=False, soft_wrap=False).print(grid)


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text as a table, the first as its head; columns between the first and the last are figures."""
    head, *body = rows
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(head):
        grid.add_column(Text(printable(name)), justify="right" if 0 < number < len(head) - 1 else "left")
    for row in body:
        grid.add_row(*(Text(printable(cell)) for cell in row))
    Console(highlight=False, soft_wrap=False).print(grid)
