"""Pieces of a still by value: letters as rings, dashes, cut texts; and the plugin as a zip."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
import shapely

from geo_planner import __version__
from geo_planner.show.exports.rows import plain
from geo_planner.show.qgis.plugin_zip import FOLDER, write_plugin
from geo_planner.show.still import glyphs
from geo_planner.show.still.drawing import shortened, width_of
from geo_planner.show.still.glyphs import _bends, _curve, _rings
from geo_planner.show.still.raster import _dashed


def test_a_curve_is_four_steps_without_its_first_point() -> None:
    assert _curve([(0.0, 0.0), (4.0, 8.0)]) == [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 8.0)]
    half = _curve([(0.0, 0.0), (1.0, 2.0), (2.0, 0.0)])
    assert half[1] == (1.0, 1.0)
    assert half[3] == (2.0, 0.0)
    assert half[0] == (0.5, 0.75)


def test_lines_and_curves_close_to_rings_of_three_points_at_least() -> None:
    steps = [
        ("moveTo", ((0, 0),)), ("lineTo", ((4, 0),)), ("lineTo", ((4, 4),)), ("closePath", ()),
        ("moveTo", ((9, 9),)), ("lineTo", ((8, 8),)), ("closePath", ()),
        ("moveTo", ((0, 0),)), ("curveTo", ((0, 4), (4, 4), (4, 0))), ("endPath", ()),
    ]  # fmt: skip
    rings = _rings(steps)
    assert [len(r) for r in rings] == [3, 5]
    assert rings[0].tolist() == [[0, 0], [4, 0], [4, 4]]
    assert rings[1][2].tolist() == [2.0, 3.0]


def test_bends_of_an_outline_meet_in_the_middle_of_two_controls() -> None:
    told = _bends((0.0, 0.0), ((2.0, 2.0), (4.0, 2.0), (6.0, 0.0)))
    assert len(told) == 8
    assert told[3] == (3.0, 2.0)
    assert told[7] == (6.0, 0.0)
    assert told[1] == (1.75, 1.5)


def test_a_ring_of_controls_alone_begins_between_its_last_two() -> None:
    told = _bends(None, ((2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0), None))
    assert told[3] == (2.0, 1.0)
    assert told[-1] == (1.0, 0.0)
    assert len(told) == 16


def test_a_step_without_controls_is_its_end() -> None:
    assert _bends((0.0, 0.0), ((5.0, 1.0),)) == [(5.0, 1.0)]


def test_letters_stand_one_after_the_other_and_grow_downwards(monkeypatch) -> None:
    ring = np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 1.0]])
    monkeypatch.setattr(glyphs, "_letter", lambda char: ([ring], 0.6) if char == "a" else ([], 1.0))
    rings, width = glyphs.outlines("中aa", 10.0)
    assert width == pytest.approx(22.0)
    assert [r[0].tolist() for r in rings] == [[10.0, 0.0], [16.0, 0.0]]
    assert rings[0][2].tolist() == [15.0, -10.0]


def test_without_a_font_a_han_letter_is_square_and_others_half(monkeypatch) -> None:
    monkeypatch.setattr(glyphs, "_font", lambda: None)
    assert glyphs._letter.__wrapped__("中") == ([], 1.0)
    assert glyphs._letter.__wrapped__("a") == ([], 0.56)
    assert not glyphs.can_write()


def test_a_text_is_cut_where_it_would_be_too_wide() -> None:
    assert width_of("中a", 10.0) == pytest.approx(15.6)
    assert shortened("中中", 10.0, 20.0) == "中中"
    assert shortened("中中中中", 10.0, 30.0) == "中中…"
    assert shortened("a bcdefgh", 10.0, 17.0) == "a…"


def test_dashes_begin_every_period_and_end_with_the_line() -> None:
    line = shapely.LineString([(0, 0), (10, 0)])
    pieces = [list(p.coords) for p in shapely.get_parts(_dashed(line, [3.0, 1.0]))]
    assert pieces == [[(0, 0), (3, 0)], [(4, 0), (7, 0)], [(8, 0), (10, 0)]]
    assert next(iter(shapely.get_parts(_dashed(line, [])))).equals(line)


def test_a_polygon_is_dashed_along_its_border() -> None:
    told = _dashed(shapely.box(0, 0, 10, 10), [10.0, 10.0])
    assert [p.length for p in shapely.get_parts(told)] == [10.0, 10.0]
    assert _dashed(shapely.box(0, 0, 1, 1), []).length == 4.0


def test_values_become_what_json_knows() -> None:
    given = {
        1: np.float64("nan"),
        "a": [np.int64(2), None],
        "b": np.datetime64("2020-01-02"),
        "c": np.bool_(True),
        "d": (1.5,),
    }
    assert plain(given) == {"1": None, "a": [2, None], "b": "2020-01-02", "c": True, "d": [1.5]}
    assert plain(float("inf")) is None
    assert plain(np.datetime64("NaT")) is None


def test_the_plugin_is_the_same_zip_each_time_with_its_version(tmp_path) -> None:
    one, two = write_plugin(tmp_path / "a.zip"), write_plugin(tmp_path / "b.zip")
    assert one == tmp_path / "a.zip"
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
        text = packed.read(f"{FOLDER}/metadata.txt").decode()
        entry = packed.getinfo(f"{FOLDER}/metadata.txt")
    assert names == sorted(names)
    assert f"{FOLDER}/plugin.py" in names
    assert f"version={__version__}" in text
    assert "@VERSION@" not in text
    assert (entry.date_time, entry.external_attr >> 16, entry.create_system) == ((2000, 1, 1, 0, 0, 0), 0o100644, 3)
