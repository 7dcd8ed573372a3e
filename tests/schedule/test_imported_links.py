"""Links, constraints and calendars of a planner's file stand in the repair beside the rules of the checks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.read.schedules import Calendar
from geo_planner.schedule import Holds, Options, Schedule, schedule_plan
from geo_planner.study.dates import with_schedule

HEAD = "task,start,finish,predecessors,constraint,constraint_date,deadline,baseline_finish\n"


def park():
    """Return two pipes that have nothing to do with each other, and a third; dated before the file comes."""
    line = {"kind": "gas", "start": "2026-01-01", "finish": "2026-02-01"}
    return mini(
        pipes=[{"id": k, **line, "wkt": f"LINESTRING (0 {y}, 9 {y})"} for k, y in (("A", 0), ("B", 500), ("C", 900))]
    ).plan


def done(tmp_path: Path, rows: str, **options: object) -> Schedule:
    path = tmp_path / "plan.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    dated = with_schedule(park(), path)
    return schedule_plan(dated.plan, options=Options(links=dated.links, judge=False, **options))


def days(schedule: Schedule, work: str) -> list[str]:
    events = schedule.events()
    return events.loc[events["work"] == work, "new_day"].astype(str).tolist()


# A: Monday 1 to Wednesday 10 June (the 11th is free); B: Monday 8 June, five days.
A, B = "A,2026-06-01,2026-06-11", "B,2026-06-08,2026-06-13"


def test_a_link_of_a_file_is_kept_and_names_its_origin(tmp_path: Path):
    got = done(tmp_path, f"{A},,,,,\n{B},A+2d,,,,\n")
    (broken,) = got.broken().to_dict("records")
    assert (broken["rule"], broken["before"], broken["after"], broken["days"]) == (
        "LINK",
        "pipes/A finish",
        "pipes/B start",
        5,
    )
    assert broken["evidence"] == "plan.csv: A → B FS+2 d"
    assert (got.status, got.cost) == ("optimal", 5.0)
    assert "LINK pipes/A finish → pipes/B start" in got.edits[0].reason


def test_ten_working_days_after_a_move_are_counted_where_it_lies(tmp_path: Path):
    # From Thursday 11 June ten working days end on Wednesday 24 June: B waits until the 25th, 17 days.
    got = done(tmp_path, f"{A},,,,,\n{B},A+10wd,,,,\n", mode="delay")
    assert days(got, "pipes/B") == ["2026-06-25", "2026-06-30"]
    assert got.cost == 17.0


def test_the_bound_of_working_days_holds_wherever_they_lie(tmp_path: Path):
    # One working day takes one day from a weekday on, three from Friday night: the bound stands at the fewest.
    got = done(tmp_path, "A,2026-06-01,2026-06-13,,,,,\nB,2026-06-13,2026-06-18,A+1wd,,,,\n", mode="delay")
    assert days(got, "pipes/B")[0] == "2026-06-16"
    assert (got.cost, got.bound, got.status) == (3.0, 1.0, "feasible, gap 66.7 %")


def test_a_task_that_met_no_feature_is_passed_through(tmp_path: Path):
    # The fence X takes four days between A and B: B waits until 11 June + 4 days.
    got = done(tmp_path, f"{A},,,,,\nX,2026-06-11,2026-06-15,A,,,,\n{B},X,,,,\n", mode="delay")
    assert days(got, "pipes/B")[0] == "2026-06-15"
    assert got.broken()["evidence"].tolist() == ["plan.csv: A → X FS; plan.csv: X → B FS"]


def test_what_waits_for_a_stranger_alone_is_listed_and_never_counted_as_kept(tmp_path: Path):
    got = done(tmp_path, f"X,2026-06-11,2026-06-15,,,,,\n{B},X,,,,\n")
    assert got.left[["rule", "feature", "reason"]].to_numpy().tolist() == [["LINK", "B", "link_not_joined"]]


def test_constraints_and_deadlines_bound_their_event(tmp_path: Path):
    got = done(tmp_path, f"{A},,start_no_earlier,2026-06-20,,\n{B},A,,,2026-07-10,\n")
    assert days(got, "pipes/A") == ["2026-06-20", "2026-06-30"]
    assert days(got, "pipes/B") == ["2026-06-30", "2026-07-05"]
    tight = done(tmp_path, f"{A},,start_no_earlier,2026-06-20,,\n{B},A,,,2026-07-01,\n")
    assert tight.status == "infeasible"
    assert tight.ways_out()[["what", "task", "days"]].to_numpy().tolist() == [["deadline", "pipes/B finish", 4]]


def test_the_baseline_of_a_file_or_the_plan_before_it_stands_beside_the_forecast(tmp_path: Path):
    got = done(tmp_path, f"{A},,,,,2026-06-05\n{B},A,,,,\n", mode="delay")
    rows = got.events().set_index(["work", "event"])
    columns = ["baseline", "day", "new_day"]
    assert rows.loc[("pipes/A", "finish"), columns].astype(str).tolist() == ["2026-06-05", "2026-06-11", "2026-06-11"]
    assert rows.loc[("pipes/A", "finish"), "variance"] == 6
    # B had been planned for 1 January; the file says 8 June, and it has to wait until the 11th.
    assert rows.loc[("pipes/B", "start"), columns].astype(str).tolist() == ["2026-01-01", "2026-06-08", "2026-06-11"]


def test_works_of_a_part_with_a_calendar_keep_their_working_days(tmp_path: Path):
    # A lasts 10 days, 8 of them working; put off to Thursday 1 October it meets seven days off.
    off = tuple(date(2026, 10, k) for k in range(1, 8))
    holds = Holds(calendars=(("pipes", Calendar("pipes", (True,) * 5 + (False,) * 2, off)),))
    got = done(tmp_path, f"{A},,start_no_earlier,2026-10-01,,\n", holds=holds)
    # 8, 9, 12 to 16 and 19 October are eight working days.
    assert days(got, "pipes/A") == ["2026-10-01", "2026-10-20"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (f"{A},B,,,,\n{B},A,,,,\n", r"tasks (A → B → A|B → A → B) wait for one another in a circle"),
        (f"{A},Z,,,,\n", "'Z' is named as a predecessor or successor but is no task"),
        ("A,2026-06-11,2026-06-01,,,,,\n", "tasks 'A' finish before they start"),
    ],
)
def test_a_file_that_contradicts_itself_names_the_rows(tmp_path: Path, rows: str, words: str):
    with pytest.raises(ScheduleError, match=words):
        done(tmp_path, rows)


def test_a_deadline_of_a_file_before_the_status_day_is_named(tmp_path: Path):
    with pytest.raises(ScheduleError, match=r"tasks 'pipes/A finish' have a deadline before today \(2026-06-05\)"):
        done(tmp_path, f"{A},,,,2026-06-01,\n", today="2026-06-05")


def test_crews_and_calendars_together_are_refused(tmp_path: Path):
    from geo_planner.schedule import Crews

    holds = Holds(calendars=(("pipes", Calendar("pipes", (True,) * 5 + (False,) * 2)),))
    with pytest.raises(ScheduleError, match="cannot be levelled together"):
        done(tmp_path, f"{A},,,,,\n", holds=holds, crews=Crews(gangs={"pipes": 1}))


def test_a_calendar_of_an_unknown_part_is_named(tmp_path: Path):
    with pytest.raises(ScheduleError, match=r"calendar is given for 'pipe', .* Did you mean pipes"):
        done(tmp_path, f"{A},,,,,\n", holds=Holds(calendars=(("pipe", Calendar()),)))
