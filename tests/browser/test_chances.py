"""Chances of openings on the page: a tab beside the works, a part of each card; nothing where none were drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo_planner.schedule import Risk
from geo_planner.show import Extras, write_map
from tests.show.parks import plan, report

pytestmark = pytest.mark.browser


def drawn() -> Risk:
    """P1 may open 20 days early in a quarter of the draws, for want of W1; P2 is safe."""
    parcels = pd.DataFrame({"id": ["P1", "P2"], "chance": [0.25, 0.0], "mean_days": [20.0, 0.0]})
    parcels["p90_days"], parcels["planned"] = [40.0, 0.0], pd.to_datetime(["2013-01-01", "2015-01-01"])
    for q, day in ((10, "2013-01-01"), (50, "2013-01-20"), (90, "2013-03-02")):
        parcels[f"opens_p{q}"] = pd.to_datetime([day, "2015-01-01"])
    parcels["waits_for"] = ["pipes/W1", ""]
    pipes = pd.DataFrame(
        {"id": ["W1", "S1"], "kind": ["water", "sewer"], "carried": [5.0, 0.0], "share": [1.0, 0.0]}
    ).assign(contractor="")
    return Risk(parcels, pipes, pd.DataFrame({"contractor": []}), int(np.int64(1000)))


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    toy, path = plan(), tmp_path_factory.mktemp("chances") / "map.html"
    write_map(toy, report(toy), path, extras=Extras(risk=drawn()))
    return path


def test_the_tab_lists_parcels_and_the_works_that_carry_the_risk(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.set({dock: true})")
    seen.page.get_by_role("tab", name="投用风险").click()
    rows = seen.page.locator(".gp-odd").all_inner_texts()
    assert [r.split() for r in rows] == [
        ["P1", "25%", "2013-01/01/03"],
        ["P2", "0%", "2015-01/01/01"],
        ["W1", "100%", "给水管线"],
    ]
    seen.page.locator(".gp-odd").first.click()
    card = seen.page.locator(".gp-odds-of").inner_text()
    assert "25%" in card
    assert "2013-01 / 2013-01 / 2013-03" in card
    assert "W1" in card
    seen.page.evaluate("GP.set({lang: 'en'})")
    assert "Chance to open before its services" in seen.page.locator(".gp-odds-of").inner_text()
    assert "1,000 draws: chance" in seen.page.locator(".gp-odds").inner_text()


def test_a_parcel_that_was_not_drawn_says_so(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.open({layer: 'parcels', id: 'P5'})")
    assert "未抽取" in seen.page.locator(".gp-odds-of").inner_text()


def test_without_draws_there_is_neither_tab_nor_part_of_the_card(tmp_path: Path, visit: Callable[..., Any]) -> None:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    seen.page.evaluate("GP.set({dock: true}); GP.open({layer: 'parcels', id: 'P1'})")
    seen.until("document.querySelector('.gp-gantt-all') !== null")
    assert seen.page.locator(".gp-odds-of, .gp-odd-tabs").count() == 0
