"""What a person has to mend is said in one sentence that names the rows."""

from __future__ import annotations

import pytest

from geo_planner.errors import ScheduleError
from geo_planner.schedule.network import faults

from .small import net


def test_a_circle_of_predecessors_is_named_in_order():
    links = [("a", "b", "FS", 0), ("b", "c", "FS", 0), ("c", "a", "FS", 0), ("c", "d", "FS", 0)]
    (fault,) = faults(net({"a": (1, 0), "b": (1, 0), "c": (1, 0), "d": (1, 0)}, links))
    assert fault.startswith(("tasks a → b → c → a ", "tasks b → c → a → b ", "tasks c → a → b → c "))


def test_a_maximum_distance_is_no_circle():
    assert faults(net({"a": (2, 0), "b": (2, 2)}, [("a", "b", "FS", 0), ("b", "a", "SS", -5)])) == []


def test_a_finish_before_its_start_is_named():
    assert faults(net({"good": (1, 0), "bad": (-3, 0)})) == [
        "tasks 'bad' finish before they start. Mend the two dates."
    ]


def test_a_deadline_before_today_is_named():
    (fault,) = faults(net({"a": (1, 0), "b": (1, 0)}, deadline=[9, 30]), today=10)
    assert "'a'" in fault
    assert "1970-01-11" in fault
    assert "'b'" not in fault


def test_repeated_ids_are_named():
    network = net({"a": (1, 0), "b": (1, 0)})
    network.tasks.ids[1] = "a"
    assert faults(network) == ["tasks 'a' occur more than once. Give every task its own id."]


def test_a_negative_lag_is_named_where_leads_are_refused():
    network = net({"a": (5, 0), "b": (1, 3)}, [("a", "b", "FS", -2)])
    assert faults(network) == []
    assert "'a→b'" in faults(network, leads="refuse")[0]


def test_an_unknown_predecessor_is_named_with_the_task_that_waits_for_it():
    with pytest.raises(ScheduleError, match=r"tasks 'b': 'A12' is named .* Did you mean A1\?"):
        net({"A1": (1, 0), "b": (1, 0)}, [("A12", "b", "FS", 0)])


def test_an_unknown_property_of_tasks_names_the_near_one():
    with pytest.raises(ScheduleError, match=r"Did you mean frozen\?"):
        net({"a": (1, 0)}, frozn=[True])
