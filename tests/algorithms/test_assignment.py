"""Assignments under capacities against trying every choice, and what a program without a solution says."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_array

from geo_planner.algorithms.assignment import matching
from geo_planner.algorithms.assignment.knapsack import best_picks, knapsack_bound
from geo_planner.algorithms.assignment.problem import Assignment
from geo_planner.algorithms.assignment.restarts import Restarts
from geo_planner.algorithms.assignment.solve import assign, exchange_table, shifted
from geo_planner.algorithms.kernels import loops
from geo_planner.algorithms.programs.conflict import conflict, give_of, least_conflict
from geo_planner.algorithms.programs.program import Effort, Program, sparse_rows, timed

EXACT = Effort(gap=0.0)


def _agents(seed: int, items: int = 6, agents: int = 3) -> tuple[Assignment, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    cost, weight = random.integers(5, 40, (agents, items)), random.integers(3, 20, (agents, items))
    room = np.full(agents, int(weight.mean() * items / agents) + 4)
    agent, item = np.divmod(np.arange(agents * items), items)
    use = sparse_rows(agent, np.arange(agents * items), weight.ravel(), (agents, agents * items))
    return Assignment(item, cost.ravel().astype(float), use, room.astype(float)), cost, weight, room


def _best_of_all(cost: np.ndarray, weight: np.ndarray, room: np.ndarray) -> float:
    best, at = np.inf, np.arange(cost.shape[1])
    for place in product(range(len(room)), repeat=cost.shape[1]):
        where = np.array(place)
        if (np.bincount(where, weight[where, at], len(room)) <= room).all():
            best = min(best, float(cost[where, at].sum()))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_assignment_is_the_best_of_all_choices(seed):
    problem, cost, weight, room = _agents(seed)
    best, found = _best_of_all(cost, weight, room), assign(problem, EXACT)
    if np.isinf(best):
        assert found.infeasible and found.chosen is None
    else:
        assert (found.value, found.bound, found.proved) == (best, best, True)
        assert problem.fits(found.chosen)


def test_an_item_too_heavy_for_every_place_makes_it_infeasible():
    use = sparse_rows([0, 1], [0, 1], [5.0, 5.0], (2, 2))
    assert assign(Assignment(np.array([0, 0]), np.ones(2), use, np.array([4.0, 4.0])), EXACT).infeasible


def test_options_that_draw_on_two_capacities_fit_both():
    """Item 0 would go to the cheap option, but its power is needed by item 1, which has no other."""
    use = sparse_rows([0, 1, 0, 1], [0, 0, 1, 2], [1.0, 4.0, 1.0, 4.0], (2, 3))
    found = assign(Assignment(np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0]), use, np.array([1.0, 4.0])), EXACT)
    assert (found.chosen.tolist(), found.value) == ([1, 2], 5.0)


def test_the_same_input_gives_the_same_answer():
    problem = _agents(1, items=40, agents=5)[0]
    one, two = assign(problem, EXACT), assign(_agents(1, items=40, agents=5)[0], EXACT)
    assert one.chosen.tolist() == two.chosen.tolist() and one.bound == two.bound


def test_a_clock_that_has_run_out_still_leaves_an_answer_and_a_bound():
    problem = _agents(2, items=40, agents=5)[0]
    found = assign(problem, Effort(gap=0.0, seconds=1.0, clock=lambda: 5.0))
    assert found.chosen is not None and found.bound <= found.value


def test_the_clock_of_an_effort_is_read_only_where_there_are_seconds():
    def clock() -> float:
        raise AssertionError

    assert timed(None, clock).left() == np.inf


@pytest.mark.parametrize("seed", range(5))
def test_a_knapsack_picks_the_best_of_all_subsets(seed):
    random = np.random.default_rng(seed)
    profit, weight, room = (
        random.integers(-5, 20, (2, 8)).astype(float),
        random.integers(1, 9, (2, 8)),
        np.array([12, 17]),
    )
    take, value = best_picks(profit, weight, room)
    for place in range(2):
        sets = [np.array(s, dtype=bool) for s in product([False, True], repeat=8)]
        best = max(profit[place][s].sum() for s in sets if weight[place][s].sum() <= room[place])
        assert value[place] == best == profit[place][take[place]].sum()
        assert weight[place][take[place]].sum() <= room[place]


def _shares(limits: dict[str, tuple[float, float]]) -> tuple[Program, list[str]]:
    """Three parcels of 10 that are works or homes, and limits on the works in all and on the homes."""
    rows, columns, values, low, high, group = [], [], [], [], [], []
    for k in range(3):
        rows += [k, k]
        columns += [2 * k, 2 * k + 1]
        values += [1.0, 1.0]
        low, high, group = [*low, 1.0], [*high, 1.0], [*group, ""]
    for name, (least, most) in limits.items():
        use = 0 if name.startswith("works") else 1
        rows += [len(low)] * 3
        columns += [use, use + 2, use + 4]
        values += [10.0] * 3
        low, high, group = [*low, least], [*high, most], [*group, name]
    body = sparse_rows(rows, columns, values, (len(low), 6))
    return Program(np.zeros(6), body, np.array(low), np.array(high), np.ones(6, dtype=bool)), group


def test_the_two_bands_that_cannot_hold_together_are_named_and_the_third_is_not():
    program, group = _shares({"works at least": (20, 99), "homes at least": (20, 99), "works at most": (0, 30)})
    assert conflict(program, group, EXACT) == ("works at least", "homes at least")
    assert give_of(program, group, "homes at least", EXACT) == pytest.approx(10.0)


def test_bands_that_can_hold_together_are_no_conflict():
    program, group = _shares({"works at least": (10, 99), "homes at least": (20, 99)})
    assert conflict(program, group, EXACT) == ()


def test_the_least_conflict_is_found_among_many_rules():
    rules = [f"r{k}" for k in range(12)]
    assert set(least_conflict(rules, lambda held: not {"r2", "r7", "r9"} <= set(held))) == {"r2", "r7", "r9"}


def test_the_options_chosen_stand_in_the_order_of_the_items_not_of_the_options():
    """Siting read project 0's "not placed", the last option, as the answer of project 1."""
    use = sparse_rows([0, 0], [0, 1], [1.0, 1.0], (1, 4))
    problem = Assignment(np.array([0, 1, 0, 1]), np.array([-1.0, -2.0, 0.0, 0.0]), use, np.array([1.0]))
    assert assign(problem, EXACT).chosen.tolist() == [2, 1]


# --- bounds by knapsacks, and answers from many starts


def test_knapsacks_bound_what_the_relaxation_cannot_see():
    """Two places of 3 and items of 2: each place holds one, so the dear third place (cost 9) takes the third item.

    The relaxation cuts the third item in two halves and pays 1 each; the knapsack bound was never taken at all.
    """
    cost = np.array([[1.0, 1, 1], [1, 1, 1], [9, 9, 9]])
    weight, room = np.full((3, 3), 2), np.array([3, 3, 6])
    assert knapsack_bound((cost, weight, room), np.ones(3), 11.0, 400).bound == pytest.approx(11.0, abs=0.05)


@pytest.fixture(params=["compiled", "numpy"])
def engine(request, monkeypatch) -> None:
    if request.param == "numpy":
        monkeypatch.setattr("geo_planner.algorithms.assignment.knapsack.loops", lambda _: None)
        monkeypatch.setattr("geo_planner.algorithms.assignment.solve.loops", lambda _: None)


@pytest.mark.parametrize("seed", range(4))
def test_compiled_and_numpy_find_the_best_of_all_choices(engine, seed):
    problem, cost, weight, room = _agents(seed)
    best, found = _best_of_all(cost, weight, room), assign(problem, EXACT)
    assert found.value == best


@pytest.mark.parametrize("seed", range(4))
def test_regrouping_all_places_is_exact(seed):
    """All places regrouped at once from the worst start that fits is the whole problem."""
    fast = loops("placing")
    if fast is None:
        pytest.skip("numba is not installed")
    _, cost, weight, room = _agents(seed)
    best = _best_of_all(cost, weight, room)
    table = (cost.astype(float), weight.astype(float), room.astype(float), np.full(3, 0.5))
    found, items, place = fast.regroup(table, np.arange(3), np.arange(6), 1e6, (10**6, 1.0))
    assert found == np.isfinite(best)
    if found:
        assert cost[place, items].sum() == best
        assert (np.bincount(place, weight[place, items], 3) <= room).all()


def test_a_start_fits_and_is_the_same_every_time():
    fast = loops("placing")
    if fast is None:
        pytest.skip("numba is not installed")
    problem, cost, weight, room = _agents(1, items=40, agents=5)
    search = Restarts(exchange_table(problem), problem.relaxed.reduced.reshape(5, 40), fast, whole=True)
    one, two = search.start(0), search.start(0)
    assert one.tolist() == two.tolist()
    assert (np.bincount(one, weight[one, np.arange(40)], 5) <= room).all()
    assert cost[one, np.arange(40)].sum() <= 1.02 * problem.relaxed.value


def test_an_item_moves_to_the_cheaper_option_once_another_has_left_it():
    """Item 0 holds the place of 1; it gains 5 by moving to its free one, and only then item 1 gains 3 by moving in."""
    use = sparse_rows([0, 1, 0], [0, 1, 3], [1.0, 1.0, 1.0], (2, 4))
    problem = Assignment(np.array([0, 0, 1, 1]), np.array([9.0, 4.0, 8.0, 5.0]), use, np.array([1.0, 1.0]))
    assert shifted(problem, np.array([0, 2])).tolist() == [1, 3]


def _market() -> Assignment:
    """Three shops of 10, 8 and 6; two stalls of room 5 that hold one each; power 7 for all, drawn 4, 3 and 2."""
    item = np.array([0, 0, 1, 1, 2, 2, 0, 1, 2])
    cost = np.array([-10.0, -9.0, -8.0, -8.0, -6.0, -3.0, 0.0, 0.0, 0.0])
    use = np.zeros((3, 9))
    use[0, [0, 2, 4]] = use[1, [1, 3, 5]] = [4.0, 3.0, 3.0]
    use[2, :6] = [4.0, 4.0, 3.0, 3.0, 2.0, 2.0]
    return Assignment(item, cost, csr_array(use), np.array([5.0, 5.0, 6.0]))


def test_a_matching_gives_one_item_to_a_place_and_leaves_out_what_overdraws_a_utility(monkeypatch):
    """Best by hand: shops 0 and 1 (-18), which draw 7 of 6; shop 1 loses 8 / 3 a unit, shop 0 10 / 4, so 0 goes."""
    monkeypatch.setattr(matching, "LOCAL", 3)
    search = matching.Matching(_market(), np.array([0.0, 0.0, 1.0]))
    found = search.matched(np.empty(0, dtype=int), 0.0)
    assert sorted(found.tolist()) == [0, 3, 8] and search.overdrawn(found)
    assert sorted(search.fitted(found).tolist()) == [3, 6, 8]


def test_the_price_of_a_utility_makes_the_matching_fit(monkeypatch):
    """At 2.5 a unit times 0.8 the pair of shops 0 and 1 (18 - 14) is worth as much as 1 and 2 (14 - 10), which fits."""
    monkeypatch.setattr(matching, "LOCAL", 3)
    search = matching.Matching(_market(), np.array([0.0, 0.0, 2.5]))
    found = search.matched(np.empty(0, dtype=int), search.factor())
    assert not search.overdrawn(found) and _market().cost[found].sum() == -14.0


def test_one_item_of_each_place_is_taken_out_and_the_rest_stays(monkeypatch):
    """Two items in place 0 and one in place 1: of the two one stays."""
    monkeypatch.setattr(matching, "LOCAL", 3)
    search = matching.Matching(_market(), np.zeros(3))
    stay = search.stay(np.array([0, 2, 5]), np.random.default_rng(0))
    assert len(stay) == 1 and stay[0] in (0, 2)
