"""A damaged shapefile costs a value or a row, never the file, and every loss is counted."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.errors import GeoPlannerError, NotALayerError
from geo_planner.read.formats import dbf as dbf_cells
from geo_planner.read.formats import shapefile as reader
from geo_planner.read.formats import shapefile_shapes as shaper
from geo_planner.read.open import open_layer

from .files import X, Y, box, dbf, line, names_table, polygon, shapefile, shp

RECORDS = [polygon(box(X + 200 * k, Y)) for k in range(3)]


def _codes(sheet) -> dict[str, int]:
    return {n.code: n.count for n in sheet.notes}


def _open(path: Path):
    (sheet,) = open_layer(path)
    return sheet


def test_a_missing_index_is_rebuilt_and_nothing_is_written_beside(tmp_path):
    path = shapefile(tmp_path, "a", RECORDS, names_table("a", "b", "c"))
    path.with_suffix(".shx").unlink()
    before = sorted(p.name for p in tmp_path.iterdir())
    sheet = _open(path)
    assert (len(sheet.frame), _codes(sheet)) == (3, {"IM101": 3})
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_an_index_that_points_at_one_record_only_is_not_believed(tmp_path):
    path = shapefile(tmp_path, "a", RECORDS, names_table("a", "b", "c"))
    index = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").write_bytes(index[:100] + index[100:108] * 3)
    sheet = _open(path)
    assert sheet.frame.geometry.bounds["minx"].tolist() == [X, X + 200, X + 400]
    assert _codes(sheet) == {"IM101": 3}


def test_a_record_that_claims_two_billion_points_is_set_aside(tmp_path):
    bad = RECORDS[1][:40] + struct.pack("<i", 2_000_000_000) + RECORDS[1][44:]
    sheet = _open(shapefile(tmp_path, "a", [RECORDS[0], bad, RECORDS[2]], names_table("a", "b", "c")))
    assert sheet.frame["NAME"].tolist() == ["a", "c"]
    assert sheet.rejects["NAME"].tolist() == ["b"]
    assert sheet.rows_in == 3


def test_impossible_dates_become_empty_and_are_counted(tmp_path):
    table = dbf([(b"BUILT", "D", 8)], [[b"20230228"], [b"20230231"], [b"00000000"]])
    sheet = _open(shapefile(tmp_path, "a", RECORDS, table))
    assert sheet.frame["BUILT"].dt.strftime("%Y%m%d").fillna("").tolist() == ["20230228", "", ""]
    assert _codes(sheet) == {"IM402": 1}


def test_an_integer_past_64_bits_is_kept_as_text(tmp_path):
    table = dbf([(b"N", "N", 20)], [[b"1"], [b"99999999999999999999"], [b""]])
    sheet = _open(shapefile(tmp_path, "a", RECORDS, table))
    assert sheet.frame["N"].iloc[:2].tolist() == ["1", "99999999999999999999"]
    assert _codes(sheet) == {"IM412": 1}


def test_stars_stand_for_no_number(tmp_path):
    table = dbf([(b"N", "N", 4)], [[b"   1"], [b"****"], [b"   2"]])
    sheet = _open(shapefile(tmp_path, "a", RECORDS, table))
    assert sheet.frame["N"].isna().tolist() == [False, True, False]


def test_deleted_rows_take_their_shapes_with_them(tmp_path):
    table = bytearray(names_table("a", "b", "c"))
    table[struct.unpack("<H", table[8:10])[0] + 41] = 0x2A
    sheet = _open(shapefile(tmp_path, "a", RECORDS, bytes(table)))
    assert sheet.frame["NAME"].tolist() == ["a", "c"]
    assert sheet.frame.geometry.bounds["minx"].tolist() == [X, X + 400]


def test_a_table_shorter_than_the_shapes_leaves_their_attributes_empty(tmp_path):
    sheet = _open(shapefile(tmp_path, "a", RECORDS, names_table("a", "b")))
    assert (len(sheet.frame), _codes(sheet)) == (3, {"IM104": 1})


def test_fields_of_one_name_are_all_kept(tmp_path):
    table = dbf([(b"N", "C", 2)] * 3, [[b"a", b"b", b"c"]] * 3)
    assert [c for c in _open(shapefile(tmp_path, "a", RECORDS, table)).frame.columns if c != "geometry"] == [
        "N",
        "N_2",
        "N_3",
    ]


def test_a_hole_is_cut_out_of_the_shell_that_holds_it(tmp_path):
    hole = box(X + 210, Y + 10, 20, 20)[::-1]
    shapes = [polygon(box(X, Y), box(X + 200, Y), hole)]
    sheet = _open(shapefile(tmp_path, "a", shapes, names_table("a")))
    assert sheet.frame.area.tolist() == [2 * 100 * 100 - 20 * 20]


def test_an_unclosed_ring_is_closed(tmp_path):
    sheet = _open(shapefile(tmp_path, "a", [polygon(box(X, Y)[:-1])], names_table("a")))
    assert sheet.frame.area.tolist() == [10_000.0]
    assert _codes(sheet) == {"IM502": 1}


def test_a_wrong_record_length_refuses_the_table(tmp_path):
    table = bytearray(names_table("a", "b", "c"))
    table[10] += 3
    with pytest.raises(NotALayerError, match="rows should be 41 bytes wide, its header says 44"):
        open_layer(shapefile(tmp_path, "a", RECORDS, bytes(table)))


def test_the_order_of_the_files_letter_case_does_not_matter(tmp_path):
    path = shapefile(tmp_path, "Park", RECORDS, names_table("a", "b", "c"))
    path.with_suffix(".dbf").rename(tmp_path / "park.DBF")
    assert _open(path).frame["NAME"].tolist() == ["a", "b", "c"]


def test_cutting_the_file_anywhere_never_breaks_the_reader(tmp_path):
    path = shapefile(tmp_path, "a", RECORDS, names_table("a", "b", "c"))
    raw = path.read_bytes()
    for end in range(0, len(raw), 61):
        path.write_bytes(raw[:end])
        try:
            (sheet,) = open_layer(path)
        except GeoPlannerError as error:
            assert "a.shp" in str(error) or "a has no geometry" in str(error)
        else:
            assert sheet.rows_in <= 3


def test_the_source_is_named_by_the_hash_of_its_bytes(tmp_path):
    path = shapefile(tmp_path, "a", RECORDS, names_table("a", "b", "c"))
    assert _open(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_field_that_repeats_name_and_values_of_another_is_doubted(tmp_path):
    fields = [(b"NAME", "C", 4), (b"NAME", "C", 4), (b"USE", "C", 4), (b"USE", "C", 4)]
    rows = [[b"a", b"a", b"x", b"p"], [b"b", b"b", b"y", b"q"], [b"c", b"c", b"z", b"r"]]
    (said,) = [n for n in _open(shapefile(tmp_path, "a", RECORDS, dbf(fields, rows))).notes if n.code == "IM115"]
    assert (said.severity, said.args["what"]) == ("warning", "NAME = NAME_2")


@pytest.mark.parametrize(
    ("kind", "records", "plain"),
    [
        (
            5,
            [
                polygon(box(X, Y)),
                polygon(box(X, Y), box(X + 10, Y + 10, 5, 5)[::-1]),
                polygon(box(X, Y)[:-1]),
                struct.pack("<i", 0),
                polygon(box(X + 300, Y)),
                polygon([(X, Y), (X, float("nan")), (X + 9, Y), (X, Y)]),
            ],
            [True, False, False, False, True, False],
        ),
        (
            3,
            [line([(X, Y), (X + 9, Y)]), line([(X, Y)]), line([(X, Y), (X + 9, Y), (X + 9, Y + 9)])],
            [True, False, True],
        ),
        (
            1,
            [struct.pack("<i2d", 1, X, Y), struct.pack("<i2d", 1, X + 0.1, Y), struct.pack("<i", 0)],
            [True, True, False],
        ),
    ],
)
def test_shapes_made_together_are_those_made_one_by_one(tmp_path, kind, records, plain):
    parts = {".shp": tmp_path / "a.shp"}
    parts[".shp"].write_bytes(shp(records, kind)[0])
    found = reader._records(parts[".shp"], parts)
    shapes, made = shaper._plain(found)
    assert made.tolist() == plain
    with np.errstate(invalid="ignore"):  # one ring has no number for a coordinate
        alone = [shaper._shape(found, k) for k in range(len(records))]
        together = shaper.shapes_of(found)
    assert shapely.to_wkb(together).tolist() == shapely.to_wkb(alone).tolist()
    assert shapely.is_missing(shapes).tolist() == [not p for p in plain]


def test_days_and_figures_are_read_as_they_are_written():
    words = np.array([b"20130228", b"20130229", b"00000101", b"20131301", b"2013 101", b"00000000", b""], dtype="S8")
    days, said = dbf_cells._dates(words, np.arange(7), np.ones(7, int), "d")
    assert [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days] == ["2013-02-28", *[None] * 6]
    assert [(n.code, n.count, n.example) for n in said] == [("IM402", 4, "20130229")]
    assert [dbf_cells._figure(v) for v in (b" 12.50", "１２．５".encode("gb18030"))] == [" 12.50", "12.5"]
