"""Nation, province, park, project: each number says where it comes from."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from geo_planner.checks import load, rules_of, validate
from geo_planner.plan.profile import differences
from geo_planner.read.profile import read_profile, shipped
from geo_planner.verdict import judge as run

from .judging import mini, square


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'name = "ours"\nextends = "jiangsu_park"\n[BA401.living]\nvalue = [10.0, 30.0]\nunit = "%"\nsource = "council of 2024-05-06"\n',
        encoding="utf-8",
    )
    return read_profile(path)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_profile_names_checks_and_parameters_that_exist(name):
    validate(read_profile(name))


def test_a_project_lies_over_park_province_and_nation(project):
    assert project.chain == ("china", "jiangsu", "jiangsu_park", "ours")
    origin = {(c, k): t.origin for c, given in project.values.items() for k, t in given.items()}
    assert origin["BA401", "living"] == "ours"
    assert origin["BA401", "production"] == "jiangsu_park"
    assert origin["EC602", "canal"] == "jiangsu"
    assert origin["UG205", "after_opening"] == "china"


def test_a_number_that_no_profile_gives_comes_from_the_check(project):
    assert rules_of(project)["ST709"].params["reach"].origin == "check"


def test_the_difference_of_park_and_project_is_the_number_that_the_project_gives(project):
    rows = differences(read_profile("jiangsu_park"), project)
    assert [(c, k, a.value, b.value) for c, k, a, b in rows if a and b] == [
        ("BA401", "living", (20.0, 40.0), (10.0, 30.0))
    ]
    assert len(rows) == 1


def test_the_numbers_of_the_project_are_those_that_judge(project):
    land = [
        {"id": n, "code": c, "scheme": "gb50137", "park": "K", "wkt": square(x, 0, w, 100)}
        for n, c, x, w in (("M", "M1", 0, 50), ("R", "R2", 50, 15), ("F", "E2", 65, 10), ("G", "G1", 75, 15))
    ]
    report = run(mini(parcels=land).plan, project, only=["BA401"])
    # Living 15 of 90 is inside the project's 10 to 30; ecology 25 of 90, farmland included, is above the check's 25.
    assert report.findings["other_id"].tolist() == ["ecology"]
    assert report.findings["value"].tolist() == pytest.approx([100 * 25 / 90])


def test_explain_prints_number_unit_source_and_where_it_comes_from():
    out = subprocess.run(
        [sys.executable, "-m", "geo_planner", "explain", "EC602", "--profile", "jiangsu_park", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    numbers = json.dumps(json.loads(out.stdout), ensure_ascii=False)
    assert "苏政发〔2021〕20号" in numbers
    assert "jiangsu" in numbers


def test_every_default_of_every_check_has_unit_source_and_chinese_name():
    bare = [
        (c, n)
        for c, k in load().items()
        for n, t in k.thresholds(read_profile("china")).items()
        if not (t.unit and t.source)
    ]
    assert bare == []
