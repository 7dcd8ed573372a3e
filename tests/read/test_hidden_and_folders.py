"""What a sender has hidden is read and said; a KML of folders becomes layers; one of two rows at (0, 0) is set aside."""

from __future__ import annotations

import ezdxf
import openpyxl
import pytest

from geo_planner.read import import_layers
from geo_planner.read.formats import dxf_entities
from geo_planner.read.ledgers import read_ledger
from geo_planner.read.notes import sentence
from geo_planner.read.open import open_layer


def hidden(notes, code):
    return [n.args["inner"] for n in notes if n.code == code]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_worksheet_is_read_and_named_as_a_doubt(tmp_path, state):
    book = openpyxl.Workbook()
    for title, sheet in (("现状", book.active), ("旧稿", book.create_sheet())):
        sheet.title = title
        sheet.append(["编号", "经度", "纬度"])
        sheet.append(["A", 118.3, 33.9])
    book["旧稿"].sheet_state = state
    book.save(tmp_path / "a.xlsx")
    now, old = open_layer(tmp_path / "a.xlsx")
    assert (hidden(now.notes, "IM129"), hidden(old.notes, "IM129")) == ([], ["旧稿"])
    (said,) = [n for n in old.notes if n.code == "IM129"]
    assert said.severity == "warning"
    assert sentence(said, "zh") == "工作表 旧稿 在文件中被隐藏，仍已读入"
    assert sentence(said) == "worksheet 旧稿 is hidden in the file; it was read all the same"
    assert import_layers([tmp_path / "a.xlsx"]).outcome == "warn"


def test_a_hidden_sheet_of_a_ledger_is_named_as_a_doubt(tmp_path):
    book = openpyxl.Workbook()
    for title, sheet in (("2024", book.active), ("2023", book.create_sheet())):
        sheet.title = title
        sheet.append(["地块编号", "约定开工时间", "用地面积"])
        sheet.append(["A-1", "2024-03-01", 100])
    book["2023"].sheet_state = "hidden"
    book.save(tmp_path / "台账.xlsx")
    found = read_ledger(tmp_path / "台账.xlsx")
    assert len(found.frame) == 2
    assert [(n.args["inner"], n.layer) for n in found.notes if n.code == "IM129"] == [("2023", "台账.xlsx:2023")]


def drawing(path):
    """A drawing with a square on each of three layers: one seen, one frozen, one switched off."""
    doc = ezdxf.new("R2010")
    for k, name in enumerate(("地块", "旧地块", "草图")):
        doc.layers.add(name)
        square = [(k * 20, 0), (k * 20 + 10, 0), (k * 20 + 10, 10), (k * 20, 10)]
        doc.modelspace().add_lwpolyline(square, close=True, dxfattribs={"layer": name})
    doc.layers.get("旧地块").freeze()
    doc.layers.get("草图").off()
    doc.saveas(path)
    return path


def test_a_frozen_layer_and_one_switched_off_are_read_and_named_as_doubts(tmp_path):
    sheets = {s.name: s for s in open_layer(drawing(tmp_path / "a.dxf"))}
    assert [len(sheets[n].frame) for n in ("地块", "旧地块", "草图")] == [1, 1, 1]
    told = {name: [sentence(n, "zh") for n in s.notes if n.code in {"IM130", "IM131"}] for name, s in sheets.items()}
    assert told == {
        "地块": [],
        "旧地块": ["图形图层 旧地块 在图中已冻结，仍已读入"],
        "草图": ["图形图层 草图 在图中已关闭，仍已读入"],
    }
    assert [sentence(n) for n in sheets["草图"].notes if n.code == "IM131"] == [
        "drawing layer 草图 is switched off in the drawing; it was read all the same"
    ]


def test_the_plain_reader_of_careless_drawings_knows_hidden_layers_too(tmp_path):
    text = drawing(tmp_path / "a.dxf").read_text(encoding="utf-8")
    assert dxf_entities.unseen(text) == {"旧地块": "IM130", "草图": "IM131"}


POINT = "<Point><coordinates>118.30,33.90</coordinates></Point>"
LINE = "<LineString><coordinates>118.30,33.90 118.31,33.90</coordinates></LineString>"
AREA = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>118.30,33.90 118.31,33.90 118.31,33.91 118.30,33.90"
    "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)


def kml(path, *folders):
    """Write a KML of folders (name, geometries), each placemark numbered in its folder."""
    inner = "".join(
        f"<Folder><name>{name}</name>"
        + "".join(f"<Placemark><name>{name}{k}</name>{shape}</Placemark>" for k, shape in enumerate(shapes))
        + "</Folder>"
        for name, shapes in folders
    )
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inner}</Document></kml>', encoding="utf-8")
    return path


def test_a_kml_of_folders_of_mixed_geometry_becomes_a_layer_for_each_folder_and_kind(tmp_path):
    path = kml(tmp_path / "a.kml", ("道路", [LINE, LINE]), ("规划地块", [AREA, POINT, AREA]), ("标注", [POINT]))
    sheets = open_layer(path)
    assert {s.name: s.frame["name"].tolist() for s in sheets} == {
        "道路": ["道路0", "道路1"],
        "规划地块_polygon": ["规划地块0", "规划地块2"],
        "规划地块_point": ["规划地块1"],
        "标注": ["标注0"],
    }
    assert [s.frame.index.tolist() for s in sheets] == [[1, 2], [1, 2], [1], [1]]
    layers = import_layers([path]).plan.layers
    assert (len(layers["roads"]), len(layers["parcels"])) == (2, 2)


def test_folders_of_one_kind_stay_one_layer_unless_their_names_tell_different_ones(tmp_path):
    phases = kml(tmp_path / "parcels.kml", ("一期", [AREA]), ("二期", [AREA]))
    (sheet,) = open_layer(phases)
    assert (sheet.name, sheet.frame["folder"].tolist()) == ("parcels", ["一期", "二期"])
    lines = kml(tmp_path / "b.kml", ("道路", [LINE]), ("给水管线", [LINE]))
    assert sorted(import_layers([lines]).plan.layers) == ["pipes", "roads"]


def test_a_damaged_placemark_goes_with_its_folder_and_is_counted_there(tmp_path):
    broken = "<Point><coordinates>nothing</coordinates></Point>"
    path = kml(tmp_path / "a.kml", ("道路", [LINE, broken]), ("标注", [POINT]))
    roads, labels = open_layer(path)
    assert (roads.rows_in, roads.rows_rejected, labels.rows_rejected) == (2, 1, 0)
    assert roads.rejects["name"].tolist() == ["道路1"]


def test_folders_that_differ_by_a_blank_are_one(tmp_path):
    path = kml(tmp_path / "a.kml", ("道路", [LINE]), ("道路 ", [LINE]), ("标注", [POINT]))
    assert {s.name: len(s.frame) for s in open_layer(path)} == {"道路": 2, "标注": 1}


def test_one_of_two_rows_at_the_origin_is_set_aside(tmp_path):
    table = tmp_path / "sources.csv"
    table.write_text("id,lon,lat\nA,118.3,33.9\nB,0,0\n", encoding="utf-8")
    result = import_layers([table])
    assert [layer["id"].tolist() for layer in result.plan.layers.values()] == [["A"]]
    assert [n.count for n in result.notes if n.code == "IM315"] == [1]


def test_two_rows_far_apart_of_which_none_is_at_the_origin_both_stay(tmp_path):
    table = tmp_path / "sources.csv"
    table.write_text("id,lon,lat\nA,118.3,33.9\nB,116.4,39.9\n", encoding="utf-8")
    assert [len(layer) for layer in import_layers([table]).plan.layers.values()] == [2]
