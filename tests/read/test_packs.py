"""A delivery held against a rule pack: tables, codes, ids and topology, each by a value counted by hand."""

from __future__ import annotations

import csv
import json
import warnings

import geopandas as gpd
import openpyxl
import pytest
import shapely
from shapely.geometry import box

import geo_planner as gp
from geo_planner.cli import main
from geo_planner.errors import ReadError
from geo_planner.plan.trust import LEVELS
from geo_planner.read.packs import packs, read_pack

HEAD = ["rule", "kind", "layer", "field", "value", "trust", "source", "source_en"]
X, Y = 39_500_000.12345, 3_750_000.12345
CRS = "EPSG:4527"


def _pack(path, *rules):
    """Write rules (kind, layer, field, value) as a pack; their names are R1, R2 and so on."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [[f"R{n}", *rule, "ours", "test", ""] for n, rule in enumerate(rules, start=1)]
        csv.writer(file).writerows([HEAD, *rows])
    return path


def _squares(*corners, side=100):
    return [box(X + x, Y + y, X + x + side, Y + y + side) for x, y in corners]


def _layer(folder, name, shapes, crs=CRS, **columns):
    folder.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a layer without a CRS is meant
        gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(folder / f"{name}.gpkg", layer=name)
    return folder


def _found(folder, pack, **options):
    return {
        o.rule.rule: (o.state, o.count, o.example, o.rows, o.why)
        for o in gp.check_pack(folder, pack, **options).outcomes
    }


def _one(tmp_path, rule, shapes=None, **columns):
    """Judge one rule on the layer L of three squares side by side."""
    crs = columns.pop("crs", CRS)
    folder = _layer(tmp_path / "d", "L", shapes or _squares((0, 0), (100, 0), (200, 0)), crs=crs, **columns)
    return _found(folder, _pack(tmp_path / "p.csv", rule))["R1"]


@pytest.mark.parametrize("name", ["kjghyd", "topology", "tdlygh"])
def test_every_rule_that_is_shipped_has_source_and_trust(name):
    pack = read_pack(name)
    assert name in packs()
    assert all(r.source and r.source_en and r.trust in LEVELS for r in pack.rules)
    assert {r.trust for r in pack.rules} - {"printed"} == {r.trust for r in pack.rules}  # nobody saw a print


def _kjghyd(folder, **changed):
    columns = {
        "OBJECTID": [1, 2],
        "GHYDLBDM": ["M1", "R2"],
        "GHYDLBMC": ["一类工业用地", "二类居住用地"],
        "XZQHDM": ["321302", "321302"],
        "XZQHMC": ["宿城区", "宿城区"],
        "YDMJ": [10_000.0, 10_000.125],
    }
    columns = {k: v for k, v in (columns | changed).items() if v is not None}
    ring = [(x / 7, 0) for x in range(12)]
    fine = shapely.Polygon(
        [(X - 1 / 3, Y), *[(X + x, Y - 1 / 3) for x, _ in ring], (X + 100, Y), (X + 100, Y + 100), (X, Y + 100)]
    )
    columns["YDMJ"] = columns["YDMJ"] and [round(fine.area, 3), columns["YDMJ"][1]]
    return _layer(folder, "KJGHYD", [fine, *_squares((100, 0))], **columns)


def test_a_sound_delivery_keeps_every_rule_of_kjghyd(tmp_path, capsys):
    assert main(["rules", str(_kjghyd(tmp_path / "d")), "--pack", "kjghyd", "--lang", "en"]) == 0
    assert capsys.readouterr().out == "rule pack kjghyd: 31 kept, 0 broken, 0 unknown\n"


def test_a_missing_field_is_broken_once_and_what_rests_on_it_is_unknown(tmp_path):
    held = gp.check_pack(_kjghyd(tmp_path / "d", XZQHMC=None), "kjghyd")
    assert [o.rule.kind for o in held.broken] == ["field"]
    assert [(o.rule.kind, o.why) for o in held.unknown] == [("type", "field"), ("filled", "field"), ("length", "field")]


def test_a_missing_layer_is_broken_once_and_its_rules_are_unknown(tmp_path):
    held = gp.check_pack(_layer(tmp_path / "d", "XZQ", _squares((0, 0))), "kjghyd")
    assert [o.rule.rule for o in held.broken] == ["KJ01"]
    assert len(held.unknown) == 30
    assert {o.why for o in held.unknown} == {"layer"}


@pytest.mark.parametrize(
    ("rule", "column", "wanted"),
    [
        (("type", "L", "A", "number"), ["1", "2", "3"], ("broken", 3, "text", (), "")),
        (("type", "L", "A", "text"), [None] * 3, ("unknown", 0, "", (), "empty")),
        (("length", "L", "A", "3"), ["abc", "一二三四", None], ("broken", 1, "一二三四", (2,), "")),
        (("digits", "L", "A", "6-12"), ["321302", "32130", "32130x"], ("broken", 2, "32130", (2, 3), "")),
        (("decimals", "L", "A", "3"), [123456789.123, 0.0005, 2.0], ("broken", 1, "0.0005", (2,), "")),
        (("filled", "L", "A", "1"), ["a", " ", None], ("broken", 2, " ", (2, 3), "")),
        (("filled", "L", "A", "0.3"), ["a", " ", None], ("kept", 0, "", (), "")),
        (("codes", "L", "A", "01|02"), ["01", "03", None], ("broken", 1, "03", (2,), "")),
        (("codes", "L", "A", "scheme:guide2023"), ["1001", "0701", "9901"], ("broken", 1, "9901", (3,), "")),
        (("unique", "L", "A", ""), ["1", "1", None], ("broken", 3, "1", (1, 2, 3), "")),
        (("area", "L", "A", "0.01"), [10_000.0, 10_101.0, 1.0], ("broken", 2, "10101.0", (2, 3), "")),
        (("area", "L", "A", "0.01"), ["1", "2", "3"], ("unknown", 0, "", (), "number")),
    ],
)
def test_a_rule_on_a_field_names_what_breaks_it(tmp_path, rule, column, wanted):
    state, count, example, rows, why = _one(tmp_path, rule, A=column)
    assert (state, count, rows, why) == (wanted[0], wanted[1], wanted[3], wanted[4])
    assert example == wanted[2]


def test_an_overlap_is_judged_by_its_width_not_its_area(tmp_path):
    long = [box(X, Y, X + 1000, Y + 10), box(X, Y + 9.9995, X + 1000, Y + 20)]  # half a millimetre, 0.5 m²
    assert _one(tmp_path, ("overlap", "L", "", "0.001"), long)[0] == "kept"
    state, count, example, rows, _ = _one(tmp_path, ("overlap", "L", "", "0.0001"), long)
    assert (state, count, rows) == ("broken", 1, (1, 2))
    assert example.startswith("1 × 2: 0.5 m²")


def test_a_gap_between_neighbours_is_found_and_a_street_is_none(tmp_path):
    ring = _squares((0, 0), (100, 0), (200, 0), (0, 100), (200, 100), (0, 200), (100, 200), (200, 200))
    middle = box(X + 100, Y + 100, X + 199.5, Y + 200)  # half a metre is left open
    state, count, example, _, _ = _one(tmp_path, ("gap", "L", "", "0.001"), [*ring, middle])
    assert (state, count) == ("broken", 1)
    assert example.startswith("50 m²")
    street = box(X + 100, Y + 100, X + 170, Y + 200)
    assert _one(tmp_path, ("gap", "L", "", "0.001"), [*ring, street])[0] == "kept"


def test_slivers_crossings_parts_and_near_nodes_are_found(tmp_path):
    thin = box(X + 300, Y, X + 400, Y + 0.05)
    bow = shapely.Polygon([(X, Y + 200), (X + 10, Y + 210), (X + 10, Y + 200), (X, Y + 210)])
    double = shapely.MultiPolygon(_squares((0, 300), (200, 300)))
    close = shapely.Polygon([(X, Y), (X + 9, Y), (X + 9, Y + 0.0004), (X + 9, Y + 9), (X, Y + 9)])
    assert _one(tmp_path, ("sliver", "L", "", "0.1"), [*_squares((0, 0)), thin])[:4] == ("broken", 1, "0.0500 m", (2,))
    assert _one(tmp_path, ("valid", "L", "", ""), [*_squares((0, 0)), bow])[:4] == ("broken", 1, "row 2", (2,))
    assert _one(tmp_path, ("single", "L", "", ""), [*_squares((0, 0)), double])[:4] == ("broken", 1, "2", (2,))
    assert _one(tmp_path, ("nodes", "L", "", "0.001"), [*_squares((50, 0)), close])[:4] == (
        "broken",
        1,
        "0.000400",
        (2,),
    )


def test_coordinates_rounded_to_centimetres_are_not_written_to_a_tenth_of_a_millimetre(tmp_path):
    whole = [box(39_500_000 + 100 * k, 3_750_000, 39_500_100 + 100 * k, 3_750_100) for k in range(3)]
    rule = ("precision", "L", "", "0.0001")
    assert _one(tmp_path, rule, [shapely.segmentize(s, 34) for s in whole])[0] == "kept"
    assert _one(tmp_path, rule, whole)[:3] == ("broken", 3, "0.001 m")
    assert _one(tmp_path, rule, whole[:1])[4] == "few"


def test_without_a_coordinate_system_no_length_is_judged_unless_it_is_said(tmp_path):
    folder = _layer(tmp_path / "d", "L", _squares((0, 0), (50, 0)), crs=None)
    pack = _pack(tmp_path / "p.csv", ("overlap", "L", "", "0.001"), ("crs", "L", "", "CGCS2000"))
    assert {k: v[0] for k, v in _found(folder, pack).items()} == {"R1": "unknown", "R2": "unknown"}
    assert _found(folder, pack, crs=CRS)["R1"][:2] == ("broken", 1)


def test_a_declared_system_goes_before_crs_unless_it_is_forced(tmp_path):
    folder = _layer(tmp_path / "d", "L", _squares((0, 0)), crs="EPSG:2363")  # Xian 1980, the same zone
    pack = _pack(tmp_path / "p.csv", ("crs", "L", "", "CGCS2000"))
    assert _found(folder, pack, crs=CRS)["R1"][0] == "broken"
    assert _found(folder, pack, crs=CRS, force_crs=True)["R1"][0] == "kept"


def test_degrees_are_judged_in_metres_and_tell_no_precision(tmp_path):
    shapes = gpd.GeoSeries(_squares((0, 0), (99, 0)), crs=CRS).to_crs(4490)
    folder = _layer(tmp_path / "d", "L", shapes, crs="EPSG:4490")
    found = _found(folder, _pack(tmp_path / "p.csv", ("overlap", "*", "", "0.001"), ("precision", "*", "", "0.0001")))
    assert found["R1"][:2] == ("broken", 1)
    assert found["R1"][2].startswith("1 × 2: 100 m²")
    assert found["R2"][4] == "metres"


def test_shapes_in_a_heap_are_unknown_not_kept(tmp_path):
    heap = [shapely.affinity.translate(s, k / 1000) for s in _squares((0, 0)) for k in range(700)]
    assert _one(tmp_path, ("overlap", "L", "", "0.001"), heap)[4] == "heap"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (",".join(HEAD) + "\nR1,pattern,L,A,(a+)+$,ours,x,", "unknown kind of rule 'pattern'"),
        (",".join(HEAD) + "\nR1,codes,L,A,scheme:../../etc/passwd,ours,x,", "the value of codes"),
        (",".join(HEAD) + "\nR1,overlap,L,,nan,ours,x,", "the value of overlap"),
        (",".join(HEAD) + "\nR1,overlap,L,A,0.1,ours,x,", "and no field"),
        (",".join(HEAD) + "\nR1,crs,L,,CGCS2000,certain,x,", "trust is one of"),
        (",".join(HEAD) + "\nR1,crs,L,,CGCS2000,ours,,", "source must be named"),
        (",".join(HEAD) + "\n" + "\n".join(f"R{n},valid,L,,,ours,x," for n in range(10_000)), "10,000 rules"),
        (",".join(HEAD) + "\nR1,valid,L,,,ours,x,\nR1,single,L,,,ours,x,", "stands twice"),
        (",".join(HEAD) + "\nR1,valid\n", "8 cells"),
        (",".join(HEAD) + '\nR1,valid,"L\x1b[2J",,,ours,x,', "cannot be printed"),
        ("a,b\n1,2", "the first line must be"),
        ("x" * 1_100_000, "too large"),
    ],
)
def test_a_hostile_pack_is_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=said):
        read_pack(path)


@pytest.mark.parametrize("name", ["../notes", "/etc/passwd", "kjghyd\0", "http://x/p.csv"])
def test_a_path_that_is_no_pack_is_refused(name):
    with pytest.raises(ReadError):
        read_pack(name)


def test_the_command_lists_packs_rules_and_outcomes_in_both_languages(tmp_path, capsys):
    folder = _kjghyd(tmp_path / "d", GHYDLBDM=["1001", "R2"])
    assert main(["rules", "--list"]) == 0
    assert "kjghyd  31" in capsys.readouterr().out
    assert main(["rules", "--pack", "kjghyd", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rules"]) == 31
    assert main(["rules", str(folder), "--pack", "kjghyd", "-o", str(tmp_path / "out"), "-q"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "! KJ06  KJGHYD.GHYDLBDM：不超过 3 个字符：1 处不符，如 1001  [一处二手来源]"
    told = json.loads((tmp_path / "out" / "rules.json").read_text(encoding="utf-8"))
    assert [o["rule"] for o in told["outcomes"] if o["state"] == "broken"] == ["KJ06"]
    book = openpyxl.load_workbook(tmp_path / "out" / "rules.xlsx")
    assert [c.value for c in book["结果"][2]][:4] == ["不符", "KJ06", "KJGHYD", 1]
    assert book["规则"].max_row == 32


def test_a_file_that_cannot_be_read_ends_with_two(tmp_path):
    folder = _kjghyd(tmp_path / "d")
    (folder / "XZQ.shp").write_bytes(b"no shapefile")
    assert main(["rules", str(folder), "--pack", "kjghyd", "-q"]) == 2


def test_a_folder_without_a_pack_is_told_to_name_one(tmp_path, capsys):
    assert main(["rules", str(tmp_path)]) == 2
    assert "--pack" in capsys.readouterr().err
