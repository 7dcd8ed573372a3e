"""A repair from the command line: a table, the price of each rule, and a scenario that can be run and is clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geo_planner
from geo_planner.cli import main
from geo_planner.errors import ScheduleError
from geo_planner.lang.errors import error_zh, sentences
from geo_planner.schedule import Links, Network, arcs_of, least_change, make_tasks
from geo_planner.schedule.choice import Choices
from tests.one_language import chinese_in, english_in

USERS = ("crews", "events", "terms", "working", "exchange")
"""Files of the room of schedules whose errors are about what a user has written."""
SCENARIO = """
name = "late_pipe"
layers = "park.gpkg"
as_of = 2026-01-01
"""


@pytest.fixture
def scenario(tmp_path):
    """A pipe that is accepted 31 days after the road above it is paved."""
    road = gpd.GeoDataFrame(
        {"id": ["R1"], "width": [20.0], "start": ["2027-01-01"], "paved": ["2027-06-01"], "finish": ["2027-07-01"]},
        geometry=[shapely.LineString([(500000, 3700000), (500200, 3700000)])],
        crs="EPSG:4548",
    )
    pipe = gpd.GeoDataFrame(
        {"id": ["P1"], "kind": ["water"], "start": ["2027-03-01"], "finish": ["2027-07-02"]},
        geometry=[shapely.LineString([(500000, 3700003), (500200, 3700003)])],
        crs="EPSG:4548",
    )
    road.to_file(tmp_path / "park.gpkg", layer="roads")
    pipe.to_file(tmp_path / "park.gpkg", layer="pipes")
    path = tmp_path / "late_pipe.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_without_repair_the_broken_rule_is_listed(scenario, capsys):
    assert main(["schedule", str(scenario), "--json", "-o", str(scenario.parent / "out")]) == 1
    got = json.loads(capsys.readouterr().out)
    assert [(r["rule"], r["days"]) for r in got["broken"]] == [("UG204", 31)]
    assert got["edits"] == []


def test_the_repair_moves_as_little_as_it_can_and_runs_clean(scenario, capsys):
    out = scenario.parent / "out"
    main(["schedule", str(scenario), "--repair", "--json", "-o", str(out)])
    got = json.loads(capsys.readouterr().out)
    assert (got["status"], got["cost"], got["bound"]) == ("optimal", 31.0, 31.0)
    assert sum(len(e["value"]) > 0 for e in got["edits"]) == len(got["edits"]) >= 1
    main(["run", str(out / "late_pipe_repaired.toml"), "-o", str(out / "again"), "--json"])
    runs = {r["code"]: r for r in json.loads(capsys.readouterr().out)["runs"]}
    assert runs["UG204"]["outcome"] == "ok"


def test_delay_mode_moves_nothing_earlier(scenario, capsys):
    main(["schedule", str(scenario), "--repair", "--mode", "delay", "--json", "-o", str(scenario.parent / "out")])
    got = json.loads(capsys.readouterr().out)
    assert [(e["layer"], e["id"], e["value"]["paved"]) for e in got["edits"]] == [("roads", "R1", "2027-07-02")]


def test_an_unknown_mode_is_said_so(scenario, capsys):
    assert main(["schedule", str(scenario), "--mode", "fastest", "--lang", "en"]) == 2
    assert "least or delay" in capsys.readouterr().err


def test_dates_of_a_schedule_file_are_laid_on_the_features_and_strangers_are_named(scenario, capsys):
    """The pipe's own schedule brings it forward to before the pavement: nothing is broken any more."""
    sheet = scenario.parent / "进度.csv"
    sheet.write_text(
        "任务,名称,开始,完成\nP1,给水管,2027-02-01,2027-05-01\nX9,围墙,2027-01-01,2027-02-01\n", encoding="gb18030"
    )
    assert main(["schedule", str(scenario), "--dates", str(sheet), "--json", "-o", str(scenario.parent / "out")]) == 0
    out = capsys.readouterr()
    assert "对应 1 项任务（按编号 1），未对应 1 项：X9" in out.err
    assert json.loads(out.out)["broken"] == []


def test_quality_and_risk_are_written_beside_the_schedule(scenario, capsys):
    """A parcel is used 30 days after its pipe is due: half of the draws delay the pipe longer than that."""
    parcel = gpd.GeoDataFrame(
        {"id": ["A"], "used": ["2027-08-01"]}, geometry=[shapely.box(500050, 3700005, 500100, 3700050)], crs="EPSG:4548"
    )
    source = gpd.GeoDataFrame(
        {"id": ["W"], "kind": ["water"], "finish": ["2020-01-01"]},
        geometry=[shapely.Point(500000, 3700003)],
        crs="EPSG:4548",
    )
    parcel.to_file(scenario.parent / "park.gpkg", layer="parcels")
    source.to_file(scenario.parent / "park.gpkg", layer="sources")
    out = scenario.parent / "out"
    main(["schedule", str(scenario), "--risk", "-q", "-o", str(out)])
    assert (out / "quality.csv").read_text(encoding="utf-8").count("\n") == 15
    row = (out / "risk_parcels.csv").read_text(encoding="utf-8").splitlines()
    chance = float(dict(zip(row[0].split(","), row[1].split(","), strict=True))["概率"])
    assert chance == pytest.approx(0.5, abs=0.02)
    # On a status day after the opening nothing is still to come.
    main(["schedule", str(scenario), "--risk", "-q", "--today", "2028-01-01", "-o", str(out)])
    assert (out / "risk_parcels.csv").read_text(encoding="utf-8").count("\n") == 1


def test_risk_without_parcels_is_said_so(scenario, capsys):
    assert main(["schedule", str(scenario), "--risk", "--lang", "en"]) == 2
    assert "--risk needs parcels with a date of first use" in capsys.readouterr().err


def test_a_schedule_of_another_kind_is_said_so(scenario, capsys):
    path = scenario.parent / "plan.mpp"
    path.write_bytes(b"x")
    assert main(["schedule", str(scenario), "--dates", str(path), "--lang", "en"]) == 2
    assert "not '.mpp'" in capsys.readouterr().err


def test_the_terms_of_the_scenario_reach_the_repair(scenario, capsys):
    """The road may not move and the pipe keeps its Mondays to Fridays: it comes forward by itself."""
    text = '[schedule]\nfrozen = ["roads/R1"]\n[schedule.deadlines]\n"pipes/P1" = 2027-12-31\n'
    scenario.write_text(SCENARIO + text, encoding="utf-8")
    main(["schedule", str(scenario), "--repair", "--json", "-o", str(scenario.parent / "out")])
    got = json.loads(capsys.readouterr().out)
    assert [(e["layer"], e["value"]["finish"]) for e in got["edits"]] == [("pipes", "2027-06-01")]


def told(capsys, arguments: list[str]) -> tuple[str, str]:
    """What a wrong input is told by, in English and in Chinese: one line each, no word of the other language."""
    assert main([*arguments, "--lang", "en"]) == 2
    english = capsys.readouterr().err.strip()
    assert main([*arguments, "--lang", "zh"]) == 2
    chinese = capsys.readouterr().err.strip()
    assert (english.count("\n"), chinese.count("\n")) == (0, 0)
    ids = {"P1", "P9", "R1", "pipes", "roads", "crews", "schedule", "late_pipe", "toml", "csv", "start", "finish"}
    assert (english_in(chinese, ids), chinese_in(english)) == (set(), set())
    return english, chinese


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            '[schedule.deadlines]\n"pipes/P1" = 2025-01-01\n',
            "tasks 'pipes/P1' have a deadline before the status date (2026-01-01)",
            "任务 'pipes/P1' 的期限早于状态日期（2026-01-01）",
        ),
        (
            "[schedule.crews]\npipes = -2\n",
            "crews.pipes = -2 is not a number of gangs",
            "crews.pipes = -2 应为班组数（不小于 0 的整数）。",
        ),
        (
            '[schedule]\nfrozen = ["pipes/P9"]\n',
            "a freeze is given for 'pipes/P9', which is no dated work of the plan. Did you mean pipes/P1?",
            "冻结所指的“pipes/P9”不是方案中有日期的工程。是否应为 pipes/P1？",
        ),
        ("[schedule.calendars.pipes]\nweek = []\n", "calendar 'pipes' has no working day", "日历“pipes”没有任何工作日"),
    ],
)
def test_terms_that_cannot_be_kept_are_one_sentence(scenario, capsys, text: str, english: str, chinese: str):
    scenario.write_text(SCENARIO + text, encoding="utf-8")
    en, zh = told(capsys, ["schedule", str(scenario), "--repair"])
    assert english in en
    assert chinese in zh


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ('schedule = "x"', "schedule = 'x' 应为一个表，写作 [schedule]。"),
        ("[schedule]\nfrozen = 3", '应为一个列表，写作 ["pipes/JS-01"]。'),
        ("[schedule]\nfrozen = [3]", "frozen = 3 应为文字。"),
        ('[schedule]\nmode = "x"', "mode = 'x' 应为 least 或 delay。"),
        ("[schedule.weights]\npipes = -1", "weights.pipes = -1 应为不小于 0 的数。"),
        ('[schedule.deadlines]\n"pipes/P1" = "x"', "应为 2012-06-30 这样的日期。"),
        ("[schedule.calendars]\npipes = 5", "calendars.pipes = 5 应为一个表，写作 [schedule.calendars.pipes]。"),
        ('[schedule.calendars.pipes]\nweek = "every"', "应为“周一至周六”这样的日子。"),
        ('[schedule.calendars.pipes]\noff = ["2012-02-02/2012-01-01"]', "2012-01-22/2012-01-28 这样的一段日期。"),
        ('[schedule.delays.water]\nlow = "x"', "delays.water.low = 'x' 应为数字。"),
        ("[schedule.delays.water]\nlows = 1", "delays.water 没有“lows”这一项。是否应为 low？"),
    ],
)
def test_a_wrong_term_of_a_scenario_is_told_in_chinese_to_the_last_word(scenario, capsys, text: str, chinese: str):
    scenario.write_text(SCENARIO + text + "\n", encoding="utf-8")
    assert main(["schedule", str(scenario), "-q"]) == 2
    assert capsys.readouterr().err.endswith(chinese + "\n")


@pytest.mark.parametrize(
    ("argv", "text", "english"),
    [
        (["--today", "soon"], "", "the status day 'soon' is no date. Write it as 2026-05-01."),
        (["--today", "2027-02-30"], "", "the status day '2027-02-30' is no date. Write it as 2026-05-01."),
        (["--crews", "pipes=2"], "", "--crews and --mode shape a repair. Add --repair, or leave them out."),
        (["--mode", "delay"], "", "--crews and --mode shape a repair. Add --repair, or leave them out."),
        (
            ["--repair"],
            "[schedule.budget]\n2027-01-01 = 5\n",
            "a budget is given, but no cost_per_day: nothing would be spent. Give [schedule.cost_per_day].",
        ),
        (
            ["--repair"],
            '[schedule.calendars.pipes]\noff = ["2020-01-01/2040-01-01"]\n',
            "calendar 'pipes' has no working day for any of its works, 2027-03-01 to 2027-07-02. Give it some.",
        ),
        (
            ["--repair"],
            "[schedule.weights]\npipes = inf\n",
            "late_pipe.toml: schedule: weights.pipes = inf is not a number from 0 on.",
        ),
        (
            ["--risk"],
            "[schedule.delays.water]\nmedian = nan\n",
            "late_pipe.toml: schedule: delays.water.median = nan is not a number.",
        ),
    ],
)
def test_odd_wishes_are_one_sentence_and_no_fault_of_ours(scenario, capsys, argv, text: str, english: str):
    scenario.write_text(SCENARIO + text, encoding="utf-8")
    assert main(["schedule", str(scenario), *argv, "-q"]) == 2
    assert re.search("[\u4e00-\u9fff]", capsys.readouterr().err)
    assert main(["schedule", str(scenario), *argv, "-q", "--lang", "en"]) == 2
    assert capsys.readouterr().err == english + "\n"


def test_the_quality_table_judges_what_is_finished_against_the_baseline(scenario):
    # Status day: all of 2027 is over. The pipe was to be accepted on 1 June and was on 2 July; the road kept its day.
    sheet = scenario.parent / "p.csv"
    head = "task,start,finish,baseline_start,baseline_finish\n"
    rows = "P1,2027-03-01,2027-07-02,2027-03-01,2027-06-01\nR1,2027-01-01,2027-07-01,2027-01-01,2027-07-01\n"
    sheet.write_text(head + rows, encoding="utf-8")
    out = scenario.parent / "out"
    main(["schedule", str(scenario), "--dates", str(sheet), "--today", "2027-12-31", "--lang", "en", "-o", str(out)])
    table = pd.read_csv(out / "quality.csv").set_index("number")
    assert table.loc[11, ["found", "of", "verdict", "rows"]].tolist() == [1, 2, "poor", "pipes/P1"]
    assert table.loc[14, ["found", "of", "value", "verdict"]].tolist() == [2, 2, 1.0, "ok"]
    assert table.loc[9, "verdict"] == "unknown", "what lies before the status day is only taken to have happened"
    main(["schedule", str(scenario), "--today", "2027-12-31", "--lang", "en", "-o", str(out)])
    assert pd.read_csv(out / "quality.csv").set_index("number").loc[[11, 14], "verdict"].tolist() == ["unknown"] * 2


def test_more_gangs_than_works_bind_nothing(scenario, capsys):
    scenario.write_text(SCENARIO + "[schedule.crews]\npipes = 100000000000000000000\n", encoding="utf-8")
    main(["schedule", str(scenario), "--repair", "--json", "-o", str(scenario.parent / "out")])
    assert json.loads(capsys.readouterr().out)["cost"] == 31.0


def test_a_conflict_tells_days_and_no_infinite_shift(scenario, capsys):
    # The pipe lies 123 days, from 2026-01-01 on: it cannot be accepted by 2026-01-02.
    scenario.write_text(SCENARIO + '[schedule.deadlines]\n"pipes/P1" = 2026-01-02\n', encoding="utf-8")
    main(["schedule", str(scenario), "--repair", "-q", "--lang", "en", "-o", str(scenario.parent / "out")])
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    assert ["deadline", "pipes/P1", "finish", "2026-01-02", "deadline"] in rows
    assert ["earliest", "pipes/P1", "start", "2026-01-01", "earliest"] in rows
    assert "inf days" not in out
    main(["schedule", str(scenario), "--repair", "-q", "--json", "-o", str(scenario.parent / "out")])
    assert "Infinity" not in (text := capsys.readouterr().out)
    assert (json.loads(text)["cost"], json.loads(text)["status"]) == (None, "infeasible")


def test_a_list_of_tasks_is_told_in_chinese_to_the_last_word():
    text = "tasks 'A', 'B' and 3 more occur more than once. Give every task its own id."
    assert error_zh(text) == "任务 'A'、'B' 等，另有 3 项 重复出现。请给每项任务各自的编号。"


def test_negative_crews_of_the_command_line_are_one_sentence(scenario, capsys):
    en, zh = told(capsys, ["schedule", str(scenario), "--crews", "pipes=-2"])
    assert en == "crews: 'pipes' is -2; it cannot be negative."
    assert zh == "crews：“pipes”为 -2，不能为负。"


def test_an_actual_date_after_the_status_day_is_named(scenario, capsys):
    sheet = scenario.parent / "p.csv"
    sheet.write_text("task,start,finish,actual start\nP1,2027-02-01,2027-05-01,2027-02-01\n", encoding="utf-8")
    en, zh = told(capsys, ["schedule", str(scenario), "--dates", str(sheet)])
    assert "tasks 'P1' have an actual date after the status day (2026-01-01)" in en
    assert "任务 'P1' 的实际日期晚于状态日期（2026-01-01）" in zh


def test_links_of_a_file_that_run_in_a_circle_are_named(scenario, capsys):
    sheet = scenario.parent / "p.csv"
    sheet.write_text(
        "task,start,finish,predecessors\nP1,2027-02-01,2027-05-01,R1\nR1,2027-02-01,2027-05-01,P1\n", encoding="utf-8"
    )
    en, zh = told(capsys, ["schedule", str(scenario), "--dates", str(sheet)])
    assert "wait for one another in a circle" in en
    assert "互相等待，成了循环" in zh
    assert "R1" in en
    assert "P1" in zh


def test_a_choice_of_paths_without_any_source_is_one_sentence_in_both_languages():
    arcs = Links(before=["pipes/P1"], after=["parcels/A/start"], link=["SS"], gap=[0], rule=["UG201"])
    tasks = make_tasks(["pipes/P1", "parcels/A/start"], [0, 0], [5, 5])
    none = (
        np.array([0]),
        np.array([0]),
        np.array([0.0]),
        np.array([1.0]),
    )  # a member without weight: no source behind it
    network, choices = Network(tasks, arcs_of(tasks, arcs).pick([])), Choices(arcs_of(tasks, arcs), *none)
    with pytest.raises(ScheduleError) as caught:
        least_change(network, choices=choices)
    assert "events 'parcels/A/start' wait for a choice" in str(caught.value)
    assert error_zh(str(caught.value)).startswith("事件 'parcels/A/start' 需要的通路一条也没有")


def test_every_sentence_about_schedule_files_and_terms_has_its_chinese():
    """The sentences are taken from the code: a new one without Chinese is named here."""
    room = Path(geo_planner.__file__).parent
    files = [*(room / "read" / "schedules").glob("*.py"), *(room / "schedule" / f"{n}.py" for n in USERS)]
    known = "\n".join(en for en, _ in sentences())
    said = [(f.name, t) for f in files for t in re.findall(r'msg = f?"([^"{]{12,})', f.read_text(encoding="utf-8"))]
    assert len(said) > 10
    assert [(name, text) for name, text in said if text.strip() not in known] == []


def _project(tasks: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<Project xmlns="http://schemas.microsoft.com/project"><Tasks>{tasks}</Tasks></Project>'


def _task(uid: int, name: str, more: str = "") -> str:
    days = "<Start>2027-03-01T08:00:00</Start><Finish>2027-06-01T17:00:00</Finish>"
    return f"<Task><UID>{uid}</UID><Name>{name}</Name>{days}{more}</Task>"


_LAG = "<PredecessorLink><PredecessorUID>1</PredecessorUID><LinkLag>480000000000</LinkLag></PredecessorLink>"
BAD_PROJECTS = {
    "too much done": (
        _project(_task(1, "P1", "<PercentComplete>140</PercentComplete>")),
        "140 % complete",
        "完成 140%",
    ),
    "less than nothing done": (_project(_task(1, "P1", "<PercentComplete>-1</PercentComplete>")), "-1 %", "完成 -1%"),
    "a word for a share": (_project(_task(1, "P1", "<PercentComplete>2027</PercentComplete>")), "2027 %", "2027%"),
    "no number": (_project(_task(1, "P1", "<PercentComplete>---</PercentComplete>")), "is no number", "不是数字"),
    "a lag of ages": (_project(_task(1, "P1") + _task(2, "R1", _LAG)), "100000000 days", "时距为 100000000 天"),
    "no tasks": (_project(""), "holds no tasks", "没有任务"),
    "strangers": (_project(_task(1, "P9")), "none of its 1 tasks ('P9')", "无一对应"),
    "one name twice": (_project(_task(1, "P1") + _task(2, "P1")), "none of its 2 tasks", "编号不得重复"),
    "entities": (_project(_task(1, "P1"), '<!DOCTYPE x [<!ENTITY a "b">]>'), "defines entities", "定义了实体"),
    "cut short": (_project(_task(1, "P1"))[:90], "no MS Project XML", "文件末尾不完整"),
}


@pytest.mark.parametrize("name", BAD_PROJECTS)
def test_a_project_file_that_cannot_be_true_is_one_sentence(scenario, capsys, name):
    """140 % complete was taken, a lag of ages ran in a circle, and a file without a task that fits changed nothing."""
    text, english, chinese = BAD_PROJECTS[name]
    given = scenario.with_name("project.xml")
    given.write_text(text, encoding="utf-8")
    out = scenario.with_name("out")
    assert main(["schedule", str(scenario), "--repair", "--dates", str(given), "-o", str(out), "--lang", "en"]) == 2
    assert english in capsys.readouterr().err
    assert main(["schedule", str(scenario), "--repair", "--dates", str(given), "-o", str(out)]) == 2
    assert chinese in capsys.readouterr().err
    assert not out.exists()


def test_a_timeline_of_an_unknown_kind_is_refused_before_anything_is_written(scenario, capsys):
    """Five files stood in the folder when the sixth was refused."""
    out = scenario.with_name("out")
    assert main(["schedule", str(scenario), "--write", "plan.doc", "-o", str(out)]) == 2
    assert "plan.doc" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("terms", "chinese"),
    [
        ("[schedule.cost_per_day]\npipes = 1e300", "不超过 1e+12 的数"),
        (
            '[[edits]]\nkind = "retime"\nlayer = "pipes"\nid = "P1"\nvalue = { shift_days = 99999999 }\nreason = "x"',
            "超过一百年；最多 36525 天",
        ),
        ('[parameters.IN301.tolerance]\nvalue = "viel"\nunit = "percentage points"\nsource = "x"', "'viel' 不是数字"),
        ('[parameters.IN301.tolerance]\nvalue = nan\nunit = "percentage points"\nsource = "x"', "nan 不是数字"),
        (
            '[[exemptions]]\ncode = "IN303"\nid = "P1"\nnumber = "1"\napprover = "x"\ndate = 2027-05-01\nexpiry = 2020-01-01',
            "失效日期 2020-01-01 早于文件日期 2027-05-01",
        ),
    ],
)
def test_a_scenario_with_a_number_that_cannot_be_is_one_sentence(scenario, capsys, terms, chinese):
    """A shift of 99,999,999 days and a text for a number ended as faults of ours, the second with files written."""
    scenario.write_text(SCENARIO + terms + "\n", encoding="utf-8")
    out = scenario.with_name("out")
    assert main(["run", str(scenario), "-o", str(out)]) == 2
    said = capsys.readouterr().err.strip()
    assert chinese in said
    assert "\n" not in said
    assert not out.exists()


def test_only_a_file_of_nearly_the_same_name_is_proposed(scenario, capsys):
    """For `nope.toml` it proposed `pyproject.toml`: the suffix made them alike."""
    scenario.with_name("pyproject.toml").write_text("", encoding="utf-8")
    assert main(["run", str(scenario.with_name("nope.toml"))]) == 2
    assert "是否应为" not in capsys.readouterr().err
    assert main(["run", str(scenario.with_name("late_pip.toml"))]) == 2
    assert "是否应为 late_pipe.toml？" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        (
            "a.toml: [[uncertainties]] number 1: a uniform distribution from 10 to -10 has a negative width. Mend it or take it out.",
            "[[uncertainties]] 第 1 项：uniform 分布从 10 到 -10，宽度为负",
        ),
        (
            "a.toml: two edits of parcels 'A' contradict each other: one removes it, one is a 'set'. Keep one of them.",
            "a.toml：对 parcels “A”的两处修改相互矛盾：一处删除，一处为 set。请留一处。",
        ),
        ("there is no study file a.toml.", "没有研究文件 a.toml。"),
    ],
)
def test_sentences_within_sentences_are_told_in_chinese(text, chinese):
    assert chinese in error_zh(text)


@pytest.mark.parametrize("gap", ["-1", "1", "nan"])
def test_a_gap_that_is_no_share_is_one_sentence(scenario, capsys, gap):
    """`--gap -1` ended in a warning of the solver."""
    assert main(["propose", str(scenario), "--what", "swap", "--gap", gap]) == 2
    assert "差距应为 0 至 1（不含）之间的小数。" in capsys.readouterr().err
