"""Values, texts and systems of deliveries by value: what each small reader makes of one thing."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.read.contract.likeness import _grid
from geo_planner.read.contract.months import _differ
from geo_planner.read.crs.placing import _bends, _zone
from geo_planner.read.encoding import codec_of, decide, decode, decodes, everyday_big5, everyday_gb
from geo_planner.read.repair import _without_spikes, highest
from geo_planner.read.schedules.table import _dates_of, join, retimes, table_of
from geo_planner.read.schema.codes import is_serial
from geo_planner.read.schema.days import dates, day_of
from geo_planner.read.schema.quantities import number as number_of
from geo_planner.read.schema.quantities import numbers
from geo_planner.read.schema.values import _text, _truth, texts, truth


@pytest.mark.parametrize(
    ("written", "day", "state"),
    [
        ("2020-3-4", datetime(2020, 3, 4), ""),
        ("2020年03月04日", datetime(2020, 3, 4), ""),
        ("2020/3/4 12:30", datetime(2020, 3, 4), ""),
        ("20200304", datetime(2020, 3, 4), ""),
        ("20200304235959", datetime(2020, 3, 4), ""),
        (20200304.0, datetime(2020, 3, 4), ""),
        ("2020", datetime(2020, 1, 1), "rough"),
        ("2020年3月份", datetime(2020, 3, 1), "rough"),
        ("2020.3", datetime(2020, 3, 1), "rough"),
        ("二〇二〇年三月十二日", datetime(2020, 3, 12), ""),
        ("二〇二〇年十二月三十一日", datetime(2020, 12, 31), ""),
        ("二〇二〇年十月", datetime(2020, 10, 1), "rough"),
        (43894, datetime(2020, 3, 4), "serial"),
        (20_000, datetime(1954, 10, 3), "serial"),
        (60_000, datetime(2064, 4, 8), "serial"),
        (19_999, None, "bad"),
        (60_001, None, "bad"),
        ("1800-01-01", datetime(1800, 1, 1), ""),
        ("1799-01-01", None, "bad"),
        ("2200-01-01", datetime(2200, 1, 1), ""),
        ("2201-01-01", None, "bad"),
        ("2020-02-30", None, "bad"),
        ("201203", datetime(2012, 3, 1), "rough"),
        (201203, datetime(2012, 3, 1), "rough"),
        ("201213", None, "bad"),
        ("民国101年3月5日", datetime(2012, 3, 5), ""),
        ("中華民國101年3月", datetime(2012, 3, 1), "rough"),
        ("05-Mar-2012", datetime(2012, 3, 5), ""),
        ("March 5, 2012", datetime(2012, 3, 5), ""),
        ("5 May 2012", datetime(2012, 5, 5), ""),
        ("05-Mai-2012", None, "bad"),
        ("05/03/2012", None, "bad"),
        ("二〇二〇年十十月", None, "bad"),
        ("待定", None, "filler"),
        ("1900-01-01", None, "filler"),
        ("soon", None, "bad"),
        (date(2020, 3, 4), datetime(2020, 3, 4), ""),
        (43894.5, datetime(2020, 3, 4), "serial"),
        ("43894.0", datetime(2020, 3, 4), "serial"),
        ("2012年3月底", datetime(2012, 3, 31), "rough"),
        ("2012年2月末", datetime(2012, 2, 29), "rough"),
        ("二〇一二年三月底", datetime(2012, 3, 31), "rough"),
        ("2012年12月底", datetime(2012, 12, 31), "rough"),
        ("2012年3月下旬", datetime(2012, 3, 21), "rough"),
        ("2012年3月中旬", datetime(2012, 3, 11), "rough"),
        ("2012年13月底", None, "bad"),
        ("2012年底", datetime(2012, 12, 31), "rough"),
        ("2012年年末", datetime(2012, 12, 31), "rough"),
        ("2012年初", datetime(2012, 1, 1), "rough"),
        ("2012年中", datetime(2012, 7, 1), "rough"),
        ("2012年第一季度", datetime(2012, 1, 1), "rough"),
        ("2012年4季度末", datetime(2012, 12, 31), "rough"),
        ("2012Q3", datetime(2012, 7, 1), "rough"),
        ("Q2 2012", datetime(2012, 4, 1), "rough"),
        ("2012年第5季度", None, "bad"),
        ("2012上半年", datetime(2012, 1, 1), "rough"),
        ("2012年下半年", datetime(2012, 7, 1), "rough"),
        ("2012年上半年末", datetime(2012, 6, 30), "rough"),
        ("2012年三月五日", datetime(2012, 3, 5), ""),
        ("03/2012", datetime(2012, 3, 1), "rough"),
        ("Mar 2012", datetime(2012, 3, 1), "rough"),
        ("05-MAR-12", datetime(2012, 3, 5), "century"),
        ("05-MAR-98", datetime(1998, 3, 5), "century"),
        ("05-3月 -12", datetime(2012, 3, 5), "century"),
        ("12年3月5日", datetime(2012, 3, 5), "century"),
        ("12年3月", datetime(2012, 3, 1), "rough+century"),
        ("5/3/12", None, "bad"),
        ("12.3.5", None, "bad"),
        ("05/05/2012", datetime(2012, 5, 5), ""),
        ("25/03/2012", datetime(2012, 3, 25), "order"),
        ("3/25/2012", datetime(2012, 3, 25), "order"),
        ("2012-Mar-05", datetime(2012, 3, 5), ""),
        ("Mon Mar 05 2012 00:00:00 GMT+0800 (中国标准时间)", datetime(2012, 3, 5), ""),
        # 2012-03-04T16:00Z, which is where 5 March begins in Beijing; a naive reading is a day early.
        (1330876800000, datetime(2012, 3, 5), "machine"),
        ("1330876800000", datetime(2012, 3, 5), "machine"),
        ("1330905600000", datetime(2012, 3, 5), "machine"),
        (1330905600, datetime(2012, 3, 5), "machine"),
        ("/Date(1330876800000+0800)/", datetime(2012, 3, 5), "machine"),
        (946656000000, datetime(2000, 1, 1), "machine"),
        ("201203051230", datetime(2012, 3, 5), ""),
        ("2012-03-04T16:00:00.000Z", datetime(2012, 3, 5), "machine"),
        ("2012-03-05T00:00:00Z", datetime(2012, 3, 5), ""),
        ("2012-03-05T16:00:00+08:00", datetime(2012, 3, 5), ""),
        ("2012-03-05 16:00:00", datetime(2012, 3, 5), ""),
        ("20120305 00:00:00", datetime(2012, 3, 5), ""),
        ("2012、3、5", datetime(2012, 3, 5), ""),
        (2012.03, datetime(2012, 3, 1), "rough"),
        ("2012年3月至2013年5月", None, "bad"),
    ],
)
def test_a_date_as_bureaus_write_it(written: object, day: datetime | None, state: str) -> None:
    assert day_of(written) == (day, state)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (["05/03/2012", "25/03/2012"], ["2012-03-05", "2012-03-25"]),
        (["05/03/2012", "03/25/2012"], ["2012-05-03", "2012-03-25"]),
        (["05/03/2012", "25/03/2012", "03/25/2012"], [None, "2012-03-25", "2012-03-25"]),
        (["05/03/2012", "06/03/2012"], [None, None]),
        ([2012.03, 2012.1, 2012.11], ["2012-03-01", "2012-10-01", "2012-11-01"]),
        ([2012.3, 2012.1], ["2012-03-01", None]),
        (["2012.3", "2012.1", "2012.10"], ["2012-03-01", "2012-01-01", "2012-10-01"]),
        (["98年3月5日", "101年3月5日"], [None, None]),
        (["98年3月5日", "05年3月5日"], ["1998-03-05", "2005-03-05"]),
    ],
    ids=["day first", "month first", "both", "neither", "October", "either month", "texts", "Republic", "centuries"],
)
def test_what_one_date_leaves_open_the_column_tells_or_it_stays_open(written, days):
    """2012.10 kept as a number was January without a word, and 05/03/2012 was emptied beside 25/03/2012."""
    made = dates(pd.Series(written)).values
    assert [None if pd.isna(d) else str(d.date()) for d in made] == days


def test_times_that_are_all_the_hour_at_which_beijing_begins_a_day_are_that_day():
    """A date exported in UTC was read a day early, in silence."""
    utc = dates(pd.Series(pd.to_datetime(["2012-03-04 16:00", None, "2012-06-30 16:00"])))
    assert utc.values.dt.strftime("%m-%d").tolist()[::2] == ["03-05", "07-01"]
    assert utc.ways == {"machine": 2}
    local = dates(pd.Series(pd.to_datetime(["2012-03-04 16:00", "2012-06-30 09:30"])))
    assert local.values.dt.strftime("%m-%d").tolist() == ["03-04", "06-30"]


def test_emptied_values_name_the_first_row():
    read = dates(pd.Series(["2012-03-05", "5/3/12", "5/3/12", "6/3/12"], index=[1, 2, 3, 4]))
    assert (read.bad, read.example, read.row) == (3, "5/3/12", 2)


@pytest.mark.parametrize(
    ("written", "number", "state"),
    [
        ("DN300", 300.0, ""),
        ("12.5 米", 12.5, ""),
        ("1,234.5", 1234.5, ""),
        ("12,34", None, "bad"),
        ("-3", -3.0, ""),
        ("1e3", 1000.0, ""),
        ("45%", 45.0, ""),
        ("500m3/d", 500.0, ""),
        ("无", None, "filler"),
        ("many", None, "bad"),
        ("1e999", None, "bad"),
    ],
)
def test_a_number_with_its_unit(written: str, number: float | None, state: str) -> None:
    assert number_of(written) == (number, state)


def test_yes_no_and_text_as_they_are_written() -> None:
    assert [_truth(w) for w in ("是", "YES", "0", "无")] == [(True, ""), (True, ""), (False, ""), (False, "")]
    assert [_truth(w)[1] for w in ("待定", "maybe")] == ["filler", "bad"]
    assert [_text(w) for w in (12.0, 12.5, datetime(2020, 3, 4), " x ", "无")] == [
        ("12", ""), ("12.5", ""), ("2020-03-04", ""), ("x", ""), (None, "filler"),
    ]  # fmt: skip


def test_a_column_counts_what_it_could_not_read() -> None:
    told = dates(pd.Series(["2020-01-02", "soon", "soon", "never", "/", "2021", None], index=range(10, 17)))
    assert (told.bad, told.example, told.fillers, told.rough) == (3, "soon", 1, 1)
    assert told.values.index.tolist() == list(range(10, 17))
    assert told.values.isna().tolist() == [False, True, True, True, True, False, True]
    many = numbers(pd.Series(["1", "x", "1", None]))
    assert (many.values.tolist()[0], many.values.tolist()[2], many.bad) == (1.0, 1.0, 1)
    assert truth(pd.Series(["是", "否", None, "?"])).values.tolist() == [True, False, pd.NA, pd.NA]
    assert texts(pd.Series([1.0, None, "a"], dtype=object)).values.tolist()[0] == "1"
    assert texts(pd.Series([1, 2])).values.tolist() == ["1", "2"]


def test_days_of_a_date_column_before_1901_are_fillers() -> None:
    told = dates(pd.Series(pd.to_datetime(["1899-12-30", "1901-01-01"])))
    assert (told.fillers, told.values.isna().tolist()) == (1, [True, False])


def test_a_column_of_numbers_stays_and_one_of_truths_is_none() -> None:
    assert numbers(pd.Series([1, 2])).values.tolist() == [1.0, 2.0]
    assert numbers(pd.Series([True, False])).bad == 2
    assert truth(pd.Series([True, False])).values.tolist() == [True, False]


@pytest.mark.parametrize(
    ("word", "codec"),
    [
        ("GBK", "gb18030"), ("936", "gb18030"), ("cp936", "gb18030"), ("ANSI 936", "gb18030"), ("UTF-8", "utf-8"),
        ("\ufeff65001", "utf-8"), ("ISO 8859-1", "latin-1"), ("Big5", "cp950"), ("1252", "cp1252"), ("1251", "cp1251"),
        ("nothing", None), ("", None),
    ],
)  # fmt: skip
def test_a_declared_encoding_by_any_of_its_names(word: str, codec: str | None) -> None:
    assert codec_of(word) == codec


def test_everyday_characters_are_counted_by_pairs() -> None:
    assert everyday_gb(["地块".encode("gb18030")]) == 1.0
    assert everyday_gb(["a地b".encode("gb18030"), "堃".encode("gb18030")]) == 0.5
    assert everyday_gb([b"abc", b"\xb0"]) == 0.0
    assert everyday_big5(["臺灣".encode("cp950")]) == 1.0


def test_a_last_character_cut_in_half_is_allowed_once() -> None:
    whole = "地块".encode()
    assert [decodes(whole[:n], "utf-8") for n in (6, 5, 4, 2)] == [True, True, True, False]
    assert decode(whole[:5], "utf-8") == ("地", "cut")
    assert decode("地块".encode("gb18030")[:3], "gb18030") == ("地", "cut")
    assert decode("地块".encode("gb18030"), "mixed") == ("地块", "")
    assert decode("地块".encode(), "mixed") == ("地块", "")
    assert decode(b"\xff\xffa", "utf-8")[1] == "replaced"
    assert not decodes(b"ab\xe5", "utf-8")


def test_bytes_decide_over_what_a_file_declares() -> None:
    land = [t.encode("gb18030") for t in ("地块编号", "用地性质", "容积率")]
    assert decide([b"abc"], "cp1252", ".cpg") == decide([b"abc"], "cp1252", ".cpg")
    plain = decide([b"abc"], None)
    assert (plain.codec, plain.source) == ("ascii", "bytes")
    told = decide(land, "cp1252", "language id")
    assert (told.codec, told.source, [n.code for n in told.notes]) == ("gb18030", "bytes", ["IM202"])
    assert told.notes[0].args["declared_by"] == "language id"
    quiet = decide(land, "gb18030", ".cpg")
    assert (quiet.codec, quiet.source, quiet.notes) == ("gb18030", ".cpg", ())
    assert [n.code for n in decide(land, None).notes] == ["IM201"]
    both = decide([*land, "地块".encode()], None)
    assert (both.codec, [n.code for n in both.notes]) == ("mixed", ["IM204"])
    assert both.notes[0].args["what"] == "UTF-8 25%, GB18030 75%"
    assert decide(["臺灣".encode("cp950")] * 3, "gb18030", ".cpg").codec == "cp950"
    assert decide(["café"[:4].encode("cp1252")], None).source == "default"


def test_the_zone_of_china_is_three_degrees_wide() -> None:
    assert _zone(116.9, 34, 117.1, 35) == ("EPSG:4548", ())
    assert _zone(118.6, 34, 118.8, 35)[0] == "EPSG:4549"
    assert _zone(74.0, 40, 74.4, 41)[0] == "EPSG:4534"
    assert _zone(134.9, 48, 135.0, 48.2)[0] == "EPSG:4554"


def test_elsewhere_a_zone_is_six_degrees_and_north_or_south() -> None:
    assert [(_zone(*b)[0], len(_zone(*b)[1])) for b in ((8.0, 47.0, 9.0, 48.0), (-71.0, -34.0, -70.0, -33.0))] == [
        ("EPSG:32632", 1), ("EPSG:32719", 1),
    ]  # fmt: skip
    assert _zone(179.5, -10, 180.4, -9)[0] == "EPSG:32760" or _zone(179.5, -10, 180.4, -9)[0] == "EPSG:32701"


def test_wide_data_take_an_area_true_grid() -> None:
    assert _zone(-100.0, -40.0, 100.0, 40.0)[0] == "EPSG:8857"
    wide, notes = _zone(80.0, 20.0, 120.0, 50.0)
    assert "Lambert Azimuthal" in wide or "laea" in wide
    assert notes[0].args["to"] == "an equal-area grid at 100.0 35.0"
    assert _zone(110.0, 30.0, 122.0, 31.0)[1] == ()
    assert len(_zone(110.0, 30.0, 122.1, 31.0)[1]) == 1


def test_edges_are_split_where_one_is_very_long_or_a_vertex_lies_on_another() -> None:
    def told(*shapes: object) -> bool:
        return _bends(np.array(shapes, dtype=object), 200.0, 2000.0, 0.001)

    assert not told(shapely.box(0, 0, 100, 100))
    assert not told(shapely.box(0, 0, 1000, 100), shapely.box(0, 100, 1000, 200))
    assert told(shapely.box(0, 0, 1000, 100), shapely.box(0, 100, 500, 200))
    assert told(shapely.LineString([(0, 0), (2001, 0)]))
    assert not told(shapely.LineString([(0, 0), (1999, 0)]))
    assert not told(shapely.Point(0, 0))


def test_a_spike_is_cut_and_a_corner_stays() -> None:
    ring = np.array([[0, 0], [10, 0], [10, 10], [10, 30], [10, 10], [0, 10], [0, 0]], float)
    assert _without_spikes(ring).tolist() == [[0, 0], [10, 0], [10, 10], [10, 10], [0, 10], [0, 0]]
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], float)
    assert _without_spikes(square).tolist() == square.tolist()


def test_of_a_collection_the_highest_dimension_is_kept() -> None:
    line, area = shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)
    assert highest(shapely.GeometryCollection([line, area])).equals(area)
    two = highest(shapely.GeometryCollection([area, shapely.GeometryCollection([shapely.box(5, 5, 6, 6), line])]))
    assert (two.geom_type, two.area) == ("MultiPolygon", 2.0)
    assert highest(shapely.GeometryCollection([line, line])).geom_type == "MultiLineString"
    assert highest(shapely.GeometryCollection([])) is None


def test_a_running_number_is_no_code() -> None:
    assert is_serial(pd.Series([f"DK-{k}" for k in range(1, 21)]), fewest=5)
    assert not is_serial(pd.Series(["R2", "M1", "G1", "R2", "M1"]), fewest=5)
    assert not is_serial(pd.Series([f"DK-{k}" for k in range(1, 5)]), fewest=5)
    assert not is_serial(pd.Series([f"DK-{10 * k}" for k in range(1, 21)]), fewest=5)


def test_values_of_two_months_differ_by_number_and_by_word() -> None:
    one = pd.Series(["1.0", "a", None, 5, 1e9], dtype=object)
    two = pd.Series(["1", "b", None, 6, 1e9 + 0.1], dtype=object)
    assert _differ(one, two).tolist() == [False, True, False, True, False]


def test_shapes_of_two_months_are_compared_by_centimetre_or_degree() -> None:
    assert [_grid(shapely.points([[x, 1.0]])) for x in (360.0, 361.0)] == [1e-7, 0.01]
    assert _grid(np.array([], dtype=object)) == 1e-7


FEATURES = pd.DataFrame({
    "layer": ["parcels", "pipes", "pipes"], "id": ["A", "B", "C"], "name": ["厂", "管", "管"],
    "start": pd.to_datetime(["2020-01-01", None, None]), "finish": pd.to_datetime(["2020-06-01", None, None]),
    "paved": pd.NaT, "used": pd.to_datetime(["2020-07-01", None, None]),
})  # fmt: skip


def tasks(*rows: dict[str, object]) -> object:
    return table_of([{"name": "", "wbs": "", "feature": ""} | r for r in rows], [])


def test_tasks_meet_features_by_the_surest_field() -> None:
    table = tasks(
        {"id": "1", "feature": "parcels/a "}, {"id": "B"}, {"id": "2", "name": "厂"}, {"id": "3", "name": "管"},
        {"id": "parcels/A used"},
    )  # fmt: skip
    told = join(table, FEATURES)  # type: ignore[arg-type]
    assert told.pairs.to_numpy().tolist() == [
        ["1", "parcels", "A", "feature", ""], ["B", "pipes", "B", "id", ""],
        ["parcels/A used", "parcels", "A", "id", "used"],
    ]  # fmt: skip
    assert told.tasks_left["id"].tolist() == ["2", "3"]
    assert told.features_left["id"].tolist() == ["C"]
    assert told.counts.to_dict("list") == {"by": ["feature", "id"], "tasks": [1, 2]}


def test_dates_of_a_task_move_first_use_with_completion() -> None:
    table = tasks({"id": "parcels/A", "start": "2020-02-01", "finish": "2020-06-11"})
    (edit,) = retimes(table, join(table, FEATURES), FEATURES)  # type: ignore[arg-type]
    assert (edit.layer, edit.id, edit.origin) == ("parcels", "A", "import")
    assert dict(edit.value) == {"start": "2020-02-01", "finish": "2020-06-11", "used": "2020-07-11"}
    assert edit.reason == "task parcels/A of the imported schedule"


def test_a_permit_has_only_its_day_and_one_date_is_set_alone() -> None:
    row = {"layer": "approvals", "date": "", "start": pd.Timestamp("2020-01-02"), "finish": pd.Timestamp("2020-01-03")}
    assert _dates_of(row, {}) == {"start": "2020-01-02"}
    assert _dates_of(row | {"layer": "roads"}, {}) == {"start": "2020-01-02", "finish": "2020-01-03"}
    assert _dates_of(row | {"date": "used"}, {}) == {"used": "2020-01-03"}
    assert _dates_of(row | {"date": "released"}, {}) == {"released": "2020-01-02"}
    assert _dates_of(row | {"date": "used", "finish": pd.NaT}, {}) == {"used": "2020-01-02"}
    assert _dates_of(row | {"date": "used", "finish": pd.NaT, "start": pd.NaT}, {}) == {}
