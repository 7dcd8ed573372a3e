"""Drawings and words by value: the place of a proof on paper, packed numbers, a dossier's print, proposals in words."""

from __future__ import annotations

import re
import struct
from datetime import date
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo_planner as gp
from geo_planner.errors import OutputError
from geo_planner.improve.proposal import Proposal
from geo_planner.show.contract.template import example_of
from geo_planner.show.documents import dossier_html
from geo_planner.show.documents.programme import _listed
from geo_planner.show.documents.proposal import _headline, _number, _rule
from geo_planner.show.exports.layers import _record
from geo_planner.show.exports.verdict import _dated, _exemption_back
from geo_planner.show.handbook.chapters import public_names
from geo_planner.show.page.coding import Reader, shuffled, unshuffled, varint
from geo_planner.show.page.packed import _hilbert, _hilbert_order
from geo_planner.show.still.place import _dot, _frame, _head, _heads, _Paper, _parts, _scale_bar, _spot, _strokes
from geo_planner.show.still.scene import Scene


def test_the_ground_that_is_shown_has_air_and_the_shape_of_the_box() -> None:
    """1000 m wide with a third of air is 1300 wide, and half as high at a ratio of two; nothing is below 240 m."""
    assert _frame([shapely.box(0, 0, 1000, 100)], 2.0) == (-150.0, -275.0, 1150.0, 375.0)
    assert _frame([shapely.box(0, 0, 100, 1000)], 2.0) == (-1300.0, -175.0, 1400.0, 1175.0)
    assert _frame([shapely.Point(10, 20)], 2.0) == (-110.0, -40.0, 130.0, 80.0)
    assert _frame([shapely.Point(0, 0), shapely.Point(1000, 0)], 10.0) == (-150.0, -65.0, 1150.0, 65.0)


PAPER = _Paper((0.0, 0.0, 100.0, 50.0), (10.0, 20.0, 200.0, 100.0))


def test_paper_is_two_units_a_metre_has_its_top_in_the_north_and_ends_at_its_edge() -> None:
    assert PAPER.scale == 2.0
    assert PAPER(shapely.Point(25, 10)).wkt == "POINT (60 100)"
    assert PAPER(shapely.LineString([(-50, 25), (150, 25)])).wkt == "LINESTRING (10 70, 210 70)"
    bow = shapely.Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])
    assert PAPER(bow).area == pytest.approx(4 * 800)


def test_names_take_the_first_free_place_and_none_where_all_is_taken() -> None:
    flat, taken = shapely.box(100, 100, 200, 150), []
    room = (0.0, 0.0, 400.0, 300.0)
    places = [_spot(flat, 40.0, room, taken) for _ in range(8)]
    assert places[0] == pytest.approx((150, 128.6))
    assert places[1:3] == [(150, 95), (150, 162)]
    assert places[3] == pytest.approx((226, 128.6))
    assert places[4] == pytest.approx((74, 128.6))
    assert places[5:] == [(150, 81), (150, 176), None]
    assert _spot(flat, 94.0, room, []) == (150, 95)  # too wide to stand within
    assert _spot(shapely.box(100, 100, 200, 114), 40.0, room, []) == (150, 95)  # too low
    assert _spot(shapely.box(0, 0, 10, 4), 40.0, room, []) == (23, 12)
    assert _spot(shapely.box(390, 290, 400, 299), 40.0, room, []) == (377, 285)


@pytest.mark.parametrize(
    ("wide", "text", "left"), [(200.0, "20 m", 352.0), (40_000.0, "5 km", 342.0), (4_600.0, "1 km", 305.0)]
)
def test_a_scale_bar_is_a_round_length_below_a_fifth_of_the_paper(wide: float, text: str, left: float) -> None:
    drawn: list[Any] = []
    drawing: Any = SimpleNamespace(
        rule=lambda a, b, **_: drawn.append((a, b)), write=lambda words, at, **_: drawn.append((words, at))
    )
    _scale_bar(drawing, _Paper((0.0, 0.0, wide, wide * 0.75), (0.0, 0.0, 400.0, 300.0)))
    assert drawn[0][0] == pytest.approx((left, 293.0), abs=0.5)
    assert drawn[0][1] == (392.0, 293.0)
    assert drawn[1] == (text, (392.0, 289.0))


def test_an_arrow_head_points_along_the_way() -> None:
    head = _head(shapely.LineString([(0, 0), (100, 0)]), 50)
    assert shapely.get_coordinates(head.shape).tolist() == [[56, 0], [49, 4], [49, -4], [56, 0]]
    up = _head(shapely.LineString([(0, 0), (0, 100)]), 50)
    assert shapely.get_coordinates(up.shape).tolist()[:3] == [[0, 56], [-4, 49], [4, 49]]


@pytest.mark.parametrize(("length", "tips"), [(100, [10, 56, 102]), (92, [29, 75]), (27, [19.5]), (26, [])])
def test_heads_stand_every_46_units_and_run_from_the_source_on(length: float, tips: list[float]) -> None:
    """The tip lies 6 beyond each place: 4, 50 and 96 of a way of 100 (the last at its end); 23 and 69 of 92."""
    paper = _Paper((0.0, -200.0, 400.0, 200.0), (0.0, 0.0, 400.0, 400.0))
    line = shapely.LineString([(0, 0), (length, 0)])
    told = [shapely.get_coordinates(m.shape)[0, 0] for m in _heads(Scene(path=[line]), paper)]
    assert told == pytest.approx(tips)
    away = Scene(path=[line], source=[("S", shapely.Point(length, 5))])
    assert [shapely.get_coordinates(m.shape)[0, 0] for m in _heads(away, paper)] == pytest.approx(
        [length - t for t in told]
    )


def test_a_second_line_of_a_way_runs_from_the_end_of_the_first() -> None:
    paper = _Paper((0.0, -200.0, 400.0, 200.0), (0.0, 0.0, 400.0, 400.0))
    lines = [shapely.LineString([(30, 0), (0, 0)]), shapely.LineString([(60, 0), (30, 0)])]
    first, second = _heads(Scene(path=lines, source=[("S", shapely.Point(0, 0))]), paper)
    for head, middle in ((first, 15), (second, 45)):
        assert shapely.get_coordinates(head.shape)[0, 0] == pytest.approx(middle + 6)


def test_a_point_is_a_square_of_eight_units_and_nothing_where_it_is_cut_off() -> None:
    (mark,) = _dot(shapely.Point(10, 20), "#000000")
    assert mark.shape.bounds == (6, 16, 14, 24)
    assert list(_dot(shapely.Point(), "#000000")) == []


def test_roads_are_joined_across_and_up_apart() -> None:
    lines = np.array([shapely.LineString(p) for p in ([(0, 0), (5, 1)], [(5, 1), (9, 0)], [(0, 0), (1, 5)])], object)
    assert sorted(round(p.length, 2) for p in _strokes(lines).geoms) == [5.1, 9.22]


def test_single_parts_are_taken_out_of_collections() -> None:
    inner = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (3, 4)])])
    both = shapely.GeometryCollection([inner, shapely.MultiLineString([[(0, 0), (1, 0)], [(0, 0), (2, 0)]])])
    assert [p.length for p in _parts([both, shapely.LineString()], "LineString")] == [5.0, 1.0, 2.0]
    assert [p.area for p in _parts(both, "Polygon")] == [1.0]


def test_numbers_of_seven_bits_a_byte_come_back_one_after_the_other() -> None:
    values = np.array([0, 127, 128, 16_383, 16_384, 300, 2**21 - 1, 2**28, 2**32 - 1])
    content = b"\xff" + varint(values) + b"\x01"
    assert len(content) == 1 + 1 + 1 + 2 + 2 + 3 + 2 + 3 + 5 + 5 + 1
    reader = Reader(content, 1)
    assert reader.take(0).tolist() == []
    assert [reader.take(4).tolist(), reader.take(5).tolist(), reader.take(1).tolist()] == [
        values[:4].tolist(), values[4:].tolist(), [1],
    ]  # fmt: skip
    assert varint(np.array([300])) == b"\xac\x02"


def test_bytes_of_the_same_rank_stand_together() -> None:
    assert shuffled(np.array([0x0201, 0x0403], "<u2")) == b"\x01\x03\x02\x04"
    assert unshuffled(b"\x01\x03\x02\x04", "<u2").tolist() == [0x0201, 0x0403]
    assert unshuffled(shuffled(np.array([1.5, -2.0])), "<f8").tolist() == [1.5, -2.0]


def test_the_curve_of_hilbert_goes_from_cell_to_neighbour_through_all_of_them() -> None:
    x, y = (a.ravel() for a in np.meshgrid(np.arange(4), np.arange(4)))
    along = _hilbert(x, y, bits=2)
    assert sorted(along.tolist()) == list(range(16))
    order = np.argsort(along)
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))).tolist() == [1] * 15
    assert (x[order][[0, -1]].tolist(), y[order][[0, -1]].tolist()) == ([0, 3], [0, 0])
    points = shapely.points([[9, 0], [0, 0], [0, 9], [9, 9]])
    assert _hilbert_order(points).tolist() == [1, 2, 3, 0]
    assert _hilbert_order(points[:0]).tolist() == []


def test_a_shape_is_written_as_a_record_of_a_shapefile() -> None:
    assert _record(None, 3) == _record(shapely.Point(), 1) == struct.pack("<i", 0)
    assert _record(shapely.Point(3, 4), 1) == struct.pack("<i2d", 1, 3, 4)
    points = shapely.MultiPoint([(1, 5), (3, 4)])
    assert _record(points, 8) == struct.pack("<i4di4d", 8, 1, 4, 3, 5, 2, 1, 5, 3, 4)
    line = shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 7), (8, 9)]])
    told = _record(line, 3)
    assert struct.unpack("<i4d2i2i", told[:52]) == (3, 0, 0, 8, 9, 2, 5, 0, 2)
    assert len(told) == 52 + 5 * 16


def test_a_dossier_that_cannot_be_printed_says_why(monkeypatch) -> None:
    monkeypatch.setattr(dossier_html.shutil, "which", lambda _: None)
    with pytest.raises(OutputError, match="not installed"):
        dossier_html.pdf_bytes(None, "zh")  # type: ignore[arg-type]
    monkeypatch.setattr(dossier_html.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(dossier_html, "html_text", lambda _, lang: lang)
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> Any:
        commands.append(command)
        return SimpleNamespace(stderr=b"x" * 300 + b"no room")

    monkeypatch.setattr(dossier_html.subprocess, "run", run)
    with pytest.raises(OutputError, match=r"could not print the dossier: x{193}no room"):
        dossier_html.pdf_bytes(None, "zh")  # type: ignore[arg-type]
    assert any(word == "--proxy-server=127.0.0.1:9" for word in commands[0])


def made(what: str, unit: str, value: float, bound: float, **args: object) -> Proposal:
    return Proposal(what=what, edits=(), value=value, bound=bound, unit=unit, args=args)


def test_a_proposal_is_told_in_one_line_with_how_good_it_is_proved_to_be() -> None:
    placed = made("siting", "m²", 8.0, 8.0, placed=3, projects=4)
    assert _headline(placed, zh=False) == "3 of 4 projects placed, proved to be the best"
    assert _headline(placed, zh=True) == "4 个项目落位 3 个，已证明最优"
    people = made("facilities", "people", -1500.0, -1560.0)
    assert _headline(people, zh=False) == "1500 more people served, within 4.00 % of the best possible"
    parcels = made("swap", "parcels", 1200.0, 1200.0)
    assert _headline(parcels, zh=True) == "1,200 宗地块，已证明最优"
    assert _headline(parcels, zh=False) == "1,200 parcels, proved to be the best"
    source = {"kind": "power", "many": 2, "capacity": 1000.0, "day": "2027-01-01", "before": 900.0, "after": 400.0}
    told = _headline(made("source", "m", 1.0, 1.0, since="2026-01-01", missing=1234.0, **source), zh=False)
    assert "2 more of 1,000 each, in service by 2027-01-01; it runs short from 2026-01-01 on, by 1,234 at most" in told
    assert "900 → 400 m, sites proved to be the best" in told
    assert "those there are suffice" in _headline(made("source", "m", 1.0, 1.0, since="", **source), zh=False)


def test_what_a_rule_would_have_to_give_is_told_in_its_unit() -> None:
    assert _rule("service A33", 1.256, "en").endswith("(give 1.26 ha at most)")
    assert _rule("service A33", float("inf"), "en").endswith("(no amount is enough)")
    assert (_number(float("inf")), _number(2.5)) == (None, 2.5)


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    assert _listed("kept", []) == []
    assert _listed("kept", ["a", "b"]) == ["kept (2)", "  a", "  b"]
    told = _listed("kept", [str(k) for k in range(50)])
    assert told[0] == "kept (50)"
    assert told[-1] == f"  … {50 - (len(told) - 2)}"


def test_examples_of_a_field_are_its_first_three_values() -> None:
    frame = gpd.GeoDataFrame({"a": ["x", None, "y", "x", "z", "w"]}, geometry=[shapely.Point(0, 0)] * 6)
    assert example_of(frame, "a") == "x, y, z"
    assert example_of(frame, "") == "6 shapes"


def test_days_of_a_verdict_are_written_and_read_as_text() -> None:
    assert _dated({"date": date(2026, 1, 2), "rule": "UG204"}) == {"date": "2026-01-02", "rule": "UG204"}
    row = {"code": "UG204", "id": "P", "number": "7", "approver": "Li", "date": "2026-01-02", "expiry": None}
    told = _exemption_back(row)
    assert (told.code, told.date, told.expiry) == ("UG204", date(2026, 1, 2), None)
    assert _exemption_back(row | {"expiry": "2027-03-04"}).expiry == date(2027, 3, 4)


def test_the_handbook_has_a_section_for_each_public_name() -> None:
    page = public_names()
    assert re.findall(r'<section id="api-(\w+)">', page) == [n for n in gp.__all__ if not n.startswith("_")]
    assert "<code>read_plan(" in page
