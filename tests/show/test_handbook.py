"""The handbook: its commands run, its code runs, every check stands in it with a picture, and it asks no network."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pyogrio import raw

from geo_planner.checks import load
from geo_planner.cli import main
from geo_planner.plan.layers import LAYERS
from geo_planner.read.contract import read_contract
from geo_planner.read.packs import read_pack
from geo_planner.read.packs.pack import KINDS
from geo_planner.read.profile import read_profile
from geo_planner.show.handbook.book import chapter_texts, handbook_page
from geo_planner.show.handbook.chapters import layer_pages
from geo_planner.show.handbook.pictures import example_pictures

PROFILE = read_profile("china")


def blocks(lang: str, kind: str) -> list[str]:
    return [b for text in chapter_texts(lang).values() for b in re.findall(rf"```{kind}\n(.+?)```", text, re.DOTALL)]


def commands(lang: str) -> list[str]:
    return [line for block in blocks(lang, "sh") for line in block.splitlines() if line.startswith("geo-planner ")]


def test_both_languages_have_the_same_chapters_and_commands():
    assert list(chapter_texts("zh")) == list(chapter_texts("en"))
    assert [c.replace(" --lang en", "") for c in commands("en")] == commands("zh")


def cut(folder: Path, window: tuple[float, float, float, float]) -> None:
    """Leave of each layer of a delivery what a window shows."""
    for path in folder.glob("*.shp"):
        about, _, shapes, columns = raw.read(path, encoding="gbk", bbox=window)
        if len(shapes):
            told = {"crs": about["crs"], "geometry_type": about["geometry_type"], "encoding": "gbk"}
            raw.write(path, shapes, columns, about["fields"], **told)


@pytest.mark.slow
def test_every_command_of_the_chapters_runs_in_the_order_written(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    files = {name[1]: text for text in blocks("zh", "toml") if (name := re.match(r"# (park/\w+\.toml)\n", text))}
    codes = {}
    for line in commands("zh"):
        for name in files.keys() & set(line.split()):  # a block that says its name is written when a command needs it
            (tmp_path / name).write_text(files[name], encoding="utf-8")
        codes[line] = main([*shlex.split(line)[1:], *(["-q"] if " demo " not in line else [])])
        if " demo " in line:  # a third of the park is a park, and judged sooner
            cut(tmp_path / "park/layers/susu", (39_612_000, 3_755_600, 39_615_600, 3_758_900))
    capsys.readouterr()
    assert {line: code for line, code in codes.items() if code not in {0, 1}} == {}
    assert (tmp_path / "park" / "out" / "map.html").exists()


def test_the_rule_pack_and_the_ledger_terms_in_it_are_understood(tmp_path):
    (pack,) = {*blocks("zh", "csv"), *blocks("en", "csv")}
    (tmp_path / "ours.csv").write_text(pack, encoding="utf-8")
    assert [r.kind for r in read_pack(tmp_path / "ours.csv").rules] == ["field", "codes", "overlap"]
    for lang in ("zh", "en"):
        (terms,) = [t for t in blocks(lang, "toml") if "[ledgers." in t]
        (tmp_path / "c.toml").write_text(f'[layers."地块"]\nid = "编号"\n{terms}', encoding="utf-8")
        assert read_contract(tmp_path / "c.toml").ledgers["供地台账"].columns == ("contract_start",)


def test_every_kind_of_rule_stands_in_the_chapter():
    for lang in ("zh", "en"):
        text = chapter_texts(lang)["6_contracts"]
        assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


@pytest.mark.parametrize("code", sorted(set(blocks("zh", "python")) | set(blocks("en", "python"))))
def test_the_python_in_it_runs(code):
    exec(compile(code, "handbook", "exec"), {})


@pytest.fixture(scope="module")
def page() -> str:
    return handbook_page(PROFILE, "zh")


def test_every_check_has_its_words_numbers_and_two_pictures(page):
    for code, check in load().items():
        section = page.split(f'<section id="{code}">', 1)[1].split("</section>", 1)[0]
        assert check.zh.title in section
        assert section.count("<figure>") == 2
    ug204 = page.split('<section id="UG204">', 1)[1].split("</section>", 1)[0]
    assert ug204.count('stroke="#c62828"') == 1  # the shared stretch, in the failing example only
    assert "<td>P</td><td>验收日期 2021-03-01</td>" in ug204


def test_a_picture_is_the_same_bytes_again():
    one = load()["UG204"]
    assert example_pictures(one, "en") == example_pictures(one, "en")


def test_the_page_asks_no_network(page):
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert "default-src 'none'" in page
    assert all(f'href="#{code}"' in page for code in load())


@pytest.mark.parametrize(
    ("lang", "none", "unknown"),
    [("zh", "没有", "不知道（缺数据）"), ("en", "there is none", "not known (missing data)")],
)
def test_the_handbook_says_of_every_column_what_a_blank_means(lang, none, unknown):
    parcels = layer_pages(lang).split('<section id="layer-parcels">')[1].split("</section>")[0]
    rows = {row.split("</td>", 1)[0].removeprefix("<td>"): row for row in parcels.split("<tr>")[2:]}
    assert rows["buffer_eia"].endswith(f"<td>{none}</td></tr>")
    assert rows["code"].endswith(f"<td>{unknown}</td></tr>")
    assert len(rows) == len(LAYERS["parcels"].columns)
