"""Two scenarios on one page: the difference first, every indicator opens to its causes, swipe shows both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo_planner.show import write_comparison
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from geo_planner.verdict import judge
from tests.show.parks import plan, report
from tests.show.test_still import WATER, placed
from tests.verdict.test_causes import MAIN
from tests.verdict.test_causes import park as late_world

pytestmark = pytest.mark.browser
READY = "window.gpReady === true && GP.idle()"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenario B turns P1 from M2 into R2, brings P2 forward by 100 days and drops P5."""
    one = plan()
    parcels = one["parcels"].copy()
    parcels.loc[1, "code"] = "R2"
    parcels["start"] = parcels["start"].where(parcels["id"] != "P2", parcels["start"] - pd.Timedelta(days=100))
    two = one.with_layer("parcels", parcels[parcels["id"] != "P5"])
    told = report(two)
    told = type(told)(**{**told.__dict__, "findings": told.findings.iloc[1:], "balance": {}})
    path = tmp_path_factory.mktemp("compare") / "compare.html"
    scenario: Any = None
    write_comparison(compare(Judged(scenario, one, report(one)), Judged(scenario, two, told)), path)
    return path


def test_the_difference_is_the_first_view_and_lists_what_changed(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    text = seen.page.locator(".gp-side").inner_text()
    assert "提前 100 天" in text
    assert "M2 二类工业用地" in text
    assert seen.page.locator("[data-mode=diff]").get_attribute("aria-checked") == "true"
    assert seen.page.locator(".gp-difflegend").inner_text().split() == ["删除", "属性变动", "日期变动"]


def test_a_moved_date_leads_to_its_place(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    seen.page.locator(".gp-moverow").click()
    assert seen.page.locator("path.gp-subject").count() == 1
    assert "P2" in seen.page.locator("#gp-live").inner_text()


def test_a_finding_that_is_gone_is_listed(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    assert "− parcels P0：P0（80）" in seen.page.locator(".gp-side").inner_text()


def test_swipe_shows_both_scenarios_beside_each_other(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    seen.page.locator("[data-mode=swipe]").click()
    seen.until(READY)
    seen.page.locator("#gp-swipe").fill("25")
    clips = seen.page.evaluate(
        "['gp-a', 'gp-b'].map(k => GP.map.getPane(k).style.clip.match(/-?[\\d.]+px/g).map(parseFloat))"
    )
    width = seen.page.evaluate("GP.map.getSize().x")
    assert clips[0][1] - clips[0][3] == pytest.approx(width / 4, abs=1)
    assert clips[1][1] - clips[1][3] == pytest.approx(width * 3 / 4, abs=1)


def test_the_language_changes_every_label_of_the_comparison(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    seen.page.locator("#gp-lang").click()
    text = seen.page.locator(".gp-side").inner_text().replace("中文", "")
    assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == []


def test_a_comparison_is_the_same_bytes_twice(page: Path, tmp_path: Path) -> None:
    one = plan()
    scenario: Any = None
    same = compare(Judged(scenario, one, report(one)), Judged(scenario, one, report(one)))
    for name in ("a.html", "b.html"):
        write_comparison(same, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Against the same base: scenario one turns P1 into housing, scenario two drops P5; all three bear one title."""
    one = plan()
    parcels = one["parcels"].copy()
    parcels.loc[1, "code"] = "R2"
    scenario: Any = None
    base = Judged(scenario, one, report(one))
    others = [
        replace(one.with_layer("parcels", parcels), name="homes"),
        replace(one.with_layer("parcels", one["parcels"].iloc[:5]), name="less"),
    ]
    path = tmp_path_factory.mktemp("three") / "compare.html"
    write_comparison([compare(base, Judged(scenario, other, report(other))) for other in others], path)
    return path


def test_several_scenarios_stand_side_by_side_and_one_is_looked_at(three: Path, visit: Callable[..., Any]) -> None:
    seen = visit(three, ready=READY)
    assert seen.page.locator(".gp-matrix thead th").all_inner_texts() == ["", "A", "B1", "B2"]
    assert seen.page.locator("h1").inner_text() == "小园区（toy） → 小园区（homes）"
    assert seen.page.locator(".gp-difflegend").inner_text().split() == ["属性变动"]
    seen.page.locator("[data-pair='1']").click()
    seen.until(READY)
    assert seen.page.locator("h1").inner_text() == "小园区（toy） → 小园区（less）"
    assert seen.page.locator(".gp-difflegend").inner_text().split() == ["删除"]
    seen.page.locator("[data-mode=b]").click()
    seen.until(READY)
    assert seen.page.evaluate("GP.surface.layers.find(l => l.spec.source === 'parcels').data.n") == 5


def test_comparisons_of_different_bases_are_refused() -> None:
    one, scenario = plan(), None
    other = one.with_layer("parcels", one["parcels"].iloc[:3])
    here, there = Judged(scenario, one, report(one)), Judged(scenario, other, report(other))
    with pytest.raises(ValueError, match="same first scenario"):
        write_comparison([compare(here, there), compare(there, here)], Path("never.html"))


def test_the_map_opens_on_an_extension_outside_the_park_too(tmp_path: Path, visit: Callable[..., Any]) -> None:
    now = plan()
    more = now["parcels"].iloc[:1].assign(id="X1")
    more = more.set_geometry(more.translate(xoff=3_000.0))
    wider = now.with_layer("parcels", pd.concat([now["parcels"], more], ignore_index=True))
    scenario: Any = None
    one = Judged(scenario, now, report(now))
    write_comparison(compare(one, Judged(scenario, wider, report(wider))), tmp_path / "c.html")
    seen = visit(tmp_path / "c.html", ready=READY)
    west, _, east, _ = more.to_crs(4326).total_bounds
    view = seen.page.evaluate("[GP.map.getBounds().getWest(), GP.map.getBounds().getEast()]")
    assert view[0] < west < east < view[1]


def test_it_opens_on_its_sentence_its_verdicts_and_the_causes_that_changed(
    page: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(page, ready=READY)
    assert "2.00 公顷土地改变用途" in seen.page.locator("#gp-outlook").inner_text()
    heads = seen.page.locator(".gp-panel-figures > *").evaluate_all("all => all.map(e => e.id || e.className)")
    assert heads[0] == "gp-outlook"
    assert heads[2] == "gp-causes"
    states = seen.page.locator(".gp-ab .gp-state").all_inner_texts()
    assert set(states) <= {"合格", "不合格", "证据不足"}
    assert len(states) == 2 * seen.page.locator(".gp-ab").count()


def test_a_cause_that_changed_is_a_line_that_leads_to_its_places(page: Path, visit: Callable[..., Any]) -> None:
    seen = visit(page, ready=READY)
    line = seen.page.evaluate(
        """() => {
          const cause = { state: 'new', zh: '甲', en: 'A', before: 0, after: 2, places: [['parcels', 'P2']] };
          const shown = [], go = (text, list) => { shown.push(...list); return GP.h('i', { text }); };
          const row = GP.compareCauses({ causes: [cause], cause_counts: { new: 1, gone: 0, kept: 3 } }, go);
          return [row.innerText || row.textContent, shown];
        }"""
    )
    assert line == ["成因：新增 1、消除 0、保留 3+甲0 → 2", [["parcels", "P2"]]]


@pytest.mark.parametrize(("lang", "gap"), [("zh", "相差 730 天"), ("en", "730 days")])
def test_a_new_cause_opens_to_the_still_of_its_proof(
    lang: str, gap: str, visit: Callable[..., Any], tmp_path: Path
) -> None:
    """The main W is accepted on 2012-05-31 in place of 2009: parcel B, begun on 2010-06-01, waits 730 days."""
    early, late = (
        placed(late_world(as_of="2026-06-30", pipe={**MAIN, "finish": day})) for day in ("2009-01-01", "2012-05-31")
    )
    scenario: Any = None
    pair = compare(*(Judged(scenario, world, judge(world, WATER, only=["UG201"])) for world in (early, late)))
    write_comparison(pair, tmp_path / "c.html")
    seen = visit(tmp_path / "c.html", ready=READY)
    if lang == "en":
        seen.page.locator("#gp-lang").click()
    row = seen.page.locator(".gp-causerow.gp-c-new")
    assert row.count() == 1
    row.locator(".gp-still-box summary").click()
    row.locator("svg.gp-still text").first.wait_for(state="attached")  # it is drawn a moment after the click
    words = row.locator("svg.gp-still text").all_text_contents()
    assert gap in words
    assert {"2010-06-01", "2012-05-31"} <= set(words)
