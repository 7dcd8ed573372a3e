"""Service with removals, against asking networkx on every day by itself."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.checks.contract import mini
from geo_planner.facts.utilities import service
from geo_planner.plan import Edit, Plan, apply

PLACES = [(0, 0), (100, 0), (200, 0), (0, 100), (100, 100), (200, 100)]
LINKS = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
YEARS = st.sampled_from([2010, 2012, 2014, 2016])
LIVES = st.tuples(YEARS, st.one_of(st.none(), st.sampled_from([2013, 2015, 2018])))


def dated(row: dict[str, Any], life: tuple[int, int | None]) -> dict[str, Any]:
    end = {} if life[1] is None else {"removed": f"{life[1]}-01-01"}
    return row | {"kind": "water", "finish": f"{life[0]}-01-01"} | end


def grid(lives: list[tuple[int, int | None]], source: tuple[int, int | None], shift: int = 0) -> Plan:
    lives = [(a + shift, None if b is None else b + shift) for a, b in [*lives, source]]
    pipes = [
        dated({"id": f"P{k}", "wkt": f"LINESTRING ({x0} {y0}, {x1} {y1})"}, life)
        for k, (life, (a, b)) in enumerate(zip(lives, LINKS, strict=False))
        for (x0, y0), (x1, y1) in [(PLACES[a], PLACES[b])]
    ]
    plots = [{"id": f"N{k}", "wkt": f"POINT ({x} {y})"} for k, (x, y) in enumerate(PLACES)]
    return mini(pipes=pipes, sources=[dated({"id": "S", "wkt": "POINT (0 0)"}, lives[-1])], parcels=plots).plan


def served_on(lives: list[tuple[int, int | None]], source: tuple[int, int | None], year: int) -> list[bool]:
    """Whether each corner has water in the middle of a year, asked of networkx."""
    alive = [a <= year and (b is None or year < b) for a, b in lives]
    graph = nx.Graph()
    graph.add_edges_from(link for link, there in zip(LINKS, alive, strict=True) if there)
    graph.add_node(0)
    live = source[0] <= year and (source[1] is None or year < source[1])
    joined = nx.node_connected_component(graph, 0) if live else set()
    return [k in joined and graph.degree(k) > 0 for k in range(len(PLACES))]


@settings(max_examples=12, deadline=None)
@given(lives=st.lists(LIVES, min_size=7, max_size=7), source=LIVES)
def test_service_on_a_day_is_what_that_days_network_gives(
    lives: list[tuple[int, int | None]], source: tuple[int, int | None]
) -> None:
    found = service(grid(lives, source), "water", reach=1.0)
    for year in range(2009, 2020):
        asked = np.full(len(PLACES), np.datetime64(f"{year}-06-30"))
        assert found.on(asked).served.tolist() == served_on(lives, source, year), year


@settings(max_examples=8, deadline=None)
@given(lives=st.lists(LIVES, min_size=7, max_size=7), source=LIVES)
def test_service_moves_by_a_year_when_all_dates_do(
    lives: list[tuple[int, int | None]], source: tuple[int, int | None]
) -> None:
    now, later = (service(grid(lives, source, shift), "water", reach=1.0).frame for shift in (0, 1))
    for column in ("served", "lost"):
        assert now[column].dt.year.add(1).equals(later[column].dt.year)
    assert now["bottleneck"].tolist() == later["bottleneck"].tolist()


def test_a_day_of_one_utility_leaves_the_service_of_the_others_as_it_was():
    """The power line is later; where pipes lie and the days of water are the same, so is the very service of water."""
    plot = {"id": "A", "wkt": "POLYGON ((10 10, 50 10, 50 50, 10 50, 10 10))"}
    lines = [{"id": k, "kind": k, "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 60 0)"} for k in ("water", "power")]
    roots = [{"id": f"S-{k}", "kind": k, "finish": "2019-01-01", "wkt": "POINT (0 0)"} for k in ("water", "power")]
    plan = mini(parcels=[plot], pipes=lines, sources=roots).plan
    later = apply(plan, [Edit("retime", "pipes", "power", {"finish": "2021-01-01"})])
    assert service(later, "water") is service(plan, "water")
    assert [service(p, "power").frame["served"].iloc[0].year for p in (plan, later)] == [2020, 2021]
