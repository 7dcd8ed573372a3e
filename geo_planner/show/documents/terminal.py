"""The verdict on a terminal, as a planner reads it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...lang import Lang, printable
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
