"""Names and titles in scenario files: any text may be shown, none may lead out of the folder."""

from __future__ import annotations

import pytest

from geo_planner.errors import LandUseError, ScenarioError
from geo_planner.plan.landuse import schemes
from geo_planner.read.scenario import read_scenario


def written(tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_under_a_heading_scenario_count_as_if_they_stood_above(tmp_path):
    got = read_scenario(written(tmp_path, '[scenario]\nname = "提前通水"\ntitle = "提前通水方案"'))
    assert (got.name, dict(got.title)) == ("提前通水", {"zh": "提前通水方案", "en": "提前通水方案"})


def test_a_name_with_marks_becomes_one_folder_name_and_the_title_keeps_every_letter(tmp_path):
    got = read_scenario(written(tmp_path, 'name = "<b>甲</b>"\ntitle = "</script>"'))
    assert got.name == "_b_甲_b_"
    assert got.title["zh"] == "</script>"


@pytest.mark.parametrize("name", ["../evil", "a/../b", "/etc/x", "a//b", "..", "a/", "C:\\\\x", "a\\u0007", " "])
def test_a_name_that_climbs_or_hides_is_refused(tmp_path, name):
    with pytest.raises(ScenarioError, match="used as a folder name"):
        read_scenario(written(tmp_path, f'name = "{name}"'))


def test_a_key_on_both_sides_of_the_heading_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="'name' stands both"):
        read_scenario(written(tmp_path, 'name = "a"\n[scenario]\nname = "b"'))


def test_a_scheme_of_ones_own_is_known_by_the_name_of_its_file(tmp_path):
    (tmp_path / "ours2026.csv").write_text(
        "code,zh,en,ple,sub,p,l,e,group\nX9,试验田,test field,E,,0,0,5,\n", encoding="utf-8"
    )
    got = read_scenario(written(tmp_path, 'schemes = ["ours2026.csv"]'))
    assert got.schemes["ours2026"].classes["X9"].zh == "试验田"
    assert "ours2026" not in schemes()  # known to the scenario that names it, and to nothing else in the process


def test_a_scheme_that_is_not_there_is_told_in_one_sentence(tmp_path):
    with pytest.raises(LandUseError, match="cannot be read"):
        read_scenario(written(tmp_path, 'schemes = "none.csv"'))
    with pytest.raises(ScenarioError, match="must be a file name"):
        read_scenario(written(tmp_path, "schemes = 5"))
