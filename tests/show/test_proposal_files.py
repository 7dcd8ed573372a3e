"""The tables of a proposal as files that a planning bureau opens."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from geo_planner.checks.contract import mini
from geo_planner.improve.proposal import Proposal
from geo_planner.lang.proposals import column_word
from geo_planner.show.documents.proposal import proposal_lines, write_proposal
from geo_planner.show.documents.proposal_table import printed
from geo_planner.study.propose import Outcome, proposed_plan

REFUSED = pd.DataFrame({"project": ["P1", "=1+1"], "parcel": ["A", ""], "change": [250.0, np.nan], "other": [0, 2]})


class _Named:
    name = "park"


def _written(folder: Path) -> list[Path]:
    made = Proposal(
        what="siting", edits=(), value=np.inf, bound=np.inf, unit="points", reason="no_host",
        args={"projects": 2}, tables={"sites": REFUSED[["project"]], "refused": REFUSED},
    )  # fmt: skip
    return write_proposal(Outcome(_Named(), made), folder)  # type: ignore[arg-type]


def test_every_table_is_a_sheet_of_one_workbook_and_text_is_no_formula(tmp_path):
    written = _written(tmp_path)
    assert [p.name for p in written] == ["park_siting_sites.csv", "park_siting_refused.csv", "park_siting_tables.xlsx"]
    book = openpyxl.load_workbook(written[-1])
    assert book.sheetnames == ["落位", "未采用地块及原因"]
    assert [list(row) for row in book["未采用地块及原因"].values] == [
        ["项目", "地块", "须放宽", "other"],
        ["P1", "A", 250, 0],
        ["=1+1", None, None, 2],
    ]
    assert book["未采用地块及原因"]["A3"].data_type == "s"


def test_a_table_is_printed_in_the_words_and_columns_of_the_reader():
    """It used to print 1.029423e+06, -0.0, NaN and heads such as other_limits."""
    table = pd.DataFrame({"kind": ["power", "sewer"], "spare": [1029423.0, np.nan], "price": [-0.0, 0.0000125]})
    assert printed("prices", table, "zh") == [
        "[余量与影子价格]", "类别  余量       每单位影子价格(分)", "电力  1,029,423  0", "污水  —          0.000013",
    ]  # fmt: skip
    assert printed("prices", table, "en")[2] == "power  1,029,423  0"
    assert printed("x", pd.DataFrame({"n": range(22)}), "en")[-1] == "… 2 more rows in the workbook"


def test_every_column_that_a_proposal_of_the_sample_has_is_named_in_chinese():
    """Columns are read from the code that makes them; a column nobody named would be printed in English."""
    improve = Path(__file__).parents[2] / "geo_planner" / "improve"
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(improve.glob("*.py")))
    frames = re.findall(r"pd\.DataFrame\(\s*\{(.*?)\}\s*[,)]", text, flags=re.DOTALL)
    named = {key for body in frames for key in re.findall(r'"([a-z_]+)":', body)}
    assert len(named) > 25 and sorted(n for n in named if column_word(n, "zh") == n) == []


def test_a_second_run_writes_the_same_bytes(tmp_path):
    one, two = _written(tmp_path / "a")[-1], _written(tmp_path / "b")[-1]
    assert one.read_bytes() == two.read_bytes()


def test_the_plan_as_proposed_is_not_called_as_today():
    """The compare page of the extension said "as it stands → as it stands"."""
    made = Proposal(what="extension", edits=(), value=1.0, bound=1.0, unit="points")
    then = proposed_plan(mini(as_of="2026-06-30").plan, made, "park_extension")
    assert then.name == "park_extension"
    assert then.title == {"zh": "example · 拓园方案", "en": "example · extension of the park"}


def _extension(works: list[tuple[str, float]], released: str) -> Outcome:
    made = Proposal(
        what="extension", edits=(), value=1.0, bound=1.0, unit="points", args={"area": 8.0, "beyond": 0.0},
        tables={
            "phases": pd.DataFrame({"phase": ["EXT-1"], "released": [released]}),
            "works": pd.DataFrame(works, columns=["network", "metres"]),
        },
    )  # fmt: skip
    return Outcome(_Named(), made)  # type: ignore[arg-type]


def test_the_headline_of_an_extension_says_what_is_to_be_built_and_what_is_not_dated():
    dated = _extension([("road", 300.0), ("water", 1200.0), ("sewer", 900.0)], "2027-04-26")
    assert (
        proposal_lines(dated, "zh")[0]
        == "拓园方案：拓园 8 公顷，已证明最优；新建道路 0.3 公里、管线 2.1 公里；无新增违规"
    )
    bare = _extension([], "")
    assert proposal_lines(bare, "en")[0] == (
        "extension of the park: 8 ha, proved to be the best; the plan draws no street to join, so none is laid; "
        "it draws no main to join, so none is laid; the plan has no as-of day, so all days are left blank; no new error"
    )
    mains = _extension([("water", 1200.0)], "2027-04-26")
    assert "；图上没有可接的道路，未布设道路；新建管线 1.2 公里；" in proposal_lines(mains, "zh")[0]
