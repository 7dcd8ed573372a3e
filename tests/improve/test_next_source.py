"""The next source of a utility, on land drawn by hand along one line: how many, by when, where, and how it is joined.

Two works draw their own figures: A at x = 0–100 draws 1,000 kW, from 2012 on; Z at x = 2,000–2,100 draws 3,000 kW, from
2030-01-01 on. NW501 counts 0.8 of them at once: 800 and 2,400 kW. The substation stands at (50, 50) and gives 1,000 kW.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from geo_planner.algorithms.programs.program import Effort
from geo_planner.checks.contract import mini
from geo_planner.errors import ScenarioError
from geo_planner.improve.next_source import NextSource, land_code, propose_source
from geo_planner.plan import Plan, Profile, Scenario, apply
from geo_planner.show.documents.proposal import proposal_lines
from geo_planner.study.propose import Outcome

EXACT, CHINA = Effort(gap=0.0), Profile(name="default")
STATION = {"id": "T", "kind": "power", "capacity": 1000.0, "finish": "2010-01-01", "wkt": "POINT (50 50)"}


def _box(name: str, code: str, x: float, width: float = 100, **more: object) -> dict[str, object]:
    shape = f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))"
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": shape} | more


WORKS = [
    _box("A", "M1", 0, start="2010-01-01", used="2012-01-01", power_kw=1000.0),
    _box("Z", "M1", 2000, start="2010-01-01", used="2030-01-01", power_kw=3000.0),
]


def _plan(*parcels: dict[str, object], **layers: list[dict[str, object]]) -> Plan:
    given: dict[str, list[dict[str, object]]] = {"parcels": [*WORKS, *parcels], "sources": [STATION]}
    return mini(as_of="2026-06-30", **(given | layers)).plan


def _open(name: str, x: float, width: float = 100, code: str = "M1") -> dict[str, object]:
    return _box(name, code, x, width, start="2040-01-01", power_kw=0.0, used="2041-01-01")


def test_the_next_substation_stands_nearest_to_what_it_will_feed_by_the_day_it_is_needed():
    """From 2030 on 3,200 kW are drawn and 1,000 given: 2,200 are missing, one of 2,500 kW is enough.

    At `far` (1,750) it lies 300 m from Z; the station lies 2,000 m from it.
    """
    plan = _plan(_open("near", 300), _open("far", 1700))
    found = propose_source(plan, CHINA, NextSource(kind="power", capacity=2500.0), EXACT)
    site = found.tables["sites"].iloc[0]
    assert (site["parcel"], site["load"], site["in_service"], site["capacity"]) == ("far", 2400.0, "2030-01-01", 2500.0)
    assert (found.args["missing"], found.args["since"], found.args["many"]) == (2200.0, "2030-01-01", 1)
    # 800 kW at the station's own parcel, 2,400 kW 300 m away.
    assert found.value == pytest.approx(2400 * 0.3) and found.bound == pytest.approx(2400 * 0.3)
    assert found.args["before"] == pytest.approx(1500.0) and found.args["after"] == pytest.approx(225.0)
    supply = found.tables["supply"].set_index("day")
    assert supply.index.tolist() == ["2012-01-01", "2030-01-01"]
    assert supply.loc["2030-01-01", ["need", "supply", "spare", "then"]].tolist() == [3200, 1000, -2200, 300]


def test_the_new_source_gets_its_land_its_day_and_a_main():
    """The main runs along y = 200, 150 m north of the middle of the parcel; its columns are those of that main."""
    main = {"id": "P", "kind": "power", "voltage_kv": 10.0, "wkt": "LINESTRING (0 200, 3000 200)"}
    plan = _plan(_open("far", 1700), pipes=[main])
    found = propose_source(plan, CHINA, NextSource(kind="power", capacity=2500.0), EXACT)
    new = apply(plan, found.edits)
    source = new["sources"].set_index("id").loc["power-far"]
    assert (source["kind"], source["capacity"], f"{source['start']:%F}", f"{source['finish']:%F}") == (
        "power", 2500.0, "2028-07-10", "2030-01-01",  # 540 days before
    )  # fmt: skip
    link = new["pipes"].set_index("id").loc["power-far-main"]
    assert link.geometry.equals(shapely.LineString([(1750, 50), (1750, 200)])) and link["voltage_kv"] == 10.0
    assert new["parcels"].set_index("id").loc["far", "code"] == "U1"
    assert found.tables["sites"]["link"].tolist() == [150.0]


def test_a_shortage_that_stands_already_tells_when_it_began_and_ends_when_a_source_can_be_built():
    """A draws 800 kW since 2012 and the station gives 500; built by 2026-06-30 + 540 days. It once gave 900, to 2020."""
    old = STATION | {"id": "O", "capacity": 400.0, "removed": "2020-05-01"}
    plan = _plan(_open("near", 300), sources=[STATION | {"capacity": 500.0}, old])
    found = propose_source(plan, CHINA, NextSource(kind="power", capacity=5000.0), EXACT)
    assert (found.args["since"], found.args["day"]) == ("2020-05-01", "2027-12-22")


def test_as_many_sources_as_the_shortage_needs():
    plan = _plan(*(_open(f"p{k}", 300 + 200 * k) for k in range(5)))
    found = propose_source(plan, CHINA, NextSource(kind="power"), EXACT)
    assert (found.args["many"], len(found.tables["sites"])) == (3, 3)  # 2,200 of 1,000 each


@pytest.mark.parametrize("seed", range(5))
def test_the_sites_are_the_best_of_all_choices(seed):
    random = np.random.default_rng(seed)
    draw = [_box(f"w{k}", "M1", 3000 + 150 * k, used="2012-01-01", start="2010-01-01") for k in range(6)]
    works = [w | {"power_kw": float(random.integers(100, 900))} for w in draw]
    free = [_open(f"p{k}", float(x)) for k, x in enumerate(random.choice(np.arange(2000, 6000, 150), 6, replace=False))]
    plan = mini(as_of="2026-06-30", parcels=[*works, *free], sources=[STATION | {"wkt": "POINT (3500 50)"}]).plan
    found = propose_source(plan, CHINA, NextSource(kind="power", sites=2), EXACT)
    spots = np.array([3050 + 150 * k for k in range(6)])
    sites = np.array([shapely.from_wkt(str(p["wkt"])).centroid.x for p in free])
    load = np.array([0.8 * float(w["power_kw"]) for w in works])
    best = min(
        sum(load * np.minimum(np.abs(spots[:, None] - sites[list(pair)]).min(axis=1), np.abs(3500 - spots)))
        for pair in combinations(range(6), 2)
    )
    assert found.value == pytest.approx(best / 1000) and found.status == "optimal"


def test_a_sewage_works_keeps_its_clearance_from_homes():
    """300 m by ST701: `near` lies 100 m from the homes, `far` 1,500 m."""
    homes = _box("R", "R2", 400, start="2010-01-01", used="2012-01-01", people=100.0)
    sewer = {"id": "S", "kind": "sewer", "capacity": 1.0, "finish": "2010-01-01", "wkt": "POINT (50 50)"}
    works = [w | {"water_m3d": 100.0} for w in WORKS]
    wide = [_open("near", 0, 300), _open("far", 2000, 300)]
    plan = mini(as_of="2026-06-30", parcels=[*works, homes, *wide], sources=[sewer]).plan
    found = propose_source(plan, CHINA, NextSource(kind="sewer", sites=1), EXACT)
    assert found.tables["sites"]["parcel"].tolist() == ["far"]
    assert apply(plan, found.edits)["parcels"].set_index("id").loc["far", "code"] == "U21"


def test_enough_for_every_day_is_said_with_what_is_to_spare():
    plan = _plan(_open("near", 300), sources=[STATION | {"capacity": 5000.0}])
    found = propose_source(plan, CHINA, NextSource(kind="power"), EXACT)
    lines = [proposal_lines(Outcome(Scenario(name="s"), found), lang)[0] for lang in ("zh", "en")]
    assert lines == [
        "新增源站：现有及在建电力源站在各日期均够用，最紧时余 1,800；如仍要选址，请给出 --sites 1",
        "next source of a utility: the power sources there are suffice on every day, with 1,800 to spare at the "
        "tightest; give --sites 1 to place one all the same",
    ]


def test_the_headline_tells_how_many_by_when_and_why():
    found = propose_source(_plan(_open("far", 1700)), CHINA, NextSource(kind="power", capacity=2500.0), EXACT)
    lines = [proposal_lines(Outcome(Scenario(name="s"), found), lang)[0] for lang in ("zh", "en")]
    assert lines == [
        "新增源站：电力源站新增 1 处，每处 2,500，2030-01-01 前投运；自 2030-01-01 起供应不足，最多缺 2,200；"
        "负荷到最近源站的平均直线距离 1,500 → 225 米，选址已证明最优；无新增违规",
        "next source of a utility: sources of power: 1 more of 2,500 each, in service by 2030-01-01; it runs short from "
        "2030-01-01 on, by 2,200 at most; mean straight distance of loads to a source 1,500 → 225 m, sites proved to be the best; "
        "no new error",
    ]


def test_too_little_land_is_said():
    found = propose_source(_plan(_open("p", 300)), CHINA, NextSource(kind="power"), EXACT)
    assert (found.reason, found.args["need"], found.args["have"]) == ("no_site", 3, 1)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (NextSource(kind="pwer"), "'pwer' is no utility with sources"),
        (NextSource(kind="gas"), "the plan has no source of gas"),
        (NextSource(kind="power", sites=0), "--sites 0: at least one source"),
        (NextSource(kind="power", capacity=-1.0), "--capacity -1: a source needs a capacity above 0"),
    ],
)
def test_bad_input_is_one_clear_sentence(wanted, words):
    with pytest.raises(ScenarioError, match=words):
        propose_source(_plan(_open("p", 300)), CHINA, wanted, EXACT)


def test_capacities_that_are_unknown_are_not_taken_for_enough():
    blank = {k: v for k, v in STATION.items() if k != "capacity"}
    with pytest.raises(ScenarioError, match="no source of power tells its capacity"):
        propose_source(_plan(_open("p", 300), sources=[blank]), CHINA, NextSource(kind="power"), EXACT)


@pytest.mark.parametrize(("scheme", "kind", "code"), [
    ("guide2023", "power", "1303"), ("guide2023", "gas", "1304"), ("guide2023", "sewer", "1302"),
    ("gb50137", "water", "U1"), ("gb50137", "sewer", "U21"), ("nowhere", "water", ""),
])  # fmt: skip
def test_land_for_a_utility_in_each_scheme(scheme, kind, code):
    assert land_code(_plan(_open("p", 300)), scheme, kind) == code
