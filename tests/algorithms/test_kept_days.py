"""Times of shortage from days that were looked into for other plans are those of a first look."""

from __future__ import annotations

import random
from dataclasses import astuple, replace

import numpy as np

from geo_planner.algorithms.flow.capacity import Load, Shortage, positions, shortages
from geo_planner.algorithms.networks.noding import NEVER, day_numbers
from geo_planner.facts.utilities import service
from tests.algorithms.test_ample import _town as town


def plain(cases: list[Shortage]) -> list[list[object]]:
    return [[v.tolist() if isinstance(v, np.ndarray) else v for v in astuple(case)] for case in cases]


def test_shortages_with_a_memory_are_those_without():
    rng = random.Random(5)
    told, reused = 0, 0
    for _ in range(4):
        plan = town(rng)
        found = service(plan, "water", reach=30.0)
        count = len(plan["parcels"])
        load = Load(
            demand=np.array([rng.choice([0.0, 50.0, 120.0]) for _ in range(count)]),
            since=day_numbers(plan["parcels"]["used"]),
            until=day_numbers(plan["parcels"]["removed"]),
            along=positions(found, plan.layers["parcels"].geometry.to_numpy()),
        )
        net, rooms = found.network, plan["sources"]["capacity"].to_numpy(dtype=float)
        room = (plan["pipes"]["capacity"].to_numpy(dtype=float)[net.rows], rooms[net.source])
        known: dict[bytes, object] = {}
        hits = []

        def keep(compute, what, known=known, hits=hits):
            hits.append(what in known)
            if what not in known:
                known[what] = compute()
            return known[what]

        for _ in range(12):
            since = load.since.copy()
            at = rng.randrange(count)
            since[at] = min(NEVER, since[at] + rng.choice([-400, -30, 30, 400])) if since[at] < NEVER else since[at]
            load = replace(load, since=since)
            days = np.unique(np.concatenate([since, load.until, net.done, net.gone, net.opened, net.closed]))
            days = days[(days >= since.min()) & (days < NEVER)]
            fresh = shortages(found, load, room, days)
            assert plain(shortages(found, load, room, days, keep)) == plain(fresh)
            told += len(fresh)
        reused += sum(hits)
    assert told > 20
    assert reused > 200
