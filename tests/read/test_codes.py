"""A land-use code is never guessed from values alone: serial numbers, grades and addresses look like codes too."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo_planner.read.schema.columns import understand


def _parcels(**columns):
    rows = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(k * 10, 0, k * 10 + 10, 10) for k in range(rows)])


def _codes(read):
    return [(n.code, n.args.get("field")) for n in read.notes if n.code in {"IM407", "IM408", "IM416", "IM417"}]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("XH", ["A1", "A2", "A3", "A4"]),
        ("grade", ["M", "H", "A", "M"]),
        ("Layer", ["A1", "A2", "A3", "A4"]),
        ("remark", ["R2", "M1", "G1", "R2"]),
    ],
)
def test_a_serial_number_or_grade_is_no_land_use_code_and_is_said(field, values):
    read = understand("parcels", _parcels(**{field: values}), {})
    assert read.frame["code"].isna().all() if "code" in read.frame else True
    assert list(read.frame[field]) == values
    assert _codes(read) == [("IM416", field)]


def test_an_address_of_a_file_is_no_land_use_code():
    urls = ["http://a.org/1", "http://a.org/2", "https://b.org/3"]
    read = understand("parcels", _parcels(File_URL=urls), {})
    assert "code" not in read.frame
    assert "scheme" not in read.frame


def test_addresses_in_a_field_named_code_are_not_read_by_any_scheme():
    read = understand("parcels", _parcels(YDDM=["http://a.org/1", "http://a.org/2", "http://b.org/3"]), {})
    assert read.frame["scheme"].isna().all()
    assert _codes(read) == [("IM408", None)]


def test_a_running_number_that_calls_itself_code_is_moved_out():
    read = understand("parcels", _parcels(code=["A1", "A2", "A3", "A4", "A5", "A6"]), {})
    assert "code" not in read.frame
    assert list(read.frame["code_source"]) == ["A1", "A2", "A3", "A4", "A5", "A6"]
    assert _codes(read) == [("IM416", "code")]


def test_codes_on_the_layers_of_a_drawing_are_read():
    read = understand("parcels", _parcels(Layer=["R2", "R2", "M1", "G1"]), {})
    assert list(read.frame["scheme"]) == ["gb50137"] * 4


def test_a_scheme_that_explains_little_of_the_area_is_not_taken():
    """Three small parcels are known, the large one is not: 300 of 10,300 m² speak for the scheme."""
    shapes = [shapely.box(k * 10, 0, k * 10 + 10, 10) for k in range(10)] + [shapely.box(0, 100, 100, 300)]
    frame = gpd.GeoDataFrame(
        {"YDDM": ["R2", "M1", "G1", "B1", "R1", "M2", "G2", "B2", "A3", "A5", "T3"]}, geometry=shapes
    )
    read = understand("parcels", frame, {})
    assert read.frame["scheme"].isna().all()
    assert "explains 5% of the area" in next(n.args["why"] for n in read.notes if n.code == "IM408")


def test_one_code_alone_is_taken_and_doubted():
    read = understand("parcels", _parcels(YDDM=["M1", "M1", "M1"]), {})
    assert list(read.frame["scheme"]) == ["gb50137"] * 3
    assert [(n.severity, n.count) for n in read.notes if n.code == "IM417"] == [("warning", 3)]
