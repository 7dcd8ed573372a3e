"""A plan judged in tiles says what the whole says, to the last bit."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo_planner as gp
from geo_planner import Profile
from geo_planner.checks import load, reaches, run
from geo_planner.errors import ScenarioError
from geo_planner.facts.registry import with_work, work_of
from geo_planner.plan import Threshold
from geo_planner.study.tiles.files import read_tile, write_shared, write_tile
from geo_planner.study.tiles.judge import Tiling, _Tiles, judged_apart
from geo_planner.study.tiles.split import split
from geo_planner.work import Memory, Work
from tests.shared import shared
from tests.study.tiles_world import CRS, town

NEAR = {"class2": 40.0, "class3": 90.0, "storage3": 90.0, "sewage": 90.0}
ROSE = {"rose": (4.0, 4.0, 4.0, 4.0, 20.0, *[64.0 / 11] * 11), "reach": 120.0}
PROFILE = Profile(
    name="near",
    values={
        c: {n: Threshold(v, "", "test") for n, v in of.items()} for c, of in {"ST701": NEAR, "ST709": ROSE}.items()
    },
)
"""Distances that are short beside a town of a kilometre, so that most tiles do not see most of it."""

REACH = {
    "DA902": 0.0, "DA903": 0.0, "DA905": 0.0, "DA906": 0.0, "EC602": 300.0, "PB101": 0.0, "PB105": 0.0, "PB107": 0.0,
    "ST701": 90.0, "ST702": 50.0, "ST704": 0.0, "ST708": 0.0, "ST709": 120.0,
}  # fmt: skip
"""How far checks look in a town where nothing asks for more; ST703, ST705 and UG204 follow its pipes and roads."""
BY_TILE = (*REACH, "ST703", "ST705", "UG204")
ALONE = tuple(code for code, far in REACH.items() if far == 0.0 and code != "DA902")
"""Checks that need no margin at all, judged together; no shape of these towns is invalid, so that DA902 has its own test."""


far_tiles = partial(Tiling, margin=1_000.0)
"""Tiles that see farther than is cheap, so that every check of limited reach is judged in them."""


def fresh(plan):
    """The plan with a memory of its own, so that nothing is taken from an earlier run."""
    return with_work(plan, Work(Memory()))


def tiled(plan, profile, tiling, only=()):
    """The codes judged by tile, and the report of a run that takes them from there."""
    with judged_apart(fresh(plan), profile, tiling, only) as parted:
        return tuple(work_of(parted).apart), run(parted, profile, only=only)


@pytest.fixture(scope="module")
def towns():
    return [town(12, seed) for seed in (1, 2)]


@pytest.mark.parametrize(
    "codes", [ALONE, *((code,) for code in BY_TILE if code not in {*ALONE, "DA902"})], ids=lambda c: c[0]
)
def test_what_a_check_finds_depends_on_no_more_than_its_reach(codes, towns):
    found = dict.fromkeys(codes, 0)
    for plan in towns:
        whole = run(fresh(plan), PROFILE, only=codes)
        by_tile, parts = tiled(plan, PROFILE, far_tiles(rows=110, processes=1), codes)
        assert by_tile == codes
        assert parts == whole
        found = {r.code: found[r.code] + r.found for r in whole.runs}
    assert min(found.values()) > 0


def test_crossed_parcels_are_found_by_tile():
    plan = town(14, 3, bent=True)
    whole = run(fresh(plan), PROFILE, only=["DA902", "DA903"])
    by_tile, parts = tiled(plan, PROFILE, far_tiles(rows=100, processes=1), ["DA902", "DA903"])
    assert by_tile == ("DA902", "DA903")
    assert parts == whole
    assert whole.runs[0].found > 0


@pytest.mark.parametrize("code", ["EC602", "ST701", "ST702", "ST709"])
def test_a_margin_shorter_than_the_reach_changes_what_is_said(code, monkeypatch):
    plan = town(14, 1)
    whole = run(fresh(plan), PROFILE, only=[code])
    short = {c: replace(k, reach=lambda *_: 0.0) if c == code else k for c, k in load().items()}
    monkeypatch.setattr("geo_planner.checks.load", lambda: short)
    by_tile, parts = tiled(plan, PROFILE, far_tiles(rows=90, processes=1), [code])
    assert by_tile == (code,)
    assert parts != whole


def test_every_check_of_limited_reach_is_held_by_these_tests(towns):
    far = reaches(towns[0], PROFILE)
    assert sorted(far) == sorted(BY_TILE)
    unlike = {"ST701"}  # parcels of the town ask for distances of their own
    assert {c: far[c] for c in REACH if c not in unlike} == {c: r for c, r in REACH.items() if c not in unlike}
    assert far["ST701"] == np.nanmax(towns[0]["parcels"]["buffer_eia"])


def test_a_crossed_parcel_is_judged_in_tiles_as_in_the_whole():
    plan = town(10, 5, bent=True)
    whole = run(fresh(plan), PROFILE, only=["pb", "da9"])
    by_tile, parts = tiled(plan, PROFILE, far_tiles(rows=60, processes=1), ["pb", "da9"])
    assert "PB105" in by_tile
    assert parts == whole


def test_a_tile_holds_no_more_features_than_asked_and_every_feature_has_one_home(towns):
    plan = town(17, 4)
    cut = split(plan, 100)
    assert sum(cut.sizes) == sum(len(frame) for frame in plan.layers.values())
    ids = plan["parcels"]["id"]
    twins = ids.duplicated(keep=False).to_numpy()
    assert max(cut.sizes) <= 100 + twins.sum()
    assert len(set(cut.tile["parcels"][(ids == "P7").to_numpy()])) == 1


def test_a_tile_of_two_parcels_sees_the_neighbour_within_the_margin_alone(tmp_path):
    boxes = [shapely.box(x, 0, x + 10, 10) for x in (0, 15, 100, 130)]
    frame = gpd.GeoDataFrame({"id": list("ABCD")}, geometry=boxes, crs=CRS)
    plan = gp.Plan(name="row", crs=CRS, layers={"parcels": frame})
    cut = split(plan, 2)
    assert cut.tile["parcels"].tolist() == [0, 0, 1, 1]
    assert cut.members(0, 74.0)["parcels"].tolist() == [0, 1]
    assert cut.members(0, 75.0)["parcels"].tolist() == [0, 1, 2]
    write_shared(plan, tmp_path)
    write_tile(plan, cut, 0, 75.0, tmp_path)
    tile, home = read_tile(tmp_path, 0)
    assert tile["parcels"]["id"].tolist() == ["A", "B", "C"]
    assert home["parcels"] == {"A", "B"}
    assert tile.has("parcels")
    assert not tile.has("parcels", "code")


def test_a_check_that_looks_farther_than_the_margin_is_judged_whole(towns):
    by_tile, report = tiled(towns[0], PROFILE, far_tiles(rows=80, margin=40.0, processes=1), ["st702", "st704"])
    assert by_tile == ("ST704",)
    assert report == run(fresh(towns[0]), PROFILE, only=["st702", "st704"])


def test_what_tiles_have_judged_is_not_judged_again_by_the_whole(towns, monkeypatch):
    """The store forgot what tiles had found of a large plan, and UG204 was judged a second time, whole."""
    sizes, known = [], load()["UG204"]

    def noted(plan, params):
        sizes.append(len(plan["pipes"]))
        return known.run(plan, params)

    noted.__module__ = known.run.__module__  # one of ours: of others it is not known how far they look
    with_note = {c: replace(k, run=noted) if c == "UG204" else k for c, k in load().items()}
    monkeypatch.setattr("geo_planner.checks.load", lambda: with_note)
    whole = len(towns[0]["pipes"])
    with judged_apart(
        with_work(towns[0], Work(Memory(room=1))), PROFILE, far_tiles(rows=80, processes=1), ["UG204"]
    ) as parted:
        run(parted, PROFILE, only=["UG204"])
    assert len(sizes) > 3
    assert max(sizes) < whole


def test_a_process_that_is_lost_costs_its_tiles_and_no_more():
    lost, done, judged = Future(), Future(), []
    lost.set_exception(BrokenProcessPool("killed"))
    done.set_result({"UG204": None})

    def here(number):
        judged.append(number)
        return {"UG204": None}

    assert _Tiles(here, 2, {0: done, 1: lost}).found("UG204") is None
    assert judged == [1]


def test_nobody_waits_for_tiles_that_are_not_asked_for(towns):
    with judged_apart(fresh(towns[0]), PROFILE, far_tiles(rows=100, processes=1), ["ST704"]) as parted:
        assert list(work_of(parted).apart) == ["ST704"]


def test_a_check_that_looks_beyond_the_street_is_judged_whole_where_nobody_asks_for_more(towns):
    by_tile, report = tiled(towns[0], PROFILE, Tiling(rows=80, processes=1), ["st701", "st704"])
    assert by_tile == ("ST704",)
    assert report == run(fresh(towns[0]), PROFILE, only=["st701", "st704"])


def test_a_plan_no_larger_than_a_tile_is_judged_whole(towns):
    assert tiled(towns[0], PROFILE, far_tiles(rows=10_000, processes=1))[0] == ()


@pytest.mark.parametrize("wrong", [{"rows": 0}, {"processes": -1}])
def test_a_tiling_without_sense_is_refused(wrong):
    with pytest.raises(ScenarioError, match="take 1 or more"):
        Tiling(**wrong)


@pytest.fixture(scope="module")
def city():
    plan = town(40, 8)
    return plan, run(fresh(plan), PROFILE, only=BY_TILE)


@pytest.mark.parametrize(("parts", "processes"), [(4, 1), (8, 2)])
def test_sixteen_hundred_parcels_in_tiles_are_the_whole(city, parts, processes):
    plan, whole = city
    rows = int(sum(len(f) for f in plan.layers.values()) / parts * 1.05)
    assert split(plan, rows).count == parts
    by_tile, report = tiled(plan, PROFILE, far_tiles(rows=rows, processes=processes), BY_TILE)
    assert sorted(by_tile) == sorted(BY_TILE)
    assert report == whole


def test_the_synthetic_city_in_tiles_is_the_whole(tmp_path):
    make = [sys.executable, str(shared("bench", "city.py")), "--parcels", "800", "--seed", "7", "--formats", "gpkg"]
    subprocess.run([*make, "--out", str(tmp_path)], check=True, capture_output=True)
    plan = gp.read_plan([tmp_path], name="city")
    rules = gp.read_profile("china")
    whole = run(fresh(plan), rules, only=[*BY_TILE])
    by_tile, parts = tiled(plan, rules, far_tiles(rows=700, processes=1), [*BY_TILE])
    assert {"DA903", "ST701", "ST708", "UG204"} <= set(by_tile)
    assert parts == whole


def test_a_verdict_from_tiles_is_the_verdict_of_the_whole(towns):
    whole = gp.check(towns[0], PROFILE, work=Work(Memory()))
    assert gp.check(towns[0], PROFILE, work=Work(Memory()), tiling=far_tiles(rows=300, processes=1)) == whole
