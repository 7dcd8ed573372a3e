"""Hatches and block references of drawings, and every feature type of a GML file."""

from __future__ import annotations

import ezdxf
import pytest

from geo_planner.errors import NotALayerError
from geo_planner.read import ReadOptions, import_layers
from geo_planner.read.open import open_layer

X, Y = 500_000, 3_750_000
RING = [(X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100)]
HOLE = [(X + 40, Y + 40), (X + 60, Y + 40), (X + 60, Y + 60), (X + 40, Y + 60)]


def _drawing(path, draw):
    drawing = ezdxf.new("R2010")
    draw(drawing, drawing.modelspace())
    drawing.saveas(path)
    return path


def test_a_drawing_of_nothing_but_hatches_is_read_with_their_holes(tmp_path):
    def draw(_, space):
        hatch = space.add_hatch(dxfattribs={"layer": "YD-R2"})
        hatch.paths.add_polyline_path(RING, is_closed=True)
        hatch.paths.add_polyline_path(HOLE, is_closed=True)
        other = space.add_hatch(dxfattribs={"layer": "YD-M1"})
        other.paths.add_polyline_path([(x + 100, y) for x, y in RING], is_closed=True)

    result = import_layers([_drawing(tmp_path / "用地.dxf", draw)], ReadOptions(crs="EPSG:4548"))
    parcels = result.plan["parcels"].sort_values("code")
    assert parcels["code"].tolist() == ["M1", "R2"]
    assert parcels.area.tolist() == pytest.approx([10_000, 9_600])


def test_a_hatch_and_its_drawn_border_are_one_parcel(tmp_path):
    def draw(_, space):
        space.add_hatch(dxfattribs={"layer": "YD-R2"}).paths.add_polyline_path(RING, is_closed=True)
        space.add_lwpolyline(RING, close=True, dxfattribs={"layer": "YD-R2"})

    (sheet,) = open_layer(_drawing(tmp_path / "a.dxf", draw))
    assert len(sheet.frame) == 1


def test_block_references_are_taken_apart_with_their_attributes_and_empty_ones_are_points(tmp_path):
    def draw(drawing, space):
        block = drawing.blocks.new("DK")
        block.add_lwpolyline([(0, 0), (10, 0), (10, 10), (0, 10)], close=True, dxfattribs={"layer": "地块"})
        drawing.blocks.new("SIGN")
        space.add_blockref("DK", (X, Y)).add_attrib("NO", "A-07", (X + 5, Y + 5), dxfattribs={"layer": "编号"})
        space.add_blockref("SIGN", (X + 50, Y), dxfattribs={"layer": "标志"})

    sheets = {s.name: s.frame for s in open_layer(_drawing(tmp_path / "a.dxf", draw))}
    assert sheets["地块"]["id"].tolist() == ["A-07"]
    assert sheets["地块"].area.tolist() == [100.0]
    assert (sheets["标志"]["text"].tolist(), sheets["标志"].geom_type.tolist()) == (["SIGN"], ["Point"])


def test_a_drawing_without_shapes_says_what_it_holds(tmp_path):
    def draw(_, space):
        space.add_ray((0, 0), (1, 0))

    with pytest.raises(NotALayerError, match="its model space has 1 RAY"):
        open_layer(_drawing(tmp_path / "a.dxf", draw))
    with pytest.raises(NotALayerError, match="its model space is empty"):
        open_layer(_drawing(tmp_path / "b.dxf", lambda *_: None))


def test_the_plain_reader_of_careless_drawings_reads_hatches():
    from geo_planner.read.formats.dxf_entities import items

    pairs = [
        (0, "SECTION"),
        (2, "ENTITIES"),
        (0, "HATCH"),
        (8, "YD-R2"),
        (10, "0"),
        (20, "0"),
        (91, "1"),
        (92, "2"),
        (93, "4"),
    ]
    for x, y in RING:
        pairs += [(10, str(x)), (20, str(y))]
    pairs += [(97, "0"), (10, "5"), (20, "5"), (0, "ENDSEC"), (0, "EOF")]
    (found,) = items("\n".join(f"{code}\n{value}" for code, value in pairs))
    assert (found[0], found[1], found[2].area) == ("YD-R2", "hatch", 10_000.0)


_FEATURE = """<gml:featureMember><xplan:{name} gml:id="{id}"><xplan:{place}><gml:Polygon srsName="EPSG:25832" gml:id="g{id}">
<gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></xplan:{place}>
{more}</xplan:{name}></gml:featureMember>"""


def _gml(path, *features):
    members = ""
    for k, (name, (x, width), more) in enumerate(features):
        a, b = 567_000 + x, 5_930_000
        ring = f"{a} {b} {a + width} {b} {a + width} {b + 200} {a} {b + 200} {a} {b}"
        place = "raeumlicherGeltungsbereich" if name == "BP_Plan" else "position"
        members += _FEATURE.format(name=name, id=f"F{k}", place=place, ring=ring, more=more)
    spaces = 'xmlns:xplan="http://www.xplanung.de/xplangml/6/0" xmlns:gml="http://www.opengis.net/gml/3.2"'
    path.write_text(f"<xplan:XPlanAuszug {spaces}>{members}</xplan:XPlanAuszug>", encoding="utf-8")
    return path


def test_every_feature_type_of_a_plan_of_another_country_is_read_with_role_and_code(tmp_path):
    use = "<xplan:besondereArtDerBaulNutzung>{}</xplan:besondereArtDerBaulNutzung>"
    path = _gml(
        tmp_path / "two.gml",
        ("BP_Plan", (0, 300), "<xplan:name>A</xplan:name>"),
        ("BP_BaugebietsTeilFlaeche", (0, 100), use.format(1200)),
        ("BP_BaugebietsTeilFlaeche", (100, 100), use.format(1700)),
        ("BP_GruenFlaeche", (200, 100), ""),
        ("BP_BaumPflanzung", (250, 10), ""),
    )
    result = import_layers([path])
    plan = result.plan
    assert sum(r.rows_in for r in result.layers) == 5
    assert plan["parks"].area.tolist() == [60_000.0]
    assert plan["parcels"][["code", "scheme"]].sort_values("code").to_numpy().tolist() == [
        ["XP-GE", "xplanung"],
        ["XP-GRUEN", "xplanung"],
        ["XP-WA", "xplanung"],
    ]
    assert "BP_BaumPflanzung" in plan.layers


def test_a_plan_of_another_country_is_checked_for_overlap(tmp_path):
    from geo_planner.read import read_plan
    from geo_planner.verdict import judge

    path = _gml(tmp_path / "a.gml", ("BP_GruenFlaeche", (0, 120), ""), ("BP_WaldFlaeche", (100, 100), ""))
    found = judge(read_plan([path]), only=["DA903"]).findings
    assert found["value"].tolist() == [pytest.approx(4_000.0)]
