"""The Gantt of all works: a row leads to the map, a find on the map to its row, the axis sets the day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_planner.plan import Edit
from geo_planner.show import Extras, write_map
from tests.show.parks import plan, report

pytestmark = pytest.mark.browser
OPEN = "GP.set({dock: true})"
READY = "GP.ganttState().works > 0"


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    toy, path = plan(), tmp_path_factory.mktemp("gantt") / "map.html"
    fixes = (Edit("retime", "pipes", "S1", {"finish": "2011-05-01"}),)
    write_map(toy, report(toy), path, extras=Extras(fixes=fixes))
    return path


def opened(park: Path, visit: Callable[..., Any]) -> Any:
    seen = visit(park)
    seen.page.evaluate(OPEN)
    seen.until(READY)
    return seen


def test_every_dated_work_has_a_row_under_its_park(park: Path, visit: Callable[..., Any]) -> None:
    seen = opened(park, visit)
    # Five parcels have dates, a road and two pipes; all lie in one park, whose name is a row, too.
    assert seen.page.evaluate("[GP.ganttState().works, GP.ganttState().rows]") == [8, 9]
    seen.page.select_option("#gp-gantt-only", "moved")
    assert seen.page.evaluate("GP.ganttState().rows") == 2


def test_a_row_leads_to_the_map_and_the_map_to_its_row(park: Path, visit: Callable[..., Any]) -> None:
    seen = opened(park, visit)
    view = seen.box(".gp-gantt-view")
    y = seen.page.evaluate("GP.ganttState().at('P1')")
    seen.page.mouse.click(view["x"] + 40, view["y"] + y)
    assert seen.page.evaluate("GP.state.select.id") == "P1"
    seen.page.evaluate("GP.set({select: {layer: GP.mainLayer('pipes', 'W1'), id: 'W1'}})")
    seen.until("GP.ganttState().chosen === 'W1'")
    seen.until("(y => y > 0 && y < 128)(GP.ganttState().at('W1'))")
    assert "W1" in seen.page.locator(".gp-gantt-said").inner_text()


def test_the_axis_sets_the_day_and_the_groups_fold(park: Path, visit: Callable[..., Any]) -> None:
    seen = opened(park, visit)
    view = seen.box(".gp-gantt-view")
    seen.page.mouse.click(view["x"] + view["width"] - 20, view["y"] + 6)
    assert seen.page.evaluate("GP.state.day > 14000")
    seen.page.select_option("#gp-gantt-by", "kind")
    before = seen.page.evaluate("GP.ganttState().rows")
    seen.page.mouse.click(view["x"] + 20, view["y"] + 18 + 8)
    assert seen.page.evaluate("GP.ganttState().rows") < before
    assert seen.errors == []
