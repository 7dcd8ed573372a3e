"""Proposals on plans drawn by hand: what goes where, what is refused and why, what cannot be."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.algorithms.programs.program import Effort
from geo_planner.checks import load
from geo_planner.checks.admission import too_windy
from geo_planner.checks.contract import mini
from geo_planner.errors import ReadError, ScenarioError
from geo_planner.improve import siting_prices
from geo_planner.improve.extension import Wanted, propose_extension
from geo_planner.improve.facilities import Service, propose_facilities
from geo_planner.improve.joining import Plots, groups
from geo_planner.improve.layout import Wishes, propose_layout
from geo_planner.improve.layout_uses import propose_uses
from geo_planner.improve.siting import _idle, propose_siting
from geo_planner.improve.split import pieces
from geo_planner.plan import Plan, Profile, Scenario, Threshold, apply
from geo_planner.read.projects import read_projects
from geo_planner.show.documents.proposal import proposal_lines
from geo_planner.study.propose import Outcome

EXACT, CHINA = Effort(gap=0.0), Profile(name="default")
DAY = "2026-06-30"


def _box(name: str, code: str, x: float, width: float = 100, **more: object) -> dict[str, object]:
    shape = f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))"
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": shape} | more


BUILT = {"start": "2010-01-01", "used": "2012-01-01"}


def _plan(*parcels: dict[str, object], **layers: list[dict[str, object]]) -> Plan:
    return mini(as_of=DAY, parcels=list(parcels), **layers).plan


def _list(tmp_path, text: str) -> pd.DataFrame:
    path = tmp_path / "项目.csv"
    path.write_text(text, encoding="gbk")
    return read_projects(path)


# --- the list of projects


def test_a_list_in_chinese_gives_areas_in_square_metres(tmp_path):
    found = _list(tmp_path, "项目编号,用地面积(亩),用电负荷（kW）,工业类别,火灾危险性\nP1,15,300,三类,甲\n")
    row = found.iloc[0]
    assert (row["id"], row["area"], row["power"], row["nuisance"], row["hazard"]) == ("P1", 10_000.0, 300.0, 3, "jia")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("项目编号,用地面积\nP1,\n", "project P1 has no area"),
        ("项目编号,用地面积,蒸汽需求\nP1,10,5\n", "column '蒸汽需求' is not understood"),
        ("项目编号,用地面积,计划投产\nP1,10,明年\n", "'明年' is not a date"),
        ("项目编号,用地面积\nP1,10\nP1,12\n", "project P1 stands there twice"),
        ("项目编号,用地面积\n", "holds no project"),
        ("项目编号,用地面积,用途\nP1,10,住宅\n", "use '住宅' is neither 工业 nor 仓储"),
    ],
)
def test_a_bad_list_is_one_clear_sentence(tmp_path, text, words):
    with pytest.raises(ReadError, match=words):
        _list(tmp_path, text)


# --- siting


def test_the_works_goes_where_homes_are_far_enough_and_the_other_parcel_says_how_much_is_missing(tmp_path):
    """Class 3 asks for 300 m: A is 50 m from the homes, B 450 m."""
    plan = _plan(_box("R", "R2", 0, **BUILT), _box("A", "M3", 150), _box("B", "M3", 550))
    found = propose_siting(plan, _list(tmp_path, "项目编号,用地面积,工业类别\nP,9500,三类\n"), CHINA, EXACT)
    assert found.tables["sites"]["parcel"].tolist() == ["B"]
    refused = found.tables["refused"].to_dict("records")
    assert [(r["parcel"], r["limit"], r["change"]) for r in refused] == [("A", "clearance", 250.0)]
    assert found.status == "optimal"


def test_power_that_is_scarce_goes_to_the_project_of_higher_priority_and_has_a_price(tmp_path):
    station = {"id": "T", "kind": "power", "capacity": 1000.0, "finish": "2010-01-01", "wkt": "POINT (0 500)"}
    plan = _plan(_box("A", "M1", 0), _box("B", "M1", 200), sources=[station])
    text = "项目编号,用地面积,用电需求,工业类别,优先级,计划投产\nP,9500,800,一类,1,2027-06-30\nQ,9500,700,一类,2,2027-06-30\n"
    found = propose_siting(plan, _list(tmp_path, text), CHINA, EXACT)
    sites = found.tables["sites"]
    assert (
        sites.loc[sites["project"] == "Q", "parcel"].iloc[0] != ""
        and sites.loc[sites["project"] == "P", "parcel"].iloc[0] == ""
    )
    price = found.tables["prices"].iloc[0]
    assert (price["kind"], price["quarter"], price["spare"]) == ("power", "2027Q2", 1000.0) and price["price"] > 0
    assert "capacity" in found.tables["refused"]["limit"].tolist()
    # One more station of 1,000 kW, in service by 2027-12-22: too late for what is wanted in 2027Q2.
    more = found.tables["next_source"].to_dict("records")
    assert more == [
        {"plan": "example", "kind": "power", "capacity": 1000.0, "in_service": "2027-12-22", "more_projects": 0.0,
         "more_points": 0.0, "basis": "proved"},
    ]  # fmt: skip
    late = propose_siting(plan, _list(tmp_path, text.replace("2027-06-30", "2028-06-30")), CHINA, EXACT)
    row = late.tables["next_source"].iloc[0]
    # P is worth 100 for being placed and 20 × 9,500 / 10,000 for filling its parcel.
    assert (row["more_projects"], row["more_points"]) == (1.0, 119.0)


def test_a_long_list_hears_by_prices_what_a_source_brings_at_most(tmp_path, monkeypatch):
    """1,000 kW for 800 (P) and 700 (Q): relaxed, 500 of P's 800 kW are missing, worth 119 / 800 points each.

    The price of a kilowatt times the 1,000 of one more station is more than the 119 points that it really brings.
    """
    monkeypatch.setattr(siting_prices, "EXACT", 0)
    station = {"id": "T", "kind": "power", "capacity": 1000.0, "finish": "2010-01-01", "wkt": "POINT (0 500)"}
    plan = _plan(_box("A", "M1", 0), _box("B", "M1", 200), sources=[station])
    text = "项目编号,用地面积,用电需求,工业类别,优先级,计划投产\nP,9500,800,一类,1,2028-06-30\nQ,9500,700,一类,2,2028-06-30\n"
    row = propose_siting(plan, _list(tmp_path, text), CHINA, EXACT).tables["next_source"].iloc[0]
    assert row["basis"] == "price" and np.isnan(row["more_projects"])
    assert row["more_points"] == pytest.approx(1000 * 119 / 800, abs=0.01)


def test_a_source_that_would_bring_nothing_is_not_in_the_list(tmp_path):
    station = {"id": "T", "kind": "power", "capacity": 5000.0, "finish": "2010-01-01", "wkt": "POINT (0 500)"}
    plan = _plan(_box("A", "M1", 0), sources=[station])
    text = "项目编号,用地面积,用电需求,工业类别\nP,9500,800,一类\nQ,9500,700,一类\n"
    found = propose_siting(plan, _list(tmp_path, text), CHINA, EXACT)
    assert found.args["placed"] == 1 and found.tables["next_source"].empty


def test_two_projects_share_a_parcel_and_its_area_stays_whole(tmp_path):
    plan = _plan(_box("A", "M1", 0, width=200))
    found = propose_siting(
        plan, _list(tmp_path, "项目编号,用地面积,工业类别\nP,12000,一类\nQ,8000,一类\n"), CHINA, EXACT
    )
    changed = apply(plan, found.edits)["parcels"]
    assert sorted(np.round(changed.geometry.area)) == [8000.0, 12000.0]
    assert shapely.union_all(changed.geometry.to_numpy()).area == pytest.approx(20_000.0)


def test_projects_are_matched_as_well_as_the_best_of_all_choices(tmp_path):
    plan = _plan(_box("A", "M1", 0, 90), _box("B", "M1", 200, 130), _box("C", "M2", 400, 160))
    projects = _list(
        tmp_path, "项目编号,用地面积,工业类别,优先级\nP,8000,一类,1\nQ,12000,一类,1\nS,15000,二类,1\nT,9000,一类,1\n"
    )
    found = propose_siting(plan, projects, CHINA, EXACT)
    area, room, level = projects["area"].to_numpy(), np.array([9e3, 13e3, 16e3]), np.array([1, 1, 2])
    best = 0.0
    for place in product(range(-1, 3), repeat=4):
        where = np.array(place)
        load = np.bincount(where[where >= 0], area[where >= 0], 3)
        ok = (load <= room).all() and all(w < 0 or projects["nuisance"][k] <= level[w] for k, w in enumerate(place))
        worth = sum(
            100 + 20 * area[k] / room[w] - 5 * max(level[w] - projects["nuisance"][k], 0)
            for k, w in enumerate(place)
            if w >= 0
        )
        best = max(best, worth if ok else 0.0)
    assert found.args["worth"] == pytest.approx(best) and found.args["worth_bound"] == pytest.approx(best)


def test_works_go_on_works_land_and_stores_on_storage_land(tmp_path):
    """By branch (C works, G storage) or by the column 用途; a project that tells neither may take both."""
    plan = _plan(_box("M", "M1", 0), _box("W", "W1", 200))
    head, rest = "项目编号,用地面积,工业类别,产业链,用途\n", "P,9500,一类,{},{}\n"
    placed = {}
    for chain, use in (("C26", ""), ("G59", ""), ("C26", "仓储用地"), ("化工", "")):
        found = propose_siting(plan, _list(tmp_path, head + rest.format(chain, use)), CHINA, EXACT)
        rows = found.tables["refused"].to_dict("records")
        placed[chain, use] = [(r["parcel"], r["limit"]) for r in rows]
    wrong = {"M": [("M", "use")], "W": [("W", "use")]}
    assert placed == {
        ("C26", ""): wrong["W"], ("G59", ""): wrong["M"], ("C26", "仓储用地"): wrong["M"], ("化工", ""): [],
    }  # fmt: skip


ROSE = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


@pytest.mark.parametrize(("sector", "parcel", "refused"), [("E", "A", ("B", 75.625)), ("W", "B", ("A", 75.625))])
def test_the_wind_refuses_works_from_which_it_often_blows_on_homes(tmp_path, sector, parcel, refused):
    """Homes at 800–900; A lies 500 m to their west, B 500 m to their east; 85 % of winds come from one side.

    The limit is 9.375 %, so it lacks 75.625 points. A works of class 1 is no nuisance and may stand on either.
    """
    rose = tuple(85.0 if n == sector else 1.0 for n in ROSE)
    winds = Profile(name="p", values={"ST709": {"rose": Threshold(rose, "list", "test")}})
    plan = _plan(_box("A", "M2", 300), _box("R", "R2", 800, **BUILT), _box("B", "M2", 1300))
    one = _list(tmp_path, "项目编号,用地面积,工业类别\nP,9500,二类\n")
    found = propose_siting(plan, one, winds, EXACT)
    assert found.tables["sites"]["parcel"].tolist() == [parcel]
    rows = found.tables["refused"].to_dict("records")
    assert [(r["parcel"], r["limit"], r["change"], r["unit"]) for r in rows] == [(refused[0], "wind", 75.62, "%")]
    clean = propose_siting(plan, one.assign(nuisance=1), winds, EXACT)
    assert clean.tables["refused"].empty and propose_siting(plan, one, CHINA, EXACT).tables["refused"].empty


def test_a_sector_that_blows_too_often_already_refuses_nothing_and_two_small_ones_do():
    """Winds of 6 % each: alone none is above 9.375 %. With works standing in the north, east makes 12 %: 2.625 more."""
    rose = tuple(6.0 if n in ("N", "E") else 88.0 / 14 for n in ROSE)
    profile = Profile(name="p", values={"ST709": {"rose": Threshold(rose, "list", "test")}})
    north = "POLYGON ((0 500, 100 500, 100 600, 0 600, 0 500))"
    works = {"id": "N", "code": "M2", "scheme": "gb50137", "park": "K", "wkt": north} | BUILT
    plan = _plan(_box("R", "R2", 0, **BUILT), _box("E", "M2", 500), works)
    p = load()["ST709"].bind(profile)
    at = np.array([1])
    assert too_windy(plan, p, at) == pytest.approx([2.625])
    alone = _plan(_box("R", "R2", 0, **BUILT), _box("E", "M2", 500))
    assert too_windy(alone, p, at) == pytest.approx([0.0])
    twice = _plan(_box("R", "R2", 0, **BUILT), _box("E", "M2", 500), works, _box("F", "M2", 700, **BUILT))
    assert too_windy(twice, p, at) == pytest.approx([0.0])


def test_parcels_side_by_side_are_joined_for_a_project_that_fits_none(tmp_path):
    """A and B share 100 m of border, C touches B in a corner only, D is of another class: 20,000 m² are A and B."""
    corner = "POLYGON ((200 100, 300 100, 300 200, 200 200, 200 100))"
    plan = _plan(
        _box("A", "M1", 0), _box("B", "M1", 100), _box("D", "M2", -100), _box("S", "M1", 800, 50),
        {"id": "C", "code": "M1", "scheme": "gb50137", "park": "K", "wkt": corner},
    )  # fmt: skip
    found = propose_siting(
        plan, _list(tmp_path, "项目编号,用地面积,工业类别\nP,19500,一类\nQ,4000,一类\n"), CHINA, EXACT
    )
    assert found.tables["sites"]["parcel"].tolist() == ["A+B", "S"]
    assert [(e.kind, e.id) for e in found.edits if e.layer == "parcels"] == [
        ("set", "S"), ("reshape", "A"), ("set", "A"), ("remove", "B"),
    ]  # fmt: skip
    new = apply(plan, found.edits)["parcels"].set_index("id")
    assert new.loc["A", "geometry"].area == 20_000.0 and "B" not in new.index
    more = _list(tmp_path, "项目编号,用地面积,工业类别\nP,20500,一类\n")
    assert propose_siting(plan, more, CHINA, EXACT).reason == "no_host"


def test_a_joined_parcel_is_not_given_twice(tmp_path):
    """P needs both; Q and R need one each: two of three are placed, or P alone; two are worth more."""
    plan = _plan(_box("A", "M1", 0), _box("B", "M1", 100))
    text = "项目编号,用地面积,工业类别,优先级\nP,19500,一类,{}\nQ,9500,一类,1\nR,9500,一类,1\n"
    low, high = (propose_siting(plan, _list(tmp_path, text.format(k)), CHINA, EXACT) for k in (1, 3))
    assert low.tables["sites"]["parcel"].tolist()[0] == "" and low.args["placed"] == 2
    assert high.tables["sites"]["parcel"].tolist() == ["A+B", "", ""] and high.status == "optimal"


@pytest.mark.parametrize("seed", range(6))
def test_groups_are_those_that_a_search_of_all_sets_finds(seed):
    """Every joined set of up to three squares of a grid that holds an area which none of its joined parts holds."""
    random = np.random.default_rng(seed)
    spots = [(x, y) for x in range(4) for y in range(3) if random.random() < 0.8]
    shapes = np.array([shapely.box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x, y in spots])
    kind = np.where(random.random(len(spots)) < 0.8, "a", "b").astype(object)
    areas = [15_000.0, 28_000.0][: 1 + seed % 2]

    def joined(some: tuple[int, ...]) -> bool:
        whole = shapely.union_all(shapely.buffer(shapes[list(some)], -1)).buffer(1.2)
        return whole.geom_type == "Polygon" and len({kind[k] for k in some}) == 1

    found = set()
    for many in (2, 3):
        for some in combinations(range(len(spots)), many):
            parts = [p for k in range(1, many) for p in combinations(some, k) if joined(p)]
            most = max(len(p) for p in parts) * 1e4
            if joined(some) and any(most < a <= many * 1e4 for a in areas):
                found.add(some)
    mine = groups(Plots(shapes, shapely.area(shapes), kind), areas)
    assert {tuple(sorted(g)) for g in mine} == found and len(mine) == len(found)


def test_no_open_parcel_is_one_clear_sentence(tmp_path):
    plan = _plan(_box("A", "M1", 0, **BUILT))
    with pytest.raises(ScenarioError, match="no parcel of 'example' is open on 2026-06-30"):
        propose_siting(plan, _list(tmp_path, "项目编号,用地面积\nP,10\n"), CHINA, EXACT)


def test_a_parcel_in_farmland_is_not_open(tmp_path):
    field = [{"id": "F", "kind": "farmland", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}]
    with pytest.raises(ScenarioError, match="inside a control line"):
        propose_siting(
            _plan(_box("A", "M1", 0), control_lines=field), _list(tmp_path, "项目编号,用地面积\nP,10\n"), CHINA, EXACT
        )


def test_a_parcel_is_cut_across_its_longer_side_into_given_areas():
    cut = pieces(shapely.box(0, 0, 300, 100), np.array([6000.0, 9000.0]))
    assert [round(p.area) for p in cut] == [6000, 9000, 15000]
    assert sum(p.area for p in cut) == pytest.approx(30_000.0)


# --- layout and swaps


def _town() -> Plan:
    """Works 50, homes 40, green 10 built; open: one works and two homes, 10 each. Band of ecology 15 to 25 %."""
    built = [_box("M", "M1", 0, 500, **BUILT), _box("R", "R2", 600, 400, **BUILT), _box("G", "G1", 1100, 100, **BUILT)]
    return _plan(*built, _box("a", "M1", 1300), _box("b", "R2", 1500), _box("c", "R2", 1700, 120))


def test_the_least_area_is_changed_that_brings_ecology_into_its_band():
    """132 in all: 15 % are 19.8, so 9.8 are missing; 10 (a or b) is enough, and living must come below 40 %."""
    found = propose_layout(_town(), CHINA, Wishes(bands=(("living", 20, 60),)), EXACT)
    assert (found.value, found.bound, len(found.edits)) == (10_000.0, 10_000.0, 1)
    assert found.edits[0].value == {"code": "G1"} and found.edits[0].id in {"a", "b"}


def test_the_bands_in_conflict_are_named_with_what_they_must_give():
    """At most 32 of 132 can become green with G: 42 of 132 are 31.82 %."""
    found = propose_layout(
        _town(), CHINA, Wishes(bands=(("ecology", 50, 60), ("living", 0, 100), ("production", 0, 100))), EXACT
    )
    assert found.status == "none" and found.tables["conflict"]["rule"].tolist() == ["ecology >= 50 %"]
    assert found.tables["conflict"]["give"].tolist() == [pytest.approx(50 - 4200 / 132, abs=1e-3)]


def test_a_swap_changes_the_fewest_parcels():
    found = propose_layout(
        _town(), CHINA, Wishes(bands=(("ecology", 24, 30), ("living", 0, 60)), least="parcels"), EXACT
    )
    assert (found.value, found.bound) == (2.0, 2.0)


WIDE = (("production", 0, 100), ("living", 0, 100), ("ecology", 0, 100))


def test_a_band_of_a_code_is_kept_by_the_least_area():
    """132 in all, no shops: 7 % are 9.24, so one parcel of 10 (a or b, not c of 12) becomes B1."""
    found = propose_uses(_town(), CHINA, Wishes(bands=(*WIDE, ("B1", 7, 10))), EXACT)
    assert (found.value, found.bound, len(found.edits)) == (10_000.0, 10_000.0, 1)
    assert found.edits[0].value == {"code": "B1"} and found.edits[0].id in {"a", "b"}
    shares = found.tables["shares"].set_index("code")
    assert shares.loc["B1", "after"] == pytest.approx(1000 / 132, abs=1e-3)


def test_works_of_class_three_keep_their_distance_from_homes_that_stay():
    """R ends at 1000: a (1300) lies 300 m off, so within; of b and c one may be M3, once the other is no home."""
    found = propose_uses(_town(), CHINA, Wishes(bands=(*WIDE, ("M3", 7, 100))), EXACT)
    assert found.value == 22_000.0 and found.tables["changes"]["id"].tolist() == ["b", "c"]
    assert "M3" in found.tables["changes"]["code_to"].tolist()


@pytest.mark.parametrize(
    ("sector", "value", "changed"), [(None, 10_000.0, None), ("E", 22_000.0, {"b", "c"}), ("W", 12_000.0, {"c"})]
)
def test_the_wind_carries_no_new_works_towards_homes(sector, value, changed):
    """M2 on 7 %: one parcel. R (800), a (1350), b (1550) and c (1760) lie in a row; the reach is 900 m.

    From the east, a and b blow on R; c blows on b alone, which must go. From the west, a blows on b and b on c, c on
    none. Without a rose any of a and b will do.
    """
    names = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    rose = () if sector is None else tuple(85.0 if n == sector else 1.0 for n in names)
    winds = {"rose": Threshold(rose, "list", "test"), "reach": Threshold(900.0, "m", "test")}
    profile = Profile(name="p", values={"ST709": winds})
    found = propose_uses(_town(), profile, Wishes(bands=(*WIDE, ("M2", 7, 100))), EXACT)
    ids = set(found.tables["changes"]["id"])
    assert found.value == value and (ids == changed if changed else ids < {"a", "b"})
    assert "M2" in found.tables["changes"]["code_to"].tolist()


def test_works_without_a_link_to_works_that_stay_are_an_island():
    """Parcel a lies 100 m from G1 and 800 m from M: as works it is an island, and may not stay one."""
    found = propose_uses(_town(), CHINA, Wishes(bands=WIDE, joined=True), EXACT)
    assert {e.id for e in found.edits} >= {"a", "b", "c"} and found.value == 32_000.0


def test_the_group_in_conflict_is_told_in_planners_words_with_its_price():
    """A, b and c are 32 of 132 open; G is 10: green is at most 42, and 50 % are 66."""
    found = propose_uses(_town(), CHINA, Wishes(bands=(*WIDE[:2], ("ecology", 50, 60)), joined=False, park=50.0), EXACT)
    outcome = Outcome(Scenario(name="s"), found)
    assert proposal_lines(outcome, "zh") == [
        "用地布局：无可行方案：以下规则相互冲突 生态用地不少于 50%（需放宽 18.18 个百分点）"
    ]
    assert proposal_lines(outcome, "en") == [
        "layout of open land: impossible because these rules conflict: ecology at least 50 % (give 18.18 points)"
    ]


def test_new_homes_come_with_a_school_that_is_large_enough_or_the_two_wishes_conflict():
    """Homes (R2) are R, b and c: 62 of 132. At least 50 % (66) make `a` a home, 10,000 m² change.

    As a home `a` wants 20 % of its hectare as a school (A33) within 400 m: only b or c could be one, and then homes are
    60 or 62 of 132 at most. Without homes above 47 % a school may stand on `a` and nothing else need change.
    """
    wide = (("living", 0, 100), ("production", 0, 100), ("ecology", 0, 100))
    school = (("A33", 400.0, 20.0),)
    without = propose_uses(_town(), CHINA, Wishes(bands=(*wide, ("R", 50, 100))), EXACT)
    assert (without.value, without.tables["changes"]["id"].tolist()) == (10_000.0, ["a"])
    found = propose_uses(_town(), CHINA, Wishes(bands=(*wide, ("R", 50, 100)), services=school), EXACT)
    rules = found.tables["conflict"].set_index("rule")["give"]
    assert set(rules.index) == {"R >= 50 %", "service A33"}
    # The 0.2 ha that `a` lacks stand in the row of `a` and in that of all homes.
    assert rules["service A33"] == pytest.approx(0.4) and rules["R >= 50 %"] == pytest.approx(50 - 6200 / 132, abs=1e-3)
    zh = proposal_lines(Outcome(Scenario(name="s"), found), "zh")[0]
    assert "居住用地周边 A33 类用地规模足够（至多需放宽 0.40 公顷）" in zh
    less = propose_uses(_town(), CHINA, Wishes(bands=(*wide, ("A33", 7, 100)), services=school), EXACT)
    assert less.value == 10_000.0


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (("Q7", 500.0, 8.0), "service 'Q7' is no code"),
        (("A33", 500.0, 0.0), "service A33 = 500@0: give metres above 0"),
    ],
)
def test_a_service_that_is_none_is_one_clear_sentence(service, words):
    with pytest.raises(ScenarioError, match=words):
        propose_uses(_town(), CHINA, Wishes(services=(service,)), EXACT)


def test_a_code_that_no_scheme_has_is_one_clear_sentence():
    with pytest.raises(ScenarioError, match="band 'Q7' is neither a class of land"):
        propose_uses(_town(), CHINA, Wishes(bands=(("Q7", 5, 10),)), EXACT)


def test_bands_that_sum_above_a_hundred_are_one_clear_sentence():
    with pytest.raises(ScenarioError, match="the bands sum above 100 %"):
        propose_layout(_town(), CHINA, Wishes(bands=(("production", 60, 70), ("living", 30, 40))), EXACT)


# --- facilities


def test_one_school_between_two_homes_serves_both():
    home = {"people": 100.0, **BUILT}
    plan = _plan(
        _box("R1", "R2", 0, **home),
        _box("A", "A1", 400, **BUILT),
        _box("R2", "R2", 800, **home),
        _box("E", "A1", 2000, **BUILT),
    )
    found = propose_facilities(plan, CHINA, Service(kind="primary_school"), EXACT)
    assert [e.id for e in found.edits] == ["primary_school-A"] and (found.value, found.bound) == (1.0, 1.0)
    assert found.tables["coverage"].iloc[0][["before", "after"]].tolist() == [0.0, 100.0]
    again = propose_facilities(apply(plan, found.edits), CHINA, Service(kind="primary_school"), EXACT)
    assert (again.reason, again.edits) == ("covered", ())


def test_a_home_beyond_every_candidate_has_no_proposal_and_says_so():
    plan = _plan(_box("R1", "R2", 0, people=100.0, **BUILT), _box("A", "A1", 2000, **BUILT))
    assert propose_facilities(plan, CHINA, Service(kind="primary_school"), EXACT).reason == "out_of_reach"


def test_an_unknown_service_names_the_near_one():
    with pytest.raises(ScenarioError, match="primary_school"):
        propose_facilities(_plan(_box("R1", "R2", 0, people=9.0, **BUILT)), CHINA, Service(kind="primary_shool"), EXACT)


# --- extension


def _park(**layers: list[dict[str, object]]) -> Plan:
    parks = [{"id": "K", "wkt": "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"}]
    return _plan(_box("M", "M1", 0, **BUILT), parks=parks, **layers)


def test_an_extension_is_connected_of_the_area_wanted_and_outside_farmland():
    field = "POLYGON ((1000 -5000, 6000 -5000, 6000 6000, 1000 6000, 1000 -5000))"
    plan = _park(control_lines=[{"id": "F", "kind": "farmland", "wkt": field}])
    found = propose_extension(plan, CHINA, Wanted(area_ha=40), EXACT)
    new = apply(plan, found.edits)
    land = new["parcels"].loc[new["parcels"]["id"].str.startswith("K-EXT")]
    whole = shapely.union_all(land.geometry.to_numpy())
    assert (whole.area, whole.geom_type) == (400_000.0, "Polygon")
    assert whole.intersection(shapely.from_wkt(field)).area == 0
    assert 2 <= len(found.tables["alternatives"]) <= 4 and found.bound <= found.value
    assert set(land["phase"]) == {"EXT-1", "EXT-2"} and set(land.loc[land["phase"] == "EXT-2", "code"]) == {"070102"}


def test_no_land_for_an_extension_says_how_much_there_is():
    ring = "POLYGON ((-9000 -9000, 9000 -9000, 9000 9000, -9000 9000, -9000 -9000))"
    found = propose_extension(
        _park(control_lines=[{"id": "F", "kind": "farmland", "wkt": ring}]), CHINA, Wanted(area_ha=40), EXACT
    )
    assert (found.reason, found.args) == ("no_land", {"need": 40, "have": 0.0, "side": ""})


@pytest.mark.parametrize(("word", "side"), [("E", "E"), ("s", "S"), ("西", "W"), ("N", "N")])
def test_an_extension_grows_on_the_side_that_is_named(word, side):
    """The middle of the park is (500, 500); east is what lies farther east of it than north or south."""
    plan = _park()
    found = propose_extension(plan, CHINA, Wanted(area_ha=40, side=word), EXACT)
    assert set(found.tables["alternatives"]["side"]) == {side}
    new = apply(plan, found.edits)["parcels"]
    x, y = shapely.get_coordinates(new[new["id"].str.startswith("K-EXT")].geometry.centroid.to_numpy()).T - 500
    out = {"E": x, "W": -x, "N": y, "S": -y}[side]
    assert len(out) == 10 and (out >= np.maximum(np.abs(x), np.abs(y)) - 1e-6).all()


def test_a_side_without_land_is_named_in_the_reason():
    field = "POLYGON ((1000 -9000, 9000 -9000, 9000 9000, 1000 9000, 1000 -9000))"
    plan = _park(control_lines=[{"id": "F", "kind": "farmland", "wkt": field}])
    found = propose_extension(plan, CHINA, Wanted(area_ha=40, side="E"), EXACT)
    lines = [proposal_lines(Outcome(Scenario(name="s"), found), lang)[0] for lang in ("zh", "en")]
    assert lines == [
        "拓园方案：园区东侧控制线外没有足够的连片土地：需 40 公顷，最多 0 公顷",
        "extension of the park: not enough connected land outside the control lines east of the park: "
        "40 ha wanted, 0 ha at most",
    ]


def test_land_that_does_not_begin_beside_the_park_is_not_counted_as_land_there_is():
    """Fields 1 km wide part the land in the east from the park; it used to say: 40 ha wanted, 1,000 ha at most."""
    field = "POLYGON ((1000 -9000, 2000 -9000, 2000 9000, 1000 9000, 1000 -9000))"
    plan = _park(control_lines=[{"id": "F", "kind": "farmland", "wkt": field}])
    found = propose_extension(plan, CHINA, Wanted(area_ha=40, side="E"), EXACT)
    assert (found.reason, found.args["have"]) == ("no_land", 0.0)


def test_a_side_that_is_none_is_one_clear_sentence():
    with pytest.raises(ScenarioError, match="--side 'up' is no side of the park"):
        propose_extension(_park(), CHINA, Wanted(area_ha=40, side="up"), EXACT)


def test_land_beyond_the_boundary_moves_the_boundary_first_and_says_by_how_much():
    """The boundary is the park itself: all 40 ha lie beyond it. EC601 used to find every new parcel outside."""
    line = [{"id": "B", "kind": "boundary", "wkt": "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"}]
    plan = _park(control_lines=line)
    found = propose_extension(plan, CHINA, Wanted(area_ha=40), EXACT)
    assert found.args == {"area": 40.0, "beyond": 40.0}
    moved = found.edits[0]
    assert (moved.kind, moved.layer, moved.id) == ("reshape", "control_lines", "B")
    assert moved.reason == "EC601: 40.0 ha beyond the boundary, to be moved by the legal procedure first"
    grown = apply(plan, found.edits)
    inside = grown["control_lines"].geometry.iloc[0]
    assert inside.area == 1_400_000.0 and inside.covers(shapely.union_all(grown["parcels"].geometry.to_numpy()))


def test_an_extension_prefers_land_inside_the_boundary():
    """Inside the boundary there are 3 km to the east; a square beyond it costs 2 points more."""
    line = [{"id": "B", "kind": "boundary", "wkt": "POLYGON ((0 0, 4000 0, 4000 1000, 0 1000, 0 0))"}]
    found = propose_extension(_park(control_lines=line), CHINA, Wanted(area_ha=40), EXACT)
    assert found.args["beyond"] == 0.0 and not [e for e in found.edits if e.layer == "control_lines"]
    assert found.tables["alternatives"]["side"].iloc[0] == "E"


def test_new_trunks_are_told_by_network_and_unknown_ground_is_not_flat():
    """The main runs along x = 0: as far from the middle of the extension as that middle lies east or west of it."""
    plan = _park(pipes=[{"id": "W", "kind": "water", "wkt": "LINESTRING (0 -9000, 0 9000)"}])
    found = propose_extension(plan, CHINA, Wanted(area_ha=40), EXACT)
    best = found.tables["alternatives"].iloc[0]
    whole = apply(plan, found.edits)["approvals"].set_index("id").loc["K-EXT", "geometry"]  # streets included
    assert whole.area == 400_000.0 and best["new_water"] == pytest.approx(abs(whole.centroid.x), abs=0.5)
    assert np.isnan(best["slope"]) and best["ground_known"] == 0.0


def test_a_shared_parcel_is_cut_so_that_both_pieces_keep_the_pipe(tmp_path):
    """The pipe runs along the short side at x = 0: cut across, the second piece would begin 120 m from it (UG201)."""
    pipe = [{"id": "W", "kind": "water", "wkt": "LINESTRING (-10 0, -10 100)"}]
    plan = _plan(_box("A", "M1", 0, width=200), pipes=pipe)
    text = "项目编号,用地面积,工业类别\nP,12000,一类\nQ,8000,一类\n"
    found = propose_siting(plan, _list(tmp_path, text), CHINA, EXACT)
    cut = apply(plan, found.edits)["parcels"].geometry
    assert sorted(np.round(cut.area)) == [8000.0, 12000.0] and (cut.bounds["minx"] == 0).all()


def test_a_quarter_whose_needs_another_holds_with_no_more_to_spare_is_idle():
    """The second quarter draws all of the first and has as little; the third has less; gas has only one."""
    need = [np.array(v, dtype=float) for v in ([1, 0, 2], [1, 3, 2], [1, 3, 2], [1, 1, 1])]
    rooms = pd.DataFrame({"kind": ["power"] * 3 + ["gas"], "spare": [5.0, 5.0, 4.0, 9.0], "need": need})
    assert _idle(rooms) == [True, True, False, False]
    assert _idle(rooms.assign(spare=[3.0, 5.0, 4.0, 9.0])) == [False, True, False, False]
