"""Events are fixed one by one: what has happened stays, what is ahead may move, and no way out lies in the past."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.schedule import Holds, Options, Weights, programme, schedule_plan

PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "start": "2005-06-01",
    "finish": "2007-11-01",
    "used": "2008-01-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
WATER = {"id": "W", "kind": "water", "start": "2007-09-01", "finish": "2008-03-01", "wkt": "LINESTRING (0 2, 140 2)"}
SOURCE = {"id": "S", "kind": "water", "finish": "2001-01-01", "wkt": "POINT (0 2)"}
ROAD = {"id": "R", "width": 20.0, "start": "2007-01-01", "paved": "2008-05-01", "finish": "2008-08-01"}
UNDER = {"id": "P", "kind": "gas", "start": "2008-03-01", "finish": "2008-06-01", "wkt": "LINESTRING (0 5, 300 5)"}


def park(**more: object):
    """Return a park whose works have begun while its pipe is still to come."""
    return mini(parcels=[PLOT | more], pipes=[WATER], sources=[SOURCE]).plan


def test_the_use_of_a_parcel_under_way_is_put_off_until_its_pipe_is_there():
    # Judged in 2006: works began in 2005, so the pipe (2008-03-01) cannot help the start any more, but the use can wait
    # the 60 days from 2008-01-01; at 2 a day that costs 120. To bring the pipe forward costs 60.
    done = schedule_plan(park(), options=Options(today="2006-01-01"))
    assert (done.status, done.cost, done.bound) == ("optimal", 60.0, 60.0)
    (edit,) = done.edits
    assert (edit.layer, dict(edit.value)) == ("pipes", {"start": "2007-07-03", "finish": "2008-01-01"})
    late = schedule_plan(park(), options=Options(today="2006-01-01", mode="delay"))
    (edit,) = late.edits
    assert (edit.layer, dict(edit.value), late.cost) == ("parcels", {"used": "2008-03-01"}, 120.0)
    assert "UG202" not in set(late.past["rule"])


def test_a_pipe_under_way_keeps_its_remaining_length():
    # On 2007-10-01 the pipe has begun: it cannot come sooner, so only the use is left to move.
    done = schedule_plan(park(), options=Options(today="2007-10-01"))
    (edit,) = done.edits
    assert (edit.id, dict(edit.value), done.status) == ("A", {"used": "2008-03-01"}, "optimal")


def test_a_road_under_way_whose_paving_is_ahead_is_not_infeasible():
    # The road began in 2007; judged on 2008-03-15 the pipe under it has begun, too. Paving waits 31 days for the pipe.
    plan = mini(roads=[ROAD | {"wkt": "LINESTRING (0 0, 300 0)"}], pipes=[UNDER]).plan
    done = schedule_plan(plan, options=Options(today="2008-03-15"))
    assert (done.status, done.why) == ("optimal", None)
    (edit,) = done.edits
    assert dict(edit.value) == {"paved": "2008-06-01", "finish": "2008-09-01"}


@pytest.mark.parametrize("today", ["2006-01-01", "2007-10-01", "2008-02-01"])
@pytest.mark.parametrize("mode", ["least", "delay"])
def test_nothing_before_the_status_day_changes_and_nothing_moves_before_it(today: str, mode: str):
    done = schedule_plan(park(), options=Options(today=today, mode=mode))
    events = done.events()
    past = events["day"].astype(str) < today
    assert (events.loc[past, "shift"] == 0).all()
    assert (events.loc[~past, "new_day"].astype(str) >= today).all()


def test_no_way_out_lies_before_the_status_day():
    # Use is held on 2008-01-01 by hand; the pipe, not begun, may not finish before 2008-03-01 if it starts today.
    holds = Holds(deadlines=(("parcels/A", "2008-01-01"),))
    done = schedule_plan(park(), options=Options(today="2007-08-01", holds=holds))
    assert done.status == "infeasible"
    ways = done.ways_out()
    # From 2007-08-01 the pipe takes 182 days, to 2008-01-30: 29 days after the last day for the use.
    assert ways[["what", "days"]].to_numpy().tolist() == [["deadline", 29]]


def test_a_work_pays_once_for_the_days_its_last_event_slips():
    # Nothing has begun. Works wait 366 days for the pipe (UG201 asks for water before the start): start, finish and use
    # move together and cost 2 a day once, not three times.
    plan = park(start="2007-03-01", finish="2007-11-01", used="2008-01-01")
    done = schedule_plan(plan, options=Options(mode="delay"))
    assert done.cost == 2 * 366
    assert dict(done.edits[0].value) == {"start": "2008-03-01", "finish": "2008-11-01", "used": "2009-01-01"}


def test_frozen_works_stay_and_weights_decide_who_moves():
    frozen = Options(today="2006-01-01", holds=Holds(frozen=("pipes/W",)))
    assert [e.layer for e in schedule_plan(park(), options=frozen).edits] == ["parcels"]
    dear = Options(today="2006-01-01", weights=Weights(works=(("pipes/W", 9.0),)))
    assert [e.layer for e in schedule_plan(park(), options=dear).edits] == ["parcels"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(today="2006-01-01", holds=Holds(frozen=("pipe/W",))), "a freeze is given for 'pipe/W'"),
        (
            Options(today="2006-01-01", holds=Holds(deadlines=(("pipes/W", "2005-01-01"),))),
            "deadline before the status",
        ),
        (Options(weights=Weights(works=(("pipes/W", -1.0),))), "the weight of 'pipes/W' is -1.0"),
    ],
)
def test_what_is_held_by_hand_and_cannot_be_is_named(options: Options, words: str):
    with pytest.raises(ScheduleError, match=words):
        schedule_plan(park(), options=options)


def test_dates_that_run_backwards_are_named_by_work():
    with pytest.raises(ScheduleError, match="parcels/A' finish before they start"):
        programme(park(used="2004-01-01"))
