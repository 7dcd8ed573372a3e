"""Numbers of tables are reached from a profile, cell by cell, by one form for every table that a check reads."""

from __future__ import annotations

from datetime import date
from importlib import resources

import numpy as np
import pytest

from geo_planner.checks import load, run
from geo_planner.checks.contract import mini
from geo_planner.checks.st701_home_inside_nuisance_buffer import protective_distance
from geo_planner.checks.tables import table
from geo_planner.checks.tables.cells import KEYS, number_columns, row_names
from geo_planner.checks.tables.fire import limits
from geo_planner.errors import ProfileError
from geo_planner.improve.facilities import Service, _radius
from geo_planner.plan import Profile
from geo_planner.read.profile import profile_from

LINE = {"id": "L", "kind": "power_corridor", "voltage_kv": 220, "wkt": "LINESTRING (0 0, 200 0)"}
HOUSE = {"id": "B", "wkt": "POLYGON ((0 14, 20 14, 20 30, 0 30, 0 14))"}
WORDS_ONLY = {"industry_editions"}
"""Tables without a number: which code of an edition is which of another."""


def _profile(*cells, code="ST706", name="table", **more):
    given = {"value": list(cells), "unit": "cells", "source": "grid company, 2024", **more}
    return profile_from({code: {name: given}}, "own")


@pytest.mark.parametrize(
    ("cells", "limits_"), [((), [15.0]), (("220.half_width = 20",), [20.0]), (("220.half_width = 14",), [])]
)
def test_a_house_at_14_m_is_judged_by_the_cell_of_the_profile(cells, limits_):
    """The shipped strip of 220 kV is 15 m on each side; other cells stay as they are."""
    plan = mini(buildings=[HOUSE], control_lines=[LINE]).plan
    report = run(plan, _profile(*cells) if cells else None, only=["ST706"])
    assert report.findings["limit"].tolist() == limits_
    assert run(plan, None, only=["ST706"]).findings["limit"].tolist() == [15.0], "the shipped table was written into"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("221.half_width = 20", "no row '221'.*Did you mean 220"),
        ("220.width = 20", "no column 'width'.*Did you mean half_width"),
        ("nothing.half_width = 20", "no row 'nothing'.*There are 1000, 750, 500"),
        ("220.source = 20", "no column 'source'"),
        ("220: 20", "is no cell"),
        ("220.half_width = -3", "is no cell"),
    ],
)
def test_a_cell_that_is_not_there_is_one_sentence(cell, words):
    with pytest.raises(ProfileError, match=words):
        run(load()["ST706"].fails.plan, _profile(cell), only=["ST706"])


def test_a_cell_that_is_set_twice_is_one_sentence():
    """Of a square table the same number has two names: water above gas, gas above water."""
    for cells in (("220.half_width = 20", "220.half_width = 30"),):
        with pytest.raises(ProfileError, match="set twice"):
            run(load()["ST706"].fails.plan, _profile(*cells), only=["ST706"])
    with pytest.raises(ProfileError, match="set twice"):
        table("pipe_vertical", ("water.gas = 0.2", "gas.water = 0.3"))


def test_every_shipped_table_of_numbers_is_reached_by_some_parameter():
    """Each row has a name of its own, each table a parameter, and the names of one table are set under one code."""
    folder = resources.files("geo_planner.checks.tables")
    shipped = {p.name.removesuffix(".csv") for p in folder.iterdir() if p.name.endswith(".csv")}
    assert shipped - WORDS_ONLY == set(KEYS)
    metas = [(c.code, f) for c in load().values() for f in c.params.__dataclass_fields__.values()]
    reached = {f.metadata["table"]: f.metadata["shared"] or code for code, f in metas if f.metadata.get("table")}
    assert set(reached) == set(KEYS)
    for name in KEYS:
        rows = table(name)
        names = row_names(name, rows)
        assert len(set(names)) == len(names)
        assert number_columns(name, rows)


CELLS = [
    ("ST703", "table", "water/drain/d<=200.min_m = 1.9", 1.0),
    ("ST704", "table", "drain.water = 0.6", 0.4),
    ("ST705", "table", "water.cover_motor = 0.75", 0.7),
    ("ST712", "table", "water/railway.min_m = 6", 5.0),
    ("ST702", "table", "jia.low_1 = 16", 12.0),
    ("ST706", "table", "220.half_width = 16", 15.0),
    ("ST708", "table", "37.far_min = 0.8", 0.7),
    ("BA412", "table", "primary_school.radius = 400", 500.0),
    ("BA415", "table", "primary_school.per_thousand = 70", 65.0),
    ("BA418", "table", "M.most = 29", 30.0),
]


@pytest.mark.parametrize(("code", "name", "cell", "shipped"), CELLS)
def test_the_shipped_cell_is_what_the_list_says(code, name, cell, shipped):
    """The list below is of cells that are there, with the shipped number beside the profile's."""
    field = load()[code].params.__dataclass_fields__[name].metadata["table"]
    row, _, column = cell.partition(" = ")[0].rpartition(".")
    rows = table(field)
    at = row_names(field, rows).index(row)
    assert float(rows[column].iloc[at].rstrip("*")) == shipped


def _limit_of(code, profile, plan=None):
    found = run(plan or load()[code].fails.plan, profile, only=[code]).findings
    return sorted(set(found["limit"].tolist()))


@pytest.mark.parametrize(
    ("code", "cell", "limit"),
    [
        ("ST703", "water/drain/d>200.min_m = 1.9", 1.9),
        ("ST704", "drain.water = 0.6", 0.6),
        ("ST704", "water.drain = 0.6", 0.6),
        ("ST705", "water.cover_motor = 0.75", 0.75),
        ("ST712", "water/railway.min_m = 6", 6.0),
        ("ST702", "jia.low_1 = 16", 16.0),
        ("ST702", "bing_low_1.jia = 16", 16.0),
    ],
)
def test_a_failing_example_is_held_to_the_profiles_cell(code, cell, limit):
    owner = load()[code].params.__dataclass_fields__["table"].metadata["shared"] or code
    assert limit in _limit_of(code, _profile(cell, code=owner))
    assert limit not in _limit_of(code, Profile(name="shipped"))


def test_a_fire_distance_holds_whichever_building_comes_first():
    """Both names of one number give the same square, and the other numbers stay."""
    base, one, two = limits(), limits(("jia.yi = 20",)), limits(("yi_low.jia = 20",))
    assert one[0, 1] == one[1, 0] == two[0, 1] == two[1, 0] == 20.0
    changed = one != base
    assert changed.sum() == 2
    high = limits((), ("high.high = 30",))
    assert high[13, 13] == high[14, 14] == high[13, 14] == 30.0
    assert limits(("jia.yi_highrise = 21",))[0, 17] == limits(("yi_highrise.jia = 21",))[17, 0] == 21.0


def test_civil_buildings_are_looked_for_as_far_as_the_profile_asks():
    """Two high houses 25 m apart: 13 m are asked by the shipped table, 30 m by the profile."""
    high = {"use": "house", "rating": 1, "height": 60.0}
    plan = mini(
        buildings=[
            high | {"id": "A", "wkt": "POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0))"},
            high | {"id": "B", "wkt": "POLYGON ((45 0, 65 0, 65 20, 45 20, 45 0))"},
        ]
    ).plan
    assert _limit_of("ST702", Profile(name="shipped"), plan) == []
    assert _limit_of("ST702", _profile("high.high = 30", code="ST702", name="civil_table"), plan) == [30.0]


def test_a_store_of_class_jia_is_held_to_its_own_table():
    """Two stores 30 m apart: 20 m are asked between them, 35 m by the profile."""
    store = {"use": "warehouse", "hazard": "jia", "rating": 2}
    plan = mini(
        buildings=[
            store | {"id": "A", "wkt": "POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0))"},
            store | {"id": "B", "wkt": "POLYGON ((50 0, 70 0, 70 20, 50 20, 50 0))"},
        ]
    ).plan
    assert _limit_of("ST702", Profile(name="shipped"), plan) == []
    own = _profile("jia_store.least_m = 35", "jia_store.most_m = 35", code="ST702", name="store_table")
    assert _limit_of("ST702", own, plan) == [35.0]


def test_demand_of_a_use_is_set_once_for_every_check_that_counts_it():
    """One hectare of works without a figure of its own: (30 + 150) / 2 = 90 m³/d x 1.3 of it fails at a source of 100."""
    land = {"id": "M", "code": "M1", "scheme": "gb50137", "used": "2020-02-01"}
    plan = mini(
        parcels=[land | {"wkt": "POLYGON ((0 10, 100 10, 100 110, 0 110, 0 10))"}],
        pipes=[
            {"id": "W", "kind": "water", "finish": "2019-06-01", "capacity": 800.0, "wkt": "LINESTRING (0 0, 200 0)"}
        ],
        sources=[{"id": "S", "kind": "water", "finish": "2015-01-01", "capacity": 100.0, "wkt": "POINT (0 0)"}],
    ).plan
    assert len(run(plan, None, only=["NW501"]).findings) == 0
    own = _profile("water/industry.low = 200", "water/industry.high = 300", code="NW501")
    found = run(plan, own, only=["NW501"]).findings
    assert found["value"].tolist() == [150.0], "250 m³/d are needed, 100 to be had"
    for code in ("NW504", "NW505", "NW506"):
        assert load()[code].bind(own).table == own.values["NW501"]["table"].value


def test_a_coefficient_of_the_emission_formula_is_the_profiles():
    """With B = 0 and D = 1 the formula is a line: Qc/Cm = L (r / 2) / A; 10, r = 100 m and A = 500 give L = 100 m."""
    cells = (f"2-4/<=1000.{name} = {number}" for name, number in (("A_II", 500), ("B", 0), ("C", 1), ("D", 1)))
    own = load()["ST701"].bind(_profile(*cells, code="ST701"))
    assert protective_distance(np.array([10.0]), np.array([np.pi * 1e4]), own)[0] == pytest.approx(100.0)


def test_the_level_of_trust_of_a_cell_is_that_of_the_profile():
    own = _profile("220.half_width = 20", level="printed")
    number = load()["ST706"].rule(own).params["table"]
    assert (number.level, number.source, number.origin) == ("printed", "grid company, 2024", "own")
    assert load()["ST706"].rule(Profile(name="x")).params["table"].level == "memory"


def test_a_narrower_profile_adds_cells_to_a_wider_one_and_outranks_it_where_both_speak():
    wide = _profile("220.half_width = 20", "110.half_width = 10", level="printed")
    laid = wide.under(_profile("110.half_width = 12", level="memory"))
    number = laid.values["ST706"]["table"]
    assert number.value == ("220.half_width = 20", "110.half_width = 12")
    assert number.level == "memory", "of two the weaker"


def test_a_table_may_be_dated_like_any_number():
    """A strip of 20 m until 2009, 12 m since: the house 14 m away breaks the old one only."""
    editions = [
        {"value": ["220.half_width = 20"], "valid_to": "2009-12-31"},
        {"value": ["220.half_width = 12"], "valid_from": "2010-01-01"},
    ]
    rows = [
        {k: date.fromisoformat(v) if k.startswith("valid") else v for k, v in e.items()}
        | {"unit": "cells", "source": "grid company"}
        for e in editions
    ]
    own = profile_from({"ST706": {"table": rows}}, "own")
    plan = mini(
        buildings=[HOUSE | {"id": "old", "start": "2005-01-01"}, HOUSE | {"id": "new", "start": "2015-01-01"}],
        control_lines=[LINE],
    ).plan
    found = run(plan, own, only=["ST706"]).findings
    assert found[["id", "limit"]].to_numpy().tolist() == [["old", 20.0]]


def test_sites_for_a_service_are_looked_for_within_the_profiles_radius():
    """`improve` reads the profile's cell, and the reach of fire engines and parks from the checks that judge them."""
    own = _profile("primary_school.radius = 800", code="BA412")
    assert _radius(Service(kind="primary_school"), own) == 800.0
    assert _radius(Service(kind="primary_school"), Profile(name="x")) == 500.0
    fire = profile_from({"BA414": {"fire": {"value": 4000.0, "unit": "m", "source": "fire brigade"}}}, "own")
    assert _radius(Service(kind="fire_station"), fire) == 4000.0
