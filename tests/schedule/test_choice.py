"""Paths and other choices are made inside the problem: the answer is the best of all, and the bound says how good."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.schedule import Links, Network, Options, arcs_of, least_change, schedule_plan
from geo_planner.schedule.choice import Choices
from geo_planner.verdict import judge

from .small import net, networks


def choices(network: Network, groups: list[list[list[tuple[str, str, int, float]]]], need: float = 1.0) -> Choices:
    """Return groups of options of members (before, after, gap between starts, weight)."""
    rows = [(g, o, *m) for g, options in enumerate(groups) for o, members in enumerate(options) for m in members]
    number, option, before, after, gap, weight = zip(*rows, strict=True)
    arcs = arcs_of(network.tasks, Links(before=before, after=after, link=["SS"] * len(rows), gap=gap))
    place = {pair: k for k, pair in enumerate(sorted(set(zip(number, option, strict=True))))}
    options = np.array([place[pair] for pair in zip(number, option, strict=True)])
    return Choices(arcs, np.array(number), options, np.array(weight, float), np.full(len(rows), need))


def slowly(network: Network, groups: list, need: float, days: range) -> float:
    """Return the least cost over every choice of starts that keeps every rule and every group."""
    tasks, arcs = network.tasks, network.arcs
    row = {name: k for k, name in enumerate(tasks.ids)}
    free = [[int(s)] if f else days for s, f in zip(tasks.start, tasks.frozen, strict=True)]
    start = np.stack(np.meshgrid(*free, indexing="ij")).reshape(tasks.n, -1)
    kept = (start[arcs.after] >= start[arcs.before] + arcs.lag[:, None]).all(axis=0)
    for options in groups:
        come = [sum(w * (start[row[a]] >= start[row[b]] + gap) for b, a, gap, w in o) >= need for o in options]
        kept &= np.any(come, axis=0)
    shift = start[:, kept] - tasks.start[:, None]
    cost = tasks.later @ np.maximum(shift, 0) + tasks.earlier @ np.maximum(-shift, 0)
    return float(cost.min(initial=float("inf")))


def test_of_two_pipes_the_nearer_one_moves():
    # The use on day 10 waits for one of two pipes: moving the first costs 101, the second 2 * 26 = 52; putting the use
    # off for the first would cost 3 * 101.
    network = net({"near": (0, 111), "far": (0, 36), "use": (0, 10)}, later=[1, 1, 90], earlier=[1, 2, 9])
    both = choices(network, [[[("near", "use", 0, 1.0), ("far", "use", 0, 1.0)]]])
    done = least_change(network, choices=both)
    assert (done.cost, done.bound, done.status) == (52.0, 52.0, "optimal")
    assert done.start.tolist() == [111, 10, 10]


def test_a_gate_opens_when_members_of_enough_weight_have_come():
    # Half of the land is enough: the two small plants (0.25 each) are nearer than the large one.
    network = net({"large": (0, 90), "one": (0, 14), "two": (0, 17), "home": (0, 10)}, later=[1, 1, 1, 9])
    gate = choices(
        network, [[[("large", "home", 0, 0.5), ("one", "home", 0, 0.25), ("two", "home", 0, 0.25)]]], need=0.5
    )
    done = least_change(network, choices=gate)
    assert (done.cost, done.status, done.start.tolist()) == (11.0, "optimal", [90, 10, 10, 10])


@st.composite
def problems(draw):
    """Return a small network and groups of alternatives between its tasks."""
    network = draw(networks(most=3, horizon=4))
    names = [str(i) for i in network.tasks.ids]
    pair = st.sampled_from(list(itertools.combinations(names, 2)))
    member = st.tuples(pair, st.integers(0, 3), st.sampled_from([0.5, 1.0])).map(lambda m: (*m[0], m[1], m[2]))
    options = st.lists(st.lists(member, min_size=1, max_size=3, unique_by=lambda m: m[:2]), min_size=1, max_size=2)
    return network, draw(st.lists(options, min_size=1, max_size=2))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_cost_with_alternatives_is_that_of_trying_everything(problem):
    network, groups = problem
    if any(all(sum(m[3] for m in option) < 1.0 for option in options) for options in groups):
        with pytest.raises(ScheduleError, match="no alternative is enough"):
            least_change(network, choices=choices(network, groups))
        return
    best = slowly(network, groups, 1.0, range(-10, 15))
    done = least_change(network, choices=choices(network, groups))
    if best == float("inf"):
        assert done.status == "infeasible"
    else:
        assert (done.cost, done.bound, done.status) == (best, best, "optimal")


def ring():
    """Return a parcel on a ring of water pipes: the way round the north is declared first, the south is nearer in cost.

    Source at (0, 0), parcel at (200, 0). North: N1, N2 (late by 10 and 91 days); south: S1 alone, late by 52 days.
    """
    pipe = {"kind": "water"}
    return mini(
        parcels=[
            {
                "id": "A",
                "code": "M1",
                "scheme": "gb50137",
                "start": "2020-01-01",
                "wkt": "POLYGON ((195 -5, 205 -5, 205 5, 195 5, 195 -5))",
            }
        ],
        pipes=[
            pipe | {"id": "N1", "finish": "2020-01-11", "wkt": "LINESTRING (0 0, 0 90, 100 90)"},
            pipe | {"id": "N2", "finish": "2020-02-11", "wkt": "LINESTRING (100 90, 200 90, 200 0)"},
            pipe | {"id": "S1", "finish": "2020-02-20", "wkt": "LINESTRING (0 0, 0 -90, 200 -90, 200 0)"},
        ],
        sources=[{"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 0)"}],
    ).plan


def test_the_path_that_costs_least_to_bring_forward_is_taken_not_the_one_declared_first():
    # By the declared dates the north comes first (2020-02-11); but to bring it forward moves two pipes, 10 + 41 = 51
    # days, the south one pipe by 50. To start later costs 41 days at 2 a day.
    done = schedule_plan(ring(), options=Options(judge=False))
    assert (done.cost, done.bound, done.status, done.open) == (50.0, 50.0, "optimal", 0)
    assert [(e.id, dict(e.value)) for e in done.edits] == [("S1", {"finish": "2020-01-01"})]
    assert len(judge(done.plan, only=["UG201"]).findings) == 0


def test_choices_that_nothing_joins_are_solved_apart_and_their_bounds_add_up():
    # Twice the two pipes (52 each), and two works of which one breaks a plain link by 7 days: 52 + 52 + 7.
    one = {"near": (0, 111), "far": (0, 36), "use": (0, 10)}
    tasks = {f"{k}{n}": v for n in (1, 2) for k, v in one.items()} | {"first": (0, 7), "then": (0, 0)}
    prices = {"later": [1, 1, 90, 1, 1, 90, 9, 1], "earlier": [1, 2, 9, 1, 2, 9, 9, 9]}
    network = net(tasks, [("first", "then", "SS", 0)], **prices)
    both = choices(network, [[[(f"near{n}", f"use{n}", 0, 1.0), (f"far{n}", f"use{n}", 0, 1.0)]] for n in (1, 2)])
    done = least_change(network, choices=both)
    assert (done.cost, done.bound, done.status) == (111.0, 111.0, "optimal")
