"""Schemes of one's own, the trial edition of the guide, and switches for the cells that planners argue about."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geo_planner.errors import LandUseError
from geo_planner.plan import Profile, Threshold, landuse
from geo_planner.plan.landuse import classify, detect, own_schemes
from geo_planner.read.profile import read_scheme
from geo_planner.verdict import judge as run

from .judging import ids, judge, mini, square

HEAD = "code,zh,en,ple,sub,p,l,e,group\n"


@pytest.fixture
def own(tmp_path) -> landuse.Scheme:
    path = tmp_path / "oldtown.csv"
    path.write_text(
        HEAD + "工,工厂,works,P,PI,5,0,0,industry\n住,住宅,homes,L,LU,0,5,0,housing\n绿,绿地,green,E,EG,0,1,5,other\n",
        encoding="utf-8",
    )
    return read_scheme(path)


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
    assert detect(["工", "住", "绿", "工"], own_schemes([own]))[0] == "oldtown"
    land = mini(
        parcels=[
            plot("A", "工", 0, 90, "oldtown"),
            plot("B", "住", 90, 5, "oldtown"),
            plot("C", "绿", 95, 5, "oldtown"),
        ]
    )
    report = run(replace(land.plan, schemes={own.name: own}), only=["BA401"])
    assert report.balance["parks"]["K"]["production_share"] == 0.9
    assert sorted(report.findings["other_id"]) == ["ecology", "living", "production"]


def test_a_scheme_without_a_column_is_refused_with_the_line(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("code,zh,en,ple\n工,工厂,works,P\n", encoding="utf-8")
    with pytest.raises(LandUseError, match=r"'short', line 2.*A scheme needs code,zh,en,ple"):
        read_scheme(path)


def test_a_scheme_that_is_not_there_is_refused_with_its_path(tmp_path):
    with pytest.raises(LandUseError, match=r"none\.csv' cannot be read"):
        read_scheme(tmp_path / "none.csv")


def test_a_scheme_of_the_package_cannot_be_replaced(tmp_path):
    path = tmp_path / "gb50137.csv"
    path.write_text(HEAD + "M,工,works,P,PI,5,0,0,industry\n", encoding="utf-8")
    with pytest.raises(LandUseError, match="comes with the package"):
        own_schemes([read_scheme(path)])


def town(**numbers: object) -> dict[str, float]:
    """Shares found outside their bands in a park of a quarter each of works, shops, cropland and lawn, by class."""
    land = [plot("M", "M1", 0, 25), plot("B", "B1", 25, 25), plot("F", "E2", 50, 25), plot("G", "G1", 75, 25)]
    out = judge(
        "BA401", {"production": (0.0, 0.0), "living": (0.0, 0.0), "ecology": (0.0, 0.0)} | numbers, parcels=land
    )
    return {c: v for c, v in zip(out.rows["other_id"], out.rows["value"].tolist(), strict=True) if v}


def test_contested_land_counts_as_its_scheme_says_unless_switched():
    assert town() == {"production": 50.0, "living": 25.0, "ecology": 25.0}


@pytest.mark.parametrize(
    ("switch", "shares"),
    [
        ({"commerce_as": "production"}, {"production": 75.0, "ecology": 25.0}),
        ({"farmland_as": "ecology"}, {"production": 25.0, "living": 25.0, "ecology": 50.0}),
        ({"commerce_as": "production", "farmland_as": "ecology"}, {"production": 50.0, "ecology": 50.0}),
    ],
)
def test_a_switch_moves_contested_land_and_nothing_else(switch, shares):
    assert town(**switch) == shares


@pytest.mark.parametrize(("code", "switch"), [("G3", "squares_as"), ("A35", "research_as")])
def test_squares_and_research_land_have_their_switch(code, switch):
    bands = {"production": (0.0, 0.0), "living": (0.0, 0.0), "ecology": (0.0, 0.0)}
    out = judge("BA401", bands | {switch: "ecology"}, parcels=[plot("A", code, 0, 50)])
    assert out.rows.loc[out.rows["value"] > 0, "other_id"].tolist() == ["ecology"]


def test_graded_weights_split_a_parcel_between_the_three():
    # R2 is 0-5-1 of 6 and G1 0-3-5 of 8 by the scheme: two equal parcels.
    first, second = (landuse.scheme("gb50137").find(c).weights for c in ("R2", "G1"))
    expected = [50.0 * (a / sum(first) + b / sum(second)) for a, b in zip(first, second, strict=True)]
    bands = {"production": (-1.0, -1.0), "living": (-1.0, -1.0), "ecology": (-1.0, -1.0)}
    out = judge("BA401", bands | {"graded": True}, parcels=[plot("A", "R2", 0, 50), plot("B", "G1", 50, 50)])
    assert dict(zip(out.rows["other_id"], out.rows["value"].tolist(), strict=True)) == pytest.approx(
        dict(zip(("production", "living", "ecology"), expected, strict=True))
    )


def test_roads_enter_the_denominator_only_when_asked():
    land = [plot("M", "M1", 0, 50), plot("S", "S1", 50, 50)]
    assert len(judge("BA403", {"line": 0.0}, parcels=land).rows) == 0
    with_roads = judge("BA401", {"production": (0.0, 49.0), "infrastructure": True}, parcels=land)
    assert with_roads.judged == 2
    assert judge("BA401", parcels=land).judged == 1


def test_evenness_follows_the_same_switches():
    land = [plot("M", "M1", 0, 50), plot("F", "E2", 50, 50)]
    assert ids(judge("BA403", parcels=land)) == ["K"]
    assert ids(judge("BA403", {"farmland_as": "ecology"}, parcels=land)) == []


def test_a_class_that_is_none_is_one_sentence_and_the_rest_is_judged():
    park = mini(parcels=[plot("A", "M1", 0, 50)]).plan
    profile = Profile("p", {"BA401": {"commerce_as": Threshold("industry", "class", "test")}})
    runs = {r.code: r for r in run(park, profile, only=["BA401", "BA403"]).runs}
    assert (
        "commerce_as = 'industry' is no class; write one of production, living, ecology" in runs["BA401"].reason["en"]
    )
    assert runs["BA403"].outcome == "found"
