"""Days that one tree shows to be well supplied: by hand, and against the largest flow in random networks."""

from __future__ import annotations

import random

import numpy as np
import pytest

from geo_planner.algorithms.flow import capacity as flows
from geo_planner.algorithms.flow.capacity import Load, positions
from geo_planner.algorithms.networks.noding import NEVER, day_numbers
from geo_planner.checks.contract import mini
from geo_planner.facts.utilities import service
from geo_planner.plan import Plan

PLOTS = [
    {"id": "A", "used": "2020-02-01", "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))"},
    {"id": "B", "used": "2021-05-01", "wkt": "POLYGON ((130 10, 170 10, 170 50, 130 50, 130 10))"},
]
MAIN = {"id": "W", "kind": "water", "finish": "2019-06-01", "capacity": 800.0, "wkt": "LINESTRING (0 0, 200 0)"}
WORKS = {"id": "S", "kind": "water", "finish": "2015-01-01", "capacity": 500.0, "wkt": "POINT (0 0)"}


def told(plan: Plan, demand: list[float]) -> tuple[list[bool], list[bool]]:
    """For each day on which anything changes: whether the tree shows enough, and whether the largest flow is short."""
    found = service(plan, "water", reach=30.0)
    load = Load(
        demand=np.array(demand),
        since=day_numbers(plan["parcels"]["used"]),
        until=day_numbers(plan["parcels"]["removed"]),
        along=positions(found, plan.layers["parcels"].geometry.to_numpy()),
    )
    rooms = plan["sources"]["capacity"].to_numpy(dtype=float)
    room = (plan["pipes"]["capacity"].to_numpy(dtype=float)[found.network.rows], rooms[found.network.source])
    net = found.network
    days = np.unique(np.concatenate([load.since, load.until, net.done, net.gone, net.opened, net.closed]))
    days = days[(days >= load.since.min()) & (days < NEVER)]
    short = [flows._Day(found, load, room, day).short for day in days.tolist()]
    return flows._ample(found, load, room, days).tolist(), short


@pytest.mark.parametrize(
    ("source", "main", "enough"),
    [(500.0, 800.0, [True, True]), (499.0, 800.0, [True, False]), (500.0, 299.0, [False, False])],
)
def test_the_tree_shows_enough_until_a_source_or_a_pipe_is_overloaded(source, main, enough):
    plan = mini(parcels=PLOTS, pipes=[MAIN | {"capacity": main}], sources=[WORKS | {"capacity": source}]).plan
    sure, short = told(plan, [300.0, 200.0])
    assert sure == enough
    assert short == [not e for e in enough]


def test_a_second_way_that_the_tree_does_not_take_is_left_to_the_flow():
    twin = MAIN | {"id": "V", "finish": "2019-07-01"}
    plan = mini(parcels=PLOTS, pipes=[MAIN | {"capacity": 300.0}, twin | {"capacity": 300.0}], sources=[WORKS]).plan
    assert told(plan, [300.0, 200.0]) == ([True, False], [False, False])


def test_no_day_that_the_tree_shows_to_be_supplied_is_short():
    rng = random.Random(13)
    seen = [told(_town(rng), [rng.choice([0.0, 50.0, 120.0]) for _ in range(12)]) for _ in range(40)]
    sure, short = (np.concatenate([one[k] for one in seen]).astype(bool) for k in (0, 1))
    assert not (sure & short).any()
    assert sure.sum() > 100
    assert short.sum() > 100


def _town(rng: random.Random) -> Plan:
    """Streets of a 4 by 4 grid with mains, some of them taken out again, two works, parcels beside the streets."""

    def day(first: int, last: int) -> str:
        return f"{rng.randint(first, last)}-{rng.randint(1, 12):02d}-15"

    ways = [((x, y), (x + 100, y)) for x in (0, 100, 200) for y in (0, 100, 200, 300)]
    ways += [((y, x), (y, x + 100)) for x in (0, 100, 200) for y in (0, 100, 200, 300)]
    pipes = [
        {
            "id": f"W{k}",
            "kind": "water",
            "finish": day(2010, 2018),
            "removed": day(2019, 2024) if rng.random() < 0.1 else None,
            "capacity": rng.choice([None, 150.0, 400.0, 900.0]),
            "wkt": f"LINESTRING ({a[0]} {a[1]}, {b[0]} {b[1]})",
        }
        for k, (a, b) in enumerate(ways)
        if rng.random() < 0.85
    ]
    works = [
        WORKS | {"id": f"S{k}", "capacity": rng.choice([300.0, 600.0]), "wkt": f"POINT ({300 * k} {300 * k})"}
        for k in (0, 1)
    ]
    spots = [(rng.randint(0, 280), rng.choice([2, 102, 202])) for _ in range(12)]
    parcels = [
        {
            "id": f"P{k:02d}",
            "used": day(2012, 2022),
            "removed": day(2022, 2025) if rng.random() < 0.1 else None,
            "wkt": f"POLYGON (({x} {y}, {x + 20} {y}, {x + 20} {y + 20}, {x} {y + 20}, {x} {y}))",
        }
        for k, (x, y) in enumerate(spots)
    ]
    return mini(parcels=parcels, pipes=pipes, sources=works).plan
