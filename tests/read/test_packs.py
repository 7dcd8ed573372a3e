"""A delivery held against a rule pack: each kind of rule by value, packs of one's own, and the command."""

from __future__ import annotations

import json

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import Polygon, box

from geo_planner.cli.front import main
from geo_planner.errors import ReadError
from geo_planner.read.contract import delivered
from geo_planner.read.packs import hold, packs, read_pack

HEAD = "rule,kind,layer,field,value,zh,en,source,trust\n"
WHOLE = {"GHYDLBDM": ["1001", "0701"], "GHYDLBMC": ["a", "b"], "XZQHDM": ["3"] * 2, "XZQHMC": ["c"] * 2}


def deliver(folder, name="KJGHYD", shapes=None, **columns):
    folder.mkdir(exist_ok=True)
    shapes = shapes or [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4527")
    frame.geometry = frame.translate(39_600_000, 3_750_000)
    frame.to_file(folder / f"{name}.gpkg", layer=name, driver="GPKG")
    return folder


def states(folder, pack):
    return {one.rule.rule: one.state for one in hold(read_pack(pack), delivered(folder))}


def own(tmp_path, *rows):
    path = tmp_path / "own.csv"
    path.write_text(HEAD + "\n".join(f"R{k},{row},规则,rule,our town,ours" for k, row in enumerate(rows)), "utf-8")
    return str(path)


def test_a_clean_delivery_keeps_every_rule(tmp_path):
    folder = deliver(tmp_path / "d", **WHOLE, YDMJ=[1.0, 2.0], BSM=["7", "8"])
    assert set(states(folder, "kjghyd").values()) == {"kept"}
    assert set(states(folder, "topology").values()) == {"kept"}


def test_missing_fields_double_ids_blanks_and_texts_are_named(tmp_path):
    columns = WHOLE | {"GHYDLBDM": ["1001", ""], "YDMJ": ["1.0", "large"], "BSM": ["7", "7"]}
    del columns["XZQHMC"]
    held = {one.rule.rule: one for one in hold(read_pack("kjghyd"), delivered(deliver(tmp_path / "d", **columns)))}
    broken = {name: (b.rows, b.count, b.found) for name, one in held.items() for b in one.breaches}
    assert broken == {
        "KJ05": ((), 1, "XZQHMC: missing"),
        "KJ06": (("#2 7",), 1, "YDMJ = large"),
        "KJ07": (("#2 7",), 1, "blank"),
        "KJ08": (("#1 7", "#2 7"), 2, "BSM = 7"),
    }


def test_overlap_gap_sliver_and_crossed_rings_are_found_by_value(tmp_path):
    shapes = [
        box(0, 0, 100, 100),
        box(90, 0, 200, 100),  # 10 m over the first: 1,000 m²
        box(200.5, 0, 300, 100),  # half a metre short
        box(0, 200, 500, 200.05),  # 5 cm wide
        Polygon([(0, 300), (50, 350), (50, 300), (0, 350)]),
    ]
    held = {
        one.rule.kind: one for one in hold(read_pack("topology"), delivered(deliver(tmp_path / "d", shapes=shapes)))
    }
    assert held["overlap"].breaches[0].found == "1 x, 1000.000 m²"
    assert held["overlap"].breaches[0].rows == ("#1", "#2")
    assert held["sliver"].breaches[0].rows == ("#4",)
    assert held["valid"].breaches[0].rows == ("row 5",)


def test_a_missing_layer_is_broken_and_what_hangs_on_it_not_judged(tmp_path):
    found = states(deliver(tmp_path / "d", name="XZQ"), "kjghyd")
    assert found["KJ01"] == "broken"
    assert set(found.values()) - {"broken"} == {"unknown"}


def test_a_layer_without_a_crs_has_no_metres(tmp_path):
    folder = deliver(tmp_path / "d", **WHOLE, YDMJ=[1.0, 2.0], BSM=["7", "8"])
    gpd.read_file(folder / "KJGHYD.gpkg").to_file(folder / "KJGHYD.shp")
    (folder / "KJGHYD.gpkg").unlink()
    (folder / "KJGHYD.prj").unlink()
    held = {one.rule.rule: one for one in hold(read_pack("kjghyd"), delivered(folder))}
    assert (held["KJ10"].state, held["KJ10"].why) == ("unknown", "no_crs")


@pytest.mark.parametrize(
    ("rule", "values", "rows"),
    [
        ("length,D,F,3", ["abc", "abcd"], ["#2"]),
        ("code,D,F,A|B", ["A", "C"], ["#2"]),
        ("range,D,F,0..10", ["3", "11"], ["#2"]),
        ("type,D,F,integer", ["3", "3.5"], ["#2"]),
        ("type,D,F,date", ["2020-01-01", "soon"], ["#2"]),
        ("type,D,F,text", ["3", "x"], []),
    ],
)
def test_each_kind_of_rule_on_values(tmp_path, rule, values, rows):
    held = hold(read_pack(own(tmp_path, rule)), delivered(deliver(tmp_path / "d", name="D", F=values)))
    assert [row for b in held[0].breaches for row in b.rows] == rows


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("melt,D,F,1", "kind 'melt' is none of"),
        ("overlap,D,,wide", "is not a number"),
        ("range,D,F,3", "a number to a number"),
        ("type,D,F,colour", "type 'colour' is none of"),
        ("unique,D,,", "names a field"),
        ("overlap,D,,1e99", "is not a number"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_named(tmp_path, row, words):
    with pytest.raises(ReadError, match=words):
        read_pack(own(tmp_path, row))


def test_a_path_a_wrong_name_and_a_heap_of_rows_are_refused(tmp_path):
    with pytest.raises(ReadError, match=r"no rule pack.*topology"):
        read_pack("../notes")
    with pytest.raises(ReadError, match="Did you mean topology"):
        read_pack("topologi")
    with pytest.raises(ReadError, match="rows"):
        read_pack(own(tmp_path, *["layer,D,,"] * 10_001))
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ReadError, match="lacks the columns"):
        read_pack(str(tmp_path / "x.csv"))


def test_every_pack_that_comes_with_the_tool_reads_and_says_how_far_to_trust_it():
    for name in packs():
        assert all(rule.zh and rule.en and rule.trust for rule in read_pack(name))


def test_the_command_lists_a_pack_holds_a_folder_and_writes_a_workbook(tmp_path, capsys):
    assert main(["rules", "--pack", "kjghyd"]) == 0
    assert "KJ01  空间规划用地图层齐全  [" in capsys.readouterr().out
    clean = deliver(tmp_path / "d", **WHOLE, YDMJ=[1.0, 2.0], BSM=["7", "8"])
    assert main(["rules", str(clean), "--pack", "kjghyd"]) == 0
    broken = deliver(tmp_path / "e", **WHOLE, YDMJ=[1.0, 2.0], BSM=["7", "7"])
    capsys.readouterr()
    assert main(["rules", str(broken), "--pack", "kjghyd", "-o", str(tmp_path / "p.xlsx"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [r["rule"] for r in told["rules"] if r["state"] == "broken"] == ["KJ08"]
    assert not told["kept"]
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert [c.value for c in book["不符合项"][2]] == ["KJ08", "KJGHYD", 2, "BSM = 7", "#1 7, #2 7"]
    assert main(["rules", str(tmp_path / "nowhere"), "--pack", "kjghyd"]) == 2
