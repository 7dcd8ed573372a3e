"""A plan becomes tasks and arcs; the repair is edits that mend what the checks found."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.plan import apply, scenario_text
from geo_planner.schedule import Crews, Options, programme, schedule_plan
from geo_planner.verdict import judge as run

RULES = ["PB101", "PB102", "UG201", "UG203", "UG204", "IN303"]


def failing(code: str):
    """Return the plan of the check's failing example."""
    return load()[code].fails.plan


@pytest.mark.parametrize("code", ["PB101", "UG201", "UG202", "UG203", "UG204", "IN303"])
def test_the_failing_example_of_a_check_is_mended(code: str):
    plan = failing(code)
    assert len(run(plan, only=[code]).findings) > 0
    schedule = schedule_plan(plan)
    assert (schedule.status, schedule.open) == ("optimal", 0)
    assert len(run(schedule.plan, only=[code]).findings) == 0


@pytest.mark.parametrize("code", RULES)
def test_the_passing_example_of_a_check_is_left_alone(code: str):
    assert schedule_plan(load()[code].passes.plan).edits == ()


def test_an_arc_names_its_rule_and_its_evidence():
    arcs = programme(failing("UG204")).network.arcs
    assert set(arcs.rule) == {"UG204", "WORK"}
    assert all(text.endswith(" m") for text in arcs.evidence[arcs.rule == "UG204"])


def test_the_pipe_moves_to_the_day_of_paving():
    # The pipe is accepted on 2021-03-01, the road is paved on 2020-05-01: 304 days.
    (edit,) = schedule_plan(failing("UG204")).edits
    assert (edit.kind, edit.origin) == ("retime", "solver")
    moved = {"pipes": {"finish": "2020-05-01"}, "roads": {"paved": "2021-03-01", "finish": "2021-06-01"}}
    assert dict(edit.value) == moved[edit.layer]


def test_what_began_before_today_is_frozen():
    schedule = schedule_plan(failing("UG204"), options=Options(today="2021-01-01"))
    assert [e.layer for e in schedule.edits] == []
    assert schedule.past["rule"].tolist() == ["UG204"]


def test_the_day_of_the_plan_freezes_by_itself():
    plan = replace(failing("UG204"), as_of=date(2021, 1, 1))
    assert len(schedule_plan(plan).past) == 1


def test_delays_only_moves_the_road():
    (edit,) = schedule_plan(failing("UG204"), options=Options(mode="delay")).edits
    assert edit.layer == "roads"


def test_without_repair_the_broken_rules_are_only_counted():
    schedule = schedule_plan(failing("UG204"), options=Options(repair=False))
    assert (schedule.open, schedule.edits) == (1, ())
    assert schedule.broken()["days"].tolist() == [304]


def test_the_edits_are_a_scenario_that_can_be_read():
    schedule = schedule_plan(failing("UG204"))
    table = tomllib.loads(scenario_text(schedule.edits, name="repaired", base="base.toml"))
    assert table["base"] == "base.toml"
    assert table["edits"][0]["value"] == dict(schedule.edits[0].value)


def test_applying_the_edits_gives_the_plan_of_the_schedule():
    plan = failing("UG201")
    schedule = schedule_plan(plan)
    assert apply(plan, schedule.edits).digest == schedule.plan.digest


def test_a_finish_before_its_start_is_named():
    plan = failing("UG204")
    pipes = plan["pipes"]
    pipes["start"] = pipes["finish"] + pd.Timedelta(days=9)
    with pytest.raises(ScheduleError, match="pipes/P"):
        schedule_plan(plan.with_layer("pipes", pipes))


def test_what_cannot_be_judged_is_listed_with_its_reason():
    plan = failing("UG201")
    pipes = plan["pipes"]
    schedule = schedule_plan(plan.with_layer("pipes", pipes[pipes["kind"] != "power"]))
    assert "no_network_power" in set(schedule.left["reason"])


def test_one_gang_lays_one_pipe_after_the_other():
    pipe = {"kind": "water", "start": "2020-01-01", "finish": "2020-01-11"}
    lines = [{"id": k, **pipe, "wkt": f"LINESTRING (0 {y}, 9 {y})"} for k, y in (("A", 0), ("B", 500))]
    schedule = schedule_plan(mini(pipes=lines).plan, options=Options(crews=Crews(gangs={"pipes": 1})))
    assert (schedule.cost, schedule.status) == (10.0, "optimal")
    assert sorted(schedule.start.tolist())[1] - sorted(schedule.start.tolist())[0] == 10


def test_crews_of_an_unknown_part_are_named():
    with pytest.raises(ScheduleError, match=r"'pipe', which is no part of a schedule. Did you mean pipes"):
        schedule_plan(failing("UG204"), options=Options(crews=Crews(gangs={"pipe": 1})))


def test_a_check_whose_arcs_crash_is_never_counted_as_kept(monkeypatch: pytest.MonkeyPatch):
    check = load()["UG204"]
    monkeypatch.setitem(check.__dict__, "waits", lambda _plan, _p: 1 / 0)
    schedule = schedule_plan(failing("UG204"), options=Options(judge=False))
    assert schedule.programme.rules["UG204"].startswith("crashed: ZeroDivisionError")
    assert ("UG204", "*") in set(zip(schedule.left["rule"], schedule.left["feature"], strict=True))
