"""What a planner's file says is kept, and our own files find every feature again."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.plan import apply
from geo_planner.read.schedules import (
    join,
    parse_csv,
    parse_mspdi,
    parse_xer,
    retimes,
    write_csv,
    write_mspdi,
    write_xer,
)
from geo_planner.read.schedules.calendar import Calendar
from geo_planner.read.schedules.table import DAYS, ScheduleTable
from geo_planner.schedule import Options, schedule_plan, timeline_table

WEEK = "".join(
    f"<WeekDay><DayType>{k}</DayType><DayWorking>{int(k not in {1, 7})}</DayWorking></WeekDay>" for k in range(1, 8)
)
NATIONAL_DAY = (
    "<Exceptions><Exception><TimePeriod><FromDate>2026-10-01T00:00:00</FromDate><ToDate>2026-10-07T23:59:00</ToDate>"
    "</TimePeriod><DayWorking>0</DayWorking></Exception></Exceptions>"
)


def mspdi(lag: str, form: str, off: str = "", **fields: str) -> bytes:
    """Return an MS Project file: a trench from Monday 2026-09-21 to Friday 2026-10-02, and a pipe behind it."""
    extra = "".join(f"<{k}>{v}</{k}>" for k, v in fields.items())
    return (
        '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><MinutesPerDay>480</MinutesPerDay>'
        f"<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Name>std</Name><WeekDays>{WEEK}</WeekDays>{off}"
        "</Calendar></Calendars><Tasks><Task><UID>7</UID><Name>Trench</Name><WBS>1.1</WBS>"
        "<Start>2026-09-21T08:00:00</Start><Finish>2026-10-02T17:00:00</Finish></Task>"
        f"<Task><UID>8</UID><Name>P1</Name><Start>2026-10-19T08:00:00</Start><Finish>2026-10-20T17:00:00</Finish>{extra}"
        f"<PredecessorLink><PredecessorUID>7</PredecessorUID><Type>1</Type><LinkLag>{lag}</LinkLag>"
        f"<LagFormat>{form}</LagFormat></PredecessorLink></Task></Tasks></Project>"
    ).encode()


def gap(content: bytes) -> int:
    return int(parse_mspdi(content).links["gap"].iloc[0])


def test_ten_working_days_are_two_weeks():
    # The trench ends on Friday 2 October; ten working days are 5 to 16 October, so 14 days after Saturday the 3rd.
    assert gap(mspdi("48000", "7")) == 14


def test_days_off_lengthen_a_lag():
    # With 1 to 7 October off, ten working days from the 3rd are 8, 9, 12 to 16 and 19 to 21 October: to the 22nd, 19 days.
    assert gap(mspdi("48000", "7", NATIONAL_DAY)) == 19


def test_an_elapsed_lag_counts_all_days_and_half_a_predecessor_is_half_its_length():
    assert gap(mspdi(str(10 * 14400), "8")) == 10
    assert gap(mspdi("50", "19")) == 6  # the trench lasts 12 days


def test_what_a_task_says_of_itself_is_kept():
    table = parse_mspdi(
        mspdi(
            "0",
            "7",
            PercentComplete="40",
            ActualStart="2026-10-19T08:00:00",
            ConstraintType="7",
            ConstraintDate="2026-11-01T17:00:00",
            Deadline="2026-12-01T17:00:00",
            Baseline="<Start>2026-10-12T08:00:00</Start><Finish>2026-10-13T17:00:00</Finish>",
        )
    )
    row = table.tasks.set_index("id").loc["8"]
    assert (row["percent"], row["constraint"]) == (40.0, "finish_no_later")
    days = ("actual_start", "constraint_date", "deadline", "baseline_start", "baseline_finish")
    assert [f"{row[d]:%m-%d}" for d in days] == ["10-19", "11-02", "12-02", "10-12", "10-14"]


def test_tasks_named_by_feature_ids_are_joined_by_name_and_wbs():
    features = pd.DataFrame({"layer": ["pipes", "roads"], "id": ["P1", "1.1"], "name": ["a", "b"]})
    joined = join(parse_mspdi(mspdi("0", "7")), features)
    assert joined.pairs[["task", "layer", "by"]].to_numpy().tolist() == [["7", "roads", "wbs"], ["8", "pipes", "name"]]
    assert joined.counts.to_numpy().tolist() == [["name", 1], ["wbs", 1]]


XER = (
    "ERMHDR\t19.12\n%T\tCALENDAR\n%F\tclndr_id\tclndr_name\tday_hr_cnt\tclndr_data\n"
    "%R\t3\tfive\t8\t(0||CalendarData()((0||DaysOfWeek()((0||1()())(0||2()((0||0(s|08:00|f|16:00)())))"
    "(0||3()((0||0(s|08:00|f|16:00)())))(0||4()((0||0(s|08:00|f|16:00)())))(0||5()((0||0(s|08:00|f|16:00)())))"
    "(0||6()((0||0(s|08:00|f|16:00)())))(0||7()())))))\n"
    "%T\tTASK\n%F\ttask_id\tclndr_id\ttask_code\ttask_name\ttask_type\ttarget_start_date\ttarget_end_date\tearly_end_date\tact_start_date\n"
    "%R\t10\t3\tA1\tTrench\tTT_Task\t2026-09-21 08:00\t2026-10-02 16:00\t2026-10-16 16:00\t2026-09-22 08:00\n"
    "%R\t11\t3\tB1\tPipe\tTT_Task\t2026-10-19 08:00\t2026-10-20 16:00\t\t\n"
    "%T\tTASKPRED\n%F\ttask_id\tpred_task_id\tpred_type\tlag_hr_cnt\n%R\t11\t10\tPR_FS\t80\n%E\n"
)


def test_an_active_task_of_p6_ends_as_forecast_and_keeps_its_plan_as_baseline():
    table = parse_xer(XER)
    row = table.tasks.set_index("id").loc["A1"]
    assert [f"{row[d]:%m-%d}" for d in ("start", "finish", "baseline_finish")] == ["09-22", "10-17", "10-03"]
    assert table.links["gap"].tolist() == [14]  # 80 hours of a five-day week, from Saturday 17 October on


def test_a_baseline_project_of_p6_gives_the_baseline_and_no_tasks():
    """As P6 exports it: the baseline is a second project, copied from the first; its tasks have the same codes."""
    head = XER.replace(
        "%T\tTASKPRED", "%R\t20\t3\tA1\tTrench\tTT_Task\t2026-09-01 08:00\t2026-09-11 16:00\t\t\n%T\tTASKPRED"
    )
    ends = {"%F\ttask_id\tcl": "\tproj_id", "%R\t10\t": "\t1", "%R\t11\t3": "\t1", "%R\t20\t": "\t2"}
    lines = [line + next((end for k, end in ends.items() if line.startswith(k)), "") for line in head.splitlines()]
    projects = "%T\tPROJECT\n%F\tproj_id\torig_proj_id\tsum_base_proj_id\n%R\t1\t\t2\n%R\t2\t1\t\n"
    text = "\n".join(lines).replace("%T\tTASK\n", projects + "%T\tTASK\n")
    table = parse_xer(text)
    rows = table.tasks.set_index("id")
    assert rows.index.tolist() == ["A1", "B1"]
    assert [f"{rows.loc['A1', d]:%m-%d}" for d in ("start", "baseline_start", "baseline_finish")] == [
        "09-22",
        "09-01",
        "09-12",
    ]
    assert pd.isna(rows.loc["B1", "baseline_start"])  # not in the baseline: added since


def test_a_calendar_without_a_working_day_is_named():
    with pytest.raises(ScheduleError, match="calendar 'none' has no working day"):
        Calendar("none", (False,) * 7)


def test_working_days_go_back_in_time_too():
    five = Calendar("five", (True,) * 5 + (False,) * 2)
    assert five.spans(date(2026, 10, 19), -5) == -7
    assert five.spans(None, 10) == 14


def test_a_delayed_completion_takes_paving_and_first_use_along():
    features = pd.DataFrame(
        {"layer": ["roads"], "id": ["P1"], "name": ["x"]}
        | {
            k: pd.to_datetime([v])
            for k, v in {"paved": "2026-09-30", "finish": "2026-10-11", "start": "2026-05-01"}.items()
        }
    )
    table = parse_mspdi(mspdi("0", "7"))
    (edit,) = retimes(table, join(table, features), features)
    # Completion moves from 11 to 21 October, ten days; paving with it, but not before the new start.
    assert dict(edit.value) == {"start": "2026-10-19", "finish": "2026-10-21", "paved": "2026-10-19"}


PARK = mini(
    parcels=[
        {
            "id": "A",
            "code": "M1",
            "scheme": "gb50137",
            "released": "2019-01-01",
            "start": "2020-06-01",
            "finish": "2021-01-01",
            "used": "2021-03-01",
            "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
        }
    ],
    roads=[
        {"id": "R", "width": 12.0, "start": "2019-01-01", "paved": "2019-10-01", "finish": "2019-12-01"}
        | {"wkt": "LINESTRING (0 0, 200 0)"}
    ],
    pipes=[
        {"id": "W", "kind": "water", "start": "2019-05-01", "finish": "2021-06-01", "wkt": "LINESTRING (0 2, 140 2)"},
        {"id": "X", "kind": "gas", "finish": "2019-06-01", "wkt": "LINESTRING (0 90, 140 90)"},
    ],
    sources=[{"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 2)"}],
)


def links_by_name(table: ScheduleTable) -> list[list[object]]:
    """The links of a schedule by the names of their tasks: Project numbers its tasks anew."""
    name = table.tasks.set_index("id")["name"]
    links = table.links.assign(before=table.links["before"].map(name), after=table.links["after"].map(name))
    return sorted(links[["before", "after", "link", "gap"]].to_numpy().tolist())


@pytest.mark.parametrize(
    ("write", "parse"),
    [
        (lambda t: write_mspdi(t, title="a"), parse_mspdi),
        (lambda t: write_xer(t, title="a"), parse_xer),
        (write_csv, parse_csv),
    ],
)
def test_our_own_files_bring_every_date_back(write, parse):
    plan = PARK.plan
    done = schedule_plan(plan, options=Options(today="2019-03-01", judge=False))
    assert done.edits
    table = parse(write(timeline_table(done)))
    features = pd.concat([pd.DataFrame(plan[n].drop(columns="geometry")).assign(layer=n) for n in plan.layers])
    joined = join(table, features)
    said = timeline_table(done)
    for column in (*DAYS, "name"):
        assert table.tasks[column].astype(str).tolist() == said.tasks[column].astype(str).tolist(), column
    # The forecast has moved, the baseline has not; what has happened is actual.
    assert (said.tasks["baseline_finish"] != said.tasks["finish"]).any()
    assert said.tasks["actual_start"].notna().any()
    assert links_by_name(table) == links_by_name(said) != []
    assert len(joined.pairs) == len(table.tasks)
    assert joined.tasks_left.empty
    back = apply(plan, retimes(table, joined, features))
    for name in plan.layers:
        for column in ("released", "start", "paved", "finish", "used"):
            if column in plan[name]:
                assert back[name][column].tolist() == done.plan[name][column].tolist()
