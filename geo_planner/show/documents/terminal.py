"""The verdict on a terminal, as a planner reads it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...lang import Lang, choose, printable
from ...lang.studies import FIGURES
from ...plan import Report
from ..exports.results import score_lines, verdict_table

_NUMBERS = {"判定", "未判定", "发现", "judged", "unknown", "found"}


def print_verdict(report: Report, lang: Lang) -> None:
    """Print the verdict of each check as a table, then the scores, then what was not judged and why."""
    console = Console(highlight=False, soft_wrap=False)
    head, *rows = verdict_table(report, lang)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in head:
        table.add_column(column, justify="right" if column in _NUMBERS else "left")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    console.print(table)
    for line in score_lines(report, lang):
        console.print(Text(printable(line)))


def print_side_by_side(table: pd.DataFrame, titles: Mapping[str, str], lang: Lang) -> None:
    """Print figures of several scenarios, one column each; what is not known is a dash. `titles` name the checks."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("指标" if lang == "zh" else "figure")
    for name in table.columns:
        grid.add_column(Text(printable(name)), justify="right")
    cells = table.to_numpy(dtype=float)
    for figure, row in zip(table.index, cells, strict=True):
        words = choose(FIGURES[figure], lang) if figure in FIGURES else f"{figure} {titles.get(figure, '')}"
        whole = figure not in {"S1", "S2", "S3", "headline"} and not figure.endswith("_share")
        grid.add_row(Text(printable(words)), *("—" if v != v else f"{v:,.0f}" if whole else f"{v:.3f}" for v in row))  # noqa: PLR0124  (NaN)
    Console(highlight=False, soft_wrap=False).print(grid)
