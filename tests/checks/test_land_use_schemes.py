"""Schemes of one's own, the trial edition of the guide, and switches for the cells that planners argue about."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from geo_planner.checks import run
from geo_planner.errors import LandUseError
from geo_planner.plan import landuse
from geo_planner.plan.landuse import adopt, classify, detect

from .judging import ids, judge, mini, square

HEAD = "code,zh,en,ple,sub,p,l,e,group\n"


@pytest.fixture
def own(tmp_path) -> Iterator[landuse.Scheme]:
    path = tmp_path / "oldtown.csv"
    path.write_text(HEAD + "工,工厂,works,P,PI,5,0,0,industry\n住,住宅,homes,L,LU,0,5,0,housing\n绿,绿地,green,E,EG,0,1,5,other\n", encoding="utf-8")
    yield adopt(path)
    landuse._OWN.clear()


def plot(name: str, code: str, x: float, width: float, scheme: str = "gb50137") -> dict[str, object]:
    return {"id": name, "code": code, "scheme": scheme, "park": "K", "wkt": square(x, 0, width, 100)}


def test_codes_of_the_trial_edition_alone_speak_for_it():
    assert detect(["0701", "100101", "1401", "1313"])[0] == "trial2020"
    assert detect(["0701", "100101", "1401", "090301"])[0] == "trial2020"


def test_the_guide_of_2023_wins_where_both_editions_read_every_code():
    name, shares = detect(["080404", "100101", "070102", "1401"])
    assert (name, shares["trial2020"], shares["guide2023"]) == ("guide2023", 1.0, 1.0)


def test_an_open_question_between_guide_and_survey_stays_open():
    assert detect(["0701", "1001", "0101"])[0] is None


def test_0601_is_a_village_road_in_the_trial_edition_and_not_industry_as_in_the_survey():
    read = classify(pd.Series(["0601", "0601"]), pd.Series(["trial2020", "survey3"]))
    assert read["group"].tolist() == ["other", "industry"]


def test_a_scheme_of_ones_own_is_detected_read_and_judged(own):
    assert detect(["工", "住", "绿", "工"])[0] == own.name
    land = mini(parcels=[plot("A", "工", 0, 90, "oldtown"), plot("B", "住", 90, 5, "oldtown"), plot("C", "绿", 95, 5, "oldtown")])
    report = run(land.plan, only=["BA401"])
    assert report.balance["parks"]["K"]["production_share"] == 0.9
    assert sorted(report.findings["other_id"]) == ["ecology", "living", "production"]


def test_a_scheme_without_a_column_is_refused_with_the_line(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("code,zh,en,ple\n工,工厂,works,P\n", encoding="utf-8")
    with pytest.raises(LandUseError, match=r"'short', line 2.*A scheme needs code,zh,en,ple"):
        adopt(path)


def test_a_scheme_that_is_not_there_is_refused_with_its_path(tmp_path):
    with pytest.raises(LandUseError, match="none.csv' cannot be read"):
        adopt(tmp_path / "none.csv")


def test_a_scheme_of_the_package_cannot_be_replaced(tmp_path):
    path = tmp_path / "gb50137.csv"
    path.write_text(HEAD + "M,工,works,P,PI,5,0,0,industry\n", encoding="utf-8")
    with pytest.raises(LandUseError, match="comes with the package"):
        adopt(path)
