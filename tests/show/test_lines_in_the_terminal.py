"""Tables and lines for the terminal by value: figures side by side, what a schedule file joined, long lists cut."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from geo_planner.show.documents.programme import _csv, _listed, _titled, joined_lines
from geo_planner.show.documents.terminal import print_rows, print_side_by_side


def cells(line: str) -> list[str]:
    return [part for part in line.split("  ") if part.strip()]


def test_scores_have_three_places_counts_are_whole_and_nothing_is_a_dash(capsys) -> None:
    table = pd.DataFrame(
        {"base": [0.98765, 1234.4, 0.5, np.nan], "late": [1.0, 7.0, 0.25, 2.0]},
        index=["S1", "ST701", "x_share", "ZZ901"],
    )
    print_side_by_side(table, [("overall", "fail", "pass")], {"ST701": "clearance"}, "en")
    lines = [[c.strip() for c in cells(line)] for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["figure", "base", "late"]
    assert lines[1] == ["overall", "fail", "pass"]
    assert lines[2][1:] == ["0.988", "1.000"]
    assert lines[3] == ["ST701 clearance", "1,234", "7"]
    assert lines[4][1:] == ["0.500", "0.250"]
    assert lines[5] == ["ZZ901", "—", "2"]
    print_side_by_side(table, [], {}, "zh")
    assert capsys.readouterr().out.startswith("指标")


def test_columns_between_the_first_and_the_last_stand_to_the_right(capsys) -> None:
    print_rows([("name", "number", "word"), ("a", "5", "x"), ("bb", "1234567", "y")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.index(c) + len(c) for line, c in zip(lines, ("number", "5", "1234567"), strict=True)] == [13] * 3
    assert [line.index(c) for line, c in zip(lines, ("word", "x", "y"), strict=True)] == [lines[0].index("word")] * 3


def test_a_list_of_more_than_twenty_is_cut_and_the_rest_counted() -> None:
    assert _listed("moves", []) == []
    assert _listed("moves", ["a", "b"]) == ["moves (2)", "  a", "  b"]
    assert len(_listed("moves", [str(k) for k in range(20)])) == 21
    long = _listed("moves", [str(k) for k in range(23)])
    assert (long[0], long[-2:], len(long)) == ("moves (23)", ["  19", "  … 3"], 22)
    assert _titled("rows", pd.DataFrame()) == []
    table = _titled("rows", pd.DataFrame({"n": range(22)}))
    assert (table[0], table[1].strip(), table[-2].strip(), table[-1]) == ("rows (22)", "n", "19", "  … 2")
    assert not _titled("rows", pd.DataFrame({"n": range(20)}))[-1].startswith("  …")


def test_a_text_that_a_sheet_would_work_out_is_quoted() -> None:
    told = _csv(pd.DataFrame({"name": ["=1+1", "a\rb", "ok"], "n": [-1, 2, 3]}))
    assert told == "name,n\n'=1+1,-1\na b,2\nok,3\n"


def joined(pairs: int, left: int, links: int = 0, bounds: int = 0, lost: int = 0) -> tuple[Any, Any]:
    tasks = SimpleNamespace(
        pairs=range(pairs), tasks_left=pd.DataFrame({"id": [f"t{k}" for k in range(left)]}, dtype="str"),
        counts=pd.DataFrame({"by": ["id", "wbs"], "tasks": [pairs - 1, 1]}),
    )  # fmt: skip
    lone = pd.DataFrame({"feature": [f"l{k}" for k in range(lost)]}, dtype="str")
    return tasks, SimpleNamespace(rows=range(links), bounds=range(bounds), left=lone)


def test_what_a_schedule_file_joined_is_told_with_eight_names_of_what_it_did_not() -> None:
    assert joined_lines(*joined(5, 10), "plan.csv", ["a note"]) == [
        "plan.csv: 5 tasks joined (id 4, wbs 1), 10 not: t0, t1, t2, t3, t4, t5, t6, t7",
        "plan.csv: a note",
    ]
    assert joined_lines(*joined(2, 1, links=3, bounds=4), "p", lang="zh") == [
        "p：对应 2 项任务（按编号 1、按 WBS 1），未对应 1 项：t0",
        "p：保留搭接 3 条、有限定的日期 4 个",
    ]
    assert joined_lines(*joined(2, 0, lost=9), "p")[1:] == [
        "p: 0 links and 0 dates with a bound are kept",
        "p: links of tasks that met no feature are left out: l0, l1, l2, l3, l4, l5, l6, l7",
    ]
    assert len(joined_lines(*joined(2, 0, bounds=1), "p", ["x"], lang="zh")) == 3
