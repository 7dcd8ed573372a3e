"""Scenario and profile files: what they say is held, and what is wrong with them is one clear sentence."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo_planner.checks import validate
from geo_planner.errors import ProfileError, ScenarioError
from geo_planner.plan import differences
from geo_planner.plan.editions import in_force, latest, shown
from geo_planner.read.profile import read_profile
from geo_planner.read.scenario import read_scenario

SCENARIO = """
name = "base"
title = { zh = "现状", en = "as is" }
layers = "layers"
as_of = 2026-06-30
profile = "mine.toml"
[[edits]]
kind = "retime"
layer = "parcels"
id = ["A", "B"]
value = { shift_days = -30 }
reason = "earlier"
[parameters.IN301.tolerance]
value = 5.0
unit = "percentage points"
source = "this test"
"""
PROFILE = """
name = "mine"
extends = "china"
[IN301.tolerance]
value = 20.0
unit = "percentage points"
source = "the park's own rule"
verified = true
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "mine.toml").write_text(PROFILE, encoding="utf-8")
    return tmp_path


def wrong(folder, text: str) -> str:
    path = folder / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    return str(caught.value)


def test_a_scenario_is_read_with_its_edits_and_its_day(folder):
    got = read_scenario(folder / "base.toml")
    assert [(e.kind, e.id, e.value) for e in got.edits] == [
        ("retime", "A", {"shift_days": -30}),
        ("retime", "B", {"shift_days": -30}),
    ]
    assert got.as_of == date(2026, 6, 30)
    assert got.layers == (folder / "layers",)


def test_the_scenario_lies_over_the_profile_and_the_profile_over_the_nation(folder):
    rules = read_scenario(folder / "base.toml").rules
    assert rules.values["IN301"]["tolerance"].value == 5.0
    assert rules.values["IN301"]["tolerance"].origin == "base"
    assert rules.values["UG205"]["after_opening"].origin == "china"
    assert rules.chain == ("china", "mine", "mine+base")


def test_a_scenario_inherits_from_its_base(folder):
    (folder / "more.toml").write_text(
        'base = "base.toml"\n[[edits]]\nkind = "remove"\nlayer = "parcels"\nid = "C"\n', encoding="utf-8"
    )
    got = read_scenario(folder / "more.toml")
    assert got.name == "more"
    assert [e.id for e in got.edits] == ["A", "B", "C"]


def test_a_missing_file_names_the_near_one(folder):
    with pytest.raises(ScenarioError, match=r"no scenario file .*bas\.toml.*base\.toml"):
        read_scenario(folder / "bas.toml")


def test_an_unknown_key_names_the_near_one(folder):
    assert "unknown key 'layer'. Did you mean layers" in wrong(folder, 'layer = "x"')


def test_a_name_that_climbs_out_of_the_folder_is_refused(folder):
    assert "used as a folder name" in wrong(folder, 'name = "../../evil"')


def test_a_connection_is_no_layer(folder):
    assert "connection, not a file" in wrong(folder, 'layers = "/vsicurl/http://127.0.0.1/x"')


def test_a_python_scenario_is_not_run(folder):
    (folder / "s.py").write_text("raise SystemExit", encoding="utf-8")
    with pytest.raises(ScenarioError, match="is code, run it yourself"):
        read_scenario(folder / "s.py")


def test_scenarios_that_stand_on_each_other_are_refused(folder):
    (folder / "a.toml").write_text('base = "b.toml"', encoding="utf-8")
    (folder / "b.toml").write_text('base = "a.toml"', encoding="utf-8")
    with pytest.raises(ScenarioError, match="each other's base"):
        read_scenario(folder / "a.toml")


def test_a_number_without_unit_or_source_is_not_taken(folder):
    (folder / "bad.toml").write_text("[IN301.tolerance]\nvalue = 3.0\n", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"IN301\.tolerance = 3\.0 has no unit or no source"):
        read_profile("bad.toml", base=folder)


def test_an_unknown_parameter_names_the_near_one(folder):
    (folder / "bad.toml").write_text('[IN301.tolerence]\nvalue = 3.0\nunit = "%"\nsource = "x"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match=r"no parameter 'tolerence'.*tolerance"):
        validate(read_profile("bad.toml", base=folder))


def test_the_difference_of_two_profiles_is_the_number_that_differs(folder):
    rows = differences(read_profile("china"), read_profile("mine.toml", base=folder))
    assert [(c, k, a, b.value if b else None) for c, k, a, b in rows] == [("IN301", "tolerance", None, 20.0)]


TWO = """
[[ST708.density]]
value = 30.0
unit = "%"
source = "the edition of 2008"
valid_from = 2008-01-31
valid_to = 2023-05-31
[[ST708.density]]
value = 40.0
unit = "%"
source = "the edition of 2023"
valid_from = 2023-06-01
"""


def test_a_number_may_be_given_for_each_edition(folder):
    (folder / "two.toml").write_text(TWO, encoding="utf-8")
    number = read_profile("two.toml", base=folder).values["ST708"]["density"]
    assert number.value == (("2008-01-31", "2023-05-31", 30.0), ("2023-06-01", "", 40.0))
    assert (number.unit, number.source) == ("%", "the edition of 2008; the edition of 2023")
    days = np.array(["2008-01-30", "2008-01-31", "2023-05-31", "2023-06-01", "NaT"], dtype="datetime64[D]")
    assert in_force(number.value, days).tolist() == [pytest.approx(np.nan, nan_ok=True), 30.0, 30.0, 40.0, 40.0]
    assert in_force(7.0, days).tolist() == [7.0] * 5
    assert (latest(number.value), latest(7.0)) == (40.0, 7.0)
    assert shown(number.value) == "30 (2008-01-31 – 2023-05-31); 40 (2023-06-01 – …)"
    assert (shown((40.0, 60.0)), shown(7.0), shown("II")) == ("40.0 – 60.0", "7.0", "II")


def test_two_editions_in_force_on_one_day_are_refused(folder):
    (folder / "two.toml").write_text(TWO.replace("valid_to = 2023-05-31\n", ""), encoding="utf-8")
    with pytest.raises(
        ProfileError, match=r"ST708\.density: the edition from 2008-01-31 still holds when that from 2023"
    ):
        read_profile("two.toml", base=folder)
    (folder / "two.toml").write_text(TWO.replace("valid_to = 2023-05-31", "valid_to = 2023-06-01"), encoding="utf-8")
    with pytest.raises(ProfileError, match="still holds"):
        read_profile("two.toml", base=folder)
    (folder / "two.toml").write_text(TWO.replace("valid_to = 2023-05-31", 'valid_to = "2023"'), encoding="utf-8")
    with pytest.raises(ProfileError, match="valid_to = '2023' is not a date"):
        read_profile("two.toml", base=folder)
