"""What a scenario declares reaches the plan and the verdict, and stays with the plan and the report in their files."""

from __future__ import annotations

from datetime import date

import pytest

from geo_planner.errors import ScenarioError
from geo_planner.read.scenario import read_scenario
from geo_planner.show import read_report, write_outputs
from geo_planner.show.exports.files import write_plan
from geo_planner.study.run import run_scenario
from tests.show.parks import plan

PAPER = '\n[[exemptions]]\ncode = "da907"\nid = "P1"\nnumber = "第7号"\napprover = "管委会"\ndate = 2010-05-01\n'


@pytest.fixture
def scenario(tmp_path):
    write_plan(plan(), tmp_path / "park.gpkg")

    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(f'layers = "park.gpkg"\n{text}', encoding="utf-8")
        return path

    return write


def test_a_list_of_layers_or_a_table_with_counts_declares_completeness(scenario):
    assert read_scenario(scenario('complete = ["approvals", "parcels"]')).complete == {
        "approvals": None,
        "parcels": None,
    }
    assert read_scenario(scenario("complete = { parcels = 6, excavations = 0 }")).complete == {
        "parcels": 6,
        "excavations": 0,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('complete = ["parcel"]', "Did you mean parcels"),
        ("complete = { parcels = -1 }", "must be a list of layers"),
        ("complete = { parcels = true }", "must be a list of layers"),
        (PAPER.replace('number = "第7号"\n', ""), "'number' is missing"),
        (PAPER.replace("2010-05-01", '"2010-05-01"'), "is not a date"),
        (PAPER.replace("approver", "aprover"), "Did you mean approver"),
    ],
)
def test_a_word_that_cannot_be_understood_is_an_error_that_tells_what_to_write(scenario, text, said):
    with pytest.raises(ScenarioError, match=said):
        read_scenario(scenario(text))


def test_an_exemption_names_its_document(scenario):
    (one,) = read_scenario(scenario(PAPER)).exemptions
    assert (one.code, one.id, one.number, one.approver, one.date, one.expiry) == (
        "DA907", "P1", "第7号", "管委会", date(2010, 5, 1), None,
    )  # fmt: skip


def test_the_verdict_reads_back_from_the_files_as_it_was_written(scenario, tmp_path):
    judged = run_scenario(scenario("as_of = 2020-01-01\ncomplete = { parcels = 6 }\n" + PAPER))
    write_outputs(judged.plan, judged.report, tmp_path / "out")
    again, report = read_report(tmp_path / "out" / "report.json")
    assert again.complete == {"parcels": 6}
    assert report.verdict == judged.report.verdict
    assert report.exemptions == judged.report.exemptions
    assert report.verdict["industry_first"].declared[0].rows == 6
