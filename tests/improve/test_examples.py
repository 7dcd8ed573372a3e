"""The worked examples in scenarios/: each is what its command proposes for the sample park, made again here."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo_planner.algorithms.programs.program import Effort
from geo_planner.improve.extension import Wanted, propose_extension
from geo_planner.improve.facilities import Service, propose_facilities
from geo_planner.improve.layout import Wishes, propose_layout
from geo_planner.improve.siting import propose_siting
from geo_planner.plan import Plan, Profile, apply
from geo_planner.read.projects import read_projects
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import load_scenario

ROOT = Path(__file__).parents[2] / "scenarios"
EFFORT = Effort(gap=1e-3)


@pytest.fixture(scope="module")
def park() -> tuple[Plan, Profile]:
    scenario = read_scenario(ROOT / "susu_base.toml")
    return load_scenario(scenario), scenario.rules


def test_eleven_of_twelve_projects_find_land_and_the_twelfth_hears_why(park):
    """大地重工 wants 63,333 m²; the largest open works parcel has 30,094 m² (the chemical store, 40,527 m², is no works).

    Three parcels side by side would hold it (67,898 m²), but P04, P06 and P07 or others stand there and are worth more.
    """
    plan, rules = park
    found = propose_siting(plan, read_projects(ROOT / "projects" / "twelve.csv"), rules, Effort(gap=0.0))
    assert (found.args["placed"], found.status) == (11, "optimal")
    assert found.edits == read_scenario(ROOT / "susu_siting.toml").edits
    sites = found.tables["sites"].set_index("project")
    assert sites.loc["P12", ["parcel", "runner_up"]].tolist() == ["", "SQ-07-16-06+SQ-07-16-02+SQ-07-16-01"]
    heavy = found.tables["refused"].query("project == 'P12'").set_index("parcel")
    assert heavy.loc["", "limit"] == "capacity"  # what admits it goes to others
    assert heavy.loc["SQ-07-15-05", "change"] == pytest.approx(63_333.33 - 30_093.78, abs=0.01)
    assert heavy.loc["SQ-07-13-04", "other_limits"] == 1  # a store: neither the area nor the use


def test_one_school_serves_3891_people_who_have_none_near(park):
    found = propose_facilities(*park, Service(kind="primary_school", sites=1), EFFORT)
    assert (found.value, found.bound) == (-3891.0, -3891.0)
    assert found.edits == read_scenario(ROOT / "susu_school.toml").edits


def test_ecology_comes_back_to_fifteen_per_cent(park):
    found = propose_layout(*park, Wishes(bands=(("ecology", 15, 25),)), EFFORT)
    assert found.gap <= 1e-3 and found.edits == read_scenario(ROOT / "susu_ecology.toml").edits
    shares = found.tables["shares"].set_index("class")
    assert shares.loc["ecology", "before"] < 15.0 <= shares.loc["ecology", "after"] + 1e-9


def test_the_extension_is_three_hundred_hectares_beside_the_park(park):
    plan, rules = park
    found = propose_extension(plan, rules, Wanted(area_ha=300), EFFORT)
    assert found.edits == read_scenario(ROOT / "susu_extension.toml").edits
    new_plan = apply(plan, found.edits)
    land = new_plan["parcels"][new_plan["parcels"]["id"].str.startswith("SQ-EXT")]
    streets = new_plan["roads"][new_plan["roads"]["id"].str.startswith("SQ-EXT")]
    half = streets["width"].to_numpy(dtype=float) / 2
    strip = shapely.union_all(shapely.buffer(streets.geometry.to_numpy(), half, cap_style="square", join_style="mitre"))
    free = shapely.union_all(land.geometry.to_numpy())
    # The squares less the streets that run along their edges; with the streets between them they are 300 ha.
    assert land["area_declared"].sum() == pytest.approx(free.area, abs=4.0)
    assert 2.7e6 < free.area < 3e6 < shapely.union(free, strip).area
    plan_area = new_plan["approvals"].set_index("id").loc["SQ-EXT", "geometry"]
    assert plan_area.area == pytest.approx(3e6) and free.difference(plan_area.buffer(0.01)).area == 0.0
    assert shapely.difference(shapely.difference(plan_area, free), strip).area == pytest.approx(0.0, abs=1.0)
    others = found.tables["alternatives"].set_index("side")
    assert others.index.tolist() == ["S", "E"] and others["compactness"].tolist() == [0.487, 0.155]
    assert others["laid_road"].tolist() == [7925.0, 9165.0]  # 8,325 and 10,165 when it grew along the boundary
