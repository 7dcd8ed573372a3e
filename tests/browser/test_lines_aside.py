"""Utility lines in one street: moved apart by kind where the map is too small to show them apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo_planner.show import write_map
from tests.show.parks import CRS, X, Y, plan, report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A water main and a sewer drawn on the very same line, one from west to east, the other back."""
    ends = [(X, Y - 20), (X + 720, Y - 20)]
    lines = [shapely.LineString(ends), shapely.LineString(ends[::-1])]
    pipes = gpd.GeoDataFrame({"id": ["W1", "S1"], "kind": ["water", "sewer"]}, geometry=lines, crs=CRS)
    toy, path = plan().with_layer("pipes", pipes), tmp_path_factory.mktemp("street") / "map.html"
    write_map(toy, report(toy), path)
    return path


def test_two_kinds_on_one_line_lie_in_strips_of_their_own_at_street_scale(
    street: Path, visit: Callable[..., Any]
) -> None:
    """Two kinds from the water to the sewer, 2.4 pixels each, the water to the north, whichever way they were drawn."""
    seen = visit(street)
    moved = seen.page.evaluate(
        """['pipes-water', 'pipes-sewer'].map(id => {
          const l = GP.byId[id]; return GP.aside(l.data, 0, GP.asideOf(l, 0.8)).map(v => Math.round(v * 10) / 10); })"""
    )
    assert [round(down, 1) for _, down in moved] == [-6.0, -1.2]
    assert [abs(round(right, 1)) for right, _ in moved] <= [0.2, 0.2]


def test_from_afar_and_from_near_lines_lie_where_they_are(street: Path, visit: Callable[..., Any]) -> None:
    seen = visit(street)
    at = "[0.2, 0.8, 2.5].map(metre => GP.asideOf(GP.byId['pipes-water'], metre) !== 0)"
    assert seen.page.evaluate(at) == [False, True, False]
    assert seen.page.evaluate("GP.asideOf(GP.byId.roads, 0.8)") == 0


def test_a_line_is_hit_where_it_is_drawn(street: Path, visit: Callable[..., Any]) -> None:
    seen = visit(street)
    hits = seen.page.evaluate(
        """(() => { const l = GP.byId['pipes-water'], c = l.bounds(0).getCenter(), out = [];
          GP.map.setView(c, 16, { animate: false });
          const at = GP.map.latLngToContainerPoint(c);
          for (const down of [-6, 6]) { const p = GP.map.containerPointToLatLng([at.x, at.y + down]);
            out.push(GP.surface.pick(p, 2).map(x => x.layer.text(x.i, 'id')).filter(id => id === 'W1').length); }
          return out; })()"""
    )
    assert hits == [1, 0]
