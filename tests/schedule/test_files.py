"""Schedules come in from the files planners have, and go back out."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from geo_planner.errors import ScheduleError
from geo_planner.read.schedules import (
    join,
    parse_csv,
    parse_mspdi,
    parse_xer,
    parse_xlsx,
    retimes,
    write_csv,
    write_mspdi,
)
from geo_planner.schedule import least_change
from geo_planner.schedule.exchange import network_of, with_dates

ENGLISH = (
    "task,name,start,finish,duration,predecessors\n"
    "A12,Trench,2026-03-01,2026-03-11,10,\nB1,Pipe,2026-03-16,2026-03-20,4,A12FS+5d\n"
)
CHINESE = "任务,名称,开始,完成,紧前任务\nA12,管沟,2026年3月1日,2026/3/11,\nB1,管道,2026.3.16,2026-03-20,A12FS+5天\n"

MSPDI = b"""<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project"><MinutesPerDay>480</MinutesPerDay><Tasks>
<Task><UID>0</UID><Name>whole</Name></Task>
<Task><UID>1</UID><Name>Phase</Name><Summary>1</Summary></Task>
<Task><UID>2</UID><Name>Trench</Name><Start>2026-03-02T08:00:00</Start><Finish>2026-03-06T17:00:00</Finish></Task>
<Task><UID>3</UID><Name>Pipe</Name><Start>2026-03-09T08:00:00</Start><Finish>2026-03-10T17:00:00</Finish>
<PredecessorLink><PredecessorUID>2</PredecessorUID><Type>1</Type><LinkLag>9600</LinkLag><LagFormat>7</LagFormat></PredecessorLink></Task>
</Tasks></Project>"""

XER = (
    "ERMHDR\t19.12\n%T\tTASK\n%F\ttask_id\ttask_code\ttask_name\ttask_type\ttarget_start_date\ttarget_end_date\tact_start_date\n"
    "%R\t10\tA1\tTrench\tTT_Task\t2026-03-02 08:00\t2026-03-06 17:00\t2026-03-03 08:00\n"
    "%R\t11\tB1\tPipe\tTT_Task\t2026-03-09 08:00\t2026-03-10 17:00\t\n"
    "%R\t12\tW\tSummary\tTT_WBS\t\t\t\n"
    "%T\tTASKPRED\n%F\ttask_id\tpred_task_id\tpred_type\tlag_hr_cnt\n%R\t11\t10\tPR_SS\t16\n%E\n"
)


def links(table) -> list[list[object]]:
    return table.links[["before", "after", "link", "gap"]].to_numpy().tolist()


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, ENGLISH.replace(",", ";"), "\ufeff" + ENGLISH])
def test_a_sheet_is_read_in_english_and_chinese(text: str):
    table = parse_csv(text)
    assert table.tasks["start"].dt.strftime("%m-%d").tolist() == ["03-01", "03-16"]
    assert links(table) == [["A12", "B1", "FS", 5]]


@pytest.mark.parametrize(
    ("word", "link"),
    [("A12", ("FS", 0)), ("A12SS", ("SS", 0)), ("A12FF-2d", ("FF", -2)), ("A12FS+1w", ("FS", 7)), ("A12+3", ("FS", 3))],
)
def test_a_predecessor_is_taken_apart(word: str, link: tuple[str, int]):
    table = parse_csv(f"task,start,finish,predecessors\nA12,2026-01-01,2026-01-02,\nB,2026-01-05,2026-01-06,{word}\n")
    assert links(table) == [["A12", "B", *link]]


def test_an_id_that_looks_like_a_link_stays_whole():
    table = parse_csv("task,start,predecessors\nA-FS,2026-01-01,\nB,2026-01-05,A-FS\n")
    assert links(table) == [["A-FS", "B", "FS", 0]]


def test_a_duration_stands_for_a_finish():
    table = parse_csv("任务,开始,工期\nA,2026-01-01,10天\n")
    assert str(table.tasks["finish"][0])[:10] == "2026-01-11"


def test_an_excel_sheet_reads_as_the_same_schedule():
    book = openpyxl.Workbook()
    for row in (
        ["任务", "开始", "完成", "紧前任务"],
        [12, pd.Timestamp("2026-03-01").to_pydatetime(), "2026-03-11", None],
        ["B", "2026-03-16", "2026-03-20", "12FS+5d"],
    ):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert links(parse_xlsx(stream.getvalue())) == [["12", "B", "FS", 5]]


def test_a_project_file_leaves_out_summaries_and_counts_working_lags_in_days():
    table = parse_mspdi(MSPDI)
    assert table.tasks["name"].tolist() == ["Trench", "Pipe"]
    assert str(table.tasks["finish"][0])[:10] == "2026-03-07"
    assert links(table) == [["2", "3", "FS", 2]]


def test_an_xer_text_prefers_actual_dates():
    table = parse_xer(XER)
    assert table.tasks["id"].tolist() == ["A1", "B1"]
    assert str(table.tasks["start"][0])[:10] == "2026-03-03"
    assert links(table) == [["A1", "B1", "SS", 2]]


def test_csv_goes_out_and_comes_back_the_same():
    table = parse_csv(ENGLISH)
    assert write_csv(table) == ENGLISH
    assert links(parse_csv(write_csv(table))) == links(table)


def test_a_name_that_looks_like_a_formula_is_harmless_in_a_spreadsheet():
    text = write_csv(parse_csv("task,name,start\nA,=1+1,2026-01-01\n"))
    assert "'=1+1" in text
    assert parse_csv(text).tasks["name"][0] == "=1+1"


def test_project_xml_goes_out_and_comes_back_the_same():
    table = parse_csv(ENGLISH)
    back = parse_mspdi(write_mspdi(table, title="Park & roads"))
    assert back.tasks["name"].tolist() == ["Trench", "Pipe"]
    assert back.tasks["finish"].tolist() == table.tasks["finish"].tolist()
    assert links(back) == [["1", "2", "FS", 5]]


def test_project_xml_that_pulls_in_a_file_is_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Project>&e;</Project>'
    with pytest.raises(ScheduleError, match="no MS Project XML"):
        parse_mspdi(bomb)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task,start\nA,soon\n", "row 2: start = 'soon' is no date"),
        ("task,start\nA,2026-02-30\n", "row 2: start = '2026-02-30' is no date"),
        ("task,duration\nA,long\n", "row 2: duration = 'long'"),
        ("colour,start\nred,2026-01-01\n", "no column names the task"),
        ("", "the sheet is empty"),
        ("task,start\n,2026-01-01\n", "row 2 has no task id"),
    ],
)
def test_a_sheet_that_cannot_be_read_names_the_row(text: str, words: str):
    with pytest.raises(ScheduleError, match=words):
        parse_csv(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task,start,finish\nA,2026-01-05,2026-01-01\n", "'A' finish before they start"),
        ("task,start\nA,2026-01-05\nA,2026-01-06\n", "'A' occur more than once"),
        ("task,duration,predecessors\nA,1,B\nB,1,A\n", "circle"),
        ("task,start,predecessors\nA,2026-01-05,Z\n", "'Z' is named as a predecessor"),
    ],
)
def test_a_schedule_that_contradicts_itself_names_the_rows(text: str, words: str):
    with pytest.raises(ScheduleError, match=words):
        network_of(parse_csv(text))


def test_not_an_excel_file_says_so():
    with pytest.raises(ScheduleError, match="no Excel workbook"):
        parse_xlsx(b"PK nothing")


def test_tasks_are_joined_by_id_then_by_name_and_the_rest_is_listed():
    features = pd.DataFrame(
        {
            "layer": ["pipes", "pipes", "roads", "roads"],
            "id": ["a12", "P2", "R1", "R2"],
            "name": ["x", " pipe ", "same", "same"],
        }
    )
    table = parse_csv("task,name\nA12,Trench\nB1,Pipe\nC1,same\n")
    joined = join(table, features)
    assert joined.pairs.to_numpy().tolist() == [["A12", "pipes", "a12", "id", ""], ["B1", "pipes", "P2", "name", ""]]
    assert joined.tasks_left["id"].tolist() == ["C1"]
    assert joined.features_left["id"].tolist() == ["R1", "R2"]


def test_imported_dates_become_edits_of_their_features():
    features = pd.DataFrame({"layer": ["pipes"], "id": ["A12"], "name": ["x"]})
    table = parse_csv(ENGLISH)
    (edit,) = retimes(table, join(table, features))
    assert (edit.kind, edit.layer, edit.id) == ("retime", "pipes", "A12")
    assert dict(edit.value) == {"start": "2026-03-01", "finish": "2026-03-11"}


def test_a_new_schedule_goes_into_the_table():
    table = parse_csv("task,start,finish,predecessors\nA,2026-01-01,2026-01-11,\nB,2026-01-05,2026-01-08,A\n")
    network = network_of(table)
    new = with_dates(table, network, least_change(network, mode="delay").start)
    assert new.tasks["start"].dt.strftime("%m-%d").tolist() == ["01-01", "01-11"]
    assert new.tasks["finish"].dt.strftime("%m-%d").tolist() == ["01-11", "01-14"]
