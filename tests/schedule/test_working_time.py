"""Calendars, lags and dates of planners' files: working days, exceptions, percentages, baselines, constraints."""

from __future__ import annotations

from datetime import date

import pytest

from geo_planner.errors import ScheduleError
from geo_planner.read.schedules import parse_csv, parse_mspdi, parse_xer, write_csv, write_mspdi
from geo_planner.read.schedules.calendar import FIVE_DAYS, Calendar
from geo_planner.schedule.exchange import network_of
from geo_planner.schedule.network import to_dates

from .test_exchange import XER, gap, mspdi

# 1 to 7 October off (serials 46296 to 46302), Saturday 10 October worked instead (46305).
GOLDEN_WEEK = (
    "(0||Exceptions()("
    + "".join(f"(0||{k}(d|{46296 + k})())" for k in range(7))
    + "(0||7(d|46305)((0||0(s|08:00|f|16:00)())))))"
)


def with_exceptions(text: str) -> str:
    return text.replace("(0||7()())))))\n", f"(0||7()()))){GOLDEN_WEEK}))\n").replace(
        "2026-10-16 16:00", "2026-10-02 16:00"
    )


def test_a_lag_of_p6_skips_the_days_off_of_its_calendar_and_counts_days_worked_besides():
    # From Saturday 3 October on: 8, 9, 10 (worked), 12 to 16, 19 and 20 October are ten days: to the 21st, 18 days.
    table = parse_xer(with_exceptions(XER))
    assert table.links[["gap", "working", "calendar"]].to_numpy().tolist() == [[18, 10.0, "five"]]


def test_a_calendar_of_p6_takes_the_exceptions_of_its_base():
    base = with_exceptions(XER)
    row = next(line for line in base.splitlines() if line.startswith("%R\t3\tfive"))
    derived = row.replace("%R\t3\tfive", "%R\t4\tours").split("(0||Exceptions")[0]
    text = base.replace(row, f"{row}\t\n{derived}\t3").replace("clndr_data\n", "clndr_data\tbase_clndr_id\n")
    text = text.replace("%R\t10\t3\t", "%R\t10\t4\t")
    assert parse_xer(text).links[["gap", "calendar"]].to_numpy().tolist() == [[18, "ours"]]


def test_a_day_worked_besides_and_an_old_style_exception_of_project_count():
    off = (
        "<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-10-05T00:00:00</FromDate>"
        "<ToDate>2026-10-07T23:59:00</ToDate></TimePeriod></WeekDay>"
    )
    on = (
        "<Exceptions><Exception><TimePeriod><FromDate>2026-10-10T00:00:00</FromDate><ToDate>2026-10-10T23:59:00</ToDate>"
        "</TimePeriod><DayWorking>1</DayWorking></Exception></Exceptions>"
    )
    content = mspdi("48000", "7", on).replace(b"</WeekDays>", off.encode() + b"</WeekDays>")
    # Off: 5 to 7 October. Worked: 8, 9, 10, 12 to 16, 19, 20 October: eighteen days from the 3rd.
    assert gap(content) == 18


def test_a_yearly_exception_counts_every_year_and_other_recurrences_are_told():
    def every(kind: str) -> bytes:
        item = (
            f"<Exceptions><Exception><Type>{kind}</Type><Month>9</Month><MonthDay>5</MonthDay><TimePeriod>"
            "<FromDate>2020-10-05T00:00:00</FromDate><ToDate>2030-10-05T23:59:00</ToDate></TimePeriod>"
            "<DayWorking>0</DayWorking></Exception></Exceptions>"
        )
        return mspdi("48000", "7", item)

    assert gap(every("2")) == 17  # Monday 5 October is off, so the tenth day is Monday the 19th
    assert parse_mspdi(every("6")).notes == (
        "calendar 'std': a recurring exception that is neither daily nor yearly is not kept",
    )


def test_a_task_without_dates_lasts_its_working_hours():
    content = mspdi("0", "7").replace(
        b"<Start>2026-10-19T08:00:00</Start><Finish>2026-10-20T17:00:00</Finish>", b"<Duration>PT80H0M0S</Duration>"
    )
    assert parse_mspdi(content).tasks.set_index("id").loc["8", "days"] == 14


@pytest.mark.parametrize(
    ("word", "days"),
    [("A+10工作日", 14), ("A+10wd", 14), ("A+10天", 10), ("A+50%", 6), ("ASS+10wd", 12), ("A-50%", -6)],
)
def test_working_days_and_per_cent_of_a_sheet(word: str, days: int):
    # A ends on Friday 2 October: ten working days from the 3rd are 5 to 16 October; half of its 12 days are 6.
    # From its start on Monday 21 September ten working days end on Friday 2 October: 12 days.
    table = parse_csv(f"task,start,finish,predecessors\nA,2026-09-21,2026-10-03,\nB,2026-11-05,2026-11-06,{word}\n")
    assert table.links["gap"].tolist() == [days]


def test_a_duration_in_working_days_ends_later_than_one_in_days():
    table = parse_csv("任务,开始,工期\nA,2026-09-21,10个工作日\nB,2026-09-21,10天\n")
    assert table.tasks["finish"].dt.strftime("%m-%d").tolist() == ["10-03", "10-01"]


SHEET = (
    "任务,开始,完成,实际开始,计划开始,计划完成,完成百分比,限制类型,限制日期,截止日期\n"
    "A,2026-03-01,2026-04-01,2026-03-05,2026-02-01,2026-03-01,40%,不得晚于完成,2026-05-01,2026-06-01\n"
)


def test_a_sheet_keeps_baseline_actual_dates_progress_constraint_and_deadline():
    row = parse_csv(SHEET).tasks.iloc[0]
    assert (row["percent"], row["constraint"]) == (40.0, "finish_no_later")
    days = ("start", "actual_start", "baseline_start", "baseline_finish", "constraint_date", "deadline")
    assert [f"{row[d]:%m-%d}" for d in days] == ["03-05", "03-05", "02-01", "03-01", "05-01", "06-01"]


@pytest.mark.parametrize("write", [write_csv, lambda t: write_mspdi(t, title="a")])
def test_what_a_sheet_says_goes_out_and_comes_back(write):
    table = parse_csv(SHEET)
    text = write(table)
    back = (parse_csv(text) if isinstance(text, str) else parse_mspdi(text)).tasks
    kept = ["percent", "constraint", "actual_start", "baseline_start", "baseline_finish", "constraint_date", "deadline"]
    assert back[kept].to_dict("records") == table.tasks[kept].to_dict("records")


def test_planned_dates_alone_are_the_dates():
    table = parse_csv("任务,计划开始,计划完成\nA,2026-02-01,2026-03-01\n")
    assert f"{table.tasks['start'][0]:%m-%d} {table.tasks['finish'][0]:%m-%d}" == "02-01 03-01"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task,start,percent\nA,2026-01-01,half\n", "row 2: percent = 'half'"),
        ("task,start,constraint\nA,2026-01-01,finish_no_latter\n", "row 2: .* Did you mean finish_no_later"),
    ],
)
def test_what_a_sheet_says_wrongly_names_the_row(text: str, words: str):
    with pytest.raises(ScheduleError, match=words):
        parse_csv(text)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("start_no_earlier", "2026-06-01", None),
        ("start_no_later", None, "2026-06-11"),
        ("finish_no_earlier", "2026-05-22", None),
        ("finish_no_later", None, "2026-06-01"),
        ("must_start", "2026-06-01", "2026-06-11"),
        ("must_finish", "2026-05-22", "2026-06-01"),
    ],
)
def test_a_constraint_bounds_the_task_on_the_side_it_names(kind: str, first: str | None, last: str | None):
    # The task lasts ten days.
    table = parse_csv(f"task,start,finish,constraint,constraint_date\nA,2026-03-01,2026-03-11,{kind},2026-06-01\n")
    tasks = network_of(table).tasks
    got = [str(to_dates(v)[0]) for v in (tasks.earliest, tasks.deadline)]
    assert got == [first or "NaT", last or "NaT"]


def test_days_worked_besides_are_counted_forward_and_back():
    five = Calendar("five", FIVE_DAYS, (date(2026, 10, 5),), 8.0, (date(2026, 10, 10),))
    assert five.spans(date(2026, 10, 3), 5) == 8  # 6 to 10 October
    assert five.spans(date(2026, 10, 11), -5) == -5
    assert five.count(20_729, 20_739) == 6  # 3 to 12 October: 6 to 10 and 12; the fifth is off


@pytest.mark.parametrize(
    ("week", "hours", "words"), [((False,) * 7, 8.0, "no working day"), (FIVE_DAYS, 0.0, "0 hours")]
)
def test_a_calendar_without_working_time_is_named(week: tuple[bool, ...], hours: float, words: str):
    with pytest.raises(ScheduleError, match=f"calendar 'x' has .*{words}"):
        Calendar("x", week, (), hours)
