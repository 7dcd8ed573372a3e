"""What a proposal says: the headline, the price, and why there is none, by value in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from geo_planner.improve.proposal import Proposal
from geo_planner.show.documents.proposal import proposal_json, proposal_lines
from geo_planner.study.propose import TITLES, Outcome

NONE = pd.DataFrame({"code": [], "layer": [], "id": []})


class _Scenario:
    name = "park"


class _Judged(Outcome):
    """An outcome whose findings and scores are given by hand."""

    found: ClassVar[dict[str, pd.DataFrame]] = {}
    pairs: ClassVar[dict[str, tuple[float | None, float | None]]] = {}

    def new(self, severity: str) -> pd.DataFrame:
        return self.found.get(severity, NONE)

    def scores(self) -> dict[str, tuple[float | None, float | None]]:
        return self.pairs


def rows(*codes: str) -> pd.DataFrame:
    return pd.DataFrame({"code": list(codes), "layer": "parcels", "id": [f"p{k}" for k in range(len(codes))]})


def outcome(made: Proposal, found=None, pairs=None) -> _Judged:
    kind = type("Told", (_Judged,), {"found": found or {}, "pairs": pairs or {}})
    return kind(_Scenario(), made)


def siting(**more) -> Proposal:
    given = {"value": 100.0, "bound": 98.0, "unit": "points", "args": {"placed": 2, "projects": 3}} | more
    return Proposal(what="siting", edits=(), **given)


def title(what: str, lang: int) -> str:
    return TITLES[what][lang]


def test_a_siting_counts_what_is_placed_and_names_the_gap() -> None:
    assert proposal_lines(outcome(siting()), "en") == [
        f"{title('siting', 1)}: 2 of 3 projects placed, within 2.00 % of the best possible; no new error"
    ]
    assert proposal_lines(outcome(siting(bound=100.0)), "zh") == [
        f"{title('siting', 0)}：3 个项目落位 2 个，已证明最优；无新增违规"
    ]


def test_new_errors_are_counted_and_five_are_named() -> None:
    told = proposal_lines(outcome(siting(), {"error": rows(*["ST701"] * 6)}), "en")
    assert told[0].endswith("; 6 new errors")
    named = "; ".join(f"ST701 parcels/p{k}" for k in range(5))
    assert told[1] == f"  new errors: {named} …"
    five = proposal_lines(outcome(siting(), {"error": rows(*["ST701"] * 5)}), "zh")
    assert five[0].endswith("；新增 5 项违规")
    assert five[1] == f"  新增违规：{named}"


def test_the_price_is_warnings_notes_and_scores() -> None:
    found = {"warning": rows("BA401", "ST709", "BA401"), "info": rows("EC601")}
    pairs = {"S1": (0.5, 0.75), "S2": (None, 1.0)}
    assert proposal_lines(outcome(siting(), found, pairs), "en")[1:] == [
        "  its price: new warnings BA401 2, ST709 1",
        "  new notes EC601 1",
        "  scores: S1 50.0 % → 75.0 %, S2 unknown → 100.0 %",
    ]
    assert proposal_lines(outcome(siting(), found, pairs), "zh")[1:] == [
        "  代价：新增提醒 BA401 2 项、ST709 1 项",
        "  新增提示 EC601 1 项",
        "  得分：先规划后建设 50.0 % → 75.0 %，先地下后地上 未知 → 100.0 %",
    ]


def test_a_search_stopped_by_the_clock_says_so_and_four_tables_that_hold_rows_follow() -> None:
    tables = {name: pd.DataFrame({"n": range(50)}) for name in ("one", "two", "three", "four", "five")}
    tables = {"none": pd.DataFrame({"n": []})} | tables
    told = proposal_lines(outcome(siting(timed=True, tables=tables)), "en")
    assert told[1] == "  stopped by the clock: another run may differ"
    assert [line for line in told if line.startswith("[")] == ["[one]", "[two]", "[three]", "[four]"]
    assert told[4:24] == [str(k) for k in range(20)]
    assert told[24] == "… 30 more rows in the workbook"
    assert "时间停止" not in "".join(proposal_lines(outcome(siting()), "zh"))


def test_people_served_are_the_value_turned_round() -> None:
    made = Proposal(what="facilities", edits=(), value=-1200.0, bound=-1200.0, unit="people")
    assert proposal_lines(outcome(made), "en")[0].endswith(
        ": 1200 more people served, proved to be the best; no new error"
    )
    assert "新服务 1200 人，已证明最优" in proposal_lines(outcome(made), "zh")[0]


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("sites", "1,234 处，", "1,234 sites, "),
        ("m²", "1,234 平方米，", "1,234 m², "),
        ("yuan", "1,234 yuan，", "1,234 yuan, "),
    ],
)
def test_other_values_stand_with_their_unit(unit: str, zh: str, en: str) -> None:
    made = Proposal(what="facilities", edits=(), value=1234.0, bound=1234.0, unit=unit)
    assert zh in proposal_lines(outcome(made), "zh")[0]
    assert en in proposal_lines(outcome(made), "en")[0]


def extension(networks=("road", "water"), released=True, **more) -> Proposal:
    works = pd.DataFrame({"network": list(networks), "metres": [2500.0] * len(networks)})
    phases = pd.DataFrame({"released": [True, released]})
    given = {"value": 100.0, "bound": 100.0, "args": {"area": 61.4, "beyond": 0.0}} | more
    return Proposal(
        what="extension", edits=(), unit="cost", tables={"works": works, "phases": phases}, **given
    )  # fmt: skip


def test_an_extension_names_its_streets_mains_and_days() -> None:
    head = proposal_lines(outcome(extension()), "en")[0]
    assert "61 ha, proved to be the best; 2.5 km of streets to build; 2.5 km of mains to lay; no new error" in head
    assert "；新建道路 2.5 公里、管线 2.5 公里；无新增违规" in proposal_lines(outcome(extension()), "zh")[0]


def test_an_extension_without_streets_or_mains_says_which() -> None:
    mains = outcome(extension(("water", "sewer")))
    assert "the plan draws no street to join, so none is laid; 5.0 km of mains to lay" in proposal_lines(mains, "en")[0]
    assert "未布设道路；新建管线 5.0 公里" in proposal_lines(mains, "zh")[0]
    streets = outcome(extension(("road",)))
    assert "2.5 km of streets to build; it draws no main to join, so none is laid" in proposal_lines(streets, "en")[0]
    assert "图上没有可接的管线" in proposal_lines(streets, "zh")[0]


def test_an_extension_beyond_the_boundary_or_without_days_says_so() -> None:
    beyond = extension(released=False, bound=80.0, args={"area": 61.4, "beyond": 7.25})
    told = proposal_lines(outcome(beyond), "en")[0]
    assert "; 7.2 ha lie beyond the development boundary" in told
    assert "; the plan has no as-of day, so all days are left blank" in told
    assert "above the cheapest squares" in told
    plain = proposal_lines(outcome(extension()), "en")[0]
    assert "beyond" not in plain
    assert "as-of" not in plain
    assert "其中 7.2 公顷在城镇开发边界外" in proposal_lines(outcome(beyond), "zh")[0]


def conflict() -> Proposal:
    found = pd.DataFrame({
        "rule": ["park", "production >= 40 %", "G1 <= 10 %", "ST701"], "give": [2.0, 1.5, np.inf, np.inf],
    })  # fmt: skip
    return siting(value=np.inf, bound=np.inf, reason="conflict", tables={"conflict": found})


def test_rules_in_conflict_are_told_with_what_each_has_to_give() -> None:
    assert proposal_lines(outcome(conflict()), "en") == [
        f"{title('siting', 1)}: impossible because these rules conflict: a park near every new home (give 2 times); "
        "production at least 40 % (give 1.50 points); land of class G1 at most 10 % (no amount is enough); "
        "the clearances of works (ST701) (no amount is enough)"
    ]
    assert proposal_lines(outcome(conflict()), "zh") == [
        f"{title('siting', 0)}：无可行方案：以下规则相互冲突 新增居住用地步行范围内有公园（需放宽 2 处）；"
        "生产用地不少于 40%（需放宽 1.50 个百分点）；G1 类用地不超过 10%（放宽也无解）；卫生防护距离（ST701）（放宽也无解）"
    ]


def test_all_of_it_is_one_object_without_infinities() -> None:
    told = proposal_json(outcome(siting(), {"warning": rows("BA401")}, {"S1": (0.5, None)}))
    assert (told["what"], told["status"], told["value"], told["bound"], told["gap_percent"]) == (
        "siting", "feasible", 100.0, 98.0, 2.0,
    )  # fmt: skip
    assert (told["reason"], told["edits"], told["new_errors"]) == (None, 0, [])
    assert told["new_warnings"] == [{"code": "BA401", "layer": "parcels", "id": "p0"}]
    assert told["scores"] == {"S1": [0.5, None]}
    none = proposal_json(outcome(conflict()))
    assert (none["value"], none["bound"], none["status"]) == (None, None, "none")
    assert none["tables"]["conflict"][0] == {"rule": "park", "give": 2.0}
    assert none["reason"]["en"].startswith("impossible")
    assert proposal_json(outcome(replace(siting(), timed=True)))["may_differ"] is True
