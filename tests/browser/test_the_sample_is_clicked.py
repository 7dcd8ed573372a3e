"""The sample park's own page: 77 clicks on a grid, and every one reaches what lies under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

import geo_planner as gp
from geo_planner.show import write_map

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser]
GRID = """(() => { const b = GP.model.bounds, r = GP.map.getContainer().getBoundingClientRect(), out = [];
  for (let row = 0; row < 7; row++) for (let col = 0; col < 11; col++) {
    const at = L.latLng(b[1] + (b[3] - b[1]) * (row + 0.5) / 7, b[0] + (b[2] - b[0]) * (col + 0.5) / 11);
    const p = GP.map.latLngToContainerPoint(at); out.push([p.x + r.left, p.y + r.top, at.lng, at.lat]); }
  return out; })()"""
CHOSEN = """(() => { const s = GP.state.select, f = GP.findings; if (!s) return null;
  if (s.f !== undefined) return { kind: 'finding', code: f.code[s.f], layer: f.layer[s.f], id: f.id[s.f], f: s.f };
  return { kind: 'feature', layer: s.layer, id: s.id }; })()"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    judged = gp.run(ROOT / "scenarios" / "susu_base.toml")
    path = tmp_path_factory.mktemp("sample") / "map.html"
    write_map(judged.plan, judged.report, path)
    return judged.plan, judged.report, path


def test_every_click_on_a_parcel_opens_it_or_a_finding_at_that_place(
    sample: tuple[Any, Any, Path], visit: Callable[..., Any]
) -> None:
    plan, report, path = sample
    seen = visit(path, size=(1440, 1000))
    page = seen.page
    points = page.evaluate(GRID)
    assert len(points) == 77
    places = gpd.GeoSeries(gpd.points_from_xy([p[2] for p in points], [p[3] for p in points]), crs=4326).to_crs(
        plan.crs
    )
    parcels = plan["parcels"]
    near = 12 * page.evaluate("GP.map.distance(GP.map.containerPointToLatLng([500, 500]), "
                              "GP.map.containerPointToLatLng([501, 500]))")  # fmt: skip
    hits = 0
    for (x, y, *_), place in zip(points, places, strict=True):
        page.evaluate("GP.set({ select: null })")  # the card of the click before is closed
        covered = "([x, y]) => { const e = document.elementFromPoint(x, y); return !!e.closest('.gp-legend') || !e.closest('.leaflet-container'); }"
        if page.evaluate(covered, [x, y]):
            continue  # under the legend or the tools
        holds = parcels.contains(place) & (parcels.boundary.distance(place) > near / 6)  # more than two pixels inside
        under = set(parcels.loc[holds, "id"])
        page.mouse.click(x, y)
        chosen = page.evaluate(CHOSEN)
        if not under:
            continue
        hits += 1
        assert chosen is not None, (x, y, under)
        if chosen["kind"] == "finding":
            assert chosen["layer"] != "parks", chosen
            shape = report.findings.geometry.iloc[chosen["f"]]
            assert shape.distance(place) <= near, chosen
        else:
            assert (chosen["layer"], chosen["id"] in under) == ("parcels", True), chosen
    assert hits >= 50  # streets, water, the legend and the tools take the rest


def test_the_page_names_the_findings_as_the_report_does(
    sample: tuple[Any, Any, Path], visit: Callable[..., Any]
) -> None:
    """Names are not packed where SHA-256 of code, layers and ids gives them; evidence may borrow a parcel's shape."""
    _, report, path = sample
    seen = visit(path)
    assert seen.page.evaluate("GP.findings.fp") == report.findings["fingerprint"].tolist()
    assert seen.page.evaluate("GP.byId['findings-parcels'].data.n") > 0
    shown = seen.page.evaluate("GP.findings.code.map((_, f) => GP.evidence(f).length)")
    assert [n > 0 for n in shown] == [not e for e in report.findings.geometry.is_empty]
