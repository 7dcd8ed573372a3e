"""The fourteen points count what a person counts."""

from __future__ import annotations

import numpy as np

from geo_planner.schedule import quality
from geo_planner.schedule.quality import Progress

from .small import net

# a -> b -> c in a row, one link with a lag of 2 days and one with an overlap of 1; d stands alone and is 100 days long.
ROW = net({"a": (5, 0), "b": (5, 7), "c": (5, 11), "d": (100, 0)}, [("a", "b", "FS", 2), ("b", "c", "FS", -1)])


def value(table, number: int) -> tuple[int, int, str]:
    row = table[table["number"] == number].iloc[0]
    return int(row["found"]), int(row["of"]), row["verdict"]


def test_ends_and_lonely_tasks_have_missing_logic():
    table = quality(ROW)
    assert value(table, 1) == (3, 4, "poor")
    assert table.loc[0, "rows"] == "a, c, d"


def test_leads_and_lags_are_told_apart():
    table = quality(ROW)
    assert value(table, 2) == (1, 2, "poor")
    assert value(table, 3) == (1, 2, "poor")


def test_a_task_of_a_hundred_days_is_long():
    assert value(quality(ROW), 8) == (1, 4, "poor")


def test_high_float_is_counted_against_the_end():
    assert value(quality(ROW), 6) == (3, 4, "poor")


def test_what_needs_a_baseline_is_unknown_without_one():
    table = quality(ROW)
    assert table.set_index("number").loc[[9, 10, 11, 14], "verdict"].tolist() == ["unknown"] * 4


def test_missed_tasks_and_execution_are_counted_from_progress():
    done = np.array([5, -(2**40), -(2**40), -(2**40)])
    seen = Progress(as_of=13, planned_finish=np.array([5, 12, 16, 100]), actual_finish=done)
    table = quality(ROW, seen)
    assert value(table, 11) == (1, 2, "poor")
    assert table.set_index("number").loc[14, "value"] == 0.5


def test_a_longer_critical_task_moves_the_end():
    chain = net({"a": (5, 0), "b": (5, 5)}, [("a", "b", "FS", 0)])
    assert value(quality(chain), 12) == (600, 600, "ok")


def test_a_deadline_that_cannot_be_met_is_negative_float():
    late = net({"a": (5, 0), "b": (5, 5)}, [("a", "b", "FS", 0)], deadline=[2**40, 8])
    assert value(quality(late), 7)[0] == 2


def test_the_indices_are_kept_from_their_limit_on():
    """Four works of one day due by day 10: four done is 1.0, three is 0.75 against a limit of 0.95."""
    world = net(dict.fromkeys("abcd", (1, 0)))
    for missing, share, verdict in ((0, 1.0, "ok"), (1, 0.75, "poor")):
        ends = np.array([5] * (4 - missing) + [-(2**40)] * missing)
        table = quality(world, Progress(as_of=10, planned_finish=np.full(4, 10), actual_finish=ends)).set_index(
            "number"
        )
        assert (table.loc[14, "value"], table.loc[14, "verdict"]) == (share, verdict)
    on_time = quality(net({"a": (5, 0), "b": (5, 5)}, [("a", "b", "FS", 0)])).set_index("number")
    assert (on_time.loc[13, "value"], on_time.loc[13, "verdict"]) == (1.0, "ok")
    late = quality(net({"a": (5, 0), "b": (5, 5)}, [("a", "b", "FS", 0)], deadline=[2**40, 8])).set_index("number")
    assert (late.loc[13, "value"], late.loc[13, "verdict"]) == (0.8, "poor")


def test_only_tasks_planned_and_due_by_the_day_count():
    """A was due and is late, b is due later, c was never planned and d was done on its day."""
    world = net(dict.fromkeys("abcd", (1, 0)))
    never = -(2**40)
    seen = Progress(
        as_of=10, planned_finish=np.array([5, 20, never, 6]), actual_finish=np.array([never, never, never, 6])
    )
    table = quality(world, seen).set_index("number")
    assert (table.loc[11, "found"], table.loc[11, "of"], table.loc[11, "rows"]) == (1, 2, "a")
    assert (table.loc[14, "found"], table.loc[14, "of"], table.loc[14, "value"]) == (1, 2, 0.5)
    early = quality(world, Progress(as_of=4, planned_finish=seen.planned_finish, actual_finish=seen.actual_finish))
    assert early.set_index("number").loc[14, "verdict"] == "unknown"
