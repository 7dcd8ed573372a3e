"""What a planner does with the page: pick, search, filter, slide, switch, print, review; asserted as behaviour."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pytest
import rasterio
from folium import plugins
from rasterio.transform import from_bounds

from geo_planner.plan import Edit
from geo_planner.read import read_plan
from geo_planner.read.profile import read_profile
from geo_planner.show import Extras, planner_map, write_map
from geo_planner.show.page.page import bounds_of
from geo_planner.study.review import with_reviews
from geo_planner.verdict import judge as run
from geo_planner.verdict.scores import balance_figures
from tests.shared import shared
from tests.show.parks import plan, report, silent

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),  # inside rasterio
]
PAINTED = """[...document.querySelectorAll('canvas.gp-tile')].reduce((n, c) => {
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }, 0)"""
COLOURS = PAINTED.replace("n += d[i] > 0", "n += d[i] + d[i - 1] + d[i - 2] + d[i - 3]")
PAYLOADS = [
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "${window.pwned=1}",
    "`+(window.pwned=1)+`",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
]


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    toy, path = plan(), tmp_path_factory.mktemp("map") / "map.html"
    write_map(toy, report(toy), path)
    return path


def test_the_page_opens_without_a_request_and_draws(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    assert seen.page.evaluate(PAINTED) > 10_000


def test_the_arrow_key_selects_flies_and_speaks(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.locator("#gp-list").focus()
    for _ in range(2):  # fast on purpose: a wish made during a zoom must win
        seen.page.keyboard.press("ArrowDown")
    seen.until("document.querySelectorAll('path.gp-evidence').length === 1")
    seen.until("""['path.gp-evidence', 'path.gp-subject'].every(name => {
      const b = document.querySelector(name).getBoundingClientRect();
      return b.left > 384 && b.right < 1280 && b.top > 0 && b.bottom < 664 && Math.max(b.width, b.height) > 8; })""")
    chosen = seen.page.locator(".gp-row.gp-on .gp-text").inner_text()
    assert chosen in seen.page.locator("#gp-live").inner_text()
    assert seen.page.locator(".gp-say").inner_text() == chosen


def test_what_was_not_judged_stands_in_the_list_with_its_reason(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, size=(1280, 1200))
    text = seen.page.locator("#gp-list").inner_text()
    assert "缺少图层：buildings" in text
    assert "1 个地块要素：缺开工日期" in text
    assert "出错" in text


def test_what_cannot_be_judged_opens_with_its_features(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, size=(1280, 1200))
    seen.page.locator(".gp-item.gp-k-unknown").click()
    seen.page.locator(".gp-detail").get_by_role("button", name="地块 P5").click()
    assert seen.page.locator(".gp-detail h2").inner_text() == "P5 六"


def test_a_chip_filters_and_the_search_finds(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, size=(1280, 1200))
    count = "document.querySelectorAll('.gp-item').length"
    assert seen.page.evaluate(count) == 6
    seen.page.locator(".gp-chip.gp-k-warning").click()
    assert seen.page.evaluate(count) == 4
    seen.page.locator(".gp-chip.gp-k-warning").click()
    seen.page.get_by_role("searchbox").fill("UG204")
    assert seen.page.evaluate(count) == 1


def test_the_search_finds_features_by_name(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.get_by_role("searchbox").fill("经一路")
    seen.page.locator(".gp-place").click()
    seen.until("document.querySelectorAll('path.gp-subject').length === 1")
    assert "R1" in seen.page.locator(".gp-detail h2").inner_text()


def test_the_detail_shows_value_limit_clause_advice_and_trap(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.locator(".gp-item").first.click()
    text = seen.page.locator(".gp-detail").inner_text()
    for part in ("80 %", "99 %", "城乡规划法 第37条", "先补手续", "核对图形", "地块 P0", "2012-01-01 起"):
        assert part in text, part
    assert "parcels P0: P0 (80)" not in text  # one language a page
    mark = seen.page.locator(".gp-detail dl .gp-trust")
    assert mark.get_attribute("aria-label") == "已见正式文本"


def test_a_click_on_the_map_selects_what_is_there(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    at = seen.page.evaluate("""(() => { const l = GP.byId.parcels, c = l.bounds(l.find('P2')).getCenter(), p = GP.map.latLngToContainerPoint(c),
      r = GP.map.getContainer().getBoundingClientRect(); return [p.x + r.left, p.y + r.top]; })()""")
    seen.page.mouse.click(*at)
    seen.until("!document.querySelector('.gp-detail').hidden")
    assert seen.page.locator(".gp-detail h2").inner_text() == "P2 三"
    assert "R2" in seen.page.locator(".gp-detail").inner_text()


def test_a_dragged_date_is_sketched_and_the_tiles_follow_when_it_rests(park: Path, visit: Callable[..., Any]) -> None:
    """A drag drew every tile again at each step: 319 ms a step at 100,000 parcels."""
    visited = visit(park)
    page = visited.page
    seen = page.evaluate("""async () => {
      const stops = GP.model.stops, frame = () => new Promise(requestAnimationFrame), days = [1, stops.length >> 1, 2];
      const drawn = GP.surface.drawTile, out = { tiles: 0, wrong: [], rows: 0 };
      GP.surface.drawTile = function (...a) { out.tiles++; return drawn.apply(this, a); };
      for (const k of days) {
        GP.set({ day: stops[k] });
        do await frame(); while (GP.waits.size);
        for (const v of [...GP.surface.sketch.land.looks, ...GP.surface.sketch.found]) {
          out.rows += v.ids.length;
          v.ids.forEach((i, q) => v.now[q] === v.layer.status(i, stops[k]) || out.wrong.push([v.layer.id, i]));
        }
      }
      out.sheets = document.querySelectorAll('.gp-sketch').length;
      out.hidden = GP.surface.getContainer().style.visibility;
      return out;
    }""")
    assert (seen["tiles"], seen["wrong"], seen["sheets"], seen["hidden"]) == (0, [], 4, "hidden")
    assert seen["rows"] > 0
    visited.quiet()
    assert page.evaluate("document.querySelectorAll('.gp-sketch').length") == 0
    assert page.evaluate("GP.surface.getContainer().style.visibility") == ""


def test_a_map_that_is_zoomed_while_the_date_moves_shows_its_tiles(park: Path, visit: Callable[..., Any]) -> None:
    visited = visit(park)
    page = visited.page
    page.evaluate("GP.surface.sketchDay(GP.model.stops[1]); GP.map.setZoom(GP.map.getZoom() - 1, { animate: false })")
    visited.quiet()
    assert page.evaluate("document.querySelectorAll('.gp-sketch').length") == 0
    assert page.evaluate("GP.surface.day === GP.model.stops[1]")


def test_the_slider_changes_what_is_drawn_and_listed(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    whole = seen.page.evaluate(COLOURS)
    seen.page.locator("#gp-time").focus()
    seen.page.keyboard.press("Home")
    seen.quiet()
    assert seen.page.locator(".gp-when").inner_text() == "2010 年第 1 季度"
    assert seen.page.evaluate("GP.byId.parcels.status(GP.byId.parcels.find('P0'), GP.state.day)") == 1
    assert seen.page.evaluate("GP.byId.parcels.status(GP.byId.parcels.find('P1'), GP.state.day)") == 0
    assert seen.page.evaluate("document.querySelectorAll('.gp-item.gp-k-error').length") == 0
    first = seen.page.evaluate(COLOURS)
    seen.page.keyboard.press("End")
    seen.quiet()
    assert seen.page.evaluate("GP.state.day") is None
    assert first != whole == seen.page.evaluate(COLOURS)


def test_the_curves_follow_the_date_and_a_click_on_them_sets_it(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.get_by_role("button", name="进度图表").click()
    seen.page.evaluate("GP.set({day: Math.round(Date.parse('2014-06-30') / 864e5)})")
    legend = seen.page.locator(".gp-chart").first.locator(".gp-keys").inner_text()
    assert "工业 2" in legend  # P0 and P1, one hectare each
    box = seen.box(".gp-chart svg")
    seen.page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 40)
    assert seen.page.evaluate("GP.state.day > Math.round(Date.parse('2017-01-01') / 864e5)")


def test_a_bar_of_the_works_leads_to_its_place(park: Path, visit: Callable[..., Any]) -> None:
    """Where a plan has more works than the Gantt of all takes, those under way on the day shown stand for them."""
    seen = visit(park)
    seen.page.evaluate("GP.model.gantt = null; GP.set({dock: true, day: Math.round(Date.parse('2014-06-30') / 864e5)})")
    assert seen.page.locator(".gp-task").count() == 1
    seen.page.locator(".gp-task").click()
    assert seen.page.evaluate("GP.state.select.id") == "P2"


def test_play_runs_and_stops(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.get_by_role("button", name="播放").click()
    seen.until("GP.state.day !== null && +document.getElementById('gp-time').value >= 2")
    seen.page.get_by_role("button", name="暂停").click()
    at = seen.page.evaluate("GP.state.day")
    seen.page.evaluate("new Promise(done => setTimeout(done, 700))")
    assert seen.page.evaluate("GP.state.day") == at


def test_the_language_changes_every_label(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.set({dock: true})")
    for tab in ("findings", "layers", "figures"):
        seen.page.evaluate(f"GP.set({{tab: '{tab}', lang: 'en', day: 16000}})")
        named = "[...document.querySelectorAll('[aria-label],[title],[placeholder]')].flatMap(e => ['aria-label','title','placeholder'].map(a => e.getAttribute(a) || '')).join(' ')"
        text = seen.page.locator("body").inner_text() + seen.page.evaluate(named)
        for own in ("中文", "城乡规划法 第37条", "一", "二", "三", "四", "五", "六", "甲地块", "经一路", "地块.shp"):
            text = text.replace(own, "")
        assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == [], tab
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert seen.page.title().startswith("Small park")


def test_a_link_opens_what_its_sender_saw(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate(
        "GP.set({lang: 'en', theme: 'dark', day: 16000, dock: true, hidden: {roads: 1}, style: {parcels: 1}, select: {f: 2}})"
    )
    seen.quiet()
    sent = seen.page.evaluate("GP.hash.text()")
    again = visit(park, hash_=sent)
    assert again.page.evaluate("GP.hash.text()") == sent
    assert again.page.locator(".gp-say").inner_text() == "roads R1: S1 (579)"
    assert again.page.evaluate("[GP.byId.roads.shown, GP.byId.parcels.styleAt]") == [False, 1]


def test_a_permalink_to_a_finding_opens_it(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_="#f=000000000002")
    assert seen.page.locator(".gp-dhead h2").inner_text() == "UG204 标题"


def test_layers_and_classes_can_be_switched(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.get_by_role("tab", name="图层").click()
    whole = seen.page.evaluate(PAINTED)
    seen.page.get_by_label("地块").uncheck()
    seen.page.get_by_label("园区范围").uncheck()
    seen.quiet()
    assert seen.page.evaluate(PAINTED) < whole
    seen.page.get_by_label("地块").check()
    seen.page.locator("#gp-y-parcels").select_option("1")
    assert "M1 一类工业用地" in seen.page.locator(".gp-panel-layers").inner_text()


def test_every_score_opens_with_its_formula_and_its_checks(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_="")
    seen.page.locator(".gp-score").nth(0).click()
    opened = seen.page.locator("#gp-fig-s1")
    assert opened.evaluate("e => e.open")
    assert "S1 =" in opened.inner_text()
    opened.get_by_role("button", name="PB101").click()
    assert seen.page.locator("path.gp-hl").count() == 2


def test_the_shares_of_the_page_leave_infrastructure_out_as_the_engine_does(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    toy = plan()
    roads = toy.with_layer("parcels", toy["parcels"].assign(code=["M1", "M2", "R2", "B1", "S1", "G1"]))
    write_map(roads, None, tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    sums = seen.page.evaluate("GP.shareOn(null)")
    engine = balance_figures(roads)
    total = sums["production"] + sums["living"] + sums["ecology"]
    for name in ("production", "living", "ecology"):
        assert sums[name] / total == pytest.approx(engine[f"{name}_share"], abs=1e-6)
    assert sums["shared"] == pytest.approx(10_000)


def test_the_review_is_kept_and_downloaded(park: Path, visit: Callable[..., Any], tmp_path: Path) -> None:
    seen = visit(park)
    seen.page.locator(".gp-item").first.click()
    seen.page.get_by_role("button", name="豁免").click()
    seen.page.get_by_placeholder("审查人").fill("王工")
    seen.page.get_by_role("button", name="保存").click()
    assert seen.page.locator(".gp-warn").inner_text() == "请填写豁免理由"
    seen.page.get_by_placeholder("豁免理由").fill("现状保留")
    seen.page.get_by_role("button", name="保存").click()
    with seen.page.expect_download() as got:
        seen.page.get_by_role("button", name="下载审查意见").click()
    got.value.save_as(tmp_path / "review.json")
    said = json.loads((tmp_path / "review.json").read_text(encoding="utf-8"))
    assert said["plan"] == plan().digest
    assert [(m["fingerprint"], m["verdict"], m["reviewer"], m["reason"]) for m in said["marks"]] == [
        ("000000000000", "waived", "王工", "现状保留")
    ]
    back = with_reviews(report(plan()), [tmp_path / "review.json"])
    assert back.reviews["000000000000"]["reason"] == "现状保留"
    seen.page.reload()
    seen.quiet()
    assert seen.page.locator(".gp-item").first.locator(".gp-code").inner_text() == "豁免"


def test_a_waiver_that_comes_back_shows_as_waived_and_goes_out_again(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    mark = {
        "fingerprint": "000000000001",
        "verdict": "waived",
        "reason": "现状",
        "reviewer": "李工",
        "date": "2026-01-02",
        "comment": "",
    }
    write_map(toy, replace(report(toy), reviews={"000000000001": mark}), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    assert seen.page.locator(".gp-item").nth(1).locator(".gp-code").inner_text() == "豁免"
    sent = seen.page.evaluate("GP.review.document().marks")
    assert [(m["fingerprint"], m["verdict"], m["reviewer"]) for m in sent] == [("000000000001", "waived", "李工")]


def test_no_script_of_the_data_runs_in_any_sink(visit: Callable[..., Any], tmp_path: Path) -> None:
    for number, payload in enumerate(PAYLOADS):
        toy = plan(text=payload)
        toy = type(toy)(
            **{
                **toy.__dict__,
                "name": payload,
                "title": {"zh": payload, "en": payload},
                "layers": {**toy.layers, payload: toy["parcels"][["id", "name", "geometry"]]},
            }
        )
        write_map(toy, report(toy, text=payload), tmp_path / f"{number}.html")
        seen = visit(tmp_path / f"{number}.html")
        for lang in ("zh", "en"):
            for tab in ("layers", "figures", "findings"):
                seen.page.evaluate(f"GP.set({{lang: '{lang}', tab: '{tab}', dock: true, day: 16000}})")
        seen.page.evaluate(
            "GP.set({day: null}); for (let f = 0; f < 3; f++) GP.set({select: {f}}); GP.set({select: {layer: 'parcels', id: 'P0'}})"
        )
        assert payload in seen.page.locator(".gp-detail").inner_text()
        seen.page.get_by_role("searchbox").fill(payload[:6])
        seen.page.mouse.move(800, 350)
        seen.page.evaluate("GP.buildSheet()")
        assert seen.page.evaluate("window.pwned === undefined"), payload


@pytest.mark.shared
@pytest.mark.parametrize(
    "case", ["geojson-xss", "gpkg-xss-layer", "dbf-html-254", "kml-html-description", "dbf-control-chars"]
)
def test_hostile_files_of_the_corpus_draw_and_run_nothing(case: str, visit: Callable[..., Any], tmp_path: Path) -> None:
    hostile = read_plan([shared("import-corpus", "generated", case)], name=case)
    write_map(hostile, None, tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    layer = seen.page.evaluate("GP.layers[0].id")
    seen.page.evaluate("GP.set({tab: 'layers'})")
    seen.page.evaluate("id => GP.set({select: {layer: id, id: GP.byId[id].text(0, 'id')}})", layer)
    assert seen.page.locator(".gp-detail h2").is_visible()
    assert seen.page.evaluate("window.__pwned === undefined")


def test_any_folium_element_works_beside_ours_without_a_request(visit: Callable[..., Any], tmp_path: Path) -> None:
    pytest.importorskip("offlinefolium", reason="needs the extra geo-planner[plugins]")
    toy = plan()
    drawn = planner_map(toy, report(toy))
    west, south, east, north = drawn.bounds
    folium.Marker([(south + north) / 2, (west + east) / 2], popup=folium.Popup("plain words")).add_to(drawn)
    plugins.MeasureControl().add_to(drawn)
    drawn.get_root().allow_eval = True  # this plugin builds code from text
    drawn.write(tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    assert seen.page.locator("img.leaflet-marker-icon").evaluate("e => e.naturalWidth") > 0
    assert seen.page.locator(".leaflet-control-measure").count() == 1
    seen.page.locator("img.leaflet-marker-icon").click()
    assert seen.page.locator(".leaflet-popup-content").inner_text() == "plain words"


def test_a_browser_without_decompression_is_told_which_one_it_needs(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, before="delete window.DecompressionStream", ready="!!document.querySelector('.gp-old')")
    assert "Chromium 80" in seen.page.locator(".gp-old").inner_text()


def test_the_page_works_without_the_browsers_own_base64(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, before="delete Uint8Array.fromBase64")
    assert seen.page.evaluate(PAINTED) > 10_000
    assert seen.page.evaluate("GP.byId.parcels.text(GP.byId.parcels.find('P0'), 'name')") == "甲地块"


def test_the_page_works_without_workers(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, before="window.Worker = function () { throw new Error('none'); }")
    assert seen.page.evaluate(PAINTED) > 10_000


def test_the_sheet_is_one_a3_page(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    content = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page/") == 1
    assert b"/MediaBox [0 0 1190" in content or b"/MediaBox [0 0 1191" in content
    fonts = re.findall(rb"/FontName /([^\s/]+)", content)
    assert fonts
    assert all(re.match(rb"[A-Z]{6}\+", name) for name in fonts)  # a subset of each font travels with the sheet
    assert b"/CharProcs" in content or b"/FontFile" in content


def test_a_phone_shows_map_and_list_without_sideways_scroll(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, size=(390, 844))
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = seen.box(".gp-map")
    assert box["height"] > 300
    seen.page.evaluate("GP.set({select: {f: 0}})")
    assert seen.page.locator(".gp-say").is_visible()


def test_the_skip_link_leads_to_the_list_and_tabs_move_by_arrows(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "gp-skip"
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "gp-list"
    seen.page.locator("#gp-t-findings").focus()
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.evaluate("GP.state.tab") == "layers"


def test_every_button_has_a_name(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.set({dock: true, select: {f: 0}})")
    nameless = "[...document.querySelectorAll('button, input, select')].filter(e => !e.closest('[hidden]') && !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).length"
    assert seen.page.evaluate(nameless) == 0


def test_reduced_motion_stops_the_flight(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, reduced_motion="reduce")
    moved = seen.page.evaluate(
        "(() => { const a = GP.map.getCenter().lng; GP.set({select: {f: 1}}); return GP.map.getCenter().lng !== a && !GP.map._animatingZoom; })()"
    )
    assert moved


def test_the_schematic_banner_always_shows(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    assert seen.page.locator(".gp-banner").inner_text() == "示意图，非法定边界"
    seen.page.evaluate("GP.set({select: {f: 0}, lang: 'en'})")
    assert seen.page.locator(".gp-banner").inner_text() == "Schematic, not the legal boundary"
    assert seen.page.locator(".gp-banner").is_visible()


def test_a_long_list_keeps_few_rows_in_the_page(visit: Callable[..., Any], tmp_path: Path) -> None:
    import pandas as pd

    toy = plan()
    told = report(toy)
    many = pd.concat([told.findings] * 400, ignore_index=True)
    many["fingerprint"] = [f"{k:012x}" for k in range(len(many))]
    write_map(toy, type(told)(**{**told.__dict__, "findings": many}), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html", size=(1280, 1000))
    rows = "document.querySelectorAll('.gp-row').length"
    assert 10 < seen.page.evaluate(rows) <= 60
    seen.page.locator("#gp-list").focus()
    seen.page.keyboard.press("End")
    assert seen.page.evaluate(rows) <= 60


def test_a_park_without_findings_says_so(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, silent(toy), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    for kind in ("skipped", "crashed", "unknown"):
        seen.page.locator(f".gp-chip.gp-k-{kind}").click()
    assert "没有符合条件的条目" in seen.page.locator("#gp-list").inner_text()


def test_a_base_map_lies_under_the_plan_and_can_be_faded_out(tmp_path: Path, visit: Callable[..., Any]) -> None:
    toy, path = plan(), tmp_path / "map.html"
    west, south, east, north = bounds_of(toy, None)
    values = np.full((3, 30, 60), 200, np.uint8)
    place = from_bounds(west, south, east, north, 60, 30)
    with rasterio.open(
        tmp_path / "air.tif",
        "w",
        driver="GTiff",
        width=60,
        height=30,
        count=3,
        dtype="uint8",
        crs=4326,
        transform=place,
    ) as out:
        out.write(values)
    write_map(toy, report(toy), path, extras=Extras(base=tmp_path / "air.tif"))
    seen = visit(path, hash_="#p=layers")
    shown = "(() => { const i = document.querySelector('.leaflet-gp-ground-pane img'); return [i.complete && i.naturalWidth, getComputedStyle(i.parentNode).opacity]; })()"
    assert seen.page.evaluate(shown) == [pytest.approx(60, abs=14), "0.6"]
    assert "不参与判定" in seen.page.locator(".gp-panel-layers").inner_text()
    seen.page.locator("#gp-ground").uncheck()
    assert seen.page.evaluate(shown)[1] == "0"
    seen.until("location.hash.includes('b=0')")


def test_a_proposed_change_stands_in_its_finding_and_leads_to_its_feature(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    toy, path = plan(), tmp_path / "map.html"
    fix = Edit("retime", "pipes", "S1", {"finish": "2011-05-01"}, reason="before the road")
    told = report(toy)
    write_map(toy, told, path, extras=Extras(fixes=(fix,)))
    about = told.findings.set_index("code").loc["UG204", "fingerprint"]
    seen = visit(path, hash_=f"#f={about}")
    text = seen.page.locator(".gp-fixes").inner_text()
    assert "修改方案" in text
    assert "2013-01-01 → 2011-05-01" in text
    assert "提前 611 天" in text
    seen.page.locator(".gp-fixes .gp-link").click()
    seen.until("document.querySelector('.gp-detail h2').textContent.startsWith('S1')")


def test_a_score_opens_to_what_it_is_made_of_and_to_the_features_that_fail(
    park: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(park, hash_="#p=figures")
    seen.page.locator("#gp-fig-s1 summary").click()
    said = seen.page.locator("#gp-fig-s1 .gp-part")
    assert "4 ÷ 5 ha = 0.800" in said.inner_text()
    said.get_by_role("button", name="不合格 1 个").click()
    seen.until("GP.state.select.many.length === 1")
    assert seen.page.evaluate("GP.state.select.many.map(([l, i]) => l.text(i, 'id'))") == ["P0"]
    assert seen.page.locator("path.gp-subject").count() == 1


def test_names_stand_on_the_map_and_go_with_their_layer(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.until("GP.labels.drawn >= 6")  # six parcels by name or number
    before = seen.page.evaluate("GP.labels.drawn")
    seen.page.evaluate("GP.set({ hidden: { parcels: 1 } })")
    seen.until(f"GP.labels.drawn <= {before} - 5")


def test_the_balance_through_time_and_by_hexagon_can_be_looked_at(tmp_path: Path, visit: Callable[..., Any]) -> None:
    toy, path = plan(), tmp_path / "map.html"
    write_map(toy, run(toy, read_profile("china"), only=("ba",)), path)
    seen = visit(path, hash_="#p=figures&t=2013-06-30")
    # on that day M1, M2 (2 ha) stand; ecology begins in 2018
    stack = seen.page.locator(".gp-unit .gp-stack").first
    assert stack.get_attribute("aria-label") == "生产 100%, 生活 0%, 生态 0%"
    seen.page.evaluate("GP.set({ day: null })")
    assert stack.get_attribute("aria-label") == "生产 40%, 生活 40%, 生态 20%"
    assert seen.page.evaluate("GP.byId.hexagons.shown") is False
    before = seen.page.evaluate(COLOURS)
    seen.page.evaluate("GP.set({ hidden: { hexagons: 2 } })")
    seen.quiet()
    assert seen.page.evaluate(COLOURS) != before


def test_the_page_opens_on_the_verdict_and_spells_it_out(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_="")
    told = report(plan()).verdict
    lines = seen.page.locator(".gp-verdict")
    assert lines.count() == 7
    for number, item in enumerate(told):
        text = lines.nth(number).inner_text()
        assert {"fail": "不合格", "pass": "合格", "unknown": "证据不足"}[item.state] in text
        assert item.brief("zh") in text
    assert seen.page.locator(".gp-verdict[title], .gp-verdict [title]").count() == 0  # nothing hides in a tooltip
    assert "尚缺资料" in seen.page.locator(".gp-panel-verdict").inner_text()
    top = "e => e.getBoundingClientRect().top"
    assert seen.page.locator(".gp-scores").evaluate(top) > lines.last.evaluate(top)  # the scores come second


def test_words_sentences_and_chips_follow_the_slider(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_="")
    words = "[...document.querySelectorAll('.gp-verdict')].map(e => e.innerText).join('|')"
    chip = "+document.querySelector('.gp-chip.gp-k-error b').textContent"
    whole, errors = seen.page.evaluate(words), seen.page.evaluate(chip)
    seen.page.evaluate("GP.set({ day: Math.round(Date.parse('2010-03-31') / 864e5) })")
    seen.until("!!document.querySelector('.gp-asof')")
    assert seen.page.locator(".gp-asof").inner_text() == "截至 2010-03-31"
    assert "不合格" not in seen.page.evaluate(words)  # nothing had begun by then
    assert seen.page.evaluate(chip) == 0 < errors
    seen.page.evaluate("GP.set({ day: null })")
    seen.until("!document.querySelector('.gp-asof')")
    assert seen.page.evaluate(words) == whole


def test_a_verdict_opens_its_worst_case_and_its_list(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_="")
    first = next(v for v in report(plan()).verdict if v.errors)
    line = seen.page.locator(f".gp-verdict[data-name={first.name}]")
    line.locator(".gp-vline").click()
    assert seen.page.evaluate("GP.findings.fp[GP.state.select.f]") == first.worst.fingerprint
    line.locator(".gp-vmore").click()
    assert seen.page.evaluate("[GP.state.tab, document.activeElement.id]") == ["findings", "gp-list"]
