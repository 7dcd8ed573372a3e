"""Edits proposed in the page come out as a scenario that `read_scenario` reads back, edit by edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_planner.plan import Edit, apply
from geo_planner.read.scenario import read_scenario
from geo_planner.show import write_map
from tests.show.parks import plan, report

pytestmark = pytest.mark.browser
BASE = 'name = "toy"\nlayers = ["parcels.geojson"]\n'


def downloaded(seen: Any, folder: Path) -> tuple[Edit, ...]:
    with seen.page.expect_download() as got:
        seen.page.locator("#gp-download-edits").click()
    (folder / "toy.toml").write_text(BASE, encoding="utf-8")
    (folder / "parcels.geojson").write_text("{}", encoding="utf-8")
    got.value.save_as(folder / "proposed.toml")
    return tuple(read_scenario(folder / "proposed.toml").edits)


def test_dates_and_use_set_in_the_page_are_edits_of_a_scenario(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    seen.page.evaluate("GP.open({layer: 'parcels', id: 'P2'})")
    seen.page.get_by_text("提出修改").click()
    form = seen.page.locator(".gp-edit")
    form.locator("[name=start]").fill("2015-03-01")
    form.locator("[name=code]").fill("B1")
    form.locator("[name=why]").fill('等"管网"\\到位')
    form.locator("[name=who]").fill("王工")
    form.get_by_role("button", name="加入方案").click()
    edits = downloaded(seen, tmp_path)
    assert [(e.kind, e.layer, e.id, dict(e.value)) for e in edits] == [
        ("retime", "parcels", "P2", {"start": "2015-03-01"}),
        ("set", "parcels", "P2", {"code": "B1"}),
    ]
    assert edits[0].reason == '等"管网"\\到位（王工）'
    changed = apply(toy, edits)["parcels"].set_index("id").loc["P2"]
    assert (str(changed["start"].date()), changed["code"]) == ("2015-03-01", "B1")


def test_a_bar_dragged_in_the_proof_moves_its_feature(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    seen.page.evaluate("GP.open({f: 2})")  # R1 before S1
    bar = seen.box(".gp-proof-row[data-id=S1]")
    x, y = bar["x"] + bar["width"] / 2, bar["y"] + 4
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x - 60, y, steps=4)
    seen.page.mouse.up()
    (edit,) = downloaded(seen, tmp_path)
    assert (edit.kind, edit.layer, edit.id) == ("retime", "pipes", "S1")
    days = edit.value["shift_days"]
    assert isinstance(days, int)
    assert -300 < days < -50  # 60 of 324 px of a span of 580 days and its margins
    moved = apply(toy, [edit])["pipes"].set_index("id").loc["S1", "finish"]
    assert (moved - toy["pipes"].set_index("id").loc["S1", "finish"]).days == days


def test_leaving_with_edits_that_no_file_holds_is_asked_about(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    asks = "(() => { const e = new Event('beforeunload', {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented; })()"
    assert not seen.page.evaluate(asks)
    seen.page.evaluate("GP.edits.shift('parcels', 'P1', 30)")
    assert seen.page.evaluate(asks)
