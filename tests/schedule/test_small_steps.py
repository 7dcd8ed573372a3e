"""Small steps of the schedule room by value: where prices go, how far nodes lie, what is judged again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.schedule import Options, schedule_plan
from geo_planner.schedule.gates import _low
from geo_planner.schedule.resources.limits import Room, _first_room, _pull
from geo_planner.schedule.resources.relaxed import _heading, _moved, _Prices
from geo_planner.schedule.risk import _by_contractor, _depths, _first_rows, _waited_for, _worst

A, B, C = (f"2012-0{m}-01" for m in (1, 2, 3))


def late() -> Any:
    """A parcel used a month before the water main beside it is there."""
    shape = "POLYGON ((0 10, 90 10, 90 90, 0 90, 0 10))"
    parcel = {"id": "P", "code": "M1", "scheme": "gb50137", "start": A, "finish": A, "used": B, "wkt": shape}
    main = {"id": "W", "kind": "water", "diameter_mm": 300.0, "start": A, "finish": C, "wkt": "LINESTRING (0 0, 290 0)"}
    plant = {"id": "S", "kind": "water", "finish": "2005-01-01", "wkt": "POINT (0 0)"}
    return mini(parcels=[parcel], pipes=[main], sources=[plant]).plan


def test_a_repair_is_judged_again_where_it_is_asked_to_be() -> None:
    done = schedule_plan(late(), options=Options(judge=True))
    assert done.edits
    assert done.judged is not None
    assert schedule_plan(late(), options=Options(judge=False)).judged is None


def test_a_plan_that_needs_no_edit_is_not_judged_again() -> None:
    shape = "POLYGON ((0 10, 90 10, 90 90, 0 90, 0 10))"
    alone = mini(parcels=[{"id": "P", "code": "G1", "scheme": "gb50137", "start": A, "finish": B, "wkt": shape}]).plan
    done = schedule_plan(alone, options=Options(judge=True))
    assert (done.edits, done.judged, done.cost) == ((), None, 0.0)


def test_prices_go_where_more_is_used_than_there_is_and_arcs_are_short() -> None:
    """Two works of two days from days 0 and 1 with one gang: day 1 has one too many; the arc is three days short."""
    works = SimpleNamespace(busy=np.array([0, 1]), need=np.array([[1.0], [1.0]]), duration=np.array([2, 2]))
    arcs = SimpleNamespace(before=np.array([0]), after=np.array([1]), lag=np.array([4]))
    room = SimpleNamespace(room=np.ones((4, 1)))
    told = _heading(works, arcs, room, np.array([0, 1]))
    assert told.day.tolist() == [[0.0], [1.0], [0.0], [-1.0]]
    assert told.arc.tolist() == [3.0]


def test_a_step_of_prices_is_half_the_size_over_the_square_of_its_way() -> None:
    prices = _Prices(np.array([[0.0], [1.0], [5.0]]), np.array([2.0]))
    heading = _Prices(np.array([[-9.0], [2.0], [-1.0]]), np.array([0.0]))
    told = _moved(prices, heading, 10.0)
    assert told.day.tolist() == [[0.0], [3.0], [4.0]]
    assert told.arc.tolist() == [2.0]
    below = _moved(prices, heading, 100.0)
    assert below.day.tolist() == [[0.0], [21.0], [0.0]]


def test_nodes_lie_by_their_distance_from_a_source() -> None:
    told = _depths(np.array([-1, 0, 1, 0, -1, 4]))
    assert [layer.tolist() for layer in told] == [[0, 4], [1, 3, 5], [2]]
    with pytest.raises(ScheduleError, match=r"\[1, 2\]"):
        _depths(np.array([-1, 2, 1]))


def test_rows_of_one_parcel_stand_together() -> None:
    assert _first_rows(np.array(["a", "a", "b", "c", "c"], dtype=object)).tolist() == [0, 2, 3]
    assert _first_rows(np.array([], dtype=object)).tolist() == []
    with pytest.raises(ScheduleError, match="stand together"):
        _first_rows(np.array(["a", "b", "a"], dtype=object))


def test_of_several_services_the_last_one_counts_and_names_its_pipe() -> None:
    """Parcel 0 has three services, parcel 1 one; two draws."""
    late_by = np.array([[1.0, 5.0, 2.0, 7.0], [4.0, 0.0, 9.0, 0.0]])
    blame = np.array([[10, 11, 12, 13], [10, 11, 12, 13]])
    worst, pipe = _worst(late_by, blame, np.array([0, 3]))
    assert worst.tolist() == [[5.0, 7.0], [9.0, 0.0]]
    assert pipe.tolist() == [[11, 13], [12, 13]]
    assert _worst(late_by, blame, np.array([], int))[0].shape == (2, 0)


def test_the_pipe_waited_for_is_the_one_last_most_often() -> None:
    from scipy import sparse

    ways: Any = SimpleNamespace(ids=np.array(["A", "B"]))
    held = sparse.csr_array(np.array([[1.0, 3.0], [0.0, 0.0], [2.0, 1.0]]))
    assert _waited_for(ways, held).tolist() == ["pipes/B", "", "pipes/A"]
    assert _waited_for(ways, sparse.csr_array((2, 0))).tolist() == ["", ""]


def field() -> Room:
    """Room of one gang by day from day 100 on: 1 1 0 1 1 1."""
    return Room(100, np.array([[1], [1], [0], [1], [1], [1]]), np.array([[1]]))


def test_the_first_room_holds_for_the_whole_duration() -> None:
    one = np.array([1])
    assert _first_room(field(), 100, 2, one) == 100
    assert _first_room(field(), 100, 3, one) == 103
    assert _first_room(field(), 101, 2, one) == 103
    assert _first_room(field(), 100, 4, one) == 106
    assert _first_room(field(), 104, 3, one) == 106
    assert _first_room(field(), 102, 0, one) == 102
    assert _first_room(field(), 102, 1, np.array([0])) == 102


def test_a_task_is_pulled_to_its_wish_as_far_as_room_allows() -> None:
    room = field()
    room.room[4] -= 1  # the task itself, on day 104
    out = np.array([104])
    assert _pull(room, out, 0, (100, 105, 103, 1))
    assert out.tolist() == [103]
    assert room.room.ravel().tolist() == [1, 1, 0, 0, 1, 1]
    assert not _pull(room, out, 0, (100, 105, 103, 1))
    assert not _pull(room, out, 0, (100, 105, 102, 1))
    assert room.room.ravel().tolist() == [1, 1, 0, 0, 1, 1]
    assert _pull(room, out, 0, (100, 104, 109, 1))
    assert out.tolist() == [104]


def test_what_pipes_carry_is_added_up_by_contractor_the_most_first() -> None:
    pipes = pd.DataFrame({
        "id": ["A", "B", "C", "D"], "contractor": ["East", "West", "", "East"], "carried": [1.0, 5.0, 9.0, 2.0],
        "share": [0.1, 0.5, 0.2, 0.2],
    })  # fmt: skip
    told = _by_contractor(pipes).round(6).to_numpy().tolist()
    assert told == [["West", 1, 5.0, 0.5], ["East", 2, 3.0, 0.3]]
    assert _by_contractor(pipes.iloc[2:3]).empty


def test_the_first_day_of_a_gate_is_when_enough_can_have_come() -> None:
    """One option needs 2 of 3 (days 10, 30, 20: on day 20), the other 1 of 1 on day 25."""
    arcs: Any = SimpleNamespace(before=np.array([0, 1, 2, 3]), lag=np.array([0, 0, 5, 5]))
    given: Any = SimpleNamespace(
        option=np.array([0, 0, 0, 1]),
        arcs=arcs,
        weight=np.array([1.0, 1.0, 1.0, 1.0]),
        need=np.array([2.0, 2.0, 2.0, 1.0]),
    )
    window: Any = SimpleNamespace(low=np.array([10, 30, 15, 20]))
    assert _low(given, np.arange(4), window) == 20
    assert _low(given, np.array([3]), window) == 25
