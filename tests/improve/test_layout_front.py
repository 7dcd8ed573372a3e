"""The front of layouts on a town drawn by hand: how suitable land is, which layouts beat others, and how it is told."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScenarioError
from geo_planner.improve.layout import Wishes
from geo_planner.improve.layout_front import propose_front
from geo_planner.improve.layout_uses import known_land
from geo_planner.improve.suitability import suitability
from geo_planner.plan import Plan
from geo_planner.read.scenario import read_scenario
from geo_planner.show.documents.front_page import front_page, ticks
from geo_planner.show.documents.proposal import proposal_json, proposal_lines, write_proposal
from geo_planner.study.propose import Ask, propose
from tests.improve.test_proposals import BUILT, CHINA, DAY, EXACT, WIDE, _box, _town

ROAD = {"id": "r", "grade": "arterial", "finish": "2010-01-01", "wkt": "LINESTRING (1300 0, 1300 100)"}
STREET = {"id": "w", "grade": "branch", "finish": "2010-01-01", "wkt": "LINESTRING (0 50, 2000 50)"}
SHOP = {"id": "s", "kind": "primary_school", "finish": "2010-01-01", "wkt": "POINT (100 50)"}


def _served(**more: list[dict[str, object]]) -> Plan:
    """The town of the proposals with a main road along `a`, a school in `M`, and green 100 m from `a`."""
    parcels = [
        _box("M", "M1", 0, 500, **BUILT), _box("R", "R2", 600, 400, **BUILT), _box("G", "G1", 1100, 100, **BUILT),
        _box("a", "M1", 1300), _box("b", "R2", 1500), _box("c", "R2", 1700, 120),
    ]  # fmt: skip
    return mini(as_of=DAY, parcels=parcels, **more).plan


def test_land_is_graded_by_the_road_the_walks_and_the_green():
    """From the road b lies 200 m, c 400 m; from G a lies 100 m, b 300 m, c 500 m; the school 1,250 m."""
    plan = _served(roads=[ROAD, STREET], facilities=[SHOP])
    ground = known_land(plan, CHINA, Wishes())
    graded = suitability(plan, CHINA, ground)
    place = {name: k for k, name in enumerate(plan["parcels"]["id"].iloc[ground.place])}
    rows = graded.grade[[place[n] for n in "abc"]]
    assert rows[:, 0].tolist() == pytest.approx([1.0, 0.8, 0.6])
    assert rows[:, 2].tolist() == pytest.approx([0.9, 0.7, 0.5])
    assert rows[:, 1].tolist() == [0.0, 0.0, 0.0] and graded.grade[place["M"], 1] == 1.0  # 150 m from the school
    assert graded.unknown == ()


def test_what_the_plan_does_not_draw_counts_neither_for_nor_against():
    """No road, no facility: only green is known, so no change of class can gain or lose, and two classes are named."""
    plan = _town()
    ground = known_land(plan, CHINA, Wishes())
    graded = suitability(plan, CHINA, ground)
    assert graded.unknown == ("production", "living") and not graded.gain(ground).any()


def test_the_front_is_that_of_all_layouts_tried_one_by_one():
    """Eight parcels at most: each of a, b and c may be works, homes, green; every way is tried with the gains by hand."""
    plan = _served(roads=[ROAD, STREET], facilities=[SHOP])
    found = propose_front(plan, CHINA, Wishes(bands=WIDE), EXACT, points=20)
    grade = {"a": (1.0, 0.0, 0.9), "b": (0.8, 0.0, 0.7), "c": (0.6, 0.0, 0.5)}
    area, now = {"a": 10_000.0, "b": 10_000.0, "c": 12_000.0}, {"a": 0, "b": 1, "c": 1}
    every = []
    for ways in product(range(3), repeat=3):
        pairs = list(zip("abc", ways, strict=True))
        change = sum(area[n] for n, k in pairs if k != now[n])
        gain = sum(area[n] * (grade[n][k] - grade[n][now[n]]) for n, k in pairs) / 320.0
        every.append((change, round(gain, 3)))
    best = {p for p in every if not any(q[0] <= p[0] and q[1] >= p[1] and q != p for q in every)}
    table = found.tables["front"]
    assert best == {(0, 0.0), (10_000.0, 25.0), (22_000.0, 47.5)}
    assert set(zip(table["changed"], table["suitability"], strict=True)) == best
    assert found.args["complete"] and table["gap_points"].eq(0.0).all() and found.status == "optimal"


def test_more_green_brings_points_with_each_of_their_edits_and_compactness_where_land_is_joined():
    """Green up to 40 %: from `a` alone upwards; with joined land each row says how compact it is."""
    plan = _served(roads=[ROAD, STREET], facilities=[SHOP])
    bands = (*WIDE[:2], ("ecology", 15, 40))
    found = propose_front(plan, CHINA, Wishes(bands=bands), EXACT, points=9)
    table = found.tables["front"]
    assert table["changed"].is_monotonic_increasing and len(found.options) == len(table)
    changed = [sum(plan["parcels"].set_index("id").geometry.area[e.id] for e in option) for option in found.options]
    assert changed == pytest.approx(table["changed"].tolist())
    together = propose_front(plan, CHINA, Wishes(bands=bands, joined=True), EXACT, points=3)
    rows = together.tables["front"]
    assert rows["compactness"].between(0, 100).all() and np.isfinite(rows["bound"]).all()


@pytest.mark.parametrize("points", [1, 41])
def test_a_front_of_one_point_or_of_too_many_is_one_clear_sentence(points):
    with pytest.raises(ScenarioError, match=f"--front {points}: a front has 2 to 40 points"):
        propose_front(_town(), CHINA, Wishes(), EXACT, points=points)


def test_a_front_belongs_to_layouts():
    with pytest.raises(ScenarioError, match="--front belongs to --what layout, not to swap"):
        propose("none.toml", Ask(what="swap", front=3))


def test_no_layout_at_all_names_the_conflict_as_without_a_front():
    found = propose_front(_town(), CHINA, Wishes(bands=(*WIDE[:2], ("ecology", 50, 60))), EXACT, points=3)
    assert found.reason == "conflict" and found.tables["conflict"]["rule"].tolist() == ["ecology >= 50 %"]


PARK = """
name = "town"
as_of = 2026-06-30
layers = ["parcels.gpkg", "roads.gpkg", "facilities.gpkg"]
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("town")
    plan = _served(roads=[ROAD, STREET], facilities=[SHOP])
    for name in ("parcels", "roads", "facilities"):
        frame = plan[name].dropna(axis="columns", how="all")
        moved = frame.set_geometry(frame.translate(500_000, 3_700_000)).set_crs("EPSG:4548", allow_override=True)
        moved.to_file(tmp_path / f"{name}.gpkg")
    (tmp_path / "town.toml").write_text(PARK, encoding="utf-8")
    bands = (*WIDE[:2], ("ecology", 15, 40))
    return propose(tmp_path / "town.toml", Ask(what="layout", bands=bands, front=4, gap=0.0))


def test_every_point_is_judged_and_written_as_a_scenario_and_all_stand_on_one_page(outcome, tmp_path):
    table = outcome.proposal.tables["front"]
    assert len(outcome.others) == len(table) - 1 and table["new_errors"].notna().all()
    written = {p.name: p for p in write_proposal(outcome, tmp_path / "out", lang="zh")}
    for k, option in enumerate(outcome.proposal.options, 1):
        name = "town_layout.toml" if k == 1 else f"town_layout_{k}.toml"
        assert tuple(read_scenario(written[name]).edits) == option
    page = written["town_layout_front.html"].read_text(encoding="utf-8")
    assert page.count('class="point"') == len(table) and 'href="town_layout_2.toml"' in page and "://" not in page
    told = json.loads(json.dumps(proposal_json(outcome)))
    assert len(told["front"]["edits"]) == len(table) == len(told["tables"]["front"])
    again = {p.name: p.read_bytes() for p in write_proposal(outcome, tmp_path / "again", lang="zh")}
    assert again["town_layout_front.html"] == written["town_layout_front.html"].read_bytes()


def test_the_front_is_told_in_both_languages(outcome):
    zh, en = ("\n".join(proposal_lines(outcome, lang)) for lang in ("zh", "en"))
    assert "个方案，互不占优" in zh and "layouts, none better than another in all" in en
    english = front_page(outcome.proposal.tables, outcome.proposal.args, ("town", ()), "en")
    assert "area changed (ha)" in english and "the bound (the short stroke" in english


def test_ticks_are_round_numbers_within_the_span():
    assert ticks(0.0, 115.0, 10) == [0, 20, 40, 60, 80, 100]
    assert ticks(-3.0, 9.0) == [-2, 0, 2, 4, 6, 8]
