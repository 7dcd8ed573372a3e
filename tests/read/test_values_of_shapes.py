"""Shapes by value from the bytes and words of files: arcs, careless drawings, rings, tables, models, months."""

from __future__ import annotations

import math
import struct
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_planner.errors import NotALayerError
from geo_planner.read.basemap import _bytes, _colours, _span, _tile_count
from geo_planner.read.formats import dbf, epanet, geojson
from geo_planner.read.formats.curves import TOLERANCE, straight
from geo_planner.read.formats.dxf_entities import even_odd, items, unseen
from geo_planner.read.formats.raster import _far
from geo_planner.read.formats.shapefile_shapes import _parted, _point, _polygon, with_holes
from geo_planner.read.repair import _without_points
from geo_planner.read.topology.nodes import with_inverts

HALF = [(0, 0), (1, 1), (2, 0)]


def wkb(code: int, body: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "BI", order == "<", code) + body


def run(points: list[tuple[float, ...]], order: str = "<") -> bytes:
    return struct.pack(order + "I", len(points)) + b"".join(struct.pack(order + "d" * len(p), *p) for p in points)


def several(*parts: bytes) -> bytes:
    return struct.pack("<I", len(parts)) + b"".join(parts)


@pytest.mark.parametrize(("middle", "side"), [(1.0, 1.0), (-1.0, -1.0)])
def test_half_a_circle_becomes_chords_within_the_tolerance(middle: float, side: float) -> None:
    """A chord of radius 1 is 0.001 off at an angle of 0.0894: 36 chords for half a circle, above or below."""
    shape = straight(wkb(8, run([(0, 0), (1, middle), (2, 0)])))
    xy = shapely.get_coordinates(shape)
    assert len(xy) == 37
    assert np.allclose(np.hypot(xy[:, 0] - 1, xy[:, 1]), 1.0)
    assert xy[18].tolist() == pytest.approx([1.0, side])
    assert (xy[0].tolist(), xy[-1].tolist()) == ([0.0, 0.0], [2.0, 0.0])
    assert 1 - math.cos(math.pi / 36 / 2) <= TOLERANCE < 1 - math.cos(math.pi / 35 / 2)


def test_arcs_of_a_quarter_of_three_quarters_and_of_a_whole_circle() -> None:
    root = math.sqrt(0.5)
    quarter = straight(wkb(8, run([(1, 0), (root, root), (0, 1)])))
    assert quarter.length == pytest.approx(math.pi / 2, rel=1e-3)
    rest = straight(wkb(8, run([(1, 0), (root, -root), (0, 1)])))
    assert rest.length == pytest.approx(1.5 * math.pi, rel=1e-3)
    whole = straight(wkb(8, run([(0, 0), (2, 0), (0, 0)])))
    assert len(shapely.get_coordinates(whole)) == 72
    assert whole.length == pytest.approx(2 * math.pi, rel=1e-3)
    assert whole.bounds == pytest.approx((0, -1, 2, 1), abs=2e-3)


def test_three_points_in_a_row_are_a_line_and_two_arcs_one_string() -> None:
    assert shapely.get_coordinates(straight(wkb(8, run([(0, 0), (1, 0), (2, 0)])))).tolist() == [[0, 0], [1, 0], [2, 0]]
    both = straight(wkb(8, run([*HALF, (3, -1), (4, 0)])))
    assert len(shapely.get_coordinates(both)) == 73
    assert both.length == pytest.approx(2 * math.pi, rel=1e-3)


def test_heights_measures_byte_order_and_a_number_of_the_system_are_read_over() -> None:
    flat = straight(wkb(2, run([(0, 0), (3, 4)])))
    assert flat.length == 5.0
    assert straight(wkb(1002, run([(0, 0, 7), (3, 4, 7)]))).equals(flat)
    assert straight(wkb(2002, run([(0, 0, 7), (3, 4, 7)]))).equals(flat)
    assert straight(wkb(3002, run([(0, 0, 7, 8), (3, 4, 7, 8)]))).equals(flat)
    assert straight(wkb(0x80000002, run([(0, 0, 7), (3, 4, 7)]))).equals(flat)
    assert straight(wkb(0x40000002, run([(0, 0, 7), (3, 4, 7)]))).equals(flat)
    assert straight(wkb(0x20000002, struct.pack("<I", 4527) + run([(0, 0), (3, 4)]))).equals(flat)
    assert straight(wkb(2, run([(0, 0), (3, 4)], ">"), ">")).equals(flat)
    assert straight(wkb(1, struct.pack("<2d", 3, 4))).equals(shapely.Point(3, 4))


def test_a_compound_ring_is_half_a_disc_and_parts_stay_apart() -> None:
    ring = wkb(9, several(wkb(8, run(HALF)), wkb(2, run([(2, 0), (0, 0)]))))
    disc = straight(wkb(10, several(ring)))
    assert disc.is_valid
    assert disc.area == pytest.approx(math.pi / 2, rel=2e-3)
    assert len(shapely.get_coordinates(straight(ring))) == 38
    box = wkb(3, several(run([(5, 0), (9, 0), (9, 4), (5, 4), (5, 0)]), run([(6, 1), (7, 1), (7, 2), (6, 1)])))
    assert straight(box).area == 15.5
    both = straight(wkb(12, several(wkb(10, several(ring)), box)))
    assert (both.geom_type, len(both.geoms), both.area) == ("MultiPolygon", 2, pytest.approx(17.07, abs=0.01))
    lines = straight(wkb(11, several(wkb(8, run(HALF)), wkb(2, run([(0, 0), (3, 4)])))))
    assert (lines.geom_type, len(lines.geoms)) == ("MultiLineString", 2)
    mixed = straight(wkb(7, several(wkb(1, struct.pack("<2d", 0, 0)), wkb(2, run([(0, 0), (3, 4)])))))
    assert (mixed.geom_type, len(mixed.geoms)) == ("GeometryCollection", 2)
    assert straight(wkb(10, several())).is_empty
    assert straight(wkb(3, several())).is_empty


def test_damaged_bytes_are_no_shape() -> None:
    assert straight(wkb(8, run(HALF))[:-1]) is None
    assert straight(wkb(2, struct.pack("<I", 2**31))) is None
    deep = wkb(1, struct.pack("<2d", 0, 0))
    for _ in range(25):
        deep = wkb(7, several(deep))
    assert straight(deep) is None
    assert straight(b"\x01") is None


def dxf(*entities: str, section: str = "ENTITIES") -> str:
    body = "".join("\n" + "\n".join(e.split()) for e in entities)
    return f"0\nSECTION\n2\n{section}{body}\n0\nENDSEC\n0\nEOF\n"


def drawn(*entities: str) -> list[tuple[str, str, str, str]]:
    return [(layer, kind, "" if s is None else s.wkt, text) for layer, kind, s, text in items(dxf(*entities))]


def test_lines_outlines_points_and_texts_of_a_careless_drawing() -> None:
    square = "10 0 20 0 10 4 20 0 10 4 20 3 10 0 20 3"
    assert drawn(f"0 LWPOLYLINE 8 A 70 1 {square}") == [("A", "outline", "POLYGON ((0 0, 4 0, 4 3, 0 3, 0 0))", "")]
    assert drawn(f"0 LWPOLYLINE 8 A 70 0 {square}") == [("A", "line", "LINESTRING (0 0, 4 0, 4 3, 0 3)", "")]
    closed = f"0 LWPOLYLINE 8 A {square} 10 0 20 0"  # closed by hand: its last point is its first
    assert drawn(closed)[0][1] == "outline"
    assert drawn("0 LWPOLYLINE 8 A 70 1 10 0 20 0 10 4 20 0 10 0 20 0")[0][1] == "line"  # two places are no area
    assert drawn("0 LINE 10 1 20 2 11 4 21 6") == [("0", "line", "LINESTRING (1 2, 4 6)", "")]
    assert drawn("0 POINT 8 P 10 1 20 2") == [("P", "point", "POINT (1 2)", "")]
    assert drawn("0 TEXT 8 T 10 1 20 2 1 M1") == [("T", "text", "POINT (1 2)", "M1")]
    assert drawn("0 MTEXT 8 T 10 1 20 2 1 R2") == [("T", "text", "POINT (1 2)", "R2")]
    assert drawn("0 LINE 8 A 10 1 20 2 11 x 21 6") == [("A", "bad", "", "")]
    assert drawn("0 SPLINE 8 A 10 1 20 2") == []
    assert drawn("0 LWPOLYLINE 8 A 10 1 20 2") == []


def test_an_old_polyline_takes_its_vertices_and_its_layer_from_its_head() -> None:
    vertices = ["0 VERTEX 8 V 10 0 20 0", "0 VERTEX 8 V 10 4 20 0", "0 VERTEX 8 V 10 4 20 3"]
    assert drawn("0 POLYLINE 8 A 70 1", *vertices, "0 SEQEND") == [
        ("A", "outline", "POLYGON ((0 0, 4 0, 4 3, 0 0))", "")
    ]
    assert drawn("0 POLYLINE 8 A 70 0", *vertices, "0 SEQEND", "0 POLYLINE 8 B", *vertices[:2], "0 SEQEND") == [
        ("A", "line", "LINESTRING (0 0, 4 0, 4 3)", ""),
        ("B", "line", "LINESTRING (0 0, 4 0)", ""),
    ]


def test_circles_and_arcs_are_drawn_in_sixty_four_steps() -> None:
    (circle,) = items(dxf("0 CIRCLE 8 C 10 5 20 5 40 2"))
    assert circle[1] == "outline"
    assert circle[2].area == pytest.approx(32 * 4 * math.sin(2 * math.pi / 64))
    (arc,) = items(dxf("0 ARC 8 C 10 0 20 0 40 2 50 270 51 90"))
    xy = shapely.get_coordinates(arc[2])
    assert (arc[1], len(xy)) == ("line", 65)
    assert np.allclose(xy[[0, 32, 64]], [[0, -2], [2, 0], [0, 2]])


def test_a_hatch_is_what_an_odd_number_of_rings_surrounds() -> None:
    outer = "92 2 93 4 10 0 20 0 10 9 20 0 10 9 20 9 10 0 20 9 97 0"
    inner = "92 2 93 4 10 3 20 3 10 6 20 3 10 6 20 6 10 3 20 6 97 0"
    (one,) = items(dxf(f"0 HATCH 8 H 10 77 20 77 {outer} {inner} 10 50 20 50"))
    assert (one[0], one[1], one[2].area) == ("H", "hatch", 72.0)
    assert items(dxf("0 HATCH 8 H 92 2 10 0 20 0 10 9 20 0")) == []
    assert even_odd([np.array([[0.0, 0], [1, 0]]), np.array([[0.0, 0], [1, np.nan], [1, 1]])]) is None


def test_layers_that_are_frozen_or_off_are_told_and_other_sections_are_read_over() -> None:
    layers = ["0 LAYER 2 A 70 1 62 7", "0 LAYER 2 B 70 0 62 -7", "0 LAYER 2 C 70 4 62 7", "0 LTYPE 2 D 70 1"]
    assert unseen(dxf(*layers, section="TABLES")) == {"A": "IM130", "B": "IM131"}
    assert items(dxf("0 POINT 10 1 20 2", section="BLOCKS")) == []
    assert items("0\nSECTION\n2\nENTITIES\nnonsense\n0\n") == []


def ring(x: float, y: float, side: float, *, clockwise: bool) -> np.ndarray:
    xy = np.array([[x, y], [x, y + side], [x + side, y + side], [x + side, y], [x, y]], float)
    return xy if clockwise else xy[::-1]


def record(**more: Any) -> Any:
    return SimpleNamespace(**{"unclosed": 0, "flat": 0, "measured": False, "raw": b"", "bad": {}} | more)


def test_clockwise_rings_are_shells_and_others_are_holes_of_the_smallest_shell_around_them() -> None:
    shells = [ring(0, 0, 10, clockwise=True), ring(20, 0, 5, clockwise=True)]
    hole, lost = ring(2, 2, 4, clockwise=False), ring(50, 50, 1, clockwise=False)
    inner = ring(3, 3, 2, clockwise=True)  # an island in the hole, with a hole of its own
    own = ring(3.5, 3.5, 1, clockwise=False)
    shape = _polygon(record(), [*shells, hole])
    assert [p.area for p in shape.geoms] == [84.0, 25.0]
    shape = with_holes([*shells, inner], [hole, own, lost])
    assert [p.area for p in shape.geoms] == [84.0, 25.0, 3.0, 1.0]
    assert _polygon(record(), [hole]).area == 16.0  # one ring is a shell, whatever its turn
    both = _polygon(record(), [hole, lost])  # all the wrong way round: all shells
    assert [p.area for p in both.geoms] == [16.0, 1.0]
    assert with_holes([shells[0]], [hole]).area == 84.0


def test_an_open_ring_is_closed_and_counted() -> None:
    seen = record()
    assert _polygon(seen, [ring(0, 0, 3, clockwise=True)[:-1]]).area == 9.0
    assert seen.unclosed == 1
    _polygon(seen, [np.array([[0.0, 0.0], [1, 0], [0, 0]])])
    assert seen.unclosed == 1


def body(kind: int, parts: list[int], xy: list[tuple[float, float]], more: bytes = b"") -> bytes:
    flat = struct.pack("<i4d", kind, 0, 0, 0, 0)
    counts = struct.pack("<i", len(xy)) if kind in {8, 18} else struct.pack("<2i", len(parts), len(xy))
    starts = b"" if kind in {8, 18} else struct.pack(f"<{len(parts)}i", *parts)
    return flat + counts + starts + b"".join(struct.pack("<2d", *p) for p in xy) + more


def shape_of(kind: int, parts: list[int], xy: list[tuple[float, float]], more: bytes = b"") -> tuple[Any, Any]:
    raw = b"\0" * 3 + body(kind, parts, xy, more)
    seen = record(raw=raw)
    flat = 8 if kind in {8, 18} else kind % 10
    return _parted(seen, 3, len(raw) - 3, (kind, flat)), seen


def test_a_record_of_several_parts_is_cut_where_each_begins() -> None:
    xy = [(0, 0), (3, 4), (10, 0), (10, 1), (10, 3)]
    assert shape_of(3, [0, 2], xy)[0].wkt == "MULTILINESTRING ((0 0, 3 4), (10 0, 10 1, 10 3))"
    assert shape_of(3, [0], xy[:2])[0].wkt == "LINESTRING (0 0, 3 4)"
    assert shape_of(3, [0], xy[:1])[0].wkt == "LINESTRING (0 0, 0 0)"
    assert shape_of(8, [], xy[:2])[0].wkt == "MULTIPOINT ((0 0), (3 4))"
    assert shape_of(5, [0], [(0, 0), (0, 2), (2, 2), (0, 0)])[0].area == 2.0
    assert shape_of(3, [], [])[0] is None
    for parts in ([1], [0, 3, 2], [0, 9]):
        with pytest.raises(ValueError, match=r"^$"):
            shape_of(3, parts, xy)
    short = record(raw=body(3, [0], xy)[:-16])
    with pytest.raises(ValueError, match=r"^$"):
        _parted(short, 0, len(short.raw), (3, 3))


def test_heights_are_kept_where_all_are_numbers_and_measures_are_noticed() -> None:
    xy = [(0, 0), (3, 4)]
    heights, measures = struct.pack("<4d", 0, 9, 5, 6), struct.pack("<4d", 0, 9, 1, 2)
    shape, seen = shape_of(13, [0], xy, heights)
    assert (shape.wkt, seen.flat, seen.measured) == ("LINESTRING Z (0 0 5, 3 4 6)", 0, False)
    assert shape_of(13, [0], xy, heights + measures)[1].measured is True
    assert shape_of(13, [0], xy, heights + struct.pack("<4d", 0, 0, -1e39, -1e39))[1].measured is False
    shape, seen = shape_of(13, [0], xy, struct.pack("<4d", 0, 9, 5, -1e39))
    assert (shape.wkt, seen.flat) == ("LINESTRING (0 0, 3 4)", 1)
    assert shape_of(13, [0], xy, heights[:-8])[0].wkt == "LINESTRING (0 0, 3 4)"
    assert shape_of(18, [], xy, heights)[0].wkt == "MULTIPOINT Z ((0 0 5), (3 4 6))"
    seen = record(raw=struct.pack("<i3d", 11, 3, 4, 7))
    assert _point(seen, 0, 28, 11).wkt == "POINT Z (3 4 7)"
    assert _point(seen, 0, 20, 11).wkt == "POINT (3 4)"
    with pytest.raises(ValueError, match=r"^$"):
        _point(seen, 0, 19, 1)


def test_shapes_of_geojson_are_built_part_by_part() -> None:
    def built(kind: str, where: Any, **more: Any) -> Any:
        return geojson._build({"type": kind, "coordinates": where} | more, seen, 0)

    seen = geojson._Seen()
    assert built("Point", [3, 4, 5, 6]).wkt == "POINT Z (3 4 5)"
    assert built("MultiPoint", [[0, 0, 1], [3, 4]]).wkt == "MULTIPOINT ((0 0), (3 4))"
    assert built("LineString", [[1, 2]]).wkt == "LINESTRING (1 2, 1 2)"
    assert built("MultiLineString", [[[0, 0], [1, 1]], []]).wkt == "MULTILINESTRING ((0 0, 1 1))"
    assert built("Polygon", [[[0, 0], [4, 0], [4, 3]], []]).area == 6.0
    assert seen.unclosed == 1
    hole = [[1, 1], [2, 1], [2, 2], [1, 1]]
    assert (
        built(
            "MultiPolygon", [[[[0, 0], [4, 0], [4, 3], [0, 0]]], [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], hole], [[]]]
        ).area
        == 21.5
    )
    assert seen.unclosed == 1
    for kind in ("Point", "MultiPoint", "LineString", "Polygon"):
        assert built(kind, []).is_empty
    inner = {"type": "Point", "coordinates": [0, 0]}
    assert (
        built("GeometryCollection", None, geometries=[inner, inner]).wkt
        == "GEOMETRYCOLLECTION (POINT (0 0), POINT (0 0))"
    )
    assert geojson._shape({"type": "Point", "coordinates": ["a", 1]}, seen, 7) is None
    assert seen.bad == {7: "damaged"}
    assert geojson._shape({}, seen, 8) is None
    assert geojson._shape({"type": "Circle", "coordinates": [0]}, seen, 9) is None
    assert seen.bad == {7: "damaged", 9: "damaged"}


@pytest.mark.parametrize(
    ("values", "dtype", "last"),
    [
        ([True, None, False], "boolean", False),
        ([1, None, 3], "Int64", 3),
        ([1, None, 2.5], "float64", 2.5),
        ([2**53, 2.5], "str", "2.5"),
        ([True, 2], "str", "2"),
        (["a", [1, "河"]], "str", '[1, "河"]'),
        ([1, 2**63], "str", str(2**63)),
    ],
)
def test_a_column_of_geojson_has_the_type_that_holds_all_its_values(values, dtype, last) -> None:
    column = geojson._column(values, geojson._Seen())
    assert (str(column.dtype), column.tolist()[-1]) == (dtype, last)


def table(count: int, rows: bytes, fields: tuple[tuple[bytes, bytes, int, int], ...]) -> bytes:
    head = 32 + 32 * len(fields) + 1
    width = 1 + sum(w + 256 * d if k == b"C" else w for _, k, w, d in fields)
    out = struct.pack("<4BIHH20x", 3, 126, 1, 1, count, head, width)
    out += b"".join(struct.pack("<11sc4xBB14x", name, kind, w, d) for name, kind, w, d in fields)
    return out + b"\r" + rows


def test_a_table_says_its_rows_and_those_that_are_deleted_or_cut_off() -> None:
    fields = ((b"ID", b"C", 2, 0), (b"AREA", b"N", 3, 1))
    whole = dbf.parse(table(2, b" A1 12*B2  7", fields))
    assert (whole.rows.shape, whole.alive.tolist(), whole.notes) == ((2, 6), [True, False], ())
    cut = dbf.parse(table(3, b" A1 12*B2  7", fields))
    assert (cut.rows.shape, len(cut.notes)) == ((2, 6), 1)
    assert len(dbf.parse(table(1, b" A1 12*B2  7", fields)).rows) == 1
    wide = dbf.parse(table(1, b" " + b"x" * 300, ((b"TEXT", b"C", 44, 1),)))
    assert wide.fields[0].width == 300
    with pytest.raises(NotALayerError, match="6 bytes wide, its header says 7"):
        dbf.parse(table(2, b"", fields)[:10] + struct.pack("<H", 7) + table(2, b"", fields)[12:])
    with pytest.raises(NotALayerError, match="no header"):
        dbf.parse(b"\x03" * 32)


def test_a_pump_curve_of_one_point_or_of_three() -> None:
    """EPANET: shutoff 4/3 of the head, a third of it lost at the flow; or h = 100 - c q^2 through 100, 96 and 84."""
    assert epanet._curve([(10.0, 30.0)]) == pytest.approx((40.0, 0.1, 2.0))
    assert epanet._curve([(0.0, 100.0), (2.0, 96.0), (4.0, 84.0)]) == pytest.approx((100.0, 1.0, 2.0))
    for wrong in ([(1.0, 100.0), (2.0, 96.0), (4.0, 84.0)], [(0.0, 90.0), (2.0, 96.0), (4.0, 84.0)], [(0.0, 1.0)] * 2):
        assert epanet._curve(wrong) is None
    assert epanet._curve([(0.0, 100.0), (4.0, 96.0), (2.0, 84.0)]) is None


def test_a_filler_is_five_spans_away_from_everything_else() -> None:
    assert _far(np.array([0.0, 10.0, -9999.0]), -9999.0)
    assert not _far(np.array([0.0, 10.0, -44.0]), -44.0)  # median 5: 49 away, five spans are 50
    assert _far(np.array([0.0, 10.0, -46.0]), -46.0)
    assert not _far(np.array([-9999.0, -9999.0]), -9999.0)
    assert not _far(np.array([1, 2, 3], np.uint8), -9999.0)


def test_a_line_is_left_without_its_parts_of_no_length() -> None:
    parts = "MULTILINESTRING ((0 0, 1 0), (5 5, 5 5), (2 0, 3 0))"
    assert _without_points(shapely.from_wkt(parts)).wkt == "MULTILINESTRING ((0 0, 1 0), (2 0, 3 0))"
    assert _without_points(shapely.from_wkt("MULTILINESTRING ((0 0, 1 0), (5 5, 5 5))")).wkt == "LINESTRING (0 0, 1 0)"
    assert _without_points(shapely.from_wkt("LINESTRING (5 5, 5 5)")) is None


def test_heights_of_the_ends_are_the_levels_of_a_pipe() -> None:
    lines = ["LINESTRING Z (0 0 5, 9 0 7, 9 9 3)", "LINESTRING (0 0, 1 0)"]
    frame = gpd.GeoDataFrame({"id": ["A", "B"]}, geometry=gpd.GeoSeries.from_wkt(lines))
    told, count = with_inverts(frame)
    assert (told["z_start"].tolist()[0], told["z_end"].tolist()[0], count) == (5.0, 3.0, 1)
    assert told[["z_start", "z_end"]].iloc[1].isna().all()
    given = frame.assign(z_start=1.0)
    same, none = with_inverts(given)
    assert (same is given, none) == (True, 0)
    assert with_inverts(frame.iloc[1:])[1] == 0


def test_tiles_that_meet_bounds_are_counted_from_the_upper_left() -> None:
    half = 20_037_508.342789244
    assert _span((-half, -half, half, half), 0) == (0, 0, 0, 0)
    assert _span((1.0, 1.0, 2.0, 2.0), 1) == (1, 1, 0, 0)
    assert _span((-2.0, -2.0, 2.0, 2.0), 1) == (0, 1, 0, 1)
    assert (_tile_count((-2.0, -2.0, 2.0, 2.0), 1), _tile_count((1.0, -2.0, 2.0, 2.0), 1)) == (4, 2)


def test_grey_and_wide_bands_become_red_green_and_blue() -> None:
    def source(*names: str, nodata: float | None = None) -> Any:
        return SimpleNamespace(
            colorinterp=[SimpleNamespace(name=n) for n in names],
            nodata=nodata,
            colormap=lambda _: {0: (1, 2, 3, 255), 7: (9, 8, 7, 255)},
        )

    bands = np.arange(4, dtype=np.uint8).reshape(4, 1, 1)
    assert [int(c[0, 0]) for c in _colours(source("blue", "green", "red", "alpha"), bands)] == [2, 1, 0]
    assert [int(c[0, 0]) for c in _colours(source("gray", "alpha"), bands[2:])] == [2, 2, 2]
    assert [int(c[0, 0]) for c in _colours(source("undefined", "alpha", "undefined", "undefined"), bands)] == [0, 2, 3]
    palette = np.array([[[7, 0]]], np.uint8)
    assert [c.tolist() for c in _colours(source("palette"), palette)] == [[[9, 1]], [[8, 2]], [[7, 3]]]
    wide = np.append(np.arange(101, dtype=np.uint16), 60_000).reshape(1, -1)
    stretched = _bytes(wide, 60_000.0)  # 2 and 98 of 0..100 are the ends
    assert stretched[0, [0, 2, 50, 98, 100, 101]].tolist() == [0, 0, 127, 255, 255, 255]
    assert _bytes(np.full((1, 2), np.nan), None).tolist() == [[0, 0]]


def test_a_valve_throttles_by_its_setting_and_one_that_holds_pressure_by_its_own_loss() -> None:
    units, lost = epanet._Units(1.0, 1e-3, 1e-3, 1.0, 1.0), epanet.MINOR / 0.2**4
    told = [epanet._valve(["V", "a", "b", "200", *r], units, s)
            for r, s in ((("TCV", "5"), {}), (("PRV", "40", "2"), {}), (("TCV", "5"), {"V": "open"}), (("PSV", "4"), {}))]  # fmt: skip
    assert [t[1] for t in told] == ["valve", "prv", "valve", "valve"]
    assert [t[7] for t in told] == pytest.approx([5 * lost, 2 * lost, 0.0, 0.0])
    assert [t[9] if t[9] == t[9] else None for t in told] == [None, 40.0, None, None]
    assert [t[-1] for t in told] == ["", "", "", "valve PSV"]
