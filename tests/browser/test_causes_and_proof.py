"""From verdict to cause to proof in time: what a reader of the page meets, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_planner.plan import Cause, Plan, Reach, Report
from geo_planner.show import Extras, write_map
from geo_planner.verdict import judge
from tests.show.parks import CRS, X, Y, plan, report
from tests.show.test_still import EARLY, WATER, placed
from tests.verdict.test_causes import park as late_world

pytestmark = pytest.mark.browser
LATE_SEWER = Cause(
    key="late-sewer",
    codes=("PB101",),
    verdict="plan_first",
    severity="warning",
    layer="parcels",
    id="P0",
    state="happened",
    title={"zh": "两宗地块控规未覆盖", "en": "Two parcels outside the detailed plan"},
    place={"zh": "南片区", "en": "south district"},
    remedy={"zh": "先补手续", "en": "Get the approval"},
    bureau={"zh": "自然资源局", "en": "Natural resources bureau"},
    fingerprints=("000000000000", "000000000001"),
    reach=Reach(parcels=2, area=20_000.0, days=12.0),
)
ROAD = replace(
    LATE_SEWER,
    key="road",
    codes=("UG204",),
    verdict="underground_first",
    severity="error",
    layer="roads",
    id="R1",
    title={"zh": "经一路先铺后埋", "en": "Road paved before its sewer"},
    fingerprints=("000000000002",),
)


def with_causes(toy: Plan) -> Report:
    told = report(toy)
    rules = {
        code: replace(r, verdict="underground_first" if code == "UG204" else "plan_first")
        for code, r in told.rules.items()
    }
    return replace(told, causes=(LATE_SEWER, ROAD), rules=rules)


def with_permit(toy: Plan) -> Plan:
    permit = gpd.GeoDataFrame(
        {"id": ["A1"], "kind": ["construction_permit"], "parcel": ["P0"], "start": pd.to_datetime(["2012-03-01"])},
        geometry=[shapely.box(X, Y, X + 100, Y + 100)],
        crs=CRS,
    )
    return toy.with_layer("approvals", permit)


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    toy, path = with_permit(plan()), tmp_path_factory.mktemp("causes") / "map.html"
    write_map(toy, with_causes(toy), path)
    return path


def test_the_list_goes_by_verdict_and_cause_and_not_by_code(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, size=(1280, 1200))
    heads = seen.page.locator(".gp-level0 .gp-name").all_inner_texts()
    assert heads[:2] == ["先规划后建设", "先地下后地上"]
    cause = seen.page.locator(".gp-cause")
    assert cause.count() == 1  # a cause of one finding is that finding
    assert "两宗地块控规未覆盖" in cause.inner_text()
    assert "已成事实" in cause.inner_text()
    assert seen.page.locator(".gp-item.gp-k-warning").count() == 0
    cause.locator(".gp-fold").click()
    assert seen.page.locator(".gp-item.gp-k-warning").count() == 2


def test_a_cause_opens_with_its_remedy_its_bureau_and_all_its_findings(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.locator(".gp-cause").click()
    text = seen.page.locator(".gp-detail").inner_text()
    for part in (
        "2 条问题 · 2 个地块 · 2 公顷 · 最多 12 天",
        "自然资源局",
        "先补手续",
        "南片区",
        "parcels P0：P0（80）",
        "parcels P4：P4（92）",
    ):
        assert part in text, part
    assert seen.page.locator("path.gp-subject").count() == 2
    seen.page.locator(".gp-detail .gp-relb").nth(1).click()
    assert "所属事项" in seen.page.locator(".gp-detail").inner_text()


def test_the_proof_shows_both_parties_and_the_gap_in_its_days(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.open({f: 2})")  # R1 paved 2011-06-01, S1 done 2013-01-01: the finding counts 579 days
    rows = seen.page.locator(".gp-proof-row")
    assert rows.evaluate_all("all => all.map(e => e.dataset.id)") == ["R1", "S1"]
    assert seen.page.locator(".gp-gap-text").text_content() == "相差 579 天"
    assert "2011-06-01" in rows.nth(0).text_content()
    assert "2013-01-01" in rows.nth(1).text_content()
    assert seen.page.evaluate("GP.iso(GP.state.day)") == "2011-06-01"
    assert seen.page.locator(".gp-party").all_inner_texts() == ["R1", "S1"]
    assert seen.page.evaluate("GP.map.getContainer().classList.contains('gp-dim')")


def test_the_approvals_of_a_parcel_stand_in_its_proof(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.open({f: 0})")
    assert seen.page.locator(".gp-proof-row").evaluate_all("all => all.map(e => e.dataset.id)") == [
        "P0",
        "A1",
        "R1",  # the road beside it: every party stands in the proof of the gravest finding of a cause
    ]
    assert seen.page.locator(".gp-gap-text").text_content() == "2012-01-01 起"


def test_a_cause_shows_the_parties_that_python_told_and_no_gap_that_no_finding_says(
    park: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(park)
    told = seen.page.evaluate("GP.model.proofs['late-sewer'].parties.filter(p => p.events.length).length")
    seen.page.evaluate("GP.open({c: 0})")
    assert told > 1
    assert seen.page.locator(".gp-proof-row").count() == told
    assert seen.page.locator(".gp-gap").count() == 1  # both findings are of P0's kind; P4 is no party of the gravest
    assert seen.page.locator(".gp-proof-row[data-id=P0] .gp-gap").count() == 1


def test_the_readers_own_day_comes_back_when_the_proof_is_closed(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.set({day: 16000})")
    seen.page.evaluate("GP.open({f: 2})")
    assert seen.page.evaluate("GP.iso(GP.state.day)") == "2011-06-01"
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("[GP.state.day, GP.state.select, GP.state.auto]") == [16000, None, False]
    assert not seen.page.evaluate("GP.map.getContainer().classList.contains('gp-dim')")


def test_one_search_answers_places_and_findings(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.get_by_role("searchbox").fill("P0")
    assert seen.page.locator(".gp-place").all_inner_texts()[0].startswith("P0 甲地块")
    assert "parcels P0：P0（80）" in seen.page.locator("#gp-list").inner_text()
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("GP.state.query") == ""


def test_counts_mean_rows_of_the_list(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    counts = [int(n) for n in seen.page.locator(".gp-chip b").all_inner_texts()]
    assert seen.page.evaluate("GP.items.length") == sum(counts)


def test_a_park_wide_finding_catches_no_click(visit: Callable[..., Any], tmp_path: Path) -> None:
    toy = plan()
    told = report(toy)
    rows = told.findings.copy()
    rows.loc[2, "geometry"] = toy["parks"].geometry.iloc[0]  # the last finding is now about the whole park
    rows.loc[2, "layer"] = "parks"
    write_map(toy, replace(told, findings=rows), tmp_path / "map.html")
    seen = visit(tmp_path / "map.html")
    wide = 2
    wrong = seen.page.evaluate(
        """wide => { const out = [], b = GP.map.getSize();
        for (let i = 1; i <= 11; i++) for (let j = 1; j <= 7; j++) {
          const at = GP.map.containerPointToLatLng([b.x * i / 12, b.y * j / 8]);
          GP.map.fire('click', { latlng: at });
          const s = GP.state.select, hits = GP.surface.pick(at, 6), on = hits.some(x => x.layer.id === 'parcels');
          if (s && s.f === wide || on && !(s && (s.layer || s.f !== undefined))) out.push([i, j]);
        } return out; }""",
        wide,
    )
    assert wrong == []
    seen.page.evaluate("f => GP.open({f})", wide)  # from the list it is still shown
    assert seen.page.locator("path.gp-evidence").count() == 1


def test_a_tip_never_covers_the_card(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    seen.page.evaluate("GP.set({select: {f: 0, stay: true}})")
    at = seen.page.evaluate("""(() => { const c = document.querySelector('.gp-detail').getBoundingClientRect(),
      m = GP.map.getContainer().getBoundingClientRect(); return [c.left - 6, m.top + m.height / 2]; })()""")
    seen.page.evaluate(
        "GP.map.setView(GP.byId.parcels.bounds(GP.byId.parcels.find('P5')).getCenter(), 17, {animate: false})"
    )
    for x in range(0, 200, 8):
        seen.page.mouse.move(at[0] - x, at[1])
        seen.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        edges = seen.page.evaluate("""(() => { const t = document.querySelector('.gp-tip'), c = document.querySelector('.gp-detail');
          return t.hidden ? null : [t.getBoundingClientRect().right, c.getBoundingClientRect().left]; })()""")
        if edges:
            assert edges[0] <= edges[1]
            return
    pytest.fail("no tip was ever shown")


def test_leaving_with_marks_that_no_file_holds_is_asked_about(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    asks = "(() => { const e = new Event('beforeunload', {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented; })()"
    assert not seen.page.evaluate(asks)
    seen.page.evaluate("GP.open({f: 0})")
    seen.page.get_by_role("button", name="属实", exact=True).click()
    seen.page.get_by_role("button", name="保存").click()
    assert seen.page.evaluate(asks)
    assert [m["reviewer"] for m in seen.page.evaluate("GP.review.document().marks")] == ["匿名"]
    with seen.page.expect_download():
        seen.page.get_by_role("button", name="下载审查意见").click()
    assert not seen.page.evaluate(asks)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_language_has_its_own_sentences_only(lang: str, park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park, hash_=f"#l={lang}")
    texts = []
    for act in (
        "GP.open({c: 0})",
        "GP.open({f: 0})",
        "GP.open({layer: 'parcels', id: 'P2'})",
        "GP.set({tab: 'about'})",
    ):
        seen.page.evaluate(act)
        texts.append(seen.page.locator("body").inner_text())
    text = " ".join(texts)
    for own in ("甲地块", "经一路", "中文", "城乡规划法", "地块.shp", "English", *"一二三四五六"):
        text = text.replace(own, "")
    if lang == "en":
        assert re.findall("[\u4e00-\u9fff]+", text) == []
    else:  # ids, layers of the toy's sentences, units and digests are no words
        known = {"buildings", "parcels", "roads", "pipes", "china", "toy", "km", "ha", "shp"}
        words = {w for w in re.findall(r"\b[a-z]{3,}\b", text) if not re.fullmatch("[0-9a-f]+", w)}
        assert words - known == set()


def test_the_key_of_the_map_names_the_land_use_shown(park: Path, visit: Callable[..., Any]) -> None:
    seen = visit(park)
    key = seen.page.locator(".gp-legend")
    assert "生产空间" in key.inner_text()
    assert "违规" in key.inner_text()
    seen.page.evaluate("GP.set({style: {parcels: 1}})")
    assert "M1 一类工业用地" in key.inner_text()


def test_near_findings_are_one_sign_with_their_number_when_seen_from_afar(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    toy = plan()
    told = report(toy)
    many = pd.concat([told.findings.iloc[[1]]] * 7, ignore_index=True)
    many["fingerprint"] = [f"{k:012x}" for k in range(7)]
    write_map(toy, replace(told, findings=many), tmp_path / "map.html")
    spy = "window.tallies = []"
    seen = visit(tmp_path / "map.html", before=spy)
    seen.page.evaluate("""(() => { const tally = GP.surface.tally; GP.surface.tally = function (g, x, y, n) { tallies.push(n); return tally.call(this, g, x, y, n); };
      GP.map.setZoom(13, {animate: false}); })()""")
    seen.quiet()
    assert set(seen.page.evaluate("tallies")) == {7}


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parcels B and A start 365 and 151 days before the main W of source S; a repair accepts W on 2010-05-01."""
    world = placed(late_world(as_of="2026-06-30"))
    path = tmp_path_factory.mktemp("late") / "map.html"
    write_map(world, judge(world, WATER, only=["UG201"]), path, extras=Extras(fixes=(EARLY,)))
    return path


@pytest.mark.parametrize(
    ("lang", "names", "key"),
    [
        ("zh", {"源站 S", "最晚到 W", "A", "B"}, "自源站起的通路"),
        ("en", {"source S", "last to come W", "A", "B"}, "way from the source"),
    ],
)
def test_the_way_from_the_source_is_drawn_and_its_ends_are_named(
    lang: str, names: set[str], key: str, late: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(late, hash_=f"#l={lang}", size=(1440, 900))
    seen.page.evaluate("GP.open({c: 0})")
    seen.quiet()
    assert set(seen.page.locator(".gp-party").all_inner_texts()) == names
    assert key in seen.page.locator(".gp-legend").inner_text()
    assert seen.page.locator(".gp-way-head").count() >= 3
    assert seen.page.locator("path.gp-blocking").count() == 1
    boxes = [tag.bounding_box() for tag in seen.page.locator(".gp-party span").all()]
    apart = [
        a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
        for k, a in enumerate(boxes) for b in boxes[:k]
    ]  # fmt: skip
    assert all(apart)


def test_the_parties_of_the_proof_are_in_view_and_its_dates_are_those_of_the_finding(
    late: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(late, size=(1440, 900))
    seen.page.evaluate("GP.open({c: 0})")
    seen.quiet()
    inside = seen.page.evaluate(
        """[['parcels', 'A'], ['parcels', 'B'], ['pipes-water', 'W'], ['sources', 'S']].map(([layer, id]) => {
          const l = GP.byId[layer]; return GP.map.getBounds().contains(l.bounds(l.find(id))); })"""
    )
    assert inside == [True] * 4
    dates = seen.page.locator(".gp-proof-dates").all_text_contents()
    assert dates == ["2010-06-01", "2011-06-01", "2011-06-01"]
    found = "[GP.iso(GP.findings.from[0]), GP.iso(GP.findings.to[0]), GP.findings.value[0]]"
    lead = seen.page.evaluate(found.replace("[0]", "[GP.model.causes[0].f[0]]"))
    assert lead == ["2010-06-01", "2011-06-01", 365]
    assert seen.page.locator(".gp-gap-text").all_text_contents() == ["相差 365 天"]


def test_the_dates_of_a_repair_stand_below_the_bars(late: Path, visit: Callable[..., Any]) -> None:
    seen = visit(late)
    seen.page.evaluate("GP.open({c: 0})")
    told = seen.page.locator(".gp-after title").all_text_contents()
    assert told == ["绿色为修复后的日期：2010-05-01"] * 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_proof_is_walked_by_keys(lang: str, late: Path, visit: Callable[..., Any]) -> None:
    """From the cause in the list to its proof, to a party of it, to a proposal, and out again."""
    seen = visit(late, hash_=f"#p=findings&l={lang}")
    for key in ("Tab", "Enter", "ArrowDown"):  # the skip link leads to the list, whose first row is the cause
        seen.page.keyboard.press(key)
    assert seen.page.evaluate("GP.state.select && GP.state.select.c") == 0
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.classList.contains('gp-proof-row')"):
            break
    label = seen.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == {"zh": "地块 B、2010-06-01", "en": "Parcel B, 2010-06-01"}[lang]
    seen.page.keyboard.press("ArrowRight")
    assert "B" in seen.page.locator("#gp-live").inner_text()
    seen.page.evaluate("GP.open({c: 0})")
    seen.page.locator(".gp-proof-row").first.focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("GP.state.select.id") == "B"
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("GP.state.select") is None


@pytest.mark.parametrize(("lang", "gap"), [("zh", "相差 365 天"), ("en", "365 days")])
def test_the_sheet_has_the_still_of_the_cause_that_is_open(
    lang: str, gap: str, late: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(late, hash_=f"#l={lang}")
    seen.page.evaluate("GP.open({c: 0})")
    seen.page.evaluate("GP.buildSheet()")
    words = seen.page.locator(".gp-sheet-proof svg.gp-still text").all_text_contents()
    assert gap in words
    assert "2011-06-01" in words


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["整改台账 1 项", "水务局", "已成事实", "管线 W 晚到"]),
        ("en", ["Worklist (1)", "water bureau", "happened", "pipe W comes late"]),
    ],
)
def test_the_worklist_is_a_tab_whose_rows_lead_to_their_causes(
    lang: str, said: list[str], late: Path, visit: Callable[..., Any]
) -> None:
    seen = visit(late, hash_=f"#p=worklist&l={lang}")
    text = seen.page.locator("#gp-p-worklist").inner_text()
    assert [part for part in said if part.lower() not in text.lower()] == []
    seen.page.locator(".gp-work-title").click()
    assert seen.page.evaluate("GP.state.select.c") == 0
    seen.page.evaluate("GP.open({f: 0})")
    seen.page.get_by_role("button", name={"zh": "属实", "en": "Accept"}[lang]).first.click()
    seen.page.get_by_role("button", name={"zh": "保存", "en": "Save"}[lang]).click()
    assert {"zh": "部分已答复", "en": "answered in part"}[lang] in seen.page.locator(".gp-work-state").inner_text()
