"""A year of deliveries against a contract drafted from the first: every planted drift is named, and nothing else."""

from __future__ import annotations

import json

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo_planner.cli.front import main
from geo_planner.errors import ReadError
from geo_planner.read.contract import check_delivery, delivered, draft_text, placed, read_contract

from .year import DRIFTS, month, write


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("year")
    delivery = delivered(write(month(0), folder / "00"))
    (folder / "bureau.toml").write_text(draft_text(delivery, placed(delivery), "规划局"), encoding="utf-8")
    return folder, read_contract(folder / "bureau.toml")


@pytest.fixture(scope="module")
def months(first):
    folder, _ = first
    return [delivered(folder / "00"), *(delivered(write(month(k), folder / f"{k:02d}")) for k in range(1, 13))]


def _told(gate):
    return [(d.kind, d.layer, d.field) for d in gate.breaches]


def test_thirty_drifts_are_planted():
    assert len(DRIFTS) == 30
    assert {k for _, k, _, _ in DRIFTS} == set(range(2, 13))


def test_twelve_months_that_keep_the_contract_raise_no_alarm(first, months):
    for k in range(1, 13):
        gate = check_delivery(first[1], months[k], months[k - 1])
        assert _told(gate) == [], k


def test_the_difference_of_two_months_is_the_known_one_exactly(first, months):
    """Each month adds one parcel and one permit; two parcels change their ratio: last month's back, this month's on."""
    for k in range(1, 13):
        gate = check_delivery(first[1], months[k], months[k - 1])
        changed = tuple(f"SQ-{j:03d}" for j in (k - 1, k))
        assert [(d.kind, d.layer, d.count, d.ids) for d in gate.differences] == [
            ("added", "地块", 1, (f"SQ-{39 + k:03d}",)),
            ("changed", "地块", 2, changed),
            ("added", "许可", 1, (f"XK{9 + k:02d}",)),
        ], k


@pytest.mark.parametrize(("what", "number", "plant", "expected"), DRIFTS, ids=[d[0] for d in DRIFTS])
def test_a_planted_drift_is_found_and_nothing_else_is_blamed(first, months, tmp_path, what, number, plant, expected):
    layers = month(number)
    plant(layers)
    gate = check_delivery(first[1], delivered(write(layers, tmp_path / "now")), months[number - 1])
    told = _told(gate)
    assert expected in told
    follows = {"type", "jump_size", "jump_rows", "jump_value", "jump_field", "renumbered"}
    others = [t for t in told if t != expected and not (t[1] == expected[1] and t[0] in follows)]
    assert others == []


def test_draft_template_filled_and_checked_is_clean(first, tmp_path, capsys):
    folder, _ = first
    contract = folder / "bureau.toml"
    assert main(["contract", "template", str(contract), "-o", str(tmp_path / "out"), "-q"]) == 0
    names = sorted(p.name for p in (tmp_path / "out" / "shapefile").iterdir() if p.suffix == ".shp")
    assert names == ["地块.shp", "管线.shp", "许可.shp"]
    filled = tmp_path / "filled"
    filled.mkdir()
    for name, frame in month(0).items():
        empty = gpd.read_file(tmp_path / "out" / "shapefile" / f"{name}.shp", encoding="gbk")
        assert [c for c in empty.columns if c != "geometry"] == [c for c in frame.columns if c != "geometry"]
        frame.to_file(filled / f"{name}.shp", encoding="gbk")
    assert main(["contract", "check", str(contract), str(filled), "--lang", "en"]) == 0
    assert "as contracted" in capsys.readouterr().out
    page = (tmp_path / "out" / "字段说明.html").read_text(encoding="utf-8")
    assert "用地代码" in page
    assert "B1、G1、M1、R2" in page
    assert "空白表示" in page
    assert "不知道（缺数据）" in page


def test_the_exit_codes_and_the_three_files(first, tmp_path, capsys):
    folder, _ = first
    contract, layers = str(folder / "bureau.toml"), month(1)
    layers["地块"].loc[3, "用地代码"] = "<b>Z9"
    now = write(layers, tmp_path / "now")
    args = ["contract", "check", contract, str(now), "-o", str(tmp_path / "out")]
    assert main(args) == 1
    assert main([*args, "--strict"]) == 2
    said = json.loads((tmp_path / "out" / "contract.json").read_text(encoding="utf-8"))
    assert [(d["kind"], d["ids"]) for d in said["differences"]] == [("value", ["SQ-003"])]
    page = (tmp_path / "out" / "contract.html").read_text(encoding="utf-8")
    assert page.count("<path") == 4  # three layers and the one parcel
    assert "<b>Z9" not in page
    assert "<script" not in page
    rows = list(openpyxl.load_workbook(tmp_path / "out" / "contract.xlsx").active.iter_rows(values_only=True))
    assert rows[1][:4] == ("是", "地块", "用地代码", 1)
    (now / "坏.gpkg").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    assert main(args) == 2
    capsys.readouterr()


def test_what_cannot_be_placed_goes_to_the_sheet_and_comes_back_filled(tmp_path, capsys):
    frame = gpd.GeoDataFrame(
        {"Q7": ["a", "b"]}, geometry=[shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], crs="EPSG:4548"
    )
    (tmp_path / "in").mkdir()
    frame.to_file(tmp_path / "in" / "XB.gpkg", layer="XB")
    draft = ["contract", "draft", str(tmp_path / "in"), "-o", str(tmp_path / "c.toml")]
    assert main(draft) == 0
    book = openpyxl.load_workbook(tmp_path / "c_mapping.xlsx")
    assert [row[:2] for row in book.active.iter_rows(min_row=2, values_only=True)] == [("XB", None), ("XB", "Q7")]
    book.active["D2"], book.active["D3"] = "parcels", "id"
    book.save(tmp_path / "filled.xlsx")
    assert main([*draft, "--mapping", str(tmp_path / "filled.xlsx")]) == 0
    terms = read_contract(tmp_path / "c.toml").layers["XB"]
    assert (terms.role, terms.id, terms.fields["Q7"].column) == ("parcels", "Q7", "id")
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[layers."../../etc"]\nrole="parcels"', "no slash"),
        ('[layers.a]\npattern="(a+)+$"', "unknown key"),
        ('[layers.a.fields.b]\npattern="(a+)+$"', "unknown key"),
        ("\n".join(f"[layers.l{k}]" for k in range(10_000)), "too many"),
        ('[layers.a]\nrows=[5, 1]', "smaller first"),
        ("[layers.a]\nrows=[nan, 1]", "two numbers"),
        ('[layers.a.fields.b]\ntype="regex"', "must be one of"),
        ('layers = "x"', "must be tables"),
        ('crs = "file:/etc/hosts"', "points to other files"),
        ("a = " + "[" * 5000, "cannot be read"),
        (f'name = "{"x" * 5000}"', "at most 200"),
        ("x" * (2 << 20), "too large"),
    ],
)  # fmt: skip
def test_a_hostile_contract_is_refused_in_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=sentence):
        read_contract(path)


def test_check_and_run_carry_the_doubts_of_a_contract(first, tmp_path, capsys):
    folder, _ = first
    layers = month(1)
    del layers["管线"]
    now = write(layers, tmp_path / "now")
    contract = ["--contract", str(folder / "bureau.toml"), "--lang", "en"]
    scenario = tmp_path / "s.toml"
    scenario.write_text('name = "s"\nlayers = "now"\n', encoding="utf-8")
    for command in (["check", str(now), "--only", "da"], ["run", str(scenario)]):
        main([*command, *contract, "-o", str(tmp_path / "out")])
        notes = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["import"]["notes"]
        assert [n["en"] for n in notes if n["code"] == "IM920"] == ["contract 规划局: layer 管线 is missing"]
    capsys.readouterr()


def test_the_dates_of_one_month_are_no_list_for_the_next(tmp_path):
    """A draft allowed only the dates of its first delivery: every later one was a breach."""
    boxes = [shapely.box(500_000 + 100 * k, 3_750_000, 500_090 + 100 * k, 3_750_100) for k in range(10)]
    told = {"DKBH": [f"A{k}" for k in range(10)], "KGRQ": ["2012年3月"] * 10, "JSZT": ["已建"] * 10}
    (tmp_path / "m").mkdir()
    gpd.GeoDataFrame(told, geometry=boxes, crs="EPSG:4548").to_file(tmp_path / "m" / "地块.shp", encoding="UTF-8")
    delivery = delivered(tmp_path / "m")
    (tmp_path / "c.toml").write_text(draft_text(delivery, placed(delivery), "x"), encoding="utf-8")
    fields = read_contract(tmp_path / "c.toml").layers["地块"].fields
    assert (fields["KGRQ"].values, fields["JSZT"].values) == ((), ("已建",))
