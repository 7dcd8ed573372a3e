"""The third survey, the trial of 2020 and the crosswalks between schemes."""

from __future__ import annotations

import csv
from importlib import resources

import pandas as pd
import pytest

from geo_planner.errors import LandUseError
from geo_planner.facts.landuse.crosswalk import translate
from geo_planner.plan.landuse import classify, scheme, tidy
from geo_planner.read.profile import read_scheme

CODES = resources.files("geo_planner") / "plan" / "landuse"
ROWS = list(csv.DictReader((CODES / "crosswalk.csv").read_text(encoding="utf-8").splitlines()))


def one(code: str, name: str) -> list[object]:
    return classify(pd.Series([code]), pd.Series([name])).iloc[0][["ple", "group"]].tolist()


def test_the_same_digits_mean_another_thing_in_the_survey() -> None:
    assert one("1001", "guide2023") == ["production", "industry"]
    assert scheme("survey3").classes["1001"].zh == "铁路用地"
    assert one("0601", "survey3") == ["production", "industry"]
    assert scheme("guide2023").classes["0601"].zh == "农村道路"
    assert one("1101", "survey3")[0] == "ecology"


def test_adjustable_land_of_the_survey_is_read() -> None:
    assert one("0201K", "survey3") == ["production", "other"]
    assert one("08H2A", "survey3") == ["living", "other"]


def test_the_trial_of_2020_can_be_loaded_as_a_scheme() -> None:
    trial = read_scheme(CODES / "trial2020.csv")
    assert trial.classes["1313"].zh == "其他公用设施用地"
    assert trial.classes["0603"].zh == "畜禽养殖设施建设用地"
    assert "0205" not in trial.classes


@pytest.mark.parametrize(
    ("code", "source", "target"),
    [
        ("R2", "gb50137", "070102"),
        ("R21", "gb50137", "070102"),
        ("M1(M0)", "gb50137", "100101"),
        ("1207", "trial2020", "1207"),
        ("060102", "trial2020", "1207"),
        ("1313", "trial2020", "1312"),
        ("0601", "survey3", "1001"),
        ("1001", "survey3", "1201"),
        ("0508", "survey3", "1101"),
    ],
)
def test_codes_cross_to_the_guide(code: str, source: str, target: str) -> None:
    assert translate(pd.Series([code]), source, "guide2023").tolist() == [target]


def test_what_could_mean_several_classes_is_left_open() -> None:
    assert translate(pd.Series(["E2", "ZZ"]), "gb50137", "guide2023").isna().tolist() == [True, True]
    assert translate(pd.Series(["08H2"]), "survey3", "guide2023").isna().tolist() == [True]


def test_there_is_no_way_back_that_was_not_written_down() -> None:
    with pytest.raises(LandUseError, match="no crosswalk"):
        translate(pd.Series(["0701"]), "guide2023", "gb50137")


@pytest.mark.parametrize("row", [r for r in ROWS if r["to_code"]], ids=lambda r: f"{r['from_scheme']}-{r['from_code']}")
def test_every_crossing_ends_at_a_class_that_exists_and_serves_the_same_people(row: dict[str, str]) -> None:
    there = scheme(row["to_scheme"]).find(row["to_code"])
    home = read_scheme(CODES / f"{row['from_scheme']}.csv").find(tidy(row["from_code"]))
    assert there is not None
    assert home is not None
    if row["tag"] == "M+" and row["from_scheme"] == "gb50137":
        assert (home.ple == there.ple) or home.sub == "X" or there.sub in {"X", "IF"}, (home, there)
