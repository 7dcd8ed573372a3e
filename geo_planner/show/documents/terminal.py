"""The verdict on a terminal, as a planner reads it: the words first, then the figures, then what to bring."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...lang import Lang, printable
from ...plan import Report
from ..exports.results import crash_lines, score_heads, verdict_table
from ..exports.verdict import missing_lines

_NUMBERS = {"判定", "未判定", "发现", "judged", "unknown", "found"}


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
    if missing := missing_lines(report, lang):
        say(["", "还需要的数据：" if lang == "zh" else "Data to bring:", *missing])
