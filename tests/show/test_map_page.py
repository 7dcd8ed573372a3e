"""The page as a file: nothing from outside, nothing of the data in its code, the same bytes twice."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import folium
import pytest

from geo_planner.show import planner_map, write_map
from geo_planner.show.page.figure import AssetMissing, OfflineFigure, inline_json, leaflet, own_text
from geo_planner.show.page.letters import from_letters, json_of
from geo_planner.show.page.packed import decode_table
from geo_planner.show.page.page import SCRIPTS

from .parks import plan, report, silent

PAYLOADS = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "${window.pwned=1}",
    "`+(window.pwned=1)+`",
    '"><svg onload=window.pwned=1>',
    "{{ 7*7 }}{% raw %}",
    "\u2028alert(1)\u2029",
]


class Tags(HTMLParser):
    """Start tags with their attributes, and the text of scripts by kind."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str, str]] = []
        self._kind: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._kind = dict(attrs).get("type") or "code" if tag == "script" else None
        if self._kind:
            self.scripts.append((self._kind, ""))

    def handle_data(self, data: str) -> None:
        if self._kind:
            self.scripts[-1] = (self._kind, self.scripts[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (the parser calls it so)
        self._kind = None


def page_block(text: str, name: str) -> str:
    """The letters of one packed block of a page."""
    return text.split(f'id="{name}">')[1].split("</script>", maxsplit=1)[0]


def read(path: Path) -> tuple[str, Tags]:
    text = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    return text, tags


@pytest.fixture
def page(tmp_path: Path) -> Path:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "map.html")
    return tmp_path / "map.html"


def test_no_tag_of_the_page_points_anywhere(page: Path) -> None:
    _, tags = read(page)
    pointing = [
        v for _, attrs in tags.tags for k, v in attrs.items() if k in {"src", "href", "srcset", "action", "data"} and v
    ]
    assert pointing == []


def test_no_style_of_the_page_loads_anything_but_data(page: Path) -> None:
    text, _ = read(page)
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert set(re.findall(r"url\((?!data:|#)[^)]*\)|@import", styles)) <= {"url(#default#VML)"}


def test_the_policy_names_the_hash_of_every_script_and_nothing_looser(page: Path) -> None:
    text, tags = read(page)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    allowed = re.search(r"script-src ([^;]+);", policy[1])
    assert allowed
    assert "unsafe" not in allowed[1]
    code = [body for kind, body in tags.scripts if kind == "code"]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in code}
    assert set(allowed[1].split()) == hashes
    assert "default-src 'none'" in policy[1]


def test_a_second_save_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, report(toy), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_saving_one_map_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    toy = plan()
    drawn = planner_map(toy, report(toy))
    drawn.write(tmp_path / "a.html")
    drawn.write(tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_data_stands_only_in_inert_blocks(payload: str, tmp_path: Path) -> None:
    toy = plan(text=payload)
    write_map(toy, report(toy, text=payload), tmp_path / "map.html")
    text, tags = read(tmp_path / "map.html")
    code = "".join(body for kind, body in tags.scripts if kind == "code")
    assert payload not in code
    block = page_block(text, "gp-findings")
    assert any(payload in cell for cells in decode_table(from_letters(block)).values() for cell in map(str, cells))
    if "<" in payload:
        assert payload not in text


def test_a_layer_named_like_markup_makes_no_tag(tmp_path: Path) -> None:
    toy = plan()
    hostile = toy.with_layer('"><svg onload=x>', toy["parcels"][["id", "geometry"]])
    write_map(hostile, None, tmp_path / "map.html")
    _, tags = read(tmp_path / "map.html")
    assert [attrs for tag, attrs in tags.tags if tag == "svg"] == []


def test_inline_json_can_neither_close_a_script_nor_break_a_line() -> None:
    assert inline_json('{"a":"</script>&\u2028"}') == '{"a":"\\u003c/script\\u003e\\u0026\\u2028"}'


def test_leaflet_is_the_file_we_know() -> None:
    assert leaflet("leaflet.js").startswith("/* @preserve\n * Leaflet 1.9.4")


def test_a_changed_leaflet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("geo_planner.show.page.figure", fromlist=["LEAFLET"]).LEAFLET, "leaflet.js", "00")
    leaflet.cache_clear()
    with pytest.raises(AssetMissing, match=r"leaflet\.js"):
        leaflet("leaflet.js")
    monkeypatch.undo()
    leaflet.cache_clear()


def test_an_element_that_needs_the_network_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_planner.show.page.figure._plugin_assets", dict)
    drawn = planner_map(plan(), None)
    folium.Marker([34, 118], popup="x").add_to(drawn)
    with pytest.raises(AssetMissing, match=r"geo-planner\[plugins\]"):
        drawn.get_root().render()


def test_a_folium_popup_brings_the_libraries_it_calls_along() -> None:
    pytest.importorskip("offlinefolium", reason="needs the extra geo-planner[plugins]")
    plain = planner_map(plan(), None).get_root().render()
    drawn = planner_map(plan(), None)
    folium.Marker([34, 118], popup="x").add_to(drawn)
    full = drawn.get_root().render()
    assert "jQuery v3.7.1" not in plain
    assert "jQuery v3.7.1" in full
    assert re.search(r'<(script|link)[^>]+(src|href)="http', full) is None


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    words = own_text("js", "words.js")
    keys = set(re.findall(r"(?:^|[\s{,])([a-zA-Z_0-9]+): \[\s*'", words))
    pairs = re.findall(r"[a-zA-Z_0-9]+: \[\s*((?:'(?:[^'\\]|\\.)*',?\s*)+)\]", words)
    assert len(pairs) == len(keys)
    assert all(len(re.findall(r"'(?:[^'\\]|\\.)+'", pair)) == 2 for pair in pairs)


def test_every_word_the_scripts_ask_for_is_in_the_table() -> None:
    names = [name for name in SCRIPTS if name not in {"codec.js", "words.js"}]
    code = own_text("js", *names)
    asked = set(re.findall(r"GP\.t\('([a-z_0-9]+)'", code)) | set(re.findall(r"GP\.button\('([a-z_0-9]+)'", code))
    known = set(re.findall(r"(?:^|[\s{,])([a-z_0-9]+): \[\s*'", own_text("js", "words.js")))
    begun = {key for key in asked if key.endswith("_")}  # the rest of the key is a value of the data
    assert all(any(word.startswith(key) for word in known) for key in begun)
    assert asked - begun - known == set()


def test_nothing_in_our_scripts_turns_text_into_markup_or_code() -> None:
    folder = Path(__import__("geo_planner.show", fromlist=["x"]).__file__).parent / "page" / "js"
    for file in sorted(folder.glob("*.js")):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|bindPopup|bindTooltip",
            file.read_text(encoding="utf-8"),
        )
        assert not found, (file.name, found)


def test_a_park_without_findings_still_has_its_page(tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, silent(toy), tmp_path / "map.html")
    text, _ = read(tmp_path / "map.html")
    assert json_of(page_block(text, "gp-model"))["findings"]["said"] == [None]


def test_the_page_holds_digests_version_and_the_schematic_mark(page: Path) -> None:
    toy = plan()
    text, _ = read(page)
    meta = json_of(page_block(text, "gp-model"))["meta"]
    assert (meta["planDigest"], meta["profileDigest"], meta["schematic"]) == (toy.digest, "cd" * 32, True)


def test_columns_the_plan_does_not_name_stay_out_of_the_page(tmp_path: Path) -> None:
    toy = plan()
    secret = toy["parcels"].assign(owner_phone="13900000000")
    write_map(toy.with_layer("parcels", secret), None, tmp_path / "map.html")
    _, tags = read(tmp_path / "map.html")
    blocks = [from_letters(body) for kind, body in tags.scripts if kind == "application/octet-stream"]
    assert blocks
    assert not any(b"13900000000" in __import__("gzip").decompress(block) for block in blocks)


def test_an_offline_figure_escapes_its_title() -> None:
    assert "<title>&lt;b&gt;</title>" in OfflineFigure(title="<b>").render()


def test_a_plan_of_a_single_point_has_its_page(tmp_path: Path) -> None:
    toy = plan()
    point = type(toy)(name="point", crs=toy.crs, layers={"facilities": toy["facilities"]})
    write_map(point, None, tmp_path / "map.html")
    west, south, east, north = planner_map(point, None).bounds
    assert 0 < east - west < 0.001
    assert 0 < north - south < 0.001
