"""Taking data away from a small park never makes its whole report look better: each layer, each column, by seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.plan import Plan, Profile, Report, Threshold
from geo_planner.verdict import judge
from geo_planner.verdict.ablation import Ablation, ablations, aimed_ablations, broken_promises
from tests.checks.judging import square

PROFILE = Profile("own", {"IN303": {"history_from": Threshold("1900-01-01", "date", "the park's register")}})
SEEDS = (*range(6), 17)
"""Draws from all that can be taken away; each seed is one of them."""


def _papers(name: str, x: float, start: str) -> list[dict]:
    kinds = ("land_grant", "land_permit", "works_permit", "construction_permit", "acceptance")
    return [{"id": f"{k}-{name}", "kind": k, "parcel": name, "start": start, "wkt": square(x, 30, 80)} for k in kinds]


@cache
def park() -> Plan:
    """Four parcels on one road with the faults that each first judges: late plan, permit, main, homes, buffer, data."""
    frame = {"id": "K", "start": "2004-01-01", "wkt": square(-50, -50, 900, 400)}
    land = [
        {"id": "A", "code": "M1", "start": "2010-01-01", "used": "2011-06-01", "far": 2.6, "far_max": 2.0},
        {"id": "B", "code": "R2", "start": "2008-01-01", "used": "2009-06-01", "people": 300.0, "dwellings": 100.0},
        {"id": "C", "code": "M3", "start": "2010-01-01", "used": "2011-06-01", "buffer_eia": 120.0},
        {"id": "D", "code": "G1", "start": "2010-01-01", "area_declared": 9000.0},
    ]
    more = {
        "scheme": "gb50137",
        "park": "K",
        "phase": "1",
        "district": "E",
        "planned_code": "M1",
        "finish": "2011-01-01",
    }
    parcels = [p | more | {"released": p["start"], "wkt": square(100 * k, 30, 80)} for k, p in enumerate(land)]
    papers = [*_papers("A", 0, "2009-06-01"), *_papers("B", 100, "2008-06-01"), *_papers("C", 200, "2009-06-01")]
    unit = {"id": "KG", "kind": "detailed_plan", "start": "2007-01-01", "wkt": square(-50, -50, 350, 400)}
    halls = [
        {"id": "H", "parcel": "A", "use": "factory", "start": "2010-02-01", "wkt": square(10, 40, 40), "floors": 1.0},
        {"id": "I", "parcel": "B", "use": "house", "start": "2008-02-01", "wkt": square(110, 40, 40), "people": 300.0},
        {"id": "J", "parcel": "D", "use": "factory", "start": "2010-02-01", "wkt": square(320, 40, 40), "floors": 1.0},
    ]
    road = {"id": "R", "grade": "secondary", "width": 20.0, "paved": "2009-01-01", "finish": "2009-02-01"}
    pipes = [
        {"id": k, "kind": k, "diameter_mm": 300.0, "start": "2008-01-01", "finish": day, "cover": cover, "wkt": wkt}
        for k, day, cover, wkt in (
            ("water", "2008-06-01", 1.2, "LINESTRING (-40 4, 420 4)"),
            ("gas", "2009-06-01", 0.3, "LINESTRING (-40 -4, 420 -4)"),
            ("power", "2010-06-01", 1.0, "LINESTRING (-40 7, 420 7)"),
        )
    ]
    sources = [
        {
            "id": f"S-{k}",
            "kind": k,
            "capacity": 50.0,
            "start": "2007-01-01",
            "finish": "2008-01-01",
            "wkt": f"POINT (-40 {y})",
        }
        for k, y in (("water", 4), ("gas", -4), ("power", 7))
    ]
    return mini(
        as_of="2026-06-30",
        parks=[frame],
        parcels=parcels,
        buildings=halls,
        approvals=[unit, *papers],
        roads=[road | {"start": "2008-06-01", "wkt": "LINESTRING (-40 0, 420 0)"}],
        pipes=pipes,
        sources=sources,
        facilities=[
            {
                "id": "F",
                "kind": "primary_school",
                "start": "2012-01-01",
                "finish": "2011-01-01",
                "wkt": "POINT (260 200)",
            }
        ],
        control_lines=[{"id": "L", "kind": "farmland", "start": "2005-01-01", "wkt": square(260, 90, 60)}],
        excavations=[{"id": "E", "road": "R", "start": "2010-06-01", "finish": "2010-07-01", "wkt": "POINT (50 0)"}],
        noise_zones=[{"id": "N", "grade": "4a", "start": "2005-01-01", "wkt": square(90, 20, 100)}],
    ).plan


@cache
def before() -> Report:
    return judge(park(), PROFILE)


@cache
def everything() -> list[Ablation]:
    return list(ablations(park(), (0.3, 0.5, 1.0), (0, 1)))


def test_the_park_has_something_to_lose():
    codes = set(before().findings["code"])
    assert {"PB101", "PB102", "PB103", "PB104", "UG201", "UG204", "UG205", "EC601", "ST701", "DA906", "DA907"} <= codes
    assert all(run.outcome != "crashed" for run in before().runs)


@pytest.mark.parametrize("seed", SEEDS)
def test_taking_something_away_breaks_no_promise(seed):
    taken = everything()[np.random.default_rng(seed).integers(len(everything()))]
    assert broken_promises(before(), judge(taken.of(park()), PROFILE), taken, park()) == []


@pytest.mark.parametrize("seed", [*range(4), 11])
def test_what_is_taken_just_where_it_is_found_breaks_no_promise(seed):
    every = list(aimed_ablations(park(), before()))
    assert {("parcels", "released"), ("parcels", "geometry"), ("buildings", "start")} <= {
        (x.layer, x.column) for x in every
    }
    taken = every[np.random.default_rng(seed).integers(len(every))]
    assert broken_promises(before(), judge(taken.of(park()), PROFILE), taken, park()) == []


@pytest.mark.parametrize("layer", ["approvals", "control_lines", "facilities", "parcels", "parks", "pipes"])
def test_a_layer_that_is_dropped_breaks_no_promise_and_makes_no_verdict_pass(layer):
    taken = Ablation(layer)
    after = judge(taken.of(park()), PROFILE)
    assert broken_promises(before(), after, taken, park()) == []
    assert not [v.name for v in after.verdict if v.state == "pass"]
