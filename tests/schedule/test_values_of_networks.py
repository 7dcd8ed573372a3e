"""Schedules by value on networks that fit on a hand: what is too late, what a bound says, who moves, what is unknown."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.plan import Scenario
from geo_planner.schedule import Options, critical_path, least_change, quality, schedule_plan
from geo_planner.schedule.choice import neighbours
from geo_planner.schedule.conflict import conflict
from geo_planner.schedule.events import ENDS, Holds, Weights, declared_days, events_of, own_arcs, tasks_of
from geo_planner.schedule.network import ANY_DAY, NO_DEADLINE
from geo_planner.schedule.programme import _alone, _keys, _reachable, _too_late
from geo_planner.schedule.quality import Progress
from geo_planner.schedule.reach import FAR, Known, _far
from geo_planner.schedule.repair import binding_rules, held_for, require_possible, status_word
from geo_planner.schedule.resources import limits, makespan
from geo_planner.schedule.resources.exact import Effort
from geo_planner.schedule.resources.limits import Room
from geo_planner.schedule.resources.project import Project, lower_bound
from geo_planner.schedule.resources.search import Walk, _walk, walk_together
from geo_planner.schedule.timeline import progress_of
from geo_planner.schedule.window import window_of
from geo_planner.show.documents.programme import schedule_json, write_schedule

from .small import net
from .test_choice import choices
from .test_crews import ONE_GANG, project

HELD = net(
    {"a": (0, 0), "b": (0, 5)}, [("a", "b", "FS", 5), ("a", "b", "FS", 6)], frozen=[False, True], earliest=[0, 0]
)


def test_a_rule_into_what_has_happened_is_too_late_by_its_days() -> None:
    """A can come on day 0, b came on day 5: five days between are kept, six are not."""
    own = HELD.arcs.pick(np.zeros(2, bool))
    assert _too_late(HELD.tasks, own, HELD.arcs).tolist() == [False, True]


def test_a_rule_has_one_key_of_its_name_its_ends_and_its_days() -> None:
    assert len(set(_keys(HELD.arcs))) == 2
    assert _keys(HELD.arcs.pick(np.array([0, 0]))).tolist() == [_keys(HELD.arcs)[0]] * 2
    assert len(_keys(HELD.arcs.pick(np.zeros(2, bool)))) == 0


def group(rows: list[tuple[str, int, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["group", "option", "weight", "need"])
    return table.assign(rule="IN302", after=7)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([("g", 0, 0.5, 1.0), ("g", 0, 0.5, 1.0)], ["", ""]),  # both are needed, and just enough
        ([("g", 0, 1.0, 1.0), ("g", 0, 0.5, 1.0)], ["g", "g"]),  # one may be left out
        ([("g", 0, 0.4, 1.0), ("g", 0, 0.5, 1.0)], ["g", "g"]),  # never enough: told, not taken for kept
        ([("g", 0, 1.0, 1.0), ("g", 1, 1.0, 1.0)], ["g", "g"]),  # two ways
        ([("g", 0, 1.0, 1.0)], [""]),
    ],
)
def test_a_group_that_needs_every_member_of_its_one_way_is_no_choice(rows, left) -> None:
    assert _alone(group(rows))["group"].tolist() == left


def test_members_can_come_where_what_is_left_of_their_way_weighs_enough() -> None:
    """Two ways of 0.5 + 0.5 and of 0.5 + 0.4; of the third, one half is gone."""
    network = net({f"p{k}": (0, 0) for k in range(6)} | {"h": (0, 0)})
    pairs = [("p0", "h", 0, 0.5), ("p1", "h", 0, 0.5)], [("p2", "h", 0, 0.5), ("p3", "h", 0, 0.4)]
    every = choices(network, [[*pairs, [("p4", "h", 0, 0.5), ("p5", "h", 0, 0.5)]]])
    come = np.array([True] * 5 + [False])
    assert _reachable(every, come).tolist() == [True, True, False, False, False, False]


def test_a_date_that_ends_binds_the_last_event_unless_it_is_already_passed() -> None:
    """A pipe removed on 2012-06-01 must be there by then; one accepted after its removal is a fault and binds nothing."""
    main = {"kind": "water", "diameter_mm": 300.0, "wkt": "LINESTRING (0 0, 290 0)", "start": "2012-01-01"}
    rows = [
        {"id": "A", "finish": "2012-06-01", "removed": "2012-06-01"} | main,
        {"id": "B", "finish": "2012-07-01", "removed": "2012-06-01"} | main,
        {"id": "C", "finish": "2012-07-01"} | main,
    ]
    assert ENDS["pipes"] == "removed"
    found = events_of(mini(pipes=rows).plan)
    told = tasks_of(found, None, Weights(), Holds()).deadline[found.last]
    assert told.tolist() == [
        pd.Timestamp("2012-06-01").to_numpy().astype("datetime64[D]").astype(int),
        *[NO_DEADLINE] * 2,
    ]


def test_a_work_pays_for_its_first_event_forward_and_its_last_one_back() -> None:
    main = {"id": "A", "kind": "water", "diameter_mm": 300.0, "start": "2012-01-01", "finish": "2012-01-11"}
    found = events_of(mini(pipes=[main | {"wkt": "LINESTRING (0 0, 290 0)"}]).plan)
    tasks = tasks_of(found, None, Weights(pipes=3.0, hurry=2.0), Holds())
    assert (tasks.later.tolist(), tasks.earlier.tolist()) == ([0.0, 3.0], [6.0, 0.0])
    arcs = own_arcs(found)
    assert (arcs.before.tolist(), arcs.after.tolist(), arcs.lag.tolist()) == ([0], [1], [10])


def test_a_plan_without_dates_has_no_declared_days() -> None:
    assert declared_days(mini(parcels=[{"id": "P", "wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))"}]).plan) == {}


def test_the_gap_is_told_in_per_cent_of_the_cost() -> None:
    assert status_word(200.0, 150.0) == "feasible, gap 25.0 %"
    assert status_word(1e6, 1e6 - 0.5) == "optimal"
    assert status_word(0.5, 0.4) == "feasible, gap 20.0 %"
    assert makespan.status_word(200, 150) == "feasible, gap 25.0 %"
    assert makespan.status_word(0, 0) == "optimal"


def test_nothing_comes_before_its_declared_day_where_works_only_wait() -> None:
    chain = net({"a": (3, 4), "b": (2, 5)}, [("a", "b", "FS", 0)], earliest=[6, 1])
    assert held_for(chain, "delay").tasks.earliest.tolist() == [6, 5]
    assert held_for(chain, "least") is chain


def test_a_conflict_is_told_with_its_days_and_a_price_with_its_rule() -> None:
    stuck = least_change(net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], frozen=[True, True]))
    with pytest.raises(ScheduleError, match="2 days too tight"):
        require_possible(stuck)
    chain = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], earlier=[9.0, 9.0], later=[9.0, 2.0])
    done = least_change(chain)
    assert require_possible(done) is done
    assert (done.cost, done.start.tolist()) == (4.0, [10, 15])
    table = binding_rules(chain, done)
    assert table[["before", "after", "lag", "price"]].to_numpy().tolist() == [["a", "b", 5, 2.0]]


def test_what_can_be_kept_has_no_conflict() -> None:
    assert conflict(net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)])) is None
    why = conflict(net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], frozen=[True, True]))
    assert why is not None
    assert why.days == 2


def test_an_event_is_as_far_as_its_price_allows_and_as_far_as_may_be_where_nothing_is_known() -> None:
    known = Known(np.zeros(3, np.int64), 10.0, np.zeros(0), 30.0)
    price, reduced = np.array([3.0, 0.0, 7.0]), np.array([4.0, 0.0, 0.0])
    assert _far(known, price, reduced).tolist() == [5.0, FAR, 4.0]
    assert _far(replace(known, most=math.inf), price, reduced).tolist() == [FAR] * 3
    assert _far(replace(known, most=5.0), price, reduced).tolist() == [0.0, FAR, 0.0]


def test_neighbours_are_one_rule_away_with_the_whole_of_their_work() -> None:
    network = net(dict.fromkeys("abcde", (0, 0)), [("a", "b", "FS", 0), ("b", "c", "FS", 0), ("c", "d", "FS", 0)])
    network.arcs.rule[1:] = "WORK"
    network.arcs.rule[0] = "UG204"
    assert neighbours(network, np.array([True, False, False, False, False])).tolist() == [True] * 4 + [False]
    network.arcs.rule[2] = "UG204"
    assert neighbours(network, np.array([True, False, False, False, False])).tolist() == [True] * 3 + [False] * 2


ROW = net({"a": (5, 0), "b": (5, 7), "c": (4, 20)}, [("a", "b", "FS", 2), ("b", "c", "FS", 0)])


def measure(table: pd.DataFrame, number: int) -> list[object]:
    return table.set_index("number").loc[number, ["found", "of", "value", "verdict", "rows"]].tolist()


def test_the_critical_path_index_is_the_length_with_its_least_float_over_the_length() -> None:
    """16 days from a to c in a row; two days too few for the deadline of c make 14 of 16."""
    assert measure(quality(ROW), 13) == [16, 16, 1.0, "ok", ""]
    tight = replace(ROW, tasks=replace(ROW.tasks, deadline=np.array([NO_DEADLINE, NO_DEADLINE, 14])))
    assert measure(quality(tight), 13) == [14, 16, 0.875, "poor", ""]


def test_what_was_due_and_not_done_is_named_and_nothing_due_is_unknown() -> None:
    none = -(2**40)
    seen = Progress(as_of=12, planned_finish=np.array([5, 12, 24]), actual_finish=np.array([12, none, none]))
    assert measure(quality(ROW, seen), 14) == [1, 2, 0.5, "poor", "b"]
    assert measure(quality(ROW, seen), 11) == [2, 2, 100.0, "poor", "a, b"]
    early = replace(seen, as_of=4, actual_finish=np.full(3, none))
    assert quality(ROW, early).set_index("number").loc[14, "verdict"] == "unknown"


def test_the_critical_path_test_is_unknown_where_all_is_frozen() -> None:
    held = replace(ROW, tasks=replace(ROW.tasks, frozen=np.ones(3, bool)))
    row = quality(held).set_index("number").loc[12]
    assert (row["verdict"], row["found"], row["of"], row["limit"]) == ("unknown", 0, 0, 600.0)


def test_float_is_the_room_to_the_end_and_to_the_next_work() -> None:
    """A (3 days) and b (5 days) before c: a has two days of both, c none; d (1 day) ends with the project at last."""
    line = critical_path(
        net({"a": (3, 0), "b": (5, 0), "c": (2, 5), "d": (1, 0)}, [("a", "c", "FS", 0), ("b", "c", "FS", 0)])
    )
    assert line.total.tolist() == [2, 0, 0, 6]
    assert line.free.tolist() == [2, 0, 0, 6]
    assert line.declared.tolist() == [2, 0, NO_DEADLINE, NO_DEADLINE]
    assert line.critical.tolist() == [False, True, True, False]


def test_a_bound_is_the_longest_path_or_the_work_of_the_busiest_gang_between_its_ends() -> None:
    # One gang works 2 + 3 days after a day of waiting, and 4 days without it follow each.
    arcs = [(0, 1, 1), (0, 2, 1), (1, 3, 2), (2, 3, 3)]
    some = project([1, 2, 3, 4], [0, 1, 1, 0], [1], arcs)
    assert lower_bound(some) == 1 + 2 + 3 + 4
    assert lower_bound(replace(some, capacity=np.array([2]))) == 1 + 3 + 4
    assert Walk(some).span == 10


def test_a_walk_takes_a_shorter_schedule_and_leaves_a_longer_one() -> None:
    walk = Walk(ONE_GANG)
    best = walk.best
    walk.restart(np.array([0, 2, 6]))
    assert (walk.best is best, walk.span) == (True, 9)
    walk.best = np.array([0, 2, 6])
    walk.restart(best)
    assert walk.span == 9
    walk.target = 9
    assert walk_together([walk, Walk(ONE_GANG, seed=2)], 5.0).tolist() == best.tolist()


def test_the_search_goes_on_from_what_the_proof_leaves(monkeypatch) -> None:
    """Three works of 2 days on two gangs of three: 4 days, which neither the path (2) nor the work (4) denies."""
    monkeypatch.setattr(makespan, "_share_of_proof", lambda _: 0.5)
    monkeypatch.setattr(makespan, "_prove", lambda _, answer, __: answer)
    five = project([2, 2, 2], [2, 2, 2], [3])
    answer = makespan.shortest(five, Effort(seconds=0.02))
    assert (answer.value, answer.bound, answer.status) == (6, 4, "feasible, gap 33.3 %")
    assert sorted(answer.start.tolist()) == [0, 2, 4]


def test_a_latest_start_before_the_first_possible_one_needs_no_search() -> None:
    late = project([3, 3], [1, 1], [2], [(0, 1, 3)], latest=[9, 2])
    assert makespan.shortest(late).status == "infeasible"
    assert isinstance(late, Project)


def test_nothing_is_proved_of_a_plan_too_large_to_solve(monkeypatch) -> None:
    monkeypatch.setattr(limits, "LARGEST", 1)
    two = net({"a": (1, 0), "b": (1, 0)})
    assert limits._exactly(two, Room(0, np.ones((4, 1)), np.ones((2, 1))), window_of(two), None, Effort()) == (
        None,
        0.0,
    )


def test_no_schedule_within_the_field_is_none_at_all_where_every_task_must_begin_in_it() -> None:
    field = Room(2, np.ones((4, 1)), np.ones((2, 1)))
    window = window_of(net({"a": (1, 0), "b": (1, 0)}, deadline=[6, 6]))
    assert limits._is_whole_horizon(field, window)
    assert not limits._is_whole_horizon(field, replace(window, high=np.array([5, 6])))


def test_the_declared_slack_of_an_event_that_nothing_waits_for_is_left_open(tmp_path) -> None:
    """It stood in the tables as 1,099,511,612,000 days."""
    main = {"id": "A", "kind": "water", "diameter_mm": 300.0, "start": "2012-01-01", "finish": "2012-01-11"}
    plan = mini(pipes=[main | {"wkt": "LINESTRING (0 0, 290 0)"}]).plan
    done = schedule_plan(plan, options=Options(judge=False))
    events = done.events()
    assert events["declared_slack"].isna().tolist() == [False, True]
    assert events["declared_slack"].tolist()[0] == 0
    assert done.table()["declared_slack"].tolist() == [0]
    assert [row["declared_slack"] for row in schedule_json(done)["events"]] == [0, None]
    write_schedule(done, Scenario("x"), tmp_path)
    assert (tmp_path / "events.csv").read_text("utf-8-sig").splitlines()[2].split(",")[12] == ""


def test_progress_is_what_lies_before_the_day_against_the_baseline() -> None:
    main = {"id": "A", "kind": "water", "diameter_mm": 300.0, "wkt": "LINESTRING (0 0, 290 0)"}
    rows = [main | {"finish": "1970-01-11"}, main | {"id": "B", "start": "1970-01-02", "finish": "1970-01-21"}]
    done = schedule_plan(mini(pipes=rows).plan, options=Options(judge=False, today="1970-01-16"))
    assert progress_of(done) is None  # nothing was agreed on
    agreed = replace(done, programme=replace(done.programme, baseline={"pipes/A finish": 7, "pipes/B start": 0}))
    seen = progress_of(agreed)
    assert (seen.as_of, seen.planned_finish.tolist(), seen.recorded) == (15, [7, 20], False)
    assert seen.actual_finish.tolist() == [10, ANY_DAY]
    assert progress_of(replace(agreed, today=None)) is None


def test_what_is_frozen_or_undated_stays_and_has_no_price() -> None:
    network = net(
        {"a": (2, 4), "b": (2, 5), "c": (2, ANY_DAY)}, earliest=[1, 9, ANY_DAY], deadline=[9, 9, NO_DEADLINE],
        frozen=[False, True, False], later=[3.0, 3.0, 3.0], earlier=[2.0, 2.0, 2.0],
    )  # fmt: skip
    window = window_of(network)
    assert (window.low.tolist()[:2], window.high.tolist()[:2], window.wish.tolist()) == ([1, 5], [7, 5], [4, 5, 4])
    assert (window.later.tolist(), window.earlier.tolist()) == ([3.0, 0.0, 0.0], [2.0, 0.0, 0.0])
    assert window_of(network, today=6).low.tolist() == [6, 5, 6]
    assert window_of(network, mode="delay").low.tolist()[:2] == [4, 5]


def test_a_deadline_before_the_first_possible_day_is_infeasible() -> None:
    assert least_change(net({"a": (5, 0), "b": (1, 9)}, deadline=[3, 99]), today=0).status == "infeasible"
    assert least_change(net({"a": (3, 0), "b": (1, 9)}, deadline=[3, 99]), today=0).status == "optimal"


def test_a_date_in_the_future_or_one_that_has_gone_by_without_being_done_is_invalid() -> None:
    none = -(2**40)
    seen = Progress(as_of=6, planned_finish=np.full(3, none), actual_finish=np.array([7, none, none]))
    assert measure(quality(ROW, seen), 9) == [1, 3, 100 / 3, "poor", "a"]
    late = replace(seen, as_of=13, actual_finish=np.array([5, none, none]))
    assert measure(quality(ROW, late), 9) == [1, 3, 100 / 3, "poor", "b"]
    assert quality(ROW, replace(late, recorded=False)).set_index("number").loc[9, "verdict"] == "unknown"


@pytest.mark.parametrize(
    ("value", "bound", "infeasible", "proved"),
    [(9, 9, False, True), (9, 8, False, False), (None, 8, False, False), (None, 8, True, True)],
)
def test_an_answer_is_proved_by_its_bound_or_where_there_is_none(value, bound, infeasible, proved) -> None:
    assert makespan.Answer(start=None, value=value, bound=bound, infeasible=infeasible).proved is proved


def test_a_walk_that_meets_its_target_ends_the_others_and_one_that_is_told_to_stop_does_not() -> None:
    for target, met in ((9, True), (8, False)):
        walk, stop, done = Walk(ONE_GANG), threading.Event(), threading.Event()
        walk.target = target
        stop.set()
        _walk(walk, stop, done)
        assert done.is_set() is met
