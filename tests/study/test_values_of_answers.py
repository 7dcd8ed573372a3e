"""Answers of studies by value: states of an ensemble, a park in figures, two plans apart, what a proposal asks for."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScenarioError, StudyError, UnknownIdError
from geo_planner.improve.facilities import Service
from geo_planner.improve.proposal import Proposal
from geo_planner.plan import Edit, Profile, Scenario
from geo_planner.plan.uncertainty import Uncertainty
from geo_planner.show.compare import compare as beside
from geo_planner.study import matching
from geo_planner.study.batch import _within
from geo_planner.study.changes import edits_between
from geo_planner.study.compare import compare
from geo_planner.study.ensemble import spread
from geo_planner.study.ensemble.decide import states
from geo_planner.study.ensemble.member import known_parameters
from geo_planner.study.matching import _knot, _most_alike_first
from geo_planner.study.portfolio.figures import figures
from geo_planner.study.portfolio.readiness import readiness
from geo_planner.study.propose import Ask, Outcome, propose, proposed_plan
from geo_planner.study.run import Judged, fixes_of
from geo_planner.verdict import judge
from tests.study.small import write_pair

SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"


def works(**more: Any) -> dict[str, Any]:
    return {"id": "A", "code": "M1", "scheme": "gb50137", "park": "K", "wkt": SQUARE, "start": "2010-01-01"} | more


def judged(name: str, *rows: dict[str, Any]) -> Judged:
    plan = mini(parcels=list(rows), as_of="2026-06-30").plan
    return Judged(Scenario(name), plan, judge(plan, only=["ba4"]))


@pytest.mark.parametrize(
    ("counts", "state", "share"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 3], "pass", 0.9),
        ([0, 0, 0, 0, 0, 0, 0, 0, 3, 3], "undecided", 0.8),
        ([0, 3, 3, 3, 3, 3, 3, 3, 3, 3], "fail", 0.1),
        ([0, 0, 3, 3, 3, 3, 3, 3, 3, 3], "undecided", 0.2),
        ([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], "pass", 1.0),
        ([np.nan, 0, 0, 0, 0, 0, 0, 0, 0, 0], "unknown", 1.0),
        ([np.nan, 3, 3, 3, 3, 3, 3, 3, 3, 3], "fail", 0.0),
        ([np.nan, np.nan, 3, 3, 3, 3, 3, 3, 3, 3], "unknown", 0.0),
    ],
)
def test_nine_of_ten_members_decide_a_check_and_an_unknown_one_never_passes(counts, state, share) -> None:
    outcomes: Any = SimpleNamespace(counts=pd.DataFrame({"UG204": np.array(counts, float)}))
    row = states(outcomes, {"UG204": 2}, 0.9).iloc[0]
    assert (row["code"], row["state"], row["share"], row["limit"]) == ("UG204", state, pytest.approx(share), 2)


def test_the_middle_and_the_ends_of_the_counts_are_told() -> None:
    outcomes: Any = SimpleNamespace(counts=pd.DataFrame({"A": np.arange(21.0), "B": np.full(21, np.nan)}))
    table = states(outcomes, {"A": 0, "B": 0}, 0.9)
    assert table.loc[0, ["p05", "p50", "p95"]].tolist() == [1.0, 10.0, 19.0]
    assert table.loc[1, "state"] == "unknown"
    assert table.loc[1, ["share", "p05", "p50", "p95"]].isna().all()


def test_a_future_that_was_given_up_is_raised_and_a_kept_result_is_taken(monkeypatch) -> None:
    with pytest.raises(CancelledError, match="scheduler"):
        spread._received(ValueError("no scheduler"))
    spread._received({"runs": {}})
    monkeypatch.setattr(spread, "compute", lambda _, number: {"made": number})
    monkeypatch.setattr(spread, "stored", lambda _, number: {"kept": number} if number == 1 else None)
    assert [spread._far_compute(None, k) for k in (1, 2)] == [{"kept": 1}, {"made": 2}]  # type: ignore[arg-type]


def test_a_drawn_number_must_be_one_of_a_check() -> None:
    rules = Profile(name="x")
    one: Any = Uncertainty(name="u", kind="parameter", distribution=None, check="IN303", parameter="history_from")
    assert "history_from" in known_parameters(rules, one)
    with pytest.raises(StudyError, match="no check 'IN333'"):
        known_parameters(rules, replace(one, check="IN333"))
    with pytest.raises(StudyError, match=r"no parameter 'history'.*history_from"):
        known_parameters(rules, replace(one, parameter="history"))


def test_a_park_in_figures_is_named_dated_and_counted() -> None:
    one = judged("now", works(), works(id="B", code="R2", wkt="POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))"))
    park: Any = SimpleNamespace(**{"name": "K", "title": "t", "role": "core"} | vars(one))
    told = figures(park, {})
    assert (told["name"], told["title"], told["role"], told["scenario"]) == ("K", "t", "core", "now")
    assert (told["as_of"], told["digest"]) == ("2026-06-30", one.plan.digest)
    assert told["findings"] == {s: one.report.count(s) for s in ("error", "warning", "info")}
    assert told["not_judged"] == sum(r.outcome in {"skipped", "crashed"} for r in one.report.runs)
    assert set(told["balance"]) == {"production", "living", "ecology"}
    undated = figures(SimpleNamespace(**vars(park) | {"plan": replace(one.plan, as_of=None)}), {})  # type: ignore[arg-type]
    assert undated["as_of"] is None


def test_a_given_indicator_is_rounded_to_three_places_with_its_gap() -> None:
    plan = mini(parcels=[works()]).plan
    land = dict.fromkeys(("built", "committed", "idle", "reserve", "undated"))
    given = {"green": {"value": 1 / 3, "source": "survey"}}
    rows = {r["key"]: r for r in readiness(SimpleNamespace(plan=plan), land, given)}  # type: ignore[arg-type]
    green = rows["green"]
    assert (green["value"], green["gap"]) == (0.333, round(green["limit"] - 1 / 3, 3))
    assert green["state"] == "fail"


def test_two_plans_apart_are_told_in_a_line() -> None:
    before, after = judged("now", works()), judged("then", works(code="R2", start="2011-01-01"))
    same = compare(before, before)
    assert (same.empty, repr(same).split(": ")[1].split(", find")[0]) == (True, "0 dates moved, 0 features changed")
    apart = compare(before, after)
    assert not apart.empty
    assert repr(apart).startswith("Comparison('now' -> 'then': 1 dates moved, 1 features changed, findings ")
    assert apart._repr_html_().startswith("<p>Comparison(&#x27;now&#x27; -&gt; ")
    both = beside(before, after, before)
    assert [p.empty for p in both.pairs] == [False, True]
    assert repr(apart) in repr(both)
    assert both._repr_html_().count("<table") == 2


def test_each_kind_of_change_alone_separates_two_plans() -> None:
    base = judged("now", works())
    for other in (works(start="2012-01-01"), works(code="R2"), works(name="hall")):
        assert not compare(base, judged("then", other)).empty


def test_an_edit_is_judged_again_and_kept_in_the_scenario() -> None:
    base = judged("now", works(), works(id="B", wkt="POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))"))
    moved = base.edit("parcels", "A", shift_days=31, reason="why")
    assert [(e.kind, e.id, dict(e.value), e.reason) for e in moved.scenario.edits] == [
        ("retime", "A", {"shift_days": 31}, "why")
    ]
    assert str(moved.plan["parcels"]["start"][0])[:10] == "2010-02-01"
    both = moved.edit("parcels", ["A", "B"], values={"code": "R2"})
    assert [(e.kind, e.id) for e in both.scenario.edits] == [("retime", "A"), ("set", "A"), ("set", "B")]
    assert both.plan["parcels"]["code"].tolist() == ["R2", "R2"]
    assert repr(base).startswith("Judged('now': Plan('example'")
    with pytest.raises(UnknownIdError):
        base.edit("parcels", "Z", shift_days=1)


def test_features_without_an_id_that_only_one_plan_has_can_not_be_told_in_edits() -> None:
    one, two = judged("now", works()).plan, judged("then", works(), works(id=None)).plan
    with pytest.raises(ScenarioError, match="layer 'parcels': features without an id"):
        edits_between(one, two)
    assert edits_between(two, two) == ()


def test_pairs_of_a_large_knot_are_taken_the_most_alike_first(monkeypatch) -> None:
    """0-0 0.9 shuts out 0-1 and 1-0 (0.8 each): the best pairing of a small knot is worth 1.6, of a large one 0.9."""
    i, j, alike = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0.9, 0.8, 0.8])
    assert _knot(i, j, alike).tolist() == [1, 2]
    assert _most_alike_first(i, j, alike).tolist() == [0]
    monkeypatch.setattr(matching, "_BEST", 1)
    assert _knot(i, j, alike).tolist() == [0]


def test_progress_of_one_scenario_is_a_part_of_the_whole() -> None:
    seen: list[tuple[str, int, int]] = []
    part = _within(lambda *told: seen.append(told), "late", 2, 3)
    part("checks", 4, 10)
    assert seen == [("late checks", 24, 30)]
    assert _within(None, "late", 2, 3) is None


def test_what_a_proposal_needs_is_named(tmp_path: Path) -> None:
    base, early = write_pair(tmp_path)
    for ask, words in (
        (Ask(what="sitting"), "'sitting' is unknown.*siting"),
        (Ask(what="siting"), "siting needs a list of projects"),
        (Ask(what="facilities"), "facilities needs the kind of service"),
        (Ask(what="facilities", service=Service(kind="")), "facilities needs the kind of service"),
        (Ask(what="source"), "source needs the utility"),
    ):
        with pytest.raises(ScenarioError, match=words):
            propose(base, ask)
    now = Scenario("now")
    (fix,) = fixes_of(now, early, judged("now", works(id="B", code="R2")).plan)
    assert (fix.kind, fix.id, dict(fix.value)) == ("retime", "B", {"released": "2010-06-01"})


def test_without_an_answer_nothing_is_new_and_with_one_the_plan_has_a_name_of_its_own() -> None:
    none = Outcome(Scenario("now"), Proposal(what="swap", edits=(), value=0.0, bound=0.0, unit="parcels", reason="x"))
    assert (none.scores(), len(none.new_errors), len(none.new("warning"))) == ({}, 0, 0)
    plan = replace(judged("now", works()).plan, title={"zh": "园区"})
    edits = (Edit("set", "parcels", "A", {"code": "R2"}),)
    then = proposed_plan(plan, replace(none.proposal, edits=edits), "now_swap")
    assert (then.name, then.title) == ("now_swap", {"zh": "园区 · 用途调换", "en": "example · exchange of uses"})
    assert then["parcels"]["code"].tolist() == ["R2"]
